"""Exchanges as JSON lines: what `Exchange.to_dict` returns, and why a prompt was not cached.

They contain no time of the monotonic clock. On a frozen clock, the same requests give the same
bytes.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec.structs import asdict

from mock_electron.engine.cache_miss import CacheMiss, CacheMisses
from mock_electron.engine.exchange import Exchange
from mock_electron.wire import codec

ESCAPES: Final = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
"""The line ends that JSON allows in a string, and how they are written instead."""
COMPARED: Final = 20
"""The number of earlier exchanges of an account with which a prompt is compared."""


def json_lines(exchanges: Sequence[Exchange]) -> str:
    """Return one compact JSON object per line, in order. Every line ends with a newline.

    The line ends of Unicode are escaped, because `str.splitlines` divides a text there.
    """
    return "".join(lines_of(exchanges))


def lines_of(exchanges: Sequence[Exchange]) -> Iterator[str]:
    """Yield the lines of `json_lines`."""
    misses = CacheMisses(exchanges).explained(COMPARED)
    for one in exchanges:
        document = one.to_dict() | {"cache_miss": _miss(misses.get(one.number))}
        yield f"{codec.encode(document).decode().translate(ESCAPES)}\n"


def _miss(miss: CacheMiss | None) -> dict[str, Any] | None:
    return None if miss is None else asdict(miss)
