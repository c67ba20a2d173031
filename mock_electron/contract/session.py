"""HTTP requests to a target, within the limits of its plan."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Self
from urllib.parse import urlsplit

from mock_electron._regex import regex
from mock_electron.contract.clock import Clock, stopwatch
from mock_electron.contract.deadline import Connections
from mock_electron.contract.response import Response
from mock_electron.contract.target import CHAT, Need, Target
from mock_electron.inputs.extras import require

require("httpx2", extra="contract", used_by="mock_electron.contract")

import httpx2  # noqa: E402 (if it is missing, the line above says so)

from mock_electron.contract.open_response import OpenResponse, incomplete  # noqa: E402 (as above)

JSON: Final = "application/json"
MINUTE: Final = 60.0
SUCCESSES: Final = range(200, 300)
RETRIED: Final = (429, 502, 503)
PAUSES: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each retry, as the best practices advise (D, Best Practices)."""
MAX_PAUSE: Final = 65.0
"""Maximum seconds that a `Retry-After` header can ask for; after a longer one there is no retry."""
MAX_PAUSES: Final = 3600.0
"""Maximum seconds of all pauses before retries in a run."""
MAX_FIRST_PAUSES: Final = 70.0
"""The same until one request has succeeded."""
MAX_REFUSED: Final = 3
"""Maximum number of requests in a row that are retried in vain. Later ones are sent only once."""
FIRST_SECONDS: Final = 30.0
"""Maximum duration of requests until then, or the timeout if that is longer."""
MAX_TIMEOUTS: Final = 10
"""Maximum duration of a response that never pauses, and of all responses of a run that do not
end, in multiples of the timeout."""
ERROR_NUMBER: Final = regex(r"\[Errno -?[0-9]+\] ")
PLAIN_HTTP: Final = ". If the server has no TLS, use http://"
SHORTEST_REPORTED: Final = 1.0
"""The shortest wait that is reported, in seconds."""


class UnreachableError(Exception):
    """No server answers at the target's address."""


