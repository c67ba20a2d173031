"""Lanes that last longer than a test: `electron.reset()`, `electron_session`, a fixed port, and hints."""

import json
import re
import socket
from collections.abc import Callable
from typing import Any, Final, get_args

import pytest
from raw_http import chat, user

from mock_electron import Electron, MockElectron, faults
from mock_electron.engine.lane import Lane
from mock_electron.engine.reset import RESETS, ResetPart
from mock_electron.inputs.checks import must_be
from mock_electron.serve.server import Server

PARTS_OF: Final = {"exchanges": ("journal", "occurrences")}
"""The parts that reset several others."""
LONG: Final = "a word and another " * 20
HI: Final[Any] = {"messages": user(LONG)}


def use(electron: Electron) -> bytes:
    """Change every part of a lane, and return the bytes of some answers."""
    electron.reply("scripted")
    electron.when(says="nothing")
    electron.respond_with(lambda request: "from a function")
    electron.inject(faults.Crlf(), rate=0.5)
    electron.plan(requests_per_minute=2)
    electron.pace(each=1.0)
    answers = [chat(electron, HI | {"seed": seed}) for seed in (1, 1, 1)]
    electron.barge_in()
    electron.clock.advance(3)
    return b"".join(answer.body for answer in answers)


def state(electron: Electron) -> dict[str, Any]:
    """Return what each part of a lane looks like from outside."""
    lane = electron._lane
    counted = (len(lane._ledger._occurrences), len(lane._ledger.attempts._lines))
    return {
        "script": (lane.script(), lane._responder, tuple(lane.pending)),
        "journal": (len(electron.exchanges), electron._lane.barge_ins),
        "occurrences": counted,
        "faults": (tuple(lane._ledger.injections._active), lane._ledger.injections._added),
        "limits": (len(lane._ledger.limits._accounts), electron.peak_in_flight),
        "clock": electron.clock.now(),
        "settings": electron.settings,
    }


@pytest.mark.filterwarnings("ignore::mock_electron.UnansweredWhenWarning")
def test_a_reset_is_a_new_start(electron: Electron) -> None:
    """After `reset()`, the same requests get the same bytes as in a new lane."""
    first, started = use(electron), state(electron)
    electron.reset()
    assert use(electron) == first
    assert len(electron.exchanges) == 3
    assert [exchange.number for exchange in electron.exchanges] == [0, 1, 2]
    assert state(electron).keys() == started.keys()


@pytest.mark.filterwarnings("ignore::mock_electron.UnansweredWhenWarning")
def test_parts_are_reset_alone(electron_lane: Callable[..., Electron]) -> None:
    """`reset("script")` changes the script only, and so does each other part."""
    assert get_args(ResetPart) == tuple(RESETS)
    fresh = state(electron_lane())
    wrong = []
    for part in get_args(ResetPart):
        electron = electron_lane()
        use(electron)
        before = state(electron)
        electron.reset(part)
        after = state(electron)
        for name in fresh:
            expected = fresh[name] if name in PARTS_OF.get(part, (part,)) else before[name]
            if after[name] != expected:
                wrong.append(f"reset({part!r}): {name} is {after[name]}, expected {expected}")
    assert wrong == []


def test_the_cache_is_reset(electron: Electron) -> None:
    """After `reset("cache")`, a prompt that was read before is not cached."""
    for _ in range(2):
        chat(electron, HI)
    electron.reset("cache")
    chat(electron, HI)
    cached = [exchange.usage.cached_tokens for exchange in electron.exchanges if exchange.usage]
    assert cached[0] == cached[2] == 0 < cached[1]


def test_the_steps_of_the_settings_come_back(tmp_path: Any) -> None:
    """The steps of `script=` are unused again, and later steps are removed."""
    path = tmp_path / "script.yaml"
    path.write_text("steps: [{reply: from the file}]", encoding="utf-8")
    with MockElectron(script=path) as electron:
        electron.reply("later")
        for _ in range(2):
            assert b"from the file" in chat(electron, HI).body
            electron.reset("script", "exchanges")
        assert len(electron.exchanges) == 0


def test_a_request_in_flight_is_not_recorded(electron: Electron) -> None:
    """It is answered, and the next exchange has the number 0."""
    electron.inject(faults.Stall(seconds=30, after=1))
    connection = socket.create_connection(("127.0.0.1", int(electron.url.split(":")[2][:5])))
    body = json.dumps(HI | {"model": "electron", "stream": True}).encode()
    path = "/" + electron.base_url.split("/", 3)[3] + "/chat/completions"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    received = b""
    while b"data: " not in received:
        received += connection.recv(10_000)
    electron.reset()
    assert chat(electron, HI).status == 200
    connection.close()
    [exchange] = electron.exchanges
    assert (exchange.number, exchange.outcome, electron.peak_in_flight) == (0, "complete", 1)


