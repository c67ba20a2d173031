"""Which requests a fault affects: the next ones, every nth, those that match, or a fraction."""

from collections import deque
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from mock_electron.engine import user_functions
from mock_electron.engine.faults.fault import Fault, FaultContext, ReplacementFault
from mock_electron.engine.faults.requested import RequestedFaults
from mock_electron.inputs import checks
from mock_electron.inputs.spelling import echoed
from mock_electron.model.dice import Dice
from mock_electron.wire.request import ChatRequest

if TYPE_CHECKING:
    from mock_electron.engine.script.match import Match
    from mock_electron.engine.script.match_input import MatchInput

Matcher = Callable[[ChatRequest], bool]
MOST_USED_UP: Final = 1_000
"""The maximum number of injections without uses left that a lane remembers."""
FAULT_EXAMPLES: Final = "a value such as faults.Cut(after=3) or fail(503)"


class Injection(Struct, frozen=True):
    """A fault and the requests that it affects. A request must meet all conditions.

    Attributes:
        fault: The fault.
        times: The maximum number of requests. None means no maximum.
        every: Affect every nth request. None means every request.
        rate: The fraction of requests, from 0 to 1. The seed, the request and its occurrence
            decide which ones. None means all.
        when: A function that takes the request and returns whether the fault may affect it.
        match: The conditions on the request, as a script file has them. None means no condition.

    Raises:
        TypeError: If `fault` is not a fault, or `when` is not a plain function.
        ValueError: If a number is out of range.
    """

    fault: Fault
    times: int | None = None
    every: int | None = None
    rate: float | None = None
    when: Matcher | None = None
    match: "Match | None" = None

    def __post_init__(self) -> None:
        if not isinstance(self.fault, Fault):
            raise TypeError(_wrong_fault(self.fault))
        checks.optional_whole_number("times", self.times, 1)
        checks.optional_whole_number("every", self.every, 1)
        if self.rate is not None:
            checks.number("rate", self.rate, 0, 1)
        if self.when is not None:
            checks.check_function("when", self.when)


def _wrong_fault(given: object) -> str:
    """Return the message for a value that is not a fault."""
    from mock_electron.engine.faults.by_name import right_form

    return checks.must_be("fault", FAULT_EXAMPLES, given) + right_form(given)


UseOutcome = Literal["missed", "excluded", "seen", "used"]
MISSED: Final = "missed"
EXCLUDED: Final = "excluded"
WHEN_FALSE: Final = "its function `when` was false for every request"
SEEN: Final = "seen"
USED: Final = "used"


class Use(Struct, frozen=True):
    """What became of an injection at one request.

    Attributes:
        active: The injection.
        outcome: "missed" if the fault is not possible for the reply, "excluded" if its function
            `when` was false or a condition is not met, "seen" if another request is its turn, or
            "used".
    """

    active: "ActiveInjection"
    outcome: UseOutcome


Uses = tuple[Use, ...]


