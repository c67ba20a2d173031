"""One line of a journal file, and the exchange that it was made of.

1. A line has the keys of `Exchange.to_dict`, and those that the export adds.
2. What a file does not have is left empty: the bytes that were sent, the script's step, the headers
   as they were received, and the times of the monotonic clock.
3. The body is written again from its JSON document, so its white space is lost.
4. A request that was edited, and is not valid, is read as one that was not understood.
"""

import ast
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from msgspec import Meta, Raw, Struct

from mock_electron.engine.answer import Outcome
from mock_electron.engine.clock import Times
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults import catalogue
from mock_electron.engine.faults.fault import Fault
from mock_electron.inputs.spelling import echoed
from mock_electron.model import tokens
from mock_electron.model.dice import fingerprint
from mock_electron.wire import codec
from mock_electron.wire.errors import BY_NAME, ApiError, Refusal
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import FinishReason, Reply, ToolCall, Usage
from mock_electron.wire.request import parse_request

NotNegative = Annotated[int, Meta(ge=0)]
NULL: Final = Raw(b"null")


SAME: Final = (
    *("number", "method", "path", "status", "request_id", "answered_by", "step", "raised"),
    *("outcome", "occurrence", "attempt", "retry_of", "pause", "asked_pause"),
    *("account", "connection", "chunks", "chunks_sent"),
    *("arrived_at", "first_chunk_at", "last_chunk_at", "ended_at"),
)
"""The keys of a line that are attributes of the exchange."""


class ReplyLine(Struct, frozen=True):
    """A reply in a line."""

    content: str | None
    tool_calls: tuple[ToolCall, ...]
    finish_reason: FinishReason


class UsageLine(Struct, frozen=True):
    """The token usage in a line."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int


class ErrorLine(Struct, frozen=True):
    """An error in a line."""

    name: str
    status: int
    type: str
    message: str


class JournalLine(Struct, frozen=True):
    """One line of a journal file: the keys that the reader needs.

    `format` is 1 if the line does not say.
    """

    number: NotNegative
    method: str
    path: str
    status: NotNegative
    outcome: Outcome
    answered_by: str
    arrived_at: float
    chunks: NotNegative
    chunks_sent: NotNegative
    format: int = 1
    lane: str = "default"
    settings: dict[str, Any] = {}
    turn: int | None = None
    understood: bool | None = None
    request_id: str = ""
    step: int | None = None
    occurrence: int = 0
    attempt: int = 1
    retry_of: int | None = None
    asked_pause: int | None = None
    pause: float | None = None
    account: str = ""
    connection: int | None = None
    first_chunk_at: float | None = None
    last_chunk_at: float | None = None
    ended_at: float | None = None
    headers: dict[str, str] = {}
    response_headers: dict[str, str] = {}
    request: Raw = NULL
    body: str | None = None
    body_base64: str | None = None
    reply: ReplyLine | None = None
    usage: UsageLine | None = None
    error: ErrorLine | None = None
    faults: tuple[str, ...] = ()
    chunk_offsets: tuple[float, ...] = ()
    raised: str = ""

    @property
    def exchange(self) -> Exchange:
        """The exchange.

        Raises:
            ValueError: If the token counts or a fault are impossible.
        """
        reply, body = self._reply, self._body
        understood = self.turn is not None if self.understood is None else self.understood
        same: dict[str, Any] = {name: getattr(self, name) for name in SAME}
        return Exchange(
            **same,
            authorization=self.headers.get("authorization", ""),
            body=body,
            understood=understood and is_valid(body),
            reply=reply,
            generated=reply,
            error=self._error,
            key_id=self.account,
            faults=tuple(map(fault_of, self.faults)),
            fingerprint=fingerprint(self.method.encode(), self.path.encode(), body),
            raw_headers=_raw(self.headers),
            raw_response_headers=_raw(self.response_headers),
            monotonic=Times(
                self.arrived_at, self.first_chunk_at, self.last_chunk_at, self.ended_at
            ),
            clock_pause=self.pause,
            schedule=self.chunk_offsets,
        )

    @property
    def _body(self) -> bytes:
        if self.body_base64 is not None:
            return b64decode(self.body_base64, validate=True)
        if self.body is not None:
            return self.body.encode()
        return b"" if self.request == NULL else bytes(self.request)

    @property
    def _reply(self) -> Reply | None:
        """The reply. Its usage is that of what was sent, if a stream ended early."""
        if self.reply is None:
            return None
        used = self.usage or UsageLine(0, 0, 0)
        content = self.reply.content
        return Reply(
            None if content is None else tokens.of(content),
            self.reply.finish_reason,
            Usage(used.prompt_tokens, used.completion_tokens, used.cached_tokens),
            self.reply.tool_calls,
            tuple(tokens.of(call.arguments) for call in self.reply.tool_calls),
        )

    @property
    def _error(self) -> ApiError | None:
        given = self.error
        if given is None:
            return None
        known = BY_NAME.get(given.name)
        after = self.response_headers.get("retry-after", "")
        return ApiError(
            given.name,
            given.status,
            given.type,
            given.message,
            known.retry if known else "",
            retry_after=int(after) if after.isdecimal() else None,
        )


def is_valid(body: bytes) -> bool:
    """Return whether a body is a request that Electron accepts: a line may have been edited."""
    try:
        parse_request(codec.decode(body), accept_json_schema=True)
    except (codec.MalformedError, Refusal):
        return False
    return True


def _raw(headers: Mapping[str, str]) -> Headers:
    written = ((name, value.encode("latin-1", "replace")) for name, value in headers.items())
    return tuple((name.encode(), value) for name, value in written)


MAKERS: Final[Mapping[str, Callable[..., Fault]]] = {
    name: made for name, made in vars(catalogue).items() if callable(made)
}
"""What makes a fault, by the name with which its text begins."""


def fault_of(text: str) -> Fault:
    """Return the fault whose `repr` is this text.

    Raises:
        ValueError: If there is no such fault.
    """
    try:
        call = ast.parse(text, mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Name)
        given = [ast.literal_eval(value) for value in call.args]
        named = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
        return MAKERS[call.func.id](*given, **named)
    except (AssertionError, KeyError, SyntaxError, TypeError, ValueError, RecursionError):
        raise ValueError(f"{echoed(text)} is not a fault") from None
