"""Why the pocket model replies to a request as it does.

The reply is a pure function of the request, so the explanation is made again when somebody asks for
it, and costs a request nothing.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct

from mock_electron.model.decide import ENOUGH, scores
from mock_electron.model.dice import Dice
from mock_electron.model.fill import Assignment, assigned
from mock_electron.model.frame import Judged, choice_of, frame_of
from mock_electron.model.plan import Wanted, call_for, plan_of
from mock_electron.model.speak import content_of, heard_as
from mock_electron.model.tool_use import CHOICES, refuses_tools
from mock_electron.model.turn import Turn
from mock_electron.model.work import Spent, Work
from mock_electron.wire.request import ChatRequest, Tool

MOST_TOOLS: Final = 5
"""The maximum number of tools that are listed, the best first."""
LONGEST: Final = 60
"""The maximum number of characters of a text that is shown."""
MOST_SIGNS: Final = 2
"""The number of signs that are listed for a reading."""
INVENTED: Final = "invented"
BEFORE: Final = "before"
SAID: Final = "said"


class Argument(Struct, frozen=True):
    """An argument of a call, and where it came from.

    Attributes:
        tool: The name of the tool.
        name: The name of the parameter.
        value: The value.
        origin: "said" in this message, "before" in an earlier message or result, or "invented".
        words: The words that it came from; "" if it is invented.
    """

    tool: str
    name: str
    value: Any
    origin: str
    words: str

    def __str__(self) -> str:
        value = _shown(json.dumps(self.value, ensure_ascii=False))
        if self.origin == INVENTED:
            return f"{self.name}={value} (invented)"
        when = ", before" if self.origin == BEFORE else ""
        return f"{self.name}={value} (“{_shown(self.words)}”{when})"


class Explanation(Struct, frozen=True):
    """Why the pocket model replies as it does.

    As a text, it has five lines.

    Attributes:
        text: The message, as it was heard.
        acts: What it does, such as "confirm" and "follow".
        tools: The tools that fit best, with their scores.
        enough: The score from which on a tool is needed.
        arguments: The arguments of the calls, or of the call that a question is about.
        missing: The parameters that a question asks for.
        reason: What was decided, and why.
    """

    text: str
    acts: tuple[str, ...]
    tools: tuple[tuple[str, int], ...]
    enough: int
    arguments: tuple[Argument, ...]
    missing: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return "\n".join(self.lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The five lines: what was heard, the tools, the arguments, what is missing, the decision."""
        acts = f" ({', '.join(self.acts)})" if self.acts else ""
        tools = ", ".join(f"{name} {points}" for name, points in self.tools)
        return (
            f"heard: “{_shown(self.text)}”{acts}",
            f"tools: {tools} (needed: {self.enough})" if tools else "tools: none",
            f"arguments: {self._calls() or 'none'}",
            f"missing: {', '.join(self.missing) or 'nothing'}",
            f"so: {self.reason}",
        )

    @property
    def invented(self) -> tuple[str, ...]:
        """The arguments that nobody has said, such as `get_weather.city`."""
        return tuple(f"{a.tool}.{a.name}" for a in self.arguments if a.origin == INVENTED)

    def _calls(self) -> str:
        by_tool: dict[str, list[str]] = {}
        for one in self.arguments:
            by_tool.setdefault(one.tool, []).append(str(one))
        return "; ".join(f"{tool}: {', '.join(listed)}" for tool, listed in by_tool.items())


def explain(request: ChatRequest, today: date, missing: str) -> Explanation:
    """Return why the pocket model replies to a request as it does.

    Args:
        request: The request.
        today: The lane's day.
        missing: What happens if a value is missing that a tool requires: "ask" or "invent".
    """
    content = content_of(request, 0)
    turn = Turn.of(heard_as(request, content), Dice(content.key, 0), today, Work(), missing)
    try:
        return _explained(turn)
    except Spent:
        reason = "the budget of work of the request was spent, so the reply is the plainest one"
        return Explanation(turn.written, (), (), ENOUGH, (), (), reason)
    finally:
        turn.readings.clear()


