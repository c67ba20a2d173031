"""`Audit`: the result of an audit: findings by weight, and what each rule says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, Literal, SupportsIndex, overload

from msgspec.structs import asdict

from mock_electron.audit.bill import Bill
from mock_electron.audit.finding import SEVERITIES, Finding, Verdict
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import unknown
from mock_electron.traffic.lines import counted

Level = Literal["off", "warn", "error"]
"""What the findings of a rule do: nothing, show, or fail."""
MOST_NUMBERS: Final = 10
"""The number of exchanges that a line lists."""


class Audit(SuggestsNames, Sequence[Finding]):
    """The findings of an audit, the weightiest first.

    Printed, it has one line for each rule, and the findings below them.

    Attributes:
        verdicts: What each rule says, by its name.
        levels: What the findings of each rule do, by its name.
        bill: What the requests cost, and what a repaired client would have saved.

    Example:
        print(electron.audit())
    """

    _set_once = ("verdicts", "levels", "bill")
    _right_forms: ClassVar[Mapping[str, str]] = {
        "findings": "list(audit)",
        "results": "verdicts",
        "assert_ok": "assert_clean()",
        "passed": "not audit.failing",
    }

    def __init__(
        self,
        findings: Sequence[Finding],
        verdicts: Mapping[str, Verdict],
        levels: Mapping[str, Level],
        bill: Bill | None = None,
    ) -> None:
        self._findings = tuple(findings)
        self.verdicts: Mapping[str, Verdict] = verdicts
        self.levels: Mapping[str, Level] = levels
        self.bill: Bill = bill or Bill()

    @overload
    def __getitem__(self, index: SupportsIndex) -> Finding: ...
    @overload
    def __getitem__(
        self, index: "slice[int | None, int | None, int | None]"
    ) -> Sequence[Finding]: ...
    def __getitem__(
        self, index: "SupportsIndex | slice[int | None, int | None, int | None]"
    ) -> Finding | Sequence[Finding]:
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings of rules whose level is "error"."""
        return tuple(one for one in self if self.levels[one.rule] == "error")

    @checked_keywords(advice="Write assert_clean(ignore={'seed': 'we compare providers'}).")
    def assert_clean(self, *, ignore: Mapping[str, str] | None = None) -> None:
        """Assert that nothing was found.

        Args:
            ignore: The reasons why findings are accepted, by the name of their rule, or by their
                id or the beginning of it: `retry`, `retry/no-back-off`.

        Raises:
            AssertionError: If something else was found. The message has the findings.
            ValueError: If a rule does not exist, or a reason is empty.

        Example:
            electron.audit().assert_clean(ignore={"seed": "we compare providers"})
        """
        __tracebackhide__ = True
        found = self._failing_except({} if ignore is None else ignore)
        if found:
            shown = "\n\n".join(map(finding_text, found))
            raise AssertionError(f"the audit found {counted(len(found), 'problem')}:\n\n{shown}")

    def _failing_except(self, ignore: Mapping[str, str]) -> Sequence[Finding]:
        """Return the findings that fail and are not ignored. See `assert_clean`."""
        accepted = self._checked(ignore)
        return [one for one in self.failing if not _is_ignored(one, accepted)]

    def _checked(self, ignore: Mapping[str, str]) -> Sequence[str]:
        """Return what is ignored. Raise ValueError if a name or a reason is wrong."""
        given: object = ignore
        if not isinstance(given, Mapping):
            what = "a reason for each rule, such as {'seed': 'we compare providers'}"
            raise TypeError(must_be("ignore", what, given))
        for name, reason in ignore.items():
            rule = name.partition("/")[0] if isinstance(name, str) else name
            if rule not in self.levels:
                raise ValueError(f"ignore: {unknown('rule', rule, self.levels)}")
            if not isinstance(reason, str) or not reason.strip():
                raise ValueError(must_be(f"ignore[{name!r}]", "the reason, as a text", reason))
        return tuple(ignore)

    @checked_keywords
    def to_dict(self) -> dict[str, Any]:
        """Return the audit as a dict of JSON values.

        Example:
            print(electron.audit().to_dict()["rules"])
        """
        rules = {
            name: {
                "outcome": verdict.outcome,
                "level": self.levels[name],
                "reason": verdict.reason,
                "unseen": list(verdict.unseen),
                "findings": len(verdict.findings),
            }
            for name, verdict in self.verdicts.items()
        }
        findings = [finding_dict(one) for one in self]
        return {"rules": rules, "findings": findings, **self.bill.to_dict()}

    def __repr__(self) -> str:
        return f"<Audit: {counted(len(self), 'finding')} of {counted(len(self.verdicts), 'rule')}>"

    def __str__(self) -> str:
        rules = "\n".join(rule_line(name, one) for name, one in self.verdicts.items())
        bill = [str(self.bill)] if self.bill.usage.prompt_tokens else []
        return "\n\n".join([rules, *map(finding_text, self), *bill])


def weight(finding: Finding) -> tuple[int, int, int, str]:
    """Return the key by which findings are sorted, the weightiest first."""
    severity = SEVERITIES.index(finding.severity)
    return severity, -finding.saved_tokens, -len(finding.exchanges), finding.id


def finding_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as a dict of JSON values."""
    return (
        {"id": finding.id}
        | asdict(finding)
        | {
            "repair": asdict(finding.repair),
            "savings": [asdict(saving) for saving in finding.savings],
        }
    )


def rule_line(name: str, verdict: Verdict) -> str:
    """Return what a rule says, as a line."""
    found = [counted(len(verdict.findings), "finding")] if verdict.findings else []
    said = "; ".join([*found, *what_was_seen(verdict)])
    return f"{name:<18} {verdict.outcome:<15} {said}".rstrip()


def what_was_seen(verdict: Verdict) -> list[str]:
    """Return what a rule has checked, and what it could not see, each once."""
    return [*filter(None, dict.fromkeys((verdict.reason, *verdict.unseen)))]


def finding_text(finding: Finding) -> str:
    """Return a finding as lines of text."""
    numbers = ", ".join(f"#{number}" for number in finding.exchanges[:MOST_NUMBERS])
    more = len(finding.exchanges) - MOST_NUMBERS
    where = numbers + (f" and {more} more" if more > 0 else "")
    snippet = "\n".join(f"    {line}" for line in finding.repair.snippet.splitlines())
    lines = [
        f"{finding.title} [{finding.id}, {finding.severity}]",
        f"  {finding.reason}",
        *(f"  {line}" for line in finding.details),
        f"  exchanges: {where}" if where else "",
        f"  repair: {finding.repair.words}",
        snippet,
        f"  vendor: {finding.practice}" if finding.practice else "",
    ]
    return "\n".join(filter(None, lines))


def _is_ignored(finding: Finding, ignored: Sequence[str]) -> bool:
    return any(finding.id == name or finding.id.startswith(f"{name}/") for name in ignored)
