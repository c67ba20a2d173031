"""The contract against endpoints that cannot be checked, and against responses that never end."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openai_stub
import pytest
from click.testing import CliRunner, Result
from junitparser import JUnitXml
from openai_stub import Stub, StubRequest, http, served

from mock_electron import MockElectron, Pace
from mock_electron.cli.app import cli
from mock_electron.contract import Clock, Target, UnreachableError, check, results, select, session
from mock_electron.contract.deadline import Connections
from mock_electron.contract.open_response import KEPT_BYTES
from mock_electron.contract.response import one_line
from mock_electron.contract.session import MAX_PAUSES, Session

HELLO = {"model": "electron", "messages": []}


def contract(*args: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(cli, ["contract", *args], env={"SMALLEST_API_KEY": None})


class Time:
    """A clock that records how long the run sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


def always(answer: bytes) -> Stub:
    """Return a stub that answers every request alike."""
    return lambda _request: answer


def refusing(status: int, message: str) -> bytes:
    return http(status, json.dumps({"error": {"message": message}}))


# --- one line instead of a failure for each clause


def test_a_wrong_key_is_one_line() -> None:
    """The line has the server's message without the key."""
    with MockElectron(api_keys=("sk_right",)) as electron:
        ran = contract("--base-url", electron.base_url, "--api-key", "sk_wrong")
        url = electron.base_url
    line = f"Error: {url} refuses the API key (401: Missing or invalid API key.)\n"
    assert (ran.exit_code, ran.stdout, ran.stderr) == (2, "", line)
    with MockElectron() as electron:
        ran = contract("--base-url", electron.base_url, "--api-key", "sk_mock_forbidden")
    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)
    assert "refuses the API key, because it has no access to Electron (403: " in ran.stderr
    with served(lambda _: refusing(401, "bad key sk_wrong \x1b[31m")) as url:
        ran = contract("--base-url", url, "--api-key", "sk_wrong", "--only", "chat.finish.*")
    assert ran.stderr == f"Error: {url} refuses the API key (401: bad key <key> \\x1b[31m)\n"


def test_a_wrong_base_url_is_one_line_with_the_right_one() -> None:
    """The endpoint is looked for under the usual paths."""
    with MockElectron() as electron:
        root, right = electron.base_url.removesuffix("/waves/v1"), electron.base_url
        for wrong in (root, f"{root}/", f"{root}/v1", f"{root}/waves", f"{root}/api/v1"):
            ran = contract("--base-url", wrong)
            assert ran.exit_code == 2
            assert ran.stderr.startswith(f"Error: {wrong} has no endpoint /chat/completions (404: ")
            assert ran.stderr.endswith(f". Did you mean {right!r}?\n"), ran.stderr
            assert ran.stderr.count("\n") == 1
    with served(openai_stub.bare) as url:
        ran = contract("--base-url", url.removesuffix("/v1"))
    assert ran.stderr.endswith(f". Did you mean {url!r}?\n")


def test_a_server_without_the_model_is_checked() -> None:
    """A 404 that is about the model says nothing about the path."""
    answer = refusing(404, "The model `electron` does not exist.")
    with served(lambda _: answer) as url:
        ran = contract("--base-url", url, "--only", "chat.finish.*")
    assert ran.exit_code == 1
    assert "FAIL chat.finish.stop" in ran.stdout


def test_the_library_reports_a_failure_for_each_clause() -> None:
    """Only the command stops early."""
    with served(lambda _: refusing(401, "no")) as url:
        target = Target(base_url=url, api_key="sk_x")
        assert len(check(target, select(["chat.finish.*"])).failed) == 2
        with pytest.raises(UnreachableError, match="refuses the API key"):
            list(results(target, select(["chat.finish.*"]), stop_early=True))


def test_a_url_that_no_client_accepts_is_a_usage_error() -> None:
    """Control characters are shown escaped, and there is no traceback."""
    wrong = []
    for url in ("http://a\x1b[31m/v1", "http://127.0.0.1:1/\x07", "http://a\nb/", "http://[::1",
                "http://127.0.0.1:99999/", "http://\ud800/", "http:///v1", "\x00"):  # fmt: skip
        ran = contract("--base-url", url)
        if (
            ran.exit_code != 2
            or "--base-url must be a URL" not in ran.stderr
            or "\x1b" in ran.stderr
        ):
            wrong.append((url, ran.stderr))
    assert wrong == []
    ran = contract("--base-url", f"http://{'a' * 300}.test/v1", "--api-key", "sk_x", "--yes")
    assert (ran.exit_code, "no server answers at" in ran.stderr) == (2, True)


