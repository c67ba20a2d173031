"""Build the answer that carries out a decision."""

from dataclasses import replace

from mock_electron.engine.answer import (
    Answer,
    SendOptions,
    document_answer,
    error_answer,
    failure_answer,
    no_answer,
    reply_answer,
    unknown_path_answer,
)
from mock_electron.engine.decision import Decision, RequestContext
from mock_electron.engine.fault_note import fault_note, note_headers
from mock_electron.engine.faults import Fail
from mock_electron.engine.faults.fault import DeliveryFault
from mock_electron.engine.faults.replacement import NoAnswer
from mock_electron.engine.faults.writes import Writes
from mock_electron.engine.pace import pace_of
from mock_electron.engine.script.step import Step, with_headers
from mock_electron.engine.settings import Settings
from mock_electron.wire.errors import NOT_FOUND, ApiError
from mock_electron.wire.reply import Reply
from mock_electron.wire.stream import Stream


def build_answer(
    context: RequestContext, decision: Decision, settings: Settings, *, frozen: bool
) -> Answer:
    """Return the answer, with the headers that the step adds.

    Args:
        context: The request.
        decision: The decision on it.
        settings: The settings of the lane.
        frozen: Whether the lane's clock is frozen.
    """
    state = decision.chosen.step if decision.chosen else None
    step = state.step if state else None
    answer = _without_step_headers(context, decision, settings, step, frozen=frozen)
    if step is not None and step.headers:
        answer = replace(answer, headers=with_headers(answer.headers, step.headers))
    note = fault_note(decision, answer.unmet)
    if not note:
        return answer
    noted = note_headers(note) if decision.has_fault_header and answer.headers else ()
    return replace(answer, headers=(*answer.headers, *noted), fault_note=note)


def _without_step_headers(
    context: RequestContext,
    decision: Decision,
    settings: Settings,
    step: Step | None,
    *,
    frozen: bool,
) -> Answer:
    number, stamp, result = context.number, context.stamp, decision.result
    if isinstance(result, Reply):
        assert decision.request is not None  # only a valid request gets a reply
        pace = (step.pace if step else None) or pace_of(settings.pace)
        faults = tuple(fault for fault in decision.faults if isinstance(fault, DeliveryFault))
        stream = _ready_stream(decision)
        if stream is not None:
            faults = (Writes(tuple(map(len, stream.writes))), *faults)
        chunk_tokens = 1 if stream else settings.chunk_tokens
        options = SendOptions(pace, faults, context.dice, frozen, stream, chunk_tokens)
        return reply_answer(number, result, decision.request, stamp, options)
    if isinstance(result, ApiError):
        if result.name == NOT_FOUND.name and settings.not_found == "html":
            arrival = context.arrival
            return unknown_path_answer(number, arrival.method, arrival.path, stamp)
        return error_answer(number, result, stamp, context.now)
    if isinstance(result, Fail):
        return failure_answer(number, result, stamp, context.now, frozen=frozen)
    if isinstance(result, bytes):
        return document_answer(number, result, stamp)
    assert isinstance(result, NoAnswer)
    return no_answer(number, result)


def _ready_stream(decision: Decision) -> Stream | None:
    """Return the stream that a user function returned, if the request asks for a stream."""
    assert decision.request is not None
    reply = decision.chosen.answer if decision.chosen else None
    return reply if isinstance(reply, Stream) and decision.request.stream else None
