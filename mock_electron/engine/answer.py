"""What goes out for one request: status, headers, frames, their pauses, and where it breaks off."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from typing import Final

from mock_electron.engine.clock import http_date
from mock_electron.engine.faults.delivery import (
    BODY,
    COMPLETE,
    DONE,
    FINISH,
    ROLE,
    SILENCE,
    TOKENS,
    USAGE,
    Delivery,
    Part,
)
from mock_electron.engine.faults.fault import DeliveryFault
from mock_electron.engine.faults.replacement import BODIES, Fail, NoAnswer
from mock_electron.engine.pace import Pace
from mock_electron.model.dice import Dice
from mock_electron.wire import render
from mock_electron.wire.errors import NOT_FOUND, UPLOAD_TIMEOUT, ApiError
from mock_electron.wire.headers import Headers
from mock_electron.wire.render import Stamp
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

REFUSED: Final = "refused"
CUT: Final = "cut by a fault"
NO_STATUS: Final = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, ready to be played.

    exchange: its number in the lane's journal.
    status: 0 where a fault lets no answer begin.
    frames: the body; one frame unless it is a stream, and then one for each write.
    chunks: how many chunks of the completion are out with each frame. chunk_count: how many the
        whole reply has, what a fault cuts off included.
    pauses: seconds to wait before each frame; empty where the frames may go out in one write.
    schedule: by a frozen clock, seconds from arrival to each frame; empty where no time passes.
    outcome: what has happened once all frames are out.
    ending: complete, or what is done to the connection then: close, reset, silence.
    surplus: bytes that follow what HTTP takes for the end.
    """

    exchange: int
    status: int
    headers: Headers
    frames: tuple[bytes, ...]
    chunks: tuple[int, ...] = (0,)
    pauses: tuple[float, ...] = ()
    schedule: tuple[float, ...] = ()
    outcome: str = COMPLETE
    ending: str = COMPLETE
    surplus: bytes = b""
    chunk_count: int = 0


@dataclass(frozen=True, slots=True)
class SendOptions:
    """How a reply is sent: its pace, its faults, and the dice for both.

    frozen: whether the lane's clock is, so that nobody waits for a pace.
    stream: one that is given with its bytes; None, as the reply is written.
    """

    pace: Pace
    faults: Sequence[DeliveryFault]
    dice: Dice
    frozen: bool
    stream: Stream | None = None


def of_reply(
    exchange: int, reply: Reply, request: ChatRequest, stamp: Stamp, options: SendOptions
) -> Answer:
    """The answer that carries a reply, streamed or in one piece as the request asks."""
    closing, include_usage = 0, request.include_usage
    if options.stream is not None:
        include_usage = options.stream.reply.usage is not None
    if request.stream:
        frames = _frames(reply, stamp, options.stream, include_usage=include_usage)
        headers = render.stream_headers(stamp.request_id)
        closing = 3 if include_usage else 2  # finish reason, usage, [DONE]
        chunks = (1,) * (len(frames) - 1) + (0,)  # [DONE] is none
    else:
        frames = (render.completion(reply, stamp),)
        headers = render.json_headers(frames[0], stamp.request_id)
        chunks = (1,)
    pace = options.pace
    slow = bool(pace.first or pace.each)
    pauses = pace.pauses(reply, len(frames), closing, options.dice) if slow else ()
    if options.faults:
        kinds = _kinds(len(frames), include_usage=include_usage)
        paused = pauses or (0.0,) * len(frames)
        parts = tuple(
            Part(frame, kind, pause, 0.0, chunk)
            for frame, kind, pause, chunk in zip(frames, kinds, paused, chunks, strict=True)
        )
        delivery = Delivery(headers, parts, stamp.request_id, options.dice)
        return _with_faults(exchange, delivery, options)
    if options.frozen:
        schedule = tuple(accumulate(pauses))
        return Answer(
            exchange, 200, headers, frames, chunks, schedule=schedule, chunk_count=sum(chunks)
        )
    return Answer(exchange, 200, headers, frames, chunks, pauses, chunk_count=sum(chunks))


