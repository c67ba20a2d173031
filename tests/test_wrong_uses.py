"""Wrong uses of the interface: each message says what is wrong and what to write instead."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any, Final

import anyio
import pytest

import mock_electron
from mock_electron import Electron, call, fail, faults, reply
from mock_electron.engine.clock import LaneClock
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.match import Match
from mock_electron.testing.scripting import Scripted, When
from mock_electron.traffic.exchanges import Exchanges


def electron() -> Electron:
    return Electron(Lane(), "http://mock")


PACKAGE: Any = mock_electron


class ANY:
    """Functions without their types, for calls that a type checker refuses."""

    call: Any = staticmethod(call)
    reply: Any = staticmethod(reply)
    of: Any = staticmethod(Match.of)


USES: Final[list[tuple[Callable[[Any], object], str]]] = [
    (lambda e: e.inject(faults.Cut(), faults.Reset()), "Call inject() once for each fault."),
    (lambda e: e.inject("cut=3"), "write faults.Cut(after=3)"),
    (lambda e: e.inject("stall=2.5"), "write faults.Stall(seconds=2.5)"),
    (lambda e: e.inject("no-done"), "write faults.NoDone()"),
    (lambda e: e.fail(faults.Reset()), "got Reset(); write inject(faults.Reset())"),
    (lambda e: e.fail(faults.Cut, every=2), "write inject(faults.Cut())"),
    (lambda e: e.fail("reset", rate=0.1), "write inject(faults.Reset())"),
    (lambda e: e.when(turn=1).fail("NoDone"), "write inject(faults.NoDone())"),
    (lambda e: e.fail(fail(503)), "write fail(503), or inject() with this value"),
    (lambda e: e.reply([call("f"), call("g")]), "write reply(call(…), call(…)), without a list"),
    (lambda e: ANY.reply([call("f")]), "write reply(call(…), call(…)), without a list"),
    (lambda e: e.reply(faults.Reset()), "got Reset(); write inject(faults.Reset())"),
    (lambda e: e.when(turn=1).reply(fail(503)), "write fail(503)"),
    (lambda e: e.reply(lambda r: "x"), "write electron.respond_with(function)"),
    (lambda e: e.reply("One moment", call("f")), "write reply(call(…), filler='…')"),
    (lambda e: e.reply({"a": 1}), "write reply(json.dumps(…)) for JSON text"),
    (lambda e: e.reply(), "write reply('Hi!')"),
    (lambda e: e.reply(reply("x")), "or write its arguments here"),
    (lambda e: ANY.call("f", '{"city": "Pune"}'), "write call('f', city='Pune')"),
    (lambda e: ANY.call("f", "{}"), "write call('f')"),
    (lambda e: ANY.call("f", "not JSON"), "write call('f', argument=…)"),
    (lambda e: ANY.call("f").with_id(), "Write with_id('call_1')."),
    (lambda e: e.reset(script=True), "reset() got an unexpected keyword argument 'script'."),
    (lambda e: e.reset(script=True), "Name the parts: reset('script')."),
    (lambda e: e.fail(), "fail() needs the argument kind. Write fail(503)."),
    (lambda e: e.fail(503, 2), "fail() accepts 1 argument without a name, got 503, 2."),
    (lambda e: e.reply("x").times(), "times() needs the argument count. Write times(2)."),
    (lambda e: e.reply("x").cut(3, after=2), "cut() got the argument after twice"),
    (lambda e: e.reply("x").inject(times=2), "inject() got an unexpected keyword argument 'times'"),
    (lambda e: e.clock.travel(60), "travel() accepts no arguments without a name, got 60. Write adv"),
    (lambda e: e.clock.travel(seconds=60), "It accepts no keyword arguments. Write advance(60)"),
    (lambda e: e.clock.advence(60), "Did you mean 'advance'?"),
    (lambda e: e.when("a"), "when() must be a function of the request, got 'a'"),
    (lambda e: e.when(bool, "b"), "conditions by name, such as says='weather', got 'b' too"),
    (lambda e: e.exchanges["a"], "must be an integer or a slice; where(…) selects by conditions"),
    (lambda e: e.exchanges.last, "there are 0: no request for the chat endpoint at http://mock was"),
    # values
    (lambda e: PACKAGE.Message(rol="x"), "Message() got an unexpected keyword argument 'rol'. Did you mean 'role'?"),
    (lambda e: PACKAGE.ToolCall(), "ToolCall() needs the argument id"),
    (lambda e: PACKAGE.Tool("f"), "Tool() needs the argument description"),
    (lambda e: PACKAGE.ChatRequest(messages=()), "ChatRequest() needs the argument temperature"),
    (lambda e: PACKAGE.Reply(1), "Reply() needs the argument finish_reason"),
    (lambda e: PACKAGE.Reply(content="x"), "Reply() does not accept content: it is computed from the other attributes$"),
    (lambda e: PACKAGE.TokenLogprob("a"), "TokenLogprob() needs the argument logprob"),
    (lambda e: PACKAGE.Alternative("a", 0.5, 1), "Alternative() accepts 2 arguments without a name, got 'a', 0.5, 1"),
    # methods in the wrong order, or of the wrong object
    (lambda e: ANY.call("f").id("x"), "write call(…).with_id('call_1')"),
    (lambda e: ANY.call("f").with_id("x").id("y"), "write call(…).with_id('call_1')"),
    (lambda e: ANY.call("f").times(2), "write electron.reply(call(…), times=2)"),
    (lambda e: ANY.call("f").filler("x"), "write electron.reply(call(…), filler='…')"),
    (lambda e: ANY.call("f").with_idd("x"), "Did you mean 'with_id'?"),
    (lambda e: e.when(says="a").times(2).reply("x"), "write when(…).reply(…).times(2): the answer"),
    (lambda e: e.when(says="a").cut(3).reply("x"), "write when(…).reply(…).cut(after=3): the ans"),
    (lambda e: e.when(says="a").when(turn=1), "write one when(…) with all conditions"),
    (lambda e: e.when(says="a").call("f"), "write when(…).reply(call(…))"),
    (lambda e: e.when(says="a").pace("instant"), "write reply(…, pace=…)"),
    (lambda e: e.when(says="a").load("x.yaml"), "write electron.load(…)"),
    (lambda e: e.reply("a").when(says="b"), "write electron.when(…).reply(…): the conditions"),
    (lambda e: e.reply("a").reply("b"), "write each answer as its own statement"),
    (lambda e: e.reply("a").fail(503), "write each answer as its own statement"),
    (lambda e: e.reply("a").filler("b"), "write reply(call(…), filler='…')"),
    (lambda e: e.reply("a").with_id("b"), "write reply(call(…).with_id('call_1'))"),
    (lambda e: e.reply("a").usage({}), "write reply(…, usage=…)"),
    (lambda e: e.times(2).reply("a"), "write electron.reply(…, times=2)"),
    (lambda e: e.cut(2).reply("a"), "write electron.reply(…).cut(after=3)"),
    (lambda e: e.call("f"), "write electron.reply(call(…)), with `from mock_electron import call`"),
    (lambda e: e.faults.Cut(), "write `from mock_electron import faults`"),
    (lambda e: e.travel(), "write electron.clock.travel()"),
    (lambda e: e.last.text, "write electron.exchanges.last"),
    (lambda e: e.where(says="a"), "write electron.exchanges.where(…)"),
    (lambda e: e.requests[0], "write electron.exchanges"),
    (lambda e: e.failed, "write electron.exchanges.failed"),
    # methods without a result
    (lambda e: e.inject(faults.Cut()).times(2), "method 'times'; write inject(fault, times=2)"),
    (lambda e: e.inject(faults.Cut()).when(bool), "write inject(fault, when=function), or elec"),
    (lambda e: e.inject(faults.Cut()).inject(faults.Crlf()), "write each fault as its own statem"),
    (lambda e: e.fail(503, every=2).times(3), "write fail(503, every=2, times=3)"),
    (lambda e: e.fail(503, rate=0.5).when(says="a"), "write fail(503, when=function)"),
    (lambda e: e.respond_with(str).times(2), "write electron.when().respond_with(function).times(2)"),
    (lambda e: e.pace("instant").reply("a"), "write electron.pace(…) and electron.reply(…) as two"),
    (lambda e: e.plan("standard").fail(429), "write electron.plan(…) and electron.fail(…) as two"),
    (lambda e: e.drift(0.1).reply("a"), "write electron.drift(…) and electron.reply(…) as two"),
    (lambda e: e.fragment(3).reply("a"), "write electron.fragment(…) and electron.reply(…) as two"),
    (lambda e: e.reset().reply("a"), "write electron.reset(…) and electron.reply(…) as two"),
    (lambda e: e.clear_faults().fail(503), "write electron.clear_faults(…) and electron.fail(…) as"),
    (lambda e: e.inject(faults.Cut(), every=2, foo=1), "times, every, rate, when. Write inject(faults.Cut(after=3)).$"),
    (lambda e: e.fail(503, foo=1), "Write fail(503).$"),
    (lambda e: e.fail(503, 2), "Write fail(503). For two requests, write fail(503, times=2).$"),
    (lambda e: e.fail(10**5000), "unknown error a value of type int; expected one of 400, 401"),
    # arguments that would be dropped
    (lambda e: e.fail(503, page="nginx", message="x"), "give message or page, not both"),
    (lambda e: e.fail(503, body="html", message="x"), "give message or body, not both"),
    (lambda e: fail(503, body="empty", message=""), "give message or body, not both"),
    (lambda e: e.when(says=None), "says must not be None; leave the condition out"),
    (lambda e: e.when(says="x", turn=None), "turn must not be None; leave the condition out"),
    (lambda e: e.exchanges.where(tool=None), "tool must not be None; leave the condition out"),
    (lambda e: e.exchanges.where(says=None), "says must not be None; leave the condition out"),
    (lambda e: e.assert_called(text=None), "text must not be None; leave the condition out"),
    (lambda e: ANY.of(stream=None), "stream must not be None; leave the condition out"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*without an answer")
def test_wrong_uses_name_the_right_form() -> None:
    """No message is one of Python's own with an internal name. `$` is the end of a message."""
    wrong = []
    for number, (use, words) in enumerate(USES):
        try:
            got = f"no error, {use(electron())!r}"
        except (TypeError, ValueError, AttributeError, IndexError) as error:
            got = str(error)
        if words not in f"{got}$" or "positional argument" in got or "NoneType" in got:
            wrong.append(f"{number}: {got!r} instead of {words!r}")
    assert wrong == []


