"""Hypothesis strategies for chat requests, as the tests of several rooms need them."""

from typing import Any

from hypothesis import strategies as st

TEXT = st.text(max_size=40)
SENTENCES = st.sampled_from(
    [
        "Hi",
        "What is the weather in Mumbai?",
        "Write one sentence about why the sky is blue.",
        "मुंबई में मौसम कैसा है?",
        "Ping 👩‍👩‍👧 “quoted” naïve\n\n\ttext",
        "",
    ]
)
TOOL_NAMES = st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True)

SCHEMAS = st.recursive(
    st.sampled_from(
        [
            {"type": "string"},
            {"type": "integer"},
            {"type": "number", "minimum": 0},
            {"type": "boolean"},
            {"type": "null"},
            {"type": ["string", "null"]},
            {"enum": ["a", "b"]},
            {"const": 3},
            {},
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.dictionaries(st.text(max_size=6), inner, max_size=3).map(
            lambda properties: {
                "type": "object",
                "properties": properties,
                "required": sorted(properties),
            }
        ),
    ),
    max_leaves=6,
)


@st.composite
def tools(draw: st.DrawFn) -> list[dict[str, Any]]:
    """One to three tools with names of their own."""
    names = draw(st.lists(TOOL_NAMES, min_size=1, max_size=3, unique=True))
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": draw(SENTENCES),
                "parameters": {
                    "type": "object",
                    "properties": draw(st.dictionaries(st.text(max_size=6), SCHEMAS, max_size=3)),
                },
            },
        }
        for name in names
    ]


@st.composite
def messages(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A conversation of up to four turns, tool turns among them, ending in any role."""
    turns = draw(st.lists(st.sampled_from(["user", "assistant", "tool"]), max_size=4))
    conversation = (
        [{"role": "system", "content": draw(SENTENCES | TEXT)}] if draw(st.booleans()) else []
    )
    conversation.append({"role": "user", "content": draw(SENTENCES | TEXT)})
    for number, role in enumerate(turns):
        message: dict[str, Any] = {"role": role, "content": draw(SENTENCES | TEXT | st.none())}
        if role == "tool":
            message["tool_call_id"] = f"call_{number}"
        conversation.append(message)
    return conversation


@st.composite
def chat_requests(draw: st.DrawFn) -> dict[str, Any]:
    """A valid request, with any of the optional fields."""
    request: dict[str, Any] = {"model": "electron", "messages": draw(messages())}
    optional: dict[str, st.SearchStrategy[Any]] = {
        "temperature": st.sampled_from([0, 0.7, 2.0]),
        "top_p": st.floats(0, 1),
        "max_tokens": st.integers(1, 60),
        "stop": st.text(min_size=1, max_size=3) | st.lists(st.sampled_from("eat."), max_size=4),
        "seed": st.integers(-(2**63), 2**63 - 1),
        "response_format": st.sampled_from([{"type": "text"}, {"type": "json_object"}]),
        "logit_bias": st.just({"50256": -100}),
        "presence_penalty": st.floats(-2, 2),
        "user": TEXT,
        "n": st.just(1),
        "parallel_tool_calls": st.booleans(),
        "metadata": st.dictionaries(TEXT, TEXT, max_size=2),
    }
    for name, values in optional.items():
        if draw(st.integers(0, 3)) == 0:
            request[name] = draw(values)
    if draw(st.booleans()):
        request["logprobs"] = True
        request["top_logprobs"] = draw(st.integers(0, 20))
    if draw(st.booleans()):
        request["tools"] = draw(tools())
        names = [tool["function"]["name"] for tool in request["tools"]]
        named = st.sampled_from(names).map(lambda n: {"type": "function", "function": {"name": n}})
        request["tool_choice"] = draw(st.sampled_from(["auto", "none", "required"]) | named)
    return request


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
"""Any JSON."""


@st.composite
def mutated_requests(draw: st.DrawFn) -> object:
    """A valid request in which one to three places hold any JSON, or nothing at all."""
    request = draw(chat_requests())
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = request
        while isinstance(holder, dict | list) and holder:
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = draw(st.sampled_from(list(keys)))
            if draw(st.booleans()) or not isinstance(holder[key], dict | list) or not holder[key]:
                if draw(st.booleans()):
                    holder[key] = draw(JSON_VALUES)
                else:
                    del holder[key]
                break
            holder = holder[key]
    return request
