"""tests/typing/ is whole, and pyright, as CI runs it, sees what is wrong there."""

import ast
from pathlib import Path

import pytest
from checkers import pyright

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
"""Every name, and every `name.attribute`."""


ELECTRON = Electron(Lane(), "http://mock")
THINGS = {
    "electron": ELECTRON,
    "when": ELECTRON.when(says="weather"),
    "scripted": ELECTRON.reply("Hi!"),
    "exchanges": ELECTRON.exchanges,
    "exchange": Exchange,
}


@pytest.mark.parametrize("name", THINGS)
def test_every_member_has_its_type_checked(name: str) -> None:
    """Its public methods, properties and fields stand behind a parameter of this name."""
    public = [member for member in dir(THINGS[name]) if not member.startswith("_")]
    assert len(public) > 2
    assert [member for member in public if f"{name}.{member}" not in USED] == []


def test_every_public_name_has_its_type_checked() -> None:
    """All of `mock_electron.__all__`, and `MockElectron` in both of its blocks."""
    assert [
        name for name in mock_electron.__all__ if not {name, f"mock_electron.{name}"} & USED
    ] == []
    managers = (ast.unparse(n.items[0].context_expr) for n in NODES if isinstance(n, ast.With))
    assert any(manager.startswith(f"{MockElectron.__name__}(") for manager in managers)
    assert any(isinstance(node, ast.AsyncWith) for node in NODES)


def test_every_fault_has_its_type_checked() -> None:
    """All of `mock_electron.faults`."""
    public = [name for name in vars(mock_electron.faults) if name[0].isupper()]
    assert "Cut" in public
    assert [name for name in public if f"faults.{name}" not in USED] == []


def test_pyright_fails_on_a_wrong_type_and_on_a_mark_without_an_error(tmp_path: Path) -> None:
    """With the settings of this repository: else a check that sees nothing would pass for good."""
    changes = {
        "script.py": ("assert_type(when.fail(503), Scripted)", "assert_type(when.fail(503), When)"),
        "wrong_uses.py": ("electron.repy(", "electron.reply("),
    }
    for name, (right, wrong) in changes.items():
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert text.count(right) == 1
        (tmp_path / name).write_text(text.replace(right, wrong), encoding="utf-8")
    assert pyright(tmp_path) == [
        ("script.py", "reportAssertTypeFailure"),
        ("wrong_uses.py", "reportUnnecessaryTypeIgnoreComment"),
    ]
