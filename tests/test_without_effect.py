"""What would have no effect is refused or reported: assignments, markers, faults, double lines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from lanes import ask, stream

from mock_electron import Electron, MockElectron, Settings, call, fail, faults
from mock_electron.engine.lane import Lane
from mock_electron.engine.setting_table import SETTINGS


def electron_with(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


# --- assignments

ASSIGNED: Final[list[tuple[str, str]]] = [
    ("plan", "write electron.plan('standard')"),
    ("pace", "write electron.pace("),
    ("drift", "write electron.drift(0.1)"),
    ("travel", "write `with electron.clock.travel():`"),
    ("script", "write electron.load("),
    ("api_key", "write @pytest.mark.electron(api_keys=…)"),
    ("reply", "it is a method: write reply(…)"),
    ("base_url", "cannot be set"),
    ("exchanges", "cannot be set"),
    ("stric", "cannot be set"),
]
OTHERS: Final[list[tuple[Callable[[Electron], object], str, str]]] = [
    (lambda e: e.clock, "travelled", "write advance(60)"),
    (lambda e: e.clock, "frozen", "write @pytest.mark.electron(clock='real')"),
    (lambda e: e.clock, "advance", "it is a method: write advance(…)"),
    (lambda e: e.reply("x"), "times", "it is a method: write times(…)"),
    (lambda e: e.reply("x"), "pace", "write reply(…, pace=…)"),
    (lambda e: e.when(says="x"), "reply", "it is a method: write reply(…)"),
    (lambda e: e.exchanges, "dropped", "cannot be set"),
    (lambda e: MockElectron(), "seed", "MockElectron(seed=…)"),
]


@pytest.mark.filterwarnings("ignore:.*without an answer")
def test_an_assignment_names_the_right_form() -> None:
    """Each setting, method and other attribute is refused, and the lane is unchanged."""
    electron, wrong = electron_with(), []
    in_lane = [(name, f"{name}=…") for name in SETTINGS if name not in dict(ASSIGNED)]
    own = [(electron, name, form) for name, form in (*in_lane, *ASSIGNED)]
    for one, name, form in (*own, *((get(electron), name, form) for get, name, form in OTHERS)):
        with pytest.raises(AttributeError) as caught:
            setattr(one, name, 7)
        if form not in str(caught.value) or f"attribute {name!r} of" not in str(caught.value):
            wrong.append(str(caught.value))
    assert wrong == []
    assert electron.settings == Settings()


# --- faults

INJECTED: Final[list[tuple[faults.Fault, dict[str, Any], str]]] = [
    (faults.Cut(after=3), {}, "Cut(after=3) needs a stream"),
    (faults.NoUsage(), {}, "NoUsage() needs a stream"),
    (faults.BadArguments(), {}, "BadArguments() needs"),
    (faults.Reset(), {"every": 4}, "Reset() with every=4; possible requests so far: 1"),
    (fail(503), {"rate": 0.0}, "with rate=0; possible requests so far: 1"),
    (faults.Reset(), {"when": lambda request: False}, "`when` was false for every request"),
]


def test_a_fault_that_affects_no_request_is_reported() -> None:
    """The hint of a failed assertion says why, and `repr` counts it, until it has an effect."""
    wrong = []
    for fault, options, words in INJECTED:
        electron = electron_with()
        electron.inject(fault, **options)
        ask(electron._lane)
        with pytest.raises(AssertionError) as caught:
            electron.assert_retried("no_usage")
        hint = f"Hint: 1 injected fault has not been applied: {words}"
        shown = str(caught.value)
        found = words in shown and hint.partition(words)[0] in shown
        if not found or "1 fault not applied" not in repr(electron):
            wrong.append((shown, repr(electron)))
    assert wrong == []
    electron = electron_with()
    electron.inject(faults.Cut(after=1))
    electron.inject(faults.Crlf())
    ask(electron._lane)
    assert "2 faults not applied" in repr(electron)
    stream(electron._lane)
    assert "not applied" not in repr(electron)


def test_the_line_of_an_exchange_says_why_a_fault_did_not_apply() -> None:
    """Those of a step, of `when(…)` and of the header, and those that apply elsewhere."""
    electron, lines = electron_with(), []
    electron.when(says="one").reply("a b c d e").cut(after=3)
    electron.when(says="two").inject(faults.BadArguments())
    electron.when(says="three").reply("a b").cut(after=30)
    electron.when(says="four").reply(call("f"))
    for text, send in (("one", ask), ("two", ask), ("three", stream), ("four", ask)):
        send(electron._lane, text)
        lines.append(str(electron.exchanges.last))
    assert lines[0].endswith("complete, step 1, Cut(after=3) not applied: it needs a stream")
    assert "complete, step 2, BadArguments() not applied: it needs " in lines[1]
    assert "the reply has only " in lines[2]
    assert lines[3].endswith("step 4")
    ask(electron._lane, "four", faults="fail=503; times=1")
    ask(electron._lane, "four", faults="fail=503; times=1")
    assert "fail not applied: times=1 is used up" in str(electron.exchanges.last)
    ask(electron._lane, "one", faults="cut=3")
    assert str(electron.exchanges.last).count("needs a stream") == 1


# --- the plugin

INI: Final = f"""
[pytest]
pythonpath = {Path(__file__).parent}
asyncio_default_fixture_loop_scope = function
"""
HEAD: Final = """
import pytest
from mock_electron.contract import ContractSuite
from raw_http import chat, user

def ask(electron, text="Hi"):
    return chat(electron, {"messages": user(text)})
