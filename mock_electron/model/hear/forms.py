"""The table of spoken forms, and the pass that writes them as one types them.

A form has the words it begins with and a reader. The first form that reads something at a place
takes the words, so narrow forms precede broad ones. To add a form, write a reader and add a row.
"""

from collections.abc import Callable, Iterable, Mapping
from string import ascii_lowercase
from typing import Final

from msgspec import Struct

from mock_electron.model.hear.dates import date, ordinal_alone
from mock_electron.model.hear.days import MONTH_OF
from mock_electron.model.hear.durations import duration
from mock_electron.model.hear.figures import ARTICLES, frequency, number, scaled, signed
from mock_electron.model.hear.fractions import fraction
from mock_electron.model.hear.groups import grouped
from mock_electron.model.hear.ids import spelled
from mock_electron.model.hear.pieces import Line, Piece, Written
from mock_electron.model.hear.signals import FREQUENT, MINUTES, NATO, SIGNS, ZEROS
from mock_electron.model.hear.speech import Speech
from mock_electron.model.hear.times import clock
from mock_electron.model.work import WORD, Work

READ: Final = 4 * WORD
"""Units of work to read a word that begins no form."""
FORM: Final = 40 * WORD
"""Units of work to read a word that may begin a form."""
FIGURES: Final = "0"
"""The key of all figures in the table of beginnings."""
LETTER: Final = "b"
"""The key of capitals in a text of another script."""
THE: Final = ("the",)


class Form(Struct, frozen=True):
    """A spoken form.

    Attributes:
        begins: The words it begins with.
        read: Returns how it is written, or None.
    """

    begins: Callable[[Speech], Iterable[str]]
    read: Callable[[Line, int], Written | None]


FORMS: Final = (
    Form(lambda s: (*MINUTES, *s.half, *ARTICLES), duration),
    Form(lambda s: s.shifts, fraction),
    Form(lambda s: (*s.parts, *s.shifts, *s.times, *s.singles, *MINUTES, "a", FIGURES), clock),
    Form(lambda s: (*s.singles, *s.ordinals, *s.months, *MONTH_OF, *THE, FIGURES), date),
    Form(lambda s: THE, ordinal_alone),
    Form(lambda s: (*ascii_lowercase, *NATO, *s.letters, *s.singles, *s.doubles, *ZEROS), spelled),
    Form(lambda s: (*s.singles, *s.doubles, *ZEROS, *ARTICLES, *s.articles), number),
    Form(lambda s: FREQUENT, frequency),
    Form(lambda s: (FIGURES,), grouped),
    Form(lambda s: (FIGURES,), scaled),
    Form(lambda s: SIGNS, signed),
)
"""All spoken forms, narrow ones first."""
Readers = Mapping[str, tuple[Callable[[Line, int], Written | None], ...]]


def readers_of(speech: Speech) -> Readers:
    """Return the readers for each word that begins a form."""
    known: Readers | None = speech.__dict__.get("readers")
    if known is None:
        found: dict[str, tuple[Callable[[Line, int], Written | None], ...]] = {}
        for form in FORMS:
            for word in dict.fromkeys(form.begins(speech)):
                found[word] = (*found.get(word, ()), form.read)
        known = speech.__dict__["readers"] = found
    return known


def written(line: Line, level: int, work: Work) -> Line:
    """The line with its spoken forms as one types them.

    Args:
        line: The line.
        level: The least level of the forms that are written, such as SPOKEN.
        work: The budget of the request.

    Raises:
        Spent: If the budget is spent.
    """
    readers = readers_of(line.speech)
    beginnings = sum(map(readers.__contains__, line.words))
    work.charge(READ * len(line.words) + FORM * beginnings)
    pieces: list[Piece] = []
    words: list[str] = []
    place, is_changed = 0, False
    while place < len(line.pieces):
        form = _read(line, place, readers)
        end = place + 1 if form is None else form.end
        if form is None or form.level < level:
            pieces += line.pieces[place:end]
            words += line.words[place:end]
        else:
            pieces.append(line.replaced(place, end, form.text))
            words.append(form.text.lower())
            is_changed = is_changed or form.text != _source(line, place, end)
        place = end
    return line.with_pieces(pieces, words) if is_changed else line


def _source(line: Line, start: int, end: int) -> str:
    first, *others = line.pieces[start:end]
    return first.text + "".join(piece.gap + piece.text for piece in others)


def _read(line: Line, place: int, readers: Readers) -> Written | None:
    word = line.words[place]
    key = FIGURES if word[:1].isdigit() else word
    if line.speech.letters and key.isascii() and line.pieces[place].text.isupper():
        key = LETTER
    for read in readers.get(key, ()):
        form = read(line, place)
        if form is not None:
            return form
    return None
