"""Tell two values apart by "from" and "to", and by the words for them in other languages."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from mock_electron.model.arguments import special
from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want
from mock_electron.model.normalise import normalised

Free = Callable[[int, int], bool]
FROM: Final = normalised("from de desde von ab aus da dal из от departing leaving")
TO: Final = normalised("to into towards a nach à al para zu в до arriving for")
FROM_NAMES: Final = normalised("from origin source departure start src sender base")
TO_NAMES: Final = normalised("to destination dest target arrival end recipient receiver")


@lru_cache(maxsize=512)
def direction(name: tuple[str, ...]) -> frozenset[str] | None:
    """The words before a value that has the direction of a property, by the words of its name."""
    if not FROM_NAMES.isdisjoint(name):
        return FROM
    return None if TO_NAMES.isdisjoint(name) else TO


def directed(want: Want, reading: Reading, free: Free) -> Iterator[Mark]:
    """Names and typed values after "from" or "to"."""
    way = direction(want.words)
    if way is None or want.schema.get("enum"):
        return
    kinds = want.role.kinds or ("name",)
    candidates = [
        *(reading.names if "name" in kinds else ()),
        *(mark for mark in reading.marks if mark.kind in kinds and mark.kind != "number"),
        *(special.found(want, reading) if "currency" in kinds else ()),
    ]
    for mark in candidates:
        before = reading.before(mark.start, 1)
        if before and before[0].normal in way and free(mark.start, mark.end):
            yield mark
    if "currency" in kinds and way is FROM:
        yield from (mark for mark in special.found(want, reading) if free(mark.start, mark.end))
    if "name" in kinds and way is FROM:
        yield from _before_to(reading, free)


def _before_to(reading: Reading, free: Free) -> Iterator[Mark]:
    """ "Berlin to Paris": the first of the two."""
    for name in reading.names:
        after = reading.after(name.end, 1)
        if after and after[0].normal == "to" and free(name.start, name.end):
            yield name
