"""Hints about an attribute of `electron` that is called, and about a method that is awaited."""

import linecache
import re
from collections.abc import Iterable, Iterator
from traceback import walk_tb
from typing import Final

from mock_electron._regex import regex

CALL: Final = regex(r"(?P<await>\bawait\s+)?\b(?P<variable>\w+)\.(?P<name>\w+)\(")


def wrong_calls(electron: object, errors: Iterable[BaseException]) -> Iterator[str]:
    """Yield what to write instead of a call whose line raised a TypeError.

    Args:
        electron: The object of the test.
        errors: The exceptions of the test.
    """
    for error in errors:
        steps = list(walk_tb(error.__traceback__)) if isinstance(error, TypeError) else []
        for frame, number in steps[-1:]:
            line = linecache.getline(frame.f_code.co_filename, number, frame.f_globals)
            for call in CALL.finditer(line):
                if frame.f_locals.get(call["variable"]) is electron:
                    yield from _hint(type(electron), call)


def _hint(kind: type, call: re.Match[str]) -> Iterator[str]:
    variable, name = call["variable"], call["name"]
    member = getattr(kind, name, None)
    if isinstance(member, property):
        yield f"{name} is an attribute, not a method; write `{variable}.{name}` without ()"
    elif call["await"] and member is not None and name != "settled":
        yield f"{name}() is not async; write `{variable}.{name}(…)` without await"
