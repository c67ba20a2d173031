"""Tests of engine/limits.py: plans, the sliding window, slots, and which requests count."""

import json
from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import arrival, ask, header
from rows import each_of

from mock_electron import Electron, Plan, Settings, fail, faults
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.limits import Limits
from mock_electron.engine.plan import PLANS, PlanName, plan_of
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.script.step import Step
from mock_electron.wire import errors

START: Final = 1_740_000_000.0
ACCOUNT: Final = b"account"
RATE: Final = "Rate limit exceeded. Please retry after a short backoff."
CONCURRENCY: Final = "Concurrency limit reached"


def lane_with(plan: PlanName | Plan, **settings: Any) -> Lane:
    return Lane(Settings(plan=plan, **settings))


def result(answer: AnyAnswer) -> tuple[int, str | None, str | None]:
    """Return the status, the message of the error, if any, and `Retry-After`."""
    error = json.loads(answer.frames[0]).get("error", {})
    return answer.status, error.get("message"), header(answer, "retry-after")


def statuses(lane: Lane, count: int, **fields: Any) -> list[int]:
    """Return the statuses of `count` sequential requests."""
    return [ask(lane, **fields).status for _ in range(count)]


def hold(lane: Lane, count: int, **fields: Any) -> list[AnyAnswer]:
    """Open `count` requests that stay in flight."""
    return [lane.open(arrival(**fields)) for _ in range(count)]


def end(lane: Lane, *answers: AnyAnswer) -> None:
    for answer in answers:
        lane.close(answer, len(answer.frames))


# --- plans


def test_the_plans_have_the_documented_limits() -> None:
    """standard is 10 and 3, enterprise 200 and 20 (D); the default is unlimited."""
    limits = {name: (plan.requests_per_minute, plan.in_flight) for name, plan in PLANS.items()}
    assert limits == {"unlimited": (None, None), "standard": (10, 3), "enterprise": (200, 20)}
    assert Settings().plan == "unlimited"


@pytest.mark.parametrize(
    ("plan", "per_minute", "at_once"),
    [("standard", 10, 3), ("enterprise", 200, 20), (Plan(7, 2), 7, 2)],
    ids=["standard", "enterprise", "custom"],
)
def test_a_plan_admits_exactly_its_limits(
    plan: PlanName | Plan, per_minute: int, at_once: int
) -> None:
    """The next request in flight or within a minute is refused."""
    lane = lane_with(plan)
    answers = hold(lane, at_once + 1)
    assert [answer.status for answer in answers] == [200] * at_once + [429]
    assert result(answers[-1]) == (429, CONCURRENCY, None)
    end(lane, *answers)
    assert statuses(lane, per_minute - at_once + 1) == [200] * (per_minute - at_once) + [429]
    assert result(ask(lane)) == (429, RATE, "60")


def test_unlimited_has_no_limit() -> None:
    """A thousand requests are in flight at the same time."""
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
    ids=["window", "slots", "both: the window is first", "neither"],
)
def test_the_order_of_the_checks(plan: Plan, refused: list[Any]) -> None:
    """The window is checked before the slots (A), and only it sends `Retry-After`."""
    answers = hold(lane_with(plan), 3)
    assert [result(answer) for answer in answers if answer.status != 200] == refused


@pytest.mark.parametrize("limit", [0, -1, 1.5, 2.0, True, "3", float("inf")])
@pytest.mark.parametrize("name", ["requests_per_minute", "in_flight"])
def test_limits_must_be_integers(name: str, limit: Any) -> None:
    """Any other value is an error when the plan is made; None means no limit."""
    with pytest.raises(
        ValueError, match=rf"^{name} must be an integer of at least 1, or None, got {limit!r}"
    ):
        Plan(**{name: limit})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "standart",
            "unknown plan 'standart'; expected one of 'unlimited', 'standard', 'enterprise', or a Plan, or two integers of at least 1, such as 10:3, for requests per minute and requests in flight. Did you mean 'standard'?",
        ),
        (
            "Enterprise",
            "or a Plan, or two integers of at least 1, such as 10:3, for requests per minute and requests in flight. Did you mean 'enterprise'?",
        ),
        (
            "free",
            "unknown plan 'free'; expected one of 'unlimited', 'standard', 'enterprise', or a Plan, or two integers of at least 1, such as 10:3, for requests per minute and requests in flight",
        ),
        (None, "unknown plan None; expected"),
        ((10, 3), "unknown plan (10, 3); expected"),
    ],
)
def test_an_unknown_plan_is_an_error(given: Any, message: str) -> None:
    """The message names the plans and the nearest one, and the lane keeps its plan."""
    lane = lane_with("standard")
    for attempt in (plan_of, lambda plan: lane.change(plan=plan), lambda plan: Settings(plan=plan)):
        with pytest.raises(ValueError, match="unknown plan") as caught:
            attempt(given)
        assert message in str(caught.value)
    assert statuses(lane, 11)[-1] == 429


