"""Why an endpoint cannot be checked: it refuses a key, or it does not resemble Electron at all."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

from msgspec.structs import replace

from mock_electron.contract.discovery import BASE_PATH
from mock_electron.contract.probe import body
from mock_electron.contract.redaction import Redactor
from mock_electron.contract.report import Result
from mock_electron.contract.response import Response, one_line, printable
from mock_electron.contract.session import MAX_REFUSED, Session, UnreachableError
from mock_electron.contract.target import CHAT, Need, Target
from mock_electron.inputs.spelling import shortened

NOT_FOUND: Final = 404
TOO_MANY: Final = 429
LONGEST_SHOWN: Final = 200
"""The maximum number of characters that a message shows of a response."""
REDIRECTS: Final = range(300, 400)
REFUSALS: Final = {
    401: "refuses {key}",
    403: "refuses {key}, because it has no access to Electron",
}
"""What the endpoint does if it answers the first request with a key with this status."""
NOT_FORBIDDEN: Final = (200, 401)
"""Statuses of an ordinary request that show that its key is invalid or has access."""
ORDINARY: Final = body(max_tokens=1)
KEYS: Final[dict[Need | None, str]] = {
    None: "the API key",
    Need.LIMITED_KEY: "the key of --limited-key",
    Need.OTHER_KEY: "the key of --other-key",
}
"""What messages call the keys that the endpoint must accept."""


class Inspection:
    """Finds out in the course of a run whether the endpoint can be checked.

    Args:
        session: The session of the run.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_endpoint = False

    def obstacle(self, result: Result) -> str:
        """Return why the endpoint cannot be checked, or "".

        Args:
            result: The latest result.
        """
        found = _key_obstacle(self._session, result) or _refused(self._session)
        if found or self._is_endpoint or not result.exchanges:
            return found
        self._is_endpoint = True
        return _unlike(self._session, result.exchanges[0])


# --- keys


def _key_obstacle(session: Session, result: Result) -> str:
    """Return which key is wrong, or ""."""
    address = session.target.address
    for key, name in KEYS.items():
        first = session.firsts.get(key)
        if first is not None and first.status in REFUSALS:
            words = REFUSALS[first.status].format(key=name)
            return f"{address} {words} ({_shown(session, first)})"
    needs = result.clause.probe.needs
    statuses = {response.status for response in result.exchanges}
    if Need.FORBIDDEN_KEY in needs and statuses and 403 not in statuses:
        ordinary = _with_ordinary_body(session, result.exchanges[0], Need.FORBIDDEN_KEY)
        if ordinary.status in NOT_FORBIDDEN:
            words = "must be a valid key without access to Electron"
            return f"--forbidden-key {words}, but {address} answers {_shown(session, ordinary)}"
    if Need.LIMITED_KEY in needs and 200 in statuses and TOO_MANY not in statuses:
        return (
            f"--limited-key must be a standard-plan key, but {address} does not limit its requests"
        )
    return ""


def _with_ordinary_body(session: Session, response: Response, key: Need) -> Response:
    """Return the response to an ordinary request with a key; the given one, if it shows enough.

    The refusal of an invalid body does not show whether the key has access.
    """
    shows_enough = response.status in (0, *NOT_FORBIDDEN)
    return response if shows_enough else session.ask(ORDINARY, key=key)


# --- refusals


def _refused(session: Session) -> str:
    """Return that the endpoint refuses all requests for the time being, or ""."""
    if session.refusal is None:
        return ""
    words = f"refused {MAX_REFUSED} requests in a row, and their retries"
    return f"{session.target.address} {words} ({_shown(session, session.refusal)})"


# --- endpoints


