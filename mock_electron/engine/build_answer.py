"""From what is decided to what goes out."""

from dataclasses import replace

from mock_electron.engine import answer as answers
from mock_electron.engine.answer import Answer, SendOptions
from mock_electron.engine.decision import Decision, RequestContext
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


def answer_to(
    context: RequestContext, decision: Decision, settings: Settings, *, frozen: bool
) -> Answer:
    """The answer that carries out a decision, with the headers that its step adds.

    frozen: whether the lane's clock is.
    """
    use = decision.chosen.step if decision.chosen else None
    step = use.step if use else None
    answer = _bare(context, decision, settings, step, frozen=frozen)
    if step is None or not step.headers:
        return answer
    return replace(answer, headers=with_headers(answer.headers, step.headers))


def _bare(
    context: RequestContext,
    decision: Decision,
    settings: Settings,
    step: Step | None,
    *,
    frozen: bool,
) -> Answer:
    number, stamp, result = context.number, context.stamp, decision.result
    if isinstance(result, Reply):
        assert decision.request is not None  # only a request gets a reply
        pace = (step.pace if step else None) or pace_of(settings.pace)
        faults = tuple(fault for fault in decision.faults if isinstance(fault, DeliveryFault))
        stream = _stream(decision)
        if stream is not None:
            faults = (Writes(tuple(map(len, stream.writes))), *faults)
        options = SendOptions(pace, faults, context.dice, frozen, stream)
        return answers.of_reply(number, result, decision.request, stamp, options)
    if isinstance(result, ApiError):
        if result.name == NOT_FOUND.name and settings.not_found == "html":
            where = (context.arrival.method, context.arrival.path)
            return answers.of_unknown_path(number, *where, stamp)
        return answers.of_error(number, result, stamp, context.now)
    if isinstance(result, Fail):
        return answers.of_failure(number, result, stamp, context.now, frozen=frozen)
    assert isinstance(result, NoAnswer)
    return answers.of_no_answer(number, result)


def _stream(decision: Decision) -> Stream | None:
    """The stream that a function has given, bytes and all, where one is asked for."""
    assert decision.request is not None
    said = decision.chosen.answer if decision.chosen else None
    return said if isinstance(said, Stream) and decision.request.stream else None
