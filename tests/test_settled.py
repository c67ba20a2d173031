"""Assertions inside an event loop: `await electron.settled()`, and the message without it."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import anyio
import pytest
from client_libraries import async_openai_client
from lanes import arrival, ask
from raw_http import user

from mock_electron import Electron, StillInFlightError, faults
from mock_electron.engine.ready import AnyAnswer
from mock_electron.testing import settling

BACKENDS: Final = ("asyncio", "trio")
READERS: Final[dict[str, Callable[[Electron], Any]]] = {
    "exchanges": lambda electron: electron.exchanges,
    "assert_called": lambda electron: electron.assert_called(),
    "assert_cancelled": lambda electron: electron.assert_cancelled(),
    "assert_retried": lambda electron: electron.assert_retried(503),
    "explain_miss": lambda electron: electron.explain_miss(0),
}


def open_answer(electron: Electron) -> AnyAnswer:
    return electron._lane.open(arrival(stream=True))


def test_a_blocked_loop_is_named(electron: Electron, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says that the loop is blocked and what to write, after a short wait."""
    assert settling.BLOCKED_TIME <= 1
    monkeypatch.setattr(settling, "BLOCKED_TIME", 0.01)
    answer = open_answer(electron)
    for backend in BACKENDS:
        for name, read in READERS.items():

            async def assertion(read: Callable[[Electron], Any] = read) -> None:
                read(electron)

            with pytest.raises(StillInFlightError) as error:
                anyio.run(assertion, backend=backend)
            message = str(error.value)
            assert message.startswith("answers are still in flight after 0.01 s: exchange #0"), name
            assert "blocks the event loop of this thread" in message
            assert "await electron.settled()" in message
            assert "Read the stream" not in message
    electron._lane.close(answer, 1)


def test_a_stream_outside_a_loop_is_named_as_before(electron: Electron) -> None:
    """Without an event loop, the message is about the stream."""
    answer = open_answer(electron)
    with pytest.raises(StillInFlightError, match=r"after 0 s.* Read the stream to its end"):
        electron._lane.exchanges(0)
    electron._lane.close(answer, 1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_settled_waits_without_blocking(electron: Electron, backend: str) -> None:
    """Another task ends the answer while `settled` waits; then assertions do not wait."""
    answer = open_answer(electron)

    async def leave() -> None:
        await anyio.sleep(0.005)
        electron._lane.close(answer, 1)

    async def wait() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(leave)
            exchanges = await electron.settled()
        assert [exchange.outcome for exchange in exchanges] == ["client left"]
        electron.assert_cancelled()

    anyio.run(wait, backend=backend)


def test_settled_gives_up(electron: Electron, monkeypatch: pytest.MonkeyPatch) -> None:
    """StillInFlightError about the stream, because the loop was not blocked."""
    monkeypatch.setattr(settling, "SETTLING_TIME", 0.02)
    answer = open_answer(electron)
    with pytest.raises(StillInFlightError, match=r"after 0.02 s: .* Read the stream to its end"):
        asyncio.run(electron.settled())
    electron._lane.close(answer, 1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_settled_without_requests_in_flight(electron: Electron, backend: str) -> None:
    """It returns the exchanges."""
    ask(electron._lane)
    assert len(anyio.run(electron.settled, backend=backend)) == 1


def test_a_journey_does_not_change_settled(electron: Electron) -> None:
    """It waits in real time and leaves the clock alone."""
    answer = open_answer(electron)

    async def wait() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.005, electron._lane.close, answer, 1)
        await electron.settled()

    before = electron.clock.now()
    with electron.clock.travel():
        asyncio.run(wait())
    assert electron.clock.now() == before


@pytest.mark.asyncio
async def test_a_client_that_closes_its_stream(electron: Electron) -> None:
    """The OpenAI client closes a stream in a task while the test awaits `settled`."""
    electron.inject(faults.Stall(seconds=30, after=1))

    async def listen() -> None:
        async with async_openai_client(electron) as client:
            options: Any = {"model": "electron", "messages": user("Hi"), "stream": True}
            async with await client.chat.completions.create(**options) as stream:
                async for _ in stream:
                    await asyncio.sleep(0)
                    return

    task = asyncio.create_task(listen())
    while not electron.exchanges_so_far:
        await asyncio.sleep(0.001)
    await electron.settled()
    electron.assert_cancelled()
    await task
