"""Which tool a text is about, whether or not its own words were said."""

from typing import Final

from mock_electron.model.decide.actions import WRITES
from mock_electron.model.decide.catalogue import catalogue_of
from mock_electron.model.decide.scoring import ToolScore, compared, scores_of
from mock_electron.model.decide.spoken import Spoken
from mock_electron.model.decide.tool_words import Offer
from mock_electron.model.language import lexical
from mock_electron.model.said import Said
from mock_electron.wire.request import Tool


def scores(tools: tuple[Tool, ...], said: Said) -> tuple[ToolScore, ...]:
    """Return how well tools fit a text, best first. A score is called from ENOUGH on.

    Tools that have nothing in common with the text are left out.
    """
    catalogue = catalogue_of(tools, said.work)
    spoken = Spoken(said.text, lexical(said.text, said.language.code), said.work)
    return compared(scores_of(catalogue, spoken), spoken, catalogue)


LIKELY: Final = 20
"""The points for related words from which on a tool is likely that does not fit by its own words."""
ASKED: Final = 30
"""The same for a question, which may be about anything."""
AHEAD: Final = 4
"""By how many points it must be better than the next one."""


def likely(tools: tuple[Tool, ...], said: Said, *, asks: bool) -> Tool | None:
    """Return the tool that a text is most related to, or None if no tool is likely or two are.

    Args:
        tools: The tools.
        said: What was said.
        asks: Whether it is a question.
    """
    found = scores(tools, said)
    if not found or found[0].related < (ASKED if asks else LIKELY):
        return None
    best = found[0]
    if asks and (len(tools) == 1 or Offer.of(best.tool).effects == ONLY_WRITES):
        return None
    is_ahead = len(found) == 1 or best.points - found[1].points >= AHEAD
    return best.tool if is_ahead else None


ONLY_WRITES: Final = frozenset((WRITES,))
