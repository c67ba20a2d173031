"""The audit of tests: the marker, the option, and the section at the end of a run."""

from collections.abc import Callable

import pytest

from mock_electron.audit import RULES

KEPT = ("seed", "stream-usage", "request-id")
OTHERS_OFF = ",".join(f"{name}=off" for name in RULES if name not in KEPT)
"""Only three rules run, so that new ones change no test."""
ASK = """
import json, logging, unittest, urllib.request
import pytest
from mock_electron.audit import Thresholds

def ask(electron, **fields):
    body = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}], **fields}
    headers = {"Authorization": f"Bearer {electron.api_key}", "Content-Type": "application/json"}
    url = electron.base_url + "/chat/completions"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.headers, answer.read()

def audited(*args, **kwargs):
    return pytest.mark.electron_audit(*args, **kwargs)
"""
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """A function that runs tests with options, in this process unless it is told otherwise."""

    def run(tests: str, *options: str, subprocess: bool = False) -> pytest.RunResult:
        pytester.makepyfile(test_it=ASK + tests)
        rules = f"--electron-audit-rules={OTHERS_OFF}"
        runner = pytester.runpytest_subprocess if subprocess else pytester.runpytest_inprocess
        return runner(rules, *options)

    return run


def section(result: pytest.RunResult) -> list[str]:
    """Return the lines of the section of the audit."""
    begin = next(
        (index for index, line in enumerate(result.outlines) if " electron audit ==" in line), None
    )
    if begin is None:
        return []
    lines = result.outlines[begin + 1 :]
    end = next(index for index, line in enumerate(lines) if line.startswith("=="))
    return lines[:end]


THREE = """
def test_bad(electron):
    ask(electron, seed=1)

def test_good(electron):
    ask(electron)

def test_nothing(electron):
    pass
"""
THREE_IN_SECTION = [
    "stream-usage       not applicable in 2",
    "request-id         not observable in 2",
    "seed               broken by 1 of 2 tests, not applicable in 1",
    "    test_it.py::test_bad: Relies on seed, not temperature (1 exchange)",
]


@pytest.mark.parametrize("source", ["--electron-audit", "--electron-audit=on", "ini"])
def test_the_option_adds_a_section(run: Run, pytester: pytest.Pytester, source: str) -> None:
    """It has a line for each rule, and the tests that break it. No test fails."""
    if source == "ini":
        pytester.makeini("[pytest]\nelectron_audit = on\n")
    result = run(THREE, *([] if source == "ini" else [source]))
    result.assert_outcomes(passed=3)
    assert section(result) == THREE_IN_SECTION


@pytest.mark.parametrize("option", [(), ("--electron-audit=off",)])
def test_without_the_option_nothing_is_judged(run: Run, option: tuple[str, ...]) -> None:
    """There is no section."""
    result = run(THREE, *option)
    result.assert_outcomes(passed=3)
    assert section(result) == []


def test_a_strict_run_fails_the_tests(run: Run) -> None:
    """The failure has the finding, its exchange, the repair, and how to accept it."""
    result = run(THREE, "--electron-audit=strict")
    result.assert_outcomes(passed=2, failed=1)
    assert section(result) == THREE_IN_SECTION
    result.stdout.fnmatch_lines(
        [
            "the audit found 1 problem: seed/temperature",
            "Relies on seed, not temperature [[]seed/temperature, low]",
            "  exchanges: #0",
            "  repair: Set the temperature to 0*",
            'To accept a finding: @pytest.mark.electron_audit(ignore={"RULE": "REASON"})',
            "test_it.py:*: in test_bad",
            "*- electron -*",
            "  #0 turn 1 'Hi' -> *",
            "Replay: pytest test_it.py::test_bad * --electron-audit=strict *",
            "FAILED test_it.py::test_bad - Failed: the audit found 1 problem: seed/temp*",
        ]
    )


def test_a_path_after_the_option_is_a_path(run: Run, pytester: pytest.Pytester) -> None:
    """The value is optional, so what follows without `=` is none."""
    result = run(THREE, "--electron-audit", "test_it.py")
    result.assert_outcomes(passed=3)
    assert section(result) == THREE_IN_SECTION


