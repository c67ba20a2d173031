"""Fixtures and settings that all tests share: pytester, Hypothesis, and what coverage measures."""

import importlib
import os
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Final

import hypothesis
import pytest

pytest_plugins = ["pytester"]

hypothesis.settings.register_profile(
    "deterministic",
    derandomize=True,
    deadline=None,  # a time limit per example fails on a busy machine
    suppress_health_check=[hypothesis.HealthCheck.too_slow],  # so does a limit per draw
    database=None,
)
hypothesis.settings.load_profile("deterministic")


PROCESS_CONFIG: Final = "COVERAGE_PROCESS_CONFIG"
"""The environment variable with which coverage.py measures child processes."""

# --- inner runs

PLUGINS: Final = (
    "mock_electron.plugin.hooks",
    "anyio.pytest_plugin",
    "pytest_asyncio.plugin",
    "xdist.plugin",
)
"""The plugins of an inner run. To load every installed one takes a second or more per run."""


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Run pytest inside a test, in this process or in another, with PLUGINS only.

    Inner runs keep their bytecode even if the outer run does not, because each of them would
    compile the same modules again. Other processes are not measured for coverage: what they run
    is also run in this process.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", ",".join(PLUGINS))
    modules = [importlib.import_module(name) for name in PLUGINS]
    usual = pytester.inline_run

    def inline_run(*args: Any, plugins: Sequence[Any] = (), **options: Any) -> Any:
        # pytest searches all installed packages for each plugin that it knows by name only.
        return usual(*args, plugins=[*modules, *plugins], **options)

    monkeypatch.setattr(pytester, "inline_run", inline_run)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.delenv(PROCESS_CONFIG, raising=False)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester


# --- coverage

UNMEASURED: Final = (
    "test_chaos",
    "test_contract_mutants",
    "test_contract_stub",
    "test_lane_machine",
    "test_openapi",
    "test_prompts",
    "test_strategies",
)
"""Modules whose tests send thousands of requests. coverage.py doubles the time of such tests, and
they reach almost no line that other tests do not reach."""


@contextmanager
def _coverage_paused() -> Iterator[None]:
    """Pause coverage in this thread, and in the threads and processes that it starts.

    A trace function that is not coverage.py's, such as a debugger's, stays.
    """
    trace, trace_of_threads = sys.gettrace(), threading.gettrace()
    process_config = os.environ.get(PROCESS_CONFIG)
    if not type(trace).__module__.startswith("coverage"):
        yield
        return
    sys.settrace(None)
    threading.settrace(None)
    os.environ.pop(PROCESS_CONFIG, None)
    try:
        yield
    finally:
        sys.settrace(trace)
        threading.settrace(trace_of_threads)
        if process_config is not None:
            os.environ[PROCESS_CONFIG] = process_config


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Pause coverage for the body of Hypothesis tests and of tests in UNMEASURED.

    Fixtures are measured, because the first test that needs the shared server starts its thread.
    """
    is_property = getattr(pyfuncitem.obj, "is_hypothesis_test", False)
    with _coverage_paused() if is_property or pyfuncitem.path.stem in UNMEASURED else nullcontext():
        return (yield)
