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
from itertools import chain, islice
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
"""The length of a text, in characters, up to which its tokens are kept for a while."""
KEPT_TEXTS: Final = 64
"""The number of short texts whose tokens are kept. A reply is read twice, and the system prompt and
the tools of a conversation are read for each of its requests."""
KEPT_WORDS: Final = 4_096
LONGEST_KEPT: Final = 32
"""The number of words whose tokens are kept, and their length in characters. The journal keeps
thousands of short replies, which consist of the same words. So they share their tokens."""
NOT_LONG: Final = 4
"""Characters per token up to which it is faster to find all tokens than the first ones."""


def of(text: str) -> tuple[str, ...]:
    """Return the tokens of a text. Joined, they are the same text."""
    return _of_short(text) if len(text) <= SHORT else tuple(token_of(text).findall(text))


@lru_cache(maxsize=KEPT_TEXTS)
def _of_short(text: str) -> tuple[str, ...]:
    """Return the tokens of a short text. No token has a space that is not its first character.

    So the words of most texts are found one by one, each with the space before it.
    """
    if "  " in text or not text.isprintable():  # a run of white space may be one token
        return tuple(token_of(text).findall(text))
    words = text.replace(" ", "\n ").split("\n")
    return tuple(chain.from_iterable(map(_words.__getitem__, words)))


class _Words(dict[str, tuple[str, ...]]):
    """The tokens of words, found once. A dict is read in a third of the time of an `lru_cache`."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        found = tuple(token_of(word).findall(word))
        if len(word) <= LONGEST_KEPT:
            if len(self) >= KEPT_WORDS:
                self.clear()
            self[word] = found
        return found


_words: Final = _Words()


def split(text: str, most: int | None = None) -> tuple[str, ...]:
    """Return the first tokens of a text, which belongs to a reply.

    Args:
        text: The text.
        most: The maximum number of tokens to return. The rest of a long text is not read.
    """
    if len(text) <= SHORT:
        return _of_short(text)[:most]
    if most is None or len(text) <= NOT_LONG * most:
        return of(text)[:most]
    return tuple(token[0] for token in islice(token_of(text).finditer(text), most))


def count(text: str) -> int:
    """Return the number of tokens of a text."""
    return len(of(text))
