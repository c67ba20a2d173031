"""Messages about fixtures with a wider scope than one test."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from mock_electron._regex import regex

PER_TEST: Final = ("electron", "electron_lane", "electron_env")
WIDER: Final = ("electron_session", "electron_contract", "electron_target", "electron_server")
"""The fixtures with a wider scope. Their settings come from the options only."""
SCOPE_HINT: Final = (
    "electron, electron_lane and electron_env are made for one test. In a fixture with a wider "
    "scope, use electron_session, which lasts for the whole run; electron_session.reset() "
    "resets it."
)
REQUESTED: Final = regex(r" scoped fixture '?(\w+)")
"""In pytest's message about a ScopeMismatch, the fixture that is made for one test."""


def scope_hint(item: pytest.Item, reason: str) -> list[tuple[str, str]]:
    """Return a section with advice if a fixture with a wider scope uses `electron`.

    It may use it through another fixture.
    """
    _, _, message = reason.partition("ScopeMismatch")
    found = REQUESTED.search(message)
    if found is None:
        return []
    name = found[1]
    definitions = getattr(getattr(item, "_request", None), "_arg2fixturedefs", {})
    signature = re.search(rf"def {name}\(([^)]*)", reason)
    arguments = re.findall(r"\w+", signature[1]) if signature else ()
    seen: set[str] = set()
    used = next(
        (one for start in (name, *arguments) for one in _used(start, definitions, seen)), ""
    )
    if not used:
        return []
    indirect = "" if used == name else f"The fixture {name} uses {used}. "
    return [("electron", indirect + SCOPE_HINT)]


def _used(name: str, definitions: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    """Yield the fixtures made for one test that a fixture uses, directly or through others."""
    if name in PER_TEST:
        yield name
    elif name not in seen:
        seen.add(name)
        for definition in definitions.get(name, ()):
            for argument in definition.argnames:
                yield from _used(argument, definitions, seen)


def check_marker(item: pytest.Item) -> None:
    """Fail a test whose marker has no effect, because all its fakes have a wider scope."""
    marker = item.get_closest_marker("electron")
    names = getattr(item, "fixturenames", ())
    wider = next((name for name in WIDER if name in names), None)
    if marker is None or wider is None or not set(PER_TEST).isdisjoint(names):
        return
    message = (
        f"@pytest.mark.electron has no effect on {wider}, which is not made for one test: use the "
        "fixture electron, or give the settings on the command line or in the ini file"
    )
    pytest.fail(message + place_of(item), pytrace=False)


def place_of(item: pytest.Item) -> str:
    """Return the line of a test, as the last line of a message that has no traceback."""
    file, line, name = item.location
    return f"\n{file}:{(line or 0) + 1}: in {name}"
