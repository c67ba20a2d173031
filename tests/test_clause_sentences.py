"""The sentences of the clauses are true for the fake, beyond the one request of each check."""

import re
from collections.abc import Callable
from typing import Any, Final

from lanes import ask

from mock_electron.contract import CLAUSES
from mock_electron.contract.clause import Source
from mock_electron.engine.lane import Lane

PLACES: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {
    "content": lambda value: {"messages": [{"role": "user", "content": value}]},
    "stream_options": lambda value: {"stream": True, "stream_options": value},
    "stream_options.include_usage": lambda value: {
        "stream": True,
        "stream_options": {"include_usage": value},
    },
}
"""Fields that are not directly in the body."""
VALUES: Final[dict[str, tuple[Any, ...]]] = {
    "a string": ("x",),
    "a number": (1, 0.5),
    "an integer": (1,),
    "a boolean": (True, False),
    "an object": ({},),
    "an array": (["x"], [{"type": "text", "text": "Hi"}]),
    "null": (None,),
}
ALSO: Final = {"a number": "an integer", "an integer": "a number"}
"""Types that share values."""
KNOWN: Final = "|".join(VALUES)
SENTENCE: Final = re.compile(r"A `([a-z_.]+)` that is (neither|not) (.*) is refused with 400\.")


def _refuses(field: str, value: Any) -> bool:
    fields = PLACES[field](value) if field in PLACES else {field: value}
    return ask(Lane(), **fields).status == 400


def test_a_field_of_another_type_than_the_clause_names_is_refused() -> None:
    """The fake refuses each type that a sentence does not name, and accepts each that it names."""
    wrong, seen = [], 0
    for clause in CLAUSES:
        found = SENTENCE.fullmatch(clause.sentence)
        if not found:
            continue
        seen += 1
        field, _, names = found.groups()
        named = re.findall(KNOWN, names)
        for name, values in VALUES.items():
            is_accepted = not all(_refuses(field, value) for value in values)
            if is_accepted is not (name in named or ALSO.get(name) in named):
                wrong.append(f"{clause.id}: {name}")
    assert seen > 8
    assert wrong == []


def test_each_source_is_explained_by_its_words() -> None:
    """A source is a page of the vendor, evidence, or no evidence; none is a bare word "none"."""
    wrong = [s.value for s in Source if s.value.startswith("none")]
    evidence = [s.name for s in Source if s.value.startswith("evidence: ")]
    assert (wrong, evidence) == ([], ["EXPRESS", "VLLM", "ZOD", "CLIENTS"])
    assert Source.CHOICE.value.startswith("no evidence: ")
