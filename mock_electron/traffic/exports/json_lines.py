"""Exchanges as JSON lines: what `Exchange.to_dict` returns, and why a prompt was not cached.

Each line stands alone: it has the number of the format and the settings of its lane too. So lines
can be selected, sorted and joined, and `mock_electron.traffic.reading` still understands them.

They contain no time of the monotonic clock. On a frozen clock, the same requests give the same
bytes.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec.structs import asdict

from mock_electron.engine.cache_miss import CacheMiss, CacheMisses
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.settings import Settings
from mock_electron.traffic.world import world_of
from mock_electron.wire import codec

ESCAPES: Final = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
"""The line ends that JSON allows in a string, and how they are written instead."""
FORMAT: Final = 2
"""The number of the format. Lines of format 1 have no number, and no settings."""
COMPARED: Final = 20
"""The number of earlier exchanges of an account with which a prompt is compared."""


def json_lines(exchanges: Sequence[Exchange], settings: Settings | None = None) -> str:
    """Return one compact JSON object per line, in order. Every line ends with a newline.

    The line ends of Unicode are escaped, because `str.splitlines` divides a text there.

    Args:
        exchanges: The exchanges.
        settings: The settings of their lane. Default: the default settings.
    """
    return "".join(lines_of(exchanges, settings))


def lines_of(exchanges: Sequence[Exchange], settings: Settings | None = None) -> Iterator[str]:
    """Yield the lines of `json_lines`."""
    misses = CacheMisses(exchanges).explained(COMPARED)
    world = {"format": FORMAT, "settings": world_of(settings or Settings())}
    for one in exchanges:
        document = one.to_dict() | {"cache_miss": _miss(misses.get(one.number))} | world
        yield f"{codec.encode(document).decode().translate(ESCAPES)}\n"


def _miss(miss: CacheMiss | None) -> dict[str, Any] | None:
    return None if miss is None else asdict(miss)
