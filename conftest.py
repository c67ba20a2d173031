"""What all tests share: pytester, the order of the tests, and what coverage measures.

The settings of Hypothesis are in tests/conftest.py.
"""

import gc
import importlib
import os
import sys
import sysconfig
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from _pytest import config as pytest_config
from _pytest import fixtures
from _pytest import pytester as pytester_plugin

import mock_electron

pytest_plugins = ["pytester"]

# Tests start many processes and inner runs, and without bytecode each compiles everything again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Each client of httpx, httpx2 or openai loads the authorities that it trusts, which takes 40 ms for
# the usual hundreds. Nothing here speaks TLS, so one certificate is enough.
CERTIFICATE: Final = str(Path(__file__).parent / "tests/data/certificate.pem")
os.environ["SSL_CERT_FILE"] = CERTIFICATE
with suppress(ImportError):  # httpx asks it if a client ignores the environment
    vars(importlib.import_module("certifi"))["where"] = lambda: CERTIFICATE


# --- inner runs

PLUGINS: Final = (
    "mock_electron.plugin.hooks",
    "anyio.pytest_plugin",
    "pytest_asyncio.plugin",
    "xdist.plugin",
)
"""The plugins of an inner run. To load every installed one takes a second or more per run."""
UNUSED: Final = ("doctest", "faulthandler", "legacypath", "pastebin", "setupplan", "stepwise")
"""Plugins of pytest itself that no inner run in this process needs."""
INSTALLED: Final = tuple(
    {*sysconfig.get_paths().values(), str(Path(mock_electron.__file__).parent)}
)
"""The folders of Python, of installed packages and of the package under test."""


def is_installed(name: str) -> bool:
    """Whether an imported module belongs to Python, an installed package or the package itself."""
    return str(getattr(sys.modules[name], "__file__", None)).startswith(INSTALLED)


class Snapshot(pytester_plugin.SysModulesSnapshot):
    """The modules that pytester restores after an inner run. It keeps installed ones as well.

    To import a module again takes time, and there are two of each exception.
    """

    def __init__(self, preserve: object = None) -> None:
        super().__init__(is_installed)


# mypy does not allow that a class is replaced.
pytester_plugin.SysModulesSnapshot = Snapshot  # type: ignore[misc]


FIXTURE: Final = getattr(fixtures, "FixtureFunctionDefinition", None)
"""The type of a fixture, from pytest 8.4 on."""


class Fixtures(fixtures.FixtureManager):
    """The fixtures of an inner run. Of a module, it searches nothing else.

    pytest asks each name in each plugin in several ways, which is a third of a short run.
    """

    def pytest_plugin_registered(self, plugin: Any, plugin_name: str) -> None:
        """Read the fixtures of a plugin."""
        if not isinstance(plugin, ModuleType):
            super().pytest_plugin_registered(plugin, plugin_name)
        elif found := {name: one for name, one in vars(plugin).items() if type(one) is FIXTURE}:
            fixtures_only = ModuleType(plugin.__name__)
            vars(fixtures_only).update(found, __file__=plugin.__file__)
            super().pytest_plugin_registered(fixtures_only, plugin_name)


@pytest.fixture(scope="session")
def inner_plugins() -> list[ModuleType]:
    """Return the modules of PLUGINS. pytester keeps what is imported before it."""
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
    if FIXTURE is not None:
        monkeypatch.setattr(fixtures, "FixtureManager", Fixtures)
    kept = tuple(name for name in pytest_config.default_plugins if name not in UNUSED)
    monkeypatch.setattr(pytest_config, "default_plugins", kept)
    pytester.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        # Otherwise the filters of the outer run apply.
        "filterwarnings = default\n"
    )
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
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Collect garbage once. pytest does it five times, and everything that stays is searched."""
    gc.collect()
    gc.freeze()


LONGEST: Final = ("test_schemathesis", "test_typing", "test_page", "test_other_languages")
"""The modules that are begun first, so that no worker is left with one at the end."""


# --- coverage

UNMEASURED: Final = (
    "test_page",
    "test_lane_machine",
    "test_chaos",
    "test_readme",
    "test_other_languages",
    "test_several_processes_report_the_same",
    "test_the_replay_line_replays_every_run",
    "test_budget",
    "test_budget_replies",
    "test_budget_written",
    "test_patterns",
    "test_contract_suite",
    "test_contract_stub",
    "test_contract_mutants",
    "test_mistakes",
    "test_long_scripts",
    "test_script_hostile",
    "test_model_hints",
    "test_at_once",
    "test_travel",
    "test_failures",
    "test_journal_memory",
    "test_pipelining",
    "test_imports",
    "test_zod_live",
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
    """Run the longest tests first, and with coverage the measured ones before them."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    if _measurement():
        items.sort(key=_rank)


def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Stop measuring when the first unmeasured test begins."""
    if _rank(item) and (measurement := _measurement()):
        measurement.stop()
        os.environ.pop("COVERAGE_PROCESS_START", None)
