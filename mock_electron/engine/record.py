"""The parts of an exchange as JSON values."""

from base64 import b64encode
from typing import Any, Final

from mock_electron.engine.keys import redact_response_headers
from mock_electron.outputs.redaction import redact_message
from mock_electron.wire import codec
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers, headers_by_name
from mock_electron.wire.reply import Reply, Usage

PLAIN: Final = (
    "number",
    "is_chat",
    "understood",
    "turn",
    "method",
    "path",
    "request_id",
    "status",
    "outcome",
    "answered_by",
    "step",
    "occurrence",
    "attempt",
    "retry_of",
    "asked_pause",
    "account",
    "connection",
    "arrived_at",
    "first_chunk_at",
    "last_chunk_at",
    "ended_at",
)
"""The attributes of an exchange that are JSON values."""


def request(body: bytes) -> dict[str, Any]:
    """Return the JSON document in a body as `request`, or null and the body as it is."""
    try:
        document = codec.decode(body)
        codec.canonical(document)  # raises if the document is nested too deeply to be written
    except codec.MalformedError:
        words = text_of(body)
        raw = {"body_base64": base64_of(body)} if words is None else {"body": words}
        return {"request": None, **raw}
    return {"request": document}


def response_headers(headers: Headers) -> dict[str, str]:
    """Return the headers of an answer by name, without keys and cookies."""
    return dict(headers_by_name(redact_response_headers(headers)))


def reply(given: Reply | None) -> dict[str, Any] | None:
    """Return the content, the calls and the finish reason of a reply."""
    if given is None:
        return None
    calls = [
        {"id": call.id, "name": call.name, "arguments": call.arguments} for call in given.tool_calls
    ]
    return {"content": given.content, "tool_calls": calls, "finish_reason": given.finish_reason}


def error(given: ApiError | None) -> dict[str, Any] | None:
    """Return the name, the status, the type and the message of an error."""
    if given is None:
        return None
    message = redact_message(given.message)
    return {"name": given.name, "status": given.status, "type": given.type, "message": message}


def usage(given: Usage | None) -> dict[str, int] | None:
    """Return the token counts."""
    if given is None:
        return None
    names = ("prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens")
    return {name: getattr(given, name) for name in names}


def text(given: str) -> str:
    """Return a text with lone surrogates escaped, which UTF-8 cannot encode."""
    return given.encode(errors="backslashreplace").decode()


def text_of(data: bytes) -> str | None:
    """Return the bytes as text, or None if they are not valid UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def base64_of(data: bytes) -> str:
    """Return the bytes in base64."""
    return b64encode(data).decode()
