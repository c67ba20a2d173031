"""Convert a place in a text to a value that the schema allows.

1. A value is written as the schema asks: a string of digits as a number, "17:00" as "17:00:00", a
   number above the maximum as the maximum.
2. A phrase that is known to be the value is read as the wanted type.
3. A value that does not fit becomes NOT_GIVEN.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Final

from mock_electron.model.fill import writing
from mock_electron.model.fill.candidates import enums, truths
from mock_electron.model.fill.invented import figures, made_up
from mock_electron.model.fill.parameters.slots import NOT_GIVEN, item_slot
from mock_electron.model.fill.parameters.want import NUMBERS, Want
from mock_electron.model.fill.text import lists
from mock_electron.model.fill.text.places import Place
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark, number
from mock_electron.model.literals import read_json
from mock_electron.model.schema import formats
from mock_electron.model.schema.equality import is_number
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.schema.valid import admits
from mock_electron.model.work import RULE


def converted(schemas: Schemas, want: Want, mark: Mark, reading: Reading) -> Any:
    """The value of a place in a text."""
    if mark.kind == "phrase" and want.kind != "string":
        return from_phrase(schemas, want, str(mark.value), reading)
    if mark.kind in ("items", "members"):
        return _items(schemas, want, mark.value, reading)
    value = mark.value
    if isinstance(value, Place):
        value = value.value if want.kind == "string" else writing.figure(want, value)
    if want.kind == "string" and not isinstance(value, str):
        value = reading.text[mark.start : mark.end]
    elif want.kind == "string":
        value = writing.text(want, mark.kind, value)
    return fitting(schemas, want, value, mark.kind, reading)


def _items(schemas: Schemas, want: Want, marks: tuple[Mark, ...], reading: Reading) -> Any:
    """The members of a list."""
    given: list[Any] = []
    for mark in marks:
        slot = item_slot(schemas, want, len(given))
        values = (converted(schemas, variant, mark, reading) for variant in slot.variants)
        given += [value for value in values if value is not NOT_GIVEN][:1]
    return given or NOT_GIVEN


def fitting(schemas: Schemas, want: Want, value: Any, kind: str, reading: Reading) -> Any:
    """A value, written so that the schema allows it."""
    if want.kind == "string" and isinstance(value, str) and "format" not in want.schema:
        candidates: Iterable[Any] = made_up.clipped(value, want.schema)
    else:
        candidates = _writings(want, value, kind, reading)
    for candidate in candidates:
        if admits(schemas, want.schema, candidate):
            return candidate
    return NOT_GIVEN


def _writings(want: Want, value: Any, kind: str, reading: Reading) -> Iterator[Any]:
    if want.kind in NUMBERS:
        yield from _numbers(want, value)
    elif want.kind != "string":
        yield value
    elif isinstance(value, str):
        form = want.schema.get("format")
        if isinstance(form, str):
            if form == "time" and writing.is_short_clock(want):
                yield value
            yield formats.from_value(form, kind, value, reading.said.today)
            if form == "time":
                yield f"{value}:00Z"
        yield from made_up.clipped(value, want.schema)


def _numbers(want: Want, value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        try:
            value = number(value)
        except ValueError:
            return
    if is_number(value):
        yield from figures.near(value, want)


def from_phrase(schemas: Schemas, want: Want, phrase: str, reading: Reading, depth: int = 0) -> Any:
    """What a phrase that is known to be the value means; rule 2."""
    schemas.work.charge(2 * RULE)
    part = reading.part(phrase)
    if "enum" in want.schema:
        found = max(enums.members(want, part), key=itemgetter(1), default=None)
        return NOT_GIVEN if found is None else found[0].value
    read = PHRASES.get(want.kind)
    return NOT_GIVEN if read is None else read(schemas, want, part, depth)


def _number(schemas: Schemas, want: Want, part: Reading, depth: int) -> Any:
    found = next((mark for mark in part.marks if mark.kind == "number"), None)
    return NOT_GIVEN if found is None else fitting(schemas, want, found.value, "number", part)


def _boolean(schemas: Schemas, want: Want, part: Reading, depth: int) -> Any:
    said = {word.written.lower() for word in part.words}
    if said & truths.NEGATIONS:
        return False
    return True if said & truths.AFFIRMED else NOT_GIVEN


def _string(schemas: Schemas, want: Want, part: Reading, depth: int) -> Any:
    kinds = [kind for kind in want.role.kinds if kind not in ("name", "number", "code")]
    typed = next((mark for mark in part.marks if mark.kind in kinds), None)
    if typed is not None:
        return fitting(schemas, want, typed.value, typed.kind, part)
    return fitting(schemas, want, part.text.strip(" \t\"'“”«»"), "phrase", part)


def _array(schemas: Schemas, want: Want, part: Reading, depth: int) -> Any:
    document = _json(part.text, "[")
    if isinstance(document, list) and admits(schemas, want.schema, document):
        return document
    given: list[Any] = []
    schemas.work.charge(len(part.text))
    for item in lists.listed(part.text) if depth < DEEPEST else ():
        slot = item_slot(schemas, want, len(given))
        values = (from_phrase(schemas, variant, item, part, depth + 1) for variant in slot.variants)
        given += [value for value in values if value is not NOT_GIVEN][:1]
    return given if given and admits(schemas, want.schema, given) else NOT_GIVEN


def _object(schemas: Schemas, want: Want, part: Reading, depth: int) -> Any:
    document = _json(part.text, "{")
    suits = isinstance(document, dict) and admits(schemas, want.schema, document)
    return document if suits else NOT_GIVEN


def _json(text: str, opening: str) -> Any:
    """The value of a text in JSON that begins with a bracket; None for any other text."""
    if not text.lstrip(BEFORE_JSON).startswith(opening):
        return None
    try:
        return read_json(text)
    except ValueError:
        return None


BEFORE_JSON: Final = "\ufeff \t\r\n"
"""Characters that may precede a JSON document."""
DEEPEST: Final = 8
"""The maximum depth of lists in a phrase."""
PHRASES: Final[Mapping[str, Callable[[Schemas, Want, Reading, int], Any]]] = {
    "number": _number,
    "integer": _number,
    "boolean": _boolean,
    "string": _string,
    "array": _array,
    "object": _object,
}
