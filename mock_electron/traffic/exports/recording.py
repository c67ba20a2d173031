"""From exchanges to the steps that would answer them again.

What a request is refused for by itself (a bad body, a wrong key, an unknown path) needs no step:
it happens anyway. A limit that was met becomes a failure, as the plan is no part of a script.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults import Fail, Fault
from mock_electron.engine.faults.fault import DeliveryFault, ReplacementFault
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Call, Draft
from mock_electron.wire.reply import Reply

FIRST_TO_RECUR_BY_ITSELF: Final = 429
"""Errors below this status follow from the request."""


def recorded(exchanges: Iterable[Exchange]) -> Iterator[Step]:
    """The steps for these exchanges, each for one request, in their order."""
    for exchange in exchanges:
        answer = _answer(exchange)
        if answer is None:
            continue
        faults = () if isinstance(answer, ReplacementFault) else tuple(_faults(exchange))
        step = Step(answer, match=_match(exchange), times=1, faults=faults)
        scripted = exchange.scripted
        yield replace(step, pace=scripted.pace, headers=scripted.headers) if scripted else step


def _answer(exchange: Exchange) -> Draft | ReplacementFault | None:
    if exchange.reply is not None:
        return _draft(exchange.reply, exchange.scripted)
    instead = next(
        (fault for fault in exchange.faults if isinstance(fault, ReplacementFault)), None
    )
    if instead is not None:
        return instead
    error = exchange.error
    if error is None or error.status < FIRST_TO_RECUR_BY_ITSELF:
        return None
    return Fail(error)


def _draft(reply: Reply, scripted: Step | None) -> Draft:
    calls = tuple(Call(call.name, call.arguments) for call in reply.tool_calls)
    usual = "tool_calls" if calls else "stop"
    odd = None if reply.finish_reason == usual else reply.finish_reason
    own = scripted.answer if scripted and isinstance(scripted.answer, Draft) else Draft(None)
    return Draft(reply.content, calls, odd, own.usage)


def _faults(exchange: Exchange) -> Iterator[Fault]:
    """The faults of how it was sent; what was said is recorded with its faults already."""
    return (fault for fault in exchange.faults if isinstance(fault, DeliveryFault))


def _match(exchange: Exchange) -> Match:
    """The turn, and what was said, or which tool had answered, and what."""
    request = exchange.request
    if request is None:
        return Match()
    asked = MatchInput(request, (), "")
    if asked.answered_tool is not None:
        result = asked.result.content if asked.result else None
        return Match.of(
            turn=exchange.turn, after_tool=asked.answered_tool, tool_result=result or None
        )
    said = None if asked.result is not None else asked.last("user")
    return Match.of(turn=exchange.turn, says=said or None)
