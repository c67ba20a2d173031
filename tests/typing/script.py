"""The types of a script: what `electron`, `electron.when(…)` and a step return.

This file is not run. mypy and pyright check it in strict mode, and tests/test_typing.py checks that
it uses every public method and property.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import mock_electron
from mock_electron import (
    Call,
    ChatRequest,
    Draft,
    Electron,
    ErrorName,
    Message,
    Pace,
    Problem,
    Scripted,
    ScriptError,
    Tool,
    Usage,
    When,
    call,
    fail,
    faults,
    reply,
)

assert_type(mock_electron.__version__, str)


def values() -> None:
    """What a script consists of."""
    weather = call("get_weather", city="Mumbai", days=3, units=["C", None])
    assert_type(weather, Call)
    assert_type(weather.name, str)
    assert_type(weather.arguments, str)
    assert_type(weather.id, str | None)
    assert_type(call("f", id="an argument").with_id("call_1"), Call)
    assert_type(reply("Hi!"), Draft)
    assert_type(reply(weather, weather, filler="One moment…"), Draft)
    assert_type(reply("Hi!", finish_reason="length", usage=Usage(20, 9)), Draft)
    assert_type(reply("Hi!", usage={"prompt_tokens": 1, "completion_tokens": 1}), Draft)
    assert_type(reply("Hi!", logprobs=-0.5), Draft)
    assert_type(reply("Hi!", logprobs=[("Hi", -0.1), ("!", -1)]), Draft)
    assert_type(fail(503), faults.Fail)
    assert_type(fail(520, page="cloudflare", content_type="text/html", truncate=9), faults.Fail)
    assert_type(
        fail("rate_limit", retry_after=2, as_date=True, delay=0.5, body="html"),
        faults.Fail,
    )


def answer(request: ChatRequest) -> Draft:
    """A user function, with the types of what it takes and returns."""
    messages: tuple[Message, ...] = request.messages
    return reply(messages[-1].content or "")


def step_of(electron: Electron, kind: ErrorName) -> Scripted:
    """A helper of a test suite."""
    when: When = electron.when(says="weather")
    when.respond_with(answer)
    return electron.fail(kind)


def replies(electron: Electron) -> None:
    """Texts and calls, as the next answer."""
    assert_type(electron.reply("Hi!"), Scripted)
    assert_type(electron.reply(call("get_weather", city="Mumbai")), Scripted)
    electron.reply(call("a"), call("b"), filler="One moment…", times=2)
    electron.reply("Hi!", pace="electron", headers={"x-trace": "7"}, finish_reason="length")
    electron.reply("Hi!", pace=Pace(first=0.5), usage=Usage(20, 9, cached_tokens=16), logprobs=-1)
    electron.reply("Hi!", logprobs=[("Hi", -0.1), ("!", -1.5)])
    texts = ["One", "Two"]
    for text in texts:
        electron.reply(text)
    electron.reply(*(call(name) for name in texts))


def steps(scripted: Scripted) -> None:
    """The methods of a step return the step."""
    assert_type(scripted.times(3), Scripted)
    assert_type(scripted.cut(after=5), Scripted)
    assert_type(scripted.cut(bytes=100, reset=True), Scripted)
    assert_type(scripted.inject(faults.NoDone(), faults.Crlf()), Scripted)
    assert_type(scripted.cut(after=2, inside="frame").inject(faults.Gzip()).times(2), Scripted)


def conditions(electron: Electron) -> None:
    """Every condition of `when`."""
    assert_type(electron.when(), When)
    assert_type(electron.when(says="weather"), When)
    electron.when(says=re.compile("weather|rain", re.IGNORECASE), anywhere="Mumbai", system="kind")
    electron.when(turn=2, stream=True, api_key="sk_other")
    electron.when(after_tool="get_weather", tool_result=re.compile(r"\d+"))
    electron.when(call_id="call_1", user_turn=2, attempt=1)
    electron.when(tools="get_weather")
    electron.when(tools=["get_weather", "order"])
    electron.when(tools=[])
    electron.when(tools=("get_weather",))
    electron.when(headers={"x-trace": "7", "user-agent": re.compile("OpenAI")})
    electron.when(parameters={"temperature": 0, "stop": ["\n"], "user": None})
    electron.when(lambda request: request.temperature == 0)
    electron.when(is_long, says="weather")


def is_long(request: ChatRequest) -> bool:
    """A predicate, and the attributes of a request."""
    assert_type(request.messages, tuple[Message, ...])
    assert_type(request.last, Message)
    assert_type(request.last.content, str | None)
    assert_type(request.texts("user"), tuple[str, ...])
    assert_type(request.tools, tuple[Tool, ...])
    assert_type(request.temperature, float | None)
    assert_type(request.stream, bool)
    return len(request.messages) > 9


def matched(when: When) -> None:
    """Every answer to the requests that match."""
    assert_type(when.reply("It is 31 °C."), Scripted)
    assert_type(when.reply(call("order", item="chai"), filler="Right away.").times(2), Scripted)
    assert_type(when.fail(503), Scripted)
    assert_type(when.fail("concurrency", times=2, retry_after=3, headers={"x-a": "b"}), Scripted)
    assert_type(when.inject(faults.Reset()).times(1), Scripted)
    assert_type(when.inject(faults.Cut(after=3), faults.Comments()), Scripted)
    assert_type(when.respond_with(lambda request: request.last.content or ""), Scripted)


def text_of(request: ChatRequest) -> str:
    return f"{len(request.messages)} messages"


def call_of(_request: ChatRequest) -> Call:
    return call("get_weather")


def calls_of(request: ChatRequest) -> list[Call]:
    return [call(tool.name) for tool in request.tools]


def reply_or_failure_of(request: ChatRequest) -> Draft | faults.Fail:
    return fail(503) if request.stream else reply("Hi!", finish_reason="length")


def functions(electron: Electron, when: When) -> None:
    """Everything that a function can return."""
    assert_type(electron.respond_with(text_of), None)
    electron.respond_with(call_of)
    electron.respond_with(calls_of)
    electron.respond_with(reply_or_failure_of)
    electron.respond_with(lambda request: [call(tool.name) for tool in request.tools])
    when.respond_with(reply_or_failure_of)


def failures(electron: Electron) -> None:
    """A scripted error is a step; an injected one may be None."""
    assert_type(electron.fail(503), Scripted)
    assert_type(electron.fail(503, times=2).times(3), Scripted)
    assert_type(electron.fail("rate_limit", retry_after=2, as_date=True), Scripted)
    assert_type(electron.fail(502, body="html", delay=0.5, headers={"server": "nginx"}), Scripted)
    assert_type(electron.fail(503, every=4), Scripted | None)
    assert_type(electron.fail(503, rate=0.1), Scripted | None)
    assert_type(electron.fail(503, when=lambda request: request.stream), Scripted | None)


def injections(electron: Electron) -> None:
    """Every fault, and which requests it affects."""
    every_fault: list[faults.Fault] = [
        faults.BadArguments(),
        faults.BadFrame(after=1),
        faults.ByteOrderMark(),
        faults.CallsInOneChunk(),
        faults.Close(),
        faults.Comments(),
        faults.ContentFilter(),
        faults.BareCr(),
        faults.Crlf(),
        faults.Cut(after=1, inside="string"),
        faults.DataLines(),
        faults.Duplicate(after=2),
        faults.EmptyChoices(),
        faults.ErrorBody(kind=429),
        faults.ErrorEvent(after=1, kind="overloaded"),
        faults.EventFields(event="ping", ids=False, retry=None),
        faults.Fragment(size=7),
        faults.Gzip(),
        faults.NoDone(),
        faults.NoFinish(),
        faults.NoIndex(),
        faults.NoSpace(),
        faults.NoUsage(),
        faults.Raw([b"data: {}\n\n", "data: [DONE]\n\n"]),
        faults.RepeatedCall("id"),
        faults.Reset(),
        faults.SameIndex(),
        faults.Silence(),
        faults.Stall(2.5, after=3),
        faults.TwoFinishes(reason="stop"),
        faults.UnknownTool("get_wether"),
        faults.WrongLength(by=-3),
        faults.fail(503),
    ]
    for fault in every_fault:
        assert_type(electron.inject(fault), None)
    electron.inject(faults.Reset(), every=4)
    electron.inject(fail(503), rate=0.1, times=2)
    electron.inject(faults.NoDone(), when=lambda request: request.seed == 7)
    assert_type(electron.fragment(), None)
    electron.fragment(7)
    electron.fragment(size=7)
    assert_type(electron.drift(0.1), None)
    assert_type(electron.clear_faults(), None)


def files(electron: Electron, folder: Path) -> Mapping[int, str]:
    """Script files and their problems."""
    assert_type(electron.load("fixtures/weather.yaml"), None)
    try:
        electron.load(folder / "weather.yaml")
    except ScriptError as error:
        assert_type(error.name, str)
        assert_type(error.problems, tuple[Problem, ...])
        return {problem.line: problem.words for problem in error.problems}
    return {}
