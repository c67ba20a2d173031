"""Hints about libraries that intercept requests, after they have put back what they replaced."""

from types import ModuleType

import pytest

from mock_electron.testing.interceptors import INTERCEPTORS, advice_after

TEST = """
import httpx, pytest, socket, vcr
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts

BODY = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}]}
CASSETTE = dict(record_mode="none")

def ask(electron):
    headers = {"Authorization": f"Bearer {electron.api_key}"}
    url = electron.base_url + "/chat/completions"
    return httpx.post(url, json=BODY, headers=headers, trust_env=False)

def test_with(electron, tmp_path):
    with vcr.use_cassette(tmp_path / "x.yaml", **CASSETTE):
        ask(electron)

@vcr.use_cassette("missing.yaml", **CASSETTE)
def test_decorated(electron):
    ask(electron)

def test_wrapped(electron, tmp_path):
    with vcr.use_cassette(tmp_path / "x.yaml", **CASSETTE):
        try:
            ask(electron)
        except Exception as error:
            raise LookupError("connection error") from error

def test_later(electron, tmp_path):
    ask(electron)
    with vcr.use_cassette(tmp_path / "x.yaml", **CASSETTE):
        ask(electron)

def test_ignored(electron, tmp_path):
    with vcr.use_cassette(tmp_path / "x.yaml", ignore_localhost=True, **CASSETTE):
        httpx.get("http://127.0.0.1:9", trust_env=False)

def test_sockets(electron):
    disable_socket()
    try:
        ask(electron)
    finally:
        enable_socket()
"""
VCR = "Hint: vcrpy intercepts requests: set ignore_localhost=True"


def test_the_library_that_raised_is_named(pytester: pytest.Pytester) -> None:
    """vcrpy in the body of a test has put back its functions before the report is made."""
    pytester.makepyfile(TEST)
    output = pytester.runpytest_inprocess("-p", "no:cacheprovider").stdout.str()
    parts = output.partition("short test summary")[0].split("\n_____")[1:]
    found = {part.partition(" _")[0].strip("_ ").removeprefix("test_"): part for part in parts}
    assert {name for name, text in found.items() if VCR in text} == {
        *("with", "decorated", "wrapped", "later")
    }
    assert [name for name, text in found.items() if text.count("vcrpy intercepts") > 1] == []
    doubted = {name for name, text in found.items() if "is the base_url of the client" in text}
    assert doubted == {"ignored"}
    assert "Hint: pytest-socket allows no sockets" in found["sockets"]


def test_every_library_is_recognised_by_its_exceptions() -> None:
    """By the module of the exception, or by the line that raised it; also as a cause."""
    missing = []
    for package, library in INTERCEPTORS.items():
        module = ModuleType(f"{package}.core")
        exec("class Own(Exception): pass\ndef fail(kind): raise kind()", vars(module))  # noqa: S102 (the text is in this file)
        own = vars(module)["Own"]()
        for error in (own, raised(module, ConnectionError), caused(own), caused(caused(own))):
            advice = advice_after([error], "electron_session")
            if len(advice) != 1 or not advice[0].startswith(f"{library.name} intercepts requests"):
                missing.append((package, error, advice))
    assert missing == []
    assert "electron_session.url" in advice_after([raised_by("responses")], "electron_session")[0]
    assert advice_after([raised_by("httpx")]) == []
    assert advice_after([ExceptionGroup("", [caused(raised_by("vcr"))])]) != []


def raised(module: ModuleType, kind: type[Exception]) -> Exception:
    """Return an exception that a module raised."""
    try:
        vars(module)["fail"](kind)
    except Exception as error:
        return error
    raise AssertionError


def raised_by(package: str) -> Exception:
    module = ModuleType(package)
    exec("def fail(kind): raise kind()", vars(module))  # noqa: S102 (the text is in this file)
    return raised(module, ConnectionError)


def caused(error: Exception) -> Exception:
    """Return an exception of a client whose cause is another one."""
    try:
        raise LookupError from error
    except LookupError as outer:
        return outer
