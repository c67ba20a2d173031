"""The fixture `electron` on an installed mock-electron."""

import json
import subprocess
import sys
from http.client import HTTPConnection
from importlib.metadata import requires
from re import match
from urllib.parse import urlsplit

from ask import ask, text_of

from mock_electron import Electron, MockElectron, call, faults

MODULES = {"ruamel-yaml": "ruamel.yaml"}
"""By distribution: the module, if its name is not the distribution's with underscores."""


def test_every_base_dependency_can_be_imported() -> None:
    """The installed versions work together."""
    base = [line for line in requires("mock-electron") or () if ";" not in line]
    names = {found[0] for line in base if (found := match(r"[\w-]+", line))}
    modules = {MODULES.get(name, name.replace("-", "_")) for name in names}
    assert {"sse_starlette", "starlette", "uvicorn"} <= modules
    # In another process: sse_starlette replaces a method of uvicorn when it is imported.
    subprocess.run([sys.executable, "-c", f"import {', '.join(sorted(modules))}"], check=True)


def test_the_inspector_is_installed(electron: Electron) -> None:
    """The page and its scripts are in the distribution."""
    for path in ("", "page/main.js", "page/style.css"):
        connection = HTTPConnection(urlsplit(electron.url).netloc)
        connection.request("GET", f"/_mock/{path}")
        assert connection.getresponse().status == 200
        connection.close()


def test_a_scripted_reply(electron: Electron) -> None:
    """The fixture answers over HTTP and records the request."""
    electron.reply("Good morning!")
    status, body = ask(electron.base_url, electron.api_key)
    assert (status, text_of(body)) == (200, "Good morning!")
    request = electron.exchanges.last.request
    assert request is not None
    assert request.last.content == "Hi!"


def test_a_reply_of_the_pocket_model(electron: Electron) -> None:
    """Without a script the same request gets the same text."""
    asked = {"messages": [{"role": "user", "content": "Why is the sky blue?"}]}
    status, body = ask(electron.base_url, electron.api_key, **asked)
    assert (status, bool(text_of(body))) == (200, True)
    assert text_of(ask(electron.base_url, electron.api_key, **asked)[1]) == text_of(body)


def test_a_tool_call(electron: Electron) -> None:
    """A scripted tool call arrives with its filler."""
    electron.when(says="Hi").reply(call("greet", name="Asha"), filler="Let me see…")
    message = json.loads(ask(electron.base_url, electron.api_key)[1])["choices"][0]["message"]
    assert message["content"] == "Let me see…"
    assert message["tool_calls"][0]["function"]["arguments"] == '{"name": "Asha"}'


def test_an_error_and_a_retry(electron: Electron) -> None:
    """A scripted error is sent as often as the test says."""
    electron.fail(503, times=2)
    assert [ask(electron.base_url, electron.api_key)[0] for _ in range(3)] == [503, 503, 200]
    electron.assert_retried(503, times=2)


def test_a_stream(electron: Electron) -> None:
    """A stream ends with its usage and `[DONE]`."""
    electron.reply("One two three.")
    options = {"stream": True, "stream_options": {"include_usage": True}}
    _, body = ask(electron.base_url, electron.api_key, **options)
    *events, usage, done, rest = body.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    assert json.loads(usage.removeprefix("data: "))["usage"]["completion_tokens"] > 0
    deltas = [json.loads(event.removeprefix("data: "))["choices"][0]["delta"] for event in events]
    assert "".join(delta.get("content") or "" for delta in deltas) == "One two three."


def test_a_stream_that_breaks_off(electron: Electron) -> None:
    """A fault applies to the next request."""
    electron.inject(faults.Crlf(), times=1)
    assert "\r\n\r\n" in ask(electron.base_url, electron.api_key, stream=True)[1]


def test_a_server_without_pytest() -> None:
    """`MockElectron` starts and stops its own server."""
    with MockElectron(seed=7) as electron:
        electron.reply("Hello!")
        assert text_of(ask(electron.base_url, electron.api_key)[1]) == "Hello!"
