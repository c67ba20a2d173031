"""The state of the dialogue before an utterance."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from mock_electron.model.frame.goals import Goal
from mock_electron.model.frame.rounds import Round
from mock_electron.model.turn import Done, Turn


class State(Struct, frozen=True):
    """The state of the dialogue before an utterance.

    Attributes:
        goals: The open goals: wanted, and not called yet.
        last: The goals that were called last.
        reply: What the assistant said last.
        results: The results of all calls, oldest first.
        pending: What was said last, if it wanted nothing that was understood.
        called: The goals of all calls, oldest first.
    """

    goals: tuple[Goal, ...] = ()
    last: tuple[Goal, ...] = ()
    reply: str = ""
    results: tuple[str, ...] = ()
    pending: str = ""
    called: tuple[Goal, ...] = ()

    def has_made(self, goal: Goal) -> bool:
        """Return whether a call was made that had the values of a goal."""
        return any(
            goal.tool.name == one.tool.name and goal.values.items() <= one.values.items()
            for one in (*self.called, *self.last)
        )

    @classmethod
    def after_calls(cls, one: Round, turn: Turn) -> "State":
        """Return the state after a round in which the assistant has made calls."""
        return cls((), goals_of(one.done, turn.meant(one.text), turn), one.reply)


def goals_of(calls: Iterable[Done], text: str, turn: Turn) -> tuple[Goal, ...]:
    """Return the goals that calls have met, if their tools are still offered.

    Args:
        calls: The calls.
        text: What was said before them.
        turn: The request.
    """
    tools = {tool.name: tool for tool in turn.request.tools}
    return tuple(
        Goal(
            tools[done.name],
            turn.saying(text),
            done.arguments,
            {name: str(value) for name, value in done.arguments.items()},
        )
        for done in calls
        if done.name in tools and isinstance(done.arguments, dict)
    )


SENTENCE_ENDS: Final = (". ", "! ", "? ", "\n", "。")
