"""The fields of a response, without values that differ in every run.

Reports are compared by them. An id becomes `<completion id>`, words of the model become `<text>`.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.contract.response import Response, leaves, printable

COUNT: Final = "<count>"
UUID: Final = regex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PLACEHOLDERS: Final = (
    (regex("chatcmpl-[0-9a-f]{16}"), "<completion id>"),
    (regex("chatcmpl-tool-[0-9a-f]{16}"), "<call id>"),
    (UUID, "<UUID>"),
)
RUN: Final = regex("[A-Za-z0-9]+")
SHORTEST_RANDOM: Final = 12
"""The minimum length of letters and digits that are the random part of an id."""
VARYING: Final = frozenset(
    {"date", "content-length", "age", "expires", "etag", "set-cookie", "server-timing"}
    | {"retry-after", "report-to", "nel", "cf-ray", "traceparent", "tracestate"}
)
"""Headers whose value differs in every run, so that only their presence counts."""
VARYING_ENDS: Final = ("-id", "-ms", "-time", "-duration")
VARYING_PARTS: Final = ("ratelimit-remaining", "ratelimit-reset")
"""The ends and parts of names of such headers."""
COUNTED: Final = ("completion_tokens", "total_tokens", "cached_tokens")
"""Counts that depend on the model's words and on earlier requests."""
PROMPT_SIZE: Final = regex(r"(.*\.)?prompt_tokens")
"""A count that also depends on the prompt."""


def observed(response: Response, *, new_prompt: bool = False) -> dict[str, str]:
    """Return the fields of a response: its status, its headers and each path of its JSON.

    For a stream, each path appears once, with all its values.

    Args:
        response: The response.
        new_prompt: Whether the prompt differs in every run, so that its size is not compared.
    """
    fields = {"status": str(response.status)}
    if response.failure:
        fields["failure"] = response.failure
    for name, text in sorted(response.headers):
        fields[f"header {name}"] = _of_header(name, text)
    found = fields | _of_json(response) | _of_chunks(response)
    if new_prompt:
        found |= {path: COUNT for path in found if PROMPT_SIZE.fullmatch(path)}
    return {printable(name): printable(text) for name, text in found.items()}


def without_ids(text: str) -> str:
    """Return a text with a placeholder for the random part of each id."""
    return RUN.sub(_without_id, UUID.sub("<UUID>", text))


def _without_id(run: re.Match[str]) -> str:
    """Return "<id>" instead of a long run of letters and digits, unless it has letters only."""
    is_id = len(run[0]) >= SHORTEST_RANDOM and not run[0].isalpha()
    return "<id>" if is_id else run[0]


def _of_header(name: str, text: str) -> str:
    known = _placeholder(text)
    varies = (
        name in VARYING
        or name.endswith(VARYING_ENDS)
        or any(part in name for part in VARYING_PARTS)
    )
    return "<any>" if known == text and varies else known


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
    if not isinstance(value, str):
        return str(value)
    known = _placeholder(value)
    return without_ids(known) if is_id(path) else known


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
    (_ends_with(*COUNTED), COUNT),
)
is_id: Final = _ends_with("id", "request_id", "tool_call_id")
"""Whether the value at a path is an id."""
