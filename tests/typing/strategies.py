"""The types of mock_electron.strategies, for type checkers. This file is not run."""

from typing import Any, assert_type

from hypothesis import given
from hypothesis.strategies import SearchStrategy
from openai import OpenAI

from mock_electron import Draft, Electron, ToolCall, Usage, strategies
from mock_electron.engine.faults.fault import Fault
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

Json = dict[str, Any]


def strategies_and_options() -> None:
    """Every strategy has a type, and accepts its options."""
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
    """Unknown options and wrong values are type errors."""
    strategies.chat_requests(max_message=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # wrong on purpose
    strategies.streams(usage="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong on purpose
    strategies.faults(seconds=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # wrong on purpose


def attributes_of_a_stream(stream: Stream) -> None:
    """A stream has its bytes and the expected reply."""
    assert_type(stream.reply, Assembled)
    assert_type(stream.reply.content, str)
    assert_type(stream.reply.calls, tuple[ToolCall, ...])
    assert_type(stream.reply.finish_reason, str)
    assert_type(stream.reply.usage, Usage | None)
    assert_type(stream.frames, tuple[bytes, ...])
    assert_type(stream.writes, tuple[bytes, ...])
    assert_type(stream.body, bytes)


def attributes_of_an_invalid_request(invalid: InvalidChatRequest) -> None:
    """An invalid request has its body and the expected issues."""
    assert_type(invalid.issues, tuple[Json, ...])


@given(stream=streams())
def test_reassembles(electron: Electron, client: OpenAI, stream: Stream) -> None:
    """A user function may return a drawn stream."""
    electron.respond_with(lambda request: stream)
    electron.when(turn=2).respond_with(lambda request: stream)


@given(said=replies(), fault=faults())
def test_survives(electron: Electron, said: Draft, fault: Fault) -> None:
    """A drawn fault can be injected."""
    electron.respond_with(lambda request: said)
    electron.inject(fault)
