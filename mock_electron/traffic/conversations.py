"""Which exchanges belong to one conversation, told by their messages alone.

1. An exchange continues the earlier one whose messages it repeats and extends. If its history was
   shortened or changed, it continues the one whose tool call, or whose question and reply, it
   contains.
2. Equal requests, such as retries, continue the same exchange.
3. If several earlier exchanges fit, it continues the first whose reply it repeats and that nothing
   continues yet; else the latest.
4. Only exchanges of one account belong together.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from mock_electron.engine.exchange import Exchange
from mock_electron.inputs.values import FrozenValue
from mock_electron.wire.reply import ToolCall
from mock_electron.wire.request import ChatRequest, Message


class Conversation(FrozenValue, frozen=True):
    """The exchanges of one conversation.

    Attributes:
        number: The position in the order in which conversations began, from 0.
        exchanges: The exchanges, in order of arrival.
    """

    number: int
    exchanges: tuple[Exchange, ...]


class Conversations(FrozenValue, frozen=True):
    """The conversations of a journal.

    Attributes:
        all: The conversations, in the order in which they began.
        parents: The number of the exchange that each exchange continues, or None, by its number.
            Exchanges whose request is not valid have no entry.
    """

    all: tuple[Conversation, ...]
    parents: Mapping[int, int | None]


def conversations_of(
    exchanges: Iterable[Exchange], requests: Mapping[int, ChatRequest | None] | None = None
) -> Conversations:
    """Return the conversations of exchanges in order of arrival.

    Args:
        exchanges: The exchanges.
        requests: The parsed requests by number, if they are known.
    """
    threads = _Threads()
    begun: dict[int, list[Exchange]] = {}
    first: dict[int, int] = {}
    for one in exchanges:
        request = one.request if requests is None else requests[one.number]
        if request is None:
            continue
        parent = threads.add(one, request.messages)
        before = one.retry_of if parent is None else parent
        root = first[one.number] = one.number if before is None else first.get(before, one.number)
        begun.setdefault(root, []).append(one)
    every = (Conversation(n, tuple(found)) for n, found in enumerate(begun.values()))
    return Conversations(tuple(every), threads.parents)


Words = tuple[str | None, tuple[ToolCall, ...]]
"""What the assistant says: the content and the calls."""


class _Equal(Struct, eq=False):
    """Equal requests of one account.

    Attributes:
        last: The latest one.
        waiting: Those that nothing continues yet, by their replies, the first one first.
    """

    last: Exchange
    waiting: dict[Words, deque[Exchange]] = field(default_factory=dict)


class _Node(Struct, eq=False, gc=False):
    """A sequence of messages with which requests begin.

    Attributes:
        next: The sequences with one more message.
        ended: The requests that have exactly these messages, by account.
    """

    next: dict[Message, "_Node"] = field(default_factory=dict)
    ended: dict[str, _Equal] = field(default_factory=dict)


Said = tuple[str, Message, str | None]
"""An account, the last message of a request, and the text of the reply."""
Called = tuple[str, str]
"""An account, and the id of a call."""


class _Threads:
    """Finds what each exchange continues. Each request is read once."""

    def __init__(self) -> None:
        self.parents: dict[int, int | None] = {}
        self._root = _Node()
        self._continued: set[int] = set()
        self._by_call: dict[Called, Exchange] = {}
        self._by_words: dict[Said, Exchange] = {}

    def add(self, exchange: Exchange, messages: Sequence[Message]) -> int | None:
        """Add the next exchange. Return the number of the one that it continues, or None."""
        account = exchange.account
        found: Exchange | None = None
        depth, node = 0, self._root
        for index, message in enumerate(messages):
            ended = node.ended.get(account)
            if ended is not None:
                found, depth = self._chosen(ended, message), index
            node = node.next.setdefault(message, _Node())
        spoken = _last_spoken(messages)
        if spoken is not None and depth < spoken:
            found = self._by_content(account, messages, spoken) or found
        number = None if found is None else found.number
        if exchange.retry_of in self.parents:
            number = self.parents[exchange.retry_of]
        elif number is not None:
            self._continued.add(number)
        self.parents[exchange.number] = number
        _end(node, exchange)
        self._remember(exchange, messages[-1])
        return number

    def _chosen(self, ended: _Equal, following: Message) -> Exchange:
        """Return the exchange that a request with this message after it continues; rule 3."""
        said = (following.content or None, following.tool_calls)
        waiting = ended.waiting.get(said) if following.role == "assistant" else None
        while waiting and waiting[0].number in self._continued:
            waiting.popleft()
        return waiting[0] if waiting else ended.last

    def _by_content(
        self, account: str, messages: Sequence[Message], spoken: int
    ) -> Exchange | None:
        said = messages[spoken]
        for call in said.tool_calls:
            if (account, call.id) in self._by_call:
                return self._by_call[account, call.id]
        if spoken == 0:
            return None
        return self._by_words.get((account, messages[spoken - 1], said.content or None))

    def _remember(self, exchange: Exchange, last: Message) -> None:
        reply = exchange.reply
        if reply is None:
            return
        for call in reply.tool_calls:
            self._by_call[exchange.account, call.id] = exchange
        self._by_words[exchange.account, last, reply.content or None] = exchange


def _end(node: _Node, exchange: Exchange) -> None:
    """Add an exchange to those whose request has exactly the messages of a node."""
    ended = node.ended.setdefault(exchange.account, _Equal(exchange))
    ended.last = exchange
    reply = exchange.reply
    if reply is not None:
        said = (reply.content or None, reply.tool_calls)
        ended.waiting.setdefault(said, deque()).append(exchange)


def _last_spoken(messages: Sequence[Message]) -> int | None:
    """Return the index of the assistant's last message, or None."""
    places = range(len(messages) - 1, -1, -1)
    return next((place for place in places if messages[place].role == "assistant"), None)


def repeats(message: Message, exchange: Exchange) -> bool:
    """Return whether a message is the reply of an exchange."""
    reply = exchange.reply
    if reply is None or message.role != "assistant":
        return False
    return (message.content or None, message.tool_calls) == (
        reply.content or None,
        reply.tool_calls,
    )
