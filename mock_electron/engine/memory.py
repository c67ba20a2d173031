"""How much memory the journal needs for an exchange, in bytes.

The size is that of the objects that belong to this exchange alone. A test compares it with what the
interpreter allocates.
"""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from sys import getsizeof
from typing import Final

from mock_electron.engine.exchange import Exchange
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import Alternative, Reply, TokenLogprob

FLOAT: Final = getsizeof(0.5)
ENTRY: Final = 220
"""Bytes of the entry in the journal, and of the times of the request."""
ENDING: Final = 190
"""Bytes of the entry in the journal, of the ending itself, and of its times."""
HEADER: Final = getsizeof((b"", b"")) + 2 * getsizeof(b"")
"""Bytes of a header in addition to the characters of its name and its value."""
OWN_HEADERS: Final = 220
"""Bytes of the headers that are different in each answer, such as the request id."""
ALTERNATIVE: Final = getsizeof(Alternative("", 0.5)) + FLOAT + 8
LOGPROB: Final = getsizeof(TokenLogprob("", 0.5, ())) + getsizeof(()) + FLOAT + 8


def size_of_exchange(exchange: Exchange) -> int:
    """Return the memory of an exchange before its answer is sent."""
    texts = (
        exchange.method,
        exchange.path,
        exchange.authorization,
        exchange.account,
        exchange.body,
        exchange.request_id,
        exchange.fingerprint,
        exchange.raised,
    )
    return (
        ENTRY
        + OWN_HEADERS
        + getsizeof(exchange)
        + _sum(texts)
        + _size_of_headers(exchange.raw_headers)
        + getsizeof(exchange.raw_response_headers)
        + _size_of_reply(exchange.generated)
        + (_deep(exchange.error, set()) if exchange.error else 0)
        + (_deep(exchange.faults, set()) if exchange.faults else 0)
    )


def size_of_ending(
    frames: tuple[bytes, ...], schedule: tuple[float, ...], chunk_times: tuple[float, ...]
) -> int:
    """Return the memory of the end of an exchange.

    Args:
        frames: The frames that were sent.
        schedule: When each frame was due.
        chunk_times: When each chunk was sent.
    """
    times = len(schedule) + len(chunk_times)
    return ENDING + _sum((frames, schedule, chunk_times)) + _sum(frames) + times * FLOAT


def _size_of_headers(headers: Headers) -> int:
    characters = sum([len(name) + len(text) for name, text in headers])
    return _sum((headers,)) + characters + len(headers) * HEADER


def _size_of_reply(reply: Reply | None) -> int:
    if reply is None:
        return 0
    tokens, logprobs = reply.tokens or (), reply.logprobs or ()
    return (
        getsizeof(reply)
        + getsizeof(reply.usage)
        + _sum((tokens,))
        + _sum(tokens)
        + _size_of_calls(reply)
        + len(logprobs) * LOGPROB
        + sum([len(entry.top) for entry in logprobs]) * ALTERNATIVE
    )


def _size_of_calls(reply: Reply) -> int:
    """Return the memory of the calls. A single fragment is the arguments themselves."""
    calls, fragments = reply.tool_calls, reply.call_fragments
    return (
        _sum((calls, fragments))
        + sum([getsizeof(call) + _sum((call.id, call.arguments)) for call in calls])
        + sum([getsizeof(texts) + (_sum(texts) if texts[1:] else 0) for texts in fragments])
    )


def _deep(value: object, seen: set[int]) -> int:
    """Return the memory of a value with everything in it, each object once.

    Args:
        value: The value.
        seen: The ids of the objects that are counted already.
    """
    if value is None or id(value) in seen:
        return 0
    seen.add(id(value))
    size = getsizeof(value)
    if isinstance(value, tuple | list):
        return size + sum([_deep(member, seen) for member in value])
    if isinstance(value, dict):
        return size + sum([_deep(member, seen) for pair in value.items() for member in pair])
    if isinstance(value, ApiError):  # its other texts are those of the table of errors
        return size + _deep(value.message, seen) + _deep(value.details, seen)
    if is_dataclass(value):
        members = (getattr(value, field.name) for field in fields(value))
        return size + sum([_deep(member, seen) for member in members])
    return size


def _sum(values: Iterable[object]) -> int:
    """Return the memory of values, without what they contain. Empty ones are shared by all."""
    return sum([getsizeof(value) for value in values if value])
