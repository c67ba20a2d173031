"""What the fixture `electron` costs: once a run, in every test, and in runs that do not use it."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from _server import CHAT_PATH, QUESTION, machine, percentile

SERVER_STARTS: Final = 10
TESTS: Final = 500
REQUESTING_TESTS: Final = 200
PLAIN_RUNS: Final = 25
TIMEOUT: Final = 120.0
PLUGIN: Final = "mock_electron"

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
"""Notes how long each test takes: set-up, call and tear-down, and pytest's own part of them."""

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

TESTS_TURN_BY_TURN: Final = f"""
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

TESTS_WITHOUT: Final = """
def test_nothing():
    pass
"""


def server_start() -> Mapping[str, float]:
    """Milliseconds that the server behind the fixture takes, in a process of its own."""
    python = [sys.executable, "-c", SERVER_START]
    printed = subprocess.run(python, check=True, capture_output=True, timeout=TIMEOUT).stdout
    imported, started, stopped = json.loads(printed)
    return {
        "imports": imported * 1000,
        "server start after imports": started * 1000,
        "server stop": stopped * 1000,
    }


def run_pytest(directory: Path, *options: str) -> float:
    """Run pytest in a directory, and answer how many milliseconds that took."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    before = perf_counter()
    subprocess.run(command, cwd=directory, check=True, capture_output=True, timeout=TIMEOUT)
    return (perf_counter() - before) * 1000


def durations_of(tests: str) -> Mapping[str, Sequence[float]]:
    """The durations of generated tests in milliseconds, by function; the first of each left out."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "pytest.ini").write_text("[pytest]\n")
        (directory / "conftest.py").write_text(CONFTEST)
        (directory / "test_generated.py").write_text(tests)
        run_pytest(directory)
        durations = json.loads((directory / "durations.json").read_text())
    return {test: [seconds * 1000 for seconds in all_[1:]] for test, all_ in durations.items()}


def measure_server_start() -> None:
    """Once a run: imports, start and stop of the server."""
    runs = [server_start() for _ in range(SERVER_STARTS + 1)][1:]
    for name in runs[0]:
        show(name, [run[name] for run in runs])


def measure_tests() -> None:
    """In every test: with and without the fixture, turn by turn."""
    for tests in (TESTS_TURN_BY_TURN, TESTS_WITH_A_REQUEST):
        durations = durations_of(tests)
        for name, values in durations.items():
            show(f"{name}, {len(values) + 1} tests", values)
        without, cost = map(median, durations.values())
        print(f"{'cost of the second':34} median {cost - without:8.2f} ms")


def measure_runs_without() -> None:
    """In a run of one test that does not use the fixture: the plugin blocked, and loaded.

    All other plugins are blocked, as their imports take longer than what is to be measured.
    """
    names = {point.name for point in entry_points(group="pytest11")} - {PLUGIN}
    no_others = [option for name in sorted(names) for option in ("-p", f"no:{name}")]
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
    show("what it adds, pair by pair", [after - before for before, after in pairs])


def show(name: str, milliseconds: Sequence[float]) -> None:
    """Print one line of figures."""
    middle, late = median(milliseconds), percentile(milliseconds, 0.99)
    print(f"{name:34} median {middle:8.2f} ms   p99 {late:8.2f} ms")


def main() -> int:
    """Print all figures."""
    print(machine())
    measure_server_start()
    measure_tests()
    measure_runs_without()
    return 0


if __name__ == "__main__":
    sys.exit(main())
