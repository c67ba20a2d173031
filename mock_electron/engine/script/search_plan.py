"""`SearchPlan`: how to search for a regular expression, and how much work that takes at most."""

import re
from functools import lru_cache
from math import inf
from typing import Final

from msgspec import Struct

from mock_electron.engine.script.pattern_cost import Polynomial, steps_of, value_at
from mock_electron.engine.script.pattern_search import Program, UnsupportedError
from mock_electron.engine.script.text import quoted

STEPS: Final = 10
"""Steps of `re` for each unit of work."""
STEPS_PER_CHARACTER: Final = 300
"""The maximum number of steps for each character if a search is not charged."""
REMEMBERED: Final = 20_000
"""The maximum number of patterns in memory."""


class SearchPlan(Struct, frozen=True):
    """How to search for a pattern.

    Attributes:
        is_linear: Whether the time of `re` is proportional to the text.
        steps: The maximum number of steps of `re`, or None if it may be exponential.
        program: The program of the automaton, or None if the pattern cannot have one.
        reason: Why it has no program.
    """

    is_linear: bool
    steps: Polynomial | None
    program: Program | None
    reason: str = ""

    def units_of_re(self, text: str) -> float:
        """Return the maximum number of units of a search with `re`."""
        return inf if self.steps is None else value_at(self.steps, len(text) + 1) // STEPS


@lru_cache(maxsize=REMEMBERED)
def plan_of(pattern: re.Pattern[str]) -> SearchPlan:
    """Return how to search for a pattern."""
    steps = steps_of(pattern)
    if steps is not None and len(steps) <= 2 and sum(steps) <= STEPS_PER_CHARACTER:
        return SearchPlan(True, steps, None)
    try:
        return SearchPlan(False, steps, Program(pattern))
    except UnsupportedError as error:
        return SearchPlan(False, steps, None, str(error))


def check_pattern(name: str, pattern: re.Pattern[str]) -> None:
    """Check that a search for a pattern takes a bounded time.

    Args:
        name: What the pattern is for, for the message.
        pattern: The pattern.

    Raises:
        ValueError: If a search may take exponential time, or the pattern is nested too deeply.
    """
    try:
        plan = plan_of(pattern)
    except RecursionError:
        what = "a regular expression with fewer nested groups"
        raise ValueError(f"{name} must be {what}, got {quoted(pattern.pattern)}") from None
    if plan.steps is None and plan.program is None:
        raise ValueError(
            f"{name} must be a regular expression that cannot take exponential time, got "
            f"{quoted(pattern.pattern)}; {plan.reason}, so write no repetition or choice inside "
            "a repetition"
        )