class Session:
    """The requests of one run. As a context manager, it closes its connections.

    A request waits until the plan allows it: each key has a maximum number of requests per minute.

    Args:
        target: The endpoint.
        on_wait: Called with a sentence before each wait in real time of at least a second.
        max_seconds: Maximum duration of all responses that do not end. Default: ten timeouts.

    Attributes:
        target: The endpoint.
        clock: The clock of its limits.
        firsts: The first response to a chat request with each key: None for the target's key, and
            the need that another key meets. Requests with additional headers do not count.
        refusal: The last of `MAX_REFUSED` responses in a row with 429, 502 or 503; None if there
            are fewer, or if a request has succeeded since.
    """

    def __init__(
        self,
        target: Target,
        on_wait: Callable[[str], object] | None = None,
        max_seconds: float | None = None,
    ) -> None:
        self.target = target
        self.clock: Clock = target.clock or Clock()
        self.firsts: dict[Need | None, Response] = {}
        self._on_wait = on_wait
        self._pauses = 0.0
        self._refused = 0
        self._has_succeeded = False
        self.refusal: Response | None = None
        self._seconds_left = max_seconds or MAX_TIMEOUTS * target.timeout
        self._connections = Connections()
        parts = urlsplit(target.base_url)
        try:
            self._client = httpx2.Client(
                timeout=target.timeout,
                trust_env=not target.is_loopback,
                verify=parts.scheme == "https",  # loading certificates takes time
                headers={"Accept-Encoding": "identity", "User-Agent": "mock-electron contract"},
            )
        except ValueError as error:  # an invalid proxy in the environment
            raise UnreachableError(f"cannot send requests to {target.address}: {error}") from error
        self._sent: dict[str, deque[float]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()
        self._connections.close()

    def ask(
        self,
        body: Any,
        *,
        key: str | Need | None = None,
        faults: str = "",
        retry: bool = True,
    ) -> Response:
        """Send a chat request and return its response.

        Args:
            body: Body of the request, as JSON.
            key: Another key than the target's, or the need that a key meets.
            faults: Value of the header `X-Mock-Electron`. A request with faults is not retried.
            retry: Whether to retry after 429, 502 and 503, as the best practices advise.
        """
        headers = {"X-Mock-Electron": faults} if faults else {}
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return self.send(
            "POST", CHAT, content, key=key, headers=headers, retry=retry and not faults
        )

    def send(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        *,
        key: str | Need | None = None,
        headers: Mapping[str, str] | None = None,
        retry: bool = True,
    ) -> Response:
        """Send any request and return its response.

        Args:
            method: HTTP method.
            path: Path below the base URL.
            content: Body of the request.
            key: As in `ask`.
            headers: Additional headers; a header with the value "" is left out.
            retry: As in `ask`.
        """
        response = self._send_once(method, path, content, key, headers)
        for least in PAUSES if retry and self.refusal is None else ():
            pause = max(least, _retry_after(response))
            if response.status not in RETRIED or pause > min(MAX_PAUSE, self._pauses_left):
                break
            self._pauses += pause
            self.wait(pause, f"the endpoint answered {response.status}{response.hint}")
            response = self._send_once(method, path, content, key, headers)
        self._count(response, retry)
        if (method, path, headers or {}) == ("POST", CHAT, {}) and not isinstance(key, str):
            self.firsts.setdefault(key, response)
        return response

    def _count(self, response: Response, retry: bool) -> None:
        """Count the requests in a row that are refused although they may be retried."""
        if response.status in SUCCESSES:
            self._refused, self._has_succeeded, self.refusal = 0, True, None
        elif retry and response.status in RETRIED:
            self._refused += 1
            self.refusal = response if self._refused >= MAX_REFUSED else None

    @property
    def _pauses_left(self) -> float:
        """How long the run may still pause before retries, in seconds."""
        return (MAX_PAUSES if self._has_succeeded else MAX_FIRST_PAUSES) - self._pauses

    def wait(self, seconds: float, reason: str) -> None:
        """Let time pass by the target's clock.

        Args:
            seconds: The duration in seconds.
            reason: The reason, for the report of the wait.
        """
        is_real = self.target.clock is None
        if self._on_wait is not None and is_real and seconds >= SHORTEST_REPORTED:
            self._on_wait(f"waiting {seconds:.0f} s: {reason}")
        self.clock.sleep(seconds)

    def _send_once(
        self,
        method: str,
        path: str,
        content: bytes,
        key: str | Need | None,
        headers: Mapping[str, str] | None,
    ) -> Response:
        with self.open(method, path, content, key=key, headers=headers) as response:
            return response.read()

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        *,
        key: str | Need | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[OpenResponse]:
        """Send a request and yield its response when the head has arrived.

        At the end of the block the client disconnects. The arguments are those of `send`.

        Raises:
            UnreachableError: If no server listens, or if too many responses have not ended.
        """
        secret = self.target.key(key)
        if key is not Need.LIMITED_KEY:
            self._wait_for_rate_limit(secret)
        given = {"Authorization": f"Bearer {secret}", "Content-Type": JSON, **(headers or {})}
        sent = Response(method, path, content.decode("utf-8", "replace"))
        elapsed, longest = stopwatch(), self._seconds_left
        if not self.firsts:
            longest = min(longest, max(self.target.timeout, FIRST_SECONDS))
        if longest <= 0:
            raise UnreachableError(f"too many responses of {self.target.address} do not end")
        with self._connections.deadline(longest) as passed:
            answer, failure = self._head(method, path, content, given)
            if answer is None:
                self._seconds_left -= elapsed()
            try:
                yield OpenResponse(sent, answer, elapsed, failure, passed, self._charge)
            finally:
                if answer is not None:
                    answer.close()

    def _head(
        self, method: str, path: str, content: bytes, headers: Mapping[str, str]
    ) -> tuple[httpx2.Response | None, str]:
        """Send a request. Return the response when its head has arrived, or why it has not.

        Raises:
            UnreachableError: If no server listens.
        """
        try:
            request = self._client.build_request(
                method,
                self.target.base_url.rstrip("/") + path,
                content=content,
                headers={name: text for name, text in headers.items() if text},
                extensions={"trace": self._connections.trace},
            )
            return self._client.send(request, stream=True), ""
        except (httpx2.ConnectError, httpx2.InvalidURL, UnicodeError) as error:
            reason = ERROR_NUMBER.sub("", str(error))
            hint = PLAIN_HTTP if "[SSL" in reason and "CERTIFICATE" not in reason else ""
            message = f"no server answers at {self.target.address}: {reason}{hint}"
            raise UnreachableError(message) from error
        except httpx2.HTTPError as error:
            return None, incomplete(error)

    def _charge(self, seconds: float) -> None:
        """Count the time of a response that did not end."""
        self._seconds_left -= seconds

    def _wait_for_rate_limit(self, key: str) -> None:
        """Sleep until the plan allows one more request of this key, and count it."""
        maximum = self.target.requests_per_minute
        if maximum is None:
            return
        sent = self._sent.setdefault(key, deque(maxlen=maximum))
        if len(sent) == maximum:
            seconds = max(0.0, sent[0] + MINUTE - self.clock.now())
            self.wait(seconds, f"the plan allows {maximum} requests per minute")
        sent.append(self.clock.now())


def _retry_after(response: Response) -> float:
    """Return the seconds of the header `Retry-After`, or 0."""
    text = response.header("retry-after")
    return float(text) if isinstance(text, str) and text.isdecimal() else 0.0