def test_a_run_without_requests_says_so(run: Run) -> None:
    """The section is there if the option is."""
    result = run("def test_a(): pass", "--electron-audit")
    assert section(result) == ["no test sent a request to Electron"]


MARKED = {
    "bare": ("@audited()", 0),
    "ignored": ('@audited(ignore={"seed": "we compare"})', 1),
    "one kind": ('@audited(ignore={"seed/temperature": "we compare"})', 1),
    "another rule": ('@audited(ignore={"stream-usage": "why"})', 0),
    "a level": ('@audited(levels={"seed": "warn"})', 1),
    "off": ('@audited(levels={"seed": "off"})', 1),
    "a threshold": ("@audited(thresholds=Thresholds(seeded_temperature=2))", 0),
    "not judged": ('@audited(ignore="a bad client on purpose")', 1),
    "the nearest one": ('@audited(ignore={"seed": "why"})\n@audited()', 1),
}


def test_a_marked_test_is_judged_without_the_option(run: Run) -> None:
    """It fails unless its findings are accepted with a reason, or its rules only warn."""
    tests = [
        f"{marker}\ndef test_{name.replace(' ', '_')}(electron):\n    ask(electron, seed=1)\n"
        for name, (marker, _) in MARKED.items()
    ]
    result = run("\n".join(tests))
    passed = sum(passes for _, passes in MARKED.values())
    result.assert_outcomes(passed=passed, failed=len(MARKED) - passed)
    lines = [line.strip() for line in section(result)]
    words = "Relies on seed, not temperature (1 exchange)"
    assert f"test_it.py::test_ignored: {words}, ignored" in lines
    assert f"test_it.py::test_a_level: {words}, warns" in lines
    assert f"test_it.py::test_bare: {words}" in lines
    assert not any("test_off" in line or "test_not_judged" in line for line in lines)


def test_a_class_has_a_marker_for_all_its_tests(run: Run) -> None:
    """The nearest marker adds to it, and decides if both say something."""
    result = run(
        """
@audited(ignore={"seed": "why"}, thresholds=Thresholds(seeded_temperature=1))
class TestIt:
    def test_as_the_class(self, electron):
        ask(electron, seed=1)

    @audited(ignore={"stream-usage": "why"})
    def test_both(self, electron):
        ask(electron, seed=1, stream=True)

    @audited(levels={"seed": "error"})
    def test_another_rule(self, electron):
        ask(electron, seed=1, stream=True)
"""
    )
    result.assert_outcomes(passed=2, failed=1)


WRONG_MARKERS = {
    "a rule": ('ignore={"sed": "why"}', "ignore: unknown rule 'sed'; expected one of "),
    "no reason": ('ignore={"seed": ""}', "ignore['seed'] must be the reason, as a text, got ''"),
    "an empty text": ('ignore=" "', "ignore must be a reason for each rule, such as "),
    "a list": ('ignore=["seed"]', "or one reason for everything, got ['seed']"),
    "a level": ('levels={"seed": "no"}', "unknown levels['seed'] 'no'; expected one of "),
    "levels": ('levels="off"', "levels must be a level for each rule, such as "),
    "thresholds": ("thresholds=3", "thresholds must be Thresholds, such as "),
    "an argument": ('ignores={"seed": "why"}', "unknown argument 'ignores'; expected one of "),
    "by position": ('"seed"', "its arguments are given by name only, got ('seed',)"),
}


def test_a_wrong_marker_is_an_error_before_the_test(run: Run) -> None:
    """The message has what is wrong, and the line of the test."""
    tests = [
        f"@audited({arguments})\ndef test_{number}(electron):\n    raise RuntimeError\n"
        for number, (arguments, _) in enumerate(WRONG_MARKERS.values())
    ]
    result = run("\n".join(tests))
    result.assert_outcomes(errors=len(WRONG_MARKERS))
    output = result.stdout.str()
    for _, words in WRONG_MARKERS.values():
        assert f"@pytest.mark.electron_audit: {words}" in output or words in output
    assert "RuntimeError" not in output
    assert "\ntest_it.py:15: in test_0\n" in output


