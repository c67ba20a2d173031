"""`Ending`: how sending an answer ended."""

from sys import getsizeof
from typing import Final

from msgspec import Struct

from mock_electron.engine.clock import Moment

MOMENT: Final = getsizeof(Moment(0.0, 0.0)) + 2 * getsizeof(0.0)
FIXED_SIZE: Final = 110
"""Bytes of the end of an exchange, except for the moments of its frames."""


class Ending(Struct, frozen=True):
    """How sending an answer ended.

    Attributes:
        frames_sent: The number of frames that were sent. If it is less than the number of frames,
            the client has disconnected.
        moments: When each frame was sent, or one moment for all frames.
        ended: When the answer ended.
        frozen: Whether the lane's clock is frozen.
    """

    frames_sent: int
    moments: tuple[Moment, ...]
    ended: Moment
    frozen: bool

    @property
    def size(self) -> int:
        """The memory that the journal needs for it, in bytes."""
        return FIXED_SIZE + MOMENT * len(self.moments)
