"""Values that are words: quotations, paths, repositories, ordinals, names and lists.

1. They fill the places that no value of KINDS takes; the first kind of WORDINGS that finds one has it.
2. A name in a spoken text has no capitals: it is what follows "in", "from", "to" or "named", up to the
   next word that no name contains.
3. A list has commas or a last "and": "eggs, milk and bread".
"""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.hear.dates import ordinal
from mock_electron.model.hear.pieces import Line, quotations
from mock_electron.model.hear.span import Span
from mock_electron.model.normalise import STOP_WORDS

TOKEN: Final = regex(r"[^\s\"'`<>()]+")
ROOTS: Final = ("/", "~/", "./", "../", "C:\\", "D:\\")
"""How paths begin."""
ENDINGS: Final = tuple(
    f".{name}"
    for name in """py js ts txt md json csv pdf png jpg jpeg html yml yaml toml log doc docx xls xlsx zip""".split()
)
"""How the names of files end."""
REPOSITORY: Final = regex(r"[A-Za-z][\w-]*/[A-Za-z][\w.-]*")
ALTERNATIVES: Final = frozenset(
    "and/or or/and he/she she/he his/her him/her yes/no on/off true/false km/h n/a w/o am/pm".split()
)
"""Texts that look like a repository, and are none."""
BEFORE_NAMES: Final = frozenset(
    "in from to named called near visit name's mister mrs doctor dr with at".split()
)
NAMING: Final = frozenset(("is", "it's", "under", "for"))
"""Words before a name after the word "name": "the name is priya"."""
BETWEEN: Final = frozenset(("and", "or", "und", "et", "y", "aur", "और", "மற்றும்"))
NO_NAMES: Final = STOP_WORDS | frozenset(
    """
    today tomorrow yesterday tonight now later sorry next last morning afternoon evening night noon book check
    cancel send find turn am pm there's day week month year go come see know talk speak hi hello thanks
    because until till by around about between under instead maybe actually wait half quarter home
    """.split()
)
MOST_WORDS: Final = 3


def _quotes(line: Line) -> Iterator[Span]:
    text = line.text
    for start, end in quotations(text):
        if end - start > 1:
            yield Span("quote", text[start + 1 : end], start, end + 1)


def _tokens(line: Line) -> Iterator[tuple[str, int]]:
    """The parts of the text between spaces, without the punctuation after them, and their places."""
    text = line.text
    for match in TOKEN.finditer(text) if "/" in text or "." in text or "\\" in text else ():
        yield match[0].rstrip(".,;:!?"), match.start()


def _paths(line: Line) -> Iterator[Span]:
    for token, start in _tokens(line):
        is_rooted = token.startswith(ROOTS) and len(token) > len("C:/")
        if is_rooted or (token.lower().endswith(ENDINGS) and "://" not in token):
            yield Span("path", token, start, start + len(token))


def _repositories(line: Line) -> Iterator[Span]:
    for token, start in _tokens(line):
        if REPOSITORY.fullmatch(token) and token.lower() not in ALTERNATIVES:
            yield Span("repository", token, start, start + len(token))


def _ordinals(line: Line) -> Iterator[Span]:
    """ "The second one", but not "a second"."""
    place = 0
    while place < len(line.words):
        found = ordinal(line, place)
        if found is None or (line.words[place] == "second" and line.word(place - 1) != "the"):
            place += 1
            continue
        end, value = found
        yield Span("ordinal", value, line.pieces[place].start, line.pieces[end - 1].end)
        place = end


def _names(line: Line) -> Iterator[Span]:
    """Rule 2."""
    place = 1
    while place < len(line.words) and line.spoken:
        before = line.words[place - 1]
        named = before in NAMING and line.word(place - 2) == "name"
        end = place
        while (
            (before in BEFORE_NAMES or named)
            and end < place + MOST_WORDS
            and _is_of_name(line, end, place)
        ):
            end += 1
        if end > place:
            start, stop = line.pieces[place].start, line.pieces[end - 1].end
            yield Span("name", line.text[start:stop], start, stop)
        place = max(end, place) + 1


def _is_of_name(line: Line, place: int, first: int) -> bool:
    word = line.word(place)
    return word.isalpha() and word not in NO_NAMES and (place == first or line.spaced(place))


def _lists(line: Line) -> Iterator[Span]:
    """Rule 3: items of one or two words."""
    place = 0
    while place < len(line.words):
        items, end = _items(line, place)
        if len(items) > 1:
            yield Span("list", items, line.pieces[place].start, line.pieces[end - 1].end)
        place = end


def _items(line: Line, place: int) -> tuple[tuple[str, ...], int]:
    """The items of the list at a place, and the place after them."""
    items = [line.pieces[place].text]
    end, last = place + 1, False
    while end + 1 <= len(line.pieces) and not last:
        gap = line.pieces[end].gap if end < len(line.pieces) else ""
        last = line.word(end) in BETWEEN and len(items) > 1
        if not (last or gap.startswith(",")) or end + last >= len(line.pieces):
            break
        items.append(line.pieces[end + last].text)
        end += 1 + last
    return (tuple(items), end) if last and len(items) > 2 else ((), place + 1)


class Wording(Struct, frozen=True):
    """A kind of value that is words: how it is found in a line."""

    name: str
    find: Callable[[Line], Iterator[Span]]


WORDINGS: Final = (
    Wording("quote", _quotes),
    Wording("path", _paths),
    Wording("repository", _repositories),
    Wording("ordinal", _ordinals),
    Wording("name", _names),
    Wording("list", _lists),
)
"""Each kind of value that is words, narrow ones first."""


def with_wordings(line: Line, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return spans together with the values that are words, in order; rule 1.

    Args:
        line: The line of the text.
        spans: The other values of the text.
    """
    taken = bytearray(len(line.text) + 1)
    for span in spans:
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
    found = list(spans)
    for wording in WORDINGS:
        for span in wording.find(line):
            if not any(taken[span.start : span.end]):
                taken[span.start : span.end] = b"\1" * (span.end - span.start)
                found.append(span)
    return tuple(sorted(found, key=lambda span: span.start))
