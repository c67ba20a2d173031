"""engine/limits.py: plans, the sliding window, slots, and what counts."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import arrival, ask, header

from mock_electron import Electron, Plan, Settings, fail, faults
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.limits import PLANS, Limits, plan_of
from mock_electron.engine.script import Step
from mock_electron.wire import errors
from mock_electron.wire.errors import Refusal

START: Final = 1_740_000_000.0
ACCOUNT: Final = b"account"
RATE: Final = "Rate limit exceeded. Please retry after a short backoff."
CONCURRENCY: Final = "Concurrency limit reached"


def lane_with(plan: str | Plan, **settings: Any) -> Lane:
    return Lane(Settings(plan=plan, **settings))


def said(answer: Answer) -> tuple[int, str | None, str | None]:
    """Status, message of the error if there is one, and `Retry-After`."""
    error = json.loads(answer.frames[0]).get("error", {})
    return answer.status, error.get("message"), header(answer, "retry-after")


def statuses(lane: Lane, count: int, **fields: Any) -> list[int]:
    """Those of so many requests, one after the other."""
    return [ask(lane, **fields).status for _ in range(count)]


def hold(lane: Lane, count: int, **fields: Any) -> list[Answer]:
    """So many requests that stay in flight."""
    return [lane.open(arrival(**fields)) for _ in range(count)]


def end(lane: Lane, *answers: Answer) -> None:
    for answer in answers:
        lane.close(answer, len(answer.frames))


# --- plans


def test_the_plans_have_the_documented_figures() -> None:
    """10 and 3, 200 and 20 (D); unlimited by default."""
    figures = {name: (plan.requests_per_minute, plan.in_flight) for name, plan in PLANS.items()}
    assert figures == {"unlimited": (None, None), "standard": (10, 3), "enterprise": (200, 20)}
    assert Settings().plan == "unlimited"


@pytest.mark.parametrize(
    ("plan", "per_minute", "at_once"),
    [("standard", 10, 3), ("enterprise", 200, 20), (Plan(7, 2), 7, 2)],
    ids=["standard", "enterprise", "own figures"],
)
def test_a_plan_admits_just_so_many(plan: str | Plan, per_minute: int, at_once: int) -> None:
    """At the same time, and within a minute; by a key of any name."""
    lane = lane_with(plan)
    answers = hold(lane, at_once + 1)
    assert [answer.status for answer in answers] == [200] * at_once + [429]
    assert said(answers[-1]) == (429, CONCURRENCY, None)
    end(lane, *answers)
    assert statuses(lane, per_minute - at_once + 1) == [200] * (per_minute - at_once) + [429]
    assert said(ask(lane)) == (429, RATE, "60")


def test_unlimited_is_unlimited() -> None:
    """A thousand at once."""
    lane = Lane()
    assert {answer.status for answer in hold(lane, 1000)} == {200}
    assert lane.peak_in_flight == 1000


@pytest.mark.parametrize(
    ("plan", "refused"),
    [
        (Plan(requests_per_minute=2), [(429, RATE, "60")]),
        (Plan(in_flight=2), [(429, CONCURRENCY, None)]),
        (Plan(requests_per_minute=2, in_flight=2), [(429, RATE, "60")]),
        (Plan(), []),
    ],
    ids=["window", "slots", "both: the window comes first", "neither"],
)
def test_the_order_of_the_checks(plan: Plan, refused: list[Any]) -> None:
    """Requests per minute, then concurrency (A); only the window knows when there is room."""
    answers = hold(lane_with(plan), 3)
    assert [said(answer) for answer in answers if answer.status != 200] == refused


@pytest.mark.parametrize("figure", [0, -1, 1.5, 2.0, True, "3", float("inf")])
@pytest.mark.parametrize("name", ["requests_per_minute", "in_flight"])
def test_figures_are_whole_numbers(name: str, figure: Any) -> None:
    """Anything else is an error where it is written; None is no limit."""
    with pytest.raises(
        ValueError, match=rf"^{name} is a whole number from 1, or None, not {figure!r}"
    ):
        Plan(**{name: figure})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("standart", "not 'standart'. Did you mean 'standard'?"),
        ("Enterprise", "not 'Enterprise'. Did you mean 'enterprise'?"),
        ("free", "plan is 'unlimited' or 'standard' or 'enterprise', or a Plan, not 'free'."),
        (None, "or a Plan, not None."),
        ((10, 3), "or a Plan, not (10, 3)."),
    ],
)
def test_a_plan_that_does_not_exist(given: Any, words: str) -> None:
    """One clear message, with the nearest right name; and the lane keeps its plan."""
    lane = lane_with("standard")
    for attempt in (plan_of, lambda plan: lane.change(plan=plan), lambda plan: Settings(plan=plan)):
        with pytest.raises(ValueError, match="plan is") as refused:
            attempt(given)
        assert words in str(refused.value)
    assert statuses(lane, 11)[-1] == 429


def test_a_plan_is_set_by_name_or_by_figures() -> None:
    """On the fixture too; both together are a mistake."""
    lane = Lane()
    electron = Electron(lane, "")
    electron.plan("standard")
    assert plan_of(lane.settings.plan) == Plan(10, 3)
    electron.plan(requests_per_minute=5, in_flight=1)
    assert lane.settings.plan == Plan(5, 1)
    electron.plan(Plan(in_flight=4))
    assert lane.settings.plan == Plan(None, 4)
    with pytest.raises(TypeError, match="a name, or figures, not both"):
        electron.plan("standard", in_flight=1)
    with pytest.raises(ValueError, match="Did you mean 'standard'"):
        electron.plan("standart")
    assert lane.settings.plan == Plan(None, 4)
    electron.plan()
    assert lane.settings.plan == Plan()


# --- the window


def test_the_window_slides() -> None:
    """Each request leaves it 60 seconds after it came, neither at the full minute nor all at once."""
    lane = lane_with(Plan(requests_per_minute=3))
    seen = []
    for wait in (0, 50, 5, 4, 1, 0, 49.5, 0.5, 0):
        lane.clock.advance(wait)
        status, _, retry_after = said(ask(lane))
        seen.append((lane.clock.now() - START, status, retry_after))
    assert seen == [
        (0, 200, None),
        (50, 200, None),
        (55, 200, None),
        (59, 429, "1"),
        (60, 200, None),  # the first one has left
        (60, 429, "50"),
        (109.5, 429, "1"),  # half a second is told as a whole one
        (110, 200, None),
        (110, 429, "5"),
    ]


ARRIVALS: Final = st.lists(st.floats(0, 70) | st.integers(0, 240).map(lambda n: n / 4), max_size=30)
"""Seconds between requests: any fraction, and those that meet on a boundary."""


@given(waits=ARRIVALS, limit=st.integers(1, 6))
def test_retry_after_is_true(waits: list[float], limit: int) -> None:
    """After so many whole seconds there is room, and a second earlier there is none."""
    limits, plan, now = Limits(), Plan(requests_per_minute=limit), START
    for number, wait in enumerate(waits):
        now += wait
        seconds = refused(limits, number, plan, now)
        if seconds is None:
            continue
        assert 1 <= seconds <= 60
        for too_early in range(seconds):
            assert refused(limits, number, plan, now + too_early) == seconds - too_early
        now += seconds
        assert refused(limits, number, plan, now) is None


def refused(limits: Limits, number: int, plan: Plan, now: float) -> int | None:
    """`Retry-After` of a request that comes now; None where it is admitted, and gone at once."""
    try:
        limits.admit(number, ACCOUNT, plan, now)
    except Refusal as refusal:
        return refusal.error.retry_after
    limits.release(number)
    return None


@given(waits=ARRIVALS, limits=st.lists(st.none() | st.integers(1, 6), min_size=1, max_size=4))
def test_no_minute_has_more_than_the_plan(waits: list[float], limits: list[int | None]) -> None:
    """Any 60 seconds, under changing plans too: what was admitted counts, what was refused does not."""
    window, now = Limits(), START
    admitted: list[float] = []
    for number, wait in enumerate(waits):
        now += wait
        limit = limits[number % len(limits)]
        recent = sum(1 for at in admitted if at + 60 > now)
        room = limit is None or recent < limit
        assert (refused(window, number, Plan(limit), now) is None) is room
        admitted += [now] * room


def test_hammering_does_not_prolong_the_wait() -> None:
    """A rejected call does not count towards the requests per minute (A)."""
    lane = lane_with(Plan(requests_per_minute=2, in_flight=1))
    held = hold(lane, 1)
    assert {said(answer)[1] for answer in hold(lane, 50)} == {CONCURRENCY}
    end(lane, *held)
    assert ask(lane).status == 200  # the second: those fifty were none
    assert {said(ask(lane)) for _ in range(50)} == {(429, RATE, "60")}
    lane.clock.advance(60)
    assert statuses(lane, 3) == [200, 200, 429]


# --- slots


@pytest.mark.parametrize("sent", ["all", "some", "nothing"])
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_slot_is_held_until_the_end(stream: bool, sent: str) -> None:
    """Until the last byte, or until the client is gone; however long it takes."""
    lane = lane_with(Plan(in_flight=1))
    [held] = hold(lane, 1, stream=stream)
    lane.clock.advance(3600)
    assert said(ask(lane)) == (429, CONCURRENCY, None)
    lane.close(held, {"all": len(held.frames), "some": len(held.frames) // 2, "nothing": 0}[sent])
    assert ask(lane).status == 200


def test_the_end_of_a_refused_request_frees_no_slot() -> None:
    """It had none."""
    lane = lane_with(Plan(in_flight=1))
    held = hold(lane, 1)
    for _ in range(3):
        assert ask(lane).status == 429
        assert ask(lane, key="sk_mock_revoked").status == 401
    end(lane, *held)
    assert [answer.status for answer in hold(lane, 2)] == [200, 429]


def test_a_slot_is_released_when_a_function_of_the_users_raises() -> None:
    """With the end of the 500 that it gets; the request counts, and is known."""
    lane = lane_with(Plan(requests_per_minute=4, in_flight=1))

    def broken(_: object) -> str:
        raise LookupError("a planted fault")

    lane.respond_with(broken)
    assert [ask(lane).status for _ in range(3)] == [500] * 3
    exchange = lane.exchanges()[-1]
    assert exchange.request is not None
    assert (exchange.answered_by, exchange.raised) == ("function", "LookupError: a planted fault")
    lane.respond_with(lambda _: "well")
    assert [said(ask(lane))[:2] for _ in range(2)] == [(200, None), (429, RATE)]


def test_the_peak_is_that_of_one_key() -> None:
    """The highest number at the same time; what is refused was not in flight."""
    lane = lane_with(Plan(in_flight=4))
    assert lane.peak_in_flight == 0
    first = hold(lane, 3, key="sk_a")
    hold(lane, 2, key="sk_b")
    assert lane.peak_in_flight == 3
    end(lane, *first)
    hold(lane, 9, key="sk_b")
    assert lane.peak_in_flight == 4
    assert Electron(lane, "").peak_in_flight == 4


# --- accounts


def test_keys_are_accounts() -> None:
    """Each has its own window and its own slots (A)."""
    lane = lane_with(Plan(requests_per_minute=2, in_flight=1))
    for key in ("sk_a", "sk_b", "sk_c"):
        held = hold(lane, 1, key=key)
        assert said(ask(lane, key=key))[1] == CONCURRENCY
        end(lane, *held)
        assert statuses(lane, 2, key=key) == [200, 429]


@pytest.mark.parametrize(("key", "at_once"), [("sk_mock_standard", 3), ("sk_mock_enterprise", 20)])
@pytest.mark.parametrize("plan", ["unlimited", Plan(1, 1)], ids=["unlimited", "one"])
def test_some_keys_carry_their_plan(key: str, at_once: int, plan: str | Plan) -> None:
    """Whatever the lane's plan is."""
    lane = Lane()
    lane.change(plan=plan)
    answers = hold(lane, at_once + 1, key=key)
    assert [answer.status for answer in answers] == [200] * at_once + [429]


