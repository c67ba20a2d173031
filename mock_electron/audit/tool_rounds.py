"""Rows of tool calls without a word of the user in between: what a runaway agent does."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

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


def tool_rows(seen: Evidence) -> Iterator[ToolRow]:
    """Yield the rows of a journal that no longer row of the same turn contains."""
    rows: dict[int, ToolRow] = {}
    continued: set[int] = set()
    for one, request in seen.valid:
        reply = one.reply
        if reply is None or not reply.tool_calls or one.failed:
            continue
        parent = seen.conversations.parents.get(one.number)
        before = rows.get(parent) if parent is not None else None
        if parent is not None and before is not None and is_follow_up(request.messages):
            continued.add(parent)
            results = (*before.results, results_of(request.messages))
            rows[one.number] = ToolRow((*before.exchanges, one), results)
        else:
            rows[one.number] = ToolRow((one,), ())
    yield from (row for number, row in rows.items() if number not in continued)


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
