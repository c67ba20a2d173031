"""The steps of a lane and their uses. Steps are frozen; what changes is kept here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from mock_electron.engine.script.match_input import MatchInput, turn_of
from mock_electron.engine.script.step import Step
from mock_electron.engine.script.text import quoted

LIKENESS: Final = 200
"""Characters that are compared, of what is expected and of what was said."""


class StepState(NamedTuple):
    """A step, its number in the script, from 1, and how often it has answered."""

    number: int
    step: Step
    used: int

    @property
    def is_open(self) -> bool:
        """Whether it may answer again."""
        return self.step.times is None or self.used < self.step.times

    @property
    def is_unused(self) -> bool:
        """Whether it was to answer, and has not: at all, or as often as it says."""
        return self.used < (self.step.times or 1)

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"step {self.number}" + (f" ({self.step.location})" if self.step.location else "")


@dataclass(slots=True, eq=False)
class PendingWhen:
    """A match that was written in this place, and whether an answer has followed."""

    location: str
    answered: bool = False


class Script:
    """The steps of a lane, in order, and their uses."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._open: list[_Entry] = []

    def add(self, step: Step) -> int:
        """Put a step at the end. Returns its number, from 1."""
        entry = _Entry(step, len(self._entries) + 1)
        self._entries.append(entry)
        self._open.append(entry)
        return entry.number

    def change(self, number: int, change: Callable[[Step], Step]) -> None:
        """Put another step in the place of this one; its uses count on."""
        entry = self._entries[number - 1]
        was_open = entry.use.is_open
        entry.step = change(entry.step)
        if entry.use.is_open != was_open:
            self._open = [entry for entry in self._entries if entry.use.is_open]

    def replace(self, steps: Iterable[Step]) -> None:
        """Forget all steps, and begin with these."""
        self._entries, self._open = [], []
        for step in steps:
            self.add(step)

    def first(self, asked: MatchInput) -> StepState | None:
        """The step that answers: the first that matches and has uses left. It is not used yet."""
        open_entries = tuple(self._open)  # a function in a match may add to the script
        return next((e.use for e in open_entries if e.step.match.matches(asked)), None)

    def use(self, number: int) -> None:
        """Use this step once."""
        entry = self._entries[number - 1]
        entry.used += 1
        if not entry.use.is_open:
            self._open.remove(entry)

    @property
    def uses(self) -> tuple[StepState, ...]:
        """All steps with their uses."""
        return tuple(entry.use for entry in self._entries)

    def explain(self, asked: MatchInput) -> str:
        """Why no step answers a request: how each one differs, the nearest first."""
        said = asked.last("user")
        about = f"turn {turn_of(asked.request)}" + ("" if said is None else f", {quoted(said)}")
        if not self._entries:
            return f"No step of the script answers this request ({about}): the script is empty."
        misses = sorted((_miss(use, asked) for use in self.uses), key=lambda miss: miss.distance)
        lines = "".join(f"\n- {miss.words}" for miss in misses)
        return f"No step of the script answers this request ({about}). Nearest first:{lines}"


@dataclass(slots=True, eq=False)
class _Entry:
    step: Step
    number: int
    used: int = 0

    @property
    def use(self) -> StepState:
        return StepState(self.number, self.step, self.used)


class _Miss(NamedTuple):
    """How a step fails to answer.

    distance: how much is missed; the share of it; how little of the text is the same; the number.
    """

    distance: tuple[int, float, float, int]
    words: str


def _miss(use: StepState, asked: MatchInput) -> _Miss:
    differences = use.step.match.differences(asked)
    conditions = use.step.match.size + 1  # that uses are left is one more
    if not use.is_open:
        times = f"{use.used} of {use.step.times}"
        differences = (*differences, f"it is used up ({times})")
    missed = len(differences)
    distance = (missed, missed / conditions, 1 - _likeness(use.step, asked), use.number)
    return _Miss(distance, f"{use.name}: {'; '.join(differences)}")


def _likeness(step: Step, asked: MatchInput) -> float:
    """The share of the text that a step waits for which the user has said in one piece."""
    expected, said = step.match.given.get("says"), asked.last("user")
    if not isinstance(expected, str) or said is None:
        return 0.0
    expected, said = expected.lower()[:LIKENESS], said.lower()[:LIKENESS]
    same = SequenceMatcher(None, expected, said, autojunk=False).find_longest_match()
    return same.size / len(expected)
