"""Messages about JSON: where the problem is, and what it is, in the words of JSON.

Script files, Python and the control API share the checks of values. Their messages say "a mapping"
for an object, and name Python's classes and arguments; here they become those of the control API.
"""

import json
from ast import literal_eval
from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.control.conditions import WHERE
from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.inputs.spelling import nearest, shortened
from mock_electron.scripts.problems import DocumentPath, ScriptError
from mock_electron.scripts.source import parse
from mock_electron.scripts.wording import EXCERPT

NAMES: Final[Mapping[str, str]] = {fault.__name__: name for name, fault in FAULTS.items()}
"""The names of faults, by their classes in Python."""
ATTRIBUTE: Final = regex(r"([A-Z]\w+)\.(\w+) (?=must )")
CALL: Final = regex(r"([A-Z]\w+)\(\) needs the arguments? (\w+).*")
ECHO: Final = regex(r"\b(?:got|unknown \w+) (?=[\[{(])")
"""What is before a list or an object that a message shows."""
FORM: Final = regex(r"\b(?:write|write a call as|such as) (?=\{)")
"""What is before the right form of a value."""
WORDS: Final[tuple[tuple[Any, str], ...]] = (
    (regex(r"\b(got|unknown \w+) (?:nothing|None)\b"), r"\1 null"),
    (regex(r",? or None\b"), " or null"),
    (regex(r"\ba (?:Plan|Pace)\b(?=,|$|\.)"), "an object"),
    (regex(r"\ba mapping\b"), "an object"),
)
"""Words of Python and of YAML, and those of JSON."""
SUGGESTIONS: Final = (
    regex(r" Did you mean (?:'([^']*)'|\"([^\"]*)\"|(\d+))\?$"),
    regex(r"; write (\w+)(?: instead of \w+)?$"),
)
"""What a message ends with if it suggests a name, or a number such as a status."""
ONLY_WHERE: Final = WHERE.keys() - CONDITIONS.keys()
NOT_IN_WHEN: Final = (
    "unknown condition '{0}': it is about an answer, and only exchanges are selected by it; when "
    "selects requests before they are answered"
)
NUMBER: Final = 3
"""The group of a suggestion that is a number."""
ONLY_NAME: Final = "'; expected '"
"""What is between an unknown name and the only one that is known."""


def suggested(words: str) -> str | int | None:
    """Return the name that a message suggests, or the only one that is possible, if it is near."""
    for pattern in SUGGESTIONS:
        if found := pattern.search(words):
            name: str = next(filter(None, found.groups()), "")
            return int(name) if found.lastindex == NUMBER else name
    before, is_only, known = words.rpartition(ONLY_NAME)
    given = before.rpartition("'")[2]
    has_one = is_only and known.endswith("'") and known.count("'") == 1
    return nearest(given, [known[:-1]]) if has_one else None


def in_json(path: DocumentPath, words: str) -> tuple[DocumentPath, str]:
    """Return the position and the words of a problem of a JSON value.

    Args:
        path: The position. An attribute of a fault in the words makes it longer.
        words: The words.
    """
    if path[-2:-1] == ("when",) and path[-1] in ONLY_WHERE and words.startswith("unknown cond"):
        return path, NOT_IN_WHEN.format(path[-1])
    if found := ATTRIBUTE.match(words):
        above = path[:-1] if path[-1:] == (found[2],) else path
        path = (*_below(above, NAMES.get(found[1])), found[2])
        words = f"{found[2]} {words[found.end() :]}"
    elif (found := CALL.match(words)) and found[1] in NAMES:
        name = NAMES[found[1]]
        path, words = _below(path, name), f"{name} must have the field {found[2]!r}"
    for pattern, replacement in WORDS:
        words = pattern.sub(replacement, words)
    return path, _after(FORM, _form, _after(ECHO, _echo, words))


def _below(path: DocumentPath, name: str | None) -> DocumentPath:
    return path if name is None or path[-1:] == (name,) else (*path, name)


def _after(before: Any, change: Callable[[str], str], words: str) -> str:
    """Return words in which the value after a pattern, up to a semicolon, is changed."""
    found = before.search(words)
    if found is None:
        return words
    value, semicolon, rest = words[found.end() :].partition("; ")
    return f"{words[: found.end()]}{change(value)}{semicolon}{rest}"


def _echo(value: str) -> str:
    """Return a value that a message shows as JSON."""
    try:
        shown = json.dumps(literal_eval(value), ensure_ascii=False, default=list)
    except (ValueError, SyntaxError, TypeError):  # it is shortened
        shown = value.replace("'", '"')
    return shortened(shown, 2 * EXCERPT)


def _form(value: str) -> str:
    """Return the right form of a value as JSON."""
    try:
        return json.dumps(parse(value.encode(), "").document, ensure_ascii=False)
    except ScriptError:  # it is shortened, or no value
        return value