def test_a_plan_is_set_by_name_or_by_limits() -> None:
    """`electron.plan` takes a name, a Plan or limits, and not both a name and limits."""
    lane = Lane()
    electron = Electron(lane, "")
    electron.plan("standard")
    assert plan_of(lane.settings.plan) == Plan(10, 3)
    electron.plan(requests_per_minute=5, in_flight=1)
    assert lane.settings.plan == Plan(5, 1)
    electron.plan(Plan(in_flight=4))
    assert lane.settings.plan == Plan(None, 4)
    with pytest.raises(TypeError, match="a name or numbers, not both"):
        electron.plan("standard", in_flight=1)
    with pytest.raises(ValueError, match="Did you mean 'standard'"):
        electron.plan("standart")  # type: ignore[arg-type]  # wrong on purpose
    assert lane.settings.plan == Plan(None, 4)
    electron.plan()
    assert lane.settings.plan == Plan()


# --- the window


def test_the_window_slides() -> None:
    """Each request leaves the window 60 seconds after it arrived."""
    lane = lane_with(Plan(requests_per_minute=3))
    seen = []
    for wait in (0, 50, 5, 4, 1, 0, 49.5, 0.5, 0):
        lane.clock.advance(wait)
        status, _, retry_after = result(ask(lane))
        seen.append((lane.clock.now() - START, status, retry_after))
    assert seen == [
        (0, 200, None),
        (50, 200, None),
        (55, 200, None),
        (59, 429, "1"),
        (60, 200, None),  # the first one has left
        (60, 429, "50"),
        (109.5, 429, "1"),  # half a second is rounded up
        (110, 200, None),
        (110, 429, "5"),
    ]


ARRIVALS: Final = st.lists(st.floats(0, 70) | st.integers(0, 240).map(lambda n: n / 4), max_size=30)
"""Seconds between requests: any fractions, and multiples of 0.25 that meet on a boundary."""


@given(waits=ARRIVALS, limit=st.integers(1, 6))
def test_retry_after_is_exact(waits: list[float], limit: int) -> None:
    """A request is admitted after `Retry-After` seconds, and not a second earlier."""
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
    """Return `Retry-After` of a request, or None if it is admitted. Release its slot."""
    error = limits.admit(number, ACCOUNT, plan, now)
    if error is not None:
        return error.retry_after
    limits.release(number)
    return None


@given(waits=ARRIVALS, limits=st.lists(st.none() | st.integers(1, 6), min_size=1, max_size=4))
def test_no_minute_exceeds_the_plan(waits: list[float], limits: list[int | None]) -> None:
    """In any 60 seconds, also with changing plans, admitted requests count and refused ones do not."""
    window, now = Limits(), START
    admitted: list[float] = []
    for number, wait in enumerate(waits):
        now += wait
        limit = limits[number % len(limits)]
        recent = sum(1 for at in admitted if at + 60 > now)
        room = limit is None or recent < limit
        assert (refused(window, number, Plan(limit), now) is None) is room
        admitted += [now] * room


def test_refused_requests_do_not_prolong_the_wait() -> None:
    """A refused request does not count towards the requests per minute (A)."""
    lane = lane_with(Plan(requests_per_minute=2, in_flight=1))
    held = hold(lane, 1)
    assert {result(answer)[1] for answer in hold(lane, 50)} == {CONCURRENCY}
    end(lane, *held)
    assert ask(lane).status == 200  # the second request: the fifty refused ones do not count
    assert {result(ask(lane)) for _ in range(50)} == {(429, RATE, "60")}
    lane.clock.advance(60)
    assert statuses(lane, 3) == [200, 200, 429]


# --- slots


