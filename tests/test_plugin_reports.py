"""What the plugin does at the end of a test: strict lanes, reports, late requests."""

import os
import re
import shlex
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

HEAD = """
import asyncio, contextlib, threading, time, unittest
import pytest
from raw_http import chat, user
from mock_electron import Pace

def ask(electron, text="Hi", **fields):
    return chat(electron, {"messages": user(text), **fields})
"""


@pytest.fixture
def pytester(pytester: pytest.Pytester) -> pytest.Pytester:
    """pytester, with the modules of this folder."""
    folder = Path(__file__).parent
    pytester.makeini(
        f"[pytest]\npythonpath = {folder}\nasyncio_default_fixture_loop_scope = function\n"
    )
    return pytester


def run(pytester: pytest.Pytester, tests: str, *flags: str) -> pytest.RunResult:
    pytester.makepyfile(HEAD + tests)
    return pytester.runpytest_inprocess(*flags)


# --- strict

STRICT = """
pytestmark = pytest.mark.electron(strict=True)

def test_fits(electron):
    electron.reply("a")
    ask(electron)

def test_swallowed(electron):
    electron.when(says="weather").reply("31")
    ask(electron, "weather")
    ask(electron, "wether")

def test_left_over(electron):
    electron.reply("a", times=2)
    ask(electron)

def test_fails_itself(electron):
    electron.reply("a")
    assert ask(electron, "x").status == 200
    assert ask(electron, "y").status == 200, "my own reason"

def test_skips(electron):
    electron.reply("a")
    pytest.skip("not today")

@pytest.mark.xfail(strict=True)
def test_expected(electron):
    ask(electron)

@pytest.mark.electron(strict=False)
def test_lax(electron):
    electron.reply("a", times=2)
    ask(electron)

def test_second_lane(electron, electron_lane):
    other = electron_lane()
    ask(other)
"""


def test_a_strict_test_fails_at_its_end(pytester: pytest.Pytester) -> None:
    """It fails for swallowed errors and for unused steps, in every lane.

    A test that fails for another reason keeps that reason, and a skipped test stays skipped.
    """
    result = run(pytester, STRICT)
    result.assert_outcomes(passed=2, failed=4, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_swallowed _*",
            "1 request had no step in the script.",
            "#1: No step of the script answers this request (turn 1, 'wether'). Nearest first:",
            "- step 1 (*.py:*): says 'weather', but the user said 'wether'",
            "*_ test_left_over _*",
            "the script has steps left over:",
            "  step 1 (*.py:*): reply 'a'; answered 1 time, expected 2 times",
            "*_ test_fails_itself _*",
            "E*AssertionError: my own reason",
            "*_ test_second_lane _*",
            "#0: *the script is empty.",
        ],
        consecutive=False,
    )
    result.stdout.no_fnmatch_line("*pytest_lanes.py*")


