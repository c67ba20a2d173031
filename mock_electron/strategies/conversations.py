"""Conversations that a client may send: every tool message answers a call that came before it."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from mock_electron.inputs.spelling import checked_keywords
from mock_electron.strategies.options import check_sizes, check_switches
from mock_electron.strategies.texts import json_objects, json_values, texts, tool_names
from mock_electron.wire import codec
from mock_electron.wire.schema import MAX_MESSAGES

Message = dict[str, Any]

SYSTEM_PROMPTS: Final = (
    "You are a helpful assistant.",
    "You are a voice agent. Speak a short filler phrase before you use a tool.",
    "Answer in Hindi.",
)
MOST_CALLS: Final = 3
TOOL_TURN: Final = 2
"""A call and its result."""


@checked_keywords
def conversations(
    *,
    min_messages: int = 1,
    max_messages: int = 6,
    system: bool | None = None,
    tool_turns: bool | None = None,
) -> st.SearchStrategy[list[Message]]:
    """Conversations, ready to be sent: the last message is the user's, or a tool's.

    min_messages, max_messages: so many, from 1 to 200. system: whether a system message comes
    first. tool_turns: whether tools were called, one or several at once, again and again; each
    result has the id of a call before it. None means either. Raises ValueError.

    @given(messages=conversations(tool_turns=True))
    def test_any_conversation(messages): ...
    """
    check_switches(system=system, tool_turns=tool_turns)
    check_sizes("messages", min_messages, max_messages, 1, MAX_MESSAGES)
    needed = 1 + bool(system) + (TOOL_TURN if tool_turns else 0)
    if max_messages < needed:
        raise ValueError(f"max_messages is {max_messages}, and this takes at least {needed}")
    turns = TURNS[:-1] if tool_turns is False else TURNS
    return conversation((min_messages, max_messages), turns, system, owed=bool(tool_turns))


@st.composite
def conversation(
    draw: st.DrawFn,
    size: tuple[int, int],
    turns: Sequence["Turn"],
    system: bool | None = None,
    *,
    owed: bool = False,
    names: Sequence[str] = (),
) -> list[Message]:
    """A conversation of at least and at most so many messages, made of these turns.

    owed: whether a turn with tools must be among them. names: of the tools; without them, any.
    """
    least, most = size
    talk = _Talk(draw, st.sampled_from(names) if names else tool_names())
    if system or (system is None and most > 1 + owed * TOOL_TURN and draw(st.booleans())):
        talk.system()
    talk.user()
    while owed or len(talk.messages) < least or (len(talk.messages) < most and draw(MORE)):
        room = most - len(talk.messages)
        kept = TOOL_TURN if owed else 0
        fitting = [
            turn for turn in turns if turn.size <= (room if turn.with_tools else room - kept)
        ]
        turn = draw(st.sampled_from(fitting))
        turn.take(talk, room)
        owed = owed and not turn.with_tools
    return talk.messages


MORE: Final = st.sampled_from([False, True, True])


class _Talk:
    """A conversation as it grows. Every turn leaves it ready to be sent."""

    def __init__(self, draw: st.DrawFn, names: st.SearchStrategy[str]) -> None:
        self.messages: list[Message] = []
        self._draw, self._names, self._calls = draw, names, 0

    def system(self) -> None:
        """The first message."""
        self._say("system", SYSTEM_TEXTS)

    def user(self, _room: int = 0) -> None:
        """The user speaks."""
        self._say("user", USER_TEXTS)

    def answer(self, _room: int) -> None:
        """The assistant has answered, and the user goes on."""
        self._say("assistant", texts())
        self.user()

    def tools(self, room: int) -> None:
        """The assistant calls one or several tools, and each has its result, in any order."""
        count = self._draw(COUNTS[min(MOST_CALLS, room - 1)])
        calls = [self._call() for _ in range(count)]
        self._say("assistant", FILLERS, tool_calls=calls)
        for number in self._draw(ORDERS[count]):
            self._say("tool", RESULTS, tool_call_id=calls[number]["id"])

    def _call(self) -> Message:
        self._calls += 1
        arguments = codec.encode_arguments(self._draw(json_objects()))
        function = {"name": self._draw(self._names), "arguments": arguments}
        return {"id": f"call_{self._calls}", "type": "function", "function": function}

    def _say(self, role: str, content: st.SearchStrategy[Any], **more: Any) -> None:
        message = {"role": role, "content": self._draw(content), **more}
        if message["content"] is None and self._draw(st.booleans()):
            del message["content"]
        if role in ("user", "system") and self._draw(RARELY):
            message["name"] = "asha"  # the schema does not know it, and lets it through
        self.messages.append(message)


class Turn(NamedTuple):
    """One way in which a conversation goes on.

    take: adds its messages, at most as many as there is room for. size: so many at least.
    """

    take: Callable[[_Talk, int], None]
    size: int
    with_tools: bool = False


TURNS: Final = (Turn(_Talk.user, 1), Turn(_Talk.answer, 2), Turn(_Talk.tools, TOOL_TURN, True))


def _parts(text: str) -> list[Message]:
    """The text as content parts, as some clients send it."""
    return [{"type": "text", "text": text}]


SYSTEM_TEXTS: Final = st.sampled_from(SYSTEM_PROMPTS) | texts()
USER_TEXTS: Final = texts() | texts().map(_parts)
FILLERS: Final = texts() | st.none()
RESULTS: Final = texts() | json_values().map(codec.encode_arguments)
COUNTS: Final = [st.integers(1, max(1, most)) for most in range(MOST_CALLS + 1)]
ORDERS: Final = [st.permutations(range(count)) for count in range(MOST_CALLS + 1)]
RARELY: Final = st.integers(0, 7).map(lambda number: number == 7)
