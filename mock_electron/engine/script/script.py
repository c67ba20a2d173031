"""The steps of a lane and how often each has answered. Steps are frozen; a script counts uses."""

from bisect import insort
from collections.abc import Callable, Iterable
from heapq import nsmallest
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from mock_electron.engine.script.match_input import MatchInput
    from mock_electron.engine.script.step import Step

NO_STEP: Final = "No step of the script answers this request"
NEAREST_FIRST: Final = " Nearest first:"
"""What precedes the list of the steps."""
MOST_LISTED: Final = 10
"""The maximum number of steps that the explanation lists."""
MOST_COMPARED: Final = 200
"""The maximum number of steps whose expected text is compared with that of the request."""
COMPARED_CHARACTERS: Final = 200
"""The maximum number of characters of the expected and the actual text that are compared."""


class StepState(Struct, frozen=True):
    """A step of the script and how often it has answered.

    Attributes:
        number: The number of the step in the script, from 1.
        step: The step.
        used: The number of requests that it has answered.
    """

    number: int
    step: "Step"
    used: int

    @property
    def is_open(self) -> bool:
        """Whether the step has uses left."""
        return self.step.times is None or self.used < self.step.times

    @property
    def is_unused(self) -> bool:
        """Whether the step has answered fewer requests than it should: `times`, or at least one."""
        return self.used < (self.step.times or 1)

    @property
    def name(self) -> str:
        """The step's name in messages: `step 2 (test_agent.py:12)`."""
        return f"step {self.number}" + (f" ({self.step.location})" if self.step.location else "")


class PendingWhen(Struct, eq=False):
    """A `when(…)` call in a test. It must be followed by an answer such as `.reply(…)`.

    Attributes:
        location: The file and line of the call.
        answered: Whether an answer has followed.
    """

    location: str
    answered: bool = False


class Script:
    """The steps of a lane, in order, and how often each has answered.

    Attributes:
        generation: How often all steps were replaced.
    """

    def __init__(self) -> None:
        self.generation: int = 0
        self._last = 0
        self._entries: dict[int, _Entry] = {}
        self._open: list[_Entry] = []
        self._unlimited: list[_Entry] = []

    @property
    def size(self) -> int:
        """The number of steps."""
        return len(self._entries)

    def add(self, step: "Step") -> int:
        """Add a step at the end. Return its number, from 1."""
        self._last += 1
        entry = self._entries[self._last] = _Entry(step, self._last)
        self._open.append(entry)
        if step.times is None:
            self._unlimited.append(entry)
        return entry.number

    def change(self, number: int, change: "Callable[[Step], Step]") -> None:
        """Replace a step. The number of its uses is kept."""
        entry = self._entries[number]
        was_open, was_unlimited = entry.state.is_open, entry.step.times is None
        entry.step = change(entry.step)
        if was_unlimited and entry.step.times is not None:
            self._unlimited.remove(entry)
        elif entry.step.times is None and not was_unlimited:
            insort(self._unlimited, entry, key=lambda one: one.number)
        if entry.state.is_open != was_open:
            self._open = [one for one in self._entries.values() if one.state.is_open]

    def remove(self, number: int) -> bool:
        """Remove a step, and return whether there was one. The others keep their numbers.

        No other step gets its number.
        """
        entry = self._entries.pop(number, None)
        if entry is None:
            return False
        for listed in (self._open, self._unlimited):
            if entry in listed:
                listed.remove(entry)
        return True

    def has(self, number: int) -> bool:
        """Return whether there is a step with this number."""
        return number in self._entries

    def replace(self, steps: "Iterable[Step]") -> None:
        """Replace all steps."""
        self.generation += 1
        self._last = 0
        self._entries, self._open, self._unlimited = {}, [], []
        for step in steps:
            self.add(step)

    def first(self, match_input: "MatchInput") -> StepState | None:
        """Return the first step that matches and has uses left, or None. Do not count a use."""
        for entry in tuple(self._open):  # a predicate may add steps to the script
            if entry.step.match.matches(match_input):
                return entry.state
        return None

    def use(self, number: int) -> None:
        """Count a use of a step."""
        entry = self._entries.get(number)
        if entry is None:  # it was removed while it answered
            return
        entry.used += 1
        if not entry.state.is_open:
            self._open.remove(entry)

    def state(self, number: int) -> StepState | None:
        """Return the step with a number from 1; None if it does not exist or was removed."""
        entry = self._entries.get(number)
        return None if entry is None else entry.state

    @property
    def states(self) -> tuple[StepState, ...]:
        """All steps."""
        return tuple(entry.state for entry in self._entries.values())

    def unlimited_before(self, number: int, most: int) -> tuple[StepState, ...]:
        """Return the first steps before a number that answer any number of requests."""
        earlier = takewhile(lambda entry: entry.number < number, self._unlimited)
        return tuple(entry.state for entry in islice(earlier, most))

    def explain(self, match_input: "MatchInput") -> str:
        """Return why no step answers a request: how each step differs, the nearest step first."""
        from mock_electron.engine.script.text import quoted  # for scripts only

        text = match_input.last_user
        about = f"turn {match_input.turn}" + ("" if text is None else f", {quoted(text)}")
        if not self._entries:
            return f"{NO_STEP} ({about}): the script is empty."
        misses = [_miss(state, match_input) for state in self.states]
        compared = nsmallest(MOST_COMPARED, misses, key=lambda miss: miss.distance)
        text = text or ""
        nearest = nsmallest(MOST_LISTED, compared, key=lambda miss: _with_text(miss, text))
        lines = "".join(f"\n- {_described(miss.state, match_input)}" for miss in nearest)
        more = len(misses) - len(nearest)
        lines += f"\n… and {more} more" if more else ""
        return f"{NO_STEP} ({about}).{NEAREST_FIRST}{lines}"


