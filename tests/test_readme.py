"""The pages are correct: examples run, commands are those of CI, links resolve, tables are complete."""

import gc
import os
import re
import runpy
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import control_page
import hypothesis
import pytest
from click.testing import CliRunner
from lanes import ask
from rows import each, each_of
from settings_page import PAGE as SETTINGS
from settings_page import current

import mock_electron
from mock_electron import (
    CacheMiss,
    ChatRequest,
    Electron,
    Exchange,
    Explanation,
    Pace,
    Plan,
    Settings,
    Usage,
    faults,
)
from mock_electron.cli.app import MODULES, cli
from mock_electron.cli.serve import serve
from mock_electron.contract import select
from mock_electron.engine.faults.directives import DIRECTIVES, OPTIONS
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.engine.setting_table import SETTINGS as SETTING_NAMES
from mock_electron.plugin import hooks
from mock_electron.plugin.options import OPTIONS as PYTEST_OPTIONS
from mock_electron.scripts import ScriptError, loads
from mock_electron.scripts.schema import FAIL, REPLY, SCHEMA, STEP
from mock_electron.serve.server import Server
from mock_electron.traffic.filters import ANSWER_CONDITIONS
from mock_electron.wire.errors import ERRORS, NOT_SCRIPTED, TEST_ENDED, ApiError
from mock_electron.wire.reply import Alternative, Reply, TokenLogprob, ToolCall
from mock_electron.wire.request import Message, Tool

ROOT: Final = Path(__file__).parent.parent
DOCS: Final = ROOT / "docs"
README: Final = ROOT / "README.md"
CONTRIBUTING: Final = ROOT / "CONTRIBUTING.md"
INDEX: Final = DOCS / "index.md"
TUTORIAL: Final = DOCS / "tutorial.md"
LANGUAGES: Final = DOCS / "other-languages.md"
GATEWAY: Final = DOCS / "check-your-gateway.md"
ELECTRON: Final = DOCS / "electron.md"
PYTEST: Final = DOCS / "pytest.md"
SERVER: Final = DOCS / "server.md"
ERROR_PAGE: Final = DOCS / "errors.md"
FAULTS: Final = DOCS / "faults.md"
POCKET: Final = DOCS / "pocket-model.md"
TIME: Final = DOCS / "time-and-limits.md"
SCRIPTS: Final = DOCS / "scripts.md"
JOURNAL: Final = DOCS / "journal.md"
VALUES: Final = DOCS / "values.md"
CONTRACT: Final = DOCS / "contract.md"
PAGES: Final = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md"))]

EXAMPLES: Final = {
    README: 7,
    TUTORIAL: 9,
    DOCS / "retries.md": 6,
    DOCS / "barge-in.md": 3,
    DOCS / "freeze-time.md": 7,
    DOCS / "record-and-replay.md": 2,
    LANGUAGES: 2,
    DOCS / "without-pytest.md": 3,
    DOCS / "property-testing.md": 5,
    PYTEST: 6,
    SCRIPTS: 5,
    FAULTS: 6,
    TIME: 5,
    JOURNAL: 5,
    CONTRACT: 2,
    DOCS / "audit.md": 3,
    DOCS / "turns.md": 2,
    DOCS / "repair-an-agent.md": 1,
    DOCS / "fault-search.md": 5,
    DOCS / "what-if.md": 2,
    DOCS / "control.md": 1,
    POCKET: 4,
}
"""The number of tests on each page that has examples."""
CLAUSES: Final = len(select(("endpoint.*", "chat.choice.*")))
"""The number of clauses in the `ContractSuite` of an example."""
LONGEST_EXAMPLE: Final = 12
"""Lines of an example, without the setup that the examples of a page share."""
NONE: Final = "–"


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """Return a page's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", text(page), re.DOTALL)


def rows(page: Path, columns: int) -> list[list[str]]:
    """Return the rows of a page's tables with this number of columns, without headers."""
    lines = re.findall(r"^\| (.+) \|$", text(page), re.MULTILINE)
    cells = [line.split(" | ") for line in lines]
    return [row for row in cells if len(row) == columns and row[0].startswith("`")]


# --- examples


def is_example(block: str) -> bool:
    """Whether a block contains tests and no shared setup."""
    return "def test_" in block and not re.search(r"^(?:import|from) ", block, re.MULTILINE)


