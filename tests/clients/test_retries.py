"""The retries of the client libraries, and the limits of plans.

Both libraries retry twice by default. `openai` documents for which errors: 408, 409, 429, 5xx,
failed connections and timeouts; a stream is never retried after it has begun. `smallestai`
documents only "retryable requests".
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import floor
from typing import Any, Final

import httpx
import openai
import pytest
from client_libraries import (
    async_openai_client,
    async_smallestai_client,
    openai_client,
    smallestai_client,
)
from raw_http import chat, connect, receive_all, request_bytes, user
from smallestai.core.api_error import ApiError

from mock_electron import Electron, ErrorName, Pace, faults
from mock_electron.engine.plan import PlanName
from mock_electron.wire.errors import ERRORS

RETRIES: Final = 2
"""The default of both libraries."""
WHOLE: Any = {"model": "electron", "messages": user("How is the weather?")}
STREAM: Any = WHOLE | {"stream": True}
Ask = Callable[..., str]
"""Asks with the given options of the client, and returns the text."""


def ask(electron: Electron, **options: Any) -> str:
    with openai_client(electron, **{"max_retries": RETRIES} | options) as client:
        content = client.chat.completions.create(**WHOLE).choices[0].message.content
        assert isinstance(content, str)
        return content


def stream(electron: Electron, **options: Any) -> str:
    with openai_client(electron, **{"max_retries": RETRIES} | options) as client:
        chunks = client.chat.completions.create(**STREAM)
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def ask_smallestai(electron: Electron, **options: Any) -> str:
    with smallestai_client(electron, **{"max_retries": RETRIES} | options) as client:
        content = client.complete(**WHOLE).choices[0].message.content
        assert isinstance(content, str)
        return content


async def ask_async(electron: Electron) -> None:
    async with async_openai_client(electron, max_retries=RETRIES) as client:
        await client.chat.completions.create(**WHOLE)


async def ask_smallestai_async(electron: Electron) -> None:
    async with async_smallestai_client(electron, max_retries=RETRIES) as client:
        await client.complete(**WHOLE)


CLIENTS: Final = [
    pytest.param(ask, openai.APIStatusError, id="openai"),
    pytest.param(stream, openai.APIStatusError, id="openai-stream"),
    pytest.param(ask_smallestai, ApiError, id="smallestai"),
]
"""How to ask, and the exception for an error."""


@pytest.fixture
def no_waiting(electron: Electron, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `time.sleep` advance the lane's clock instead of waiting."""
    monkeypatch.setattr(time, "sleep", electron.clock.advance)


def statuses(electron: Electron) -> list[int]:
    return [exchange.status for exchange in electron.exchanges]


def pauses(electron: Electron) -> list[float]:
    """Return the seconds between arrivals, by the lane's clock."""
    arrivals = [exchange.arrived_at for exchange in electron.exchanges]
    return [later - earlier for earlier, later in pairwise(arrivals)]


# Errors


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(
    "kind", [error.name for error in ERRORS if error.status in (408, 429) or error.status >= 500]
)
@pytest.mark.parametrize(("client", "_error"), CLIENTS)
def test_clients_recover_from_errors(
    kind: ErrorName, client: Ask, _error: type[Exception], electron: Electron
) -> None:
    """After two retryable errors, the third attempt is answered."""
    electron.fail(kind, times=2)
    electron.reply("Hi!")
    assert client(electron) == "Hi!"
    assert statuses(electron)[2] == 200
    assert {exchange.error.name for exchange in electron.exchanges if exchange.error} == {kind}
    assert [exchange.occurrence for exchange in electron.exchanges] == [0, 1, 2]


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(
    ("client", "first", "second"),
    [
        pytest.param(ask, (0.375, 0.5), (0.75, 1.0), id="openai"),
        pytest.param(ask_smallestai, (0.9, 1.1), (1.8, 2.2), id="smallestai"),
    ],
)
def test_clients_back_off(
    client: Ask, first: tuple[float, float], second: tuple[float, float], electron: Electron
) -> None:
    """The pause starts at half a second or a second, with jitter, and doubles."""
    electron.fail(502, times=2)
    client(electron)
    assert statuses(electron) == [502, 502, 200]
    for pause, (least, most) in zip(pauses(electron), (first, second), strict=True):
        assert least - 1e-6 <= pause <= most + 1e-6


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(("client", "error"), CLIENTS)
def test_clients_give_up(client: Ask, error: type[Exception], electron: Electron) -> None:
    """After three attempts the library raises the error."""
    electron.fail(503, times=4)
    with pytest.raises(error, match="Upstream model overloaded"):
        client(electron)
    assert statuses(electron) == [503] * 3


