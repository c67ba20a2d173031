"""Properties of `openai` for every stream and every fault of `mock_electron.strategies`."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from json import JSONDecodeError
from typing import Any, Final

import httpx2
import naive_sse
import pytest
from client_libraries import openai_client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openai import APITimeoutError, OpenAI, OpenAIError
from openai.types.chat import ChatCompletionChunk
from raw_http import listen, user

from mock_electron import Electron, faults, reply, strategies
from mock_electron.model.draft import Draft
from mock_electron.strategies import Assembled, Stream, replies, streams
from mock_electron.wire.reply import ToolCall, Usage

CLIENT_TIMEOUT: Final = 60.0
"""Seconds after which the client gives up; no answer in these tests takes that long."""
SILENCE_TIMEOUT: Final = 1.0
"""The client's timeout for `Silence`: long enough for a busy machine to read the request."""
HANG_TIMEOUT: Final = 120.0
"""Seconds after which a test assumes that the client hangs."""
REQUEST: Final[Any] = {"model": "electron", "messages": user("Hi")}
STREAM: Final[Any] = REQUEST | {"stream": True, "stream_options": {"include_usage": True}}
KNOWN_ERRORS: Final = (OpenAIError, httpx2.HTTPError, JSONDecodeError)
"""What `openai` raises: its own errors, httpx2's while a stream is read, and json's for no JSON."""

each: Final = partial(settings, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""All examples of a test share its lane. Each example sets up what it needs."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def client(electron: Electron) -> Iterator[OpenAI]:
    """A client with a new connection for each request, so that a fault affects no later one."""
    headers = {"Connection": "close"}
    with openai_client(electron, timeout=CLIENT_TIMEOUT, default_headers=headers) as client:
        yield client


@given(stream=streams())
@each(max_examples=40)
def test_openai_reassembles_every_stream(
    electron: Electron, client: OpenAI, stream: Stream
) -> None:
    """Text, calls, finish reason and usage are those of the stream, however its bytes are cut."""
    electron.respond_with(lambda request: stream)
    assert assembled(client.chat.completions.create(**STREAM)) == stream.reply


def assembled(chunks: Any) -> Assembled:
    """Assemble a stream as a user of `openai` does."""
    text, finish, usage = "", "", None
    calls: list[list[str]] = []
    for chunk in chunks:
        assert isinstance(chunk, ChatCompletionChunk)
        usage = usage_of(chunk) or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
            for piece in choice.delta.tool_calls or ():
                assert piece.function is not None
                if piece.id is not None:
                    calls.append([piece.id, piece.function.name or "", ""])
                calls[piece.index][2] += piece.function.arguments or ""
    return Assembled(text, tuple(ToolCall(*call) for call in calls), finish, usage)


def usage_of(chunk: ChatCompletionChunk) -> Usage | None:
    usage = chunk.usage
    if usage is None or usage.prompt_tokens_details is None:
        return None
    cached = usage.prompt_tokens_details.cached_tokens or 0
    return Usage(usage.prompt_tokens, usage.completion_tokens, cached)


@given(said=replies())
@each(max_examples=25)
def test_openai_gets_the_same_reply_whole_and_streamed(
    electron: Electron, client: OpenAI, said: Draft
) -> None:
    """Text, calls and finish reason of a reply are the same with and without streaming."""
    electron.respond_with(lambda request: said)
    streamed = assembled(client.chat.completions.create(**STREAM))
    [choice] = client.chat.completions.create(**REQUEST).choices
    calls = [
        (call.function.name, call.function.arguments) for call in choice.message.tool_calls or ()
    ]
    assert calls == [(call.name, call.arguments) for call in streamed.calls]
    assert (choice.message.content or "", choice.finish_reason) == (
        streamed.content,
        streamed.finish_reason,
    )


STREAMED: Final = pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])


@STREAMED
@given(data=st.data())
@each(max_examples=40)
def test_openai_ends_after_every_fault(
    streamed: bool,
    electron: Electron,
    client: OpenAI,
    pool: ThreadPoolExecutor,
    data: st.DataObject,
) -> None:
    """After any fault, the client returns a result or raises an error of a known type, in time.

    `Silence` is tested below: it ends only with the client's timeout.
    """
    drawn = strategies.faults(stream=streamed)
    fault = data.draw(drawn.filter(lambda fault: not isinstance(fault, faults.Silence)))
    electron.respond_with(lambda request: reply("It is 31 °C in Mumbai, they say."))
    electron.clear_faults()
    electron.inject(fault)
    try:
        pool.submit(ask, client, streamed).result(HANG_TIMEOUT)
    except KNOWN_ERRORS:
        failed = True
    else:
        failed = False
    [applied] = electron.exchanges.last.faults or (None,)
    assert applied in (fault, None)
    assert not failed or applied is not None


@STREAMED
def test_openai_gives_up_after_silence(
    streamed: bool, electron: Electron, client: OpenAI, pool: ThreadPoolExecutor
) -> None:
    """If no answer arrives, the client raises its timeout error."""
    electron.inject(faults.Silence())
    impatient = client.with_options(timeout=SILENCE_TIMEOUT)
    with pytest.raises(APITimeoutError):
        pool.submit(ask, impatient, streamed).result(HANG_TIMEOUT)
    assert electron.exchanges.last.faults == (faults.Silence(),)


def ask(client: OpenAI, streamed: bool) -> object:
    if streamed:
        return assembled(client.chat.completions.create(**STREAM))
    return client.chat.completions.create(**REQUEST)


# --- a planted bug, over a socket


def test_a_planted_bug_is_found_over_a_socket(electron: Electron) -> None:
    """The test of a client that decodes each write alone fails with one character in two writes."""
    found: list[Stream] = []

    @given(stream=streams(calls=False))
    @settings(max_examples=50, phases=[Phase.generate, Phase.shrink])
    def reassembles(stream: Stream) -> None:
        electron.respond_with(lambda request: stream)
        found.append(stream)
        naive_sse.decodes_each_write(listen(electron, STREAM).writes)

    with pytest.raises(UnicodeDecodeError) as failed:
        reassembles()
    smallest = found[-1]
    assert len(smallest.reply.content) == 1
    assert len(smallest.writes) == 2
    shown = "\n".join(failed.value.__notes__)
    assert f"stream=Stream(reply={smallest.reply!r}," in shown
    assert all(f"{write!r}," in shown for write in smallest.writes)
