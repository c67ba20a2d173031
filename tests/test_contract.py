"""The contract: its clauses hold for the fake with any settings, and cost what they state."""

import base64
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from contract_clauses import CHOSEN
from direct_session import DirectSession
from rows import each, each_of

from mock_electron import Electron, MockElectron, Pace, call
from mock_electron.contract import (
    CLAUSES,
    Clock,
    Confidence,
    Contract,
    Cost,
    Need,
    Outcome,
    Report,
    Source,
    Target,
    UnreachableError,
    check,
    cost,
    discovered,
    select,
)
from mock_electron.contract.fidelity import page
from mock_electron.contract.probe import Probe
from mock_electron.contract.section import Section
from mock_electron.contract.session import Session
from mock_electron.contract.table import lines
from mock_electron.testing.target import own_target

ROOT = Path(__file__).parent.parent
PROBES = {clause.probe.name: clause.probe for clause in CLAUSES}
SECTIONS = {clause.section[0] for clause in CLAUSES}


def complete(electron: Electron) -> Target:
    """Return a fake as a target, with all needs that it meets."""
    return discovered(own_target(electron))


def chosen(target: Target) -> Report:
    """Check one clause of each kind."""
    with DirectSession(target) as session:
        return Report(target.address, tuple(map(Contract(session).check, CHOSEN)))


def outcomes(report: Report) -> dict[str, str]:
    """Return what failed or was skipped, with the reason."""
    return {
        result.clause.id: f"{result.outcome}: {result.got or result.reason}"
        for result in report.results
        if result.outcome is not Outcome.PASS
    }


# --- the clauses as data


def test_the_contract_covers_every_section() -> None:
    """All seven sections have clauses, and there are at least 120 of them."""
    assert sorted(SECTIONS) == list("1234567")
    assert len(CLAUSES) >= 120


def test_ids_are_dotted_and_unique() -> None:
    """Ids of clauses are dotted; no two clauses and no two probes share a name."""
    ids = [clause.id for clause in CLAUSES]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)+", name)] == []
    owners: dict[str, Probe] = {}
    assert all(owners.setdefault(c.probe.name, c.probe) is c.probe for c in CLAUSES)


@each({clause.id: clause for clause in CLAUSES})
def test_a_clause_is_one_sentence_with_its_source(clause: Any) -> None:
    """A sentence ends with a full stop, and a documented clause names a page."""
    assert clause.sentence.rstrip("”").endswith((".", ".”"))
    if clause.confidence is Confidence.DOCUMENTED:
        assert not clause.source.startswith("none")


