"""Which requests contain an earlier reply: they cannot come before its end in any world."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from mock_electron.engine.exchange import Exchange
from mock_electron.wire.reply import Reply


class _Function(Struct):
    name: str
    arguments: str


class _Call(Struct):
    function: _Function
    id: str = ""


class _Message(Struct):
    role: str
    content: Any = None
    tool_calls: list[_Call] = []


class _Body(Struct):
    messages: list[_Message]


BODY: Final = msgspec.json.Decoder(_Body)
Said = tuple[Any, ...]
"""What a reply says: the account, the text, and the ids, names and arguments of the calls."""


def followed(exchanges: Sequence[Exchange]) -> Mapping[int, int]:
    """Return the index of the reply that a request contains, by the index of the request.

    The last reply in its history counts, if it had ended before the request came.
    """
    replies: dict[Said, list[int]] = {}
    found: dict[int, int] = {}
    for index, exchange in enumerate(exchanges):
        said = _last_reply(exchange)
        ended = [one for one in replies.get(said, ()) if _precedes(exchanges[one], exchange)]
        if said and ended:
            found[index] = ended[-1]
        if exchange.generated is not None:
            replies.setdefault(_said(exchange.account, exchange.generated), []).append(index)
    return found


def _precedes(earlier: Exchange, later: Exchange) -> bool:
    return earlier.ended_at is not None and earlier.ended_at <= later.arrived_at


def _last_reply(exchange: Exchange) -> Said:
    """Return what the last reply in the history of a request says; () without one."""
    if not exchange.understood:
        return ()
    try:
        messages = BODY.decode(exchange.body).messages
    except msgspec.DecodeError:
        return ()
    for message in reversed(messages):
        if message.role == "assistant":
            calls = ((c.id, c.function.name, c.function.arguments) for c in message.tool_calls)
            return (exchange.account, _text(message.content), *calls)
    return ()


def _said(account: str, reply: Reply) -> Said:
    calls = ((call.id, call.name, call.arguments) for call in reply.tool_calls)
    return (account, reply.content or "", *calls)


def _text(content: Any) -> str:
    parts: Iterable[Any] = content if isinstance(content, list) else ()
    joined = "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))
    return content if isinstance(content, str) else joined
