"""The values that an utterance gives for a goal: new ones, and those that replace others."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.act import PAUSES, Utterance, heard
from mock_electron.model.decide.tool_words import stems_of
from mock_electron.model.fill import assigned
from mock_electron.model.fill.parameters.slots import properties_of
from mock_electron.model.frame import options
from mock_electron.model.frame.alone import Told, is_name, is_phrase, sure_values, values_alone
from mock_electron.model.frame.evidence import is_evidence
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.half_days import half_day
from mock_electron.model.frame.refer import without_references
from mock_electron.model.normalise import split, stem
from mock_electron.model.turn import Turn

FEW_WORDS: Final = 8
"""A longer answer to a question is not the value alone."""


def updated(
    goal: Goal, utterance: Utterance, turn: Turn, *, is_open: bool, asked: tuple[str, ...] = ()
) -> Goal | None:
    """Return a goal with the values that an utterance gives for it, or None if it gives none.

    Args:
        goal: The goal.
        utterance: What was said.
        turn: The request.
        is_open: Whether it waits for values.
        asked: The parameters that the assistant has asked for, the likeliest first.
    """
    found = _plausible(goal, dict(values_of(goal, utterance, turn)), utterance)
    is_told = (is_open or utterance.amends) and not (utterance.inquires or utterance.holds)
    if not is_told:
        truth = _truth(goal, found, asked, utterance)
        found = values_alone(goal, found, utterance, turn, is_open=is_open) | truth
    elif is_open:
        found = _answering(goal, found, utterance, turn, asked)
    else:
        found = _amending(goal, found, utterance, turn)
    new = _changed(goal, found, turn)
    if not new:
        return None
    return goal.with_values(
        {name: value for name, (value, _) in new.items()},
        {name: words for name, (_, words) in new.items()},
    )


def _answering(
    goal: Goal, found: dict[str, Told], utterance: Utterance, turn: Turn, asked: tuple[str, ...]
) -> dict[str, Told]:
    """Return the values of an utterance for a goal that waits for values."""
    found = found | _truth(goal, found, asked, utterance)
    if asked:
        found = _answers(goal, found, asked, utterance, turn)
    lacking = tuple(sorted(open_slots(goal), key=lambda name: name not in asked))
    lacking += tuple(name for name in asked if name not in lacking)
    if not utterance.asks and not any(name in found for name in lacking):
        found |= _first_labelled(goal, lacking, utterance, turn)
    return found if lacking else _in_place(goal, found, utterance, turn)


def _amending(
    goal: Goal, found: dict[str, Told], utterance: Utterance, turn: Turn
) -> dict[str, Told]:
    """Return the values of an utterance that changes or repeats what was done."""
    if not (utterance.is_elliptic and is_phrase(utterance)):
        sure = sure_values(goal, found, utterance, turn)
        is_long = not utterance.is_elliptic and utterance.does("follow", "amend")
        found = found if is_long and not sure else sure
    return _in_place(goal, found, utterance, turn)


def _in_place(
    goal: Goal, found: dict[str, Told], utterance: Utterance, turn: Turn
) -> dict[str, Told]:
    """Return values with those of a short utterance that replace one of their kind."""
    if not found and utterance.is_elliptic and is_phrase(utterance):
        found = _in_its_place(goal, utterance, turn)
    return found | _number(goal, found, utterance, turn)


def _changed(goal: Goal, found: Mapping[str, Told], turn: Turn) -> dict[str, Told]:
    """Return the values that are not those of the goal already."""
    written = turn.written.lower()
    new = {
        name: (half_day(goal.values.get(name), *told, written), told[1])
        for name, told in found.items()
    }
    return {
        name: told
        for name, told in new.items()
        if name not in goal.values or goal.values[name] != told[0]
    }


def _plausible(goal: Goal, found: dict[str, Told], utterance: Utterance) -> dict[str, Told]:
    """Return the values without mere texts that would replace others, if it is no correction."""
    may_be_text = utterance.does("amend", "follow") or utterance.is_elliptic
    if may_be_text and not utterance.does("request") and not utterance.is_sentence:
        return found
    return {
        name: told
        for name, told in found.items()
        if name not in goal.values or is_evidence(goal, name, told[0])
    }


def _answers(
    goal: Goal,
    found: dict[str, Told],
    asked: tuple[str, ...],
    utterance: Utterance,
    turn: Turn,
) -> dict[str, Told]:
    """Return the values of an answer: what was asked for comes before what would be replaced."""
    name = next((name for name in asked if name not in goal.values), None)
    if name is not None and name not in found and any(one in goal.values for one in found):
        told = _first_labelled(goal, (name,), utterance, turn)
        said = told[name][1] if told else ""
        found = {one: value for one, value in found.items() if value[1] not in said} | told
    if utterance.does("amend", "deny"):
        return found
    return {one: told for one, told in found.items() if one not in goal.values} or found


def _truth(
    goal: Goal, found: Mapping[str, Told], asked: tuple[str, ...], utterance: Utterance
) -> dict[str, Told]:
    """Return what yes or no says about the boolean that was asked for."""
    agrees = utterance.agrees
    if agrees is None or not asked:
        return {}
    properties = properties_of(goal.tool.parameters)
    for name in asked:
        schema = properties.get(name)
        if isinstance(schema, Mapping) and schema.get("type") == "boolean":
            return {name: (agrees, utterance.text)}
    return {}


def _number(
    goal: Goal, found: Mapping[str, Told], utterance: Utterance, turn: Turn
) -> dict[str, Told]:
    """Return the only number of an utterance for the only number of a goal: "and 100?"."""
    names = [name for name, value in goal.values.items() if _is_number(value)]
    said = DIGITS.findall(utterance.rest)
    if len(names) != 1 or len(said) != 1 or names[0] in found or not utterance.is_elliptic:
        return {}
    if any(said[0] in words for _, words in found.values()):
        return {}
    one = assigned(goal.tool, turn.saying(f"{names[0]}: {said[0]}")).given.get(names[0])
    return {} if one is None else {names[0]: (one.value, said[0])}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


DIGITS: Final = regex(r"(?<![\w:.])\d+(?:\.\d+)?(?![\w:]| (?:past|to|am|pm|minutes)\b)")


def _first_labelled(
    goal: Goal, names: Iterable[str], utterance: Utterance, turn: Turn
) -> dict[str, Told]:
    """Return the value of the first parameter that a short answer fits, or {}."""
    rest = bare(utterance.rest, turn)
    if not rest or len(rest.split()) > FEW_WORDS:
        return {}
    for name in names:
        if _may_be(name, rest, turn):
            told = _labelled(goal, name, utterance, turn)
            if told:
                return told
    return {}


def _may_be(name: str, text: str, turn: Turn) -> bool:
    """Return whether a text has the shape of a value: an id has a digit, a name no verb."""
    if not PERSONAL.isdisjoint(split(name.lower())):
        return is_name(text, turn)
    if NUMBERED.isdisjoint(stems_of(name)):
        return True
    return any(map(str.isdigit, text)) or len(text.split()) == 1


PERSONAL: Final = frozenset(
    """name surname guest patient pupil student owner caller contact parent client customer person
    passenger recipient sender payee visitor child member driver""".split()
)
"""Words of the names of values that are names of people."""
NUMBERED: Final = frozenset(
    stem(word)
    for word in ("id", "number", "code", "phone", "account", "pin", "zip", "postcode", "reference")
)
"""Words of the names of values that have digits."""


def values_of(goal: Goal, utterance: Utterance, turn: Turn) -> Iterator[tuple[str, Told]]:
    """Yield the values that an utterance gives for a goal, without a text that is all of it."""
    for text in dict.fromkeys((utterance.text, utterance.rest)):
        plain = PRONOUN.sub(r"\1", without_references(text))
        found = assigned(goal.tool, turn.saying(plain))
        kept = {
            name: (one.value, one.words)
            for name, one in found.given.items()
            if not one.earlier
            and not _is_whole(one.value, plain)
            and (one.words in utterance.rest or is_evidence(goal, name, one.value))
            and (name not in goal.values or _alike(goal.values[name], one.value))
        }
        if kept:
            yield from kept.items()
            return


PRONOUN: Final = regex(
    r"\b(the|that|this|which|other|first|second|third|last|next|new|same) one\b", re.IGNORECASE
)
""" "One" that counts nothing."""


def _is_whole(value: Any, text: str) -> bool:
    """Return whether a value is the text itself, and so only what was left over."""
    return isinstance(value, str) and " " in value and 2 * len(value) > len(text)


def _labelled(goal: Goal, name: str, utterance: Utterance, turn: Turn) -> dict[str, Told]:
    """Return the value of a parameter that was asked for, if the answer is the value alone."""
    rest = bare(utterance.rest, turn)
    found = assigned(goal.tool, turn.saying(f"{name}: {rest}"))
    one = found.given.get(name)
    return {} if one is None or one.earlier else {name: (one.value, rest)}


def _in_its_place(goal: Goal, utterance: Utterance, turn: Turn) -> dict[str, Told]:
    """Return the value that replaces one of its kind: "and in nashik", "make it four"."""
    if options.CHOOSING.search(utterance.text.lower()) is not None or utterance.is_sentence:
        return {}
    for name, value in goal.values.items():
        told = _labelled(goal, name, utterance, turn)
        if told and _alike(value, told[name][0]):
            return told
    return {}


def _alike(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if not isinstance(one, str):
        return True
    has_digits = any(map(str.isdigit, one))
    is_code = has_digits and " " not in one
    return any(map(str.isdigit, other)) if is_code else has_digits or not other.isdigit()


def bare(text: str, turn: Turn) -> str:
    """Return a text without the words before a value: "it's", "for", "in"."""
    utterance = heard(text, turn.spoken_language, turn.work)
    words = ON_IT.sub("", utterance.rest or text).split()
    while len(words) > 1 and words[0].strip(PAUSES).lower() in BEGINNINGS:
        words.pop(0)
    while len(words) > 1 and words[-1].strip(PAUSES).lower() in ENDINGS:
        words.pop()
    return " ".join(words)


BEGINNINGS: Final = frozenset("put write say type enter use just".split())
"""Words before a value."""
ON_IT: Final = regex(r"\s(?:on (?:it|there|that|the card)|in it)$", re.IGNORECASE)
"""What is behind a text that somebody is told to write: "put happy birthday on it"."""
ENDINGS: Final = frozenset("please thanks है हूँ जी hai hoon ji இருக்கு".split())
"""Words after a value."""
