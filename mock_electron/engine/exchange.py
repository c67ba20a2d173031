"""`Exchange`: one request and its answer, as tests see them."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, get_args

from mock_electron.engine import record, summary
from mock_electron.engine.answer import CUT, Outcome
from mock_electron.engine.clock import NEVER, Times
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.script.match_input import turn_of
from mock_electron.engine.script.step import Step
from mock_electron.inputs.values import FrozenValue
from mock_electron.model.completion import usage_after
from mock_electron.model.draft import Draft
from mock_electron.outputs.redaction import redact_message
from mock_electron.wire import codec
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers, headers_by_name
from mock_electron.wire.reply import Reply, Usage
from mock_electron.wire.request import CHAT_PATH, ChatRequest, freeze

IN_FLIGHT: Final = "in flight"
CLIENT_LEFT: Final = "client left"
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


class Exchange(FrozenValue, frozen=True):
    """One request and its answer.

    As text, it is one line. Times are Unix seconds by the lane's clock. Keys in headers and in the
    path are redacted.

    Attributes:
        number: The position in the order in which the requests were complete, from 0.
        method: The HTTP method.
        path: The path inside the lane.
        authorization: The `Authorization` header, redacted.
        body: The request's body, decompressed and in UTF-8; as it was sent if it cannot be read.
        understood: Whether the body is a valid request.
        status: The status of the answer; 0 if a fault prevents an answer.
        request_id: The `X-Request-Id` of the answer; "" if it has none.
        reply: The reply, or None if there is an error or a fault instead.
        generated: The reply before faults that send something else; None after an error.
        draft: What a step or a user function gave, if it sets the usage, log-probabilities or ids
            of calls; otherwise None.
        error: The error, or None.
        occurrence: How many times the lane had received the same request before.
        chunks: The number of chunks of the answer, without `[DONE]`. A reply in one piece is one
            chunk.
        account: 32 hex digits that identify the account of the API key; "" without a key. A key
            that is refused shares no account.
        faults: The faults of the answer.
        arrived_at: When the request arrived.
        answered_by: "step 2", "function", "pocket model", "fault", or "gateway" for a refusal.
        step: The number of the step that answered, from 1, or None.
        scripted: The step that answered, or None.
        raised: The exception that a user function raised, which is answered with 500; or "".
        fault_note: Why a fault that the header `X-Mock-Electron` or the script asks for did not
            apply, or applied elsewhere; or "". The line of the exchange ends with it.
        fingerprint: 16 bytes, equal for equal requests.
        raw_headers: The headers of the request as received, redacted.
        raw_response_headers: The headers of the answer as sent.
        outcome: "in flight", "complete", "refused", "cut by a fault" or "client left".
        chunks_sent: The number of chunks that were sent.
        first_chunk_at: When the first chunk was sent, or None.
        last_chunk_at: When the last chunk was sent, or None.
        ended_at: When the answer ended, or None.
        monotonic: The same times by a monotonic clock, in seconds. Only differences have a meaning.
        chunk_times: When each chunk was sent, by the monotonic clock. Empty if all were sent in
            one write.
        frames: The part of the body that was sent, write by write.
        attempt: 1, or more if this is a retry.
        retry_of: The number of the exchange that this one retries: an equal request of the same
            account that failed and ended before this one arrived, or None. Each failed attempt has
            at most one retry.
        pause: Seconds from the end of the previous attempt to this one: by the lane's clock or by
            the monotonic clock, whichever is longer. None for a first attempt.
        clock_pause: The same pause by the lane's clock alone.
        asked_pause: Seconds for which the previous attempt's answer asked to wait, or None.
        schedule: With a frozen clock, seconds from the request to each chunk that was sent. Empty
            with a real clock.
        chunk_tokens: The number of tokens in a chunk of a stream.
        key_id: 32 hex digits that identify the API key; "" without a key.
        connection: The number of the connection on which the request came, in the order in which
            connections were first used for the lane; None without a socket.

    Example:
        print(electron.exchanges.last)
    """

    number: int
    method: str
    path: str
    authorization: str
    body: bytes
    understood: bool
    status: int
    request_id: str
    reply: Reply | None
    error: ApiError | None
    occurrence: int
    chunks: int = 0
    account: str = ""
    faults: tuple[Fault, ...] = ()
    arrived_at: float = 0.0
    answered_by: str = ""
    step: int | None = None
    scripted: Step | None = None
    raised: str = ""
    fault_note: str = ""
    fingerprint: bytes = b""
    raw_headers: Headers = ()
    raw_response_headers: Headers = ()
    outcome: Outcome = IN_FLIGHT
    chunks_sent: int = 0
    first_chunk_at: float | None = None
    last_chunk_at: float | None = None
    ended_at: float | None = None
    monotonic: Times = NEVER
    chunk_times: tuple[float, ...] = ()
    frames: tuple[bytes, ...] = ()
    attempt: int = 1
    retry_of: int | None = None
    pause: float | None = None
    clock_pause: float | None = None
    asked_pause: int | None = None
    schedule: tuple[float, ...] = ()
    chunk_tokens: int = 1
    key_id: str = ""
    generated: Reply | None = None
    draft: Draft | None = None
    connection: int | None = None

    _right_forms: ClassVar[Mapping[str, str]] = {
        **{name: f"chat_request.{name}" for name in ChatRequest.__struct_fields__},
        **{name: f"chat_reply.{name}" for name in Reply.__struct_fields__},
        **{name: f"chat_usage.{name}" for name in Usage.__struct_fields__},
        "status_code": "status",
        "code": "status",
        "content": "text",
        "message": "text",
        "response": "chat_reply, or response_body for the bytes",
        "response_text": "response_body",
        "json": "to_dict()",
        "messages": "chat_request.messages",
        "prompt": "chat_request.last.content",
        "model": "chat_request.body['model']",
        "url": "path",
        "latency": "duration",
    }

    def __str__(self) -> str:
        """Return `#0 turn 1 'Hi' -> 'Hello!' | 200, 18+2 tokens | complete, step 1`."""
        return f"{self.title} | {self._cost()} | {self._ending()}"

    def __repr__(self) -> str:
        return f"<Exchange {self}>"

    @property
    def title(self) -> str:
        """What was said: `#0 turn 1 'Hi' -> 'Hello!'`."""
        return f"#{self.number} {self._asked()} -> {self._answered()}"

    @property
    def is_chat(self) -> bool:
        """Whether the request is for the chat endpoint, and not for another method or path."""
        return self.method == "POST" and self.path == CHAT_PATH

    @property
    def too_early(self) -> bool:
        """Whether this is a retry that came before the time for which the client was to wait."""
        return bool(self.asked_pause and self.pause is not None and self.pause < self.asked_pause)

    @property
    def chat_request(self) -> ChatRequest:
        """The parsed request, for code that expects a valid one.

        Raises:
            ValueError: If the request is not valid. The message says why.

        Example:
            assert electron.exchanges.last.chat_request.temperature == 0
        """
        request = self.request
        if request is None:
            raise ValueError(f"exchange #{self.number} has no parsed request: {self}")
        return request

    @property
    def chat_reply(self) -> Reply:
        """The reply, for code that expects one.

        Raises:
            ValueError: If there is an error or a fault instead. The message says which.

        Example:
            assert electron.exchanges.last.chat_reply.finish_reason == "stop"
        """
        if self.reply is None:
            raise ValueError(f"exchange #{self.number} has no reply: {self}")
        return self.reply

    @property
    def chat_usage(self) -> Usage:
        """The token usage of the reply, for code that expects one.

        Raises:
            ValueError: If there is no reply. The message says why.

        Example:
            assert electron.exchanges.last.chat_usage.cached_tokens == 0
        """
        usage = self.usage
        if usage is None:
            raise ValueError(f"exchange #{self.number} has no usage: {self}")
        return usage

    @property
    def request(self) -> ChatRequest | None:
        """The parsed request, or None if it is not valid.

        It is parsed from the body on each access, because it takes many times the body's memory.
        """
        return freeze(codec.decode(self.body)) if self.understood else None

    @property
    def turn(self) -> int | None:
        """The number of assistant messages in the request, plus one; None if it is not valid."""
        request = self.request
        return None if request is None else turn_of(request)

    @property
    def text(self) -> str | None:
        """The content of the reply, or the filler before its tool calls; None without a reply."""
        return None if self.reply is None else self.reply.content

    @property
    def usage(self) -> Usage | None:
        """The token usage of the reply, or None without a reply.

        If a stream ended early, only the tokens that were generated until then count (D).
        """
        if self.reply is None:
            return None
        whole = self.outcome not in (CLIENT_LEFT, CUT) or self.chunks == 1
        if whole:
            return self.reply.usage
        generated = self.generated or self.reply
        return usage_after(generated, self.chunks_sent, self.chunk_tokens)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the request by their lowercase names, redacted."""
        return headers_by_name(self.raw_headers)

    @property
    def response_headers(self) -> Mapping[str, str]:
        """The headers of the answer by their lowercase names."""
        return headers_by_name(self.raw_response_headers)

    @property
    def response_body(self) -> bytes:
        """The part of the answer's body that was sent."""
        return b"".join(self.frames)

    @property
    def failed(self) -> bool:
        """Whether the client got no whole reply, for a reason other than its own disconnect."""
        return self.status != 200 or self.outcome == CUT

    @property
    def _is_document(self) -> bool:
        """Whether the answer is a JSON document that is not a completion: a list of models."""
        return self.status == 200 and self.generated is None and self.error is None

    @property
    def chunks_left(self) -> int:
        """The number of chunks that were not sent."""
        return self.chunks - self.chunks_sent

    @property
    def time_to_first_chunk(self) -> float | None:
        """Seconds from the request to its first chunk, rounded to microseconds."""
        first = self.first_chunk_at
        return None if first is None else round(first - self.arrived_at, 6)

    @property
    def duration(self) -> float | None:
        """Seconds from the request to the end of its answer, rounded to microseconds."""
        return None if self.ended_at is None else round(self.ended_at - self.arrived_at, 6)

    @property
    def chunk_offsets(self) -> tuple[float, ...]:
        """Seconds from the request to each chunk; on a frozen clock, those of the pace."""
        if self.schedule:
            return self.schedule
        arrived = self.monotonic.arrived
        if self.chunk_times and arrived is not None:
            return tuple(round(sent - arrived, 6) for sent in self.chunk_times)
        first = self.time_to_first_chunk
        return () if first is None else (first,) * self.chunks_sent

    def to_dict(self) -> dict[str, Any]:
        """Return the exchange as a dict of JSON values.

        docs/journal.md lists its keys. Times are those of the lane's clock.

        Example:
            print(electron.exchanges.last.to_dict()["reply"])
        """
        return {
            **{name: getattr(self, name) for name in record.PLAIN},
            "pause": self.clock_pause,
            "headers": dict(self.headers),
            **record.request(self.body),
            "response_headers": record.response_headers(self.raw_response_headers),
            "reply": record.reply(self.reply),
            "error": record.error(self.error),
            "usage": record.usage(self.usage),
            "faults": [repr(fault) for fault in self.faults],
            "chunks": self.chunks,
            "chunks_sent": self.chunks_sent,
            "chunk_offsets": list(self.chunk_offsets),
            "raised": redact_message(record.text(self.raised)),
        }

    # --- the parts of the line

    def _asked(self) -> str:
        request = self.request
        if request is not None:
            return summary.request_summary(request)
        size = summary.size_summary(len(self.body), self.headers)
        return f"{self.method} {summary.printable(self.path)}{size}"

    def _answered(self) -> str:
        if self.reply is not None:
            return summary.reply_summary(self.reply)
        if self.raised:
            return summary.printable(redact_message(self.raised), summary.MAX_REASON)
        if self._is_document:
            return summary.printable(self.response_body.decode(errors="replace")) or "a document"
        if self.error is None or self.faults:
            return summary.fault_summary(self.error, self.faults)
        return summary.error_summary(self.error, self.authorization, self.body)

    def _cost(self) -> str:
        return summary.cost_summary(self.status, self.usage, self.time_to_first_chunk)

    def _ending(self) -> str:
        asked = self.asked_pause if self.too_early else None
        retry = summary.retry_summary(self.attempt, self.pause, asked)
        is_shown = self.reply is not None or (self.generated is not None and self.error is not None)
        faults = summary.faults_summary(self.faults) if is_shown else ""
        note = "" if self.error is not None else redact_message(self.fault_note)
        shown = filter(None, (faults, summary.printable(note, summary.MAX_REASON)))
        return ", ".join([f"{self.outcome}, {self.answered_by}{retry}", *shown])
