"""What a failed test shows: lines that name what is wrong, hints, the user's line, warnings."""

import os
import socket
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lanes import arrival, ask
from rows import each_of

from mock_electron import CacheMiss, Electron, Exchanges, MockElectron, Pace, call, faults
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.testing.no_requests import hints

HEAD = """
import pytest, unittest
import mock_electron
from mock_electron import faults
from raw_http import chat, user, send

def ask(electron, text="Hi", **fields):
    return chat(electron, {"messages": user(text), **fields})
"""


@pytest.fixture
def pytester(pytester: pytest.Pytester) -> pytest.Pytester:
    """pytester, with the modules of this folder."""
    pytester.makeini(
        f"[pytest]\npythonpath = {Path(__file__).parent}\n"
        "asyncio_default_fixture_loop_scope = function\n"
    )
    return pytester


def run(pytester: pytest.Pytester, tests: str, *flags: str) -> pytest.RunResult:
    pytester.makepyfile(test_it=HEAD + tests)
    return pytester.runpytest_inprocess(*flags)


def electron(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


# --- lines

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"model": "gpt-4o"}, "invalid_input: model: Invalid enum value. Expected 'electron', received 'gpt-4o' |"),
    ({"messages": [{"role": "developer", "content": "Hi"}]}, "messages[0].role: Invalid enum value. Expected 'system' | 'user' | 'assistant' | 'tool', received 'developer' |"),
    ({"max_tokens": None}, "max_tokens: Expected number, received null (leave the field out) |"),
    ({"response_format": {"type": "json_schema"}}, "received 'json_schema' (the setting accept_json_schema=True accepts it) |"),
    ({"tool_choice": "any"}, "tool_choice: Invalid enum value. Expected 'auto' | 'none' | 'required', received 'any', or: Expected object"),
    ({"n": 2, "top_p": 3, "seed": 1.5, "stop": 5}, "top_p: Number must be less than or equal to 1; stop: Expected string, received number, or: Expected array, received number; seed: Expected integer, received float; and 1 more |"),
    ({"messages": []}, "messages: Array must contain at least 1 element(s) |"),
    ({"max_tokens": 10**6}, "invalid_request \"This model's"),
    ({"tools": [1]}, "tools[0]: Expected object, received number |"),
]  # fmt: skip


def test_the_line_of_a_refused_request_names_what_is_wrong() -> None:
    """It has the field, the reason, and the setting if there is one."""
    mock = electron()
    for fields, _ in REFUSED:
        ask(mock._lane, **fields)
    missing = [
        (str(exchange), words)
        for exchange, (_, words) in zip(mock.exchanges, REFUSED, strict=True)
        if words not in str(exchange)
    ]
    assert missing == []


def test_the_line_names_the_key_and_the_setting_of_other_refusals() -> None:
    """A refused key is shown redacted, and a limit names the setting `plan`."""
    mock = electron(plan="standard")
    ask(mock._lane, key="sk_mock_revoked")
    for _ in range(11):
        ask(mock._lane)
    rule = "(the key sk_mock_revoked always gets 401)"
    assert f"{rule}, Authorization: Bearer …oked | 401" in str(mock.exchanges[0])
    assert "(setting plan) | 429" in str(mock.exchanges.last)


def test_a_scripted_error_has_no_advice() -> None:
    """The details of a scripted 400 are an example, and not what is wrong with the request."""
    mock = electron()
    mock.fail(400)
    ask(mock._lane)
    assert "-> invalid_input 'Invalid input data' | 400 | refused, step 1" in str(
        mock.exchanges.last
    )


def test_the_line_has_faults_and_the_time_to_the_first_chunk() -> None:
    """Faults appear with the arguments that were given."""
    mock = electron(pace=Pace(first=0.25, each=0.1, overhead=0.25))
    mock.reply("one two").inject(faults.Cut(after=1), faults.Crlf())
    ask(mock._lane, stream=True)
    line = str(mock.exchanges.last)
    assert "tokens, first chunk after 0.250 s | " in line
    assert line.endswith(", Cut(after=1), Crlf()")


