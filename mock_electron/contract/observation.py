"""What a response looked like, field by field, without what is another in every run.

Two reports are compared by it: an id stands as `<completion id>`, words of the model as `<text>`.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from mock_electron.contract.response import Response, leaves, writable

UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SHAPES: Final = (
    (re.compile("chatcmpl-[0-9a-f]{16}"), "<completion id>"),
    (re.compile("chatcmpl-tool-[0-9a-f]{16}"), "<call id>"),
    (UUID, "<UUID>"),
)
VARYING: Final = ("date", "content-length", "age", "cf-ray", "etag", "set-cookie", "server-timing")
"""Headers whose text is another in every run: that they are there is all that is noted."""
COUNTED: Final = ("completion_tokens", "total_tokens", "cached_tokens")
"""Counts that follow from the model's words, and from what was asked before."""


def observed(response: Response) -> dict[str, str]:
    """The fields of a response, by name: status, headers, and each path of its JSON.

    Of a stream, each path once, with all values that stand there.
    """
    fields = {"status": str(response.status)}
    if response.failure:
        fields["failure"] = response.failure
    for name, text in sorted(response.headers):
        fields[f"header {name}"] = "<any>" if name in VARYING else _shape(text)
    found = fields | _of_json(response) | _of_chunks(response)
    return {writable(name): writable(text) for name, text in found.items()}


def _of_json(response: Response) -> dict[str, str]:
    if response.chunks or not isinstance(response.json, dict | list):
        return {}
    return {path: written(path, value) for path, value in leaves(response.json)}


def _of_chunks(response: Response) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for chunk in response.chunks:
        for path, value in leaves(chunk):
            shown = written(path, value)
            if shown not in found.setdefault(f"chunks: {path}", []):
                found[f"chunks: {path}"].append(shown)
    return {path: " | ".join(values) for path, values in found.items()}


def written(path: str, value: Any) -> str:
    """A value as it is compared: words, times and counts by what they are."""
    for is_one, shape in BY_PATH:
        if value is not None and is_one(path):
            return shape
    return _shape(value) if isinstance(value, str) else str(value)


def _shape(text: str) -> str:
    return next((shape for pattern, shape in SHAPES if pattern.fullmatch(text)), text)


def _ends(*names: str) -> Callable[[str], bool]:
    return lambda path: path.rpartition(".")[2] in names


def _is_logprob(path: str) -> bool:
    return "logprobs." in path


BY_PATH: Final[tuple[tuple[Callable[[str], bool], str], ...]] = (
    (_is_logprob, "<logprob>"),
    (_ends("content"), "<text>"),
    (_ends("arguments"), "<JSON>"),
    (_ends("created"), "<seconds>"),
    (_ends(*COUNTED), "<count>"),
)