def test_the_page_on_fidelity_is_current() -> None:
    """`docs/fidelity.md` is the output of `python -m mock_electron.contract.fidelity`."""
    assert (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8") == page()


def test_a_section_gives_its_clauses_their_defaults() -> None:
    """A row has the section's name, prefix and source, unless it names another source."""
    section = Section("1 Endpoint", prefix="endpoint", documented_in=Source.OVERVIEW)
    row: tuple[Any, ...] = ("key", "A key is needed.", CLAUSES[0].probe, CLAUSES[0].check)
    clauses = (
        section.documented(*row),
        section.inferred(*row),
        section.assumed(*row, source=Source.MIGRATE),
    )
    assert {(clause.id, clause.section) for clause in clauses} == {("endpoint.key", "1 Endpoint")}
    assert [(str(clause.confidence), clause.source) for clause in clauses] == [
        ("documented", Source.OVERVIEW),
        ("inferred", Source.VLLM),
        ("assumed", Source.MIGRATE),
    ]


# --- against the fake


@dataclass(frozen=True, slots=True)
class Run:
    """A run of all clauses against the fake.

    Attributes:
        report: The report.
        estimate: The estimated cost.
        tokens: The tokens of all replies.
    """

    report: Report
    estimate: Cost
    tokens: int


@pytest.fixture(scope="module")
def steady() -> Run:
    """Return a run against a fake with the default settings."""
    with MockElectron() as electron:
        target = complete(electron)
        report = check(target)
        usages = [exchange.usage for exchange in electron.exchanges if exchange.usage]
    tokens = sum(usage.prompt_tokens + usage.completion_tokens for usage in usages)
    return Run(report, cost(target, CLAUSES), tokens)


MODES: dict[str, dict[str, Any]] = {
    "steady, seed 7": {"seed": 7},
    "varied": {"sampling": "varied"},
    "varied, seed 7": {"sampling": "varied", "seed": 7},
    "drifting": {"drift": 0.3, "sampling": "varied"},
    "paced on a frozen clock": {"pace": "electron"},
    "varied and paced": {"sampling": "varied", "pace": "electron"},
    "standard plan": {"plan": "standard"},
}
NEED_TIME = {"cache.faster", "time.each_token"}
"""Clauses that need replies that take time."""


SKIPPED = dict.fromkeys(NEED_TIME, f"skip: needs {Need.DURATION.value}")


def test_every_clause_holds_for_the_fake(steady: Run) -> None:
    """Every clause passes; those about time are skipped with the reason."""
    assert [result.clause for result in steady.report.results] == list(CLAUSES)
    assert outcomes(steady.report) == SKIPPED


@pytest.mark.parametrize("mode", MODES)
def test_every_clause_holds_in_every_mode(mode: str) -> None:
    """It holds in every sampling mode and pace; clauses about time are skipped with the reason."""
    with MockElectron(**MODES[mode]) as electron:
        assert outcomes(chosen(complete(electron))) == SKIPPED


def test_every_clause_holds_for_a_fake_with_a_pace_and_a_real_clock() -> None:
    """Only clauses that need a clock that can be advanced are skipped."""
    with MockElectron(clock="real", pace=Pace(0.08, 0.005), sampling="varied") as electron:
        found = outcomes(check(complete(electron), CHOSEN))
    reason = f"skip: needs {Need.CLOCK.value}"
    assert found == dict.fromkeys(("cache.idle", "limits.requests", "limits.window"), reason)


def test_a_report_is_the_same_in_every_run(steady: Run) -> None:
    """Two runs against two fakes give the same JSON, except for measured times."""
    with MockElectron() as electron:
        again = check(complete(electron))
    texts = []
    for report in (steady.report, again):
        document = report.as_json()
        document["clauses"] = [c for c in document["clauses"] if not c["id"].startswith("time.")]
        texts.append(json.dumps(document))
    assert texts[0] == texts[1]


def test_the_estimated_cost_is_close_to_the_real_one(steady: Run) -> None:
    """The estimate is within a factor of 2 of the tokens of the mock's tokenizer."""
    assert steady.tokens / 2 < steady.estimate.tokens < steady.tokens * 2
    assert steady.estimate.seconds == 0


# --- what a target provides


def test_unmet_needs_are_the_reason_for_a_skip() -> None:
    """Clauses that need faults, other keys, a clock or time are skipped with that reason."""
    with MockElectron() as electron:
        target = Target(base_url=electron.base_url, api_key="sk_mock", takes_time=False)
        report = chosen(target)
    reasons = Counter(result.reason for result in report.results if result.reason)
    assert report.failed == ()
    assert set(reasons) == {f"needs {need.value}" for need in Need}
    assert reasons[f"needs {Need.LIMITED_KEY.value}"] >= 12


@pytest.mark.parametrize(
    ("settings", "gives"),
    [
        ({}, {"faults": True, "limited_key": "sk_mock_standard", "other_key": "sk_mock_other"}),
        (
            {"fault_header": False},
            {"faults": False, "limited_key": None, "other_key": "sk_mock_other"},
        ),
        ({"api_keys": ("sk_1",)}, {"faults": True, "limited_key": None, "other_key": None}),
    ],
)
def test_a_mock_reports_which_needs_it_meets(
    settings: dict[str, Any], gives: dict[str, Any]
) -> None:
    """It reports the fault header, and keys with a meaning, as far as its settings allow them."""
    with MockElectron(**settings) as electron:
        target = complete(electron)
    assert {name: getattr(target, name) for name in gives} == gives


def test_a_mock_that_accepts_only_one_key_passes() -> None:
    """Clauses that need other keys are skipped; all others pass."""
    with MockElectron(api_keys=("sk_only_one",)) as electron:
        report = chosen(complete(electron))
    needs_key = {
        c.id
        for c in CHOSEN
        if {Need.LIMITED_KEY, Need.FORBIDDEN_KEY, Need.OTHER_KEY} & {*c.probe.needs}
    }
    assert report.failed == ()
    assert {*outcomes(report)} == needs_key | NEED_TIME
    assert report.count(Outcome.PASS) > 120


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "localhost:8787/waves/v1"}, "base_url must be a URL such as"),
        ({"base_url": "ftp://localhost/"}, "got 'ftp://localhost/'"),
        (
            {"base_url": "http://a b/v1"},
            "base_url must be a URL without spaces, got 'http://a b/v1'",
        ),
        (
            {"base_url": "http://me:hidden@localhost/v1"},
            "base_url must not contain a user name or a password",
        ),
        (
            {"plan": "standart"},
            "unknown plan 'standart'; expected one of 'standard', 'enterprise', 'unlimited'. "
            "Did you mean 'standard'?",
        ),
    ],
)
def test_an_invalid_target_is_refused(options: dict[str, Any], message: str) -> None:
    """The error names the argument, before any request is made."""
    given = {"base_url": "http://localhost:1/v1", "api_key": "sk"} | options
    with pytest.raises(ValueError, match=re.escape(message)):
        Target(**given)


