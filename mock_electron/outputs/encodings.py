"""The encodings in which a text may contain a key: base64, base64url and hex."""

import base64
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

MOST_CACHED: Final = 1_000
"""The maximum length of a key whose encodings are cached, in characters."""
STARTS: Final = (0, 2, 3)
"""How many characters of base64 also depend on what precedes the key: 0, 1 or 2 bytes."""


def encodings(key: str) -> tuple[str, ...]:
    """Return what every base64, base64url or hex encoding of a text with a key contains.

    In base64, a key looks different after one byte, after two and after three. The characters at
    its ends that also depend on other bytes are left out, and so is the padding.

    Args:
        key: The key.

    >>> encodings("key-1")
    ('a2V5LT', 'tleS0x', 'rZXktM', '6b65792d31', '6B65792D31')
    """
    return _encodings(key) if len(key) <= MOST_CACHED else _encodings.__wrapped__(key)


@lru_cache(maxsize=64)
def _encodings(key: str) -> tuple[str, ...]:
    sent = (key.encode(errors="replace"), key.encode("latin-1", "replace"))
    return tuple(form for data in dict.fromkeys(sent) for form in _encoded(data))


def _encoded(data: bytes) -> Iterator[str]:
    for before, start in enumerate(STARTS):
        whole = (before + len(data)) * 8 // 6
        text = base64.b64encode(bytes(before) + data).decode()[start:whole]
        yield from dict.fromkeys((text, text.replace("+", "-").replace("/", "_")))
    yield from dict.fromkeys((data.hex(), data.hex().upper()))
