"""wire/accepted.py: msgspec accepts ordinary requests, and nothing that the schema or the rules refuse."""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import reduce
from operator import getitem
from typing import Any, Final

import pytest
from chat_requests import JSON_VALUES, NEAR, mutated_requests, near_misses
from hypothesis import given, settings
from raw_http import user
from rows import each
from zod_cases import CASES, expand

from mock_electron.strategies import chat_requests, invalid_chat_requests
from mock_electron.wire import codec, model_server, schema, zod
from mock_electron.wire.accepted import MOST_COPIED, accept
from mock_electron.wire.errors import Refusal
from mock_electron.wire.request import freeze, parse_request

Body = dict[str, Any]
Path = tuple[str | int, ...]

SCHEMAS: Final = {False: schema.DOCUMENTED, True: schema.WITH_JSON_SCHEMA}
"""The schema, by the setting `accept_json_schema`."""


def check(value: object) -> None:
    """Check what is accepted: the schema and the rules accept it too, and it is frozen alike."""
    document: Any = codec.decode(json.dumps(value).encode())
    for accept_json_schema, expected in SCHEMAS.items():
        if accept(document, accept_json_schema=accept_json_schema) is None:
            continue
        assert zod.validate(expected, document) == []
        assert model_server.first_objection(document) is None
        frozen = parse_request(document, accept_json_schema=accept_json_schema)
        assert frozen == freeze(document)
        assert repr(frozen) == repr(freeze(document))  # 1 is not 1.0, and True is not 1


@given(chat_requests() | mutated_requests() | near_misses() | JSON_VALUES)
@settings(max_examples=100)
def test_what_is_accepted_is_valid(document: object) -> None:
    """Nothing is accepted that the schema or a rule refuses; the request is the one in the document."""
    check(document)


@given(chat_requests())
def test_the_requests_of_the_strategy_are_accepted(document: Body) -> None:
    """Every request that `chat_requests` draws is accepted at once."""
    assert accept(document) is not None


@given(invalid_chat_requests())
def test_invalid_requests_are_not_accepted(invalid: Any) -> None:
    """No request that `invalid_chat_requests` draws is accepted."""
    assert accept(invalid.body) is None


@each(CASES)
def test_the_cases_of_zod_that_are_accepted_are_valid(case: object) -> None:
    """Of the bodies that are compared with Zod, only valid ones are accepted."""
    check(expand(case))


# --- one change at a time


