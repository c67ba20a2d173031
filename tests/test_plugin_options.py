"""Options of the pytest plugin: flags, ini options, markers; scripts; what is wrong with them."""

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from mock_electron import Pace, Plan, Settings
from mock_electron.engine import settings_text
from mock_electron.engine.settings import Options
from mock_electron.pytest_options import OPTIONS, SWITCHES, flag_of

VALUES: dict[str, tuple[str, Any]] = {
    "seed": ("7", 7),
    "strict": ("true", True),
    "plan": ("10:3", Plan(10, 3)),
    "pace": ("174:5:0.2", Pace(0.174, 0.005, 0.2)),
    "clock": ("real", "real"),
    "sampling": ("varied", "varied"),
    "drift": ("0.5", 0.5),
    "api_keys": ("sk_a, sk_b", ("sk_a", "sk_b")),
    "tools": ("f,g", ("f", "g")),
    "prefix_cache_tokens": ("160", 160),
    "prefix_cache_idle": ("1.5", 1.5),
    "fault_header": ("false", False),
    "accept_json_schema": ("true", True),
    "named_tool_finish": ("stop", "stop"),
    "not_found": ("html", "html"),
    "body_limit": ("1000", 1000),
    "upload_timeout": ("2", 2.0),
    "journal_exchanges": ("5", 5),
    "journal_bytes": ("5000", 5000),
}
"""Every setting as text, and what it means."""

SHOW = """
def test_shown(electron):
    print("SHOWN", [getattr(electron.settings, name) for name in {names!r}])
    assert [getattr(electron.settings, name) for name in {names!r}] == {values!r}
"""


@pytest.fixture
def pytester(pytester: pytest.Pytester) -> pytest.Pytester:
    """pytester, with the one option whose absence pytest-asyncio warns of."""
    ini(pytester)
    return pytester


def ini(pytester: pytest.Pytester, *lines: str) -> None:
    head = ["[pytest]", "asyncio_default_fixture_loop_scope = function"]
    pytester.makeini("\n".join([*head, *lines]))


def shows(pytester: pytest.Pytester, expected: dict[str, Any]) -> None:
    """A test that passes where the settings are these."""
    imports = "from mock_electron import Pace, Plan\n"
    pytester.makepyfile(imports + SHOW.format(names=list(expected), values=list(expected.values())))


def test_every_setting_is_an_option() -> None:
    """And every option a setting, but for the script; each is read from text."""
    settings = {field.name for field in fields(Settings)}
    assert set(OPTIONS) == settings | {"script"}
    assert set(settings_text.READ) == settings == set(VALUES)
    assert set(Options.__annotations__) == settings
    switches = {f.name for f in fields(Settings) if isinstance(f.default, bool)}
    assert set(SWITCHES) == switches


def test_all_of_them_as_flags(pytester: pytest.Pytester) -> None:
    """Those that are switches have no value."""
    shows(pytester, {name: value for name, (_, value) in VALUES.items()})
    flags = [f"{flag_of(n)}={text}" for n, (text, _) in VALUES.items() if n not in SWITCHES]
    switches = ["--electron-strict", "--no-electron-fault-header", "--electron-accept-json-schema"]
    pytester.runpytest_inprocess(*flags, *switches).assert_outcomes(passed=1)


def test_all_of_them_in_the_ini_file(pytester: pytest.Pytester) -> None:
    """Under the same names."""
    ini(pytester, *(f"electron_{name} = {text}" for name, (text, _) in VALUES.items()))
    shows(pytester, {name: value for name, (_, value) in VALUES.items()})
    pytester.runpytest_inprocess("--strict-config").assert_outcomes(passed=1)


