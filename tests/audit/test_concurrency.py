"""`concurrency`: requests in flight and requests per minute, against the plan."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit_traffic import Traffic
from msgspec.structs import replace
from rows import each

from mock_electron import Plan, read_journal
from mock_electron.audit import Thresholds, audit
from mock_electron.traffic.exchanges import exchanges_of

Talk = Callable[[Traffic], object]


def burst(number: int, *, at: float = 0.0, takes: float = 1.0, **fields: Any) -> Talk:
    """Return a client that sends requests at the same time."""

    def talk(traffic: Traffic) -> None:
        flights = [traffic.start(f"Question {n}", at=at, **fields) for n in range(number)]
        for flight in flights:
            flight.end(at + takes)

    return talk


def one_by_one(number: int, every: float, takes: float = 0.5, **fields: Any) -> Talk:
    def talk(traffic: Traffic) -> None:
        for n in range(number):
            traffic.ask(f"Question {n}", at=n * every, takes=takes, **fields)

    return talk


def refused_and_sent_again(pause: float) -> Talk:
    """Return a client whose fourth request is refused, and sent again after a pause."""

    def talk(traffic: Traffic) -> None:
        held = [traffic.start(f"Question {n}", at=0) for n in range(3)]
        traffic.ask("the fourth", at=0)
        if pause < 1:
            traffic.ask("the fourth", at=pause)
        for flight in held:
            flight.end(1.0)
        traffic.ask("the fourth", at=2.0)

    return talk


def two_accounts(traffic: Traffic) -> None:
    keys = ["sk_a", "sk_b"]
    flights = [traffic.start("Q", key=key, seed=n, at=0) for n in range(3) for key in keys]
    for flight in flights:
        flight.end(1.0)


FOUND: dict[str, tuple[Talk, dict[str, Any], str, str, str]] = {
    "standard": (burst(4), {"plan": "standard"}, "in-flight", "high", "1 request refused"),
    "streams": (burst(5, stream=True), {"plan": "standard"}, "in-flight", "high", "2 requests"),
    "enterprise": (burst(22), {"plan": "enterprise"}, "in-flight", "high", "20 of the account"),
    "a plan of one's own": (burst(3), {"plan": Plan(None, 2)}, "in-flight", "high", "(peak 2"),
    "sent again": (
        refused_and_sent_again(1.0),
        {"plan": "standard"},
        "in-flight",
        "medium",
        "1 request refused",
    ),
    "sent again at once": (
        refused_and_sent_again(0.05),
        {"plan": "standard"},
        "in-flight",
        "medium",
        "1 of them were sent again without a pause",
    ),
    "a frozen clock": (
        lambda t: burst(4)(t),
        {"plan": "standard", "clock": "frozen"},
        "in-flight",
        "high",
        "no peak: the clock is frozen",
    ),
    "too many a minute": (one_by_one(11, 1.0), {"plan": "standard"}, "per-minute", "high", "10 a"),
    "a minute of a frozen clock": (
        one_by_one(11, 1.0),
        {"plan": "standard", "clock": "frozen"},
        "per-minute",
        "low",
        "a minute may be longer",
    ),
    "the plan of a key": (
        burst(5, key="sk_mock_standard"),
        {},
        "in-flight",
        "high",
        "2 requests refused with 429: 3 of the account",
    ),
    "the plan of a key in a larger one": (
        burst(5, key="sk_mock_standard"),
        {"plan": "enterprise"},
        "in-flight",
        "high",
        "3 of the account",
    ),
    "the plan of a key with a suffix": (
        burst(5, key="sk_mock_standard-7"),
        {"plan": "enterprise"},
        "in-flight",
        "high",
        "as many of an account as its plan allows",
    ),
    "the plan of a key, a minute": (
        one_by_one(11, 1.0, key="sk_mock_standard"),
        {},
        "per-minute",
        "high",
        "allows 10 a minute",
    ),
    "no plan": (burst(21), {}, "beyond-plans", "low", "21 requests of one account"),
}


@each(FOUND)
def test_too_many_requests_are_found(
    row: tuple[Talk, dict[str, Any], str, str, str],
) -> None:
    """The reason has the peak and the plan, in memory and in a file."""
    talk, settings, kind, severity, words = row
    traffic = Traffic(**settings)
    talk(traffic)
    [finding] = traffic.verdict("concurrency").findings
    assert (finding.kind, finding.severity) == (kind, severity)
    assert words in finding.reason
    assert "asyncio" in finding.repair.snippet
    assert audit(traffic.without_times()).verdicts["concurrency"].findings == (finding,)


NOT_FOUND: dict[str, tuple[Talk, dict[str, Any], str]] = {
    "nothing": (lambda t: None, {}, "not applicable"),
    "one request": (lambda t: t.ask(takes=1), {"plan": "standard"}, "not applicable"),
    "as many as allowed": (burst(3), {"plan": "standard"}, "pass"),
    "one after the other": (one_by_one(9, 7.0), {"plan": "standard"}, "pass"),
    "touching": (one_by_one(9, 0.5), {"plan": Plan(None, 1)}, "pass"),
    "no plan, a small peak": (one_by_one(9, 1.0), {}, "pass"),
    "as many as the plan of a key allows": (
        burst(20, key="sk_mock_enterprise"),
        {"plan": "standard"},
        "pass",
    ),
    "no plan": (burst(8), {}, "not observable"),
    "two accounts": (two_accounts, {"plan": "standard"}, "pass"),
    "a scripted 429": (
        one_by_one(8, 1.0, faults="fail=concurrency"),
        {"plan": "standard"},
        "not observable",
    ),
    "no time": (one_by_one(9, 7.0, takes=0), {"plan": "standard"}, "not observable"),
    "no time, few requests": (one_by_one(3, 1.0, takes=0), {"plan": "standard"}, "pass"),
    "a frozen clock": (
        one_by_one(9, 1.0),
        {"plan": "standard", "clock": "frozen"},
        "not observable",
    ),
    "not valid": (burst(2, n=2), {"plan": "standard"}, "pass"),
}


@each(NOT_FOUND)
def test_nothing_is_found(row: tuple[Talk, dict[str, Any], str]) -> None:
    """What cannot be seen is no pass."""
    talk, settings, outcome = row
    traffic = Traffic(**settings)
    talk(traffic)
    verdict = traffic.verdict("concurrency")
    assert (verdict.outcome, verdict.findings) == (outcome, ())
    assert audit(traffic.without_times()).verdicts["concurrency"].outcome == outcome


def test_very_many_requests_in_flight_are_counted_at_once() -> None:
    """A journal with a leak of streams takes no minutes."""
    traffic = Traffic()
    traffic.ask(at=0, takes=1)
    (one,) = traffic.exchanges
    every = [replace(one, number=number, connection=number) for number in range(20_000)]
    exchanges = exchanges_of(every, 0, "", traffic.lane.settings)
    (found,) = audit(exchanges).verdicts["concurrency"].findings
    assert len(found.exchanges) == 20_000


def test_what_the_standard_plan_would_not_allow_is_said() -> None:
    """Without a plan, the peak is not judged, and the rule says why."""
    traffic = Traffic()
    burst(8)(traffic)
    [unseen] = traffic.verdict("concurrency").unseen
    assert unseen == ("whether the plan allows 8 in flight: none is set, and standard allows 3")


def test_the_time_of_replies_is_a_setting() -> None:
    """With shorter replies, a test may still want the peak to be judged."""
    traffic = Traffic(plan="standard")
    one_by_one(9, 7.0, takes=0.01)(traffic)
    figures = Thresholds(concurrency_reply_time=0.001)
    assert traffic.verdict("concurrency").outcome == "not observable"
    assert traffic.verdict("concurrency", thresholds=figures).outcome == "pass"


def test_a_file_has_the_same_findings(tmp_path: Path) -> None:
    """Also of a frozen clock, and with the plan of the lane."""
    for name, (talk, settings, *_) in FOUND.items():
        traffic = Traffic(**settings)
        talk(traffic)
        traffic.exchanges.save(tmp_path / "journal.jsonl")
        read = audit(read_journal(tmp_path / "journal.jsonl")["default"])
        assert read.verdicts["concurrency"] == traffic.verdict("concurrency"), name
