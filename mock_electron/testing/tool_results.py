"""The check that clients return every tool call to the model unchanged, with exactly one result."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.engine.summary import excerpt
from mock_electron.wire import codec
from mock_electron.wire.reply import Reply, ToolCall
from mock_electron.wire.request import Message

History = tuple[int, Sequence[Message]]
"""The number of an exchange, and the messages of its request."""


class HistoryProblem(NamedTuple):
    """A problem with calls and their results.

    Attributes:
        words: What is wrong.
        exchanges: The numbers of the exchanges that it is about.
    """

    words: str
    exchanges: tuple[int, ...]


def history_problems(
    exchanges: Sequence[Exchange], except_for: Sequence[str]
) -> list[HistoryProblem]:
    """Return the problems with the calls and results in later requests.

    Args:
        exchanges: All exchanges, in order.
        except_for: Tools whose calls need no result.
    """
    histories = [(e.number, e.request.messages) for e in exchanges if e.request is not None]
    problems: list[HistoryProblem] = []
    for exchange in exchanges:
        reply = exchange.reply
        if reply is None or not reply.tool_calls or not _was_received(exchange):
            continue
        later = [history for history in histories if history[0] > exchange.number]
        if not all(call.name in except_for for call in reply.tool_calls):
            problems += _call_problems(exchange.number, reply, later)
    for number, messages in histories:
        problems += _stray_results(number, messages)
    return problems


def has_tool_messages(exchanges: Sequence[Exchange]) -> bool:
    """Return whether a reply calls a tool, or a request has a result."""
    requests = [one.request for one in exchanges]
    return any(one.reply is not None and one.reply.tool_calls for one in exchanges) or any(
        message.role == "tool"
        for request in requests
        if request is not None
        for message in request.messages
    )


def _was_received(exchange: Exchange) -> bool:
    """Return whether the client received the calls completely and unchanged."""
    is_broken = any(fault.breaks for fault in exchange.faults)
    is_whole = exchange.reply is not None and exchange.reply.finish_reason != "length"
    return exchange.outcome == COMPLETE and is_whole and not is_broken


def _call_problems(number: int, reply: Reply, later: Sequence[History]) -> Iterator[HistoryProblem]:
    ids = {call.id for call in reply.tool_calls}
    names = ", ".join(call.name for call in reply.tool_calls)
    with_calls = [(later_number, m) for later_number, m in later if ids & set(_call_ids(m))]
    if not with_calls:
        words = f"#{number} called {names}, but no later request has the call and its result"
        yield HistoryProblem(words, (number,))
    for later_number, messages in with_calls:
        problems = list(_message_problems(reply, messages))
        if problems:
            place = f"#{later_number}, the call of {names} in #{number}"
            yield from (HistoryProblem(f"{place}: {p}", (number, later_number)) for p in problems)
            return  # later requests have the same history


def _message_problems(reply: Reply, messages: Sequence[Message]) -> Iterator[str]:
    ids = {call.id for call in reply.tool_calls}
    carriers = [m for m in messages if ids & {call.id for call in m.tool_calls}]
    if len(carriers) > 1:
        yield f"the message is in the history {len(carriers)} times"
    first = carriers[0]
    if _normalized(first.tool_calls) != _normalized(reply.tool_calls):
        actual = " ".join(f"{call.name}({call.arguments})" for call in first.tool_calls)
        yield f"the calls were sent back as {actual}"
    if (reply.content or "") not in (first.content or "", _text_before(first, messages)):
        actual = "nothing" if not first.content else excerpt(first.content)
        yield f"the filler {excerpt(reply.content or '')} was sent back as {actual}"
    for call in reply.tool_calls:
        results = [m for m in messages if m.role == "tool" and m.tool_call_id == call.id]
        if len(results) != 1:
            times = "no result" if not results else f"{len(results)} results"
            yield f"{call.name} ({call.id}) has {times}"


def _text_before(carrier: Message, messages: Sequence[Message]) -> str:
    """Return the text of the assistant message before the calls, where some clients put fillers."""
    before = messages[max(messages.index(carrier) - 1, 0)]
    return before.content or "" if before.role == "assistant" and not before.tool_calls else ""


def _normalized(calls: Iterable[ToolCall]) -> list[tuple[str, str, object]]:
    """Return calls for comparison: frameworks may change the white space of the arguments."""
    return [(call.id, call.name, _document(call.arguments)) for call in calls]


def _document(arguments: str) -> object:
    try:
        return codec.decode(arguments.encode())
    except codec.MalformedError:
        return arguments


def _stray_results(number: int, messages: Sequence[Message]) -> Iterator[HistoryProblem]:
    """Yield a problem for each result without a call."""
    call_ids = set(_call_ids(messages))
    for message in messages:
        if message.role == "tool" and message.tool_call_id not in call_ids:
            words = f"#{number}: a result belongs to no call: its id is {message.tool_call_id!r}"
            yield HistoryProblem(words, (number,))


def _call_ids(messages: Sequence[Message]) -> Iterator[str]:
    return (call.id for message in messages for call in message.tool_calls)
