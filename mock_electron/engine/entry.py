"""`Entry`: what the journal keeps of an exchange. It is turned into an `Exchange` when it is read.

An entry is a tuple of references, so that recording costs little. Most of them belong to several
entries. The API key is in them; it is redacted in the `Exchange`.
"""

from contextlib import suppress
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import fields, replace

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.decision import RequestContext
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.keys import (
    account_id,
    parse_api_key,
    redact_authorization,
    redact_headers,
    secret_of,
    without_key_in_headers,
)
from mock_electron.engine.outline import Outline
from mock_electron.engine.ready import AnyAnswer, ReadyAnswer
from mock_electron.engine.refused_by import with_rule
from mock_electron.outputs.redaction import redact, without_key
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import headers_by_name
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import CHAT_PATH


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


def entry_of(context: RequestContext, outline: Outline, answer: AnyAnswer, size: int) -> Entry:
    """Return the entry of a request, before the first byte of its answer is sent.

    Args:
        context: The request.
        outline: What was decided.
        answer: The answer.
        size: The memory of all this that belongs to no earlier exchange, in bytes.
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
    )


def exchange_of(entry: Entry) -> Exchange:
    """Return the exchange of an entry, with the API key redacted."""
    arrival, outline, answer = entry.arrival, entry.outline, entry.answer
    key, api_key = parse_api_key(arrival.authorization), secret_of(arrival.authorization)
    key_id, error = account_id(key).hex() if key else "", outline.error
    if error is not None:
        error = error.saying(without_key(error.message, api_key))
        error = with_rule(error, arrival, outline.account)
    repeats_texts = error is not None or answer.fault_note != ""  # of the request
    is_chat = arrival.path == CHAT_PATH  # not redacted, even if the key is a part of it
    return Exchange(
        number=entry.number,
        method=arrival.method if is_chat else without_key(arrival.method, api_key),
        path=CHAT_PATH if is_chat else redact(arrival.path, api_key),
        authorization=redact_authorization(arrival.authorization),
        body=entry.body,
        understood=outline.understood,
        status=answer.status,
        request_id=headers_by_name(answer.headers).get("x-request-id", ""),
        reply=_with_ids(outline.reply, answer),
        generated=_with_ids(outline.generated, answer),
        draft=outline.draft,
        error=error,
        occurrence=entry.occurrence,
        chunks=answer.chunk_count,
        chunk_tokens=answer.chunk_tokens,
        account=outline.account.id.hex() if outline.account else key_id,
        key_id=key_id,
        faults=tuple([_fault_without_key(fault, api_key) for fault in outline.faults]),
        arrived_at=entry.arrived.lane,
        monotonic=Times(entry.arrived.monotonic, None, None, None),
        answered_by=outline.answered_by,
        step=outline.step,
        scripted=outline.scripted,
        raised=escape_surrogates(without_key(outline.raised, api_key)),
        fault_note=without_key(answer.fault_note, api_key),
        fingerprint=entry.fingerprint,
        raw_headers=redact_headers(arrival.headers, api_key),
        raw_response_headers=(
            without_key_in_headers(answer.headers, api_key) if repeats_texts else answer.headers
        ),
    )


def _with_ids(reply: Reply | None, answer: AnyAnswer) -> Reply | None:
    """Return a reply with the ids of the calls that were sent."""
    return answer.with_ids(reply) if isinstance(answer, ReadyAnswer) else reply


def _fault_without_key(fault: Fault, key: str) -> Fault:
    """Return a fault whose texts, such as the message of an error, do not contain the API key.

    A field that accepts only certain names is kept: the key equals such a name by chance.
    """
    if without_key(repr(fault), key) == repr(fault):
        return fault
    given: Any = fault  # every fault is a dataclass
    for field in fields(given):
        value = getattr(given, field.name)
        with suppress(ValueError, TypeError):
            if isinstance(value, str):
                given = replace(given, **{field.name: without_key(value, key).replace("…", "...")})
            elif isinstance(value, ApiError):
                saying = value.saying(without_key(value.message, key))
                given = replace(given, **{field.name: saying})
    return cast("Fault", given)


def escape_surrogates(text: str) -> str:
    """Return the text with lone surrogates escaped, so that it can be encoded as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