FUNCTION: Final = {"name": "f", "description": "Does f.", "parameters": {"type": "object"}}
CALL: Final = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
FULL: Final[Body] = {
    "model": "electron",
    "messages": [
        {"role": "system", "content": "Be brief.", "tool_call_id": "c"},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": None, "tool_calls": [CALL, CALL]},
        {"role": "tool", "content": "31", "tool_call_id": "c"},
    ],
    "temperature": 0,
    "top_p": 0.5,
    "max_tokens": 8,
    "max_completion_tokens": 9,
    "stream": True,
    "stream_options": {"include_usage": True, "continuous_usage_stats": True},
    "stop": ["a", "b"],
    "seed": 7,
    "response_format": {"type": "json_object"},
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "logit_bias": {"10": -1, "2": 0.5},
    "logprobs": True,
    "top_logprobs": 5,
    "presence_penalty": -2,
    "frequency_penalty": 2.0,
    "user": "asha",
    "n": 1,
    "parallel_tool_calls": False,
    "metadata": {"a": None},
}
"""A request with every field."""
FEW: Final[Body] = {
    "model": "electron",
    "messages": [{"role": "user", "content": "Hi"}],
    "stop": "a",
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": "auto",
    "stream": False,
    "top_p": 1,
}
"""A request with few fields, some of them in another form."""
MORE: Final[list[Any]] = [
    *(3, 5, 200, -2.5, 2.5, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, "a b", "a\n", "a" * 64),
    *("a" * 65, "any", "user", "g", ["a", ""], ["x", 1], [None], {"type": "function"}),
    *({"type": "json_schema"}, {"function": {"name": "f"}}, {"10": True}, {"10": None}),
    *([{"type": "text"}], [{"text": "a"}], [{"type": "image_url"}], [[]]),
    *([{"role": "user"}] * 200, [{"role": "user"}] * 201, [{"function": {"name": "f"}}] * 64),
    [{"function": {"name": "f"}}] * 65,
]
"""Values near the limits of the fields, besides those of NEAR."""


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each value in a document, except for the document itself."""
    inside = value.items() if isinstance(value, dict) else ()
    for key, member in enumerate(value) if isinstance(value, list) else inside:
        yield (*path, key)
        yield from places(member, (*path, key))


@each({"every field": FULL, "few fields": FEW})
def test_any_single_change_that_is_accepted_is_valid(body: Body) -> None:
    """Each value is removed, and replaced by each value near a limit; absent fields are added."""
    fields = [(name,) for name in (*FULL, "prompt_logprobs") if name not in body]
    for *outer, last in [*fields, *places(body)]:
        document: Any = deepcopy(body)
        holder: Any = reduce(getitem, outer, document)
        for value in [*NEAR, *MORE]:
            holder[last] = value
            check(document)
        del holder[last]
        check(document)


# --- what clients send

WEATHER: Final = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
            "$schema": "http://json-schema.org/draft-07/schema#",
        },
        "strict": True,
    },
}
WEATHER_CALL: Final = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Pune"}'},
}
ANSWERED: Final = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How is the weather in Pune?"},
    {"role": "assistant", "content": "", "tool_calls": [WEATHER_CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": '{"celsius":31}'},
]
STREAMED: Final = {"stream": True, "stream_options": {"include_usage": True}}

ORDINARY: Final[dict[str, Body]] = {
    "openai-python: chat": {"messages": user("Hi")},
    "openai-python: a stream with a limit": {
        "messages": user("Hi"),
        "max_completion_tokens": 64,
        "temperature": 0.7,
        **STREAMED,
    },
    "openai-python: a message of the reply, sent back": {
        "messages": [
            *user("Hi"),
            {
                "content": "Hello!",
                "refusal": None,
                "role": "assistant",
                "annotations": [],
                "audio": None,
                "function_call": None,
                "tool_calls": None,
            },
            *user("Bye"),
        ]
    },
    "openai-node: a named tool": {
        "messages": user("Weather?"),
        "tools": [WEATHER],
        "tool_choice": {"type": "function", "function": {"name": "get_weather"}},
        "stream": False,
    },
    "openai-node: stop, seed, bias and penalties": {
        "messages": user("Hi"),
        "stop": "\n",
        "seed": 7,
        "n": 1,
        "user": "asha",
        "logit_bias": {"50256": -100},
        "presence_penalty": 0.5,
        "frequency_penalty": -1,
        "top_p": 1,
        "logprobs": True,
        "top_logprobs": 2,
        "response_format": {"type": "json_object"},
    },
    "livekit: a turn with tools": {
        "messages": ANSWERED,
        "tools": [WEATHER],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "metadata": {"room": "a"},
        "store": False,
        **STREAMED,
    },
    "livekit: several texts": {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}], "name": "asha"}],
        **STREAMED,
    },
    "pipecat: a turn with tools": {
        "messages": [
            *ANSWERED[:2],
            {"role": "assistant", "tool_calls": [WEATHER_CALL]},
            {"role": "tool", "content": '"COMPLETED"', "tool_call_id": "call_1"},
        ],
        "tools": [WEATHER],
        "tool_choice": "none",
        "max_tokens": 256,
        **STREAMED,
    },
    "langchain: a bound tool": {
        "messages": [{"content": "Weather?", "role": "user"}],
        "stream": False,
        "temperature": 0.0,
        "tools": [WEATHER],
        "tool_choice": "required",
        "parallel_tool_calls": False,
    },
    "langchain: the results of two calls": {
        "messages": [
            *user("Weather?"),
            {
                "content": None,
                "role": "assistant",
                "tool_calls": [{**WEATHER_CALL, "id": name} for name in ("a", "b")],
            },
            {"content": "31", "role": "tool", "tool_call_id": "a"},
            {"content": [{"type": "text", "text": "29"}], "role": "tool", "tool_call_id": "b"},
        ],
        "stream": True,
    },
    "vercel-ai: a stream with tools": {
        "messages": ANSWERED,
        "temperature": 0,
        "tools": [WEATHER],
        "tool_choice": "auto",
        **STREAMED,
    },
    "vercel-ai: reasoning and cache hints": {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}],
            }
        ],
        "reasoning_effort": "low",
        "verbosity": "low",
        "service_tier": "auto",
        **STREAMED,
    },
}
"""The shapes of what client libraries send."""


@pytest.fixture
def closely_checked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The documents that the schema or the rules check while the test runs."""
    checked: list[object] = []

    def validate(_schema: object, document: object) -> list[zod.Issue]:
        checked.append(document)
        return []

    def first_objection(document: object) -> None:
        checked.append(document)

    monkeypatch.setattr(zod, "validate", validate)
    monkeypatch.setattr(model_server, "first_objection", first_objection)
    return checked


def test_the_requests_of_clients_are_accepted_at_once(closely_checked: list[object]) -> None:
    """Neither the schema nor the rules check what client libraries send."""
    for fields in ORDINARY.values():
        parse_request({"model": "electron"} | fields)
    assert closely_checked == []