# --- waiting


def test_a_wait_for_the_limits_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how long it takes and why, if it takes real time."""
    said: list[str] = []
    time_ = Time()
    with MockElectron() as electron:
        target = Target(base_url=electron.base_url, api_key="sk_a", limited_key="sk_b")
        session = Session(target, said.append)
        monkeypatch.setattr(session, "clock", time_.clock)
        session.wait(59.6, "the limited key has no request left in this minute")
        session.wait(0.4, "a short time")
        session._client.close()
    assert said == ["waiting 60 s: the limited key has no request left in this minute"]
    assert time_.now == 60


def test_the_limits_of_a_plan_are_announced_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten requests on the standard plan."""
    said, time_ = list[str](), Time()
    with served(lambda _: http(200, "{}")) as url:
        target = Target(base_url=url, api_key="sk_a", plan="standard")
        with Session(target, said.append) as session:
            monkeypatch.setattr(session, "clock", time_.clock)
            for _ in range(12):
                session.ask(HELLO)
    assert said == ["waiting 60 s: the plan allows 10 requests per minute"]


@pytest.mark.parametrize("seconds", ["99999999999", "9" * 400, "3600"])
def test_a_long_retry_after_is_not_obeyed(seconds: str) -> None:
    """The 429 is the response. Nothing is sent again."""
    asked, time_ = [0], Time()

    def stub(_request: StubRequest) -> bytes:
        asked[0] += 1
        return http(429, "{}", "application/json", f"retry-after: {seconds}")

    with (
        served(stub) as url,
        Session(Target(base_url=url, api_key="sk_a", clock=time_.clock)) as session,
    ):
        assert session.ask(HELLO).status == 429
    assert (asked, time_.now) == ([1], 0)


def test_all_pauses_before_retries_are_bounded() -> None:
    """A server that is always busy does not hold up a run for hours."""
    time_ = Time()
    busy = http(503, "{}", "application/json", "retry-after: 60")
    with (
        served(lambda _: busy) as url,
        Session(Target(base_url=url, api_key="sk_a", clock=time_.clock)) as session,
    ):
        statuses = {session.ask(HELLO).status for _ in range(20)}
    assert statuses == {503}
    assert time_.now <= MAX_PAUSES


