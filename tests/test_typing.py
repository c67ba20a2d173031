"""tests/typing/ mentions every public name, and pyright finds what is wrong there."""

import ast
from pathlib import Path

import pytest
from checkers import pyright
from test_docstrings import EXAMPLES, examples_module

import mock_electron
from mock_electron import Electron, Exchange, MockElectron
from mock_electron.engine.lane import Lane

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


def test_pyright_accepts_the_examples_and_finds_mistakes(tmp_path: Path) -> None:
    """The examples of the docstrings have no type error, and the mistakes in two files are found.

    A wrong type is found, and a comment that expects an error where there is none.
    """
    assert {"Electron", "Electron.env", "Exchanges.save", "MockElectron"} <= set(EXAMPLES)
    files = {"examples.py": examples_module()} | {name: changed(name) for name in CHANGES}
    assert pyright(tmp_path, files) == {
        "examples.py": [],
        "script.py": ["reportAssertTypeFailure"],
        "wrong_uses.py": ["reportUnnecessaryTypeIgnoreComment"],
    }
