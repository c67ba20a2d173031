"""How messages show values, and suggestions of the nearest name for unknown ones.

The names and the wrong one may come from a client, so a search for the nearest name does a limited
amount of work. What it finds depends on the names and, unless there are too many, on their order.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Sequence
from math import nan
from os.path import commonprefix
from typing import Final, TypeVar

Name = TypeVar("Name")

LONGEST_ECHO: Final = 100
"""The default maximum number of characters of a value in a message."""
LONGEST_SHORT: Final = 4
"""The length up to which two characters in common are not enough for a suggestion."""
VERY_SIMILAR: Final = 0.75
"""The similarity from which two names may begin with different letters."""
SHORTEST_WORD: Final = 2
"""The length up to which a word says nothing about a name."""
LEAST_INITIALS: Final = 3
"""The number of words from which the first letters of a name may stand for it."""
LARGEST_COMPARED: Final = 10**LONGEST_ECHO
"""The largest number for which a near name is searched."""
LONGEST_COMPARED: Final = 200
"""The maximum number of characters of two names that are compared."""
MOST_NAMES: Final = 1_000
"""The maximum number of names that a search for a near name compares."""
MOST_WORK: Final = 200_000
"""The maximum number of pairs of characters that a search for a near name looks at."""


def echoed(value: object, most: int = LONGEST_ECHO) -> str:
    """Return the `repr` of a value as messages show it, with at most `most` characters."""
    try:
        text = repr(value)
    except Exception:  # Python refuses to write an integer of more than 4,300 digits
        return f"a value of type {type(value).__name__}"
    return shortened(text, most)


def shortened(text: str, most: int) -> str:
    """Return a text of at most `most` characters, which ends with an ellipsis if it is cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def escaped(text: str) -> str:
    """Return a text on one line, with control characters escaped."""
    return text if text.isprintable() else "".join(map(_escaped_character, text))


def escaped_lines(text: str) -> str:
    """Return a text with control characters escaped, except line ends."""
    return "\n".join(map(escaped, text.split("\n")))


def _escaped_character(character: str) -> str:
    return character if character.isprintable() else repr(character)[1:-1]


def did_you_mean(given: object, names: Iterable[object]) -> str:
    """Return ` Did you mean 'seed'?` with the nearest name, or "" if no name is near."""
    found = nearest(given, names)
    return "" if found is None else f" Did you mean {found!r}?"


def nearest(given: object, names: Iterable[Name]) -> Name | None:
    """Return the name that is nearest to a given one, or None if no name is near."""
    if isinstance(given, int) and abs(given) > LARGEST_COMPARED:
        return None  # Python refuses to write it
    wrong = str(given)
    if len(wrong) > LONGEST_COMPARED:
        return None
    known = {text: name for name in names if len(text := str(name)) <= LONGEST_COMPARED}
    prefix = _common_prefix([wrong, *known])
    shortened_names = {name[len(prefix) :]: name for name in known}
    wrong = wrong[len(prefix) :]
    found = _nearest(wrong, _comparable(wrong, shortened_names))
    return known[shortened_names[found]] if found else None


