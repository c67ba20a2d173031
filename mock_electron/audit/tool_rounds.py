"""Rows of tool calls without a word of the user in between: what a runaway agent does."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from msgspec import Struct

from mock_electron.audit.evidence import Evidence
from mock_electron.engine.exchange import Exchange
from mock_electron.wire.request import Message


class ToolRow(Struct, frozen=True):
    """Exchanges whose replies called tools, one after another, in one turn of a conversation.

    Attributes:
        exchanges: The exchanges, in order.
        results: The results that each next request sends, by the id of their call.
    """

    exchanges: tuple[Exchange, ...]
    results: tuple[Mapping[str, str], ...]

    @property
    def repeated(self) -> "tuple[str, tuple[Exchange, ...]] | None":
        """The call that was most often made with the same result, and the exchanges that made it.

        A call with another result, such as one for the next page, is not the same. The result of
        the last call may not be known: it counts as that of the one before.
        """
        made: dict[str, dict[str, list[Exchange]]] = {}
        for one, results in zip(self.exchanges, (*self.results, {}), strict=True):
            for call in one.chat_reply.tool_calls:
                by_result = made.setdefault(f"{call.name}({call.arguments})", {})
                latest = next(reversed(by_result), "")
                by_result.setdefault(results.get(call.id, latest), []).append(one)
        found = [(text, ones) for text, groups in made.items() for ones in groups.values()]
        if not found:
            return None
        text, ones = max(found, key=lambda row: (len(row[1]), row[0]))
        return text, tuple(dict.fromkeys(ones))


class _Round(NamedTuple):
    """One exchange of a row.

    Attributes:
        exchange: The exchange.
        before: The number of the exchange before it in the row, or None.
        results: The results that its request sends, by the id of their call.
    """

    exchange: Exchange
    before: int | None
    results: Mapping[str, str]


def tool_rows(seen: Evidence) -> Iterator[ToolRow]:
    """Yield the rows of a journal that no longer row of the same turn contains."""
    rounds: dict[int, _Round] = {}
    for one, request in seen.valid:
        reply = one.reply
        if reply is None or not reply.tool_calls or one.failed:
            continue
        parent = seen.conversations.parents.get(one.number)
        if parent in rounds and is_follow_up(request.messages):
            rounds[one.number] = _Round(one, parent, results_of(request.messages))
        else:
            rounds[one.number] = _Round(one, None, {})
    continued = {found.before for found in rounds.values()}
    yield from (_row(rounds, number) for number in rounds if number not in continued)


def _row(rounds: Mapping[int, _Round], last: int) -> ToolRow:
    """Return the row that ends with an exchange."""
    found = [rounds[last]]
    while (before := found[-1].before) is not None:
        found.append(rounds[before])
    found.reverse()
    results = tuple(each.results for each in found[1:])
    return ToolRow(tuple(each.exchange for each in found), results)


def is_follow_up(messages: Sequence[Message]) -> bool:
    """Return whether a request sends results of tools, and no word of the user after them.

    System messages may follow, such as one with the time.
    """
    latest = (message.role for message in reversed(messages) if message.role != "system")
    return next(latest, "") == "tool"


def results_of(messages: Sequence[Message]) -> Mapping[str, str]:
    """Return the results that the latest reply got, by the id of their call."""
    latest = takewhile(lambda message: message.role != "assistant", reversed(messages))
    return {one.tool_call_id or "": one.content or "" for one in latest if one.role == "tool"}
