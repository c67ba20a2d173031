"""The pocket model's decision: call a tool, report a tool's result, or answer in words."""

from collections.abc import Callable, Mapping
from typing import Final

from mock_electron.model import json_mode, prose, tools
from mock_electron.model.arguments import arguments
from mock_electron.model.dice import Dice
from mock_electron.model.draft import Call, Draft
from mock_electron.wire import codec
from mock_electron.wire.request import ChatRequest, Tool

INTERPRETED: Final = (
    "messages",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
)
"""The fields that decide what is said. All others decide how much of it, or how it is sent."""


def dice_for(request: ChatRequest, seed: int, sampling: str, occurrence: int) -> Dice:
    """The dice for what a request is answered with.

    seed, sampling: the lane's settings. occurrence: how often this request came before.
    Temperature 0 has one fixed reply; the request's seed chooses a reply; with neither, the reply
    is fixed too, or follows the occurrence where sampling is "varied".
    """
    asked = {name: request.body[name] for name in INTERPRETED if name in request.body}
    variation = 0
    if request.temperature != 0:
        varied = occurrence if sampling == "varied" else 0
        variation = varied if request.seed is None else request.seed
    return Dice.of(b"%d" % seed, codec.canonical(asked), variation=variation)


def speak(request: ChatRequest, dice: Dice) -> Draft:
    """What Electron might say to this request."""
    tool = CHOICES[request.tool_choice](request)
    if tool is not None:
        content = tools.filler(tool.name, dice) if tools.filler_wanted(request) else None
        called = arguments(tool.parameters, _question(request))
        return Draft(content, (Call(tool.name, codec.encode_arguments(called)),))
    if request.response_format != "text":
        everything = "\n".join(m.content for m in request.messages if m.content)
        return Draft(json_mode.answer(everything, _question(request), dice))
    if request.last.role == "tool":
        return Draft(tools.report(request.last.content or "", dice))
    return Draft(prose.answer(_question(request), dice))


def _question(request: ChatRequest) -> str:
    """The last thing that the user said."""
    texts = request.texts("user")
    return texts[-1] if texts else ""


def _auto(request: ChatRequest) -> Tool | None:
    """A tool that was just used has answered the question."""
    return None if request.last.role == "tool" else tools.wanted(request.tools, _question(request))


def _none(request: ChatRequest) -> Tool | None:
    return None


def _required(request: ChatRequest) -> Tool | None:
    return tools.best_match(request.tools, _question(request))


def _named(request: ChatRequest) -> Tool | None:
    return next(tool for tool in request.tools if tool.name == request.named_tool)


CHOICES: Final[Mapping[str, Callable[[ChatRequest], Tool | None]]] = {
    "auto": _auto,
    "none": _none,
    "required": _required,
    "named": _named,
}
