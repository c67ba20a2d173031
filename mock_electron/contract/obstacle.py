"""Why no clause can hold: the endpoint refuses the key, or the base URL is wrong."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from mock_electron.contract.discovery import BASE_PATH
from mock_electron.contract.redaction import Redactor
from mock_electron.contract.response import Response, one_line
from mock_electron.contract.session import Session, UnreachableError
from mock_electron.contract.target import CHAT, Target

NOT_FOUND: Final = 404
REASONS: Final = {
    401: "refuses the API key",
    403: "refuses the API key, because it has no access to Electron",
    NOT_FOUND: f"has no endpoint {CHAT}",
}
"""What the endpoint does if it answers the first ordinary request with this status."""


def obstacle(session: Session) -> str:
    """Return why no clause can hold, or "". It is known after the first ordinary request."""
    first = session.first
    if first is None or first.status not in REASONS or _is_about_the_model(first):
        return ""
    message = first.at("error.message")
    text = message if isinstance(message, str) else first.text
    shown = Redactor(session.target.keys).text(one_line(text))
    answer = f"{first.status}: {shown}" if shown else f"{first.status}"
    hint = _better_url(session.target) if first.status == NOT_FOUND else ""
    return f"{session.target.address} {REASONS[first.status]} ({answer}){hint}"


def _is_about_the_model(response: Response) -> bool:
    """Return whether this is a 404 for an unknown model, as vLLM sends it."""
    return response.status == NOT_FOUND and "model" in response.text[:1000].lower()


def _better_url(target: Target) -> str:
    """Return a hint with the base URL that is probably right, or ""."""
    candidates = [url for url in _candidates(target.base_url) if url != target.base_url]
    found = next((url for url in candidates if _has_endpoint(target, url)), None)
    best = found or next(iter(candidates), None)
    return f". Did you mean {best!r}?" if best else ""


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
            return session.send("POST", CHAT, b"{}", retry=False).status not in (0, NOT_FOUND)
    except UnreachableError:
        return False
