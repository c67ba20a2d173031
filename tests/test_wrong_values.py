"""Wrong values are refused where they are written, and each message says what to write."""

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from rows import each

from mock_electron import Electron
from mock_electron.engine.lane import Lane

Use = tuple[Callable[[Any], object], str]


def electron() -> Electron:
    return Electron(Lane(), "http://mock")


def refused(row: Use) -> None:
    """Assert that a use raises one of these errors, and that its message has these words."""
    use, words = row
    with pytest.raises((TypeError, ValueError, AttributeError)) as raised:
        use(electron())
    assert words in str(raised.value)


def by_words(uses: list[Use]) -> dict[str, Use]:
    return {f"{number}: {words}": (use, words) for number, (use, words) in enumerate(uses)}


async def is_async(_exchange: object) -> bool:
    return True


FILTERS: Final[list[Use]] = [
    (lambda e: e.exchanges.where(200), "where() must be a function of the exchange, got 200; write "),
    (lambda e: e.exchanges.where(200), "write where(status=200)"),
    (lambda e: e.exchanges.where("Hi"), "write where(says='Hi')"),
    (lambda e: e.exchanges.where(re.compile("H.")), "write where(says=re.compile('H.'))"),
    (lambda e: e.exchanges.where(2), "write where(turn=2)"),
    (lambda e: e.exchanges.where({"turn": 2}), "give conditions by name, such as where(says="),
    (lambda e: e.exchanges.where(is_async), "a plain function, not an async one"),
    (lambda e: e.exchanges.where(lambda: True), "a function of one argument, the exchange"),
    (lambda e: e.assert_called(1), "write assert_called(times=1)"),
    (lambda e: e.assert_called(503), "write assert_called(status=503)"),
    (lambda e: e.assert_called("Hi"), "write assert_called(says='Hi')"),
    (lambda e: e.assert_called(True), "such as assert_called(says='weather')"),
    (lambda e: e.assert_cancelled(2), "write assert_cancelled(within_chunks=2)"),
    (lambda e: e.assert_cancelled("Hi"), "write assert_cancelled(says='Hi')"),
    (lambda e: e.assert_cache_hit_rate(0.8), "Write assert_cache_hit_rate(at_least=0.8)"),
    (lambda e: e.assert_cache_hit_rate(0.8, at_least=0.8), "write assert_cache_hit_rate(at_least=0"),
    (lambda e: e.assert_cache_hit_rate("Hi", at_least=0.8), "_rate(says='Hi')"),
    (lambda e: e.assert_peak_in_flight(3), "Write assert_peak_in_flight(at_most=3)"),
    (lambda e: e.assert_tool_results_answered("f"), "answered(except_for=['hang_up'])"),
]  # fmt: skip
ASSERTED: Final[list[Use]] = [
    (lambda e: e.assert_called(times=-1), "times must be an integer of at least 0, or None, got -1"),
    (lambda e: e.assert_retried(503.0), "kind must be a status such as 503, or the name of an err"),
    (lambda e: e.assert_retried(True), "kind must be a status such as 503"),
    (lambda e: e.assert_retried(None), "kind must be a status such as 503"),
    (lambda e: e.assert_retried([503]), "kind must be a status such as 503"),
    (lambda e: e.assert_retried(200), "unknown failure 200"),
    (lambda e: e.assert_retried(503, "2"), "times must be an integer of at least 0, got '2'"),
    (lambda e: e.assert_retried(503, -1), "times must be an integer of at least 0, got -1"),
    (lambda e: e.assert_retried(503, None), "times must be an integer of at least 0, got None"),
    (lambda e: e.assert_retried(503, min_pause="1"), "min_pause must be a number of seconds from 0"),
    (lambda e: e.assert_retried(503, min_pause=-1), "min_pause must be a number of seconds from 0"),
    (lambda e: e.assert_retried(503, min_pause=float("nan")), "min_pause must be a number of sec"),
    (lambda e: e.assert_cancelled(within_chunks="2"), "within_chunks must be an integer of at lea"),
    (lambda e: e.assert_cancelled(within_chunks=-1), "within_chunks must be an integer of at lea"),
    (lambda e: e.assert_cancelled(turn=0), "turn must be an integer of at least 1, got 0"),
    (lambda e: e.assert_cancelled(says=""), "says must not be empty"),
    (lambda e: e.assert_cache_hit_rate(at_least=80), "at_least must be a number from 0 to 1, got 80"),
    (lambda e: e.assert_peak_in_flight(at_most=-1), "at_most must be an integer of at least 0"),
    (lambda e: e.assert_tool_results_answered(except_for=5), "except_for must be a list of names"),
    (lambda e: e.assert_tool_results_answered(except_for=[5]), "except_for: "),
]  # fmt: skip


@each(by_words(FILTERS))
def test_an_argument_without_a_name_says_which_name_it_needs(row: Use) -> None:
    """A filter takes one function without a name, whether or not there are exchanges."""
    refused(row)


@each(by_words(ASSERTED))
def test_assertions_check_their_arguments_before_the_requests(row: Use) -> None:
    """A wrong argument is a TypeError or ValueError, although no request was received."""
    refused(row)
