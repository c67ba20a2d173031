"""The values of the steps in a script file, as the engine takes them.

Their schema is checked already.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.replacement import Fail, fail
from mock_electron.engine.pace import Pace, parse_pace
from mock_electron.engine.script.match import Match
from mock_electron.inputs.checks import must_be
from mock_electron.model.draft import Call, Draft
from mock_electron.model.scripted import call, reply
from mock_electron.scripts.conditions import read_condition
from mock_electron.scripts.problems import DocumentPath, Found, WrongError
from mock_electron.scripts.reply_texts import ID, call_names
from mock_electron.scripts.wording import field_path
from mock_electron.wire import codec

Value = TypeVar("Value")
BASE64: Final = "base64"
SAMPLES: Final[Mapping[str, Any]] = {
    "kind": 503,
    "seconds": 1,
    "by": 1,
    "retry_after": 1,
    "page": "nginx",
    "frames": ["x"],
}
"""Right values of the fields that others need. With one in the place of a wrong value, the other
fields are checked."""


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
    return read_fields(fail, given) if isinstance(given, dict) else fail(given)


def read_pace(given: str | dict[str, float]) -> Pace:
    """Return a pace: its name, or its times."""
    return read_fields(Pace, given) if isinstance(given, dict) else parse_pace(given)


def read_fault(given: str | dict[str, dict[str, Any]]) -> Fault:
    """Return a fault: a name, or one name with its options.

    Raises:
        WrongError: If options are wrong.
    """
    if isinstance(given, str):
        return FAULTS[given]()
    [(name, options)] = given.items()
    try:
        return read_fault_named(name, options)
    except WrongError as error:
        raise error.below(name) from error


def read_fault_named(name: str, given: dict[str, Any]) -> Fault:
    """Return the fault with this name and these options.

    Raises:
        WrongError: If options are wrong.
    """
    frames = _frames(given["frames"]) if "frames" in given else []
    return read_fields(FAULTS[name], given | ({"frames": frames} if frames else {}))


def _frames(given: Sequence[str | dict[str, str]]) -> list[str | bytes]:
    """Return the frames of `Raw`: texts, or the bytes of their base64."""
    frames, found = list[str | bytes](), list[Found]()
    for index, frame in enumerate(given):
        if isinstance(frame, str):
            frames.append(frame)
            continue
        try:
            frames.append(b64decode(frame[BASE64], validate=True))
        except ValueError:
            words = must_be(BASE64, "valid base64", frame[BASE64])
            found.append((("frames", index, BASE64), words))
    if found:
        raise WrongError(found)
    return frames


def read_fields(make: Callable[..., Value], given: Mapping[str, Any]) -> Value:
    """Return what a function makes of the fields of an object.

    Args:
        make: The function. The message of what it raises begins with the wrong field.
        given: The fields.

    Raises:
        WrongError: If fields are wrong; all are listed.
    """
    try:
        return make(**given)
    except (TypeError, ValueError) as error:
        raise WrongError(_wrong_fields(make, given, str(error))) from error


def _wrong_fields(
    make: Callable[..., object], given: Mapping[str, Any], words: str
) -> Iterator[Found]:
    """Yield each wrong field. After the first one, the others are checked without it."""
    rest, seen = dict(given), set[DocumentPath]()
    while words and (path := field_path(words, rest)) not in seen:
        yield path, words
        if not path:
            return
        seen.add(path)
        [name] = path
        if name in SAMPLES:
            rest[name] = SAMPLES[name]
        else:
            del rest[name]
        words = _refusal(make, rest)


def _refusal(make: Callable[..., object], given: Mapping[str, Any]) -> str:
    """Return why a function does not accept these fields, or ""."""
    try:
        make(**given)
    except (TypeError, ValueError) as error:
        return str(error)
    return ""
