"""Streams as values: the reply that a client must assemble, the events, and the writes."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct

from mock_electron.wire import render
from mock_electron.wire.reply import Reply, ToolCall, Usage
from mock_electron.wire.template import Stamp

STAMP: Final = Stamp("chatcmpl-a670053f3ab2ed8f", 1_740_000_000, "")


class Assembled(Struct, frozen=True):
    """The reply that a client must assemble from a stream.

    Attributes:
        content: The text. It is "" if the reply has no content, which a stream cannot express.
        calls: The tool calls, each with id, name and arguments.
        finish_reason: Why the reply ended.
        usage: The number of tokens used. None if the stream has no usage chunk.
    """

    content: str
    calls: tuple[ToolCall, ...]
    finish_reason: str
    usage: Usage | None


class Stream(Struct, frozen=True):
    """A stream, divided into the writes that send it.

    Attributes:
        reply: The reply that a client must assemble.
        writes: The bytes of each write. No write is empty.
        frames: The same bytes, divided into events.
        said: The same reply, divided into tokens.

    Example:
        electron.respond_with(lambda request: stream)
    """

    reply: Assembled
    writes: tuple[bytes, ...]
    frames: tuple[bytes, ...]
    said: Reply

    @classmethod
    def of(cls, said: Reply, *, include_usage: bool, cuts: Iterable[int] = ()) -> "Stream":
        """Return the stream of a reply.

        Args:
            said: The reply, divided into tokens.
            include_usage: Whether the stream has a usage chunk.
            cuts: The boundaries between writes, in bytes from the start, ascending.
        """
        frames = render.stream(said, STAMP, include_usage=include_usage)
        body = b"".join(frames)
        writes = tuple(body[start:end] for start, end in pairwise((0, *cuts, len(body))))
        usage = said.usage if include_usage else None
        reply = Assembled(said.content or "", said.tool_calls, said.finish_reason, usage)
        return cls(reply, writes, frames, said)

    @property
    def body(self) -> bytes:
        """All bytes of the stream."""
        return b"".join(self.frames)

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Print the expected reply and the writes, one per line, in a Hypothesis report."""
        with printer.group(2, "Stream(", ")"):
            printer.text(f"reply={self.reply!r},")
            printer.break_()
            printer.text("writes=(")
            for write in self.writes:
                printer.break_()
                printer.text(f"  {write!r},")
            printer.break_()
            printer.text(")")
