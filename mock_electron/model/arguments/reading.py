"""A text and the values in it: words, typed values, quotations, pairs and names.

1. Each part is read once, when it is first used.
2. Only the beginning and the end of a long text are read.
3. A pair is `key: value`, `key = value`, an argument in `f(a=3)`, or a member of a JSON object.
4. A name is a run of capitalised words. A capital at the beginning of a sentence does not count. In
   scripts without case, the name is between the language's particles.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.arguments import values, words
from mock_electron.model.arguments.assigned import Assignment
from mock_electron.model.arguments.proper import (
    OPENERS,
    between_particles,
    capitalised,
    opens,
    particles_cost,
)
from mock_electron.model.arguments.values import Mark, Taken
from mock_electron.model.arguments.words import Word
from mock_electron.model.language import ENGLISH
from mock_electron.model.literals import read_json
from mock_electron.model.once import once
from mock_electron.model.said import Said

EFFORT: Final = 15
"""Units of work to apply one rule to an empty text."""
SCAN: Final = 60
"""Units of work to begin to read a text in one way."""
NUMBER: Final = 40
"""Units of work to find the words next to a number."""
FARTHEST: Final = 2
"""How many words away from a number the word may be that tells what it counts."""
NO_WORDS: Final = (None,) * FARTHEST
LONGEST_HEAD: Final = 4_000
LONGEST_TAIL: Final = 2_000
QUOTES: Final = regex(
    r"\"([^\"\n]+)\"|“([^“”\n]+)”|„([^„“”\n]+)[“”]|«\s*+([^\s«»]++(?:[^\S\n]++[^\s«»]++)*+)\s*+»"
    r"|「([^「」]+)」|『([^『』]+)』|《([^《》]+)》|‘([^‘’\n]+)’(?!\w)|(?<!\w)'([^'\n]+)'(?!\w)"
    r"|`([^`\n]+)`|‹([^‹›\n]+)›"
)
PAIR: Final = regex(
    r"(?<!\w)\d*+(?P<key>[^\W\d]\w*+(?:[ -][^\W\d]\w*+){0,4}+)"
    r"(?:\s*+=(?!\s*+=)\s*+|[\"']?\s*+:\s++|:(?=[^\s/:\d]))"
    r"(?P<value>\"[^\"]*\"|'[^']*'|“[^“”]*”|\[[^\]]{0,400}\]|(?:[^,;.\n]|\.(?!\s|$))+)"
)
CALL: Final = regex(r"(?<![\w])[A-Za-z_]\w*\(([^()]*)\)")
ARGUMENT: Final = regex(
    r"(?<![^,])\s*+(?:(\w++)\s*+=\s*+)?"
    r"(?:(\"[^\"]*\"|'[^']*'|\[[^\]]{0,200}\])\s*+|([^\s,][^,]*))(?:,|$)"
)
LITERAL: Final = regex(r"\s*(?:[-+]?\d[\w.,-]*|[\"'].*[\"']|true|false|\[.*\]|\w{2,})\s*$")


class Pair(Struct, frozen=True):
    """A value with its key, as compared words; a position instead of a key is a number."""

    key: tuple[str, ...] | int
    written: str
    value: str
    start: int
    end: int


class NumberPlace(Struct, frozen=True):
    """A number, and what tells what it counts.

    Attributes:
        mark: The number.
        after: The words after it, nearest first. A word behind a pause is None.
        before: The words before it, likewise.
        sign: The character next to it, such as the sign of "$20", "50 %" or "31°".
    """

    mark: Mark
    after: tuple[Word | None, ...]
    before: tuple[Word | None, ...]
    sign: str


class Reading(Struct, frozen=True, dict=True):
    """A text and its values.

    Attributes:
        said: What was said.
        text: The text, cut by rule 2.
        assignments: The arguments that are known for the text, by the id of the parameters, which
            are kept.
    """

    said: Said
    text: str
    assignments: dict[int, tuple[Mapping[str, Any], Assignment]]

    @classmethod
    def of(cls, said: Said) -> "Reading":
        """Return the reading of a text, the same one for the same text and earlier texts."""
        key = (said.text, said.earlier)
        known: Reading | None = said.readings.get(key)
        if known is None:
            known = said.readings[key] = cls(said, _cut(said.text), {})
        return known

    def _scan(self, units: int) -> None:
        """Charge a number of units for each character, and a constant."""
        self.said.work.charge(SCAN + units * len(self.text))

    def part(self, text: str) -> "Reading":
        """A reading of a part of the text."""
        known: Reading | None = self.said.readings.get((text, self.said.earlier))
        return Reading.of(replace(self.said, text=text)) if known is None else known

    @once
    def words(self) -> tuple[Word, ...]:
        """All words."""
        self._scan(2)
        return words.of_text(self.text)

    @once
    def effort(self) -> int:
        """Units of work to apply one rule to the text."""
        return EFFORT + len(self.words)

    @once
    def marks(self) -> tuple[Mark, ...]:
        """All typed values."""
        self._scan(3)
        return values.scan(self.text, self.words, self.said)

    @once
    def numbers(self) -> tuple[NumberPlace, ...]:
        """All numbers with the words next to them."""
        found = [mark for mark in self.marks if mark.kind == "number"]
        self.said.work.charge(NUMBER * len(found))
        return tuple([self._number_place(mark) for mark in found])

    def _number_place(self, mark: Mark) -> NumberPlace:
        text = self.text
        after, before = self.after(mark.end, FARTHEST), self.before(mark.start, FARTHEST)
        return NumberPlace(
            mark,
            tuple([None if _are_apart(mark, word, text) else word for word in after]) + NO_WORDS,
            tuple([None if _are_apart(mark, word, text) else word for word in before]) + NO_WORDS,
            _sign(text, mark),
        )

    @once
    def quotes(self) -> tuple[Mark, ...]:
        """All quotations; a place is that of the marks with what is between them."""
        self._scan(1)
        return tuple(
            Mark("quote", match[match.lastindex or 0], match.start(), match.end())
            for match in QUOTES.finditer(self.text)
        )

    @once
    def pairs(self) -> tuple[Pair, ...]:
        """All values with keys; by rule 3."""
        self._scan(2)
        found: list[Pair] = []
        if "{" in self.text or "(" in self.text:
            found += [*_members(self.text), *_arguments(self.text)]
        if ":" in self.text or "=" in self.text:
            found += [
                Pair(
                    words.of_identifier(m["key"]),
                    _without_opener(m["key"]),
                    m["value"].strip(" \"'“”"),
                    m.start("key"),
                    m.end(),
                )
                for m in PAIR.finditer(self.text)
            ]
        return tuple(found)

    @once
    def names(self) -> tuple[Mark, ...]:
        """All names; by rule 4."""
        self._scan(3)
        typed = [mark for mark in self.marks if mark.kind != "number"]
        cased = not self.said.language.script
        names = list(capitalised(self.text, self.words))
        if not cased:
            names = [name for name in names if name.value[0].isupper()]
        is_foreign = self.said.language is not ENGLISH
        if is_foreign:  # "Какая погода в Сочи?": not all openings are known
            names.sort(key=lambda name: opens(self.text, name.start))
        if is_foreign and not names:
            self.said.work.charge(particles_cost(self.words, self.said.language))
            names += between_particles(self.text, self.words, self.said.language)
        if not typed:
            return tuple(names)
        taken = Taken(typed)
        return tuple([name for name in names if name not in taken])

    def before(self, start: int, count: int = 1) -> tuple[Word, ...]:
        """The words that end before a place, nearest first."""
        place = bisect_right(self._ends, start)
        return self.words[max(0, place - count) : place][::-1]

    def after(self, end: int, count: int = 1) -> tuple[Word, ...]:
        """The words that begin after a place, nearest first."""
        place = bisect_left(self._starts, end)
        return self.words[place : place + count]

    @once
    def normals(self) -> frozenset[str]:
        """The normal forms of all words."""
        return frozenset([word.normal for word in self.words])

    @once
    def first_places(self) -> dict[str, int]:
        """The place of each word, by its normal form, where the text first contains it."""
        return {word.normal: word.start for word in reversed(self.words)}

    @once
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]

    @once
    def _ends(self) -> list[int]:
        return [word.end for word in self.words]


def _cut(text: str) -> str:
    """Return the beginning and the end of a text; rule 2."""
    if len(text) <= LONGEST_HEAD + LONGEST_TAIL:
        return text
    return f"{text[:LONGEST_HEAD]}\n{text[-LONGEST_TAIL:]}"


def _are_apart(mark: Mark, word: Word, text: str) -> bool:
    """Whether a pause separates a number from a word."""
    between = text[min(mark.end, word.end) : max(mark.start, word.start)]
    return PAUSES.search(between) is not None


PAUSES: Final = regex(r"[,;\n]|[.!?]\s")


def _sign(text: str, mark: Mark) -> str:
    before, behind = text[max(0, mark.start - 1) : mark.start], text[mark.end :].lstrip()[:1]
    return behind if behind in "%°€₹" and behind else before


def _without_opener(key: str) -> str:
    """A key without the command before it: "set apples" is "apples"."""
    first, _, rest = key.partition(" ")
    return rest if rest and first.lower() in OPENERS else key


MEMBERS_END: Final = json.JSONDecoder(parse_int=str)
"""Finds the end of a JSON document at the beginning of a text."""


def _members(text: str) -> Iterator[Pair]:
    start = text.find("{")
    if start < 0:
        return
    try:
        _, length = MEMBERS_END.raw_decode(text[start:])
        document = read_json(text[start : start + length])
    except (ValueError, RecursionError):
        return
    for key, value in document.items() if isinstance(document, dict) else ():
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield Pair(words.of_identifier(key), key, written, start, start)


def _arguments(text: str) -> Iterator[Pair]:
    for call in CALL.finditer(text) if "(" in text else ():
        for position, match in enumerate(ARGUMENT.finditer(call[1])):
            key: tuple[str, ...] | int = words.of_identifier(match[1]) if match[1] else position
            value = 2 if match[2] else 3
            if match[1] or LITERAL.match(match[value]):
                start = call.start(1)
                yield Pair(
                    key,
                    match[1] or "",
                    match[value].strip(" \"'"),
                    start + match.start(value),
                    start + match.end(value),
                )


def sentence_end(text: str, start: int) -> int:
    """The end of the sentence that contains a place."""
    match = SENTENCE_END.search(text, start)
    return match.start() if match else len(text)


SENTENCE_END: Final = regex(r"(?<![.!?])[.!?]++(?:\s|$)|[।。！？؟\n]")