def _frames(
    reply: Reply, stamp: Stamp, stream: Stream | None, *, include_usage: bool
) -> tuple[bytes, ...]:
    """The events of a stream: those that are given, unless a fault has changed what is said."""
    if stream is not None and reply is stream.said:
        return stream.frames
    return render.stream(reply, stamp, include_usage=include_usage)


def _kinds(frames: int, *, include_usage: bool) -> tuple[str, ...]:
    """What each frame carries."""
    if frames == 1:
        return (BODY,)
    closing = (FINISH, USAGE, DONE) if include_usage else (FINISH, DONE)
    return (ROLE, *(TOKENS,) * (frames - 1 - len(closing)), *closing)


def _with_faults(exchange: int, delivery: Delivery, options: SendOptions) -> Answer:
    whole = sum(part.chunks for part in delivery.parts)
    for fault in sorted(options.faults, key=lambda fault: fault.stage):
        delivery = fault.change(delivery)
    parts = delivery.parts
    felt = tuple(part.stall if options.frozen else part.pause + part.stall for part in parts)
    lasting = tuple(accumulate(part.pause + part.stall for part in parts))
    return Answer(
        exchange,
        status=200,
        headers=delivery.headers,
        frames=tuple(part.data for part in parts),
        chunks=tuple(part.chunks for part in parts),
        pauses=felt if len(parts) > 1 or any(felt) else (),
        schedule=lasting if options.frozen and lasting[-1] else (),
        outcome=CUT if delivery.cut else COMPLETE,
        ending=delivery.ending,
        surplus=delivery.surplus,
        chunk_count=whole if delivery.cut else sum(part.chunks for part in parts),
    )


def of_no_answer(exchange: int, fault: NoAnswer) -> Answer:
    """The answer that is none. Silence has a frame that is never sent."""
    frames = (b"",) if fault.ending == SILENCE else ()
    none = (0,) * len(frames)
    return Answer(exchange, NO_STATUS, (), frames, none, outcome=CUT, ending=fault.ending)


def of_failure(exchange: int, failure: Fail, stamp: Stamp, now: float, *, frozen: bool) -> Answer:
    """The answer that carries a scripted error, or a proxy's page in its place."""
    error = failure.error
    if failure.body is None:
        body = render.error(error, stamp.request_id)
        headers = render.json_headers(body, stamp.request_id)
    else:
        body = BODIES[failure.body].format(error.status).encode()
        headers = render.proxy_headers(body)
    pauses = (failure.delay,) if failure.delay else ()
    return Answer(
        exchange,
        error.status,
        headers + _retry_after(error, now),
        (body,),
        pauses=pauses,
        schedule=pauses if frozen else (),
        outcome=REFUSED,
    )


def of_error(exchange: int, error: ApiError, stamp: Stamp, now: float) -> Answer:
    """The answer that carries an error, which is never streamed."""
    body = render.error(error, stamp.request_id)
    headers = render.json_headers(body, stamp.request_id) + _retry_after(error, now)
    if error.name == UPLOAD_TIMEOUT.name:
        headers += ((b"connection", b"close"),)  # the rest of the body is not waited for
    return Answer(exchange, error.status, headers, (body,), outcome=REFUSED)


def of_unknown_path(exchange: int, method: str, path: str, stamp: Stamp) -> Answer:
    """The page that Express answers an unknown path with (I)."""
    page = render.express_not_found(method, path)
    headers = render.html_headers(page, stamp.request_id)
    return Answer(exchange, NOT_FOUND.status, headers, (page,), outcome=REFUSED)


def _retry_after(error: ApiError, now: float) -> Headers:
    if error.retry_after is None:
        return ()
    value = (
        http_date(ceil(now) + error.retry_after) if error.retry_as_date else str(error.retry_after)
    )
    return ((b"retry-after", value.encode()),)
