"""`Ending`: how sending an answer ended, and what of the exchange follows from it."""

from collections.abc import Sequence
from sys import getsizeof
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.engine.keys import secret_of, without_key_in_frames
from mock_electron.engine.ready import AnyAnswer

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


def with_ending(
    exchange: Exchange, answer: AnyAnswer, ending: Ending, authorization: str
) -> Exchange:
    """Return an exchange with its ending.

    Args:
        exchange: The exchange in flight.
        answer: Its answer.
        ending: How sending it ended.
        authorization: The `Authorization` header of the request. In an error, its key is redacted.
    """
    sent, moments = ending.frames_sent, ending.moments
    chunks = answer.chunks[:sent]
    schedule = (answer.schedule[:sent] or (0.0,)) if ending.frozen else ()
    frames = answer.frames[:sent]
    if exchange.error is not None:
        frames = without_key_in_frames(frames, secret_of(authorization))
    by_lane = _times_by_lane(exchange.arrived_at, ending, schedule, sum(chunks))
    return replace(
        exchange,
        outcome=answer.outcome if sent == len(answer.chunks) else CLIENT_LEFT,
        chunks_sent=sum(chunks),
        first_chunk_at=by_lane.first_chunk,
        last_chunk_at=by_lane.last_chunk,
        ended_at=by_lane.ended,
        monotonic=_monotonic_times(exchange.monotonic.arrived, ending, sum(chunks)),
        chunk_times=_chunk_times(chunks, moments) if len(moments) > 1 else (),
        frames=frames,
        schedule=_offsets(chunks, answer.schedule) if ending.frozen else (),
    )


def _chunk_times(chunks: Sequence[int], moments: Sequence[Moment]) -> tuple[float, ...]:
    """Return when each chunk was sent. A frame may complete no chunk, or several."""
    return _of_chunks(chunks, [moment.monotonic for moment in moments])


def _offsets(chunks: Sequence[int], schedule: Sequence[float]) -> tuple[float, ...]:
    """Return the seconds from the request to each chunk, rounded to microseconds."""
    if not schedule:
        return (0.0,) * sum(chunks)
    return _of_chunks(chunks, [round(offset, 6) for offset in schedule])


def _of_chunks(chunks: Sequence[int], times: Sequence[float]) -> tuple[float, ...]:
    """Return the time of each chunk, given the number of chunks and the time of each frame."""
    sent = zip(chunks, times, strict=False)
    return tuple(time for count, time in sent for _ in range(count))


def _times_by_lane(arrived: float, ending: Ending, schedule: Sequence[float], chunks: int) -> Times:
    """Return the times of an exchange by the lane's clock. A frozen clock uses the schedule."""
    if not schedule:
        if not chunks:
            return Times(arrived, None, None, ending.ended.lane)
        first, last = ending.moments[0].lane, ending.moments[-1].lane
        return Times(arrived, first, last, ending.ended.lane)
    first, last = arrived + schedule[0], arrived + schedule[-1]
    return Times(arrived, first, last, last) if chunks else Times(arrived, None, None, last)


def _monotonic_times(arrived: float | None, ending: Ending, chunks: int) -> Times:
    """Return the times of an exchange by the monotonic clock."""
    if not chunks:
        return Times(arrived, None, None, ending.ended.monotonic)
    first, last = ending.moments[0].monotonic, ending.moments[-1].monotonic
    return Times(arrived, first, last, ending.ended.monotonic)
