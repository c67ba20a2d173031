"""The values that the results of tools give to the keys of a reply in JSON.

A key takes the value whose name in a result has the same words: "temp_c" takes `{"temperature": 31}`. The
value must fit the schema of the key, except that a list of keys says nothing of their types.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from mock_electron.model.normalise import split
from mock_electron.model.results import DEGREES, UNITS
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.schema.valid import admits
from mock_electron.model.work import RULE, Work

Pair = tuple[tuple[str, ...], object]
"""The words of a name with those of the names around it, and the value."""
MOST_PAIRS: Final = 200
"""How many values of the results are compared."""
MOST_TRIED: Final = 3
"""How many values with a similar name are tried for a key."""
SHORTEST: Final = 4
"""The letters that a word and its abbreviation have in common."""


def found(
    schema: Mapping[str, Any], results: Sequence[object], work: Work, *, is_typed: bool
) -> dict[str, Any]:
    """The values of an object that are in the results.

    Args:
        schema: The schema of the object.
        results: The results, as values.
        work: The budget of the request.
        is_typed: Whether the schemas of the keys were given. Otherwise they were guessed.
    """
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not results:
        return {}
    pairs = list(islice((pair for result in results for pair in _pairs(result, ())), MOST_PAIRS))
    schemas = Schemas(schema, work)
    made: dict[str, Any] = {}
    for key, its in islice(properties.items(), MOST_PAIRS):
        work.charge(2 * RULE * (len(pairs) + 1))
        words, is_list = _words(key), isinstance(its, dict) and its.get("type") == "array"
        likeness = [_likeness(words, name) or (is_list and not name) for name, _ in pairs]
        best = sorted(range(len(pairs)), key=lambda place: -likeness[place])[:MOST_TRIED]
        for place in filter(likeness.__getitem__, best):
            value = pairs[place][1]
            fitting = _fitting(schemas, its, value, work) if is_typed else value
            if fitting is not None:
                made[key] = fitting
                break
    return made


def _pairs(value: object, around: tuple[str, ...]) -> Iterator[Pair]:
    """Every named value in a result, and lists without a name."""
    if isinstance(value, dict):
        for key, member in value.items():
            name = (*around, *_words(key))
            yield name, member
            yield from _pairs(member, name)
    elif isinstance(value, list):
        if not around:
            yield (), value
        for member in value:
            yield from _pairs(member, around)


def _words(key: str) -> tuple[str, ...]:
    """The words of a name, without its unit."""
    words = tuple(word.lower() for word in split(key)) or (key,)
    is_unit = len(words) > 1 and (words[-1] in UNITS or words[-1] in DEGREES)
    return words[:-1] if is_unit else words


def _likeness(wanted: tuple[str, ...], name: tuple[str, ...]) -> int:
    """How well a name fits: 3 for the same words, 2 at its end, 1 for similar words, 0 for others."""
    if wanted == name:
        return 3
    if wanted == name[-len(wanted) :]:
        return 2
    return int(all(any(_alike(word, other) for other in name) for word in wanted))


def _alike(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return short == long or (len(short) >= SHORTEST and long.startswith(short))


def _fitting(schemas: Schemas, schema: object, value: object, work: Work) -> object:
    """The value as the schema has it, or None."""
    if (
        isinstance(schema, dict)
        and schema.get("type") == "string"
        and isinstance(value, int | float)
    ):
        value = str(value)
    items = schema.get("items") if isinstance(schema, dict) else None
    if isinstance(items, dict) and "properties" in items and isinstance(value, list):
        value = [found(items, [member], work, is_typed=True) for member in value[:MOST_PAIRS]]
    return value if admits(schemas, schema, value) else None
