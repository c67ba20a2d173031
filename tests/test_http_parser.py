"""The parser of HTTP requests: what it accepts, what it refuses, and any division into packets."""

import re
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_electron.serve.http_parser import MAX_CHUNKS, MAX_HEAD, MAX_HEADERS, RequestParser
from mock_electron.serve.http_syntax import (
    INVALID,
    Http2Error,
    InvalidRequestError,
)

START = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\n\r\n"
Event = tuple[Any, ...]


class Recorder:
    """Records the calls of a parser. Parts of a body are joined."""

    def __init__(self) -> None:
        self.parser = RequestParser(self)
        self.events: list[Event] = []
        self.size = 0

    def on_message_begin(self) -> None:
        self.events.append(("begin",))

    def on_url(self, url: bytes) -> None:
        self.events.append(("url", self.parser.get_method(), url, self.parser.get_http_version()))

    def on_header(self, name: bytes, value: bytes) -> None:
        self.events.append(("header", name, value))

    def on_headers_complete(self) -> None:
        self.events.append(("head", self.parser.should_keep_alive()))

    def on_body_size(self) -> None:
        self.size = self.parser.body_size

    def on_body(self, body: bytes) -> None:
        if self.events[-1][0] == "body":
            body = self.events.pop()[1] + body
        self.events.append(("body", body))

    def on_message_complete(self) -> None:
        self.events.append(("end",))


def parsed(data: bytes, cuts: list[int] | None = None) -> list[Event]:
    """Return the events of a parser that is fed the data in parts; the last may be an error."""
    recorder = Recorder()
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts or [])})
    try:
        for start, end in pairwise(edges):
            while start < end:
                start = recorder.parser.feed_data(data[:end], start)
    except InvalidRequestError as error:
        recorder.events.append((type(error), str(error)))
    return recorder.events


@cache
def in_one_packet(data: bytes) -> list[Event]:
    """Return the events of one of the requests in this file."""
    return parsed(data)


def bodies(data: bytes) -> list[bytes]:
    return [event[1] for event in parsed(data) if event[0] == "body"]


def error_of(data: bytes) -> str | None:
    """Return the message of the error, or None."""
    last = parsed(data)[-1]
    return last[1] if isinstance(last[0], type) else None


def with_header(line: bytes) -> bytes:
    return START + line + b"\r\n\r\n"


ACCEPTED: dict[str, tuple[bytes, list[bytes]]] = {
    "no body": (GET, []),
    "a length": (with_header(b"Content-Length: 5") + b"hello", [b"hello"]),
    "no length": (with_header(b"Content-Length: 0"), []),
    "chunks": (CHUNKED + b"3\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n", [b"abc0123456789"]),
    "extensions": (CHUNKED + b'3;a=b;c="d"\r\nabc\r\n0 ;x\r\n\r\n', [b"abc"]),
    "a trailer": (CHUNKED + b"1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n", [b"a"]),
    "chunked in capitals": (with_header(b"TRANSFER-ENCODING: Chunked ") + b"0\r\n\r\n", []),
    "two requests": (with_header(b"Content-Length: 1") + b"a" + CHUNKED + b"1\r\nb\r\n0\r\n\r\n", [b"a", b"b"]),
    "empty lines before": (b"\r\n\r\n\n" + with_header(b"Content-Length: 1") + b"a\r\n", [b"a"]),
    "bytes after close": (with_header(b"Content-Length: 1\r\nConnection: x, Close") + b"aGARBAGE", [b"a"]),
    "bytes after HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\nGARBAGE", []),
    "an offer to upgrade": (with_header(b"Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2") + b"{}", [b"{}"]),
    "a head of 64 KiB": (b"GET / HTTP/1.1\r\nA: " + b"a" * (MAX_HEAD - 23) + b"\r\n\r\n", []),
}  # fmt: skip


def test_requests_are_parsed() -> None:
    """Each of them is accepted, with its body."""
    wrong = {
        name: (bodies(data), error_of(data))
        for name, (data, expected) in ACCEPTED.items()
        if (bodies(data), error_of(data)) != (expected, None)
    }
    assert wrong == {}


def test_the_head_is_reported() -> None:
    """Values are stripped, names keep their case, and the order is kept."""
    head = b"POST /a?b HTTP/1.1\r\nHost:x\r\nX-Y: \t a b\t \r\nx-y:\r\n\r\n"
    assert parsed(head) == [
        ("begin",),
        ("url", b"POST", b"/a?b", "1.1"),
        ("header", b"Host", b"x"),
        ("header", b"X-Y", b"a b"),
        ("header", b"x-y", b""),
        ("head", True),
        ("end",),
    ]


