"""The texts of a reply in a script file, with their positions."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_electron.scripts.problems import DocumentPath
from mock_electron.wire import codec

ID: Final = "id"
"""The key of a call that sets its id, next to the name of the tool."""


def call_names(given: Mapping[str, Any]) -> list[str]:
    """Return the keys of a call that name a tool: all but `id`, unless it is the only one."""
    return [name for name in given if name != ID or len(given) == 1]


def reply_texts(given: Any, path: DocumentPath) -> Iterator[tuple[DocumentPath, str]]:
    """Yield the texts of a reply in which words of the request can be inserted, with their paths.

    The arguments of a call may be given as JSON. Other texts instead of them are sent unchanged.
    """
    if isinstance(given, str):
        yield path, given
    elif isinstance(given, dict):
        for name in ("text", "filler"):
            if name in given:
                yield (*path, name), given[name]
        for number, item in enumerate(given.get("calls", ())):
            for tool in call_names(item) if isinstance(item, dict) else ():
                if isinstance(item[tool], dict) or _is_json(item[tool]):
                    yield from _strings(item[tool], (*path, "calls", number, tool))


def _strings(value: Any, path: DocumentPath) -> Iterator[tuple[DocumentPath, str]]:
    """Yield the strings inside a value, with their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(member, (*path, key))


def _is_json(text: str) -> bool:
    try:
        codec.decode(text.encode())
    except (codec.MalformedError, UnicodeEncodeError):
        return False
    return True
