"""`retry`: what a client does after a failure: whether it asks again, when, and how often."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from audit_traffic import Traffic, tool, user
from rows import each

from mock_electron import read_journal
from mock_electron.audit import Thresholds, Verdict, audit

Talk = Callable[[Traffic], object]


def attempts(*pauses: float, last: str = "", faults: str = "fail=503", **fields: Any) -> Talk:
    """Return a client that asks again after each failure and these pauses."""

    def talk(traffic: Traffic) -> None:
        at = traffic.clock.seconds
        for pause in pauses:
            traffic.ask(faults=faults, at=at, **fields)
            at += pause
        traffic.ask(faults=last, at=at, **fields)

    return talk


def both(*talks: Talk) -> Talk:
    return lambda traffic: [talk(traffic) for talk in talks]


def gives_up(later: Talk, faults: str = "fail=503") -> Talk:
    return lambda traffic: (traffic.ask("A", faults=faults), later(traffic))


def gives_up_and_goes_on(traffic: Traffic) -> None:
    traffic.ask("A", faults="fail=502", at=0)
    traffic.ask([user("A"), user("B")], at=0.1)


def apologises(traffic: Traffic) -> None:
    sorry = {"role": "assistant", "content": "Sorry, that went wrong."}
    traffic.ask("A", faults="fail=503", at=0)
    traffic.ask([user("A"), sorry, user("B")], at=0.2)


def in_another_account(traffic: Traffic) -> None:
    attempts(0.5)(traffic)
    attempts(0.0, faults="fail=concurrency", key="sk_other")(traffic)


FOUND: dict[str, tuple[Talk, list[str]]] = {
    "400": (attempts(1.0, faults="fail=400"), ["refused"]),
    "401, often": (attempts(0.5, 1.0, 2.0, faults="fail=401"), ["refused"]),
    "403, often and at once": (attempts(*[0.0] * 8, faults="fail=403"), ["refused"]),
    "404": (attempts(1.0, faults="fail=404"), ["refused"]),
    "413": (attempts(1.0, faults="fail=413"), ["refused"]),
    "not valid": (lambda t: (t.ask(n=2, at=0), t.ask(n=2, at=1)), ["refused"]),
    "a stream, not valid": (
        lambda t: (t.ask(n=2, stream=True, at=0), t.ask(n=2, stream=True, at=1)),
        ["refused"],
    ),
    "429 at once": (attempts(0.0, faults="fail=concurrency"), ["no-back-off"]),
    "429 after 50 ms": (attempts(0.05, 0.05, faults="fail=concurrency"), ["no-back-off"]),
    "Retry-After": (attempts(0.5, faults="fail=429; retry-after=7"), ["retry-after"]),
    "Retry-After of a 503": (attempts(1.0, faults="fail=503; retry-after=2"), ["retry-after"]),
    "Retry-After, at once": (attempts(0.0, faults="fail=429; retry-after=2"), ["retry-after"]),
    "a date": (attempts(2.0, faults="fail=503; retry-date=9"), ["retry-after"]),
    "503 at once": (attempts(0.0), ["first-pause"]),
    "503 after 100 ms": (attempts(0.1, 0.2, 0.4), ["first-pause"]),
    "429 after 100 ms": (
        attempts(0.1, 0.2, 0.4, faults="fail=concurrency"),
        ["first-pause"],
    ),
    "a reset": (attempts(0.0, faults="reset"), ["first-pause"]),
    "a stream": (attempts(0.01, stream=True), ["first-pause"]),
    "three equal pauses": (attempts(1.0, 1.0, 1.0), ["no-growth"]),
    "two equal pauses": (attempts(0.5, 0.5), ["no-growth"]),
    "nearly equal pauses": (attempts(1.0, 1.1, 0.95, 1.02), ["no-growth"]),
    "six attempts": (attempts(0.5, 1, 2, 4, 8), ["attempts"]),
    "six that fail": (attempts(0.5, 1, 2, 4, 8, last="fail=503"), ["attempts"]),
    "too many at once": (attempts(*[0.0] * 9), ["attempts", "first-pause"]),
    "a part of a stream": (attempts(0.5, faults="cut=3", stream=True), ["partial-stream"]),
    "an error event": (attempts(0.5, faults="error=3:503", stream=True), ["partial-stream"]),
    "a stalled stream": (
        lambda t: (
            t.ask(stream=True, faults="stall=60:3", sent=3, at=0),
            t.ask(stream=True, at=10),
        ),
        ["partial-stream"],
    ),
    "a part, at once": (attempts(0.0, faults="cut=3", stream=True), ["partial-stream"]),
    "the turn after a 502": (gives_up_and_goes_on, ["no-retry"]),
    "an apology after a 503": (apologises, ["no-retry"]),
    "others after a 503": (
        gives_up(lambda t: [t.ask("B", at=30), t.ask("C", at=60)]),
        ["no-retry"],
    ),
    "asked to wait, and not retried": (
        gives_up(lambda t: t.ask("B", at=60), "fail=503; retry-date=30"),
        ["no-retry"],
    ),
    "one of two clients": (in_another_account, ["no-back-off"]),
    "two mistakes": (
        both(attempts(0, faults="fail=400"), attempts(0, faults="fail=concurrency", seed=1)),
        ["no-back-off", "refused"],
    ),
}


@each(FOUND)
def test_a_mistake_is_found(row: tuple[Talk, list[str]]) -> None:
    """Each is found once, in memory and in a file."""
    talk, kinds = row
    traffic = Traffic()
    talk(traffic)
    assert kinds_of(traffic.verdict("retry")) == kinds
    assert kinds_of(audit(traffic.without_times()).verdicts["retry"]) == kinds


def abandoned(traffic: Traffic) -> None:
    for at in (0, 1):
        traffic.ask(stream=True, sent=3, at=at)


def in_parallel(traffic: Traffic) -> None:
    flights = [traffic.start(faults="fail=503; delay=1", at=0) for _ in range(3)]
    for flight in flights:
        flight.end(1.0)
    for _ in flights:
        traffic.ask(at=1.5)


def jitter(traffic: Traffic) -> None:
    """A client that chooses pauses from 0 to the whole back-off."""
    for number, pauses in enumerate([(0.3, 0.9), (0.06, 0.2), (0.1, 0.7, 0.4)]):
        attempts(*pauses, seed=number)(traffic)


def in_other_words(traffic: Traffic) -> None:
    """A client that gives each attempt an id in its body."""
    traffic.ask(faults="fail=503", user="1", at=0)
    traffic.ask(user="2", at=1)
    traffic.ask("B", at=60)


def another_account(traffic: Traffic) -> None:
    traffic.ask(faults="fail=503", at=0)
    traffic.ask(key="sk_other", at=0)
    traffic.ask("B", at=60)


def count(retries: int) -> dict[str, str]:
    return {"x-stainless-retry-count": str(retries)}


def two_calls(traffic: Traffic) -> None:
    """Two calls of the OpenAI client: the second begins when the first has given up."""
    for at, retries in enumerate((0, 1, 2, 0, 1, 2)):
        pause = (0.0, 0.5, 1.5)[retries] + (at // 3) * 1.5
        traffic.ask(faults="fail=503", headers=count(retries), at=pause)


NOT_FOUND: dict[str, tuple[Talk, str]] = {
    "nothing failed": (lambda t: (t.ask(), t.ask()), "not applicable"),
    "nothing": (lambda t: None, "not applicable"),
    "the vendor's first window": (attempts(0.25, 0.5, 1.0, 2.0), "pass"),
    "the vendor's second window": (attempts(0.5, 1.0, 2.0, 4.0), "pass"),
    "up to 8 s": (both(attempts(4, 8, 8, 8), attempts(8, 8, 8, seed=1)), "pass"),
    "up to 30 s": (attempts(15, 30, 30, 30), "pass"),
    "jitter of a quarter": (attempts(0.375, 0.8, 1.6, 3.1), "pass"),
    "jitter of a half": (attempts(0.13, 0.74, 0.55, 1.8), "pass"),
    "jitter from 0": (jitter, "pass"),
    "openai": (attempts(0.41, 0.87), "pass"),
    "smallestai": (attempts(1.05, 1.9), "pass"),
    "429": (attempts(0.5, 1.0, faults="fail=concurrency"), "pass"),
    "Retry-After": (attempts(7.0, 7.0, 7.0, faults="fail=429; retry-after=7"), "pass"),
    "a long Retry-After": (attempts(120, faults="fail=429; retry-after=120"), "pass"),
    "at most a minute": (attempts(60, faults="fail=503; retry-after=121"), "pass"),
    "a date": (attempts(6.2, faults="fail=503; retry-date=7"), "pass"),
    "Retry-After: 0": (attempts(0.5, faults="fail=429; retry-after=0"), "pass"),
    "500, once": (attempts(0.5, faults="fail=500"), "pass"),
    "500, as openai": (attempts(0.5, 1.0, faults="fail=500", last="fail=500"), "pass"),
    "408": (attempts(0.5, faults="fail=408"), "pass"),
    "a reset": (attempts(0.5, 1.0, faults="reset"), "pass"),
    "before the first words": (attempts(0.5, faults="cut=1", stream=True), "pass"),
    "parts of a call": (
        attempts(0.5, faults="cut=3", stream=True, tools=[tool()], tool_choice="required"),
        "pass",
    ),
    "no answer": (attempts(0.5, faults="close"), "pass"),
    "400, once": (lambda t: (t.ask(n=2), t.ask()), "pass"),
    "401, another key": (
        lambda t: (t.ask(faults="fail=401"), t.ask(key="sk_other")),
        "pass",
    ),
    "400, minutes later": (attempts(100, faults="fail=400"), "pass"),
    "a check each minute": (attempts(*[61.0] * 9), "pass"),
    "400, hours later": (attempts(7200, faults="fail=400"), "pass"),
    "abandoned, and asked again": (abandoned, "not applicable"),
    "in parallel": (in_parallel, "pass"),
    "other words": (in_other_words, "pass"),
    "another account": (another_account, "pass"),
    "two calls": (two_calls, "pass"),
    "the last one": (lambda t: t.ask(faults="fail=503"), "not observable"),
    "the retry may come": (gives_up(lambda t: t.ask("B", at=1.0)), "not observable"),
    "another client went on": (
        gives_up(lambda t: t.ask("B", key="sk_other", at=60)),
        "not observable",
    ),
    "500 is not retried": (gives_up(lambda t: t.ask("B", at=60), "fail=500"), "pass"),
    "asked to wait for long": (
        gives_up(lambda t: t.ask("B", at=60), "fail=503; retry-after=600"),
        "pass",
    ),
    "asked to wait for long, with a date": (
        gives_up(lambda t: t.ask("B", at=60), "fail=503; retry-date=600"),
        "pass",
    ),
    "asked to wait, with a date": (
        gives_up(lambda t: t.ask("B", at=20), "fail=503; retry-date=30"),
        "not observable",
    ),
    "five attempts, then given up": (
        both(attempts(0.5, 1, 2, 4, last="fail=503"), lambda t: t.ask("B", at=60)),
        "pass",
    ),
}


@each(NOT_FOUND)
def test_nothing_is_found(row: tuple[Talk, str]) -> None:
    """Neither in memory nor in a file."""
    talk, outcome = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("retry")
    assert (kinds_of(verdict), verdict.outcome) == ([], outcome)
    assert audit(traffic.without_times()).verdicts["retry"].outcome == outcome


def test_the_table_has_attempts_and_pauses() -> None:
    """The finding lists each attempt with its pause, what was asked, and what it got."""
    traffic = Traffic()
    attempts(0.5, 0.25, faults="fail=429; retry-after=2")(traffic)
    [finding] = traffic.verdict("retry").findings
    assert finding.details == (
        "#0 attempt 1: 429",
        "#1 attempt 2 after 0.500 s, asked to wait 2 s: 429",
        "#2 attempt 3 after 0.250 s, asked to wait 2 s: 200",
    )
    assert finding.exchanges == (0, 1, 2)
    assert "pauses 0.250 to 0.500 s" in finding.reason


def test_a_long_table_is_cut() -> None:
    """It has 20 attempts, and says how many more there are."""
    traffic = Traffic()
    attempts(*[0.0] * 40, faults="fail=429")(traffic)
    [finding, _] = traffic.verdict("retry").findings
    assert finding.details[-1] == "and 21 more"
    assert len(finding.details) == 21


def test_on_a_frozen_clock_pauses_are_what_was_advanced() -> None:
    """In memory, a pause that neither the test nor the monotonic clock has shown is none."""
    for seconds, kinds in ((0.5, []), (0.0, ["first-pause"])):
        traffic = Traffic(clock="frozen")
        traffic.ask(faults="fail=503")
        traffic.lane.clock.advance(seconds)
        traffic.ask()
        assert kinds_of(traffic.verdict("retry")) == kinds


def test_a_file_of_a_frozen_clock_hides_short_pauses(tmp_path: Path) -> None:
    """They are not judged, and the rule says so. Longer ones are those that were advanced."""
    for pauses, outcome in (((0.5,), "pass"), ((0.0,), "not observable"), ((1.0, 1.0), "fail")):
        traffic = Traffic(clock="frozen")
        for pause in pauses:
            traffic.ask(faults="fail=503")
            traffic.lane.clock.advance(pause)
        traffic.ask()
        verdict = of_file(traffic, tmp_path)
        assert verdict.outcome == outcome
        assert ("pauses: the clock is frozen" in " ".join(verdict.unseen)) is (pauses == (0.0,))


def test_a_file_has_the_same_findings(tmp_path: Path) -> None:
    """All mistakes of a real clock are found again, with the same tables."""
    for name, (talk, _) in FOUND.items():
        traffic = Traffic()
        talk(traffic)
        assert of_file(traffic, tmp_path) == traffic.verdict("retry"), name


def test_unrelated_requests_change_only_numbers() -> None:
    """Other accounts' requests in between are not part of it."""
    alone, mixed = Traffic(), Traffic()
    for traffic in (alone, mixed):
        for at in (0.0, 0.1, 0.2):
            if traffic is mixed:
                traffic.ask(at=at, key="sk_other", seed=int(at * 10))
            traffic.ask(faults="fail=429", at=at)
    [one], [other] = alone.verdict("retry").findings, mixed.verdict("retry").findings
    assert (one.kind, one.reason) == (other.kind, other.reason)


