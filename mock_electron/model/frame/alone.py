"""Whether an utterance says a value alone, or mentions it in passing."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.act import LATIN, PAUSES, Utterance
from mock_electron.model.decide.spoken import ENDS, NOT_NOUNS
from mock_electron.model.decide.tool_words import MEANINGLESS, Offer, stems_of
from mock_electron.model.frame.asked import is_asked
from mock_electron.model.frame.evidence import ENOUGH, is_evidence, reads, writes
from mock_electron.model.frame.goals import Goal
from mock_electron.model.frame.state import State
from mock_electron.model.language import LANGUAGES
from mock_electron.model.lexicon import cased, glosses, is_plain
from mock_electron.model.normalise import split, stem
from mock_electron.model.turn import Turn
from mock_electron.model.work import WORD
from mock_electron.wire.request import Tool

Told = tuple[Any, str]
"""A value, and the words that it came from."""


def is_meant(goal: Goal, state: State, utterance: Utterance, turn: Turn) -> bool:
    """Return whether the values of an utterance after a call are meant for a goal.

    They are if it asks for something, has a word of the tool, says nothing else, or answers a
    question; and if there are several for a tool that was not the last one.
    """
    if not state.last or state.goals or state.pending or utterance.amends or utterance.requests:
        return True
    words = Offer.of(goal.tool).words
    if not (words.verbs | words.nouns).isdisjoint(stems_of(utterance.text)):
        return True
    told = [
        (goal.values[name], goal.words[name])
        for name in goal.now
        if name in goal.words and is_evidence(goal, name, goal.values[name])
    ]
    is_new = all(goal.tool.name != one.tool.name for one in state.last)
    if (is_new and len(told) >= ENOUGH) or is_asked(state.reply):
        return True
    return says_only(told, goal.tool, utterance, turn)


def says_only(told: Iterable[Told], tool: Tool, utterance: Utterance, turn: Turn) -> bool:
    """Return whether an utterance says nothing besides values and words of a tool.

    Args:
        told: The values, each with the words that it came from.
        tool: The tool.
        utterance: What was said.
        turn: The request.
    """
    text = utterance.rest.lower()
    for _, words in told:
        text = text.replace(words.lower(), VALUE)
    left = [word.strip(PAUSES) for word in text.split() if VALUE not in word]
    turn.work.charge(WORD * len(left))
    empty = _empty(_code(utterance.rest, turn))
    known = Offer.of(tool).words.stems
    language = turn.spoken_language
    return TELLING.isdisjoint(utterance.text.lower().split()) and all(
        not word
        or word in empty
        or word.isdigit()
        or stem(word) in known
        or is_plain(word, language.code)
        or any(stem(meant) in known for _, meant in glosses([word], language))
        for word in left
    )


VALUE: Final = "\0"
"""What takes the place of a value and of its case."""


def is_placed(told: Told, text: str, turn: Turn) -> bool:
    """Return whether words have a preposition, a postposition or a case: "in nashik", "नासिक में"."""
    (value, words), code = told, _code(text, turn)
    if words.lower() in _empty(code):
        return False
    patterns = [*LANGUAGES[code].around]
    if code == LATIN[0]:
        patterns += [f"{{x}} {after}" for after in LANGUAGES[LATIN[1]].after]
    said = [word.strip(PAUSES) for word in text.split()]
    if not {"i'm", "im", *TELLING}.isdisjoint(word.lower() for word in said):
        return False
    if any((cased(word, code) or "")[:1] == (value,) for word in said):
        return True
    text = f" {' '.join(said)} "
    return any(f" {pattern.replace('{x}', words)} " in text for pattern in patterns)


def is_phrase(utterance: Utterance) -> bool:
    """Return whether what an utterance says may be a value, and is no statement."""
    rest = utterance.rest.lower()
    return STATING.isdisjoint(rest.split()) and PROGRESS.search(rest) is None


STATING: Final = NOT_NOUNS.union(
    "i i'm you you're he she we they it it's this that there is are am was were be been".split()
)
"""Words of a statement."""
PROGRESS: Final = regex(r"'s \w+ing\b")
""" "The baby's crying"."""


def is_name(text: str, turn: Turn) -> bool:
    """Return whether a text may be the name of somebody, and is no statement or question."""
    return _no_name(_code(text, turn)).isdisjoint(text.lower().split())


@cache
def _no_name(code: str) -> frozenset[str]:
    codes = LATIN if code in LATIN else (code,)
    plain = (LANGUAGES[one].plain for one in codes)
    return STATING.union("let me my i'll i've i'd can could get have do".split(), *plain)


def _code(text: str, turn: Turn) -> str:
    return LATIN[0] if text.isascii() else turn.spoken_language.code


@cache
def _empty(code: str) -> frozenset[str]:
    """Return the words of a language that say nothing besides a value."""
    codes = LATIN if code in LATIN else (code,)
    languages = [LANGUAGES[one] for one in codes]
    acts = (
        word
        for language in languages
        for act, listed in language.acts.items()
        if act != "wait"
        for words in listed
        for word in words.split()
    )
    plain = (language.common | language.plain for language in languages)
    return frozenset(acts).union(MEANINGLESS, NOT_NOUNS, ENDS, *plain)


TELLING: Final = frozenset(
    """was were had been did tha thi raha rahi था थी थे he he's she she's they they're i i've my his
    her their mera meri mere मेरा मेरी मेरे என் எங்க""".split()
)
"""Words of statements about the past or about somebody, whose values are mentioned in passing."""


def values_alone(
    goal: Goal, found: Mapping[str, Told], utterance: Utterance, turn: Turn, *, is_open: bool
) -> dict[str, Told]:
    """Return the values of an utterance that need no word for a change, as it says nothing else.

    "Saturday at five then" changes a booking; "my daughter turns seven on sunday" does not, and
    neither does a question, unless it is about what was looked up.
    """
    is_vain = utterance.asks and not utterance.requests and not is_open
    refers = utterance.asks and not REFERRING.isdisjoint(utterance.text.lower().split())
    refers = refers and reads(goal.tool)
    is_vain = is_vain and (writes(goal.tool) or not (refers or utterance.is_elliptic))
    if utterance.does("refuse") or is_vain:
        return {}
    kept = sure_values(goal, found, utterance, turn)
    if not kept or utterance.requests or refers or _labels(kept, utterance):
        return kept
    return kept if says_only(kept.values(), goal.tool, utterance, turn) else {}


def sure_values(
    goal: Goal, found: Mapping[str, Told], utterance: Utterance, turn: Turn
) -> dict[str, Told]:
    """Return the values that are evidence, or that a preposition introduces."""
    return {
        name: told
        for name, told in found.items()
        if is_evidence(goal, name, told[0]) or is_placed(told, utterance.text, turn)
    }


def _labels(names: Iterable[str], utterance: Utterance) -> bool:
    """Return whether an utterance names the parameter of a value: "with a ttl of five minutes"."""
    said = frozenset(split(utterance.rest.lower()))
    return any(not said.isdisjoint(split(name.lower())) for name in names)


REFERRING: Final = frozenset("it that him her them this those".split())
"""Words of a question about what was looked up."""
