"""The context and the result of the lane's decision on one request."""

from dataclasses import dataclass

from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival, ParsedBody
from mock_electron.engine.choose_reply import FUNCTION, ChosenReply
from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults import Fail, Fault
from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.keys import (
    Account,
    parse_api_key,
    redact_authorization,
    redact_headers,
)
from mock_electron.model.dice import Dice
from mock_electron.outputs.redaction import redact
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.render import Stamp
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest


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
        stamp: The ids and the time of the answer.
    """

    number: int
    arrival: Arrival
    parsed: ParsedBody
    occurrence: int
    dice: Dice
    moment: Moment
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
        result: The reply, the error, or the fault that replaces the reply.
        account: The account of the API key, or None if the key was refused.
        request: The valid request, or None.
        chosen: The reply that the script, a user function or the pocket model gave, if any.
        faults: The faults of the answer.
        raised: The exception that a user function raised, if any.
    """

    result: Reply | ApiError | ReplacementFault = errors.INTERNAL
    account: Account | None = None
    request: ChatRequest | None = None
    chosen: ChosenReply | None = None
    faults: tuple[Fault, ...] = ()
    raised: Exception | None = None

    @property
    def answered_by(self) -> str:
        """The origin of the answer, as the journal names it."""
        if self.chosen is not None:
            return self.chosen.by
        if self.raised is not None:
            return FUNCTION
        return "fault" if isinstance(self.result, ReplacementFault) else "gateway"


def new_exchange(
    context: RequestContext, decision: Decision, answer: Answer, arrived: Moment
) -> Exchange:
    """Return the exchange as the journal records it before the first byte is sent."""
    arrival, result, raised = context.arrival, decision.result, decision.raised
    step = decision.chosen.step if decision.chosen else None
    error = result.error if isinstance(result, Fail) else result
    key = parse_api_key(arrival.authorization)
    return Exchange(
        number=context.number,
        method=arrival.method,
        path=redact(arrival.path, key),
        authorization=redact_authorization(arrival.authorization),
        body=arrival.body,
        understood=decision.request is not None,
        status=answer.status,
        request_id=context.stamp.request_id,
        reply=result if isinstance(result, Reply) else None,
        error=error if isinstance(error, ApiError) else None,
        occurrence=context.occurrence,
        chunks=answer.chunk_count,
        account=decision.account.id.hex() if decision.account else "",
        faults=decision.faults,
        arrived_at=arrived.lane,
        monotonic=Times(arrived.monotonic, None, None, None),
        answered_by=decision.answered_by,
        step=step.number if step else None,
        scripted=step.step if step else None,
        raised="" if raised is None else escape_surrogates(f"{type(raised).__name__}: {raised}"),
        fingerprint=context.parsed.fingerprint,
        raw_headers=redact_headers(arrival.headers, key),
        raw_response_headers=answer.headers,
    )


def escape_surrogates(text: str) -> str:
    """Return the text with lone surrogates escaped, so that it can be encoded as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