def files(page: Path) -> dict[str, str]:
    """Return the files that a reader makes of a page, by name.

    A block whose first line is a comment with a file name is that file. The other blocks in Python
    continue the file of tests.
    """
    made: dict[str, list[str]] = {}
    tests = f"test_{page.stem.lower().replace('-', '_')}.py"
    for language, block in re.findall(r"```(\w+)\n(.*?)```", text(page), re.DOTALL):
        named = re.match(r"(?:#|//) (\S+\.\w+)\n", block)
        if named and named[1].startswith("test_"):
            tests = named[1]
        if named:
            made.setdefault(named[1], []).append(block)
        elif language == "python":
            made.setdefault(tests, []).append(block)
    return {name: "\n\n".join(parts) for name, parts in made.items()}


def write_files(page: Path, folder: Path) -> None:
    """Write the files of a page into a folder."""
    for name, content in files(page).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def test_every_page_with_tests_is_run() -> None:
    """A new page with examples is added to the table."""
    assert {page for page in PAGES if "def test_" in text(page)} == set(EXAMPLES)


@each({page.stem: page for page in EXAMPLES})
def test_the_examples_are_short(page: Path) -> None:
    """An example fits on a screen, next to its explanation."""
    examples = filter(is_example, blocks(page, "python"))
    too_long = [block for block in examples if len(block.splitlines()) > LONGEST_EXAMPLE]
    assert too_long == []


@pytest.fixture
def few_examples() -> Iterator[None]:
    """Let property tests draw fewer examples than for a reader, and the same ones in each run."""
    usual = hypothesis.settings.get_current_profile_name()
    hypothesis.settings.register_profile("few", max_examples=5, derandomize=True, database=None)
    hypothesis.settings.load_profile("few")
    yield
    hypothesis.settings.load_profile(usual)


ON_ASYNCIO: Final = """
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.stem)
@pytest.mark.usefixtures("few_examples")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_the_examples_pass(
    pytester: pytest.Pytester, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of a page, copied word for word into an empty folder, pass as a user runs them."""
    if page == LANGUAGES and shutil.which("node") is None:
        pytest.skip("Node is not installed")
    write_files(page, pytester.path)
    for name in files(page):  # a module of this folder may have the same name
        monkeypatch.delitem(sys.modules, Path(name).stem, raising=False)
    pytester.makeconftest(ON_ASYNCIO)
    outcomes = pytester.runpytest_inprocess().parseoutcomes()
    gc.collect()  # the examples leave clients open, and their warnings belong to this test
    if page == CONTRACT:
        assert outcomes == {"passed": CLAUSES, "xfailed": 1}
    else:
        assert outcomes == {"passed": EXAMPLES[page]}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_examples_get_what_the_pages_say(tmp_path: Path) -> None:
    """An answer; a 503 for two attempts and then an answer; a stream cut after three chunks."""
    [question] = [block for block in blocks(README, "sh") if block.startswith("curl")]
    [cut] = [block for block in blocks(SERVER, "sh") if block.startswith("curl")]
    [fails] = blocks(FAULTS, "sh")
    with Server() as server:
        assert '"finish_reason":"stop"' in curl(question, server, tmp_path, code=0)
        answers = [curl(fails, server, tmp_path, code=0) for _ in range(3)]
        heads = [answer.partition("\r\n\r\n")[0].splitlines() for answer in answers]
        assert [head[0].split()[1] for head in heads] == ["503", "503", "200"]
        assert "retry-after: 2" in heads[0]
        assert curl(cut, server, tmp_path, code=18).count("data: {") == 3  # 18: incomplete


def curl(command: str, server: Server, home: Path, *, code: int) -> str:
    """Return what a command prints, without the curl settings and proxy of this machine."""
    return run(command.replace("http://127.0.0.1:8787", server.url), home, code=code)


