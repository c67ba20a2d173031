"""3. Reply: tool calls, and the filler that is spoken before them.

The model decides whether it calls a tool. So these probes ask plainly, and ask again if no call
is made.
"""

import json
from typing import Any, Final

from msgspec.structs import replace

from mock_electron.contract.checks import (
    all_of,
    at,
    equal,
    json_type,
    keys,
    length,
    matching,
    reading,
    satisfies,
)
from mock_electron.contract.clause import Source
from mock_electron.contract.probe import asks, body, system, user
from mock_electron.contract.response import Response
from mock_electron.contract.sections import reply
from mock_electron.contract.sections.probes import (
    CONTENT,
    DIFFERENT_IDS,
    FILLER_PROMPT,
    FINISH,
    WEATHER,
    WEATHER_TOOL,
    WHOLE_MESSAGE,
)

SECTION: Final = replace(reply.SECTION, documented_in=Source.TOOL_CALLING)
ATTEMPTS: Final = 3

CAB_TOOL: Final[dict[str, Any]] = {
    "type": "function",
    "function": {
        "name": "book_cab",
        "description": "Book a cab to a place.",
        "parameters": {
            "type": "object",
            "properties": {"destination": {"type": "string", "description": "Where to go"}},
            "required": ["destination"],
        },
    },
}
TOOLS: Final = [WEATHER_TOOL, CAB_TOOL]
CALL_ID: Final = "chatcmpl-tool-0123456789abcdef"
ERRANDS: Final = "Check the weather in Mumbai with get_weather, then book a cab to the airport."
HINDI_PROMPT: Final = "आप एक फ़ोन एजेंट हैं। किसी भी टूल का उपयोग करने से पहले संक्षेप में बोलकर स्वीकार करें।"
TWO_CITIES: Final = "What is the weather in Mumbai and in Delhi?"


# --- probes


def with_tools(text: str, **fields: Any) -> dict[str, Any]:
    """Return a body with a tool, at the default temperature, so that replies can differ."""
    return body(text, **{"tools": [WEATHER_TOOL], "temperature": None, "max_tokens": 200, **fields})


