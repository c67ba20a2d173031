"""The answer to one request: status, headers, frames, the pauses before them, and the ending."""

from collections.abc import Sequence
from itertools import accumulate, islice
from math import fsum
from operator import add
from typing import Final, Literal

from msgspec import Struct

from mock_electron.engine.faults.delivery import (
    BODY,
    COMPLETE,
    DONE,
    FINISH,
    ROLE,
    TOKENS,
    USAGE,
    Delivery,
    Ending,
    FrameKind,
    Frames,
)
from mock_electron.engine.faults.fault import SOURCE, DeliveryFault, Fault
from mock_electron.engine.pace import Pace
from mock_electron.model.completion import generated_so_far
from mock_electron.model.dice import Dice
from mock_electron.wire import render
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import Reply, group_sizes
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream
from mock_electron.wire.template import Stamp, Template

Outcome = Literal["in flight", "complete", "refused", "cut by a fault", "client left"]
REFUSED: Final = "refused"
CUT: Final = "cut by a fault"
NO_STATUS: Final = 0


class Answer(Struct, frozen=True):
    """An answer that is ready to be sent.

    Attributes:
        exchange: The number of the exchange in the lane's journal.
        status: The HTTP status; 0 if a fault prevents an answer.
        headers: The headers.
        frames: The body: one frame, or one per write of a stream.
        chunks: For each frame, the number of chunks of the completion that end in it.
        pauses: Seconds to wait before each frame. Empty if all frames may be sent in one write.
        schedule: With a frozen clock, seconds from the arrival of the request to each frame. Empty
            if no time passes.
        outcome: The outcome of the exchange once all frames are sent.
        ending: What happens to the connection after the last frame.
        surplus: Bytes that are sent after the end of the HTTP body.
        chunk_count: The number of chunks of the whole reply, including those that a fault cuts
            off.
        unmet: Faults that did not apply as requested, each with the reason.
        fault_note: Why faults did not apply or applied elsewhere, or "".
        chunk_tokens: The number of tokens in a chunk.
    """

    exchange: int
    status: int
    headers: Headers
    frames: tuple[bytes, ...]
    chunks: tuple[int, ...] = (0,)
    pauses: tuple[float, ...] = ()
    schedule: tuple[float, ...] = ()
    outcome: Outcome = COMPLETE
    ending: Ending = COMPLETE
    surplus: bytes = b""
    chunk_count: int = 0
    unmet: tuple[tuple[Fault, str], ...] = ()
    fault_note: str = ""
    chunk_tokens: int = 1

    def whole(self) -> tuple[Headers, bytes]:
        """Return the headers and all frames, joined."""
        return self.headers, b"".join(self.frames)


class SendOptions(Struct, frozen=True):
    """How a reply is sent.

    Attributes:
        pace: How fast it is sent.
        faults: The faults that change how it is sent.
        dice: The dice for the pace and the faults.
        frozen: Whether the lane's clock is frozen. If so, the pauses of the pace take no real time.
        stream: A stream with ready-made bytes, or None to write the reply.
        chunk_tokens: The number of tokens in a chunk of a stream that is written.
    """

    pace: Pace
    faults: Sequence[DeliveryFault]
    dice: Dice
    frozen: bool
    stream: Stream | None = None
    chunk_tokens: int = 1


def reply_answer(
    exchange: int,
    reply: Reply,
    request: ChatRequest,
    stamp: Stamp,
    options: SendOptions,
) -> Answer:
    """Return the answer that carries a reply: a stream if the request asks for one.

    Args:
        exchange: The number of the exchange.
        reply: The reply.
        request: The request.
        stamp: The ids and the time.
        options: How the reply is sent.
    """
    closing, include_usage = 0, request.include_usage
    if options.stream is not None:
        include_usage = options.stream.reply.usage is not None
    if request.stream:
        frames = _frames(reply, request, stamp, options, include_usage=include_usage)
        headers = render.stream_headers(stamp.request_id)
        closing = _closing(include_usage)
        chunks = (1,) * (len(frames) - 1) + (0,)  # [DONE] is not a chunk
    else:
        frames = (render.completion(reply, stamp),)
        headers = render.json_headers(frames[0], stamp.request_id)
        chunks = (1,)
    pauses = _pauses(reply, len(frames), closing, options)
    if options.faults:
        kinds = _kinds(len(frames), include_usage=include_usage)
        no_delay = (0.0,) * len(frames)
        delivered = Frames(frames, kinds, pauses or no_delay, no_delay, chunks)
        delivery = Delivery(headers, delivered, stamp.request_id, options.dice)
        return _faulty_answer(exchange, delivery, options)
    if options.frozen:
        schedule = tuple(accumulate(pauses))
        pauses = ()
    else:
        schedule = ()
    return Answer(
        exchange,
        200,
        headers,
        frames,
        chunks,
        pauses,
        schedule,
        chunk_count=sum(chunks),
        chunk_tokens=options.chunk_tokens,
    )


