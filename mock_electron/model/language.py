"""The languages of the pocket model: their data files, and language detection.

A language is one file in `languages/`, named by its code. To add a language, add a file.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.hints import folded, mentions
from mock_electron.model.once import once

WORD: Final = regex(r"[^\s!-&(-/:-@\[-`{-~।॥،؟؛۔。、！？，：；…“”„«»「」『』¿¡]+")
"""The text between spaces and punctuation: `\\w` would cut words at Indic vowel signs."""
PUNCTUATION: Final = rb"""!"#$%&()*+,-./:;<=>?@[\]^_`{|}~"""
NO_PUNCTUATION: Final = bytes.maketrans(PUNCTUATION, b" " * len(PUNCTUATION))
"""The table that replaces the ASCII punctuation in WORD by spaces."""
UNSPACED: Final = ("ja", "zh")
"""Languages without spaces between words: their words are searched anywhere in the text."""


class Hearing(Struct, frozen=True):
    """The words by which `hear/` understands speech in a language. `hear/speech.py` explains them.

    Attributes:
        fillers: Words that mean nothing: "um".
        restarts: Phrases between a value and the one that replaces it: "no wait".
        negations: Single words that do the same if both values are next to them: "no".
        leads: Words before the value that replaces another one: "make it".
        parts: Parts of a day: "am", "noon", "pm" or "night".
        occasions: Words that suggest the part of the day of an hour in words: "dinner".
        clock: Words after an hour: "o'clock".
        before: Words before a time: "around".
        behind: Words after a time: "pe".
        shifts: Minutes that a word adds to the hour after it: "saadhe".
        times: Times of one word, in minutes.
        later: Minutes that a word adds to the hour before it.
        clitics: Endings of the words of these tables, with what replaces each. `hear/clitics.py` removes them.
        letters: The names of Latin letters in this script.
        halves: Numbers with a half: "dhai".
        half: Words for half of the unit that follows.
        doubles: How many times the next digit is said: "double".
        verbs: For number words that are verbs too, the words after which they are.
        ordinals: The values of ordinals.
        weekdays: The numbers of weekdays, Monday 0.
        months: The numbers of months, January 1.
        date: Words after the number of a day: "tareekh".
        units: Units of numbers and currencies, with their words.
        dots: Words for a dot in an address.
        ats: Words for the sign in an e-mail address.
        tlds: The ends of host names in this script.
        yes: Words that agree.
        no: Words that refuse.
    """

    fillers: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    parts: Mapping[str, str] = {}
    occasions: Mapping[str, str] = {}
    clock: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    shifts: Mapping[str, int] = {}
    times: Mapping[str, int] = {}
    later: Mapping[str, int] = {}
    clitics: Mapping[str, str] = {}
    letters: Mapping[str, str] = {}
    halves: Mapping[str, float] = {}
    half: Mapping[str, float] = {}
    doubles: Mapping[str, int] = {}
    verbs: Mapping[str, tuple[str, ...]] = {}
    ordinals: Mapping[str, int] = {}
    weekdays: Mapping[str, int] = {}
    months: Mapping[str, int] = {}
    date: tuple[str, ...] = ()
    units: Mapping[str, tuple[str, ...]] = {}
    dots: tuple[str, ...] = ()
    ats: tuple[str, ...] = ()
    tlds: Mapping[str, str] = {}
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


class Romanised(Struct, frozen=True):
    """A language as it is written in Latin letters.

    Attributes:
        numbers: The values of number words.
        days: For words such as "tomorrow", the number of days from today.
        hearing: The words for `hear/`.
    """

    numbers: Mapping[str, int]
    days: Mapping[str, int]
    hearing: Hearing


class Vocabulary(Struct, frozen=True):
    """The larger part of a language's file. The attributes of `Language` explain it."""

    phrases: Mapping[str, tuple[str, ...]]
    around: tuple[str, ...]
    numbers: Mapping[str, int]
    days: Mapping[str, int]
    hearing: Hearing = Hearing()
    latin: Romanised | None = None


class Acts(Struct, frozen=True):
    """What the act of an utterance is told by."""

    acts: Mapping[str, tuple[str, ...]]
    and_: str = msgspec.field(name="and")
    questions: frozenset[str] = frozenset()
    asking: tuple[str, ...] = ()
    polite: frozenset[str] = frozenset()


