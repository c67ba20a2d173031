"""What the logs show of a request: no keys."""

import logging
from typing import Final

from mock_electron.inputs.spelling import echoed
from mock_electron.outputs.redaction import redact

MAX_SHOWN: Final = 80
"""The maximum number of characters that the log shows of bytes that are not HTTP."""


class AccessLog:
    """Writes the access log of one request. Keys in the path and in the query are redacted.

    Args:
        log: The access log of uvicorn.
        key: The API key of the request.
    """

    def __init__(self, log: logging.Logger, key: str) -> None:
        self._log = log
        self._key = key

    def info(self, message: str, client: str, method: str, target: str, *rest: object) -> None:
        """Log a request, as uvicorn calls it."""
        redacted = redact(target, self._key).replace("…", "...")
        self._log.info(message, client, method, redacted, *rest)


def _redacted(data: bytes) -> bytes:
    """Return bytes in which everything that looks like a key is shortened to its end."""
    return redact(data.decode("latin-1")).replace("…", "...").encode("latin-1")


def shown(received: bytes) -> str:
    """Return the first line of what was received as the log shows it, without keys."""
    line, end, _ = received.partition(b"\n")
    return echoed(_redacted(line + end), MAX_SHOWN)