def test_a_json_schema_is_accepted_at_once(closely_checked: list[object]) -> None:
    """So is the request for a JSON Schema, in a lane with `accept_json_schema` only."""
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}, "strict": True}}
    body = {"model": "electron", "messages": user("Hi"), "response_format": form}
    parse_request(body, accept_json_schema=True)
    assert closely_checked == []
    parse_request(body)
    assert closely_checked == [body, body]


NEAR_MISSES: Final[dict[str, Body]] = {
    "true is no number": {"temperature": True},
    "true is no integer": {"max_tokens": True},
    "true is not one": {"n": True},
    "one is not true": {"stream": 1},
    "a number in a text": {"max_tokens": "5"},
    "a boolean in a text": {"stream": "true"},
    "an integer beyond 64 bits": {"seed": 2**64},
    "an integer beyond 63 bits": {"seed": 2**63},
    "a fraction": {"seed": 0.5},
    "null for a number": {"temperature": None},
    "null for a text to stop at": {"stop": None},
    "null for a boolean": {"stream": None},
    "null for an object": {"response_format": None},
    "null for an array": {"tools": None},
    "null for the id of a call": {"messages": [{"role": "user", "tool_call_id": None}]},
    "null for an unsupported field": {"prompt_logprobs": None},
    "null for a bias": {"logit_bias": {"1": None}},
    "a boolean for a bias": {"logit_bias": {"1": True}},
    "a result without the id of its call": {"messages": [{"role": "tool", "content": "31"}]},
    "no role": {"messages": [{"content": "Hi"}]},
    "another role": {"messages": [{"role": "developer", "content": "Hi"}]},
    "no messages": {"messages": []},
    "201 messages": {"messages": user("Hi") * 201},
    "another model": {"model": "Electron"},
    "a text among the parts": {"messages": [{"role": "user", "content": ["Hi"]}]},
    "a part without a type": {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]},
    "a part of another type": {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
    "a call without a type": {
        "messages": [{"role": "assistant", "tool_calls": [{**WEATHER_CALL, "type": None}]}]
    },
    "arguments that are an object": {
        "messages": [
            {
                "role": "assistant",
                "tool_calls": [{**WEATHER_CALL, "function": {"name": "f", "arguments": {}}}],
            }
        ]
    },
    "an empty text to stop at": {"stop": ["a", ""]},
    "five texts to stop at": {"stop": ["a"] * 5},
    "no tools": {"tools": []},
    "65 tools": {"tools": [WEATHER] * 65},
    "the name of a tool with a line break": {"tools": [{"function": {"name": "f\n"}}]},
    "the name of a tool in another script": {"tools": [{"function": {"name": "मौसम"}}]},
    "a choice without tools": {"tool_choice": "auto"},
    "the choice of an absent tool": {
        "tools": [WEATHER],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
    },
    "stream options without a stream": {"stream_options": {}},
    "alternatives without log-probabilities": {"top_logprobs": 0},
    "21 alternatives": {"logprobs": True, "top_logprobs": 21},
    "a JSON Schema": {"response_format": {"type": "json_schema"}},
}
"""Fields that a request must not have."""


@each(NEAR_MISSES)
def test_near_misses_are_refused(fields: Body) -> None:
    """A request that is almost valid is not accepted at once, and is refused."""
    document = {"model": "electron", "messages": user("Hi")} | fields
    assert accept(document) is None
    with pytest.raises(Refusal):
        parse_request(document)


def test_broken_arguments_are_found_in_accepted_requests() -> None:
    """The setting `refuse_broken_arguments` applies to requests that would be accepted at once."""
    call = {**WEATHER_CALL, "function": {"name": "f", "arguments": "{"}}
    body = {"model": "electron", "messages": [{"role": "assistant", "tool_calls": [call]}]}
    assert accept(body) is not None
    with pytest.raises(Refusal, match="arguments must be JSON"):
        parse_request(body, refuse_broken_arguments=True)


@pytest.mark.parametrize("field", ["logit_bias", "parameters"])
def test_wide_objects_are_left_to_the_schema(field: str) -> None:
    """msgspec would copy them, which takes longer than the whole check. The request is the same."""
    wide = {str(number): 0 for number in range(MOST_COPIED + 1)}
    body: dict[str, Any] = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}]}
    for members, is_accepted in ((wide, False), ({"1": 0}, True)):
        if field == "logit_bias":
            body["logit_bias"] = members
        else:
            body["tools"] = [{"function": {"name": "f", "parameters": members}}]
        assert (accept(body) is not None) == is_accepted
        assert parse_request(body) == freeze(body)
