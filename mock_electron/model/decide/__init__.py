"""Find the tools that a message needs, their number and order.

actions     what verbs do             shapes      the shapes of values
tool_words  the words of a tool       catalogue   the words of all tools
spoken      the words of a message
rules       tool against message      scoring     the points of each rule
related     everyday words            likely      the tool that a text is about
clauses     the clauses of a message  together    several tools in one clause
values      the values in a clause    words_said  ordinary words that are values
lists       values that repeat        several     several calls of one tool
needed      values for several calls  providers   the tool that finds a missing id
plan        all of this, in order
"""

from mock_electron.model.decide.likely import likely, scores
from mock_electron.model.decide.needed import NeededTool, lacking
from mock_electron.model.decide.plan import needs
from mock_electron.model.decide.scoring import ENOUGH, Part, ToolScore

__all__ = ["ENOUGH", "NeededTool", "Part", "ToolScore", "lacking", "likely", "needs", "scores"]
