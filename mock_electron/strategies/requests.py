"""Requests that Electron accepts: valid by its schema and by the checks of the model server."""

from typing import Any, Final

from hypothesis import strategies as st

from mock_electron.inputs.checks import whole_number
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.strategies.conversations import (
    ALL_CONTINUATIONS,
    TOOL_MESSAGES,
    USER_ONLY,
    conversation,
)
from mock_electron.strategies.options import check_room, check_sizes, check_switches
from mock_electron.strategies.texts import json_values, texts
from mock_electron.strategies.tools import tools as some_tools
from mock_electron.wire.content import (
    MAX_MESSAGES,
    MAX_STOPS,
    MAX_TOOLS,
    MAX_TOP_LOGPROBS,
    MODEL,
    SEEDS,
)

Body = dict[str, Any]

STOPS: Final = texts(min_size=1, max_size=4)
PENALTIES: Final = st.floats(-2, 2)
LIMITS: Final = st.integers(1, 60) | st.integers(61, 1000)

OPTIONAL: Final[dict[str, st.SearchStrategy[Any]]] = {
    "temperature": st.sampled_from([0, 0.7, 1, 2.0]) | st.floats(0, 2),
    "top_p": st.floats(0, 1),
    "max_tokens": LIMITS,
    "max_completion_tokens": LIMITS,
    "stop": STOPS | st.lists(STOPS, max_size=MAX_STOPS),
    "seed": st.integers(0, 9) | st.integers(SEEDS[0], SEEDS[-1]),
    "response_format": st.sampled_from(["text", "json_object"]).map(lambda kind: {"type": kind}),
    "logit_bias": st.dictionaries(
        st.integers(0, 99_999).map(str), st.floats(-100, 100), max_size=2
    ),
    "presence_penalty": PENALTIES,
    "frequency_penalty": PENALTIES,
    "user": texts(),
    "n": st.just(1),
    "parallel_tool_calls": st.booleans(),
    "metadata": st.dictionaries(texts(max_size=8), texts(), max_size=2),
    "store": st.booleans(),
    "service_tier": json_values(),
}
"""Fields that do not depend on others, including some that clients send and Electron ignores."""

FIELDS: Final = st.lists(st.sampled_from([*OPTIONAL]), max_size=8, unique=True)


@checked_keywords
def chat_requests(
    *,
    min_messages: int = 1,
    max_messages: int = 6,
    tools: bool | None = None,
    history: bool | None = None,
    stream: bool | None = None,
    max_tools: int = 3,
) -> st.SearchStrategy[Body]:
    """Return a strategy for requests that Electron answers with 200.

    All other fields are drawn sometimes, including unknown ones. A switch that is None draws both
    kinds.

    Args:
        min_messages: The smallest number of messages, from 1 to 200.
        max_messages: The largest number of messages, from 1 to 200.
        tools: Whether tools are offered.
        history: Whether the conversation has earlier turns with tool calls. With False, it has no
            assistant message.
        stream: Whether the request is for a stream.
        max_tools: The largest number of tools, from 1 to 64.

    Raises:
        ValueError: If an option is wrong, or if the options contradict each other.

    Example:
        @given(body=chat_requests(tools=True, stream=True))
        def test_any_request(body): ...
    """
    check_switches(tools=tools, history=history, stream=stream)
    check_sizes("messages", min_messages, max_messages, 1, MAX_MESSAGES)
    whole_number("max_tools", max_tools, 1, MAX_TOOLS)
    if history:
        check_room(max_messages, 1 + TOOL_MESSAGES, "history=True")
    return _requests((min_messages, max_messages), tools, history, stream, _offers(max_tools))


@st.composite
def _requests(
    draw: st.DrawFn,
    size: tuple[int, int],
    tools: bool | None,
    history: bool | None,
    stream: bool | None,
    offers: st.SearchStrategy[Body],
) -> Body:
    offer: Body = draw(offers) if _either(draw, tools) else {}
    names = [tool["function"]["name"] for tool in offer.get("tools", ())]
    continuations = USER_ONLY if history is False else ALL_CONTINUATIONS
    messages = draw(conversation(size, continuations, needs_tools=bool(history), names=names))
    body: Body = {"model": MODEL, "messages": messages}
    body |= {name: draw(OPTIONAL[name]) for name in draw(FIELDS)}
    return body | draw(LOGPROBS) | offer | draw(STREAMING[_either(draw, stream)])


def _either(draw: st.DrawFn, switch: bool | None) -> bool:
    return draw(BOOLEANS) if switch is None else switch


def _offers(most: int) -> st.SearchStrategy[Body]:
    """Return a strategy for the fields `tools` and, sometimes, `tool_choice`."""

    def with_choice(offered: list[Body], choice: int | None) -> Body:
        named = [
            {"type": "function", "function": {"name": tool["function"]["name"]}} for tool in offered
        ]
        choices = ["auto", "none", "required", *named]
        chosen = {} if choice is None else {"tool_choice": choices[choice % len(choices)]}
        return {"tools": offered} | chosen

    return st.builds(with_choice, some_tools(max_tools=most), st.none() | st.integers(0, 99))


BOOLEANS: Final = st.booleans()
LOGPROBS: Final = st.one_of(
    st.builds(Body),
    st.builds(Body, logprobs=BOOLEANS),
    st.builds(Body, logprobs=st.just(True), top_logprobs=st.integers(0, MAX_TOP_LOGPROBS)),
)
STREAM_OPTIONS: Final = st.builds(Body) | st.builds(Body, include_usage=BOOLEANS)
STREAMING: Final = {
    False: st.builds(Body) | st.builds(Body, stream=st.just(False)),
    True: st.one_of(
        st.builds(Body, stream=st.just(True)),
        st.builds(Body, stream=st.just(True), stream_options=STREAM_OPTIONS),
    ),
}
