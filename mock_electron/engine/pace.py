"""How fast a reply comes: the pauses before the frames of an answer."""

from dataclasses import dataclass
from typing import Final

from mock_electron.wire.reply import Reply

LONGEST_PAUSE: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to a reply's first token, and seconds between two tokens.

    Raises ValueError for a time below 0 or above an hour.
    """

    first: float
    each: float

    def __post_init__(self) -> None:
        if not (0 <= self.first <= LONGEST_PAUSE and 0 <= self.each <= LONGEST_PAUSE):
            raise ValueError(f"a pace is two times from 0 to 3600 seconds, not {self}")

    def single(self, reply: Reply) -> tuple[float, ...]:
        """The pause before an answer in one piece, which is sent when its last token is there."""
        return (self.first + self.each * max(reply.usage.completion_tokens - 1, 0),)

    def stream(self, frame_count: int, closing_frames: int) -> tuple[float, ...]:
        """The pauses before the frames of a stream.

        The role and the first token come together; what closes the stream comes with the last.
        """
        tokens = frame_count - 1 - closing_frames
        between = ((0.0,) + (self.each,) * tokens)[:tokens]
        return (self.first, *between) + (0.0,) * closing_frames
