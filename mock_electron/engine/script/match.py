"""`Match`: which requests a step answers, and why a request does not match."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Unpack

from mock_electron.engine.script.condition_values import read_value
from mock_electron.engine.script.conditions import CONDITIONS, Conditions
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.inputs.checks import check_function
from mock_electron.inputs.spelling import unknown
from mock_electron.wire.request import ChatRequest

Predicate = Callable[[ChatRequest], bool]
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
BY_NAME: Final = "; give conditions by name, such as says='weather'"


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests a step answers. Use `Match.of` to make one.

    Attributes:
        given: The conditions by name, in the order of the table.
        predicate: A function of the request that must return true, or None.
    """

    given: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    predicate: Predicate | None = None

    @classmethod
    def of(cls, predicate: Predicate | None = None, /, **conditions: Unpack[Conditions]) -> "Match":
        """Return the match with these conditions. A condition that is None is ignored.

        Raises:
            TypeError: If a condition does not exist or has the wrong type.
            ValueError: If a condition matches nothing or everything.
        """
        if predicate is not None:
            check_function("the argument of when()", predicate, hint=BY_NAME)
        for name in conditions:
            if name not in CONDITIONS:
                raise TypeError(unknown("condition", name, CONDITIONS))
        values: Mapping[str, Any] = conditions
        given = {
            name: read_value(condition.kind, name, values[name])
            for name, condition in CONDITIONS.items()
            if values.get(name) is not None
        }
        return cls(MappingProxyType(given), predicate)

    @property
    def size(self) -> int:
        """The number of conditions, the predicate included."""
        return len(self.given) + (self.predicate is not None)

    def differences(self, request: MatchInput) -> tuple[str, ...]:
        """Return how a request differs from each condition; an empty tuple if it matches."""
        found = [
            CONDITIONS[name].differs(expected, request, self.given)
            for name, expected in self.given.items()
        ]
        return tuple(filter(None, [*found, self._predicate_differs(request)]))

    def matches(self, request: MatchInput) -> bool:
        """Return whether a request meets all conditions."""
        given = self.given
        return not (
            any(CONDITIONS[name].differs(given[name], request, given) for name in given)
            or self._predicate_differs(request)
        )

    def _predicate_differs(self, request: MatchInput) -> str:
        if self.predicate is None or self.predicate(request.request):
            return ""
        name = getattr(self.predicate, "__name__", type(self.predicate).__name__)
        called = "" if name == "<lambda>" else f" {name}"
        return f"the function{called} given to when() returned false"


ANY: Final = Match()
"""Matches every request."""
