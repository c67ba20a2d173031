"""Ids that are spelled: "a as in apple b four two" is AB42.

1. An id is a row of letters and digits, with words such as "dash" between them.
2. It has at least three of them, with a letter and a digit, or three letters. Two are enough after
   a word such as "gate", or if one is explained: "b for bravo".
3. "A" and "I" are usually words: alone with digits, they are letters only after such a word.
"""

from collections.abc import Mapping
from typing import Final

from mock_electron.model.hear.cardinals import cardinal
from mock_electron.model.hear.figures import NUMBERED
from mock_electron.model.hear.pieces import ALWAYS, SPOKEN, Line, Written
from mock_electron.model.hear.signals import NATO, ZEROS

SIGNS: Final = {
    "dash": "-",
    "hyphen": "-",
    "slash": "/",
    "underscore": "_",
    "dot": ".",
    "point": ".",
    "डैश": "-",
    "हाइफ़न": "-",
    "हाइफन": "-",
    "स्लैश": "/",
    "டேஷ்": "-",
    "டாஷ்": "-",
    "ஹைபன்": "-",
    "ஸ்லாஷ்": "/",
}
COPULAS: Final = frozenset(("it's", "is", "it’s", "was"))
WORDS: Final = frozenset(("a", "i"))
LONGEST: Final = 40


class _Row:
    """A row of letters and digits while it is read."""

    def __init__(self) -> None:
        self.text = ""
        self.letters = self.digits = self.nato = self.words = 0
        self.is_explained = False


def spelled(line: Line, place: int) -> Written | None:
    """The id at a place."""
    row, end, last = _Row(), place, place
    if not place and line.words[0] in ZEROS and line.word(1) in WORDS:  # "oh a 10"
        return None
    if line.words[place] == "x" and line.word(place - 1).isdecimal():  # "80 x 100"
        return None
    while end < len(line.pieces) and end - place < LONGEST and (end == place or line.spaced(end)):
        step = _letter(line, end, row) or _digits(line, end, row)
        if step is not None:
            end = last = step
            if row.text.lower() in NUMBERED:  # "p n r 24" is the PNR
                break
        elif row.is_explained and line.words[end] in MORE and _is_explained(line, end + 1):
            end += 1
        elif row.text and line.words[end] in SIGNS and _is_item(line, end + 1):
            row.text += SIGNS[line.words[end]]
            end += 1
        else:
            break
    is_word = row.letters > 1 or (row.digits > 2 and not row.is_explained)
    is_article = line.word(last - 1) in WORDS and line.word(last - 2) not in line.speech.doubles
    if last < len(line.pieces) and is_word and is_article and row.digits:
        row.text, last, row.letters = row.text[:-1], last - 1, row.letters - 1
    if not row.letters or not _is_id(line, place, last, row):
        return None
    level = ALWAYS if row.is_explained or row.digits > 2 else SPOKEN
    return Written(last, row.text, level)


MORE: Final = frozenset(("another", "and", "then"))
"""Words between letters that are explained: "m as in mike another m"."""


def _is_explained(line: Line, place: int) -> bool:
    """Whether a letter at a place is not the beginning of a sentence."""
    return len(line.word(place)) == 1 and (
        line.word(place - 1) == "another" or line.word(place + 1) in ("as", "for")
    )


def _is_id(line: Line, place: int, end: int, row: _Row) -> bool:
    """Rules 2 and 3."""
    numbered = line.word(place - 1) in NUMBERED
    total = row.letters + row.digits
    if row.is_explained:
        return total > 1
    if not line.spoken:
        return False
    if row.nato == 1 and row.letters < 3:
        return False
    if row.letters == 1 and line.word(place) in WORDS:
        before = line.word(place - 1)
        if row.digits == 1 and before in COPULAS and not line.ends(end):
            return False  # "it's a three bedroom house"
        return row.digits > 0 and (numbered or before == "the")
    if not row.digits:
        return row.letters > 2 and row.nato in (0, row.letters)
    if line.words[place] in line.speech.singles:
        is_class = row.digits < 3 and row.letters == 1 and row.text[-1] not in "AI"
        return numbered or (row.digits > 1 and total > 2) or (is_class and line.ends(end))
    return total > 2 or numbered


def _letter(line: Line, place: int, row: _Row) -> int | None:
    """The place after a letter, and after the word that explains it."""
    word = line.words[place]
    letter = NATO.get(word) or (word.upper() if len(word) == 1 and "a" <= word <= "z" else None)
    letter = letter or line.speech.letters.get(word) or _capitals(line, place)
    if letter is None and row.text and _is_item(line, place + 1):
        letter = _initials(word, line.speech.letters)
    if letter is None or (word in ZEROS and row.digits and _is_item(line, place + 1)):
        return None
    end = place + 1
    if word == "x" and line.word(end) == "ray":
        row.text, row.letters, row.nato = row.text + "X", row.letters + 1, row.nato + 1
        return end + 1
    after = line.words[end : end + 3]
    skipped = 3 if after[:2] == ["as", "in"] else 2 if after[:1] in (["for"], ["as"]) else 0
    explaining = after[skipped - 1] if 0 < skipped <= len(after) else ""
    if len(word) == 1 < len(explaining) and explaining.startswith(word):
        end += skipped
        row.is_explained = True
    row.text += letter
    row.letters += len(letter)
    row.nato += word in NATO
    return end


def _capitals(line: Line, place: int) -> str | None:
    """ "RB" in a text of another script."""
    text = line.pieces[place].text
    is_short = len(text) <= MOST_CAPITALS and text.isascii() and text.isalpha()
    return text if is_short and text.isupper() and line.speech.letters else None


def _initials(word: str, letters: Mapping[str, str]) -> str | None:
    """ "KA" for கேஏ: a word that is two names of letters."""
    for size in range(1, min(len(word), LONGEST_NAME + 1)):
        if word[:size] in letters and word[size:] in letters:
            return letters[word[:size]] + letters[word[size:]]
    return None


MOST_CAPITALS: Final = 3
LONGEST_NAME: Final = 8
"""The number of characters of the longest name of a letter."""


def _digits(line: Line, place: int, row: _Row) -> int | None:
    """The place after digits: "four", "forty two", "double five", "oh", "42"."""
    word = line.words[place]
    times = line.speech.doubles.get(word)
    if times is not None and place + 1 < len(line.pieces):
        word = line.words[place + 1]
        digit = 0 if word in ZEROS else line.speech.singles.get(word)
        if digit in range(10):
            row.text += str(digit) * times
        elif len(line.words[place + 1]) == 1:
            row.text += line.words[place + 1].upper() * times
            row.letters += not line.words[place + 1].isdigit()
        else:
            return None
        row.digits += times
        return place + 2
    if word in ZEROS:
        row.text, row.digits = f"{row.text}0", row.digits + 1
        return place + 1
    if word.isdecimal():
        row.text, row.digits = row.text + word, row.digits + len(word)
        return place + 1
    found = cardinal(line, place)
    if found is None or not isinstance(found[1], int) or found[1] > 9999:
        return None
    row.text += str(found[1])
    row.digits += len(str(found[1]))
    return found[0]


def _is_item(line: Line, place: int) -> bool:
    word = line.word(place)
    return (
        bool(word)
        and line.joined(place)
        and (
            len(word) == 1
            or word.isdecimal()
            or word in line.speech.singles
            or word in line.speech.doubles
        )
    )
