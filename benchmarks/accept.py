"""The time to check a request: the schema and the rules, against the libraries that could do it.

    python benchmarks/accept.py

A request is decoded before, because its fingerprint and its reply need the whole document. Only the
row with JSON reads the bytes. pydantic-core comes with the `test` extra; no other code needs it.
"""

import json
from collections.abc import Callable
from timeit import repeat
from typing import Any, Final

import msgspec
from _options import parser
from _server import machine
from pydantic_core import SchemaValidator
from pydantic_core import core_schema as core

from mock_electron.wire import codec, content, model_server, schema, zod
from mock_electron.wire.accepted import Documented, accept
from mock_electron.wire.openapi.examples import WEATHER_TOOL as WEATHER
from mock_electron.wire.request import freeze, parse_request

Body = dict[str, Any]

ROUNDS: Final = 40
SECONDS: Final = 0.02
"""The length of a round, about."""


def main() -> None:
    """Print a row for each request: its size, and the best time of each check in microseconds."""
    parser(__doc__).parse_args()
    print(machine())
    names = checks(codec.encode(REQUESTS["short chat"]))
    print("| request | bytes |", " | ".join(names), "|")
    for name, body in REQUESTS.items():
        written = codec.encode(body)
        figures = (f"{microseconds(check):.1f}" for check in checks(written).values())
        print(f"| {name} | {len(written):,} |", " | ".join(figures), "|")


def checks(body: bytes) -> dict[str, Callable[[], object]]:
    """Return the checks of a request, by what does it. The last two also freeze it."""
    document: Any = codec.decode(body)
    accepts = msgspec.json.Decoder(Documented).decode
    validates = VALIDATOR.validate_python
    assert accept(document) == accepts(body)
    assert validates(document)["messages"]

    def check_closely() -> object:
        return zod.validate(schema.DOCUMENTED, document), model_server.first_objection(document)

    return {
        "schema and rules": check_closely,
        "pydantic-core": lambda: validates(document),
        "msgspec, JSON": lambda: accepts(body),
        "msgspec": lambda: accept(document),
        "schema, rules, frozen": lambda: (check_closely(), freeze(document)),
        "as it is: msgspec, frozen": lambda: parse_request(document),
    }


def microseconds(check: Callable[[], object]) -> float:
    """Return the best time of a check."""
    once = min(repeat(check, number=1, repeat=5))
    number = max(1, int(SECONDS / once))
    return min(repeat(check, number=number, repeat=ROUNDS)) / number * 1e6


def _tool(name: str) -> Body:
    return WEATHER | {"function": WEATHER["function"] | {"name": name}}


def _turns(count: int) -> list[Body]:
    text = "the quick brown fox jumps over the lazy dog " * 7
    return [{"role": ("user", "assistant")[turn % 2], "content": text} for turn in range(count)]


