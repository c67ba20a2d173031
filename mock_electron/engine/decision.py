"""The context and the result of the lane's decision on one request."""

from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any, Final, cast

from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival, ParsedBody
from mock_electron.engine.choose_reply import FUNCTION, ChosenReply
from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults import Fail, Fault
from mock_electron.engine.faults.fault import DeliveryFault, ReplacementFault
from mock_electron.engine.faults.header import NONE_REQUESTED, RequestedFaults
from mock_electron.engine.keys import (
    Account,
    account_id,
    parse_api_key,
    redact_authorization,
    redact_headers,
    without_key_in_headers,
)
from mock_electron.engine.refused_by import with_rule
from mock_electron.engine.user_functions import described
from mock_electron.model.dice import Dice
from mock_electron.outputs.redaction import redact, without_key
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import headers_by_name
from mock_electron.wire.render import Stamp
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import CHAT_PATH, ChatRequest

FAULT: Final = "fault"
GATEWAY: Final = "gateway"


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request while the lane decides on it.

    Attributes:
        number: The number of its exchange.
        arrival: The HTTP request.
        parsed: Its body and fingerprint.
        occurrence: How many times the lane has received this request before.
        dice: The dice of this occurrence.
        moment: When the lane decides.
        arrived: When the first byte of the request arrived.
        stamp: The ids and the time of the answer.
    """

    number: int
    arrival: Arrival
    parsed: ParsedBody
    occurrence: int
    dice: Dice
    moment: Moment
    arrived: Moment
    stamp: Stamp

    @property
    def now(self) -> float:
        """The time of the decision, in Unix seconds by the lane's clock."""
        return self.moment.lane


@dataclass(slots=True)
class Decision:
    """How a request is answered, and what the lane has found out about it.

    The lane fills it in step by step. After a refusal, the remaining fields keep their defaults.

    Attributes:
        result: The reply, the error, the fault that replaces the reply, or a document instead of a
            completion.
        account: The account of the API key, or None if the key was refused.
        request: The valid request, or None.
        chosen: The reply that the script, a user function or the pocket model gave, if any.
        faults: The faults of the answer.
        faultless: The reply before its faults, if the result is a reply.
        raised: The exception that a user function raised, if any.
        has_fault_header: Whether the request has the header `X-Mock-Electron`, and it is enabled.
        requested: The faults that this header asks for; none if it is wrong or was not read.
    """

    result: Reply | ApiError | ReplacementFault | bytes = errors.INTERNAL
    account: Account | None = None
    request: ChatRequest | None = None
    chosen: ChosenReply | None = None
    faults: tuple[Fault, ...] = ()
    faultless: Reply | None = None
    raised: BaseException | None = None
    has_fault_header: bool = False
    requested: RequestedFaults = NONE_REQUESTED

    @property
    def gave_requested_faults(self) -> bool:
        """Whether the answer has the faults that the request's header asks for."""
        due = self.requested.due
        return bool(due) and all(fault in self.faults for fault in due)

    @property
    def is_whole_reply(self) -> bool:
        """Whether the answer is a reply that no fault breaks."""
        return isinstance(self.result, Reply) and not any(fault.breaks for fault in self.faults)

    @property
    def answered_by(self) -> str:
        """The origin of the answer, as the journal names it."""
        if self.chosen is not None:
            return self.chosen.by
        if self.raised is not None:
            return FUNCTION
        return FAULT if isinstance(self.result, ReplacementFault) else GATEWAY

    @property
    def is_rate_limited(self) -> bool:
        """Whether the account has no request left in this minute."""
        return isinstance(self.result, ApiError) and self.result.name == errors.RATE_LIMIT.name


def new_exchange(context: RequestContext, decision: Decision, answer: Answer) -> Exchange:
    """Return the exchange as the journal records it before the first byte is sent."""
    arrival, result = context.arrival, decision.result
    api_key = parse_api_key(arrival.authorization)
    key_id = account_id(api_key).hex() if api_key else ""
    step = decision.chosen.step if decision.chosen else None
    generated = result if isinstance(result, Reply) else None
    reply, error = _sent(decision)
    if error is not None:
        error = error.saying(without_key(error.message, api_key))
        error = with_rule(error, arrival, decision.account)
    repeats_texts = error is not None or answer.fault_note != ""  # of the request
    is_chat = arrival.path == CHAT_PATH  # not redacted, even if the key is a part of it
    return Exchange(
        number=context.number,
        method=arrival.method if is_chat else without_key(arrival.method, api_key),
        path=CHAT_PATH if is_chat else redact(arrival.path, api_key),
        authorization=redact_authorization(arrival.authorization),
        body=context.parsed.body,
        understood=decision.request is not None,
        status=answer.status,
        request_id=headers_by_name(answer.headers).get("x-request-id", ""),
        reply=reply,
        generated=generated,
        draft=decision.chosen.own_draft if decision.chosen else None,
        error=error,
        occurrence=context.occurrence,
        chunks=answer.chunk_count,
        chunk_tokens=answer.chunk_tokens,
        account=decision.account.id.hex() if decision.account else key_id,
        key_id=key_id,
        faults=tuple([_fault_without_key(fault, api_key) for fault in decision.faults]),
        arrived_at=context.arrived.lane,
        monotonic=Times(context.arrived.monotonic, None, None, None),
        answered_by=decision.answered_by,
        step=step.number if step else None,
        scripted=step.step if step else None,
        raised=_described(decision.raised, api_key),
        fault_note=without_key(answer.fault_note, api_key),
        fingerprint=context.parsed.fingerprint,
        raw_headers=redact_headers(arrival.headers, api_key),
        raw_response_headers=(
            without_key_in_headers(answer.headers, api_key) if repeats_texts else answer.headers
        ),
    )


def _described(raised: BaseException | None, key: str) -> str:
    """Return an exception of a user function as the journal names it; "" for None."""
    return "" if raised is None else escape_surrogates(without_key(described(raised), key))


def _fault_without_key(fault: Fault, key: str) -> Fault:
    """Return a fault whose texts, such as the message of an error, do not contain the API key.

    A field that accepts only certain names is kept: the key equals such a name by chance.
    """
    if without_key(repr(fault), key) == repr(fault):
        return fault
    given: Any = fault  # every fault is a dataclass
    for field in fields(given):
        value = getattr(given, field.name)
        with suppress(ValueError, TypeError):
            if isinstance(value, str):
                given = replace(given, **{field.name: without_key(value, key).replace("…", "...")})
            elif isinstance(value, ApiError):
                saying = value.saying(without_key(value.message, key))
                given = replace(given, **{field.name: saying})
    return cast("Fault", given)


def _sent(decision: Decision) -> tuple[Reply | None, ApiError | None]:
    """Return the reply and the error that the client gets."""
    result = decision.result
    if isinstance(result, Fail):
        return None, result.error_sent
    if isinstance(result, ApiError):
        return None, result
    reply, error = result if isinstance(result, Reply) else None, None
    for fault in decision.faults:
        if reply is not None and isinstance(fault, DeliveryFault):
            reply, error = fault.left_of(reply), fault.error_sent()
    return reply, error


def escape_surrogates(text: str) -> str:
    """Return the text with lone surrogates escaped, so that it can be encoded as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
