"""Wrong values for each field of Electron's schema, with the issues that they must get."""

from collections.abc import Mapping
from typing import Final

from hypothesis import strategies as st

from mock_electron.strategies.issues import (
    ABSENT,
    at,
    custom,
    not_an_integer,
    not_an_option,
    not_the_literal,
    too_big,
    too_small,
    wrong_type,
)
from mock_electron.strategies.wrong_values import (
    VALUES,
    Breakage,
    Breakages,
    among,
    each,
    in_the_second_branch,
    inside,
    integer,
    literal,
    not_a,
    number,
    option,
    optional,
)

FUNCTION: Final = {"name": "f", "arguments": "{}"}
CALL: Final = {"id": "call_1", "type": "function", "function": FUNCTION}
CHOICES: Final = ("auto", "none", "required")

_calls: Final = st.one_of(
    not_a("object"),
    inside("id", not_a("string"), type="function", function=FUNCTION),
    inside("type", literal("function"), id="call_1", function=FUNCTION),
    inside("function", not_a("object"), id="call_1", type="function"),
    *(
        inside("function", inside(key, not_a("string"), **{other: "{}"}), id="1", type="function")
        for key, other in (("name", "arguments"), ("arguments", "name"))
    ),
    st.just(
        Breakage(
            {},
            (
                at(wrong_type("string", ABSENT), "id"),
                at(not_the_literal("function", ABSENT), "type"),
                at(wrong_type("object", ABSENT), "function"),
            ),
        )
    ),
)
_no_text_parts: Final = each(
    [
        [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
        [{"type": "text", "text": "Hi"}, {"type": "input_audio", "input_audio": {}}],
        ["Hi"],
        [{"type": "text"}],
    ],
    lambda parts: wrong_type("string", parts),
)
_content: Final = not_a("string", "null", "undefined", "array") | _no_text_parts

MESSAGES: Final[Breakages] = st.one_of(
    not_a("object", "undefined"),
    inside("role", option("system", "user", "assistant", "tool", others=["developer"])),
    inside("content", _content, role="user"),
    inside("tool_calls", not_a("array", "null", "undefined"), role="assistant"),
    inside("tool_calls", among(CALL, _calls, 3), role="assistant", content=None),
    inside("tool_call_id", optional("string"), role="tool", content="{}"),
    inside("tool_call_id", optional("string"), role="user", content="Hi"),
    st.just(
        Breakage(
            {"role": "tool", "content": "{}"},
            (at(custom("tool_call_id is required when role is 'tool'"), "tool_call_id"),),
        )
    ),
)
"""Wrong messages, to be placed among correct ones."""

_stops: Final = st.one_of(
    in_the_second_branch(
        not_a("array", "undefined", "string"), lambda value: wrong_type("string", value)
    ),
    in_the_second_branch(
        among("a", optional("string"), 4), lambda value: wrong_type("string", value)
    ),
    each([["a"] * 5, ["", "b"] * 9], lambda _: too_big(4, "array")),
)
_named: Final = st.one_of(
    not_a("object", "undefined", "string"),
    inside("type", literal("function"), function={"name": "f"}),
    inside("function", not_a("object"), type="function"),
    inside("function", inside("name", not_a("string")), type="function"),
    each(["any", ""], lambda value: wrong_type("object", value)),
)

FIELDS: Final[Mapping[str, Breakages]] = {
    "model": option("electron", others=["gpt-4o", "Electron"]),
    "messages": st.one_of(
        not_a("array"),
        each([[]], lambda _: too_small(1, "array")),
        each([[{"role": "user"}] * 201], lambda _: too_big(200, "array")),
    ),
    "temperature": number(least=0),
    "top_p": number(least=0, most=1),
    "max_tokens": integer(least=1),
    "stream": optional("boolean"),
    "stream_options": optional("object") | inside("include_usage", optional("boolean")),
    "stop": _stops,
    "seed": integer(),
    "response_format": st.one_of(
        optional("object"),
        inside("type", option("text", "json_object", others=["json_schema", "json"])),
    ),
    "tools": st.one_of(
        optional("array"),
        among({}, not_a("object", "undefined"), 64),
        each([[{}] * 65], lambda _: too_big(64, "array")),
    ),
    "tool_choice": in_the_second_branch(_named, lambda value: not_an_option(CHOICES, value)),
    "logit_bias": st.one_of(
        optional("object"),
        inside("50256", optional("number"), a=0),
        st.just(
            Breakage(
                {"a": "1", "10": None, "9": True},
                (
                    at(
                        wrong_type("number", True), "9"
                    ),  # JavaScript sorts integer keys before others
                    at(wrong_type("number", None), "10"),
                    at(wrong_type("number", "1"), "a"),
                ),
            )
        ),
    ),
    "logprobs": optional("boolean"),
    "top_logprobs": integer(least=0, most=20),
    "presence_penalty": number(least=-2, most=2),
    "frequency_penalty": number(least=-2, most=2),
    "user": optional("string"),
    "n": st.one_of(
        optional("number"),
        each([2, 5, 128], lambda _: custom("n > 1 is not supported")),
        each([0.5], lambda _: not_an_integer()),
        st.just(Breakage(2.5, (not_an_integer(), custom("n > 1 is not supported")))),
    ),
    "prompt_logprobs": each(VALUES[1:], lambda _: custom("prompt_logprobs is not supported")),
}
"""All fields of the schema, in the order in which it reports their issues."""
