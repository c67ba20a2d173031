"""The trials: each fault at each place.

They come in rounds, so that a budget leaves out what tells least. The first round has each fault
once in each request, in streams at the middle chunk. The second has the chunks at the beginning and
the end, and the third all others. Pairs come last.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.trials.kinds import PAIRED, Kind
from mock_electron.trials.places import Place, answered, nth

ROUNDS: Final = ((0, 1), (1, 5), (5, None))
"""Which of the chunks of `Place.chunks` each round has."""


class Aim(Struct, frozen=True):
    """A fault, and the request that it is for.

    Attributes:
        kind: The name of its kind.
        fault: The fault.
        request: The number of the request in the run, from 0.
        every: Which of the requests that are possible for the fault it is, from 1.
    """

    kind: str
    fault: Fault
    request: int
    every: int

    @property
    def words(self) -> str:
        """The aim as text: `Cut(after=3) in #0`."""
        return f"{self.fault!r} in #{self.request}"


class Trial(Struct, frozen=True):
    """One run of the scenario.

    Attributes:
        aims: The faults, in the order of their requests.
    """

    aims: tuple[Aim, ...]

    @property
    def name(self) -> str:
        """The trial as text: `fail(503) in #0, Reset() in #1`."""
        return ", ".join(aim.words for aim in self.aims)

    @property
    def row(self) -> str:
        """Its row in the matrix."""
        return ", then ".join(aim.kind for aim in self.aims)

    @property
    def column(self) -> int:
        """The number of the request in which the first fault happens."""
        return self.aims[0].request

    @property
    def cell(self) -> tuple[str, int]:
        """Its row and its column."""
        return self.row, self.column


def single_trials(
    places: Sequence[Place], kinds: Sequence[Kind], stall: float
) -> tuple[Trial, ...]:
    """Return the trials with one fault, the most telling ones first.

    Args:
        places: The requests of the run without a fault.
        kinds: The faults to try.
        stall: Seconds of a stall.
    """
    trials = (
        Trial((aim,))
        for number in range(len(ROUNDS))
        for kind in kinds
        for place in answered(places)
        for aim in _aims(kind, place, places, number, stall)
    )
    return tuple({trial.name: trial for trial in trials}.values())


def _aims(
    kind: Kind, place: Place, places: Sequence[Place], number: int, stall: float
) -> Iterator[Aim]:
    """Yield the aims of a kind at a place in a round."""
    begin, end = ROUNDS[number]
    if number and (kind.takes_time or not kind.by_chunk):
        return
    known: dict[bool, int | None] = {}
    for after in place.chunks[begin:end] if kind.by_chunk else (0,):
        fault, is_first = kind.make(after, stall), not after
        if is_first not in known:  # all later chunks are alike
            is_possible = kind.fits(place.context, fault)
            known[is_first] = nth(fault, places, place.number) if is_possible else None
        every = known[is_first]
        if every is not None:
            yield Aim(kind.name, fault, place.number, every)


def is_paired(trial: Trial) -> bool:
    """Return whether a trial is the first fault of pairs."""
    return len(trial.aims) == 1 and trial.aims[0].kind in PAIRED


def pair_trials(
    first: Trial, singles: Sequence[Trial], places: Sequence[Place]
) -> tuple[Trial, ...]:
    """Return the trials with a second fault in the request after the first one.

    That request is most often the retry, so that it can have the faults of the first one.
    """
    [aim] = first.aims
    seconds: dict[str, Aim] = {}
    for single in singles:
        other = single.aims[0]
        if is_paired(single) and other.request == aim.request:
            seconds.setdefault(other.kind, other)
    return tuple(Trial((aim, _after(aim, second, places))) for second in seconds.values())


def _after(first: Aim, second: Aim, places: Sequence[Place]) -> Aim:
    """Return an aim at the request after the first one.

    A request whose reply is replaced is not counted by the injections after it.
    """
    counted = [place for place in places[: first.request + 1] if place.admits(second.fault)]
    is_replaced = isinstance(first.fault, ReplacementFault)
    return Aim(second.kind, second.fault, first.request + 1, len(counted) - is_replaced + 1)
