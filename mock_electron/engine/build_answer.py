"""Build the answer that carries out a decision."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from mock_electron.engine.answer import Answer, SendOptions, reply_answer
from mock_electron.engine.decision import Decision, RequestContext
from mock_electron.engine.fault_note import fault_note, note_headers
from mock_electron.engine.faults.fault import DeliveryFault, Fault, with_reply_faults
from mock_electron.engine.faults.replacement import Fail, NoAnswer
from mock_electron.engine.keys import secret_of
from mock_electron.engine.pace import Pace
from mock_electron.engine.script.step import Step, with_headers
from mock_electron.engine.settings import Settings
from mock_electron.engine.whole_answers import (
    document_answer,
    error_answer,
    failure_answer,
    no_answer,
    unknown_path_answer,
)
from mock_electron.outputs.redaction import redact
from mock_electron.wire.errors import NOT_FOUND, ApiError
from mock_electron.wire.reply import Reply
from mock_electron.wire.stream import Stream

OVERWRITTEN: Final = "not applied: another fault overwrites it"
MOST_COMPARED: Final = 2_000_000
"""The maximum number of bytes of the answers that are compared to find overwritten faults."""
CHUNK: Final = 400
"""The work for one chunk that a fault cuts off, in bytes."""


def build_answer(
    context: RequestContext, decision: Decision, settings: Settings, pace: Pace, *, frozen: bool
) -> Answer:
    """Return the answer, with the headers that the step adds.

    Args:
        context: The request.
        decision: The decision on it.
        settings: The settings of the lane.
        pace: The pace in these settings.
        frozen: Whether the lane's clock is frozen.
    """
    answer = _without_step_headers(context, decision, settings, pace, frozen=frozen)
    step = _step(decision)
    if step is None and not (decision.faults or decision.has_fault_header):
        return answer  # most answers: nothing to add, and nothing to note
    if step is not None and step.headers:
        answer = replace(answer, headers=with_headers(answer.headers, step.headers))
    hidden = _overwritten_faults(context, decision, settings, pace, answer, frozen=frozen)
    note = fault_note(decision, (*answer.unmet, *((fault, OVERWRITTEN) for fault in hidden)))
    if not note:
        return answer
    noted = note_headers(note) if decision.has_fault_header and answer.headers else ()
    return replace(answer, headers=(*answer.headers, *noted), fault_note=note)


def _without_step_headers(
    context: RequestContext,
    decision: Decision,
    settings: Settings,
    pace: Pace,
    *,
    frozen: bool,
) -> Answer:
    number, stamp, result = context.number, context.stamp, decision.result
    if isinstance(result, Reply):
        request = context.parsed.request
        assert request is not None  # only a valid request gets a reply
        step = _step(decision)
        pace = (step.pace if step else None) or pace
        faults: tuple[DeliveryFault, ...] = ()
        if decision.faults:
            faults = tuple(one for one in decision.faults if isinstance(one, DeliveryFault))
        stream = _ready_stream(decision) if request.stream else None
        if stream is not None:
            from mock_electron.engine.faults.writes import Writes

            faults = (Writes(tuple(map(len, stream.writes))), *faults)
        chunk_tokens = 1 if stream else settings.chunk_tokens
        options = SendOptions(pace, faults, context.dice, frozen, stream, chunk_tokens)
        return reply_answer(number, result, request, stamp, options)
    if isinstance(result, ApiError):
        if result.name == NOT_FOUND.name and settings.not_found == "html":
            arrival = context.arrival
            path = redact(arrival.path, secret_of(arrival.authorization))
            return unknown_path_answer(number, arrival.method, path, stamp)
        return error_answer(number, result, stamp, context.now)
    if isinstance(result, Fail):
        return failure_answer(number, result, stamp, context.now, frozen=frozen)
    if isinstance(result, bytes):
        return document_answer(number, result, stamp)
    assert isinstance(result, NoAnswer)
    return no_answer(number, result)


def _step(decision: Decision) -> Step | None:
    state = decision.chosen.step if decision.chosen else None
    return state.step if state else None


def _overwritten_faults(
    context: RequestContext,
    decision: Decision,
    settings: Settings,
    pace: Pace,
    answer: Answer,
    *,
    frozen: bool,
) -> Iterator[Fault]:
    """Yield the faults without which the answer has the same bytes, because of other faults.

    Each fault takes another answer to compare with, so they are not looked for in a long reply.
    """
    kept = [fault for fault in decision.faults if fault not in [one for one, _ in answer.unmet]]
    if decision.faultless is None or len(kept) < 2:
        return
    size = sum(map(len, answer.frames)) + CHUNK * answer.chunk_count
    if size * len(kept) > MOST_COMPARED:
        return
    for fault in tuple(kept):
        index = next(index for index, one in enumerate(kept) if one is fault)
        rest = (*kept[:index], *kept[index + 1 :])
        reply = with_reply_faults(decision.faultless, rest)
        without = replace(decision, result=reply, faults=rest)
        other = _without_step_headers(context, without, settings, pace, frozen=frozen)
        if rest and _sent(other) == _sent(answer):
            kept = list(rest)
            yield fault


def _sent(answer: Answer) -> tuple[object, ...]:
    """Return what a client can notice of an answer."""
    pauses = answer.pauses, answer.schedule
    return answer.headers, answer.frames, pauses, answer.ending, answer.surplus


def _ready_stream(decision: Decision) -> Stream | None:
    """Return the stream that a user function returned, if it did."""
    reply = decision.chosen.answer if decision.chosen else None
    return reply if isinstance(reply, Stream) else None