def after_the_call(text: str, result: str) -> list[dict[str, Any]]:
    """Return a conversation that contains a call for the weather and its result."""
    function = {"name": "get_weather", "arguments": '{"city": "Mumbai"}'}
    call = {"id": CALL_ID, "type": "function", "function": function}
    return [
        system(FILLER_PROMPT),
        user(text),
        {"role": "assistant", "content": "Let me check that.", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": CALL_ID, "content": result},
    ]


def has_call(response: Response) -> bool:
    """Return whether a reply calls a tool."""
    return bool(response.calls)


def has_call_and_filler(response: Response) -> bool:
    """Return whether a reply calls a tool and has words."""
    return bool(response.calls and response.at(CONTENT))


CALL: Final = asks("a tool call", with_tools(WEATHER), attempts=ATTEMPTS, until=has_call)
FILLER: Final = asks(
    "a tool call with its filler",
    with_tools("", messages=[system(FILLER_PROMPT), user(WEATHER)]),
    attempts=ATTEMPTS,
    until=has_call_and_filler,
)
HINDI: Final = asks(
    "a tool call with a filler in Hindi",
    with_tools("", messages=[system(HINDI_PROMPT), user("मुंबई में मौसम कैसा है?")]),
    attempts=ATTEMPTS,
    until=has_call_and_filler,
)
PARALLEL: Final = asks(
    "two tool calls",
    with_tools(f"{TWO_CITIES} Look up both."),
    attempts=ATTEMPTS,
    until=lambda response: len(response.calls) == 2,
)
ONE_OF_TWO: Final = asks(
    "parallel_tool_calls false", with_tools(TWO_CITIES, parallel_tool_calls=False)
)
REQUIRED: Final = asks(
    "tool_choice required", with_tools("Hello!", tools=TOOLS, tool_choice="required")
)
NAMED: Final = asks(
    "tool_choice of a name",
    with_tools(
        "Hello!",
        tools=TOOLS,
        tool_choice={"type": "function", "function": {"name": "book_cab"}},
    ),
)
NONE: Final = asks("tool_choice none", with_tools(WEATHER, tool_choice="none"))
ANSWERED: Final = asks(
    "a tool's result",
    with_tools("", messages=after_the_call(WEATHER, '{"temperature": 31, "sky": "humid"}')),
)
CHAINED: Final = asks(
    "the next call of a chain",
    with_tools("", messages=after_the_call(ERRANDS, '{"temperature": 31}'), tools=TOOLS),
    attempts=ATTEMPTS,
    until=has_call,
)


# --- checks

CALLS: Final = f"{WHOLE_MESSAGE}.tool_calls"
FIRST: Final = f"{CALLS}.0"
HAS_WORDS: Final = at(
    CONTENT, satisfies("words", lambda text: isinstance(text, str) and text.strip())
)
NAMES_MUMBAI: Final = satisfies(
    "a JSON object with a city", lambda value: "Mumbai" in value["city"]
)
FINISHES_WITH_CALLS: Final = at(FINISH, equal("tool_calls"))


def _arguments(response: Response) -> Any:
    return json.loads(response.at(f"{FIRST}.function.arguments"))


def _names(response: Response) -> list[str]:
    return [call["function"]["name"] for call in response.calls]


def _is_spaced(response: Response) -> bool:
    """Return whether the arguments have a space after each colon and comma."""
    text = response.at(f"{FIRST}.function.arguments")
    return isinstance(text, str) and json.dumps(json.loads(text), ensure_ascii=False) == text


def _is_devanagari(text: str) -> bool:
    return any("\u0900" <= character <= "\u097f" for character in text)


# fmt: off
CLAUSES: Final = (
    SECTION.documented("call.made",
        "A question that needs a tool makes the model call it: `tool_calls` is a list.",
        CALL, reading(_names, equal(["get_weather"]))),
    SECTION.documented("call.finish", "A turn with calls has the finish reason `tool_calls`.",
        CALL, FINISHES_WITH_CALLS),
    SECTION.documented("call.keys",
        "A call has the keys `id`, `type` and `function`, and the function has `name` and "
        "`arguments`, in this order.",
        CALL, all_of(at(FIRST, keys("id", "type", "function")),
                     at(f"{FIRST}.function", keys("name", "arguments")))),
    SECTION.inferred("call.id", "The id of a call is `chatcmpl-tool-` and 16 lowercase hex digits.",
        CALL, at(f"{FIRST}.id", matching("chatcmpl-tool-[0-9a-f]{16}",
                                         "chatcmpl-tool- and 16 hex digits"))),
    SECTION.documented("call.type", "The type of a call is `function`.",
        CALL, at(f"{FIRST}.type", equal("function"))),
    SECTION.documented("call.arguments",
        "The arguments of a call are a JSON object as text, with values from the user's words.",
        CALL, reading(_arguments, NAMES_MUMBAI)),
    SECTION.inferred("call.arguments.spaces",
        "The arguments have a space after each colon and comma.",
        CALL, reading(_is_spaced, satisfies("JSON with a space after each colon and comma", bool))),
    SECTION.documented("filler.absent",
        "If no system prompt asks for a filler, a turn with calls has a `content` of null.",
        CALL, at(CONTENT, equal(None))),
    SECTION.documented("filler.spoken",
        "If the system prompt asks for a filler, a turn with calls has words in `content`.",
        FILLER, all_of(at(FIRST, json_type("object")), HAS_WORDS)),
    SECTION.documented("filler.finish",
        "A turn with a filler and calls has the finish reason `tool_calls`.",
        FILLER, FINISHES_WITH_CALLS),
    SECTION.assumed("filler.language", "The filler is in the language of the conversation.",
        HINDI, at(CONTENT, satisfies("words in Devanagari", _is_devanagari))),
    SECTION.documented("call.parallel",
        "Several calls in one turn are several entries in `tool_calls`.",
        PARALLEL, reading(_names, equal(["get_weather", "get_weather"]))),
    SECTION.inferred("call.parallel.ids", "Each call of a turn has a different id.",
        PARALLEL, reading(lambda reply: [call["id"] for call in reply.calls], DIFFERENT_IDS)),
    SECTION.inferred("call.parallel.off",
        "With `parallel_tool_calls: false`, a turn has at most one call.",
        ONE_OF_TWO, all_of(at(WHOLE_MESSAGE, json_type("object")),
                           reading(lambda reply: len(reply.calls),
                                   satisfies("at most one call", lambda count: count <= 1)))),
    SECTION.documented("choice.required", "`tool_choice: required` calls exactly one tool.",
        REQUIRED, at(CALLS, length(1))),
    SECTION.documented("choice.required.finish",
        "The finish reason after `tool_choice: required` is `tool_calls`.",
        REQUIRED, FINISHES_WITH_CALLS, source=Source.CHAT_COMPLETIONS),
    SECTION.documented("choice.named", "A `tool_choice` that names a tool calls that tool.",
        NAMED, reading(_names, equal(["book_cab"]))),
    SECTION.documented("choice.named.finish",
        "The finish reason after a `tool_choice` that names a tool is `tool_calls` (vLLM says "
        "`stop`).",
        NAMED, FINISHES_WITH_CALLS, source=Source.CHAT_COMPLETIONS),
    SECTION.documented("choice.none", "`tool_choice: none` calls no tool.",
        NONE, at(CALLS, equal(None)), source=Source.CHAT_COMPLETIONS),
    SECTION.documented("result.answered", "After a tool result, the reply is a text.",
        ANSWERED, all_of(HAS_WORDS, at(FINISH, equal("stop")))),
    SECTION.documented("result.chained",
        "After a tool result, the model may call the next tool, again with a filler.",
        CHAINED, all_of(reading(_names, equal(["book_cab"])), HAS_WORDS)),
)
# fmt: on
