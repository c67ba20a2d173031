"""A text as it is read for values: its words, typed values, quotations, pairs and names.

1. Each part is read when it is first asked for, and once.
2. Of a long text the beginning and the end are read.
3. A pair is `key: value`, `key = value`, an argument in `f(a=3)`, or a member of a JSON object.
4. A name is a run of capitalised words; a capital that only begins a sentence makes none. Where
   letters have no case, it is what the language's particles stand around.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from mock_electron.model.arguments import values, words
from mock_electron.model.arguments.said import Said
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.words import Word
from mock_electron.model.language import ENGLISH, UNSPACED

LONGEST_HEAD: Final = 4_000
LONGEST_TAIL: Final = 2_000
QUOTES: Final = re.compile(
    r"\"([^\"\n]+)\"|“([^”\n]+)”|„([^“”\n]+)[“”]|«\s*([^»\n]+?)\s*»|「([^」]+)」|『([^』]+)』|《([^》]+)》"
    r"|‘([^’\n]+)’(?!\w)|(?<!\w)'([^'\n]+)'(?!\w)|`([^`\n]+)`|‹([^›\n]+)›"
)
PAIR: Final = re.compile(
    r"(?P<key>[^\W\d][\w]*(?:[ -][^\W\d]\w*){0,4})(?:\s*=\s*(?!=)|[\"']?\s*:\s+|:(?=[^\s/:\d]))"
    r"(?P<value>\"[^\"]*\"|'[^']*'|“[^”]*”|\[[^\]]*\]|(?:(?![,;\n]|\.(?:\s|$)).)+)"
)
CALL: Final = re.compile(r"(?<![\w])[A-Za-z_]\w*\(([^()]*)\)")
ARGUMENT: Final = re.compile(r"\s*(?:(\w+)\s*=\s*)?(\"[^\"]*\"|'[^']*'|\[[^\]]*\]|[^,]+)\s*(?:,|$)")
LITERAL: Final = re.compile(r"\s*(?:[-+]?\d[\w.,-]*|[\"'].*[\"']|true|false|\[.*\]|\w{2,})\s*$")
SENTENCE_START: Final = re.compile(r"(?:^|[.!?:\n\"“(•*-])\s*$")
CONNECTORS: Final = frozenset(("of", "de", "da", "del", "van", "von", "la", "du", "al", "bin"))
OPENERS: Final = words.STOP_WORDS | frozenset(
    """
    greet welcome congratulate contact visit message ping phone promote hire fire archive upload
    download share unlock lock enable disable pause resume rename restart deploy ship deliver rate
    review recommend suggest classify identify analyze analyse draft compose evaluate fix forward
    approve reject confirm verify validate collect multiply double explain invite shall go fly
    travel bring drive walk are is does pick choose select show watch listen respond answer assume
    consider imagine introduce escalate who whose whom my our his her their these those each great
    good nice cool sorry well also maybe perhaps actually fine hmm need want looking please
    add after alert ask assign before book build buy calculate call cancel change check close
    compare compute convert count create delete describe divide draw dear email everyone explain
    extract fetch fill find first generate hello help hey hi immediately invite join last list log
    look lookup make meet mark move multiply name next notify ok okay open order pay plan play
    post print put read register remind remove reply report reserve return run save say schedule
    search sell send solve start stop subject submit subtract sum summarize summarise switch
    tell text thanks then today tomorrow track transfer translate turn update using weather write
    yes yesterday dr mr mrs ms place both either two three four five six give should i i'm i've i'd
    it's let's what's where's who's how's there's don't if since while because during yesterday
    """.split()  # noqa: SIM905 (one word to a line would take ninety)
)
"""Words that begin a sentence with a capital and are no name."""
TITLES: Final = frozenset(("dr", "mr", "mrs", "ms", "prof"))
REGION: Final = re.compile(
    r", (?:[A-Z]{2}\b|(?:[^\W\d_a-z][\w'-]+)(?=\s*(?:[?.!]|$| (?:on|for|at|today|tomorrow|in)\b)))"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A value with its key, as compared words; a position in place of a key is a number."""

    key: tuple[str, ...] | int
    written: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """A text and what it holds."""

    said: Said

    @cached_property
    def text(self) -> str:
        """The text, cut by rule 2."""
        text = self.said.text
        if len(text) <= LONGEST_HEAD + LONGEST_TAIL:
            return text
        return f"{text[:LONGEST_HEAD]}\n{text[-LONGEST_TAIL:]}"

    def part(self, text: str) -> "Reading":
        """A reading of a part of the text."""
        return Reading(replace(self.said, text=text))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words."""
        return words.of_text(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """All words as they are compared."""
        return frozenset(word.stem for word in self.words)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """All typed values."""
        return values.scan(self.text, self.words, self.said)

    @cached_property
    def quotes(self) -> tuple[Mark, ...]:
        """All quotations; a place is that of the marks with what is between them."""
        return tuple(
            Mark("quote", match[match.lastindex or 0], match.start(), match.end())
            for match in QUOTES.finditer(self.text)
        )

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All values with keys; by rule 3."""
        found = [*_members(self.text), *_arguments(self.text)]
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

    @cached_property
    def names(self) -> tuple[Mark, ...]:
        """All names; by rule 4."""
        typed = [(mark.start, mark.end) for mark in self.marks if mark.kind != "number"]
        cased = not self.said.language.script
        names = [
            name for name in _capitalised(self.text, self.words) if cased or name.value[0].isupper()
        ]
        if self.said.language != ENGLISH:  # where most openings are not known as such
            names.sort(key=lambda name: _opens(self.text, name.start))
        if self.said.language != ENGLISH and not names:
            names += _between_particles(self)
        free = [
            name for name in names if not any(s < name.end and name.start < e for s, e in typed)
        ]
        capital = len(free) > 1 and free[0].value[0].isupper() and _opens(self.text, free[0].start)
        if capital and self.said.language != ENGLISH:
            free = [*free[1:], free[0]]  # its capital is the sentence's: "Какая погода в Сочи?"
        return tuple(free)

    def before(self, start: int, count: int = 1) -> tuple[Word, ...]:
        """The words that end before a place, nearest first."""
        place = bisect_right(self._ends, start)
        return self.words[max(0, place - count) : place][::-1]

    def after(self, end: int, count: int = 1) -> tuple[Word, ...]:
        """The words that begin after a place, nearest first."""
        place = bisect_left(self._starts, end)
        return self.words[place : place + count]

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]

    @cached_property
    def _ends(self) -> list[int]:
        return [word.end for word in self.words]


