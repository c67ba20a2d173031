"""What an utterance wants in its context, when its words alone are not enough.

1. A tool is wanted if all that it requires is known: from the utterance, from the results and the
   calls before it, or from the last question of the assistant.
2. Words that fit weakly are enough then: "stop it please" stops the session that was started.
3. A value that is a date, a number or a member of an enum is evidence for the tool that takes it.
4. A question without any word of a tool is about the latest result, if it refers to it: "how far away
   is he". Only a tool that looks something up answers it.
"""

from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.act import Utterance
from mock_electron.model.decide import ToolScore, scores
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.frame.carry import with_earlier, with_results
from mock_electron.model.frame.fitting import is_evidence, reads, writes
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.refer import referred
from mock_electron.model.frame.state import State
from mock_electron.model.turn import Turn
from mock_electron.model.work import RULE
from mock_electron.wire.request import Tool

MOST_TOOLS: Final = 12
"""Of a larger catalogue, only the tools that share words with the utterance are tried."""
OF_THE_TOPIC: Final = frozenset(
    ("nothing of what is asked for", "asked for in vain", "its head is not said", "no numbers")
)
"""Rules that do not count in context: what is spoken of was said before."""
ENOUGH: Final = 7
REFERRING: Final = frozenset(
    "it its it's that this he he's she she's they they're them his her their there here one someone somebody anyone anybody yet already still that those them somebody's someone's".split()
)


class Meant(Struct, frozen=True):
    """A tool that may be wanted.

    Attributes:
        goal: The tool with all values that are known.
        sure: How many values of the utterance are evidence for it.
        points: How well its words fit.
        ids: How many values are known from results.
    """

    goal: Goal
    sure: int
    points: int
    ids: int

    @property
    def rank(self) -> tuple[int, int, int]:
        return (8 * self.sure + self.points, self.ids, 0)


def meant(state: State, utterance: Utterance, turn: Turn) -> Goal | None:
    """Return the tool that an utterance wants in its context, or None.

    Args:
        state: The state before the utterance.
        utterance: What was said.
        turn: The request.
    """
    scored: dict[str, int] = {}
    thread = f"{state.pending}\n" if state.pending and not utterance.asks else ""
    texts = [f"{thread}{utterance.text}", f"{thread}{utterance.rest}"]
    for text in dict.fromkeys(texts):
        for score in scores(turn.request.tools, turn.saying(text)):
            name = score.tool.name
            if not _is_told(score, utterance):
                continue
            scored[name] = max(scored.get(name, 0), points_of(score))
    tools = turn.request.tools
    if len(tools) > MOST_TOOLS:
        tools = tuple(tool for tool in tools if tool.name in scored)[:MOST_TOOLS]
    found = []
    for tool in tools:
        turn.work.charge(RULE)
        is_told = scored.get(tool.name, 0) > ENOUGH
        if utterance.asks and (writes(tool) or not (is_told or reads(tool))):
            continue
        one = _meant(tool, state, utterance, texts[0], scored.get(tool.name, 0), turn)
        if one is not None and _is_enough(one, utterance):
            found.append(one)
    found.sort(key=lambda one: one.rank, reverse=True)
    if not found or (len(found) > 1 and found[0].rank == found[1].rank):
        return None
    return found[0].goal


OF_VERBS: Final = frozenset(
    (
        "its verb", "a telling verb", "a verb of its own", "its action", "its verb as a noun",
        "its verb, by a synonym",
    )
)  # fmt: skip
"""Rules that apply if something is to be done."""


def _is_told(score: ToolScore, utterance: Utterance) -> bool:
    """Return whether words may want a tool: a sentence such as "i hate cycling" wants nothing done."""
    if utterance.asks or utterance.commands or not utterance.is_sentence:
        return True
    return any(part.rule in OF_VERBS for part in score.parts)


def points_of(score: ToolScore) -> int:
    """Return the points of a tool, without those for what may have been said before."""
    return sum(part.points for part in score.parts if part.rule not in OF_THE_TOPIC)


def _meant(
    tool: Tool, state: State, utterance: Utterance, text: str, points: int, turn: Turn
) -> Meant | None:
    own = Goal.of(tool, turn.saying(text))
    sure = {
        name: one
        for name, one in own.values.items()
        if is_evidence(own, name, one) and not (utterance.asks and isinstance(one, bool))
    }
    goal = own if state.pending and sure else replace(own, values=sure)
    goal = replace(goal, now=frozenset(sure))
    before = goal.values
    goal = referred(goal, utterance.text.lower(), state, turn)
    is_referred = goal.values != before
    lacking = open_slots(goal)
    goal = with_results(goal, state.results, turn)
    ids = len(lacking) - len(open_slots(goal))
    goal = with_earlier(goal, (*state.called, *state.last, *state.goals))
    left = open_slots(goal)
    if left and (ids or points >= ENOUGH) and len(left) == 1 and utterance.commands:
        goal = goal.with_values(_texts(own, left, utterance), own.words, is_new=False)
    if open_slots(goal) or state.has_made(goal):
        return None
    return Meant(goal, len(sure), points, ids + is_referred)


def _texts(own: Goal, names: tuple[str, ...], utterance: Utterance) -> dict[str, Any]:
    """Return the texts that an utterance gives for what a tool lacks, if they are not all of it."""
    return {
        name: own.values[name]
        for name in names
        if name in own.values and own.words[name] != utterance.rest
    }


def _is_enough(one: Meant, utterance: Utterance) -> bool:
    if one.sure and (one.points > 0 or one.sure > 1):
        return True
    if required_of(one.goal.tool.parameters) and one.points >= ENOUGH:
        return True
    if not one.ids or not utterance.asks or not reads(one.goal.tool):
        return False
    return not REFERRING.isdisjoint(utterance.text.lower().split())