class Lexicon(Struct, frozen=True):
    """The rest of a language's file."""

    lexicon: Mapping[str, tuple[str, ...]]
    meanings: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    actions: Mapping[str, tuple[str, ...]] = {}
    plain: frozenset[str] = frozenset()
    verbs: tuple[str, ...] = ()
    endings: frozenset[str] = frozenset()
    oblique: Mapping[str, tuple[str, ...]] = {}
    cases: Mapping[str, tuple[str, str]] = {}
    names: Mapping[str, tuple[str, ...]] = {}
    naming: frozenset[str] = frozenset()
    after: Mapping[str, str] = {}


class Language(Struct, frozen=True, kw_only=True, dict=True):
    """One language, as its file defines it. All words are lowercase, except in phrases.

    Most requests need one language, so the larger part of a file is decoded when it is first used.

    Attributes:
        code: The language code, such as "hi". It is the file's name.
        name: The English name, such as "Hindi".
        called: The names by which prompts ask for the language.
        echo: The commands to repeat a text. One that ends with a colon needs a colon or quotation marks.
        script: The Unicode ranges of letters that only this language uses, or "" for Latin.
        common: Frequent short words, which distinguish languages of the same script.
        recognise: For "greeting", "thanks" and "farewell", how such messages begin.
        markers: Words by which the language is recognised in Latin letters.
        file: The content of its file.
    """

    code: str = ""
    name: str
    called: tuple[str, ...]
    echo: tuple[str, ...]
    script: str
    common: frozenset[str]
    recognise: Mapping[str, tuple[str, ...]]
    markers: frozenset[str] = frozenset()
    file: bytes = b""

    @once
    def beginnings(self) -> tuple[str, ...]:
        """How greetings, thanks and farewells begin."""
        return tuple(word for words in self.recognise.values() for word in words)

    @once
    def vocabulary(self) -> Vocabulary:
        """The larger part of the file."""
        return msgspec.json.decode(self.file, type=Vocabulary)

    @once
    def phrases(self) -> Mapping[str, tuple[str, ...]]:
        """Several wordings for each kind of phrase. `languages/en.json` lists the kinds."""
        return self.vocabulary.phrases

    @once
    def around(self) -> tuple[str, ...]:
        """Patterns of the words around a name, which is `{x}`: "in {x}", "{x} में"."""
        return self.vocabulary.around

    @once
    def numbers(self) -> Mapping[str, int]:
        """The values of number words."""
        return self.vocabulary.numbers

    @once
    def days(self) -> Mapping[str, int]:
        """For words such as "tomorrow", the number of days from today."""
        return self.vocabulary.days

    @once
    def acts(self) -> Mapping[str, tuple[str, ...]]:
        """For each act, such as "confirm", how utterances with it begin."""
        found = {**self.recognise, **self._acts.acts}
        for act in ("thanks", "farewell"):
            found[act] = (*self.recognise[act], *self._acts.acts.get(act, ()))
        return found

    @once
    def conjunction(self) -> str:
        """The word between the last two items of a list: "and"."""
        return self._acts.and_

    def is_question(self, text: str) -> bool:
        """Return whether a text of this language has a word that asks, and is no polite request.

        The words are anywhere: "टमाटर का भाव क्या है", "கோயில் இருக்கா".
        """
        known = self._acts
        if not known.questions:
            return False
        words = words_of(text.lower())
        asks = not known.questions.isdisjoint(words) or (
            known.asking != () and any(word.endswith(known.asking) for word in words)
        )
        return asks and known.polite.isdisjoint(words)

    @once
    def _acts(self) -> Acts:
        return msgspec.json.decode(self.file, type=Acts)

    @once
    def hearing(self) -> Hearing:
        """The words by which speech is understood."""
        return self.vocabulary.hearing

    @once
    def lexicon(self) -> Mapping[str, tuple[str, ...]]:
        """For an English word, the words of this language that mean it.

        Tools with an English description are found by them. The beginning of a word is enough.
        """
        known = self._lexicon
        found = {**known.lexicon}
        for word, said in known.actions.items():
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), *said)))
        return found

    @once
    def actions(self) -> Mapping[str, tuple[str, ...]]:
        """The part of the lexicon that is verbs. Their words belong to no value."""
        return self._lexicon.actions

    @once
    def endings(self) -> frozenset[str]:
        """Endings of nouns and verbs. The beginning of a short word counts only with one of them."""
        return self._lexicon.endings

    @once
    def oblique(self) -> Mapping[str, tuple[str, ...]]:
        """How nouns end, and what is there instead before other endings: நாய், நாயை."""
        return self._lexicon.oblique

    @once
    def cases(self) -> Mapping[str, tuple[str, str]]:
        """Endings of names: what is there without the ending, and the English word for it."""
        return self._lexicon.cases

    @once
    def named(self) -> Mapping[str, tuple[str, ...]]:
        """Names that are not pronounced as in English: "சென்னை" is Chennai."""
        return self._lexicon.names

    @once
    def verbs(self) -> tuple[str, ...]:
        """Endings of verbs, whose words belong to no value."""
        return self._lexicon.verbs

    @once
    def meanings(self) -> tuple[str, ...]:
        """What people say for members of enums. `fill/text/senses.py` explains the rows."""
        return self._lexicon.meanings

    @once
    def related(self) -> tuple[str, ...]:
        """Families of words: those of tools, a colon, and those of callers, with commas between them."""
        return self._lexicon.related

    @once
    def plain(self) -> frozenset[str]:
        """Words that belong to no value: verbs, pronouns and particles."""
        return self._lexicon.plain

    @once
    def naming(self) -> frozenset[str]:
        """Words before a name: "नाम", "डॉक्टर"."""
        return self._lexicon.naming

    @once
    def after(self) -> Mapping[str, str]:
        """For words after a phrase that tell its part, the English word: "में" is "in"."""
        return self._lexicon.after

    @once
    def _lexicon(self) -> Lexicon:
        page = LEXICONS / f"{self.code}.json"
        file = page.read_bytes() if page.exists() else self.file
        return msgspec.json.decode(file, type=Lexicon)