LENGTH = "Content-Length must be one number"
CODING = "Transfer-Encoding must be 'chunked'"
BOTH = "Content-Length and Transfer-Encoding must not both be given"
FORM = "a header line must have the form 'name: value'"
CONTROL = "the value of the header X must not contain control characters"
SIZE = "a chunk must begin with its size, in hexadecimal digits"
TOO_MANY = "it has too many, the maximum is 15"
END = "the data of a chunk must have its size and end with CR LF"
METHOD = "it must begin with a known HTTP method in capital letters, such as POST"
LINE = "the request line must have the form 'POST /path HTTP/1.1'"
VERSION = "the version must be HTTP/1.1 or HTTP/1.0"
REFUSED: dict[str, tuple[bytes, str]] = {
    "garbage": (b"\x00\x01\x02", METHOD),
    "a word": (b"GARBAGE", METHOD),
    "lowercase": (b"get / HTTP/1.1\r\n", METHOD),
    "an unknown method": (b"FOO / HTTP/1.1\r\n", METHOD),
    "two spaces": (b"GET  / HTTP/1.1\r\n", LINE),
    "no version": (b"GET /\r\n", f"{VERSION}, and it is missing"),
    "HTTP/2": (b"GET / HTTP/2.0\r\n", VERSION),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\n", VERSION),
    "a space in the target": (b"GET /a b HTTP/1.1\r\n", LINE),
    "a path that is not ASCII": ("GET /é HTTP/1.1\r\n".encode(), "a path must be percent-encoded ASCII"),
    "a request line without CR": (b"GET / HTTP/1.1\n", "a line must end with CR LF"),
    "TLS": (b"\x16\x03\x01\x02\x00\x01", "it is TLS, but this port speaks plain HTTP (use http://"),
    "half of TLS": (b"\x16", "it is TLS"),
    "HTTP/2 without TLS": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "it is HTTP/2 without TLS"),
    "a line without CR": (START + b"X: 1\n\r\n", "a line must end with CR LF"),
    "an empty line without CR": (START + b"\n", "a line must end with CR LF"),
    "a CR inside": (with_header(b"X: a\rb"), CONTROL),
    "a NUL": (with_header(b"X: a\0b"), CONTROL),
    "a delete": (with_header(b"X: a\x7f"), CONTROL),
    "a folded line": (with_header(b"X: a\r\n b"), "a header line must not begin with white space"),
    "white space first": (b"GET / HTTP/1.1\r\n\tX: a\r\n", "a header line must not begin with"),
    "no colon": (with_header(b"X"), FORM),
    "no name": (with_header(b": a"), FORM),
    "a space before the colon": (with_header(b"Content-Length : 5"), FORM),
    "a NUL in a name": (with_header(b"X\0: a"), FORM),
    "two lengths": (with_header(b"Content-Length: 5\r\nContent-Length: 6"), f"{LENGTH}, got '5, 6'"),
    "the same length twice": (with_header(b"Content-Length: 5\r\ncontent-length: 5"), LENGTH),
    "a list of lengths": (with_header(b"Content-Length: 5, 5"), LENGTH),
    "a negative length": (with_header(b"Content-Length: -5"), LENGTH),
    "a signed length": (with_header(b"Content-Length: +5"), LENGTH),
    "a hexadecimal length": (with_header(b"Content-Length: 0x5"), LENGTH),
    "an empty length": (with_header(b"Content-Length:"), LENGTH),
    "a huge length": (with_header(b"Content-Length: " + b"9" * 5000), LENGTH),
    "both": (with_header(b"Content-Length: 5\r\nTransfer-Encoding: chunked"), BOTH),
    "both, reversed": (with_header(b"Transfer-Encoding: identity\r\nContent-Length: 5"), BOTH),
    "identity": (with_header(b"Transfer-Encoding: identity"), f"{CODING}, got 'identity'"),
    "gzip": (with_header(b"Transfer-Encoding: gzip, chunked"), CODING),
    "chunked twice": (with_header(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), CODING),
    "xchunked": (with_header(b"Transfer-Encoding: xchunked"), CODING),
    "an empty coding": (with_header(b"Transfer-Encoding:"), CODING),
    "size zz": (CHUNKED + b"zz\r\n", SIZE),
    "size -5": (CHUNKED + b"-5\r\nhello", SIZE),
    "size 0x5": (CHUNKED + b"0x5\r\nhello", SIZE),
    "no size": (CHUNKED + b"\r\n", SIZE),
    "half a wrong size": (CHUNKED + b"5x", SIZE),
    "a size of 16 digits": (CHUNKED + b"1000000000000000\r\n", f"{SIZE}; {TOO_MANY}"),
    "the largest size": (CHUNKED + b"FFFFFFFFFFFFFFFF\r\n", f"{SIZE}; {TOO_MANY}"),
    "half of a long size": (CHUNKED + b"ffffffffffffffff", f"{SIZE}; {TOO_MANY}"),
    "zeros before a size": (CHUNKED + b"0" * 18 + b"041;a=b\r\n", f"{SIZE}; {TOO_MANY}"),
    "a size without CR": (CHUNKED + b"5\nhello", SIZE),
    "chunks in HTTP/1.0": (
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding must not be given in HTTP/1.0"),
    "an extension without end": (CHUNKED + b"5;" + b"a" * 5000, "the line with the size of a chunk must have at most 4096 bytes"),
    "a NUL in an extension": (CHUNKED + b"5;\0\r\n", SIZE),
    "too much data": (CHUNKED + b"2\r\nhello\r\n", END),
    "data without CR": (CHUNKED + b"5\r\nhello\n", END),
    "a wrong trailer": (CHUNKED + b"0\r\nX\r\n\r\n", FORM),
    "too many chunks": (CHUNKED + b"1\r\na\r\n" * (MAX_CHUNKS + 1), f"a body must have at most {MAX_CHUNKS} chunks"),
    "a large head": (b"GET / HTTP/1.1\r\nA: " + b"a" * (MAX_HEAD - 22) + b"\r\n\r\n", f"request head larger than {MAX_HEAD} bytes"),
    "a long request line": (b"GET /" + b"a" * MAX_HEAD, "request head larger than"),
    "many headers": (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 11_000, "request head larger than"),
    "a large trailer": (CHUNKED + b"0\r\n" + b"A: b\r\n" * 11_000, "trailer larger than"),
    "a head without CR": (b"GET / HTTP/1.1\nHost: x\n\n", "a line must end with CR LF"),
    "garbage after a request": (with_header(b"Content-Length: 1") + b"aGARBAGE", METHOD),
}  # fmt: skip


