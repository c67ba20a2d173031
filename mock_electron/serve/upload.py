"""Reads the body of a request within its limits of size and time."""

import asyncio
from typing import Final

from starlette.types import Receive, Scope

from mock_electron.engine.settings import Settings
from mock_electron.wire import errors
from mock_electron.wire.body import too_large
from mock_electron.wire.errors import Refusal

EXTENSION: Final = "mock_electron.body"
"""The ASGI extension that carries the size of the body that the client has announced so far, in
bytes: the length of the body, or that of the chunks that have begun."""
LATE_BODY_TIMEOUT: Final = 1.0
"""Seconds without a byte of the body of a request that is already answered, until the connection is
closed."""


class DisconnectError(Exception):
    """The client disconnected before the end of the body."""


def is_expecting(scope: Scope) -> bool:
    """Return whether the client sends its body only after the status 100."""
    return (b"expect", b"100-continue") in [(name, v.lower()) for name, v in scope["headers"]]


def announces_body(scope: Scope) -> bool:
    """Return whether a request has a body that is not empty."""
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or int(headers.get(b"content-length", 0)) > 0


async def read_body(scope: Scope, receive: Receive, settings: Settings, timeout: float) -> bytes:
    """Return the body of a request.

    Args:
        scope: The request.
        receive: The ASGI receive function.
        settings: The settings of the lane.
        timeout: The maximum time without a byte of the body, in seconds.

    Raises:
        Refusal: If the body is larger than the lane's limit (the rest is not kept in memory), or
            does not arrive in time.
        DisconnectError: If the client disconnects before the end of the body.
    """
    limit = settings.body_limit
    announced = scope["extensions"].get(EXTENSION, {"size": 0})
    body = bytearray()
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout) as deadline:
            more = True
            while more:
                if announced["size"] > limit:
                    raise Refusal(too_large(limit))
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise DisconnectError
                body += message.get("body", b"")
                if len(body) > limit:
                    raise Refusal(too_large(limit))
                more = message.get("more_body", False)
                deadline.reschedule(loop.time() + timeout)
    except TimeoutError as error:
        words = f"No byte of the request body arrived for {timeout:g} s"
        raise Refusal(errors.UPLOAD_TIMEOUT.saying(words)) from error
    return bytes(body)


async def read_late_body(scope: Scope, receive: Receive, settings: Settings) -> bytes | None:
    """Return the body of a request that is already answered; None if it does not arrive.

    A body that is larger than the limit is not kept: it is empty.
    """
    try:
        return await read_body(scope, receive, settings, LATE_BODY_TIMEOUT)
    except Refusal as refusal:
        return b"" if refusal.error.status == errors.TOO_LARGE.status else None
    except DisconnectError:
        return None