# --- responses without an end

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
ENDLESS = {
    "a stream of comments": (HEAD, b": ping\n\n"),
    "a stream of large events": (HEAD, b"data: " + b"x" * 60_000 + b"\n\n"),
    "interim responses": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a head that drips": (b"HTTP/1.1 200 OK\r\nx: ", b"y"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_endless_responses_are_bounded_in_time_and_memory(kind: str) -> None:
    """The first one is abandoned, and after a total of ten timeouts no request is sent."""
    first, drips = ENDLESS[kind]
    asked = [0]

    def stub(_request: StubRequest) -> bytes:
        asked[0] += 1
        return first

    with served(stub, drips=drips) as url:
        report = check(Target(base_url=url, api_key="sk_a", timeout=0.03), select(["stream.*"]))
    assert not report.holds
    bodies = [len(response.body) for result in report.results for response in result.exchanges]
    assert max(bodies) <= KEPT_BYTES
    assert asked[0] < 200
    unsent = [result for result in report.failed if "do not end" in result.got]
    assert unsent or "large" in kind


def test_one_thread_watches_all_deadlines() -> None:
    """The earliest deadline passes first, and the thread ends with the session."""
    connections = Connections()
    before = set(threading.enumerate())
    with connections.deadline(60) as long, connections.deadline(120) as longer:
        while not connections._wakes_at:  # the thread waits for the deadline in 60 s
            time.sleep(0.001)
        with connections.deadline(0.01) as short:
            assert short.wait(60)
        (watcher,) = set(threading.enumerate()) - before
        assert not long.is_set()
        assert not longer.is_set()
    connections.close()
    watcher.join(60)
    assert not watcher.is_alive()


# --- output


def test_a_long_text_is_cut() -> None:
    """The line has 400 characters at most, and says how many the text has."""
    assert one_line("a\nb" + "x" * 397) == "a\\nb" + "x" * 396 + "… (400 characters)"
    assert one_line("\x00" * 1000) == "\\x00" * 100 + "… (1000 characters)"


def test_json_and_junit_can_be_printed() -> None:
    """`-` prints a document to standard output, and the table to standard error."""
    chosen = ("--only", "chat.finish.*")
    ran = contract(*chosen, "--json", "-")
    assert [row["outcome"] for row in json.loads(ran.stdout)["clauses"]] == ["pass", "pass"]
    assert ran.stderr.startswith("endpoint: the built-in fake\n")
    assert "answers" in json.loads(contract(*chosen, "--save", "-").stdout)
    printed: Any = JUnitXml.fromstring(contract(*chosen, "--junit", "-").stdout.encode())
    assert [suite.tests for suite in printed] == [2]
    ran = contract(*chosen, "--json", "-", "--save", "-")
    assert ran.exit_code == 2
    assert "only one of --json, --junit and --save can be -" in ran.stderr
    assert not Path("-").exists()


@pytest.fixture
def interrupted() -> Iterator[str]:
    """Yield the URL of a server that interrupts this process at the fourth request."""
    asked = [0]

    def stub(request: StubRequest) -> bytes:
        asked[0] += 1
        if asked[0] == 5:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
        return openai_stub.bare(request)

    assert threading.current_thread() is threading.main_thread()
    with served(stub) as url:
        yield url


def test_ctrl_c_writes_the_results_so_far(tmp_path: Path, interrupted: str) -> None:
    """The table and all files have the clauses that were checked. The exit status is 130."""
    files = {name: tmp_path / name for name in ("json", "junit", "save")}
    options = [part for name, file in files.items() for part in (f"--{name}", str(file))]
    ran = contract("--base-url", interrupted, "--only", "request.*", *options)
    assert ran.exit_code == 130, ran.output
    report = json.loads(files["json"].read_text(encoding="utf-8"))
    rows = len(report["clauses"])
    assert 0 < rows < 10
    assert report["interrupted"] is True
    assert f"interrupted after {rows} of " in ran.stderr
    assert ran.stdout.startswith(f"endpoint: {interrupted}\n")
    assert len(json.loads(files["save"].read_text(encoding="utf-8"))["clauses"]) == rows
    suites: Any = JUnitXml.fromfile(str(files["junit"]))
    assert sum(suite.tests for suite in suites) == rows


def test_the_help_has_the_exit_statuses() -> None:
    """0, 1, 2 and 130."""
    text = " ".join(contract("--help").stdout.split())
    assert "The exit status is 0 if no documented clause fails, 1 if one fails, 2 if" in text
    assert "130 after Ctrl-C" in text


# --- endpoints that are not Electron

PAGE = "<!DOCTYPE html><title>Hello</title>"
UNLIKE: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "a page": (http(200, PAGE, "text/html"), {}, f"(200: {PAGE})"),
    "a page that refuses": (http(405, PAGE, "text/html"), {}, f"(405: {PAGE})"),
    "an error": (http(500, "{}"), {}, "(500: {})"),
    "no choices": (http(200, '{"choices":[]}'), {}, '(200: {"choices":[]})'),
    "another API": (http(200, '{"ok":true}'), {}, '(200: {"ok":true})'),
    "an empty body": (http(204, ""), {}, "(204)"),
    "a limit": (http(429, "{}", "x/y", "retry-after: 99999999999"), {}, "(429: {})"),
    "an endless body": (http(200, "").replace(b"content-length: 0\r\n", b""), {"drips": b"x" * 99_999}, "(200: xx"),
    "endless events": (b"HTTP/1.1 200 OK\r\n\r\n", {"drips": b": ping\n\n"}, "(200: : ping"),
    "no bytes": (b"", {}, "whatever the request is (incomplete response: RemoteProtocolError"),
    "another protocol": (b"SSH-2.0\r\n", {"hang": True}, ""),
    "silence": (b"", {"hang": True}, "no response from"),
    "a redirect": (http(301, "", "x/y", "location: https://a.test/v1/chat/completions"), {}, "Did you mean 'https://a.test/v1'?"),
    "no URL": (http(302, "", "x/y", "location: http://[x/y"), {}, "answers with a redirect (302) to 'http://[x/y'"),
    "no host": (http(302, "", "x/y", "location: //["), {}, "answers with a redirect (302) to '//['"),
    "a login": (http(302, "", "x/y", "location: /login"), {}, "/login'"),
}  # fmt: skip