WRONG_OPTIONS = {
    "mode": ("--electron-audit=strikt", "--electron-audit: unknown audit 'strikt'"),
    "rule": ("--electron-audit-rules=sed=off", "--electron-audit-rules: unknown rule 'sed'"),
    "figure": (
        "--electron-audit-thresholds=seeded_temperature=hot",
        "--electron-audit-thresholds: seeded_temperature must be a number",
    ),
    "name": ("--electron-audits", "Did you mean '--electron-audit'?"),
}


@pytest.mark.parametrize(("option", "words"), WRONG_OPTIONS.values())
def test_a_wrong_option_ends_the_run_before_any_test(
    pytester: pytest.Pytester, option: str, words: str
) -> None:
    """The message names the option."""
    result = pytester.runpytest_inprocess(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert words in result.stderr.str()


def test_levels_and_thresholds_in_the_ini_file(run: Run, pytester: pytest.Pytester) -> None:
    """Each has a line."""
    pytester.makeini(
        """
        [pytest]
        electron_audit = strict
        electron_audit_thresholds =
            seeded-temperature = 0.5
            retry_attempts=9
        """
    )
    result = run(
        """
def test_cool(electron):
    ask(electron, seed=1, temperature=0.5)

def test_warm(electron):
    ask(electron, seed=1, temperature=0.6)
"""
    )
    result.assert_outcomes(passed=1, failed=1)


def test_all_lanes_of_a_test_are_judged(run: Run) -> None:
    """A failure says in which lane the finding is, and a rule has its worst outcome."""
    result = run(
        """
def test_two(electron_lane):
    ask(electron_lane(), seed=1, temperature=0)
    ask(electron_lane(), seed=1)
    ask(electron_lane(), stream=True)
    ask(electron_lane(), seed=1, temperature=0.7)
    electron_lane()
""",
        "--electron-audit=strict",
    )
    result.assert_outcomes(failed=1)
    output = result.stdout.str()
    assert "the audit found 3 problems: seed/temperature, stream-usage/missing" in output
    assert "entries are hidden" not in output
    result.stdout.re_match_lines(
        ["at http://.*/lanes/[0-9]+: Relies on", "at http://.*/lanes/[0-9]+: Streams without"],
        consecutive=False,
    )
    assert section(result)[-2:] == [
        "seed               broken by 1 of 1 tests",
        "    test_it.py::test_two: Relies on seed, not temperature (1 exchange)",
    ]


def test_the_lane_of_the_run_is_judged_by_test(run: Run) -> None:
    """A test answers for its own requests, also after a reset."""
    result = run(
        """
def test_bad(electron_session):
    ask(electron_session, seed=1)

def test_good(electron_session):
    ask(electron_session)

def test_after_a_reset(electron_session):
    electron_session.reset()
    ask(electron_session)

def test_bad_after_a_reset(electron_session):
    ask(electron_session)
    electron_session.reset()
    ask(electron_session, seed=1)

def test_another(electron):
    ask(electron)
""",
        "--electron-audit=strict",
        "-p",
        "no:randomly",
    )
    result.assert_outcomes(passed=3, failed=2)
    lines = [line.split(":")[2] for line in section(result) if line.startswith("    ")]
    assert lines == ["test_bad", "test_bad_after_a_reset"]


def test_async_tests(run: Run) -> None:
    """They are judged when their event loop has ended."""
    result = run(
        """
import asyncio, httpx

async def ask_async(electron, **fields):
    body = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}], **fields}
    headers = {"Authorization": f"Bearer {electron.api_key}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(electron.base_url + "/chat/completions", json=body, headers=headers)

@pytest.mark.asyncio
async def test_asyncio(electron):
    await ask_async(electron, seed=1)

@pytest.mark.asyncio
async def test_good(electron):
    await ask_async(electron)

@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_anyio(electron, anyio_backend):
    await ask_async(electron, seed=1)
""",
        "--electron-audit=strict",
    )
    result.assert_outcomes(passed=1, failed=2)


def test_requests_of_fixtures_count(run: Run) -> None:
    """What a fixture sends at the end of a test makes an error of its teardown."""
    result = run(
        """
@pytest.fixture
def before(electron):
    ask(electron, seed=1)

@pytest.fixture
def after(electron):
    yield
    ask(electron, seed=1)

def test_before(before):
    pass

def test_after(after):
    pass

def test_both(before, after):
    pass
""",
        "--electron-audit=strict",
    )
    result.assert_outcomes(passed=1, failed=2, errors=1)
    assert "(2 exchanges)" in next(line for line in section(result) if "test_both" in line)


def test_a_stream_that_a_fixture_closes_is_judged_after_it(run: Run) -> None:
    """In flight, nothing is known about its end."""
    result = run(
        """
import http.client
from urllib.parse import urlsplit

@pytest.fixture
def connection(electron):
    url = urlsplit(electron.base_url)
    connection = http.client.HTTPConnection(url.hostname, url.port)
    yield connection
    connection.close()

@pytest.mark.electron(clock="real", pace="5000:1000")
def test_open(electron, connection):
    body = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    headers = {"Authorization": f"Bearer {electron.api_key}", "Content-Type": "application/json"}
    path = urlsplit(electron.base_url).path + "/chat/completions"
    connection.request("POST", path, json.dumps(body), headers)
    while not electron.exchanges_so_far:
        pass
""",
        "--electron-audit=strict",
    )
    result.assert_outcomes(passed=1, errors=1)


def test_a_failed_test_keeps_its_failure(run: Run) -> None:
    """It has a line in the section, and no second failure. So has one that is skipped."""
    result = run(
        """
def test_failed(electron):
    ask(electron, seed=1)
    assert 1 == 2

def test_skipped(electron):
    ask(electron, seed=1)
    pytest.skip("later")

@pytest.mark.xfail
def test_expected(electron):
    ask(electron, seed=1)

class TestCase(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _electron(self, electron):
        self.electron = electron

    def test_failed(self):
        ask(self.electron, seed=1)
        self.fail("mine")

    def test_bad(self):
        ask(self.electron, seed=1)
""",
        "--electron-audit=strict",
    )
    result.assert_outcomes(failed=3, skipped=1, xfailed=1)
    assert result.stdout.str().count("the audit found 1 problem") == 2  # one in the summary
    assert len(section(result)) == 3 + 5


LOGS = """
def test_logged(electron, caplog):
    caplog.set_level("INFO")
    headers, _ = ask(electron)
    logging.getLogger("app").info("called", extra={"request_id": headers["x-request-id"]})
    caplog.clear()

def test_not_logged(electron, caplog):
    caplog.set_level("INFO")
    ask(electron)
    logging.getLogger("app").info("called")

def test_level_too_high(electron):
    ask(electron)
    logging.getLogger("app").warning("called")
    logging.getLogger("app").info("this line is left out")

def test_wrong_record(electron, caplog):
    caplog.set_level("INFO")
    headers, _ = ask(electron)
    logging.raiseExceptions = False
    logging.getLogger("other").addHandler(logging.NullHandler())
    logging.getLogger("app").info("id %s", headers["x-request-id"])
"""


def test_request_ids_are_looked_for_in_the_log_of_the_test(run: Run) -> None:
    """Values of `extra` count. A log whose level leaves out such lines says nothing."""
    result = run(LOGS, "--electron-audit=strict")
    result.assert_outcomes(passed=3, failed=1)
    assert section(result)[1:3] == [
        "request-id         broken by 1 of 4 tests, pass in 2, not observable in 1",
        "    test_it.py::test_not_logged: Request ids not logged (1 exchange)",
    ]


def test_workers_send_their_results(run: Run) -> None:
    """With pytest-xdist, the section is the same."""
    result = run(THREE, "--electron-audit=strict", "-n", "2", subprocess=True)
    result.assert_outcomes(passed=2, failed=1)
    assert section(result) == THREE_IN_SECTION


def test_many_tests_are_cut_unless_verbose(run: Run) -> None:
    """Ten are listed, and the number of the others."""
    many = """
@pytest.mark.parametrize("number", range(12))
def test_bad(electron, number):
    ask(electron, seed=number)
"""
    short = section(run(many, "--electron-audit"))
    assert short[-1] == "    … and 2 more; -v lists all"
    assert len(short) == 3 + 11
    assert len(section(run(many, "--electron-audit", "-v"))) == 3 + 12


def test_a_run_that_does_not_use_it_imports_no_audit(pytester: pytest.Pytester) -> None:
    """Its modules take time to import."""
    pytester.makepyfile(
        """
        import sys

        def test_it(electron):
            assert not [name for name in sys.modules if name.startswith("mock_electron.audit")]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
