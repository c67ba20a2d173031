"""The fields of a response, without values that differ in every run.

Reports are compared by them. An id becomes `<completion id>`, words of the model become `<text>`.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from mock_electron.contract.response import Response, leaves, printable

UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PLACEHOLDERS: Final = (
    (re.compile("chatcmpl-[0-9a-f]{16}"), "<completion id>"),
    (re.compile("chatcmpl-tool-[0-9a-f]{16}"), "<call id>"),
    (UUID, "<UUID>"),
)
VARYING: Final = ("date", "content-length", "age", "cf-ray", "etag", "set-cookie", "server-timing")
"""Headers whose value differs in every run, so that only their presence counts."""
COUNTED: Final = ("completion_tokens", "total_tokens", "cached_tokens")
"""Counts that depend on the model's words and on earlier requests."""


def observed(response: Response) -> dict[str, str]:
    """Return the fields of a response: its status, its headers and each path of its JSON.

    For a stream, each path appears once, with all its values.
    """
    fields = {"status": str(response.status)}
    if response.failure:
        fields["failure"] = response.failure
    for name, text in sorted(response.headers):
        fields[f"header {name}"] = "<any>" if name in VARYING else _placeholder(text)
    found = fields | _of_json(response) | _of_chunks(response)
    return {printable(name): printable(text) for name, text in found.items()}


def _of_json(response: Response) -> dict[str, str]:
    if response.chunks or not isinstance(response.json, dict | list):
        return {}
    return {path: _comparable(path, value) for path, value in leaves(response.json)}


def _of_chunks(response: Response) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for chunk in response.chunks:
        for path, value in leaves(chunk):
            values = found.setdefault(f"chunks: {path}", [])
            text = _comparable(path, value)
            if text not in values:
                values.append(text)
    return {path: " | ".join(values) for path, values in found.items()}


def _comparable(path: str, value: Any) -> str:
    """Return a value as text, or a placeholder for words, times and counts."""
    for matches, placeholder in BY_PATH:
        if value is not None and matches(path):
            return placeholder
    return _placeholder(value) if isinstance(value, str) else str(value)


def _placeholder(text: str) -> str:
    return next((name for pattern, name in PLACEHOLDERS if pattern.fullmatch(text)), text)


def _ends_with(*names: str) -> Callable[[str], bool]:
    return lambda path: path.rpartition(".")[2] in names


def _is_logprob(path: str) -> bool:
    return "logprobs." in path


BY_PATH: Final[tuple[tuple[Callable[[str], bool], str], ...]] = (
    (_is_logprob, "<logprob>"),
    (_ends_with("content"), "<text>"),
    (_ends_with("arguments"), "<JSON>"),
    (_ends_with("created"), "<seconds>"),
    (_ends_with(*COUNTED), "<count>"),
)
