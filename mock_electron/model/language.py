"""The languages of the pocket model: their data files, and language detection.

A language is one file in `languages/`, named by its code. To add a language, add a file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Raw, Struct, field
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.hints import folded, mentions

WORD: Final = regex(r"[^\s!-&(-/:-@\[-`{-~।॥،؟؛۔。、！？，：；…“”„«»「」『』¿¡]+")
"""The text between spaces and punctuation: `\\w` would cut words at Indic vowel signs."""
PUNCTUATION: Final = rb"""!"#$%&()*+,-./:;<=>?@[\]^_`{|}~"""
NO_PUNCTUATION: Final = bytes.maketrans(PUNCTUATION, b" " * len(PUNCTUATION))
"""The table that replaces the ASCII punctuation in WORD by spaces."""
UNSPACED: Final = ("ja", "zh")
"""Languages without spaces between words: their words are searched anywhere in the text."""


class Language(Struct, frozen=True, kw_only=True):
    """One language, as its file defines it. All words are lowercase, except in phrases.

    Attributes:
        code: The language code, such as "hi". It is the file's name.
        name: The English name, such as "Hindi".
        called: The names by which prompts ask for the language.
        script: The Unicode ranges of letters that only this language uses, or "" for Latin.
        common: Frequent short words, which distinguish languages of the same script.
        recognise: For "greeting", "thanks" and "farewell", how such messages begin.
        phrases: Several wordings for each kind of phrase. `languages/en.json` lists the kinds.
        around: Patterns of the words around a name, which is `{x}`: "in {x}", "{x} में".
        numbers: The values of number words.
        days: For words such as "tomorrow", the number of days from today.
    """

    code: str = ""
    name: str
    called: tuple[str, ...]
    script: str
    common: frozenset[str]
    recognise: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[str, ...]]
    around: tuple[str, ...]
    numbers: Mapping[str, int]
    days: Mapping[str, int]
    _lexicon: Raw = field(name="lexicon")

    @property
    def lexicon(self) -> Mapping[str, Sequence[str]]:
        """For an English word, the words of this language that mean it.

        Tools with an English description are found by them. The beginning of a word is enough. It
        is a third of the file, so it is decoded when it is first used.
        """
        return _lexicon(self.code)


@cache
def _lexicon(code: str) -> Mapping[str, Sequence[str]]:
    return msgspec.json.decode(LANGUAGES[code]._lexicon, type=dict[str, tuple[str, ...]])


def _load_all() -> dict[str, Language]:
    decode = msgspec.json.Decoder(Language).decode
    pages = sorted(Path(__file__).with_name("languages").glob("*.json"))
    return {page.stem: replace(decode(page.read_bytes()), code=page.stem) for page in pages}


LANGUAGES: Final[Mapping[str, Language]] = _load_all()
ENGLISH: Final = LANGUAGES["en"]
IN_LATIN_LETTERS: Final = tuple(
    dict.fromkeys(["en", *(code for code, one in LANGUAGES.items() if not one.script)])
)
"""The codes of languages in Latin letters, English first."""
RECOGNISED: Final = {
    code: tuple(word for words in language.recognise.values() for word in words)
    for code, language in LANGUAGES.items()
}
"""How greetings, thanks and farewells begin in each language."""
SCRIPT_SHARE: Final = 0.3
"""The fraction of a text's letters that must be of a script. Names may be in another script."""


ENOUGH_TO_TELL: Final = 1000
"""The number of characters that detection reads."""


@cache
def _by_script() -> dict[str, re.Pattern[str]]:
    """Return a pattern for the letters of each script."""
    scripts = {code: language.script for code, language in LANGUAGES.items()}
    return {code: regex(f"[{script}]") for code, script in scripts.items() if script}


def _familiar_words() -> dict[str, tuple[str, ...]]:
    familiar: dict[str, tuple[str, ...]] = {}
    for code, language in LANGUAGES.items():
        words = () if code in UNSPACED else (*language.common, *dict.fromkeys(RECOGNISED[code]))
        for word in words:
            familiar[word] = (*familiar.get(word, ()), code)
    return familiar


FAMILIAR: Final[Mapping[str, tuple[str, ...]]] = _familiar_words()
"""The words by which languages are detected, with the codes of their languages. A code appears twice
if the word is common in the language and begins a greeting."""


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
    if text.isascii():  # as WORD finds them, in a third of the time
        words: Iterable[str] = text.lower().encode().translate(NO_PUNCTUATION).decode().split()
        return _most_familiar(IN_LATIN_LETTERS, words, text)
    letters = sum(map(str.isalpha, text))
    written = {code: len(script.findall(text)) for code, script in _by_script().items()}
    candidates = [code for code, n in written.items() if n > SCRIPT_SHARE * letters]
    if written["ja"] and written["zh"]:
        candidates = ["ja"]  # Han characters with kana between them are Japanese
    words = map(str.lower, WORD.findall(text))
    return _most_familiar(candidates or IN_LATIN_LETTERS, words, text)


def _most_familiar(candidates: Sequence[str], words: Iterable[str], text: str) -> Language:
    """Return the language in which most words of a text are common; of equals the first."""
    found: list[str] = []
    for word in words:
        if word in FAMILIAR:
            found += FAMILIAR[word]
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
def asked_for(prompt: str) -> Language | None:
    """Return the language that a prompt asks for, as in "always answer in Hindi", or None.

    The system prompt of a conversation is read for each of its requests, so the latest are kept.
    """
    for match in ASKED_FOR.finditer(prompt) if mentions(folded(prompt), ASKED_FOR_HINTS) else ():
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


def english_stems(text: str, language: Language) -> set[str]:
    """Return the English words for what a text mentions, as tool descriptions use them."""
    lower = text.lower()
    words = WORD.findall(lower)
    if "'" in lower or "’" in lower:
        words += [APOSTROPHE.split(word)[-1] for word in words if APOSTROPHE.search(word)]
    spoken = {
        stem
        for meaning, stem in _meanings(language.code)
        if meaning in lower and _occurs(meaning, words, language)
    }
    if language is not ENGLISH:
        spoken.add(language.name.lower())  # so that "transfer to the Spanish agent" is found
    return spoken


APOSTROPHE: Final = regex("['’]")
"""The text after it is a word too: dell'ordine, l'heure."""


@cache
def _meanings(code: str) -> tuple[tuple[str, str], ...]:
    """Return the words of a language with the English words that they mean."""
    lexicon = LANGUAGES[code].lexicon.items()
    return tuple((meaning, stem) for stem, meanings in lexicon for meaning in meanings)


def _occurs(meaning: str, words: list[str], language: Language) -> bool:
    """Return whether a word that is in a text is not only a part of another word."""
    if language.code in UNSPACED or " " in meaning:
        return True
    return any(word.startswith(meaning) for word in words)
