"""What holds of a client for every stream and every fault, as `mock_electron.strategies` draw them."""

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
from openai import OpenAI, OpenAIError
from openai.types.chat import ChatCompletionChunk
from raw_http import listen, user

from mock_electron import Electron, reply, strategies
from mock_electron.model.draft import Draft
from mock_electron.strategies import Assembled, Stream, replies, streams
from mock_electron.wire.reply import ToolCall, Usage

PATIENCE: Final = 0.2
"""Seconds after which the client gives up."""
FAR_TOO_LONG: Final = 20.0
ASKED: Final[Any] = {"model": "electron", "messages": user("Hi")}
STREAM: Final[Any] = ASKED | {"stream": True, "stream_options": {"include_usage": True}}
TYPED: Final = (OpenAIError, httpx2.HTTPError, JSONDecodeError)
"""What `openai` lets out: its own errors; while a stream is read, httpx2's too; of no JSON, json's."""

each: Final = partial(settings, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""All examples of a test share its lane; each begins by setting what it needs."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def client(electron: Electron) -> Iterator[OpenAI]:
    """A client with a connection for each request: what broke one is not to be met by the next."""
    headers = {"Connection": "close"}
    with openai_client(electron, timeout=PATIENCE, default_headers=headers) as client:
        yield client


@given(stream=streams())
@each(max_examples=40)
def test_openai_reassembles_every_stream(
    electron: Electron, client: OpenAI, stream: Stream
) -> None:
    """Whatever is said, and however its bytes are cut: text, calls, finish reason and usage."""
    electron.respond_with(lambda request: stream)
    patient = client.with_options(timeout=FAR_TOO_LONG)
    assert assembled(patient.chat.completions.create(**STREAM)) == stream.reply


def assembled(chunks: Any) -> Assembled:
    """A stream as a user of `openai` puts it together."""
    text, finish, usage = "", "", None
    calls: list[list[str]] = []
    for chunk in chunks:
        assert isinstance(chunk, ChatCompletionChunk)
        usage = usage_of(chunk) or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
            for part in choice.delta.tool_calls or ():
                assert part.function is not None
                if part.id is not None:
                    calls.append([part.id, part.function.name or "", ""])
                calls[part.index][2] += part.function.arguments or ""
    return Assembled(text, tuple(ToolCall(*call) for call in calls), finish, usage)


def usage_of(chunk: ChatCompletionChunk) -> Usage | None:
    usage = chunk.usage
    if usage is None or usage.prompt_tokens_details is None:
        return None
    cached = usage.prompt_tokens_details.cached_tokens or 0
    return Usage(usage.prompt_tokens, usage.completion_tokens, cached)


@given(said=replies())
@each(max_examples=25)
def test_openai_hears_the_same_whole_and_streamed(
    electron: Electron, client: OpenAI, said: Draft
) -> None:
    """Of every reply the text, the calls, and why it ended."""
    electron.respond_with(lambda request: said)
    patient = client.with_options(timeout=FAR_TOO_LONG)
    streamed = assembled(patient.chat.completions.create(**STREAM))
    [choice] = patient.chat.completions.create(**ASKED).choices
    calls = [
        (call.function.name, call.function.arguments) for call in choice.message.tool_calls or ()
    ]
    assert calls == [(call.name, call.arguments) for call in streamed.calls]
    assert (choice.message.content or "", choice.finish_reason) == (
        streamed.content,
        streamed.finish_reason,
    )


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
@given(data=st.data())
@each(max_examples=40)
def test_openai_ends_after_every_fault(
    streamed: bool,
    electron: Electron,
    client: OpenAI,
    pool: ThreadPoolExecutor,
    data: st.DataObject,
) -> None:
    """In a result or in an error of a known type; never in another one, and never not at all."""
    fault = data.draw(strategies.faults(stream=streamed))
    electron.respond_with(lambda request: reply("It is 31 °C in Mumbai, they say."))
    electron.clear_faults()
    electron.inject(fault)
    try:
        pool.submit(ask, client, streamed).result(FAR_TOO_LONG)
    except TYPED:
        broken = True
    else:
        broken = False
    [met] = electron.exchanges.last.faults or (None,)
    assert met in (fault, None)
    assert not broken or met is not None


def ask(client: OpenAI, streamed: bool) -> object:
    if streamed:
        return assembled(client.chat.completions.create(**STREAM))
    return client.chat.completions.create(**ASKED)


# --- a planted bug, over a socket


def test_a_planted_bug_is_found_over_a_socket(electron: Electron) -> None:
    """A client that decodes each write by itself: its test ends with a character in two writes."""
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
