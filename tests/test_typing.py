"""tests/typing/ mentions every public name, and pyright finds what is wrong there."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest
from checkers import pyright
from test_docstrings import EXAMPLES, examples_module
from test_readme import EXAMPLES as PAGES_WITH_TESTS
from test_readme import files

import mock_electron
from mock_electron import Electron, Exchange, MockElectron
from mock_electron.engine.exchange import OUTCOMES
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import PACES
from mock_electron.engine.plan import PLANS
from mock_electron.wire import errors
from mock_electron.wire.reply import FINISH_REASONS

FOLDER = Path(__file__).parent / "typing"
RIGHT = [
    ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.py"))
    if path.stem != "wrong_uses"
]
NODES = [node for tree in RIGHT for node in ast.walk(tree)]
USED = {ast.unparse(node) for node in NODES if isinstance(node, ast.Attribute | ast.Name)}
"""Every name and every `name.attribute` in these files."""


ELECTRON = Electron(Lane(), "http://mock")
PARAMETERS = {
    "electron": ELECTRON,
    "when": ELECTRON.when(says="weather"),
    "scripted": ELECTRON.reply("Hi!"),
    "exchanges": ELECTRON.exchanges,
    "exchange": Exchange,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_member_has_its_type_checked(name: str) -> None:
    """tests/typing uses each public method, property and field on a parameter of this name."""
    public = [member for member in dir(PARAMETERS[name]) if not member.startswith("_")]
    assert len(public) > 2
    assert [member for member in public if f"{name}.{member}" not in USED] == []


def test_every_public_name_has_its_type_checked() -> None:
    """tests/typing uses all of `__all__`, and `MockElectron` in a `with` and an `async with`."""
    assert [
        name for name in mock_electron.__all__ if not {name, f"mock_electron.{name}"} & USED
    ] == []
    managers = (ast.unparse(n.items[0].context_expr) for n in NODES if isinstance(n, ast.With))
    assert any(manager.startswith(f"{MockElectron.__name__}(") for manager in managers)
    assert any(isinstance(node, ast.AsyncWith) for node in NODES)


def test_documented_types_can_be_imported() -> None:
    """Each type that a title of docs/values.md names, and each that a public function returns."""
    page = (FOLDER.parent.parent / "docs" / "values.md").read_text(encoding="utf-8")
    titles = [line for line in page.splitlines() if line.startswith("## ")]
    documented = {name for title in titles for name in re.findall("`(.*?)`", title)}
    assert {"ChatRequest", "Reply", "Alternative"} <= documented
    values = (
        *PARAMETERS.values(),
        ELECTRON.clock,
        mock_electron.reply("x"),
        mock_electron.call("f"),
    )
    returned = {type(value).__name__ for value in values if not isinstance(value, type)}
    assert {"Draft", "LaneClock", "Scripted", "When"} <= returned
    assert (documented | returned) - set(mock_electron.__all__) == set()


def test_names_of_choices_are_the_accepted_ones() -> None:
    """The Literal types list what the functions accept."""
    assert get_args(mock_electron.ErrorName) == tuple(errors.BY_NAME)
    assert get_args(mock_electron.FinishReason) == FINISH_REASONS
    assert get_args(mock_electron.Outcome) == OUTCOMES
    assert get_args(mock_electron.PlanName) == tuple(PLANS)
    assert get_args(mock_electron.PaceName) == tuple(PACES)


def test_every_fault_has_its_type_checked() -> None:
    """tests/typing uses all of `mock_electron.faults`."""
    public = [name for name in vars(mock_electron.faults) if name[0].isupper()]
    assert "Cut" in public
    assert [name for name in public if f"faults.{name}" not in USED] == []


CHANGES = {
    "script.py": ("assert_type(when.fail(503), Scripted)", "assert_type(when.fail(503), When)"),
    "wrong_uses.py": ("electron.repy(", "electron.reply("),
}
"""A right and a wrong text in two files of tests/typing."""


def changed(name: str) -> str:
    right, wrong = CHANGES[name]
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text.count(right) == 1
    return text.replace(right, wrong)


FIXTURES = {"electron": "Electron", "electron_lane": "Callable[..., Electron]", "tmp_path": "Path"}
"""The types of fixtures, by name. Other arguments of the pages are not checked."""
NOT_MEANT = {"reportMissingImports", "reportRedeclaration"}
"""Rules about a page as one module: a page has several files, and repeats a fixture."""
PAGE_HEAD = """\
# pyright: basic
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mock_electron import Electron
"""


def annotated(page: str) -> str:
    """Return the code of a page as a reader annotates it, with OpenAI's client untyped.

    OpenAI's types refuse the plain dicts of the examples, which is not a matter of this package.
    """
    tree = ast.parse(page)
    for index, line in [*enumerate(tree.body)][::-1]:
        if isinstance(line, ast.ImportFrom) and line.module == "openai":
            names = [f"{alias.name}: Any = None" for alias in line.names]
            tree.body[index : index + 1] = ast.parse("; ".join(names)).body
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for argument in node.args.args:
                kind = FIXTURES.get(argument.arg, "Any")
                argument.annotation = None if argument.arg == "self" else ast.Name(kind)
    return PAGE_HEAD + ast.unparse(tree)


def examples_of_pages() -> dict[str, str]:
    """Return the modules of tests in the README and in docs/, annotated, by file name."""
    return {
        f"{page.stem.lower().replace('-', '_')}_{name}".replace("/", "_"): annotated(code)
        for page in PAGES_WITH_TESTS
        for name, code in files(page).items()
        if name.startswith("test_") and name.endswith(".py")
    }


def test_pyright_accepts_the_examples_and_finds_mistakes(tmp_path: Path) -> None:
    """tests/typing and the examples of docstrings and pages have no type error; mistakes are found.

    The mistakes are a wrong type, a comment that expects an error where there is none, and an
    optional attribute that is read as if it were always there. One run checks all, because most of
    its time is for the libraries that the files import.
    """
    assert {"Electron", "Electron.env", "Exchanges.save", "MockElectron"} <= set(EXAMPLES)
    pages = examples_of_pages()
    right = {f"right_{path.name}": path.read_text("utf-8") for path in FOLDER.glob("*.py")}
    optional = annotated("def test_it(electron):\n    electron.exchanges.last.request.last")
    found = pyright(
        tmp_path,
        {"examples.py": examples_module(), "optional.py": optional}
        | {name: changed(name) for name in CHANGES}
        | pages
        | right,
    )
    broken = {name: set(found.pop(name)) - NOT_MEANT for name in pages}
    assert {name: rules for name, rules in broken.items() if rules} == {}
    assert len(right) > len(CHANGES)
    assert {name: found.pop(name) for name in right} == {name: [] for name in right}
    assert found == {
        "examples.py": [],
        "optional.py": ["reportOptionalMemberAccess"],
        "script.py": ["reportAssertTypeFailure"],
        "wrong_uses.py": ["reportUnnecessaryTypeIgnoreComment"],
    }
