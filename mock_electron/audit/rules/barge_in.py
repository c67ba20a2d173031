"""`barge-in`: when the user speaks, the old stream is closed.

1. The user interrupts when `electron.barge_in()` is called, or when a request of the same
   conversation arrives that goes on after the one in flight, with a new message of the user.
2. A stream that is still read then wastes its chunks: nobody hears them, and they are billed.
3. Equal requests, retries, and requests that repeat the same messages are no interruption. Nor are
   results of tools, which may come before the end of their turn, and requests in the background:
   the conversation goes on with the whole old reply, and without their messages.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Saving,
    Verdict,
    judged,
    not_applicable,
    not_observable,
)
from mock_electron.audit.rule import Rule
from mock_electron.engine.exchange import Exchange
from mock_electron.model.completion import usage_after
from mock_electron.traffic.conversations import repeats
from mock_electron.traffic.lines import counted
from mock_electron.wire.request import ChatRequest, Message

PRACTICE: Final = (  # D: a disconnect is billed for what was generated
    "When a client disconnects mid-stream, generation stops, and the tokens that were generated "
    "until then are billed."
)
CLOSE: Final = Repair(
    "Close the old stream when the user begins to speak, before the next request.",
    "def on_speech(self):  # the user interrupts\n"
    "    if self.stream is not None:\n"
    "        self.stream.close()",
)


def check(seen: Evidence) -> Verdict:
    """Find streams that were read on after the user had interrupted."""
    streams = [(one, request) for one, request in seen.valid if request.stream and one.reply]
    if not streams:
        return not_applicable("no request is a stream")
    if not any(len(set(_times(one))) > 1 for one, _ in streams):
        return not_observable("replies take no time, so that nobody can interrupt them")
    read_on = list(_read_on(seen))
    return judged(_findings(read_on), counted(len(streams), "stream"))


Members = Mapping[int, tuple[Exchange, ChatRequest]]
Wasted = tuple[Exchange, Exchange, int]
"""The stream that was read on, the request that interrupted it, and the chunks after it."""


def _read_on(seen: Evidence) -> Iterator[Wasted]:
    """Yield the streams that went on while the conversation had gone on; rule 1."""
    members = {one.number: (one, request) for one, request in seen.valid}
    for conversation in seen.conversations.all:
        running: list[Exchange] = []
        for one in conversation.exchanges:
            began = _arrived(one)
            running = [old for old in running if _ended(old) > began]
            for old in running:
                if not _goes_on_after(*(members[each.number][1].messages for each in (old, one))):
                    continue
                if not _is_in_background(old, one, conversation.exchanges, members):
                    wasted = sum(time > began for time in _times(old))
                    if wasted > 1:
                        yield old, one, wasted
            if members[one.number][1].stream and one.reply is not None:
                running.append(one)


def _goes_on_after(old: Sequence[Message], new: Sequence[Message]) -> bool:
    """Return whether a request has all messages of another one, and more of the user's; rule 3."""
    more = new[len(old) :]
    return any(one.role == "user" for one in more) and tuple(new[: len(old)]) == tuple(old)


def _is_in_background(
    old: Exchange, new: Exchange, exchanges: Sequence[Exchange], members: Members
) -> bool:
    """Return whether a later request has the whole old reply, and not what the new one says."""
    place, said = len(members[old.number][1].messages), members[new.number][1].messages[-1]
    for later in exchanges:
        messages = members[later.number][1].messages
        if later.number > old.number and place < len(messages) and repeats(messages[place], old):
            return said not in messages
    return False


def _arrived(exchange: Exchange) -> float:
    return exchange.arrived_at


def _ended(exchange: Exchange) -> float:
    return exchange.ended_at if exchange.ended_at is not None else float("inf")


def _times(exchange: Exchange) -> Sequence[float]:
    """Return when the chunks were sent, in Unix seconds."""
    return [exchange.arrived_at + offset for offset in exchange.chunk_offsets]


def _findings(read_on: Sequence[Wasted]) -> list[Finding]:
    if not read_on:
        return []
    old, new, most = max(read_on, key=lambda one: (one[2], -one[0].number))
    total = sum(wasted for _, _, wasted in read_on)
    chunks = counted(most, "chunk")
    all_of_them = f"{counted(total, 'chunk')} in {counted(len(read_on), 'stream')}"
    reason = (
        f"#{old.number} sent {chunks} after #{new.number} of the same conversation had begun: "
        f"{all_of_them} were wasted"
    )
    numbers = sorted({one.number for wasted in read_on for one in wasted[:2]})
    savings = tuple(filter(None, (_saving(one, wasted) for one, _, wasted in read_on)))
    title = "The old stream runs on"
    found = Finding(
        "barge-in", "read-on", "medium", title, reason, tuple(numbers), CLOSE, savings=savings
    )
    return [found]


def _saving(exchange: Exchange, wasted: int) -> Saving | None:
    """Return the saving of the tokens that were generated after the interruption."""
    usage, reply = exchange.usage, exchange.generated
    if usage is None or reply is None:
        return None
    heard = usage_after(reply, exchange.chunks_sent - wasted, exchange.chunk_tokens)
    tokens = usage.completion_tokens - heard.completion_tokens
    return Saving(exchange.number, "completion", tokens) if tokens > 0 else None


RULE: Final = Rule(
    "barge-in", "streams that are read on after the user interrupts", PRACTICE, check
)
