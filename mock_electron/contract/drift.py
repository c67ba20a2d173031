"""What changed between two runs, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

COMPARED: Final = ("outcome", "expected", "got", "reason", "sentence", "confidence", "source")
TIMED: Final = ("time.", "cache.faster")
"""Clauses whose `got` is a measured time, and so another in every run."""
NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is not what it was. where: a clause's id, or a probe and which answer."""

    where: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field}: {self.before or 'nothing'} → {self.after or 'nothing'}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two reports, as `Report.as_json` gives them.

    Of what only one of them has asked, nothing but that is told.
    Raises ValueError for a report that is none.
    """
    return (*_of_clauses(before, after), *_of_answers(before, after))


def _of_clauses(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _by_id(before), _by_id(after)
    for name in _names(old, new):
        if name not in old or name not in new:
            yield Change(name, "clause", _there(name in old), _there(name in new))
            continue
        for field in COMPARED:
            was, is_now = old[name].get(field, NOTHING), new[name].get(field, NOTHING)
            if was != is_now and not (field == "got" and _is_no_news(name, old[name], new[name])):
                yield Change(name, field, was, is_now)


def _is_no_news(name: str, was: Mapping[str, str], is_now: Mapping[str, str]) -> bool:
    """Whether what was got may differ: both hold, and it is the model's words or a time."""
    both_hold = was["outcome"] == is_now["outcome"] == "pass"
    return both_hold or (name.startswith(TIMED) and was["outcome"] == is_now["outcome"])


def _of_answers(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _answers(before), _answers(after)
    for probe in (name for name in _names(old, new) if name in old and name in new):
        nothing: dict[str, str] = {}
        pairs = zip_longest(old[probe], new[probe], fillvalue=nothing)
        for number, (was, is_now) in enumerate(pairs):
            where = f"answer to “{probe}”" if number == 0 else f"answer {number + 1} to “{probe}”"
            for field in _names(was, is_now):
                if was.get(field) != is_now.get(field):
                    yield Change(where, field, was.get(field, NOTHING), is_now.get(field, NOTHING))


def _by_id(report: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    clauses = report.get("clauses") if isinstance(report, Mapping) else None
    if not isinstance(clauses, Sequence) or isinstance(clauses, str):
        raise ValueError("it is no report of the contract: it has no list of clauses")
    try:
        found = {clause["id"]: clause for clause in clauses}
    except (TypeError, KeyError) as error:
        raise ValueError("it is no report of the contract: a clause in it has no id") from error
    if not all(isinstance(found[name].get(field, ""), str) for name in found for field in COMPARED):
        raise ValueError("it is no report of the contract: a field of a clause is no text")
    if not all("outcome" in clause for clause in clauses):
        raise ValueError("it is no report of the contract: a clause in it has no outcome")
    return found


def _answers(report: Mapping[str, Any]) -> Mapping[str, Sequence[Mapping[str, str]]]:
    answers: Any = report.get("answers", {})
    lists = answers.values() if isinstance(answers, dict) else (None,)
    if not all(isinstance(each, list) and all(map(_is_fields, each)) for each in lists):
        raise ValueError("it is no report of the contract: its answers are no lists of fields")
    return dict(answers)


def _is_fields(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The names of both, those of the old one first."""
    return [*old, *(name for name in new if name not in old)]


def _there(is_there: bool) -> str:
    return "there" if is_there else NOTHING
