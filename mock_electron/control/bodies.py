"""Read the body of a request to the control API: JSON, within limits, checked by its schema.

A large body takes longer than the event loop may wait, so it is read and checked in a thread.
"""

from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.requests import Request

from mock_electron.control.refused import Invalid, Refused
from mock_electron.engine.settings import Settings
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.problems import DocumentPath, ScriptError
from mock_electron.scripts.source import parse
from mock_electron.scripts.validation import Instance, check
from mock_electron.serve.upload import DisconnectError, read_body
from mock_electron.wire import errors
from mock_electron.wire.errors import Refusal

MOST_BYTES: Final = 2 * 1024 * 1024
"""The maximum size of a body, in bytes."""
MOST_PROBLEMS: Final = 100
"""The maximum number of problems that a response lists."""
NAME: Final = "body.json"
"""The name of the document for the parser, which tells the format by the extension."""
BODY: Final = "the body"
UPLOAD_TIMEOUT: Final = 10.0
"""Seconds without a byte of a body until its request is refused."""
LARGE: Final = errors.TOO_LARGE.status
LIMITS: Final = Settings(body_limit=MOST_BYTES)
TOO_LARGE: Final = f"the body must have at most {MOST_BYTES // 1024**2} MiB"


async def read(request: Request, schema: Schema) -> dict[str, Any]:
    """Return the body of a request, an object.

    Args:
        request: The request. Without a body, the object is empty.
        schema: What the body must be like.

    Raises:
        Invalid: If the body is malformed or has problems; all are listed.
        Refused: If the body is too large (413).
    """
    document: dict[str, Any] = await read_any(request)
    await anyio.to_thread.run_sync(check_document, document, schema)
    return document


async def read_any(request: Request) -> Any:
    """Return the JSON value in the body of a request; an empty object without a body.

    Raises:
        Invalid: If the body is malformed.
        Refused: If the body is too large (413).
    """
    data = await _bytes(request)
    return await anyio.to_thread.run_sync(_parse, data) if data.strip() else {}


def _parse(data: bytes) -> Any:
    try:
        return parse(data, NAME).document
    except ScriptError as error:
        raise Invalid.of_script(error) from None


def check_document(document: object, schema: Schema, above: DocumentPath = ()) -> None:
    """Raise Invalid if a value has problems.

    Args:
        document: The value.
        schema: What it must be like.
        above: Its position in the body.
    """
    problems: list[tuple[DocumentPath, str]] = []
    for violation in check(Instance(document, schema, document=BODY)):
        if not violation.is_consequence:
            problems.append(((*above, *violation.path), violation.message))
        if len(problems) == MOST_PROBLEMS:
            break
    if problems:
        raise Invalid.of(problems)


async def _bytes(request: Request) -> bytes:
    try:
        return await read_body(request.scope, request.receive, LIMITS, UPLOAD_TIMEOUT)
    except Refusal as refusal:
        status, words = refusal.error.status, refusal.error.message
        raise Refused(TOO_LARGE if status == LARGE else words, status) from None
    except DisconnectError:
        raise Refused("the client disconnected") from None
