"""The values of the steps in a script file, as the engine takes them.

Their schema is checked already.
"""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.replacement import Fail, fail
from mock_electron.engine.pace import Pace, parse_pace
from mock_electron.engine.script.match import Match
from mock_electron.inputs.checks import must_be
from mock_electron.model.draft import Call, Draft
from mock_electron.model.scripted import call, reply
from mock_electron.scripts.conditions import read_condition
from mock_electron.scripts.reply_texts import ID, call_names
from mock_electron.wire import codec


def read_match(given: Mapping[str, Any]) -> Match:
    """Return the match with these conditions.

    Raises:
        TypeError: If a value has the wrong type.
        ValueError: If a value matches nothing or everything.
    """
    return Match.of(**{name: read_condition(name, value) for name, value in given.items()})


def checked_condition(name: str, given: Any) -> Any:
    """Return a condition's value as `Match.of` takes it.

    Raises:
        TypeError: If it has the wrong type.
        ValueError: If it matches nothing or everything.
    """
    condition = read_condition(name, given)
    Match.of(**{name: condition})  # raises an error if the value is wrong
    return condition


def read_reply(given: str | dict[str, Any]) -> Draft:
    """Return a reply: a text, or an object with text or calls.

    Raises:
        ValueError: If it cannot be sent.
    """
    return reply(given) if isinstance(given, str) else _draft_of(given)


def _draft_of(given: dict[str, Any]) -> Draft:
    options = {name: value for name, value in given.items() if name not in ("text", "calls")}
    parts = [given["text"]] if "text" in given else []
    parts += map(_call, given.get("calls", []))
    if not parts:
        raise ValueError("reply must have text or calls")
    if "text" in given and ("calls" in given or "filler" in given):
        raise ValueError("reply must have either text, or calls with an optional filler")
    return reply(*parts, **options)


def _call(given: str | dict[str, str | dict[str, Any]]) -> Call:
    if isinstance(given, str):
        return call(given)
    [name] = call_names(given)
    made = _call_without_id(name, given[name])
    return made.with_id(str(given[ID])) if len(given) > 1 else made


def _call_without_id(name: str, arguments: str | dict[str, Any]) -> Call:
    if isinstance(arguments, str):  # sent unchanged; a model may write invalid JSON
        return Call(call(name).name, codec.checked_text(arguments, "an argument"))
    return call(name, **arguments)


def read_failure(given: Any) -> Fail:
    """Return the error of a step: a status, a name, or an object with options."""
    return fail(**given) if isinstance(given, dict) else fail(given)


def read_pace(given: str | dict[str, float]) -> Pace:
    """Return a pace: its name, or its times."""
    return Pace(**given) if isinstance(given, dict) else parse_pace(given)


def read_fault(given: str | dict[str, dict[str, Any]]) -> Fault:
    """Return a fault: a name, or one name with its options."""
    [(name, arguments)] = given.items() if isinstance(given, dict) else [(given, {})]
    frames = [_frame(frame) for frame in arguments.get("frames", ())]
    return FAULTS[name](**arguments | ({"frames": frames} if frames else {}))


def _frame(given: str | dict[str, str]) -> str | bytes:
    """Return a frame of `Raw`: a text, or the bytes of its base64."""
    if isinstance(given, str):
        return given
    try:
        return b64decode(given["base64"], validate=True)
    except ValueError as error:
        raise ValueError(must_be("base64", "valid base64", given["base64"])) from error
