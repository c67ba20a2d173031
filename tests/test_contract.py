"""The contract: its clauses hold for the fake, whatever its settings, and cost what they say."""

import base64
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from mock_electron import Electron, MockElectron, Pace, call
from mock_electron.contract import (
    CLAUSES,
    Clock,
    Confidence,
    Outcome,
    Report,
    Target,
    UnreachableError,
    check,
    cost,
    discovered,
    select,
)
from mock_electron.contract.fidelity import page
from mock_electron.contract.probe import Probe
from mock_electron.contract.session import Session
from mock_electron.contract.table import lines
from mock_electron.testing.target import own_target

ROOT = Path(__file__).parent.parent
PROBES = {clause.probe.name: clause.probe for clause in CLAUSES}
SECTIONS = {clause.section[0] for clause in CLAUSES}


def whole(electron: Electron) -> Target:
    """A fake, with all that it gives."""
    return discovered(own_target(electron))


def outcomes(report: Report) -> dict[str, str]:
    """What failed or was skipped, with why."""
    return {
        result.clause.id: f"{result.outcome}: {result.got or result.reason}"
        for result in report.results
        if result.outcome is not Outcome.PASS
    }


# --- the clauses as data


def test_the_contract_covers_every_section() -> None:
    """There are clauses to all seven sections, and at least 120 of them."""
    assert sorted(SECTIONS) == list("1234567")
    assert len(CLAUSES) >= 120


def test_ids_are_dotted_and_unique() -> None:
    """A clause is found by its id; no two clauses, and no two probes, share a name."""
    ids = [clause.id for clause in CLAUSES]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)+", name)] == []
    owners: dict[str, Probe] = {}
    assert all(owners.setdefault(c.probe.name, c.probe) is c.probe for c in CLAUSES)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_a_clause_is_one_sentence_with_its_source(clause: Any) -> None:
    """A sentence ends with a full stop; what is documented names a page."""
    assert clause.sentence.rstrip("”").endswith((".", ".”"))
    if clause.confidence is Confidence.DOCUMENTED:
        assert not clause.source.startswith("none")


def test_the_page_on_fidelity_is_the_clauses() -> None:
    """docs/fidelity.md is what `python -m mock_electron.contract.fidelity` prints."""
    assert (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8") == page()


# --- against the fake


MODES: dict[str, dict[str, Any]] = {
    "steady": {},
    "steady, seed 7": {"seed": 7},
    "varied": {"sampling": "varied"},
    "varied, seed 7": {"sampling": "varied", "seed": 7},
    "drifting": {"drift": 0.3, "sampling": "varied"},
    "paced on a frozen clock": {"pace": "electron"},
    "varied and paced": {"sampling": "varied", "pace": "electron"},
    "standard plan": {"plan": "standard"},
}
TIMELESS = {"cache.faster", "time.each_token"}
"""Clauses that need replies which take time."""


@pytest.mark.parametrize("mode", MODES)
def test_every_clause_holds_for_the_fake(mode: str) -> None:
    """In every sampling mode, paced and not. What cannot be felt is skipped, with the reason."""
    with MockElectron(**MODES[mode]) as electron:
        found = outcomes(check(whole(electron)))
    why = "skip: needs replies that take time, as those of a fake with a pace do"
    assert found == dict.fromkeys(TIMELESS, why)


def test_every_clause_holds_for_a_fake_whose_pace_is_felt() -> None:
    """On a real clock nothing is skipped but what needs one that can be put forward."""
    with MockElectron(clock="real", pace=Pace(0.08, 0.002), sampling="varied") as electron:
        found = outcomes(check(whole(electron)))
    why = "skip: needs a clock that can be put forward, as a fake of its own has"
    assert found == dict.fromkeys(("cache.idle", "limits.requests", "limits.window"), why)


def test_a_report_is_the_same_in_every_run() -> None:
    """Two fakes, two runs, the same JSON, but for what is measured."""
    texts = []
    for _ in range(2):
        with MockElectron() as electron:
            document = check(whole(electron)).as_json()
        document["clauses"] = [c for c in document["clauses"] if not c["id"].startswith("time.")]
        texts.append(json.dumps(document))
    assert texts[0] == texts[1]


# --- what a target gives


def test_what_is_not_given_is_skipped_with_the_reason() -> None:
    """A target without faults, other keys and a clock: those clauses say what they need."""
    with MockElectron() as electron:
        report = check(Target(base_url=electron.base_url, api_key="sk_mock"))
    reasons = Counter(r.reason.partition(" (")[0] for r in report.results if r.reason)
    del reasons["needs replies that take time, as those of a fake with a pace do"]  # a busy machine
    assert report.failed == ()
    assert set(reasons) == {
        "needs a server that obeys the header X-Mock-Electron",
        "needs a key on the standard plan that may be driven over its limits",
        "needs a valid key whose plan has no Electron",
        "needs a valid key of another account",
        "needs a clock that can be put forward, as a fake of its own has",
    }
    assert reasons["needs a key on the standard plan that may be driven over its limits"] >= 12


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
def test_a_mock_says_what_it_gives(settings: dict[str, Any], gives: dict[str, Any]) -> None:
    """The fault header and the keys with a meaning, as far as the settings let them be."""
    with MockElectron(**settings) as electron:
        target = whole(electron)
    assert {name: getattr(target, name) for name in gives} == gives


def test_a_mock_that_lets_in_one_key_holds_too() -> None:
    """What needs other keys is skipped; all else holds."""
    with MockElectron(api_keys=("sk_only_one",)) as electron:
        report = check(whole(electron))
    assert report.failed == ()
    assert report.count(Outcome.PASS) > 250


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "localhost:8787/waves/v1"}, "base_url is a URL such as"),
        ({"base_url": "ftp://localhost/"}, "not 'ftp://localhost/'"),
        ({"base_url": "http://me:hidden@localhost/v1"}, "base_url has a name or a password in it"),
        ({"plan": "standart"}, "plan is standard, enterprise, unlimited, not 'standart'"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    """With what is wrong, before anything is asked."""
    given = {"base_url": "http://localhost:1/v1", "api_key": "sk"} | options
    with pytest.raises(ValueError, match=re.escape(message)):
        Target(**given)


@pytest.mark.parametrize(
    ("url", "is_loopback"),
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
    ],
)
def test_this_machine_is_told_from_all_others(url: str, is_loopback: bool) -> None:
    """Only loopback addresses and names cost nothing."""
    assert Target(base_url=url, api_key="sk").is_loopback is is_loopback


