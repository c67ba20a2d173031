"""Steps that never answer are reported: in a test, at the end of a strict test, and by `check`."""

import re
import warnings
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from mock_electron import Electron, MockElectron, Settings, ShadowedStepWarning
from mock_electron.cli.app import cli
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.shadow import covers

RAIN: Final = re.compile("rain")
DIGITS: Final = re.compile(r"\d+ °C")
Conditions = dict[str, Any]
COVERED: Final[list[tuple[Conditions, Conditions]]] = [
    ({}, {}),
    ({}, {"says": "weather", "turn": 2}),
    ({"says": "weather"}, {"says": "weather"}),
    ({"says": "weather"}, {"says": "weather", "turn": 2}),
    ({"says": "weather"}, {"says": "weather in Pune"}),
    ({"says": RAIN}, {"says": re.compile("rain")}),
    ({"system": "brief"}, {"system": "Be brief."}),
    ({"anywhere": "a"}, {"anywhere": "ab"}),
    ({"turn": 2}, {"turn": 2, "says": "a"}),
    ({"user_turn": 2}, {"user_turn": 2}),
    ({"attempt": 2}, {"attempt": 2}),
    ({"tools": "f"}, {"tools": ["g", "f"]}),
    ({"tools": []}, {"tools": []}),
    ({"after_tool": "f"}, {"after_tool": "f", "tool_result": "31", "says": "a"}),
    ({"call_id": "a"}, {"call_id": "a"}),
    ({"tool_result": "31"}, {"tool_result": "31 °C"}),
    ({"stream": True}, {"stream": True}),
    ({"headers": {"X-A": "1"}}, {"headers": {"x-b": "2", "x-a": "12"}}),
    ({"api_key": "sk"}, {"api_key": "sk"}),
    ({"parameters": {"seed": 1}}, {"parameters": {"top_p": 1, "seed": 1}}),
    # a text in one message is a text in any message
    ({"anywhere": "a"}, {"says": "ab"}),
    ({"anywhere": "a"}, {"system": "ab"}),
    ({"anywhere": "a"}, {"tool_result": "ab", "after_tool": "f"}),
    ({"anywhere": RAIN}, {"says": RAIN, "turn": 2}),
    ({"anywhere": DIGITS}, {"says": DIGITS}),
    # regular expressions that do not depend on the characters around a match
    ({"says": "rain"}, {"says": RAIN}),
    ({"says": "rain"}, {"says": re.compile("rain in Pune")}),
    ({"says": "31 °C."}, {"says": re.compile(r"31 °C\.")}),
    ({"says": RAIN}, {"says": "rain"}),
    ({"says": RAIN}, {"says": "Will it rain?"}),
    ({"says": re.compile("RAIN", re.IGNORECASE)}, {"says": "Will it rain?"}),
    ({"says": re.compile("rain|snow")}, {"says": "a lot of snow"}),
    ({"says": DIGITS}, {"says": "31 °C"}),
    ({"headers": {"x": re.compile("[ab]+")}}, {"headers": {"x": "cab"}}),
]
NOT_COVERED: Final[list[tuple[Conditions, Conditions]]] = [
    ({"says": "weather"}, {}),
    ({"says": "weather in Pune"}, {"says": "weather"}),
    ({"says": "weather"}, {"says": "weather", "after_tool": "f"}),
    ({"says": "rain"}, {"says": re.compile("rain", re.IGNORECASE)}),
    ({"says": "rain"}, {"says": re.compile("ra.in")}),
    ({"says": "rain"}, {"says": re.compile("rain|snow")}),
    ({"says": re.compile("rain$")}, {"says": "rain"}),
    ({"says": re.compile("^rain")}, {"says": "rain"}),
    ({"says": re.compile(r"\brain\b")}, {"says": "rain"}),
    ({"says": re.compile("rain(?!y)")}, {"says": "rain"}),
    ({"says": re.compile("(?<!t)rain")}, {"says": "rain"}),
    ({"says": re.compile("a*b*c*d")}, {"says": "d"}),  # many repetitions: unknown
    ({"says": DIGITS}, {"says": "x" * 200 + "31 °C"}),  # a long text: unknown
    ({"says": re.compile("rain")}, {"says": "snow"}),
    ({"says": re.compile("[rs]ain")}, {"says": re.compile("rain|sain")}),
    ({"says": "a"}, {"anywhere": "a"}),
    ({"system": "a"}, {"says": "a"}),
    ({"anywhere": "ab"}, {"says": "a"}),
    ({"anywhere": "a"}, {"after_tool": "a"}),
    ({"anywhere": re.compile("x*")}, {"says": re.compile("x*")}),  # a message without text
    ({"turn": 1}, {"turn": 2}),
    ({"tools": ["f", "g"]}, {"tools": "f"}),
    ({"tools": "f"}, {"tools": []}),
    ({"tools": []}, {"tools": "f"}),
    ({"stream": True}, {"stream": False}),
    ({"headers": {"x": "12"}}, {"headers": {"x": "1"}}),
    ({"parameters": {"seed": 1}}, {"parameters": {"seed": True}}),
    ({"parameters": {"seed": 1}}, {"parameters": {"top_p": 1}}),
]