# --- a plan that changes


def test_a_smaller_plan_counts_what_came_before() -> None:
    """Requests of the last minute, and those in flight; nothing that runs is broken off."""
    lane = Lane()
    held = hold(lane, 5)
    lane.change(plan=Plan(in_flight=3))
    for answer in held[:3]:
        assert said(ask(lane))[1] == CONCURRENCY
        end(lane, answer)
    assert ask(lane).status == 200
    lane.change(plan=Plan(requests_per_minute=6))
    assert said(ask(lane)) == (429, RATE, "60")


def test_under_a_smaller_plan_several_requests_have_to_leave_the_window() -> None:
    """`Retry-After` waits for the last of them."""
    lane = Lane()
    for _ in range(5):
        ask(lane)
        lane.clock.advance(10)
    lane.change(plan=Plan(requests_per_minute=2))
    assert said(ask(lane)) == (429, RATE, "40")  # at 0, 10, 20 and 30: the fourth leaves at 90
    lane.clock.advance(39)
    assert ask(lane).status == 429
    lane.clock.advance(1)
    assert statuses(lane, 2) == [200, 429]


def test_a_larger_plan_lets_in_at_once() -> None:
    """And back again, all in the same minute."""
    lane = lane_with("standard")
    assert statuses(lane, 11)[-1] == 429
    lane.change(plan="enterprise")
    assert statuses(lane, 190) == [200] * 190
    assert statuses(lane, 1) == [429]
    lane.change(plan="unlimited")
    assert statuses(lane, 100) == [200] * 100
    lane.change(plan="standard")
    assert statuses(lane, 1) == [429]
    lane.clock.advance(60)
    assert statuses(lane, 11) == [200] * 10 + [429]