def test_an_unmatched_request_gets_a_404(pytester: pytest.Pytester) -> None:
    """The message says why each step does not match, nearest first. The test fails too."""
    result = run(
        pytester,
        """
@pytest.mark.electron(strict=True)
def test_it(electron):
    electron.when(says="flight", turn=4, stream=True).reply("far")
    electron.when(says="weather").reply("near")
    answer = ask(electron, "The wether?")
    assert (answer.status, answer.error["type"]) == (404, "not_scripted")
    head, first, second = answer.error["message"].split("\\n")
    assert "turn 1, 'The wether?'" in head
    assert first.startswith("- step 2 (") and "says 'weather'" in first
    assert second.startswith("- step 1 (") and "turn" in second and "stream" in second
    assert ask(electron, "weather").status == ask(electron, "weather").status == 200
    electron.when(turn=4).reply("never")
""",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*_ test_it _*", "1 request had no step in the script."])


def test_a_strict_test_that_is_expected_to_fail(pytester: pytest.Pytester) -> None:
    """An unused step counts as the expected failure, unless `raises` names another exception."""
    result = run(
        pytester,
        """
pytestmark = pytest.mark.electron(strict=True)

@pytest.mark.xfail(strict=True)
def test_left_over(electron):
    electron.reply("a")

@pytest.mark.xfail(raises=ValueError, strict=True)
def test_own_reason(electron):
    electron.reply("a")
    raise ValueError

@pytest.mark.xfail(raises=ValueError, strict=True)
def test_another_reason(electron):
    electron.reply("a")
""",
    )
    result.assert_outcomes(xfailed=2, failed=1)
    result.stdout.fnmatch_lines(["*_ test_another_reason _*", "the script has steps left over:"])


def test_without_strict_nothing_is_checked_at_the_end(pytester: pytest.Pytester) -> None:
    """Unmatched requests and unused steps are fine, by default and with `strict=False`."""
    result = run(
        pytester,
        """
def test_lax(electron):
    electron.when(says="weather").reply("31")
    assert ask(electron, "else").status == 200

def test_lax_lane(electron_lane):
    electron_lane(strict=False).reply("a")

@pytest.mark.electron(strict=False)
def test_marked(electron):
    electron.reply("a")
""",
    )
    result.assert_outcomes(passed=3)
    again = pytester.runpytest_inprocess("--electron-strict")
    again.assert_outcomes(passed=2, failed=1)
    again.stdout.fnmatch_lines(["*_ test_lax _*"])


def test_strict_in_async_tests(pytester: pytest.Pytester) -> None:
    """With pytest-asyncio, and with anyio on asyncio and on trio."""
    result = run(
        pytester,
        """
import anyio.to_thread
pytestmark = pytest.mark.electron(strict=True)

@pytest.mark.asyncio
async def test_asyncio(electron):
    await asyncio.to_thread(ask, electron)

@pytest.mark.asyncio
async def test_asyncio_fits(electron):
    electron.reply("a")
    await asyncio.to_thread(ask, electron)

@pytest.mark.anyio
async def test_anyio(electron):
    await anyio.to_thread.run_sync(ask, electron)

@pytest.mark.anyio
async def test_anyio_fits(electron):
    electron.reply("a")
    await anyio.to_thread.run_sync(ask, electron)
""",
    )
    result.assert_outcomes(passed=3, failed=3)
    for name in ("test_asyncio", "test_anyio[[]asyncio[]]", "test_anyio[[]trio[]]"):
        result.stdout.fnmatch_lines([f"*_ {name} _*", "1 request had no step in the script."])


def test_requests_in_the_teardown_of_other_fixtures(pytester: pytest.Pytester) -> None:
    """They belong to the test: a strict lane checks them, unless the test has failed already.

    The fixture scripts the step for its own request; the steps of the test are for the test.
    """
    result = run(
        pytester,
        """
@pytest.fixture
def agent(electron):
    yield electron
    ask(electron, "goodbye")

pytestmark = pytest.mark.electron(strict=True)

def test_unexpected(agent): pass

def test_failed(agent):
    assert 0

@pytest.fixture
def polite(electron):
    yield electron
    electron.reply("Bye!")
    ask(electron, "goodbye")

def test_expected(polite): pass
""",
    )
    result.assert_outcomes(passed=2, errors=1, failed=1)  # test_unexpected passes, then errors
    result.stdout.fnmatch_lines(
        ["*_ ERROR at teardown of test_unexpected _*", "1 request had no step in the script."]
    )


def test_strict_in_unittest_classes(pytester: pytest.Pytester) -> None:
    """A unittest class gets the lane from an autouse fixture, and its tests fail at their end."""
    result = run(
        pytester,
        """
class TestIt(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def give(self, electron_lane):
        self.electron = electron_lane(strict=True)

    def test_fits(self):
        self.electron.reply("a")
        self.assertEqual(ask(self.electron).status, 200)

    def test_swallowed(self):
        ask(self.electron)

    def test_own_reason(self):
        ask(self.electron)
        self.assertEqual(1, 2)
""",
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["*AssertionError: 1 != 2", "#0: *the script is empty."])
    result.stdout.fnmatch_lines(["1 request had no step in the script."])


def test_a_marked_unittest_class(pytester: pytest.Pytester) -> None:
    """The marker applies to its tests. Skips and failures of unittest come first."""
    result = run(
        pytester,
        """
class Marked:
    @pytest.fixture(autouse=True)
    def give(self, electron):
        self.electron = electron

@pytest.mark.electron(strict=True, seed=7)
class TestIt(Marked, unittest.TestCase):
    def setUp(self):
        self.assertEqual(self.electron.settings.seed, 7)
        self.electron.reply("a")

    def test_fits(self):
        ask(self.electron)

    def test_left_over(self): pass

    def test_skipped(self):
        self.skipTest("not today")

    @unittest.expectedFailure
    def test_expected(self):
        self.fail()

    def test_error(self):
        raise LookupError("my own reason")

@pytest.mark.electron(strict=True)
class TestAsync(Marked, unittest.IsolatedAsyncioTestCase):
    async def test_fits(self):
        self.electron.reply("a")
        await asyncio.to_thread(ask, self.electron)

    async def test_swallowed(self):
        await asyncio.to_thread(ask, self.electron)
""",
    )
    result.assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["*_ TestIt.test_error _*", "E*LookupError: my own reason"])
    result.stdout.fnmatch_lines(["*_ TestIt.test_left_over _*", "the script has steps left over:"])
    result.stdout.fnmatch_lines(["*_ TestAsync.test_swallowed _*", "1 request had no step*"])


