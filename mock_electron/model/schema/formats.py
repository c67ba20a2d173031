"""The formats of strings: how to validate and how to generate each.

1. An unknown format allows every string.
2. Generated values are recognisable as examples: example.com, 192.0.2.1, the lane's day.
3. A time of day needs no offset and no seconds, although RFC 3339 wants them: models write 17:30:00,
   and Zod admits nothing else. Generated ones have them, so that every validator admits them.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.dice import Dice

DATE: Final = r"(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?"
PLAIN_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
ZONE: Final = r"(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
LABEL: Final = r"(?!-)[A-Za-z0-9-]{1,63}+(?<!-)"
HOSTNAME: Final = rf"(?=.{{1,253}}$){LABEL}(?:\.{LABEL})*"
UUID: Final = r"[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}"
Maker = Callable[[date, int], str]


class Format(Struct, frozen=True):
    """A format: its pattern, and how its nth value is generated."""

    pattern: re.Pattern[str]
    make: Maker


def _format(pattern: str, make: Maker) -> Format:
    return Format(regex(pattern, re.ASCII), make)


def _day(today: date, number: int) -> str:
    try:
        return (today + timedelta(number)).isoformat()
    except OverflowError:
        return today.isoformat()


def _uuid(today: date, number: int) -> str:
    return Dice.of(b"uuid", today.isoformat().encode()).uuid(str(number))


FORMATS: Final[Mapping[str, Format]] = {
    "date": _format(DATE, _day),
    "date-time": _format(
        rf"{DATE}[Tt]{CLOCK}{ZONE}", lambda today, n: f"{_day(today, n)}T00:00:00Z"
    ),
    "time": _format(rf"{PLAIN_CLOCK}{ZONE}?", lambda today, n: f"{n % 24:02}:{n // 24 % 60:02}:00Z"),
    "duration": _format(
        r"P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)",
        lambda today, n: f"PT{n + 1}H",
    ),
    "email": _format(
        r"[^\s@<>\"]+@[^\s@<>\"]+", lambda today, n: f"name{n or ''}@example.com"
    ),
    "hostname": _format(HOSTNAME, lambda today, n: f"host{n}.example.com" if n else "example.com"),
    "ipv4": _format(rf"{OCTET}(?:\.{OCTET}){{3}}", lambda today, n: f"192.0.{2 + n // 250 % 250}.{1 + n % 250}"),
    "ipv6": _format(r"(?=[^:\n]*:[^:\n]*:)[\da-fA-F:]{2,39}", lambda today, n: f"2001:db8::{n + 1:x}"[:39]),
    "uri": _format(
        r"[A-Za-z][A-Za-z\d+.-]*:[^\s<>\"{}|\\^`\x80-\U0010ffff]*",
        lambda today, n: f"https://example.com/{n or ''}",
    ),
    "uri-reference": _format(
        r"[^\s<>\"{}|\\^`:\x80-\U0010ffff]+(?::[^\s<>\"{}|\\^`\x80-\U0010ffff]*)?",
        lambda today, n: f"https://example.com/{n or ''}",
    ),
    "uuid": _format(UUID, _uuid),
    "json-pointer": _format(r"(?:/[^~]*)?", lambda today, n: f"/{n}"),
    "regex": _format(r"[\w ]*", lambda today, n: "[a-z]+" if not n else f"[a-z]{{{n}}}"),
}  # fmt: skip
SAME: Final[Mapping[str, str]] = {
    "datetime": "date-time",
    "idn-email": "email",
    "idn-hostname": "hostname",
    "iri": "uri",
    "url": "uri",
    "iri-reference": "uri-reference",
    "uri-template": "uri-reference",
    "relative-json-pointer": "json-pointer",
    "guid": "uuid",
    "ip": "ipv4",
}
"""Formats that are written like another one."""
DATED: Final = ("date", "date-time")


def find(name: str) -> Format | None:
    """The format of this name, or None if it is unknown."""
    return FORMATS.get(SAME.get(name, name))


def fits(name: str, text: str) -> bool:
    """Whether a text has a format."""
    known = find(name)
    if known is None:
        return True
    if known.pattern.fullmatch(text) is None:
        return False
    return SAME.get(name, name) not in DATED or _is_day(text[:10])


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def from_value(name: str, kind: str, value: str, today: date) -> str:
    """A value found in a text, written as a format asks: a day as a day at midnight."""
    write = WRITINGS.get((SAME.get(name, name), kind))
    return value if write is None else write(value, today)


WRITINGS: Final[Mapping[tuple[str, str], Callable[[str, date], str]]] = {
    ("time", "time"): lambda value, today: value if value.count(":") > 1 else f"{value}:00",
    ("date-time", "time"): lambda value, today: f"{today.isoformat()}T{value}:00Z",
    ("date-time", "date"): lambda value, today: f"{value}T00:00:00Z",
    ("date-time", "datetime"): lambda value, today: _full(value),
    ("date", "datetime"): lambda value, today: value[:10],
    ("uri", "url"): lambda value, today: value if "://" in value else f"https://{value}",
}
"""(format asked for, kind of value found) → how it is written."""


def _full(value: str) -> str:
    value = value.replace(" ", "T")
    if len(value) == 16:
        value += ":00"
    return value if re.search(r"[Zz]$|[+-]\d\d:\d\d$", value) else f"{value}Z"
