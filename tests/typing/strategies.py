"""mock_electron.strategies as users write them. As in script.py, nobody runs this file."""

from typing import Any, assert_type

from hypothesis import given
from hypothesis.strategies import SearchStrategy
from openai import OpenAI

from mock_electron import Electron, Usage, strategies
from mock_electron.engine.faults import Fault
from mock_electron.model.draft import Draft
from mock_electron.strategies import (
    Assembled,
    InvalidChatRequest,
    Stream,
    chat_requests,
    conversations,
    faults,
    invalid_chat_requests,
    replies,
    streams,
    tool_schemas,
    tools,
)
from mock_electron.wire.reply import ToolCall

Json = dict[str, Any]


def what_they_draw() -> None:
    """The type of each, and its options."""
    assert_type(chat_requests(), SearchStrategy[Json])
    assert_type(
        chat_requests(
            min_messages=2, max_messages=9, tools=True, history=None, stream=False, max_tools=5
        ),
        SearchStrategy[Json],
    )
    assert_type(
        conversations(min_messages=1, max_messages=9, system=True, tool_turns=None),
        SearchStrategy[list[Json]],
    )
    assert_type(invalid_chat_requests(max_issues=1), SearchStrategy[InvalidChatRequest])
    assert_type(tool_schemas(), SearchStrategy[Json])
    assert_type(tools(min_tools=1, max_tools=2), SearchStrategy[list[Json]])
    assert_type(replies(calls=True, max_calls=2, max_size=99), SearchStrategy[Draft])
    assert_type(streams(calls=None, usage=True, max_tokens=9, max_calls=1), SearchStrategy[Stream])
    assert_type(faults(stream=True, seconds_at_most=0.5), SearchStrategy[Fault])


def wrong_options() -> None:
    """Names and values that there are not."""
    strategies.chat_requests(max_message=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    strategies.streams(usage="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    strategies.faults(seconds=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def what_a_stream_is(stream: Stream) -> None:
    """Its bytes, and what must come out."""
    assert_type(stream.reply, Assembled)
    assert_type(stream.reply.content, str)
    assert_type(stream.reply.calls, tuple[ToolCall, ...])
    assert_type(stream.reply.finish_reason, str)
    assert_type(stream.reply.usage, Usage | None)
    assert_type(stream.frames, tuple[bytes, ...])
    assert_type(stream.writes, tuple[bytes, ...])
    assert_type(stream.body, bytes)


def what_a_mistake_is(invalid: InvalidChatRequest) -> None:
    """Its body, and the issues that it must get."""
    assert_type(invalid.issues, tuple[Json, ...])


@given(stream=streams())
def test_reassembles(electron: Electron, client: OpenAI, stream: Stream) -> None:
    """A function may answer with what is drawn."""
    electron.respond_with(lambda request: stream)
    electron.when(turn=2).respond_with(lambda request: stream)


@given(said=replies(), fault=faults())
def test_survives(electron: Electron, said: Draft, fault: Fault) -> None:
    """And a fault may be injected."""
    electron.respond_with(lambda request: said)
    electron.inject(fault)
