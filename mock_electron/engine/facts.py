"""`Facts`: what a ledger knows about a request. `Changes`: what the decision on it changes."""

from msgspec import Struct

from mock_electron.engine.clock import Moment
from mock_electron.engine.faults.injection import Uses
from mock_electron.engine.faults.requested import NONE_REQUESTED, RequestedFaults
from mock_electron.wire.errors import ApiError


class Facts(Struct, frozen=True):
    """What the ledger knows about a request when it arrives.

    Attributes:
        occurrence: How many times the lane has received this request before.
        moment: When the lane decides.
        arrived: When the first byte of the request arrived.
        limit: The error of the limit that refuses the request, or None.
        cached_tokens: The number of tokens of the prompt in the prefix cache.
        attempt: The number of the attempt that this request is, from 1.
        fault_uses: How many requests the faults of this request's header have affected.
    """

    occurrence: int
    moment: Moment
    arrived: Moment
    limit: ApiError | None
    cached_tokens: int
    attempt: int
    fault_uses: int

    @property
    def now(self) -> float:
        """The time of the decision, in Unix seconds by the lane's clock."""
        return self.moment.lane


class Changes(Struct, frozen=True):
    """What a decided request changes in the ledger, in addition to the journal.

    Attributes:
        failed: Whether the answer is an error, or breaks off.
        blocks: The blocks of the prompt and the reply, for the prefix cache.
        step: The number of the step that answered, or None.
        generation: How often all steps of the script had been replaced before the decision.
        uses: The uses of the injections.
        requested: The faults that the request's header asks for.
        gave_requested: Whether the answer has them.
        is_whole_reply: Whether the answer is a reply that no fault breaks.
    """

    failed: bool
    blocks: tuple[bytes, ...]
    step: int | None
    generation: int
    uses: Uses
    requested: RequestedFaults
    gave_requested: bool
    is_whole_reply: bool


def changes_of_spoken(blocks: tuple[bytes, ...]) -> Changes:
    """Return what a reply of the pocket model without faults changes."""
    return Changes(False, blocks, None, 0, (), NONE_REQUESTED, False, True)