def test_an_unknown_part(electron: Electron) -> None:
    """ValueError with the nearest name, and nothing is reset."""
    chat(electron, HI)
    with pytest.raises(ValueError, match=r"unknown part 'exchange'; .* Did you mean 'exchanges'"):
        electron.reset("script", "exchange")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong on purpose
    assert len(electron.exchanges) == 1


def test_a_step_from_before_a_reset_cannot_be_changed(electron: Electron) -> None:
    """RuntimeError: the number of the step now belongs to another one."""
    step = electron.reply("before")
    electron.reset("script")
    electron.reply("after")
    with pytest.raises(RuntimeError, match="the step was removed from the script"):
        step.times(2)
    assert [state.step.times for state in electron._lane.script()] == [1]


# --- a fixed port


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_a_mock_on_a_fixed_port() -> None:
    """It listens there, twice in a row."""
    port = free_port()
    for _ in range(2):
        with MockElectron(port=port) as electron:
            assert electron.base_url == f"http://127.0.0.1:{port}/waves/v1"
            assert chat(electron, HI).status == 200


def test_a_wrong_port() -> None:
    """A value that is not a port is an error where it is written."""
    for wrong in (-1, 65536, "8787", 87.5, True, None):
        message = re.escape(must_be("port", "an integer from 0 to 65535", wrong))
        with pytest.raises(ValueError, match=message):
            MockElectron(port=wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong on purpose


def test_a_port_in_use() -> None:
    """The error comes from the system and names the address."""
    with Server(Lane()) as server, pytest.raises(OSError, match="in use"):
        MockElectron(port=int(server.url.rpartition(":")[2])).__enter__()


# --- electron_session

ASK: Final = """
import json, urllib.request

def ask(electron):
    body = json.dumps({"model": "electron", "messages": [{"role": "user", "content": "Hi"}]})
    headers = {"Authorization": "Bearer sk", "Content-Type": "application/json"}
    url = electron.base_url + "/chat/completions"
    request = urllib.request.Request(url, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)["choices"][0]["message"]["content"]
"""


def test_a_lane_for_the_whole_run(pytester: pytest.Pytester) -> None:
    """All tests share its address and exchanges. A failed test that uses it lists them."""
    port = free_port()
    pytester.makepyfile(
        ASK
        + f"""
import pytest

@pytest.fixture(scope="module")
def application(electron_session):
    return electron_session.base_url

def test_address(application):
    assert application == "http://127.0.0.1:{port}/lanes/session/waves/v1"

def test_first(electron_session):
    electron_session.reply("one")
    assert ask(electron_session) == "one"

def test_second(electron_session, electron):
    assert electron_session.exchanges.texts == ["one"]
    electron_session.reset()
    electron_session.reply("two")
    assert ask(electron_session) == "two"
    assert len(electron.exchanges) == 0

def test_fails(electron_session):
    assert electron_session.exchanges.texts == ["one"]
"""
    )
    ran = pytester.runpytest_inprocess(f"--electron-port={port}")
    ran.assert_outcomes(passed=3, failed=1)
    ran.stdout.fnmatch_lines(
        ["*- electron_session -*", "Exchanges at *", "*#0 turn 1 'Hi' -> 'two'*"]
    )


def test_a_strict_run_ends_with_its_checks(pytester: pytest.Pytester) -> None:
    """With `strict`, the steps of `electron_session` that are left over are an error at the end."""
    pytester.makepyfile("def test_one(electron_session): electron_session.reply('never used')")
    ran = pytester.runpytest_inprocess("--electron-strict")
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*the script has steps left over:*"])


def test_wrong_ports_of_the_plugin(pytester: pytest.Pytester) -> None:
    """A usage error for a value that is not a port, and an error in the test for a port in use."""
    ran = pytester.runpytest_inprocess("--electron-port=http")
    ran.stderr.fnmatch_lines(
        ["*--electron-port: port must be an integer from 0 to 65535, got 'http'"]
    )
    pytester.makepyfile("def test_one(electron): pass")
    with socket.create_server(("127.0.0.1", 0)) as used:
        port = used.getsockname()[1]
        ran = pytester.runpytest_inprocess(f"--electron-port={port}")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(
        [f"*--electron-port: port {port} cannot be used: Address already in use*"]
    )


def test_a_wider_scope_gets_a_hint(pytester: pytest.Pytester) -> None:
    """The error of a module-scoped fixture that uses `electron` names `electron_session`."""
    pytester.makepyfile(
        """
import pytest

@pytest.fixture(scope="module")
def client(electron):
    pass

@pytest.fixture(scope="session")
def environment(electron_env):
    pass

def test_one(client): pass
def test_two(environment): pass
"""
    )
    ran = pytester.runpytest_inprocess()
    ran.assert_outcomes(errors=2)
    assert ran.stdout.str().count("use electron_session, which lasts for the whole run") == 2
