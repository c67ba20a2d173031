"""Faults that send another body instead of the reply: an error object, or given bytes."""

from collections.abc import Sequence
from typing import ClassVar, Final

from msgspec.structs import force_setattr

from mock_electron.engine.faults.delivery import (
    ADDED,
    BODY,
    COMPLETE,
    Delivery,
    Frame,
    FrameKind,
    Frames,
)
from mock_electron.engine.faults.fault import SOURCE, DeliveryFault
from mock_electron.inputs import checks
from mock_electron.inputs.spelling import echoed
from mock_electron.wire import codec, errors, render
from mock_electron.wire.errors import ApiError, ErrorName
from mock_electron.wire.reply import Reply

MAX_SHOWN: Final = 40
"""The maximum length of a frame in a message, in characters."""


class ErrorBody(DeliveryFault, frozen=True):
    """The status is 200, and the body is the error envelope as JSON, also for a stream.

    Attributes:
        kind: The status or name of the error in the envelope.
    """

    kind: int | ErrorName = 503
    stage: ClassVar[int] = SOURCE

    def __post_init__(self) -> None:
        errors.find(self.kind)

    def left_of(self, reply: Reply) -> None:
        return None

    def error_sent(self) -> ApiError:
        return errors.find(self.kind)

    def change(self, delivery: Delivery) -> Delivery:
        body = render.error(errors.find(self.kind), delivery.request_id)
        first = delivery.frames.at(0)
        frame = Frame(body, BODY, pause=first.pause, stall=first.stall)
        headers = render.json_headers(body, delivery.request_id)
        return delivery.with_headers(headers).truncated(Frames.of(frame), COMPLETE)


class Raw(DeliveryFault, frozen=True):
    """The body consists of given bytes, with the status and the headers of the reply.

    Attributes:
        frames: Bytes, or texts that are sent as UTF-8. Each item is one write, with the pauses of
            the reply. Default: no items, which sends an empty body.

    Example:
        electron.inject(faults.Raw([b"data: {}\\n\\n", b"data: [DONE]\\n\\n"]))
    """

    frames: Sequence[bytes | str] = ()
    stage: ClassVar[int] = SOURCE

    def __post_init__(self) -> None:
        given = self.frames
        if isinstance(given, bytes | str) or not isinstance(given, Sequence):
            what = "a list of bytes or texts"
            is_one = isinstance(given, str | bytes)
            form = f"; write Raw([{echoed(given, MAX_SHOWN)}])" if is_one else ""
            raise TypeError(checks.must_be("Raw.frames", what, given) + form)
        force_setattr(self, "frames", tuple(map(_bytes_of, given)))

    def left_of(self, reply: Reply) -> None:
        return None

    def change(self, delivery: Delivery) -> Delivery:
        data = tuple(map(_bytes_of, self.frames or (b"",)))
        count, before = len(data), delivery.frames
        kind: FrameKind = ADDED
        frames = Frames(
            data,
            (kind,) * count,
            _first(before.pauses, count),
            _first(before.stalls, count),
            (1,) * count,
        )
        return delivery.with_frames(frames).with_right_length()


def _first(delays: tuple[float, ...], count: int) -> tuple[float, ...]:
    """Return the first delays, with zeros if there are fewer."""
    return delays[:count] + (0.0,) * (count - len(delays))


def _bytes_of(frame: object) -> bytes:
    if isinstance(frame, str):
        return codec.checked_text(frame, "an item of Raw.frames").encode()
    if isinstance(frame, bytes):
        return frame
    raise TypeError(checks.must_be("an item of Raw.frames", "bytes or text", frame))
