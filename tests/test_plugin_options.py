"""Options of the pytest plugin: flags, ini options, markers, scripts, and errors in each."""

import os
from pathlib import Path
from typing import Any

import pytest

from mock_electron import Pace, Plan, Settings
from mock_electron.engine.setting_kinds import parse_setting
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.plugin import hooks
from mock_electron.plugin.options import SWITCHES, flag_of

VALUES: dict[str, tuple[str, Any]] = {
    "seed": ("7", 7),
    "strict": ("true", True),
    "plan": ("10:3", Plan(10, 3)),
    "pace": ("174:5:0.2", Pace(0.174, 0.005, 0.2)),
    "clock": ("real", "real"),
    "sampling": ("varied", "varied"),
    "missing": ("invent", "invent"),
    "drift": ("0.5", 0.5),
    "api_keys": ("sk_a, sk_b", ("sk_a", "sk_b")),
    "allow_hosts": ("a.test, ::1", ("a.test", "::1")),
    "reveal": ("true", True),
    "cors": ("http://a.test, *", ("http://a.test", "*")),
    "accounts": ("sk_a:sk_b", (("sk_a", "sk_b"),)),
    "chunk_tokens": ("3", 3),
    "speech_rate": ("30", 30),
    "refuse_broken_arguments": ("true", True),
    "list_models": ("true", True),
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
"""Each setting as text, and the value that the text means."""

OTHERS: dict[str, tuple[str, Any]] = {
    "seed": ("8", 8),
    "strict": ("false", False),
    "plan": ("standard", "standard"),
    "pace": ("electron", "electron"),
    "clock": ("frozen", "frozen"),
    "sampling": ("steady", "steady"),
    "missing": ("ask", "ask"),
    "drift": ("0.25", 0.25),
    "api_keys": ("sk_c", ("sk_c",)),
    "allow_hosts": ("mock.test", ("mock.test",)),
    "reveal": ("false", False),
    "cors": ("*", ("*",)),
    "accounts": ("sk_c:sk_d", (("sk_c", "sk_d"),)),
    "chunk_tokens": ("4", 4),
    "speech_rate": ("20", 20),
    "refuse_broken_arguments": ("false", False),
    "list_models": ("false", False),
    "tools": ("h", ("h",)),
    "prefix_cache_tokens": ("16", 16),
    "prefix_cache_idle": ("2.5", 2.5),
    "fault_header": ("true", True),
    "accept_json_schema": ("false", False),
    "named_tool_finish": ("tool_calls", "tool_calls"),
    "not_found": ("json", "json"),
    "body_limit": ("2000", 2000),
    "upload_timeout": ("3", 3.0),
    "journal_exchanges": ("6", 6),
    "journal_bytes": ("6000", 6000),
}
"""A second value of each setting, to show which of two sources wins."""

WRONG: dict[str, tuple[str, Any]] = {
    "seed": ("1.5", "7"),
    "strict": ("maybe", "yes"),
    "plan": ("standart", "standart"),
    "pace": ("fast", "fast"),
    "clock": ("reel", "reel"),
    "sampling": ("steddy", "steddy"),
    "missing": ("askk", "askk"),
    "drift": ("2", 2),
    "api_keys": ("", ("",)),
    "allow_hosts": ("http://x", "http://x"),
    "reveal": ("si", "si"),
    "cors": ("localhost", "localhost"),
    "accounts": ("sk_a", 5),
    "chunk_tokens": ("0", 0),
    "speech_rate": ("0", 0),
    "refuse_broken_arguments": ("si", "si"),
    "list_models": ("si", "si"),
    "tools": ("", 5),
    "prefix_cache_tokens": ("-1", -1),
    "prefix_cache_idle": ("0", 0),
    "fault_header": ("perhaps", 1),
    "accept_json_schema": ("si", "si"),
    "named_tool_finish": ("stopp", "stopp"),
    "not_found": ("htm", "htm"),
    "body_limit": ("0", 0),
    "upload_timeout": ("-1", -1),
    "journal_exchanges": ("-1", -1),
    "journal_bytes": ("many", "many"),
}
"""A wrong value of each setting: as text, and as a Python value. Every text is a list of names."""

SHOW = """
def test_shown(electron):
    assert [getattr(electron.settings, name) for name in {names!r}] == {values!r}
"""


def ini(pytester: pytest.Pytester, *lines: str) -> None:
    head = ["[pytest]", "asyncio_default_fixture_loop_scope = function"]
    pytester.makeini("\n".join([*head, *lines]))


def shows(pytester: pytest.Pytester, expected: dict[str, Any]) -> None:
    """Write a test that passes if the settings have these values."""
    imports = "from mock_electron import Pace, Plan\n"
    pytester.makepyfile(imports + SHOW.format(names=list(expected), values=list(expected.values())))


def as_arguments(values: dict[str, tuple[str, Any]]) -> str:
    """Return the settings as keyword arguments."""
    return ", ".join(f"{name}={value!r}" for name, (_, value) in values.items())


def as_flags(values: dict[str, tuple[str, Any]]) -> list[str]:
    """Return the settings as flags. A switch has one flag for on and one for off."""
    switches = {name: values[name][1] for name in SWITCHES}
    on_off = [f"--{'' if on else 'no-'}{flag_of(name)[2:]}" for name, on in switches.items()]
    rest = [f"{flag_of(n)}={text}" for n, (text, _) in values.items() if n not in SWITCHES]
    return rest + on_off


def pattern(text: str) -> str:
    """Return a pattern for `fnmatch_lines` that matches this text only."""
    return text.replace("[", "[[]")


def parse_error(name: str, text: str) -> str:
    """Return the message for a wrong text of a setting."""
    with pytest.raises(ValueError, match=name) as refused:
        parse_setting(name, text)
    return str(refused.value)


def value_error(name: str, value: object) -> str:
    """Return the message for a wrong value of a setting."""
    with pytest.raises(ValueError, match=name) as refused:
        Settings.of(**{name: value})
    return str(refused.value)


def test_these_tables_have_a_row_for_each_setting() -> None:
    """A new setting is tested, with two different values."""
    assert set(VALUES) == set(OTHERS) == set(WRONG) == set(SETTINGS)
    assert all(VALUES[name][1] != OTHERS[name][1] for name in SETTINGS)


# --- where settings come from


def test_every_setting_is_an_ini_option(pytester: pytest.Pytester) -> None:
    """The ini option has the setting's name with the prefix `electron_`."""
    ini(pytester, *(f"electron_{name} = {text}" for name, (text, _) in VALUES.items()))
    shows(pytester, {name: value for name, (_, value) in VALUES.items()})
    pytester.runpytest_inprocess("--strict-config").assert_outcomes(passed=1)


def test_the_nearest_source_of_every_setting_wins(pytester: pytest.Pytester) -> None:
    """A flag overrides the ini file, a marker the flag, and an argument the marker."""
    ini(pytester, *(f"electron_{name} = {text}" for name, (text, _) in OTHERS.items()))
    pytester.makepyfile(
        f"""
import pytest
from mock_electron import Pace, Plan

def seen(electron):
    return {{name: getattr(electron.settings, name) for name in {list(VALUES)!r}}}

def test_flag_over_ini(electron):
    assert seen(electron) == dict({as_arguments(VALUES)})

@pytest.mark.electron({as_arguments(OTHERS)})
def test_marker_over_flag(electron):
    assert seen(electron) == dict({as_arguments(OTHERS)})

@pytest.mark.electron({as_arguments(OTHERS)})
def test_argument_over_marker(electron_lane):
    assert seen(electron_lane({as_arguments(VALUES)})) == dict({as_arguments(VALUES)})
    assert seen(electron_lane()) == dict({as_arguments(OTHERS)})
"""
    )
    pytester.runpytest_inprocess(*as_flags(VALUES)).assert_outcomes(passed=3)


def test_the_nearest_source_wins_setting_by_setting(pytester: pytest.Pytester) -> None:
    """Each source overrides only the settings that it gives."""
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


def test_settings_in_pyproject_toml(pytester: pytest.Pytester) -> None:
    """TOML numbers, strings and lists are accepted."""
    Path("tox.ini").unlink()
    pytester.makepyprojecttoml(
        "[tool.pytest.ini_options]\n"
        'asyncio_default_fixture_loop_scope = "function"\n'
        "electron_seed = 7\n"
        'electron_plan = "standard"\n'
        'electron_tools = ["f", "g"]\n'
    )
    shows(pytester, {"seed": 7, "plan": "standard", "tools": ("f", "g")})
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_flag_turns_a_switch_off(pytester: pytest.Pytester) -> None:
    """`--no-electron-strict` overrides the ini file."""
    ini(pytester, "electron_strict = yes")
    shows(pytester, {"strict": False})
    pytester.runpytest_inprocess("--no-electron-strict").assert_outcomes(passed=1)


def test_pytest_help_lists_the_options(pytester: pytest.Pytester) -> None:
    """`pytest --help` lists flags and ini options."""
    output = pytester.runpytest_inprocess("--help").stdout.str()
    assert "--electron-seed=ELECTRON_SEED" in output
    assert "electron_strict (string):" in output


# --- wrong settings


@pytest.mark.parametrize(
    ("flags", "lines", "message"),
    [
        (["--electron-seed=x"], [], f"mock-electron: --electron-seed: {parse_error('seed', 'x')}"),
        (
            [],
            ["electron_plan = standart"],
            f"mock-electron: tox.ini: electron_plan: {parse_error('plan', 'standart')}",
        ),
        (
            ["-o", "electron_seed=x"],
            [],
            f"mock-electron: -o electron_seed: {parse_error('seed', 'x')}",
        ),
        (
            [],
            ["electron_port = x"],
            "mock-electron: tox.ini: electron_port: port must be an integer from 0 to 65535, "
            "got 'x'",
        ),
        (
            [],
            ["electron_tools = f g"],
            "mock-electron: tox.ini: electron_tools: *; separate values with commas",
        ),
        (["--electron-sead=1"], [], "*'--electron-sead'*Did you mean '--electron-seed'?"),
        ([], ["electron_sead = 1"], "*'electron_sead'*Did you mean 'electron_seed'?"),
        (["-o", "electron_sead=1"], [], "*'electron_sead'*Did you mean 'electron_seed'?"),
    ],
)
def test_a_wrong_option_is_one_line_and_no_test_runs(
    pytester: pytest.Pytester, flags: list[str], lines: list[str], message: str
) -> None:
    """pytest prints one line of error and exits with status 4."""
    ini(pytester, *lines)
    pytester.makepyfile("def test_x(): print('RAN')")
    result = pytester.runpytest_inprocess("-s", *flags)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    [error] = [line for line in result.errlines if line]
    pytest.LineMatcher([error]).fnmatch_lines([f"ERROR: {message}"])
    result.stdout.no_fnmatch_line("*RAN*")


@pytest.mark.parametrize("source", ["flag", "ini option"])
@pytest.mark.parametrize("name", [name for name, (text, _) in WRONG.items() if text])
def test_a_wrong_text_of_each_setting_is_a_usage_error(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch, name: str, source: str
) -> None:
    """The error is the message of the setting, whether a flag or the ini file gives the text."""
    text, _ = WRONG[name]
    if source == "flag":
        monkeypatch.setattr(pytestconfig.option, f"electron_{name}", text)
    else:
        usual = pytestconfig.getini
        monkeypatch.setattr(
            pytestconfig, "getini", lambda key: text if key == f"electron_{name}" else usual(key)
        )
    with pytest.raises(pytest.UsageError) as refused:
        hooks.pytest_configure(pytestconfig)
    assert pytestconfig.inipath is not None
    ini_file = pytestconfig.inipath.name
    place = flag_of(name) if source == "flag" else f"{ini_file}: electron_{name}"
    assert str(refused.value) == f"mock-electron: {place}: {parse_error(name, text)}"


def test_a_wrong_value_of_each_setting_in_a_marker(pytester: pytest.Pytester) -> None:
    """The test with the marker errors with one line; the other tests run."""
    tests = [
        f"@pytest.mark.electron({name}={value!r})\ndef test_{name}(electron): pass"
        for name, (_, value) in WRONG.items()
    ]
    pytester.makepyfile("\n".join(["import pytest", *tests, "def test_good(electron): pass"]))
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=len(WRONG), passed=1)
    for name, (_, value) in WRONG.items():
        title = f"*_ ERROR at setup of test_{name} _*"
        message = f"@pytest.mark.electron: {value_error(name, value)}"
        result.stdout.fnmatch_lines([title, pattern(message)], consecutive=True)
    result.stdout.no_fnmatch_line("*- electron -*")  # there are no exchanges to show


