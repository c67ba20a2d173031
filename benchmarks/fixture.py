"""The cost of the fixture `electron`: per run, per test, and in runs that do not use it.

It also measures a run of 200 tests that use the fixture, in one process and in two.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from _options import parser
from _server import CHAT_PATH, QUESTION, machine, percentile

SERVER_STARTS: Final = 10
TESTS: Final = 500
REQUESTING_TESTS: Final = 200
PLAIN_RUNS: Final = 25
WHOLE_RUNS: Final = 10
TIMEOUT: Final = 120.0
PLUGIN: Final = "mock_electron"
XDIST: Final = ("xdist", "xdist.looponfail")

SERVER_START: Final = """
from time import perf_counter
import json
before = perf_counter()
from mock_electron.serve.server import Server
imported = perf_counter()
with Server():
    started = perf_counter()
stopped = perf_counter()
print(json.dumps([imported - before, started - imported, stopped - started]))
"""

CONFTEST: Final = '''
"""Records the duration of each test with its set-up and teardown."""

import json
from pathlib import Path
from time import perf_counter

import pytest

durations = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    before = perf_counter()
    result = yield
    durations.setdefault(item.originalname, []).append(perf_counter() - before)
    return result


def pytest_unconfigure():
    Path("durations.json").write_text(json.dumps(durations))
'''

ALTERNATING_TESTS: Final = f"""
import pytest

@pytest.mark.parametrize("number", range({TESTS}))
class TestCost:
    def test_without(self, number):
        pass

    def test_with(self, number, electron):
        pass
"""

TESTS_WITH_A_REQUEST: Final = f"""
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

