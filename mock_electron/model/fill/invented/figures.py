"""Numbers that a schema allows: those nearest to a given number, and plausible defaults."""

from collections.abc import Iterator, Mapping
from math import ceil, floor
from typing import Final

from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.schema.equality import is_number
from mock_electron.model.schema.merging import Schema

COUNTS: Final[Mapping[str, int]] = {
    "age": 30, "year": 2025, "price": 10, "amount": 10, "cost": 10, "total": 10, "score": 1,
    "temperature": 20, "percent": 50, "population": 1_000_000, "serving": 4, "duration": 30, "limit": 10, "page": 1, "rating": 4, "confidence": 1,
}  # fmt: skip
"""Numbers that are plausible for a property with this word in its name; else 1, 2, 3 …"""

NUMBER: Final = 60
"""Units of work to generate the first numbers for a schema."""


def numbers(want: Want, number: int) -> Iterator[int | float]:
    """Numbers within the schema's bounds; a different `number` gives different ones."""
    try:
        yield from filter(is_number, _numbers(want, number))
    except OverflowError:
        return


def _numbers(want: Want, number: int) -> Iterator[int | float]:
    schema = want.schema
    low, high = bounds(schema)
    usual = next((COUNTS[word] for word in reversed(want.words) if word in COUNTS), 1)
    step = schema.get("multipleOf")
    if is_number(step) and step > 0:
        yield from _multiples(step, low, high, number)
    yield usual + number
    for base in (low, high):
        if base is not None:
            yield from _around(base, number, 1 if base == low else -1)
    if low is not None and high is not None and want.kind != "integer":
        yield low + (high - low) * (number + 1) / (number + 2)
        yield low + (high - low) / (number + 2)
    yield number
    yield 0.5 + number
    yield -1 - number


def _around(base: float, number: int, way: int) -> Iterator[int | float]:
    yield whole(base + way * number)
    yield whole(base + way * (number + 1))
    yield (ceil(base) if way > 0 else floor(base)) + way * number
    yield base + way * (number + 1) / 1024
    yield base + way * (number + 1) * 2.0**-40


def _multiples(
    step: float, low: float | None, high: float | None, number: int
) -> Iterator[int | float]:
    anchor = low if low is not None else high
    first = (
        1 if anchor is None else ceil(anchor / step) if low is not None else floor(anchor / step)
    )
    way = 1 if low is not None or high is None else -1
    for more in range(MULTIPLES_TRIED):
        yield whole((first + way * (number + more)) * step)


MULTIPLES_TRIED: Final = 12


def whole(value: float) -> int | float:
    """A number as an integer, if it is one."""
    try:
        return int(value) if isinstance(value, float) and value == int(value) else value
    except (OverflowError, ValueError):
        return value


def bounds(schema: Schema) -> tuple[int | float | None, int | float | None]:
    """The least and the greatest number that a schema allows, exclusive or not."""
    low = [schema[key] for key in ("minimum", "exclusiveMinimum") if is_number(schema.get(key))]
    high = [schema[key] for key in ("maximum", "exclusiveMaximum") if is_number(schema.get(key))]
    return max(low, default=None), min(high, default=None)


def near(value: int | float, want: Want) -> Iterator[int | float]:
    """A number that was said, and those nearest to it that the schema may allow."""
    yield value
    try:
        yield from filter(is_number, _near(value, want))
    except OverflowError:
        return


def _near(value: int | float, want: Want) -> Iterator[int | float]:
    low, high = bounds(want.schema)
    if isinstance(value, float):
        yield whole(value)
        if want.kind == "integer" and abs(value) < 1e15:
            yield round(value)
    if low is not None and value <= low:
        yield from _around(low, 0, 1)
    if high is not None and value >= high:
        yield from _around(high, 0, -1)
    step = want.schema.get("multipleOf")
    if is_number(step) and step > 0 and abs(value) < 1e15:
        yield whole(round(value / step) * step)
