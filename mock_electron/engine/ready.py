"""Replies that are ready except for their ids and their time.

If the pocket model answers without faults, the reply to a request depends on the request, the day,
the variation and the cached tokens only. So it is written as a template, which is filled each time
that the request comes. Its pauses depend on the same, unless the pace has a jitter.
"""

from itertools import accumulate
from typing import ClassVar, Final

from msgspec import Struct

from mock_electron.engine.answer import Answer, Outcome, SendOptions, pauses_of, reply_template
from mock_electron.engine.decision import Decision, RequestContext
from mock_electron.engine.facts import Changes, changes_of_spoken
from mock_electron.engine.faults.delivery import COMPLETE, Ending
from mock_electron.engine.memory import TIME
from mock_electron.engine.outline import Outline, outline_of_spoken, size_of_outline
from mock_electron.engine.pace import Pace
from mock_electron.model.completion import id_of_call
from mock_electron.model.dice import Dice
from mock_electron.wire import render
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import Reply, with_call_ids
from mock_electron.wire.template import Stamp, Template

ReadyKey = tuple[int, int, int]
"""What the ready reply to a request depends on: the variation of its dice, the number of the day,
and the number of cached tokens."""


class ReadyReply(Struct, frozen=True, eq=False):
    """A reply that is ready except for its ids and its time.

    Attributes:
        template: The body.
        streamed: Whether the body is a stream.
        chunks: The number of chunks of the completion that end in each frame.
        chunk_tokens: The number of tokens in a chunk.
        dice: The dice of the content, on which the ids of calls depend.
        calls: The number of calls.
    """

    template: Template
    streamed: bool
    chunks: tuple[int, ...]
    chunk_tokens: int
    dice: Dice
    calls: int


class Known(Struct, frozen=True):
    """What a lane knows of the decision on a request that gets a ready reply.

    Attributes:
        ready: The reply.
        outline: What the journal keeps of the decision. The ids of calls are those of one answer.
        changes: What the decision changes in the ledger.
        size: The memory of the outline and of the reply, in bytes.
        pauses: The pauses before each frame; none without a pace, or if they differ each time.
    """

    ready: ReadyReply
    outline: Outline
    changes: Changes
    size: int
    pauses: tuple[float, ...]


class ReadyAnswer(Struct, frozen=True):
    """An answer with a ready reply. It has the attributes of `Answer`.

    Attributes:
        exchange: The number of the exchange in the lane's journal.
        ready: The reply.
        stamp: The ids and the time.
        occurrence: How many times the request was received before.
        pauses: As in `Answer`.
        schedule: As in `Answer`.
    """

    exchange: int
    ready: ReadyReply
    stamp: Stamp
    occurrence: int
    pauses: tuple[float, ...] = ()
    schedule: tuple[float, ...] = ()

    status: ClassVar[int] = 200
    outcome: ClassVar[Outcome] = COMPLETE
    ending: ClassVar[Ending] = COMPLETE
    surplus: ClassVar[bytes] = b""
    fault_note: ClassVar[str] = ""

    @property
    def body(self) -> bytes:
        """All frames, joined."""
        ready = self.ready
        return ready.template.fill(self.stamp, self.call_ids if ready.calls else ())

    @property
    def call_ids(self) -> list[str]:
        """The ids of the calls."""
        ready, occurrence = self.ready, self.occurrence
        return [id_of_call(ready.dice, occurrence, number) for number in range(ready.calls)]

    @property
    def headers(self) -> Headers:
        """The headers."""
        request_id = self.stamp.request_id
        if self.ready.streamed:
            return render.stream_headers(request_id)
        return render.json_headers(self.body, request_id)

    def whole(self) -> tuple[Headers, bytes]:
        """Return the headers and all frames, joined."""
        body, request_id = self.body, self.stamp.request_id
        if self.ready.streamed:
            return render.stream_headers(request_id), body
        return render.json_headers(body, request_id), body

    @property
    def frames(self) -> tuple[bytes, ...]:
        """The body: one frame, or one per chunk of a stream."""
        return render.frames_of(self.body) if self.ready.streamed else (self.body,)

    @property
    def chunks(self) -> tuple[int, ...]:
        """The number of chunks of the completion that end in each frame."""
        return self.ready.chunks

    @property
    def chunk_count(self) -> int:
        """The number of chunks."""
        return sum(self.ready.chunks)

    @property
    def chunk_tokens(self) -> int:
        """The number of tokens in a chunk."""
        return self.ready.chunk_tokens

    def written(self) -> Answer:
        """Return the same answer with its frames written."""
        return Answer(
            self.exchange,
            self.status,
            self.headers,
            self.frames,
            self.chunks,
            self.pauses,
            self.schedule,
            chunk_count=self.chunk_count,
            chunk_tokens=self.chunk_tokens,
        )

    def with_ids(self, reply: Reply | None) -> Reply | None:
        """Return the reply with the ids of this answer's calls."""
        if reply is None or not self.ready.calls:
            return reply
        return with_call_ids(reply, self.call_ids)


