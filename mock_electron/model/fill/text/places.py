"""The places of a text that may be values: typed values, quotations, names and phrases.

Each is found once for a text, with what stands around it. `labels` and `scores` compare them with
parameters.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.fill import units
from mock_electron.model.fill.candidates import weights
from mock_electron.model.fill.candidates.distances import Distances
from mock_electron.model.fill.text import proper
from mock_electron.model.fill.text.phrases import ARTICLES, Sentence
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.fill.units import Unit
from mock_electron.model.language import ENGLISH
from mock_electron.model.lexicon import glosses
from mock_electron.model.normalise import normalise
from mock_electron.model.once import once
from mock_electron.model.work import RULE


class Place(Struct, frozen=True):
    """A place of a text that may be a value.

    Attributes:
        kind: The kind of a typed value; "quote", "name" or "phrase".
        value: The value.
        start: The index of its first character.
        end: The index after its last character.
        first: The place of its first word.
        last: The place after its last word.
        lead: The word before it that tells its part, as in `Phrase`.
        units: The units that a number may have.
        unit: The index after the unit.
        rank: How many spans of its kind precede it.
        listed: Whether it is one of several alike that are listed.
        spelled: Whether it is a number in words.
    """

    kind: str
    value: Any
    start: int
    end: int
    first: int
    last: int
    lead: str = ""
    units: tuple[Unit, ...] = ()
    unit: int = 0
    rank: int = 0
    listed: bool = False
    spelled: bool = False


class Text(Struct, frozen=True, dict=True):
    """The spans of a text, and the distances between its words."""

    reading: Reading

    @classmethod
    def of(cls, reading: Reading) -> "Text":
        """Return the spans of a reading, found once."""
        said = reading.said
        known: Text = said.readings.setdefault((said.text, ("places", *said.earlier)), cls(reading))
        return known

    @once
    def sentence(self) -> Sentence:
        """The text as words. Words in typed values and quotations belong to no phrase."""
        reading = self.reading
        held = [-1] * len(reading.words)
        marks = [*reading.quotes, *(mark for mark in reading.marks)]
        for number, mark in enumerate(marks):
            for place in range(*self.words_at(mark.start, mark.end)):
                if held[place] < 0:
                    held[place] = number
        return Sentence(reading.text, reading.words, reading.said.language, held)

    def words_at(self, start: int, end: int) -> tuple[int, int]:
        """The places of the words of a part of the text: of the first, and after the last."""
        return bisect_right(self._ends, start), bisect_left(self._starts, end)

    @once
    def _starts(self) -> list[int]:
        return [word.start for word in self.reading.words]

    @once
    def _ends(self) -> list[int]:
        return [word.end for word in self.reading.words]

    @once
    def spans(self) -> tuple[Place, ...]:
        """All spans, in order."""
        reading = self.reading
        reading.said.work.charge(RULE * (4 + len(reading.marks)) + 4 * len(reading.words))
        return tuple(
            sorted(
                [*self._typed(), *self._quotes(), *self._names(), *self._phrases()],
                key=lambda span: (span.start, -span.end),
            )
        )

    @once
    def by_kind(self) -> dict[str, tuple[Place, ...]]:
        """The spans of each kind."""
        found: dict[str, list[Place]] = {}
        for span in self.spans:
            if span.kind in found:
                found[span.kind].append(span)
            else:
                found[span.kind] = [span]
        return {kind: tuple(spans) for kind, spans in found.items()}

    def _span(self, mark: Mark, kind: str = "", **more: Any) -> Place:
        first, last = self.words_at(mark.start, mark.end)
        lead = self.sentence.lead(first, last) if first < len(self.reading.words) else ""
        return Place(kind or mark.kind, mark.value, mark.start, mark.end, first, last, lead, **more)

    def _typed(self) -> Iterator[Place]:
        text = self.reading.text
        marks = self.reading.marks
        figures = any(
            mark.kind == "number" and text[mark.start : mark.end][-1:].isdigit() for mark in marks
        )
        ranks: dict[str, int] = {}
        for place, mark in enumerate(marks):
            if mark.kind in ("number", "code") and (
                self._is_quoted_part(mark) or text[mark.start - 1 : mark.start] == "^"
            ):
                continue  # a part of a quotation, or an exponent
            spelled = figures and mark.kind == "number" and text[mark.start].isalpha()
            counted = IMPLIED.get(mark.kind, mark.kind)
            rank = ranks.get(counted, 0)
            ranks[counted] = rank + (not spelled)
            if mark.kind == "code":
                yield from self._spaced_code(mark, rank)
            if mark.kind != "number":
                yield self._span(mark, rank=rank)
                yield from self._counted(mark)
                continue
            found, end = units.unit_at(text, mark.start, mark.end)
            if text[mark.end : mark.end + 1].isupper():
                yield from self._spaced_code(mark, rank)
            if not found:
                known = units.BY_WORD.get(normalise(mark.unit), ()) if mark.unit else ()
                found = known or self._shared_units(marks, place)
            listed = self._is_listed(marks, place)
            yield self._span(mark, rank=rank, units=found, unit=end, listed=listed, spelled=spelled)

    def _shared_units(self, marks: tuple[Mark, ...], place: int) -> tuple[Unit, ...]:
        """The units of the number that ends a row: "120 x 80 x 100 cm", "30 by 12 feet"."""
        text = self.reading.text
        for one, other in zip(marks[place:], marks[place + 1 : place + 4], strict=False):
            if other.kind != "number" or text[one.end : other.start].strip(" ") not in BETWEEN:
                return ()
            found, _ = units.unit_at(text, other.start, other.end)
            if found:
                return found
        return ()

    def _spaced_code(self, mark: Mark, rank: int) -> Iterator[Place]:
        """A code with what belongs to it: "LD19 XKC", "4C"."""
        whole = REST_OF_CODE.match(self.reading.text, mark.end)
        if whole is not None and self.reading.text[mark.start].isupper() == (whole[0][0] == " "):
            value = self.reading.text[mark.start : whole.end()]
            yield self._span(Mark("code", value, mark.start, whole.end()), rank=rank)

    def _is_quoted_part(self, mark: Mark) -> bool:
        """Whether a value is only a part of a quotation."""
        return any(
            quote.start < mark.start
            and mark.end < quote.end
            and quote.end - quote.start > 2 + mark.end - mark.start
            and quote.end - quote.start < LONGEST_CODE
            for quote in self.reading.quotes
        )

    def _counted(self, mark: Mark) -> Iterator[Place]:
        """The number in a day such as "in 5 years", which may be a time instead."""
        if mark.kind != "date":
            return
        counted = COUNTED.search(self.reading.text[mark.start : mark.end])
        if counted is not None:
            start, end = mark.start + counted.start(1), mark.start + counted.end(1)
            found, unit = units.unit_at(self.reading.text, start, end)
            yield self._span(Mark("number", int(counted[1]), start, end), units=found, unit=unit)

    def _is_listed(self, marks: tuple[Mark, ...], place: int) -> bool:
        """Whether a number is one of at least three that follow each other."""
        text, joined, longest = self.reading.text, 1, 1
        for other in range(max(1, place - 2), min(len(marks), place + 3)):
            between = text[marks[other - 1].end : marks[other].start]
            near = marks[other].kind == "number" and between.strip(" ") in (",", ", and", "", "and")
            joined = joined + 1 if near else 1
            if other - joined < place <= other:
                longest = max(longest, joined)
        return longest >= 3

    def _quotes(self) -> Iterator[Place]:
        for rank, quote in enumerate(self.reading.quotes):
            yield self._span(quote, rank=rank)

    def _names(self) -> Iterator[Place]:
        text, quotes = self.reading.text, self.reading.quotes
        rank = 0
        for name in self.reading.names:
            if any(quote.start < name.start < quote.end for quote in quotes):
                continue
            if len(name.value) < SHORTEST_UNIT and name.value.isupper():
                numbered = NUMBERED.match(text, name.end)
                if numbered is not None:
                    value = name.value + numbered[0]
                    yield self._span(Mark("name", value, name.start, numbered.end()), rank=rank)
            kind = KIND_OF_PLACE.match(text, name.end)
            if kind is not None:
                yield self._span(
                    Mark("name", name.value + kind[0], name.start, kind.end()), rank=rank
                )
            whole = proper.place(text, name)
            if whole is not name:
                yield self._span(whole, rank=rank)
            yield self._span(name, rank=rank)
            rank += 1

    def _phrases(self) -> Iterator[Place]:
        words, text = self.reading.words, self.reading.text
        for rank, phrase in enumerate(self.sentence.phrases):
            start, end = words[phrase.first].start, words[phrase.last - 1].end
            yield Place(
                "phrase",
                text[start:end],
                start,
                end,
                phrase.first,
                phrase.last,
                phrase.lead,
                rank=rank,
            )

    @once
    def units(self) -> tuple[tuple[Place, bool], ...]:
        """The words for units, and whether a preposition asks for each: "in miles"."""
        found: list[tuple[Place, bool]] = []
        words, lowers, text = self.reading.words, self.sentence.lowers, self.reading.text
        for place, word in enumerate(words):
            known = units.BY_WORD.get(lowers[place]) or units.BY_WORD.get(word.normal)
            lead = lowers[place - 1] if place else ""
            asked = lead in ("in", "to", "into", "as", "using")
            if (
                known is None
                or (len(lowers[place]) < SHORTEST_UNIT and not asked)
                or known[0][0] == "share"
            ):
                continue
            long = PER_UNIT.match(text, word.start)
            end = long.end() if long is not None else word.end
            found.append(
                (Place("unit", text[word.start : end], word.start, end, place, place + 1), asked)
            )
        for number in self.by_kind.get("number", ()):
            if number.unit > number.end and number.units and number.units[0][0] != "share":
                value = text[number.end : number.unit].strip(" -")
                start = number.unit - len(value)
                found.append(
                    (Place("unit", value, start, number.unit, number.first, number.last), False)
                )
        return tuple(found)

    @once
    def distances(self) -> Distances:
        """The distances between the words."""
        return Distances(self.sentence)

    @once
    def positions(self) -> Mapping[str, Sequence[int]]:
        """The places of each word outside of quotations, by its normal form, or by its English meaning."""
        sentence, quotes = self.sentence, len(self.reading.quotes)
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.reading.words):
            if 0 <= sentence.held[place] < quotes:
                continue
            if word.normal in found:
                found[word.normal].append(place)
            else:
                found[word.normal] = [place]
        language = self.reading.lexical
        if language is not ENGLISH:
            for place, english in glosses(sentence.lowers, language):
                normal = normalise(english)
                if place not in found.setdefault(normal, []):
                    insort(found[normal], place)
        return found

    @once
    def english(self) -> Mapping[int, frozenset[str]]:
        """What words of another language mean, by their places, as normal forms."""
        if not self.reading.lexical.endings:
            return {}
        found: dict[int, set[str]] = {}
        for place, english in glosses(self.sentence.lowers, self.reading.lexical):
            found.setdefault(place, set()).add(normalise(english))
        return {place: frozenset(meant) for place, meant in found.items()}

    @once
    def glossed(self) -> frozenset[int]:
        """The places of words that the lexicon of another language knows, and of units."""
        found = glosses(self.sentence.lowers, self.reading.lexical)
        return frozenset([place for place, _ in found])

    def lead(self, first: int) -> str:
        """The word before a place that tells its part."""
        return self.sentence.lead(first) if first < len(self.reading.words) else ""

    def part(self, place: Place, first: int, last: int) -> Place:
        """A part of a phrase, from one word up to another."""
        words = self.reading.words
        start, end = words[first].start, words[last - 1].end
        return replace(
            place, value=self.reading.text[start:end], start=start, end=end, first=first, last=last
        )

    def opens(self, place: Place) -> bool:
        """Whether a sentence begins with a place."""
        return proper.opens(self.reading.text, place.start)

    def counts(self, word: int) -> bool:
        """Whether a word is a number."""
        return any(place.first <= word < place.last for place in self.by_kind.get("number", ()))

    def articles(self, nouns: tuple[str, ...]) -> Iterator[Place]:
        """The articles before nouns: "a night" is one night, and "no bags" are none."""
        for noun in nouns:
            for position in self.positions.get(noun, ()):
                value = COUNTING.get(self.sentence.lowers[position - 1]) if position else None
                if value is not None:
                    word = self.reading.words[position - 1]
                    yield Place("number", value, word.start, word.end, position - 1, position)

    def way(self, place: Place) -> str:
        """The direction of a value: "from", "to", or "" if the text does not tell one."""
        key = (place.first, place.last, place.kind)
        known = self._ways.get(key)
        if known is None:
            known = self._ways[key] = self._way(place)
        return known

    @once
    def _ways(self) -> dict[tuple[int, int, str], str]:
        return {}

    def _way(self, place: Place) -> str:
        lowers, paused = self.sentence.lowers, self.sentence.paused
        follows = 0 < place.first < len(paused) and not paused[place.first]
        before = lowers[place.first - 1] if follows else ""
        if before in ARTICLES and place.first > 1:
            before = lowers[place.first - 2]
        after = lowers[place.last] if place.last < len(lowers) and not paused[place.last] else ""
        if place.lead in ("from", "to") and self.sentence.lexical.cases:
            return place.lead
        if after in ("तक", "tak"):
            return "to"
        if after in ("से", "se") and self.sentence.lexical.code == "hi":
            return "from"
        if before in weights.FROM:
            return "from"
        if place.kind in EXCHANGED and (before in EXCHANGING or before[-1:].isdecimal()):
            return "to" if before in EXCHANGING else "from"
        if before == "and" or before in weights.TO:
            begun = any(
                word in OPENING for word in lowers[max(0, place.first - 9) : place.first - 1]
            )
            if before in ("and", "through"):
                return "to" if begun else ""
            return "to"
        return "from" if after in ("to", "से", "se") else ""

    def nth_after(self, label: int, place: Place) -> int:
        """How many places like this one are between it and a label before it."""
        return sum(
            1
            for other in self.by_kind.get(place.kind, ())
            if label < other.first < place.first and other.end <= place.start
        )


REST_OF_CODE: Final = regex(r" [A-Z]{3}\b|[A-Z]\b")
BETWEEN: Final = ("x", "×", "by", "to", "-", "–", "or")
"""Between numbers that share a unit."""
KIND_OF_PLACE: Final = regex(
    r" (?:river|rainforest|desert|ocean|sea|lake|island|islands|mountains|valley|county|district|province"
    r"|forest|canyon|bay|age|era|empire|dynasty|war|revolution|airport|station|university|bridge|tower|church"
    r"|temple|beach|stadium|hospital|street|road|square)\b"
)
"""Words in lower case that belong to a name before them: "Amazon rainforest"."""
NUMBERED: Final = regex(r" \d{1,4}\b(?![:.,/])")
COUNTED: Final = regex(r"\b(\d{1,4}) (?:day|week|month|year|hour)s?\b", re.IGNORECASE)
COUNTING: Final = {"a": 1, "an": 1, "one": 1, "no": 0}
"""Words before a noun that count it."""
PER_UNIT: Final = regex(r"[\w°µ]+(?:/| per )\w+(?:\^?\d)?", re.IGNORECASE)
IMPLIED: Final = {"day": "date", "clock": "time"}
"""Kinds that are counted together with another one."""
SHORTEST_UNIT: Final = 3
LONGEST_CODE: Final = 32
"""The number of characters of the longest quotation that is one value, such as '12345-ABCDE'."""
EXCHANGING: Final = ("in", "to", "into", "many", "much")
EXCHANGED: Final = ("currency", "member")
"""Kinds of what is converted: "how many euros is 50 dollars"."""
OPENING: Final = frozenset(("between", "from", "since", "starting"))