def _without_opener(key: str) -> str:
    """A key without the command before it: "set apples" is "apples"."""
    first, _, rest = key.partition(" ")
    return rest if rest and first.lower() in OPENERS else key


def _members(text: str) -> Iterator[Pair]:
    start = text.find("{")
    if start < 0:
        return
    try:
        document, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return
    for key, value in document.items() if isinstance(document, dict) else ():
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield Pair(words.of_identifier(key), key, written, start, start)


def _arguments(text: str) -> Iterator[Pair]:
    for call in CALL.finditer(text) if "(" in text else ():
        for position, match in enumerate(ARGUMENT.finditer(call[1])):
            key: tuple[str, ...] | int = words.of_identifier(match[1]) if match[1] else position
            if match[1] or LITERAL.match(match[2]):
                start = call.start(1)
                yield Pair(
                    key,
                    match[1] or "",
                    match[2].strip(" \"'"),
                    start + match.start(2),
                    start + match.end(2),
                )


def _capitalised(text: str, spoken: tuple[Word, ...]) -> Iterator[Mark]:
    run: list[Word] = []
    for word in spoken:
        if run and not (_continues(text, run[-1], word)):
            yield from _name(text, run)
            run = []
        if (_is_capital(word.written[0]) and not (not run and _only_opens(text, word))) or (
            run and word.stem in CONNECTORS
        ):
            run.append(word)
        elif run:
            yield from _name(text, run)
            run = []
    yield from _name(text, run)


def _is_capital(letter: str) -> bool:
    """A capital, or a letter of a script without case."""
    return letter.isupper() or (
        letter > "\u0590" and letter.isalpha() and letter.lower() == letter.upper()
    )


def _continues(text: str, last: Word, word: Word) -> bool:
    between = text[last.end : word.start]
    return between in (" ", "-", "-", "/", "'", "’") or (between == ". " and last.stem in TITLES)