def test_in_pyproject_toml(pytester: pytest.Pytester) -> None:
    """Numbers and booleans as TOML has them are not needed: text is what ini options are."""
    Path("tox.ini").unlink()
    pytester.makepyprojecttoml(
        "[tool.pytest.ini_options]\n"
        'asyncio_default_fixture_loop_scope = "function"\n'
        "electron_seed = 7\n"
        'electron_plan = "standard"\n'
    )
    shows(pytester, {"seed": 7, "plan": "standard"})
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_the_nearest_wins(pytester: pytest.Pytester) -> None:
    """Lane, marker of the function, marker of the class, flag, ini file."""
    ini(pytester, "electron_seed = 1", "electron_drift = 0.1", "electron_plan = standard")
    pytester.makepyfile(
        """
import pytest

def seen(electron):
    settings = electron.settings
    return settings.seed, settings.drift, settings.plan, settings.sampling

def test_options(electron):
    assert seen(electron) == (2, 0.1, "standard", "steady")

@pytest.mark.electron(seed=3, sampling="varied")
class TestMarked:
    def test_class(self, electron):
        assert seen(electron) == (3, 0.1, "standard", "varied")

    @pytest.mark.electron(seed=4)
    def test_function(self, electron, electron_lane):
        assert seen(electron) == (4, 0.1, "standard", "varied")
        assert seen(electron_lane(seed=5, plan="enterprise")) == (5, 0.1, "enterprise", "varied")
"""
    )
    pytester.runpytest_inprocess("--electron-seed=2").assert_outcomes(passed=3)


def test_a_switch_can_be_switched_off_again(pytester: pytest.Pytester) -> None:
    """What the ini file has switched on."""
    ini(pytester, "electron_strict = yes")
    shows(pytester, {"strict": False})
    pytester.runpytest_inprocess("--no-electron-strict").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("flags", "lines", "words"),
    [
        (["--electron-sead=1"], [], "there is no option --electron-sead. Did you mean --electron-seed?"),
        (["--electron-xyz"], [], "there is no option --electron-xyz. There are: --electron-seed,"),
        ([], ["electron_sead = 1"], "there is no ini option electron_sead. Did you mean electron_seed?"),
        (["--electron-seed=x"], [], "mock-electron: seed: 'x' is no whole number"),
        ([], ["electron_plan = standart"], "mock-electron: plan: 'standart' is no plan."),
        (["--electron-pace=fast"], [], "mock-electron: pace: 'fast' is no pace."),
        (["--electron-drift=2"], [], "mock-electron: drift is a share from 0 to 1"),
        (["--electron-drift=much"], [], "mock-electron: drift: 'much' is no number"),
        ([], ["electron_strict = maybe"], "mock-electron: strict: 'maybe' is not true or false"),
        (["--electron-sampling=wild"], [], "mock-electron: sampling is 'steady' or 'varied'"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_an_error_before_any_test(
    pytester: pytest.Pytester, flags: list[str], lines: list[str], words: str
) -> None:
    """One clear message, with the nearest right name; exit status 4."""
    ini(pytester, *lines)
    pytester.makepyfile("def test_x(): print('RAN')")
    result = pytester.runpytest_inprocess("-s", *flags)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*ERROR: {words.replace('[', '[[]')}*"])
    result.stdout.no_fnmatch_line("*RAN*")


def test_the_options_explain_themselves(pytester: pytest.Pytester) -> None:
    """`pytest --help`."""
    output = pytester.runpytest_inprocess("--help").stdout.str()
    assert "--electron-seed=ELECTRON_SEED" in output
    assert "electron_strict (string):" in output


# --- scripts

STORY = "steps: [{when: {}, reply: NAME}]\n"
ASKS = """
import pytest
from raw_http import chat, user

def said(electron):
    answer = chat(electron, {"messages": user("Hi")})
    return answer.json["choices"][0]["message"]["content"]
"""


def story(folder: Path, name: str, words: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(STORY.replace("NAME", words), encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "lines", "marker"),
    [
        (["--electron-script=a.yaml"], [], ""),
        ([], ["electron_script = a.yaml"], ""),
        ([], [], "@pytest.mark.electron(script='a.yaml')"),
        ([], [], "@pytest.mark.electron(script=['a.yaml', 'b.yaml'])"),
        (["--electron-script=a.yaml, b.yaml"], [], ""),
        (["--electron-script=b.yaml"], [], "@pytest.mark.electron(script='a.yaml')"),
    ],
)
def test_a_script_answers_first(
    pytester: pytest.Pytester, flags: list[str], lines: list[str], marker: str
) -> None:
    """By flag, ini file or marker; one file or several; the marker wins."""
    ini(pytester, *lines)
    for name in "ab":
        story(pytester.path, f"{name}.yaml", f"from {name}")
    pytester.makepyfile(
        f"{ASKS}\n{marker}\ndef test_x(electron):\n    assert said(electron) == 'from a'\n"
    )
    pytester.runpytest_inprocess(*flags).assert_outcomes(passed=1)


def test_where_a_script_is_looked_for(pytester: pytest.Pytester) -> None:
    """The working directory, the folder of the test, the root of the run."""
    tests = pytester.path / "tests" / "deep"
    story(tests, "near.yaml", "near the test")
    story(pytester.path / "stories", "root.yaml", "at the root")
    (tests / "test_it.py").write_text(
        ASKS
        + """
@pytest.mark.electron(script="near.yaml")
def test_near(electron):
    assert said(electron) == "near the test"

@pytest.mark.electron(script="stories/root.yaml")
def test_root(electron):
    assert said(electron) == "at the root"

def test_load(electron):
    electron.load("stories/root.yaml")
    assert said(electron) == "at the root"
"""
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=3)
    os.chdir(tests)
    pytester.runpytest_inprocess("-c", "../../tox.ini", "--rootdir", "../..").assert_outcomes(
        passed=3
    )


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("storry.yaml", "storry.yaml: cannot be read: No such file*Did you mean 'story.yaml'?"),
        (
            "wrong.yaml",
            "*wrong.yaml:2: step 1, repy: step has no field 'repy'. Did you mean 'reply'?",
        ),
    ],
)
def test_a_wrong_script_is_an_error_of_the_test(
    pytester: pytest.Pytester, script: str, words: str
) -> None:
    """With all that is wrong, and no traceback of the plugin."""
    story(pytester.path, "story.yaml", "x")
    (pytester.path / "wrong.yaml").write_text("steps:\n- repy: a\n", encoding="utf-8")
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.electron(script={script!r})\ndef test_x(electron): pass\n"
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"the script {script} cannot be used:", f"*{words}"])
    result.stdout.no_fnmatch_line("*pytest_lanes.py*")


