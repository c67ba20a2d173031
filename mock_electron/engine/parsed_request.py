"""Everything that a request says: what follows from its bytes and the settings of the lane.

Parsing is a pure function, so its result is cached. Two checks refuse a request:

    refused     before the limits: an early error, a wrong fault header, or the API key
    invalid     after the limits: the body, or a prompt that does not fit into the context (D)
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from mock_electron.engine.arrival import Arrival, ParsedBody, parse_body
from mock_electron.engine.attempts import RequestKey, client_of, retry_count
from mock_electron.engine.faults import header
from mock_electron.engine.faults.header import NONE_REQUESTED, RequestedFaults
from mock_electron.engine.keys import Account, authenticate, parse_api_key
from mock_electron.engine.memory import size_of_parsed, size_of_request
from mock_electron.engine.pace import pace_of
from mock_electron.engine.plan import Plan, plan_of
from mock_electron.engine.prefix_cache import Position, PromptReader, TokenRun
from mock_electron.engine.recent import Recent
from mock_electron.engine.settings import Settings
from mock_electron.model.completion import CONTEXT_TOKENS
from mock_electron.model.dice import fingerprint, framed
from mock_electron.model.prompt import tokens_beyond
from mock_electron.model.speak import content_key
from mock_electron.wire import errors, model_server
from mock_electron.wire import request as wire_request
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.request import ChatRequest

REMEMBERED_BYTES: Final = 8_000_000
"""The maximum memory of the latest parsed requests, in bytes, as it is estimated."""
PARSED_SIZE: Final = 3_000
"""Bytes of a parsed request and its reply, except for what depends on the body."""
NO_PROMPT: Final = TokenRun((), Position(b""), 0)
"""The prompt of a request that is refused."""


@dataclass(frozen=True, slots=True, eq=False)
class ParsedRequest:
    """A request with everything that follows from it.

    Attributes:
        arrival: The HTTP request.
        body: Its body and its fingerprint.
        api_key: The API key; "" without a key.
        key: Identifies equal requests of the same client and account, for the attempts.
        seeded: The seed of the lane and the fingerprint, framed for the dice.
        size: The memory of the request in the journal, in bytes.
        retries: How often the client has retried before, as it says itself.
        has_fault_header: Whether the request has the header `X-Mock-Electron`, and it is enabled.
        requested: The faults that this header asks for; none if it is wrong or was not read.
        refused: The error that is found before the limits are checked, or None.
        account: The account of the API key, or None if the key was refused.
        plan: The plan of the account, or None if the limits are not checked.
        request: The valid request, or None.
        invalid: The error that is found after the limits are checked, or None.
        prompt: The prompt as tokens. Empty if the request is refused.
        content_key: The key of the dice for the content of the reply.
        is_plain: Whether the request is valid, and asks for no fault.
        replies: The ready replies to this request, which the lane fills.
    """

    arrival: Arrival
    body: ParsedBody
    api_key: str
    key: RequestKey
    seeded: bytes
    size: int
    retries: int
    has_fault_header: bool
    requested: RequestedFaults = NONE_REQUESTED
    refused: ApiError | None = None
    account: Account | None = None
    plan: Plan | None = None
    request: ChatRequest | None = None
    invalid: ApiError | None = None
    prompt: TokenRun = NO_PROMPT
    content_key: bytes = b""
    is_plain: bool = False
    replies: dict[Hashable, Any] = field(default_factory=dict, repr=False)


class ParsedRequests:
    """Parses the requests of a lane, and keeps the latest.

    Args:
        settings: The settings of the lane.
        reader: Cuts prompts into blocks.

    Attributes:
        settings: The same settings.
        are_steady: Whether they let equal requests get equal replies, which are sent at once.
    """

    def __init__(self, settings: Settings, reader: PromptReader) -> None:
        pace = pace_of(settings.pace)
        self.settings: Settings = settings
        self.are_steady: bool = not (settings.strict or settings.drift or pace.first or pace.each)
        self._reader = reader
        self._recent: Recent[Arrival, ParsedRequest] = Recent(REMEMBERED_BYTES)

    def of(self, arrival: Arrival, early_error: ApiError | None) -> ParsedRequest:
        """Return what a request says; see `parse`."""
        if early_error is not None:
            return parse(arrival, self.settings, self._reader, early_error)
        found = self._recent.get(arrival)
        if found is None:
            found = parse(arrival, self.settings, self._reader, None)
            size = PARSED_SIZE + found.size + size_of_parsed(found.body.body)
            self._recent.add(arrival, found, size)
        return found


def parse(
    arrival: Arrival, settings: Settings, reader: PromptReader, early_error: ApiError | None
) -> ParsedRequest:
    """Return what a request says.

    Args:
        arrival: The request.
        settings: The settings of the lane.
        reader: Cuts prompts into blocks.
        early_error: An error that was found before the lane was called.
    """
    body = parse_body(arrival, settings.body_limit)
    key = parse_api_key(arrival.authorization)
    client = client_of(arrival.headers)
    known: dict[str, Any] = {
        "arrival": arrival,
        "body": body,
        "api_key": key,
        "key": ("", body.fingerprint, client),
        "seeded": framed(b"%d" % settings.seed, body.fingerprint),
        "size": size_of_request(arrival, body.body),
        "retries": retry_count(arrival.headers),
        "has_fault_header": bool(arrival.fault_header) and settings.fault_header,
    }
    if early_error is not None:
        return ParsedRequest(**known, refused=early_error)
    try:
        if known["has_fault_header"]:
            known["requested"] = _requested_faults(key, arrival.fault_header)
        account = authenticate(arrival.authorization, settings.api_keys, settings.accounts)
    except Refusal as refusal:
        return ParsedRequest(**known, refused=refusal.error)
    known["account"] = account
    known["key"] = (account.id.hex(), body.fingerprint, client)
    if arrival.document is not None:
        return ParsedRequest(**known)
    known["plan"] = account.plan or plan_of(settings.plan)
    try:
        request = known["request"] = _request(body, settings)
        prompt = _prompt(account, request, reader)
    except Refusal as refusal:
        return ParsedRequest(**known, invalid=refusal.error)
    return ParsedRequest(
        **known,
        prompt=prompt,
        content_key=content_key(request, settings.seed),
        is_plain=not known["has_fault_header"],
    )


def _requested_faults(key: str, text: str) -> RequestedFaults:
    """Return the faults that a header asks for, with the key of their counter.

    Raises:
        Refusal: If the header is wrong.
    """
    requested = header.parse_header(text)
    if requested.times is None:
        return requested
    return replace(requested, counter=fingerprint(key.encode(), text.encode()))


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


def _prompt(account: Account, request: ChatRequest, reader: PromptReader) -> TokenRun:
    """Return the prompt of a request as tokens.

    Raises:
        Refusal: If the prompt does not fit into the context.
    """
    estimated = tokens_beyond(request, CONTEXT_TOKENS)
    if estimated:
        _check_context(request, estimated)
    prompt = reader.read_prompt(account.id, request)
    _check_context(request, prompt.tokens)
    return prompt


def _check_context(request: ChatRequest, prompt_tokens: int) -> None:
    """Raise Refusal if the prompt and `max_tokens` exceed the context (D)."""
    if prompt_tokens + (request.max_tokens or 1) > CONTEXT_TOKENS:
        message = model_server.context_overflow(CONTEXT_TOKENS, prompt_tokens, request.max_tokens)
        raise Refusal(errors.INVALID_REQUEST.saying(message))
