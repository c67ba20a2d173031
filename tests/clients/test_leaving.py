"""Clients that disconnect during a stream, and connections that break.

The pause between two tokens is longer than any test, so a disconnect must be noticed within it.
"""

import asyncio
import gc
import json
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import openai
import pytest
from client_libraries import (
    async_openai_client,
    openai_client,
    smallestai_client,
)
from openai import OpenAI
from raw_http import TIMEOUT, connect, receive_all, request_bytes, user

from mock_electron import Electron, Pace, faults
from mock_electron.serve.connection import NO_LINGER
from mock_electron.serve.server import Server

TEXT: Final = "one two three four five six"
TOKENS: Final = 6
CHUNKS: Final = 1 + TOKENS + 2  # the role, the tokens, finish reason, usage
WHOLE: Any = {"model": "electron", "messages": user("Count to six.")}
STREAM: Any = WHOLE | {"stream": True, "stream_options": {"include_usage": True}}
CURL: Final = shutil.which("curl")
SLOW: Final = Pace(each=30.0)
"""The role and the first token are sent at once; the second token would be sent after the test."""

Leaving = Callable[[Electron], None]
"""Reads a stream up to its first token, and disconnects."""


def begin_on_a_socket(electron: Electron, requests: int = 1) -> socket.socket:
    """Return a connection on which the first token has arrived, after `requests` pipelined requests."""
    connection = connect(electron)
    connection.sendall(request_bytes(electron, STREAM) * requests)
    received = b""
    while b'"content":"one"' not in received:
        received += connection.recv(65536)
    return connection


def close_the_stream(electron: Electron) -> None:
    with openai_client(electron) as client:
        chunks = client.chat.completions.create(**STREAM)
        assert [next(chunks).choices[0].delta.content for _ in range(2)] == ["", "one"]
        chunks.close()


def leave_the_block(electron: Electron) -> None:
    with openai_client(electron) as client, client.chat.completions.create(**STREAM) as chunks:
        for chunk in chunks:
            if chunk.choices[0].delta.content:
                break


def close_the_client(electron: Electron) -> None:
    client = openai_client(electron)
    chunks = client.chat.completions.create(**STREAM)
    assert [next(chunks).choices[0].delta.content for _ in range(2)] == ["", "one"]
    client.close()


def time_out(electron: Electron) -> None:
    with openai_client(electron, timeout=3.0) as client, pytest.raises(openai.APITimeoutError):
        list(client.chat.completions.create(**STREAM))


def cancel_the_task(electron: Electron) -> None:
    async def listen(heard: asyncio.Event) -> None:
        async with async_openai_client(electron) as client:
            async for chunk in await client.chat.completions.create(**STREAM):
                if chunk.choices[0].delta.content:
                    heard.set()

    async def cancel() -> None:
        heard = asyncio.Event()
        task = asyncio.create_task(listen(heard))
        await heard.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(cancel())


def close_the_socket(electron: Electron) -> None:
    begin_on_a_socket(electron).close()


def reset_the_socket(electron: Electron) -> None:
    connection = begin_on_a_socket(electron)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    connection.close()


def kill_the_process(electron: Electron) -> None:
    if CURL is None:
        pytest.skip("curl is not installed")
    key = ("-H", f"Authorization: Bearer {electron.api_key}")
    body = ("-H", "Content-Type: application/json", "-d", json.dumps(STREAM))
    url = f"{electron.base_url}/chat/completions"
    arguments = [CURL, "-q", "-sS", "-N", "--noproxy", "*", *key, *body, url]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as program:
        assert program.stdout
        while b'"content":"one"' not in program.stdout.readline():
            pass
        program.kill()
    assert program.returncode == -signal.SIGKILL


WAYS_TO_LEAVE: Final[list[Leaving]] = [
    close_the_stream,
    leave_the_block,
    close_the_client,
    time_out,
    cancel_the_task,
    close_the_socket,
    reset_the_socket,
    kill_the_process,
]


@pytest.mark.electron(clock="real", pace=SLOW)
@pytest.mark.parametrize("leave", WAYS_TO_LEAVE)
def test_a_disconnect_is_noticed(leave: Leaving, electron: Electron) -> None:
    """The exchange ends at once, has the usage of the sent tokens, and its slot is free."""
    electron.plan(in_flight=1)
    electron.reply(TEXT)
    leave(electron)
    [exchange] = electron.exchanges
    assert exchange.outcome == "client left"
    assert (exchange.chunks, exchange.chunks_sent, exchange.chunks_left) == (CHUNKS, 2, CHUNKS - 2)
    assert exchange.usage is not None
    assert exchange.reply is not None
    assert exchange.usage.completion_tokens == 1
    assert exchange.reply.usage.completion_tokens == TOKENS
    assert exchange.usage.prompt_tokens == exchange.reply.usage.prompt_tokens
    assert exchange.usage.total_tokens == exchange.usage.prompt_tokens + 1
    assert exchange.duration is not None
    assert exchange.duration < SLOW.each
    electron.pace("instant")
    with openai_client(electron) as client:
        assert client.chat.completions.create(**WHOLE).choices[0].message.content
    assert electron.peak_in_flight == 1


