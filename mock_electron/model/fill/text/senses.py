"""What the words of a text mean, as members of enums say it: "nicked" is stolen, "the loo" a toilet.

1. A word means the words with its stem and those of its family: "electric" means electricity.
2. A row of `meanings` in `languages/en.json` is words of members, a colon, and the words and phrases that
   people say for them. A phrase is found by the stems of its words, a sign such as "£" anywhere.
3. A word in another script means the word that it sounds like: ஹால் is "hall".
4. A code is meant by the name of its language, country or currency.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from msgspec import Struct

from mock_electron.model.fill import codes
from mock_electron.model.fill.text.words import Word
from mock_electron.model.language import ENGLISH, words_of
from mock_electron.model.lexicon import Sounding
from mock_electron.model.normalise import stem
from mock_electron.model.work import WORD, Work

Range = tuple[int, int]
"""The places of the first word and after the last one."""
SHORTEST: Final = 4
"""The number of letters of the shortest word that has a family."""
RELATED: Final = 0.7
"""The part of the longer word that two words of a family have in common, unless one begins the other."""
LONGEST_FAMILY: Final = 6
NEGATING: Final = frozenset(
    """no not without never none nothing cannot cant dont wont out down off dead gone lost stopped
    nahi nahin नहीं இல்லை இல்ல""".split()
)
"""Words by which a member with a "no" is said: "the internet is down"."""
COST: Final = 4 * WORD
"""Units of work to find the meanings of a word."""


class Senses(Struct, frozen=True):
    """What the words of a text mean.

    Attributes:
        text: The text.
        stems: The first place of each stem.
        stemmed: The stems of all words, with spaces around each.
        families: For the beginnings of words, their first places.
        negated: The places of a negation, if there is one.
        work: The budget of the request.
        heard: How the words of another language sound.
    """

    text: str
    stems: Mapping[str, int]
    stemmed: str
    families: Mapping[str, Sequence[tuple[str, int]]]
    negated: Range | None
    work: Work
    heard: Sounding | None = None

    @classmethod
    def of(
        cls,
        text: str,
        words: Sequence[Word],
        glosses: Sequence[tuple[int, str]],
        work: Work,
        heard: Sounding | None = None,
    ) -> "Senses":
        """Return what the words of a text mean.

        Args:
            text: The text.
            words: Its words.
            glosses: The places of words of another language, with the English words that they mean.
            work: The budget of the request.
            heard: How the words of another language sound.
        """
        work.charge(COST * (len(words) + len(glosses)))
        lowers = [word.written.lower().replace("’", "'") for word in words]
        found = [stem(lower) for lower in lowers]
        families: dict[str, list[tuple[str, int]]] = {}
        stems: dict[str, int] = {}
        negated = None
        for place, lower in enumerate(lowers):
            stems.setdefault(found[place], place)
            if len(lower) >= SHORTEST:
                families.setdefault(lower[:SHORTEST], []).append((lower, place))
            if negated is None and (lower in NEGATING or lower[-3:] == "n't"):
                negated = place, place + 1
        for place, english in glosses:
            stems.setdefault(_stems_of(english), place)
        return cls(text, stems, f" {' '.join(found)} ", families, negated, work, heard)

    def said(self, word: str) -> Range | None:
        """Return the places of a word in lowercase, or of one of its family."""
        place = self.stems.get(stem(word))
        if place is not None:
            return place, place + 1
        for other, at in self.families.get(word[:SHORTEST], ()):
            if _is_related(word, other):
                return at, at + 1
        return None

    def find(self, word: str) -> Range | None:
        """Return the places of what says or means a word in lowercase, or sounds like it."""
        found = self.said(word) or self.meant(word)
        if found is not None or self.heard is None:
            return found
        place = self.heard.find(word)
        return None if place is None else (place, place + 1)

    def meant(self, words: str) -> Range | None:
        """Return the places of the longest phrase that people say for the words of a member."""
        phrases, signs = _phrases(words)
        self.work.charge(WORD * len(phrases))
        place = self.stems.get(_stems_of(words)) if " " in words else None
        if place is not None:  # the lexicon of another language has the whole member
            return place, place + 1
        for phrase, size in phrases:
            place = self.stems.get(phrase.strip())
            if place is not None:
                return place, place + 1
            if size > 1 and phrase in self.stemmed:
                place = self.stemmed.count(" ", 0, self.stemmed.index(phrase))
                return place, place + size
        return (0, 0) if any(sign in self.text for sign in signs) else None


@lru_cache(maxsize=4096)
def _stems_of(english: str) -> str:
    """The stems of the words of a member: "no_supply" and "no supply" are the same."""
    return " ".join(map(stem, english.replace("_", " ").split()))


def _is_related(one: str, other: str) -> bool:
    """Whether two words with the same beginning are of one family."""
    longest = max(len(one), len(other))
    if one.startswith(other) or other.startswith(one):
        return abs(len(one) - len(other)) <= LONGEST_FAMILY
    return one[: round(RELATED * longest)] == other[: round(RELATED * longest)]


@cache
def _rows() -> Mapping[str, Sequence[Sequence[str]]]:
    """Return what means each word, or words, of members: other such words, and phrases."""
    rows: dict[str, list[list[str]]] = {}
    for row in ENGLISH.meanings:
        own, _, said = row.partition(": ")
        heads, phrases = own.split(), said.split(", ")
        for word in heads:
            others = [head.replace("_", " ") for head in heads if head != word]
            rows.setdefault(word, []).append(phrases + others)
    return rows


@lru_cache(maxsize=1024)
def _phrases(words: str) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Return what means words of a member: phrases with their sizes, the longest first, and signs."""
    rows = _rows()
    key = words.replace(" ", "_")
    said = [phrase for row in rows.get(key, ()) for phrase in row]
    said += codes.names_of(words) if len(words) in CODE else ()
    signs = tuple(phrase for phrase in said if not phrase[0].isalnum() and len(phrase) < SHORTEST)
    stems = {
        phrase: [stem(word) for word in words_of(phrase)] for phrase in said if phrase not in signs
    }
    found = dict.fromkeys(
        (found[0] if len(found) == 1 else f" {' '.join(found)} ", len(found))
        for found in stems.values()
        if found
    )
    return tuple(sorted(found, key=lambda one: -one[1])), signs


CODE: Final = (2, 3)
"""The number of letters of a code."""
