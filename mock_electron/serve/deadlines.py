"""When the frames of a paced answer are due.

1. The first deadline counts from the arrival of the request, so it does not depend on how long the
   decision takes. All others count from the first frame, not from the previous one: a busy server
   may start late, but it keeps the pace, and small delays do not add up.
2. Frames that are due at the same time, or overdue, are sent together.
"""

from collections.abc import Sequence
from typing import Final

MOST_TOGETHER: Final = 64
"""The maximum number of frames that are sent together."""


class Deadlines:
    """The deadlines of the frames of one answer.

    Args:
        pauses: The pause before each frame, in seconds.
        arrived: When the request arrived, in seconds on the clock of the event loop.

    Attributes:
        due: When the next frame is due, on that clock.
        taken: The number of frames that were taken.
    """

    def __init__(self, pauses: Sequence[float], arrived: float) -> None:
        self.due: float = arrived + pauses[0]
        self.taken: int = 0
        self._pauses = pauses

    @property
    def are_over(self) -> bool:
        """Whether no frame is left."""
        return self.taken == len(self._pauses)

    def take(self, now: float) -> tuple[int, int]:
        """Return the begin and the end of the frames that are due, at least one, and go past them.

        Args:
            now: The time, in seconds on the clock of the event loop.
        """
        pauses, begin, due = self._pauses, self.taken, self.due
        if begin == 0:
            due = max(due, now)
        end, latest = begin + 1, max(now, due)
        most = min(begin + MOST_TOGETHER, len(pauses))
        while end < most and due + pauses[end] <= latest:
            due += pauses[end]
            end += 1
        self.taken, self.due = end, due + pauses[end] if end < len(pauses) else due
        return begin, end
