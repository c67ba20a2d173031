"""Lanes, steps and faults as JSON values."""

from collections.abc import Sequence
from typing import Any

from mock_electron.control.conditions import shown_conditions
from mock_electron.control.given_settings import shown_settings
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.injection import ActiveInjection
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.script import StepState
from mock_electron.outputs.redaction import redact_message
from mock_electron.scripts.conditions import write_conditions
from mock_electron.scripts.writer import fault_form, to_mapping
from mock_electron.testing.strict import Verdict, no_longer_there, verdict_of


def lane_state(lane: Lane, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Return the state of a lane.

    Args:
        lane: The lane.
        exchanges: Its exchanges, those for other paths included.
    """
    journal, verdict = lane.journal, verdict_of(lane, exchanges)
    judged = verdict_document(verdict)
    return {
        "settings": shown_settings(lane.settings),
        "clock": clock(lane),
        "in_flight": journal.number_in_flight,
        "peak_in_flight": lane.peak_in_flight,
        "exchanges": verdict.exchanges,
        "dropped": journal.dropped,
        "steps": [step(state) for state in lane.script()],
        "faults": [fault(one) for one in lane.injected()],
        "unscripted": judged["not_scripted"],
        "verdict": judged,
    }


def clock(lane: Lane) -> dict[str, Any]:
    """Return the clock of a lane: its mode, and the time in Unix seconds."""
    return {"mode": "frozen" if lane.clock.frozen else "real", "now": lane.clock.now()}


def step(state: StepState) -> dict[str, Any]:
    """Return a step with its uses. `step` is null if it has a function."""
    times = state.step.times
    try:
        form: Any = to_mapping(state.step)
    except ValueError:
        form = None
    return {
        "number": state.number,
        "summary": redact_message(state.step.summary),
        "location": state.step.location,
        "used": state.used,
        "times": times,
        "left": None if times is None else max(times - state.used, 0),
        "conditions": shown_conditions(state.step.match),
        "step": form,
    }


def fault(active: ActiveInjection) -> dict[str, Any]:
    """Return an injected fault, and how often it has applied. `when` is null for a function."""
    injection = active.injection
    conditions = {} if injection.match is None else write_conditions(injection.match)
    return {
        "id": active.number,
        "fault": fault_form(injection.fault),
        "times": injection.times,
        "every": injection.every,
        "rate": injection.rate,
        "when": conditions if injection.when is None else None,
        "conditions": shown_conditions(injection.match, injection.when),
        "applied": active.used,
        "possible": active.seen,
        "excluded": active.excluded,
        "note": "" if active.used else _note(active),
    }


def _note(active: ActiveInjection) -> str:
    """Return why a fault has affected no request."""
    if active.reason:
        return redact_message(active.unused)
    return "no request has arrived since for which it is possible"


def _shown(texts: Sequence[str]) -> list[str]:
    return [redact_message(text) for text in texts]


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON values."""
    return {
        "ok": verdict.ok,
        "not_scripted": [*_shown(verdict.not_scripted), *no_longer_there(verdict.dropped_refusals)],
        "steps_left": _shown(verdict.steps_left),
        "raised": [*_shown(verdict.raised), *no_longer_there(verdict.dropped_raised)],
        "exchanges": verdict.exchanges,
        "dropped": verdict.dropped,
    }
