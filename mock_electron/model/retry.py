"""The call that a result asks for once more, with another value.

1. "Unknown city Mumbay, perhaps you mean Mumbai?" is answered with the value that it suggests.
2. A failed validation is answered with another value for each parameter that it names: one within the
   bound that it tells, or another one of those that it lists.
3. This happens once. A second result that asks for another call is told.
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.fill.parameters.slots import properties_of
from mock_electron.model.hints import folded, mentions
from mock_electron.model.turn import Done
from mock_electron.model.work import COMPILED, RULE, Work
from mock_electron.wire.request import Tool

HINTS: Final = ("mean", "validation")
SUGGESTED: Final = regex(
    r"\b(?:did|do|perhaps|maybe|might|may|probably) you (?:perhaps |maybe )?mean[ts]?:? "
    r"[\"'“‘]?(?P<value>[^\"'”’?.,;:!\n]{1,60})",
    re.IGNORECASE,
)
INVALID: Final = regex(r"\bvalidation (?:errors?|failed|failure)\b", re.IGNORECASE)
LONGEST: Final = 4000
"""The maximum number of characters of a result that asks for another call."""
ABOUT: Final = 300
"""The characters after the name of a parameter that tell what is wrong with it."""
BOUND: Final = regex(
    r"\b(?P<side>greater|less|more|fewer|at least|at most)"
    r"(?: than)?(?P<equal> or equal to)? (?P<number>-?\d{1,15}(?:\.\d{1,9})?)",
    re.IGNORECASE,
)
LISTED: Final = regex(r"'(?P<value>[^'\n]{1,60})'")


def values_for(tool: Tool, calls: tuple[Done, ...], work: Work) -> dict[str, Any] | None:
    """Return the arguments that the last result asks for; None if it asks for no other call.

    Args:
        tool: The tool that was called last.
        calls: The calls since the user spoke last.
        work: The budget of the request.
    """
    asking = [one for one in calls if _asks(one.result)]
    last = calls[-1]
    if len(asking) != 1 or asking[0] is not last or not isinstance(last.arguments, dict):
        return None
    result, given = last.result or "", last.arguments
    work.charge(RULE + len(result))
    changed = _suggested(result, given) or _valid(result, given, tool, work)
    return {**given, **changed} if changed else None


def _asks(result: str | None) -> bool:
    if not result or len(result) > LONGEST or not mentions(folded(result), HINTS):
        return False
    return SUGGESTED.search(result) is not None or INVALID.search(result) is not None


def _suggested(result: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value that a result suggests, for the text that is most like it."""
    found = SUGGESTED.search(result)
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    if found is None or not texts:
        return {}
    value = found["value"].strip()
    name = max(texts, key=lambda one: _likeness(texts[one], value))
    return {} if texts[name] == value else {name: value}


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:60].lower(), other.lower()).ratio()


def _valid(result: str, given: Mapping[str, Any], tool: Tool, work: Work) -> dict[str, Any]:
    """Return other values for the parameters that a failed validation names."""
    if INVALID.search(result) is None:
        return {}
    changed = {}
    for name, schema in properties_of(tool.parameters).items():
        work.charge(COMPILED)
        found = re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", result)
        if found is not None and name in given:
            about = result[found.end() : found.end() + ABOUT]
            changed[name] = _other(given[name], about, schema if isinstance(schema, dict) else {})
    return {name: value for name, value in changed.items() if value != given[name]}


def _other(value: Any, about: str, schema: Mapping[str, Any]) -> Any:
    """Return another value than one that is wrong.

    Args:
        value: The wrong value.
        about: What is wrong with it.
        schema: Its schema.
    """
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return _within(value, about)
    if isinstance(value, str):
        listed = [found["value"] for found in LISTED.finditer(about)]
        choices = schema.get("enum", listed)
        return next((one for one in choices if one != value), f"{value} (corrected)")
    return value


def _within(value: float, about: str) -> float:
    """Return a number within the bound that a text tells, or else the next number."""
    found = BOUND.search(about)
    if found is None:
        return value + 1
    bound = float(found["number"])
    limit: float = int(bound) if bound.is_integer() and isinstance(value, int) else bound
    side = found["side"].lower()
    if found["equal"] or side.startswith("at"):
        return limit
    return limit + 1 if side in ("greater", "more") else limit - 1
