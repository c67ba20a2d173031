"""The programs on docs/other-languages.md run. Each is skipped if its language is not installed."""

import json
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from control_client import ControlClient, controlled
from test_readme import LANGUAGES, ROOT, blocks, run, text, write_files

from mock_electron.control import open_control
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.serve.server import Server

INSTALLATION: Final = "npm install --prefix fixtures/node --no-package-lock"
PACKAGES: Final = ROOT / "fixtures/node/node_modules"
OLDER_VITEST: Final = {n: ROOT / f"fixtures/node/vitest-{n}/node_modules" for n in (2, 3)}
"""The packages with older versions of Vitest."""
VITEST: Final = "node node_modules/vitest/vitest.mjs run"
QUICK_JAVA: Final = "JAVA_TOOL_OPTIONS='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'"
"""A program that runs for a second is not worth an optimising compiler and several collectors."""
WITHOUT_NODE: Final = "Node is not installed"
WITHOUT_JAVA: Final = "Java is not installed"

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason=WITHOUT_NODE)
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason=WITHOUT_JAVA)
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
needs_packages = pytest.mark.skipif(
    not all(one.is_dir() for one in (PACKAGES, *OLDER_VITEST.values())),
    reason=f"the packages for Node are not installed; run `{INSTALLATION}`",
)


@pytest.fixture
def control() -> Iterator[ControlClient]:
    """The control API of a server like that of `mock-electron serve`."""
    with controlled(Lane(Settings(clock="real"))) as (_, client):
        yield client


@pytest.fixture
def guarded() -> Iterator[str]:
    """The variables that point a client of the control API at a server with a token."""
    with Server(control=partial(open_control, token="t0")) as server:  # noqa: S106 (a test)
        yield f"MOCK_ELECTRON_URL={server.url} MOCK_ELECTRON_CONTROL_TOKEN=t0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of the page, and with the packages for Node if they are installed."""
    write_files(LANGUAGES, tmp_path)
    if PACKAGES.is_dir():
        (tmp_path / "node_modules").symlink_to(PACKAGES)
    return tmp_path


def variables(server: Server) -> str:
    """Return variables that point an OpenAI client at a server."""
    return f"OPENAI_BASE_URL={server.base_url} OPENAI_API_KEY=sk_mock"


def test_the_installation_command_is_documented() -> None:
    """CONTRIBUTING.md and the CI script contain the command."""
    for path in ("CONTRIBUTING.md", ".ci/run"):
        assert INSTALLATION in (ROOT / path).read_text(encoding="utf-8")


@needs_node
@needs_packages
def test_the_tests_for_vitest_pass(control: ControlClient, folder: Path) -> None:
    """All tests of the page pass, in two runs against the same server, and leave no lane behind."""
    vitest = f"MOCK_ELECTRON_URL={control.url} {VITEST}"
    assert "npx vitest run" in text(LANGUAGES)
    for _ in range(2):
        report = json.loads(run(f"{vitest} --reporter=json", folder))
        assert (report["numPassedTests"], report["numTotalTests"]) == (3, 3)
        assert control.get("/lanes")["open"] == 1


@needs_node
@needs_packages
@pytest.mark.parametrize("version", OLDER_VITEST)
def test_the_tests_for_vitest_pass_with_older_versions(
    version: int, control: ControlClient, folder: Path
) -> None:
    """The options of a lane reach it: no version drops them silently."""
    (folder / "node_modules").unlink()
    (folder / "node_modules").symlink_to(OLDER_VITEST[version])
    vitest = f"MOCK_ELECTRON_URL={control.url} {VITEST}"
    report = json.loads(run(f"{vitest} --reporter=json", folder))
    assert (report["numPassedTests"], report["numTotalTests"]) == (3, 3)
    assert control.get("/lanes")["open"] == 1


