"""The script: an ordered list of steps. The first step with uses left answers."""

from collections import deque
from dataclasses import dataclass

from mock_electron.engine.faults import Fail
from mock_electron.engine.numbers import is_whole
from mock_electron.engine.pace import Pace
from mock_electron.model.draft import Draft


@dataclass(frozen=True, slots=True)
class Step:
    """One scripted answer.

    times: how many requests it is for. pace: how fast it comes; None, as the lane's others.
    """

    answer: Draft | Fail
    times: int = 1
    pace: Pace | None = None

    def __post_init__(self) -> None:
        if not is_whole(self.times, 1):
            raise ValueError(f"times is a whole number of at least 1, not {self.times!r}")


class Script:
    """The steps of a lane and their uses left. Steps are used up in the order they were added."""

    def __init__(self) -> None:
        self._left: deque[tuple[Step, int]] = deque()

    def add(self, step: Step) -> None:
        """Put a step at the end."""
        self._left.append((step, step.times))

    def first(self) -> Step | None:
        """The step that answers next; None where none is left."""
        return self._left[0][0] if self._left else None

    def use_first(self) -> None:
        """Use that step once."""
        step, uses = self._left.popleft()
        if uses > 1:
            self._left.appendleft((step, uses - 1))
