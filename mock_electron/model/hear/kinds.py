"""The table of kinds of values, and the search for them in a text.

1. The first kind that matches at a place takes the text, so narrow kinds precede broad ones.
2. A kind has a pattern and a reader for the matched text. If the reader returns None, the match is
   ignored. To add a kind of value, such as an IBAN, add a row to KINDS, and one for its role to ROLES.
3. Values in words are written in figures first (`forms.py`), so that a kind is one pattern. A value
   keeps the place that it has in the text.
4. Words for days, such as "tomorrow" and "parso", are looked up in the tables of the language.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.hear import days, times
from mock_electron.model.hear.forms import written
from mock_electron.model.hear.pieces import VALUE, Line
from mock_electron.model.hear.signals import AT_HOUR, BEFORE_HOURS, signals_of, words_of
from mock_electron.model.hear.span import Span, Taken
from mock_electron.model.hear.speech import matched, speech_of
from mock_electron.model.hints import folded, mentions
from mock_electron.model.language import UNSPACED, Language
from mock_electron.model.work import RULE, WORD, Work


class Context(Struct, frozen=True):
    """What a reader knows besides the text.

    Attributes:
        language: The language of the text.
        today: The day from which relative days count.
        is_past: Whether the text is about the past, so that 10 February is the last one.
    """

    language: Language
    today: date
    is_past: bool = False


Reader = Callable[[str, Context], Any]


class Kind(Struct, frozen=True):
    """A kind of value.

    Attributes:
        name: Its name.
        pattern: How it is written.
        read: Returns the value of a match, or None if it is none.
        sign: A pattern for what its values contain, so that most texts are not searched for it. "" if
            there is no such sign.
    """

    name: str
    pattern: str
    read: Reader
    sign: str = ""


def _as_written(text: str, context: Context) -> str:
    return text


def _date(text: str, context: Context) -> str | None:
    day = days.read_date(text, context.today, is_past=context.is_past)
    return None if day is None else day.isoformat()


def _time(text: str, context: Context) -> str | None:
    return times.read_time(text)


def number(text: str) -> int | float:
    """The number that figures express, with or without commas between groups."""
    if text.isdecimal():
        return int(text)
    plain = text.replace(",", "").replace("−", "-").lstrip("+")
    return float(plain) if "." in plain else int(plain)


def _number(text: str, context: Context) -> int | float | None:
    return number(text) if len(text) < LONGEST_NUMBER else None


LONGEST_NUMBER: Final = 300
"""The maximum number of characters of a number. Longer figures are not numbers to count with."""
DECIMAL_COMMA: Final = ("de", "es", "fr", "it", "pt", "ru")
"""Languages that write 2,5 for two and a half. In others, "2,5" are two numbers."""
UNIT: Final = regex(r" ([a-z]+)")
DECIMALS: Final = regex(r",(\d{1,2})(?!\d)")

DATE_SIGN: Final = r"[-년年月월]|\d[./]\d|\d(?:st|nd|rd|th)\b| (?:baad|बाद|கழி|பிறகு)"
TIME_SIGN: Final = r":|\d o'clock|\d\s?[aApP]\.?[mM]"
KINDS: Final = (
    Kind("url", r"https?://(?:[.,;:!?)\]]*[^\s<>\"'”»」.,;:!?)\]])+|www\.[\w-]+(?:\.[\w-]+)+(?:/(?:[./-]*\w)+)?", _as_written, r"http|www\."),
    Kind("email", r"(?<![\w.+-])[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+", _as_written, "@"),
    Kind("uuid", r"(?<![\w-])[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}(?![\w-])", _as_written, "-"),
    Kind("datetime", r"(?<!\d)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", _as_written, "-"),
    Kind("ipv4", r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", _as_written, r"\d\.\d"),
    Kind("date", rf"(?<![\w/.-])(?:{days.DATE})", _date, DATE_SIGN),
    Kind("time", rf"(?<!\w)(?:{times.TIME})", _time, TIME_SIGN),
    Kind("phone", r"(?<![\w-])(?:\+\d[\d ()-]{5,17}\d|\(?\d{3}\)?[ -]\d{3}[ -]\d{4})(?![\w-])", _as_written),
    Kind("code", r"(?<![\w#/-])(?:#[\w-]*\d[\w-]*|(?=[A-Za-z_-]*\d)[A-Za-z](?:-*+\w++)+|\d+[A-Z]+\d\w*|\d{2,}(?:/|-)[A-Z]+\d+|\d{3,}-(?:0\d+|(?<=\d{5}-)\d{4,})(?![\w-])|\d+(?:-\d+){2,}+(?![\w-])|(?<!\.)\d+(?:\.\d+){2}+(?!\.?\w))", _as_written),
    Kind("number", r"(?<![\w.])[-−+]?\d{1,3}(?:,\d{2,3}+){0,12},\d{3}(?:\.\d+)?(?!\d)|(?<![\w.])[-−+]?\d+(?:\.\d+)?|(?<=[^\W\d])\d+(?:\.\d+)?", _number),
)  # fmt: skip
"""Each kind of value, how it is written, and how it is read."""

COUNTED_KINDS: Final = ("phone", "code", "number")
"""Kinds that are always searched for. Most texts have no other values."""


def _scanner(kinds: Iterable[Kind]) -> re.Pattern[str]:
    return regex("|".join([f"(?P<{kind.name}>{kind.pattern})" for kind in kinds]))


SCANNER: Final = _scanner(KINDS)
COUNTED: Final = _scanner(kind for kind in KINDS if kind.name in COUNTED_KINDS)
COMPOSED: Final = regex(
    "|".join(dict.fromkeys(kind.sign for kind in KINDS if kind.name not in COUNTED_KINDS))
)
"""The signs of the other kinds, except for dates and times in words."""
READERS: Final[Mapping[str, Reader]] = {kind.name: kind.read for kind in KINDS}

FOUND: Final = 2 * RULE
"""Units of work for a value."""
SCANNED: Final = 10 * WORD
"""Units of work to look for values in a word of a text with spoken forms."""
VALUE_SIGN: Final = regex(r"[\d@-]|http|www\.")
VALUE_HINTS: Final = ("day", "week", "month", "year", "noon", "midnight")
"""What a text with a typed value contains: a VALUE_SIGN, or one of these words of dates and times."""
DATE_HINTS: Final = (*VALUE_HINTS, *days.MONTH_HINTS)
"""What a text with a date or time in words contains."""
LONGEST_PAST: Final = 80
"""How many characters before a date are read for a word of PAST."""
PAST: Final = frozenset(
    """did was were had spent went happened paid since born bought purchased dated visited occurred
    submitted crashed stolen broke lost missed started stayed flew""".split()
)
"""Words of texts about the past."""
TYPED: Final = regex(
    r"[,;:!?।…](?:\s|$)|\.(?:\s|$)|(?<![^\s])(?!I(?:'\w+|’\w+)?(?:\s|$)|[A-Z]{2,3} [^\x00-\x7f])\w*[A-Z]"
)
"""What a text that is typed contains, and the text of speech recognition does not."""


def is_spoken(text: str) -> bool:
    """Whether a text is written as speech recognition writes: without capitals and commas."""
    return TYPED.search(text) is None


def scan(text: str, language: Language, today: date, work: Work) -> tuple[Span, ...]:
    """Return the values of a text, in order; no two of them overlap.

    Args:
        text: The text.
        language: Its language.
        today: The day from which relative days count.
        work: The budget of the request.

    Raises:
        Spent: If the budget is spent.
    """
    said, signals = words_of(text), signals_of(language.code)
    context = Context(language, today, is_past=not said.isdisjoint(PAST))
    if signals.forms & said or (BEFORE_HOURS & said and AT_HOUR.search(text)):
        found = _spoken(text, said, context, work)
    else:
        found = [*_typed(text, context)]
    work.charge(FOUND * len(found))
    named = [*_days(text, said, context)] if signals.days & said else []
    if language.code in UNSPACED:
        named += _unspaced(text, context)
    if not named:
        return tuple(found)
    taken = Taken(found)
    return tuple(sorted([*found, *(span for span in named if span not in taken)], key=_start))


def _spoken(text: str, said: set[str], context: Context, work: Work) -> list[Span]:
    """The values of a text with spoken forms; rule 3."""
    whole = Line.of(text, speech_of(context.language, said), spoken=is_spoken(text))
    work.charge(SCANNED * len(whole.pieces))
    line = written(whole, VALUE, work)
    found = [*_typed(line.text, context)]
    return found if line is whole else list(_at_origin(found, line))


def _start(span: Span) -> int:
    return span.start


def _at_origin(found: list[Span], line: Line) -> Iterator[Span]:
    """The values of a line that was written, at their places in its original."""
    last = 0
    for span in found:
        start, end = line.origin(span.start, span.end)
        if start >= last and end > start:
            last = end
            unit = UNIT.match(line.text, span.end) if span.kind == "number" else None
            is_one = unit is not None and line.origin(span.start, unit.end())[1] == end
            yield Span(span.kind, span.value, start, end, unit[1] if unit and is_one else "")


def _typed(text: str, context: Context) -> Iterator[Span]:
    hints, sign = folded(text), VALUE_SIGN.search(text)
    if sign is None and not mentions(hints, VALUE_HINTS):
        return
    scanner, start = SCANNER, 0
    if sign is not None and not mentions(hints, DATE_HINTS):
        start = text.rfind(" ", 0, sign.start()) + 1  # only dates begin before the word of a sign
        scanner = SCANNER if COMPOSED.search(text, start) else COUNTED
    has_commas, done, before = context.language.code in DECIMAL_COMMA, start, ""
    for match in scanner.finditer(text, start):
        kind, end = match.lastgroup or "", match.end()
        if match.start() < done:
            continue
        value: Any
        if kind == "date":
            value = _date(match[0], _context_of(match, context, done, before))
            before = value or before
        else:
            value = READERS[kind](match[0], context)
        if value is None:
            continue
        if has_commas and isinstance(value, int) and (part := DECIMALS.match(text, end)):
            value, end = float(f"{value}.{part[1]}"), part.end()
        yield Span(kind, value, match.start(), end)
        done = end


def _context_of(match: re.Match[str], context: Context, done: int, before: str) -> Context:
    """The context of a date: what is past, and the day before it that "the 19th" follows.

    Args:
        match: The date.
        context: The context of the text.
        done: The index after the value before it.
        before: The date before it, in ISO format; or "".
    """
    if before and days.is_number(match[0]):
        return replace(context, today=date.fromisoformat(before))
    if not context.is_past:
        return context
    text, start = match.string, match.start()
    first = done if "," in text[done:start] else 0  # "born on 3 April, for 7 March"
    near = words_of(text[max(first, start - LONGEST_PAST) : start])
    return replace(context, is_past=not near.isdisjoint(PAST))


def _days(text: str, said: set[str], context: Context) -> Iterator[Span]:
    """Rule 4; the longest phrase first: "the day after tomorrow"."""
    speech, today = speech_of(context.language, said), context.today
    named = days.named(speech)
    line = Line.of(text, speech)
    place = 0
    while place < len(line.words):
        found = matched(named, line.words, place)
        if found is None:
            place += 1
            continue
        end, (is_weekday, number) = found
        start, stop = line.pieces[place].start, line.pieces[end - 1].end
        offset = days.until(today, number) if is_weekday else number
        yield Span("date", days.shift(today, offset), start, stop)
        place = end


def _unspaced(text: str, context: Context) -> list[Span]:
    """Days and numbers in languages without spaces between words."""
    language = context.language
    words = [
        *(("date", word, days.shift(context.today, n)) for word, n in language.days.items()),
        *(("number", word, n) for word, n in language.numbers.items()),
    ]
    places = [(text.find(word), -len(word), kind, value) for kind, word, value in words]
    found: list[Span] = []
    end = 0
    for place, length, kind, value in sorted(entry for entry in places if entry[0] >= 0):
        if place >= end:
            end = place - length
            found.append(Span(kind, value, place, end))
    return found
