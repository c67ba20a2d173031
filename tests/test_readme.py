"""The pages are true: examples run, commands are those of CI, links lead somewhere, tables are whole."""

import os
import re
import runpy
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from lanes import ask

import mock_electron
from mock_electron import CacheMiss, Electron, Exchange, Pace, Plan, Settings, faults
from mock_electron.contract import select
from mock_electron.engine.faults.header import DIRECTIVES, OPTIONS
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.plugin.options import OPTIONS as PYTEST_OPTIONS
from mock_electron.scripts import ScriptError, read
from mock_electron.scripts.schema import FAIL, REPLY, SCHEMA, STEP
from mock_electron.serve.server import Server
from mock_electron.traffic.filters import ANSWER_CONDITIONS
from mock_electron.wire.errors import ERRORS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README, FAULTS, TIME = ROOT / "README.md", DOCS / "faults.md", DOCS / "time-and-limits.md"
SCRIPTS, JOURNAL, PYTEST = DOCS / "scripts.md", DOCS / "journal.md", DOCS / "pytest.md"
SETTINGS, POCKET_MODEL = DOCS / "settings.md", DOCS / "pocket-model.md"
PROPERTIES = DOCS / "property-testing.md"
CONTRACT = DOCS / "contract.md"
PAGES = [README, *sorted(DOCS.glob("*.md"))]
EXAMPLES = {
    README: 5,
    FAULTS: 6,
    TIME: 5,
    SCRIPTS: 4,
    JOURNAL: 4,
    PYTEST: 5,
    PROPERTIES: 5,
    CONTRACT: 2,
}
"""How many tests stand on a page, behind the block that they begin with."""
NONE = "–"


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """A page's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", text(page), re.DOTALL)


def rows(page: Path, columns: int) -> list[list[str]]:
    """The rows of a page's tables that have so many columns, heads left out."""
    lines = re.findall(r"^\| (.+) \|$", text(page), re.MULTILINE)
    cells = [line.split(" | ") for line in lines]
    return [row for row in cells if len(row) == columns and row[0].startswith("`")]


# --- examples


@pytest.mark.parametrize(("page", "count"), EXAMPLES.items(), ids=[page.stem for page in EXAMPLES])
def test_the_examples_are_short(page: Path, count: int) -> None:
    """So many tests a page, none longer than eight lines."""
    _, *tests = blocks(page, "python")
    assert len(tests) == count
    assert [test for test in tests if len(test.splitlines()) > 8] == []


def test_the_examples_pass(pytester: pytest.Pytester) -> None:
    """Copied word by word into an empty directory, and run as a user would run them."""
    modules = {page: "\n\n".join(blocks(page, "python")) for page in EXAMPLES}
    modules[POCKET_MODEL] = blocks(POCKET_MODEL, "python")[-1]
    for page, source in modules.items():
        pytester.makepyfile(**{f"test_{page.stem.replace('-', '_')}": source})
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makeconftest(FEW_EXAMPLES)
    # In a process of their own: imported twice in this one, a client confuses its exceptions.
    ran = pytester.runpytest_subprocess()
    suite = len(select(("endpoint.*", "chat.choice.*")))  # one of the tests is a ContractSuite
    ran.assert_outcomes(passed=sum(EXAMPLES.values()) + suite - 1, xfailed=1)


FEW_EXAMPLES = """
from hypothesis import settings

settings.register_profile("few", max_examples=10, derandomize=True, database=None)
settings.load_profile("few")
"""
"""Property tests are tried less often than a reader's, and in the same way in each run."""


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_examples_get_what_is_said(tmp_path: Path) -> None:
    """An answer; a 503 for two attempts and then an answer; a stream that is cut after three chunks."""
    question, fails, cut = (block for block in blocks(README, "sh") if block.startswith("curl"))
    assert blocks(FAULTS, "sh") == [fails]
    with Server() as server:
        assert '"finish_reason":"stop"' in curl(question, server, tmp_path, code=0)
        answers = [curl(fails, server, tmp_path, code=0) for _ in range(3)]
        heads = [answer.partition("\r\n\r\n")[0].splitlines() for answer in answers]
        assert [head[0].split()[1] for head in heads] == ["503", "503", "200"]
        assert "retry-after: 2" in heads[0]
        assert curl(cut, server, tmp_path, code=18).count("data: {") == 3  # 18: it broke off


def curl(command: str, server: Server, home: Path, *, code: int) -> str:
    """What a command of the docs prints. The settings and the proxy of whoever runs it stay out."""
    ran = subprocess.run(
        ["sh", "-c", command.replace("http://127.0.0.1:8787", server.url)],
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "no_proxy": "*"},
        timeout=30,
    )
    assert ran.returncode == code
    return ran.stdout.decode()


def test_the_header_makes_the_value_beside_it(pytester: pytest.Pytester) -> None:
    """Row by row of docs/faults.md; where the header has no words for a value, it can be made."""
    checks = []
    for value, written, _ in rows(FAULTS, 3):
        check = value.strip("`")
        if written != NONE:
            check = "header.requested_faults({!r}, 0) == ({},)".format(written.strip("`"), check)
        checks.append(f"    assert {check}")
    assert len(checks) > len(DIRECTIVES)
    imports = (
        "from mock_electron import fail, faults\nfrom mock_electron.engine.faults import header"
    )
    pytester.makepyfile("\n".join([imports, "def test_rows():", *checks]))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


# --- commands and links


