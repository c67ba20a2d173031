"""What all tests share: pytester, and a Hypothesis that is the same in every run."""

from typing import Final

import hypothesis
import pytest

pytest_plugins = ["pytester"]

hypothesis.settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,  # a time limit in a test fails on a busy machine, not on a fault
    database=None,
)
hypothesis.settings.load_profile("steady")


FOREIGN: Final = ("benchmark", "codspeed", "langsmith_plugin", "recording", "socket", "syrupy")
"""Plugins that come with the test libraries of others, and make each run a second longer."""


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Runs of pytest inside a test, in this process or another, without plugins of no concern.

    What they do in another process is not measured: they do it in this one too.
    """
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in FOREIGN))
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    return pytester