# --- which clauses


def test_clauses_are_chosen_by_pattern_and_confidence() -> None:
    """`stream.*`, and what is documented of it."""
    chosen = select(["stream.*"], ["documented"])
    assert len(chosen) > 10
    assert {clause.id.partition(".")[0] for clause in chosen} == {"stream"}
    assert {clause.confidence for clause in chosen} == {Confidence.DOCUMENTED}


def test_one_string_is_no_list() -> None:
    """It would be taken for its letters."""
    with pytest.raises(ValueError, match="come in a list or a tuple, not as one string"):
        select("stream.*")


def test_a_pattern_that_nothing_matches_is_an_error() -> None:
    """With the nearest id."""
    with pytest.raises(ValueError, match=r"no clause is called 'chat.finish.lenght'.*length"):
        select(["chat.finish.lenght"])


# --- what it costs


CHANGING = {"a plan's limits", "a long prompt twice, timed", "the time from token to token"}
"""Probes that ask until they are heard, or stop where replies take no time."""


@pytest.mark.parametrize("name", [name for name in PROBES if name not in CHANGING])
def test_a_probe_makes_as_many_requests_as_it_says(electron: Electron, name: str) -> None:
    """So that the cost can be told before anything is asked."""
    with Session(whole(electron)) as session:
        PROBES[name].run(session, 0)
    assert len(electron.exchanges) == PROBES[name].requests


def test_the_cost_is_about_what_is_used() -> None:
    """Within a factor of 2: tokens are counted by a tokenizer that is not Electron's."""
    with MockElectron() as electron:
        target = whole(electron)
        told = cost(target, CLAUSES)
        check(target)
        usages = [exchange.usage for exchange in electron.exchanges if exchange.usage]
    used = sum(usage.prompt_tokens + usage.completion_tokens for usage in usages)
    assert used / 2 < told.tokens < used * 2
    assert told.seconds == 0


