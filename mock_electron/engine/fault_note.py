"""Why a requested fault did not apply, or applied elsewhere.

The header `X-Mock-Electron-Fault` and `Exchange.fault_note` have the same text. Only responses to
requests with the header `X-Mock-Electron` have that header.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from mock_electron.engine.decision import Decision
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.requested import NAME as REQUEST_HEADER
from mock_electron.inputs.spelling import echoed
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import Reply

NAME: Final = b"x-mock-electron-fault"


def fault_note(decision: Decision, unmet: Iterable[tuple[Fault, str]]) -> str:
    """Return why faults of an answer did not apply or applied elsewhere; "" if all applied.

    Args:
        decision: The decision.
        unmet: Faults of the reply that did not apply as requested, each with the reason.
    """
    notes = [*_not_requested(decision), *_not_scripted(decision)]
    notes += [f"{_name(fault, decision)} {reason}" for fault, reason in unmet]
    return "; ".join(notes)


def note_headers(note: str) -> Headers:
    """Return the header with a note, in printable ASCII; no header for an empty note."""
    return ((NAME, note.encode("ascii", "backslashreplace")),) if note else ()


def _not_requested(decision: Decision) -> Iterator[str]:
    """Yield why the faults of the request's header did not apply."""
    requested, result = decision.requested, decision.result
    has_request = decision.has_fault_header and (requested.faults or isinstance(result, ApiError))
    if not has_request or decision.gave_requested_faults:
        return
    from mock_electron.engine.faults.header import directive_of

    names = " and ".join(map(directive_of, requested.faults))
    yield f"{names} not applied: {_reason(decision)}".lstrip()


def _reason(decision: Decision) -> str:
    requested, result = decision.requested, decision.result
    if isinstance(result, ApiError):
        impossible = requested.faults and result.message.startswith(REQUEST_HEADER)
        answered = f"the request was answered with the error {result.status}"
        return result.message.removeprefix(f"{REQUEST_HEADER}: ") if impossible else answered
    if not requested.used_up:
        return "another fault replaced the reply"
    used_up = f"times={requested.times} is used up"
    return f"{used_up}, and starts anew" if decision.is_whole_reply else used_up


def _not_scripted(decision: Decision) -> Iterator[str]:
    """Yield why faults of the script's step did not apply."""
    step = decision.chosen.step if decision.chosen else None
    if step is None or not isinstance(decision.result, Reply):
        return
    for fault in step.step.faults:
        if fault not in decision.faults:
            yield f"{_name(fault, decision)} not applied: it needs {fault.needs}"


def _name(fault: Fault, decision: Decision) -> str:
    """Return the directive of a fault that the header asks for, or the `repr` of another fault."""
    is_requested = any(fault is one for one in decision.requested.faults)
    if not is_requested:
        return echoed(fault)
    from mock_electron.engine.faults.header import directive_of

    return directive_of(fault)
