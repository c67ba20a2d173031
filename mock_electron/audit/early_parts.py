"""Prompts that are alike, except for a short part before what they share: a name, a time, an id.

1. Only the messages before the assistant's first one are compared, one by one, with those of
   earlier requests of the same account.
2. Two texts are alike if the same text follows a short part that differs, in the same message or
   in the next ones.
3. Parts that are mere words may belong to several agents. They count if there are three of them,
   and if they do not come again and again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, cast

from msgspec import Struct, field

from mock_electron._regex import regex
from mock_electron.audit.evidence import Evidence
from mock_electron.engine.exchange import Exchange
from mock_electron.wire.request import ChatRequest, Message

PartKind = Literal["time", "date", "id", "number", "name", "text"]
NAME: Final = r"[A-Z\u00c0-\u00de\u0900-\u0d7f][\w'’.-]*"
KINDS: Final = (
    ("time", regex(r"(?<!\d)\d{1,2}:\d{2}(?!\d)")),
    ("date", regex(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|day\b.{0,20}\d")),
    ("id", regex(r"[A-Za-z_-]\d|\d[A-Za-z_-]|\w@\w")),
    ("number", regex(r"\d")),
    ("name", regex(rf"\A\W{{0,3}}{NAME}(?: {NAME}){{0,3}}\W{{0,3}}\Z")),
)
"""The kinds of parts, and how each is told."""
LONGEST_PART: Final = 160
"""The maximum number of characters of a part."""
PROBE: Final = 24
"""The number of equal characters with which a shared text begins."""
LEAST_SHARED: Final = 100
"""The minimum number of characters that follow a part. Fewer are not worth a block of the cache."""
MOST_TEMPLATES: Final = 8
"""The number of different texts at one place with which a new one is compared."""
MOST_COMPARED: Final = 4
"""The number of messages of a prompt that are compared."""
LEAST_WORDS: Final = 3
"""The number of different parts that are mere words; rule 3."""
OF_AN_AGENT: Final = 3
"""The number of conversations for each part from which it is that of an agent; rule 3."""

Opening = tuple[Message, ...]


class Member(NamedTuple):
    """A request with a part before what it shares with others."""

    exchange: Exchange
    request: ChatRequest


class Template(Struct, eq=False):
    """Requests that are alike except for a part of one message.

    Attributes:
        place: The index of the message.
        opening: The messages of the first request before the assistant's.
        start: The index of the first character of the part.
        end: The index of the first character after it, in the first request.
        members: The requests by the text of the message.
    """

    place: int
    opening: Opening
    start: int = 0
    end: int = 0
    members: dict[str, list[Member]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text of the message in the first request."""
        return self.opening[self.place].content or ""

    def part_of(self, text: str) -> str:
        """Return the part in a text of this template."""
        shared = self.text[self.end : self.end + PROBE]
        found = text.find(shared, self.start) if shared else len(text)
        return text[self.start : found if found >= 0 else len(text)]

    @property
    def parts(self) -> tuple[str, ...]:
        """The different parts, in the order in which they came."""
        return tuple(dict.fromkeys(map(self.part_of, self.members)))

    @property
    def kind(self) -> PartKind:
        """What the parts are."""
        parts = self.parts
        for kind, pattern in KINDS:
            if all(pattern.search(part[:LONGEST_PART]) for part in parts):
                return cast("PartKind", kind)
        return "text"

    def varies(self, begun: Mapping[int, int]) -> bool:
        """Return whether there are different parts, which do not only tell agents apart; rule 3.

        Args:
            begun: The number of the conversation of each exchange, by its number.
        """
        count = len(self.parts)
        if count < 2 or self.kind != "text":
            return count > 1
        members = [one for found in self.members.values() for one in found]
        conversations = len({begun[one.exchange.number] for one in members})
        return count >= LEAST_WORDS and conversations < count * OF_AN_AGENT