def test_no_public_method_raises_an_error_with_an_internal_name() -> None:
    """Too many arguments, and unknown ones, for each method."""
    scripted = electron().reply("x")
    when = electron().when(turn=1)
    when.reply("x")
    objects = (electron(), scripted, when, electron().clock, electron().exchanges)
    assert {Electron, Scripted, When, LaneClock, Exchanges} == set(map(type, objects))
    wrong = []
    for one in objects:
        for name in (name for name in dir(type(one)) if not name.startswith("_")):
            method = inspect.getattr_static(type(one), name)
            if not callable(method) or name in ("index", "count"):
                continue
            for arguments, options in ((range(9), {}), ((), {"nonsense": 1})):
                with pytest.raises((TypeError, ValueError, AssertionError)) as raised:
                    getattr(one, name)(*arguments, **options)
                if "positional" in str(raised.value) or f"{type(one).__name__}." in str(
                    raised.value
                ):
                    wrong.append(f"{name}: {raised.value}")
    assert wrong == []


# --- travel


def test_a_journey_can_be_entered_again() -> None:
    """One after the other, and nested."""
    clock = LaneClock("frozen")
    travel, start = clock.travel(), clock.now()
    for _ in range(2):
        with travel, travel:
            time.sleep(5)
    assert clock.now() - start == 10


