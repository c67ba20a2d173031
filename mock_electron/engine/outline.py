"""`Outline`: what the journal keeps of a decision."""

from sys import getsizeof
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from mock_electron.engine.choose_reply import POCKET_MODEL
from mock_electron.engine.decision import Decision, RequestContext
from mock_electron.engine.faults.fault import DeliveryFault, Fault, ReplacementFault
from mock_electron.engine.keys import Account
from mock_electron.engine.memory import size_of_reply, size_of_value
from mock_electron.engine.user_functions import described
from mock_electron.model.draft import Draft
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply

if TYPE_CHECKING:
    from mock_electron.engine.script.step import Step


class Outline(Struct, frozen=True):
    """What the journal keeps of a decision: not the request, which takes much memory.

    Attributes:
        understood: Whether the body is a valid request.
        account: The account, or None if its key was refused.
        reply: The reply that the client gets, or None.
        generated: The reply before faults that send something else, or None.
        draft: What a step or a user function gave, if it sets the usage, log-probabilities or ids.
        error: The error that the client gets, or None.
        faults: The faults of the answer.
        answered_by: The origin of the answer.
        step: The number of the step that answered, or None.
        scripted: The step that answered, or None.
        raised: The description of the exception that a user function raised, or "".
    """

    understood: bool
    account: Account | None
    reply: Reply | None
    generated: Reply | None
    draft: Draft | None
    error: ApiError | None
    faults: tuple[Fault, ...]
    answered_by: str
    step: int | None
    scripted: "Step | None"
    raised: str


# Its size does not depend on the values.
OUTLINE: Final = getsizeof(Outline(*(None,) * len(Outline.__struct_fields__)))  # type: ignore[arg-type]
"""Bytes of an outline without what it refers to."""


def outline_of(context: RequestContext, decision: Decision) -> Outline:
    """Return what the journal keeps of a decision."""
    chosen, result = decision.chosen, decision.result
    step = chosen.step if chosen else None
    reply, error = _sent(decision)
    return Outline(
        context.parsed.request is not None,
        context.parsed.head.account,
        reply,
        result if isinstance(result, Reply) else None,
        chosen.own_draft if chosen else None,
        error,
        decision.faults,
        decision.answered_by,
        step.number if step else None,
        step.step if step else None,
        "" if decision.raised is None else described(decision.raised),
    )


def outline_of_spoken(account: Account | None, reply: Reply) -> Outline:
    """Return the same for a reply of the pocket model without faults."""
    return Outline(True, account, reply, reply, None, None, (), POCKET_MODEL, None, None, "")


def _sent(decision: Decision) -> tuple[Reply | None, ApiError | None]:
    """Return the reply and the error that the client gets."""
    result = decision.result
    if isinstance(result, Reply) and not decision.faults:
        return result, None
    if isinstance(result, ReplacementFault):
        from mock_electron.engine.faults.replacement import Fail  # for such faults only

        return None, result.error_sent if isinstance(result, Fail) else None
    if isinstance(result, ApiError):
        return None, result
    reply, error = result if isinstance(result, Reply) else None, None
    for fault in decision.faults:
        if reply is not None and isinstance(fault, DeliveryFault):
            reply, error = fault.left_of(reply), fault.error_sent()
    return reply, error


def size_of_outline(outline: Outline, body: bytes) -> int:
    """Return the memory of what was decided.

    Args:
        outline: What was decided.
        body: The body of the request, of which an error may contain parts.
    """
    size = OUTLINE + size_of_reply(outline.generated)
    if outline.error or outline.faults or outline.draft:
        step = outline.scripted
        is_shared = step is not None and step.answer is outline.draft  # it belongs to the script
        values = outline.error, outline.faults, None if is_shared else outline.draft
        size += getsizeof(outline.raised)
        size += sum([size_of_value(value, body) for value in values if value])
    return size
