"""Docstrings of the public names: one short sentence, and an example that runs."""

import ast
import asyncio
import doctest
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent
from types import SimpleNamespace
from typing import Any, Final, Literal, get_origin

import pytest
from lanes import arrival, ask
from msgspec import Struct
from msgspec.structs import replace
from rows import each

import mock_electron
from mock_electron import Electron, Exchange, Exchanges, MockElectron, Settings, call, faults
from mock_electron.engine.lane import Lane
from mock_electron.testing.scripting import Scripted, When

LONGEST_LINE = 100
CLASSES = (Electron, Scripted, When, Exchanges, Exchange, MockElectron)
PUBLIC: dict[str, Any] = {
    name: value
    for name in mock_electron.__all__
    if name != "__version__" and get_origin(value := getattr(mock_electron, name)) is not Literal
}


def members(kind: type[Any]) -> dict[str, Any]:
    """Return the public methods and properties that this package defines, by their full names."""
    public = {
        f"{kind.__name__}.{name}": inspect.getattr_static(kind, name)
        for name in dir(kind)
        if not name.startswith("_")
    }
    return {
        name: member
        for name, member in public.items()
        if isinstance(member, property)
        or (inspect.isfunction(member) and member.__module__.startswith("mock_electron."))
    }


MEMBERS = {name: member for kind in CLASSES for name, member in members(kind).items()}
METHODS = [name for name, member in MEMBERS.items() if inspect.isfunction(member)]
FAULTS = {f"faults.{name}": value for name, value in vars(faults).items() if name[0].isupper()}
DOCUMENTED = PUBLIC | {kind.__name__: kind for kind in CLASSES} | MEMBERS | FAULTS


def paragraphs(name: str) -> list[str]:
    return (inspect.getdoc(DOCUMENTED[name]) or "").split("\n\n")


def example(name: str) -> str:
    """Return the code under `Example:`, or an empty text."""
    _, _, code = (inspect.getdoc(DOCUMENTED[name]) or "").partition("Example:\n")
    return dedent(code)


@each({name: name for name in DOCUMENTED})
def test_a_docstring_begins_with_one_short_sentence(name: str) -> None:
    """Editors show the first paragraph first, and some of them only that."""
    first = paragraphs(name)[0]
    assert first.endswith(".")
    assert "\n" not in first
    assert len(first) <= LONGEST_LINE
    assert re.findall(r"[.!?] \S", first) == []


@each({name: name for name in METHODS})
def test_a_method_has_an_example(name: str) -> None:
    """The last paragraph is code that calls the method."""
    assert f".{name.rpartition('.')[2]}(" in example(name)


DATACLASSES: Final[dict[str, Any]] = {
    name: kind
    for name, kind in (PUBLIC | FAULTS).items()
    if isinstance(kind, type) and issubclass(kind, Struct)
}


@each(DATACLASSES)
def test_a_docstring_names_every_field(kind: type[Any]) -> None:
    """The docstring of a struct describes each field."""
    words = re.findall(r"\w+", inspect.getdoc(kind) or "")
    assert [name for name in kind.__struct_fields__ if name not in words] == []


# --- examples


def two_about_the_weather(electron: Electron) -> None:
    for _ in range(2):
        ask(electron._lane, "How is the weather?")


def two_retries(electron: Electron) -> None:
    electron.fail(503, times=2)
    for _ in range(3):
        ask(electron._lane)
        electron.clock.advance(0.25)


def left_after_a_chunk(electron: Electron) -> None:
    electron.reply("A long story that nobody hears to its end.")
    electron._lane.close(electron._lane.open(arrival(stream=True)), 1)


def still_going_on(electron: Electron) -> None:
    electron._lane.open(arrival(stream=True))


def often_the_same(electron: Electron) -> None:
    for _ in range(20):
        ask(electron._lane, "a word and another " * 50)


def two_questions(electron: Electron) -> None:
    for text in ("How is the weather in Mumbai?", "And where is my order?"):
        ask(electron._lane, text)


def a_text(electron: Electron) -> None:
    electron.reply("Hi!")
    ask(electron._lane)


def a_text_and_a_call(electron: Electron) -> None:
    electron.reply("Hi!")
    electron.reply(call("get_weather", city="Mumbai"))
    two_questions(electron)


def a_filler_and_a_text(electron: Electron) -> None:
    electron.reply(call("get_weather", city="Mumbai"), filler="One moment…")
    electron.reply("It is 31 °C.")
    two_questions(electron)


def a_warm_up(electron: Electron) -> None:
    asked = replace(arrival(), method="GET", path="/waves/v1/models", body=b"")
    electron._lane.close(electron._lane.open(asked), 1)


def at_temperature_0(electron: Electron) -> None:
    ask(electron._lane, temperature=0)


