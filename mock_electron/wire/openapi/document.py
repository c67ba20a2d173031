"""The document: the one route, its request, and every answer that it gives."""

from typing import Any, Final

from mock_electron import __version__
from mock_electron.wire import errors, schema
from mock_electron.wire.errors import ApiError
from mock_electron.wire.openapi import answers, examples
from mock_electron.wire.openapi.json_schema import json_schema

PATH: Final = "/waves/v1/chat/completions"
DESCRIPTION: Final = """\
What mock-electron answers in the place of Electron, Smallest AI's language model. What the vendor
documents, what is inferred from evidence and what is assumed is told apart in docs/fidelity.md.

A body that this schema accepts may still be refused with 400, by the model server: stream_options
without stream, top_logprobs without logprobs, an empty stop string, empty tools, a tool's name
outside ^[a-zA-Z0-9_-]{1,64}$, tool_choice without tools or with the name of an absent one, more
tokens than the context holds."""
MEANINGS: Final = {
    400: "The body is refused (documented); with `details` where it violates the schema.",
    401: "The API key is missing or invalid (documented).",
    403: "The key has no access to Electron on its plan (documented).",
    404: "There is no such path (inferred).",
    408: "The body does not arrive (assumed).",
    413: "The body is too large (assumed).",
    429: "More requests than the plan allows in a minute, or at the same time (documented).",
    500: "An error of the server (inferred).",
    502: "The model is unavailable (documented); retry with backoff.",
    503: "The model is overloaded, or the endpoint disabled (documented); retry with backoff.",
}
REQUEST_ID: Final = {
    "X-Request-Id": {
        "description": "A UUID, equal to error.request_id (documented).",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    }
}
RETRY_AFTER: Final = {
    "Retry-After": {
        "description": "Whole seconds, where the requests of a minute are used up (assumed).",
        "schema": {"type": "integer", "minimum": 0},
    }
}
STREAM: Final = (
    "Server-sent events: `data:`, a ChatCompletionChunk as JSON, and a blank line; "
    "`data: [DONE]` at the end."
)


def document(*, accept_json_schema: bool = False) -> dict[str, Any]:
    """The endpoint as an OpenAPI 3.1 document, as JSON.

    accept_json_schema: whether `response_format` json_schema is let through.
    """
    expected = schema.WITH_JSON_SCHEMA if accept_json_schema else schema.DOCUMENTED
    return {
        "openapi": "3.1.0",
        "info": {"title": "mock-electron", "version": __version__, "description": DESCRIPTION},
        "servers": [{"url": ".", "description": "Where this document comes from."}],
        "paths": {PATH: {"post": _operation()}},
        "components": {
            "schemas": {"ChatCompletionRequest": json_schema(expected), **answers.SCHEMAS},
            "securitySchemes": {"BearerAuth": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"BearerAuth": []}],
    }


def _operation() -> dict[str, Any]:
    kinds = sorted({error.status for error in errors.ERRORS})
    return {
        "operationId": "electronChatCompletions",
        "summary": "Chat Completions (Electron)",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": answers.ref("ChatCompletionRequest"),
                    "examples": examples.REQUESTS,
                }
            },
        },
        "responses": {"200": _reply(), **{str(status): _refusal(status) for status in kinds}},
    }


def _reply() -> dict[str, Any]:
    return {
        "description": "The reply; with `stream: true`, as a stream.",
        "headers": REQUEST_ID,
        "content": {
            "application/json": {
                "schema": answers.ref("ChatCompletion"),
                "example": examples.COMPLETION,
            },
            "text/event-stream": {"schema": {"description": STREAM}, "example": examples.STREAM},
        },
    }


def _refusal(status: int) -> dict[str, Any]:
    of_status = [error for error in errors.ERRORS if error.status == status]
    retrying = RETRY_AFTER if any(error.retry_after for error in of_status) else {}
    return {
        "description": MEANINGS[status],
        "headers": REQUEST_ID | retrying,
        "content": {
            "application/json": {
                "schema": answers.ref("Error"),
                "examples": {error.name: {"value": _envelope(error)} for error in of_status},
            }
        },
    }


def _envelope(error: ApiError) -> dict[str, Any]:
    """The envelope of an error, as it travels; the documented one to the letter."""
    if error is errors.INVALID_INPUT:
        return examples.ERROR
    request_id = examples.ERROR["error"]["request_id"]
    return {"error": {"message": error.message, "type": error.type, "request_id": request_id}}