@pytest.mark.parametrize(
    "kind", [error.name for error in ERRORS if error.status < 408 or error.status == 413]
)
@pytest.mark.parametrize(("client", "error"), CLIENTS)
def test_clients_do_not_retry_a_wrong_request(
    kind: ErrorName, client: Ask, error: type[Exception], electron: Electron
) -> None:
    """A request that is refused because of itself is sent once."""
    electron.fail(kind, times=3)
    with pytest.raises(error):
        client(electron)
    assert len(electron.exchanges) == 1


# Retry-After


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("kind", [429, 503])
@pytest.mark.parametrize(("client", "_error"), CLIENTS)
def test_clients_obey_retry_after(
    kind: int, client: Ask, _error: type[Exception], electron: Electron
) -> None:
    """Clients wait exactly `Retry-After` seconds instead of their own back-off."""
    electron.fail(kind, times=2, retry_after=7)
    assert client(electron)
    assert statuses(electron) == [kind, kind, 200]
    assert pauses(electron) == [7.0, 7.0]


@pytest.mark.electron(clock="real")
@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(("client", "_error"), CLIENTS)
def test_clients_obey_a_date_in_retry_after(
    client: Ask, _error: type[Exception], electron: Electron
) -> None:
    """Clients retry no earlier than the date, which is by the real clock."""
    electron.fail(429, retry_after=7, as_date=True)
    assert client(electron)
    first, second = electron.exchanges
    assert (first.status, second.status) == (429, 200)
    assert second.arrived_at >= floor(first.arrived_at + 7)


@pytest.mark.usefixtures("no_waiting")
def test_the_longest_retry_after_that_clients_obey(electron: Electron) -> None:
    """`openai` does not retry above two minutes; `smallestai` waits for at most one minute."""
    electron.fail(429, retry_after=121)
    with pytest.raises(openai.RateLimitError):
        ask(electron)
    assert statuses(electron) == [429]
    electron.fail(429, retry_after=121)
    assert ask_smallestai(electron)
    assert pauses(electron) == [0.0, 60.0]


@pytest.mark.electron(clock="real")
@pytest.mark.parametrize("ask_it", [ask_async, ask_smallestai_async], ids=["openai", "smallestai"])
@pytest.mark.asyncio
async def test_asynchronous_clients_wait_in_real_time(
    ask_it: Callable[[Electron], Any], electron: Electron
) -> None:
    """Without an advanced clock, `Retry-After: 1` takes at least a second."""
    electron.fail(429, retry_after=1)
    await ask_it(electron)
    assert statuses(electron) == [429, 200]
    assert pauses(electron)[0] >= 1


@pytest.mark.electron(clock="real")
def test_a_client_waits_in_real_time(electron: Electron) -> None:
    """The back-off of `openai` takes at least its minimum in real seconds."""
    electron.fail(502, times=2)
    assert ask(electron)
    first, second = pauses(electron)
    assert statuses(electron) == [502, 502, 200]
    assert first >= 0.375
    assert second >= 0.75


# Connections


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(
    "fault",
    [faults.Reset(), faults.Close(), faults.Cut(), faults.Cut(reset=True), faults.WrongLength(5)],
    ids=["reset", "close", "cut", "cut-by-reset", "wrong-length"],
)
def test_openai_recovers_from_a_broken_connection(fault: faults.Fault, electron: Electron) -> None:
    """A reply in one piece is requested again if its connection breaks at any point."""
    electron.inject(fault, times=2)
    assert ask(electron)
    assert [exchange.faults for exchange in electron.exchanges] == [(fault,), (fault,), ()]


