"""3. Reply: tool calls, and the filler that is spoken before them.

Whether a tool is called is the model's to decide, so these probes ask plainly and, where no call
comes, ask again.
"""

import json
from typing import Any, Final

from mock_electron.contract.checks import a, all_of, at, equal, holds, keys, length, matching, of
from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Clause, Source
from mock_electron.contract.probe import asks, body, system, user
from mock_electron.contract.response import Response
from mock_electron.contract.sections.probes import FILLER_PROMPT, WEATHER, WEATHER_TOOL

SECTION: Final = "3 Reply"
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


def calls_something(response: Response) -> bool:
    return bool(response.calls)


def calls_two(response: Response) -> bool:
    return len(response.calls) == 2


def with_tools(text: str, **fields: Any) -> dict[str, Any]:
    """A request with tools, at the default temperature: another attempt may go otherwise."""
    return body(text, **{"tools": [WEATHER_TOOL], "temperature": None, "max_tokens": 200, **fields})


def after_the_call(text: str, result: str) -> list[dict[str, Any]]:
    """A conversation in which the weather was asked for and told."""
    function = {"name": "get_weather", "arguments": '{"city": "Mumbai"}'}
    call = {"id": CALL_ID, "type": "function", "function": function}
    return [
        system(FILLER_PROMPT),
        user(text),
        {"role": "assistant", "content": "Let me check that.", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": CALL_ID, "content": result},
    ]


CALL: Final = asks("a tool call", with_tools(WEATHER), attempts=ATTEMPTS, content=calls_something)
FILLER: Final = asks(
    "a tool call with its filler",
    with_tools("", messages=[system(FILLER_PROMPT), user(WEATHER)]),
    attempts=ATTEMPTS,
    content=lambda response: response.calls and response.at("choices.0.message.content"),
)
HINDI: Final = asks(
    "a tool call with a filler in Hindi",
    with_tools(
        "",
        messages=[
            system("आप एक फ़ोन एजेंट हैं। किसी भी टूल का उपयोग करने से पहले संक्षेप में बोलकर स्वीकार करें।"),
            user("मुंबई में मौसम कैसा है?"),
        ],
    ),
    attempts=ATTEMPTS,
    content=lambda response: response.calls and response.at("choices.0.message.content"),
)
PARALLEL: Final = asks(
    "two tool calls",
    with_tools("What is the weather in Mumbai and in Delhi? Look up both."),
    attempts=ATTEMPTS,
    content=calls_two,
)
ONE_OF_TWO: Final = asks(
    "parallel_tool_calls false",
    with_tools("What is the weather in Mumbai and in Delhi?", parallel_tool_calls=False),
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
    content=calls_something,
)

MESSAGE: Final = "choices.0.message"
FIRST: Final = f"{MESSAGE}.tool_calls.0"
FINISH: Final = "choices.0.finish_reason"
FILLED: Final = holds("words", lambda text: isinstance(text, str) and text.strip())


def _arguments(response: Response) -> Any:
    return json.loads(response.at(f"{FIRST}.function.arguments"))


def _names(response: Response) -> list[str]:
    return [call["function"]["name"] for call in response.calls]


def _is_spaced(response: Response) -> bool:
    """Whether the arguments are written with a space after each colon and comma."""
    text = response.at(f"{FIRST}.function.arguments")
    return isinstance(text, str) and json.dumps(json.loads(text), ensure_ascii=False) == text


def _devanagari(text: str) -> bool:
    return any("\u0900" <= character <= "\u097f" for character in text)


CLAUSES: Final = (
    Clause(
        "chat.call.made",
        SECTION,
        "A question that a tool answers calls it: tool_calls is a list.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        of(_names, equal(["get_weather"])),
    ),
    Clause(
        "chat.call.finish",
        SECTION,
        "The finish reason of a turn with calls is tool_calls.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        at(FINISH, equal("tool_calls")),
    ),
    Clause(
        "chat.call.keys",
        SECTION,
        "The keys of a call are id, type and function, those of the function name and arguments.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        all_of(
            at(FIRST, keys("id", "type", "function")),
            at(f"{FIRST}.function", keys("name", "arguments")),
        ),
    ),
    Clause(
        "chat.call.id",
        SECTION,
        "The id of a call is chatcmpl-tool- and 16 lowercase hex digits.",
        INFERRED,
        Source.VLLM,
        CALL,
        at(
            f"{FIRST}.id",
            matching("chatcmpl-tool-[0-9a-f]{16}", "chatcmpl-tool- and 16 hex digits"),
        ),
    ),
    Clause(
        "chat.call.type",
        SECTION,
        "The type of a call is function.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        at(f"{FIRST}.type", equal("function")),
    ),
    Clause(
        "chat.call.arguments",
        SECTION,
        "The arguments of a call are the text of a JSON object, with what the user asked for.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        of(_arguments, holds("a JSON object with a city", lambda value: "Mumbai" in value["city"])),
    ),
    Clause(
        "chat.call.arguments.spaces",
        SECTION,
        "The arguments are written with a space after each colon and comma.",
        INFERRED,
        Source.VLLM,
        CALL,
        of(_is_spaced, holds("JSON with a space after each colon and comma", bool)),
    ),
    Clause(
        "chat.filler.absent",
        SECTION,
        "Where no system prompt asks for a filler, the content beside tool calls is null.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        at(f"{MESSAGE}.content", equal(None)),
    ),
    Clause(
        "chat.filler.spoken",
        SECTION,
        "Where the system prompt asks for it, words stand beside the tool calls: the filler.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        FILLER,
        all_of(at(FIRST, a("object")), at(f"{MESSAGE}.content", FILLED)),
    ),
    Clause(
        "chat.filler.finish",
        SECTION,
        "A turn with a filler and calls has the finish reason tool_calls.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        FILLER,
        at(FINISH, equal("tool_calls")),
    ),
    Clause(
        "chat.filler.language",
        SECTION,
        "The filler comes in the language of the conversation.",
        ASSUMED,
        Source.CHOICE,
        HINDI,
        at(f"{MESSAGE}.content", holds("words in Devanagari", _devanagari)),
    ),
    Clause(
        "chat.call.parallel",
        SECTION,
        "Several calls in one turn are several entries in tool_calls.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        PARALLEL,
        of(_names, equal(["get_weather", "get_weather"])),
    ),
    Clause(
        "chat.call.parallel.ids",
        SECTION,
        "Each call of a turn has an id of its own.",
        INFERRED,
        Source.VLLM,
        PARALLEL,
        of(
            lambda response: len({call["id"] for call in response.calls}),
            holds("two different ids", lambda count: count == 2),
        ),
    ),
    Clause(
        "chat.call.parallel.off",
        SECTION,
        "With parallel_tool_calls false there is at most one call.",
        INFERRED,
        Source.VLLM,
        ONE_OF_TWO,
        all_of(
            at("choices.0.message", a("object")),
            of(
                lambda response: len(response.calls),
                holds("at most one call", lambda count: count <= 1),
            ),
        ),
    ),
    Clause(
        "chat.choice.required",
        SECTION,
        "tool_choice required calls exactly one tool.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        REQUIRED,
        at(f"{MESSAGE}.tool_calls", length(1)),
    ),
    Clause(
        "chat.choice.required.finish",
        SECTION,
        "The finish reason after tool_choice required is tool_calls.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        REQUIRED,
        at(FINISH, equal("tool_calls")),
    ),
    Clause(
        "chat.choice.named",
        SECTION,
        "tool_choice with a name calls that tool.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        NAMED,
        of(_names, equal(["book_cab"])),
    ),
    Clause(
        "chat.choice.named.finish",
        SECTION,
        "The finish reason after tool_choice with a name is tool_calls (vLLM says stop).",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        NAMED,
        at(FINISH, equal("tool_calls")),
    ),
    Clause(
        "chat.choice.none",
        SECTION,
        "tool_choice none calls no tool.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        NONE,
        at(f"{MESSAGE}.tool_calls", equal(None)),
    ),
    Clause(
        "chat.result.answered",
        SECTION,
        "After a tool's result comes the answer in words.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        ANSWERED,
        all_of(at(f"{MESSAGE}.content", FILLED), at(FINISH, equal("stop"))),
    ),
    Clause(
        "chat.result.chained",
        SECTION,
        "After a tool's result the next tool may be called, with a filler again.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CHAINED,
        all_of(of(_names, equal(["book_cab"])), at(f"{MESSAGE}.content", FILLED)),
    ),
)
