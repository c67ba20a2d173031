"""Whether every tool call came back to the model as it was sent, with one result for each."""

from collections.abc import Iterable, Iterator, Sequence

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.traffic.lines import short
from mock_electron.wire import codec
from mock_electron.wire.reply import Reply, ToolCall
from mock_electron.wire.request import Message


def faults_of_histories(exchanges: Sequence[Exchange], except_for: Sequence[str]) -> list[str]:
    """What is wrong with the calls and their results in the histories of later requests.

    except_for: tools whose calls need no result.
    """
    histories = [(e.number, e.request.messages) for e in exchanges if e.request is not None]
    found: list[str] = []
    for exchange in exchanges:
        reply = exchange.reply
        if reply is None or not reply.tool_calls or not _arrived(exchange):
            continue
        later = [history for history in histories if history[0] > exchange.number]
        if not all(call.name in except_for for call in reply.tool_calls):
            found += _faults_of_call(exchange.number, reply, later)
    found += [fault for number, messages in histories for fault in _strays(number, messages)]
    return found


def _arrived(exchange: Exchange) -> bool:
    """Whether the client has got the calls as they were meant."""
    broken = any(fault.breaks for fault in exchange.faults)
    whole = exchange.reply is not None and exchange.reply.finish_reason != "length"
    return exchange.outcome == COMPLETE and whole and not broken


def _faults_of_call(
    number: int, reply: Reply, later: Sequence[tuple[int, Sequence[Message]]]
) -> Iterator[str]:
    ids = {call.id for call in reply.tool_calls}
    names = ", ".join(call.name for call in reply.tool_calls)
    carrying = [(at, messages) for at, messages in later if ids & set(_call_ids(messages))]
    if not carrying:
        yield f"#{number} called {names}, and no later request has the call and its result"
    for at, messages in carrying:
        faults = list(_faults_of_history(reply, messages))
        if faults:
            yield from (f"#{at}: of the call {names} in #{number}, {fault}" for fault in faults)
            return  # the requests after it carry the same history


def _faults_of_history(reply: Reply, messages: Sequence[Message]) -> Iterator[str]:
    ids = {call.id for call in reply.tool_calls}
    carriers = [m for m in messages if ids & {call.id for call in m.tool_calls}]
    if len(carriers) > 1:
        yield f"the message stands in the history {len(carriers)} times"
    first = carriers[0]
    if _meant(first.tool_calls) != _meant(reply.tool_calls):
        made = " ".join(f"{call.name}({call.arguments})" for call in first.tool_calls)
        yield f"the calls came back as {made}"
    if (reply.content or "") not in (first.content or "", _said_before(first, messages)):
        back = "nothing" if not first.content else short(first.content)
        yield f"the filler {short(reply.content or '')} came back as {back}"
    for call in reply.tool_calls:
        results = [m for m in messages if m.role == "tool" and m.tool_call_id == call.id]
        if len(results) != 1:
            times = "no result" if not results else f"{len(results)} results"
            yield f"{call.name} ({call.id}) has {times}"


def _said_before(carrier: Message, messages: Sequence[Message]) -> str:
    """What stands in a message of its own before the calls: some keep the filler there."""
    before = messages[max(messages.index(carrier) - 1, 0)]
    return before.content or "" if before.role == "assistant" and not before.tool_calls else ""


def _meant(calls: Iterable[ToolCall]) -> list[tuple[str, str, object]]:
    """The calls; frameworks write the same arguments with other blanks."""
    return [(call.id, call.name, _document(call.arguments)) for call in calls]


def _document(arguments: str) -> object:
    try:
        return codec.decode(arguments.encode())
    except codec.MalformedError:
        return arguments


def _strays(number: int, messages: Sequence[Message]) -> Iterator[str]:
    """Results of calls that nobody made."""
    made = set(_call_ids(messages))
    for message in messages:
        if message.role == "tool" and message.tool_call_id not in made:
            yield f"#{number}: a result is of no call: its id is {message.tool_call_id!r}"


def _call_ids(messages: Sequence[Message]) -> Iterator[str]:
    return (call.id for message in messages for call in message.tool_calls)
