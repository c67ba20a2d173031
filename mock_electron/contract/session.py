"""Asking a target: HTTP and nothing else, within its plan's limits."""

import json
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx2

from mock_electron.contract.clock import Clock, stopwatch
from mock_electron.contract.response import Response
from mock_electron.contract.target import Need, Target

CHAT: Final = "/chat/completions"
JSON: Final = "application/json"
MINUTE: Final = 60.0
TRY_AGAIN: Final = (429, 502, 503)
PAUSES: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further attempt, as the best practices advise (D, Best Practices)."""
LONGEST_PAUSE: Final = 65.0
LONGEST: Final = 10
"""So many times the timeout an answer may take that never pauses for as long as that."""
MOST_BYTES: Final = 16 * 1024 * 1024


class UnreachableError(Exception):
    """Nobody answers at the target's address."""


class Session:
    """One run against a target. As a context manager it closes its connections.

    Every request of a key waits until the plan lets it in: at most so many in a minute.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.clock: Clock = target.clock or Clock()
        parts = urlsplit(target.base_url)
        try:
            self._client = httpx2.Client(
                timeout=target.timeout,
                trust_env=not target.is_loopback,
                verify=parts.scheme == "https",  # else certificates are read for nothing
                headers={"Accept-Encoding": "identity", "User-Agent": "mock-electron contract"},
            )
        except ValueError as error:  # a proxy that is none
            raise UnreachableError(f"{target.address} cannot be asked: {error}") from error
        self._sent: dict[str, deque[float]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()

    def ask(
        self,
        body: Any,
        *,
        key: str | Need | None = None,
        faults: str = "",
        patient: bool = True,
    ) -> Response:
        """POST a body to the chat endpoint.

        key: another than the target's, or what one is needed for. faults: the header
        X-Mock-Electron. patient: whether a 429, 502 or 503 is tried again, as the best practices
        advise; else it is the answer.
        """
        headers = {"X-Mock-Electron": faults} if faults else {}
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return self.send(
            "POST", CHAT, content, key=key, headers=headers, patient=patient and not faults
        )

    def send(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        *,
        key: str | Need | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Response:
        """Any request, its path below the base URL. headers: beside those that it needs anyway;
        one that is "" is left out."""
        response = self._once(method, path, content, key, headers)
        for pause in PAUSES if patient else ():
            if response.status not in TRY_AGAIN:
                break
            self.clock.sleep(max(pause, _asked_pause(response)))
            response = self._once(method, path, content, key, headers)
        return response

    def _once(
        self,
        method: str,
        path: str,
        content: bytes,
        key: str | Need | None,
        headers: Mapping[str, str] | None,
    ) -> Response:
        with self.opened(method, path, content, key=key, headers=headers) as opened:
            return opened.read()

    @contextmanager
    def opened(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        *,
        key: str | Need | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator["Opened"]:
        """A request whose answer has begun; at the end of the block the client leaves.

        Raises UnreachableError where nobody listens.
        """
        secret = self.target.key(key)
        if key is not Need.LIMITED_KEY:
            self._wait_for_a_place(secret)
        given = {"Authorization": f"Bearer {secret}", "Content-Type": JSON, **(headers or {})}
        request = self._client.build_request(
            method,
            self.target.base_url.rstrip("/") + path,
            content=content,
            headers={name: text for name, text in given.items() if text},
        )
        asked = Response(method, path, content.decode("utf-8", "replace"))
        elapsed = stopwatch()
        try:
            answer = self._client.send(request, stream=True)
        except (httpx2.ConnectError, httpx2.InvalidURL, UnicodeError) as error:
            where = self.target.address
            raise UnreachableError(f"nobody answers at {where}: {error}") from error
        except httpx2.HTTPError as error:
            yield Opened(asked, None, elapsed, _words(error))
            return
        try:
            yield Opened(asked, answer, elapsed, longest=LONGEST * self.target.timeout)
        finally:
            answer.close()

    def _wait_for_a_place(self, key: str) -> None:
        """Let time pass until one more request of this key is within the plan; count it."""
        most = self.target.requests_per_minute
        if most is None:
            return
        sent = self._sent.setdefault(key, deque(maxlen=most))
        if len(sent) == most:
            self.clock.sleep(max(0.0, sent[0] + MINUTE - self.clock.now()))
        sent.append(self.clock.now())


class Opened:
    """An answer that has begun: its status and headers are there, its body may still come."""

    def __init__(
        self,
        asked: Response,
        answer: httpx2.Response | None,
        elapsed: Callable[[], float],
        failure: str = "",
        longest: float = math.inf,
    ) -> None:
        self.asked = asked
        self.status: int = answer.status_code if answer is not None else 0
        self._answer = answer
        self._elapsed = elapsed
        self._failure = failure
        self._longest = longest

    def read(self) -> Response:
        """The whole answer, or what there is of one that breaks off."""
        body, failure, first, last = bytearray(), self._failure, 0.0, 0.0
        try:
            for part in self._answer.iter_raw() if self._answer is not None else ():
                last = self._elapsed()
                first = first or last
                body += part
                if last > self._longest or len(body) > MOST_BYTES:
                    failure = "no whole answer: it does not end"
                    break
        except httpx2.HTTPError as error:
            failure = _words(error)
        raw = self._answer.headers.raw if self._answer is not None else ()
        return Response(
            self.asked.method,
            self.asked.path,
            self.asked.asked,
            self.status,
            tuple((name.decode("latin-1").lower(), text.decode("latin-1")) for name, text in raw),
            bytes(body),
            failure,
            first,
            last - first,
        )


def _words(error: Exception) -> str:
    return f"no whole answer: {type(error).__name__}: {error}"


def _asked_pause(response: Response) -> float:
    """Seconds that a Retry-After asks for; 0 where there is none."""
    text = response.header("retry-after")
    seconds = float(text) if isinstance(text, str) and text.isdecimal() else 0.0
    return min(seconds, LONGEST_PAUSE)
