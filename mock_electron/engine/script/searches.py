"""Searches of a request's texts for the expected texts of conditions, in bounded time.

0. Python searches for a plain text, and a text is prepared once if many steps search it.
1. `re` searches for a regular expression if the time is at most proportional to the text. These
   searches have a large separate budget, for scripts with very many steps.
2. An automaton searches for any other one, or `re` if the text is short. These searches are charged
   against one budget for each request. A search for which it is too small is stopped: the
   condition does not match, and the explanation and the log say so.
3. A pattern that no automaton can have, such as one with a lookaround, must not have a repetition
   for which `re` may take exponential time.
"""

import logging
import re
from typing import TYPE_CHECKING, Final

from mock_electron.engine.script.long_text import LongText
from mock_electron.engine.script.text import Text, shown
from mock_electron.model.work import Spent, Work

if TYPE_CHECKING:
    from mock_electron.engine.script.pattern_search import Automaton
    from mock_electron.engine.script.search_plan import SearchPlan

logger: Final = logging.getLogger("mock_electron")

LIMIT: Final = 250_000
"""Units of work for the searches of one request: about 25 ms."""
LINEAR_LIMIT: Final = 6_000_000
"""Characters through which `re` searches for one request: about 90 searches of a long prompt."""
CHEAP: Final = 1_000
"""Up to this number of units, `re` searches instead of an automaton."""
STOPPED: Final = (
    "the search was stopped, because the regular expressions take too much work for one request; "
    "simplify them"
)


SEPARATOR: Final = "\0"
"""What separates texts that are searched together."""


class Searches:
    """The searches for one request.

    Attributes:
        work: The budget of those that may take longer than in proportion to the text, in units.
        linear: The budget of the others with regular expressions, in characters.
    """

    __slots__ = ("_automata", "_has_warned", "_joined", "_results", "_texts", "linear", "work")

    def __init__(self) -> None:
        self.work: Final = Work(LIMIT)
        self.linear: Final = Work(LINEAR_LIMIT)
        self._texts: dict[str, LongText] = {}
        self._joined: dict[tuple[str, ...], str] = {}
        self._has_warned = False
        self._automata: dict[re.Pattern[str], Automaton] = {}
        self._results: dict[tuple[re.Pattern[str], str], bool | None] = {}

    def contains(self, text: str, expected: Text) -> bool:
        """Return whether a text contains the expected one. A stopped search returns False."""
        if isinstance(expected, str):
            return self._long_text(text).contains(expected)
        key = (expected, text)
        if key not in self._results:
            from mock_electron.engine.script.search_plan import plan_of  # most scripts need none

            plan = plan_of(expected)
            search = self._search_linear if plan.is_linear else self._search
            self._results[key] = search(expected, plan, text)
        return bool(self._results[key])

    def any_contains(self, texts: tuple[str, ...], expected: Text) -> bool:
        """Return whether one of the texts contains the expected one."""
        if not isinstance(expected, str) or SEPARATOR in expected or len(texts) < 2:
            return any(self.contains(text, expected) for text in texts)
        joined = self._joined.get(texts)
        if joined is None:
            joined = self._joined[texts] = SEPARATOR.join(texts)
        return self.contains(joined, expected)

    def _long_text(self, text: str) -> LongText:
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = LongText(text)
        return found

    def remark(self, expected: Text, *texts: str) -> str:
        """Return the words that a search of one of these texts was stopped, or ""."""
        if isinstance(expected, str):
            return ""
        stopped = any(self._results.get((expected, text), False) is None for text in texts)
        return f"; {STOPPED}" if stopped else ""

    def _search_linear(
        self, pattern: re.Pattern[str], _plan: "SearchPlan", text: str
    ) -> bool | None:
        """Return whether `re` finds a pattern in a text, or None if the budget is used up."""
        try:
            self.linear.charge(len(text))
        except Spent:
            if not self._has_warned:
                self._has_warned = True
                logger.warning("%s: %s", shown(pattern), STOPPED)
            return None
        return pattern.search(text) is not None

    def _search(self, pattern: re.Pattern[str], plan: "SearchPlan", text: str) -> bool | None:
        """Return whether a pattern occurs in a text, or None if the search was stopped."""
        units, left = plan.units_of_re(text), self.work.limit - self.work.used
        if units <= (left if plan.program is None else min(left, CHEAP)):
            self.work.charge(int(units))
            return pattern.search(text) is not None
        if plan.program is not None:
            automaton = self._automata.get(pattern)
            if automaton is None:
                from mock_electron.engine.script.pattern_search import Automaton

                automaton = Automaton(plan.program, self.work.charge)
                self._automata[pattern] = automaton
            if automaton.units(text) <= left:
                try:
                    return automaton.finds(text)
                except Spent:
                    pass
        logger.warning("%s: %s", shown(pattern), STOPPED)
        return None
