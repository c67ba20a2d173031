"""What a tool's result says, in words; and whether it reports a failure."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

FAILED: Final = re.compile(
    r"\s*(?:error|exception|traceback|failed|failure|could not|cannot|unable to|invalid|not found"
    r"|unauthori[sz]ed|timed? ?out)\b|.*\b(?:error|exception)\s*:",
    re.IGNORECASE,
)
FAILURE_KEYS: Final = ("error", "errors", "exception")
FAILURE_STATES: Final = ("error", "failed", "failure")
LONGEST: Final = 600
"""Characters of a result that are spoken at most."""

SAID: Final[Mapping[bool | None, str]] = {True: "yes", False: "no", None: "nothing"}


def is_failure(result: str) -> bool:
    """Whether a result reports that the tool has failed."""
    value = _value(result)
    if isinstance(value, dict):
        state = str(value.get("status", "")).lower()
        named = any(value.get(key) for key in FAILURE_KEYS)
        return named or state in FAILURE_STATES or value.get("success") is False
    return isinstance(value, str) and FAILED.match(value) is not None


def in_words(result: str) -> str:
    """A result as it is spoken: `{"temperature": 31}` is "temperature 31"; text is quoted."""
    value = _value(result)
    if isinstance(value, str):
        text = value.strip()
        return f'"{text[:LONGEST]}"' if text else "nothing"
    return ", ".join(_say(value))[:LONGEST] or "nothing"


def _value(result: str) -> object:
    try:
        value: object = json.loads(result)
    except ValueError:
        return result
    return value


def _say(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _say(member, f"{name} {key.replace('_', ' ')}".strip())
    elif isinstance(value, list):
        for member in value:
            yield from _say(member, name)
    elif value is True or value is False or value is None:
        yield f"{name} {SAID[value]}".strip()
    else:
        yield f"{name} {value}".strip()
