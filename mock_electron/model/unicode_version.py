"""Pin the Unicode data of the pocket model to Unicode 14.0, the version that Python 3.11 has.

A newer Python knows more letters and digits, so the model would choose other words for a text with
them. Therefore each of them is replaced by a substitute before the model reads the text, and put
back in its answer. A substitute consists of code points that no version of Unicode will ever assign.

New characters that are neither letters nor digits, such as emoji, need no substitute.
"""

import re
from typing import Final

from mock_electron._regex import regex

NEWER: Final = """
    558 58b-58c 88f c5c cdc 1c89-1c8a 208f 209d-209f a7cb-a7cf a7d2 a7d4 a7da-a7f1 ab6c-ab6d
    105c0-105f3 107bb-107bf 10940-10959 10d40-10d85 10ec2-10eee 1123f-11240 11380-113d3 116d0-116e3
    11b0a-11bf9 11db0-11df1 11f02-11f59 1246f 12475-1247f 12550-12686 1342f 13441-143fa 16100-16139
    16d40-16d79 16ea0-16ed3 16ff2-16ff6 187f8-187ff 18cd6-18cff 18d09-191d2 1b123-1b132 1b155 1b168
    1ccf0-1ccf9 1d2c0-1d2d3 1d6a6 1df1f-1dfff 1e030-1e06d 1e4d0-1e6ff 2b739-2b73f 2b81e 2cea2-2cead
    2ebf0-2ee5d 31350-3fc3f
"""
"""The letters and digits of Unicode 15.0 to 18.0, as ranges of code points that Unicode 14.0 does
not assign. Most of these code points are still unassigned."""

DIGITS: Final = "".join(
    chr(plane << 16 | last) for plane in range(4, 12) for last in (0xFFFE, 0xFFFF)
)
MARK: Final = "\U000cfffe"
"""A substitute is MARK and six digits of base 16, written with DIGITS. All of them are noncharacters
in planes that Unicode does not use. Such a noncharacter in a request gets a substitute too."""

LISTED: Final = "".join(
    "-".join(chr(int(end, 16)) for end in ends.split("-")) for ends in NEWER.split()
)
PINNED: Final = regex(f"[{MARK}{DIGITS}{LISTED}]")
SUBSTITUTE: Final = regex(f"{MARK}([{DIGITS}]{{6}})|[{MARK}{DIGITS}]")
"""A substitute, or a part of one that the model has cut."""


def pin(text: str) -> str:
    """Return a text with substitutes for newer letters and digits."""
    if text.isascii():
        return text
    newer = filter(PINNED.match, set(text))  # a set is much faster to search
    substitutes = {ord(character): _substitute(character) for character in newer}
    return text.translate(substitutes) if substitutes else text


def restore(text: str) -> str:
    """Return a text with the characters instead of substitutes. Drop incomplete substitutes.

    >>> restore(pin("\U00011f04"))
    '\U00011f04'
    """
    return text if text.isascii() else SUBSTITUTE.sub(_character, text)


def _substitute(character: str) -> str:
    return MARK + "".join(DIGITS[int(digit, 16)] for digit in f"{ord(character):06x}")


def _character(match: re.Match[str]) -> str:
    digits = match[1] or ""
    return chr(int("".join(f"{DIGITS.index(digit):x}" for digit in digits), 16)) if digits else ""