AnyAnswer = Answer | ReadyAnswer
FIXED_SIZE: Final = 1_000
"""Bytes of an entry in the journal with a ready answer, except for the request and the reply."""
LONGEST_READY: Final = 2_000
"""The number of tokens of the longest ready reply. A longer one would take too much memory."""


def can_be_ready(decision: Decision) -> bool:
    """Return whether a decision is a reply that can be made ready."""
    reply = decision.result
    if not isinstance(reply, Reply) or reply.logprobs is not None:
        return False
    return reply.usage.completion_tokens <= LONGEST_READY


def ready_reply(
    context: RequestContext, decision: Decision, variation: int, pace: Pace, chunk_tokens: int
) -> Known:
    """Return a reply of the pocket model, made ready.

    Args:
        context: The request.
        decision: The decision on it: a reply without faults.
        variation: The variation of the dice for the content.
        pace: The pace.
        chunk_tokens: The number of tokens in a chunk of a stream.
    """
    parsed, reply = context.parsed, decision.result
    assert isinstance(reply, Reply)
    assert parsed.request is not None
    template = reply_template(reply, parsed.request, chunk_tokens)
    ready = ReadyReply(
        template,
        parsed.request.stream,
        (1,) * template.stamps + (0,) if parsed.request.stream else (1,),  # [DONE] is not a chunk
        chunk_tokens,
        Dice(parsed.content.key, variation),
        len(reply.tool_calls),
    )
    outline = outline_of_spoken(parsed.head.account, reply)
    pauses = () if pace.jitter or pace.is_instant else _pauses(context, reply, ready, pace)
    size = template.size + size_of_outline(outline, b"")
    return Known(ready, outline, changes_of_spoken(decision.blocks), size, pauses)


def _pauses(
    context: RequestContext, reply: Reply, ready: ReadyReply, pace: Pace
) -> tuple[float, ...]:
    options = SendOptions(pace, (), context.dice, frozen=False, chunk_tokens=ready.chunk_tokens)
    assert context.parsed.request is not None
    return pauses_of(reply, context.parsed.request, len(ready.chunks), options)


def paced_answer(
    context: RequestContext, known: Known, pace: Pace, *, frozen: bool
) -> tuple[ReadyAnswer, int]:
    """Return the answer with a ready reply that is sent at a pace, and the memory of its pauses.

    Args:
        context: The request.
        known: What is known of the decision on it.
        pace: The pace.
        frozen: Whether the lane's clock is frozen.
    """
    pauses, size = known.pauses, 0
    if pace.jitter:
        assert known.outline.generated is not None  # it has a reply
        pauses = _pauses(context, known.outline.generated, known.ready, pace)
        size = len(pauses) * TIME
    schedule: tuple[float, ...] = ()
    if frozen:
        pauses, schedule = (), tuple(accumulate(pauses))
        size = len(schedule) * TIME
    number, occurrence = context.number, context.facts.occurrence
    return ReadyAnswer(number, known.ready, context.stamp, occurrence, pauses, schedule), size