class Injections:
    """The injections of a lane, with the uses of each.

    `replacement` and `reply_faults` choose faults and return how they used the injections. They
    change nothing; `record` counts the uses.

    Attributes:
        size: The number of injections that have uses left.
    """

    def __init__(self) -> None:
        self.size: int = 0
        self._added = 0
        self._active: list[ActiveInjection] = []
        self._used_up: deque[ActiveInjection] = deque(maxlen=MOST_USED_UP)

    def add(self, injection: Injection) -> int:
        """Add an injection after the others. Return its number, from 0."""
        number = self._added
        self._active.append(ActiveInjection(injection, number))
        self._added += 1
        self.size += 1
        return number

    def clear(self) -> None:
        """Remove all injections."""
        self._active.clear()
        self._used_up.clear()
        self.size = 0

    def remove(self, number: int) -> bool:
        """Remove an injection, and return whether there was one with this number."""
        for listed in (self._active, self._used_up):
            for one in listed:
                if one.number == number:
                    listed.remove(one)
                    self.size = len(self._active)
                    return True
        return False

    @property
    def states(self) -> "tuple[ActiveInjection, ...]":
        """The injections, and the latest of those that have no use left, in order."""
        every = sorted([*self._used_up, *self._active], key=lambda one: one.number)
        return tuple(copy(one) for one in every)

    @property
    def unused(self) -> tuple[str, ...]:
        """The injections that have affected no request, each with the reason."""
        return tuple(one.unused for one in self._active if not one.used)

    def replacement(
        self, requested: RequestedFaults, asked: "MatchInput", dice: Dice
    ) -> tuple[ReplacementFault | None, Uses]:
        """Return the fault that replaces the reply, or None, and the uses of the injections.

        Args:
            requested: The faults that the request's header asks for; they apply first.
            asked: The request, as conditions read it.
            dice: The dice of this occurrence of the request.
        """
        if not requested.faults and not self._active:
            return None, ()  # nearly always
        for fault in requested.due:
            if isinstance(fault, ReplacementFault):
                return fault, ()
        uses: list[Use] = []
        for candidate in tuple(self._active):
            fault = candidate.injection.fault
            if isinstance(fault, ReplacementFault):
                uses.append(candidate.use(asked, dice))
                if uses[-1].outcome == USED:
                    return fault, tuple(uses)
        return None, tuple(uses)

    def reply_faults(
        self, requested: RequestedFaults, context: FaultContext, asked: "MatchInput", dice: Dice
    ) -> tuple[tuple[Fault, ...], Uses]:
        """Return all faults of a reply, requested ones first, and the uses of the injections.

        Args:
            requested: The faults that the request's header asks for.
            context: The request and its reply.
            asked: The request, as conditions read it.
            dice: The dice of this occurrence of the request.

        Raises:
            Refusal: If the request asks for a fault that is not possible.
        """
        for fault in requested.faults:
            if not fault.applies_to(context):
                from mock_electron.engine.faults import header

                raise header.refusal(f"{header.directive_of(fault)} needs {fault.needs}")
        uses = tuple(
            candidate.use_if_possible(context, asked, dice)
            for candidate in tuple(self._active)
            if not isinstance(candidate.injection.fault, ReplacementFault)
        )
        used = tuple(use.active.injection.fault for use in uses if use.outcome == USED)
        return requested.due + used, uses

    def record(self, uses: Uses) -> None:
        """Count uses. An injection that has no use left is removed."""
        for use in uses:
            active = use.active
            active.count(use.outcome)
            if active.used == active.injection.times and active in self._active:
                self._active.remove(active)
                self._used_up.append(active)
                self.size -= 1


class ActiveInjection(Struct, eq=False):
    """An injection that has uses left.

    Attributes:
        injection: The injection.
        number: The number of injections that were added to the lane before this one.
        seen: The number of requests for which `when` was true and the conditions were met.
        used: The number of requests that were affected.
        missed: Whether there was a reply for which the fault is not possible.
        excluded: The number of requests for which `when` was false or a condition was not met.
    """

    injection: Injection
    number: int
    seen: int = 0
    used: int = 0
    missed: bool = False
    excluded: int = 0

    @property
    def unused(self) -> str:
        """The fault, and why it has affected no request, if that is known."""
        return f"{echoed(self.injection.fault)}{self.reason}"

    @property
    def reason(self) -> str:
        """The rest of the sentence about an injection that has affected no request, or ""."""
        injection = self.injection
        if self.seen and injection.every:
            return f" with every={injection.every}; possible requests so far: {self.seen}"
        if self.seen and injection.rate is not None:
            return f" with rate={injection.rate:g}; possible requests so far: {self.seen}"
        if self.excluded:
            words = "no request met its conditions" if injection.when is None else WHEN_FALSE
            return f", because {words}"
        return f" needs {injection.fault.needs}" if self.missed else ""

    def use_if_possible(self, context: FaultContext, asked: "MatchInput", dice: Dice) -> Use:
        """Return how a reply uses the injection."""
        possible = self.injection.fault.applies_to(context)
        return self.use(asked, dice) if possible else Use(self, MISSED)

    def use(self, asked: "MatchInput", dice: Dice) -> Use:
        """Return how a request uses the injection."""
        injection = self.injection
        if injection.when is not None and not user_functions.is_true(
            "the function given as when=", injection.when, asked.request
        ):
            return Use(self, EXCLUDED)
        if injection.match is not None and not injection.match.matches(asked):
            return Use(self, EXCLUDED)
        if injection.every is not None and (self.seen + 1) % injection.every:
            return Use(self, SEEN)
        due = injection.rate is None or dice.share(f"fault {self.number}") < injection.rate
        return Use(self, USED if due else SEEN)

    def count(self, outcome: UseOutcome) -> None:
        """Count a use."""
        self.missed = self.missed or outcome == MISSED
        self.excluded += outcome == EXCLUDED
        self.seen += outcome in (SEEN, USED)
        self.used += outcome == USED