BODY = {json.dumps(json.dumps(QUESTION))}
HEADERS = {{"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}}
kept = []

@pytest.mark.parametrize("number", range({REQUESTING_TESTS}))
class TestCost:
    def test_without(self, number):
        pass

    def test_request(self, number, electron):
        url = urlsplit(electron.url)
        if not kept:
            kept.append(HTTPConnection(url.hostname, url.port, timeout=10))
        kept[0].request("POST", url.path + "{CHAT_PATH}", BODY, HEADERS)
        answer = kept[0].getresponse()
        assert answer.read()
        assert answer.status == 200
"""

TESTS_OF_A_SUITE: Final = f"""
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

BODY = {json.dumps(json.dumps(QUESTION))}
HEADERS = {{"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}}

@pytest.mark.parametrize("number", range({REQUESTING_TESTS}))
def test_request(number, electron, record_property):
    url = urlsplit(electron.url)
    connection = HTTPConnection(url.hostname, url.port, timeout=10)
    body = BODY.replace("the sky", f"sky {{number}}")
    connection.request("POST", url.path + "{CHAT_PATH}", body, HEADERS)
    answer = connection.getresponse()
    record_property("answer", answer.read().decode())
    connection.close()
    assert answer.status == 200
    assert len(electron.exchanges) == 1
"""

CONFTEST_OF_A_SUITE: Final = '''
"""Records the outcome of each test, and the answer that it received."""

import json
from pathlib import Path

results = {}


def pytest_runtest_logreport(report):
    results[f"{report.nodeid} {report.when}"] = [report.outcome, report.user_properties]


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        Path("results.json").write_text(json.dumps(results))
'''
PRINTED_TIME: Final = re.compile(rb" in ([0-9.]+)s")

TESTS_WITHOUT: Final = """
def test_nothing():
    pass
"""


def server_start() -> Mapping[str, float]:
    """Return the milliseconds for imports, start and stop of the fixture's server."""
    python = [sys.executable, "-c", SERVER_START]
    printed = subprocess.run(python, check=True, capture_output=True, timeout=TIMEOUT).stdout
    imported, started, stopped = json.loads(printed)
    return {
        "imports": imported * 1000,
        "server start after imports": started * 1000,
        "server stop": stopped * 1000,
    }


def run_pytest(directory: Path, *options: str) -> float:
    """Run pytest in a directory and return the milliseconds that the process took."""
    milliseconds, _ = timed_pytest(directory, *options)
    return milliseconds


def timed_pytest(directory: Path, *options: str) -> tuple[float, float]:
    """Run pytest in a directory.

    Returns:
        The milliseconds that the process took, and those that pytest prints.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    before = perf_counter()
    run = subprocess.run(command, cwd=directory, check=True, capture_output=True, timeout=TIMEOUT)
    milliseconds = (perf_counter() - before) * 1000
    printed = PRINTED_TIME.findall(run.stdout)[-1]
    return milliseconds, float(printed) * 1000


def durations_of(tests: str) -> Mapping[str, Sequence[float]]:
    """Return the durations of tests in milliseconds by function, without the first of each."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "pytest.ini").write_text("[pytest]\n")
        (directory / "conftest.py").write_text(CONFTEST)
        (directory / "test_generated.py").write_text(tests)
        run_pytest(directory)
        durations = json.loads((directory / "durations.json").read_text())
    return {test: [seconds * 1000 for seconds in all_[1:]] for test, all_ in durations.items()}


def block_all_except(*plugins: str) -> Sequence[str]:
    """Return the options with which pytest loads only these of the installed plugins."""
    names = {point.name for point in entry_points(group="pytest11")} - set(plugins)
    return [option for name in sorted(names) for option in ("-p", f"no:{name}")]


def measure_server_start() -> None:
    """Print the figures per run: imports, start and stop of the server."""
    runs = [server_start() for _ in range(SERVER_STARTS + 1)][1:]
    for name in runs[0]:
        show(name, [run[name] for run in runs])


def measure_tests() -> None:
    """Print the figures per test, with and without the fixture in turns."""
    for tests in (ALTERNATING_TESTS, TESTS_WITH_A_REQUEST):
        durations = durations_of(tests)
        for name, values in durations.items():
            show(f"{name}, {len(values) + 1} tests", values)
        without, cost = map(median, durations.values())
        print(f"{'cost of the second':34} median {cost - without:8.2f} ms")


def measure_whole_runs() -> None:
    """Print the figures of a run with one request per test, in one process and in two.

    All plugins except this one and pytest-xdist are blocked, so that their imports do not count.
    """
    no_others = block_all_except(PLUGIN, *XDIST)
    results: dict[str, object] = {}
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "pytest.ini").write_text("[pytest]\n")
        (directory / "conftest.py").write_text(CONFTEST_OF_A_SUITE)
        (directory / "test_generated.py").write_text(TESTS_OF_A_SUITE)
        for option in ("-n0", "-n2"):
            runs = [timed_pytest(directory, *no_others, option) for _ in range(WHOLE_RUNS + 1)][1:]
            processes, printed = zip(*runs, strict=True)
            show(f"{REQUESTING_TESTS} tests, {option}, the process", processes)
            show(f"{REQUESTING_TESTS} tests, {option}, as printed", printed)
            results[option] = json.loads((directory / "results.json").read_text())
    same = "the same" if results["-n0"] == results["-n2"] else "DIFFERENT"
    print(f"outcomes and answers with -n2: {same}")


def measure_runs_without() -> None:
    """Print the figures of a run that does not use the fixture, with the plugin blocked and loaded.

    All other plugins are blocked, because their imports take longer than the difference.
    """
    no_others = block_all_except(PLUGIN)
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "pytest.ini").write_text("[pytest]\n")
        (directory / "test_generated.py").write_text(TESTS_WITHOUT)
        run_pytest(directory)
        pairs = [
            (
                run_pytest(directory, *no_others, "-p", f"no:{PLUGIN}"),
                run_pytest(directory, *no_others),
            )
            for _ in range(PLAIN_RUNS)
        ]
    blocked, loaded = zip(*pairs, strict=True)
    show("pytest run, plugin blocked", blocked)
    show("pytest run, plugin loaded", loaded)
    show("difference of each pair", [after - before for before, after in pairs])


def show(name: str, milliseconds: Sequence[float]) -> None:
    """Print one line of figures."""
    middle, late = median(milliseconds), percentile(milliseconds, 0.99)
    print(f"{name:34} median {middle:8.2f} ms   p99 {late:8.2f} ms")


def main() -> int:
    """Print all figures."""
    parser(__doc__).parse_args()
    print(machine())
    measure_server_start()
    measure_tests()
    measure_whole_runs()
    measure_runs_without()
    return 0


if __name__ == "__main__":
    sys.exit(main())
