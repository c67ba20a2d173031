"""`/lanes/{name}/steps`: the script of a lane. `/check`: a dry run of a script."""

from collections.abc import Sequence
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas, views
from mock_electron.control.context import answer, lane_of, number_of, publish
from mock_electron.control.refused import Invalid, Missing
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.script import Script, StepState
from mock_electron.engine.script.shadow import MOST_COMPARED, shadows
from mock_electron.engine.script.step import Step
from mock_electron.scripts.problems import ScriptError
from mock_electron.scripts.reader import loads, steps_of
from mock_electron.scripts.source import ScriptSource

SCRIPT: Final = "script"
"""The name of a script that is a text in a body, for the places of its steps."""
BOTH: Final = "the body must have either steps or script"


def read_steps(document: Any, lane: Lane | None = None) -> tuple[Step, ...]:
    """Return the steps of a body: a step, a list of steps, or an object with steps or script.

    Args:
        document: The body.
        lane: The lane that must accept them, if any.

    Raises:
        Invalid: If the steps have problems; all are listed.
    """
    steps = _steps(document)
    refused = [
        (("steps", number), words)
        for number, step in enumerate(steps)
        for words in (lane.problems_of(step) if lane else ())
    ]
    if refused:
        raise Invalid.of(refused)
    return steps


def _steps(document: Any) -> tuple[Step, ...]:
    if isinstance(document, list):
        return _of_list(document)
    is_script = isinstance(document, dict) and bool({"steps", SCRIPT} & document.keys())
    if not is_script:
        return _of_list([document])
    bodies.check_document(_without_steps(document), schemas.STEPS_BODY)
    if {"steps", SCRIPT} <= document.keys():
        raise Invalid.of([((), BOTH)])
    return _of_text(document[SCRIPT]) if SCRIPT in document else _of_list(document["steps"])


def _without_steps(document: dict[str, Any]) -> dict[str, Any]:
    """Return a body without its steps, which `steps_of` checks."""
    return {name: value for name, value in document.items() if name != "steps"}


def _of_list(steps: object) -> tuple[Step, ...]:
    try:
        return steps_of(ScriptSource("", {"steps": steps}, {}))
    except ScriptError as error:
        raise Invalid.of_script(error) from None


def _of_text(text: str) -> tuple[Step, ...]:
    try:
        return loads(text.encode(), SCRIPT)
    except ScriptError as error:
        raise Invalid.of_script(error, (SCRIPT,)) from None


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
    lane, document = lane_of(request), await bodies.read_any(request)
    added = await anyio.to_thread.run_sync(_add, lane, document)
    publish(request, "steps")
    return added


def _add(lane: Lane, document: Any) -> Response:
    numbers = [lane.add(step) for step in read_steps(document, lane)]
    warnings = [words for one in numbers[:MOST_COMPARED] if (words := lane.shadow_of(one))]
    added = [views.step(lane.state_of_step(number)) for number in numbers]
    return answer({"steps": added, "warnings": warnings}, 201)


async def replace_steps(request: Request) -> Response:
    """Replace all steps."""
    lane, document = lane_of(request), await bodies.read_any(request)
    replaced = await anyio.to_thread.run_sync(_replace, lane, document)
    publish(request, "steps")
    return replaced


def _replace(lane: Lane, document: Any) -> Response:
    lane.replace_script(read_steps(document, lane))
    return answer(_listed(lane) | {"warnings": _warnings(lane.script())})


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
    return await anyio.to_thread.run_sync(_checked, await bodies.read_any(request))


def _checked(document: Any) -> Response:
    script = Script()
    script.replace(read_steps(document))
    steps = [views.step(state) for state in script.states]
    return answer({"ok": True, "steps": steps, "warnings": _warnings(script.states)})


def _warnings(states: Sequence[StepState]) -> list[str]:
    """Return why steps never answer. Of a long script, the first steps are compared."""
    return list(shadows(states[:MOST_COMPARED]))


def _missing(lane: Lane, number: int) -> Missing:
    return Missing.of("step", number, [state.number for state in lane.script()])
