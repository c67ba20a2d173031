"""Options of the pytest plugin: flags, ini options, markers; scripts; what is wrong with them."""

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema  # noqa: F401 (see below)
import pytest
import ruamel.yaml  # noqa: F401 (see below)

import mock_electron.plugin.lanes  # noqa: F401 (see below)
from mock_electron import Pace, Plan, Settings
from mock_electron.engine import settings_text
from mock_electron.engine.settings import Options
from mock_electron.plugin.options import OPTIONS, SWITCHES, flag_of

# What is imported here only is imported by the plugin when it is needed; every run of pytester would
# do so anew, since it forgets what its run has imported.

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

OTHERS: dict[str, tuple[str, Any]] = {
    "seed": ("8", 8),
    "strict": ("false", False),
    "plan": ("standard", "standard"),
    "pace": ("electron", "electron"),
    "clock": ("frozen", "frozen"),
    "sampling": ("steady", "steady"),
    "drift": ("0.25", 0.25),
    "api_keys": ("sk_c", ("sk_c",)),
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
"""And another value of each, so that it shows which one has won."""

WRONG: dict[str, tuple[str, Any, str]] = {
    "seed": ("1.5", "7", "seed*"),
    "strict": ("maybe", "yes", "strict*"),
    "plan": ("standart", "standart", "plan*"),
    "pace": ("fast", "fast", "pace*"),
    "clock": ("reel", "reel", "clock is 'frozen' or 'real'*Did you mean 'real'?"),
    "sampling": ("steddy", "steddy", "sampling is 'steady' or 'varied'*Did you mean 'steady'?"),
    "drift": ("2", 2, "drift is a share from 0 to 1, not 2*"),
    "api_keys": ("", "sk_a", "api_keys is a tuple of non-empty strings, not 'sk_a'."),
    "tools": ("", 5, "tools is a list of names*not 5."),
    "prefix_cache_tokens": ("-1", -1, "prefix_cache_tokens is a number of tokens, not -1."),
    "prefix_cache_idle": ("0", 0, "prefix_cache_idle is a number of seconds, not 0*"),
    "fault_header": ("perhaps", 1, "fault_header*"),
    "accept_json_schema": ("si", "si", "accept_json_schema*"),
    "named_tool_finish": ("stopp", "stopp", "named_tool_finish is*Did you mean 'stop'?"),
    "not_found": ("htm", "htm", "not_found is 'json' or 'html'*Did you mean 'html'?"),
    "body_limit": ("0", 0, "body_limit is a number of bytes, not 0."),
    "upload_timeout": ("-1", -1, "upload_timeout is a number of seconds, not -1*"),
    "journal_exchanges": ("0", 0, "journal_exchanges is a number of exchanges, not 0."),
    "journal_bytes": ("many", "many", "journal_bytes*"),
}
"""What each setting is not: as text, as a value, and how the message goes. Any text is a list."""

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


def given(values: dict[str, tuple[str, Any]]) -> str:
    """The settings as keyword arguments."""
    return ", ".join(f"{name}={value!r}" for name, (_, value) in values.items())


def flags_for(values: dict[str, tuple[str, Any]]) -> list[str]:
    """The settings as flags; a switch has one to switch it on, and one to switch it off."""
    switches = {name: values[name][1] for name in SWITCHES}
    on_off = [f"--{'' if on else 'no-'}{flag_of(name)[2:]}" for name, on in switches.items()]
    rest = [f"{flag_of(n)}={text}" for n, (text, _) in values.items() if n not in SWITCHES]
    return rest + on_off


def test_every_setting_is_an_option() -> None:
    """And every option a setting, but for the script; each is read from text."""
    settings = {field.name for field in fields(Settings)}
    assert set(OPTIONS) == settings | {"script"}
    assert set(settings_text.READ) == settings == set(VALUES) == set(OTHERS) == set(WRONG)
    assert all(VALUES[name][1] != OTHERS[name][1] for name in settings)
    assert set(Options.__annotations__) == settings
    switches = {f.name for f in fields(Settings) if isinstance(f.default, bool)}
    assert set(SWITCHES) == switches


def test_all_of_them_as_flags(pytester: pytest.Pytester) -> None:
    """Those that are switches have no value."""
    shows(pytester, {name: value for name, (_, value) in VALUES.items()})
    pytester.runpytest_inprocess(*flags_for(VALUES)).assert_outcomes(passed=1)


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


def test_of_every_setting_the_nearest_wins(pytester: pytest.Pytester) -> None:
    """The flag over the ini file, the marker over the flag, the argument over the marker."""
    ini(pytester, *(f"electron_{name} = {text}" for name, (text, _) in VALUES.items()))
    pytester.makepyfile(
        f"""
import pytest
from mock_electron import Pace, Plan

def seen(electron):
    return {{name: getattr(electron.settings, name) for name in {list(VALUES)!r}}}

def test_flag_over_ini(electron):
    assert seen(electron) == dict({given(OTHERS)})

@pytest.mark.electron({given(VALUES)})
def test_marker_over_flag(electron):
    assert seen(electron) == dict({given(VALUES)})

@pytest.mark.electron({given(VALUES)})
def test_argument_over_marker(electron_lane):
    assert seen(electron_lane({given(OTHERS)})) == dict({given(OTHERS)})
    assert seen(electron_lane()) == dict({given(VALUES)})
"""
    )
    pytester.runpytest_inprocess(*flags_for(OTHERS)).assert_outcomes(passed=3)


def test_lists_in_pyproject_toml(pytester: pytest.Pytester) -> None:
    """As TOML has them."""
    Path("tox.ini").unlink()
    pytester.makepyprojecttoml(
        "[tool.pytest.ini_options]\n"
        'asyncio_default_fixture_loop_scope = "function"\n'
        'electron_tools = ["f", "g"]\n'
    )
    shows(pytester, {"tools": ("f", "g")})
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


AS_TEXT = [(name, text, words) for name, (text, _, words) in WRONG.items() if text]


@pytest.mark.parametrize(("name", "text", "words"), AS_TEXT, ids=[name for name, *_ in AS_TEXT])
def test_a_wrong_value_of_each_setting(
    pytester: pytest.Pytester, name: str, text: str, words: str
) -> None:
    """One line of error, and no test runs: of a flag, and of an ini option."""
    pytester.makepyfile("def test_x(): print('RAN')")
    flag = [] if name in SWITCHES else [f"{flag_of(name)}={text}"]
    for flags in (flag, [f"--override-ini=electron_{name}={text}"]):
        if not flags:
            continue  # a switch has no value that could be wrong
        result = pytester.runpytest_inprocess("-s", *flags)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        said = [line for line in result.errlines if line]
        assert len(said) == 1
        pytest.LineMatcher(said).fnmatch_lines([f"ERROR: mock-electron: {words}"])
        result.stdout.no_fnmatch_line("*RAN*")


def test_a_wrong_value_of_each_setting_in_a_marker(pytester: pytest.Pytester) -> None:
    """One line for each test; the others run."""
    tests = [
        f"@pytest.mark.electron({name}={value!r})\ndef test_{name}(electron): pass"
        for name, (_, value, _) in WRONG.items()
    ]
    pytester.makepyfile("\n".join(["import pytest", *tests, "def test_good(electron): pass"]))
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=len(WRONG), passed=1)
    for name, (_, _, words) in WRONG.items():
        title, message = f"*_ ERROR at setup of test_{name} _*", f"@pytest.mark.electron: {words}"
        result.stdout.fnmatch_lines([title, message], consecutive=True)