@each_of(
    [
        ("http://127.0.0.1:8787/waves/v1", True),
        ("http://127.8.9.1/waves/v1", True),
        ("http://[::1]:8787/waves/v1", True),
        ("http://localhost:8787/waves/v1", True),
        ("http://mock.localhost/waves/v1", True),
        ("https://api.smallest.ai/waves/v1", False),
        ("http://localhost.example.com/waves/v1", False),
        ("http://10.0.0.1/waves/v1", False),
        ("http://0.0.0.0:8787/waves/v1", False),
    ]
)
def test_only_loopback_hosts_are_this_machine(url: str, is_loopback: bool) -> None:
    """Requests to loopback addresses and names cost nothing."""
    assert Target(base_url=url, api_key="sk").is_loopback is is_loopback


# --- which clauses


def test_clauses_are_selected_by_pattern_and_confidence() -> None:
    """`stream.*` and `documented` select the documented clauses of streams."""
    chosen = select(["stream.*"], ["documented"])
    assert len(chosen) > 10
    assert {clause.id.partition(".")[0] for clause in chosen} == {"stream"}
    assert {clause.confidence for clause in chosen} == {Confidence.DOCUMENTED}


def test_one_string_is_not_a_list() -> None:
    """A string is refused: its characters would be taken for patterns."""
    message = "only must be a list or a tuple of strings, got 'stream.*'"
    with pytest.raises(ValueError, match=re.escape(message)):
        select("stream.*")


def test_an_unknown_confidence_is_an_error() -> None:
    """The error lists the confidences."""
    message = "unknown confidence 'certain'; expected one of 'documented', 'inferred', 'assumed'"
    with pytest.raises(ValueError, match=message):
        select(confidence=["certain"])


def test_a_pattern_that_nothing_matches_is_an_error() -> None:
    """The error suggests the nearest id."""
    with pytest.raises(ValueError, match=r"unknown clause 'chat.finish.lenght'.*length"):
        select(["chat.finish.lenght"])


# --- what it costs


CHANGING = {"a plan's limits", "a long prompt twice, timed", "the time from token to token"}
"""Probes that repeat requests, or stop if replies take no time."""


def test_a_probe_makes_as_many_requests_as_it_says(electron: Electron) -> None:
    """The stated number is exact, so that the cost is known before any request."""
    stated = {name: probe.requests for name, probe in PROBES.items() if name not in CHANGING}
    made: dict[str, int] = {}
    with DirectSession(complete(electron)) as session:
        for name in stated:
            PROBES[name].run(session, 0)
            made[name] = len(electron.exchanges.with_others)
            electron.reset("exchanges")  # so that each is read once
    assert made == stated


def test_the_contract_keeps_within_the_standard_plan() -> None:
    """No request gets 429: there are at most 10 in any minute, and one in flight."""
    with MockElectron(plan="standard") as electron:
        clock = Clock(electron.clock.now, electron.clock.advance)
        target = Target(
            base_url=electron.base_url, api_key="sk", plan="standard", clock=clock, takes_time=False
        )
        start = electron.clock.now()
        report = check(target)
        took = electron.clock.now() - start
        arrived = [exchange.arrived_at for exchange in electron.exchanges.with_others]
        counted = [e.arrived_at for e in electron.exchanges if e.status != 401]  # with this key
        assert [exchange.status for exchange in electron.exchanges if exchange.status == 429] == []
        assert electron.peak_in_flight == 1
    assert report.failed == ()
    estimate = cost(target, CLAUSES)
    assert len(arrived) == estimate.requests
    assert estimate.seconds - 60 <= took <= estimate.seconds + 400  # cache.idle takes 301 s
    assert max(sum(1 for at in counted if start <= at < start + 60) for start in counted) == 10


@pytest.mark.parametrize("status", [429, 502, 503])
def test_temporary_errors_are_retried(electron: Electron, status: int) -> None:
    """After two errors the clause passes, and the clock shows the time of `Retry-After`."""
    electron.fail(status, times=2, retry_after=3)
    start = electron.clock.now()
    report = check(own_target(electron), select(["chat.keys"]))
    assert report.count(Outcome.PASS) == 1
    assert electron.clock.now() - start == 6


def test_a_model_gets_a_second_chance(electron: Electron) -> None:
    """The clauses pass if the model calls the tool only in the second attempt."""
    electron.reply("I could look that up for you.")
    report = check(own_target(electron), select(["chat.call.*", "chat.filler.absent"]))
    assert report.failed == ()


