"""Find proper names in a text.

1. A name is a run of capitalised words. A capital at the beginning of a sentence does not count.
2. In scripts without case, the name is between the language's particles: "{x} में".
3. In scripts without spaces, the name is what remains after removing the words that the language's
   tables contain.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.fill.text import words
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.fill.text.words import Word
from mock_electron.model.language import LANGUAGES, UNSPACED, Language
from mock_electron.model.lexicon import cased, glosses, is_plain
from mock_electron.model.normalise import STOP_WORDS, normalised

SENTENCE_START: Final = regex(r"(?:^|[.!?:\n\"“(•*-])\s*$")
CONNECTORS: Final = frozenset(("of", "de", "da", "del", "van", "von", "la", "du", "al", "bin"))
COMMANDS: Final = """
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
    """
OPENERS: Final = STOP_WORDS | words.SCHEMA_WORDS | normalised(COMMANDS) | set(COMMANDS.split())
"""Words that begin a sentence with a capital and are not names, as written and normalised."""
TITLES: Final = frozenset(("dr", "mr", "mrs", "ms", "prof"))
REGION: Final = regex(
    r", (?:[A-Z]{2}\b|(?:[^\W\d_a-z][\w'-]+)(?=\s*(?:[?.!]|$| (?:on|for|at|today|tomorrow|in)\b)))"
)


def capitalised(text: str, spoken: tuple[Word, ...]) -> Iterator[Mark]:
    run: list[Word] = []
    for word in spoken:
        if not run and "a" <= word.written[0] <= "z":
            continue  # most words
        if run and not (_continues(text, run[-1], word)):
            yield from _name(text, run)
            run = []
        first = word.written[0]
        is_capital = "A" <= first <= "Z" or (first > "\x7f" and _is_capital(first))
        if (is_capital and not (not run and _only_opens(text, word))) or (
            run and _joins(text, run, word)
        ):
            run.append(word)
        elif run:
            yield from _name(text, run)
            run = []
    yield from _name(text, run)


def _joins(text: str, run: list[Word], word: Word) -> bool:
    """ "Rio de Janeiro" goes on; a capital that begins a sentence does not: "Vuelo de Madrid"."""
    if word.normal not in CONNECTORS:
        return False
    return len(run) > 1 or not opens(text, run[0].start)


def _is_capital(letter: str) -> bool:
    """A capital, or a letter of a script without case."""
    return letter.isupper() or (
        letter > "\u0590" and letter.isalpha() and letter.lower() == letter.upper()
    )


def _continues(text: str, last: Word, word: Word) -> bool:
    between = text[last.end : word.start]
    if between == ".":  # "U.S."
        return len(last.written) == 1 == len(word.written)
    return between in (" ", "-", "-", "/", "'", "’") or (between == ". " and last.normal in TITLES)


def _only_opens(text: str, word: Word) -> bool:
    lower = word.written.lower()
    if lower in TITLES:
        return False
    if lower in ("i", "i'm", "i've", "i'd", "i'll", "ok"):
        return True
    if lower[-2:] == "ly" and len(lower) > 5:
        return True
    return (lower in OPENERS or word.normal in OPENERS) and opens(text, word.start)


def opens(text: str, start: int) -> bool:
    """Whether a sentence begins at a place."""
    if start == 0:
        return True
    if start > 1 and text[start - 1] == " " and text[start - 2].isalnum():
        return False  # most words follow another one
    return SENTENCE_START.search(text[max(0, start - 4) : start]) is not None


def _name(text: str, run: list[Word]) -> Iterator[Mark]:
    while run and run[-1].normal in CONNECTORS and not run[-1].written[0].isupper():
        run = run[:-1]
    if run:
        start, end = run[0].start, run[-1].end
        if text[end - 2 : end + 1] == f".{text[end - 1]}." and text[end - 1].isupper():
            end += 1  # "Washington D.C."
        value = text[start:end]
        if value.endswith(("'s", "’s")) and POSSESSED.match(text, end):
            value, end = value[:-2], end - 2
        yield Mark("name", value, start, end)


POSSESSED: Final = regex(r" (?!(?:on|at|for|with|by|from|in|to|and|tomorrow|today|is)\b)\w")
"""After "Bob's" follows his possession, but "at Luigi's" is itself a name."""


def place(text: str, name: Mark) -> Mark:
    """A name with the region that follows it: "San Francisco, CA"."""
    region = REGION.match(text, name.end)
    if region is None:
        return name
    return Mark("name", name.value + region[0], name.start, region.end())


COMPOUND_OPENERS: Final = frozenset(
    "नई न्यू नवी ग्रेटर सैन নিউ নয়া નવી ન્યૂ ਨਵੀਂ నవీ న్యూ நியூ புது ନୂଆ ನ್ಯೂ ನವ ന്യൂ نئی نیو".split()
)
"""First words of names of two words: New Delhi, New York."""


class _Particle(Struct, frozen=True):
    """One pattern of `Language.around`, as it is compared with words.

    Attributes:
        before: The lowercase word before the name, or "".
        after: The lowercase word after the name, or "".
        ending: The end of the name's own word, or "".
    """

    before: str
    after: str
    ending: str


def _particle(pattern: str) -> _Particle:
    before, _, after = pattern.partition("{x}")
    spaced = after.startswith(" ")
    return _Particle(
        before=before.strip().split(" ")[-1].lower(),
        after=after.strip().split(" ")[0] if spaced else "",
        ending="" if spaced else after.strip(),
    )


@cache
def _particles(code: str) -> tuple[tuple[_Particle, ...], frozenset[str]]:
    """Return the particles of a language, and the words that are never a name."""
    language = LANGUAGES[code]
    skipped = language.common | set(language.days) | set(language.numbers)
    return tuple(map(_particle, language.around)), frozenset(skipped)


def known(word: str, language: Language) -> bool:
    """Whether a word of a language means something: it is no name."""
    return is_plain(word, language.code) or any(glosses([word], language))


@cache
def _known(code: str) -> tuple[str, ...]:
    """Return all words that the tables of a language without spaces contain, longest first."""
    language = LANGUAGES[code]
    known = {
        *language.common, *language.days, *language.numbers,
        *(word for meanings in language.lexicon.values() for word in meanings),
        *(piece for pattern in language.around for piece in pattern.split("{x}") if piece),
    }  # fmt: skip
    return tuple(sorted(filter(None, known), key=lambda word: (-len(word), word)))


def particles_cost(spoken: tuple[Word, ...], language: Language) -> int:
    """Return the units of work of `between_particles`."""
    if language.code in UNSPACED:
        return len(_known(language.code))
    return len(_particles(language.code)[0]) * (PARTICLE + len(spoken))


def introduced(text: str, spoken: tuple[Word, ...], language: Language) -> Iterator[Mark]:
    """Names after words such as "नाम" or "டாக்டர்": up to the next word that means something."""
    lower = [word.written.lower() for word in spoken]
    if not language.naming or language.naming.isdisjoint(lower):
        return
    apart = language.plain | language.common | language.naming
    apart |= set(language.days) | set(language.numbers) | COPULAS
    apart |= {lower[place_] for place_, _ in glosses(lower, language)}
    for place_, word in enumerate(lower):
        first = place_ + 1
        while word in language.naming and lower[first : first + 1] and lower[first] in COPULAS:
            first += 1
        last = first
        while word in language.naming and last < min(len(lower), first + MOST_OF_NAME):
            if (
                lower[last] in apart
                or not text[spoken[last - 1].end : spoken[last].start].isspace()
            ):
                break
            last += 1
        if last > first:
            start, end = spoken[first].start, spoken[last - 1].end
            value = text[start:end]
            case = cased(lower[last - 1], language.code)
            if case is not None:
                value = text[start : spoken[last - 1].start] + case[0]
            yield Mark("name", value, start, end)


COPULAS: Final = frozenset("है हैं hai hain is ka ki का की".split())
MOST_OF_NAME: Final = 3
PARTICLE: Final = 8
"""Units of work to look for one particle, in addition to one for each word."""


def between_particles(text: str, spoken: tuple[Word, ...], language: Language) -> Iterator[Mark]:
    if language.code in UNSPACED:
        yield from _unspaced(text, language)
        return
    particles, skipped = _particles(language.code)
    lower = [word.written.lower() for word in spoken]
    if language.cases:
        yield from _in_cases(spoken, lower, language, skipped)
        particles = tuple(one for one in particles if one.after)
    places: dict[str, list[int]] = {}
    for place_, word in enumerate(lower):
        places.setdefault(word, []).append(place_)
    for particle in particles:
        for place_ in _beside(particle, lower, places):
            if lower[place_] not in skipped and not (
                language.plain and known(lower[place_], language)
            ):
                first = _first_of_name(text, spoken, lower, place_, language)
                end = spoken[place_].end - len(particle.ending)
                yield Mark("name", text[spoken[first].start : end], spoken[first].start, end)


def _in_cases(
    spoken: tuple[Word, ...], lower: list[str], language: Language, skipped: frozenset[str]
) -> Iterator[Mark]:
    """The words with a case ending that mean nothing else: சேலத்துல is சேலம்."""
    for word, written in zip(spoken, lower, strict=True):
        case = cased(written, language.code)
        if case is not None and written not in skipped and not known(written, language):
            yield Mark("name", case[0], word.start, word.end)


def _beside(
    particle: _Particle, lower: list[str], places: Mapping[str, list[int]]
) -> Iterator[int]:
    """The word before "में", the word that ends in "యలో", or the word after "في"."""
    candidates: Iterable[int] = range(len(lower))
    if particle.before:
        candidates = (place_ + 1 for place_ in places.get(particle.before, ()))
    elif particle.after:
        candidates = (place_ - 1 for place_ in places.get(particle.after, ()))
    elif particle.ending:
        candidates = [n for n, word in enumerate(lower) if word.endswith(particle.ending)]
    for place_ in candidates:
        if not 0 <= place_ < len(lower):
            continue
        if particle.after and lower[place_ + 1 : place_ + 2] != [particle.after]:
            continue
        ending = particle.ending
        if ending and not (lower[place_].endswith(ending) and len(lower[place_]) > len(ending) + 1):
            continue
        yield place_


def _first_of_name(
    text: str, spoken: tuple[Word, ...], lower: list[str], last: int, language: Language
) -> int:
    """The place of the first word of a name; in some languages those before it may mean something."""
    first = last - (last > 0 and lower[last - 1] in COMPOUND_OPENERS)
    skipped = _particles(language.code)[1]
    while language.endings and max(0, last - MOST_OF_NAME + 1) < first:
        before = lower[first - 1]
        is_apart = text[spoken[first - 1].end : spoken[first].start] != " "
        if is_apart or before.isascii() or before in skipped or known(before, language):
            break
        first -= 1
    return first


def _unspaced(text: str, language: Language) -> Iterator[Mark]:
    """What is left of the text without the words that the language's tables know."""
    masked = text
    for word in _known(language.code):
        masked = masked.replace(word, "\0" * len(word))
    for match in re.finditer(r"[^\W\d_]{2,}", masked):
        yield Mark("name", match[0], match.start(), match.end())
