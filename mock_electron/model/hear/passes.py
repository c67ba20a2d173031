"""The passes that turn a message into what was meant, in order.

1. Fillers go, spoken forms are written, then addresses, then corrections, which compare values.
2. The passes are repeated until nothing changes, so that a text that was heard is its own meaning. A
   text that does not come to rest stays as it was.
3. After "repeat after me", "say" or "translate", all words are meant as they are.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hear.addresses import addresses
from mock_electron.model.hear.corrections import corrected
from mock_electron.model.hear.fillers import without_fillers
from mock_electron.model.hear.forms import written
from mock_electron.model.hear.kinds import is_spoken, scan
from mock_electron.model.hear.pieces import ALWAYS, SPOKEN, Line
from mock_electron.model.hear.signals import words_of
from mock_electron.model.hear.span import Span
from mock_electron.model.hear.speech import speech_of
from mock_electron.model.hear.units import with_units
from mock_electron.model.hear.wordings import with_wordings
from mock_electron.model.language import LANGUAGES, Language
from mock_electron.model.work import WORD, Spent, Work

HEARD_WORD: Final = 16 * WORD
"""Units of work to hear a word of a text with spoken forms."""
LONGEST_TYPED: Final = 1_000
"""The maximum number of characters of a text with capitals or commas that may be spoken."""
MOST: Final = 3
VERBATIM: Final = regex(
    r"\W*(?:(?:please|now|can you|could you|would you|just|only) )*"
    r"(?:repeat|echo|say|spell|pronounce|translate|transcribe|type|print|output|how do (?:you|i|we) say)\b",
    re.IGNORECASE,
)
"""The beginning of a message with words that are meant as they are."""


def passed(text: str, language: Language, today: date, work: Work) -> tuple[Line, ...]:
    """Return the steps from a message to what was meant; the text of the last one is that.

    The messages of a conversation are heard for each of its requests, so the latest are kept. Each
    request is charged as if they were not.

    Args:
        text: The message.
        language: Its language.
        today: The day from which relative days count.
        work: The budget of the request.

    Raises:
        Spent: If the budget is spent.
    """
    lines, used = _kept(text, language.code, today)
    work.charge(used)
    return lines


@lru_cache(maxsize=128)
def _kept(text: str, code: str, today: date) -> tuple[tuple[Line, ...], int]:
    """The steps, and the units of work that they take."""
    work = Work()
    try:
        return _steps(text, LANGUAGES[code], today, work), work.used
    except Spent:
        return (), work.limit + 1


def _steps(text: str, language: Language, today: date, work: Work) -> tuple[Line, ...]:
    if VERBATIM.match(text) or (len(text) > LONGEST_TYPED and not is_spoken(text)):
        return ()
    lines: list[Line] = []
    current = text
    for _ in range(MOST):
        line = _passed(current, language, today, work)
        if line.text == current:
            return tuple(lines)
        lines.append(line)
        current = line.text
    return ()


def all_values(text: str, language: Language, today: date, work: Work) -> tuple[Span, ...]:
    """Return all values of a text, in order, with their units.

    Args:
        text: The text.
        language: Its language.
        today: The day from which relative days count.
        work: The budget of the request.
    """
    line = Line.of(text, speech_of(language, words_of(text)), spoken=is_spoken(text))
    work.charge(HEARD_WORD * len(line.pieces) + len(text))
    return with_wordings(line, with_units(line, scan(text, language, today, work)))


def _passed(text: str, language: Language, today: date, work: Work) -> Line:
    line = Line.of(text, speech_of(language, words_of(text)), spoken=is_spoken(text))
    work.charge(HEARD_WORD * len(line.pieces))

    def read(now: str) -> tuple[Span, ...]:
        return scan(now, language, today, work)

    line = written(without_fillers(line), SPOKEN if line.spoken else ALWAYS, work)
    return corrected(addresses(line), read)
