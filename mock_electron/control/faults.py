"""`/lanes/{name}/faults`: faults that are injected into the answers of a lane."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas, views
from mock_electron.control.context import answer, lane_of, number_of, publish
from mock_electron.control.refused import Invalid, Missing
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.script.match import ANY
from mock_electron.scripts.problems import DocumentPath
from mock_electron.scripts.reader import read_failure, read_fault, read_match
from mock_electron.scripts.wording import field_path

SELECTING = ("times", "every", "rate", "when")


def list_faults(request: Request) -> Response:
    """Return the injected faults, and how often each has applied."""
    return answer({"faults": [views.fault(one) for one in lane_of(request).injected()]})


async def inject(request: Request) -> Response:
    """Inject a fault. Without times, every, rate or when, it affects the next request."""
    lane = lane_of(request)
    given = await bodies.read(request, schemas.FAULT_BODY)
    number = lane.inject(_injection(given))
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
        raise Missing.of("fault", number, [one.number for one in lane.injected()])
    publish(request, "faults")
    return answer({"faults": [views.fault(one) for one in lane.injected()]})


def _injection(given: dict[str, Any]) -> Injection:
    """Return the injection of a body.

    Raises:
        Invalid: If a value is wrong; all are listed.
    """
    problems: list[tuple[DocumentPath, str]] = []
    fault: Fault | None = None
    match = ANY
    try:
        fault = _fault(given["fault"])
    except (TypeError, ValueError) as error:
        problems.append((("fault",), str(error)))
    for name, value in given.get("when", {}).items():
        try:
            match = read_match({name: value})
        except (TypeError, ValueError) as error:
            problems.append((("when", name), str(error)))
    if problems or fault is None:
        raise Invalid.of(problems)
    match = read_match(given.get("when", {}))
    chosen = {name: given[name] for name in SELECTING[:3] if given.get(name) is not None}
    if not chosen and not match.size:
        chosen = {"times": 1}
    try:
        return Injection(fault, **chosen, match=match)
    except (TypeError, ValueError) as error:
        raise Invalid.of([(field_path(str(error), given), str(error))]) from None


def _fault(given: Any) -> Fault:
    """Return a fault: a name, or one name with its options. `fail` is an error."""
    if isinstance(given, dict) and "fail" in given:
        return read_failure(given["fail"])
    return read_fault(given)
