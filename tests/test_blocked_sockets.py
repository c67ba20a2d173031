"""What a test sees if a library blocks sockets, for itself or for some other tests of the run."""

import socket
from pathlib import Path

import pytest

from mock_electron.testing.no_requests import hints

BLOCKER = """
import socket
import pytest

class GuardedSocket(socket.socket):
    __module__ = "pytest_socket"

    def __new__(cls, *args, **kwargs):
        raise RuntimeError("blocked")

real = socket.socket

def pytest_runtest_setup(item):
    if item.get_closest_marker("disable_socket"):
        socket.socket = GuardedSocket

def pytest_runtest_teardown(item):
    socket.socket = real
"""
"""Replaces the class of sockets as pytest-socket does."""
TESTS = """
import pytest
from raw_http import chat, user

@pytest.fixture(scope="session")
def application(electron_session):
    return electron_session

def ask(electron):
    assert chat(electron, {"messages": user("Hi")}).status == 200

@pytest.mark.disable_socket
def test_blocked(electron):
    ask(electron)

@pytest.mark.disable_socket
def test_blocked_session(application):
    ask(application)

def test_allowed(electron):
    ask(electron)

def test_allowed_session(application, electron_session):
    ask(application)

@pytest.mark.disable_socket
def test_blocked_later(electron):
    ask(electron)

def test_allowed_again(electron):
    ask(electron)
"""


def test_a_blocked_start_of_the_server_affects_one_test(pytester: pytest.Pytester) -> None:
    """A later test, which may use sockets, starts the server."""
    pytester.makeini(
        f"[pytest]\npythonpath = {Path(__file__).parent}\nmarkers = disable_socket\n"
        "asyncio_default_fixture_loop_scope = function\n"
    )
    pytester.makeconftest(BLOCKER)
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3, failed=1, errors=2)
    result.stdout.fnmatch_lines(["*replace @pytest.mark.disable_socket, the fixture *"])
    result.stdout.no_fnmatch_line("*AssertionError*")


def guard(module: str) -> object:
    """Return a method of a module that refuses to connect."""
    names: dict[str, object] = {"__name__": module}
    exec("def refuse(*args):\n    raise RuntimeError('blocked')", names)  # noqa: S102 (our own source)
    return names["refuse"]


def test_the_advice_fits_the_way_of_blocking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of hosts does not help if there are no sockets at all, and the marker's list wins."""
    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", guard("pytest_socket"), raising=False)
        [_, hint] = hints("http://127.0.0.1:9", (), ())
    assert "add 127.0.0.1 to the list of @pytest.mark.allow_hosts or" in hint
    assert hint.endswith("or else to --allow-hosts")

    class GuardedSocket(socket.socket):
        __module__ = "pytest_socket"

        def __init__(self, *args: object) -> None:
            raise RuntimeError("blocked")

    with monkeypatch.context() as patch:
        patch.setattr(socket, "socket", GuardedSocket)
        [_, hint] = hints("http://127.0.0.1:9", (), ())
    assert "@pytest.mark.disable_socket, the fixture socket_disabled or disable_socket()" in hint
    assert "if only --disable-socket is set" in hint
