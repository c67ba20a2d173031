"""Which of several options is "the cheaper one", "the latest" or "the afternoon one".

1. Options are compared by the first of their values that the word is about: a price, a time, a
   distance. An option that is a text is compared by the time in it.
2. A part of the day chooses an option if only one of them is in it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.normalise import split

Best = Callable[[list[Any]], Any]
PRICE: Final = frozenset("price cost rate amount fare fee total usd inr gbp eur rupees".split())
TIME: Final = frozenset(
    "time at departs departure dep start starts from hour date day slot when".split()
)
LENGTH: Final = frozenset("duration minutes length hours".split())
DISTANCE: Final = frozenset("distance km miles metres meters".split())
SIZE: Final = frozenset("size sleeps seats capacity litres area bedrooms".split())
COMPARED: Final[Mapping[str, tuple[Best, frozenset[str]]]] = {
    **dict.fromkeys("cheaper cheapest sasta sasti सस्ता सस्ती மலிவான".split(), (min, PRICE)),
    **dict.fromkeys("dearer dearest pricier priciest mehnga mehngi".split(), (max, PRICE)),
    **dict.fromkeys("earlier earliest sooner soonest pehle jaldi".split(), (min, TIME)),
    **dict.fromkeys("later latest baad".split(), (max, TIME)),
    **dict.fromkeys("shorter shortest quicker quickest faster fastest".split(), (min, LENGTH)),
    **dict.fromkeys("longer longest".split(), (max, LENGTH)),
    **dict.fromkeys("closer closest nearer nearest".split(), (min, DISTANCE)),
    **dict.fromkeys("bigger biggest larger largest bada badi".split(), (max, SIZE)),
    **dict.fromkeys("smaller smallest chhota chhoti".split(), (min, SIZE)),
}
"""What compares options: the smallest or the largest, and the words of the names that are compared."""
PARTS: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys("morning am subah सुबह காலை".split(), (4, 12)),
    **dict.fromkeys("lunchtime lunch midday noon dopahar दोपहर மதியம்".split(), (11, 15)),
    **dict.fromkeys("afternoon arvo pm".split(), (12, 18)),
    **dict.fromkeys("evening shaam sham शाम மாலை".split(), (16, 22)),
    **dict.fromkeys("night raat रात இரவு".split(), (19, 24)),
}
"""A part of the day, from an hour to another one."""
CHOSEN: Final = frozenset(
    "one slot option sailing flight train show time wala wali vaala vaali वाला वाली உள்ளது".split()
)
"""The words behind a part of the day that chooses."""
CLOCK: Final = regex(r"(?<![\d:-])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)")


def compared(text: str, listed: Sequence[Any]) -> int | None:
    """Return the place of the option that a comparison or a part of the day chooses, or None.

    Args:
        text: What was said, in lower case.
        listed: The options.
    """
    words = [word.strip(",.!?") for word in text.split()]
    for word in words:
        if word in COMPARED:
            return _extreme(*COMPARED[word], listed)
    if any(map(str.isdigit, text)):
        return None  # it names a time of its own
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word in PARTS and (after in CHOSEN or len(words) <= FEW_WORDS):
            return _in_part(PARTS[word], listed)
    return None


FEW_WORDS: Final = 3


def _extreme(best: Best, names: frozenset[str], listed: Sequence[Any]) -> int | None:
    if not all(isinstance(option, dict) for option in listed):
        hours = [_minutes(option) for option in listed] if names is TIME else [None]
        return None if None in hours else hours.index(best(hours))
    for name in listed[0]:
        if names & frozenset(split(str(name).lower())):
            values = [option.get(name) for option in listed]
            kinds = {type(value) for value in values}
            if kinds <= {int, float} or kinds == {str}:
                return values.index(best(values))
    return None


def _in_part(part: tuple[int, int], listed: Sequence[Any]) -> int | None:
    """Return the place of the only option in a part of the day, or None."""
    first, last = part
    found = [
        place
        for place, option in enumerate(listed)
        if any(60 * first <= minutes < 60 * last for minutes in _times(option))
    ]
    return found[0] if len(found) == 1 else None


def _times(option: Any) -> Iterator[int]:
    """Yield the first time in each value of an option, in minutes."""
    for value in option.values() if isinstance(option, dict) else (option,):
        minutes = _minutes(value)
        if minutes is not None:
            yield minutes


def _minutes(value: Any) -> int | None:
    found = CLOCK.search(value[:LONGEST]) if isinstance(value, str) else None
    return None if found is None else 60 * int(found["hour"]) + int(found["minute"])


LONGEST: Final = 200
"""The number of characters of a value in which a time is looked for."""