def test_every_repr_is_one_useful_line() -> None:
    """The objects that a test prints say what they are, in one line."""
    mock = electron()
    ask(mock._lane, "a\nb")
    step, when = mock.reply("Hi!"), mock.when(says="x")
    shown = {
        repr(mock): "<Electron at http://mock/waves/v1: 1 exchange, 1 step, seed 0>",
        repr(mock.exchanges): "<1 exchange; the latest: #0 turn 1 'a\\nb' -> ",
        repr(mock.exchanges.last): "<Exchange #0 turn 1 'a\\nb' -> ",
        repr(mock.clock): "<LaneClock, frozen, at 1740000000.000, advanced by 0 s>",
        repr(step): "<step 1 (test_failures.py:",
        repr(when): "<when(says='x') at test_failures.py:",
        repr(mock._lane.script()[0].step): "<Step test_failures.py:",
        repr(MockElectron()): "<MockElectron: not entered>",
    }
    wrong = [line for line, start in shown.items() if not line.startswith(start) or "\n" in line]
    assert wrong == []


def test_a_cache_assertion_says_why() -> None:
    """The message has the explanation of each miss."""
    mock = electron()
    for name in ("Asha", "Ravi"):
        ask(mock._lane, messages=[{"role": "system", "content": f"{name} " + "is here. " * 40}])
    miss = mock.explain_miss(1)
    assert isinstance(miss, CacheMiss)
    with pytest.raises(AssertionError) as failure:
        mock.assert_cache_hit_rate(at_least=0.5)
    assert f"\n  #1: {miss}\n" in str(failure.value)


# --- other requests


def warm_up(mock: Electron, method: str = "GET", path: str = "/waves/v1/models") -> None:
    asked = type(arrival())(method, path, "Bearer sk_mock")
    mock._lane.close(mock._lane.open(asked), 1)


def test_requests_for_other_paths_do_not_count() -> None:
    """They are kept apart, and visible in the text, in failures and in exports."""
    mock = electron()
    warm_up(mock)
    ask(mock._lane)
    warm_up(mock, "POST", "/chat/completions")
    assert (len(mock.exchanges), len(mock.other_requests)) == (1, 2)
    mock.assert_called(times=1)
    assert mock.other_requests.last.path == "/chat/completions"
    assert len(mock.exchanges.with_others) == mock.exchanges.har().count('"pageref"') == 3
    assert mock.exchanges.json_lines().count("\n") == 3
    with pytest.raises(AssertionError, match="#0 GET /waves/v1/models"):
        mock.assert_called(times=2)
    assert mock.exchanges.where(turn=1).others == ()


# --- assertions without a request

ASSERTIONS = {
    "assert_called": lambda mock: mock.assert_called(says="x"),
    "assert_called twice": lambda mock: mock.assert_called(times=2),
    "assert_retried": lambda mock: mock.assert_retried(503),
    "assert_cancelled": lambda mock: mock.assert_cancelled(),
    "assert_peak_in_flight": lambda mock: mock.assert_peak_in_flight(at_most=3),
    "assert_tool_results_answered": lambda mock: mock.assert_tool_results_answered(),
    "assert_cache_hit_rate": lambda mock: mock.assert_cache_hit_rate(at_least=0),
    "assert_all_used": lambda mock: mock.assert_all_used(),
}


@each_of((name,) for name in ASSERTIONS)
def test_without_a_request_an_assertion_says_so(name: str) -> None:
    """It also asks whether the base URL is right, as nothing else is known."""
    mock = electron()
    if name == "assert_all_used":
        mock.reply("Hi!")
    with pytest.raises(AssertionError) as failure:
        ASSERTIONS[name](mock)
    assert "no request was received" in str(failure.value)
    assert "is the base_url of the client electron.base_url, http://mock/waves/v1?" in str(
        failure.value
    )


def test_tool_results_need_something_to_check() -> None:
    """A conversation without calls and results fails; a call that ends it is enough."""
    mock = electron()
    ask(mock._lane)
    with pytest.raises(AssertionError, match="no reply called a tool, and no request has a tool"):
        mock.assert_tool_results_answered()
    mock.reply(call("hang_up"))
    ask(mock._lane)
    mock.assert_tool_results_answered(except_for=["hang_up"])


# --- hints


