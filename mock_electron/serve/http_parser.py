"""An incremental parser for HTTP/1.1 requests, as RFC 9112 defines them.

It calls the same methods of a protocol as the parser of httptools, with these differences:

1. The result does not depend on how the bytes are divided into packets. The first mistake counts.
2. `feed_data` stops after each request, so that requests can be handled one by one.
3. Every mistake in the framing of a request is an error at once: lines without CR, folded header
   lines, control characters, more than one length, and any transfer coding except `chunked`.
4. The size of a request head is limited.
5. An offer to upgrade is ignored. Java's HttpClient offers HTTP/2 with every request, and the bytes
   that follow are the body of that request.

h11 gives the same guarantees, but takes more than four times as long for a request.
"""

import re
from collections.abc import Callable
from typing import Final, Protocol

from mock_electron.serve.http_syntax import (
    BEGUN_SIZE_LINE,
    HEAD,
    LONG_SIZE,
    METHODS,
    PREFACE,
    REQUEST_LINE,
    SIZE_LINE,
    Framing,
    Http2Error,
    InvalidRequestError,
    check_beginning,
    header_of,
    request_line_error,
)

MAX_HEAD: Final = 64 * 1024
"""Maximum size of the request line and headers, in bytes (A)."""
MAX_SHOWN: Final = 1024
"""Maximum number of bytes of a wrong request line that an error has."""
MAX_HEADERS: Final = 1000
"""Maximum number of headers in a request, because each header takes time (A)."""
MAX_SIZE_LINE: Final = 4096
"""Maximum size of the line before a chunk, with its extensions, in bytes."""
MAX_CHUNKS: Final = 100_000
"""Maximum number of chunks in a body, because each chunk takes time, however small it is."""


class Callbacks(Protocol):
    """The methods that a parser calls for each request, in this order.

    Those for a header, a size and a part of the body may be called repeatedly, or not at all.
    `on_body_size` is called if a chunk has begun that is not complete.
    """

    def on_message_begin(self) -> None: ...
    def on_url(self, url: bytes) -> None: ...
    def on_header(self, name: bytes, value: bytes) -> None: ...
    def on_headers_complete(self) -> None: ...
    def on_body_size(self) -> None: ...
    def on_body(self, body: bytes) -> None: ...
    def on_message_complete(self) -> None: ...