# --- what has passed the limits


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (arrival(), 200),
        (arrival(temperature=-1), 400),
        (arrival(tools=[]), 400),
        (arrival(max_tokens=32_768), 400),
        (Arrival("POST", "/", "Bearer sk_mock", "application/json", b"{"), 400),
        (Arrival("POST", "/", "Bearer sk_mock"), 400),
        (arrival(faults="fail=503"), 503),
        (arrival(faults="reset"), 0),
        (arrival(faults="no-usage"), 400),
    ],
    ids=["reply", "schema", "upstream", "context", "no JSON", "no body", "503", "reset", "no stream"],
)  # fmt: skip
def test_what_comes_after_the_limits_counts(asked: Arrival, status: int) -> None:
    """Order of checks: authentication, limits, validation, upstream (A)."""
    lane = lane_with(Plan(requests_per_minute=2, in_flight=1))
    held = lane.open(asked)
    assert held.status == status
    assert said(ask(lane))[1] == CONCURRENCY
    end(lane, held)
    assert lane.open(asked).status == status
    assert lane.open(asked).status == 429


@pytest.mark.parametrize(
    ("asked", "found", "status"),
    [
        (arrival(key=""), None, 401),
        (arrival(key="sk_mock_revoked"), None, 401),
        (arrival(key="sk_unknown"), None, 401),
        (arrival(key="sk_mock_forbidden"), None, 403),
        (arrival(key="", temperature=-1), None, 401),
        (arrival(faults="what=5"), None, 400),
        (arrival(), errors.NOT_FOUND, 404),
        (arrival(), errors.TOO_LARGE, 413),
    ],
    ids=["no key", "revoked", "unknown", "plan", "no key, bad body", "header", "path", "size"],
)
def test_what_comes_before_the_limits_does_not_count(
    asked: Arrival, found: errors.ApiError | None, status: int
) -> None:
    """And it is told before them, where they would refuse as well."""
    lane = lane_with(Plan(1, 1), api_keys=("sk_mock", "sk_mock_revoked", "sk_mock_forbidden"))
    assert {lane.open(asked, found).status for _ in range(5)} == {status}
    held = hold(lane, 1)
    assert held[0].status == 200
    assert lane.open(asked, found).status == status