"""
TESTS: Final = """
class TestContract(ContractSuite):
    pytestmark = pytest.mark.electron(plan="standard")
    only = ("chat.id",)

@pytest.mark.electron(strict=True)
def test_m_strict(electron_session): pass

@pytest.mark.electron(travel=True)
def test_m_travel(electron_session): pass

@pytest.mark.electron(stric=True)
def test_m_typo(electron_session): pass

@pytest.mark.electron(seed=9)
def test_m_server(electron_server): pass

@pytest.mark.electron(seed=9)
def test_ok_both(electron_session, electron):
    assert electron.settings.seed == 9

@pytest.fixture
def dynamic(request):
    return request.getfixturevalue("electron")

@pytest.mark.electron(seed=9)
def test_ok_dynamic(electron_session, dynamic):
    assert dynamic.settings.seed == 9

@pytest.fixture
def client(electron): return electron

@pytest.fixture
def agent(client): return client

@pytest.fixture
def plain(): pass

@pytest.fixture(scope="session")
def app(client): pass

@pytest.fixture(scope="module")
def deep_app(agent): pass

@pytest.fixture(scope="class")
def late_app(request): request.getfixturevalue("client")

@pytest.fixture(scope="module")
def plain_app(plain): pass

def test_scope_app(app): pass
def test_scope_deep(deep_app): pass
def test_scope_late(late_app): pass
def test_scope_plain(plain_app): pass

@pytest.mark.electron(script="fixture/weather.yaml")
def test_script_folder(electron): pass

@pytest.mark.electron(script="wether.yml")
def test_script_name(electron): pass

@pytest.mark.electron(script="nope.yaml")
def test_script_nope(electron): pass

def test_script_lane(electron_lane):
    electron_lane(script="fixture/weather.yaml")

def test_script_load(electron):
    electron.load("weather.yaml")

@pytest.mark.electron(strict=True)
def test_double_refused(electron):
    electron.when(says="weather").reply("x")
    assert ask(electron).status == 200

@pytest.mark.electron(strict=True)
def test_double_told(electron):
    electron.when(says="weather").reply("x")
    raise LookupError(ask(electron).error["message"])

@pytest.mark.electron(strict=True)
def test_double_quoted(electron):
    electron.when(says="weather").reply("x")
    raise LookupError(ask(electron).error)

@pytest.mark.electron(strict=True)
def test_double_pending(electron):
    electron.when(says="weather")

@pytest.mark.electron(strict=True)
def test_double_shadow(electron):
    electron.when(says="H").reply("x")
    electron.when(says="Hi").reply("y")
    ask(electron)
"""


@pytest.fixture
def reports(pytester: pytest.Pytester) -> dict[str, str]:
    """The report of each failed test in TESTS, by the name of the test."""
    pytester.makeini(INI)
    pytester.makepyfile(HEAD + TESTS)
    (pytester.mkdir("fixtures") / "weather.yaml").write_text("steps: [{reply: x}]", "utf-8")
    Path("a8.yaml").write_text("steps: [{reply: x}]", "utf-8")
    output = pytester.runpytest_inprocess("-Wignore").stdout.str()
    parts = output.partition("short test summary")[0].split("\n_____")[1:]
    return {part.partition(" _")[0].strip("_ ").rpartition(" ")[2]: part for part in parts}


def test_reports_of_the_plugin(reports: dict[str, str]) -> None:
    """Markers, scopes, script files, and sentences that a report has once."""
    no_effect = "@pytest.mark.electron has no effect on "
    found = {name for name, text in reports.items() if no_effect in text}
    assert found == {
        "test_m_strict", "test_m_travel", "test_m_typo", "test_m_server", "TestContract.test_clause[chat.id]"
    }  # fmt: skip
    assert no_effect + "electron_session" in reports["test_m_strict"]
    assert "in test_m_strict" in reports["test_m_strict"]
    assert "Hint" not in reports["test_m_strict"]
    assert [name for name in reports if "_ok_" in name] == []
    for name, fixture in (("app", "client"), ("deep", "agent"), ("late", "client")):
        hint = f"The fixture {fixture} uses electron. electron, electron_lane and electron_env"
        assert hint in reports[f"test_scope_{name}"]
    assert "electron_session" not in reports["test_scope_plain"]
    for name in ("folder", "name", "lane", "load"):
        report = reports[f"test_script_{name}"]
        assert "No such file or directory in /" in report
        assert "Did you mean 'fixtures/weather.yaml'?" in report, report
        assert ": in test_script" in report or name == "load"
    assert "Did you mean" not in reports["test_script_nope"]
    step = "says 'weather', but the user said 'Hi'"
    once = {"refused": step, "told": step, "quoted": step, "pending": "without an answer"}
    for name, words in (*once.items(), ("shadow", "step 2")):
        assert reports[f"test_double_{name}"].count(words) == 1, reports[f"test_double_{name}"]


def test_a_failed_check_of_the_session_is_not_repeated(pytester: pytest.Pytester) -> None:
    """The end of the run reports only what no test has reported."""
    pytester.makeini(INI)
    test = """
def test_last(electron_session):
    ask(electron_session)
    electron_session.assert_strict()
"""
    more = "\n@pytest.fixture(autouse=True)\ndef late(electron_session):\n    yield\n    ask(electron_session, 'x')"
    pytester.makepyfile(HEAD + test)
    pytester.runpytest_inprocess("--electron-strict").assert_outcomes(failed=1)
    pytester.makepyfile(HEAD + test + more)
    pytester.runpytest_inprocess("--electron-strict").assert_outcomes(failed=1, errors=1)