def test_an_endpoint_that_answers_everything_alike_is_one_line() -> None:
    """The line shows the response. Nothing is printed to standard output."""
    wrong = {}
    for name, (answer, options, words) in UNLIKE.items():
        with served(always(answer), **options) as url:
            ran = contract("--base-url", url, "--timeout", "0.1")
        if (ran.exit_code, ran.stdout, ran.stderr.count("\n")) != (2, "", 1) or (
            words not in ran.stderr
        ):
            wrong[name] = (ran.exit_code, ran.stdout[:200], ran.stderr)
    assert wrong == {}


def test_an_endpoint_that_is_always_busy_is_retried_once() -> None:
    """After the retries of one request, the endpoint is not checked further."""
    time_ = Time()
    for more in ((), ("retry-after: 60",)):
        with served(always(http(502, "bad gateway", "x/y", *more))) as url:
            target = Target(base_url=url, api_key="sk_x", clock=time_.clock)
            with pytest.raises(UnreachableError, match="502: bad gateway"):
                list(results(target, stop_early=True))
    assert time_.now < 100


BUSY = {
    "429": (429, ()),
    "no seconds": (429, ("retry-after: soon",)),
    "negative": (429, ("retry-after: -5",)),
    "0 s": (429, ("retry-after: 0",)),
    "5 s": (503, ("retry-after: 5",)),
    "502": (502, ()),
}
"""Refusals without an end: their status, and their headers besides the content type."""


def busy_after(accepted: int, name: str) -> Stub:
    """Return a stub that refuses valid requests after some that it accepts."""
    status, headers = BUSY[name]
    asked = iter(range(1_000_000))

    def stub(request: StubRequest) -> bytes:
        if request.content == b"{}":
            return refusing(400, "Invalid input data")
        if next(asked) < accepted:
            return openai_stub.bare(request)
        return http(status, '{"error": {"message": "Too many"}}', "application/json", *headers)

    return stub


def test_an_endpoint_that_becomes_busy_ends_the_run() -> None:
    """It is neither checked to the end nor retried for minutes, and the line has its refusal."""
    wrong = {}
    for name, (status, _) in BUSY.items():
        for accepted in (0, 3):
            time_ = Time()
            with served(busy_after(accepted, name)) as url:
                target = Target(base_url=url, api_key="sk_x", clock=time_.clock)
                with pytest.raises(UnreachableError) as caught:
                    list(results(target, stop_early=True))
            words = f"refused 3 requests in a row, and their retries ({status}: Too many)"
            if time_.now > 150 or words not in str(caught.value):
                wrong[name, accepted] = (time_.now, str(caught.value))
    assert wrong == {}


