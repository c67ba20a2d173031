"""What became of each tool turn in the history of the next request. Each request is read once.

1. The first later request that has the id of one of the calls shows what the client kept. Requests
   after it have the same history.
2. If no request has it, the call was lost only if the conversation went on.
3. Calls that the client did not receive whole are left out.
"""

from collections.abc import Iterator, Mapping

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
        message: The assistant's message with the calls; None if it is lost.
    """

    exchange: Exchange
    reply: Reply
    later: Exchange
    request: ChatRequest
    message: Message | None

    @property
    def results(self) -> tuple[Message, ...]:
        """The results of its calls, in the order of the request."""
        ids = {call.id for call in self.reply.tool_calls}
        return tuple(m for m in self.request.messages if m.role == "tool" and m.tool_call_id in ids)

    @property
    def before(self) -> Message | None:
        """The message before that with the calls, where some clients put the filler."""
        messages = self.request.messages
        place = messages.index(self.message) if self.message is not None else 0
        return messages[place - 1] if place else None


def returned(seen: Evidence) -> Iterator[Returned]:
    """Yield the tool turns after which the conversation went on."""
    carriers = _carriers(seen)
    continued = _continued(seen)
    for one, _ in seen.valid:
        reply = one.reply
        if reply is None or not reply.tool_calls or not _was_received(one):
            continue
        found = next((carriers[c.id] for c in reply.tool_calls if c.id in carriers), None)
        if found is not None and found[0].number > one.number:
            later, request, message = found
            yield Returned(one, reply, later, request, message)
        elif one.number in continued:
            later, request = continued[one.number]
            yield Returned(one, reply, later, request, None)


Carrier = tuple[Exchange, ChatRequest, Message]


def _carriers(seen: Evidence) -> Mapping[str, Carrier]:
    """Return the first request with each call, by the id of the call."""
    found: dict[str, Carrier] = {}
    for one, request in seen.valid:
        for message in request.messages:
            for call in message.tool_calls:
                found.setdefault(call.id, (one, request, message))
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
