"""HTTP headers as they are sent and received."""

from collections.abc import Mapping
from types import MappingProxyType

Headers = tuple[tuple[bytes, bytes], ...]
"""Names and values, in the order in which they are sent."""


def headers_by_name(headers: Headers) -> Mapping[str, str]:
    """Return headers by lowercase name. The values of a repeated header are joined with commas."""
    named: dict[str, str] = {}
    for raw_name, raw_text in headers:
        name, text = raw_name.decode("latin-1").lower(), raw_text.decode("latin-1")
        named[name] = f"{named[name]}, {text}" if name in named else text
    return MappingProxyType(named)