LEXICONS: Final = Path(__file__).with_name("lexicons")
"""The lexicons that are files of their own, because they are large. Each is read when it is first used."""


def _load_all() -> dict[str, Language]:
    decode = msgspec.json.Decoder(Language).decode
    loaded = {}
    for page in sorted(Path(__file__).with_name("languages").iterdir()):
        file = page.read_bytes()
        loaded[page.stem] = replace(decode(file), code=page.stem, file=file)
    return loaded


LANGUAGES: Final[Mapping[str, Language]] = _load_all()
ENGLISH: Final = LANGUAGES["en"]
ROMANISED: Final = frozenset(word for one in LANGUAGES.values() for word in one.markers)
"""The words that show a language in Latin letters that has its own script."""
IN_LATIN_LETTERS: Final = tuple(
    dict.fromkeys(["en", *(code for code, one in LANGUAGES.items() if not one.script)])
)
"""The codes of languages in Latin letters, English first."""
SCRIPT_SHARE: Final = 0.3
"""The fraction of a text's letters that must be of a script. Names may be in another script."""


ENOUGH_TO_TELL: Final = 1000
"""The number of characters that detection reads."""


@cache
def _by_script() -> dict[str, re.Pattern[str]]:
    """Return a pattern for the letters of each script."""
    scripts = {code: language.script for code, language in LANGUAGES.items()}
    return {code: regex(f"[{script}]") for code, script in scripts.items() if script}


