"""Lists of objects from a text: one object for each segment of it, as `lists` cuts it.

A segment that only adds values belongs to the object before it; one that repeats a value begins the next.
"""

from collections.abc import Callable
from typing import Final

from mock_electron.model.fill.best import Range
from mock_electron.model.fill.parameters.slots import Filled, item_slot
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text import lists
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.schema.resolve import Schemas, types_of
from mock_electron.model.work import RULE

FillObject = Callable[[Want, Reading, tuple[Range, ...], int], Filled]
Group = tuple[int, int, Filled]
MOST_OBJECTS: Final = 50


def objects(
    schemas: Schemas,
    want: Want,
    reading: Reading,
    taken: tuple[Range, ...],
    fill: FillObject,
    depth: int,
) -> tuple[Want | None, list[Group]]:
    """The way to fill the members of a list, and each member that the text gives, with its place."""
    schemas.work.charge(4 * RULE + len(reading.text))
    slot = item_slot(schemas, want, 0)
    item = next((variant for variant in slot.variants if variant.kind == "object"), None)
    if item is None:
        return None, []
    groups: list[Group] = []
    for segment in lists.segments(reading.text, MOST_OBJECTS):
        if schemas.spent:
            break
        part = fill(item, *_part(reading, taken, segment.start, segment.end), depth + 1)
        if not part.values:
            continue
        start, _, before = groups[-1] if groups else (0, 0, part)
        if groups and not before.values.keys() & part.values.keys():
            whole = _part(reading, taken, start, segment.end)
            groups[-1] = (start, segment.end, fill(item, *whole, depth + 1))
        else:
            groups.append((segment.start, segment.end, part))
    most = max((len(filled.values) for _, _, filled in groups), default=0)
    return item, [group for group in groups if 2 * len(group[2].values) >= most]


def _part(
    reading: Reading, taken: tuple[Range, ...], start: int, end: int
) -> tuple[Reading, tuple[Range, ...]]:
    """A part of a text, with the places of it that are used."""
    inner = tuple(
        [(first - start, last - start) for first, last in taken if first < end and start < last]
    )
    return reading.part(reading.text[start:end].rstrip(" .")), inner


def is_of_objects(schemas: Schemas, want: Want) -> bool:
    """Whether the members of a list are objects."""
    return any("object" in types_of(v.schema) for v in item_slot(schemas, want, 0).variants)
