"""The options of a result, and which one of them an utterance chooses."""

from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.act import Utterance
from mock_electron.model.frame.compared import compared
from mock_electron.model.language import ENGLISH
from mock_electron.model.results import reading_cost, value_of
from mock_electron.model.work import RULE, WORD, Work
from mock_electron.wire import codec

ORDINALS: Final = {
    **dict.fromkeys(("first", "1st", "one", "pehla", "pehli", "pehle", "पहला", "पहली", "पहले", "முதல்", "முதலாவது"), 0),
    **dict.fromkeys(("second", "2nd", "doosra", "doosri", "dusra", "dusri", "दूसरा", "दूसरी", "இரண்டாவது", "ரெண்டாவது"), 1),
    **dict.fromkeys(("third", "3rd", "teesra", "teesri", "तीसरा", "तीसरी", "மூன்றாவது", "மூணாவது"), 2),
    **dict.fromkeys(("fourth", "4th", "chautha", "चौथा", "चौथी", "நான்காவது"), 3),
    **dict.fromkeys(("fifth", "5th", "पाँचवाँ", "ஐந்தாவது"), 4),
    **dict.fromkeys(("last", "aakhri", "आखिरी", "கடைசி"), -1),
}  # fmt: skip
"""The place of an option, by the word that names it."""
CHOOSING: Final = regex(
    r"\b(?:the |that )?(?P<place>first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
    r"(?: one| option| slot| choice| time| room| flight| of those|\W*$|,| please)"
    r"|\b(?:option|number|choice) (?P<number>one|two|three|four|five|[1-5])\b"
)
NUMBERS: Final = {"one": 0, "two": 1, "three": 2, "four": 3, "five": 4}
LONGEST: Final = 200
"""The maximum number of characters of an utterance that chooses."""
MOST_OPTIONS: Final = 50
FEW_WORDS: Final = 6


def chosen(utterance: Utterance, results: tuple[str, ...], work: Work) -> str | None:
    """Return the option that an utterance chooses, as JSON; None if it chooses none.

    Args:
        utterance: What was said.
        results: The results of all calls, oldest first.
        work: The budget of the request.
    """
    text = utterance.text.lower()
    if not results or len(text) > LONGEST:
        return None
    for result in reversed(results):
        work.charge(reading_cost(result))
        listed = _options(value_of(result))
        if listed:
            place = _place(text, len(listed))
            if place is None:
                place = compared(text, listed)
            if place is None:
                place = _described(utterance, listed, work)
            return None if place is None else _written(listed[place])
    return None


def _options(value: object) -> list[Any]:
    """Return the first list with several members in a result."""
    if isinstance(value, list):
        return value[:MOST_OPTIONS] if len(value) > 1 else []
    if isinstance(value, dict):
        return next(filter(None, map(_options, value.values())), [])
    return []


def _place(text: str, count: int) -> int | None:
    found = CHOOSING.search(text)
    if found is not None:
        number = found["number"]
        place = (
            ORDINALS[found["place"]]
            if found["place"]
            else NUMBERS.get(number, int(number) - 1 if number.isdigit() else 0)
        )
        return place if -1 <= place < count else None
    words = text.split()
    if len(words) > FEW_WORDS:
        return None
    places = [ORDINALS[word] for word in words if word in ORDINALS and not word.isascii()]
    places += [ORDINALS[word] for word in words if word in HINDI_ORDINALS]
    return places[0] if places and -1 <= places[0] < count else None


HINDI_ORDINALS: Final = frozenset(
    word
    for word in ORDINALS
    if word.isascii()
    and word not in ("one", "first", "second", "third", "fourth", "fifth", "last")
    and not word[0].isdigit()
)


def without(text: str, chosen: str, work: Work) -> str:
    """Return what a text says besides which option it chooses.

    Args:
        text: What was said.
        chosen: The option, as JSON.
        work: The budget of the request.
    """
    whole, _ = _signs(value_of(chosen), work)
    left = text
    for one in sorted(whole, key=lambda phrase: (-len(phrase), phrase)):
        if f" {one} " in f" {_figured(left.lower())} ":
            place = left.lower().find(one)
            if place < 0:
                left = f" {_figured(left.lower())} ".replace(f" {one} ", " ").strip()
            else:
                left = f"{left[:place]} {left[place + len(one) :]}"
    found = CHOOSING.search(left.lower())
    left = left if found is None else f"{left[: found.start()]} {left[found.end() :]}"
    return left.strip().removeprefix("one ")