def test_which_matches_are_covered() -> None:
    """A match covers the same match, a narrower text, and more conditions; nothing else."""
    rows = [(*pair, True) for pair in COVERED] + [(*pair, False) for pair in NOT_COVERED]
    assert [
        (wide, narrow)
        for wide, narrow, expected in rows
        if covers(Match.of(**wide), Match.of(**narrow)) != expected
    ] == []
    assert {name for wide, _ in COVERED for name in wide} == set(CONDITIONS)


def test_functions_are_compared_by_identity() -> None:
    """The same function covers itself, and no function covers one with conditions."""

    def one(_: Any) -> bool:
        return True

    assert covers(Match.of(), Match.of(one))
    assert covers(Match.of(one), Match.of(one, turn=2))
    assert not covers(Match.of(one), Match.of(lambda _: True))
    assert not covers(Match.of(one), Match.of())


def mocked(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def test_a_shadowed_step_is_a_warning_at_its_line() -> None:
    """The warning names both steps and points at the line that adds the second one."""
    electron = mocked()
    electron.when(says="weather").reply("It is 31 °C.")
    with pytest.warns(ShadowedStepWarning) as caught:
        electron.when(says="weather", turn=2).fail(503)
    [warning] = caught
    assert Path(warning.filename).name == "test_shadowed_steps.py"
    name = r"step {} \(test_shadowed_steps.py:\d+\)"
    words = f"{name.format(2)} never answers: {name.format(1)} answers every request"
    assert re.match(words, str(warning.message))


def test_steps_with_a_limit_shadow_nothing() -> None:
    """Neither a step that answers once, nor one that was limited in the same line."""
    electron = mocked()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        electron.reply("once")
        electron.when(says="weather").reply("It is 31 °C.").times(2)
        electron.when(says="weather").reply("It is still 31 °C.")
        electron.when(turn=1).reply("Hi!")


def test_a_repeated_step_is_not_a_mistake() -> None:
    """A helper that runs twice adds the same step twice: its answer is the same."""
    electron = mocked()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            electron.when(says="weather").reply("It is 31 °C.")


SHADOWED: Final = """\
steps:
  - when: {says: weather}
    reply: It is 31 °C.
  - when: {says: weather in Pune}
    reply: never
  - reply: once
"""
MESSAGE: Final = "step 2 (shadowed.yaml:4) never answers: step 1 (shadowed.yaml:2) answers every"


@pytest.fixture
def shadowed(tmp_path: Path) -> Path:
    path = tmp_path / "shadowed.yaml"
    path.write_text(SHADOWED, encoding="utf-8")
    return path


def test_files_are_checked_when_a_test_loads_them(shadowed: Path) -> None:
    """`load` and `script=` warn too, but not of steps that the test has overridden before."""
    electron = mocked()
    electron.when(says="weather").reply("It is 20 °C.")
    with pytest.warns(ShadowedStepWarning) as caught:
        electron.load(shadowed)
    [warning] = caught
    assert str(warning.message).startswith("step 3 (shadowed.yaml:4) never answers: step 2")
    with (
        pytest.warns(ShadowedStepWarning, match=re.escape(MESSAGE)),
        MockElectron(script=shadowed),
    ):
        pass


def test_check_reports_shadowed_steps(shadowed: Path) -> None:
    """`mock-electron check` prints the message and exits with status 1."""
    ran = CliRunner().invoke(cli, ["check", str(shadowed)])
    assert ran.exit_code == 1
    assert f"{shadowed}: 3 steps\n" in ran.output
    assert f"{shadowed}: {MESSAGE}" in ran.output


def test_a_strict_test_reports_them_at_its_end() -> None:
    """The list of steps left over says why the step was not used."""
    electron = mocked(strict=True)
    step = electron.reply("always")
    electron.reply("never")
    step.times(None)
    with pytest.raises(AssertionError, match=r"step 2 \(.*\) never answers: step 1"):
        electron.assert_strict()
