"""Everything that a request says: what follows from its bytes and the settings of the lane.

Parsing is a pure function, so its result is cached. Two checks refuse a request:

    refused     before the limits: an early error, a wrong fault header, or the API key
    invalid     after the limits: the body, or a prompt that does not fit into the context (D)
"""

from collections.abc import Hashable
from typing import Any, Final

from msgspec import Struct, field

from mock_electron.engine.arrival import Arrival, ParsedBody, parse_body
from mock_electron.engine.attempts import RequestKey
from mock_electron.engine.faults.requested import NONE_REQUESTED, RequestedFaults
from mock_electron.engine.memory import size_of_body, size_of_parsed
from mock_electron.engine.pace import Pace, pace_of
from mock_electron.engine.parsed_head import ParsedHead, ParsedHeads
from mock_electron.engine.plan import Plan
from mock_electron.engine.prefix_cache import Position, PromptReader, TokenRun
from mock_electron.engine.recent import Recent
from mock_electron.engine.settings import Settings
from mock_electron.model.completion import CONTEXT_TOKENS
from mock_electron.model.dice import framed
from mock_electron.model.prompt import READ_AT_ONCE, tokens_beyond
from mock_electron.model.speak import NO_CONTENT, Content, content_of
from mock_electron.wire import errors
from mock_electron.wire import request as wire_request
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.request import ChatRequest

REMEMBERED_BYTES: Final = 4_000_000
"""The maximum memory of the latest parsed requests, in bytes, as it is estimated."""
LONGEST_REMEMBERED: Final = 100_000
"""The length of the longest body that is remembered, in bytes."""
PARSED_SIZE: Final = 3_000
"""Bytes of a parsed request and its reply, except for what depends on the body."""
MOST_REPLIES: Final = 4
"""The maximum number of ready replies to one request."""
NO_PROMPT: Final = TokenRun((), Position(b""), 0)
"""The prompt of a request that is refused."""


class ParsedRequest(Struct, frozen=True, eq=False):
    """A request with everything that follows from it.

    Attributes:
        arrival: The HTTP request.
        head: What its head says.
        body: Its body and its fingerprint.
        key: Identifies equal requests of the same client and account, for the attempts.
        seeded: The seed of the lane and the fingerprint, framed for the dice.
        size: The memory of the request in the journal, in bytes.
        requested: The faults that the request asks for; none after an early error.
        refused: The error that is found before the limits are checked, or None.
        plan: The plan whose limits apply, or None if they are not checked.
        request: The valid request, or None.
        invalid: The error that is found after the limits are checked, or None.
        prompt: The prompt as tokens. Empty if the request is refused.
        content: What it says to the model.
        is_plain: Whether the request is valid, and asks for no fault.
        replies: The ready replies to this request, which the lane fills.
    """

    arrival: Arrival
    head: ParsedHead
    body: ParsedBody
    key: RequestKey
    seeded: bytes
    size: int
    requested: RequestedFaults = NONE_REQUESTED
    refused: ApiError | None = None
    plan: Plan | None = None
    request: ChatRequest | None = None
    invalid: ApiError | None = None
    prompt: TokenRun = NO_PROMPT
    content: Content = NO_CONTENT
    is_plain: bool = False
    replies: dict[Hashable, Any] = field(default_factory=dict)


