"""The changes between two reports, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from mock_electron.contract.observation import without_ids

COMPARED: Final = ("outcome", "expected", "got", "reason", "sentence", "confidence", "source")
MEASURED: Final = ("time.", "cache.")
"""Clauses whose `got` is measured: times, or tokens of prompts that differ in every run."""
NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class Change:
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

    A clause that only one report contains is one change.

    Raises:
        ValueError: If one of them is not a report.
    """
    return (*_of_clauses(before, after), *_of_answers(before, after))


def _of_clauses(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _by_id(before), _by_id(after)
    for name in _all_names(old, new):
        if name not in old or name not in new:
            yield Change(name, "clause", _presence(name in old), _presence(name in new))
            continue
        for field in COMPARED:
            was, now = old[name].get(field, NOTHING), new[name].get(field, NOTHING)
            if field == "got" and _may_vary(name, old[name], new[name]):
                continue
            if without_ids(was) != without_ids(now):
                yield Change(name, field, was, now)


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


def _presence(is_present: bool) -> str:
    return "present" if is_present else NOTHING
