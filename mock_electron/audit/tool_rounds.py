"""Rows of tool calls without a word of the user in between: what a runaway agent does."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from mock_electron.audit.evidence import Evidence
from mock_electron.engine.exchange import Exchange
from mock_electron.wire.request import Message


class ToolRow(Struct, frozen=True):
    """Exchanges whose replies called tools, one after another, in one turn of a conversation.

    Attributes:
        exchanges: The exchanges, in order.
    """

    exchanges: tuple[Exchange, ...]

    @property
    def repeated(self) -> "tuple[str, tuple[Exchange, ...]] | None":
        """The call that was made most often, as text, and the exchanges that made it."""
        made: dict[str, list[Exchange]] = {}
        for one in self.exchanges:
            for call in one.chat_reply.tool_calls:
                made.setdefault(f"{call.name}({call.arguments})", []).append(one)
        if not made:
            return None
        text, found = max(made.items(), key=lambda row: (len(row[1]), row[0]))
        return text, tuple(dict.fromkeys(found))


def tool_rows(seen: Evidence) -> Iterator[ToolRow]:
    """Yield the rows of a journal that no longer row of the same turn contains."""
    rows: dict[int, tuple[Exchange, ...]] = {}
    continued: set[int] = set()
    for one, request in seen.valid:
        reply = one.reply
        if reply is None or not reply.tool_calls or one.failed:
            continue
        parent = seen.conversations.parents.get(one.number)
        before = rows.get(parent, ()) if parent is not None else ()
        if parent is not None and before and is_follow_up(request.messages):
            continued.add(parent)
            rows[one.number] = (*before, one)
        else:
            rows[one.number] = (one,)
    for number, row in rows.items():
        if number not in continued:
            yield ToolRow(row)


def is_follow_up(messages: Sequence[Message]) -> bool:
    """Return whether a request sends results of tools, and no word of the user after them."""
    return messages[-1].role == "tool"