def test_a_wrong_base_url_is_named() -> None:
    """A POST to another path is probably meant for the chat endpoint."""
    mock = electron()
    warm_up(mock)
    warm_up(mock, "POST", "/v1/chat/completions")
    with pytest.raises(AssertionError) as failure:
        mock.assert_called()
    [hint] = [line for line in str(failure.value).splitlines() if line.startswith("Hint: ")]
    assert hint == (
        "Hint: POST /v1/chat/completions arrived: is the base_url of the client "
        "electron.base_url, http://mock/waves/v1?"
    )


def proxied(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name in ("http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return "\n".join(hints("http://127.0.0.1:9", (), ()))


def test_a_proxy_is_named_if_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY and ALL_PROXY count, unless NO_PROXY has the host."""
    proxy = "http://user:secret@proxy.example:3128"
    assert "HTTP_PROXY sets a proxy" in (found := proxied(monkeypatch, HTTP_PROXY=proxy))
    assert "secret" not in found
    assert "ALL_PROXY sets a proxy" in proxied(monkeypatch, all_proxy=proxy)
    assert "proxy" not in proxied(monkeypatch, HTTPS_PROXY=proxy)
    for names in ("127.0.0.1", "*", "localhost,127.0.0.1"):
        assert "proxy" not in proxied(monkeypatch, HTTP_PROXY=proxy, NO_PROXY=names)


def test_the_environment_goes_past_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """`electron.env` adds this machine to NO_PROXY, and keeps what is there."""
    proxied(monkeypatch, NO_PROXY="corp.example, 127.0.0.1")
    assert electron().env["no_proxy"] == "corp.example,127.0.0.1,localhost,::1,mock"
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("no_proxy", raising=False)
    assert electron().env["NO_PROXY"] == "*"


def blocker(module: str) -> Any:
    """Return a function that seems to be of a module, and refuses."""
    made = ModuleType(module)
    exec("def refuse(*args, **kwargs):\n    raise RuntimeError('blocked')", vars(made))  # noqa: S102 (our own source)
    return made.refuse


def test_libraries_that_block_sockets_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection is tried, so a library that allows this host is not named."""
    for module, option in (
        ("pytest_socket", "--allow-hosts"),
        ("pytest_recording.network", "--allowed-hosts=127.0.0.1"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "connect", blocker(module), raising=False)
            found = hints("http://127.0.0.1:9", (), ())
        assert "connections to 127.0.0.1:9 fail: blocked" in found
        assert any(option in hint for hint in found)


def test_libraries_that_replace_clients_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """vcrpy, respx, pytest-httpx and responses: each with the way to let requests pass."""
    import http.client

    import httpx

    with monkeypatch.context() as patch:
        patch.setattr(http.client, "HTTPConnection", type("V", (), {"__module__": "vcr.patch"}))
        assert any("ignore_localhost=True" in hint for hint in hints("http://mock", (), ()))
    with monkeypatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", blocker("pytest_httpx"))
        assert any("should_mock=" in hint for hint in hints("http://mock", (), ()))
    assert [hint for hint in hints("http://mock", (), ()) if "intercepts" in hint] == []


def test_requests_that_went_elsewhere_are_named(pytester: pytest.Pytester) -> None:
    """The hint names a closed lane, another lane, or a path outside the lanes, and is printed once."""
    result = run(
        pytester,
        """
seen = []

def test_first(electron):
    seen.append(electron)

def test_closed(electron):
    ask(seen[0])
    electron.assert_called()

def test_other(electron, electron_lane):
    ask(electron_lane())
    electron.assert_called()

def test_outside(electron):
    send(electron.url.partition("/lanes")[0] + "/waves/v1/chat/completions", {})
    assert electron.exchanges
""",
        *("-W", "ignore::mock_electron.LateRequestWarning"),
    )
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "E*Hint: a request arrived at the lane of a test that has ended (test_it.py::test_first)*",
            "E*Hint: a request arrived at another lane, /lanes/*: does the client belong*",
            "Hint: a request arrived at /waves/v1/chat/completions of the server, outside*",
        ]
    )
    assert result.stdout.str().count("Hint: ") == 3
    assert "LateRequestWarning" not in result.stdout.str()


# --- the report


def test_exchanges_are_printed_once(pytester: pytest.Pytester) -> None:
    """They are in the message of the assertion, or else in the report."""
    result = run(
        pytester,
        """
def test_asserted(electron, electron_lane):
    ask(electron)
    ask(electron_lane(), "other lane")
    electron.assert_called(times=2)

def test_plain(electron):
    ask(electron)
    assert 0
""",
    )
    result.assert_outcomes(failed=2)
    assert result.stdout.str().count("#0 turn 1 'Hi'") == 2
    assert result.stdout.str().count("#0 turn 1 'other lane'") == 1
    result.stdout.fnmatch_lines(["  listed above"])


WRONG_USES = """
CASES = {
    "when": lambda electron: electron.when(sayz="x"),
    "when a value": lambda electron: electron.when(says=3),
    "fail": lambda electron: electron.fail(599),
    "inject": lambda electron: electron.inject("reset"),
    "fault": lambda electron: faults.Cut(after="x"),
    "where": lambda electron: electron.exchanges.where(statsu=3),
    "last": lambda electron: electron.exchanges.last,
    "attribute": lambda electron: electron.exchange,
    "called": lambda electron: electron.assert_called(),
    "save": lambda electron: electron.exchanges.save("missing/x.har"),
    "load": lambda electron: electron.load("missing.yaml"),
    "clock": lambda electron: electron.clock.advance("x"),
    "times": lambda electron: electron.reply("x").times("x"),
}

@pytest.mark.parametrize("name", CASES)
def test_wrong(electron, name):
    CASES[name](electron)  # the line of the user

def test_callback(electron):
    ask(electron)
    electron.exchanges.where(lambda exchange: exchange.no_such_thing)

@pytest.fixture
def agent(electron):
    electron.when(sayz="x")

def test_fixture(agent): pass

class TestIt(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def give(self, electron):
        self.electron = electron

    def test_unittest(self):
        self.electron.when(sayz="x")
"""


@pytest.mark.parametrize("style", ["long", "short", "native"])
def test_a_traceback_ends_at_the_users_line(pytester: pytest.Pytester, style: str) -> None:
    """No style shows a frame of the package. With --full-trace, all are shown."""
    result = run(pytester, WRONG_USES, f"--tb={style}")
    result.assert_outcomes(failed=15, errors=1)
    package = f"{os.sep}mock_electron{os.sep}"
    assert [line for line in result.outlines if package in line and ".py" in line] == []
    result.stdout.fnmatch_lines(["*no_such_thing*"])


def test_full_trace_shows_the_frames(pytester: pytest.Pytester) -> None:
    """A developer of this package sees everything."""
    result = run(pytester, WRONG_USES, "--full-trace", "-k", "clock")
    assert any(f"mock_electron{os.sep}engine" in line for line in result.outlines)


def test_a_wrong_marker_names_the_line(pytester: pytest.Pytester) -> None:
    """The message has the place of the test, as a marker has no traceback."""
    result = run(pytester, "@pytest.mark.electron(sed=1)\ndef test_it(electron): pass")
    result.stdout.fnmatch_lines(
        ["@pytest.mark.electron: unknown setting 'sed'*", "test_it.py:*: in test_it"]
    )


# --- warnings

LATE = """
seen = {}

def test_early(electron):
    seen["early"] = electron

@pytest.mark.filterwarnings("ignore::mock_electron.LateRequestWarning")
def test_ignoring(electron):
    seen["ignoring"] = electron

@pytest.mark.filterwarnings("error::mock_electron.LateRequestWarning")
def test_strict(electron):
    seen["strict"] = electron
"""


def late(pytester: pytest.Pytester, tests: str, filter_: str = "default") -> pytest.RunResult:
    flag = f"{filter_}::mock_electron.LateRequestWarning"
    return run(pytester, LATE + tests, "-W", flag)


def test_a_late_request_obeys_the_filters_of_its_test(pytester: pytest.Pytester) -> None:
    """It is a warning with the line of its test, nothing, or an error of the test that runs."""
    result = late(
        pytester,
        """
def test_a(): ask(seen["early"])
def test_b(): ask(seen["ignoring"])
def test_c(): ask(seen["strict"])
""",
    )
    result.assert_outcomes(passed=6, errors=1, warnings=1)
    line = (HEAD + LATE).strip().splitlines().index("def test_early(electron):") + 1
    result.stdout.fnmatch_lines(
        [
            "*_ ERROR at teardown of test_c _*",
            "*test_it.py:*: LateRequestWarning: POST /lanes/*",
            "test_it.py::test_early",
            f"*test_it.py:{line}: LateRequestWarning: POST /lanes/*outlive test_early?",
        ]
    )


@pytest.mark.parametrize(("filter_", "outcome"), [("error", {"errors": 1}), ("ignore", {})])
def test_a_late_request_obeys_the_command_line(
    pytester: pytest.Pytester, filter_: str, outcome: dict[str, int]
) -> None:
    """`-W error` fails the test that runs, and `-W ignore` silences the warning."""
    result = late(pytester, "def test_a(): ask(seen['early'])", filter_)
    result.assert_outcomes(passed=4, warnings=0, **outcome)


def test_pytest_warns_gets_a_late_request(pytester: pytest.Pytester) -> None:
    """The warning is raised while the block runs, and not reported again."""
    result = late(
        pytester,
        """
def test_warns():
    with pytest.warns(mock_electron.LateRequestWarning, match="after the test had ended"):
        ask(seen["early"])

def test_recwarn(recwarn):
    ask(seen["early"])
    assert [one.category for one in recwarn] == [mock_electron.LateRequestWarning]
""",
    )
    result.assert_outcomes(passed=5, warnings=0)


WHEN = "def test_when(electron):\n    ask(electron)\n    electron.when(says='x')\n"


def test_a_when_without_an_answer_is_a_warning(pytester: pytest.Pytester) -> None:
    """It has the line of the call. A filter makes the test fail, and a report names it too."""
    flag = "::mock_electron.UnansweredWhenWarning"
    result = run(pytester, WHEN, "-W", "default" + flag)
    result.assert_outcomes(passed=1, warnings=1)
    line = (HEAD + WHEN).strip().splitlines().index("    electron.when(says='x')") + 1
    result.stdout.fnmatch_lines([f"*test_it.py:{line}: UnansweredWhenWarning: when() without*"])
    failing = pytester.runpytest_inprocess("-W", "error" + flag)
    failing.assert_outcomes(failed=1)
    failing.stdout.fnmatch_lines([f"UnansweredWhenWarning: test_it.py:{line}: when() without an*"])
    pytester.makepyfile(test_it=HEAD + WHEN + "    assert 0\n")
    broken = pytester.runpytest_inprocess("-W", "error" + flag)
    broken.stdout.fnmatch_lines([f"Hint: test_it.py:{line}: when() without an answer*"])


# --- accessors and exports


def test_accessors_fail_clearly() -> None:
    """Each message has the line of the exchange, which says why."""
    mock = electron()
    ask(mock._lane, model="gpt-4o")
    ask(mock._lane)
    refused, answered = mock.exchanges
    for name in ("chat_request", "chat_reply", "chat_usage"):
        assert getattr(answered, name) == getattr(answered, name.removeprefix("chat_"))
        with pytest.raises(ValueError, match=r"exchange #0 has no .*received 'gpt-4o'"):
            getattr(refused, name)


def test_exports_have_chunk_times_pauses_misses_and_titles() -> None:
    """On a frozen clock, the chunks have the times of the pace."""
    mock = electron(pace=Pace(first=0.25, each=0.1, overhead=0.25))
    mock.fail(503)
    mock.reply("one two")
    ask(mock._lane, "Hi", stream=True)
    mock.clock.advance(2)
    ask(mock._lane, "Hi", stream=True)
    first, second = mock.exchanges
    assert second.chunk_offsets == (0.25, 0.25, 0.35, 0.35)
    assert (first.to_dict()["pause"], second.to_dict()["pause"]) == (None, 2.0)
    assert '"_chunks":[250.0,250.0,350.0,350.0]' in mock.exchanges.har()
    assert f'"title":"{second.title}"' in mock.exchanges.har()
    assert second.title == "#1 turn 1 'Hi' -> 'one two'"


def test_json_lines_have_the_cache_misses() -> None:
    """They are those of explain_miss."""
    import json

    mock = electron()
    for name in ("Asha", "Ravi"):
        ask(mock._lane, messages=[{"role": "system", "content": f"{name} " + "is here. " * 40}])
    first, second = map(json.loads, mock.exchanges.json_lines().splitlines())
    miss = mock.explain_miss(1)
    assert miss is not None
    assert first["cache_miss"] is None
    assert second["cache_miss"]["lost_tokens"] == miss.lost_tokens
    assert Exchanges([]).json_lines() == ""
