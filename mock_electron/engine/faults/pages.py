"""The error pages of well-known proxies (I).

nginx        HTML in the wording of nginx
cloudflare   the page of nginx, signed by Cloudflare; for 520 to 530 its own page, shortened
alb          HTML of an AWS Application Load Balancer
envoy        plain text, as Envoy and Istio send
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from msgspec import Struct

from mock_electron.wire.headers import Headers

PageName = Literal["nginx", "cloudflare", "alb", "envoy"]

TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request",
    401: "Authorization Required",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Not Allowed",
    406: "Not Acceptable",
    408: "Request Time-out",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    415: "Unsupported Media Type",
    416: "Requested Range Not Satisfiable",
    421: "Misdirected Request",
    422: "Unprocessable Entity",
    425: "Too Early",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons",
    499: "Client Closed Request",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
    505: "HTTP Version Not Supported",
    507: "Insufficient Storage",
    520: "Web server is returning an unknown error",
    521: "Web server is down",
    522: "Connection timed out",
    523: "Origin is unreachable",
    524: "A timeout occurred",
    525: "SSL handshake failed",
    526: "Invalid SSL certificate",
    527: "Railgun Error",
    529: "Site is overloaded",
    530: "Origin DNS error",
}
"""The name of each status: the words of nginx, and those of Cloudflare from 520 on. Python's own
table differs between versions."""

CLOUDFLARE_STATUSES: Final = range(520, 531)
CENTERED: Final = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n"
    "<center><h1>{0}</h1></center>\r\n{1}</body>\r\n</html>\r\n"
)
CLOUDFLARE_PAGE: Final = (
    '<!DOCTYPE html>\n<html class="no-js" lang="en-US">\n<head>\n'
    "<title>api.smallest.ai | {0}: {1}</title>\n"
    '<meta charset="UTF-8" />\n<meta name="robots" content="noindex, nofollow" />\n'
    "</head>\n<body>\n"
    '<h1><span class="inline-block">{1}</span> '
    '<span class="code-label">Error code {0}</span></h1>\n'
    "<p>There is an issue between Cloudflare's cache and your origin web server.</p>\n"
    "</body>\n</html>\n"
)
ENVOY_TEXTS: Final[Mapping[int, str]] = {
    408: "request timeout",
    429: "local_rate_limited",
    503: (
        "upstream connect error or disconnect/reset before headers. "
        "reset reason: connection failure"
    ),
    504: "upstream request timeout",
}


def title(status: int) -> str:
    """Return a status with its name, or the status alone if it has no name."""
    return f"{status} {TITLES.get(status, '')}".rstrip()


def _centered(status: int, signature: str = "") -> str:
    signed = f"<hr><center>{signature}</center>\r\n" if signature else ""
    return CENTERED.format(title(status), signed)


def _cloudflare(status: int) -> str:
    if status in CLOUDFLARE_STATUSES:
        return CLOUDFLARE_PAGE.format(status, TITLES.get(status, "Unknown error"))
    return _centered(status, "cloudflare")


class ProxyPage(Struct, frozen=True):
    """What one proxy sends.

    Attributes:
        server: The `Server` header.
        content_type: The `Content-Type` header.
        write: Takes a status, and returns the body.
    """

    server: bytes
    content_type: bytes
    write: Callable[[int], str]


PAGES: Final[Mapping[PageName, ProxyPage]] = {
    "nginx": ProxyPage(b"nginx", b"text/html", lambda status: _centered(status, "nginx")),
    "cloudflare": ProxyPage(b"cloudflare", b"text/html; charset=UTF-8", _cloudflare),
    "alb": ProxyPage(b"awselb/2.0", b"text/html", _centered),
    "envoy": ProxyPage(
        b"envoy",
        b"text/plain",
        lambda status: ENVOY_TEXTS.get(status, TITLES.get(status, str(status))),
    ),
}


def proxy_page(name: PageName, status: int, request_id: str) -> tuple[Headers, bytes]:
    """Return the headers and the body of a proxy's error.

    Args:
        name: The proxy.
        status: The status.
        request_id: The request id, from which Cloudflare's `CF-RAY` follows. It is not sent.
    """
    page = PAGES[name]
    body = page.write(status).encode()
    headers: Headers = (
        (b"server", page.server),
        (b"content-type", page.content_type),
        (b"content-length", b"%d" % len(body)),
    )
    if name == "cloudflare":
        headers += ((b"cf-ray", request_id.replace("-", "")[:16].encode() + b"-BOM"),)
    return headers, body
