"""Fixtures and settings that all tests share: pytester, Hypothesis, and what coverage measures."""

import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

import hypothesis
import pytest

pytest_plugins = ["pytester"]

hypothesis.settings.register_profile(
    "deterministic",
    derandomize=True,
    deadline=None,  # a time limit per example fails on a busy machine
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


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Run pytest inside a test, in this process or in another, with PLUGINS only.

    Inner runs keep their bytecode even if the outer run does not, because each of them would
    compile the same modules again. Other processes are not measured for coverage: what they run
    is also run in this process.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", ",".join(PLUGINS))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester


# --- coverage

UNMEASURED: Final = "unmeasured: run the body of this test without measuring coverage"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", UNMEASURED)


@contextmanager
def _coverage_paused() -> Iterator[None]:
    """Pause coverage in this thread and in the threads that it starts.

    coverage.py doubles the time of tests that send thousands of requests, and these tests reach
    no line that others do not reach. A debugger's trace function stays.
    """
    trace, trace_of_threads = sys.gettrace(), threading.gettrace()
    if not type(trace).__module__.startswith("coverage"):
        yield
        return
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)
        threading.settrace(trace_of_threads)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Pause coverage for Hypothesis tests, and for tests with the mark `unmeasured`.

    Fixtures are measured: the first test that needs the shared server starts its thread.
    """
    is_property = getattr(pyfuncitem.obj, "is_hypothesis_test", False)
    pause = is_property or pyfuncitem.get_closest_marker("unmeasured")
    with _coverage_paused() if pause else nullcontext():
        return (yield)
