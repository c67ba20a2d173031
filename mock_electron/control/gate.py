"""Who may use the control API.

1. On a loopback address, a request must name a loopback host, or one of `allow_hosts`: a web page
   must not reach the API under a name that its owner controls (DNS rebinding).
2. With a token, a request must have it: as `Authorization: Bearer <token>`, or in the cookie that
   the page sets. A server that other machines can reach always has a token.
3. A request of a web page of another origin is refused if it changes something.
4. A request that names a host names one that can be a part of a URL: answers have URLs with it.
5. A request that changes something has the content type application/json, which a page of another
   origin cannot send without asking first. The API answers no such question.
"""

from collections.abc import Callable
from hmac import compare_digest
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import Headers, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_electron.control.context import answer
from mock_electron.control.refused import Forbidden, Refused
from mock_electron.engine.keys import parse_api_key
from mock_electron.inputs.spelling import echoed
from mock_electron.serve.app import CONTROL_PATH
from mock_electron.serve.browser import host_name, is_loopback

COOKIE: Final = "mock_electron_control"
"""The name of the cookie, to which the port is added: browsers send a cookie to all ports."""
TOKEN: Final = "token"  # noqa: S105 (the name of a parameter)
"""The parameter of the page's URL."""
READING: Final = ("GET", "HEAD", "OPTIONS")
WITH_BODY: Final = ("POST", "PUT", "PATCH")
JSON: Final = "application/json"
UNNAMED: Final = (
    "the control API needs its token: send the header 'Authorization: Bearer <token>', with the "
    "token of --control-token or the one that the server printed at its start. In a browser, add "
    "?token=<token> to the URL"
)
WRONG: Final = (
    "the token is wrong; it is that of --control-token, or the one that the server printed"
)
FOREIGN: Final = "a web page of {} must not change anything here"
WRONG_TYPE: Final = "a request that changes something must have 'Content-Type: application/json'"
NO_HOST: Final = "the header Host must be a host name or an address, got {host}"
WRONG_HOST: Final = (
    "the control API of a server on this machine must not be used under the host {host}; use "
    "127.0.0.1 or localhost, or allow the name with --allow-host or allow_hosts"
)


class Gate:
    """Checks requests before the application gets them.

    Args:
        app: The application.
        token: The token, or "" for none.
        allowed_hosts: Returns the names that are allowed besides those of this machine.
    """

    def __init__(
        self, app: ASGIApp, token: str, allowed_hosts: Callable[[], tuple[str, ...]]
    ) -> None:
        self._app = app
        self._token = token
        self._allowed_hosts = allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        given = QueryParams(scope["query_string"]).get(TOKEN)
        try:
            self._check_host(scope, headers)
            if given and self._is_token(given) and scope["method"] in READING:
                await self._enter(scope)(scope, receive, send)
                return
            self._check_token(scope, headers, given)
            _check_write(scope, headers)
        except Refused as refused:
            await answer(refused.document, refused.status, refused.headers)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def unreadable(self, words: str) -> Response:
        """Return the answer to a request whose body is not valid HTTP.

        Args:
            words: What is wrong.
        """
        refused = Refused(words)
        return answer(refused.document, refused.status)

    def _check_host(self, scope: Scope, headers: Headers) -> None:
        server, host = scope.get("server"), headers.get("host")
        if host and not (host.isascii() and host_name(host)):
            raise Forbidden(NO_HOST.format(host=echoed(host)))
        if host is None or server is None or not is_loopback(str(server[0])):
            return
        name = host_name(host)
        allowed = {host_name(one) for one in self._allowed_hosts()} - {""}
        if not is_loopback(name) and name not in allowed:
            raise Forbidden(WRONG_HOST.format(host=echoed(host)))

    def _is_token(self, given: str) -> bool:
        return compare_digest(given.encode(), self._token.encode())

    def _check_token(self, scope: Scope, headers: Headers, in_url: str | None) -> None:
        if not self._token:
            return
        cookie = cookie_parser(headers.get("cookie", "")).get(_cookie_name(scope), "")
        given = parse_api_key(headers.get("authorization", ""))
        if not self._is_token(given) and not self._is_token(cookie):
            words = WRONG if given or cookie or in_url else UNNAMED
            raise Refused(words, 401, headers={"www-authenticate": "Bearer"})

    def _enter(self, scope: Scope) -> RedirectResponse:
        """Return a redirect to the same URL without the token, which becomes a cookie."""
        given = QueryParams(scope["query_string"]).multi_items()
        rest = [(name, value) for name, value in given if name != TOKEN]
        query = f"?{urlencode(rest)}" if rest else ""
        response = RedirectResponse(f"{scope['path']}{query}", 303)
        name, token = _cookie_name(scope), self._token
        response.set_cookie(name, token, path=CONTROL_PATH, httponly=True, samesite="strict")
        return response


def _cookie_name(scope: Scope) -> str:
    server = scope.get("server")
    return f"{COOKIE}_{server[1]}" if server else COOKIE


def _check_write(scope: Scope, headers: Headers) -> None:
    """Raise Refused if a page of another origin may have sent a request that changes something."""
    if scope["method"] in READING:
        return
    origin = headers.get("origin")
    if origin is not None and origin != f"{scope['scheme']}://{headers.get('host', '')}":
        raise Forbidden(FOREIGN.format(f"the origin {echoed(origin)}"))
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Forbidden(FOREIGN.format("another origin"))
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if media_type != JSON and (scope["method"] in WITH_BODY or has_body):
        raise Refused(WRONG_TYPE, 415)
