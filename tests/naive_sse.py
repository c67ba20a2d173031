"""Readers of streams with one typical bug each, and one correct reader."""

import codecs
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

Read = tuple[str, list[list[str]], str | None]
"""The text, the calls (id, name and arguments), and the finish reason."""
Reader = Callable[[Iterable[bytes]], Read]


def assembled(events: Iterable[str]) -> Read:
    """Return the reply that the events of a stream carry."""
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


def split_events(texts: Iterable[str]) -> Iterator[str]:
    """Yield the events of a stream, which blank lines separate."""
    incomplete = ""
    for text in texts:
        *events, incomplete = (incomplete + text).split("\n\n")
        yield from events


def right(writes: Iterable[bytes]) -> Read:
    """The correct reader: decode across writes, and wait for the end of each event."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    return assembled(split_events(map(decoder.decode, writes)))


def decodes_each_write(writes: Iterable[bytes]) -> Read:
    """Bug: a character that is split across writes is lost."""
    return assembled(split_events(write.decode() for write in writes))


def splits_each_write(writes: Iterable[bytes]) -> Read:
    """Bug: an event that is split across writes becomes two events."""
    body = (write.decode(errors="replace") for write in writes)
    return assembled(event for text in body for event in text.split("\n\n"))


def reads_one_event_per_write(writes: Iterable[bytes]) -> Read:
    """Bug: only the first event of a write is read."""
    return assembled(write.decode(errors="replace").split("\n\n")[0] for write in writes)


def uses_str_splitlines(writes: Iterable[bytes]) -> Read:
    """Bug: U+2028 and U+0085 do not end lines of a stream."""
    return assembled(b"".join(writes).decode().splitlines())


def stops_at_any_done(writes: Iterable[bytes]) -> Read:
    """Bug: a text may contain [DONE]."""
    body = b"".join(writes).decode()
    return assembled(split_events([body.partition("[DONE]")[0].removesuffix("data: ")]))


def reads_one_call(writes: Iterable[bytes]) -> Read:
    """Bug: the second call is added to the first."""
    text, calls, finish = right(writes)
    joined = [[calls[0][0], calls[0][1], "".join(call[2] for call in calls)]] if calls else []
    return text, joined, finish


BUGGY: Final[tuple[Reader, ...]] = (
    decodes_each_write,
    splits_each_write,
    reads_one_event_per_write,
    uses_str_splitlines,
    stops_at_any_done,
    reads_one_call,
)