def test_travel_in_async_code_names_the_right_form() -> None:
    """`async with` and an async function are refused; a plain function can be decorated."""
    clock = LaneClock("frozen")

    async def wrong() -> None:
        async with clock.travel():  # type: ignore[attr-defined]  # wrong on purpose
            pass

    with pytest.raises(TypeError, match=r"not an async context manager: write `with electron"):
        asyncio.run(wrong())
    with pytest.raises(TypeError, match=r"cannot decorate an async function: write `with electr"):
        clock.travel()(wrong)  # type: ignore[operator]  # wrong on purpose
    start = clock.now()
    clock.travel()(lambda: time.sleep(3))()  # type: ignore[operator]  # mypy needs a type for the lambda
    assert clock.now() - start == 3


def test_travel_without_with_warns_at_its_line() -> None:
    """It has no effect."""
    clock = LaneClock("frozen")
    with pytest.warns(RuntimeWarning, match=r"travel\(\) has no effect: write `with") as caught:
        clock.travel()
    [warning] = caught
    first = test_travel_without_with_warns_at_its_line.__code__.co_firstlineno
    assert (warning.filename, warning.lineno - first) == (__file__, 4)


def test_travel_does_not_call_a_sleep_that_a_test_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake sleep is called by name only, before and after a journey."""
    calls: list[float] = []

    async def fake(seconds: float) -> None:
        calls.append(seconds)

    async def wait(sleep: Callable[[float], Any]) -> None:
        await sleep(4)

    clock = LaneClock("frozen")
    start = clock.now()
    monkeypatch.setattr(time, "sleep", calls.append)
    monkeypatch.setattr(asyncio, "sleep", fake)
    monkeypatch.setattr(anyio, "sleep", fake)
    with clock.travel():
        time.sleep(4)
        asyncio.run(wait(asyncio.sleep))
        asyncio.run(wait(anyio.sleep))
        anyio.run(wait, anyio.sleep, backend="trio")
    assert (calls, clock.now() - start) == ([], 16)
    time.sleep(7)
    asyncio.run(wait(asyncio.sleep))
    assert calls == [7, 4]
