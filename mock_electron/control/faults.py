"""`/lanes/{name}/faults`: faults that are injected into the answers of a lane."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas, views
from mock_electron.control.context import answer, lane_of, number_of, publish, require_open
from mock_electron.control.given import Given
from mock_electron.control.refused import Conflict, Missing
from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.script.match import Match
from mock_electron.scripts.problems import WrongError
from mock_electron.scripts.step_values import read_failure, read_fault, read_match

MOST_FAULTS: Final = 1_000
"""The maximum number of injected faults of a lane that have uses left. Each request tries all."""
TOO_MANY: Final = (
    f"a lane can have at most {MOST_FAULTS} faults that have uses left; remove those that are no "
    "longer needed"
)
SELECTING: Final = ("times", "every", "rate")
"""The fields that select requests by their number."""


def list_faults(request: Request) -> Response:
    """Return the injected faults, and how often each has applied."""
    return answer({"faults": [views.fault(one) for one in lane_of(request).injected()]})


async def inject(request: Request) -> Response:
    """Inject a fault. Without times, every, rate or when, it affects the next request."""
    lane = lane_of(request)
    given = await bodies.read(request, schemas.FAULT_BODY)
    injection = _injection(given)
    require_open(request, lane)
    if lane.number_of_faults >= MOST_FAULTS:
        raise Conflict(TOO_MANY)
    number = lane.inject(injection)
    publish(request, "faults")
    return answer({"id": number}, 201)


async def clear_faults(request: Request) -> Response:
    """Remove all injected faults."""
    lane = lane_of(request)
    lane.clear_faults()
    publish(request, "faults")
    return answer({"faults": []})


async def remove_fault(request: Request) -> Response:
    """Remove one injected fault."""
    lane, number = lane_of(request), number_of(request, "id", "fault")
    if not lane.remove_fault(number):
        raise Missing.numbered("fault", number, [one.number for one in lane.injected()])
    publish(request, "faults")
    return answer({"faults": [views.fault(one) for one in lane.injected()]})


def _injection(given: Given) -> Injection:
    """Return the injection of a body.

    Raises:
        Invalid: If a value is wrong; all are listed.
    """
    body = given.document
    fault = (
        given.read(("fault",), _fault, body["fault"], by_field=True) if "fault" in body else None
    )
    when = body.get("when", {})
    for name, value in when.items() if isinstance(when, dict) else ():
        given.read(("when", name), _match, name, value)
    chosen = {name: body[name] for name in SELECTING if body.get(name) is not None}
    for name, value in chosen.items():
        given.read((name,), _selecting, name, value)
    given.require_valid()
    assert fault is not None
    match = read_match(when)
    if not chosen and not match.size:
        chosen = {"times": 1}
    return Injection(fault, **chosen, match=match)


def _match(name: str, value: Any) -> Match:
    return read_match({name: value})


def _selecting(name: str, value: Any) -> Injection:
    """Return an injection of any fault, which checks what selects its requests."""
    return Injection(FAULTS["cut"](), **{name: value})


def _fault(given: Any) -> Fault:
    """Return a fault: a name, or one name with its options. `fail` is an error."""
    if isinstance(given, dict) and "fail" in given:
        try:
            return read_failure(given["fail"])
        except WrongError as error:
            raise error.below("fail") from error
    return read_fault(given)