class RequestParser:
    """Parses the requests of one connection.

    After an error, `feed_data` must not be called again.

    Args:
        callbacks: Its methods are called for each request.

    Attributes:
        is_in_head: Whether a request has begun and its head is not complete.
        is_in_body: Whether a head is complete and its body is not.
        body_size: The size of the current body, in bytes; of chunks, those that have begun.
    """

    def __init__(self, callbacks: Callbacks) -> None:
        self.is_in_head: bool = False
        self.is_in_body: bool = False
        self.body_size: int = 0
        self._callbacks = callbacks
        self._read: Callable[[bytes, int], int] = self._begin
        self._line = bytearray()
        self._size = 0
        self._left = 0
        self._chunks = 0
        self._parts: list[bytes] = []
        self._method = self._target = b""
        self._is_http_1_1 = True
        self._headers: list[tuple[bytes, bytes]] = []
        self._keeps_alive = True
        self._is_at_end = False

    def feed_data(self, data: bytes, position: int = 0) -> int:
        """Parse more bytes, up to the end of a request, and return the position after them.

        Args:
            data: The bytes.
            position: The index of the first byte to parse.

        Raises:
            InvalidRequestError: If they are not a valid request.
        """
        self._is_at_end = False
        try:
            while position < len(data) and not self._is_at_end:
                position = self._read(data, position)
        finally:
            self._flush()
        return min(position, len(data))

    def get_method(self) -> bytes:
        """Return the method of the current request."""
        return self._method

    def get_http_version(self) -> str:
        """Return the version of the current request: 1.0 or 1.1."""
        return "1.1" if self._is_http_1_1 else "1.0"

    def should_keep_alive(self) -> bool:
        """Return whether the client may send another request after the current one."""
        return self._keeps_alive

    def end_after_body(self) -> None:
        """Ignore all bytes after the current request."""
        self._keeps_alive = False

    def should_upgrade(self) -> bool:
        """Return False: an offer to upgrade is ignored."""
        return False

    # --- the head

    def _begin(self, data: bytes, position: int) -> int:
        """Skip empty lines before a request."""
        while position < len(data) and data[position] in b"\r\n":
            position += 1
        if position < len(data):
            self.is_in_head, self._size, self._headers = True, 0, []
            self._callbacks.on_message_begin()
            self._read = self._read_start
            return self._read_whole_head(data, position)
        return position

    def _read_whole_head(self, data: bytes, position: int) -> int:
        """Read a head that is in one packet and has no mistake: the usual case, and faster.

        Return the position after it, or the given position in any other case.
        """
        found = HEAD.match(data, position, position + MAX_HEAD)
        if found is None or found[1].decode() not in METHODS:
            return position
        self._begin_request(found)
        lines = [line.partition(b":") for line in found[4].split(b"\r\n")[:-1]]
        self._headers = [(name, value.strip(b" \t")) for name, _, value in lines]
        self._end_head()
        return found.end()

    def _begin_request(self, line: re.Match[bytes]) -> None:
        self._method, self._target, self._is_http_1_1 = line[1], line[2], line[3] == b"1"

    def _read_start(self, data: bytes, position: int) -> int:
        check_beginning(bytes(self._line) + data[position : position + MAX_SHOWN])
        line, position = self._next_line(data, position)
        if line is None:
            return position
        if line == PREFACE:
            raise Http2Error("it is HTTP/2 without TLS, but this port speaks HTTP/1.1 only")
        found = REQUEST_LINE.fullmatch(line)
        if found is None:
            raise request_line_error(line)
        self._begin_request(found)
        self._read = self._read_header
        return position

    def _read_header(self, data: bytes, position: int) -> int:
        line, position = self._next_line(data, position)
        if line == b"\r\n":
            self._end_head()
        elif line is not None:
            self._headers.append(header_of(line))
        return position

    def _next_line(self, data: bytes, position: int) -> tuple[bytes | None, int]:
        """Return the next line of a head and the position after it; None if it is incomplete."""
        end = data.find(b"\n", position) + 1
        self._line += data[position : end or len(data)]
        if self._size + len(self._line) > MAX_HEAD:
            what = "trailer" if self.is_in_body else "request head"
            raise InvalidRequestError(f"{what} larger than {MAX_HEAD} bytes")
        if not end:
            return None, len(data)
        line = bytes(self._line)
        self._size += len(line)
        self._line.clear()
        return line, end

    def _end_head(self) -> None:
        if len(self._headers) > MAX_HEADERS:
            raise InvalidRequestError(f"a request must have at most {MAX_HEADERS} headers")
        framing = Framing(self._headers)
        if framing.is_chunked and not self._is_http_1_1:
            raise InvalidRequestError("Transfer-Encoding must not be given in HTTP/1.0")
        callbacks = self._callbacks
        self._keeps_alive = self._is_http_1_1 and not framing.closes
        self._left, self._chunks = framing.length, 0
        self.body_size = framing.length
        self._read = self._read_size if framing.is_chunked else self._read_body
        callbacks.on_url(self._target)
        for name, value in self._headers:
            callbacks.on_header(name, value)
        callbacks.on_headers_complete()
        self.is_in_head, self.is_in_body = False, True
        if not framing.is_chunked and not framing.length:
            self._end_message()

    # --- the body

    def _read_body(self, data: bytes, position: int) -> int:
        """Read a body of a known length."""
        position = self._take(data, position)
        if not self._left:
            self._end_message()
        return position

    def _take(self, data: bytes, position: int) -> int:
        part = data[position : position + self._left]
        self._parts.append(part)
        self._left -= len(part)
        return position + len(part)

    def _read_size(self, data: bytes, position: int) -> int:
        """Read the line before a chunk."""
        if not self._line:
            position = self._read_whole_chunks(data, position)
            if position == len(data):
                return position
        end = data.find(b"\n", position, position + MAX_SIZE_LINE) + 1
        self._line += data[position : end or position + MAX_SIZE_LINE]
        line = bytes(self._line)
        found = SIZE_LINE.fullmatch(line) if end else BEGUN_SIZE_LINE.fullmatch(line)
        if len(line) > MAX_SIZE_LINE and BEGUN_SIZE_LINE.fullmatch(line[:MAX_SIZE_LINE]):
            raise InvalidRequestError(
                f"the line with the size of a chunk must have at most {MAX_SIZE_LINE} bytes"
            )
        if found is None or len(line) > MAX_SIZE_LINE:
            hint = "; it has too many, the maximum is 15" if LONG_SIZE.match(line) else ""
            message = "a chunk must begin with its size, in hexadecimal digits"
            raise InvalidRequestError(message + hint)
        if not end:
            return position + MAX_SIZE_LINE
        self._line.clear()
        self._left = int(found[1], 16)
        self._chunks += 1
        if self._chunks > MAX_CHUNKS:
            raise InvalidRequestError(f"a body must have at most {MAX_CHUNKS} chunks")
        self._size = 0
        self._read = self._read_chunk if self._left else self._read_trailer
        if self._left:
            self.body_size += self._left
            self._callbacks.on_body_size()
        return end

    def _read_whole_chunks(self, data: bytes, position: int) -> int:
        """Read the chunks that are in one packet and have no mistake.

        Return the position after them.
        """
        while self._chunks < MAX_CHUNKS:
            found = SIZE_LINE.match(data, position, position + MAX_SIZE_LINE)
            size = int(found[1], 16) if found else 0
            start = found.end() if found else 0
            if not size or data[start + size : start + size + 2] != b"\r\n":
                break
            self._parts.append(data[start : start + size])
            self.body_size += size
            self._chunks += 1
            position = start + size + 2
        return position

    def _read_chunk(self, data: bytes, position: int) -> int:
        position = self._take(data, position)
        if not self._left:
            self._read = self._end_chunk
        return position

    def _end_chunk(self, data: bytes, position: int) -> int:
        missing = 2 - len(self._line)
        self._line += data[position : position + missing]
        if not b"\r\n".startswith(self._line):
            raise InvalidRequestError("the data of a chunk must have its size and end with CR LF")
        if len(self._line) == 2:
            self._line.clear()
            self._read = self._read_size
        return position + missing

    def _read_trailer(self, data: bytes, position: int) -> int:
        line, position = self._next_line(data, position)
        if line == b"\r\n":
            self._end_message()
        elif line is not None:
            header_of(line)
        return position

    def _end_message(self) -> None:
        self._flush()
        self.is_in_body, self._is_at_end = False, True
        self._read = self._begin if self._keeps_alive else _ignore
        self._callbacks.on_message_complete()

    def _flush(self) -> None:
        """Report the parts of the body that were read from one packet."""
        if self._parts:
            body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts.clear()
            self._callbacks.on_body(body)


def _ignore(data: bytes, _position: int) -> int:
    """Ignore what follows the last request."""
    return len(data)
