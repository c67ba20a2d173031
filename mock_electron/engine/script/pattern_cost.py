"""How many steps `re.search` may take with a pattern, as a polynomial of the length of the text.

1. The bound counts the ways in which `re` can match each part, because `re` tries them one after
   another. The ways of a sequence are multiplied, those of alternatives are added.
2. A repetition can end at each character. A repetition of something that has more than one way has
   no bound: its number of ways may be exponential.
"""

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Final

from msgspec import Struct

from mock_electron.engine.script.pattern_tree import (
    LOOPS,
    SETS,
    UNBOUNDED,
    Tree,
    group_flags,
    is_anchored,
    op,
    parsed,
    single,
)

Polynomial = tuple[int, ...]
"""The coefficients, from that of the power 0."""

ONE: Final[Polynomial] = (1,)
LENGTH: Final[Polynomial] = (0, 1)
"""One for each place in the text."""
BEGINNINGS: Final[Polynomial] = (0, 10)
"""The steps of `re` to begin a match at each place."""
HIGHEST: Final = 5
"""The maximum number of coefficients."""
LARGEST: Final = 10**9
"""The maximum coefficient."""
FEW: Final = 100
"""Up to this number, the ways to end a bounded repetition are counted exactly."""


class ExponentialError(Exception):
    """The number of steps may have no polynomial bound."""


class _Cost(Struct, frozen=True):
    """The cost of a part of a pattern.

    Attributes:
        ways: The maximum number of ways in which it matches at one place.
        steps: The maximum number of steps to try them all.
    """

    ways: Polynomial
    steps: Polynomial


def steps_of(pattern: re.Pattern[str]) -> Polynomial | None:
    """Return the maximum number of steps of a search, or None if it may be exponential.

    The variable is the length of the text plus one.
    """
    tree, flags = parsed(pattern)
    anchored = is_anchored(tree, flags)
    try:
        steps = _sequence(tree, flags, begins=not anchored, ends=True).steps
        return _sum(BEGINNINGS, steps if anchored else _product(LENGTH, steps))
    except ExponentialError:
        return None


def value_at(polynomial: Polynomial, at: int) -> int:
    """Return the value of a polynomial."""
    return reduce(lambda value, coefficient: value * at + coefficient, reversed(polynomial), 0)


def _sum(one: Polynomial, other: Polynomial) -> Polynomial:
    short, long = sorted((one, other), key=len)
    return (*map(sum, zip(short, long, strict=False)), *long[len(short) :])


def _product(one: Polynomial, other: Polynomial) -> Polynomial:
    product = [0] * (len(one) + len(other) - 1)
    for power, factor in enumerate(one):
        for plus, coefficient in enumerate(other):
            product[power + plus] += factor * coefficient
    if len(product) > HIGHEST or max(product) > LARGEST:
        raise ExponentialError
    return tuple(product)


def _sequence(tree: Tree, flags: int, *, begins: bool = False, ends: bool = False) -> _Cost:
    """Return the cost of a sequence.

    Args:
        tree: The sequence.
        flags: The flags of the pattern.
        begins: Whether each place of the text is tried as its beginning.
        ends: Whether the search ends when the sequence has matched.
    """
    ways, steps = ONE, ONE
    for at, (kind, value) in enumerate(tree):
        cost = _part(kind, value, flags, ends=ends and at == len(tree) - 1)
        if begins and len(cost.ways) > 1:
            before = tree[at - 1] if at else None
            cost = _first_loop(kind, value, flags, before) or cost
            begins = False
        steps = _sum(steps, _product(ways, cost.steps))
        ways = _product(ways, cost.ways)
    return _Cost(ways, steps)


def _first_loop(kind: Any, value: Any, flags: int, before: Any) -> _Cost | None:
    """Return the cost of the first unbounded part of a search, as a share of each beginning.

    If the character before a repetition is not one of those that it repeats, the repetitions that
    begin at different places do not overlap. So all of them have one way for each place.
    """
    if kind in LOOPS and before is not None and _is_set(value[2]):
        inner, members = value[2][0]
        repeated, characters = single(inner, members, flags), _literals(*before)
        if characters and not any(map(repeated.fullmatch, characters)):
            return _Cost(ONE, _constant(1 + value[0]))
    if kind in (op.SUBPATTERN, op.BRANCH):
        return _part(kind, value, flags, begins=True)
    return None


def _is_set(body: Tree) -> bool:
    return len(body) == 1 and body[0][0] in SETS


def _literals(kind: Any, value: Any) -> list[str]:
    """Return the characters of a node that matches nothing else, or none if it is another node."""
    members = value if kind is op.IN else [(kind, value)]
    only = all(member is op.LITERAL for member, _code in members)
    return [chr(code) for _member, code in members] if only else []


def _constant(number: int) -> Polynomial:
    return (min(number, LARGEST),)


def _part(kind: Any, value: Any, flags: int, *, begins: bool = False, ends: bool = False) -> _Cost:
    if kind in SETS or kind is op.AT:
        return _Cost(ONE, ONE)
    if kind in LOOPS and ends and _is_set(value[2]):
        return _Cost(ONE, _constant(1 + value[0]))  # nothing can fail after the minimum
    if kind is op.SUBPATTERN:
        return _sequence(value[3], group_flags(value, flags), begins=begins, ends=ends)
    if kind is op.BRANCH:
        options = [_sequence(one, flags, begins=begins, ends=ends) for one in value[1]]
        return reduce(_either, options)
    if kind in OTHERS:
        return OTHERS[kind](value, flags)
    raise ExponentialError


def _either(one: _Cost, other: _Cost) -> _Cost:
    return _Cost(_sum(one.ways, other.ways), _sum(one.steps, other.steps))


def _loop(value: Any, flags: int) -> _Cost:
    least, most, body = value
    each = _sequence(body, flags)
    if each.ways == ONE:
        bounded = most is not UNBOUNDED and most - least <= FEW
        count = _constant(most) if bounded else _sum(LENGTH, _constant(least))
        return _Cost(
            _constant(most - least + 1) if bounded else LENGTH,
            _sum(ONE, _product(count, each.steps)),
        )
    if most is UNBOUNDED:
        raise ExponentialError
    ways = ONE
    for _ in range(most):
        ways = _product(ways, each.ways)
    steps = _product(_product(_constant(most), ways), each.steps)
    return _Cost(_product(_constant(most - least + 1), ways), _sum(ONE, steps))


def _atomic(body: Tree, flags: int) -> _Cost:
    return _Cost(ONE, _sequence(body, flags).steps)


def _possessive(value: Any, flags: int) -> _Cost:
    least, _most, body = value
    count = _sum(LENGTH, _constant(least))
    return _Cost(ONE, _sum(ONE, _product(count, _sequence(body, flags).steps)))


def _condition(value: Any, flags: int) -> _Cost:
    _group, met, unmet = value
    return _either(_sequence(met, flags), _sequence(unmet or (), flags))


OTHERS: Final[Mapping[Any, Callable[[Any, int], _Cost]]] = {
    op.MAX_REPEAT: _loop,
    op.MIN_REPEAT: _loop,
    op.POSSESSIVE_REPEAT: _possessive,
    op.ATOMIC_GROUP: _atomic,
    op.ASSERT: lambda value, flags: _atomic(value[1], flags),
    op.ASSERT_NOT: lambda value, flags: _atomic(value[1], flags),
    op.GROUPREF: lambda _value, _flags: _Cost(ONE, LENGTH),
    op.GROUPREF_EXISTS: _condition,
}
"""The cost of each other kind of node."""
