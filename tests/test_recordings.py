"""A saved script gives the same answers again, also those of user functions."""

import json
import re
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from lanes import ask, body

from mock_electron import ChatRequest, Electron, Settings, Usage, call, reply
from mock_electron.engine.lane import Lane
from mock_electron.model.draft import Draft
from mock_electron.scripts import loads
from mock_electron.scripts.writer import write, write_parts
from mock_electron.wire.reply import Reply
from mock_electron.wire.stream import Stream

USAGE = Usage(5, 6, 3)
PAIRS = [("He", -0.5), ("llo", -1.5)]
REPLIES: dict[str, Any] = {
    "usage": reply("a", usage=USAGE, finish_reason="length"),
    "usage of calls": reply(call("f", x=1), filler="b", usage=USAGE),
    "ids": [call("f", x=1).with_id("call_1"), call("g")],
    "one log-probability": reply("a b c", logprobs=-0.25),
    "log-probabilities of tokens": reply("Hello", logprobs=PAIRS),
    "everything": reply(call("f").with_id("call_9"), filler="Hello", usage=USAGE, logprobs=PAIRS),
    "nothing": "Hi!",
    "a stream": Stream.of(Reply(("Hi", "!"), "stop", USAGE), include_usage=True),
}
TOOLS = [{"type": "function", "function": {"name": name}} for name in "fg"]
LONG = json.dumps({"steps": [{"when": {"says": f"{n}"}, "reply": f"Ü {n}\n"} for n in range(1000)]})
"""A long script."""
STREAMED = {"stream": True, "stream_options": {"include_usage": True}}


ASKED = ({"logprobs": True}, STREAMED | {"logprobs": True})


def electron(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def giving(answer: Any) -> Callable[[ChatRequest], Any]:
    return lambda _request: answer


def sent(mock: Electron, fields: dict[str, Any]) -> bytes:
    """Return the bytes of the answer, without the id of the completion: a stream has its own."""
    return re.sub(b"chatcmpl-[0-9a-f]{16}", b"<id>", body(ask(mock._lane, tools=TOOLS, **fields)))


def test_a_recording_keeps_what_a_user_function_sets() -> None:
    """The usage, log-probabilities and ids are saved, however the function is given."""
    wrong = []
    for name, answer in REPLIES.items():
        for how in ("respond_with", "when"):
            for fields in ASKED if name != "a stream" else (STREAMED,):
                first, again = electron(), electron(strict=True)
                writer = first if how == "respond_with" else first.when(turn=1)
                writer.respond_with(giving(answer))
                expected = sent(first, fields)
                for step in loads(first.exchanges.script().encode(), "story.yaml"):
                    again._lane.add(step)
                if sent(again, fields) != expected:
                    wrong.append((name, how, fields))
    assert wrong == []


CANNOT_KEEP: dict[str, tuple[dict[str, Any], Draft]] = {
    "a text that was cut": ({"max_tokens": 1}, reply("Hello", logprobs=PAIRS)),
    "a text with braces": ({}, reply("{{a", logprobs=[("{{", -1.0), ("a", -2.0)])),
}


def test_tokens_that_a_step_cannot_have_are_not_saved() -> None:
    """The text is saved without its list of log-probabilities, and the script can be read."""
    kept = {}
    for name, (fields, answer) in CANNOT_KEEP.items():
        mock = electron()
        mock.respond_with(giving(answer))
        sent(mock, fields)
        [step] = loads(mock.exchanges.script().encode(), "story.yaml")
        assert isinstance(step.answer, Draft)
        kept[name] = (step.answer.content, step.answer.logprobs)
    assert kept == {"a text that was cut": ("He", None), "a text with braces": ("{{{{a", None)}


def test_a_long_script_is_written_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts make the same text as the whole, however many steps each has.

    Each part takes little memory: the garbage collector would stop all threads to visit the objects
    of thousands of steps.
    """
    steps = loads(LONG.encode(), "long.json")
    written = write(steps)
    assert [step.summary for step in loads(written.encode(), "long.yaml")] == [
        step.summary for step in steps
    ]
    tracemalloc.start()
    try:
        for _ in write_parts(steps):
            pass
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    for at_once in (1, len(steps)):
        monkeypatch.setattr("mock_electron.scripts.writer.AT_ONCE", at_once)
        assert write(steps) == written
    assert write(()) == "steps: []\n"