@pytest.mark.usefixtures("no_waiting")
def test_openai_recovers_from_silence(electron: Electron) -> None:
    """A request that timed out is retried."""
    electron.inject(faults.Silence())
    assert ask(electron, timeout=0.3)
    assert [exchange.outcome for exchange in electron.exchanges] == ["client left", "complete"]


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(
    "fault",
    [faults.Close(), faults.Cut(), faults.WrongLength(5)],
    ids=["close", "cut", "wrong-length"],
)
def test_smallestai_recovers_from_a_closed_connection(
    fault: faults.Fault, electron: Electron
) -> None:
    """It retries if the connection was closed early."""
    electron.inject(fault, times=2)
    assert ask_smallestai(electron)
    assert [exchange.faults for exchange in electron.exchanges] == [(fault,), (fault,), ()]


@pytest.mark.parametrize(
    ("fault", "error"),
    [(faults.Reset(), httpx.ReadError), (faults.Silence(), httpx.ReadTimeout)],
    ids=["reset", "silence"],
)
def test_smallestai_does_not_retry_a_reset_or_a_timeout(
    fault: faults.Fault, error: type[Exception], electron: Electron
) -> None:
    """A limit of the library: it raises the errors of a reset and a timeout at once."""
    electron.inject(fault, times=2)
    with pytest.raises(error):
        ask_smallestai(electron, timeout=0.3 if error is httpx.ReadTimeout else 10)
    assert len(electron.exchanges) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.Cut(after=0), openai.APIConnectionError),
        (faults.Cut(after=3), openai.APIConnectionError),
        (faults.ErrorEvent(3), openai.APIError),
    ],
    ids=["cut-at-first", "cut", "error-event"],
)
def test_a_stream_is_not_retried(
    fault: faults.Fault, error: type[Exception], electron: Electron
) -> None:
    """`openai` does not retry a stream that has begun, as the program may have used its chunks."""
    electron.inject(fault, times=2)
    with pytest.raises(error):
        stream(electron)
    assert len(electron.exchanges) == 1


# Requests per minute


def rejected_retry_after(electron: Electron) -> Any:
    """Return the `Retry-After` of a request over the rate limit."""
    message = r"Rate limit exceeded\. Please retry after a short backoff\."
    with pytest.raises(openai.RateLimitError, match=message) as caught:
        ask(electron, max_retries=0)
    assert caught.value.type == "rate_limit_error"
    return caught.value.response.headers["retry-after"]


@pytest.mark.electron(plan="standard")
def test_the_eleventh_request_within_a_minute(electron: Electron) -> None:
    """It gets 429 with the documented message and an exact `Retry-After`, as the window slides."""
    for _ in range(10):
        assert ask(electron)
        electron.clock.advance(1)
    assert rejected_retry_after(electron) == "50"
    electron.clock.advance(49)
    assert rejected_retry_after(electron) == "1"
    electron.clock.advance(1)
    assert ask(electron)
    assert rejected_retry_after(electron) == "1"
    assert statuses(electron) == [200] * 10 + [429, 429, 200, 429]


@pytest.mark.electron(plan="standard")
@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(("client", "_error"), CLIENTS)
def test_clients_keep_to_the_plan_by_retrying(
    client: Ask, _error: type[Exception], electron: Electron
) -> None:
    """With retries, all of thirty requests are answered, ten in each minute."""
    for _ in range(30):
        assert client(electron)
    admitted = [exchange.arrived_at for exchange in electron.exchanges if exchange.status == 200]
    began = electron.exchanges[0].arrived_at
    assert [arrived - began for arrived in admitted] == [0.0] * 10 + [60.0] * 10 + [120.0] * 10
    assert statuses(electron).count(429) == 2


def admitted(electron: Electron, key: str, most: int) -> int:
    """Return how many sequential requests of a key are admitted, at most `most`."""
    authorization = {"Authorization": f"Bearer {key}"}
    for count in range(most):
        if chat(electron, WHOLE, **authorization).status == 429:
            return count
    return most