def a_call_and_its_result(electron: Electron) -> None:
    electron.reply(call("get_weather", city="Mumbai"))
    ask(electron._lane, "How is the weather?")
    reply = electron.exchanges.last.reply
    assert reply is not None
    [made] = reply.tool_calls
    function = {"name": made.name, "arguments": made.arguments}
    calls = [{"id": made.id, "type": "function", "function": function}]
    carried = {"role": "assistant", "content": None, "tool_calls": calls}
    result = {"role": "tool", "tool_call_id": made.id, "content": "31"}
    question = {"role": "user", "content": "How is the weather?"}
    ask(electron._lane, messages=[question, carried, result])


def a_saved_journal(electron: Electron) -> None:
    a_text(electron)
    electron.exchanges.save("exchanges.jsonl")


def a_paced_text(electron: Electron) -> None:
    electron.pace("electron")
    a_text(electron)


BEFORE: dict[str, Callable[[Electron], None]] = {
    "Electron.assert_cache_hit_rate": often_the_same,
    "Electron.assert_called": two_about_the_weather,
    "Electron.assert_cancelled": left_after_a_chunk,
    "Electron.assert_peak_in_flight": a_text,
    "Electron.assert_retried": two_retries,
    "Electron.assert_tool_results_answered": a_call_and_its_result,
    "Electron.exchanges": a_text,
    "Electron.exchanges_so_far": still_going_on,
    "Electron.explain": two_questions,
    "Electron.explain_miss": two_questions,
    "Electron.other_requests": a_warm_up,
    "Exchange": a_text,
    "Exchange.chat_reply": a_text,
    "Exchange.chat_request": at_temperature_0,
    "Exchange.chat_usage": a_text,
    "Exchange.to_dict": a_text,
    "Exchanges": a_text_and_a_call,
    "Exchanges.last": a_text,
    "Exchanges.what_if": a_text,
    "Exchanges.texts": a_filler_and_a_text,
    "read_journal": a_saved_journal,
    "Electron.turns": a_text,
    "Electron.assert_silence": a_paced_text,
}
"""What happens before an example that refers to earlier requests."""
NOT_RUN = {
    "Electron.env": "starts the program of a reader",
    "Electron.try_faults": "runs the scenario of a reader",
    "Electron.try_faults_async": "runs the scenario of a reader",
}
EXAMPLES = [name for name in DOCUMENTED if example(name)]
SCRIPT = "steps:\n- when: {says: weather}\n  reply: It is 31 °C.\n"


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in NOT_RUN])
def test_an_example_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example runs in a lane, and the functions that it sets do not raise for a request."""
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "weather.yaml").write_text(SCRIPT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    electron = Electron(Lane(Settings()), "http://mock")
    if name in BEFORE:
        BEFORE[name](electron)
    run(example(name), electron)
    before = len(electron._lane.peek())
    for turn in (1, 2):
        earlier = [{"role": "assistant", "content": "Yes?"}] * (turn - 1)
        question = {"role": "user", "content": "How is the weather, and what time is it?"}
        ask(electron._lane, messages=[*earlier, question], temperature=0)
    assert [one.raised for one in electron._lane.peek()[before:]] == ["", ""]


UNUSED = "# pyright: reportUnusedImport=false, reportUnusedVariable=false"
IMPORTS = """\
import os
import subprocess
from typing import Any

from openai import OpenAI

from mock_electron import Electron, MockElectron, Pace, Plan, call, fail, faults, read_journal, reply
"""


def run(code: str, electron: Electron) -> None:
    """Run an example with the names that a test module usually imports."""
    agent = SimpleNamespace(interrupt=lambda: None)
    names: dict[str, Any] = {"agent": agent, "electron": electron}
    exec(IMPORTS, names)  # noqa: S102 (the examples are part of this repository)
    compiled = compile(code, "<example>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    awaited = eval(compiled, names)  # noqa: S307 (our own source)
    if inspect.iscoroutine(awaited):
        asyncio.run(awaited)


def examples_module() -> str:
    """Return all examples as the functions of one module, for a type checker."""
    functions = (
        f"async def example_{number}(electron: Electron, agent: Any) -> None:\n"
        + indent(example(name), "    ")
        for number, name in enumerate(EXAMPLES)
    )
    return "\n".join([UNUSED, IMPORTS, *functions])


@pytest.mark.parametrize("name", [name for name in PUBLIC if ">>>" in "".join(paragraphs(name))])
def test_an_example_gives_the_shown_result(name: str) -> None:
    """The examples of functions and values are doctests, and pass."""
    (test,) = doctest.DocTestFinder(recurse=False).find(PUBLIC[name], name, globs=dict(PUBLIC))
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0
