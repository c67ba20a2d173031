"""The checks of the model server behind the gateway. A failed check is a 400 without `details`.

The gateway forwards fields that its schema does not know. The rules therefore receive the whole
body, after the schema has accepted it. Each rule is a function that returns an error message, or
None. That the model server refuses these bodies is inferred from vLLM. All messages are assumed.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.wire.content import SEEDS, TOOL_NAME_TEXT

Body = Mapping[str, Any]

TOOL_NAME: Final = regex(TOOL_NAME_TEXT, re.ASCII)


def first_objection(body: Body) -> str | None:
    """Return the message of the first rule that objects to the body, or None."""
    for field, rule in RULES:
        if field in body:
            message = rule(body)
            if message is not None:
                return message
    return None


def broken_arguments(body: Body) -> str | None:
    """Return the objection to arguments in the history that are not JSON, or None.

    vLLM refused them until July 2026. It reads empty arguments as `{}`.
    """
    for place, message in enumerate(body["messages"]):
        calls = message.get("tool_calls") or () if message["role"] == "assistant" else ()
        for number, call in enumerate(calls):
            if call["function"]["arguments"] and not _is_json(call["function"]["arguments"]):
                name = f"messages[{place}].tool_calls[{number}].function.arguments"
                return f"{name} must be JSON"
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def context_overflow(context: int, prompt: int, completion: int | None) -> str:
    """Return vLLM's message for a request that does not fit into the context.

    Client libraries recognise an overflow by these words, so nothing is added to them.

    Args:
        context: The size of the context in tokens.
        prompt: The number of tokens in the prompt.
        completion: The number of tokens that the request asks for; None if it does not say.
    """
    limit = f"This model's maximum context length is {context} tokens."
    if completion is None:
        return (
            f"{limit} However, you requested {prompt} tokens in the messages, "
            "Please reduce the length of the messages."
        )
    return (
        f"{limit} However, you requested {prompt + completion} tokens "
        f"({prompt} in the messages, {completion} in the completion). "
        "Please reduce the length of the messages or completion."
    )


def _stream_options_without_stream(body: Body) -> str | None:
    if "stream_options" in body and not body.get("stream"):
        return "stream_options is only allowed together with stream: true"
    return None


def _continuous_usage_stats(body: Body) -> str | None:
    if not isinstance(body.get("stream_options", {}).get("continuous_usage_stats"), bool | None):
        return "stream_options.continuous_usage_stats must be a boolean"
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
    if tool.get("type", "function") != "function":
        return f".type must be 'function', got {tool['type']!r}"
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


RULES: Final[tuple[tuple[str, Callable[[Body], str | None]], ...]] = (
    ("stream_options", _stream_options_without_stream),
    ("stream_options", _continuous_usage_stats),
    ("top_logprobs", _top_logprobs_without_logprobs),
    ("stop", _empty_stop),
    ("seed", _seed_beyond_64_bits),
    ("n", _n_below_one),
    ("max_completion_tokens", _max_completion_tokens),
    ("parallel_tool_calls", _parallel_tool_calls),
    ("tools", _empty_tools),
    ("tools", _malformed_tool),
    ("tool_choice", _choice_without_tools),
    ("tool_choice", _choice_of_an_absent_tool),
)
"""The rules, in their order, each with the field without which it does not object."""