def test_the_results_before_an_endpoint_became_busy_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report says that it is not complete. The command prints one line."""
    monkeypatch.setattr("mock_electron.contract.session.PAUSES", ())
    with served(busy_after(3, "429")) as url:
        ran = contract("--base-url", url, "--json", str(tmp_path / "report.json"))
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert (report["interrupted"], len(report["clauses"]) > 3) == (True, True)


def test_a_busy_endpoint_does_not_hold_up_the_clauses_as_tests() -> None:
    """Without an early end, the clauses fail soon."""
    time_ = Time()
    with served(busy_after(3, "429")) as url:
        report = check(Target(base_url=url, api_key="sk_x", clock=time_.clock), select(["chat.*"]))
    assert (time_.now < 60, report.holds) == (True, False)


def test_a_request_that_succeeds_starts_the_count_anew() -> None:
    """An endpoint that refuses now and then is checked, with retries."""
    time_, asked = Time(), iter(range(1_000_000))

    def stub(request: StubRequest) -> bytes:
        is_busy = next(asked) % 10 < 7  # all tries of one request
        return http(429, "{}") if is_busy else openai_stub.bare(request)

    with served(stub) as url:
        target = Target(base_url=url, api_key="sk_x", clock=time_.clock)
        with Session(target) as session:
            statuses = [session.ask(HELLO).status for _ in range(20)]
    assert (statuses, session.refusal) == ([429, 200, 200, 200] * 5, None)


def test_an_endpoint_that_resembles_electron_is_checked() -> None:
    """Refusals or replies of its own form, or only the refusals of Electron, give the table."""
    refusal = http(400, '{"detail": "no"}')
    stubs = {
        "its own refusals": lambda _: refusal,
        "errors in replies": lambda r: http(400 if r.content == b"{}" else 500, '{"error": {}}'),
        "replies only": lambda r: openai_stub.bare(r),
    }
    for name, stub in stubs.items():
        for only in ("chat.finish.*", "endpoint.*"):
            with served(stub) as url:
                ran = contract("--base-url", url, "--only", only)
            assert (ran.exit_code, "FAIL " in ran.stdout) == (1, True), (name, ran.output)


def test_a_wrong_optional_key_is_one_line() -> None:
    """The line names the option."""
    wrong = {}
    with MockElectron() as electron:
        for options, words in (
            ("--limited-key sk_mock_revoked --only limits.*", "key of --limited-key (401: "),
            ("--limited-key sk_mock_forbidden --only limits.*", "key of --limited-key, because"),
            ("--limited-key sk_plain --only limits.*", "--limited-key must be a standard-plan key"),
            ("--other-key sk_mock_revoked --only cache.*", "key of --other-key (401: "),
            ("--forbidden-key sk_plain --only errors.*", "--forbidden-key must be a valid key wit"),
            ("--forbidden-key sk_mock_revoked --only errors.*", "but http://127"),
            (
                "--forbidden-key sk_plain --only endpoint.*",
                "--forbidden-key must be a valid key wit",
            ),
            ("--forbidden-key sk_plain --only endpoint.access.first", "/waves/v1 answers 200: "),
            ("--forbidden-key sk_mock_revoked --only endpoint.*", "/waves/v1 answers 401: "),
        ):
            ran = contract("--base-url", electron.base_url, *options.split())
            got = (ran.exit_code, ran.stdout, ran.stderr.count("\n"))
            if got != (2, "", 1) or words not in ran.stderr:
                wrong[options] = ran.output
    assert wrong == {}


def test_no_base_url_is_suggested_that_does_not_answer() -> None:
    """If no path has an endpoint, the line only says so."""
    for answer in (http(404, "no"), http(404, '{"detail":"Not Found"}')):
        with served(always(answer)) as url:
            ran = contract("--base-url", url)
        assert (ran.exit_code, "Did you mean" in ran.stderr) == (2, False)
        assert "has no endpoint /chat/completions (404: " in ran.stderr
    with served(lambda r: http(404 if r.path.startswith("/v1") else 200, PAGE, "x/y")) as url:
        assert "Did you mean" not in contract("--base-url", url).stderr


def test_https_for_a_server_without_tls_is_explained() -> None:
    """The line names http://."""
    with MockElectron() as electron:
        ran = contract("--base-url", electron.base_url.replace("http:", "https:"))
    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.endswith(". If the server has no TLS, use http://\n")


def test_a_key_without_access_is_right_even_if_the_body_is_checked_first() -> None:
    """An ordinary request decides about the key; the clause about the order fails alone."""

    def answer(request: StubRequest) -> bytes:
        is_valid = "messages" in json.loads(request.content)
        return refusing(403, "no access") if is_valid else refusing(400, "Invalid input data")

    with served(answer) as url:
        options = ("--forbidden-key", "sk_forbidden", "--only", "endpoint.access.first")
        ran = contract("--base-url", url, *options)
    assert (ran.exit_code, "FAIL endpoint.access.first" in ran.stdout) == (0, True), ran.output


def test_the_reason_for_a_skip_says_what_the_replies_lack() -> None:
    """A fake with a pace and a real clock is not told to have them; the reason has the times."""
    reasons = {}
    for pace, only in (
        (Pace(first=0.02, each=0.002), "cache.faster"),
        (Pace(first=0.1), "time.each*"),
    ):
        with MockElectron(pace=pace, clock="real") as electron:
            ran = contract("--base-url", electron.base_url, "--only", only)
        reasons[only] = ran.stdout.splitlines()[-1].partition(": ")[2]
    end = "run it against a fake with a real clock and a pace such as 174:5"
    assert reasons == {
        "cache.faster": f"needs long prompts whose first token takes at least 0.05 s; {end}",
        "time.each*": f"needs replies whose tokens take at least 0.001 s each; {end}",
    }


# --- keys that are equal, and limits that the run itself uses up


def test_two_keys_that_are_equal_are_refused_at_start() -> None:
    """Each key is used for another purpose. The message names both options, and no key."""
    options = ("--api-key", "--limited-key", "--forbidden-key", "--other-key")
    wrong = {}
    for one, other in combinations(options, 2):
        given = [part for name in options for part in (name, "sk_same" if name in (one, other) else f"sk{name}")]  # fmt: skip
        ran = contract("--base-url", "http://127.0.0.1:1/v1", *given)
        message = " ".join(ran.stderr.split())
        if (
            ran.exit_code != 2
            or f"{other} must be " not in message
            or "sk_same" in message
            or (not message.endswith(f", but it is the {one}"))
        ):
            wrong[one, other] = ran.output
    assert wrong == {}