def run(command: str, home: Path, *, code: int = 0) -> str:
    """Return what a command prints, run in a folder with the commands of this environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    ran = subprocess.run(
        ["sh", "-c", command],
        cwd=home,
        capture_output=True,
        env={"PATH": path, "HOME": str(home), "no_proxy": "*", **kept},
        timeout=60,
    )
    assert ran.returncode == code, ran.stderr.decode()
    return ran.stdout.decode()


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("node")), reason="curl or Node is not installed"
)
def test_the_example_for_ci_starts_a_server_and_stops_it(tmp_path: Path) -> None:
    """The commands run as they are written, on another port."""
    write_files(LANGUAGES, tmp_path)
    commands = [block for block in blocks(LANGUAGES, "sh") if block.startswith("mock-electron")]
    command, around = commands
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = command.replace("serve", "serve --port 8787", 1).replace("8787", port)
    *_, ready, said = run(f"{command}wait\n", tmp_path, code=0).splitlines()
    assert ready == f"ready: http://127.0.0.1:{port}"
    assert said.endswith("?")
    assert run(around, tmp_path, code=0).splitlines()[0] == said


def test_the_commands_for_a_gateway_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page succeeds against a fake, and nothing has changed."""
    monkeypatch.chdir(tmp_path)
    commands = [line for block in blocks(GATEWAY, "sh") for line in block.splitlines()]
    assert len(commands) == 3
    with Server() as server:
        for command in commands:
            program, *arguments = shlex.split(command.replace("http://127.0.0.1:8787", server.url))
            assert program == "mock-electron"
            ran = CliRunner().invoke(cli, arguments)
            assert ran.exit_code == 0, ran.output
    assert "\n0 changes" in ran.output


def test_the_header_makes_the_value_next_to_it(pytester: pytest.Pytester) -> None:
    """In each row of docs/faults.md, the header means the value; a value without header exists."""
    checks = []
    for value, written, _ in rows(FAULTS, 3):
        check = value.strip("`")
        if written != NONE:
            check = "header.parse_header({!r}).faults == ({},)".format(written.strip("`"), check)
        checks.append(f"    assert {check}")
    assert len(checks) > len(DIRECTIVES)
    imports = (
        "from mock_electron import fail, faults\nfrom mock_electron.engine.faults import header"
    )
    pytester.makepyfile("\n".join([imports, "def test_rows():", *checks]))
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


# --- commands and links


def test_the_two_commands_create_their_environment() -> None:
    """Each command sets up everything that it needs, and CI runs the second one."""
    commands = [block for block in blocks(README, "sh") if "venv" in block]
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)
    assert commands[1].rstrip().endswith(".venv/bin/pytest -n auto")
    assert "grep -m1 'pytest -n auto' README.md" in text(ROOT / ".ci/run")