def _only_opens(text: str, word: Word) -> bool:
    lower = word.written.lower()
    if lower in TITLES:
        return False
    if lower in ("i", "i'm", "i've", "i'd", "i'll", "ok"):
        return True
    if lower.endswith("ly") and len(lower) > 5:
        return True
    return _opens(text, word.start) and (lower in OPENERS or word.stem in OPENERS)


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins at a place."""
    return SENTENCE_START.search(text[max(0, start - 4) : start]) is not None


def _name(text: str, run: list[Word]) -> Iterator[Mark]:
    while run and run[-1].stem in CONNECTORS and not run[-1].written[0].isupper():
        run = run[:-1]
    if run:
        start, end = run[0].start, run[-1].end
        value = text[start:end]
        if value.endswith(("'s", "’s")) and POSSESSED.match(text, end):
            value, end = value[:-2], end - 2
        yield Mark("name", value, start, end)


POSSESSED: Final = re.compile(r" (?!(?:on|at|for|with|by|from|in|to|and|tomorrow|today|is)\b)\w")
"""Behind "Bob's" stands what is his; "at Luigi's" is a name of its own."""


def place(reading: Reading, name: Mark) -> Mark:
    """A name with the region that follows it: "San Francisco, CA"."""
    region = REGION.match(reading.text, name.end)
    if region is None:
        return name
    return Mark("name", name.value + region[0], name.start, region.end())


COMPOUND_OPENERS: Final = frozenset(
    "नई न्यू नवी ग्रेटर सैन নিউ নয়া નવી ન્યૂ ਨਵੀਂ నవీ న్యూ நியூ புது ନୂଆ ನ್ಯೂ ನವ ന്യൂ نئی نیو".split()  # noqa: SIM905
)
"""First words of names of two words: New Delhi, New York."""


def _between_particles(reading: Reading) -> Iterator[Mark]:
    language = reading.said.language
    if language.code in UNSPACED:
        yield from _unspaced(reading)
        return
    skipped = language.common | set(language.days) | set(language.numbers)
    for pattern in language.around:
        before, _, after = pattern.partition("{x}")
        yield from _with_particle(reading, before.strip(), after, skipped)


def _with_particle(
    reading: Reading, before: str, after: str, skipped: frozenset[str] | set[str]
) -> Iterator[Mark]:
    """The word before "में", the word that ends in "యలో", or the word after "في"."""
    spoken = reading.words
    for place_, word in enumerate(spoken):
        lower = word.written.lower()
        if lower in skipped:
            continue
        attached = after.strip() if after and not after.startswith(" ") else ""
        following = spoken[place_ + 1].written.lower() if place_ + 1 < len(spoken) else ""
        preceding = spoken[place_ - 1].written.lower() if place_ else ""
        spaced = after.strip().split(" ")[0] if after.startswith(" ") else ""
        if before and preceding != before.split(" ")[-1].lower():
            continue
        if spaced and following != spaced:
            continue
        if attached and not (lower.endswith(attached) and len(lower) > len(attached) + 1):
            continue
        start = word.start
        if preceding in COMPOUND_OPENERS:
            start = spoken[place_ - 1].start
        end = word.end - len(attached)
        yield Mark("name", reading.text[start:end], start, end)


def _unspaced(reading: Reading) -> Iterator[Mark]:
    """What is left of the text without the words that the language's tables know."""
    language = reading.said.language
    known = [
        *language.common, *language.days, *language.numbers,
        *(word for meanings in language.lexicon.values() for word in meanings),
        *(piece for pattern in language.around for piece in pattern.split("{x}") if piece),
    ]  # fmt: skip
    masked = reading.text
    for word in sorted(filter(None, known), key=lambda w: (-len(w), w)):
        masked = masked.replace(word, "\0" * len(word))
    for match in re.finditer(r"[^\W\d_]{2,}", masked):
        yield Mark("name", match[0], match.start(), match.end())


def sentence_end(text: str, start: int) -> int:
    """Where the sentence ends that goes on at a place."""
    match = SENTENCE_END.search(text, start)
    return match.start() if match else len(text)


SENTENCE_END: Final = re.compile(r"[.!?]+(?:\s|$)|[।。！？؟\n]")
