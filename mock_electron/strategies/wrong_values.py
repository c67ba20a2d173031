"""Wrong values of every kind, each with the issues that it must get."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from mock_electron.strategies.issues import (
    ABSENT,
    TYPE_NAMES,
    Issue,
    at,
    no_branch,
    no_integer,
    no_literal,
    no_option,
    too_big,
    too_small,
    wrong_type,
)
from mock_electron.strategies.texts import texts


@dataclass(frozen=True, slots=True)
class Breakage:
    """A wrong value, and the issues that it must get, in their order."""

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


# --- wrong values of a kind


def each(values: Iterable[Any], issue: Callable[[Any], Issue]) -> Breakages:
    return st.sampled_from([Breakage(value, (issue(value),)) for value in values])


def not_a(kind: str, *fine: str) -> Breakages:
    """Values of other types. fine: types that are no error, or another one."""
    wrong = [value for value in VALUES if TYPE_NAMES[type(value)] not in (kind, *fine)]
    return each(wrong, lambda value: wrong_type(kind, value))


def optional(kind: str) -> Breakages:
    return not_a(kind, "undefined")


def number(least: int | None = None, most: int | None = None) -> Breakages:
    rows = [optional("number")]
    if least is not None:
        below = st.integers(least - FAR, least - 1) | st.just(least - 0.25)
        rows.append(below.map(lambda value: Breakage(value, (too_small(least),))))
    if most is not None:
        above = st.integers(most + 1, most + FAR) | st.just(most + 0.25)
        rows.append(above.map(lambda value: Breakage(value, (too_big(most),))))
    return st.one_of(rows)


def integer(least: int | None = None, most: int | None = None) -> Breakages:
    """A fraction is an issue of its own, beside that of its range."""
    rows = [optional("number"), each([1.5], lambda _: no_integer())]
    if least is not None:
        rows += [
            st.integers(least - FAR, least - 1).map(lambda v: Breakage(v, (too_small(least),))),
            st.just(Breakage(least - 0.5, (no_integer(), too_small(least)))),
        ]
    if most is not None:
        rows += [
            st.integers(most + 1, most + FAR).map(lambda v: Breakage(v, (too_big(most),))),
            st.just(Breakage(most + 0.5, (no_integer(), too_big(most)))),
        ]
    return st.one_of(rows)


def option(*options: str, others: Sequence[str] = ()) -> Breakages:
    """None of these texts. others: wrong ones that are often met."""
    values = [value for value in VALUES if type(value) is not str]
    words = st.sampled_from(["", *others]) | texts().filter(lambda text: text not in options)
    return each(values, lambda value: no_option(options, value)) | words.map(
        lambda text: Breakage(text, (no_option(options, text),))
    )


def literal(expected: str) -> Breakages:
    return each(VALUES, lambda value: no_literal(expected, value))


# --- wrong values inside of others


def _moved(breakage: Breakage, value: object, *place: str | int) -> Breakage:
    return Breakage(value, tuple(at(issue, *place) for issue in breakage.issues))


def inside(key: str, wrong: Breakages, **others: object) -> Breakages:
    """An object with a wrong member. others: its right ones."""

    def member(breakage: Breakage) -> Breakage:
        own = {} if breakage.value is ABSENT else {key: breakage.value}
        return _moved(breakage, own | others, key)

    return wrong.map(member)


def among(right: object, wrong: Breakages, most: int) -> Breakages:
    """An array with a wrong element, somewhere among right ones."""
    element = wrong.filter(lambda breakage: breakage.value is not ABSENT)
    sizes = st.integers(0, most - 1).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))

    def array(size_and_place: tuple[int, int], breakage: Breakage) -> Breakage:
        size, place = size_and_place
        value = [right] * place + [breakage.value] + [right] * (size - place)
        return _moved(breakage, value, place)

    return st.builds(array, sizes, element)


def in_the_second_branch(wrong: Breakages, first: Callable[[Any], Issue]) -> Breakages:
    """What a union of two has against a value. first: the issue of its first branch."""

    def both(breakage: Breakage) -> Breakage:
        return Breakage(breakage.value, (no_branch([first(breakage.value)], breakage.issues),))

    return wrong.map(both)
