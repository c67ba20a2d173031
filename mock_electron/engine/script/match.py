"""`Match`: which requests a step answers, and why a request does not match."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Unpack

from msgspec import Struct

from mock_electron.engine import user_functions
from mock_electron.engine.script.condition_values import check_given, read_value, unknown_condition
from mock_electron.engine.script.conditions import CONDITIONS, Conditions, Difference
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.inputs.checks import check_function
from mock_electron.wire.request import ChatRequest

Predicate = Callable[[ChatRequest], bool]
BY_NAME: Final = "; give conditions by name, such as says='weather'"


class Match(Struct, frozen=True):
    """Which requests a step answers. Use `Match.of` to make one.

    Attributes:
        conditions: The names and values of the conditions, in the order of the table.
        predicate: A function of the request that must return true, or None.
    """

    conditions: tuple[tuple[str, Any], ...] = ()
    predicate: Predicate | None = None

    @classmethod
    def of(cls, predicate: Predicate | None = None, /, **conditions: Unpack[Conditions]) -> "Match":
        """Return the match with these conditions.

        Raises:
            TypeError: If a condition does not exist, is None or has the wrong type.
            ValueError: If a condition matches nothing or everything.
        """
        if predicate is not None:
            check_function("the argument of when()", predicate, hint=BY_NAME)
        values: Mapping[str, Any] = conditions
        for name in values:
            if name not in CONDITIONS:
                raise TypeError(unknown_condition(name, values[name], CONDITIONS))
            check_given(name, values[name])
        given = tuple(
            (name, read_value(condition.kind, name, values[name]))
            for name, condition in CONDITIONS.items()
            if name in values
        )
        return cls(given, predicate)

    @property
    def given(self) -> dict[str, Any]:
        """The conditions by name."""
        return dict(self.conditions)

    @property
    def size(self) -> int:
        """The number of conditions, the predicate included."""
        return len(self.conditions) + (self.predicate is not None)

    def differences(self, request: MatchInput) -> tuple[str, ...]:
        """Return how a request differs from each condition; an empty tuple if it matches."""
        return tuple([describe() for describe in self._differences(request) if describe])

    def missed(self, request: MatchInput) -> int:
        """Return the number of conditions that a request does not meet."""
        return sum(difference is not None for difference in self._differences(request))

    def matches(self, request: MatchInput) -> bool:
        """Return whether a request meets all conditions."""
        return not any(self._differences(request))

    def _differences(self, request: MatchInput) -> Iterator[Difference]:
        """Yield how the request differs from each condition and from the predicate."""
        given = self.given
        for name, expected in self.conditions:
            yield CONDITIONS[name].differs(expected, request, given)
        if self.predicate is not None and not user_functions.is_true(
            "the function given to when()", self.predicate, request.request
        ):
            yield self._predicate_differs

    def _predicate_differs(self) -> str:
        name = getattr(self.predicate, "__name__", type(self.predicate).__name__)
        called = "" if name == "<lambda>" else f" {name}"
        return f"the function{called} given to when() returned false"


ANY: Final = Match()
"""Matches every request."""
