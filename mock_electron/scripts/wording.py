"""Messages about the values and names in script files."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from mock_electron._regex import regex
from mock_electron.inputs.spelling import did_you_mean, nearest, shortened, unknown
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.schema import FAIL, FAULT, REPLY, STEP, WHEN
from mock_electron.wire.errors import KINDS
from mock_electron.wire.schema import PARAMETERS

CALL_KEYS: Final = "one key, the name of a tool with its arguments, and may have id"
CALL_FIELDS: Final = frozenset({"name", "arguments", "function", "tool"})
"""Keys of calls in the OpenAI format."""
CALL_FORM: Final = "; write a call as {get_weather: {city: Pune}}"
ID_NAMES: Final = frozenset({"id", "callid", "toolcallid"})
"""Keys of calls that mean `id`, in lowercase without punctuation."""
NO_TOOL: Final = (
    "call must have the name of a tool next to id; write {get_weather: {city: Pune}, id: call_1}"
)
NON_EMPTY: Final = "a non-empty string"
FIELD: Final = regex(r"(?:unknown |[A-Z]\w+\.)?(\w+):? ")
"""The beginning of a message about a field."""
NOUNS: Final = {"error": "kind"}
"""What messages call the value of a field, and the field."""
EXCERPT: Final = 40
"""The maximum number of characters of a value that a message shows."""


def shown(value: object) -> str:
    """Return a value as messages show it, shortened."""
    text = "nothing" if value is None else "".join(_parts(value, EXCERPT))
    text = text.lower() if isinstance(value, bool) else text
    return shortened(text, EXCERPT)


def listed(names: Iterable[str]) -> str:
    """Return names as messages list them, shortened."""
    return shortened(", ".join(map(shown, islice(names, EXCERPT))), EXCERPT)


def _parts(value: object, room: int) -> Iterator[str]:
    """Yield the repr of a value in parts, and stop soon after `room` characters.

    The whole repr of a value that aliases repeat can be many times larger than the file.
    """
    if not isinstance(value, list | dict) or not value:
        yield repr(value[: room + 1] if isinstance(value, str) else value)
        return
    opening, closing = ("[", "]") if isinstance(value, list) else ("{", "}")
    before = opening
    for key in value:
        if room <= 0:
            return
        member = value[key] if isinstance(value, dict) else key
        name = f"{''.join(_parts(key, room))}: " if isinstance(value, dict) else ""
        text = before + name + "".join(_parts(member, room))
        before, room = ", ", room - len(text)
        yield text
    yield closing


def call_form(keys: Iterable[str]) -> str:
    """Return how to write a call with the wrong keys, or ""."""
    form = "" if CALL_FIELDS.isdisjoint(keys) else CALL_FORM
    instead_of_id = next(filter(means_id, keys), "")
    return form + (f"; write id instead of {instead_of_id}" if instead_of_id else "")


def means_id(key: str) -> bool:
    """Return whether a user has written a key of a call instead of `id`."""
    letters = re.sub("[^a-z]", "", key.lower())
    return key != "id" and (letters in ID_NAMES or nearest(letters, ["id"]) is not None)


def plain(value: object) -> str:
    """Return a value as a YAML file contains it, without quotation marks if it needs none."""
    is_word = isinstance(value, str) and value.replace(" ", "").isalpha()
    return shortened(str(value), EXCERPT) if is_word else shown(value)


def field_path(words: str, given: object) -> tuple[str, ...]:
    """Return the path of the field of an object that a message begins with; () for none."""
    found = FIELD.match(words)
    if found is None or not isinstance(given, dict):
        return ()
    names = (found[1], NOUNS.get(found[1], ""))
    return next(((name,) for name in names if name in given), ())


def unknown_value(field: str, value: object, choices: Sequence[object]) -> str:
    """Return the message for a value that is not one of the choices of a field."""
    what = ENUMS.get(field, field)
    if field in FAULT_FIELDS and (form := _other_fault(value, field)):
        return f"unknown {what} {shown(value)}{form}"
    hint = did_you_mean(value, choices) if len(choices) > 1 else ""
    expected = ", ".join([*map(repr, choices), *ALTERNATIVES.get(field, ())])
    expected += "." if hint else ""
    return f"unknown {what} {shown(value)}; expected one of {expected}{hint}"


ENUMS: Final = {"fail": "error", "kind": "error", "inject": "fault", "only": "part"}
"""What messages call a value of these fields. Values of other fields are called like the field."""


FAULT_FIELDS: Final = ("fault", "inject")
"""The fields that take a fault: in the control API, and in a step."""
ERROR_NAMES: Final = {
    "ratelimit": 429,
    "ratelimited": 429,
    "error": 503,
    "status": 503,
    "fail": 503,
}
"""What else users call an error, in lowercase without punctuation, and an error as an example."""


OTHER_FAULTS: Final = {
    "timeout": "silence or stall",
    "delay": "stall",
    "disconnect": "cut, close or reset",
}
"""The faults that other names mean."""


def _other_fault(given: object, field: str) -> str:
    """Return what to write for an error, or for a fault that other fakes have, or ""."""
    if form := error_form(given, field):
        return form
    return (
        f"; write {OTHER_FAULTS[given]}" if isinstance(given, str) and given in OTHER_FAULTS else ""
    )


def error_form(given: object, field: str) -> str:
    """Return how to write an error that a user has written as another fault, or "".

    Args:
        given: What the user has written, such as 429, "429" or "rate_limit".
        field: The field: one of `FAULT_FIELDS`.
    """
    kinds = {str(kind): kind for kind in KINDS} | ERROR_NAMES
    text = str(given)
    kind = kinds.get(text, kinds.get(re.sub("[^a-z]", "", text.lower())))
    if kind is None or isinstance(given, bool):
        return ""
    return f"; write fail: {kind} instead" if field == "inject" else f"; write {{fail: {kind}}}"


ALTERNATIVES: Final = {"pace": ("or a mapping such as {first: 1, each: 0}",)}
"""What messages list after the choices of these fields."""


def unknown_field(name: str, schema: Schema) -> str:
    """Return the message for a field that the schema of an object does not list."""
    title, known = schema["title"], schema["properties"]
    what = FIELDS.get(title, f"{title} field")
    name = shortened(name, EXCERPT)
    place = _right_place(name, title)
    if place:
        return f"unknown {what} {name!r}. {place}"
    if title == "fault" and (form := _other_fault(name, "fault" if "fail" in known else "inject")):
        return f"unknown {what} {name!r}{form}"
    if (title, name) in SYNONYMS:
        return f"unknown {what} {name!r}; write {SYNONYMS[title, name]}"
    return unknown(what, name, known)


FIELDS: Final = {
    "when": "condition",
    "parameters": "request parameter",
    "settings": "setting",
    "fault": "fault",
    "assertions": "assertion",
    "arguments": "argument",
    **dict.fromkeys(("body", "advance", "reset", "injection", "steps"), "field"),
}
"""What messages call a field of these objects."""


SYNONYMS: Final = {
    ("fail", "status"): "kind",
    ("fail", "code"): "kind",
    ("fail", "error"): "kind",
    ("text", "pattern"): "regex",
}
"""The fields that other names mean, by the title of the object and the name."""


def _right_place(name: str, title: str) -> str:
    """Return where a field belongs if it is one level too high or too low, else ""."""
    if title in PARTS and name in STEP["properties"]:
        return f"It goes next to {title}."
    if title == "injection" and (name == "fail" or name in FAULT["properties"]):
        return "It goes inside fault."
    if title == "script" and name in STEP["properties"]:
        return "It goes inside a step, below steps."
    if title == "when" and name in PARAMETERS:
        return "It goes inside parameters."
    parts = [part for part, schema in PARTS.items() if name in schema["properties"]]
    return f"It goes inside {' or '.join(parts)}." if title == "step" and parts else ""


PARTS: Final = {"when": WHEN, "reply": REPLY, "fail": FAIL}
