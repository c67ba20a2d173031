"""Nothing from a file, its name or an argument reaches the terminal with control characters."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_electron.cli.app import cli
from mock_electron.engine.lane import Lane
from mock_electron.inputs.spelling import escaped
from mock_electron.scripts import ScriptError, loads
from mock_electron.scripts.watch import reload

ESCAPE = "\x1b[31m"
CONTENTS = [
    r'{"steps": [{"reply": "hi", "\u001b[31mfoo": 1}]}',
    r'{"steps": [{"when": {"\u001b[31mfoo": 1}, "reply": "hi"}]}',
    r'{"\u001b[31mfoo": 1}',
    r'{"steps": [], "\u001b[31m": 1, "\u001b[31m": 1}',
    r'steps: {"\e[31mfoo": {1: 2}}',
    r'steps: [{? "\e[31m" : {"\e]0;x": 1}}]',
    r'{? !!int "\e[31m" : 1}',
    r'steps: !!bool "\e[31m"',
    r'steps: !!bool "a\nb"',
    r'steps: [{fail: "\e[31m"}, {inject: "\e[31m"}, {reply: a, pace: "\e[31m"}]',
    r'steps: [{reply: a, when: {says: {regex: "(\e[31m\n"}}}]',
    r'{"steps": [{"reply": "a", "headers": {"\u001b": "b"}}]}',
    r'{"tools": ["\u001b[31m"], "steps": [{"reply": {"calls": ["\u009bfoo\n"]}}]}',
]
"""Script files with errors that quote control characters."""


def test_no_problem_of_a_script_file_has_control_characters() -> None:
    """Each problem is one printable line, whatever the file and its name contain."""
    wrong = []
    for content in CONTENTS:
        with pytest.raises(ScriptError) as error:
            loads(content.encode(), f"{ESCAPE}\n.yaml")
        lines = str(error.value).split("\n")
        if len(lines) != len(error.value.problems) or not all(map(str.isprintable, lines)):
            wrong.append((content, lines))
    assert wrong == []


def test_no_command_prints_the_control_characters_of_a_name(tmp_path: Path) -> None:
    """The names of files and the values of options are escaped, in errors and in results."""
    name = f"{ESCAPE}\n\x9b.yaml"
    good, shadowed, missing = (tmp_path / kind / name for kind in ("good", "shadowed", "missing"))
    for path in (good, shadowed):
        path.parent.mkdir()
    good.write_text("steps: [{reply: hi}]", encoding="utf-8")
    shadowed.write_text("steps: [{reply: a, times: null, when: {}}, {reply: b}]", encoding="utf-8")
    commands = [
        ["check", str(good)],
        ["check", str(shadowed)],
        ["check", str(missing)],
        ["serve", "--script", str(missing)],
        ["serve", f"--{ESCAPE}"],
        ["serve", "--log-level", ESCAPE],
        ["serve", "--host", f"{ESCAPE}a"],
        ["contract", "--list", "--against", str(missing)],
        ["contract", "--against", str(good)],
        ["contract", "--json", str(missing)],
        [f"--{ESCAPE}"],
        [ESCAPE],
    ]
    wrong = []
    for command in commands:
        output = CliRunner().invoke(cli, command).output
        if not output or not all(map(str.isprintable, output.split("\n"))):
            wrong.append((command, output))
    assert wrong == []


def test_the_watcher_reports_no_control_characters(tmp_path: Path) -> None:
    """A file that is reloaded, and one with errors, are reported with an escaped name."""
    path = tmp_path / f"{ESCAPE}.yaml"
    reports: list[str] = []
    for content in ("steps: [{reply: hi}]", "steps: 5"):
        path.write_text(content, encoding="utf-8")
        reload(str(path), Lane(), reports.append)
    good, bad = reports
    assert good == f"{escaped(str(path))}: reloaded, 1 step"
    assert escaped(str(path)) in bad
    assert ESCAPE not in bad