@each({page.name: page for page in PAGES})
def test_links_resolve(page: Path) -> None:
    """Every relative link names an existing file and, if it names a heading, an existing heading."""
    broken = []
    prose = re.sub(r"```.*?```", "", text(page), flags=re.DOTALL)
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", prose):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(page: Path) -> list[str]:
    """Return a page's headings in the form that links use."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


def test_the_index_lists_every_page() -> None:
    """docs/index.md links each page of docs/."""
    linked = re.findall(r"\]\(([\w-]+\.md)\)", text(INDEX))
    assert sorted(linked) == sorted(page.name for page in DOCS.glob("*.md") if page != INDEX)


# --- tables are complete


def test_the_table_of_settings_is_up_to_date() -> None:
    """docs/settings.md is what `python tests/settings_page.py` writes."""
    assert current(text(SETTINGS)) == text(SETTINGS)


def test_the_reference_of_the_control_api_is_up_to_date() -> None:
    """docs/control-api-reference.md is what `python tests/control_page.py` writes."""
    assert control_page.current(text(control_page.PAGE)) == text(control_page.PAGE)


def test_every_setting_is_documented() -> None:
    """The table of docs/settings.md has a row for each field of `Settings`."""
    names = [row[0].strip("`") for row in rows(SETTINGS, 5)]
    assert names == list(Settings.__struct_fields__)


def test_every_error_is_documented() -> None:
    """docs/errors.md lists each error next to its status."""
    page = text(ERROR_PAGE)
    for error in (*ERRORS, NOT_SCRIPTED, TEST_ENDED):
        assert re.search(rf"\| {error.status} \|.*`{error.name}`", page), error.name


def test_every_member_of_the_fixture_is_documented() -> None:
    """The tables of docs/electron.md list each public method and property of `electron`."""
    first_cells = " ".join(row[0] for row in rows(ELECTRON, 2))
    public = [name for name in dir(Electron(Lane(), "http://mock")) if not name.startswith("_")]
    assert "reply" in public
    missing = [name for name in public if not re.search(rf"`electron\.{name}\b", first_cells)]
    assert missing == []


def test_every_public_name_is_documented() -> None:
    """docs/electron.md lists every name that can be imported."""
    listed = " ".join(row[0] for row in rows(ELECTRON, 2))
    names = [name for name in mock_electron.__all__ if name != "__version__"]
    assert [name for name in names if f"`{name}`" not in listed] == []


def test_every_fixture_is_documented() -> None:
    """docs/pytest.md lists each fixture of the plugin."""
    names = [name for name in vars(hooks) if name.startswith("electron")]
    assert "electron_lane" in names
    listed = [row[0].strip("`") for row in rows(PYTEST, 3)]
    assert sorted(names) == sorted(listed)


def test_every_command_and_option_of_the_server_is_documented() -> None:
    """docs/server.md lists them, except the options for settings."""
    page = text(SERVER)
    assert [
        name for name in (*cli.commands, *MODULES) if f"`mock-electron {name}" not in page
    ] == []
    own = [option.opts[0] for option in serve.params if option.name not in SETTING_NAMES]
    assert [row[0].strip("`") for row in rows(SERVER, 2) if row[0].startswith("`--")] == own


def test_every_fault_is_documented() -> None:
    """docs/faults.md has every public class of `mock_electron.faults`."""
    public = [name for name, value in vars(faults).items() if isinstance(value, type)]
    assert "Cut" in public
    page = text(FAULTS)
    assert [name for name in public if not re.search(rf"`faults\.{name}\b", page)] == []


def test_every_word_of_the_header_is_documented() -> None:
    """It is in a table of docs/faults.md, or begins an entry of a list there."""
    written = [row[1] for row in rows(FAULTS, 3)]
    written += re.findall(r"^- (`[^`]+`)", text(FAULTS), re.MULTILINE)
    items = [item for cell in written for item in cell.strip("`").split(";")]
    known = {item.partition("=")[0].strip() for item in items}
    assert [word for word in (*DIRECTIVES, *OPTIONS) if word not in known] == []


DOCUMENTED: Final[list[tuple[type[Any], Path]]] = [
    (CacheMiss, TIME),
    (Exchange, JOURNAL),
    (Explanation, POCKET),
    (Pace, TIME),
    (Plan, TIME),
]


@pytest.mark.parametrize(
    ("kind", "page"), DOCUMENTED, ids=[kind.__name__ for kind, _ in DOCUMENTED]
)
def test_every_field_is_documented(kind: type[Any], page: Path) -> None:
    """A class's page has each of its fields and properties."""
    properties = [name for name, value in vars(kind).items() if isinstance(value, property)]
    names = [*kind.__struct_fields__, *properties]
    public = [name for name in names if not name.startswith("_")]
    words = text(page)
    assert [name for name in public if not re.search(rf"\b{name}[`=]", words)] == []


VALUES_DOCUMENTED: Final[list[tuple[type[Any], str]]] = [
    (ChatRequest, "The request: `ChatRequest`"),
    (Message, "A message: `Message`"),
    (Tool, "A tool: `Tool`"),
    (Reply, "The reply: `Reply`"),
    (ToolCall, "A tool call: `ToolCall`"),
    (Usage, "Token counts: `Usage`"),
    (TokenLogprob, "Log-probabilities: `TokenLogprob` and `Alternative`"),
    (Alternative, "Log-probabilities: `TokenLogprob` and `Alternative`"),
    (ApiError, "The error: `ApiError`"),
]
"""The classes of docs/values.md, each with the heading of its section."""


@each_of(VALUES_DOCUMENTED)
def test_every_attribute_of_a_value_is_documented(kind: type[Any], heading: str) -> None:
    """The class's table in docs/values.md lists its public attributes, and no others."""
    [section] = re.findall(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text(VALUES), re.M | re.S
    )
    cells = re.findall(r"^\| (`.+?) \| ", section, re.MULTILINE)
    listed = {name for cell in cells for name in re.findall(r"`(\w+)", cell)}
    public = {name for name in dir(kind) if not name.startswith("_")}
    assert listed == public | ({"top"} if kind is Alternative else set())