# --- reports


def test_the_report_of_a_failed_test_has_its_exchanges(pytester: pytest.Pytester) -> None:
    """It has one line per exchange of every lane, and the command that replays the test."""
    result = run(
        pytester,
        """
def test_good(electron):
    ask(electron)

@pytest.mark.parametrize("name", ["it's"])
def test_bad(electron, electron_lane, name):
    electron.reply("Hello!")
    electron.fail(503)
    ask(electron, "first")
    ask(electron, "second")
    ask(electron_lane(), "third")
    assert 0

def test_without(request):
    assert 0
""",
        "--electron-seed=7",
        "--electron-plan=10:3",
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*- electron -*",
            "Exchanges at http://127.0.0.1:*/lanes/*, seed 7:",
            "  #0 turn 1 'first' -> 'Hello!' | 200, *+2 tokens | complete, step 1",
            "  #1 turn 1 'second' -> overloaded 'Upstream model overloaded' | 503 | refused, step 2",
            "Exchanges at http://127.0.0.1:*/lanes/*, seed 7:",
            "  #0 turn 1 'third' -> * | 200, * tokens | complete, pocket model",
            "Replay: pytest *--electron-seed=7*",
        ],
        consecutive=True,
    )
    assert result.stdout.str().count("- electron -") == 1


def test_a_test_that_passes_has_no_section(pytester: pytest.Pytester) -> None:
    """With `-rA` too, and a test that is expected to fail has no section either."""
    result = run(
        pytester,
        """
def test_good(electron):
    print("SHOWN")
    ask(electron)

@pytest.mark.xfail(strict=True)
def test_expected(electron):
    ask(electron)
    assert 0
""",
        "-rA",
    )
    result.assert_outcomes(passed=1, xfailed=1)
    result.stdout.fnmatch_lines(["SHOWN"])
    result.stdout.no_fnmatch_line("*- electron -*")


REPLAYED = """
@pytest.mark.parametrize("name", ["it's b c"])
def test_bad(electron_lane, name):
    first, electron = electron_lane(sampling="varied", seed=5), electron_lane()
    print("SAID", [ask(one, name).json.get("choices") for one in (first, electron, electron)])
    print("SAID", electron.settings, len(electron.exchanges))
    assert 0

class TestMarked:
    @pytest.mark.electron(seed=23)
    def test_bad(self, electron):
        print("SAID", ask(electron).json.get("choices"), electron.settings)
        assert 0
"""


@pytest.mark.parametrize(
    ("folder", "flags"),
    [
        (".", []),
        (".", ["--electron-seed=11", "--electron-sampling=varied"]),
        (".", ["--electron-strict", "--no-electron-fault-header"]),
        ("sub", ["--electron-seed", "-3", "--electron-script=story.yaml"]),
        ("elsewhere", ["../sub", "--electron-seed=11"]),
        (".", ["-o", "electron_plan=1:1", "-o", "electron_seed=4"]),
        ("elsewhere", ["-c", "../other.ini", "--rootdir=..", "../sub"]),
    ],
)
def test_the_replay_line_replays_every_run(
    pytester: pytest.Pytester, folder: str, flags: list[str]
) -> None:
    """The command works in the folder where pytest ran, wherever the settings came from."""
    sub = pytester.mkdir("sub")
    pytester.mkdir("elsewhere")
    (sub / "test_it.py").write_text(HEAD + REPLAYED, encoding="utf-8")
    (sub / "story.yaml").write_text("steps: [{reply: A story.}]", encoding="utf-8")
    ini = Path("tox.ini").read_text(encoding="utf-8")
    Path("other.ini").write_text(f"{ini}\nelectron_seed = 9\n", encoding="utf-8")
    os.chdir(folder)  # pytester goes back
    first = pytester.runpytest_inprocess(*flags)
    first.assert_outcomes(failed=2)
    lines = re.findall(r"^Replay: pytest (.+)$", first.stdout.str(), re.MULTILINE)
    said = []
    for line in lines:
        again = pytester.runpytest_inprocess(*shlex.split(line))
        again.assert_outcomes(failed=1)
        assert f"Replay: pytest {line}" in again.outlines
        said += [text for text in again.outlines if text.startswith("SAID")]
    assert said == [text for text in first.outlines if text.startswith("SAID")] != []