def _frames(
    reply: Reply, request: ChatRequest, stamp: Stamp, options: SendOptions, *, include_usage: bool
) -> tuple[bytes, ...]:
    """Return the frames of a stream. Ready-made ones are used unless a fault changed the reply."""
    stream, size = options.stream, options.chunk_tokens
    if stream is not None and reply is stream.said:
        return stream.frames
    generated = _generated(reply, request, size) if include_usage else ()
    return render.stream(
        reply, stamp, include_usage=include_usage, chunk_tokens=size, generated=generated
    )


def reply_template(reply: Reply, request: ChatRequest, chunk_tokens: int) -> Template:
    """Return the template of the body that carries a reply."""
    if not request.stream:
        return render.completion_template(reply)
    return render.stream_template(
        reply,
        include_usage=request.include_usage,
        chunk_tokens=chunk_tokens,
        generated=_generated(reply, request, chunk_tokens),
    )


def _generated(reply: Reply, request: ChatRequest, chunk_tokens: int) -> tuple[int, ...]:
    """Return the usage so far for each chunk, if the request asks for it."""
    return generated_so_far(reply, chunk_tokens) if request.continuous_usage else ()


def _closing(include_usage: bool) -> int:
    """Return the number of frames after the last token: finish reason, usage, [DONE]."""
    return 3 if include_usage else 2


def pauses_of(
    reply: Reply, request: ChatRequest, frames: int, options: SendOptions
) -> tuple[float, ...]:
    """Return the pauses before each frame of a reply that is written as it is."""
    closing = _closing(request.include_usage) if request.stream else 0
    return _pauses(reply, frames, closing, options)


def _pauses(reply: Reply, frames: int, closing: int, options: SendOptions) -> tuple[float, ...]:
    """Return the pauses before each frame. A chunk is sent when its last token is ready."""
    pace, dice = options.pace, options.dice
    if pace.is_instant:
        return ()
    if frames == 1 or options.chunk_tokens == 1:
        return pace.pauses(reply, frames, closing, dice)
    sizes = _frame_sizes(reply, options.chunk_tokens, closing)
    pauses = iter(pace.pauses(reply, sum(sizes), closing, dice))
    return tuple(fsum(islice(pauses, size)) for size in sizes)


def _frame_sizes(reply: Reply, chunk_tokens: int, closing: int) -> tuple[int, ...]:
    """Return, for each frame, how many frames it would be with one token in each."""
    sizes = [1, *group_sizes(len(reply.tokens or ()), chunk_tokens)]
    for fragments in reply.call_fragments:
        sizes += [1, *group_sizes(len(fragments), chunk_tokens)]
    return (*sizes, *(1,) * closing)


def _kinds(frames: int, *, include_usage: bool) -> tuple[FrameKind, ...]:
    """Return the kind of each frame."""
    if frames == 1:
        return (BODY,)
    closing: tuple[FrameKind, ...] = (FINISH, USAGE, DONE) if include_usage else (FINISH, DONE)
    tokens: tuple[FrameKind, ...] = (TOKENS,)
    return (ROLE, *tokens * (frames - 1 - len(closing)), *closing)


def _faulty_answer(exchange: int, delivery: Delivery, options: SendOptions) -> Answer:
    """Apply the faults to a delivery, and return the answer that carries it."""
    chunk_count = sum(delivery.frames.chunks)
    unmet: list[tuple[Fault, str]] = []
    sources = [index for index, fault in enumerate(options.faults) if fault.stage == SOURCE]
    # Each source sends another body, so only the last one counts.
    applied = [fault for index, fault in enumerate(options.faults) if index not in sources[:-1]]
    for fault in sorted(applied, key=lambda fault: fault.stage):
        before, delivery = delivery, fault.change(delivery)
        if delivery == before:
            unmet.append((fault, "not applied: it changes nothing in this reply"))
        elif why := fault.misses(before, chunk_count):
            unmet.append((fault, f"applied at the end: {why}"))
        elif stop := fault.stops(before):
            unmet.append((fault, stop))
    frames = delivery.frames
    delays = tuple(map(add, frames.pauses, frames.stalls))
    schedule = tuple(accumulate(delays))
    pauses = frames.stalls if options.frozen else delays
    return Answer(
        exchange,
        status=200,
        headers=delivery.headers,
        frames=frames.data,
        chunks=frames.chunks,
        pauses=pauses if len(frames) > 1 or any(pauses) else (),
        schedule=schedule if options.frozen and schedule[-1] else (),
        outcome=CUT if delivery.cut else COMPLETE,
        ending=delivery.ending,
        surplus=delivery.surplus,
        chunk_tokens=options.chunk_tokens,
        chunk_count=chunk_count if delivery.cut else sum(frames.chunks),
        unmet=tuple(unmet),
    )
