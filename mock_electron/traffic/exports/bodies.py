"""Bodies as text: a body may have any bytes, and may not be UTF-8."""

from base64 import b64encode


def text_of(data: bytes) -> str | None:
    """Return the bytes as text, or None if they are not valid UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def base64_of(data: bytes) -> str:
    """Return the bytes in base64."""
    return b64encode(data).decode()
