"""Tool results: their values, their wording in a sentence, and whether they report a failure."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.literals import read_json, read_printed
from mock_electron.model.normalise import split
from mock_electron.wire import codec

FAILED: Final = regex(
    r"\s*(?:error|exception|traceback|failed|failure|could not|cannot|unable to|invalid|not found"
    r"|unauthori[sz]ed|timed? ?out)\b|.*\b(?:error|exception)\s*:",
    re.IGNORECASE,
)
FAILURE_KEYS: Final = ("error", "errors", "exception", "isError")
FAILURE_STATES: Final = ("error", "failed", "failure")
LONGEST: Final = 600
"""The maximum number of characters of a result that a reply speaks."""

SAID: Final[Mapping[bool | None, str]] = {True: "yes", False: "no", None: "nothing"}


def is_failure(result: str) -> bool:
    """Whether a result reports that the tool has failed."""
    value = value_of(result)
    if isinstance(value, dict):
        state = str(value.get("status", "")).lower()
        named = any(value.get(key) for key in FAILURE_KEYS)
        return named or state in FAILURE_STATES or value.get("success") is False
    return isinstance(value, str) and FAILED.match(value) is not None


def in_words(result: str, conjunction: str = "and") -> str:
    """A result as it is spoken: `{"temp_c": 31}` is "temp 31 degrees Celsius"; text is quoted.

    Args:
        result: The result, as the tool sent it.
        conjunction: The word before the last item of a list. "" if the language needs none.
    """
    value = value_of(result)
    if not isinstance(value, str):
        said = ", ".join(_say(value, conjunction))
    elif JSON_IN_TEXT.search(value):
        said = _without_signs(value, conjunction)
    else:
        text = value.strip()
        return f'"{text[:LONGEST]}"' if text else "nothing"
    return said[:LONGEST] or "nothing"


def value_of(result: str) -> object:
    """A result as a value: JSON, or what Python prints of one; else the text as it is."""
    if not result or len(result) > LONGEST_READ:
        return result  # the readers would raise an exception for an empty one
    for read in READERS:
        with suppress(ValueError):
            return read(result)
    return result


def as_document(result: str, tool: str) -> str:
    """A result in JSON, so that arguments can be taken from it: a bare value under the tool's name."""
    value = value_of(result)
    if isinstance(value, str) and len(value.split()) > FEW_WORDS:
        return result
    document = value if isinstance(value, dict | list) else {tool: value}
    try:
        return codec.encode(document).decode()
    except TypeError:
        return result


READERS: Final[tuple[Callable[[str], object], ...]] = (read_json, read_printed)
LONGEST_READ: Final = 20_000
READING: Final = 100
"""Units of work to find out whether a result is JSON."""


def reading_cost(result: str) -> int:
    """The units of work that `value_of` takes: a Python literal takes more than JSON."""
    if len(result) > LONGEST_READ or result[:1].isalpha():
        return READING + len(result) // 10
    return READING + len(result) * 6


FEW_WORDS: Final = 5
"""A longer text is a sentence, not a value."""


JSON_IN_TEXT: Final = regex(r"[{\[]\s*+[\"'{\[]|[{,]\s*+[\"']?\w++[\"']\s*+:")
"""What shows that a text contains JSON, or the beginning of it."""
SIGNS: Final = regex(r"[{}\[\]\"]+")
WRAPPERS: Final = frozenset(
    "answer content data message output response result results summary text value".split()
)
"""Keys that say nothing of their value, if they have no others beside them."""
UNITS: Final[Mapping[str, str]] = {
    "celsius": "degrees Celsius", "fahrenheit": "degrees Fahrenheit",
    **dict.fromkeys(("kph", "kmh", "kmph"), "km/h"),
    **dict.fromkeys(("pct", "percent", "percentage"), "percent"),
    **dict.fromkeys(("mins", "minutes"), "minutes"),
    **dict.fromkeys(("secs", "seconds"), "seconds"),
    **dict.fromkeys(("hrs", "hours"), "hours"),
    **{unit: unit for unit in "cents cm days dollars euros kg km mb gb miles mm mph ms rupees weeks".split()},
    **{unit: unit.upper() for unit in "aud cad chf cny eur gbp inr jpy usd".split()},
}  # fmt: skip
"""The last words of keys that are units, as they are spoken."""
DEGREES: Final[Mapping[str, str]] = {"c": "celsius", "f": "fahrenheit"}
"""Letters that are units of a temperature only."""
TEMPERATURES: Final = ("temp", "feels", "dew", "heat")
QUANTITIES: Final = (
    ("value", "amount", "quantity", "price", "total"),
    ("unit", "units", "currency"),
)