def test_what_is_not_http_is_refused() -> None:
    """Each mistake is an error as soon as it is read, and the message says what is wrong."""
    wrong = {}
    for name, (data, words) in REFUSED.items():
        message = error_of(data)
        if message is None or not message.startswith(f"{INVALID}: {words}"):
            wrong[name] = message
    assert wrong == {}
    assert parsed(REFUSED["HTTP/2 without TLS"][0])[-1][0] is Http2Error
    assert parsed(REFUSED["no version"][0])[-1][0] is InvalidRequestError


SHORT = [
    data
    for data, _ in (*ACCEPTED.values(), *REFUSED.values())
    if len(data) < 300
]  # fmt: skip
LONG = {
    name: data for name, (data, _) in {**ACCEPTED, **REFUSED}.items() if 300 <= len(data) < 200_000
}


def test_a_request_byte_by_byte_is_the_same_request() -> None:
    """One byte per packet, and any division into two packets, give the same events and error."""
    wrong = [
        (data, cuts)
        for data in SHORT
        for cuts in ([*range(len(data))], *([cut] for cut in range(1, len(data))))
        if parsed(data, cuts) != in_one_packet(data)
    ]
    assert wrong == []


@given(name=st.sampled_from([*LONG]), cuts=st.lists(st.integers(0, 200_000), max_size=6))
def test_a_long_request_in_any_packets_is_the_same_request(name: str, cuts: list[int]) -> None:
    """A head of 66,000 bytes is refused in one packet, and in several."""
    same = parsed(LONG[name], cuts) == in_one_packet(LONG[name])
    assert same  # no difference of 64 KiB in the report


PIECES = st.lists(
    st.sampled_from([
        START, CHUNKED, GET, b"\r\n", b"\n", b"Content-Length: 3\r\n", b"Content-Length: x\r\n",
        b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b" folded\r\n", b"3\r\nabc\r\n",
        b"0\r\n\r\n", b"zz", b"abc", b"\0", b"\x16", b"PRI * HTTP/2.0\r\n\r\n", b"X: y\r\n",
    ])
    | st.binary(max_size=8),
    max_size=8,
).map(b"".join)  # fmt: skip


@given(data=PIECES, cuts=st.lists(st.integers(0, 400), max_size=8))
def test_any_bytes_in_any_packets_give_the_same_events(data: bytes, cuts: list[int]) -> None:
    """Nothing depends on how bytes are divided into packets, and only one kind of error is raised."""
    assert parsed(data, cuts) == parsed(data)


@pytest.mark.parametrize("name", ["is_in_head", "is_in_body"])
def test_the_parser_knows_where_it_is(name: str) -> None:
    """It is in a head from the first byte to the empty line, and in a body from there to its end."""
    recorder = Recorder()
    request = b"\r\n" + with_header(b"Content-Length: 2") + b"ab"
    states = []
    for position in range(len(request)):
        recorder.parser.feed_data(request[position : position + 1])
        states.append("01"[getattr(recorder.parser, name)])
    pattern = "001+000" if name == "is_in_head" else "0+110"
    assert re.fullmatch(pattern, "".join(states))


def test_the_number_of_headers_is_limited() -> None:
    """In any packets; the limit itself is accepted."""
    for number, expected in ((MAX_HEADERS, None), (MAX_HEADERS + 1, "at most 1000 headers")):
        head = GET[:-2] + b"".join(b"h%d:\r\n" % n for n in range(number)) + b"\r\n"
        for cuts in ([], [20], [len(head) - 1], [100, 5000]):
            last = parsed(head, cuts)[-1]
            assert last == ("end",) if expected is None else expected in last[1]


def test_the_size_of_a_body_is_known_before_its_data() -> None:
    """The size of a chunk counts when its line is complete."""
    recorder = Recorder()
    recorder.parser.feed_data(CHUNKED + b"3\r\nabc\r\nfffffffffffffff\r\n")
    assert recorder.size == 3 + 0xFFFFFFFFFFFFFFF
