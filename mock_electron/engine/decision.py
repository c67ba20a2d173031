"""One request while it is decided on, and what is decided."""

from dataclasses import dataclass

from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival, ParsedBody
from mock_electron.engine.choose_reply import FUNCTION, ChosenReply
from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults import Fail, Fault
from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.keys import Account, redact, redacted
from mock_electron.model.dice import Dice
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.render import Stamp
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request while it is decided on.

    number: of its exchange. dice: of this occurrence of the request. moment: when it is decided on.
    stamp: what marks the answer.
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
        """When it is decided on, by the lane's clock."""
        return self.moment.lane


@dataclass(slots=True)
class Decision:
    """What a request gets, and what was found out on the way there.

    chosen: what the script, a function or the pocket model had to say. raised: what a function of
    the user's has raised.
    """

    result: Reply | ApiError | ReplacementFault = errors.INTERNAL
    account: Account | None = None
    request: ChatRequest | None = None
    chosen: ChosenReply | None = None
    faults: tuple[Fault, ...] = ()
    raised: Exception | None = None

    @property
    def answered_by(self) -> str:
        """Who has the last word, as the journal calls it."""
        if self.chosen is not None:
            return self.chosen.by
        if self.raised is not None:
            return FUNCTION
        return "fault" if isinstance(self.result, ReplacementFault) else "gateway"


def exchange_of(
    context: RequestContext, decision: Decision, answer: Answer, arrived: Moment
) -> Exchange:
    """The exchange as the journal keeps it from the first byte on."""
    arrival, result, raised = context.arrival, decision.result, decision.raised
    step = decision.chosen.step if decision.chosen else None
    error = result.error if isinstance(result, Fail) else result
    return Exchange(
        number=context.number,
        method=arrival.method,
        path=arrival.path,
        authorization=redact(arrival.authorization),
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
        raised="" if raised is None else _described(raised),
        fingerprint=context.parsed.fingerprint,
        raw_headers=redacted(arrival.headers),
        raw_response_headers=answer.headers,
    )


def _described(error: Exception) -> str:
    return can_travel(f"{type(error).__name__}: {error}")


def can_travel(text: str) -> str:
    """The text; a lone surrogate in it, which no report and no log can hold, is written out."""
    return text.encode("utf-8", "backslashreplace").decode()