def test_a_wrong_marker_has_no_section_of_exchanges(pytester: pytest.Pytester) -> None:
    """There are none, and the message is enough."""
    pytester.makepyfile(
        "import pytest\n@pytest.mark.electron(sead=1)\ndef test_x(electron): pass\n"
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.no_fnmatch_line("*- electron -*")


def test_a_script_is_read_once_a_run_unless_it_changes(pytester: pytest.Pytester) -> None:
    """A hundred tests with one script do not read it a hundred times."""
    story(pytester.path, "story.yaml", "one")
    pytester.makepyfile(
        ASKS
        + """
import os
from mock_electron.scripts import reader

reads = []
usual = reader.parse

@pytest.fixture(autouse=True)
def counted(monkeypatch):
    monkeypatch.setattr(reader, "parse", lambda data, name: (reads.append(name), usual(data, name))[1])

@pytest.mark.electron(script="story.yaml")
@pytest.mark.parametrize("number", range(5))
def test_many(counted, electron, number):
    assert said(electron) == "one"
    assert len(reads) == 1

def test_changed(counted):
    with open("story.yaml", "w") as file:
        file.write("steps: [{reply: two}]")
    os.utime("story.yaml", ns=(1, 1))

@pytest.mark.electron(script="story.yaml")
def test_again(counted, electron):
    assert said(electron) == "two"
    assert len(reads) == 2
"""
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=7)
