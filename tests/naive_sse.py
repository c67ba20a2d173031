"""Readers of streams, as they are written in a hurry: each has one bug, but for the one that is right."""

import codecs
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

Read = tuple[str, list[list[str]], str | None]
"""Text, calls as id, name and arguments, finish reason."""
Reader = Callable[[Iterable[bytes]], Read]


def assembled(events: Iterable[str]) -> Read:
    """What the events of a stream say."""
    text, calls, finish = "", list[list[str]](), None
    for event in events:
        data = event.removeprefix("data: ")
        if not event.startswith("data: ") or data == "[DONE]":
            continue
        chunk: Any = json.loads(data)
        for choice in chunk["choices"]:
            delta = choice["delta"]
            text += delta.get("content") or ""
            finish = choice["finish_reason"] or finish
            for part in delta.get("tool_calls", ()):
                if "id" in part:
                    calls.append([part["id"], part["function"]["name"], ""])
                calls[part["index"]][2] += part["function"]["arguments"]
    return text, calls, finish


def blocks(texts: Iterable[str], ends: str = "\n\n") -> Iterator[str]:
    """Events, as blank lines part them."""
    waiting = ""
    for text in texts:
        *whole, waiting = (waiting + text).split(ends)
        yield from whole


def right(writes: Iterable[bytes]) -> Read:
    """Decodes across writes, waits for the end of an event, and knows one kind of line end."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    return assembled(blocks(map(decoder.decode, writes)))


def decodes_each_write(writes: Iterable[bytes]) -> Read:
    """A character that two writes share is lost."""
    return assembled(blocks(write.decode() for write in writes))


def splits_each_write(writes: Iterable[bytes]) -> Read:
    """An event that two writes share is two."""
    body = (write.decode(errors="replace") for write in writes)
    return assembled(event for text in body for event in text.split("\n\n"))


def takes_a_write_for_an_event(writes: Iterable[bytes]) -> Read:
    """Of several events in a write only the first is seen."""
    return assembled(write.decode(errors="replace").split("\n\n")[0] for write in writes)


def splits_lines_as_python_does(writes: Iterable[bytes]) -> Read:
    """U+2028 and U+0085 end no line of a stream."""
    return assembled(b"".join(writes).decode().splitlines())


def looks_for_done_anywhere(writes: Iterable[bytes]) -> Read:
    """A text may say [DONE] too."""
    body = b"".join(writes).decode()
    return assembled(blocks([body.partition("[DONE]")[0].removesuffix("data: ")]))


def knows_one_call(writes: Iterable[bytes]) -> Read:
    """The second call is added to the first."""
    text, calls, finish = right(writes)
    joined = [[calls[0][0], calls[0][1], "".join(call[2] for call in calls)]] if calls else []
    return text, joined, finish


BUGGY: Final[tuple[Reader, ...]] = (
    decodes_each_write,
    splits_each_write,
    takes_a_write_for_an_event,
    splits_lines_as_python_does,
    looks_for_done_anywhere,
    knows_one_call,
)
