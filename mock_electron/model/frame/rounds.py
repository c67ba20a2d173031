"""The rounds of a conversation: what the user said, and what the assistant did about it."""

from collections.abc import Iterator

from msgspec import Struct

from mock_electron.model.turn import Done, done_in
from mock_electron.model.work import Work
from mock_electron.wire.request import Message

MOST_ROUNDS = 6
"""How many earlier rounds are followed. A call among them settles what was said before it."""


class Round(Struct, frozen=True):
    """What the user said, and what followed.

    Attributes:
        text: What the user said.
        reply: What the assistant said then, last.
        done: The calls that it made, with their results.
    """

    text: str
    reply: str
    done: tuple[Done, ...]


def rounds_of(messages: tuple[Message, ...], work: Work) -> tuple[Round, ...]:
    """Return the latest rounds, oldest first. The first one has calls, if any of them has.

    Args:
        messages: The messages before the last one of the user.
        work: The budget of the request.
    """
    found: list[Round] = []
    for one in _rounds(messages, work):
        found.append(one)
        if one.done or len(found) == MOST_ROUNDS:
            break
    return tuple(reversed(found))


def _rounds(messages: tuple[Message, ...], work: Work) -> Iterator[Round]:
    """Yield the rounds, the latest first. User messages in a row are one."""
    end, said = len(messages), list[str]()
    after: tuple[Message, ...] = ()
    for place in range(len(messages) - 1, -1, -1):
        if messages[place].role == "user":
            if not said:
                after = messages[place + 1 : end]
            said.insert(0, messages[place].content or "")
            end = place
        elif said and messages[place].role != "system":
            yield _round("\n".join(said), after, work)
            said, end = [], place + 1
    if said:
        yield _round("\n".join(said), after, work)


def _round(text: str, after: tuple[Message, ...], work: Work) -> Round:
    replies = [one.content for one in after if one.role == "assistant" and one.content]
    return Round(text, replies[-1] if replies else "", done_in(after, work))
