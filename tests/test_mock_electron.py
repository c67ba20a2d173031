"""`MockElectron` outside pytest, and the fixtures `electron_lane` and `electron_env`."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import anyio
import httpx
import pytest
from raw_http import chat, user

from mock_electron import Electron, MockElectron, ScriptError
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server

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


async def said_or_refused(electron: Electron) -> None:
    """Send a request and ignore its refusal, as code under test might."""
    with contextlib.suppress(KeyError):
        await said_async(electron)


def servers() -> int:
    return sum(thread.name == "mock-electron" for thread in threading.enumerate())


def test_a_block() -> None:
    """A block has its own server, which is stopped at its end."""
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


class Watched(Server):
    """A server that records its instances."""

    made: ClassVar[list[Server]] = []

    def __init__(self, lane: Lane, **options: Any) -> None:
        super().__init__(lane, **options)
        self.made.append(self)

    @classmethod
    def still_open(cls) -> int:
        """Return how many servers still have a socket, and forget all."""
        open_ones = [server for server in cls.made if server._socket.fileno() != -1]
        cls.made.clear()
        return len(open_ones)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    """The servers that MockElectron creates in this test."""
    Watched.made.clear()
    monkeypatch.setattr("mock_electron.mock.Server", Watched)
    return Watched


def test_the_exchanges_can_be_read_after_the_block() -> None:
    """The journal survives the server."""
    with MockElectron() as electron:
        said(electron)
    assert len(electron.exchanges) == 1


def test_two_blocks_at_once() -> None:
    """Two blocks have separate scripts."""
    with MockElectron() as one, MockElectron() as other:
        one.reply("one")
        other.reply("other")
        assert (said(one), said(other)) == ("one", "other")


def test_nested_blocks() -> None:
    """The outer block continues after the inner one has ended."""
    with MockElectron(seed=1) as outer:
        with MockElectron(seed=2) as inner:
            assert (outer.settings.seed, inner.settings.seed) == (1, 2)
            inner.reply("inner")
            assert said(inner) == "inner"
        outer.reply("outer")
        assert said(outer) == "outer"
    assert (len(outer.exchanges), len(inner.exchanges)) == (1, 1)


def test_a_block_within_a_test_of_the_fixture(electron: Electron) -> None:
    """A block and the fixture are independent."""
    with MockElectron(strict=True) as other:
        other.reply("other")
        assert said(electron) != "other"
        assert said(other) == "other"
    assert len(electron.exchanges) == 1


@pytest.mark.anyio
async def test_nested_async_blocks(anyio_backend_name: str) -> None:
    """Nested async blocks work with asyncio and trio."""
    async with MockElectron() as outer, MockElectron() as inner:
        outer.reply("outer")
        inner.reply("inner")
        assert [await said_async(one) for one in (inner, outer)] == ["inner", "outer"]


@pytest.mark.anyio
async def test_the_end_of_a_strict_async_block() -> None:
    """A strict async block asserts at its end, unless its body raised."""
    before = servers()
    mock = MockElectron(strict=True)
    await said_or_refused(await mock.__aenter__())
    with pytest.raises(AssertionError, match="1 request had no step in the script"):
        await mock.__aexit__(None, None, None)

    async def fails() -> None:
        async with MockElectron(strict=True) as electron:
            electron.reply("never requested")
            raise LookupError("its own reason")

    with pytest.raises(LookupError, match="its own reason"):
        await fails()
    assert servers() == before


@pytest.mark.anyio
async def test_mistakes_in_an_async_block(tmp_path: Path, watched: type[Watched]) -> None:
    """A wrong script raises when the block starts, and a block can be entered once."""
    before = servers()
    with pytest.raises(ScriptError, match=r"nope\.yaml: cannot be read"):
        await MockElectron(script=tmp_path / "nope.yaml").__aenter__()
    mock = MockElectron()
    async with mock:
        pass
    with pytest.raises(RuntimeError, match="create a new one"):
        await mock.__aenter__()
    assert servers() == before
    assert len(watched.made) == 2
    assert watched.still_open() == 0


@pytest.mark.anyio
async def test_an_async_block(anyio_backend_name: str) -> None:
    """An async block works with asyncio and trio and never blocks the loop."""
    async with MockElectron() as electron:
        electron.reply(anyio_backend_name)
        assert await said_async(electron) == anyio_backend_name


@pytest.mark.anyio
async def test_an_async_block_that_is_cancelled() -> None:
    """Cancelling the task still stops the server."""
    before = servers()
    with anyio.move_on_after(0.2) as scope:
        async with MockElectron():
            await anyio.sleep(30)
    assert scope.cancelled_caught
    assert servers() == before


def test_asyncio_run() -> None:
    """It works in a plain asyncio program."""

    async def main() -> Any:
        async with MockElectron(strict=True) as electron:
            electron.reply("Hi!")
            return await said_async(electron)

    assert asyncio.run(main()) == "Hi!"


def test_the_end_of_a_strict_block() -> None:
    """A strict block asserts at its end, unless its body raised."""
    mock = MockElectron(strict=True)
    chat(mock.__enter__(), HI)
    with pytest.raises(AssertionError, match="1 request had no step in the script"):
        mock.__exit__(None, None, None)
    mock = MockElectron(strict=True)
    mock.__enter__().reply("never requested")
    with pytest.raises(AssertionError, match="steps left over"):
        mock.__exit__(None, None, None)

    def fails() -> None:
        with MockElectron(strict=True) as electron:
            electron.reply("never requested")
            raise LookupError("its own reason")

    before = servers()
    with pytest.raises(LookupError, match="its own reason"):
        fails()
    assert servers() == before


def test_a_script(tmp_path: Path) -> None:
    """`script` accepts one path or several."""
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(f"steps: [{{reply: {name}}}]", encoding="utf-8")
    with MockElectron(script=tmp_path / "a.yaml", strict=True) as electron:
        assert said(electron) == "a"
    files: list[str | Path] = [str(tmp_path / "b.yaml"), tmp_path / "a.yaml"]
    with MockElectron(script=files, strict=True) as electron:
        assert [said(electron), said(electron)] == ["b", "a"]
    with MockElectron(script=tuple(files)) as electron:
        electron.reply("afterwards")
        assert [said(electron) for _ in range(3)] == ["b", "a", "afterwards"]


def test_a_relative_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is resolved against the working directory."""
    (tmp_path / "a.json").write_text('{"steps": [{"reply": "a"}]}', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with MockElectron(script="a.json") as electron:
        assert said(electron) == "a"


@pytest.mark.parametrize("script", [5, None, [5], b"a.yaml"], ids=repr)
def test_a_script_of_the_wrong_type(script: Any) -> None:
    """A wrong type raises at once."""
    with pytest.raises(
        TypeError, match="script must be the path of a file, or a list of paths, got"
    ):
        MockElectron(script=script)


def test_a_mistake_leaves_nothing_open(tmp_path: Path, watched: type[Watched]) -> None:
    """Wrong settings raise at once, a wrong script when the block starts; no socket is left open."""
    before = servers()
    with pytest.raises(TypeError, match=r"unknown setting 'sead'; .* Did you mean 'seed'"):
        MockElectron(sead=7)  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(ValueError, match="unknown clock 'broken'"):
        MockElectron(clock="broken")  # type: ignore[arg-type]  # wrong on purpose
    (tmp_path / "a.yaml").write_text("steps: [{repy: x}]", encoding="utf-8")
    with pytest.raises(ScriptError, match="Did you mean 'reply'"):
        MockElectron(script=tmp_path / "a.yaml").__enter__()
    assert servers() == before
    assert len(watched.made) == 1  # the one of the script
    assert watched.still_open() == 0


def test_a_failed_start_leaves_nothing_open(
    watched: type[Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed start leaves no listening socket."""

    def broken(_: Server) -> None:
        raise RuntimeError("mock-electron did not start")

    monkeypatch.setattr(Watched, "start", broken)
    with pytest.raises(RuntimeError, match="did not start"):
        MockElectron().__enter__()
    assert len(watched.made) == 1
    assert watched.still_open() == 0


@pytest.mark.parametrize("name", ["reply", "when", "base_url", "api_key", "exchanges", "settings"])
def test_a_mock_is_not_an_electron(name: str) -> None:
    """A public name of Electron says that the block gives the Electron; others do not."""
    mock: Any = MockElectron()
    words = f"'MockElectron' object has no attribute {name!r}"
    with pytest.raises(AttributeError) as missing:
        getattr(mock, name)
    assert str(missing.value) == f"{words}; use `with MockElectron() as electron:`"
    with pytest.raises(AttributeError) as missing:
        _ = mock.nothing
    assert str(missing.value) == "'MockElectron' object has no attribute 'nothing'"


def test_a_mock_can_be_entered_once() -> None:
    """A second block would share the script and journal of the first, so it raises."""
    mock = MockElectron()
    with mock:
        pass
    with pytest.raises(RuntimeError, match="create a new one"):
        mock.__enter__()


class TestInUnittest(unittest.TestCase):
    """`enterContext` works in unittest."""

    def setUp(self) -> None:
        self.electron = self.enterContext(MockElectron())

    def test_it_answers(self) -> None:
        """It works as in any other test."""
        self.electron.reply("Hi!")
        assert said(self.electron) == "Hi!"


class TestInAsyncUnittest(unittest.IsolatedAsyncioTestCase):
    """`enterAsyncContext` works in unittest."""

    async def asyncSetUp(self) -> None:
        self.electron = await self.enterAsyncContext(MockElectron())

    async def test_it_answers(self) -> None:
        """As in any other test."""
        self.electron.reply("Hi!")
        assert await said_async(self.electron) == "Hi!"


def test_strict_in_unittest() -> None:
    """A strict block fails a unittest at its end, but does not hide another failure or a skip."""

    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.electron = self.enterContext(MockElectron(strict=True))
            self.electron.reply("Hi!")

        def test_fits(self) -> None:
            said(self.electron)

        def test_left_over(self) -> None:
            pass

        def test_skipped(self) -> None:
            said(self.electron)
            self.skipTest("not today")

    before = servers()
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    [(test, words)] = result.failures
    assert test.id().endswith("test_left_over")
    assert "the script has steps left over" in words
    assert (result.testsRun, len(result.errors), len(result.skipped)) == (3, 0, 1)
    assert servers() == before


def test_strict_without_pytest() -> None:
    """A plain program ends with the AssertionError and the refused request."""
    program = (
        "import contextlib, urllib.request\n"
        "from mock_electron import MockElectron\n"
        "with MockElectron(strict=True) as electron:\n"
        '    body = b\'{"model": "electron", "messages": [{"role": "user", "content": "Hi"}]}\'\n'
        "    request = urllib.request.Request(electron.base_url + '/chat/completions', body,\n"
        "        {'Authorization': 'Bearer x', 'Content-Type': 'application/json'})\n"
        "    with contextlib.suppress(OSError): urllib.request.urlopen(request)\n"
        "    print('swallowed')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"no_proxy": "*"},
    )
    assert (ran.returncode, ran.stdout) == (1, "swallowed\n")
    assert "AssertionError: 1 request had no step in the script." in ran.stderr
    assert "(turn 1, 'Hi'): the script is empty." in ran.stderr


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
    """`electron_lane` opens lanes on one server and checks their settings."""
    one, other = electron_lane(), electron_lane(seed=7, plan="standard")
    one.reply("one")
    assert (said(one), said(other) == "one") == ("one", False)
    assert (len(one.exchanges), len(other.exchanges)) == (1, 1)
    assert (other.settings.seed, other.settings.plan) == (7, "standard")
    assert one.url.rpartition("/")[0] == other.url.rpartition("/")[0]
    with pytest.raises(TypeError, match="Did you mean 'seed'"):
        electron_lane(sead=7)


@pytest.fixture
def own_environment() -> Iterator[None]:
    """Check that `electron_env` restores the variables that the user had set."""
    names = ("SMALLEST_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_KEY")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ["OPENAI_API_KEY"] = "the user's own"
    yield
    after = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ.update(before)
    assert after == {"OPENAI_API_KEY": "the user's own"}


def test_the_environment_of_a_test(
    own_environment: None, electron: Electron, electron_env: dict[str, str]
) -> None:
    """`electron_env` sets the variables during the test only."""
    from openai import OpenAI

    electron.reply("Found you.")
    reply = OpenAI().chat.completions.create(model="electron", messages=HI["messages"])
    assert reply.choices[0].message.content == "Found you."
    assert electron_env == electron.env
    assert electron_env.items() <= os.environ.items()
    assert os.environ["SMALLEST_API_KEY"] == electron.api_key


@pytest.mark.electron(api_keys=("sk_mine", "sk_other"))
def test_the_environment_has_an_accepted_key(
    electron: Electron, electron_env: dict[str, str]
) -> None:
    """The variables contain the first accepted key."""
    assert electron_env["SMALLEST_API_KEY"] == electron_env["OPENAI_API_KEY"] == "sk_mine"
    answer = chat(electron, HI, Authorization=f"Bearer {os.environ['OPENAI_API_KEY']}")
    assert answer.status == 200
