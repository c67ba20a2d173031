"""`/lanes/{name}/steps`: the script of a lane. `/check`: a dry run of a script."""

from collections.abc import Sequence
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas, views
from mock_electron.control.context import answer, lane_of, number_of, publish, require_open
from mock_electron.control.given import Given
from mock_electron.control.refused import Conflict, Missing
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.script import Script, StepState
from mock_electron.engine.script.shadow import MOST_COMPARED, shadows
from mock_electron.engine.script.step import Step
from mock_electron.scripts.problems import NOT_LISTED, Problem, ScriptError, WrongError
from mock_electron.scripts.reader import Check, accepts_all, steps_of
from mock_electron.scripts.source import ScriptSource, parse

SCRIPT: Final = "script"
"""The name of a script that is a text in a body, for the places of its steps."""
MOST_STEPS: Final = 10_000
"""The maximum number of steps of a lane that the control API adds them to. A request is compared
with each while all others wait."""
BOTH: Final = "the body must have either steps or script, not both"

TOO_MANY: Final = (
    f"a lane can have at most {MOST_STEPS} steps, and this one has {{}} already; remove those that "
    "are no longer needed"
)


def read_steps(given: Given, lane: Lane | None = None) -> tuple[Step, ...]:
    """Return the steps in the fields `steps` and `script` of a body.

    Args:
        given: The body, which gets their problems.
        lane: The lane that must accept them, if any.
    """
    body, check = given.document, lane.problems_of if lane else accepts_all
    if {"steps", SCRIPT} <= body.keys():
        given.add((), BOTH)
    found: list[Step] = []
    for name, read in (("steps", _of_list), (SCRIPT, _of_text)):
        if name in body and not given.is_wrong((name,)):
            found += given.read((name,), read, check, body[name]) or ()
    if lane is not None and len(found) > MOST_STEPS:
        given.add((), f"the body must have at most {MOST_STEPS} steps, got {len(found)}")
    return tuple(found)


async def _given_steps(request: Request) -> Given:
    """Return the body of a request: a step, a list of steps, or an object with steps or script."""
    given = await bodies.read(request)
    body = given.document
    if not isinstance(body, dict) or not {"steps", SCRIPT} & body.keys():
        return Given({"steps": body if isinstance(body, list) else [body]})
    given.check(schemas.STEPS_BODY)
    return given


def _steps_for(lane: Lane | None, given: Given) -> tuple[Step, ...]:
    """Return the steps of a body.

    Raises:
        Invalid: If they have problems; all are listed.
    """
    steps = read_steps(given, lane)
    given.require_valid()
    return steps


def _of_list(check: Check, steps: object) -> tuple[Step, ...]:
    try:
        return steps_of(ScriptSource("", {"steps": steps}, {}), check)
    except ScriptError as error:
        raise WrongError((one.path[1:], one.words) for one in error.problems) from None


def _of_text(check: Check, text: str) -> tuple[Step, ...]:
    try:
        return steps_of(parse(text.encode(), SCRIPT), check)
    except ScriptError as error:
        raise WrongError((one.path, _in_text(one)) for one in error.problems) from None


def _in_text(problem: Problem) -> str:
    """Return the words of a problem with its line, unless they are about the whole text."""
    has_line = problem.line and problem.words != NOT_LISTED
    return f"line {problem.line}: {problem.words}" if has_line else problem.words


def _listed(lane: Lane) -> dict[str, Any]:
    return {"steps": [views.step(state) for state in lane.script()]}


def list_steps(request: Request) -> Response:
    """Return the steps with their uses."""
    return answer(_listed(lane_of(request)))


def get_step(request: Request) -> Response:
    """Return one step."""
    lane, number = lane_of(request), number_of(request, "number", "step")
    for state in lane.script():
        if state.number == number:
            return answer(views.step(state))
    raise _missing(lane, number)


async def add_steps(request: Request) -> Response:
    """Append steps. Return them, and a warning for each that never answers."""
    lane, given = lane_of(request), await _given_steps(request)
    added = await anyio.to_thread.run_sync(_add, request, lane, given)
    publish(request, "steps")
    return added


def _add(request: Request, lane: Lane, given: Given) -> Response:
    steps = _steps_for(lane, given)
    require_open(request, lane)
    states = lane.add_all(steps, MOST_STEPS)
    if states is None:
        raise Conflict(TOO_MANY.format(lane.number_of_steps))
    warnings = [
        words for state in states[:MOST_COMPARED] if (words := lane.shadow_of(state.number))
    ]
    return answer({"steps": list(map(views.step, states)), "warnings": warnings}, 201)


async def replace_steps(request: Request) -> Response:
    """Replace all steps."""
    lane, given = lane_of(request), await _given_steps(request)
    replaced = await anyio.to_thread.run_sync(_replace, request, lane, given)
    publish(request, "steps")
    return replaced


def _replace(request: Request, lane: Lane, given: Given) -> Response:
    steps = _steps_for(lane, given)
    require_open(request, lane)
    states = lane.replace_script(steps)
    return answer({"steps": list(map(views.step, states)), "warnings": _warnings(states)})


async def remove_steps(request: Request) -> Response:
    """Remove all steps."""
    lane = lane_of(request)
    lane.replace_script(())
    publish(request, "steps")
    return answer(_listed(lane))


def remove_step(request: Request) -> Response:
    """Remove one step. The others keep their numbers."""
    lane, number = lane_of(request), number_of(request, "number", "step")
    if not lane.remove_step(number):
        raise _missing(lane, number)
    publish(request, "steps")
    return answer(_listed(lane))


async def check_script(request: Request) -> Response:
    """Check a script without changing a lane."""
    return await anyio.to_thread.run_sync(_checked, await _given_steps(request))


def _checked(given: Given) -> Response:
    script = Script()
    script.replace(_steps_for(None, given))
    steps = [views.step(state) for state in script.states]
    return answer({"ok": True, "steps": steps, "warnings": _warnings(script.states)})


def _warnings(states: Sequence[StepState]) -> list[str]:
    """Return why steps never answer. Of a long script, the first steps are compared."""
    return list(shadows(states[:MOST_COMPARED]))


def _missing(lane: Lane, number: int) -> Missing:
    return Missing.numbered("step", number, [state.number for state in lane.script()])
