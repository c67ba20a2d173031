"""When a fault comes: for the next requests, every few, those that match, or by a rate."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction

from mock_electron.engine.faults import header
from mock_electron.engine.faults.fault import Fault, FaultContext, ReplacementFault
from mock_electron.inputs.numbers import is_number, is_whole
from mock_electron.model.dice import Dice
from mock_electron.wire.request import ChatRequest

Matcher = Callable[[ChatRequest], bool]


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault, and which requests it is for; all that is given must hold.

    times: at most so many requests; None is no bound. every: each so-many-th. rate: this share
    of them, from 0 to 1; the dice follow from the seed, the request and its occurrence.
    when: those for which this function of the request is true.

    Raises TypeError or ValueError for anything else.
    """

    fault: Fault
    times: int | None = None
    every: int | None = None
    rate: float | None = None
    when: Matcher | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.fault, Fault):
            raise TypeError(
                f"a fault is a value such as faults.Cut(after=3), or fail(503), not {self.fault!r}"
            )
        for name in ("times", "every"):
            given = getattr(self, name)
            if given is not None and not is_whole(given, 1):
                raise ValueError(f"{name} is a whole number of at least 1, not {given!r}")
        if self.rate is not None and not is_number(self.rate, 0, 1):
            raise ValueError(f"rate is a share from 0 to 1, not {self.rate!r}")
        if iscoroutinefunction(self.when):
            raise TypeError("when is a plain function; what an async one returns is always true")
        if self.when is not None and not callable(self.when):
            raise TypeError(f"when is a function of the request, not {self.when!r}")


class Injections:
    """The injections of a lane, and how often each was looked at and used."""

    def __init__(self) -> None:
        self._added = 0
        self._open: list[_Open] = []

    def add(self, injection: Injection) -> None:
        """Put an injection behind the others."""
        self._open.append(_Open(injection, self._added))
        self._added += 1

    def clear(self) -> None:
        """Forget all of them."""
        self._open.clear()

    def in_place(
        self, asked: tuple[Fault, ...], request: ChatRequest, dice: Dice
    ) -> ReplacementFault | None:
        """The fault in the place of a reply, if there is one.

        asked: the faults that the request asks for itself; they come first.
        """
        for fault in asked:
            if isinstance(fault, ReplacementFault):
                return fault
        for candidate in tuple(self._open):
            fault = candidate.injection.fault
            if isinstance(fault, ReplacementFault) and candidate.is_due(request, dice):
                self._use(candidate)
                return fault
        return None

    def within(
        self, asked: tuple[Fault, ...], context: FaultContext, dice: Dice
    ) -> tuple[Fault, ...]:
        """All faults of a reply, those that the request asks for first.

        Raises Refusal where it asks for one that is not possible.
        """
        if not asked and not self._open:
            return ()  # nearly always
        for fault in asked:
            if not fault.suits(context):
                raise header.refusal(f"{type(fault).__name__} needs {fault.needs}")
        return asked + tuple(
            self._use(candidate)
            for candidate in tuple(self._open)
            if not isinstance(candidate.injection.fault, ReplacementFault)
            and candidate.injection.fault.suits(context)
            and candidate.is_due(context.request, dice)
        )

    def _use(self, candidate: "_Open") -> Fault:
        candidate.used += 1
        if candidate.used == candidate.injection.times and candidate in self._open:
            self._open.remove(candidate)
        return candidate.injection.fault


@dataclass(slots=True, eq=False)
class _Open:
    """An injection that may still be used. number: its place in the order of all of them."""

    injection: Injection
    number: int
    seen: int = 0
    used: int = 0

    def is_due(self, request: ChatRequest, dice: Dice) -> bool:
        """Whether it is this request's turn; it counts as seen."""
        injection = self.injection
        if injection.when is not None and not injection.when(request):
            return False
        self.seen += 1
        if injection.every is not None and self.seen % injection.every:
            return False
        return injection.rate is None or dice.share(f"fault {self.number}") < injection.rate
