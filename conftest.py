"""Fixtures and settings that all tests share: pytester, Hypothesis, and what coverage measures."""

import gc
import importlib
import os
import ssl
import sys
from collections.abc import Generator, Iterator, Sequence
from functools import cache
from types import ModuleType
from typing import Any, Final

import hypothesis
import pytest

pytest_plugins = ["pytester"]

# Tests start many processes and inner runs, and without bytecode each compiles everything again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

hypothesis.settings.register_profile(
    "deterministic",
    derandomize=True,
    deadline=None,  # a time limit per example fails on a busy machine
    suppress_health_check=[hypothesis.HealthCheck.too_slow],  # so does a limit per draw
    database=None,
)
hypothesis.settings.load_profile("deterministic")


# --- inner runs

PLUGINS: Final = (
    "mock_electron.plugin.hooks",
    "anyio.pytest_plugin",
    "pytest_asyncio.plugin",
    "xdist.plugin",
)
"""The plugins of an inner run. To load every installed one takes a second or more per run."""
LAZY: Final = (
    "httpcore2",
    "mock_electron.contract.session",
    "mock_electron.plugin.contract",
    "mock_electron.plugin.lanes",
    "mock_electron.scripts.reader",
    "ruamel.yaml",
)
"""What the plugin imports when it needs it. pytester forgets the modules that an inner run imports,
and a module that is imported twice has two of each exception."""


@pytest.fixture(scope="session")
def inner_plugins() -> list[ModuleType]:
    """Import LAZY, and return the modules of PLUGINS. pytester keeps what is imported before it."""
    for name in LAZY:
        importlib.import_module(name)
    return [importlib.import_module(name) for name in PLUGINS]


@pytest.fixture
def pytester(
    inner_plugins: list[ModuleType], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """Run pytest inside a test, in this process or in another, with PLUGINS only."""
    for name in ("CI", "BUILD_NUMBER"):  # with them, pytest repeats messages in its summary
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", ",".join(PLUGINS))
    usual = pytester.inline_run

    def inline_run(*args: Any, plugins: Sequence[Any] = (), **options: Any) -> Any:
        # pytest searches all installed packages for each plugin that it knows by name only.
        return usual(*args, plugins=[*inner_plugins, *plugins], **options)

    monkeypatch.setattr(pytester, "inline_run", inline_run)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester


# --- workers


@pytest.hookimpl(hookwrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, Any, None]:
    """Run one worker more than there are processors: a fourth of the time, a test only waits."""
    processors = yield
    processors.force_result(processors.get_result() + 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the garbage collector skip the modules and the tests, which stay until the end.

    It also runs less often: with its usual thresholds it takes a twentieth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def certificates() -> Iterator[None]:
    """Load the certificates of this machine once. It takes 40 ms, and each client needs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


# --- coverage

UNMEASURED: Final = (
    "test_lane_machine",
    "test_chaos",
    "test_readme",
    "test_several_processes_report_the_same",
    "test_the_replay_line_replays_every_run",
    "test_contract_stub",
    "test_contract_mutants",
    "test_mistakes",
    "frameworks",
    "clients",
)
"""Tests, modules and folders that are not measured, nor are Hypothesis tests: other tests reach
almost every line that they reach. coverage.py traces each line and doubles their time. The longest
are first, so that no worker is left with one at the end."""


def _rank(item: pytest.Item) -> int:
    """Return 0 for a measured test, 1 for a Hypothesis test, and the place in UNMEASURED plus 2."""
    if not isinstance(item, pytest.Function):
        return 0
    names = (item.originalname, item.path.stem, item.path.parent.name)
    for rank, name in enumerate(UNMEASURED, 2):
        if name in names:
            return rank
    return int(hasattr(item.obj, "is_hypothesis_test"))


def _measurement() -> Any:
    """Return the running measurement of coverage.py, or None."""
    return "coverage" in sys.modules and sys.modules["coverage"].Coverage.current()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Do not measure the processes that tests start."""
    if hasattr(session.config, "workerinput"):
        os.environ.pop("COVERAGE_PROCESS_START", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the measured tests first."""
    if _measurement():
        items.sort(key=_rank)


def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Stop measuring when the first unmeasured test begins."""
    if _rank(item) and (measurement := _measurement()):
        measurement.stop()
        os.environ.pop("COVERAGE_PROCESS_START", None)
