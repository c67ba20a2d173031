"""Generate values that the text does not give: suggestions of the schema, or plausible values.

1. `default` comes first, then `examples`, then generated values.
2. Generated strings mention the subject of the message and depend on the property's role. Patterns
   and formats have their own generators.
3. Values with different numbers differ, so that the members of a list are distinct.
4. Candidates are yielded best first; the caller takes the first that the schema allows.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.normalise import normalise, split
from mock_electron.model.schema import formats, patterns
from mock_electron.model.schema.equality import count
from mock_electron.model.schema.merging import Schema
from mock_electron.model.work import STEP, Work

LONGEST: Final = 100_000
"""The maximum number of generated characters, whatever `minLength` says."""
Words = tuple[str, ...]
SAYINGS: Final[Mapping[str, Words]] = {normalise(word): sayings for word, sayings in {
    "setup": ("Why does everybody talk about {subject}?", "What did one fan of {subject} say to the other?"),
    "punchline": ("Because {subject} always gets the last laugh!", "It is all in the timing."),
    "explanation": ("Begin with what is known about {subject}.", "Work out what follows from it.", "Check the result against the question."),
    "step": ("Begin with what is known about {subject}.", "Work out what follows from it.", "Check the result."),
    "output": ("The first part of {subject} is clear.", "The second part follows from it.", "The result holds."),
    "reasoning": ("It follows from what was said about {subject}.",),
    "answer": ("The short answer about {subject} is that it depends.",),
    "summary": ("In short, this is about {subject}.",),
    "description": ("All that matters about {subject}.", "More about {subject}."),
    "title": ("All about {subject}", "More about {subject}"),
    "moral": ("Even {subject} takes patience.",),
    "story": ("Once upon a time there was {subject}.",),
    "name": ("Alex Morgan", "Sam Taylor", "Robin Lee", "Kim Novak", "Jo Carter", "Max Miller"),
    "person": ("Alex Morgan", "Sam Taylor", "Robin Lee", "Kim Novak", "Jo Carter", "Max Miller"),
    "place": ("London", "Mumbai", "Paris", "New York", "Tokyo", "Berlin"),
    "city": ("London", "Mumbai", "Paris", "New York", "Tokyo", "Berlin"),
    "capital": ("London", "New Delhi", "Paris", "Tokyo", "Berlin", "Rome"),
    "country": ("the United Kingdom", "India", "France", "Japan", "Germany", "Italy"),
    "state": ("California", "Maharashtra", "Bavaria", "Texas"),
    "street": ("12 Main Street", "8 Park Road", "5 Station Road"),
    "address": ("12 Main Street, London", "8 Park Road, Mumbai"),
    "zip": ("10001", "400001", "75001"),
    "organisation": ("Acme Ltd", "Northwind", "Globex"),
    "phone": ("+1 555 010 0100", "+1 555 010 0101", "+1 555 010 0102"),
    "language": ("English", "Hindi", "Spanish", "French"),
    "currency": ("USD", "EUR", "INR", "GBP"),
    "color": ("blue", "green", "red", "yellow"),
    "id": ("1001", "1002", "1003", "1004"),
    "symbol": ("ACME", "NWND", "GLBX"),
    "expression": ("1 + 1", "2 + 3", "4 * 5"),
    "path": ("notes.txt", "report.txt", "data.txt"),
    "genre": ("drama", "comedy", "documentary"),
    "unit": ("unit", "piece"),
    "status": ("open", "in progress", "done"),
    "category": ("general", "other", "special"),
    "keyword": ("{subject}", "background", "example", "overview"),
    "tag": ("general", "background", "example", "overview"),
    "ingredient": ("flour", "water", "salt", "olive oil", "sugar", "butter"),
    "username": ("alex", "sam", "robin"),
    "password": ("correct-horse-7", "battery-staple-9"),
    "email": ("name@example.com", "name1@example.com", "name2@example.com"),
    "url": ("https://example.com/", "https://example.com/1", "https://example.com/2"),
    "ipv4": ("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    "time": ("00:00", "01:00", "02:00", "03:00"),
}.items()}  # fmt: skip
"""A word of the name, or a role → what is said for it. `{subject}` is the message's."""
PLAIN: Final[Words] = ("{subject}", "more about {subject}", "an example of {subject}", "the background of {subject}", "a detail of {subject}")  # fmt: skip
DATED: Final = {"date": "date", "datetime": "date-time", "uuid": "uuid"}


def suggested(schema: Schema) -> Iterator[Any]:
    """What the schema itself suggests."""
    if "default" in schema:
        yield schema["default"]
    examples = schema.get("examples")
    if isinstance(examples, list):
        yield from examples[:20]
    if "example" in schema:
        yield schema["example"]