def _comparable(given: str, names: Collection[str]) -> Collection[str]:
    """Return the names that are compared: all, or those that begin or end like one."""
    most = MOST_WORK // max(len(given), 1)
    if len(names) <= MOST_NAMES and sum(map(len, names)) <= most:
        return names
    return OrderedNames(names).around(given, min(most // LONGEST_COMPARED, MOST_NAMES))


def _common_prefix(names: list[str]) -> str:
    """Return the first parts that all names share, such as `--electron-`; they say nothing."""
    shared = commonprefix(names)  # noqa: RUF071 (they are not paths)
    return shared[: max(map(shared.rfind, "-_.")) + 1] if len(names) > 2 else ""


def _nearest(given: str, names: Collection[str]) -> str:
    """Return the nearest name, or "".

    A very similar name comes first, then one that has a word in common, as `retry_after` for
    `after` or `requests_per_minute` for `rpm`, then a less similar one with the same first letter.
    """
    from difflib import get_close_matches  # only messages need it

    cutoff = 0.6 if len(given) > LONGEST_SHORT else 0.7  # 200 is not 500
    close = get_close_matches(given, names, n=3, cutoff=cutoff)
    similar = [*close[:1]] if get_close_matches(given, close[:1], cutoff=VERY_SIMILAR) else []
    words = _words(given)
    related = [name for name in names if name and _is_related(words, _words(name))]
    weak = [name for name in close if name[:1].lower() == given[:1].lower()]
    return next(iter([*similar, *related, *weak]), "")


def _words(name: str) -> list[str]:
    return name.lower().replace("-", "_").split("_")


def _is_related(given: list[str], name: list[str]) -> bool:
    """Return whether all words of one name are in the other one, or are its first letters."""
    if len(given) == 1 and given[0] == "".join(word[:1] for word in name):
        return len(name) >= LEAST_INITIALS
    few, many = sorted((set(given), set(name)), key=len)
    return min(map(len, few)) > SHORTEST_WORD and few <= many


def unknown(what: str, given: object, names: Iterable[object], *, alternative: str = "") -> str:
    """Return the message for an unknown name: `unknown plan 'x'; expected one of 'a', 'b'`.

    Args:
        what: What the names are, such as "plan".
        given: The unknown name.
        names: The known names: texts, or numbers such as a status.
        alternative: Something else that the caller accepts, such as "a Plan".
    """
    known = list(names)
    expected = ", ".join(map(repr, known))
    expected = f"one of {expected}" if len(known) > 1 else expected
    expected = ", or ".join(filter(None, [expected, alternative])) or "none"
    hint = did_you_mean(given, known) if len(known) > 1 else ""
    return f"unknown {what} {echoed(given)}; expected {expected}{'.' if hint else ''}{hint}"


def wrong_part(
    parts: Sequence[str],
    known: Sequence[tuple[str, int, int | None]],
    kind: Callable[[str], float] = float,
) -> str:
    """Return which part of a text is wrong, as the end of a message; "" if none is.

    Args:
        parts: The parts, such as those between the colons of `10:0.5:9`.
        known: What the parts are, with the least and the largest value; None for no largest one.
        kind: `float`, or `int` for integers only.
    """
    for part, (name, least, most) in zip(parts, known, strict=False):
        try:
            number = kind(part)
        except ValueError:
            number = nan
        if not (number >= least and (most is None or number <= most)):
            bounds = f"at least {least}" if most is None else f"from {least} to {most}"
            return f"; {name} must be {bounds}, got {echoed(part)}"
    return ""


class OrderedNames:
    """Names in alphabetical order, and in that of their last characters.

    A name with one mistake begins or ends like the right one, so it has its place near that one.

    Args:
        names: The names, each once.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._forwards = sorted(names)
        self._backwards = sorted([name[::-1] for name in self._forwards])

    def add(self, name: str) -> None:
        """Add a name."""
        insort(self._forwards, name)
        insort(self._backwards, name[::-1])

    def remove(self, name: str) -> None:
        """Remove a name."""
        del self._forwards[bisect_left(self._forwards, name)]
        del self._backwards[bisect_left(self._backwards, name[::-1])]

    def around(self, given: str, most: int) -> list[str]:
        """Return names that begin or end like a given one, in alphabetical order.

        Args:
            given: The name.
            most: At most this many.
        """
        backwards = _around(given[::-1], self._backwards, most // 4)
        found = {*_around(given, self._forwards, most // 4), *(name[::-1] for name in backwards)}
        return sorted(found)


def _around(given: str, ordered: list[str], most: int) -> list[str]:
    """Return at most this many names before and after the place that a name would have."""
    place = bisect_left(ordered, given)
    return ordered[max(place - most, 0) : place + most]
