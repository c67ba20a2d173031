"""The changes between two reports, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from msgspec import Struct

from mock_electron.contract.observation import without_ids
from mock_electron.contract.report import SKIP
from mock_electron.contract.sections import CLAUSES

FOUND: Final = ("outcome", "expected", "got", "reason")
"""Fields that are compared if neither run skipped the clause."""
COMPARED: Final = (*FOUND, "sentence", "confidence", "source")
MEASURED: Final = ("time.", "cache.")
"""Clauses whose `got` is measured: times, or tokens of prompts that differ in every run."""
NOTHING: Final = ""


class Change(Struct, frozen=True):
    """One field that differs between two reports.

    Attributes:
        where: Id of a clause, or a response and the name of its probe.
        field: Name of the field.
        before: Its earlier value; "" if there was none.
        after: Its later value; "" if there is none.
    """

    where: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field}: {self.before or 'nothing'} → {self.after or 'nothing'}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what differs between two reports in the form of `Report.as_json`.

    Only the clauses that both runs checked are compared; see `not_compared`.

    Raises:
        ValueError: If one of them is not a report.
    """
    return (*_of_clauses(before, after), *_of_answers(before, after))


def not_compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a sentence for each reason why clauses are not compared, with their number.

    Args:
        before: The earlier report, in the form of `Report.as_json`.
        after: The later report.

    Raises:
        ValueError: If one of them is not a report.
    """
    old, new = _by_id(before), _by_id(after)
    existing = {clause.id for clause in CLAUSES}
    missing = set(old) - set(new)
    skipped, skipped_now = (
        {name for name in report if name in old and name in new and _is_skipped(report[name])}
        for report in (old, new)
    )
    of_a_part = ", which is incomplete" if before.get("interrupted") else ""
    reasons = (
        (missing & existing, "was/were", "not selected", " of the report"),
        (missing - existing, "does/do", "not exist in this version", " of the report"),
        (set(new) - set(old), "is/are", f"not in the report{of_a_part}", ""),
        (skipped_now - skipped, "was/were", "skipped in this run only", ""),
        (skipped - skipped_now, "was/were", "skipped in the earlier run only", ""),
    )
    return tuple(
        f"{len(names)} {'clause' if len(names) == 1 else 'clauses'}{which} "
        f"{verbs.split('/')[len(names) > 1]} {words}"
        for names, verbs, words, which in reasons
        if names
    )


def _of_clauses(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _by_id(before), _by_id(after)
    for name in (name for name in old if name in new):
        is_skipped = _is_skipped(old[name]) or _is_skipped(new[name])
        for field in COMPARED:
            if is_skipped and field in FOUND:
                continue
            was, now = old[name].get(field, NOTHING), new[name].get(field, NOTHING)
            if field == "got" and _may_vary(name, old[name], new[name]):
                continue
            if without_ids(was) != without_ids(now):
                yield Change(name, field, was, now)


def _is_skipped(clause: Mapping[str, str]) -> bool:
    return clause["outcome"] == SKIP


def _may_vary(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Return whether `got` may differ: the clause passed twice, or `got` is measured."""
    passed_twice = old["outcome"] == new["outcome"] == "pass"
    return passed_twice or (name.startswith(MEASURED) and old["outcome"] == new["outcome"])


def _of_answers(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _answers(before), _answers(after)
    for probe in (name for name in _all_names(old, new) if name in old and name in new):
        nothing: dict[str, str] = {}
        pairs = zip_longest(old[probe], new[probe], fillvalue=nothing)
        for number, (was, now) in enumerate(pairs, start=1):
            where = f"response to “{probe}”" if number == 1 else f"response {number} to “{probe}”"
            for field in _all_names(was, now):
                if was.get(field) != now.get(field):
                    yield Change(where, field, was.get(field, NOTHING), now.get(field, NOTHING))


def _by_id(report: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    clauses = report.get("clauses") if isinstance(report, Mapping) else None
    if not isinstance(clauses, Sequence) or isinstance(clauses, str):
        raise ValueError("not a contract report: it has no list of clauses")
    try:
        found = {clause["id"]: clause for clause in clauses}
    except (TypeError, KeyError) as error:
        raise ValueError("not a contract report: a clause has no id") from error
    if not all(isinstance(found[name].get(field, ""), str) for name in found for field in COMPARED):
        raise ValueError("not a contract report: a field of a clause is not a string")
    if not all("outcome" in clause for clause in clauses):
        raise ValueError("not a contract report: a clause has no outcome")
    return found


def _answers(report: Mapping[str, Any]) -> Mapping[str, Sequence[Mapping[str, str]]]:
    answers: Any = report.get("answers", {})
    lists = answers.values() if isinstance(answers, dict) else (None,)
    if not all(isinstance(each, list) and all(map(_is_fields, each)) for each in lists):
        raise ValueError("not a contract report: its answers are not lists of fields")
    return dict(answers)


def _is_fields(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _all_names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names of both, those of the old one first."""
    return [*old, *(name for name in new if name not in old)]
