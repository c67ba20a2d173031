"""What an HTTP/2 client is told: to use HTTP/1.1."""

from typing import Final

HTTP_1_1_REQUIRED: Final = 13
"""The error code of HTTP/2 that tells a client to use HTTP/1.1."""


def _http_2_frame(kind: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, 0, 0, 0, 0, 0]) + payload


GOAWAY: Final = _http_2_frame(4, b"") + _http_2_frame(
    7, bytes(4) + HTTP_1_1_REQUIRED.to_bytes(4) + b"mock-electron speaks HTTP/1.1 only"
)
"""The frames SETTINGS and GOAWAY: an HTTP/2 client reports the error code and the text."""
