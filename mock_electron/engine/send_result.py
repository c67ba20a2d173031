"""`SendResult`: how sending an answer ended, and the times of the exchange that follow from it."""

from collections.abc import Sequence

from mock_electron._dataclass import dataclass
from mock_electron.engine.answer import Answer, Outcome
from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.exchange import CLIENT_LEFT
from mock_electron.engine.keys import without_key_in_frames


@dataclass(frozen=True, slots=True)
class SendResult:
    """How sending an answer ended.

    Attributes:
        outcome: The outcome of the exchange.
        chunks: The number of chunks that were sent.
        ended: When the answer ended.
        first: When the first frame was sent, or None.
        last: When the last frame was sent, or None.
        schedule: With a frozen clock, seconds from the arrival of the request to each frame that
            was sent. Empty with a real clock.
        frames: The frames that were sent. In an error, the API key is redacted.
        chunk_times: When each chunk was sent, by the monotonic clock. Empty if all were sent in
            one write.
        offsets: With a frozen clock, seconds from the arrival of the request to each chunk that
            was sent. Empty with a real clock.
    """

    outcome: Outcome
    chunks: int
    ended: Moment
    first: Moment | None = None
    last: Moment | None = None
    schedule: tuple[float, ...] = ()
    frames: tuple[bytes, ...] = ()
    chunk_times: tuple[float, ...] = ()
    offsets: tuple[float, ...] = ()


def send_result(
    answer: Answer, frames_sent: int, moments: Sequence[Moment], ended: Moment, *, frozen: bool
) -> SendResult:
    """Return how sending an answer ended.

    Args:
        answer: The answer.
        frames_sent: The number of frames that were sent. If it is less than the number of frames,
            the client has disconnected.
        moments: When each frame was sent, or one moment for all frames.
        ended: When the answer ended.
        frozen: Whether the lane's clock is frozen.
    """
    complete = frames_sent == len(answer.frames)
    chunks = answer.chunks[:frames_sent]
    return SendResult(
        outcome=answer.outcome if complete else CLIENT_LEFT,
        chunks=sum(chunks),
        ended=ended,
        first=moments[0],
        last=moments[-1],
        schedule=(answer.schedule[:frames_sent] or (0.0,)) if frozen else (),
        frames=_trimmed(_recorded(answer)[:frames_sent]),
        chunk_times=_chunk_times(chunks, moments) if len(moments) > 1 else (),
        offsets=_offsets(chunks, answer.schedule) if frozen else (),
    )


def _recorded(answer: Answer) -> tuple[bytes, ...]:
    """Return the frames as the journal records them."""
    return without_key_in_frames(answer.frames, answer.secret) if answer.secret else answer.frames


def _trimmed(frames: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the frames without spare memory: orjson returns bytes with up to several KiB of it."""
    return (bytes(memoryview(frames[0])),) if len(frames) == 1 else frames


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


def times_by_lane(arrived: float, sent: SendResult) -> Times:
    """Return the times of an exchange by the lane's clock. A frozen clock uses the schedule."""
    if not sent.schedule:
        lane = [None if moment is None else moment.lane for moment in (sent.first, sent.last)]
        first, last = lane if sent.chunks else (None, None)
        return Times(arrived, first, last, sent.ended.lane)
    first, last = arrived + sent.schedule[0], arrived + sent.schedule[-1]
    return Times(arrived, first, last, last) if sent.chunks else Times(arrived, None, None, last)


def monotonic_times(arrived: float | None, sent: SendResult) -> Times:
    """Return the times of an exchange by the monotonic clock."""
    if not sent.chunks or sent.first is None or sent.last is None:
        return Times(arrived, None, None, sent.ended.monotonic)
    return Times(arrived, sent.first.monotonic, sent.last.monotonic, sent.ended.monotonic)