@needs_node
@needs_packages
def test_a_step_that_is_left_fails_its_vitest_test(control: ControlClient, folder: Path) -> None:
    """The helper throws what the verdict says, and closes the lane of a failed test too."""
    tests = folder / "ask.test.mjs"
    once = 'reply: "It is 31 °C." }'
    changed = tests.read_text(encoding="utf-8").replace(once, f"{once[:-2]}, times: 2 }}")
    tests.write_text(changed, encoding="utf-8")
    vitest = f"MOCK_ELECTRON_URL={control.url} {VITEST}"
    report = json.loads(run(f"{vitest} --reporter=json", folder, code=1))
    results = [one for file in report["testResults"] for one in file["assertionResults"]]
    [failed] = [one for one in results if one["status"] == "failed"]
    assert failed["title"] == "says what the model says"
    assert "answered 1 time, expected 2 times" in failed["failureMessages"][0]
    assert control.get("/lanes")["open"] == 1


@needs_node
@needs_packages
def test_the_client_for_vitest_sends_the_token(guarded: str, folder: Path) -> None:
    """The control API of a server with a token answers it."""
    (folder / "ask.test.mjs").write_text(
        'import { test } from "./electron.mjs";\n'
        'test("opens", async ({ electron }) => electron.verify({ called: { times: 0 } }));\n',
        encoding="utf-8",
    )
    run(f"{guarded} {VITEST}", folder)


@needs_node
@needs_curl
def test_the_shell_script_sends_the_token(guarded: str, folder: Path) -> None:
    """The control API of a server with a token answers it."""
    assert run(f"{guarded} sh agent_test.sh", folder).startswith('{"ok":true')


@needs_java
def test_the_test_in_java_sends_the_token(guarded: str, folder: Path) -> None:
    """The control API of a server with a token answers it."""
    assert run(f"{guarded} {QUICK_JAVA} java AskTest.java", folder) == ""


@needs_node
@needs_packages
def test_the_example_with_the_client_for_node_prints_a_reply(folder: Path) -> None:
    """The client reads the address and the key from the environment."""
    with Server() as server:
        assert run(f"{variables(server)} node agent-openai.mjs", folder).strip()


@needs_node
@needs_curl
def test_the_shell_script_passes(control: ControlClient, folder: Path) -> None:
    """It passes each time, and closes its lane. With another agent it fails, and closes it too."""
    command = f"MOCK_ELECTRON_URL={control.url} sh agent_test.sh"
    for _ in range(2):
        assert run(command, folder).startswith('{"ok":true')
    agent = folder / "agent.mjs"
    agent.write_text("console.log('Hello!')", encoding="utf-8")
    run(command, folder, code=1)
    assert control.get("/lanes")["open"] == 1


@needs_java
def test_the_example_in_java_prints_a_reply(folder: Path) -> None:
    """The file runs with the command on the page, and needs no package."""
    assert "`java Agent.java`" in text(LANGUAGES)
    with Server() as server:
        answer = run(f"{variables(server)} {QUICK_JAVA} java Agent.java", folder)
    assert '"finish_reason":"stop"' in answer


@needs_java
def test_the_test_in_java_passes(control: ControlClient, folder: Path) -> None:
    """It opens a lane, verifies it and closes it; if what it verifies does not hold, it fails."""
    command = f"MOCK_ELECTRON_URL={control.url} {QUICK_JAVA} java AskTest.java"
    assert "`java AskTest.java`" in text(LANGUAGES)
    assert run(command, folder) == ""
    program = folder / "AskTest.java"
    wrong = program.read_text(encoding="utf-8").replace('\\"retried\\": {\\"kind\\": 503}', "")
    assert wrong != program.read_text(encoding="utf-8")
    wrong = wrong.replace('{, \\"all_used', '{\\"called\\": {\\"times\\": 9}, \\"all_used')
    program.write_text(wrong, encoding="utf-8")
    run(command, folder, code=1)
    assert control.get("/lanes")["open"] == 1


def test_the_client_for_vitest_is_short() -> None:
    """A team copies it, so it fits on a screen."""
    [client] = [block for block in blocks(LANGUAGES, "javascript") if "// electron.mjs" in block]
    lines = [line for line in client.splitlines() if line and not re.match("//|import", line)]
    assert len(lines) <= 30
