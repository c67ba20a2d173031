"""The first step of the pocket model: what was said, as one types it, and the values in it.

    signals     the words that show whether there is anything to hear
    passes      the passes that turn a message into what was meant
        fillers     words that mean nothing
        forms       the table of spoken forms, which are written as one types them
            cardinals, figures, faces, times, dates, durations, ids     their readers
        addresses   e-mail addresses and host names in words
        corrections what was said wrongly is replaced
    kinds       the table of kinds of values, and the search for them
        days        dates and relative days
        units       what numbers count
    wordings    values that are words: quotations, names, lists
    pieces      a text as words that know their origin
    speech      the words of the languages, from `languages/`

A text that is typed stays as it is, byte for byte: only its values are read.
"""

from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from mock_electron.model.hear.signals import AT_HOUR, BEFORE_HOURS, signals_of, words_of
from mock_electron.model.language import Language
from mock_electron.model.once import once
from mock_electron.model.work import Work

if TYPE_CHECKING:
    from mock_electron.model.hear.pieces import Line
    from mock_electron.model.hear.span import Span

QUOTES: Final = {'"': '"', "“": "”", "«": "»", "'": "'", "‘": "’"}


class Heard(Struct, frozen=True, dict=True):
    """A message as it was meant.

    Attributes:
        said: The message as it was written, without quotation marks around all of it.
        text: The message without fillers and corrected parts, with spoken forms as one types them.
        language: The language of the message.
        today: The day from which relative days count.
        work: The budget of the request.
        lines: The steps from what was said to the text.
    """

    said: str
    text: str
    language: Language
    today: date
    work: Work
    lines: "tuple[Line, ...]" = ()

    @once
    def spans(self) -> "tuple[Span, ...]":
        """The values in the text, in order, with their units."""
        from mock_electron.model.hear.passes import all_values

        return all_values(self.text, self.language, self.today, self.work)

    def source(self, span: "Span") -> str:
        """The words that a value came from."""
        start, end = span.start, span.end
        for line in reversed(self.lines):
            start, end = line.origin(start, end)
        return self.said[start:end]


def hear(text: str, language: Language, today: date, work: Work) -> Heard:
    """Return what a message means.

    The text that is heard is its own meaning: to hear it again changes nothing.

    Args:
        text: The message.
        language: Its language.
        today: The day from which relative days count.
        work: The budget of the request.

    Raises:
        Spent: If the budget is spent.
    """
    work.charge(len(text))
    said = text
    while said[:1] in QUOTES and said != (inside := _unquoted(said)):
        said = inside
    words = words_of(said)
    has_hour = BEFORE_HOURS & words and AT_HOUR.search(said)
    if not has_hour and not signals_of(language.code).any & words:
        return Heard(said, said, language, today, work)
    from mock_electron.model.hear.passes import passed

    lines = passed(said, language, today, work)
    meant = lines[-1].text if lines else said
    if meant[:1] in QUOTES and _unquoted(meant) != meant:  # its quotation marks are not around all
        return Heard(said, said, language, today, work)
    return Heard(said, meant, language, today, work, lines)


def _unquoted(text: str) -> str:
    """A text without the quotation marks around all of it."""
    closing, inside = QUOTES[text[0]], text[1:-1]
    if text[-1] != closing or text[0] in inside or closing in inside:
        return text
    return inside.strip() or text
