"""A tokenizer that needs no downloaded vocabulary. The tokens of a text join to the same text.

The rules resemble a byte-pair tokenizer with a large vocabulary; where it cuts is assumed (A):

1. A word of up to 12 letters is one token, including the space before it. A longer word is cut
   after every six letters.
2. Up to three digits are one token, as are one punctuation character and up to 16 white-space
   characters.
3. Text in other scripts is cut after every two characters. Characters beyond the basic plane, such
   as emoji, are one token each.

The pattern lists its character ranges explicitly, because `\\w` depends on the Unicode tables of
the Python version.
"""

import re
from functools import lru_cache
from itertools import islice
from typing import Final

from mock_electron._regex import regex

LETTER: Final = r"A-Za-z\u00c0-\u024f"
NOT_OTHER: Final = r"\x00-\u024f\u2000-\u2bff\ud800-\uf8ff\ufb00-\uff65\uffdd-\U0010ffff"
"""The ranges of everything that is not a letter of another script. Compiling a pattern takes time
for each character in a range, and these ranges are shorter than those of the letters."""


def _token(letter: str, not_other: str) -> re.Pattern[str]:
    """Return the pattern of a token.

    Args:
        letter: The ranges of the letters that make words.
        not_other: The ranges of everything that is not a letter of another script.
    """
    return regex(
        rf"""
          [ ]?+[{letter}]{{1,12}}+(?![{letter}])  # a word; first, because most tokens are words
        | [!-&(-/:-@\[-`{{-~]                     # punctuation without a space before it, except '
        | [0-9]{{1,3}}                            # digits without a space before them
        | '(?:s|t|m|d|re|ve|ll)(?![{letter}])     # the end of a contraction
        | [ ]?+(?:
              [{letter}]{{6}}                     # six letters of a long word
            | [0-9]{{1,3}}
            | [^{not_other}]{{1,2}}                # other scripts
            | [^\t\n\r ]                         # punctuation and anything else, one by one
          )
        | [\t\n\r ]{{1,16}}(?=[ ])                  # white space, except the space before a word
        | [\t\n\r ]{{1,16}}
        """,
        re.VERBOSE,
    )


TOKEN: Final = _token(LETTER, NOT_OTHER)
ASCII_TOKEN: Final = _token("A-Za-z", r"\x00-\x7f")
"""The same for texts in ASCII. It is compiled in a fifth of the time, and most servers and tests need
no other."""


def token_of(text: str) -> re.Pattern[str]:
    """Return the pattern of the tokens of a text."""
    return ASCII_TOKEN if text.isascii() else TOKEN


SHORT: Final = 2_000
"""The length of a text, in characters, up to which its tokens are kept for a while. Those of a reply
are shared."""
KEPT_TEXTS: Final = 64
"""The number of short texts whose tokens are kept. A reply is read twice, and the system prompt and
the tools of a conversation are read for each of its requests."""
SHARED_TOKENS: Final = 10_000
"""The number of tokens that all replies share. The journal keeps thousands of short replies, which
consist of the same words."""
NOT_LONG: Final = 4
"""Characters per token up to which it is faster to find all tokens than the first ones."""


def of(text: str) -> tuple[str, ...]:
    """Return the tokens of a text. Joined, they are the same text."""
    return _of_short(text) if len(text) <= SHORT else tuple(token_of(text).findall(text))


@lru_cache(maxsize=KEPT_TEXTS)
def _of_short(text: str) -> tuple[str, ...]:
    found = (ASCII_TOKEN if text.isascii() else TOKEN).findall(text)  # not token_of, for speed
    return tuple(found)


def split(text: str, most: int | None = None) -> tuple[str, ...]:
    """Return the first tokens of a text, which belongs to a reply.

    Args:
        text: The text.
        most: The maximum number of tokens to return. The rest of a long text is not read.
    """
    if len(text) <= SHORT:
        found = _of_short(text)[:most]
        share = _shared.setdefault if len(_shared) < SHARED_TOKENS else _shared.get
        return tuple(map(share, found, found))
    if most is None or len(text) <= NOT_LONG * most:
        return of(text)[:most]
    return tuple(token[0] for token in islice(token_of(text).finditer(text), most))


_shared: Final[dict[str, str]] = {}


def count(text: str) -> int:
    """Return the number of tokens of a text."""
    return len(of(text))
