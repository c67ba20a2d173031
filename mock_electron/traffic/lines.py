"""An exchange as one line of text: number, turn, request, answer, cost and outcome."""

from collections.abc import Iterable, Sequence
from typing import Final

from mock_electron.engine.exchange import Exchange
from mock_electron.wire.reply import ToolCall
from mock_electron.wire.request import ChatRequest

MAX_EXCERPT: Final = 40
"""Characters of a text."""
MAX_LISTED: Final = 50
NO_REQUESTS: Final = "  no requests"


def lines(exchanges: Iterable[Exchange]) -> str:
    """Return all exchanges, one line each."""
    return "\n".join(f"  {line(exchange)}" for exchange in exchanges) or NO_REQUESTS


def listing(exchanges: Sequence[Exchange]) -> str:
    """Return the latest exchanges, one line each, and the number of earlier ones."""
    earlier = len(exchanges) - MAX_LISTED
    head = f"  ({earlier} earlier)\n" if earlier > 0 else ""
    return head + lines(exchanges[-MAX_LISTED:])


def line(exchange: Exchange) -> str:
    """Return `#0 turn 1 'Hi' -> 'Hello!' | 200, 18+2 tokens | complete, step 1`."""
    parts = [f"#{exchange.number} {_request(exchange)} -> {_answer(exchange)}", _cost(exchange)]
    retry = f", attempt {exchange.attempt}" if exchange.attempt > 1 else ""
    pause = "" if exchange.pause is None else f" after {exchange.pause:.3f} s"
    parts.append(f"{exchange.outcome}, {exchange.answered_by}{retry}{pause}")
    return " | ".join(parts)


def _request(exchange: Exchange) -> str:
    request = exchange.request
    if request is None:
        return f"{exchange.method} {_printable(exchange.path)}, {len(exchange.body)} bytes"
    return f"turn {exchange.turn} {_last_message(request)}"


def _last_message(request: ChatRequest) -> str:
    last = request.last
    words = excerpt(last.content or "")
    return words if last.role == "user" else f"{last.role} {words}"


def _answer(exchange: Exchange) -> str:
    if exchange.reply is not None:
        text = [] if exchange.text is None else [excerpt(exchange.text)]
        return " ".join([*text, *map(_call, exchange.reply.tool_calls)]) or "nothing"
    if exchange.raised:
        return _printable(exchange.raised)
    if exchange.error is not None:
        return f"{exchange.error.name} {excerpt(exchange.error.message)}"
    return ", ".join(map(repr, exchange.faults))


def _call(call: ToolCall) -> str:
    return f"{_printable(call.name)}({_printable(call.arguments)})"


def _cost(exchange: Exchange) -> str:
    usage = exchange.usage
    if usage is None:
        return str(exchange.status)
    cached = f" ({usage.cached_tokens} cached)" if usage.cached_tokens else ""
    return f"{exchange.status}, {usage.prompt_tokens}{cached}+{usage.completion_tokens} tokens"


def _printable(text: str) -> str:
    """Return a text on one line, shortened, with control characters escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in shortened(text))


def excerpt(text: str) -> str:
    """Return a text in quotation marks, on one line, shortened."""
    return repr(shortened(text))


def shortened(text: str) -> str:
    """Return a text of at most MAX_EXCERPT characters, with an ellipsis if it is cut."""
    return text if len(text) <= MAX_EXCERPT else text[: MAX_EXCERPT - 1] + "…"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: `1 chunk`, `2 chunks`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
