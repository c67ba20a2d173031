"""`electron.clock.travel()`: sleeps advance the lane's clock and return at once, and are restored."""

import asyncio
import functools
import gc
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from time import sleep as imported_sleep
from typing import Any, Final

import anyio
import openai
import pytest
import tenacity
import trio
from client_libraries import (
    async_openai_client,
    async_smallestai_client,
    openai_client,
    smallestai_client,
)
from raw_http import chat, user

from mock_electron import ChatRequest, Electron
from mock_electron.engine.clock import FROZEN_AT, LaneClock
from mock_electron.engine.travel import SERVER_THREAD, Journey

HI: Final[Any] = {"model": "electron", "messages": user("Hi")}


def by_default(seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
    sleep(seconds)


def by_keyword(seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    sleep(seconds)


class Waits:
    """A client that keeps its `sleep` in a class."""

    sleep = time.sleep

    def by_method(self, seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
        sleep(seconds)


async def asyncio_wait(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def anyio_wait(seconds: float) -> None:
    await anyio.sleep(seconds)


async def trio_wait(seconds: float) -> None:
    await trio.sleep(seconds)


def in_a_thread(wait: Callable[[float], None]) -> Callable[[float], None]:
    def run(seconds: float) -> None:
        thread = threading.Thread(target=wait, args=(seconds,))
        thread.start()
        thread.join()

    return run


def by_tenacity(seconds: float) -> None:
    waits = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(2), wait=tenacity.wait_fixed(seconds)
    )
    answers = iter([ValueError, None])

    def answer() -> None:
        if error := next(answers):
            raise error

    waits(answer)


WAYS: Final[dict[str, Callable[[float], Any]]] = {
    "time.sleep": lambda seconds: time.sleep(seconds),
    "from time import sleep": lambda seconds: imported_sleep(seconds),
    "a default argument": by_default,
    "a keyword-only default": by_keyword,
    "a class attribute": lambda seconds: Waits.sleep(seconds),
    "a default of a method": lambda seconds: Waits().by_method(seconds),
    "asyncio": lambda seconds: asyncio.run(asyncio_wait(seconds)),
    "a task of asyncio": lambda seconds: asyncio.run(asyncio.sleep(seconds)),
    "anyio on asyncio": lambda seconds: anyio.run(anyio_wait, seconds),
    "anyio on trio": lambda seconds: anyio.run(anyio_wait, seconds, backend="trio"),
    "trio": lambda seconds: trio.run(trio_wait, seconds),
    "a thread": in_a_thread(lambda seconds: time.sleep(seconds)),
    "a thread with an event loop": in_a_thread(lambda s: asyncio.run(asyncio_wait(s))),
    "tenacity": by_tenacity,
}


FUNCTIONS: Final = (types.FunctionType, types.BuiltinFunctionType)


def names() -> dict[tuple[str, str], object]:
    """Return every global name of a loaded module whose value is a function `sleep`."""
    return {
        (module, name): value
        for module, loaded in list(sys.modules.items())
        for name, value in list(getattr(loaded, "__dict__", {}).items())
        if type(value) in FUNCTIONS and value.__name__ == "sleep"
    }


@pytest.fixture(scope="module")
def modules() -> Iterator[None]:
    """Fail if the tests leave a replacement behind in any module. To search all takes a while."""
    assert callable(anyio.sleep)  # anyio imports it on first use
    before = names()
    yield
    after = names()
    assert {name: after.get(name) for name in before} == before
    imported = {name: value for name, value in after.items() if name not in before}
    assert [
        name for name, value in imported.items() if value.__module__ == Journey.__module__
    ] == []


@pytest.fixture
def untouched(modules: None) -> Iterator[None]:
    """Fail if the test leaves a replacement behind in this module or in `time`."""
    yield
    assert by_default.__defaults__ == (time.sleep,)
    assert by_keyword.__kwdefaults__ == {"sleep": time.sleep}
    assert Waits.sleep is imported_sleep is time.sleep
    assert type(time.sleep) is types.BuiltinFunctionType


pytestmark = pytest.mark.usefixtures("untouched")


def test_every_sleep_advances_the_clock(electron: Electron) -> None:
    """By whatever name a client sleeps, an hour takes no time and the clock moves by an hour."""
    wrong = {}
    with electron.clock.travel():
        for name, wait in WAYS.items():
            before = electron.clock.now()
            wait(3600)
            if electron.clock.now() != before + 3600:
                wrong[name] = electron.clock.now() - before
    assert wrong == {}


def test_the_sleeps_are_put_back_after_an_exception(electron: Electron) -> None:
    """The exception is passed on, and all functions are restored."""
    with pytest.raises(KeyError), electron.clock.travel():
        raise KeyError


def test_journeys_of_one_lane_can_be_nested(electron: Electron) -> None:
    """A sleep counts once, until the outer block ends."""
    with electron.clock.travel():
        with electron.clock.travel():
            time.sleep(10)
        time.sleep(5)
    assert electron.clock.now() == FROZEN_AT + 15


def test_two_lanes_travel_together() -> None:
    """A sleep advances both clocks, and blocks may end in any order."""
    one, other = LaneClock("frozen"), LaneClock("frozen")
    first, second = one.travel(), other.travel()
    first.__enter__()
    second.__enter__()
    time.sleep(10)
    first.__exit__(None, None, None)
    time.sleep(5)
    second.__exit__(None, None, None)
    assert (one.now(), other.now()) == (FROZEN_AT + 10, FROZEN_AT + 15)


def test_journeys_may_begin_and_end_in_threads() -> None:
    """Eight threads enter, sleep and leave: each clock moves at least by its own sleep."""
    clocks = [LaneClock("frozen") for _ in range(8)]

    def travel(clock: LaneClock) -> None:
        with clock.travel():
            time.sleep(7)

    threads = [threading.Thread(target=travel, args=(clock,)) for clock in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [clock for clock in clocks if clock.now() < FROZEN_AT + 7] == []


def test_sleeps_of_tasks_overlap(electron: Electron) -> None:
    """Tasks that sleep at the same time wake in the order of their deadlines."""
    woken = []

    async def wait(seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append((seconds, electron.clock.now() - FROZEN_AT))

    async def tick() -> None:
        for _ in range(3):
            await wait(15)

    async def talk() -> None:
        await asyncio.gather(wait(60), wait(10), tick(), wait(20))

    with electron.clock.travel():
        asyncio.run(talk())
    assert woken == [(10, 10), (15, 15), (20, 20), (15, 30), (15, 45), (60, 60)]


def test_a_task_that_never_runs_again_does_not_stop_others(electron: Electron) -> None:
    """The sleeper of a stopped loop, with an earlier deadline, does not keep others waiting."""
    with electron.clock.travel():
        journey = Journey.current()
        assert journey
        journey._sleepers.append((threading.get_ident(), 0.5))
        asyncio.run(asyncio_wait(60))
    assert electron.clock.now() == FROZEN_AT + 60


def test_a_cancelled_sleep_does_not_advance(electron: Electron) -> None:
    """The clock does not move for a task that was cancelled before it woke."""

    async def cancel() -> None:
        task = asyncio.create_task(asyncio_wait(60))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    with electron.clock.travel():
        asyncio.run(cancel())
    assert electron.clock.now() == FROZEN_AT


def test_other_sleeps_behave_as_before(electron: Electron) -> None:
    """Zero yields to other tasks, a result is returned, wrong values raise the same errors."""
    order = []

    async def yields() -> None:
        async def other() -> None:
            order.append("other")

        task = asyncio.create_task(other())
        await asyncio.sleep(0)
        order.append("first")
        await task
        assert await asyncio.sleep(5, "result") == "result"
        await asyncio.sleep(-1)

    with electron.clock.travel():
        asyncio.run(yields())
        for wrong in (-1, "x", None, float("nan"), float("inf")):
            with pytest.raises((ValueError, TypeError, OverflowError)):
                time.sleep(wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong on purpose
        assert asyncio.iscoroutinefunction(asyncio.sleep)
    assert order == ["other", "first"]
    assert electron.clock.now() == FROZEN_AT + 5


def test_the_fake_keeps_its_pauses(electron_lane: Callable[..., Electron]) -> None:
    """A paced reply on a real clock takes its time, and user functions sleep in real time."""
    electron = electron_lane(clock="real")
    electron.pace(first=0.03, overhead=0.03)

    def respond(_: ChatRequest) -> str:
        time.sleep(0.02)
        return threading.current_thread().name

    electron.respond_with(respond)
    with electron.clock.travel():
        began = time.monotonic()
        answer = chat(electron, HI)
    assert time.monotonic() - began >= 0.02
    assert answer.json["choices"][0]["message"]["content"] == SERVER_THREAD
    assert electron.clock.now() - time.time() == pytest.approx(0, abs=5)


def test_a_module_that_is_imported_in_the_block_is_restored(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`from time import sleep` in the block does not keep the replacement."""
    module: Any = types.ModuleType("imported_on_the_way")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with electron.clock.travel():
        exec("from time import sleep", module.__dict__)  # noqa: S102 (our own source)
        module.sleep(60)
    assert module.sleep is time.sleep
    assert electron.clock.now() == FROZEN_AT + 60


def test_a_replacement_that_was_kept_sleeps_in_real_time(electron: Electron) -> None:
    """A function object that the test took from the block passes calls on after its end."""
    with electron.clock.travel():
        kept = functools.partial(time.sleep)
    kept(0.001)
    assert electron.clock.now() == FROZEN_AT


# --- clients


def sync_openai(electron: Electron) -> None:
    with openai_client(electron, max_retries=2) as client:
        client.chat.completions.create(**HI)


def async_openai(electron: Electron) -> None:
    async def ask() -> None:
        async with async_openai_client(electron, max_retries=2) as client:
            await client.chat.completions.create(**HI)

    asyncio.run(ask())


def sync_smallestai(electron: Electron) -> None:
    with smallestai_client(electron) as client:
        client.complete(**HI, request_options={"max_retries": 2})


def async_smallestai(electron: Electron) -> None:
    async def ask() -> None:
        async with async_smallestai_client(electron) as client:
            await client.complete(**HI, request_options={"max_retries": 2})

    asyncio.run(ask())


def tenacity_client(electron: Electron) -> None:
    retries = tenacity.Retrying(
        wait=tenacity.wait_fixed(60), retry=tenacity.retry_if_exception_type(openai.RateLimitError)
    )
    with openai_client(electron, max_retries=0) as client:
        retries(lambda: client.chat.completions.create(**HI))


CLIENTS: Final = (sync_openai, async_openai, sync_smallestai, async_smallestai, tenacity_client)


@pytest.mark.parametrize("ask", CLIENTS, ids=lambda ask: ask.__name__)
@pytest.mark.electron(plan="standard", travel=True)
def test_a_client_obeys_a_limit_without_waiting(
    electron: Electron, ask: Callable[[Electron], None]
) -> None:
    """The eleventh request gets a 429, waits a minute by the lane's clock, and gets a reply."""
    for _ in range(10):
        assert chat(electron, HI).status == 200
    ask(electron)
    assert [e.status for e in electron.exchanges][10:] == [429, 200]
    electron.assert_retried(429, min_pause=59)


def test_the_marker_and_the_lane_begin_a_journey(pytester: pytest.Pytester) -> None:
    """`travel=True` lasts for one test; a wrong value is an error that names it."""
    pytester.makepyfile(
        """
import time
import pytest

@pytest.mark.electron(travel=True)
def test_marker(electron):
    time.sleep(3600)
    assert electron.clock.now() == 1740003600

def test_lane(electron_lane):
    electron = electron_lane(travel=True)
    time.sleep(3600)
    assert electron.clock.now() == 1740003600

def test_after():
    assert type(time.sleep) is type(len)

@pytest.mark.electron(travel="yes")
def test_wrong_marker(electron):
    pass
"""
    )
    ran = pytester.runpytest_inprocess()
    ran.assert_outcomes(passed=3, errors=1)
    ran.stdout.fnmatch_lines(["*@pytest.mark.electron: travel must be True or False, got 'yes'*"])


def test_a_journey_begins_while_modules_are_imported(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Garbage collection runs at any time, and what it finalises may import a module."""
    added: list[str] = []

    def add_module(phase: str, _: dict[str, int]) -> None:
        if phase == "start" and len(added) < 2_000:
            added.append(f"imported_{len(added)}")
            monkeypatch.setitem(sys.modules, added[-1], types.ModuleType(added[-1]))

    pairs = [(n, n) for n in range(5_000)]  # Python has no spare ones then, and collects garbage
    before = gc.get_threshold()
    gc.callbacks.append(add_module)
    gc.set_threshold(200)
    try:
        with electron.clock.travel():
            time.sleep(3600)
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(add_module)
    assert added
    assert pairs
    assert electron.clock.now() == FROZEN_AT + 3600
