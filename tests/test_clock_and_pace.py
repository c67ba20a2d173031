"""Tests of engine/clock.py and engine/pace.py: timings that are asserted without waiting."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import ask, stream

from mock_electron import Pace, Settings
from mock_electron.engine.clock import LaneClock, http_date
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import PACES, PaceName
from mock_electron.engine.script.step import Step
from mock_electron.engine.setting_table import ClockKind
from mock_electron.model.draft import Draft

START = 1_740_000_000


# --- clock


def test_a_frozen_clock_changes_only_when_it_is_advanced() -> None:
    """It advances by exactly the given seconds."""
    clock = LaneClock("frozen")
    assert clock.now() == clock.now() == START
    clock.advance(60)
    clock.advance(0.5)
    assert clock.now() == START + 60.5


def test_a_real_clock_runs_and_can_be_advanced() -> None:
    """It advances by an hour without waiting."""
    clock = LaneClock("real")
    before = clock.now()
    clock.advance(3600)
    assert 3600 <= clock.now() - before < 3700


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "60", None, True])
def test_a_clock_only_advances(seconds: Any) -> None:
    """A negative number, or anything but a finite number, is an error."""
    with pytest.raises(
        ValueError, match="seconds must be a number of seconds from 0 to 1000000000, got "
    ):
        LaneClock("frozen").advance(seconds)


def test_created_comes_from_the_clock_of_the_lane() -> None:
    """`created` is in whole seconds."""
    lane = Lane()
    lane.clock.advance(99.9)
    assert json.loads(ask(lane).frames[0])["created"] == START + 99


def test_http_dates_have_the_imf_format() -> None:
    """The format is IMF-fixdate, in GMT."""
    assert http_date(START) == "Wed, 19 Feb 2025 21:20:00 GMT"


# --- pace


@given(st.integers(0, 40_000))
def test_the_first_token_takes_the_overhead_and_the_fresh_tokens(fresh: int) -> None:
    """1,000 fresh tokens take `first` seconds, and no fresh tokens take the overhead."""
    pace = Pace(first=0.174)
    expected = 0.020 + (0.174 - 0.020) * fresh / 1000
    assert pace.to_first_token(fresh) == pytest.approx(expected)


def test_the_overhead_is_at_most_first() -> None:
    """With an overhead of at least `first`, the time does not depend on the prompt."""
    assert Pace(first=0.005).to_first_token(1) == pytest.approx(0.005)
    assert Pace(first=2, overhead=2).to_first_token(30_000) == 2


def paced(pace: PaceName | Pace, clock: ClockKind = "real") -> Lane:
    lane = Lane(Settings(clock=clock, pace=pace))
    lane.add(Step(Draft("one two three")))
    return lane


def test_the_pauses_of_a_stream() -> None:
    """The role is sent with the first token, and the closing frames with the last."""
    answer = stream(paced(Pace(first=0.2, each=0.01, overhead=0.2)))
    assert list(answer.pauses) == pytest.approx([0.2, 0, 0.01, 0.01, 0, 0, 0])
    assert len(answer.frames) == len(answer.pauses)


def test_a_reply_in_one_piece_takes_as_long_as_a_stream() -> None:
    """It is sent when its last token is ready."""
    answer = ask(paced(Pace(first=0.2, each=0.01, overhead=0.2)))
    assert answer.pauses == pytest.approx((0.22,))


@pytest.mark.parametrize("reply", ["", "word"])
def test_a_paced_stream_of_at_most_one_token(reply: str) -> None:
    """An empty reply and a reply of one token have as many pauses as frames."""
    lane = Lane(Settings(clock="real", pace=Pace(first=0.2, each=0.01, overhead=0.2)))
    lane.add(Step(Draft(reply)))
    answer = stream(lane)
    assert len(answer.pauses) == len(answer.frames)
    assert sum(answer.pauses) == pytest.approx(0.2)


def test_a_frozen_clock_advances_without_waiting() -> None:
    """A pace on a frozen clock takes no real time, and the exchange has its timings."""
    lane = paced(Pace(first=0.2, each=0.01, overhead=0.2), clock="frozen")
    answer = stream(lane)
    assert answer.pauses == ()
    [exchange] = lane.journal.read()
    assert (exchange.time_to_first_chunk, exchange.duration) == (0.2, 0.22)
    assert exchange.arrived_at == START
    assert exchange.ended_at == pytest.approx(START + 0.22)
    assert lane.clock.now() == pytest.approx(START + 0.22)


def test_cached_tokens_shorten_the_time_to_the_first_token() -> None:
    """Cached tokens take no time (D)."""
    lane = Lane(Settings(pace="electron"))
    lane.change(pace=Pace(first=0.174, each=0.005))
    for _ in range(2):
        stream(lane, "word " * 1000)
    cold, warm = lane.journal.read()
    assert cold.usage is not None
    assert warm.usage is not None
    fresh = warm.usage.prompt_tokens - warm.usage.cached_tokens
    assert fresh <= 16
    assert warm.time_to_first_chunk == pytest.approx(0.02 + 0.154 * fresh / 1000, abs=1e-6)
    assert cold.time_to_first_chunk == pytest.approx(
        0.02 + 0.154 * cold.usage.prompt_tokens / 1000, abs=1e-6
    )


def test_jitter_varies_every_pause_and_is_deterministic() -> None:
    """Pauses vary within the jitter, differ by occurrence and seed, and are the same in every run."""
    pace = Pace(first=1, each=1, jitter=0.2, overhead=1)

    def pauses(lane: Lane) -> list[float]:
        return [pause for pause in stream(lane, max_tokens=20).pauses if pause]

    lane = Lane(Settings(clock="real", pace=pace))
    first, second = pauses(lane), pauses(lane)
    assert all(0.8 <= pause <= 1.2 for pause in first + second)
    assert len(set(first)) > len(first) / 2
    assert first != second
    assert first == pauses(Lane(Settings(clock="real", pace=pace)))
    assert first != pauses(Lane(Settings(clock="real", pace=pace, seed=1)))


def test_the_named_paces() -> None:
    """`electron` has the documented times, and `instant` has no pauses."""
    assert PACES["electron"] == Pace(first=0.174, each=0.005, jitter=0.2)
    assert stream(paced("instant")).pauses == ()
    assert stream(paced("electron")).pauses != ()


def test_a_reply_may_have_its_own_pace() -> None:
    """The next reply has the pace of the lane again."""
    lane = Lane(Settings(clock="real"))
    lane.add(Step(Draft("slow"), pace=Pace(first=1, overhead=1)))
    assert [bool(ask(lane).pauses) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"first": -1}, "first must be a number of seconds from 0 to 3600, got -1"),
        ({"each": float("nan")}, "each must be a number of seconds from 0 to 3600, got nan"),
        ({"first": 3601}, "first must be a number of seconds from 0 to 3600, got 3601"),
        ({"overhead": "x"}, "overhead must be a number of seconds from 0 to 3600, got 'x'"),
        ({"jitter": 1.5}, "jitter must be a number from 0 to 1, got 1.5"),
        ({"first": True}, "first must be a number of seconds from 0 to 3600, got True"),
    ],
)
def test_a_wrong_pace_is_an_error(arguments: dict[str, Any], message: str) -> None:
    """The message names the argument, what it must be, and the value."""
    with pytest.raises(ValueError, match="must be") as caught:
        Pace(**arguments)
    assert str(caught.value) == message


# --- drift


def test_drift_changes_a_fraction_of_seeded_replies_only() -> None:
    """The same seed usually gives the same output, not always (D)."""

    def said(lane: Lane, **fields: Any) -> list[str]:
        answers = (ask(lane, "Name a color", **fields) for _ in range(200))
        return [json.loads(one.frames[0])["choices"][0]["message"]["content"] for one in answers]

    lane = Lane(Settings(drift=0.25))
    seeded = said(lane, seed=7)
    usual = said(Lane(), seed=7)[0]
    assert 30 <= len([text for text in seeded if text != usual]) <= 70
    assert said(Lane(Settings(drift=0.25)), seed=7) == seeded
    assert len(set(said(lane))) == 1


def test_temperature_0_does_not_drift() -> None:
    """At temperature 0 the same input gives the same output (D)."""

    def said(drift: float) -> Any:
        return ask(Lane(Settings(drift=drift)), "Name a color", seed=7, temperature=0).frames

    assert said(1) == said(0)


def test_a_drift_of_0_or_1() -> None:
    """A drift of 1 changes the reply to a seeded request, and a drift of 0 does not."""
    answers = {
        drift: json.loads(ask(Lane(Settings(drift=drift)), "Name a color", seed=7).frames[0])
        for drift in (0.0, 1.0)
    }
    kept, drifted = (answers[drift]["choices"][0]["message"]["content"] for drift in (0.0, 1.0))
    assert kept != drifted