def _explained(turn: Turn) -> Explanation:
    if not turn.request.tools:
        return Explanation(turn.message, (), (), ENOUGH, (), (), "words, as no tools are offered")
    scored = scores(turn.request.tools, turn.said)
    ranked = [(one.tool.name, one.own) for one in scored]
    related = {one.tool.name: one.related_words for one in scored if one.own < ENOUGH}
    made = CHOICES[turn.request.tool_choice](turn)
    found = [(tool, _assignment(tool, turn)) for tool, _ in made]
    asked = plan_of(turn).asked if turn.asks and not made else None
    if asked is not None:
        found = [(asked.tool, asked.found)]
    names = asked.missing if asked is not None else ()
    return Explanation(
        turn.message,
        frame_of(turn).utterance.acts,
        tuple(ranked[:MOST_TOOLS]),
        ENOUGH,
        tuple(one for tool, assigned in found for one in _arguments(tool, assigned, without=names)),
        names,
        _reason(turn, [tool.name for tool, _ in made], asked, ranked)
        + _relation([tool for tool, _ in found], related),
    )


def _assignment(tool: Tool, turn: Turn) -> Assignment:
    for goal in frame_of(turn).goals:
        if goal.tool.name == tool.name:
            return call_for(goal, turn).found
    return assigned(tool, turn.said_by_now(turn.message))


def _arguments(tool: Tool, found: Assignment, without: tuple[str, ...]) -> list[Argument]:
    listed = []
    for name, value in found.arguments.items():
        given = found.given.get(name)
        if name in without:
            continue
        origin = INVENTED if given is None else BEFORE if given.earlier else SAID
        listed.append(Argument(tool.name, name, value, origin, given.words if given else ""))
    return listed


def _reason(
    turn: Turn, called: list[str], asked: Wanted | None, ranked: list[tuple[str, int]]
) -> str:
    if called:
        why = {"required": ", as a call is required", "named": ", as the request names it"}
        return f"call {', '.join(called)}{why.get(turn.request.tool_choice, _likeliest(turn))}"
    if asked is not None:
        return f"ask for {', '.join(asked.missing)}, which {asked.tool.name} requires"
    if turn.request.tool_choice == "none":
        return "words, as tool_choice is none"
    if refuses_tools(turn):
        return "words, as the message wants no tool"
    if turn.done:
        return "words, as the calls were made"
    if frame_of(turn).goals:
        return "words, as the same calls were made before"
    if not ranked and not turn.before:
        return "words, as no tool has anything in common with the message"
    return _likelier(turn)


def _likeliest(turn: Turn) -> str:
    """Return why a call is likelier than words after what was said before, or ""."""
    if not turn.before or turn.done:
        return ""
    best = choice_of(turn)[0]
    return f", as {_signs(best)}" if best.tools else ""


def _likelier(turn: Turn) -> str:
    """Return why words are likelier than a call."""
    readings = choice_of(turn)
    other = next((one for one in readings if one.tools), None)
    if other is None or readings[0].tools:
        return "words, as the message asks for nothing"
    words = readings[0]
    return (
        f"words ({words.score}) rather than a call of {other.tools[0]} ({other.score}),"
        f" as {_signs(words)}, and {_signs(other)}"
    )


def _signs(one: Judged) -> str:
    """Return the weightiest signs of a reading."""
    return ", ".join(f"{name} {value:+}" for name, value in one.signs[:MOST_SIGNS])


def _relation(tools: list[Tool], related: Mapping[str, tuple[str, ...]]) -> str:
    """Return for which words the first of tools was chosen that none of its own words tell, or ""."""
    words = next((related[tool.name] for tool in tools if related.get(tool.name)), ())
    return f" (related to “{'”, “'.join(words)}”)" if words else ""


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
