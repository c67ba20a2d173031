"""`OpenResponse`: a response while it arrives."""

import threading
from collections.abc import Callable
from typing import Final

import httpx2

from mock_electron.contract.response import ENDLESS, Response

MAX_BYTES: Final = 1024 * 1024
"""Maximum size of a body, in bytes."""
KEPT_BYTES: Final = 64 * 1024
"""Bytes that are kept of a body that does not end."""


class OpenResponse:
    """A response whose head has arrived and whose body has not been read.

    Attributes:
        status: Status of the response; 0 if there is no response.
    """

    def __init__(
        self,
        sent: Response,
        answer: httpx2.Response | None,
        elapsed: Callable[[], float],
        failure: str = "",
        passed: threading.Event | None = None,
        charge: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self.status: int = answer.status_code if answer is not None else 0
        self._sent = sent
        self._answer = answer
        self._elapsed = elapsed
        self._failure = failure
        self._passed = passed or threading.Event()
        self._charge = charge

    def read(self) -> Response:
        """Read the body and return the response, as far as it arrives."""
        body, failure, first, last = bytearray(), self._failure, 0.0, 0.0
        try:
            for part in self._answer.iter_raw() if self._answer is not None else ():
                last = self._elapsed()
                first = first or last
                body += part
                if len(body) > MAX_BYTES:
                    break
        except httpx2.HTTPError as error:
            failure = incomplete(error)
        if self._passed.is_set() or len(body) > MAX_BYTES:
            failure = ENDLESS
        if failure and self._answer is not None:
            self._charge(self._elapsed())
            del body[KEPT_BYTES:]
        raw = self._answer.headers.raw if self._answer is not None else ()
        return Response(
            self._sent.method,
            self._sent.path,
            self._sent.request_body,
            self.status,
            tuple((name.decode("latin-1").lower(), text.decode("latin-1")) for name, text in raw),
            bytes(body),
            failure,
            first,
            last - first,
            self._passed.is_set() or "Timeout" in failure,
        )


def incomplete(error: Exception) -> str:
    """Return why a response is incomplete."""
    return f"incomplete response: {type(error).__name__}: {error}"
