"""An utterance in its scene: what the signs of its readings are read from."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.act import Utterance
from mock_electron.model.decide import ToolScore, scores
from mock_electron.model.decide.actions import VERBS
from mock_electron.model.decide.tool_words import stems_of
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.frame.alone import is_meant
from mock_electron.model.frame.asked import question_of, slots_asked
from mock_electron.model.frame.evidence import evidence
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.state import State
from mock_electron.model.once import once
from mock_electron.model.turn import Turn
from mock_electron.wire.request import Tool

FAILED: Final = regex(
    r"(?i)error|fail|false|full|busy|closed|taken|unavailable|not available|none|no \w+ free|\[\]"
)
"""Words of a result that is not what was wanted."""
LONGEST_RESULT: Final = 2_000
MOST_TOOLS: Final = 12
"""Of a larger catalogue, only the tools whose words are said are tried one by one."""
OF_THE_TOPIC: Final = frozenset(
    ("nothing of what is asked for", "asked for in vain", "its head is not said", "no numbers")
)
"""Rules that do not count in context: what is spoken of was said before."""
WHOLE: Final = 1.5
LEAST: Final = -30
MOST: Final = 50
"""The points of a tool are limited to these."""


def points_of(score: ToolScore) -> int:
    """Return the points of a tool, without those for what may have been said before."""
    return sum(part.points for part in score.parts if part.rule not in OF_THE_TOPIC)


class Scene(Struct, frozen=True, dict=True):
    """An utterance, and what was said before it.

    Attributes:
        state: The state before the utterance.
        utterance: What was said.
        turn: The request.
    """

    state: State
    utterance: Utterance
    turn: Turn

    @once
    def _scores(self) -> tuple[ToolScore, ...]:
        return scores(self.turn.request.tools, self.turn.saying(self.utterance.text))

    @once
    def points(self) -> Mapping[str, int]:
        """How well the words of the utterance fit each tool that shares any."""
        return {one.tool.name: _limited(one.points) for one in self._scores}

    @once
    def own_points(self) -> Mapping[str, int]:
        """These points, without those for related words."""
        return {one.tool.name: _limited(one.own) for one in self._scores}

    @once
    def context_points(self) -> Mapping[str, int]:
        """These points, without those for what may have been said before."""
        return {one.tool.name: _limited(points_of(one)) for one in self._scores}

    @once
    def most_points(self) -> int:
        """The points of the tool that fits best."""
        return max(self.points.values(), default=0)

    @once
    def question(self) -> str:
        """The last question of the assistant, or ""."""
        return question_of(self.state.reply)

    @once
    def question_points(self) -> Mapping[str, int]:
        """How well the words of the question fit each tool."""
        if not self.question:
            return {}
        found = scores(self.turn.request.tools, self.turn.saying(self.question))
        return {one.tool.name: _limited(one.points) for one in found}

    @once
    def tools(self) -> tuple[Tool, ...]:
        """The tools that are tried one by one."""
        tools = self.turn.request.tools
        if len(tools) <= MOST_TOOLS:
            return tools
        return tuple(tool for tool in tools if tool.name in self.points)[:MOST_TOOLS]

    @once
    def open(self) -> frozenset[str]:
        """The tools of the open goals."""
        return frozenset(goal.tool.name for goal in self.state.goals)

    @once
    def last(self) -> frozenset[str]:
        """The tools of the last calls."""
        return frozenset(goal.tool.name for goal in self.state.last)

    @once
    def called(self) -> frozenset[str]:
        """The tools of all calls."""
        return self.last.union(goal.tool.name for goal in self.state.called)

    @once
    def failed(self) -> bool:
        """Whether the last result is not what was wanted."""
        results = self.state.results
        return bool(results) and FAILED.search(results[-1][:LONGEST_RESULT]) is not None

    @once
    def is_first(self) -> bool:
        """Whether nothing was wanted before, and nothing is left of what was said."""
        return not (self.state.goals or self.state.last or self.state.pending)

    def does(self, *acts: str) -> bool:
        """Return whether one of these is an act of the utterance."""
        return self.utterance.does(*acts)


def _limited(points: int) -> int:
    return max(LEAST, min(MOST, points))


class Seen(Struct, frozen=True, dict=True):
    """A reading that wants a call, in its scene.

    Attributes:
        goals: What the user wants.
        scene: The scene.
    """

    goals: tuple[Goal, ...]
    scene: Scene

    @property
    def goal(self) -> Goal:
        """The first goal."""
        return self.goals[0]

    @property
    def tool(self) -> Tool:
        """The tool of the first goal."""
        return self.goals[0].tool

    @once
    def points(self) -> int:
        """How well the words of the utterance fit the tool."""
        return self.scene.points.get(self.tool.name, 0)

    @once
    def own_points(self) -> int:
        """These points, without those for related words."""
        return self.scene.own_points.get(self.tool.name, 0)

    @once
    def context_points(self) -> int:
        """These points, without those for what may have been said before."""
        return self.scene.context_points.get(self.tool.name, 0)

    @once
    def question_points(self) -> int:
        """How well the words of the assistant's question fit the tool."""
        return self.scene.question_points.get(self.tool.name, 0)

    @once
    def required(self) -> frozenset[str]:
        """The names of the parameters that the tool requires."""
        return frozenset(required_of(self.tool.parameters))

    @once
    def left(self) -> int:
        """How many required values are missing."""
        return sum(len(open_slots(goal)) for goal in self.goals)

    @once
    def evidence(self) -> int:
        """How many kinds of evidence the values of the utterance are."""
        said = {name: self.goal.values[name] for name in self.goal.now}
        return len(evidence(Goal(self.tool, self.goal.said, said, {})))

    @once
    def is_whole(self) -> bool:
        """Whether a text that was said is nearly all of the utterance."""
        goal, said = self.goal, len(self.scene.utterance.text)
        return any(
            isinstance(goal.values[name], str) and WHOLE * len(goal.words.get(name, "")) > said
            for name in goal.now
        )

    @once
    def of_context(self) -> int:
        """How many values were not said, and are not those of the last call of the tool."""
        goal = self.goal
        before = [one.values for one in self.scene.state.last if one.tool.name == self.tool.name]
        return sum(
            name not in goal.now and any(one.get(name) != value for one in before)
            for name, value in goal.values.items()
        )

    @once
    def is_list(self) -> bool:
        """Whether the utterance says a list of numbers, and no verb."""
        values = [self.goal.values[name] for name in self.goal.now]
        has_list = any(isinstance(value, list) and len(value) > 1 for value in values)
        said = stems_of(self.scene.utterance.text) if has_list else ()
        return has_list and VERBS.keys().isdisjoint(said)

    @property
    def is_only(self) -> bool:
        """Whether no other tool is offered."""
        return len(self.scene.turn.request.tools) == 1

    @once
    def is_made(self) -> bool:
        """Whether a call was made that had these values."""
        return self.scene.state.has_made(self.goal)

    @once
    def is_meant(self) -> bool:
        """Whether the values of the utterance are meant for the goal, and not mentioned in passing."""
        scene = self.scene
        return is_meant(self.goal, scene.state, scene.utterance, scene.turn)

    @once
    def is_last(self) -> bool:
        """Whether the tool was called last."""
        return self.tool.name in self.scene.last

    @once
    def is_open(self) -> bool:
        """Whether the tool has an open goal."""
        return self.tool.name in self.scene.open

    @once
    def _asked(self) -> frozenset[str]:
        return frozenset(slots_asked(self.tool, self.scene.question, self.scene.turn))

    @once
    def answers(self) -> bool:
        """Whether the utterance gives a value that the assistant asks for."""
        return not self.goal.now.isdisjoint(self._asked)

    @once
    def is_asked(self) -> bool:
        """Whether the assistant asks for a value that the tool requires."""
        return not self.required.isdisjoint(self._asked)