@pytest.mark.electron(clock="real", pace=Pace(first=30.0, overhead=30.0))
def test_a_disconnect_before_a_reply_in_one_piece_is_noticed(electron: Electron) -> None:
    """If a client times out before the reply, nothing is sent, and the slot is free."""
    electron.plan(in_flight=1)
    with openai_client(electron, timeout=0.3) as client, pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(**WHOLE)
    assert [exchange.outcome for exchange in electron.exchanges] == ["client left"]
    with smallestai_client(electron, timeout=0.3) as smallest, pytest.raises(httpx.ReadTimeout):
        smallest.complete(**WHOLE)
    outcomes = [(exchange.outcome, exchange.chunks_sent) for exchange in electron.exchanges]
    assert outcomes == [("client left", 0)] * 2
    electron.pace("instant")
    with openai_client(electron) as client:
        assert client.chat.completions.create(**WHOLE).choices[0].message.content


@pytest.mark.electron(clock="real", pace=SLOW)
def test_a_disconnect_with_a_pipelined_request_is_noticed(electron: Electron) -> None:
    """A second request that waits on the connection does not hide the disconnect."""
    electron.plan(in_flight=1)
    electron.reply(TEXT)
    begin_on_a_socket(electron, requests=2).close()
    [exchange] = electron.exchanges
    assert (exchange.outcome, exchange.chunks_sent) == ("client left", 2)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (faults.Silence(), "client left"),
        (faults.Reset(), "cut by a fault"),
        (faults.Close(), "cut by a fault"),
        (faults.Cut(after=2), "cut by a fault"),
    ],
    ids=["silence", "reset", "close", "cut"],
)
def test_a_fault_ends_pipelined_requests(
    fault: faults.Fault, outcome: str, electron: Electron
) -> None:
    """A second request on the same connection is not answered, and holds no slot."""
    electron.plan(in_flight=1)
    electron.inject(fault)
    with connect(electron) as connection:
        connection.sendall(request_bytes(electron, STREAM) * 2)
        connection.settimeout(0.3 if isinstance(fault, faults.Silence) else TIMEOUT)
        with suppress(ConnectionResetError, TimeoutError):
            receive_all(connection)
    assert [exchange.outcome for exchange in electron.exchanges] == [outcome]
    with openai_client(electron) as client:
        assert client.chat.completions.create(**WHOLE).choices[0].message.content


# Many broken streams

BREAKS: Final[list[faults.Fault | None]] = [
    faults.Cut(after=3),
    faults.Cut(after=3, inside="character"),
    faults.Cut(reset=True),
    faults.Reset(),
    faults.Close(),
    None,
]
"""None is a client that disconnects."""
OPEN_FILES: Final = Path("/dev/fd")


def break_often(client: OpenAI, electron: Electron, rounds: int) -> None:
    """Break streams with each fault in turn, and disconnect in every sixth round."""
    for number in range(rounds):
        fault = BREAKS[number % len(BREAKS)]
        electron.pace("instant" if fault else SLOW)
        if fault is None:
            with client.chat.completions.create(**STREAM) as chunks:
                assert next(chunks).choices
        else:
            electron.inject(fault)
            with pytest.raises(openai.APIConnectionError):
                list(client.chat.completions.create(**STREAM))


def resources(server: Server) -> dict[str, int]:
    """Return the resources that must not grow."""
    gc.collect()  # the traceback of an exception references the socket of its client
    assert server._uvicorn._loop
    return {
        "open files": len(list(OPEN_FILES.iterdir())),
        "tasks": len(asyncio.all_tasks(server._uvicorn._loop)),
        "threads": threading.active_count(),
    }


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="this system does not list the open files")
@pytest.mark.electron(clock="real")
def test_two_hundred_broken_streams_leak_nothing(
    electron: Electron, electron_server: Server
) -> None:
    """They leak no open file, task, thread or slot, and the next request is answered."""
    electron.respond_with(lambda request: TEXT)
    with openai_client(electron) as client:
        break_often(client, electron, len(BREAKS))  # warm up
    assert len(electron.exchanges) == len(BREAKS)
    before = resources(electron_server)
    with openai_client(electron) as client:
        break_often(client, electron, 200)
        outcomes = Counter(exchange.outcome for exchange in electron.exchanges[len(BREAKS) :])
        assert outcomes == {"cut by a fault": 167, "client left": 33}
        electron.pace("instant")
        electron.plan(in_flight=1)
        assert client.chat.completions.create(**WHOLE).choices[0].message.content == TEXT
    end = time.monotonic() + 10
    while any((after := resources(electron_server))[name] > before[name] for name in before):
        assert time.monotonic() < end, f"{before} before, {after} after"
        time.sleep(0.01)