def test_a_limit_is_told_before_a_bad_body() -> None:
    """429 where it would have been 400, and in the place of a fault that the request asks for."""
    lane = lane_with(Plan(requests_per_minute=1))
    ask(lane)
    assert said(ask(lane, temperature=-1)) == (429, RATE, "60")
    assert said(ask(lane, faults="fail=503")) == (429, RATE, "60")


@pytest.mark.parametrize(
    "prepare",
    [
        lambda lane: lane.add(Step(fail(503))),
        lambda lane: lane.inject(Injection(fail(503), times=1)),
        lambda lane: lane.inject(Injection(faults.NoDone(), times=1)),
    ],
    ids=["script", "failure", "fault in a stream"],
)
def test_a_request_that_a_limit_refuses_uses_nothing_up(prepare: Callable[[Lane], None]) -> None:
    """The scripted step and the injected fault wait for the next one that is admitted."""
    lane = lane_with(Plan(in_flight=1))
    held = hold(lane, 1, stream=True)
    prepare(lane)
    assert ask(lane, stream=True).status == 429
    end(lane, *held)
    answer = ask(lane, stream=True)
    assert answer.status == 503 or answer.frames[-1] != b"data: [DONE]\n\n"


# --- bounded memory


def test_the_remembered_accounts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one unused for longest is forgotten first, but never while it holds a slot."""
    monkeypatch.setattr("mock_electron.engine.limits.REMEMBERED_ACCOUNTS", 3)
    lane = lane_with(Plan(requests_per_minute=5, in_flight=1))
    held = hold(lane, 1, key="sk_held")
    for number in range(100):
        ask(lane, key=f"sk_{number}")
    assert len(lane._limits._accounts) <= 4
    assert ask(lane, key="sk_held").status == 429
    end(lane, *held)
    assert ask(lane, key="sk_held").status == 200
    for key, used in {"sk_99": 1, "sk_0": 0}.items():
        assert statuses(lane, 5 - used + 1, key=key) == [200] * (5 - used) + [429]


def test_the_remembered_times_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what is remembered for a later plan, or by what the plan needs."""
    monkeypatch.setattr("mock_electron.engine.limits.REMEMBERED_REQUESTS", 10)
    lane = Lane()
    ask_often = statuses(lane, 50)
    assert set(ask_often) == {200}
    assert len(times(lane)) == 10
    lane.change(plan=Plan(requests_per_minute=25))
    assert statuses(lane, 20) == [200] * 15 + [429] * 5  # ten of the fifty are still known
    assert len(times(lane)) == 25


def times(lane: Lane) -> Sequence[float]:
    """What the lane knows of its only account."""
    [account] = lane._limits._accounts.values()
    admitted: deque[float] = account.admitted
    return admitted


def test_what_has_ended_is_forgotten() -> None:
    """Ten thousand requests leave no slot behind."""
    limits = Limits()
    for number in range(10_000):
        limits.admit(number, b"%d" % (number % 7), Plan(), START + number)
        limits.release(number)
    assert limits._slots == {}
    assert limits.peak == 1
    limits.release(5)  # a second time: it changes nothing
    limits.admit(0, b"0", Plan(in_flight=1), START)
    with pytest.raises(Refusal, match=CONCURRENCY):
        limits.admit(1, b"0", Plan(in_flight=1), START)
