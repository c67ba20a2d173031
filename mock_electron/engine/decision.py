"""One request while it is decided on, and what is decided."""

from dataclasses import dataclass

from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival, Identity
from mock_electron.engine.faults import Fail, Fault
from mock_electron.engine.faults.fault import Instead
from mock_electron.engine.journal import Exchange
from mock_electron.engine.keys import Account, redact
from mock_electron.engine.pace import Pace
from mock_electron.model.dice import Dice
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.render import Stamp
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest


@dataclass(frozen=True, slots=True)
class Asking:
    """One request while it is decided on.

    number: of its exchange. dice: of this occurrence of the request. now: when it is decided on.
    stamp: what marks the answer.
    """

    number: int
    arrival: Arrival
    identity: Identity
    occurrence: int
    dice: Dice
    now: float
    stamp: Stamp


@dataclass(slots=True)
class Decision:
    """What a request gets, and what was found out on the way there."""

    result: Reply | ApiError | Instead = errors.INTERNAL
    account: Account | None = None
    request: ChatRequest | None = None
    pace: Pace | None = None
    faults: tuple[Fault, ...] = ()


def exchange_of(asking: Asking, decision: Decision, answer: Answer, waited: float) -> Exchange:
    """The exchange as the journal keeps it from the first byte on.

    waited: seconds between the arrival and the decision.
    """
    arrival, result = asking.arrival, decision.result
    error = result.error if isinstance(result, Fail) else result
    return Exchange(
        number=asking.number,
        method=arrival.method,
        path=arrival.path,
        authorization=redact(arrival.authorization),
        body=arrival.body,
        understood=decision.request is not None,
        status=answer.status,
        request_id=asking.stamp.request_id,
        reply=result if isinstance(result, Reply) else None,
        error=error if isinstance(error, ApiError) else None,
        occurrence=asking.occurrence,
        chunks=answer.chunk_count,
        account=decision.account.id.hex() if decision.account else "",
        faults=decision.faults,
        arrived_at=asking.now - waited,
    )
