"""`Finding`: one thing that a client could do better, and `Verdict`: what a rule says."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, get_args

from mock_electron.inputs.checks import choice
from mock_electron.inputs.values import CheckedValue, FrozenValue

Severity = Literal["high", "medium", "low"]
"""How much a finding matters: calls fail or users hear it; money or time is lost; a risk."""
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
Outcome = Literal["pass", "fail", "not applicable", "not observable"]
"""What a rule says of a journal. Only `pass` is a pass."""
TokenKind = Literal["fresh", "cached", "completion"]
MOST_WORDS: Final = 6
"""The maximum number of words in a title."""


class Repair(CheckedValue, frozen=True):
    """What to do about a finding.

    Attributes:
        words: The repair in one sentence.
        snippet: Code that does it.
        language: The language of the snippet, for highlighting.
    """

    words: str
    snippet: str
    language: str = "python"


class Saving(CheckedValue, frozen=True):
    """Tokens of one exchange that a repaired client would not have spent.

    Attributes:
        exchange: The number of the exchange.
        kind: Which tokens: fresh or cached tokens of the prompt, or tokens of the reply.
        tokens: Their number.
        becomes_cached: Whether fresh tokens would have come from the prefix cache instead.
    """

    exchange: int
    kind: TokenKind
    tokens: int
    becomes_cached: bool = False


class Finding(CheckedValue, frozen=True):
    """One thing that a client could do better.

    Attributes:
        rule: The name of the rule.
        kind: What was found, as a name within the rule, such as `no-back-off`.
        severity: "high", "medium" or "low".
        title: At most six words.
        reason: What was seen, with the figures.
        exchanges: The numbers of the exchanges, in order.
        repair: What to do about it.
        subject: What it is about, if a rule can find the same more than once: the name of a tool,
            or the number of a message; or "".
        practice: The vendor's sentence behind it. Default: that of the rule.
        details: More lines, such as a table of attempts.
        savings: The tokens that a repaired client would not have spent.
        seconds: The time that users would not have waited, in seconds.
    """

    rule: str
    kind: str
    severity: Severity
    title: str
    reason: str
    exchanges: tuple[int, ...]
    repair: Repair
    subject: str = ""
    practice: str = ""
    details: tuple[str, ...] = ()
    savings: tuple[Saving, ...] = ()
    seconds: float = 0.0

    def __post_init__(self) -> None:
        choice("severity", self.severity, SEVERITIES)
        if len(self.title.split()) > MOST_WORDS:
            raise ValueError(f"title must have at most {MOST_WORDS} words, got {self.title!r}")

    @property
    def id(self) -> str:
        """What stays the same between two runs: `retry/no-back-off`."""
        return "/".join(filter(None, (self.rule, self.kind, self.subject)))

    @property
    def saved_tokens(self) -> int:
        """The number of tokens that a repaired client would not have spent, or found cached."""
        return sum(saving.tokens for saving in self.savings)


class Verdict(FrozenValue, frozen=True):
    """What a rule says of a journal. The functions of this module make one.

    Attributes:
        outcome: "pass", "fail", "not applicable" or "not observable".
        findings: What was found.
        reason: What was checked, or why nothing could be.
        unseen: What the rule could not see, if anything.
    """

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    unseen: tuple[str, ...] = ()


def judged(findings: Iterable[Finding], seen: str, unseen: Sequence[str] = ()) -> Verdict:
    """Return the verdict of a rule that has looked.

    It passes if nothing was found and nothing was hidden from the rule.

    Args:
        findings: What was found.
        seen: What was checked: "12 streams".
        unseen: What the rule could not see, with the reason: "pauses: the clock is frozen".
    """
    found = tuple(findings)
    outcome: Outcome = "fail" if found else "not observable" if unseen else "pass"
    return Verdict(outcome, found, seen, tuple(unseen))


def not_applicable(reason: str) -> Verdict:
    """Return the verdict of a rule whose subject does not occur: "no request is a stream"."""
    return Verdict("not applicable", reason=reason)


def not_observable(reason: str) -> Verdict:
    """Return the verdict of a rule that cannot see its subject: "no log was given"."""
    return Verdict("not observable", reason=reason, unseen=(reason,))
