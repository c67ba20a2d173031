"""What came back, as a check looks at it: nothing here raises, whatever came."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final


class Absent(Enum):
    """Nothing there: no such key, or no JSON at all."""

    ABSENT = "nothing"

    def __repr__(self) -> str:
        return self.value

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT
DATA: Final = "data: "
DONE: Final = "[DONE]"
MOST_SHOWN: Final = 400
"""Characters of a body that a report shows."""


UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Ends of lines, and what can stand in no line, in no XML or in no UTF-8."""


@dataclass(frozen=True)
class Response:
    """One request and its answer.

    method, path, asked: the request and its body; keys never stand here.
    status, headers, body: the answer; names of headers in small letters. status 0: there is none.
    failure: in words, why the answer is not whole; "" where it is.
    first_byte: seconds from the request to the first byte of the body. duration: seconds from there
    to the last.
    """

    method: str
    path: str
    asked: str
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    failure: str = ""
    first_byte: float = 0.0
    duration: float = 0.0

    @cached_property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        return parsed(self.text)

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The data of a stream's events, without the marker of its end."""
        lines = self.text.replace("\r", "").split("\n")
        data = (line.removeprefix(DATA) for line in lines if line.startswith(DATA))
        return tuple(item for item in data if item != DONE)

    @cached_property
    def chunks(self) -> tuple[Any, ...]:
        """The events that are JSON objects."""
        return tuple(chunk for chunk in map(parsed, self.events) if isinstance(chunk, dict))

    def header(self, name: str) -> str | Absent:
        """The header of this name; those of one name are joined."""
        texts = [text for known, text in self.headers if known == name]
        return ", ".join(texts) if texts else ABSENT

    def at(self, path: str) -> Any:
        """What stands at a path such as `choices.0.message`, or ABSENT."""
        return at(self.json, path)

    def deltas(self, path: str) -> tuple[Any, ...]:
        """What stands at a path below each chunk's first choice, where there is something."""
        found = (at(chunk, f"choices.0.{path}") for chunk in self.chunks)
        return tuple(item for item in found if item is not ABSENT)

    @cached_property
    def streamed_text(self) -> str:
        """The content of all chunks, joined."""
        return "".join(item for item in self.deltas("delta.content") if isinstance(item, str))

    @cached_property
    def call_parts(self) -> tuple[Mapping[str, Any], ...]:
        """The parts of tool calls in all chunks, in order."""
        lists = (part for part in self.deltas("delta.tool_calls") if isinstance(part, list))
        return tuple(part for parts in lists for part in parts if isinstance(part, dict))

    def arguments_of(self, index: int) -> str:
        """The arguments of one streamed call, joined."""
        mine = (part for part in self.call_parts if part.get("index") == index)
        found = (at(part, "function.arguments") for part in mine)
        return "".join(item for item in found if isinstance(item, str))

    @property
    def calls(self) -> tuple[Mapping[str, Any], ...]:
        """The tool calls of a reply that is not streamed."""
        found = self.at("choices.0.message.tool_calls")
        return tuple(c for c in found if isinstance(c, dict)) if isinstance(found, list) else ()

    def __str__(self) -> str:
        """The exchange in two lines, for people."""
        answer = f"{self.status} {shown(self.text)}" if self.status else self.failure
        broken = f" ({self.failure})" if self.failure and self.status else ""
        return f"{self.method} {self.path} {shown(self.asked)}\n{answer}{broken}"


def shown(text: str) -> str:
    """A text of one line, cut where it is too long."""
    line = writable(text)
    return line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}… ({len(line)} characters)"


def writable(text: str) -> str:
    """A text that can stand in a line and in any file."""
    return UNWRITABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def parsed(text: str) -> Any:
    """The JSON in a text, or ABSENT."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return ABSENT


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path, or ABSENT."""
    for step in filter(None, path.split(".")):
        value = _member(value, step)
    return value


def _member(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, ABSENT)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return ABSENT


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every path in a JSON value that leads to no further ones, with what stands there."""
    members: Sequence[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        members = tuple(value.items())
    elif isinstance(value, list):
        members = tuple(enumerate(value))
    if not members:
        yield path, value
    for step, member in members:
        yield from leaves(member, f"{path}.{step}" if path else str(step))
