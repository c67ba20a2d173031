"""Read the body of a request to the control API: JSON, within limits, checked by its schema.

A large body takes longer than the event loop may wait, so it is read and checked in a thread.
"""

from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request

from mock_electron.control.given import Given
from mock_electron.control.refused import Invalid, Refused
from mock_electron.engine.settings import Settings
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.problems import ScriptError
from mock_electron.scripts.source import parse
from mock_electron.serve.upload import DisconnectError, read_body
from mock_electron.wire import errors
from mock_electron.wire.body import plain_body
from mock_electron.wire.errors import Refusal

MOST_BYTES: Final = 2 * 1024 * 1024
"""The maximum size of a body, in bytes."""
NAME: Final = "body.json"
"""The name of the document for the parser, which tells the format by the extension."""
EMPTY: Final = "the body is empty"
UPLOAD_TIMEOUT: Final = 10.0
"""Seconds without a byte of a body until its request is refused."""
LARGE: Final = errors.TOO_LARGE.status
LIMITS: Final = Settings(body_limit=MOST_BYTES)
TOO_LARGE: Final = f"the body must have at most {MOST_BYTES // 1024**2} MiB"


async def read(request: Request, schema: Schema | None = None) -> Given:
    """Return the body of a request, with the problems that the schema finds.

    Args:
        request: The request. If an empty object is accepted, so is an empty body.
        schema: What the body must be like, an object. None means that the caller checks it.

    Raises:
        Invalid: If the body is malformed, empty, or not an object.
        Refused: If the body is too large (413).
    """
    data = await _bytes(request)
    return await anyio.to_thread.run_sync(_parse, data, schema)


def _parse(data: bytes, schema: Schema | None) -> Given:
    is_empty = not data.strip()
    try:
        given = Given({} if is_empty else parse(data, NAME).document)
    except ScriptError as error:
        raise Invalid.listing([(one.path, one.words) for one in error.problems]) from None
    if schema is not None:
        given.check(schema)
    if is_empty and (schema is None or given.is_wrong()):
        raise Invalid.listing([((), EMPTY)])
    if schema is not None and not isinstance(given.document, dict):
        given.require_valid()
    return given


async def discard(request: Request) -> None:
    """Read the body of a request that needs none: nothing is done before the request is complete.

    Raises:
        Refused: If the body is too large (413), or does not arrive (400, 408).
    """
    await _bytes(request, is_read=False)


async def _bytes(request: Request, *, is_read: bool = True) -> bytes:
    """Return the body of a request, decompressed and in UTF-8 if it is read."""
    media_type, coding = map(request.headers.get, ("content-type", "content-encoding"))
    try:
        body = await read_body(request.scope, request.receive, LIMITS, UPLOAD_TIMEOUT)
        if not (body and is_read):
            return body
        return plain_body(media_type or "", coding or "", body, MOST_BYTES)
    except Refusal as refusal:
        status, words = refusal.error.status, refusal.error.message
        raise Refused(TOO_LARGE if status == LARGE else words, status) from None
    except DisconnectError:
        raise Refused("the client disconnected") from None
