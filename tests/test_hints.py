"""Hints in reports: a retry with another body, and a rate limit on a frozen clock."""

import time
from typing import Any, Final

import pytest
from lanes import arrival, ask
from msgspec.structs import replace
from raw_http import chat, connect, request_bytes, user

from mock_electron import Electron, MockElectron, Plan, Settings
from mock_electron.engine.lane import Lane

CHANGES: Final[list[tuple[dict[str, Any], dict[str, Any], str]]] = [
    ({"seed": 1}, {"seed": 2}, "seed changed from 1 to 2"),
    ({"seed": 1}, {}, "seed was removed"),
    ({}, {"user": "asha"}, "user was added"),
    ({"stream": False}, {"stream": True}, "stream changed from False to True"),
    (
        {"messages": user("Hi")},
        {"messages": user("Hi again")},
        "messages[0].content changed from 'Hi' to 'Hi again'",
    ),
    (
        {"messages": user("Hi")},
        {"messages": [*user("Hi"), *user("Hello?")]},
        "messages[1] was added",
    ),
    (
        {"a": 1, "b": 1, "c": 1, "d": 1},
        {"a": 2, "b": 2, "c": 2, "d": 2},
        "a changed from 1 to 2; b changed from 1 to 2; c changed from 1 to 2; and 1 more",
    ),
]