def test_the_contract_keeps_within_the_standard_plan() -> None:
    """10 requests in any minute and one at a time: no 429, though it takes minutes on the clock."""
    with MockElectron(plan="standard") as electron:
        clock = Clock(electron.clock.now, electron.clock.advance)
        target = Target(
            base_url=electron.base_url, api_key="sk", plan="standard", clock=clock, takes_time=False
        )
        begun = electron.clock.now()
        report = check(target)
        took = electron.clock.now() - begun
        arrived = [exchange.arrived_at for exchange in electron.exchanges]
        counted = [e.arrived_at for e in electron.exchanges if e.status != 401]  # of this key
        assert [exchange.status for exchange in electron.exchanges if exchange.status == 429] == []
        assert electron.peak_in_flight == 1
    assert report.failed == ()
    told = cost(target, CLAUSES)
    assert len(arrived) == told.requests
    assert told.seconds - 60 <= took <= told.seconds + 400  # cache.idle lets 301 s pass
    assert max(sum(1 for at in counted if start <= at < start + 60) for start in counted) == 10


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_bad_moment_is_tried_again(electron: Electron, status: int) -> None:
    """Twice refused, then answered: no clause fails, and the clock says that it waited."""
    electron.fail(status, times=2, retry_after=3)
    begun = electron.clock.now()
    report = check(own_target(electron), select(["chat.keys"]))
    assert report.count(Outcome.PASS) == 1
    assert electron.clock.now() - begun == 6


def test_a_model_gets_a_second_chance(electron: Electron) -> None:
    """It answers in words at first; asked again, it calls the tool: the clauses hold."""
    electron.reply("I could look that up for you.")
    report = check(own_target(electron), select(["chat.call.*", "chat.filler.absent"]))
    assert report.failed == ()


def test_a_model_that_never_calls_fails(electron: Electron) -> None:
    """After three attempts, with what it said instead."""
    electron.reply("I could look that up for you.", times=3)
    (result,) = check(own_target(electron), select(["chat.call.made"])).failed
    assert (result.expected, result.got) == ('["get_weather"]', "[]")
    assert "I could look that up" in str(result.exchanges[0])
    assert len(electron.exchanges) == 3


# --- what goes wrong


def test_nobody_there_is_an_error_of_its_own() -> None:
    """Not three hundred failures."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    target = Target(base_url=f"http://127.0.0.1:{port}/v1", api_key="sk")
    with pytest.raises(UnreachableError, match=f"nobody answers at http://127.0.0.1:{port}/v1"):
        check(target)


def test_a_server_that_ends_in_the_middle_loses_no_result() -> None:
    """What it answered before stands; what it could not answer fails, with why."""
    mock = MockElectron()
    electron = mock.__enter__()
    asked = iter(CLAUSES[:12])
    results = []
    with Session(own_target(electron)) as session:
        from mock_electron.contract import Contract

        contract = Contract(session)
        results = [contract.check(next(asked)) for _ in range(4)]
        mock.__exit__(None, None, None)
        results += [contract.check(clause) for clause in asked]
    kinds = [result.outcome.value for result in results]
    assert kinds[:4] == ["pass"] * 4
    assert "fail" in kinds[4:]
    assert "nobody answers" in next(r.got for r in results if r.outcome is Outcome.FAIL)


Handler = Callable[[socket.socket], None]


def serve(handler: Handler) -> tuple[str, Callable[[], None]]:
    """A server that gives each connection to a function. Its base URL, and how to end it."""
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

    def end() -> None:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()

    return f"http://127.0.0.1:{listening.getsockname()[1]}/v1", end


def test_keys_are_never_shown() -> None:
    """Not where an endpoint repeats them: neither in the table, nor in the JSON."""

    def echo(connection: socket.socket) -> None:
        asked = connection.recv(65536).decode()
        key = next(line for line in asked.split("\r\n") if line.lower().startswith("authorization"))
        body = json.dumps({"error": {"message": f"No such key: {key}"}}).encode()
        head = f"HTTP/1.1 401 {key}\r\nX-Key: {key}\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)

    url, end = serve(echo)
    try:
        report = check(
            Target(base_url=url, api_key="sk_live_secret", forbidden_key="sk_other_secret"),
            select(["chat.keys", "errors.403", "errors.envelope"]),
        )
    finally:
        end()
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
    """However an endpoint writes the one that it got."""
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
    """With what was expected, what came, and the exchange."""
    electron.when(says="Say hello").reply("Hello.", finish_reason="length")
    (result,) = check(own_target(electron), select(["chat.finish.*"])).failed
    assert (result.clause.id, result.expected, result.got) == (
        "chat.finish.stop",
        '"stop"',
        '"length"',
    )
    assert "Say hello" in result.exchanges[0].asked
    assert '"finish_reason":"length"' in result.exchanges[0].text


def test_a_filler_that_nobody_asked_for_is_found(electron: Electron) -> None:
    """`content` beside a call must be null, unless the system prompt asks for words."""
    electron.when(says="weather", system=None).reply(
        call("get_weather", city="Mumbai"), filler="One moment…"
    )
    failed = check(own_target(electron), select(["chat.filler.absent"])).failed
    assert [result.got for result in failed] == ['"One moment…"']
