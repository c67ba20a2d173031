"""Strategies for wrong values, each with the issues that it must get."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from hypothesis import strategies as st
from msgspec import Struct

from mock_electron.strategies.issues import (
    ABSENT,
    TYPE_NAMES,
    Issue,
    at,
    no_branch,
    not_an_integer,
    not_an_option,
    not_the_literal,
    too_big,
    too_small,
    wrong_type,
)
from mock_electron.strategies.texts import texts


class Breakage(Struct, frozen=True):
    """A wrong value and the issues that it must get.

    Attributes:
        value: The value; `ABSENT` for a missing field.
        issues: The issues, in order.
    """

    value: Any
    issues: tuple[Issue, ...]


Breakages = st.SearchStrategy[Breakage]

VALUES: Final[tuple[Any, ...]] = (
    ABSENT,
    None,
    True,
    False,
    5,
    -1,
    0.5,
    "",
    "5",
    [],
    ["a"],
    {},
    {"type": "text"},
)
FAR: Final = 1000
"""The largest distance of a number from the bound that it violates."""


# --- values that are wrong for a field


def each(values: Iterable[Any], issue: Callable[[Any], Issue]) -> Breakages:
    """Return a strategy for these values, with one issue each."""
    return st.sampled_from([Breakage(value, (issue(value),)) for value in values])


def not_a(kind: str, *excluded: str) -> Breakages:
    """Return a strategy for values of other types.

    Args:
        kind: The expected type.
        *excluded: Types that are accepted as well, or that get another issue.
    """
    wrong = [value for value in VALUES if TYPE_NAMES[type(value)] not in (kind, *excluded)]
    return each(wrong, lambda value: wrong_type(kind, value))


def optional(kind: str) -> Breakages:
    """Return a strategy for values of other types in a field that may be missing."""
    return not_a(kind, "undefined")


def number(least: int | None = None, most: int | None = None) -> Breakages:
    """Return a strategy for values of other types and numbers out of bounds."""
    rows = [optional("number")]
    if least is not None:
        below = st.integers(least - FAR, least - 1) | st.just(least - 0.25)
        rows.append(below.map(lambda value: Breakage(value, (too_small(least),))))
    if most is not None:
        above = st.integers(most + 1, most + FAR) | st.just(most + 0.25)
        rows.append(above.map(lambda value: Breakage(value, (too_big(most),))))
    return st.one_of(rows)


def integer(least: int | None = None, most: int | None = None) -> Breakages:
    """Return a strategy for values of other types, fractions, and integers out of bounds.

    A fraction out of bounds gets two issues.
    """
    rows = [optional("number"), each([1.5], lambda _: not_an_integer())]
    if least is not None:
        rows += [
            st.integers(least - FAR, least - 1).map(lambda v: Breakage(v, (too_small(least),))),
            st.just(Breakage(least - 0.5, (not_an_integer(), too_small(least)))),
        ]
    if most is not None:
        rows += [
            st.integers(most + 1, most + FAR).map(lambda v: Breakage(v, (too_big(most),))),
            st.just(Breakage(most + 0.5, (not_an_integer(), too_big(most)))),
        ]
    return st.one_of(rows)


def option(*options: str, others: Sequence[str] = ()) -> Breakages:
    """Return a strategy for values outside an enumeration.

    Args:
        *options: The accepted strings.
        others: Wrong strings that clients often send.
    """
    values = [value for value in VALUES if type(value) is not str]
    words = st.sampled_from(["", *others]) | texts().filter(lambda text: text not in options)
    return each(values, lambda value: not_an_option(options, value)) | words.map(
        lambda text: Breakage(text, (not_an_option(options, text),))
    )


def literal(expected: str) -> Breakages:
    """Return a strategy for values other than the one string that is accepted."""
    return each(VALUES, lambda value: not_the_literal(expected, value))


# --- wrong values inside others


def _nested(breakage: Breakage, value: object, *path: str | int) -> Breakage:
    """Return a value that contains a wrong one at a path."""
    return Breakage(value, tuple(at(issue, *path) for issue in breakage.issues))


def inside(key: str, wrong: Breakages, **others: object) -> Breakages:
    """Return a strategy for objects with one wrong member.

    Args:
        key: The key of the wrong member.
        wrong: The wrong values.
        **others: The correct members.
    """

    def with_member(breakage: Breakage) -> Breakage:
        member = {} if breakage.value is ABSENT else {key: breakage.value}
        return _nested(breakage, member | others, key)

    return wrong.map(with_member)


def among(right: object, wrong: Breakages, most: int) -> Breakages:
    """Return a strategy for arrays with one wrong element among correct ones.

    Args:
        right: The correct element.
        wrong: The wrong elements.
        most: The largest size of the array.
    """
    element = wrong.filter(lambda breakage: breakage.value is not ABSENT)
    sizes = st.integers(0, most - 1).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))

    def with_element(size_and_index: tuple[int, int], breakage: Breakage) -> Breakage:
        size, index = size_and_index
        value = [right] * index + [breakage.value] + [right] * (size - index)
        return _nested(breakage, value, index)

    return st.builds(with_element, sizes, element)


def in_the_second_branch(wrong: Breakages, first: Callable[[Any], Issue]) -> Breakages:
    """Return a strategy for values that neither branch of a union accepts.

    Args:
        wrong: The values, with the issues of the second branch.
        first: Returns the issue of the first branch for a value.
    """

    def in_both(breakage: Breakage) -> Breakage:
        return Breakage(breakage.value, (no_branch([first(breakage.value)], breakage.issues),))

    return wrong.map(in_both)