class _Entry(Struct, eq=False):
    """A step of the script, which may be replaced, and its number of uses.

    Attributes:
        step: The step.
        number: Its number, from 1.
        used: The number of requests that it has answered.
    """

    step: "Step"
    number: int
    used: int = 0

    @property
    def state(self) -> StepState:
        return StepState(self.number, self.step, self.used)


class _Miss(Struct, frozen=True):
    """A step that does not answer a request.

    Attributes:
        distance: The sort key: the number of conditions that are not met, their fraction of all
            conditions, and the number of the step.
        state: The step.
    """

    distance: tuple[int, float, int]
    state: StepState


def _miss(state: StepState, match_input: "MatchInput") -> _Miss:
    missed = state.step.match.missed(match_input) + (not state.is_open)
    conditions = state.step.match.size + 1  # the conditions, and that uses are left
    return _Miss((missed, missed / conditions, state.number), state)


def _with_text(miss: _Miss, text: str) -> tuple[int, float, float, int]:
    """Return the sort key with the dissimilarity of the user message, from 0 to 1."""
    missed, fraction, number = miss.distance
    return missed, fraction, 1 - _similarity(miss.state.step, text), number


def _described(state: StepState, match_input: "MatchInput") -> str:
    differences = state.step.match.differences(match_input)
    if not state.is_open:
        differences = (*differences, f"it is used up ({state.used} of {state.step.times})")
    return f"{state.name}: {'; '.join(differences)}"


def _similarity(step: "Step", text: str) -> float:
    """Return the length of the longest common substring, as a fraction of the expected text."""
    expected = step.match.given.get("says")
    if not isinstance(expected, str):
        return 0.0
    expected, text = expected[:COMPARED_CHARACTERS].lower(), text[:COMPARED_CHARACTERS].lower()
    start = longest = 0
    for end in range(1, len(expected) + 1):
        while expected[start:end] not in text:
            start += 1
        longest = max(longest, end - start)
    return longest / len(expected)
