"""Exchanges as tests see them, made of what the journal has recorded.

Recording is a part of each request, and reading is not. So only a reader imports this module.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, cast

from msgspec.structs import fields, replace

from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.ending import Ending
from mock_electron.engine.entry import Entry, Record, escape_surrogates
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.keys import (
    account_id,
    parse_api_key,
    redact_authorization,
    redact_headers,
    secret_of,
    without_key_in_frames,
    without_key_in_headers,
)
from mock_electron.engine.ready import AnyAnswer, ReadyAnswer
from mock_electron.engine.refused_by import with_rule
from mock_electron.engine.retries import with_attempts
from mock_electron.outputs.redaction import redact, without_key
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import headers_by_name
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import CHAT_PATH


def exchanges_of(records: Iterable[Record]) -> tuple[Exchange, ...]:
    """Return the exchanges, with their attempts."""
    return with_attempts(map(exchange_of_record, records))


def exchange_of_record(record: Record) -> Exchange:
    """Return the exchange. Its attempt is not known yet."""
    number, entry, ending = record
    exchange = exchange_of_entry(entry)
    if ending is not None:
        exchange = with_ending(exchange, entry.answer, ending, entry.arrival.authorization)
    return exchange if number == entry.number else replace(exchange, number=number)


def exchange_of_entry(entry: Entry) -> Exchange:
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
        connection=entry.connection,
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


def with_ending(
    exchange: Exchange, answer: AnyAnswer, ending: Ending, authorization: str
) -> Exchange:
    """Return an exchange with its ending.

    Args:
        exchange: The exchange in flight.
        answer: Its answer.
        ending: How sending it ended.
        authorization: The `Authorization` header of the request. In an error, its key is redacted.
    """
    sent, moments = ending.frames_sent, ending.moments
    chunks = answer.chunks[:sent]
    schedule = _schedule(answer, ending)
    frames = answer.frames[:sent]
    if exchange.error is not None:
        frames = without_key_in_frames(frames, secret_of(authorization))
    by_lane = _times_by_lane(exchange.arrived_at, ending, schedule, sum(chunks))
    return replace(
        exchange,
        outcome=answer.outcome if sent == len(answer.chunks) else CLIENT_LEFT,
        chunks_sent=sum(chunks),
        first_chunk_at=by_lane.first_chunk,
        last_chunk_at=by_lane.last_chunk,
        ended_at=by_lane.ended,
        monotonic=_monotonic_times(exchange.monotonic.arrived, ending, sum(chunks)),
        chunk_times=_chunk_times(chunks, moments) if len(moments) > 1 else (),
        frames=frames,
        schedule=_offsets(chunks, answer.schedule) if ending.frozen else (),
    )


def seconds_to_first_chunk(arrived: float, answer: AnyAnswer, ending: Ending) -> float | None:
    """Return the seconds from a request to its first chunk by the lane's clock; None for no chunk.

    Args:
        arrived: When the request arrived, by the lane's clock.
        answer: Its answer.
        ending: How sending it ended.
    """
    chunks = sum(answer.chunks[: ending.frames_sent])
    first = _times_by_lane(arrived, ending, _schedule(answer, ending), chunks).first_chunk
    return None if first is None else round(first - arrived, 6)


def _schedule(answer: AnyAnswer, ending: Ending) -> Sequence[float]:
    """Return when each frame was sent by a frozen clock; nothing for a real clock."""
    return (answer.schedule[: ending.frames_sent] or (0.0,)) if ending.frozen else ()


def _chunk_times(chunks: Sequence[int], moments: Sequence[Moment]) -> tuple[float, ...]:
    """Return when each chunk was sent. A frame may complete no chunk, or several."""
    return _of_chunks(chunks, [moment.monotonic for moment in moments])


def _offsets(chunks: Sequence[int], schedule: Sequence[float]) -> tuple[float, ...]:
    """Return the seconds from the request to each chunk, rounded to microseconds."""
    if not schedule:
        return (0.0,) * sum(chunks)
    return _of_chunks(chunks, [round(offset, 6) for offset in schedule])


def _of_chunks(chunks: Sequence[int], times: Sequence[float]) -> tuple[float, ...]:
    """Return the time of each chunk, given the number of chunks and the time of each frame."""
    sent = zip(chunks, times, strict=False)
    return tuple(time for count, time in sent for _ in range(count))


def _times_by_lane(arrived: float, ending: Ending, schedule: Sequence[float], chunks: int) -> Times:
    """Return the times of an exchange by the lane's clock. A frozen clock uses the schedule."""
    if not schedule:
        if not chunks:
            return Times(arrived, None, None, ending.ended.lane)
        first, last = ending.moments[0].lane, ending.moments[-1].lane
        return Times(arrived, first, last, ending.ended.lane)
    first, last = arrived + schedule[0], arrived + schedule[-1]
    return Times(arrived, first, last, last) if chunks else Times(arrived, None, None, last)


def _monotonic_times(arrived: float | None, ending: Ending, chunks: int) -> Times:
    """Return the times of an exchange by the monotonic clock."""
    if not chunks:
        return Times(arrived, None, None, ending.ended.monotonic)
    first, last = ending.moments[0].monotonic, ending.moments[-1].monotonic
    return Times(arrived, first, last, ending.ended.monotonic)