class _Place(Struct, eq=False):
    """What is known after the same messages: the next one's templates, by its text."""

    known: dict[Message, "tuple[Template, _Place | None]"] = field(default_factory=dict)
    templates: list[Template] = field(default_factory=list)


def templates_of(seen: Evidence) -> Iterator[Template]:
    """Yield the templates of a journal whose parts vary."""
    roots: dict[str, _Place] = {}
    every: list[Template] = []
    for one, request in seen.valid:
        if one.usage is not None:
            place = roots.setdefault(one.account, _Place())
            _add(Member(one, request), opening_of(request.messages), place, every)
    yield from (template for template in every if template.varies(seen.begun))


def opening_of(messages: Sequence[Message]) -> Opening:
    """Return the messages before the assistant's first one."""
    ends = (n for n, message in enumerate(messages) if message.role == "assistant")
    return tuple(messages[: next(ends, len(messages))])


def _add(member: Member, opening: Opening, place: _Place, every: list[Template]) -> None:
    """Add a request to the templates of its messages, up to the first part that differs."""
    following: _Place | None = place
    for index, message in enumerate(opening[:MOST_COMPARED]):
        if following is None:
            return  # nothing after the part can be cached
        place, known = following, following.known.get(message)
        if known is None:
            known = place.known[message] = _found(place, opening, index, every)
        template, following = known
        template.members.setdefault(message.content or "", []).append(member)


def _found(
    place: _Place, opening: Opening, index: int, every: list[Template]
) -> tuple[Template, _Place | None]:
    """Return the template of a new text, which may be a new one, and the place after it."""
    is_long = sum(len(message.content or "") for message in opening[index:]) >= LEAST_SHARED
    for template in reversed(place.templates) if is_long else ():
        found = _difference(template.opening, opening, index)
        if found is not None:
            start, end = found
            is_first = template.end == 0
            template.start = start if is_first else min(start, template.start)
            template.end = max(end, template.end)
            return template, None
    template = Template(index, opening)
    every.append(template)
    if is_long:
        place.templates = [*place.templates, template][-MOST_TEMPLATES:]
    return template, _Place()


def _difference(one: Opening, other: Opening, index: int) -> tuple[int, int] | None:
    """Return where a part of a message begins and ends in the first opening; rule 2."""
    if one[index].role != other[index].role:
        return None
    first, second = one[index].content or "", other[index].content or ""
    differs = common(first, second)
    start = _word_start(first, differs)
    end, end_of_second = _ends(first, second, start, differs)
    if max(end, end_of_second) - start > LONGEST_PART:
        return None
    shared = common(first[end:], second[end_of_second:])
    for mine, theirs in zip(one[index + 1 :], other[index + 1 :], strict=False):
        if mine != theirs:
            break
        shared += len(mine.content or "")
    return (start, max(end, start)) if shared >= LEAST_SHARED else None


def _ends(first: str, second: str, start: int, differs: int) -> tuple[int, int]:
    """Return where the shared text after a part begins in both texts, or their ends."""
    place = start if start == differs else _next_word(first, differs)
    while 0 <= place - start <= LONGEST_PART and len(first) - place >= PROBE:
        found = second.find(first[place : place + PROBE], start, start + LONGEST_PART + PROBE)
        if found >= 0:
            return place, found
        place = _next_word(first, place)
    return len(first), len(second)


def _word_start(text: str, place: int) -> int:
    """Return the beginning of the word at a place."""
    return max(text.rfind(" ", 0, place), text.rfind("\n", 0, place)) + 1


def _next_word(text: str, place: int) -> int:
    """Return the beginning of the next word, or the end of the text."""
    found = [end for end in (text.find(" ", place), text.find("\n", place)) if end >= 0]
    return min(found, default=len(text) - 1) + 1


def common(one: str, other: str) -> int:
    """Return the number of equal characters at the beginning of two texts.

    >>> common("abcd", "abxd")
    2
    """
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[:middle] == other[:middle]:
            least = middle
        else:
            most = middle - 1
    return least