@lru_cache(maxsize=64)
def _familiar_words(codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the words by which these languages are detected, with the codes of their languages.

    A code appears twice if the word is common in the language and begins a greeting.
    """
    familiar: dict[str, tuple[str, ...]] = {}
    for code in codes:
        language = LANGUAGES[code]
        words = () if code in UNSPACED else (*language.common, *dict.fromkeys(language.beginnings))
        for word in words:
            familiar[word] = (*familiar.get(word, ()), code)
    if "en" in codes:  # a text with words of Hindi in Latin letters is no Italian
        familiar |= dict.fromkeys(ROMANISED - familiar.keys(), ("en",))
    return familiar


@lru_cache(maxsize=64)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, as they are written. One request asks several times."""
    if text.isascii():  # as WORD finds them, in a third of the time
        return tuple(text.encode().translate(NO_PUNCTUATION).decode().split())
    return tuple(WORD.findall(text))


def detect(text: str) -> Language | None:
    """Return the language of a text by its script, then by its common words.

    Only the beginning of the text is read. Return None if it contains no letters.
    """
    return _detected(text[:ENOUGH_TO_TELL])


@lru_cache(maxsize=64)
def _detected(text: str) -> Language | None:
    """Return the language of the beginning of a text. One request asks several times."""
    if not any(map(str.isalpha, text)):
        return None
    if text.isascii():
        lower = text.lower()
        spoken = words_of(DOMAIN.sub(" ", lower) if "." in text else lower)
        if ROMANISED & {*spoken}:
            return _romanised(spoken, text)
        return _most_familiar(IN_LATIN_LETTERS, spoken, text)
    letters = sum(map(str.isalpha, text))
    written = {code: len(script.findall(text)) for code, script in _by_script().items()}
    candidates = tuple(code for code, n in written.items() if n > SCRIPT_SHARE * letters)
    if written["ja"] and written["zh"]:
        candidates = ("ja",)  # Han characters with kana between them are Japanese
    words = map(str.lower, words_of(text))
    return _most_familiar(candidates or IN_LATIN_LETTERS, words, text)


DOMAIN: Final = regex(r"\.(?:com|de|es|fr|in|io|it|net|org|pt)\b")
"""The end of the name of a host, which is no word: "open example.com"."""


def _romanised(spoken: tuple[str, ...], text: str) -> Language:
    """Return the language of words in Latin letters, of which some are of a language with its own script.

    Hindi in Latin letters is answered in English. "Hai un momento?" is Italian, but "karol bagh mein" is
    no German: another word must be known there too.
    """
    others = [word for word in spoken if word not in ROMANISED]
    found = _most_familiar(IN_LATIN_LETTERS, spoken, text)
    if len(others) + 1 < len(spoken) or _familiar_words((found.code,)).keys().isdisjoint(others):
        return ENGLISH
    return found


def _most_familiar(candidates: tuple[str, ...], words: Iterable[str], text: str) -> Language:
    """Return the language in which most words of a text are common; of equals the first."""
    familiar = _familiar_words(candidates)
    found: list[str] = []
    for word in words:
        if word in familiar:
            found += familiar[word]
    for code in UNSPACED:
        if code in candidates:
            found += [code] * sum(map(text.count, LANGUAGES[code].common))
    return LANGUAGES[max(candidates, key=found.count)]


ASKED_FOR: Final = regex(
    r"\b(?:answer|repl(?:y|ies)|respond|response|speak|talk|write|converse|communicate|say it|use)\w*\b"
    r"(?P<rest>[^.!?\n]{0,60})",
    re.IGNORECASE,
)


ASKED_FOR_HINTS: Final = (
    "answer", "repl", "respon", "speak", "talk", "write", "converse", "communicate", "say it", "use",
)  # fmt: skip
"""Hints for ASKED_FOR."""


@lru_cache(maxsize=16)
def asked_for_by_system(prompt: str) -> Language | None:
    """Return the language that a system prompt asks for, or None.

    The system prompt of a conversation is read for each of its requests, so the latest are kept.
    """
    return asked_for(prompt, folded(prompt))


def asked_for(prompt: str, hints: str) -> Language | None:
    """Return the language that a prompt asks for, as in "always answer in Hindi", or None.

    Args:
        prompt: The prompt.
        hints: The folded prompt.
    """
    asks = mentions(hints, ASKED_FOR_HINTS) and _named(prompt.lower()) is not None
    for match in ASKED_FOR.finditer(prompt) if asks else ():
        named = _named(match["rest"].lower())
        if named is not None:
            return named
    own = detect(prompt)
    if own is None or own is ENGLISH:
        return None
    return own if _named(prompt.lower()) is own else None


def _named(text: str) -> Language | None:
    """Return the language whose name appears first in a text."""
    places = [
        (text.find(name), language.code)
        for language in LANGUAGES.values()
        for name in language.called
        if name in text
    ]
    return LANGUAGES[min(places)[1]] if places else None


@lru_cache(maxsize=64)
def lexical(text: str, code: str) -> Language:
    """Return the language whose lexicon has the words of a text.

    It is the language with the code, but Hindi if the text has Hindi words in Latin letters.
    """
    language = LANGUAGES[code]
    if language is not ENGLISH or ROMANISED.isdisjoint(words_of(text.lower())):
        return language
    return LANGUAGES["hi"]
