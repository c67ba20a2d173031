"""`MockElectron`, the fake outside pytest; `electron_lane` and `electron_env` beside `electron`."""

import asyncio
import os
import subprocess
import sys
import threading
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from raw_http import chat, user

from mock_electron import Electron, MockElectron, ScriptError

HI: dict[str, Any] = {"model": "electron", "messages": user("Hi")}


def said(electron: Electron) -> Any:
    return chat(electron, HI).json["choices"][0]["message"]["content"]


async def said_async(electron: Electron) -> Any:
    headers = {"Authorization": f"Bearer {electron.api_key}"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{electron.base_url}/chat/completions", json=HI, headers=headers
        )
    return answer.json()["choices"][0]["message"]["content"]


def servers() -> int:
    return sum(thread.name == "mock-electron" for thread in threading.enumerate())


def test_a_block() -> None:
    """An address while it lasts, and a server of its own; nothing is left behind."""
    before = servers()
    with MockElectron(seed=7) as electron:
        electron.reply("Hi!")
        assert said(electron) == "Hi!"
        assert electron.settings.seed == 7
        assert servers() == before + 1
        assert "/lanes/" not in electron.url
    assert servers() == before
    with pytest.raises(OSError, match="refused"):
        chat(electron, HI)


def test_the_exchanges_can_be_read_after_the_block() -> None:
    """It is usual to assert then."""
    with MockElectron() as electron:
        said(electron)
    assert len(electron.exchanges) == 1


def test_two_at_once_do_not_meet() -> None:
    """Each has its own."""
    with MockElectron() as one, MockElectron() as other:
        one.reply("one")
        other.reply("other")
        assert (said(one), said(other)) == ("one", "other")


@pytest.mark.anyio
async def test_an_async_block(anyio_backend_name: str) -> None:
    """On asyncio and on trio; the loop is never blocked."""
    async with MockElectron() as electron:
        electron.reply(anyio_backend_name)
        assert await said_async(electron) == anyio_backend_name


@pytest.mark.anyio
async def test_an_async_block_that_is_cancelled() -> None:
    """Its server ends all the same."""
    before = servers()
    with anyio.move_on_after(0.2) as scope:
        async with MockElectron():
            await anyio.sleep(30)
    assert scope.cancelled_caught
    assert servers() == before


def test_asyncio_run() -> None:
    """As a script would have it."""

    async def main() -> Any:
        async with MockElectron(strict=True) as electron:
            electron.reply("Hi!")
            return await said_async(electron)

    assert asyncio.run(main()) == "Hi!"


def test_the_end_of_a_strict_block() -> None:
    """It asserts what the end of a strict test does, unless the block has failed by itself."""
    mock = MockElectron(strict=True)
    chat(mock.__enter__(), HI)
    with pytest.raises(AssertionError, match="1 request had no step in the script"):
        mock.__exit__(None, None, None)
    mock = MockElectron(strict=True)
    mock.__enter__().reply("never asked for")
    with pytest.raises(AssertionError, match="steps left over"):
        mock.__exit__(None, None, None)

    def fails() -> None:
        with MockElectron(strict=True) as electron:
            electron.reply("never asked for")
            raise LookupError("its own reason")

    with pytest.raises(LookupError, match="its own reason"):
        fails()


def test_a_script(tmp_path: Path) -> None:
    """One file, or several."""
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(f"steps: [{{reply: {name}}}]", encoding="utf-8")
    with MockElectron(script=tmp_path / "a.yaml", strict=True) as electron:
        assert said(electron) == "a"
    files: list[str | Path] = [str(tmp_path / "b.yaml"), tmp_path / "a.yaml"]
    with MockElectron(script=files, strict=True) as electron:
        assert [said(electron), said(electron)] == ["b", "a"]


def test_what_is_wrong_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Settings at once, a script at the beginning of the block."""
    before = servers()
    with pytest.raises(TypeError, match="no setting 'sead'. Did you mean 'seed'"):  # noqa: RUF043
        MockElectron(sead=7)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="clock is 'frozen' or 'real'"):
        MockElectron(clock="broken")
    (tmp_path / "a.yaml").write_text("steps: [{repy: x}]", encoding="utf-8")
    with pytest.raises(ScriptError, match="Did you mean 'reply'"):
        MockElectron(script=tmp_path / "a.yaml").__enter__()
    assert servers() == before


def test_it_is_for_one_block() -> None:
    """A second one would have the script and the journal of the first."""
    mock = MockElectron()
    with mock:
        pass
    with pytest.raises(RuntimeError, match="make another one"):
        mock.__enter__()


class TestInUnittest(unittest.TestCase):
    """`enterContext`, as unittest has it since Python 3.11."""

    def setUp(self) -> None:
        self.electron = self.enterContext(MockElectron())

    def test_it_answers(self) -> None:
        """As in any other test."""
        self.electron.reply("Hi!")
        assert said(self.electron) == "Hi!"


def test_without_pytest_at_all() -> None:
    """A plain program imports neither pytest nor the plugin."""
    program = (
        "import sys\n"
        "from mock_electron import MockElectron\n"
        "import urllib.request, json\n"
        "with MockElectron() as electron:\n"
        "    request = urllib.request.Request(electron.base_url + '/chat/completions', b'{}',\n"
        "        {'Authorization': 'Bearer x', 'Content-Type': 'application/json'})\n"
        "    try: urllib.request.urlopen(request)\n"
        "    except urllib.error.HTTPError as error: print(error.code, 'pytest' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"no_proxy": "*"},
    )
    assert (ran.stdout, ran.stderr) == ("400 False\n", "")


# --- the other fixtures


def test_a_factory_for_several_lanes(electron_lane: Callable[..., Electron]) -> None:
    """On one server; settings by name; a wrong one is an error of that line."""
    one, other = electron_lane(), electron_lane(seed=7, plan="standard")
    one.reply("one")
    assert (said(one), said(other) == "one") == ("one", False)
    assert (len(one.exchanges), len(other.exchanges)) == (1, 1)
    assert (other.settings.seed, other.settings.plan) == (7, "standard")
    assert one.url.rpartition("/")[0] == other.url.rpartition("/")[0]
    with pytest.raises(TypeError, match="Did you mean 'seed'"):
        electron_lane(sead=7)


def test_the_environment_of_code_that_reads_it(
    electron: Electron, electron_env: dict[str, str]
) -> None:
    """Set while the test lasts."""
    from openai import OpenAI

    electron.reply("Found you.")
    reply = OpenAI().chat.completions.create(model="electron", messages=HI["messages"])
    assert reply.choices[0].message.content == "Found you."
    assert electron_env == electron.env
    assert os.environ["SMALLEST_API_KEY"] == electron.api_key


def test_the_environment_is_restored() -> None:
    """The test before has set it."""
    assert "127.0.0.1" not in os.environ.get("OPENAI_BASE_URL", "")