def mocked(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def test_a_changed_retry_names_the_field() -> None:
    """`assert_retried` fails with the fields in which the next request differs."""
    wrong = []
    for before, after, words in CHANGES:
        electron = mocked()
        electron.fail(503)
        ask(electron._lane, **before)
        ask(electron._lane, **after)
        with pytest.raises(AssertionError) as error:
            electron.assert_retried(503)
        first, second, *_ = str(error.value).splitlines()
        assert first == "expected 1 retry after 503, got 0"
        if second != f"#1 is not a retry of #0: {words}":
            wrong.append(second)
    assert wrong == []


def test_without_a_later_request_nothing_is_said() -> None:
    """The requests of other keys are not compared either."""
    electron = mocked()
    electron.fail(503)
    ask(electron._lane)
    ask(electron._lane, "Bye", key="sk_other")
    with pytest.raises(AssertionError) as error:
        electron.assert_retried(503)
    assert "is not a retry" not in str(error.value)


HINT: Final = "`electron.clock.advance(60)` instead of a wait, or `with electron.clock.travel():`"


def test_a_limit_on_a_frozen_clock_gets_a_hint() -> None:
    """A failed assertion says how to end it; with a real clock, waiting does."""
    for clock in ("frozen", "real"):
        electron = mocked(clock=clock, plan=Plan(requests_per_minute=1))
        for _ in range(2):
            ask(electron._lane)
        with pytest.raises(AssertionError) as error:
            electron.assert_called(times=5)
        assert (HINT in str(error.value)) == (clock == "frozen")


def test_the_report_of_a_failed_test_has_the_hint(pytester: pytest.Pytester) -> None:
    """It follows the lines of the exchanges."""
    pytester.makepyfile(
        """
from raw_http import chat, connect, request_bytes, user

def test_limit(electron):
    electron.plan(requests_per_minute=1)
    for _ in range(2):
        chat(electron, {"messages": user("Hi")})
    assert False
"""
    )
    ran = pytester.runpytest_inprocess()
    ran.stdout.fnmatch_lines(["*#1 turn 1*429*", f"*{HINT}*"])


def test_a_limit_that_a_client_overcame_gets_no_hint() -> None:
    """A retry after the limit has got a reply."""
    electron = mocked(plan=Plan(requests_per_minute=1))
    for _ in range(3):
        ask(electron._lane)
    electron.clock.advance(60)
    ask(electron._lane)
    assert [exchange.retry_of for exchange in electron.exchanges] == [None, None, 1, 2]
    with pytest.raises(AssertionError) as error:
        electron.assert_called(times=5)
    assert HINT not in str(error.value)


def test_another_client_is_named() -> None:
    """A request with another User-Agent is not a retry."""
    electron = mocked()
    electron.fail(503)
    for agent in (b"a", b"b"):
        opened = electron._lane.open(replace(arrival(), headers=((b"user-agent", agent),)))
        electron._lane.close(opened, 1)
    with pytest.raises(AssertionError, match="#1 is not a retry of #0: another User-Agent or"):
        electron.assert_retried(503)


def limited(**settings: Any) -> Electron:
    """Return a lane whose last request met the limit of a plan."""
    electron = mocked(plan=Plan(requests_per_minute=1), **settings)
    ask(electron._lane)
    ask(electron._lane)
    return electron


def test_no_hint_about_a_limit_that_the_test_asked_for_or_has_ended() -> None:
    """A 429 of the script, of a fault or of the header is used up; time has ended that of a plan."""
    electrons = {"limit": limited()}
    electrons["script"] = scripted = mocked()
    scripted.fail(429, retry_after=7)
    ask(scripted._lane)
    electrons["fault"] = injected = mocked()
    injected.fail(429, every=1)
    ask(injected._lane)
    electrons["header"] = mocked()
    ask(electrons["header"]._lane, faults="fail=429")
    electrons["advanced"] = limited()
    electrons["advanced"].clock.advance(1)
    electrons["over"] = limited()
    electrons["over"].clock.advance(60)
    ask(electrons["over"]._lane)
    electrons["travel"] = limited()
    with electrons["travel"].clock.travel():
        time.sleep(60)
    ask(electrons["travel"]._lane)
    electrons["again"] = limited()
    electrons["again"].clock.advance(1)
    ask(electrons["again"]._lane)
    hinted = []
    for name, electron in electrons.items():
        with pytest.raises(AssertionError) as error:
            electron.assert_called(times=50)
        hinted += [name] if "the clock is frozen" in str(error.value) else []
    assert hinted == ["limit", "again"]


@pytest.mark.parametrize(
    ("name", "is_misspelt"),
    [
        ("X-MockElectron", True),
        ("X-Mock-Electrn", True),
        ("Mock-Electron", True),
        ("X-Mock-Electron-Fault", False),  # the header of responses
        ("X-Electron", False),
        ("X-Request-Id", False),
    ],
)
def test_a_misspelt_header_for_faults_is_named(name: str, is_misspelt: bool) -> None:
    """It has no effect, so the test sees an ordinary reply."""
    for is_on in (True, False):
        with MockElectron(fault_header=is_on) as electron:
            assert chat(electron, {"messages": user("Hi")}, **{name: "fail=503"}).status == 200
            with pytest.raises(AssertionError) as error:
                electron.assert_retried(503)
        hint = f"Hint: #0: the header {name.lower()!r} has no effect; write X-Mock-Electron"
        assert (hint in str(error.value)) == (is_misspelt and is_on)


def test_a_user_function_that_calls_its_own_server_gets_a_hint() -> None:
    """Its request can only be answered after the function has ended."""
    with MockElectron() as electron:
        message = {"messages": user("Hi")}

        def calls_itself(_request: object) -> str:
            with connect(electron) as connection:
                connection.settimeout(0.05)
                connection.sendall(request_bytes(electron, message))
                return connection.recv(1).decode()

        electron.when(turn=1).respond_with(calls_itself).times(1)
        assert chat(electron, message).status == 500
        with pytest.raises(AssertionError) as error:
            electron.assert_retried(429)
    assert "Hint: #0: a user function timed out. The server answers no other" in str(error.value)


@pytest.mark.parametrize("raised", [ValueError("no"), KeyError("x")])
def test_another_exception_of_a_user_function_gets_no_hint(raised: Exception) -> None:
    """Only a timeout may come from a request to the same server."""
    electron = mocked()

    def fails(_request: object) -> str:
        raise raised

    electron.respond_with(fails)
    ask(electron._lane)
    with pytest.raises(AssertionError) as error:
        electron.assert_retried(429)
    assert "Hint: " not in str(error.value)