def _figured(text: str) -> str:
    """Return the words of a text, with small numbers as figures."""
    tokens = (CONTRACTED.sub("", word) for word in TOKEN.findall(text))
    return " ".join(_figure(word) for word in tokens)


def _described(utterance: Utterance, listed: list[Any], work: Work) -> int | None:
    """Return the place of the only option that an utterance describes best, by any of its values."""
    text = f" {_figured(utterance.rest.lower())} "
    words = [word for word in text.split() if len(word) > 1 or word.isdigit()]
    if not words or len(words) > MOST_WORDS:
        return None
    is_short = len(words) <= FEW_WORDS and not utterance.asks
    refers = not utterance.asks and not REFERRING.isdisjoint(words)
    signs = [_signs(option, work) for option in listed]
    everywhere = set.intersection(*(names for _, names in signs))
    counts = []
    for whole, names in signs:
        work.charge(RULE + WORD * (len(words) + len(whole)))
        is_whole = any(f" {one} " in text for one in whole)
        said = sum(
            word in names and word not in everywhere and (is_short or len(word) > SHORT)
            for word in words
        )
        counts.append(len(words) * is_whole + (said if is_short or is_whole or refers else 0))
    most = max(counts)
    return counts.index(most) if most and counts.count(most) == 1 else None


def _signs(option: Any, work: Work) -> tuple[set[str], set[str]]:
    """Return what names an option wholly, such as its title or its time, and all its words."""
    values = list(option.values()) if isinstance(option, dict) else [option]
    whole, names = set[str](), set[str]()
    for value in values[:MOST_VALUES]:
        text = str(value)[:LONGEST].lower()
        work.charge(RULE + len(text))
        words = [_figure(word) for word in TOKEN.findall(text)]
        names.update(words)
        time = TIME.search(text)
        if time is not None:
            whole.update(faces(int(time["hour"]), int(time["minute"])))
        elif isinstance(value, str) and words and (len(words) > 1 or len(text) > 1):
            whole.add(" ".join(words[1:] if words[0] in ARTICLES and words[1:] else words))
    return whole, names


def faces(hour: int, minute: int) -> set[str]:
    """Return how a time is said, with figures: 16:30 is "4:30", "16:30", "half past 4" and "half 4".

    >>> sorted(faces(9, 0))
    ['09:00', "9 o'clock", '9 am', '9:00']
    """
    short: int | str = hour % 12 or 12
    found = {f"{hour:02}:{minute:02}", f"{short}:{minute:02}"}
    short = "one" if short == 1 else short
    if not minute:
        found |= {f"{short} o'clock", f"{short} {'pm' if hour >= 12 else 'am'}"}
    elif minute == HALF:
        found |= {f"half {short}", f"half past {short}"}
    return found


def _figure(word: str) -> str:
    number = ENGLISH.numbers.get(word)
    is_hour = number is not None and 1 < number <= MOST_HOURS
    return str(number) if is_hour else word  # "one" mostly counts nothing


MOST_HOURS: Final = 12
CONTRACTED: Final = regex(r"'(?:ll|s|d)$")
TOKEN: Final = regex(r"\d++(?::\d\d)?|[^\W\d_]++(?:'[^\W_]++)?")
TIME: Final = regex(r"(?<![\d:-])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)")
HALF: Final = 30
REFERRING: Final = frozenset(("it", "that", "them"))
MOST_WORDS: Final = 16
SHORT: Final = 3
MOST_VALUES: Final = 12
ARTICLES: Final = frozenset(("the", "a", "an"))


def value_in(chosen: str) -> str | None:
    """Return the value of an option that is no object, or None if it is one."""
    option = value_of(chosen)
    if isinstance(option, dict) and option.keys() == {OPTION}:
        return str(option[OPTION])
    return None


OPTION: Final = "option"
"""The name of an option that is no object."""


def _written(option: Any) -> str:
    try:
        return codec.encode(option if isinstance(option, dict) else {OPTION: option}).decode()
    except TypeError:
        return "{}"
