"""engine/clock.py and engine/pace.py: time that can be asserted, because nobody has to wait."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import ask, stream

from mock_electron import Pace, Settings
from mock_electron.engine.clock import Clock, http_date
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import PACES
from mock_electron.engine.script import Step
from mock_electron.model.draft import Draft

START = 1_740_000_000


# --- clock


def test_a_frozen_clock_stands_until_it_is_advanced() -> None:
    """By just that."""
    clock = Clock("frozen")
    assert clock.now() == clock.now() == START
    clock.advance(60)
    clock.advance(0.5)
    assert clock.now() == START + 60.5


def test_a_real_clock_goes_by_itself_and_can_be_put_forward() -> None:
    """An hour without waiting."""
    clock = Clock("real")
    before = clock.now()
    clock.advance(3600)
    assert 3600 <= clock.now() - before < 3700


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "60", None, True])
def test_time_does_not_go_back(seconds: Any) -> None:
    """Nor anywhere but forward by a number."""
    with pytest.raises(ValueError, match="a clock is advanced by seconds from 0, not by"):
        Clock("frozen").advance(seconds)


def test_created_follows_the_lanes_clock() -> None:
    """In whole seconds."""
    lane = Lane()
    lane.clock.advance(99.9)
    assert json.loads(ask(lane).frames[0])["created"] == START + 99


def test_a_date_is_written_as_http_has_it() -> None:
    """IMF-fixdate, in GMT."""
    assert http_date(START) == "Wed, 19 Feb 2025 21:20:00 GMT"


# --- pace


@given(st.integers(0, 40_000))
def test_the_time_to_the_first_token_is_overhead_and_fresh_tokens(fresh: int) -> None:
    """1,000 fresh tokens take `first`; none take the overhead."""
    pace = Pace(first=0.174)
    expected = 0.020 + (0.174 - 0.020) * fresh / 1000
    assert pace.to_first_token(fresh) == pytest.approx(expected)


def test_an_overhead_above_first_is_first() -> None:
    """A pace of 5 ms has no 20 ms in it; one that is all overhead does not depend on the prompt."""
    assert Pace(first=0.005).to_first_token(1) == pytest.approx(0.005)
    assert Pace(first=2, overhead=2).to_first_token(30_000) == 2


def paced(pace: str | Pace, clock: str = "real") -> Lane:
    lane = Lane(Settings(clock=clock, pace=pace))
    lane.add(Step(Draft("one two three")))
    return lane


def test_the_pauses_of_a_stream() -> None:
    """The role and the first token come together; what closes the stream comes with the last."""
    answer = stream(paced(Pace(first=0.2, each=0.01, overhead=0.2)))
    assert list(answer.pauses) == pytest.approx([0.2, 0, 0.01, 0.01, 0, 0, 0])
    assert len(answer.frames) == len(answer.pauses)


def test_a_reply_in_one_piece_comes_with_its_last_token() -> None:
    """So both ways take as long."""
    answer = ask(paced(Pace(first=0.2, each=0.01, overhead=0.2)))
    assert answer.pauses == pytest.approx((0.22,))


@pytest.mark.parametrize("reply", ["", "word"])
def test_a_paced_stream_of_next_to_nothing(reply: str) -> None:
    """As many pauses as frames, whatever the reply's size."""
    lane = Lane(Settings(clock="real", pace=Pace(first=0.2, each=0.01, overhead=0.2)))
    lane.add(Step(Draft(reply)))
    answer = stream(lane)
    assert len(answer.pauses) == len(answer.frames)
    assert sum(answer.pauses) == pytest.approx(0.2)


def test_nobody_waits_on_a_frozen_clock_but_its_time_goes_by() -> None:
    """So timings are asserted in no time."""
    lane = paced(Pace(first=0.2, each=0.01, overhead=0.2), clock="frozen")
    answer = stream(lane)
    assert answer.pauses == ()
    [exchange] = lane.journal.read()
    assert (exchange.time_to_first_chunk, exchange.duration) == (0.2, 0.22)
    assert exchange.arrived_at == START
    assert exchange.ended_at == pytest.approx(START + 0.22)
    assert lane.clock.now() == pytest.approx(START + 0.22)


def test_cached_tokens_make_the_first_token_come_sooner() -> None:
    """What need not be read again takes no time (D)."""
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


def test_jitter_varies_every_pause_and_is_the_same_in_every_run() -> None:
    """Within its share; another occurrence has another one."""
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


def test_the_profiles() -> None:
    """`electron` has the measured times, `instant` none."""
    assert PACES["electron"] == Pace(first=0.174, each=0.005, jitter=0.2)
    assert stream(paced("instant")).pauses == ()
    assert stream(paced("electron")).pauses != ()


def test_a_reply_may_have_a_pace_of_its_own() -> None:
    """The lane's comes back after it."""
    lane = Lane(Settings(clock="real"))
    lane.add(Step(Draft("slow"), pace=Pace(first=1, overhead=1)))
    assert [bool(ask(lane).pauses) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("given_times", "words"),
    [
        ({"first": -1}, "first is a time from 0 to 3600 seconds, not -1"),
        ({"each": float("nan")}, "each is a time from 0 to 3600 seconds, not nan"),
        ({"first": 3601}, "first is a time from 0 to 3600 seconds, not 3601"),
        ({"overhead": "x"}, "overhead is a time from 0 to 3600 seconds, not 'x'"),
        ({"jitter": 1.5}, "jitter is a share from 0 to 1, not 1.5"),
        ({"first": True}, "first is a time from 0 to 3600 seconds, not True"),
    ],
)
def test_a_pace_that_makes_no_sense(given_times: dict[str, Any], words: str) -> None:
    """It names what is wrong."""
    with pytest.raises(ValueError, match="is a") as refused:
        Pace(**given_times)
    assert str(refused.value) == words


# --- drift


def test_drift_changes_its_share_of_seeded_replies_and_no_others() -> None:
    """As the vendor warns: the same seed usually gives the same output (D)."""

    def said(lane: Lane, **fields: Any) -> list[str]:
        answers = (ask(lane, "Name a color", **fields) for _ in range(200))
        return [json.loads(one.frames[0])["choices"][0]["message"]["content"] for one in answers]

    lane = Lane(Settings(drift=0.25))
    seeded = said(lane, seed=7)
    usual = said(Lane(), seed=7)[0]
    assert 30 <= len([words for words in seeded if words != usual]) <= 70
    assert said(Lane(Settings(drift=0.25)), seed=7) == seeded
    assert len(set(said(lane))) == 1


def test_temperature_0_does_not_drift() -> None:
    """The same input gives the same output there (D)."""

    def said(drift: float) -> Any:
        return ask(Lane(Settings(drift=drift)), "Name a color", seed=7, temperature=0).frames

    assert said(1) == said(0)


def test_without_drift_a_seed_is_kept() -> None:
    """And with a drift of 1 it never is."""
    answers = {
        drift: json.loads(ask(Lane(Settings(drift=drift)), "Name a color", seed=7).frames[0])
        for drift in (0.0, 1.0)
    }
    kept, drifted = (answers[drift]["choices"][0]["message"]["content"] for drift in (0.0, 1.0))
    assert kept != drifted
