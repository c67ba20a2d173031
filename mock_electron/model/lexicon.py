"""What words of a language mean, as English words: the lexicons of `languages/` and `lexicons/`.

1. A word is found by how it begins, so that one entry covers its forms. A language may list its
   `endings`: then the longest beginning counts, and one of fewer than LONG letters only with one of them.
2. A phrase is found word by word; its last word by how it begins.
3. A word of Hindi in Latin letters that is not listed is found by its sounds.
4. The English words are also known by their synonyms, which the lexicon of English has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.language import ENGLISH, LANGUAGES, UNSPACED, Language, words_of
from mock_electron.model.sounds import bones, rough, softened, sounds

LONG: Final = 4
LONGEST_MEANING: Final = 30
"""The maximum number of characters of a word of a lexicon."""
SHORTEST_SOUND: Final = 3
APOSTROPHE: Final = regex("['’]")
"""The text after it is a word too: dell'ordine, l'heure."""
INFLECTED: Final = (
    "iyega iyon wana wani wane ungi unga enge ega egi iye yan wao kar ein aon ne ni na ta te ti on en wa ye ya o e i a"
).split()
"""Endings of Hindi in Latin letters."""
OF_NOUNS: Final = frozenset(("iyon", "yan", "ein", "aon", "on", "en"))
"""Those of them that no verb has."""
Stems = tuple[str, ...]


class Index(Struct, frozen=True):
    """A lexicon, as it is searched.

    Attributes:
        beginnings: How words begin, and what they mean.
        phrases: By their first word, the other words of phrases and what they mean.
        anywhere: Phrases that are searched anywhere in a text.
        by_sound: The sounds of words in another script, and what they mean.
        actions: How verbs begin.
        action_sounds: The sounds of verbs in another script.
    """

    beginnings: Mapping[str, Stems]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    anywhere: tuple[tuple[str, str], ...]
    by_sound: Mapping[str, Stems]
    actions: frozenset[str]
    action_sounds: Mapping[str, Stems]


@cache
def _index(code: str) -> Index:
    language = LANGUAGES[code]
    beginnings: dict[str, Stems] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    anywhere: list[tuple[str, str]] = []
    by_sound: dict[str, Stems] = {}
    for stem, meanings in language.lexicon.items():
        for meaning in meanings:
            if " " in meaning and language.endings:
                first, *others = meaning.split()
                phrases.setdefault(first, []).append((tuple(others), stem))
            elif code in UNSPACED or " " in meaning:
                anywhere.append((meaning, stem))
            else:
                for form in _forms(meaning, language):
                    beginnings[form] = (*beginnings.get(form, ()), stem)
                if code == ROMANISED_CODE and not meaning.isascii():
                    spoken = sounds(meaning)
                    by_sound[spoken] = (*by_sound.get(spoken, ()), stem)
    listed = {first: tuple(found) for first, found in phrases.items()}
    verbs = {word for words in language.actions.values() for word in words}
    actions = frozenset(form for word in verbs for form in _forms(word, language))
    heard = {sounds(word): () for word in verbs if not word.isascii()} if by_sound else {}
    return Index(beginnings, listed, tuple(anywhere), by_sound, actions, heard)


def _forms(word: str, language: Language) -> Iterator[str]:
    """How a word begins, in all its cases."""
    yield word
    for ending, others in language.oblique.items():
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_NAME:
            yield from (f"{word.removesuffix(ending)}{other}" for other in others)


ROMANISED_CODE: Final = "hi"
"""The language that is written in Latin letters too."""


@lru_cache(maxsize=4096)
def _meant_by(word: str, code: str) -> Stems:
    """Return the English words that a lowercase word of a language may mean."""
    index, endings = _index(code), LANGUAGES[code].endings
    if not endings:
        found: list[str] = []
        for length in range(1, min(len(word), LONGEST_MEANING) + 1):
            found += index.beginnings.get(word[:length], ())
        return tuple(found)
    beginning = _beginning(word, index.beginnings, endings)
    if beginning:
        shorter = (
            length for length in range(len(beginning) - 1, 0, -1) if word[length:] in endings
        )
        others = (index.beginnings.get(word[:length], ()) for length in shorter)
        return tuple(dict.fromkeys([*index.beginnings[beginning], *chain.from_iterable(others)]))
    if not word.isascii():
        return ()
    spoken = _by_sound(word, index.by_sound, LONG)
    return index.by_sound.get(spoken or _by_sound(word, index.action_sounds, SHORTEST_SOUND), ())


def _beginning(word: str, known: Iterable[str], endings: frozenset[str]) -> str:
    """Return the longest beginning of a word that is known; rule 1."""
    for length in range(min(len(word), LONGEST_MEANING), 0, -1):
        rest = word[length:]
        if word[:length] in known and (not rest or length >= LONG or rest in endings):
            return word[:length]
    return ""


def _by_sound(word: str, known: Mapping[str, Stems], shortest: int) -> str:
    """Return the sounds of a word in Latin letters, or of its beginning, if they are known.

    Args:
        word: The word, in lowercase.
        known: The sounds that are known.
        shortest: How many sounds must be left of a word without its ending.
    """
    spoken = sounds(word)
    if len(spoken) >= SHORTEST_SOUND and spoken in known:
        return spoken
    for ending in INFLECTED:
        if word.endswith(ending) and (shortest > SHORTEST_SOUND or ending not in OF_NOUNS):
            root = sounds(word.removesuffix(ending))
            if len(root) >= shortest and root in known:
                return root
    return ""


@lru_cache(maxsize=4096)
def is_plain(word: str, code: str) -> bool:
    """Return whether a lowercase word belongs to no value: a verb, a pronoun or a particle."""
    language = LANGUAGES[code]
    if word in language.plain or (language.verbs and word.endswith(language.verbs)):
        return True
    index = _index(code)
    if word.isascii() and _by_sound(word, index.action_sounds, SHORTEST_SOUND):
        return True
    return bool(_beginning(word, index.actions, language.endings))


def glosses(words: Sequence[str], language: Language) -> Iterator[tuple[int, str]]:
    """Yield the places of words that mean an English word, with that word.

    Args:
        words: The words, in lowercase.
        language: Their language.
    """
    for place, word in enumerate(words):
        for stem in _meant_by(word, language.code):
            yield place, stem
    index = _index(language.code)
    for place, word in enumerate(words) if index.phrases else ():
        for others, stem in index.phrases.get(word, ()):
            end = place + 1 + len(others)
            said = words[place + 1 : end]
            if len(said) == len(others) and _same(said, others):
                for one in range(place, end):
                    yield one, stem


def names_in(words: Sequence[str], language: Language) -> Iterator[tuple[int, str]]:
    """Yield the places of words that are a name, with the words of its English form."""
    for english, spoken in language.named.items():
        for place, word in enumerate(words):
            if word.startswith(spoken):
                yield place, english


@lru_cache(maxsize=2048)
def cased(word: str, code: str) -> tuple[str, str] | None:
    """Return a word without its case ending, and the English word for that; None if it has none.

    >>> cased("சேலத்துல", "ta"), cased("மதுரைக்கு", "ta")
    (('சேலம்', 'in'), ('மதுரை', 'to'))
    """
    cases = LANGUAGES[code].cases
    for length in range(min(LONGEST_CASE, len(word) - SHORTEST_NAME), 0, -1) if cases else ():
        case = cases.get(word[-length:])
        if case is not None:
            return word[:-length] + case[0], case[1]
    return None


LONGEST_CASE: Final = 12
SHORTEST_NAME: Final = 2


def _same(said: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return all(map(str.__eq__, said[:-1], phrase[:-1])) and said[-1].startswith(phrase[-1])


def english_stems(text: str, language: Language) -> set[str]:
    """Return the English words for what a text mentions, as tool descriptions use them."""
    lower = text.lower()
    words = list(words_of(lower))
    if "'" in lower or "’" in lower:
        words += [APOSTROPHE.split(word)[-1] for word in words if APOSTROPHE.search(word)]
    spoken = {stem for meaning, stem in _index(language.code).anywhere if meaning in lower}
    if language is ENGLISH:
        for word in words:
            spoken.update(_meant_by(word, "en"))
        return spoken
    spoken.update(stem for _, stem in glosses(words, language))
    spoken.update(name for _, name in names_in(words, language))
    for stem in list(spoken):
        spoken.update(_meant_by(stem, "en"))
    spoken.add(language.name.lower())  # so that "transfer to the Spanish agent" is found
    return spoken


class Sounding(Struct, frozen=True):
    """Words of a text by how they sound, so that English words are found in them: லைட்டை is "light".

    Attributes:
        places: The sounds of words, also without their endings, and the places of the words.
        bones: The consonants of words that the lexicon does not know, and their places.
    """

    places: Mapping[str, int]
    bones: Mapping[str, int]

    def find(self, word: str) -> int | None:
        """Return the place of a word that sounds like an English word, or None."""
        place = self._find(rough(word))
        return self._find(rough(softened(word))) if place is None and "g" in word else place

    def _find(self, spoken: str) -> int | None:
        if len(spoken) < SHORTEST_ALIKE:
            return None
        place = self.places.get(spoken)
        if place is not None:
            return place
        firm = bones(spoken)
        return self.bones.get(firm) if len(firm) >= SHORTEST_SOUND else None


SHORTEST_ALIKE: Final = 2
OBLIQUE, DIRECT = "े", "ा"
"""The last letter of many nouns of Hindi before a particle, and alone: चने का, चना."""


def sounding(words: Sequence[str], language: Language) -> Sounding:
    """Return how words of a language sound.

    Args:
        words: The words, in lowercase.
        language: Their language.
    """
    places: dict[str, int] = {}
    firm: dict[str, int] = {}
    endings = _rough_endings(language.code)
    for place, word in enumerate(words):
        if word in language.common or word.isdecimal():
            continue
        spoken = rough(word)
        is_new = not is_plain(word, language.code) and not _meant_by(word, language.code)
        forms = [spoken, *_without_endings(spoken, endings)]
        case = cased(word, language.code)
        if case is not None:
            forms.append(rough(case[0]))
        if word[-1:] == OBLIQUE:
            forms.append(rough(f"{word[:-1]}{DIRECT}"))
        for one in forms:
            places.setdefault(one, place)
            if is_new:
                firm.setdefault(bones(one), place)
    return Sounding(places, firm)


def _without_endings(spoken: str, endings: tuple[str, ...]) -> Iterator[str]:
    for ending in endings:
        if spoken.endswith(ending) and len(spoken) - len(ending) >= SHORTEST_SOUND:
            yield spoken[: -len(ending)]


@cache
def _rough_endings(code: str) -> tuple[str, ...]:
    """Return the sounds of the endings of nouns."""
    return tuple(sorted({rough(ending) for ending in LANGUAGES[code].endings} - {""}))