def test_keys_of_the_built_in_needs_may_be_given_for_requests() -> None:
    """A fake that reports its needs at /healthz gets other keys then."""
    with MockElectron() as electron:
        for key in ("sk_mock_other", "sk_mock_standard-x"):
            options = ("--api-key", key, "--salt", "x", "--only", "cache.account*")
            ran = contract("--base-url", electron.base_url, *options)
            assert (ran.exit_code, "Error" in ran.output) == (0, False), ran.output


def test_a_limit_that_the_run_has_used_up_is_waited_for() -> None:
    """Two keys of one account share its limit, which says nothing about the endpoint."""
    said, time_ = list[str](), Time()

    def wait(_session: Session, seconds: float, reason: str) -> None:
        time_.sleep(seconds)
        said.append(reason)

    settings: dict[str, Any] = {"plan": "standard", "accounts": ("sk_a:sk_b",)}
    with MockElectron(clock="real", **settings) as electron:
        target = Target(base_url=electron.base_url, api_key="sk_a", limited_key="sk_b", faults=True)
        clauses = select(["limits.requests.429", "limits.concurrency.429"])
        with (
            patch.object(Session, "wait", wait),
            patch.object(Session, "_wait_for_rate_limit"),
            pytest.raises(UnreachableError, match=r"limits every request \(429: Rate limit"),
        ):
            list(results(target, clauses, stop_early=True))
    assert set(said) == {"the endpoint answered 429"}
    assert time_.now > 50


def test_a_limit_is_shown_with_its_hint() -> None:
    """A mock-electron with a frozen clock says why the limit is not lifted."""
    limited = http(429, '{"error": {"message": "no"}}', "x/y", "x-mock-electron-hint: use \x07it", "retry-after: 900")  # fmt: skip
    with served(always(limited)) as url:
        ran = contract("--base-url", url)
    assert ran.stderr == f"Error: {url} limits every request (429: no; use \\x07it)\n"


# --- responses of the right form that do not end

EVENT = b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n'
STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
REPLY_HEAD = b'HTTP/1.1 200 OK\r\n\r\n{"choices":[{"message":{"content":"x"}}]}'
RIGHT_BUT_ENDLESS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "events": (STREAM_HEAD, {"drips": EVENT}),
    "many events": (STREAM_HEAD, {"drips": EVENT * 5_000}),
    "events and silence": (STREAM_HEAD + EVENT, {"hang": True}),
    "a reply and spaces": (REPLY_HEAD, {"drips": b" "}),
    "a reply and silence": (REPLY_HEAD, {"hang": True}),
}


def test_an_endpoint_whose_responses_do_not_end_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also if they have the form of Electron's."""
    monkeypatch.setattr(session, "FIRST_SECONDS", 0.1)
    wrong = {}
    for name, (answer, options) in RIGHT_BUT_ENDLESS.items():
        with served(always(answer), **options) as url:
            ran = contract("--base-url", url, "--timeout", "0.05")
        words = f"Error: the responses of {url} do not end (200: "
        if (ran.exit_code, ran.stdout) != (2, "") or not ran.stderr.startswith(words):
            wrong[name] = (ran.exit_code, ran.stdout[:200], ran.stderr)
    assert wrong == {}


def test_an_endpoint_of_which_only_the_streams_do_not_end_is_checked() -> None:
    """The clauses about streams fail."""

    def stub(request: StubRequest) -> bytes:
        if not request.body.get("stream"):
            return openai_stub.bare(request)
        return http(200, EVENT, "text/event-stream").replace(b"content-length: ", b"content-length: 9")  # fmt: skip

    with served(stub, hang=True) as url:
        options = ("--timeout", "0.1", "--only", "stream.finish.*", "--only", "chat.finish.stop")
        ran = contract("--base-url", url, *options)
    assert (ran.exit_code, "FAIL stream." in ran.stdout) == (1, True), ran.output


def test_a_page_of_several_lines_is_shown_in_one() -> None:
    """White space is one space, not an escaped line end."""
    with served(always(http(200, "<html>\r\n  <title>A\n\tB</title>\n", "text/html"))) as url:
        ran = contract("--base-url", url)
    assert ran.stderr.endswith("whatever the request is (200: <html> <title>A B</title>)\n")