def test_the_two_commands_make_their_own_environment() -> None:
    """Each sets everything up by itself, and CI takes the second from here."""
    commands = [block for block in blocks(README, "sh") if "venv" in block]
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)
    assert "coverage run -m pytest" in commands[1]
    assert "grep -m1 'coverage run -m pytest' README.md" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link is a file, and where it names a heading the file has it."""
    lost = []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text(page)):
        path, _, anchor = link.partition("#")
        target = page.parent / path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def anchors(page: Path) -> list[str]:
    """A page's headings as links name them."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


# --- tables are whole


def test_every_setting_is_documented() -> None:
    """In docs/settings.md, under its own name."""
    page = text(SETTINGS)
    assert [field.name for field in fields(Settings) if f"| `{field.name}` |" not in page] == []


def test_every_error_is_documented() -> None:
    """In docs/settings.md, beside its status."""
    page = text(SETTINGS)
    for error in ERRORS:
        assert re.search(rf"\| {error.status} \|.*`{error.name}`", page), error.name


def test_all_that_the_fixture_can_do_is_in_the_readmes_table() -> None:
    """Every public method and property of `electron`."""
    first_cells = " ".join(row[0] for row in rows(README, 2))
    public = [name for name in dir(Electron(Lane(), "http://mock")) if not name.startswith("_")]
    assert "reply" in public
    missing = [name for name in public if not re.search(rf"`electron\.{name}\b", first_cells)]
    assert missing == []


def test_every_public_name_is_in_the_readme() -> None:
    """What can be imported."""
    page = text(README)
    names = [name for name in mock_electron.__all__ if name != "__version__"]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_fault_is_documented() -> None:
    """Every public class of `mock_electron.faults`, in docs/faults.md."""
    public = [name for name, value in vars(faults).items() if isinstance(value, type)]
    assert "Cut" in public
    page = text(FAULTS)
    assert [name for name in public if not re.search(rf"`faults\.{name}\b", page)] == []


def test_every_word_of_the_header_is_documented() -> None:
    """In the tables of docs/faults.md, or at the head of an entry of a list."""
    written = [row[1] for row in rows(FAULTS, 3)]
    written += re.findall(r"^- (`[^`]+`)", text(FAULTS), re.MULTILINE)
    items = [item for cell in written for item in cell.strip("`").split(";")]
    known = {item.partition("=")[0].strip() for item in items}
    assert [word for word in (*DIRECTIVES, *OPTIONS) if word not in known] == []


DOCUMENTED: list[tuple[type[Any], Path]] = [
    (CacheMiss, TIME),
    (Exchange, JOURNAL),
    (Pace, TIME),
    (Plan, TIME),
]


@pytest.mark.parametrize(
    ("kind", "page"), DOCUMENTED, ids=[kind.__name__ for kind, _ in DOCUMENTED]
)
def test_every_field_is_documented(kind: type[Any], page: Path) -> None:
    """On its page, and every property too."""
    properties = [name for name, value in vars(kind).items() if isinstance(value, property)]
    names = [*(field.name for field in fields(kind)), *properties]
    words = text(page)
    assert [name for name in names if not re.search(rf"\b{name}[`=]", words)] == []


def test_every_option_of_pytest_is_a_setting_of_the_page() -> None:
    """In docs/settings.md, or it is `script`."""
    page = text(SETTINGS)
    assert [name for name in PYTEST_OPTIONS if f"`{name}`" not in page] == []


def test_every_condition_is_documented() -> None:
    """Those of `when` in docs/scripts.md, and all of `where` in docs/journal.md or there."""
    conditions = [name for row in rows(SCRIPTS, 2) for name in re.findall(r"`(\w+)`", row[0])]
    assert [name for name in CONDITIONS if name not in (*conditions, "predicate")] == []
    page = text(JOURNAL)
    assert [name for name in ANSWER_CONDITIONS if f"`{name}`" not in page + text(SCRIPTS)] == []


def test_every_field_of_a_script_file_is_documented() -> None:
    """In docs/scripts.md, as a file has it."""
    page = text(SCRIPTS)
    names = [name for part in (SCHEMA, STEP, REPLY, FAIL) for name in part["properties"]]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_script_on_the_page_is_right() -> None:
    """It can be loaded as it stands."""
    [example] = blocks(SCRIPTS, "yaml")
    assert len(read(example.encode(), "example.yaml")) == 3


def test_the_errors_of_a_file_on_the_page_are_those_that_are_said() -> None:
    """Its script, with two slips of the pen; a line that ends with an ellipsis goes on."""
    [example] = blocks(SCRIPTS, "yaml")
    wrong = example.replace("says", "sayz").replace("503", "5033")
    with pytest.raises(ScriptError) as error:
        read(wrong.encode(), "fixtures/weather.yaml")
    shown, _ = blocks(SCRIPTS, "text")
    pairs = zip(shown.splitlines(), str(error.value).splitlines(), strict=True)
    assert [line for line, said in pairs if not said.startswith(line.removesuffix("…"))] == []


def test_the_refusal_on_the_page_is_the_one_that_is_sent(tmp_path: Path) -> None:
    """Of a strict lane with the three steps that it names, the first of them used up."""
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


REFUSING = (
    "\n" * 14
    + """\
electron.reply("Hi!")
electron.when(says="wether").reply("It is 31 °C.")
electron.when(turn=2, after_tool="get_weather").reply("31 °C and humid.")
"""
)