CALL: Final = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": json.dumps({"city": "Pune"})},
}
REQUESTS: Final[dict[str, Body]] = {
    "short chat": {
        "model": "electron",
        "messages": [
            {"role": "system", "content": "You are a helpful voice assistant."},
            {"role": "user", "content": "Why is the sky blue?"},
        ],
        "temperature": 0.7,
    },
    "3 tools and a history": {
        "model": "electron",
        "messages": [
            {"role": "system", "content": "You are a helpful voice assistant."},
            {"role": "user", "content": "How is the weather in Pune?"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": '{"celsius": 31}'},
            {"role": "assistant", "content": "It is 31 degrees in Pune."},
            {"role": "user", "content": "And in Mumbai?"},
        ],
        "tools": [_tool(name) for name in ("get_weather", "get_forecast", "get_rain")],
        "tool_choice": "auto",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 200,
    },
    "64 KiB in 191 messages": {"model": "electron", "messages": _turns(191), "stream": True},
}


# --- the same types for pydantic-core


def _needed(kind: core.CoreSchema) -> core.TypedDictField:
    return core.typed_dict_field(kind)


def _optional(kind: core.CoreSchema) -> core.TypedDictField:
    return core.typed_dict_field(kind, required=False)


def _object(fields: dict[str, core.TypedDictField]) -> core.CoreSchema:
    return core.typed_dict_schema(fields, extra_behavior="ignore")


def _named(**more: core.TypedDictField) -> core.CoreSchema:
    return _object({"name": _needed(TEXT)} | more)


TEXT: Final = core.str_schema()
BOOLEAN: Final = core.bool_schema()
NOT_EMPTY: Final = core.str_schema(min_length=1)
FUNCTION_TYPE: Final = core.literal_schema(["function"])
NAMED_TOOL: Final = _object({"type": _needed(FUNCTION_TYPE), "function": _needed(_named())})
CALLS: Final = core.list_schema(
    _object(
        {
            "id": _needed(TEXT),
            "type": _needed(FUNCTION_TYPE),
            "function": _needed(_named(arguments=_needed(TEXT))),
        }
    )
)
PARTS: Final = core.list_schema(
    _object({"type": _needed(core.literal_schema(["text"])), "text": _needed(TEXT)})
)


def _message(role: str) -> core.CoreSchema:
    return _object(
        {
            "role": _needed(core.literal_schema([role])),
            "content": _optional(core.nullable_schema(core.union_schema([TEXT, PARTS]))),
            "tool_calls": _optional(core.nullable_schema(CALLS)),
            "tool_call_id": core.typed_dict_field(TEXT, required=role == "tool"),
        }
    )


def _penalty() -> core.TypedDictField:
    return _optional(core.float_schema(ge=-2, le=2))


MESSAGES: Final = core.list_schema(
    core.tagged_union_schema(
        {role: _message(role) for role in ("system", "user", "assistant", "tool")}, "role"
    ),
    min_length=1,
    max_length=content.MAX_MESSAGES,
)
TOOL: Final = _object(
    {
        "type": _optional(FUNCTION_TYPE),
        "function": _needed(
            _object(
                {
                    "name": _needed(core.str_schema(pattern=r"^[a-zA-Z0-9_-]{1,64}$")),
                    "description": _optional(core.nullable_schema(TEXT)),
                    "parameters": _optional(core.nullable_schema(core.dict_schema())),
                }
            )
        ),
    }
)
VALIDATOR: Final = SchemaValidator(
    _object(
        {
            "model": _needed(core.literal_schema([content.MODEL])),
            "messages": _needed(MESSAGES),
            "temperature": _optional(core.float_schema(ge=0)),
            "top_p": _optional(core.float_schema(ge=0, le=1)),
            "max_tokens": _optional(core.int_schema(ge=1)),
            "max_completion_tokens": _optional(core.nullable_schema(core.int_schema(ge=1))),
            "stream": _optional(BOOLEAN),
            "stream_options": _optional(_object({"include_usage": _optional(BOOLEAN)})),
            "stop": _optional(
                core.union_schema([NOT_EMPTY, core.list_schema(NOT_EMPTY, max_length=4)])
            ),
            "seed": _optional(core.int_schema()),
            "response_format": _optional(
                _object({"type": _needed(core.literal_schema(["text", "json_object"]))})
            ),
            "tools": _optional(core.list_schema(TOOL, min_length=1, max_length=content.MAX_TOOLS)),
            "tool_choice": _optional(
                core.union_schema([core.literal_schema(["auto", "none", "required"]), NAMED_TOOL])
            ),
            "logit_bias": _optional(core.dict_schema(TEXT, core.float_schema())),
            "logprobs": _optional(BOOLEAN),
            "top_logprobs": _optional(core.int_schema(ge=0, le=content.MAX_TOP_LOGPROBS)),
            "presence_penalty": _penalty(),
            "frequency_penalty": _penalty(),
            "user": _optional(TEXT),
            "n": _optional(core.literal_schema([1])),
            "parallel_tool_calls": _optional(core.nullable_schema(BOOLEAN)),
        }
    ),
    core.CoreConfig(strict=True),
)


if __name__ == "__main__":
    main()
