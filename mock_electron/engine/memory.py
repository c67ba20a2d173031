"""How much memory the journal needs for an exchange, in bytes.

The size is that of the objects that belong to this exchange alone. A test compares it with what the
interpreter allocates.
"""

from collections.abc import Collection, Iterable
from itertools import chain
from sys import getsizeof
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import Alternative, Reply, TokenLogprob, Usage

FLOAT: Final = getsizeof(0.5)
TWO_BODIES: Final = 2 * getsizeof(b"")
"""Bytes of the two forms of a body, except for their length."""
POINTER: Final = 10
"""Bytes of a reference in a list, with the spare room of the list."""
ENTRY: Final = 120
"""Bytes of an entry in the journal, with the times of the request."""
HEADER: Final = getsizeof((b"", b"")) + 2 * getsizeof(b"")
"""Bytes of a header in addition to the characters of its name and its value."""
OWN_HEADERS: Final = 220
"""Bytes of the headers that are different in each answer, such as the request id."""
ANSWER: Final = getsizeof(Answer(0, 200, (), ())) + OWN_HEADERS + 2 * getsizeof(())
"""Bytes of an answer, except for its frames and the times at which they are sent."""
FRAME: Final = getsizeof(b"") + 2 * 8
"""Bytes of a frame and of the references to it and to its number of chunks."""
TIME: Final = FLOAT + 8
REPLY: Final = getsizeof(Reply((), "stop", Usage(0, 0))) + getsizeof(Usage(0, 0))
"""Bytes of a reply without what it contains."""
SHARED_TOKEN: Final = getsizeof("a word") // 2 + 8
"""Bytes of a token in a short reply and of the reference to it. On average, two short replies share
a token: most words, but not names and numbers."""
MOST_SHARED: Final = 250
"""The number of tokens up to which a reply is short."""
LIST: Final = getsizeof([0])
DICT: Final = getsizeof({"a": 0})
TEXT: Final = getsizeof("") + POINTER
ALTERNATIVE: Final = getsizeof(Alternative("", 0.5)) + FLOAT + 8
LOGPROB: Final = getsizeof(TokenLogprob("", 0.5, ())) + getsizeof(()) + FLOAT + 8

MOST_COUNTED: Final = 40_000
"""The maximum number of objects that are measured one by one."""
SCALARS: Final = frozenset((str, int, float, bool, bytes))
"""Types of objects without members."""
NUMBER: Final = 64
"""Bytes of a number that is not shared, with the memory that the allocator loses."""
PAIR: Final = 48
"""Bytes of a key and a value in a large dict, with its spare room."""


def size_of_head(arrival: Arrival) -> int:
    """Return the memory of a request without its body."""
    texts = (arrival.method, arrival.path, arrival.authorization, arrival.document)
    return getsizeof(arrival) + _sum(texts) + _size_of_headers(arrival.headers)


def size_of_body(arrival: Arrival, body: bytes) -> int:
    """Return the memory of the body of a request.

    Args:
        arrival: The request.
        body: The decompressed body.
    """
    received = arrival.body
    return TWO_BODIES + len(body) + (len(received) if received is not body else 0)


def size_of_answer(answer: Answer) -> int:
    """Return the memory of an answer."""
    frames, times = answer.frames, len(answer.schedule) + len(answer.pauses)
    return ANSWER + len(frames) * FRAME + sum(map(len, frames)) + times * TIME


def _size_of_headers(headers: Headers) -> int:
    characters = len(b"".join(chain.from_iterable(headers)))
    return _sum((headers,)) + characters + len(headers) * HEADER


def size_of_reply(reply: Reply | None) -> int:
    if reply is None:
        return 0
    tokens = reply.tokens
    return (
        REPLY
        + (_size_of_tokens(tokens) if tokens else 0)
        + (_size_of_calls(reply) if reply.tool_calls else 0)
        + (_size_of_logprobs(reply.logprobs) if reply.logprobs else 0)
    )


def _size_of_tokens(tokens: tuple[str, ...]) -> int:
    count = len(tokens)
    if count <= MOST_SHARED:
        return count * SHARED_TOKEN
    return count * TEXT + getsizeof("".join(tokens))


def _size_of_logprobs(logprobs: tuple[TokenLogprob, ...]) -> int:
    alternatives = sum([len(entry.top) for entry in logprobs])
    return len(logprobs) * LOGPROB + alternatives * ALTERNATIVE


def _size_of_calls(reply: Reply) -> int:
    """Return the memory of the calls. A single fragment is the arguments themselves."""
    calls, fragments = reply.tool_calls, reply.call_fragments
    size = getsizeof(calls)
    for call in calls:
        size += getsizeof(call)
        for text in (call.id, call.arguments):
            size += getsizeof(text) if text else 0
    if fragments:
        size += getsizeof(fragments)
    for texts in fragments:
        size += getsizeof(texts) + (_sum(texts) if texts[1:] else 0)
    return size


def size_of_value(value: object, body: str | bytes) -> int:
    """Return the memory of a value with everything in it, each object once.

    Args:
        value: The value. It may contain parts of the request.
        body: The body of the request. If there are more than MOST_COUNTED objects, the memory is
            the maximum for the values that a body like this contains.
    """
    seen: set[int] = set()
    pending: list[object] = [value] if value else []
    size = visited = 0
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        size += getsizeof(each)
        if type(each) in SCALARS:
            continue
        members = _members(each)
        visited += len(members)
        if visited > MOST_COUNTED:
            return size + size_of_parsed(body)
        pending += members
    return size


def _members(value: object) -> Collection[object]:
    """Return the objects that belong to a value."""
    if isinstance(value, tuple | list):
        return value
    if isinstance(value, dict):
        return (*value.keys(), *value.values()) if len(value) < MOST_COUNTED else range(len(value))
    if isinstance(value, ApiError):  # its other texts are those of the table of errors
        return value.message, value.details
    if isinstance(value, Struct):
        return astuple(value)
    return ()


def size_of_parsed(body: str | bytes) -> int:
    """Return the maximum memory of the values in a body, from the number of its signs."""
    text = body if isinstance(body, bytes) else body.encode(errors="surrogatepass")
    lists, dicts, empty = text.count(b"["), text.count(b"{"), text.count(b"{}")
    strings, commas = text.count(b'"') // 2, text.count(b",")
    numbers = max(commas + lists - strings - dicts, 0)
    return (
        getsizeof(body)
        + (lists + empty) * LIST
        + (dicts - empty) * DICT
        + strings * TEXT
        + text.count(b":") * PAIR
        + numbers * NUMBER
        + (commas + lists) * POINTER
    )


def _sum(values: Iterable[object]) -> int:
    """Return the memory of values, without what they contain. Empty ones are shared by all."""
    return sum(map(getsizeof, filter(None, values)))