def test_a_wrong_setting_of_a_lane_is_an_ordinary_exception(pytester: pytest.Pytester) -> None:
    """The report shows the test's own line only, and the test can catch the exception."""
    arguments = ["sead=1", "clock='reel'", "script=5", "seed='x'"]
    tests = [
        f"""
def test_raises_{number}(electron_lane):
    electron_lane({argument})

def test_catches_{number}(electron_lane):
    with pytest.raises((TypeError, ValueError)):
        electron_lane({argument})
    assert electron_lane().settings.seed == 0
"""
        for number, argument in enumerate(arguments)
    ]
    pytester.makepyfile("import pytest\n" + "".join(tests))
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(failed=len(arguments), passed=len(arguments))
    result.stdout.fnmatch_lines([f">*electron_lane({argument})" for argument in arguments])
    result.stdout.no_fnmatch_line("*mock_electron/*")
    result.stdout.no_fnmatch_line("*- electron -*")  # no lane, no exchanges


UNKNOWN_FLAGS = {
    "--electron-xyz": "'--electron-seed', ",
    "--electron-see": "Did you mean '--electron-seed'?",
    "--no-electron-strikt": "Did you mean '--no-electron-strict'?",
    "--no-electron-seed": "expected one of '--no-electron-",
}
"""Unknown flags, and what the message suggests: the nearest flag, or all of them."""


