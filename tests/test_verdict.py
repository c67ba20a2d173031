"""The verdict on a lane: whether its script and its requests match."""

from typing import Any

import pytest
from lanes import arrival, ask

from mock_electron import call
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.testing.electron import Electron
from mock_electron.testing.strict import Verdict, verdict_of


def test_a_lane_without_requests_and_steps_is_ok() -> None:
    """Nothing was promised, and nothing is missing."""
    verdict = verdict_of(Lane())
    assert verdict == Verdict((), (), (), 0)
    assert verdict.ok


def test_a_step_that_is_left_is_in_the_verdict() -> None:
    """A lane need not be strict for its verdict to name the steps that are left."""
    lane = Lane()
    electron = Electron(lane, "")
    electron.reply("Hi!", times=2)
    ask(lane, "Hello")
    verdict = verdict_of(lane)
    assert not verdict.ok
    assert len(verdict.steps_left) == 1
    assert "answered 1 time, expected 2 times" in verdict.steps_left[0]
    ask(lane, "Hello")
    assert verdict_of(lane) == Verdict((), (), (), 2)


def test_a_refusal_is_in_the_verdict() -> None:
    """The refusals of a strict lane are listed, each with the reason."""
    lane = Lane(Settings(strict=True))
    ask(lane, "Hello")
    verdict = verdict_of(lane)
    assert not verdict.ok
    assert verdict.not_scripted[0].startswith("#0: No step of the script answers this request")


def test_what_a_user_function_raised_is_in_the_verdict() -> None:
    """A function that raised is never lost."""

    def fails(_request: object) -> str:
        raise KeyError("city")

    lane = Lane()
    Electron(lane, "").respond_with(fails)
    ask(lane, "Hello")
    assert "KeyError" in verdict_of(lane).raised[0]


def lane_that_drops(**settings: Any) -> tuple[Lane, Electron]:
    """Return a strict lane whose journal keeps one exchange, and what a test holds of it."""
    lane = Lane(Settings(strict=True, journal_exchanges=1, **settings))
    electron = Electron(lane, "")
    electron.when(says="Hello").reply("Hi!").times(None)
    return lane, electron


def test_a_dropped_refusal_is_in_the_verdict() -> None:
    """The journal has bounds; the verdict has none. A reset begins anew."""
    lane, electron = lane_that_drops()
    for text in ("Bye", "Bye", "Hello"):
        ask(lane, text)
    verdict = verdict_of(lane)
    assert (verdict.exchanges, verdict.dropped, verdict.dropped_refusals) == (1, 2, 2)
    assert not verdict.ok
    words = "2 older requests, which the journal has dropped"
    for assertion in (electron.assert_scripted, electron.assert_strict):
        with pytest.raises(AssertionError, match=words):
            assertion()
    electron.reset("journal")
    assert verdict_of(lane).ok
    electron.assert_strict()


def test_a_dropped_exception_is_in_the_verdict() -> None:
    """What a user function raised fails a strict test, however many requests come after it."""
    lane, electron = lane_that_drops()

    def fails(_request: object) -> str:
        raise KeyError("city")

    electron.respond_with(fails)
    for text in ("Bye", "Hello"):
        ask(lane, text)
    verdict = verdict_of(lane)
    assert (verdict.ok, verdict.dropped_raised, verdict.raised) == (False, 1, ())
    with pytest.raises(AssertionError, match="1 older request, which the journal has dropped"):
        electron.assert_strict()


UNSURE: dict[str, dict[str, Any]] = {
    "assert_called": {"times": 1},
    "assert_retried": {"kind": 503, "times": 0},
    "assert_cancelled": {},
    "assert_cache_hit_rate": {"at_least": 0},
    "assert_tool_results_answered": {"except_for": "get_weather"},
}
"""Assertions about all requests that hold for the one that is kept."""


@pytest.mark.parametrize("name", UNSURE)
def test_no_assertion_holds_because_requests_were_dropped(name: str) -> None:
    """One about all requests fails with the number of those that it cannot check."""
    lane, electron = lane_that_drops()
    electron.when(says="call").reply(call("get_weather")).times(None)
    for text in ("Hello", "Hello", "call"):
        ask(lane, text, tools=[{"type": "function", "function": {"name": "get_weather"}}])
    if name == "assert_cancelled":
        answer = lane.open(arrival("Hello", stream=True))
        lane.close(answer, 1)
    dropped = electron.exchanges.dropped
    words = f"but the journal has dropped {dropped} older exchanges; see journal_exchanges and"
    with pytest.raises(AssertionError, match=words):
        getattr(electron, name)(**UNSURE[name])


def test_an_assertion_that_needs_no_dropped_request_holds() -> None:
    """At least one is enough; the limits know how many were in flight; steps count their uses."""
    lane, electron = lane_that_drops()
    for _ in range(3):
        ask(lane, "Hello")
    electron.assert_called(says="Hello")
    electron.assert_peak_in_flight(at_most=1)
    electron.assert_strict()
    with pytest.raises(AssertionError, match=r"got 1 request\n(.|\n)*2 older ones were dropped"):
        electron.assert_called(times=3)


def test_without_any_kept_request_the_message_says_why() -> None:
    """A journal that keeps none has dropped all."""
    lane = Lane(Settings(journal_exchanges=0))
    ask(lane)
    with pytest.raises(AssertionError, match="but the journal has dropped 1 older exchange; see"):
        Electron(lane, "").assert_called()
