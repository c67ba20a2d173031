"""One request and what became of it, as a test reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mock_electron.engine.answer import CUT, REFUSED
from mock_electron.engine.clock import NEVER, Times
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.script.match_input import turn_of
from mock_electron.engine.script.step import Step
from mock_electron.model.completion import usage_after
from mock_electron.wire import codec
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers, headers_by_name
from mock_electron.wire.reply import Reply, Usage
from mock_electron.wire.request import ChatRequest, freeze

IN_FLIGHT: Final = "in flight"
CLIENT_LEFT: Final = "client left"
OUTCOMES: Final = (IN_FLIGHT, COMPLETE, REFUSED, CUT, CLIENT_LEFT)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it.

    Times are Unix seconds by the lane's clock.

    number: its place in the order of arrival, from 0.
    method, path, authorization, body: as they arrived; the path is the one inside the lane, the
        key is redacted.
    account: 32 hex digits that stand for the key; "" where there is none.
    understood: whether the body was a valid request.
    status, request_id: of the answer; the status is 0 where a fault let none begin.
    reply: what was answered; None where `error`, or a fault, says why not.
    answered_by: "step 2", "function", "pocket model", "fault", or "gateway" for what it refuses.
    step: the number of the script's step, from 1; None where none answered. scripted: that step.
    raised: the exception of a function of the test's, which was answered with 500.
    fingerprint: the same for requests that ask for the same.
    occurrence: how often this same request had come before.
    attempt: from 1; more where the same request came before, and failed.
    pause: seconds from the end of the attempt before to this one, by the monotonic clock or the
        lane's, whichever is more; None for a first attempt.
    faults: those that the answer had.
    outcome: in flight, complete, refused, cut by a fault, or client left.
    chunks: how many the answer has, [DONE] not counted; a reply in one piece is one chunk.
    chunks_sent: how many of them went out.
    arrived_at, first_chunk_at, last_chunk_at, ended_at: when; None where no chunk went out.
    monotonic: the same times by a clock that nobody sets; it only measures.
    chunk_times: when each chunk went out, by the monotonic clock, where they went one by one.
    raw_headers, raw_response_headers: as they travelled, but for keys.
    frames: the body of the answer, as far as it went out, write by write.
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
    scripted: Step | None = field(default=None, repr=False)
    raised: str = ""
    fingerprint: bytes = b""
    raw_headers: Headers = ()
    raw_response_headers: Headers = ()
    outcome: str = IN_FLIGHT
    chunks_sent: int = 0
    first_chunk_at: float | None = None
    last_chunk_at: float | None = None
    ended_at: float | None = None
    monotonic: Times = NEVER
    chunk_times: tuple[float, ...] = ()
    frames: tuple[bytes, ...] = ()
    attempt: int = 1
    pause: float | None = None

    @property
    def request(self) -> ChatRequest | None:
        """The request as Electron understood it; None where it was refused before that.

        It is read from the body anew: kept, it would take many times the body's memory.
        """
        return freeze(codec.decode(self.body)) if self.understood else None

    @property
    def turn(self) -> int | None:
        """The number of assistant messages in the request, and one more."""
        request = self.request
        return None if request is None else turn_of(request)

    @property
    def text(self) -> str | None:
        """What was said: the reply's content, or the filler before its calls."""
        return None if self.reply is None else self.reply.content

    @property
    def usage(self) -> Usage | None:
        """The tokens of the reply; None for an error.

        Where a stream ended early, the tokens that were generated until then (D).
        """
        if self.reply is None:
            return None
        whole = self.outcome not in (CLIENT_LEFT, CUT) or self.chunks == 1
        return self.reply.usage if whole else usage_after(self.reply, self.chunks_sent)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the request by their names in small letters; keys are redacted."""
        return headers_by_name(self.raw_headers)

    @property
    def response_headers(self) -> Mapping[str, str]:
        """The headers of the answer by their names in small letters."""
        return headers_by_name(self.raw_response_headers)

    @property
    def response_body(self) -> bytes:
        """The body of the answer, as far as it went out."""
        return b"".join(self.frames)

    @property
    def failed(self) -> bool:
        """Whether the client got no whole reply, and it was not the client who left."""
        return self.status != 200 or self.outcome == CUT

    @property
    def chunks_left(self) -> int:
        """How many chunks were still to come when it ended."""
        return self.chunks - self.chunks_sent

    @property
    def time_to_first_chunk(self) -> float | None:
        """Seconds from the request to its first chunk, to the microsecond."""
        first = self.first_chunk_at
        return None if first is None else round(first - self.arrived_at, 6)

    @property
    def duration(self) -> float | None:
        """Seconds from the request to the end of its answer, to the microsecond."""
        return None if self.ended_at is None else round(self.ended_at - self.arrived_at, 6)