@pytest.mark.parametrize(("flag", "suggestion"), UNKNOWN_FLAGS.items())
def test_an_unknown_flag_suggests_known_ones(flag: str, suggestion: str) -> None:
    """No abbreviation is accepted, and the two flags of a switch are checked alike."""
    unused: Any = None
    with pytest.raises(pytest.UsageError) as refused:
        hooks.pytest_load_initial_conftests(unused, unused, [f"{flag}=7"])
    assert repr(flag) in str(refused.value)
    assert suggestion in str(refused.value)


@pytest.mark.parametrize("source", ["PYTEST_ADDOPTS", "addopts"])
def test_an_unknown_flag_is_an_error_wherever_it_is_given(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """The environment and the ini file are checked as the command line is."""
    flag = "--no-electron-strikt"
    if source == "addopts":
        ini(pytester, f"addopts = {flag}")
    else:
        monkeypatch.setenv("PYTEST_ADDOPTS", flag)
    pytester.makepyfile("def test_x(): pass")
    result = pytester.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *'{flag}'*Did you mean '--no-electron-strict'?"])


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
    ("flags", "lines"),
    [
        (["--electron-script=a.yaml"], []),
        ([], ["electron_script = a.yaml"]),
        (["--electron-script=a.yaml, b.yaml"], []),
        (["--electron-script=a.yaml"], ["electron_script = b.yaml"]),
        ([], ["electron_script = a.yaml,b.yaml"]),
    ],
)
def test_a_script_answers_first(
    pytester: pytest.Pytester, flags: list[str], lines: list[str]
) -> None:
    """A flag or the ini file names one file or several; the flag wins, and a marker over both."""
    ini(pytester, *lines)
    for name in "ab":
        story(pytester.path, f"{name}.yaml", f"from {name}")
    pytester.makepyfile(
        f"""{ASKS}
def test_options(electron):
    assert said(electron) == "from a"

@pytest.mark.electron(script="b.yaml")
def test_marker(electron):
    assert said(electron) == "from b"

@pytest.mark.electron(script=["b.yaml", "a.yaml"])
def test_marker_with_a_list(electron):
    assert said(electron) == "from b"
"""
    )
    pytester.runpytest_inprocess(*flags).assert_outcomes(passed=3)