def test_the_replay_line_in_a_shell(pytester: pytest.Pytester) -> None:
    """The line as it is printed gives the same failure with the same seed in a new process."""
    first = run(
        pytester,
        """
@pytest.mark.parametrize("text", ["$HOME it's"], ids=["$HOME it's; exit 0"])
def test_bad(electron, text):
    assert ask(electron, text).json["choices"][0]["message"]["content"] == ""
""",
        "--electron-seed=11",
    )
    [line] = re.findall(r"^Replay: (.+)$", first.stdout.str(), re.MULTILINE)
    python = shlex.quote(sys.executable)
    shell = pytester.run("sh", "-c", f'pytest() {{ {python} -m pytest "$@"; }}; {line}')
    shell.assert_outcomes(failed=1)
    for kind in ("E  *", "  #0*", "Replay:*"):
        found = [[text for text in run.outlines if fnmatch(text, kind)] for run in (first, shell)]
        assert found[0] == found[1] != []


def test_a_failure_in_a_fixture_has_the_section_too(pytester: pytest.Pytester) -> None:
    """In the set-up or teardown of another fixture."""
    result = run(
        pytester,
        """
@pytest.fixture
def agent(electron):
    ask(electron, "hello from the fixture")
    raise ValueError("broken agent")

def test_x(agent): pass

@pytest.fixture
def ending(electron):
    yield
    ask(electron, "goodbye")
    raise ValueError("broken end")

def test_y(ending): pass
""",
    )
    result.assert_outcomes(errors=2, passed=1)
    result.stdout.fnmatch_lines(["  #0 turn 1 'hello from the fixture' -> *"])
    result.stdout.fnmatch_lines(["  #0 turn 1 'goodbye' -> *"])


def test_a_report_does_not_wait_and_is_bounded(pytester: pytest.Pytester) -> None:
    """Exchanges in flight are shown as such, and only the last 30 of many are shown."""
    result = run(
        pytester,
        """
@pytest.mark.electron(clock="real", pace=Pace(first=60, overhead=60))
def test_open(electron):
    def wait_in_vain():
        with contextlib.suppress(Exception):  # the server stops first
            ask(electron)

    threading.Thread(target=wait_in_vain, daemon=True).start()
    while not electron.exchanges_so_far:
        time.sleep(0.01)
    assert 0

def test_many(electron):
    for number in range(40):
        ask(electron, str(number))
    assert 0
""",
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["  #0 turn 1 'Hi' -> * | 200, * | in flight, pocket model"])
    result.stdout.fnmatch_lines(["  (10 earlier)", "  #10 turn 1 '10' -> *"], consecutive=True)


ODD_TEXTS = ["\x00\x1b[31m", "a\nb\r\nc", "😀" * 50, "क्या हुआ?", "\u2028", "'\"`"]
ODD = "\ndef test_odd(electron):\n{asks}    assert 0\n".format(
    asks="".join(f"    ask(electron, {text!r})\n" for text in ODD_TEXTS)
)


def test_a_report_with_odd_characters(pytester: pytest.Pytester) -> None:
    """Every exchange is one readable line."""
    result = run(pytester, ODD)
    result.assert_outcomes(failed=1)
    lines = [one for one in result.outlines if one.startswith("  #")]
    assert len(lines) == len(ODD_TEXTS)
    assert all(line.endswith("complete, pocket model") for line in lines)


def test_failures_of_a_test_and_of_its_teardown(pytester: pytest.Pytester) -> None:
    """Each report has the exchanges so far. A test without a fake Electron has no section."""
    result = run(
        pytester,
        """
@pytest.fixture
def agent(electron):
    yield
    ask(electron, "goodbye")
    raise ValueError("broken end")

def test_x(electron, agent):
    ask(electron, "hello")
    assert 0

def test_y(electron_lane):
    assert 0

def test_z(electron_server):
    assert 0
""",
    )
    result.assert_outcomes(failed=3, errors=1)
    hellos = [text for text in result.outlines if text.startswith("  #0 turn 1 'hello' -> ")]
    goodbyes = [text for text in result.outlines if text.startswith("  #1 turn 1 'goodbye' -> ")]
    assert (len(hellos), len(goodbyes)) == (2, 1)
    assert result.stdout.str().count("- electron -") == 2