def test_every_option_of_pytest_is_documented() -> None:
    """docs/settings.md has each of them."""
    page = text(SETTINGS)
    assert [name for name in PYTEST_OPTIONS if f"`{name}`" not in page] == []


def test_every_condition_is_documented() -> None:
    """docs/scripts.md has the conditions of `when`; docs/journal.md has the others of `where`."""
    conditions = [name for row in rows(SCRIPTS, 2) for name in re.findall(r"`(\w+)`", row[0])]
    assert [name for name in CONDITIONS if name not in (*conditions, "predicate")] == []
    page = text(JOURNAL)
    assert [name for name in ANSWER_CONDITIONS if f"`{name}`" not in page + text(SCRIPTS)] == []


def test_every_field_of_a_script_file_is_documented() -> None:
    """docs/scripts.md has each field in the spelling of a file."""
    page = text(SCRIPTS)
    names = [name for part in (SCHEMA, STEP, REPLY, FAIL) for name in part["properties"]]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_script_on_the_page_is_valid() -> None:
    """It can be loaded without changes."""
    [example] = blocks(SCRIPTS, "yaml")
    assert len(loads(example.encode(), "example.yaml")) == 3


def test_the_errors_of_a_file_on_the_page_are_the_real_ones() -> None:
    """The page's script with two mistakes; an ellipsis on the page replaces any text."""
    [example] = blocks(SCRIPTS, "yaml")
    wrong = example.replace("says", "sayz").replace("503", "5033")
    with pytest.raises(ScriptError) as error:
        loads(wrong.encode(), "fixtures/weather.yaml")
    shown, _ = blocks(SCRIPTS, "text")
    pairs = zip(shown.splitlines(), str(error.value).splitlines(), strict=True)
    different = [
        line
        for line, real in pairs
        if not re.fullmatch(".*".join(map(re.escape, line.split("…"))), real)
    ]
    assert different == []


def test_the_refusal_on_the_page_is_the_real_one(tmp_path: Path) -> None:
    """A strict lane has the page's three steps, and the first of them is used up."""
    lane = Lane(Settings(strict=True))
    electron = Electron(lane, "http://mock")
    module = tmp_path / "test_agent.py"
    module.write_text(REFUSING, encoding="utf-8")
    runpy.run_path(str(module), {"electron": electron})
    for _ in range(2):
        ask(lane, "How is the weather?")
    error = electron.exchanges.last.error
    assert error is not None
    assert error.message + "\n" == blocks(SCRIPTS, "text")[1]


REFUSING: Final = (
    "\n" * 14
    + """\
electron.reply("Hi!")
electron.when(says="wether").reply("It is 31 °C.")
electron.when(turn=2, after_tool="get_weather").reply("31 °C and humid.")
"""
)


def test_the_failure_in_the_readme_is_the_real_one(pytester: pytest.Pytester) -> None:
    """The strict example fails with these lines after the change that the README names."""
    tests = "\n\n".join(blocks(README, "python")[1:])
    pytester.makepyfile(test_copied=tests.replace('turn=1, says="Hi"', 'turn=1, says="Bye"'))
    # In its own process, because a failure keeps the example's open client for later tests to close.
    ran = pytester.runpytest_subprocess("-k", "only_what_is_scripted")
    assert ran.parseoutcomes()["failed"] == 1
    [shown] = blocks(README, "text")
    ran.stdout.fnmatch_lines([f"E *{line}" for line in shown.splitlines()])


def test_the_report_on_the_page_is_the_real_one(pytester: pytest.Pytester) -> None:
    """The report of a failed test on docs/pytest.md, except the port and the pause."""
    pytester.makepyfile(test_agent=FAILING)
    ran = pytester.runpytest_inprocess()
    [shown] = blocks(PYTEST, "text")
    differing = r"127\.0\.0\.1:\d+|\d+\.\d+ s$"
    lines = [re.sub(differing, "", line) for line in ran.outlines]
    missing = [line for line in shown.splitlines() if re.sub(differing, "", line) not in lines]
    assert missing == [], ran.outlines


FAILING: Final = """
from raw_http import chat, user


def test_greets(electron):
    electron.fail(503)
    electron.reply("Hello!")
    chat(electron, {"messages": user("Hi!")})
    electron.clock.advance(0.5)
    assert chat(electron, {"messages": user("Hi!")}).status == 503
"""
