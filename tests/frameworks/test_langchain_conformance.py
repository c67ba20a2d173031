"""LangChain's conformance suite for chat models, `langchain_conformance.py`, in an inner run.

The suite is imported when the test runs, not when tests are collected: it takes seconds, and each
worker collects all tests.
"""

from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

SUITE: Final = Path(__file__).with_name("langchain_conformance.py")
SKIPPED: Final = 11
"""Tests of images, audio, PDFs, other models and recordings, which the fake does not have."""


@pytest.fixture(scope="module")
def langchain() -> None:
    """Import what the suite needs. pytester forgets what is imported after it."""
    for name in ("langchain_core.utils.function_calling", "langchain_tests.integration_tests"):
        import_module(name)
    import_module("langchain_openai").ChatOpenAI(api_key="k", base_url="http://127.0.0.1")


@pytest.mark.usefixtures("langchain")
def test_the_conformance_suite_passes(pytester: pytest.Pytester) -> None:
    """Every test of the suite passes, except those of features that Electron does not have."""
    result = pytester.inline_run("-p", "no:cacheprovider", SUITE)
    passed, skipped, failed = result.listoutcomes()
    assert [report.nodeid for report in failed] == []
    assert len(skipped) == SKIPPED
    assert len(passed) >= 39