@pytest.mark.parametrize("call", ["sead=1", "clock='reel'", "script=5", "seed='x'"])
def test_a_wrong_setting_of_a_lane_is_shown_at_its_line(
    pytester: pytest.Pytester, call: str
) -> None:
    """An ordinary exception, which the test may catch, without the insides of the plugin."""
    pytester.makepyfile(
        f"""
import pytest

def test_raises(electron_lane):
    electron_lane({call})

def test_catches(electron_lane):
    with pytest.raises((TypeError, ValueError)):
        electron_lane({call})
    assert electron_lane().settings.seed == 0
"""
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines([f">*electron_lane({call})"])
    result.stdout.no_fnmatch_line("*mock_electron/*")
    result.stdout.no_fnmatch_line("*- electron -*")  # no lane, no exchanges


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        (
            "--no-electron-strikt",
            "there is no option --no-electron-strikt. Did you mean --no-electron-strict?",
        ),
        (
            "--no-electron-seed",
            "there is no option --no-electron-seed. There are: --no-electron-strict,*",
        ),
        ("--electron-see=7", "there is no option --electron-see. Did you mean --electron-seed?"),
    ],
)
@pytest.mark.parametrize("place", ["command line", "PYTEST_ADDOPTS", "addopts"])
def test_a_wrong_flag_wherever_it_stands(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, flag: str, words: str, place: str
) -> None:
    """Also a switch's, and no abbreviation is guessed."""
    flags = []
    if place == "command line":
        flags = [flag]
    elif place == "addopts":
        ini(pytester, f"addopts = {flag}")
    else:
        monkeypatch.setenv("PYTEST_ADDOPTS", flag)
    pytester.makepyfile("def test_x(): pass")
    result = pytester.runpytest_inprocess(*flags)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {words}"])


