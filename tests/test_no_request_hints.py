"""Hints about missing requests fit the case: the fixture, what arrived, and how the test failed."""

import gc
import sys
import warnings
from collections.abc import Iterator

import httpx
import pytest

from mock_electron import Electron, MockElectron

TEST = """
import asyncio, contextlib, socket
import httpx
import pytest

BODY = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}]}

def ask(electron):
    headers = {"Authorization": f"Bearer {electron.api_key}"}
    url = electron.base_url + "/chat/completions"
    return httpx.post(url, json=BODY, headers=headers, trust_env=False)

def test_models(electron):
    httpx.get(electron.base_url + "/models", trust_env=False)
    electron.assert_called()

def test_mistake(electron):
    electron.reply("x", tims=2)

def test_wrong_value(electron):
    electron.fail(302)

def test_name(electron):
    undefined

def test_reset(electron):
    ask(electron)
    electron.reset("exchanges")
    electron.assert_called()

def test_nothing(electron):
    electron.assert_called()

def test_plain(electron):
    assert len(electron.exchanges) == 1

def test_session(electron_session):
    assert len(electron_session.exchanges) == 1

def test_early(electron):
    url = electron.base_url
    raise LookupError

def test_environment(electron_env, electron):
    electron.assert_called()

async def ask_later(electron):
    return ask(electron)

def test_dropped(electron):
    ask_later(electron)
    electron.assert_called()

def test_dropped_plain(electron):
    ask_later(electron)
    assert electron.exchanges

def test_kept(electron):
    answer = ask_later(electron)
    assert electron.exchanges
    answer.close()

@pytest.mark.anyio
async def test_task(electron):
    task = asyncio.create_task(ask_later(electron))
    electron.assert_called()

def test_attribute(electron):
    answer = ask_later(electron)
    answer.choices

@pytest.mark.anyio
async def test_attribute_at_once(electron):
    ask_later(electron).choices

def test_length(electron):
    ask(electron)
    answer = ask_later(electron)
    assert len(answer) == 1

class Manager:
    # As aiohttp keeps the coroutine of a request.
    __slots__ = ("_coro", "_resp")
    def __init__(self, coro):
        self._coro = coro
    async def __aenter__(self):
        self._resp = await self._coro
class Both(Manager):
    def __await__(self):
        return self._coro.__await__()

class Plain:
    async def __aenter__(self):
        pass

@contextlib.asynccontextmanager
async def stream_later(electron):
    yield ask(electron)

def test_manager(electron):
    answer = Manager(ask_later(electron))
    answer.status

def test_manager_at_once(electron):
    Both(ask_later(electron)).status

def test_stream(electron):
    answer = stream_later(electron)
    answer.status_code

@pytest.mark.anyio
async def test_entered(electron):
    manager = stream_later(electron)
    async with manager as answer:
        answer.nothing

def test_plain_manager(electron):
    Plain().status

@pytest.mark.anyio
async def test_gather(electron):
    answers = asyncio.gather(ask_later(electron), ask_later(electron))
    electron.assert_called()

@pytest.mark.anyio
async def test_awaited_assertion(electron):
    ask(electron)
    await electron.assert_called()

@pytest.mark.anyio
async def test_awaited_mistake(electron):
    await electron.reply(1)

def test_called(electron):
    electron.exchanges()

def test_called_text(electron):
    ask(electron)
    assert electron.base_url().startswith("http") and len(electron.exchanges)

def test_called_rightly(electron):
    ask(electron)
    electron.assert_called() + electron.exchanges.where(turn=1)[0]

@pytest.mark.anyio
async def test_loop(electron):
    for chunk in ask_later(electron):
        pass

@pytest.mark.anyio
async def test_exchanges(electron):
    exchanges = electron.settled()
    assert len(exchanges) == 1

@pytest.mark.anyio
async def test_settled(electron):
    electron.settled()
    electron.assert_called()

@pytest.mark.electron(strict=True)
def test_strict(electron):
    electron.reply("Hi!")
    ask_later(electron)

@pytest.mark.electron(strict=True)
class TestStrict:
    def test_strict_method(self, electron):
        electron.reply("Hi!")
        ask_later(electron)

def test_tls(electron):
    with pytest.raises(httpx.ConnectError):
        httpx.get(electron.base_url.replace("http:", "https:"), trust_env=False)
    electron.assert_called()

def test_tls_plain(electron):
    with pytest.raises(httpx.ConnectError):
        httpx.get(electron.base_url.replace("http:", "https:"), trust_env=False)
    assert electron.exchanges

def test_garbage(electron):
    host, _, port = electron.url.split("/")[2].partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"garbage" * 10)
        connection.recv(1)
    electron.assert_called()

def test_lane(electron):
    httpx.post(electron.base_url.replace("/lanes/", "/lanes/99") + "/chat", trust_env=False)
    electron.assert_called()

def test_socks(electron, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    raise ImportError("Using SOCKS proxy, but the 'socksio' package is not installed.")

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""

CAUSES = {
    "dropped": "Hint: ask_later() at test_the_hints_fit_the_case.py:",
    "dropped_plain": "Hint: ask_later() at test_the_hints_fit_the_case.py:",
    "kept": "Hint: ask_later() has not begun, because it was not awaited",
    "task": "Hint: ask_later() has not begun, because it was not awaited",
    "attribute": "Hint: ask_later() has not begun, because it was not awaited",
    "attribute_at_once": "Hint: ask_later() has not begun, because it was not awaited",
    "length": "Hint: ask_later() has not begun, because it was not awaited",
    "loop": "Hint: ask_later() at test_the_hints_fit_the_case.py:",
    "manager": "Hint: ask_later() has not begun, because it was not entered with `async with`",
    "manager_at_once": "Hint: ask_later() has not begun, because it was not awaited",
    "stream": "Hint: stream_later() has not begun, because it was not entered with `async with`",
    "gather": "Hint: ask_later() has not begun, because it was not awaited",
    "awaited_assertion": "assert_called() is not async; write `electron.assert_called(…)` without await",
    "awaited_mistake": "Hint: reply() is not async; write `electron.reply(…)` without await",
    "called": "exchanges is an attribute, not a method; write `electron.exchanges` without ()",
    "called_text": "base_url is an attribute, not a method; write `electron.base_url` without ()",
    "exchanges": "Hint: settled() was not awaited; write `await electron.settled()`",
    "settled": "was not awaited; write `await electron.settled()`",
    "strict": "Hint: ask_later() at test_the_hints_fit_the_case.py:",
    "TestStrict.test_strict_method": "Hint: ask_later() at test_the_hints_fit_the_case.py:",
    "tls": "it is TLS, but this port speaks plain HTTP (use http://, not https://)",
    "tls_plain": "Hint: the server received bytes that are not a request: Invalid HTTP request",
    "garbage": "Hint: the server received bytes that are not a request: Invalid HTTP request",
    "lane": "/waves/v1/chat, where no lane is open: does the client belong",
    "socks": "Hint: ALL_PROXY sets a SOCKS proxy",
}


@pytest.fixture
def dropped() -> Iterator[None]:
    """Free the coroutines that inner tests did not await, and expect Python to warn of them."""
    yield
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        vars(sys).pop(name, None)  # the frames of the last failure keep what it looked at
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        gc.collect()


def reports(pytester: pytest.Pytester) -> dict[str, str]:
    """Run the tests, and return the report of each."""
    pytester.makepyfile(TEST)
    output = pytester.runpytest_inprocess("-p", "no:cacheprovider").stdout.str()
    parts = output.partition("short test summary")[0].split("\n_____")[1:]
    return {part.partition(" _")[0].strip("_ ").removeprefix("test_"): part for part in parts}


@pytest.mark.usefixtures("dropped")
def test_the_hints_fit_the_case(pytester: pytest.Pytester) -> None:
    """The base URL is doubted only if it may be wrong, under the name of the fixture."""
    found = reports(pytester)
    doubt = "is the base_url of the client "
    doubted = {name for name, text in found.items() if doubt in text}
    unread = {name for name, text in found.items() if "has not read electron.base_url" in text}
    assert unread == {"nothing", "plain", "settled", "plain_manager"}
    assert doubted == {"session", "early", "environment", "lane", *unread}
    assert "not begun" not in found["entered"]
    assert "Hint: " not in found["called_rightly"]
    repeated = [name for name, text in found.items() if text.count("has not begun") > 1]
    assert repeated == []
    for name in ("session", "early", "environment"):
        assert "did the test send a request, and await it?" in found[name]
    assert "GET /waves/v1/models arrived, but no POST" in found["models"]
    assert "Hint: with list_models=True or --electron-list-models, the list" in found["models"]
    assert " (setting list_models) | 404" in found["models"]
    assert "1 request arrived before electron.reset()" in found["reset"]
    assert f"{doubt}electron_session.base_url, " in found["session"]
    assert [name for name, text in found.items() if text.count("Replay: pytest") != 1] == []
    assert [name for name, text in found.items() if text.count("no requests") > 1] == []
    wrong = [(name, found[name]) for name, words in CAUSES.items() if words not in found[name]]
    assert wrong == []


def test_a_failure_without_requests_lists_none() -> None:
    """The message says once that there is no request."""
    with (
        MockElectron() as electron,
        pytest.raises(AssertionError, match="but no request was received") as caught,
    ):
        electron.assert_called()
    assert "no requests" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "is_right"),
    [
        ("/waves/v1/responses", True),
        ("/waves/v1/waves/v1/chat/completions", False),
        ("/v1/chat/completions", False),
    ],
)
def test_other_paths_show_whether_the_base_url_is_right(path: str, is_right: bool) -> None:
    """A path inside the base URL shows that it is right."""
    with MockElectron() as electron:
        httpx.post(electron.url + path, json={}, trust_env=False)
        message = failure(electron)
    assert "no request for the chat endpoint was received" in message
    assert ("the base_url of the client is right" in message) == is_right
    assert ("is the base_url of the client electron.base_url" in message) != is_right


def test_bytes_that_are_not_http_at_a_server_with_one_lane() -> None:
    """The hint says what they are."""
    with MockElectron() as electron:
        with pytest.raises(httpx.ConnectError):
            httpx.get(electron.url.replace("http:", "https:"), trust_env=False)
        hint = failure(electron).partition("Hint: ")[2]
    assert hint.startswith("the server received bytes that are not a request: ")
    assert "it is TLS, but this port speaks plain HTTP" in hint


def failure(electron: Electron) -> str:
    with pytest.raises(AssertionError) as caught:
        electron.assert_called()
    return str(caught.value)


@pytest.mark.usefixtures("dropped")
def test_an_async_test_that_did_not_run_gets_no_hint(pytester: pytest.Pytester) -> None:
    """pytest says that a plugin is missing; that no request was received follows from it."""
    pytester.makepyfile("async def test_async(electron):\n    electron.reply('Hi')\n")
    result = pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:anyio")
    assert "async def functions are not natively supported" in result.stdout.str()
    assert "Hint: " not in result.stdout.str()
