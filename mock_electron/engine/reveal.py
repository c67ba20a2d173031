"""The headers that the setting `reveal` adds: the exchange, the step, and the faults.

They tell a client that cannot read the journal what answered it. A fault that was requested and did
not apply is in `X-Mock-Electron-Fault` as well, with the reason.
"""

from collections.abc import Iterator
from typing import Final

from mock_electron.engine.answer import Answer
from mock_electron.engine.decision import Decision
from mock_electron.engine.fault_note import NAME as FAULT_HEADER
from mock_electron.engine.fault_note import note_headers
from mock_electron.engine.faults.fault import Fault
from mock_electron.wire.headers import Headers

EXCHANGE_HEADER: Final = b"x-mock-electron-exchange"
STEP_HEADER: Final = b"x-mock-electron-step"


def revealed(answer: Answer, decision: Decision, number: int) -> Headers:
    """Return the headers of an answer with those that reveal what answered.

    Args:
        answer: The answer.
        decision: The decision on the request.
        number: The number of the exchange, as the journal shows it.
    """
    if not answer.headers:
        return ()  # a fault sends none
    kept = [header for header in answer.headers if header[0] != FAULT_HEADER]
    note = "; ".join([*_applied(decision), *filter(None, [answer.fault_note])])
    step = () if decision.step is None else ((STEP_HEADER, b"%d" % decision.step),)
    return (*kept, (EXCHANGE_HEADER, b"%d" % number), *step, *note_headers(note))


def _applied(decision: Decision) -> Iterator[str]:
    """Yield the faults of an answer, without those that the note explains."""
    if decision.faults:
        yield f"{', '.join(map(_name, decision.faults))} applied"


def _name(fault: Fault) -> str:
    from mock_electron.engine.faults.by_name import FAULTS

    names = {kind: name for name, kind in FAULTS.items()}
    return names.get(type(fault), "fail")