def test_each_key_is_an_account(electron: Electron) -> None:
    """Two keys select a plan; every other key has the plan of the lane, and its own count."""
    assert admitted(electron, "sk_mock_standard", 20) == 10
    assert admitted(electron, "sk_mock_enterprise", 210) == 200
    assert admitted(electron, "sk_mock", 20) == 20
    electron.plan("standard")
    assert admitted(electron, "sk_other", 20) == 10
    assert admitted(electron, "sk_another", 20) == 10
    assert admitted(electron, "sk_mock", 20) == 0
    electron.plan(requests_per_minute=12)
    assert admitted(electron, "sk_other", 20) == 2
    assert admitted(electron, "sk_mock_standard", 20) == 0
    assert len({exchange.account for exchange in electron.exchanges}) == 5


# Requests in flight


@pytest.fixture
def open_streams(electron: Electron) -> Iterator[list[Any]]:
    """Streams that a test leaves open, and that are closed at its end."""
    streams: list[Any] = []
    yield streams
    for chunks in streams:
        chunks.close()


@pytest.mark.electron(clock="real", pace=Pace(each=30.0))
@pytest.mark.parametrize(
    ("plan", "key", "most"),
    [
        pytest.param("standard", "sk_mock", 3, id="standard"),
        pytest.param("unlimited", "sk_mock_standard", 3, id="sk_mock_standard"),
        pytest.param("unlimited", "sk_mock_enterprise", 20, id="sk_mock_enterprise"),
    ],
)
def test_one_request_too_many_in_flight(
    plan: PlanName, key: str, most: int, open_streams: list[Any], electron: Electron
) -> None:
    """It is refused with the documented message, and admitted after another stream is closed."""
    electron.plan(plan)
    with openai_client(electron, api_key=key) as client:

        def begin() -> None:
            """Begin a stream that stays in flight, as its next token is due much later."""
            open_streams.append(client.chat.completions.create(**STREAM))
            next(open_streams[-1])

        for _ in range(most):
            begin()
        with pytest.raises(openai.RateLimitError, match="Concurrency limit reached") as caught:
            begin()
        assert caught.value.body is not None
        assert caught.value.type == "rate_limit_error"
        assert "retry-after" not in caught.value.response.headers
        open_streams.pop(0).close()
        for _ in range(500):
            try:
                begin()
            except openai.RateLimitError:
                time.sleep(0.01)  # the server has not yet noticed the disconnect
            else:
                break
        assert len(open_streams) == most
        assert electron.peak_in_flight == most
        with pytest.raises(openai.RateLimitError, match="Concurrency limit reached"):
            begin()
        while open_streams:
            open_streams.pop().close()
    assert electron.peak_in_flight == most
    assert statuses(electron).count(200) == most + 1


@pytest.mark.electron(clock="real")
@pytest.mark.parametrize("pace", [Pace(), Pace(each=0.001)], ids=["at-once", "paced"])
def test_a_slot_is_free_after_the_last_byte(pace: Pace, electron: Electron) -> None:
    """The next request on the same connection is never refused."""
    electron.plan(in_flight=1)
    electron.pace(pace)
    last = request_bytes(electron, WHOLE, {"Connection": "close"})
    with connect(electron) as connection:
        connection.sendall(request_bytes(electron, STREAM) + last)
        receive_all(connection)
    assert statuses(electron) == [200, 200]


@pytest.mark.electron(clock="real", pace=Pace(each=0.05), plan="standard")
@pytest.mark.asyncio
async def test_concurrent_requests_succeed_by_retrying(electron: Electron) -> None:
    """Of seven concurrent requests, three are in flight, and the others retry until admitted."""
    electron.reply("one two three four", times=7)
    async with async_openai_client(electron, max_retries=1000) as client:
        requests = [client.chat.completions.create(**WHOLE) for _ in range(7)]
        completions = await asyncio.gather(*requests)
    assert {c.choices[0].message.content for c in completions} == {"one two three four"}
    assert electron.peak_in_flight == 3
    assert statuses(electron).count(200) == 7
    refused = [exchange.error.name for exchange in electron.exchanges if exchange.error]
    assert set(refused) == {"concurrency"}
