"""Exchanges as the steps of a script that gives the same answers again.

A request that is refused for what it is (an invalid body, a wrong key, an unknown path) needs no
step, because it is refused again. A rate limit or concurrency limit becomes a `fail` step, because
a script does not contain the plan.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec.structs import replace

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.fault import DeliveryFault, Fault, ReplacementFault
from mock_electron.engine.faults.replacement import Fail
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.step import Step
from mock_electron.engine.script.words import OPENING, escaped
from mock_electron.model.draft import Call, Draft
from mock_electron.wire.reply import Reply

LOWEST_RECORDED_STATUS: Final = 429
"""Errors with a lower status follow from the request itself."""


def recorded_steps(exchanges: Iterable[Exchange]) -> Iterator[Step]:
    """Yield the steps for the exchanges, in order. Each step is for one request."""
    for exchange in exchanges:
        answer = _answer(exchange)
        if answer is None:
            continue
        faults = () if isinstance(answer, ReplacementFault) else tuple(_delivery_faults(exchange))
        step = Step(answer, match=_match(exchange), times=1, faults=faults)
        scripted = exchange.scripted
        yield replace(step, pace=scripted.pace, headers=scripted.headers) if scripted else step


def _answer(exchange: Exchange) -> Draft | ReplacementFault | None:
    if exchange.generated is not None:
        return _draft(exchange.generated, exchange.draft or Draft(None))
    replacements = [fault for fault in exchange.faults if isinstance(fault, ReplacementFault)]
    if replacements:
        return replacements[0]
    error = exchange.error
    if error is None or error.status < LOWEST_RECORDED_STATUS:
        return None
    return Fail(error)


def _draft(reply: Reply, given: Draft) -> Draft:
    """Return the draft of a reply.

    Args:
        reply: The reply.
        given: What was set explicitly: the usage, the log-probabilities and the ids of calls.
    """
    own_ids = {call.id for call in given.calls}
    calls = tuple(
        Call(call.name, call.arguments, call.id if call.id in own_ids else None)
        for call in reply.tool_calls
    )
    default = "tool_calls" if calls else "stop"
    finish_reason = None if reply.finish_reason == default else reply.finish_reason
    logprobs = _logprobs(reply.content, given)
    return escaped(Draft(reply.content, calls, finish_reason, given.usage, logprobs))


def _logprobs(content: str | None, given: Draft) -> float | tuple[tuple[str, float], ...] | None:
    """Return the given log-probabilities, if a step with this text can have them.

    A list must join to the text, which a stop string or `max_tokens` may have cut, and the text
    must not need escapes.
    """
    if not isinstance(given.logprobs, tuple):
        return given.logprobs
    text = "".join(token for token, _ in given.logprobs)
    return given.logprobs if text == content and OPENING not in text else None


def _delivery_faults(exchange: Exchange) -> Iterator[Fault]:
    """Yield the delivery faults. The recorded reply already shows the effect of other faults."""
    return (fault for fault in exchange.faults if isinstance(fault, DeliveryFault))


def _match(exchange: Exchange) -> Match:
    """Return a match for the turn and the user's text, or for the turn and the tool's result."""
    request = exchange.request
    if request is None:
        return Match()
    given = MatchInput(request, (), "")
    if not given.results:
        text = None if given.follows_up else given.last("user")
        return _match_of(turn=exchange.turn, says=text or None)
    latest = given.results[-1]
    tool = given.tool_of(latest)
    result = (latest.content or None) if tool else None
    return _match_of(turn=exchange.turn, after_tool=tool, tool_result=result)


def _match_of(**conditions: Any) -> Match:
    """Return a match for the conditions that are not None."""
    return Match.of(**{name: value for name, value in conditions.items() if value is not None})
