"""Which requests a step answers. A match that fails explains why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from types import MappingProxyType
from typing import Any, Final, Unpack

from mock_electron.engine.script.condition_values import read_value
from mock_electron.engine.script.conditions import CONDITIONS, Conditions
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire.request import ChatRequest

Predicate = Callable[[ChatRequest], bool]
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests a step answers. Use `Match.of` to make one.

    Attributes:
        given: The conditions by name, in the order of the table.
        predicate: A function of the request that must return true.
    """

    given: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    predicate: Predicate | None = None

    @classmethod
    def of(cls, predicate: Predicate | None = None, /, **conditions: Unpack[Conditions]) -> "Match":
        """Return the match with these conditions; those that are None are left out.

        Raises:
            TypeError: If a condition does not exist or has the wrong type.
            ValueError: If a condition matches nothing or everything.
        """
        _check_predicate(predicate)
        for name in conditions:
            if name not in CONDITIONS:
                hint = did_you_mean(name, CONDITIONS)
                known = ", ".join(CONDITIONS)
                raise TypeError(f"unknown condition {name!r}; expected one of {known}.{hint}")
        values: Mapping[str, Any] = conditions
        given = {
            name: read_value(condition.kind, name, values[name])
            for name, condition in CONDITIONS.items()
            if values.get(name) is not None
        }
        return cls(MappingProxyType(given), predicate)

    @property
    def size(self) -> int:
        """How many conditions must match."""
        return len(self.given) + (self.predicate is not None)

    def differences(self, request: MatchInput) -> tuple[str, ...]:
        """Return how a request differs from each condition; nothing if it matches."""
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


def _check_predicate(predicate: object) -> None:
    if predicate is None:
        return
    if not callable(predicate):
        raise TypeError(
            "when() takes conditions by name, such as says='weather', or a function of the "
            f"request, got {predicate!r}"
        )
    if iscoroutinefunction(predicate):
        raise TypeError("when() takes a plain function; an async function always counts as true")


ANY: Final = Match()
"""Matches every request."""
