"""The pocket model's decision: call tools, say what they returned, or answer in words or JSON."""

from datetime import date
from typing import Final

from mock_electron.model import filler, json_mode, tool_use, words
from mock_electron.model.dice import Dice
from mock_electron.model.draft import Draft
from mock_electron.model.results import in_words, is_failure
from mock_electron.model.turn import Turn
from mock_electron.wire import codec
from mock_electron.wire.request import ChatRequest

INTERPRETED: Final = (
    "messages",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
)
"""The fields that decide what is said. All others decide how much of it, or how it is sent."""


def dice_for(
    request: ChatRequest, seed: int, sampling: str, occurrence: int, *, drifted: bool = False
) -> Dice:
    """The dice for what a request is answered with.

    seed, sampling: the lane's settings. occurrence: how often this request came before.
    Temperature 0 has one fixed reply; the request's seed chooses a reply; with neither, the reply
    is fixed too, or follows the occurrence where sampling is "varied". drifted: the reply is not
    the one that belongs to the request's seed (D that this happens).
    """
    asked = {name: request.body[name] for name in INTERPRETED if name in request.body}
    variation = 0
    if request.temperature != 0:
        varied = occurrence if sampling == "varied" else 0
        variation = varied if request.seed is None else request.seed + drifted
    return Dice.of(b"%d" % seed, codec.canonical(asked), variation=variation)


def speak(request: ChatRequest, dice: Dice, today: date) -> Draft:
    """What Electron might say to this request. today: the lane's day."""
    turn = Turn(request, dice, today)
    calls = tool_use.calls(turn)
    if calls:
        spoken = filler.phrase(turn, calls[0].name) if filler.wanted(turn.system) else None
        return Draft(spoken, calls)
    if json_mode.asked_for(turn):
        return Draft(json_mode.answer(turn))
    results = _results(turn)
    return Draft(_report(turn, results) if results else words.answer(turn))


def _results(turn: Turn) -> list[str]:
    """The results that answer the message: those of this turn, or earlier ones of the same calls."""
    own = [done.result for done in turn.done if done.result is not None]
    orphans = [m.content or "" for m in turn.since if m.role == "tool"]
    if own or orphans:
        return own or orphans
    if turn.request.tool_choice == "none" or not turn.request.tools:
        return []
    needed = [need.tool.name for need in tool_use.planned_needs(turn)]
    known = {done.name: done.result for done in turn.done_before if done.result is not None}
    return [known[name] for name in needed if name in known]


def _report(turn: Turn, results: list[str]) -> str:
    """One sentence that says what all results say, or that the tool has failed."""
    kind = "failure" if any(map(is_failure, results)) else "result"
    said = "; ".join(in_words(result).rstrip(".") for result in results)
    return turn.phrase(kind, result=said)