@pytest.mark.parametrize("sent", ["all", "some", "nothing"])
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_slot_is_held_until_the_answer_ends(stream: bool, sent: str) -> None:
    """A slot is held until the last byte is sent or the client disconnects, however long it takes."""
    lane = lane_with(Plan(in_flight=1))
    [held] = hold(lane, 1, stream=stream)
    lane.clock.advance(3600)
    assert result(ask(lane)) == (429, CONCURRENCY, None)
    lane.close(held, {"all": len(held.frames), "some": len(held.frames) // 2, "nothing": 0}[sent])
    assert ask(lane).status == 200


def test_closing_a_refused_request_frees_no_slot() -> None:
    """A refused request has no slot."""
    lane = lane_with(Plan(in_flight=1))
    held = hold(lane, 1)
    for _ in range(3):
        assert ask(lane).status == 429
        assert ask(lane, key="sk_mock_revoked").status == 401
    end(lane, *held)
    assert [answer.status for answer in hold(lane, 2)] == [200, 429]


def test_a_slot_is_released_after_a_user_function_raises() -> None:
    """The request is answered with 500, counts, and is in the journal."""
    lane = lane_with(Plan(requests_per_minute=4, in_flight=1))

    def broken(_: object) -> str:
        raise LookupError("a planted error")

    lane.respond_with(broken)
    assert [ask(lane).status for _ in range(3)] == [500] * 3
    exchange = lane.exchanges()[-1]
    assert exchange.request is not None
    assert (exchange.answered_by, exchange.raised) == ("function", "LookupError: a planted error")
    lane.respond_with(lambda _: "well")
    assert [result(ask(lane))[:2] for _ in range(2)] == [(200, None), (429, RATE)]


def test_the_peak_is_per_key() -> None:
    """The peak is the highest number in flight of one key; refused requests do not count."""
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


def test_each_key_is_an_account() -> None:
    """Each key has its own window and its own slots (A)."""
    lane = lane_with(Plan(requests_per_minute=2, in_flight=1))
    for key in ("sk_a", "sk_b", "sk_c"):
        held = hold(lane, 1, key=key)
        assert result(ask(lane, key=key))[1] == CONCURRENCY
        end(lane, *held)
        assert statuses(lane, 2, key=key) == [200, 429]


@pytest.mark.parametrize(("key", "at_once"), [("sk_mock_standard", 3), ("sk_mock_enterprise", 20)])
@pytest.mark.parametrize("plan", ["unlimited", Plan(1, 1)], ids=["unlimited", "one"])
def test_some_keys_select_a_plan(key: str, at_once: int, plan: PlanName | Plan) -> None:
    """The plan of the key applies, whatever the plan of the lane."""
    lane = Lane()
    lane.change(plan=plan)
    answers = hold(lane, at_once + 1, key=key)
    assert [answer.status for answer in answers] == [200] * at_once + [429]


# --- a plan that changes


def test_a_smaller_plan_counts_earlier_requests() -> None:
    """Recent requests and those in flight count, and no answer is interrupted."""
    lane = Lane()
    held = hold(lane, 5)
    lane.change(plan=Plan(in_flight=3))
    for answer in held[:3]:
        assert result(ask(lane))[1] == CONCURRENCY
        end(lane, answer)
    assert ask(lane).status == 200
    lane.change(plan=Plan(requests_per_minute=6))
    assert result(ask(lane)) == (429, RATE, "60")


def test_retry_after_under_a_smaller_plan() -> None:
    """`Retry-After` is the time until enough requests have left the window."""
    lane = Lane()
    for _ in range(5):
        ask(lane)
        lane.clock.advance(10)
    lane.change(plan=Plan(requests_per_minute=2))
    assert result(ask(lane)) == (429, RATE, "40")  # at 0, 10, 20 and 30: the fourth leaves at 90
    lane.clock.advance(39)
    assert ask(lane).status == 429
    lane.clock.advance(1)
    assert statuses(lane, 2) == [200, 429]


def test_a_larger_plan_applies_at_once() -> None:
    """A plan can be enlarged and reduced within the same minute."""
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


# --- which requests count


@each_of([
        (arrival(), 200),
        (arrival(temperature=-1), 400),
        (arrival(tools=[]), 400),
        (arrival(max_tokens=32_768), 400),
        (Arrival("POST", "/", "Bearer sk_mock", "application/json", b"{"), 400),
        (Arrival("POST", "/", "Bearer sk_mock"), 400),
        (arrival(faults="fail=503"), 503),
        (arrival(faults="reset"), 0),
        (arrival(faults="no-usage"), 400),
    ])  # fmt: skip
def test_requests_that_fail_after_the_limits_count(arrived: Arrival, status: int) -> None:
    """The order of checks is authentication, limits, validation, upstream (A)."""
    lane = lane_with(Plan(requests_per_minute=2, in_flight=1))
    held = lane.open(arrived)
    assert held.status == status
    assert result(ask(lane))[1] == CONCURRENCY
    end(lane, held)
    assert lane.open(arrived).status == status
    assert lane.open(arrived).status == 429


@each_of(
    [
        (arrival(key=""), None, 401),
        (arrival(key="sk_mock_revoked"), None, 401),
        (arrival(key="sk_unknown"), None, 401),
        (arrival(key="sk_mock_forbidden"), None, 403),
        (arrival(key="", temperature=-1), None, 401),
        (arrival(faults="what=5"), None, 400),
        (arrival(), errors.NOT_FOUND, 404),
        (arrival(), errors.TOO_LARGE, 413),
    ]
)
def test_requests_that_fail_before_the_limits_do_not_count(
    arrived: Arrival, early_error: errors.ApiError | None, status: int
) -> None:
    """They get the same error when a limit is reached."""
    lane = lane_with(Plan(1, 1), api_keys=("sk_mock",))
    assert {lane.open(arrived, early_error).status for _ in range(5)} == {status}
    held = hold(lane, 1)
    assert held[0].status == 200
    assert lane.open(arrived, early_error).status == status


def test_limits_are_checked_before_the_body() -> None:
    """Over a limit, the status is 429 instead of 400 or a requested fault."""
    lane = lane_with(Plan(requests_per_minute=1))
    ask(lane)
    assert result(ask(lane, temperature=-1)) == (429, RATE, "60")
    assert result(ask(lane, faults="fail=503")) == (429, RATE, "60")


@pytest.mark.parametrize(
    "prepare",
    [
        lambda lane: lane.add(Step(fail(503))),
        lambda lane: lane.inject(Injection(fail(503), times=1)),
        lambda lane: lane.inject(Injection(faults.NoDone(), times=1)),
    ],
    ids=["script", "failure", "fault in a stream"],
)
def test_a_request_over_a_limit_uses_no_step_and_no_fault(prepare: Callable[[Lane], None]) -> None:
    """The scripted step and the injected fault apply to the next admitted request."""
    lane = lane_with(Plan(in_flight=1))
    held = hold(lane, 1, stream=True)
    prepare(lane)
    assert ask(lane, stream=True).status == 429
    end(lane, *held)
    answer = ask(lane, stream=True)
    assert answer.status == 503 or answer.frames[-1] != b"data: [DONE]\n\n"


# --- bounded memory


def test_remembered_accounts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least recently used account is forgotten first, but never while it holds a slot."""
    monkeypatch.setattr("mock_electron.engine.limits.REMEMBERED_ACCOUNTS", 3)
    lane = lane_with(Plan(requests_per_minute=5, in_flight=1))
    held = hold(lane, 1, key="sk_held")
    for number in range(100):
        ask(lane, key=f"sk_{number}")
    assert len(lane._ledger.limits._accounts) <= 4
    assert ask(lane, key="sk_held").status == 429
    end(lane, *held)
    assert ask(lane, key="sk_held").status == 200
    for key, used in {"sk_99": 1, "sk_0": 0}.items():
        assert statuses(lane, 5 - used + 1, key=key) == [200] * (5 - used) + [429]


def test_remembered_times_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of times is bounded by a constant, or by what the plan needs."""
    monkeypatch.setattr("mock_electron.engine.limits.REMEMBERED_REQUESTS", 10)
    monkeypatch.setattr("mock_electron.engine.limits.SURPLUS", 3)
    lane = Lane()
    ask_often = statuses(lane, 50)
    assert set(ask_often) == {200}
    [account] = lane._ledger.limits._accounts.values()
    assert 10 <= len(account.admitted) <= 10 + 3
    assert len(times(lane)) == 10
    lane.change(plan=Plan(requests_per_minute=25))
    assert statuses(lane, 20) == [200] * 15 + [429] * 5  # ten of the fifty are remembered
    assert len(times(lane)) == 25


def times(lane: Lane) -> Sequence[float]:
    """Return the remembered times of the only account."""
    [account] = lane._ledger.limits._accounts.values()
    account.forget_surplus()
    admitted: array[float] = account.admitted
    return admitted


def test_ended_requests_leave_no_slot() -> None:
    """After ten thousand requests, no slot is held."""
    limits = Limits()
    for number in range(10_000):
        limits.admit(number, b"%d" % (number % 7), Plan(), START + number)
        limits.release(number)
    assert limits._slots == {}
    assert limits.peak == 1
    limits.release(5)  # a second release changes nothing
    limits.admit(0, b"0", Plan(in_flight=1), START)
    refused = limits.admit(1, b"0", Plan(in_flight=1), START)
    assert refused is not None
    assert refused.message == CONCURRENCY


def test_a_clock_that_is_put_back_does_not_prolong_the_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wait is never longer than a minute, and the window slides as before."""
    lane, now = Lane(Settings(plan=Plan(2, None), clock="real")), [1_800_000_000.0]
    monkeypatch.setattr(lane.clock, "_time", lambda: now[0])
    times = {0.0: 200, 10.0: 200, -3600.0: 429, -3541.0: 429, -3540.0: 200}
    for seconds, status in times.items():
        now[0] = 1_800_000_000.0 + seconds
        answer = ask(lane)
        assert answer.status == status, seconds
        waits = [int(value) for name, value in answer.headers if name == b"retry-after"]
        assert waits == {-3600.0: [60], -3541.0: [1]}.get(seconds, [])
