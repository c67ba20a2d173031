"""Which requests a fault affects: the next ones, every nth, those that match, or a fraction."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mock_electron._dataclass import dataclass
from mock_electron.engine import user_functions
from mock_electron.engine.faults.fault import Fault, FaultContext, ReplacementFault
from mock_electron.engine.faults.requested import RequestedFaults
from mock_electron.inputs import checks
from mock_electron.inputs.spelling import echoed
from mock_electron.model.dice import Dice, fingerprint
from mock_electron.wire.request import ChatRequest

Matcher = Callable[[ChatRequest], bool]
FAULT_EXAMPLES: Final = "a value such as faults.Cut(after=3) or fail(503)"
COUNTED_HEADERS: Final = 10_000
"""The maximum number of headers with `times` that a lane counts; the least recent is dropped."""


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault and the requests that it affects. A request must meet all conditions.

    Attributes:
        fault: The fault.
        times: The maximum number of requests. None means no maximum.
        every: Affect every nth request. None means every request.
        rate: The fraction of requests, from 0 to 1. The seed, the request and its occurrence
            decide which ones. None means all.
        when: A function that takes the request and returns whether the fault may affect it.

    Raises:
        TypeError: If `fault` is not a fault, or `when` is not a plain function.
        ValueError: If a number is out of range.
    """

    fault: Fault
    times: int | None = None
    every: int | None = None
    rate: float | None = None
    when: Matcher | None = None

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


class Injections:
    """The injections of a lane and the faults that headers ask for, with the uses of each."""

    def __init__(self) -> None:
        self._added = 0
        self._used_by_header: OrderedDict[bytes, int] = OrderedDict()
        self._active: list[_ActiveInjection] = []

    def add(self, injection: Injection) -> None:
        """Add an injection after the others."""
        self._active.append(_ActiveInjection(injection, self._added))
        self._added += 1

    def clear(self) -> None:
        """Remove all injections, and set all counts of headers to zero."""
        self._active.clear()
        self._used_by_header.clear()

    @property
    def unused(self) -> tuple[str, ...]:
        """The injections that have affected no request, each with the reason."""
        return tuple(one.unused for one in self._active if not one.used)

    def requested(self, key: str, text: str) -> RequestedFaults:
        """Return the faults that a header asks for, with the number of their uses.

        Args:
            key: The API key of the request.
            text: The value of the header.

        Raises:
            Refusal: If the header is wrong.
        """
        from mock_electron.engine.faults import header

        requested = header.parse_header(text)
        if requested.times is None:
            return requested
        counter = fingerprint(key.encode(), text.encode())
        return replace(requested, counter=counter, used=self._used_by_header.get(counter, 0))

    def settle(self, requested: RequestedFaults, *, given: bool, replied: bool) -> None:
        """Count one use of requested faults. If they are used up, start their count anew.

        Args:
            requested: The faults that the request's header asks for.
            given: Whether the answer has them.
            replied: Whether the answer is a reply that no fault breaks.
        """
        if requested.times is None:
            return
        if requested.used_up and replied:
            self._used_by_header.pop(requested.counter, None)
        if not given:
            return
        self._used_by_header.pop(requested.counter, None)
        self._used_by_header[requested.counter] = requested.used + 1
        if len(self._used_by_header) > COUNTED_HEADERS:
            self._used_by_header.popitem(last=False)

    def replacement(
        self, requested: RequestedFaults, request: ChatRequest, dice: Dice
    ) -> ReplacementFault | None:
        """Return the fault that replaces the reply, or None, and count its use.

        Args:
            requested: The faults that the request's header asks for; they apply first.
            request: The request.
            dice: The dice of this occurrence of the request.
        """
        for fault in requested.due:
            if isinstance(fault, ReplacementFault):
                return fault
        for candidate in tuple(self._active):
            fault = candidate.injection.fault
            if isinstance(fault, ReplacementFault) and candidate.is_due(request, dice):
                self._use(candidate)
                return fault
        return None

    def reply_faults(
        self, requested: RequestedFaults, context: FaultContext, dice: Dice
    ) -> tuple[Fault, ...]:
        """Return all faults of a reply, requested ones first, and count their use.

        Args:
            requested: The faults that the request's header asks for.
            context: The request and its reply.
            dice: The dice of this occurrence of the request.

        Raises:
            Refusal: If the request asks for a fault that is not possible.
        """
        if not requested.faults and not self._active:
            return ()  # nearly always
        for fault in requested.faults:
            if not fault.applies_to(context):
                from mock_electron.engine.faults import header

                raise header.refusal(f"{header.directive_of(fault)} needs {fault.needs}")
        return requested.due + tuple(
            self._use(candidate)
            for candidate in tuple(self._active)
            if not isinstance(candidate.injection.fault, ReplacementFault)
            and candidate.is_possible(context)
            and candidate.is_due(context.request, dice)
        )

    def _use(self, candidate: "_ActiveInjection") -> Fault:
        candidate.used += 1
        if candidate.used == candidate.injection.times and candidate in self._active:
            self._active.remove(candidate)
        return candidate.injection.fault


@dataclass(slots=True, eq=False)
class _ActiveInjection:
    """An injection that has uses left.

    Attributes:
        injection: The injection.
        number: The number of injections that were added to the lane before this one.
        seen: The number of requests for which `when` was true.
        used: The number of requests that were affected.
        missed: Whether there was a reply for which the fault is not possible.
        excluded: The number of requests for which `when` was false.
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
        injection = self.injection
        fault = echoed(injection.fault)
        if self.seen and injection.every:
            return f"{fault} with every={injection.every}; possible requests so far: {self.seen}"
        if self.seen and injection.rate is not None:
            return f"{fault} with rate={injection.rate:g}; possible requests so far: {self.seen}"
        if self.excluded:
            return f"{fault}, because its function `when` was false for every request"
        return f"{fault} needs {injection.fault.needs}" if self.missed else fault

    def is_possible(self, context: FaultContext) -> bool:
        """Return whether the fault can change this reply."""
        possible = self.injection.fault.applies_to(context)
        self.missed = self.missed or not possible
        return possible

    def is_due(self, request: ChatRequest, dice: Dice) -> bool:
        """Return whether the fault affects this request, and count the request."""
        injection = self.injection
        if injection.when is not None and not user_functions.is_true(
            "the function given as when=", injection.when, request
        ):
            self.excluded += 1
            return False
        self.seen += 1
        if injection.every is not None and self.seen % injection.every:
            return False
        return injection.rate is None or dice.share(f"fault {self.number}") < injection.rate
