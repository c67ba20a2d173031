"""An exchange in one line: its number, turn, what was asked, what was answered, how it ended."""

from collections.abc import Iterable, Sequence

from mock_electron.engine.exchange import Exchange
from mock_electron.wire.reply import ToolCall
from mock_electron.wire.request import ChatRequest

EXCERPT = 40
MOST_LISTED = 50
NOTHING = "  no requests"


def lines(exchanges: Iterable[Exchange]) -> str:
    """The exchanges, one line each."""
    return "\n".join(f"  {line(exchange)}" for exchange in exchanges) or NOTHING


def listing(exchanges: Sequence[Exchange]) -> str:
    """The last of the exchanges, one line each, and how many came before."""
    earlier = len(exchanges) - MOST_LISTED
    head = f"  ({earlier} earlier)\n" if earlier > 0 else ""
    return head + lines(exchanges[-MOST_LISTED:])


def line(exchange: Exchange) -> str:
    """`#0 turn 1 'Hi' -> 'Hello!' | 200, 18+2 tokens | complete, step 1`."""
    parts = [f"#{exchange.number} {_asked(exchange)} -> {_answered(exchange)}", _cost(exchange)]
    retry = f", attempt {exchange.attempt}" if exchange.attempt > 1 else ""
    pause = "" if exchange.pause is None else f" after {exchange.pause:.3f} s"
    parts.append(f"{exchange.outcome}, {exchange.answered_by}{retry}{pause}")
    return " | ".join(parts)


def _asked(exchange: Exchange) -> str:
    request = exchange.request
    if request is None:
        return f"{exchange.method} {_plain(exchange.path)}, {len(exchange.body)} bytes"
    return f"turn {exchange.turn} {_newest(request)}"


def _newest(request: ChatRequest) -> str:
    last = request.last
    words = short(last.content or "")
    return words if last.role == "user" else f"{last.role} {words}"


def _answered(exchange: Exchange) -> str:
    if exchange.reply is not None:
        said = [] if exchange.text is None else [short(exchange.text)]
        return " ".join([*said, *map(_call, exchange.reply.tool_calls)]) or "nothing"
    if exchange.raised:
        return _plain(exchange.raised)
    if exchange.error is not None:
        return f"{exchange.error.name} {short(exchange.error.message)}"
    return ", ".join(map(repr, exchange.faults))


def _call(call: ToolCall) -> str:
    return f"{_plain(call.name)}({_plain(call.arguments)})"


def _cost(exchange: Exchange) -> str:
    usage = exchange.usage
    if usage is None:
        return str(exchange.status)
    cached = f" ({usage.cached_tokens} cached)" if usage.cached_tokens else ""
    return f"{exchange.status}, {usage.prompt_tokens}{cached}+{usage.completion_tokens} tokens"


def _plain(text: str) -> str:
    """A text on one line, shortened, without what a terminal would obey."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in shortened(text))


def short(text: str) -> str:
    """A text in quotation marks, on one line, shortened."""
    return repr(shortened(text))


def shortened(text: str) -> str:
    """A text, its end left out where it is long."""
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def counted(number: int, one: str, several: str = "") -> str:
    """A number and what it counts: `1 chunk`, `2 chunks`."""
    return f"{number} {one if number == 1 else several or one + 's'}"
