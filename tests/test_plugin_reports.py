"""What the plugin says at the end of a test: strict, reports, requests that came too late."""

import re
import shlex
from pathlib import Path

import pytest

HEAD = """
import contextlib, threading, time, unittest
import pytest
from raw_http import chat, user
from mock_electron import Pace

def ask(electron, text="Hi", **fields):
    return chat(electron, {"messages": user(text), **fields})
"""


@pytest.fixture
def pytester(pytester: pytest.Pytester) -> pytest.Pytester:
    """pytester, with the modules of this folder, and the option that pytest-asyncio asks for."""
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

def test_fails_anyway(electron):
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
    """Even where the error was swallowed; for steps left over; in every lane; with its own reason where
    it has one. A skipped test is left alone."""
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
            "*_ test_fails_anyway _*",
            "E*AssertionError: my own reason",
            "*_ test_second_lane _*",
            "#0: *the script is empty.",
        ],
        consecutive=False,
    )
    result.stdout.no_fnmatch_line("*pytest_lanes.py*")


def test_strict_is_the_same_under_xdist(pytester: pytest.Pytester) -> None:
    """In workers."""
    pytester.makepyfile(HEAD + STRICT)
    result = pytester.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=2, failed=4, skipped=1, xfailed=1)


def test_strict_in_unittest_classes(pytester: pytest.Pytester) -> None:
    """The fixture comes by an autouse fixture; the test fails at its end too."""
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


# --- reports


def test_the_report_of_a_failed_test_has_its_exchanges(pytester: pytest.Pytester) -> None:
    """One line each, for every lane, and the line that replays it; others have none."""
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


def test_the_replay_line_replays(pytester: pytest.Pytester) -> None:
    """Copied into a shell: the same test, the same options, the same words."""
    first = run(
        pytester,
        """
@pytest.mark.parametrize("name", ["a b", "c"])
def test_bad(electron, name):
    print("SAID", ask(electron, name).json["choices"][0]["message"]["content"])
    assert name == "c"
""",
        "--electron-seed=11",
        "--electron-sampling=varied",
    )
    [line] = re.findall(r"^Replay: (.+)$", first.stdout.str(), re.MULTILINE)
    command, *arguments = shlex.split(line)
    assert command == "pytest"
    again = pytester.runpytest_inprocess(*arguments)
    again.assert_outcomes(failed=1)
    said = [re.findall("SAID (.+)", run.stdout.str()) for run in (first, again)]
    assert said[0] == said[1] != []


def test_a_failure_outside_of_the_test_has_the_section_too(pytester: pytest.Pytester) -> None:
    """In another fixture's set-up or tear-down."""
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


def test_a_report_does_not_wait_and_is_not_endless(pytester: pytest.Pytester) -> None:
    """What is in flight is shown as that; of many exchanges the last."""
    result = run(
        pytester,
        """
@pytest.mark.electron(clock="real", pace=Pace(first=60, overhead=60))
def test_open(electron):
    def leave():
        with contextlib.suppress(Exception):  # the server ends before it does
            ask(electron)

    threading.Thread(target=leave, daemon=True).start()
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


def test_a_report_with_odd_characters(pytester: pytest.Pytester) -> None:
    """A line each, readable, under xdist too."""
    texts = ["\x00\x1b[31m", "a\nb\r\nc", "😀" * 50, "क्या हुआ?", "\u2028", "'\"`"]
    asks = "".join(f"    ask(electron, {text!r})\n" for text in texts)
    pytester.makepyfile(f"{HEAD}def test_x(electron):\n{asks}    assert 0\n")
    result = pytester.runpytest_subprocess("-n", "1")
    result.assert_outcomes(failed=1)
    lines = [one for one in result.outlines if one.startswith("  #")]
    assert len(lines) == len(texts)
    assert all(line.endswith("complete, pocket model") for line in lines)


# --- requests that come too late

LATE = """
seen = {}

def test_early(electron):
    seen["electron"] = electron

def test_later():
    assert ask(seen["electron"]).status == 410

def test_last():
    pass
"""


@pytest.mark.parametrize("flags", [(), ("-n", "1"), ("-W", "error")])
def test_a_request_after_its_test_is_a_warning_of_that_test(
    pytester: pytest.Pytester, flags: tuple[str, ...]
) -> None:
    """It is refused with 410, whichever test runs meanwhile."""
    pytester.makepyfile(test_late=HEAD + LATE)
    result = pytester.runpytest_subprocess(*flags)
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "*warnings summary*",
            "test_late.py::test_early",
            "*LateRequestWarning: POST /lanes/1/waves/v1/chat/completions came after the test had ended*",
        ]
    )


def test_a_late_request_says_so_to_the_client(pytester: pytest.Pytester) -> None:
    """In the envelope, with the name of the test."""
    result = run(
        pytester,
        LATE
        + """
def test_words():
    error = ask(seen["electron"]).error
    assert error["type"] == "test_ended"
    assert "test_early has ended; this request came too late" in error["message"]
""",
    )
    result.assert_outcomes(passed=4, warnings=2)
