"""Answers that are sent at once: a request in one packet, answered by one write.

Most requests on a keep-alive connection have the same head as an earlier one. If such a head and
the whole body arrive in one packet, and the answer needs no faults, the connection asks the lane
directly, without the parser, an ASGI scope or a task. The bytes of the answer are the same as those
of the ASGI application, which handles all other requests. serve/timed.py writes an answer that has
pauses.

A head is remembered after the parser has accepted it, so it is valid.
"""

from typing import Final

from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.ready import AnyAnswer, ReadyAnswer
from mock_electron.engine.recent import Recent
from mock_electron.serve.browser import BROWSER_HEADERS
from mock_electron.wire import render
from mock_electron.wire.headers import Headers

HEAD_END: Final = b"\r\n\r\n"
REMEMBERED_HEADS: Final = 2_000_000
"""The maximum memory of the remembered heads, in bytes."""
LONGEST_KEPT: Final = 2_000
"""The length of the longest body that is kept with its head, in bytes."""
LONGEST_HEAD: Final = 8_192
"""The maximum size of a head that is remembered, in bytes."""
OTHER_WAYS: Final = frozenset(
    (b"connection", b"expect", b"transfer-encoding", b"upgrade", *BROWSER_HEADERS)
)
"""The headers of requests that the ASGI application must handle."""
KEEP_ALIVE: Final = b"keep-alive"


class Head(Struct, eq=False):
    """The head of a request to the chat endpoint.

    Attributes:
        lane: The name of the lane, or None for the default lane.
        length: The length of the body, in bytes.
        latest: The latest request with this head, if its body is short.
        latest_size: The memory of a request without its body, in bytes.
    """

    lane: str | None
    length: int
    latest: Arrival
    latest_size: int

    def arrival(self, body: bytes) -> Arrival:
        """Return the request with this head and this body."""
        latest = self.latest
        if latest.body != body:
            latest = latest.with_body(body)
            if len(body) <= LONGEST_KEPT:
                self.latest = latest
        return latest

    @property
    def size(self) -> int:
        """The maximum memory of the head, in bytes."""
        return self.latest_size + LONGEST_KEPT


Heads = Recent[bytes, Head]


def head_of(packet: bytes) -> bytes:
    """Return the head of the request with which a packet begins, or b"" if it may have none."""
    end = packet.find(HEAD_END, 0, LONGEST_HEAD)
    is_post = packet.startswith(b"POST ")  # the parser skips blank lines before a request
    return packet[: end + len(HEAD_END)] if is_post and end > 0 else b""


def may_be_sent_at_once(headers: list[tuple[bytes, bytes]]) -> bool:
    """Return whether a request with these headers needs nothing but an answer."""
    return all(
        name not in OTHER_WAYS or (name == b"connection" and value.lower() == KEEP_ALIVE)
        for name, value in headers
    )


def head_lines(status: int, headers: Headers) -> bytes:
    """Return the lines of a response up to the blank line, as uvicorn writes them."""
    return STATUS_LINE[status] + b"".join([b"%b: %b\r\n" % header for header in headers])


def stream_head(answer: AnyAnswer) -> bytes:
    """Return the head of a stream that is sent in HTTP chunks, as uvicorn writes it."""
    if isinstance(answer, ReadyAnswer):
        return STREAM_HEAD % answer.stamp.request_id.encode()
    return head_lines(answer.status, answer.headers) + CHUNKED


def response(answer: AnyAnswer) -> bytes:
    """Return the bytes of an answer, as uvicorn writes them for the ASGI application."""
    if isinstance(answer, ReadyAnswer):
        body, request_id = answer.body, answer.stamp.request_id.encode()
        if answer.ready.streamed:
            return b"".join((READY_STREAM % (request_id, len(body)), body, AFTER_CHUNKS))
        return READY_BODY % (len(body), request_id, body)
    headers, body = answer.whole()
    head = head_lines(answer.status, headers)
    if b"content-length" in dict(headers):
        return b"%b\r\n%b" % (head, body)
    return b"".join((head, CHUNKED, b"%x\r\n" % len(body), body, AFTER_CHUNKS))


CHUNKED: Final = b"transfer-encoding: chunked\r\n\r\n"
"""The last header of a body in HTTP chunks, and the blank line after it."""
CHUNK: Final = b"%x\r\n%b\r\n"
"""The form of an HTTP chunk: the length and the bytes."""
LAST_CHUNK: Final = b"0\r\n\r\n"
AFTER_CHUNKS: Final = b"\r\n" + LAST_CHUNK
"""What follows the bytes of the only HTTP chunk of a body."""
READY_BODY: Final = (
    head_lines(200, render.json_headers(b"", "%b")).replace(b": 0", b": %d") + b"\r\n%b"
)
"""The form of a response with a ready reply: the length, the request id, and the body."""
STREAM_HEAD: Final = head_lines(200, render.stream_headers("%b")) + CHUNKED
"""The form of the head of a ready stream: the request id."""
READY_STREAM: Final = STREAM_HEAD + b"%x\r\n"
"""The form of what precedes the frames of a ready stream: the request id, and their length."""