def test_a_model_that_never_calls_fails(electron: Electron) -> None:
    """The clause fails after three attempts, and the result shows the model's words."""
    electron.reply("I could look that up for you.", times=3)
    (result,) = check(own_target(electron), select(["chat.call.made"])).failed
    assert (result.expected, result.got) == ('["get_weather"]', "[]")
    assert "I could look that up" in str(result.exchanges[0])
    assert len(electron.exchanges) == 3


# --- what goes wrong


def test_an_unreachable_server_is_an_error() -> None:
    """The error has its own type; no clause fails."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    target = Target(base_url=f"http://127.0.0.1:{port}/v1", api_key="sk")
    with pytest.raises(UnreachableError, match=f"no server answers at http://127.0.0.1:{port}/v1"):
        check(target)


def test_a_server_that_stops_during_a_run_loses_no_result() -> None:
    """Earlier results are kept; later clauses fail with the reason."""
    mock = MockElectron()
    electron = mock.__enter__()
    clauses = iter(CLAUSES[:12])
    results = []
    with Session(own_target(electron)) as session:
        contract = Contract(session)
        results = [contract.check(next(clauses)) for _ in range(4)]
        mock.__exit__(None, None, None)
        results += [contract.check(clause) for clause in clauses]
    kinds = [result.outcome.value for result in results]
    assert kinds[:4] == ["pass"] * 4
    assert "fail" in kinds[4:]
    assert "no server answers" in next(r.got for r in results if r.outcome is Outcome.FAIL)


Handler = Callable[[socket.socket], None]


def serve(handler: Handler) -> tuple[str, Callable[[], None]]:
    """Start a server that passes each connection to a function. Return its URL and a function to stop it."""
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                handler(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()

    def stop() -> None:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()

    return f"http://127.0.0.1:{listening.getsockname()[1]}/v1", stop


def test_keys_are_never_shown() -> None:
    """The table and the JSON contain no key, even if an endpoint repeats it."""

    def echo(connection: socket.socket) -> None:
        request = connection.recv(65536).decode()
        key = next(
            line for line in request.split("\r\n") if line.lower().startswith("authorization")
        )
        body = json.dumps({"error": {"message": f"No such key: {key}"}}).encode()
        head = f"HTTP/1.1 401 {key}\r\nX-Key: {key}\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)

    url, stop = serve(echo)
    try:
        report = check(
            Target(base_url=url, api_key="sk_live_secret", forbidden_key="sk_other_secret"),
            select(["chat.keys", "errors.403", "errors.envelope"]),
        )
    finally:
        stop()
    shown = "\n".join(lines(report, verbose=True)) + json.dumps(report.as_json())
    assert len(report.failed) == 3
    assert "No such key" in shown
    assert "secret" not in shown
    assert "secret" not in repr(Target(base_url=url, api_key="sk_live_secret"))


ECHOES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in JSON": lambda key: json.dumps(key)[1:-1],
    "in a URL": lambda key: quote(key, safe=""),
    "in base64": lambda key: base64.b64encode(key.encode()).decode(),
}


@pytest.mark.parametrize("how", ECHOES)
def test_keys_are_hidden_in_every_form(electron: Electron, how: str) -> None:
    """A key is hidden however an endpoint encodes it."""
    key = 'sk_live/"secret+'
    electron.fail(401, message=f"No such key: {ECHOES[how](key)}", times=100)
    target = Target(base_url=electron.base_url, api_key=key)
    report = check(target, select(["chat.keys", "errors.envelope"]))
    shown = "\n".join(lines(report, verbose=True)) + json.dumps(report.as_json())
    assert "No such key" in shown
    for form in ECHOES.values():
        assert form(key) not in shown
        assert json.dumps(form(key))[1:-1] not in shown


def test_a_script_that_breaks_a_promise_fails_its_clauses(electron: Electron) -> None:
    """The result has what was expected, what was sent, and the exchange."""
    electron.when(says="Say hello").reply("Hello.", finish_reason="length")
    (result,) = check(own_target(electron), select(["chat.finish.*"])).failed
    assert (result.clause.id, result.expected, result.got) == (
        "chat.finish.stop",
        '"stop"',
        '"length"',
    )
    assert "Say hello" in result.exchanges[0].request_body
    assert '"finish_reason":"length"' in result.exchanges[0].text


def test_an_unrequested_filler_fails(electron: Electron) -> None:
    """The `content` of a turn with calls must be null, unless the system prompt asks for words."""
    electron.when(says="weather").reply(call("get_weather", city="Mumbai"), filler="One moment…")
    failed = check(own_target(electron), select(["chat.filler.absent"])).failed
    assert [result.got for result in failed] == ['"One moment…"']
