"""A saved script gives the same answers again, also those of user functions."""

import re
from collections.abc import Callable
from typing import Any

from lanes import ask, body

from mock_electron import ChatRequest, Electron, Settings, Usage, call, reply
from mock_electron.engine.lane import Lane
from mock_electron.model.draft import Draft
from mock_electron.scripts import loads
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
