"""`Entry` and `Record`: what the journal keeps of an exchange. See `recorded.py` for the reading.

An entry is a tuple of references, so that recording costs little. Most of them belong to several
entries. The API key is in them; it is redacted in the `Exchange`.
"""

from typing import NamedTuple

from msgspec import Struct

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import Moment
from mock_electron.engine.decision import RequestContext
from mock_electron.engine.ending import Ending
from mock_electron.engine.outline import Outline
from mock_electron.engine.ready import AnyAnswer


class Entry(Struct, frozen=True):
    """One exchange, as the journal keeps it.

    Attributes:
        number: The number of the exchange.
        arrival: The HTTP request.
        body: The body, decompressed and in UTF-8; as it was sent if it cannot be read.
        fingerprint: 16 bytes, equal for equal requests.
        occurrence: How many times the lane has received this request before.
        arrived: When the request arrived.
        outline: What was decided.
        answer: The answer.
        size: The memory of all this, in bytes.
        connection: The number of the connection on which it came, or None.
    """

    number: int
    arrival: Arrival
    body: bytes
    fingerprint: bytes
    occurrence: int
    arrived: Moment
    outline: Outline
    answer: AnyAnswer
    size: int
    connection: int | None = None


class Record(NamedTuple):
    """What the journal has of an exchange.

    Attributes:
        number: The number of the exchange since the last `clear`.
        entry: What was recorded before its first byte.
        ending: How its answer ended, or None if it is in flight.
    """

    number: int
    entry: Entry
    ending: Ending | None


def entry_of(
    context: RequestContext,
    outline: Outline,
    answer: AnyAnswer,
    size: int,
    connection: int | None = None,
) -> Entry:
    """Return the entry of a request, before the first byte of its answer is sent.

    Args:
        context: The request.
        outline: What was decided.
        answer: The answer.
        size: The memory of all this that belongs to no earlier exchange, in bytes.
        connection: The number of the connection on which it came, or None.
    """
    body, facts = context.parsed.body, context.facts
    return Entry(
        context.number,
        context.parsed.arrival,
        body.body,
        body.fingerprint,
        facts.occurrence,
        facts.arrived,
        outline,
        answer,
        size,
        connection,
    )


def escape_surrogates(text: str) -> str:
    """Return the text with lone surrogates escaped, so that it can be encoded as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
