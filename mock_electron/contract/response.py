"""A response as checks read it. Nothing here raises, whatever an endpoint sends."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import Any, Final

from msgspec import Struct

from mock_electron._regex import regex


class Absent(Enum):
    """A missing value: no such key, no such header, or no JSON at all."""

    ABSENT = "nothing"

    def __repr__(self) -> str:
        return self.value

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT
DATA: Final = "data: "
DONE: Final = "[DONE]"
MAX_SHOWN: Final = 400
"""Characters of a body that a report shows."""
HINT_HEADER: Final = "x-mock-electron-hint"
ENDLESS: Final = "incomplete response: it does not end"
"""Why a response is incomplete that takes too long in total, or is too large."""
UNPRINTABLE: Final = regex("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Line ends, and characters that XML or UTF-8 does not allow."""


class Response(Struct, frozen=True, dict=True):
    """One request and its response.

    Attributes:
        method: Method of the request.
        path: Path of the request, below the base URL.
        request_body: Body of the request. It never contains a key.
        status: Status of the response; 0 if there is no response.
        headers: Names in lowercase, and values.
        body: Body of the response, as far as it was received.
        failure: Why the response is incomplete; "" if it is complete.
        first_byte: Seconds from the request to the first byte of the body.
        duration: Seconds from the first byte of the body to the last.
        timed_out: Whether the response is incomplete because it took too long.
    """

    method: str
    path: str
    request_body: str
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    failure: str = ""
    first_byte: float = 0.0
    duration: float = 0.0
    timed_out: bool = False

    @property
    def hint(self) -> str:
        """What a mock-electron says to do about a limit, after a semicolon; otherwise ""."""
        hint = self.header(HINT_HEADER)
        return f"; {one_line(hint)}" if isinstance(hint, str) else ""

    @property
    def is_endless(self) -> bool:
        """Whether the response was abandoned because it did not end."""
        return self.timed_out or self.failure == ENDLESS

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The body as JSON, or ABSENT."""
        return parsed(self.text)

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The data of a stream's events, without `[DONE]`."""
        lines = self.text.replace("\r", "").split("\n")
        data = (line.removeprefix(DATA) for line in lines if line.startswith(DATA))
        return tuple(item for item in data if item != DONE)

    @cached_property
    def chunks(self) -> tuple[Any, ...]:
        """The events that are JSON objects."""
        return tuple(chunk for chunk in map(parsed, self.events) if isinstance(chunk, dict))

    def header(self, name: str) -> str | Absent:
        """Return the header of this lowercase name, or ABSENT. Repeated headers are joined."""
        texts = [text for known, text in self.headers if known == name]
        return ", ".join(texts) if texts else ABSENT

    def at(self, path: str) -> Any:
        """Return the value at a path such as `choices.0.message`, or ABSENT."""
        return at(self.json, path)

    def deltas(self, path: str) -> tuple[Any, ...]:
        """Return the values at a path below the first choice of each chunk that has one."""
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
        """Return the arguments of one streamed call, joined."""
        parts = (part for part in self.call_parts if part.get("index") == index)
        found = (at(part, "function.arguments") for part in parts)
        return "".join(item for item in found if isinstance(item, str))

    @property
    def calls(self) -> tuple[Mapping[str, Any], ...]:
        """The tool calls of a reply that is not streamed."""
        found = self.at("choices.0.message.tool_calls")
        return tuple(c for c in found if isinstance(c, dict)) if isinstance(found, list) else ()

    def __str__(self) -> str:
        """Return the request and the response in two lines."""
        response = f"{self.status} {one_line(self.text)}" if self.status else self.failure
        failure = f" ({self.failure})" if self.failure and self.status else ""
        return f"{self.method} {self.path} {one_line(self.request_body)}\n{response}{failure}"


def one_line(text: str) -> str:
    """Return a text in one line, cut if it is long."""
    line = printable(text[: MAX_SHOWN + 1])  # a body may have megabytes
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}… ({len(text)} characters)"


def printable(text: str) -> str:
    """Escape the characters that not every file can contain, and line ends."""
    return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def parsed(text: str) -> Any:
    """Return the JSON in a text, or ABSENT."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return ABSENT


def at(value: Any, path: str) -> Any:
    """Return the value at a dotted path, or ABSENT."""
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
    """Yield the path and the value of each leaf of a JSON document."""
    members: Sequence[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        members = tuple(value.items())
    elif isinstance(value, list):
        members = tuple(enumerate(value))
    if not members:
        yield path, value
    for step, member in members:
        yield from leaves(member, f"{path}.{step}" if path else str(step))
