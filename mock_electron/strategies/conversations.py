"""Conversations that a client can send: every tool message answers an earlier call."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from mock_electron.inputs.keywords import checked_keywords
from mock_electron.strategies.options import check_room, check_sizes, check_switches
from mock_electron.strategies.texts import json_objects, json_values, texts, tool_names
from mock_electron.wire import codec
from mock_electron.wire.content import MAX_MESSAGES

Message = dict[str, Any]

SYSTEM_PROMPTS: Final = (
    "You are a helpful assistant.",
    "You are a voice agent. Speak a short filler phrase before you use a tool.",
    "Answer in Hindi.",
)
MAX_PARALLEL_CALLS: Final = 3
TOOL_MESSAGES: Final = 2
"""The smallest number of messages for the use of tools: a call and its result."""


@checked_keywords
def conversations(
    *,
    min_messages: int = 1,
    max_messages: int = 6,
    system: bool | None = None,
    tool_turns: bool | None = None,
) -> st.SearchStrategy[list[Message]]:
    """Return a strategy for conversations whose last message is from the user or a tool.

    Args:
        min_messages: The smallest number of messages, from 1 to 200.
        max_messages: The largest number of messages, from 1 to 200.
        system: Whether the first message is a system message. None draws both kinds.
        tool_turns: Whether the assistant has called tools, one or several at a time. Every result
            has the id of an earlier call. None draws both kinds.

    Raises:
        ValueError: If an option is wrong, or if the options contradict each other.

    Example:
        @given(messages=conversations(tool_turns=True))
        def test_any_conversation(messages): ...
    """
    check_switches(system=system, tool_turns=tool_turns)
    check_sizes("messages", min_messages, max_messages, 1, MAX_MESSAGES)
    needed = 1 + bool(system) + (TOOL_MESSAGES if tool_turns else 0)
    check_room(max_messages, needed, f"system={system} and tool_turns={tool_turns}")
    continuations = WITHOUT_TOOLS if tool_turns is False else ALL_CONTINUATIONS
    return conversation(
        (min_messages, max_messages), continuations, system, needs_tools=bool(tool_turns)
    )


@st.composite
def conversation(
    draw: st.DrawFn,
    size: tuple[int, int],
    continuations: Sequence["Continuation"],
    system: bool | None = None,
    *,
    needs_tools: bool = False,
    names: Sequence[str] = (),
) -> list[Message]:
    """Draw a conversation.

    Args:
        draw: Hypothesis's draw function.
        size: The smallest and the largest number of messages.
        continuations: The ways in which the conversation can continue.
        system: Whether the first message is a system message; None for either.
        needs_tools: Whether tools must be used.
        names: The names of the tools; empty for any names.
    """
    least, most = size
    growing = _Growing(draw, st.sampled_from(names) if names else tool_names())
    reserved = TOOL_MESSAGES if needs_tools else 0
    if system or (system is None and most > 1 + reserved and draw(st.booleans())):
        growing.add_system()
    growing.add_user()
    messages = growing.messages
    while needs_tools or len(messages) < least or (len(messages) < most and draw(CONTINUES)):
        room = most - len(messages)
        reserved = TOOL_MESSAGES if needs_tools else 0
        fitting = [c for c in continuations if c.size <= (room if c.tools else room - reserved)]
        chosen = draw(st.sampled_from(fitting))
        chosen.add(growing, room)
        needs_tools = needs_tools and not chosen.tools
    return messages


CONTINUES: Final = st.sampled_from([False, True, True])


class _Growing:
    """A conversation that grows. After every method it can be sent.

    Attributes:
        messages: The messages so far.
    """

    def __init__(self, draw: st.DrawFn, names: st.SearchStrategy[str]) -> None:
        self.messages: list[Message] = []
        self._draw, self._names, self._calls = draw, names, 0

    def add_system(self) -> None:
        """Add a system message."""
        self._add("system", SYSTEM_TEXTS)

    def add_user(self, _room: int = 0) -> None:
        """Add a user message."""
        self._add("user", USER_TEXTS)

    def add_answer(self, _room: int) -> None:
        """Add an answer of the assistant and a user message."""
        self._add("assistant", texts())
        self.add_user()

    def add_tools(self, room: int) -> None:
        """Add one or several calls in one message, and their results in any order."""
        count = self._draw(COUNTS[min(MAX_PARALLEL_CALLS, room - 1)])
        calls = [self._call() for _ in range(count)]
        self._add("assistant", FILLERS, tool_calls=calls)
        for number in self._draw(ORDERS[count]):
            self._add("tool", RESULTS, tool_call_id=calls[number]["id"])

    def _call(self) -> Message:
        self._calls += 1
        arguments = codec.encode_arguments(self._draw(json_objects()))
        function = {"name": self._draw(self._names), "arguments": arguments}
        return {"id": f"call_{self._calls}", "type": "function", "function": function}

    def _add(self, role: str, content: st.SearchStrategy[Any], **fields: Any) -> None:
        message = {"role": role, "content": self._draw(content), **fields}
        if message["content"] is None and self._draw(st.booleans()):
            del message["content"]
        if role in ("user", "system") and self._draw(RARELY):
            message["name"] = "asha"  # a field that the schema does not know and accepts
        self.messages.append(message)


class Continuation(NamedTuple):
    """One way to continue a conversation.

    Attributes:
        add: Adds messages to the conversation, at most as many as there is room for.
        size: The smallest number of messages that it adds.
        tools: Whether it uses tools.
    """

    add: Callable[[_Growing, int], None]
    size: int
    tools: bool = False


USER_ONLY: Final = (Continuation(_Growing.add_user, 1),)
WITHOUT_TOOLS: Final = (*USER_ONLY, Continuation(_Growing.add_answer, 2))
ALL_CONTINUATIONS: Final = (
    *WITHOUT_TOOLS,
    Continuation(_Growing.add_tools, TOOL_MESSAGES, tools=True),
)


def _content_parts(text: str) -> list[Message]:
    """Return a text as content parts, which some clients send."""
    return [{"type": "text", "text": text}]


SYSTEM_TEXTS: Final = st.sampled_from(SYSTEM_PROMPTS) | texts()
USER_TEXTS: Final = texts() | texts().map(_content_parts)
FILLERS: Final = texts() | st.none()
RESULTS: Final = texts() | json_values().map(codec.encode_arguments)
COUNTS: Final = [st.integers(1, max(1, most)) for most in range(MAX_PARALLEL_CALLS + 1)]
ORDERS: Final = [st.permutations(range(count)) for count in range(MAX_PARALLEL_CALLS + 1)]
RARELY: Final = st.integers(0, 7).map(lambda number: number == 7)