def strings(
    want: Want, subject: str, today: date, number: int, work: Work, *, unknown: bool = False
) -> Iterator[str]:
    """Strings; a different `number` gives different ones.

    Args:
        want: The property.
        subject: What the message is about.
        today: The lane's day.
        number: The number of the value.
        work: The budget of the request.
        unknown: Whether a value says that it is unknown, if nothing tells it apart from a real one.
    """
    schema = want.schema
    shortest = _count(schema.get("minLength"))
    work.charge(STEP + shortest)
    made = formats.find(schema["format"]) if isinstance(schema.get("format"), str) else None
    listed = schema.get("pattern")
    for pattern in listed if isinstance(listed, list) else [listed]:
        if isinstance(pattern, str):
            work.charge(PATTERN)
            yield from patterns.strings(pattern, shortest, number)
            yield from patterns.strings(pattern, shortest, number * 7 + 1)
    if made is not None:
        yield from _sized(made.make(today, number), schema, pad="x" if shortest < 200 else "")
    is_unknown = unknown and want.role.name not in EXAMPLES
    plain = _unknown(want, number) if is_unknown else _saying(want, subject, today, number)
    yield from _sized(plain, schema, pad="")
    yield f"{plain} {number + 1}"
    work.charge(shortest)
    yield from _lettered(schema, number)


EXAMPLES: Final = frozenset(DATED) | {
    "composed", "email", "url", "ipv4", "phone", "time", "currency", "expression"
}  # fmt: skip
"""Roles whose invented values are recognisable, or have a form that "unknown" does not have."""


def _unknown(want: Want, number: int) -> str:
    """ "unknown city", which no reader takes for what the user said."""
    called = " ".join(split(want.name)).lower() if want.name and not want.name.isdecimal() else ""
    called = called or " ".join(want.words) or "value"
    return f"unknown {called}" if not number else f"unknown {called} {number + 1}"


def _saying(want: Want, subject: str, today: date, number: int) -> str:
    if want.role.name in DATED:
        known = formats.find(DATED[want.role.name])
        return known.make(today, number) if known is not None else ""
    told = (*(word for word in reversed(want.words) if word != "name"), want.role.name, "name")
    meant = {*want.words, want.role.name}
    listed = [SAYINGS[word] for word in told if word in SAYINGS and word in meant]
    sayings = listed[0] if listed else PLAIN
    said = sayings[number % len(sayings)].replace("{subject}", subject)
    return said if number < len(sayings) else f"{said} {number // len(sayings) + 1}"


def _sized(text: str, schema: Schema, *, pad: str) -> Iterator[str]:
    """A text, cut or lengthened to the schema's lengths."""
    shortest, longest = _count(schema.get("minLength")), _count(schema.get("maxLength"), LONGEST)
    if len(text) > longest:
        words = text[: longest + 1].rsplit(" ", 1)[0][:longest].rstrip(" ,.;:")
        yield words if len(words) >= max(shortest, 1) else text[:longest]
    elif len(text) < shortest:
        filler = pad or f" {text}"
        yield (text + filler * (shortest // len(filler) + 1))[:shortest]
    else:
        yield text


def _lettered(schema: Schema, number: int) -> Iterator[str]:
    """Letters that differ with the number, if words do not fit the lengths."""
    length = max(_count(schema.get("minLength")), min(_count(schema.get("maxLength"), 8), 8))
    length = min(length, LONGEST)
    letters = ""
    while number and len(letters) < length:
        number, letter = divmod(number, 26)
        letters += "abcdefghijklmnopqrstuvwxyz"[letter]
    yield letters.ljust(length, "a")


def _count(value: object, fallback: int = 0) -> int:
    return count(value, fallback, LONGEST)


PATTERN: Final = 10_000
"""Units of work for the strings of one pattern, at most 4,000 characters each."""


def padded(text: str, shortest: object) -> str:
    """Return a text, lengthened to the minimum number of characters that a schema gives."""
    return text.ljust(_count(shortest), "x")


def clipped(text: str, schema: Schema) -> tuple[str, ...]:
    """A text that was said, and the same cut to the longest that is allowed."""
    if "maxLength" not in schema and len(text) <= LONGEST:
        return (text,)
    most = schema.get("maxLength")
    is_long = len(text) > _count(most, LONGEST)
    return (text, *_sized(text, {"maxLength": most}, pad="")) if is_long else (text,)


def subject_of(text: str) -> str:
    """The subject of a message in a few words, for generated sentences."""
    about = ABOUT.search(text)
    text = ASKING.sub("", text)
    words = (about["x"] if about else text).strip(" .,:;!?\"'“”\n")
    cut = words if len(words) <= LONGEST_SUBJECT else words[:LONGEST_SUBJECT].rsplit(" ", 1)[0]
    return " ".join(cut.split()) or "this"


ABOUT: Final = regex(
    r"\b(?:about|regarding|concerning|on the topic of)\s+(?P<x>[^.!?\n]+)", re.IGNORECASE
)
ASKING: Final = regex(
    r"^(?:how (?:can|do|could|should|would) (?:i|we|you) (?:solve )?|what(?:'s| is| are| was) |who(?:'s| is| was) |why (?:is|are|do|does) )",
    re.IGNORECASE,
)
LONGEST_SUBJECT: Final = 80
