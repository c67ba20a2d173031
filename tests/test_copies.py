"""An exchange as a curl command, a script step, a Python test and a program for Node: each one runs."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import lanes
import pytest
from control_client import ControlClient, ask, controlled
from raw_http import chat, send, user

from mock_electron import Electron, MockElectron, call, faults
from mock_electron.control import copies as written
from mock_electron.engine.lane import Lane

QUOTES: Final = 'It\'s "quoted"; $(echo no) `no` \\ {braces} {{user.content}}\n\tनमस्ते ␀ </script>'
ELSEWHERE: Final = {**os.environ, "OPENAI_BASE_URL": "http://127.0.0.1:9/waves/v1"}
"""The environment of somebody who uses another server."""
TOOLS: Final = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]


def copies(electron: Electron, number: int) -> dict[str, str]:
    """Return the texts of an exchange."""
    found: dict[str, str] = ControlClient(electron.url).get(f"/lanes/default/exchanges/{number}")[
        "copies"
    ]
    return found


def ask_everything(electron: Electron) -> None:
    """Send a request of each kind."""
    electron.when(says="call").reply(call("f", x=[1, QUOTES], **{"y z": None}), filler=QUOTES)
    electron.when(says="overloaded").fail(503, retry_after=7)
    electron.when(says="broken").inject(faults.Reset())
    electron.when(says="late").reply("Hi!").inject(faults.NoDone())
    electron.when(says="quoted").reply(QUOTES.replace("{{", "{{{{"))
    chat(electron, {"messages": user(QUOTES)})
    chat(electron, {"messages": user(QUOTES), "stream": True, "user": QUOTES})
    chat(electron, {"messages": user("call"), "tools": TOOLS, "temperature": 0.5})
    chat(electron, {"messages": user("overloaded")})
    chat(electron, {"messages": user("late"), "stream": True})
    chat(electron, {"messages": []})
    chat(electron, b"{'no json' \xff\x00")
    chat(electron, {"messages": user("Hi"), "max_tokens": 3})
    chat(electron, {"messages": user("no key")}, Authorization="")
    chat(
        electron,
        b'{"model": "electron", "messages": [{"role": "user", "content": "'
        + b"a" * 150_000
        + b'"}]}',
    )
    for header in ("fail='$x\"", "fail=503", "cut=1"):  # a reply in one piece cannot be cut
        chat(electron, {"messages": user("header")}, **{"X-Mock-Electron": header})
    send(f"{electron.url}/waves/v1/nothing?it's", method="GET")


@pytest.fixture(scope="module")
def asked() -> Any:
    """A fake that was asked everything, and the texts of each exchange."""
    with MockElectron() as electron:
        ask_everything(electron)
        every = list(electron.exchanges.with_others)
        yield electron, every, [copies(electron, one.number) for one in every]


def same_again(asked: Any) -> None:
    """Check that the fake has got each request again, and has given the same answers."""
    electron, every, _texts = asked
    for before, again in zip(every, electron.exchanges.with_others[-len(every) :], strict=True):
        assert (again.method, again.path, again.body and again.status) == (
            before.method,
            before.path,
            before.body and before.status,
        )
        assert again.request == before.request
        assert again.text == before.text
        if before.request is None:
            assert again.body == before.body


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl(asked: Any) -> None:
    """Each command sends the same request to the same lane."""
    script = "\n".join(texts["curl"] for texts in asked[2])
    subprocess.run(
        ["bash"], input=script.encode(), check=True, capture_output=True, timeout=60, env=ELSEWHERE
    )
    same_again(asked)


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_node(asked: Any, tmp_path: Path) -> None:
    """Each program sends the same request to the same lane, and says how to run it."""
    names = [f"./ask{number}.mjs" for number in range(len(asked[2]))]
    for name, texts in zip(names, asked[2], strict=True):
        (tmp_path / name).write_text(texts["node"], "utf-8")
    main = tmp_path / "main.mjs"
    main.write_text("\n".join(f'await import("{name}");' for name in names), "utf-8")
    subprocess.run(["node", main], check=True, capture_output=True, timeout=60, env=ELSEWHERE)
    assert all(texts["node"].startswith("// ask.mjs, run with: node") for texts in asked[2])
    same_again(asked)


def test_a_step(asked: Any) -> None:
    """Each script gives the same answer to the same request, or says why there is none."""
    _electron, every, texts = asked
    for before, text in zip(every, (one["script"] for one in texts), strict=True):
        if text.startswith("#"):
            assert before.status >= 400
            continue
        with MockElectron() as fresh:
            ControlClient(fresh.url).put("/lanes/default/steps", {"script": text})
            fresh_answer = send(
                f"{fresh.url}{before.path}",
                before.body,
                headers={"Authorization": "Bearer sk_mock", "Content-Type": "application/json"},
            )
            assert fresh_answer.status == before.status
            assert fresh.exchanges.last.text == before.text


def test_a_python_test(asked: Any, pytester: pytest.Pytester) -> None:
    """Each test passes with the fixture of the plugin."""
    written = [one["python"] for one in asked[2]]
    tests = [text for text in written if "def test_" in text]
    assert len(tests) == 9
    pytester.makepyfile(**{f"test_{n}": text for n, text in enumerate(tests)})
    pytester.runpytest_inprocess("-q").assert_outcomes(passed=len(tests))
    for text in {*written} - {*tests}:
        assert text.startswith("# No test")


def test_no_python_test_for_what_the_script_cannot_answer() -> None:
    """A strict lane refuses the request. The lane of a test would answer it, or fail itself."""
    with controlled() as (_, control):
        lane = control.post("/lanes", {"settings": {"strict": True}})
        ask(lane, "Hi")
        text = control.get(f"/lanes/{lane['name']}/exchanges/0")["copies"]["python"]
        assert text == "# No test: no step of the script can answer the request.\n"


def test_a_python_test_of_silence_ends() -> None:
    """The client does not wait ten minutes for an answer that never comes."""
    lane = Lane()
    electron = Electron(lane, "")
    electron.inject(faults.Silence())
    lanes.ask(lane, stream=True)
    [exchange] = electron.exchanges
    text = written.copies(exchange, "http://mock")["python"]
    assert "electron.inject(faults.Silence())" in text
    assert "list(client.chat.completions.create(**REQUEST, timeout=1))" in text