def _say(value: object, conjunction: str, name: str = "") -> Iterator[str]:
    """The parts of a sentence that says a value under its name."""
    if isinstance(value, dict):
        yield from _say_members(value, conjunction, name)
    elif isinstance(value, list):
        if any(isinstance(member, dict | list) for member in value):
            for member in value:
                yield from _say(member, conjunction, name)
        elif value:  # an empty list says nothing
            yield f"{name} {_listed([_scalar(member) for member in value], conjunction)}".strip()
    elif isinstance(value, str) and value.startswith(("{", "[")) and value_of(value) != value:
        yield from _say(value_of(value), conjunction, name)
    else:
        yield _measured(name, value)


def _say_members(value: Mapping[str, object], conjunction: str, name: str) -> Iterator[str]:
    if value.keys() == {"type", "text"}:  # a part of the content of a message
        yield from _say(value["text"], conjunction, name)
        return
    if len(value) == 1 and not value.keys().isdisjoint(WRAPPERS):
        yield from _say(next(iter(value.values())), conjunction, name)
        return
    amount, unit = (next((key for key in keys if key in value), "") for keys in QUANTITIES)
    is_measured = bool(amount and unit) and isinstance(value[unit], str)
    for key, member in value.items():
        words = f"{name} {_spoken(key)}".strip()
        if is_measured and key == amount:
            shown = name if name and key in ("value", "amount") else words
            yield f"{shown} {_scalar(member)} {value[unit]}"
        elif not is_measured or key != unit:
            yield from _say(member, conjunction, words)


def _spoken(key: str) -> str:
    """A key as words: "windSpeed" is "wind speed"."""
    if key.islower() or not (key.isascii() and key.replace("-", "_").isidentifier()):
        return key.replace("_", " ")
    return " ".join(split(key)).lower()


def _measured(name: str, value: object) -> str:
    """A number with the unit that its name ends with: "distance km" 12 is "distance 12 km"."""
    thing, _, unit = name.rpartition(" ")
    if thing.startswith(TEMPERATURES):
        unit = DEGREES.get(unit, unit)
    if unit in UNITS and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{thing} {_scalar(value)} {UNITS[unit]}".strip()
    return f"{name} {_scalar(value)}".strip()


def _scalar(value: object) -> str:
    if value is True or value is False or value is None:
        return SAID[value]
    if isinstance(value, float):
        return f"{value:.10g}" if abs(value) < MOST_EXACT else str(value)
    return str(value)


MOST_EXACT: Final = 1e10
"""The largest number with a fraction of which ten digits are enough."""


def _listed(items: list[str], conjunction: str) -> str:
    """ "red, green and blue"."""
    if len(items) < 2 or not conjunction:
        return ", ".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def _without_signs(text: str, conjunction: str) -> str:
    """A text with JSON in it, as it is spoken: "Result: {…}"."""
    start, end = text.find("{"), text.rfind("}") + 1
    inner = value_of(text[start:end]) if 0 <= start < end else None
    if isinstance(inner, dict):
        around = (
            text[:start].strip(" :\n"),
            ", ".join(_say(inner, conjunction)),
            text[end:].strip(),
        )
        return " ".join(filter(None, around))
    return " ".join(SIGNS.sub("", text).split())
