"""The context of the lane's decision on one request, and its result."""

from typing import Final

from msgspec import Struct

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.choose_reply import FUNCTION, ChosenReply
from mock_electron.engine.facts import Changes, Facts
from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.engine.faults.injection import Uses
from mock_electron.engine.faults.requested import NONE_REQUESTED, RequestedFaults
from mock_electron.engine.parsed_request import ParsedRequest
from mock_electron.model.dice import Dice, ids
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply
from mock_electron.wire.template import Stamp

FAULT: Final = "fault"
GATEWAY: Final = "gateway"


class RequestContext(Struct, frozen=True):
    """One request while the lane decides on it.

    Attributes:
        number: The number of its exchange.
        parsed: The request.
        facts: What the ledger knows about it.
        key: The key of the dice of this occurrence.
        stamp: The ids and the time of the answer.
    """

    number: int
    parsed: ParsedRequest
    facts: Facts
    key: bytes
    stamp: Stamp

    @property
    def dice(self) -> Dice:
        """The dice of this occurrence."""
        return Dice(self.key)

    @property
    def arrival(self) -> Arrival:
        """The HTTP request."""
        return self.parsed.arrival

    @property
    def now(self) -> float:
        """The time of the decision, in Unix seconds by the lane's clock."""
        return self.facts.now


def context_of(number: int, parsed: ParsedRequest, facts: Facts) -> RequestContext:
    """Return the context of a request. Its ids follow from the seed, its bytes and its occurrence.

    Args:
        number: The number of its exchange.
        parsed: The request.
        facts: What the ledger knows about it.
    """
    key, completion, request_id = ids(parsed.seeded, b"%d" % facts.occurrence)
    stamp = Stamp(f"chatcmpl-{completion}", int(facts.moment.lane), request_id)
    return RequestContext(number, parsed, facts, key, stamp)


class Decision(Struct, frozen=True):
    """How a request is answered.

    Attributes:
        result: The reply, the error, the fault that replaces the reply, or a document instead of a
            completion.
        chosen: The reply that the script, a user function or the pocket model gave, if any.
        faults: The faults of the answer.
        faultless: The reply before its faults, if the result is a reply.
        raised: The exception that a user function raised, if any.
        has_fault_header: Whether the request has the header `X-Mock-Electron`, and it is enabled.
        requested: The faults that this header asks for; none if it is wrong or was not read.
        uses: The uses of the injections.
        blocks: The blocks of the prompt and the reply, for the prefix cache.
        generation: How often all steps of the script had been replaced before the decision. A user
            function may replace them while the lane decides.
    """

    result: Reply | ApiError | ReplacementFault | bytes = errors.INTERNAL
    chosen: ChosenReply | None = None
    faults: tuple[Fault, ...] = ()
    faultless: Reply | None = None
    raised: BaseException | None = None
    has_fault_header: bool = False
    requested: RequestedFaults = NONE_REQUESTED
    uses: Uses = ()
    blocks: tuple[bytes, ...] = ()
    generation: int = 0

    @property
    def gave_requested_faults(self) -> bool:
        """Whether the answer has the faults that the request's header asks for."""
        if not self.requested.faults:
            return False
        due = self.requested.due
        return bool(due) and all(fault in self.faults for fault in due)

    @property
    def breaks(self) -> bool:
        """Whether a fault breaks the answer."""
        return bool(self.faults) and any(fault.breaks for fault in self.faults)

    @property
    def is_whole_reply(self) -> bool:
        """Whether the answer is a reply that no fault breaks."""
        return isinstance(self.result, Reply) and not (self.faults and self.breaks)

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

    @property
    def step(self) -> int | None:
        """The number of the step that answered, or None."""
        return self.chosen.step.number if self.chosen and self.chosen.step else None

    def changes(self, failed: bool) -> Changes:
        """Return what the decision changes in the ledger.

        Args:
            failed: Whether the answer is an error, or breaks off.
        """
        return Changes(
            failed,
            self.blocks,
            self.step,
            self.generation,
            self.uses,
            self.requested,
            self.gave_requested_faults,
            self.is_whole_reply,
        )
