"""A text and the values in it: words, typed values, quotations, pairs and names.

1. Each part is read once, when it is first used.
2. Only the beginning and the end of a long text are read.
3. A pair is `key: value`, `key = value`, an argument in `f(a=3)`, or a member of a JSON object.
4. A name is a run of capitalised words. A capital at the beginning of a sentence does not count. In
   scripts without case, the name is between the language's particles.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.fill.assigned import Assignment
from mock_electron.model.fill.text import implied, words
from mock_electron.model.fill.text.proper import (
    OPENERS,
    between_particles,
    capitalised,
    introduced,
    opens,
    particles_cost,
)
from mock_electron.model.fill.text.senses import Senses
from mock_electron.model.fill.text.values import Mark, Taken
from mock_electron.model.fill.text.words import Word
from mock_electron.model.hear import kinds
from mock_electron.model.language import ENGLISH, Language, lexical
from mock_electron.model.lexicon import glosses, names_in, sounding
from mock_electron.model.literals import read_json
from mock_electron.model.once import once
from mock_electron.model.said import Said

EFFORT: Final = 15
"""Units of work to apply one rule to an empty text."""
SCAN: Final = 60
"""Units of work to begin to read a text in one way."""
LONGEST_HEAD: Final = 4_000
LONGEST_TAIL: Final = 2_000
QUOTES: Final = regex(
    r"\"([^\"\n]+)\"|“([^“”\n]+)”|„([^„“”\n]+)[“”]|«\s*+([^\s«»]++(?:[^\S\n]++[^\s«»]++)*+)\s*+»"
    r"|「([^「」]+)」|『([^『』]+)』|《([^《》]+)》|‘([^‘’\n]+)’(?!\w)|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)"
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
        said = self.said
        found = kinds.scan(self.text, said.language, said.today, said.work)
        more = tuple(implied.values(self.text, found, said.today))
        return tuple(sorted((*found, *more), key=attrgetter("start"))) if more else found

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
            found += map(_pair, map(_innermost, PAIR.finditer(self.text)))
        return tuple(found)

    @once
    def lexical(self) -> Language:
        """The language whose lexicon has the words of the text."""
        return lexical(self.text, self.said.language.code)

    @once
    def senses(self) -> Senses:
        """What the words mean."""
        if self.lexical is ENGLISH:
            return Senses.of(self.text, self.words, (), self.said.work)
        lowers = [word.written.lower() for word in self.words]
        meant = (*glosses(lowers, self.lexical), *names_in(lowers, self.lexical))
        heard = sounding(lowers, self.lexical) if self.lexical.endings else None
        return Senses.of(self.text, self.words, meant, self.said.work, heard)

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
        known = {name.start for name in names}
        told = introduced(self.text, self.words, self.lexical)
        names += [name for name in told if name.start not in known]
        if is_foreign:  # "Какая погода в Сочи?": not all openings are known
            names.sort(key=lambda name: opens(self.text, name.start))
        if is_foreign and not names:
            self.said.work.charge(particles_cost(self.words, self.said.language))
            names += between_particles(self.text, self.words, self.said.language)
        if not typed:
            return tuple(names)
        taken = Taken(typed)
        return tuple([name for name in names if name not in taken])

    def after(self, end: int, count: int = 1) -> tuple[Word, ...]:
        """The words that begin after a place, nearest first."""
        place = bisect_left(self._starts, end)
        return self.words[place : place + count]

    @once
    def normals(self) -> frozenset[str]:
        """The normal forms of all words."""
        return frozenset([word.normal for word in self.words])

    @once
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]


def _cut(text: str) -> str:
    """Return the beginning and the end of a text; rule 2."""
    if len(text) <= LONGEST_HEAD + LONGEST_TAIL:
        return text
    return f"{text[:LONGEST_HEAD]}\n{text[-LONGEST_TAIL:]}"


def _without_opener(key: str) -> str:
    """A key without the command before it: "set apples" is "apples"."""
    first, _, rest = key.partition(" ")
    return rest if rest and first.lower() in OPENERS else key


MEMBERS_END: Final = json.JSONDecoder(parse_int=str)
"""Finds the end of a JSON document at the beginning of a text."""


def _pair(match: re.Match[str]) -> Pair:
    key, value = match["key"], match["value"].strip(" \"'“”")
    return Pair(
        words.of_identifier(key), _without_opener(key), value, match.start("key"), match.end()
    )


def _innermost(match: re.Match[str]) -> re.Match[str]:
    """The pair that is the value of another one: "reserve a table: restaurant: Chez Marie"."""
    return PAIR.fullmatch(match.string, match.start("value"), match.end()) or match


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
