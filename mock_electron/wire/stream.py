"""A stream as a value: what a client must make of it, its events, and the writes they travel in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from mock_electron.wire import render
from mock_electron.wire.render import Stamp
from mock_electron.wire.reply import Reply, ToolCall, Usage

STAMP: Final = Stamp("chatcmpl-a670053f3ab2ed8f", 1_740_000_000, "")


@dataclass(frozen=True, slots=True)
class Assembled:
    """What a client must make of a stream.

    content: the text; "" where there is none, as a stream does not tell the two apart.
    calls: the tool calls, each with id, name and arguments. finish_reason: why the reply ended.
    usage: None where no usage chunk came.
    """

    content: str
    calls: tuple[ToolCall, ...]
    finish_reason: str
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream, down to its writes.

    reply: what a client must make of it. writes: the bytes as they go out, none of them empty.
    frames: the same bytes, an event each. said: the reply as it was cut into tokens.

    electron.respond_with(lambda request: stream)
    """

    reply: Assembled
    writes: tuple[bytes, ...]
    frames: tuple[bytes, ...] = field(repr=False)
    said: Reply = field(repr=False)

    @classmethod
    def of(cls, said: Reply, *, include_usage: bool, cuts: Iterable[int] = ()) -> "Stream":
        """The stream of a reply.

        cuts: where a write ends and the next begins, in bytes from the start, ascending.
        """
        frames = render.stream(said, STAMP, include_usage=include_usage)
        body = b"".join(frames)
        writes = tuple(body[start:end] for start, end in pairwise((0, *cuts, len(body))))
        usage = said.usage if include_usage else None
        reply = Assembled(said.content or "", said.tool_calls, said.finish_reason, usage)
        return cls(reply, writes, frames, said)

    @property
    def body(self) -> bytes:
        """All of its bytes."""
        return b"".join(self.frames)

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """What Hypothesis shows of it: what must come out, and the writes, a line each."""
        with printer.group(2, "Stream(", ")"):
            printer.text(f"reply={self.reply!r},")
            printer.break_()
            printer.text("writes=(")
            for write in self.writes:
                printer.break_()
                printer.text(f"  {write!r},")
            printer.break_()
            printer.text(")")
