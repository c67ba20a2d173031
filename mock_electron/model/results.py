"""Tool results: their values, their wording in a sentence, and whether they report a failure."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.literals import read_json, read_printed
from mock_electron.wire import codec

FAILED: Final = regex(
    r"\s*(?:error|exception|traceback|failed|failure|could not|cannot|unable to|invalid|not found"
    r"|unauthori[sz]ed|timed? ?out)\b|.*\b(?:error|exception)\s*:",
    re.IGNORECASE,
)
FAILURE_KEYS: Final = ("error", "errors", "exception")
FAILURE_STATES: Final = ("error", "failed", "failure")
LONGEST: Final = 600
"""The maximum number of characters of a result that a reply speaks."""

SAID: Final[Mapping[bool | None, str]] = {True: "yes", False: "no", None: "nothing"}


def is_failure(result: str) -> bool:
    """Whether a result reports that the tool has failed."""
    value = value_of(result)
    if isinstance(value, dict):
        state = str(value.get("status", "")).lower()
        named = any(value.get(key) for key in FAILURE_KEYS)
        return named or state in FAILURE_STATES or value.get("success") is False
    return isinstance(value, str) and FAILED.match(value) is not None


def in_words(result: str) -> str:
    """A result as it is spoken: `{"temperature": 31}` is "temperature 31"; text is quoted."""
    value = value_of(result)
    if isinstance(value, str):
        text = value.strip()
        return f'"{text[:LONGEST]}"' if text else "nothing"
    return ", ".join(_say(value))[:LONGEST] or "nothing"


def value_of(result: str) -> object:
    """A result as a value: JSON, or what Python prints of one; else the text as it is."""
    if not result or len(result) > LONGEST_READ:
        return result  # the readers would raise an exception for an empty one
    for read in READERS:
        with suppress(ValueError):
            return read(result)
    return result


def as_document(result: str, tool: str) -> str:
    """A result in JSON, so that arguments can be taken from it: a bare value under the tool's name."""
    value = value_of(result)
    if isinstance(value, str) and len(value.split()) > FEW_WORDS:
        return result
    document = value if isinstance(value, dict | list) else {tool: value}
    try:
        return codec.encode(document).decode()
    except TypeError:
        return result


READERS: Final[tuple[Callable[[str], object], ...]] = (read_json, read_printed)
LONGEST_READ: Final = 20_000
READING: Final = 100
"""Units of work to find out whether a result is JSON."""


def reading_cost(result: str) -> int:
    """The units of work that `value_of` takes: a Python literal takes more than JSON."""
    if len(result) > LONGEST_READ or result[:1].isalpha():
        return READING + len(result) // 10
    return READING + len(result) * 6


FEW_WORDS: Final = 5
"""A longer text is a sentence, not a value."""


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