def test_a_failing_test_of_unittest_has_the_section(pytester: pytest.Pytester) -> None:
    """It contains all requests of the test."""
    result = run(
        pytester,
        """
class TestIt(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def give(self, electron):
        self.electron = electron

    def test_all(self):
        for text in ("one", "two"):
            ask(self.electron, text)
        self.fail("at last")
""",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- electron -*", "  #0 turn 1 'one'*", "  #1 turn 1 'two'*"])


# --- late requests

LATE = """
seen = {}

def test_early(electron):
    def agent():
        assert seen["go"].wait(30)
        seen["answer"] = ask(electron)

    seen["go"], seen["electron"] = threading.Event(), electron
    seen["agent"] = threading.Thread(target=agent)
    seen["agent"].start()  # and the test does not wait for it

def test_later():
    seen["go"].set()
    seen["agent"].join()
    assert seen["answer"].status == 410

def test_last():
    pass
"""


LATE_WARNING = [
    "*warnings summary*",
    "test_late.py::test_early",
    "*LateRequestWarning: POST /lanes/*/waves/v1/chat/completions *after *test had ended*",
]


WARN = ("-W", "default::mock_electron.LateRequestWarning")
"""The default filter. pytester inherits the filters of this repository, which make errors."""


def test_a_request_after_its_test_is_a_warning_of_that_test(pytester: pytest.Pytester) -> None:
    """A thread of the test goes on, and gets 410 whichever test runs by then."""
    pytester.makepyfile(test_late=HEAD + LATE)
    result = pytester.runpytest_inprocess(*WARN)
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(LATE_WARNING)
    result.stdout.no_fnmatch_line("*::test_la*")  # the tests that ran later have no warning


def test_a_request_after_the_last_test(pytester: pytest.Pytester) -> None:
    """A late request while the session ends is a warning of the last test too."""
    result = run(
        pytester,
        """
@pytest.fixture(scope="session")
def agents(electron_server):
    agents = []
    yield agents
    assert [ask(electron).status for electron in agents] == [410]

def test_only(agents, electron):
    agents.append(electron)
""",
        *WARN,
    )
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*.py::test_only", "*LateRequestWarning: POST *"])


def test_a_late_request_does_not_change_the_journal(pytester: pytest.Pytester) -> None:
    """It is not recorded for the test that has ended, nor for the test that runs."""
    result = run(
        pytester,
        """
seen = []

def test_early(electron):
    electron.reply("a", times=2)
    ask(electron)
    seen.append(electron)

@pytest.mark.electron(strict=True)
def test_later(electron):
    assert ask(seen[0]).status == 410
    assert len(electron.exchanges) == 0
    assert len(seen[0].exchanges) == 1
""",
        *WARN,
    )
    result.assert_outcomes(passed=2, warnings=1)


def test_a_late_request_says_so_to_the_client(pytester: pytest.Pytester) -> None:
    """The error of the 410 names the test that has ended."""
    result = run(
        pytester,
        LATE
        + """
def test_words():
    error = ask(seen["electron"]).error
    assert error["type"] == "test_ended"
    assert "test_early has ended" in error["message"]
""",
        *WARN,
    )
    result.assert_outcomes(passed=4, warnings=2)


# --- several processes

MANY = """
@pytest.mark.parametrize("number", range(20))
def test_many(electron, number):
    electron.reply(str(number))
    assert ask(electron).json["choices"][0]["message"]["content"] == str(number)
    assert len(electron.exchanges) == 1
"""


def test_several_processes_report_the_same(pytester: pytest.Pytester) -> None:
    """With pytest-xdist, all outcomes, reasons, exchanges, replay lines and warnings are equal."""
    strict = (HEAD + STRICT).replace("(strict=True)", "(strict=True, seed=7)")
    pytester.makepyfile(test_strict=strict, test_late=HEAD + LATE, test_many=HEAD + MANY + ODD)
    flags = ("-rA", "--electron-plan=10:3", *WARN)
    alone = pytester.runpytest_inprocess(*flags)
    spread = pytester.runpytest_inprocess(*flags, "-n", "2", "--dist", "loadfile")
    for result in (alone, spread):
        result.assert_outcomes(passed=25, failed=5, skipped=1, xfailed=1, warnings=1)
        result.stdout.fnmatch_lines(LATE_WARNING)
    shown = re.compile(
        r"(PASSED|FAILED|ERROR|SKIPPED|XFAIL|Replay|  #|#|- step|  step|\d+ request|the script) ?.*"
    )
    reports = [sorted(filter(shown.fullmatch, result.outlines)) for result in (alone, spread)]
    assert reports[0] == reports[1]
    assert len(reports[0]) > 50