def test_where_scripts_are_searched(pytester: pytest.Pytester) -> None:
    """In the working directory, the folder of the test, and the root of the run."""
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


def test_the_steps_of_several_scripts_follow_each_other(pytester: pytest.Pytester) -> None:
    """Their order is the order of the names. An empty list means no script and overrides a flag."""
    for name in "ab":
        (pytester.path / f"{name}.yaml").write_text(f"steps: [{{reply: {name}}}]", encoding="utf-8")
    pytester.makepyfile(
        ASKS
        + """
from pathlib import Path

def test_flag(electron):
    assert [said(electron), said(electron)] == ["b", "a"]

@pytest.mark.electron(script=("a.yaml", Path("b.yaml")))
def test_marker(electron):
    assert [said(electron), said(electron)] == ["a", "b"]

@pytest.mark.electron(script=[])
def test_none(electron, electron_lane):
    assert said(electron) not in ("a", "b")
    assert said(electron_lane(script="a.yaml")) == "a"
"""
    )
    pytester.runpytest_inprocess("--electron-script=b.yaml,a.yaml").assert_outcomes(passed=3)


def test_the_working_directory_comes_first_in_the_search(pytester: pytest.Pytester) -> None:
    """Then the folder of the test, then the root of the run."""
    tests, here = pytester.path / "tests", pytester.path / "here"
    for folder, words in ((here, "here"), (tests, "tests"), (pytester.path, "root")):
        story(folder, "story.yaml", words)
    (tests / "test_it.py").write_text(
        ASKS
        + """
import os

@pytest.mark.electron(script="story.yaml")
def test_it(electron_lane):
    for folder, words in ((".", "here"), ("../tests", "tests"), ("..", "root")):
        assert said(electron_lane()) == words
        os.remove(f"{folder}/story.yaml")
"""
    )
    os.chdir(here)
    pytester.runpytest_inprocess("-c", "../tox.ini", "--rootdir", "..", "../tests").assert_outcomes(
        passed=1
    )


