"""Bodies where a file wants text: any bytes travel, and UTF-8 is not certain."""

from base64 import b64encode


def text_of(data: bytes) -> str | None:
    """The bytes as text; None where they are no UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def base64_of(data: bytes) -> str:
    """The bytes in base64."""
    return b64encode(data).decode()
