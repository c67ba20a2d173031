"""The syntax of HTTP/1.1 requests: how one begins, its header lines, and how its body is framed.

Each error says which rule of RFC 9112 the client has broken.
"""

import re
from collections.abc import Iterable
from typing import Final

from mock_electron._regex import regex
from mock_electron.inputs.checks import must_be

METHODS: Final = frozenset(
    "ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR "
    "MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH "
    "SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE".split()
)
PREFACE: Final = b"PRI * HTTP/2.0\r\n"
"""The first line of HTTP/2 without TLS."""
BEGINNINGS: Final = frozenset(
    line[:end]
    for line in (PREFACE, *(f"{method} ".encode() for method in METHODS))
    for end in range(len(line) + 1)
)
"""Everything that a request line may begin with, up to the space after the method."""
LONGEST_BEGINNING: Final = max(map(len, BEGINNINGS))
TLS_HANDSHAKE: Final = b"\x16"
"""The first byte of TLS."""
TLS: Final = "it is TLS, but this port speaks plain HTTP (use http://, not https://)"
INVALID: Final = "Invalid HTTP request received"
NO_METHOD: Final = "it must begin with a known HTTP method in capital letters, such as POST"

REQUEST_LINE_FORM: Final = rb"([A-Z-]+) ([!-~]+) HTTP/1\.([01])\r\n"
REQUEST_LINE: Final = regex(REQUEST_LINE_FORM)
TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
HEADER_FORM: Final = rb"(%b):([^\x00-\x08\x0a-\x1f\x7f]*+)\r\n" % TOKEN
HEADER: Final = regex(HEADER_FORM)
HEADER_NAME: Final = regex(rb"%b:" % TOKEN)
LINE_END: Final = "a line must end with CR LF"
VERSION: Final = "the version must be HTTP/1.1 or HTTP/1.0"
REQUEST_LINE_MISTAKES: Final = (
    (regex(rb"[A-Z-]+ [!-~]+ HTTP/1\.[01]\n"), LINE_END),
    (regex(rb"[A-Z-]+ .*[^\x00-\x7f].*", re.DOTALL), "a path must be percent-encoded ASCII"),
    (regex(rb"[A-Z-]+ [!-~]+\r?\n"), f"{VERSION}, and it is missing"),
    (regex(rb"[A-Z-]+ [!-~]+ [A-Za-z]*/[!-~]*\r?\n"), VERSION),
    (regex(rb".*", re.DOTALL), "the request line must have the form 'POST /path HTTP/1.1'"),
)
"""What is wrong with a request line: the first form that it has decides."""
HEAD: Final = regex(rb"%b((?:%b)*+)\r\n" % (REQUEST_LINE_FORM, HEADER_FORM))
"""A whole head without a mistake, except that any word is a method."""
SIZE: Final = rb"[0-9A-Fa-f]{1,15}"
LONG_SIZE: Final = regex(rb"[0-9A-Fa-f]{16}")
"""The start of the size of a chunk that has too many digits."""
EXTENSION: Final = rb"[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?"
SIZE_LINE: Final = regex(rb"(%b)%b\r\n" % (SIZE, EXTENSION))
BEGUN_SIZE_LINE: Final = regex(rb"%b(?:%b\r?)?" % (SIZE, EXTENSION))
MOST_DIGITS: Final = 18
"""The most digits of a Content-Length."""


class InvalidRequestError(ValueError):
    """The bytes are not a valid request.

    Args:
        detail: What is wrong.
        received: The bytes from where the mistake begins, as far as they have arrived, if they show
            what the client sent.
    """

    def __init__(self, detail: str, received: bytes = b"") -> None:
        super().__init__(f"{INVALID}: {detail}")
        self.received = received


class Http2Error(InvalidRequestError):
    """The client begins with HTTP/2, without an upgrade from HTTP/1.1."""


def check_beginning(line: bytes) -> None:
    """Raise InvalidRequestError if no request line begins like this."""
    if line[:1] == TLS_HANDSHAKE:
        raise InvalidRequestError(TLS)
    word, space, _ = line[:LONGEST_BEGINNING].partition(b" ")
    if word + space not in BEGINNINGS:
        raise InvalidRequestError(NO_METHOD, line)


def request_line_error(line: bytes) -> InvalidRequestError:
    """Return the error for a wrong request line."""
    return InvalidRequestError(
        next(words for form, words in REQUEST_LINE_MISTAKES if form.fullmatch(line)), line
    )


def header_of(line: bytes) -> tuple[bytes, bytes]:
    """Return the name and the value in a header line."""
    found = HEADER.fullmatch(line)
    if found is None:
        raise InvalidRequestError(_objection(line))
    return found[1], found[2].strip(b" \t")


def _objection(line: bytes) -> str:
    """Return what is wrong with a header line."""
    if line[:1] in b" \t":
        return "a header line must not begin with white space"
    if not line.endswith(b"\r\n"):
        return LINE_END
    if HEADER_NAME.match(line) is None:
        return "a header line must have the form 'name: value'"
    name = line.partition(b":")[0].decode()
    return f"the value of the header {name} must not contain control characters"


class Framing:
    """How the body of a request is framed.

    Raises:
        InvalidRequestError: If the headers do not say it, or contradict each other.

    Attributes:
        is_chunked: Whether it is sent in chunks.
        length: Its length in bytes if it is not.
        closes: Whether the client closes the connection afterwards.
    """

    def __init__(self, headers: list[tuple[bytes, bytes]]) -> None:
        lengths, codings, options = list[bytes](), list[bytes](), list[bytes]()
        for name, value in headers:
            match name.lower():
                case b"content-length":
                    lengths.append(value)
                case b"transfer-encoding":
                    codings.append(value)
                case b"connection":
                    options += value.lower().split(b",")
        self.closes: bool = b"close" in [option.strip() for option in options]
        self.is_chunked: bool = bool(codings)
        self.length: int = 0
        if codings and lengths:
            raise InvalidRequestError("Content-Length and Transfer-Encoding must not both be given")
        if codings and [coding.lower() for coding in codings] != [b"chunked"]:
            raise InvalidRequestError(_must_be("Transfer-Encoding", "'chunked'", codings))
        if lengths:
            if len(lengths) > 1 or not _is_length(lengths[0]):
                raise InvalidRequestError(_must_be("Content-Length", "one number", lengths))
            self.length = int(lengths[0])


def _is_length(value: bytes) -> bool:
    """Return whether the value of a Content-Length is valid. Each request needs it, so no regex."""
    return value.isdigit() and len(value) <= MOST_DIGITS


def _must_be(header: str, what: str, values: list[bytes]) -> str:
    return must_be(header, what, b", ".join(values).decode("latin-1"))


def check_hosts(version: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise InvalidRequestError unless an HTTP/1.1 request names its host exactly once.

    Args:
        version: The HTTP version, such as "1.1".
        headers: The headers, with lowercase names.
    """
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or (not hosts and version == "1.1"):
        got = f"got {len(hosts)}" if hosts else "and it is missing"
        raise InvalidRequestError(f"the header Host must be given once, {got}")