def test_a_wrong_script_option_is_an_error_of_the_tests_that_need_it(
    pytester: pytest.Pytester,
) -> None:
    """The search depends on the test, and a test without the fixture needs no script."""
    story(pytester.path, "story.yaml", "x")
    pytester.makepyfile(test_it="def test_x(electron): pass\ndef test_y(): pass\n")
    result = pytester.runpytest_inprocess("--electron-script=storry.yaml")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["storry.yaml: cannot be read: No such file*'story.yaml'?"])
    result.stdout.fnmatch_lines(["ERROR test_it.py::test_x - Failed: storry.yaml: cannot be read*"])


WRONG_SCRIPTS = {
    "script=5": "@pytest.mark.electron: script *got 5*",
    "script=None": "@pytest.mark.electron: script *got None*",
    "script=['a.yaml', 5]": "@pytest.mark.electron: script *got [[]'a.yaml', 5[]]*",
    "script='calls.yaml', strict=True, tools=['get_time', 'hang_up']": (
        "*calls.yaml: *'get_weather'*Did you mean 'get_time'?*"
    ),
    "script='storry.yaml'": "*storry.yaml: cannot *No such file*Did you mean 'story.yaml'?",
    "script='wrong.yaml'": "*wrong.yaml:2: step 1, repy: *Did you mean 'reply'? (the first of 2 errors)",
}
"""Arguments of the marker, and the message."""


def test_a_wrong_script_in_a_marker_is_one_message(pytester: pytest.Pytester) -> None:
    """The message names the file and everything that is wrong, without the plugin's traceback."""
    story(pytester.path, "story.yaml", "x")
    (pytester.path / "wrong.yaml").write_text("steps:\n- repy: a\n- fail: 5033\n", encoding="utf-8")
    (pytester.path / "calls.yaml").write_text(
        "steps: [{reply: {calls: [{get_weather: {city: Pune}}]}}]", encoding="utf-8"
    )
    tests = [
        f"@pytest.mark.electron({arguments})\ndef test_{number}(electron): pass\n"
        for number, arguments in enumerate(WRONG_SCRIPTS)
    ]
    pytester.makepyfile("import pytest\n" + "".join(tests))
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=len(WRONG_SCRIPTS))
    for number, message in enumerate(WRONG_SCRIPTS.values()):
        result.stdout.fnmatch_lines([f"*_ ERROR at setup of test_{number} _*", message])
    result.stdout.no_fnmatch_line("*lanes.py*")
    result.stdout.no_fnmatch_line("*- electron -*")


def test_a_script_is_read_once_per_run_unless_it_changes(pytester: pytest.Pytester) -> None:
    """Many tests with one script share its steps."""
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
