"""The checks of the model server behind the gateway. A failed check is a 400 without `details`.

The gateway forwards fields that its schema does not know. The rules therefore receive the whole
body, after the schema has accepted it. Each rule is a function that returns an error message, or
None. That the model server refuses these bodies is inferred from vLLM. All messages are assumed.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Body = Mapping[str, Any]

TOOL_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}", re.ASCII)
SEEDS: Final = range(-(2**63), 2**63)


def first_objection(body: Body) -> str | None:
    """Return the message of the first rule that objects to the body, or None."""
    return next((message for rule in RULES if (message := rule(body)) is not None), None)


def _stream_options_without_stream(body: Body) -> str | None:
    if "stream_options" in body and not body.get("stream"):
        return "stream_options is only allowed together with stream: true"
    return None


def _top_logprobs_without_logprobs(body: Body) -> str | None:
    if "top_logprobs" in body and not body.get("logprobs"):
        return "top_logprobs is only allowed together with logprobs: true"
    return None


def _empty_stop(body: Body) -> str | None:
    stop = body.get("stop")
    if stop == "" or (isinstance(stop, list) and "" in stop):
        return "stop must not contain an empty string"
    return None


def _seed_beyond_64_bits(body: Body) -> str | None:
    if int(body.get("seed", 0)) not in SEEDS:
        return "seed must fit into 64 bits"
    return None


def _n_below_one(body: Body) -> str | None:
    if body.get("n", 1) < 1:
        return "n must be at least 1"
    return None


def _max_completion_tokens(body: Body) -> str | None:
    limit = body.get("max_completion_tokens")
    if limit is None:
        return None
    is_integer = type(limit) is int or (type(limit) is float and limit.is_integer())
    return None if is_integer and limit >= 1 else "max_completion_tokens must be an integer ≥ 1"


def _parallel_tool_calls(body: Body) -> str | None:
    if not isinstance(body.get("parallel_tool_calls"), bool | None):
        return "parallel_tool_calls must be a boolean"
    return None


def _empty_tools(body: Body) -> str | None:
    if body.get("tools") == []:
        return "tools must not be empty; leave the field out"
    return None


def _malformed_tool(body: Body) -> str | None:
    for index, tool in enumerate(body.get("tools", ())):
        objection = _objection_to_tool(tool)
        if objection is not None:
            return f"tools[{index}]{objection}"
    return None


def _objection_to_tool(tool: Body) -> str | None:
    function = tool.get("function")
    if tool.get("type") != "function":
        return ".type must be 'function'"
    if not isinstance(function, dict):
        return ".function must be an object"
    if not isinstance(function.get("name"), str) or not TOOL_NAME.fullmatch(function["name"]):
        return ".function.name must match ^[a-zA-Z0-9_-]{1,64}$"
    if not isinstance(function.get("description"), str | None):
        return ".function.description must be a string"
    if not isinstance(function.get("parameters"), dict | None):
        return ".function.parameters must be an object"
    return None


def _choice_without_tools(body: Body) -> str | None:
    if "tool_choice" in body and "tools" not in body:
        return "tool_choice is only allowed together with tools"
    return None


def _choice_of_an_absent_tool(body: Body) -> str | None:
    choice = body.get("tool_choice")
    if not isinstance(choice, dict):
        return None
    name = choice["function"]["name"]
    if all(tool["function"]["name"] != name for tool in body["tools"]):
        return f"tool_choice names {name!a}, which is not among the tools"
    return None


RULES: Final[tuple[Callable[[Body], str | None], ...]] = (
    _stream_options_without_stream,
    _top_logprobs_without_logprobs,
    _empty_stop,
    _seed_beyond_64_bits,
    _n_below_one,
    _max_completion_tokens,
    _parallel_tool_calls,
    _empty_tools,
    _malformed_tool,
    _choice_without_tools,
    _choice_of_an_absent_tool,
)