def test_a_wrong_ini_option_of_the_command_line(pytester: pytest.Pytester) -> None:
    """`--override-ini` is an ini file too."""
    pytester.makepyfile("def test_x(): pass")
    result = pytester.runpytest_inprocess("-o", "electron_plann=standard")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: there is no ini option electron_plann. Did you mean electron_plan?"]
    )


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
        (["--electron-script=a.yaml"], ["electron_script = b.yaml"], ""),
        ([], ["electron_script = a.yaml,b.yaml"], ""),
    ],
)
def test_a_script_answers_first(
    pytester: pytest.Pytester, flags: list[str], lines: list[str], marker: str
) -> None:
    """By flag, ini file or marker; one file or several; the marker wins, and then the flag."""
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


def test_several_scripts_are_one_behind_the_other(pytester: pytest.Pytester) -> None:
    """In the order in which they are named; an empty list is none, whatever the flag says."""
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


def test_of_scripts_with_one_name_the_working_directory_has_the_first(
    pytester: pytest.Pytester,
) -> None:
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


def test_a_wrong_script_of_the_options_is_an_error_of_the_tests_that_ask(
    pytester: pytest.Pytester,
) -> None:
    """Where it is depends on the test; a test without the fixture does not need it."""
    story(pytester.path, "story.yaml", "x")
    pytester.makepyfile(test_it="def test_x(electron): pass\ndef test_y(): pass\n")
    result = pytester.runpytest_inprocess("--electron-script=storry.yaml")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["the script storry.yaml cannot be used:", "*'story.yaml'?"])
    result.stdout.fnmatch_lines(
        ["ERROR test_it.py::test_x - Failed: the script storry.yaml cannot be used:"]
    )


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("script=5", "@pytest.mark.electron: script is the path of a file, or a list of them, not 5."),
        ("script=None", "@pytest.mark.electron: script is*not None."),
        ("script=['a.yaml', 5]", "@pytest.mark.electron: script is*not [[]'a.yaml', 5[]]."),
        (
            "script='calls.yaml', strict=True, tools=['get_time']",
            "*calls.yaml: there is no tool 'get_weather'. Did you mean 'get_time'?*",
        ),
    ],
)  # fmt: skip
def test_a_script_that_makes_no_sense(pytester: pytest.Pytester, marker: str, words: str) -> None:
    """One message, and no traceback of the plugin."""
    (pytester.path / "calls.yaml").write_text(
        "steps: [{reply: {calls: [{get_weather: {city: Pune}}]}}]", encoding="utf-8"
    )
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.electron({marker})\ndef test_x(electron): pass\n"
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([words])
    result.stdout.no_fnmatch_line("*pytest_lanes.py*")
    result.stdout.no_fnmatch_line("*- electron -*")


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
