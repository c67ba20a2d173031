"""What pytest shows for two values that are not equal."""

from typing import Any

import pytest

from mock_electron import ApiError, Settings, Usage
from mock_electron.plugin.hooks import pytest_assertrepr_compare
from mock_electron.wire import errors
from mock_electron.wire.reply import Reply

TESTS = """
from mock_electron import Usage

def test_values():
    assert Usage(1, 2) == Usage(1, 3)
"""


def lines(config: pytest.Config, left: object, right: object) -> list[str]:
    return pytest_assertrepr_compare(config, "==", left, right) or []


def test_a_failed_comparison_lists_the_attributes_that_differ(pytester: pytest.Pytester) -> None:
    """As pytest does for dataclasses."""
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_inprocess()
    result.stdout.fnmatch_lines(
        [
            "E       AssertionError: assert Usage(prompt_tokens=1, completion_tokens=2, *) == Usage(*)",
            "E         Omitting 2 identical items, use -vv to show",
            "E         Differing attributes:",
            "E         ['completion_tokens']",
            "E           completion_tokens: 2 != 3",
        ]
    )
    pytester.runpytest_inprocess("-vv").stdout.fnmatch_lines(
        ["E         Matching attributes:", "E           prompt_tokens: 1"]
    )


def test_values_inside_values_are_compared_too(pytestconfig: pytest.Config) -> None:
    """The lines about their attributes are indented."""
    shown = lines(
        pytestconfig, Reply(None, "stop", Usage(1, 2)), Reply(None, "length", Usage(1, 3))
    )
    assert shown[-4:] == [
        "['finish_reason', 'usage']",
        "  finish_reason: 'stop' != 'length'",
        f"  usage: {Usage(1, 2)} != {Usage(1, 3)}",
        "    completion_tokens: 2 != 3",
    ]


def test_errors_are_compared_too(pytestconfig: pytest.Config) -> None:
    """So is every public value, whatever its base."""
    one: ApiError = errors.NOT_FOUND
    assert "  message: 'a' != 'b'" in lines(pytestconfig, one.saying("a"), one.saying("b"))


@pytest.mark.parametrize("verbose", [0, 2])
def test_secrets_stay_hidden(
    pytestconfig: pytest.Config, verbose: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither equal keys nor those that differ are shown."""
    monkeypatch.setattr(pytestconfig.option, "verbose", verbose)
    one = Settings(api_keys=("sk_one",), accounts=(("sk_one", "sk_two"),))
    other = Settings(api_keys=("sk_two",), accounts=(("sk_one", "sk_two"),), seed=1)
    text = "\n".join(lines(pytestconfig, one, other))
    assert "  api_keys: … != …" in text
    assert "sk_" not in text
    assert ("  accounts: …" in text) is (verbose == 2)


@pytest.mark.parametrize(
    ("op", "left", "right"),
    [("!=", Usage(1, 2), Usage(1, 2)), ("==", Usage(1, 2), Settings()), ("==", 1, 2)],
)
def test_other_comparisons_are_left_to_pytest(
    pytestconfig: pytest.Config, op: str, left: Any, right: Any
) -> None:
    """The plugin explains only values of this package, of one type, that should be equal."""
    assert pytest_assertrepr_compare(pytestconfig, op, left, right) is None
