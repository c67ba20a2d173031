"""Large results of tools that are sent again in later turns.

1. A large result is needed until the turn that called for it is over.
2. A request without a reply does not count: it is sent again because it failed.
3. How many tokens of a result were cached is told by what follows it in the prompt.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import Saving
from mock_electron.engine.exchange import Exchange
from mock_electron.model import tokens
from mock_electron.model.prompt import REPLY_OPENING, segment_of
from mock_electron.wire.request import Message


class Sent(NamedTuple):
    """A request with a large result that it does not need.

    Attributes:
        exchange: The exchange.
        tokens: The tokens of the result.
        after: The messages after it.
    """

    exchange: Exchange
    tokens: int
    after: tuple[Message, ...]


class SentAgain(Struct, frozen=True):
    """The large results that are sent again and again.

    Attributes:
        sent: Each of them in each request.
    """

    sent: tuple[Sent, ...]

    @property
    def largest(self) -> int:
        """The tokens of the largest one."""
        return max(one.tokens for one in self.sent)

    def savings(self) -> tuple[Saving, ...]:
        """Return their tokens; rule 3."""
        sizes: dict[Message, int] = {}
        for message in {message for one in self.sent for message in one.after}:
            sizes[message] = len(segment_of(message).tokens())
        return tuple(_saving(one, sum(map(sizes.__getitem__, one.after))) for one in self.sent)


def _saving(sent: Sent, after: int) -> Saving:
    usage = sent.exchange.chat_usage
    end = usage.prompt_tokens - after - len(REPLY_OPENING.tokens())
    is_cached = usage.cached_tokens >= end
    return Saving(sent.exchange.number, "cached" if is_cached else "fresh", sent.tokens)


def sent_again(seen: Evidence) -> SentAgain:
    """Return the results that are large and sent too often in a conversation."""
    least = seen.thresholds.cost_result_times - 1  # the turn that needs them has sent them
    found: dict[tuple[int, Message], list[Sent]] = {}
    for message, sent in _large(seen):
        found.setdefault((seen.begun[sent.exchange.number], message), []).append(sent)
    often = (ones for ones in found.values() if len(ones) >= max(least, 1))
    return SentAgain(tuple(sent for ones in often for sent in ones))


def _large(seen: Evidence) -> Iterator[tuple[Message, Sent]]:
    """Yield the large results in requests that got a reply; rule 2."""
    most = seen.thresholds.cost_result_tokens
    counts: dict[str, int] = {}
    for one, request in seen.valid:
        for place in _old_results(request.messages) if one.usage is not None else ():
            message = request.messages[place]
            text = message.content or ""
            if len(text) > most and text not in counts:
                counts[text] = tokens.count(text)
            if counts.get(text, 0) > most:
                yield message, Sent(one, counts[text], request.messages[place + 1 :])


def _old_results(messages: Sequence[Message]) -> Iterator[int]:
    """Yield the places of results before the user's last word, each result once; rule 1."""
    roles = [message.role for message in messages]
    if "tool" not in roles:
        return
    spoken = (place for place in range(len(roles) - 1, -1, -1) if roles[place] == "user")
    known: set[Message] = set()
    for place in range(next(spoken, 0)):
        message = messages[place]
        if message.role == "tool" and message not in known:
            known.add(message)
            yield place
