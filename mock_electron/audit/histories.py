"""What became of each tool turn in the history of the next request. Each request is read once.

1. The request that continues the turn, or else the first later one with the id of one of the calls,
   shows what the client kept. Requests after it have the same history. Ids may come again, in
   another conversation or in a later turn.
2. If no request has it, the call was lost only if the conversation went on.
3. Calls that the client did not receive whole are left out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from mock_electron.audit.evidence import Evidence
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest, Message


class Returned(Struct, frozen=True):
    """A tool turn, and the request that shows what the client kept of it.

    Attributes:
        exchange: The exchange whose reply called tools.
        reply: The reply.
        later: The exchange of the request that returns the calls, or that continues the
            conversation without them.
        request: That request.
        place: The index of the assistant's message with the calls; None if it is lost.
    """

    exchange: Exchange
    reply: Reply
    later: Exchange
    request: ChatRequest
    place: int | None

    @property
    def message(self) -> Message | None:
        """The assistant's message with the calls; None if it is lost."""
        return None if self.place is None else self.request.messages[self.place]

    @property
    def results(self) -> tuple[Message, ...]:
        """The results of its calls after them; if there are none, those before them."""
        messages, place = self.request.messages, self.place or 0
        return self._results(messages[place:]) or self._results(messages[:place])

    @property
    def are_early(self) -> bool:
        """Whether the results stand before their calls."""
        messages, place = self.request.messages, self.place or 0
        return bool(self._results(messages[:place])) and not self._results(messages[place:])

    def _results(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        ids = {call.id for call in self.reply.tool_calls}
        return tuple(m for m in messages if m.role == "tool" and m.tool_call_id in ids)

    @property
    def before(self) -> Message | None:
        """The message before that with the calls, where some clients put the filler."""
        return self.request.messages[self.place - 1] if self.place else None


def returned(seen: Evidence) -> Iterator[Returned]:
    """Yield the tool turns after which the conversation went on."""
    carriers = _carriers(seen)
    continued = _continued(seen)
    for one, _ in seen.valid:
        reply = one.reply
        if reply is None or not reply.tool_calls or not _was_received(one):
            continue
        ids = {call.id for call in reply.tool_calls}
        later = continued.get(one.number)
        found = None if later is None else _carrier(*later, ids)
        if found is None:
            groups = ((call.id, seen.begun[one.number]) for call in reply.tool_calls)
            found = next((carriers[group] for group in groups if group in carriers), None)
        if found is not None and found[0].number > one.number:
            yield Returned(one, reply, *found)
        elif later is not None:
            yield Returned(one, reply, *later, None)


Carrier = tuple[Exchange, ChatRequest, int]


def _carrier(exchange: Exchange, request: ChatRequest, ids: Collection[str]) -> Carrier | None:
    """Return a request with the index of its latest message with one of the calls, if any."""
    messages = request.messages
    places = range(len(messages) - 1, -1, -1)
    found = (n for n in places if any(call.id in ids for call in messages[n].tool_calls))
    place = next(found, None)
    return None if place is None else (exchange, request, place)


def _carriers(seen: Evidence) -> Mapping[tuple[str, int], Carrier]:
    """Return the first request with each call in a conversation, by the id and the conversation."""
    found: dict[tuple[str, int], Carrier] = {}
    for one, request in seen.valid:
        for place, message in enumerate(request.messages):
            for call in message.tool_calls:
                group = call.id, seen.begun[one.number]
                found.setdefault(group, (one, request, place))
    return found


def _continued(seen: Evidence) -> Mapping[int, tuple[Exchange, ChatRequest]]:
    """Return the first request that continues each exchange, by the number of the exchange."""
    found: dict[int, tuple[Exchange, ChatRequest]] = {}
    for one, request in seen.valid:
        parent = seen.conversations.parents.get(one.number)
        if parent is not None:
            found.setdefault(parent, (one, request))
    return found


def _was_received(exchange: Exchange) -> bool:
    is_broken = any(fault.breaks for fault in exchange.faults)
    is_whole = exchange.reply is not None and exchange.reply.finish_reason != "length"
    return exchange.outcome == COMPLETE and is_whole and not is_broken
