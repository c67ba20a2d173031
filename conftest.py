"""Fixtures and settings that all tests share: pytester, and a deterministic Hypothesis."""

import sys
from typing import Final

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


PLUGINS: Final = (
    "mock_electron.plugin.hooks",
    "anyio.pytest_plugin",
    "pytest_asyncio.plugin",
    "xdist.plugin",
)
"""The plugins of an inner pytest run. Loading every installed one takes seconds per run."""


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Run pytest inside a test, in this process or another, with PLUGINS only.

    Inner runs keep their bytecode even if the outer run does not, because each of them would
    compile the same modules again. Processes of an inner run are not measured for coverage: the
    code that they run is also run in this process.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", ",".join(PLUGINS))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester
