"""What is different in the requests of the other world."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_electron.inputs import checks
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.values import CheckedValue
from mock_electron.what_if.moving import Body, Wanted, moved
from mock_electron.wire import codec

LIMITS: Final = ("max_completion_tokens", "max_tokens")
"""The fields that limit a reply; the first one that is there counts (I)."""


class Changes(CheckedValue, frozen=True):
    """What is different in the requests of the other world. None and () change nothing.

    Attributes:
        move: A text of the prompt, or a regular expression, that is taken out of its place and put
            at the end of the system messages.
        last: Whether the text is put at the end of the prompt instead.
        max_tokens: Replies have at most this many tokens. A lower limit of a request stays.
        without_tools: Names of tools that are not offered.
        stream: Whether replies are streamed.
        include_usage: Whether streams end with a usage chunk.

    Raises:
        ValueError: If a value is wrong.
    """

    move: Wanted | None = None
    last: bool = False
    max_tokens: int | None = None
    without_tools: tuple[str, ...] = ()
    stream: bool | None = None
    include_usage: bool | None = None

    def __post_init__(self) -> None:
        if self.move is not None and not (isinstance(self.move, str | re.Pattern) and self.move):
            raise ValueError(must_be("move", "a text of the prompt", self.move))
        if checks.boolean("last", self.last) and self.move is None:
            raise ValueError("last needs move, the text that is to come last")
        checks.optional_whole_number("max_tokens", self.max_tokens, 1)
        for name in ("stream", "include_usage"):
            if getattr(self, name) is not None:
                checks.boolean(name, getattr(self, name))
        names: object = self.without_tools
        if not isinstance(names, tuple) or not all(one and isinstance(one, str) for one in names):
            raise ValueError(must_be("without_tools", "names of tools", names))

    def of(self, body: bytes) -> "Changed":
        """Return the body of a valid request with the changes."""
        if self == NONE:
            return Changed(body)
        document = _request(body)
        if document is None:
            return Changed(body)
        changed: Body = document
        found = False
        if self.move is not None:
            other = moved(document, self.move, last=self.last)
            changed, found = other or document, other is not None
        dropped = self._dropped(changed)
        changed = {**changed, **dict(self._fields(changed))}
        changed = {name: value for name, value in changed.items() if name not in dropped}
        return Changed(body if changed == document else codec.encode(changed), found)

    def _fields(self, body: Body) -> Iterator[tuple[str, Any]]:
        """Yield the fields that get another value."""
        if self.max_tokens is not None:
            name = next((name for name in LIMITS if body.get(name)), LIMITS[-1])
            yield name, min(body.get(name) or self.max_tokens, self.max_tokens)
        if self.without_tools and body.get("tools"):
            yield "tools", self._tools(body)
        if self.stream is not None:
            yield "stream", self.stream
        if self.include_usage is not None and self._is_stream(body):
            options = body.get("stream_options", {})
            yield "stream_options", {**options, "include_usage": self.include_usage}

    def _dropped(self, body: Body) -> tuple[str, ...]:
        """Return the fields that would be wrong without tools, or without a stream."""
        dropped: tuple[str, ...] = () if self._is_stream(body) else ("stream_options",)
        if self.without_tools and body.get("tools"):
            choice = body.get("tool_choice")
            named = choice["function"]["name"] if isinstance(choice, Mapping) else None
            if not self._tools(body):
                dropped += ("tools", "tool_choice", "parallel_tool_calls")
            elif named in self.without_tools:
                dropped += ("tool_choice",)
        return dropped

    def _tools(self, body: Body) -> list[Any]:
        return [one for one in body["tools"] if one["function"]["name"] not in self.without_tools]

    def _is_stream(self, body: Body) -> bool:
        return bool(body.get("stream")) if self.stream is None else self.stream


def _request(body: bytes) -> Any:
    """Return the document in the body of a request; None if it has not the parts that change.

    A journal says which requests are valid, but it may have been edited by hand.
    """
    try:
        document: Any = codec.decode(body)
        roles = [message["role"] for message in document["messages"]]
        names = [tool["function"]["name"] for tool in document.get("tools", ())]
    except (AttributeError, KeyError, TypeError, codec.MalformedError):
        return None
    return document if all(isinstance(text, str) for text in (*roles, *names)) else None


class Changed(CheckedValue, frozen=True):
    """A request in the other world.

    Attributes:
        body: Its body.
        moved: Whether the text that is moved was found.
    """

    body: bytes
    moved: bool = False


NONE: Final = Changes()
"""The requests stay as they are."""