class ParsedRequests:
    """Parses the requests of a lane, and keeps the latest.

    Args:
        settings: The settings of the lane.
        reader: Cuts prompts into blocks.

    Attributes:
        settings: The same settings.
        are_steady: Whether they let equal requests get equal answers.
        pace: How fast replies are sent.
        are_instant: Whether replies are sent at once.
    """

    def __init__(self, settings: Settings, reader: PromptReader) -> None:
        pace = pace_of(settings.pace)
        self.settings: Settings = settings
        self.are_steady: bool = not (settings.strict or settings.drift or settings.reveal)
        self.pace: Pace = pace
        self.are_instant: bool = pace.is_instant
        self._reader = reader
        self._seed = framed(b"%d" % settings.seed)
        self._heads = ParsedHeads(settings)
        self._recent: Recent[Arrival, ParsedRequest] = Recent(REMEMBERED_BYTES)

    def of(self, arrival: Arrival, early_error: ApiError | None) -> ParsedRequest:
        """Return what a request says.

        Args:
            arrival: The request.
            early_error: An error that was found before the lane was called.
        """
        if early_error is not None:
            return self._refused(arrival, early_error)
        return self._recent.get(arrival) or self._parse(arrival)

    def remember(self, parsed: ParsedRequest) -> None:
        """Keep a request that comes again, unless its body is long or it is refused."""
        body = parsed.body.body
        if parsed.refused is not None or len(body) > LONGEST_REMEMBERED:
            return
        if parsed.arrival not in self._recent:
            size = PARSED_SIZE + parsed.head.size + size_of_parsed(body)
            self._recent.add(parsed.arrival, parsed, size)

    def add_reply(self, parsed: ParsedRequest, key: Hashable, reply: Any, size: int) -> None:
        """Keep a ready reply with a request. The oldest one is dropped.

        Args:
            parsed: The request.
            key: What the reply depends on.
            reply: The reply.
            size: Its memory in bytes.
        """
        parsed.replies[key] = reply
        if len(parsed.replies) > MOST_REPLIES:
            del parsed.replies[next(iter(parsed.replies))]
        self._recent.grow(parsed.arrival, size)

    def _refused(self, arrival: Arrival, error: ApiError) -> ParsedRequest:
        """Return a request whose head and body do not matter: no key is checked."""
        head, body = self._heads.of(arrival), parse_body(arrival, self.settings.body_limit)
        start = self._start(arrival, head, body, account="")
        return ParsedRequest(*start, refused=error)

    def _parse(self, arrival: Arrival) -> ParsedRequest:
        head, limit = self._heads.of(arrival), self.settings.body_limit
        body = parse_body(arrival, limit, is_plain=head.has_plain_json)
        start = self._start(arrival, head, body, head.account_name)
        known = *start, head.requested, head.refused
        if head.refused is not None or arrival.document is not None:
            return ParsedRequest(*known)
        request, invalid, prompt, content = None, None, NO_PROMPT, NO_CONTENT
        try:
            request = _request(body, self.settings)
            prompt = self._prompt(head, request, len(body.body))
            content = content_of(request, self.settings.seed)
        except Refusal as refusal:
            invalid = refusal.error
        is_plain = invalid is None and not head.has_fault_header
        return ParsedRequest(*known, head.plan, request, invalid, prompt, content, is_plain)

    def _start(
        self, arrival: Arrival, head: ParsedHead, body: ParsedBody, account: str
    ) -> tuple[Arrival, ParsedHead, ParsedBody, RequestKey, bytes, int]:
        """Return the values that every parsed request has."""
        key = account, body.fingerprint, head.client
        seeded = b"%b16:%b" % (self._seed, body.fingerprint)
        size = head.size + size_of_body(arrival, body.body)
        return arrival, head, body, key, seeded, size

    def _prompt(self, head: ParsedHead, request: ChatRequest, size: int) -> TokenRun:
        """Return the prompt of a request as tokens.

        Raises:
            Refusal: If the prompt does not fit into the context.
        """
        estimated = tokens_beyond(request, CONTEXT_TOKENS) if size > READ_AT_ONCE else 0
        if estimated:
            _check_context(request, estimated)
        assert head.account is not None  # otherwise the request is refused
        prompt = self._reader.read_prompt(head.account.id, request)
        _check_context(request, prompt.tokens)
        return prompt


def _request(body: ParsedBody, settings: Settings) -> ChatRequest:
    """Return the valid request in a body.

    Raises:
        Refusal: If the body cannot be read, or the request is not valid.
    """
    if isinstance(body.document, Refusal):
        raise body.document
    return wire_request.parse_request(
        body.document,
        accept_json_schema=settings.accept_json_schema,
        refuse_broken_arguments=settings.refuse_broken_arguments,
    )


def _check_context(request: ChatRequest, prompt_tokens: int) -> None:
    """Raise Refusal if the prompt and `max_tokens` exceed the context (D)."""
    if prompt_tokens + (request.max_tokens or 1) > CONTEXT_TOKENS:
        from mock_electron.wire.model_server import context_overflow  # few requests are so long

        message = context_overflow(CONTEXT_TOKENS, prompt_tokens, request.max_tokens)
        raise Refusal(errors.INVALID_REQUEST.saying(message))
