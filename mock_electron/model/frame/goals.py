"""Goals: what the user wants done, a tool with the values that were said for it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.fill import Assignment, Given, assigned, completed
from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.said import Said
from mock_electron.model.work import RULE, Spent
from mock_electron.wire.request import Tool


class Goal(Struct, frozen=True):
    """A tool that the user wants to be called.

    Attributes:
        tool: The tool.
        said: What was said for it.
        values: The values that were said, by the name of the parameter.
        words: The words that each value came from.
        now: The names of the values that were said in the last utterance.
        waits: Whether it needs the results of the goals before it.
    """

    tool: Tool
    said: Said
    values: Mapping[str, Any]
    words: Mapping[str, str]
    now: frozenset[str] = frozenset()
    waits: bool = False

    @classmethod
    def of(cls, tool: Tool, said: Said, *, waits: bool = False) -> "Goal":
        """Return the goal that a text gives, with the values from that text alone.

        If the budget of the request is spent, it has none, and the call gets the plainest ones.
        """
        try:
            found = assigned(tool, said)
        except Spent:
            return cls(tool, said, {}, {}, waits=waits)
        given = {name: one for name, one in found.given.items() if not one.earlier}
        return cls(
            tool,
            said,
            {name: one.value for name, one in given.items()},
            {name: one.words for name, one in given.items()},
            frozenset(given),
            waits,
        )

    def with_values(
        self, values: Mapping[str, Any], words: Mapping[str, str], *, is_new: bool = True
    ) -> "Goal":
        """Return the goal with other values; those that are not given stay.

        Args:
            values: The values, by name.
            words: The words that they came from.
            is_new: Whether they were said in the last utterance, and none of the others was.
        """
        now = frozenset(values) if is_new else self.now
        return replace(
            self, values={**self.values, **values}, words={**self.words, **words}, now=now
        )

    def assigned(self, earlier: tuple[str, ...]) -> Assignment:
        """Return the arguments of the call, with values of earlier messages and results.

        Args:
            earlier: Earlier user messages and tool results, newest first.
        """
        said = replace(self.said, earlier=earlier)
        found = completed(self.tool, self.values, said)
        if any(found.arguments.get(name) != value for name, value in self.values.items()):
            found = completed(self.tool, self._admitted(said), said)
        given = dict(found.given) | {
            name: Given(value, self.words.get(name, str(value)), earlier=name not in self.now)
            for name, value in self.values.items()
        }
        return Assignment(lambda: found.arguments, given, found.missing)

    def _admitted(self, said: Said) -> dict[str, Any]:
        """Return the values as the schema wants them; those that it does not admit are left out.

        The calls before may be those of another model, with a time such as "20:00".
        """
        admitted = {}
        for name, value in self.values.items():
            said.work.charge(RULE)
            if completed(self.tool, {name: value}, said).arguments.get(name) == value:
                admitted[name] = value
                continue
            alone = replace(said, text=f"{name}: {value}", earlier=())
            one = assigned(self.tool, alone).given.get(name)
            if one is not None:
                admitted[name] = one.value
        return admitted


def missing(goal: Goal, found: Assignment) -> tuple[str, ...]:
    """Return the required parameters of a goal that nobody gave a value for.

    A default and the only value that is allowed need nobody's word.
    """
    properties = properties_of(goal.tool.parameters)
    return tuple(name for name in found.missing if not _is_settled(properties.get(name)))


def open_slots(goal: Goal) -> tuple[str, ...]:
    """Return the required parameters that the values of a goal lack."""
    properties = properties_of(goal.tool.parameters)
    required = required_of(goal.tool.parameters)
    return tuple(
        name
        for name in required
        if name not in goal.values and not _is_settled(properties.get(name))
    )


def _is_settled(schema: object) -> bool:
    if not isinstance(schema, Mapping):
        return False
    choices = schema.get("enum")
    only_one = isinstance(choices, list) and len(choices) == 1
    return "default" in schema or "const" in schema or only_one