FIGURES: list[tuple[dict[str, Any], Talk, list[str]]] = [
    ({"retry_attempts": 6}, attempts(0.5, 1, 2, 4, 8), []),
    ({"retry_attempts": 2}, attempts(0.5, 1), ["attempts"]),
    ({"retry_first_pause": 2.0}, attempts(0.5), ["first-pause"]),
    ({"retry_jitter": 0.0}, attempts(0.2), ["first-pause"]),
    ({"retry_longest_pause": 1.0}, attempts(1.0, 1.0), []),
    ({"retry_after_most": 1.0}, attempts(1.0, faults="fail=503; retry-after=9"), []),
    ({"retry_within": 0.5}, attempts(1.0, faults="fail=401"), []),
    ({"retry_awaited": 0.5}, gives_up(lambda t: t.ask("B", at=1.0)), ["no-retry"]),
]


@pytest.mark.parametrize(("figures", "talk", "kinds"), FIGURES)
def test_figures_are_settings(figures: dict[str, Any], talk: Talk, kinds: Sequence[str]) -> None:
    """Each threshold decides."""
    traffic = Traffic()
    talk(traffic)
    assert kinds_of(traffic.verdict("retry", thresholds=Thresholds(**figures))) == kinds


def of_file(traffic: Traffic, folder: Path) -> Verdict:
    """Return what the rule says of the journal in a file."""
    traffic.exchanges.save(folder / "journal.jsonl")
    return audit(read_journal(folder / "journal.jsonl")["default"]).verdicts["retry"]


def kinds_of(verdict: Verdict) -> list[str]:
    return sorted(finding.kind for finding in verdict.findings)