def _unlike(session: Session, latest: Response) -> str:
    """Return how the endpoint differs from Electron in everything, or "".

    One answer that does not resemble Electron may be a clause that fails. So another request is
    sent, which is invalid and costs no tokens.

    Args:
        session: The session of the run.
        latest: A response. The first one to an ordinary chat request takes precedence.
    """
    if _resembles(session.firsts.get(None, latest)):
        return ""
    if None not in session.firsts:
        session.send("POST", CHAT, b"{}")  # with retries: the run may have used up a limit
    first = session.firsts[None]
    if _resembles(first):
        return ""
    address, shown = session.target.address, _shown(session, first)
    if first.status == NOT_FOUND:
        return f"{address} has no endpoint {CHAT} ({shown}){_better_url(session.target)}"
    if first.status in REDIRECTS:
        return f"{address} answers with a redirect ({shown}){_redirected(session, first)}"
    if first.timed_out and not first.status:
        return f"no response from {address} within {session.target.timeout:g} s"
    return _unlike_twice(session, first)


def _unlike_twice(session: Session, first: Response) -> str:
    """Return how a first and a second response differ from Electron's, or ""."""
    address, shown = session.target.address, _shown(session, first)
    looks_alike = first.is_endless and _resembles(replace(first, timed_out=False, failure=""))
    if not first.timed_out or looks_alike:
        second = session.send("POST", CHAT, b"{}", retry=False)
        if _resembles(second) or second.status == NOT_FOUND:
            return ""
    if looks_alike:
        return f"the responses of {address} do not end ({shown})"
    if first.status == TOO_MANY:
        return f"{address} limits every request ({shown})"
    return f"{address} does not answer as Electron does, whatever the request is ({shown})"


def _resembles(response: Response) -> bool:
    """Return whether a response could be that of a chat endpoint.

    A refusal is any JSON object, because gateways have their own errors.
    """
    if response.status in (0, TOO_MANY, *REDIRECTS) or response.status >= 500:
        return False
    if response.is_endless:
        return False
    if response.status == NOT_FOUND:  # vLLM sends it for an unknown model
        return "model" in response.text[:1000].lower()
    if response.header("content-encoding"):
        return True
    documents = [response.json, *response.chunks]
    if response.status >= 400:
        return isinstance(response.json, dict)
    return any(
        isinstance(one, dict) and (one.get("choices") or "error" in one) for one in documents
    )


def _shown(session: Session, response: Response) -> str:
    """Return a response in one line, without keys."""
    if not response.status:
        return response.failure
    message = response.at("error.message")
    text = message if isinstance(message, str) else response.text
    shown = shortened(
        Redactor(session.target.keys).text(printable(" ".join(text.split()))), LONGEST_SHOWN
    )
    status = f"{response.status}: {shown}" if shown else f"{response.status}"
    return f"{status}{response.hint}"


def _redirected(session: Session, response: Response) -> str:
    """Return where a redirect leads to, as a hint with the base URL if that is known."""
    location = response.header("location")
    if not isinstance(location, str):
        return ""
    try:
        target = urljoin(session.target.base_url.rstrip("/") + CHAT, location)
    except ValueError:  # not a URL
        target = location
    shown = Redactor(session.target.keys).text(one_line(target))
    if target.endswith(CHAT):
        return f". Did you mean {shown.removesuffix(CHAT)!r}?"
    return f" to {shown!r}"


def _better_url(target: Target) -> str:
    """Return a hint with the base URL at which an endpoint answers, or ""."""
    candidates = dict.fromkeys(
        url for url in _candidates(target.base_url) if url != target.base_url
    )
    found = next((url for url in candidates if _has_endpoint(target, url)), None)
    return f". Did you mean {found!r}?" if found else ""


def _candidates(base_url: str) -> Iterator[str]:
    parts = urlsplit(base_url.rstrip("/"))
    for ending in ("/v1", "/waves"):
        parts = parts._replace(path=parts.path.removesuffix(ending))
    yield urlunsplit(parts._replace(path=f"{parts.path}{BASE_PATH}"))
    yield urlunsplit(parts._replace(path=BASE_PATH))
    yield urlunsplit(parts._replace(path="/v1"))


def _has_endpoint(target: Target, url: str) -> bool:
    """Return whether a chat endpoint answers below a base URL. An empty body costs no tokens."""
    try:
        with Session(replace(target, base_url=url)) as session:
            response = session.send("POST", CHAT, b"{}", retry=False)
    except UnreachableError:
        return False
    return response.status != NOT_FOUND and _resembles(response)
