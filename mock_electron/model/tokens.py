"""A tokenizer without downloads: it cuts text so that the pieces, joined, are the text again.

Rules, in the manner of a byte-pair tokenizer with a large vocabulary (the cuts are A):

1. A word of up to 12 letters is one token, with the space before it; a longer one is cut in sixes.
2. Up to three digits are a token; a mark of punctuation is its own; so is white space,
   up to sixteen characters of it.
3. Text of other scripts is cut in twos; what lies beyond the basic plane (emoji), in ones.

The pattern names its ranges of characters itself: `\\w` would follow the Unicode tables of the
Python that runs it.
"""

import re
from typing import Final

LETTER: Final = "A-Za-z\u00c0-\u024f"

TOKEN: Final = re.compile(
    rf"""
      '(?:s|t|m|d|re|ve|ll)(?![{LETTER}])     # the end of a contraction
    | [ ]?[{LETTER}]{{1,12}}(?![{LETTER}])    # a word
    | [ ]?[{LETTER}]{{6}}                     # six letters of a long word
    | [ ]?[0-9]{{1,3}}
    | [ ]?[\u0250-\u1fff\u2c00-\ud7ff\uf900-\ufaff\uff66-\uffdc]{{1,2}}  # other scripts
    | [ ]?[!-/:-@\[-`{{-~]                    # ASCII punctuation
    | [ ]?[^\t\n\r ]                          # anything else, one by one
    | [\t\n\r ]{{1,16}}(?=[ ])                  # white space, but for the space that a word takes
    | [\t\n\r ]{{1,16}}
    """,
    re.VERBOSE,
)


def split(text: str) -> tuple[str, ...]:
    """The tokens of a text. Joined, they are the text again, whatever it is."""
    return tuple(TOKEN.findall(text))


def count(text: str) -> int:
    """How many tokens a text has."""
    return len(TOKEN.findall(text))
