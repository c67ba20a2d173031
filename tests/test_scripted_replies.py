"""Scripted replies: own ids of calls, words of the request, arguments in strict lanes."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from lanes import ask, body, stream
from raw_http import user

from mock_electron import Call, Electron, ScriptError, Settings, call, reply
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.words import MOST_INSERTED, NAMES
from mock_electron.scripts import loads

TOOL: Final[dict[str, Any]] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "days": {"type": ["integer", "null"]},
                "unit": {"enum": ["celsius", "kelvin"]},
                "at": {"type": "object", "properties": {"hour": {"type": "number"}}},
                "names": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
CONVERSATION: Final[list[dict[str, Any]]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How is {{user.content}}?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "get_city", "arguments": "{}"}}
        ],
    },
    {"role": "tool", "tool_call_id": "a", "content": 'Pune "city"'},
]


def mocked(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def message(electron: Electron, messages: Any = CONVERSATION, **fields: Any) -> Any:
    answer = ask(electron._lane, messages=messages, **fields)
    document = json.loads(body(answer))
    return document["choices"][0]["message"] if answer.status == 200 else document["error"]


def steps(text: str) -> Any:
    return loads(text.encode(), "script.yaml")


# --- own ids


def test_a_call_has_its_own_id() -> None:
    """The id is sent whole and in a stream; other calls keep generated ids."""
    electron = mocked()
    own = call("f", id="an argument").with_id("call_1")
    electron.reply(own, call("g"), times=2)
    first, second = message(electron)["tool_calls"]
    assert first == {
        "id": "call_1",
        "type": "function",
        "function": {"name": "f", "arguments": '{"id": "an argument"}'},
    }
    assert second["id"].startswith("chatcmpl-tool-")
    assert b'"id":"call_1"' in body(stream(electron._lane))
    assert (own.id, call("f").id) == ("call_1", "")
    assert repr(own) == """Call(name='f', arguments='{"id": "an argument"}', id='call_1')"""
    assert repr(call("f")) == "Call(name='f', arguments='{}')"


def test_wrong_ids() -> None:
    """A value that is not a text is an error where it is written."""
    for wrong in ("", 5, None, b"x"):
        with pytest.raises(TypeError, match="the id of a call must be a non-empty string, got"):
            call("f").with_id(wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong on purpose
    with pytest.raises(ValueError, match="lone surrogate"):
        call("f").with_id("\ud800")


def test_ids_in_files(tmp_path: Path) -> None:
    """A file writes the id next to the tool, and a recording keeps it."""
    [step] = steps(
        "steps: [{reply: {calls: [{f: {x: 1}, id: call_1}, {id: {x: 1}}, {g: '{', id: b}]}}]"
    )
    assert step.calls == (
        Call("f", '{"x": 1}', "call_1"),
        Call("id", '{"x": 1}'),
        Call("g", "{", "b"),
    )
    electron = mocked()
    electron.reply(*step.calls)
    ask(electron._lane)
    electron.exchanges.save(tmp_path / "story.yaml")
    [again] = loads((tmp_path / "story.yaml").read_bytes(), "story.yaml")
    assert again.calls == step.calls
    for wrong in ("{f: {}, g: {}}", "{f: {}, g: {}, id: x}", "{f: {}, id: {}}", "{f: {}, id: ''}"):
        with pytest.raises(ScriptError, match=r"must have (one|exactly one) key|id must"):
            steps(f"steps: [{{reply: {{calls: [{wrong}]}}}}]")


def test_arguments_by_position_name_the_right_form() -> None:
    """`call("f", {…})` says how to write the same call."""
    wrong: Any = call
    for given, words in [
        (("f", {"city": "Pune", "days": 2}), "write call('f', city='Pune', days=2)"),
        (("f", {"from": "Pune", "a b": 2}), "write call('f', **{'from': 'Pune', 'a b': 2})"),
        (("f", "Pune"), "write call('f', argument=…)"),
    ]:
        with pytest.raises(TypeError) as error:
            wrong(*given)
        assert str(error.value) == f"call('f') takes arguments by name: {words}"


# --- words of the request

INSERTED: Final = {
    "last.content": 'Pune "city"',
    "last.role": "tool",
    "user.content": "How is {{user.content}}?",
    "system.content": "Be brief.",
    "tool.content": 'Pune "city"',
    "tool.name": "get_city",
    "tools": "get_weather",
    "turn": "2",
    "user_turn": "1",
    "attempt": "1",
}


def test_each_name_inserts_its_words() -> None:
    """Every name works in a text, in a filler and in arguments; inserted names stay as they are."""
    assert INSERTED.keys() == NAMES.keys()
    electron = mocked()
    for name in INSERTED:
        electron.reply(f"<{{{{ {name} }}}}> {{}} }}}}", times=1)
        electron.reply(call("f", x=[f"{{{{{name}}}}}"], y=1), filler=f"{{{{{name}}}}}…")
    for words in INSERTED.values():
        assert message(electron, tools=[TOOL])["content"] == f"<{words}> {{}} }}}}"
        answer = message(electron, tools=[TOOL])
        [made] = answer["tool_calls"]
        assert json.loads(made["function"]["arguments"]) == {"x": [words], "y": 1}
        assert answer["content"] == f"{words}…"


def test_words_that_a_request_does_not_have() -> None:
    """They are empty."""
    electron = mocked()
    electron.reply("<{{tool.content}}{{tool.name}}{{system.content}}{{tools}}>")
    assert message(electron, user("Hi"))["content"] == "<>"


def test_four_braces_are_two() -> None:
    """An escaped name is sent as text, and braces without a meaning are left alone."""
    electron = mocked()
    electron.reply('{{{{last.content}} {"a": {"b": 1}} {x}')
    assert message(electron)["content"] == '{{last.content}} {"a": {"b": 1}} {x}'


def test_a_long_request_is_shortened() -> None:
    """A reply inserts a bounded number of characters, however many names it has."""
    electron = mocked()
    electron.reply("{{last.content}}" * 100)
    assert message(electron, user("ab " * 5_000))["content"] == ("ab " * 5_000)[:MOST_INSERTED]


WRONG: Final = {
    "{{last.contnt}}": "unknown name in {{…}} 'last.contnt'; expected one of .* Did you mean 'last.con",
    "{{last.__class__}}": "unknown name in {{…}} 'last.__class__'",
    "{{last.content.upper()}}": "unknown name in {{…}}",
    "{{ }}": "unknown name in {{…}} ''",
    "{{0}}": "unknown name in {{…}} '0'",
    "{{last.content}": "'{{' in a reply needs a name and '}}'; write '{{{{' for two braces",
    "a {{ b": "'{{' in a reply needs a name and '}}'",
}


def test_wrong_words_are_an_error_where_they_are_written() -> None:
    """In Python a ValueError, in a file a ScriptError with the line."""
    for text, words in WRONG.items():
        pattern = words.replace("{{", r"\{\{").replace("}}", r"\}\}")
        electron = mocked()
        with pytest.raises(ValueError, match=pattern):
            electron.reply(text)
        with pytest.raises(ValueError, match=pattern):
            electron.when(turn=1).reply(call("f", x={"y": [text]}))
        with pytest.raises(ValueError, match=pattern):
            electron.reply(call("f"), filler=text)
        with pytest.raises(ScriptError, match=rf"script.yaml:2: step 1, reply: {pattern}"):
            steps(f"steps:\n  - reply: {json.dumps(text)}\n")
    with pytest.raises(ValueError, match="logprobs of a reply with"):
        mocked().reply("{{turn}}", logprobs=[("{{turn}}", -1.0)])


def test_user_functions_and_recordings_send_braces_as_they_are() -> None:
    """Only scripted texts have names, and a recorded text is sent again unchanged."""
    text = "{{last.content}} {{{{ {{{ {"
    electron = mocked()
    electron.respond_with(lambda _: reply(text) if len(_.messages) > 1 else call("f", x=text))
    first, called = message(electron)["content"], message(electron, user("Hi"))["tool_calls"][0]
    again = mocked()
    for step in loads(electron.exchanges.script().encode(), "story.yaml"):
        again._lane.add(step)
    assert message(again)["content"] == first == text
    assert message(again, user("Hi"))["tool_calls"][0]["function"] == called["function"]


# --- arguments in strict lanes

REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({}, "city is missing"),
    ({"city": 5}, "city must be a string, got 5"),
    ({"city": "Pune", "days": True}, "days must be an integer or null, got true"),
    ({"city": "Pune", "days": 1.5}, "days must be an integer or null, got 1.5"),
    ({"city": "Pune", "dais": 1}, "dais is not a property. Did you mean 'days'?"),
    ({"city": "Pune", "zip": 1}, "zip is not a property"),
    ({"city": "Pune", "unit": "kelvn"}, "unit must be one of 'celsius', 'kelvin', got 'kelvn'."),
    ({"city": "Pune", "at": {"hour": "9"}}, "at.hour must be a number, got '9'"),
    ({"city": "Pune", "names": ["a", 1]}, "names[1] must be a string, got 1"),
    (
        {"x1": 1, "x2": 1, "x3": 1},
        "city is missing; x1 is not a property; x2 is not a property; and",
    ),
]
ACCEPTED: Final[list[dict[str, Any]]] = [
    {"city": "Pune"},
    {"city": "Pune", "days": None, "unit": "celsius", "at": {"hour": 9.5}, "names": []},
    {"city": "Pune", "days": 2.0, "at": {"minute": 30}},
]


def test_strict_checks_arguments_against_the_offered_schema() -> None:
    """A call that does not fit is refused with its step; others, and other lanes, are not."""
    wrong = []
    for arguments, words in [*REFUSED, *((accepted, "") for accepted in ACCEPTED)]:
        electron = mocked(strict=True)
        electron.when(says="Hi").reply(call("get_weather", **arguments))
        answer = message(electron, user("Hi"), tools=[TOOL])
        place = "step 1 (test_scripted_replies.py:"
        shown = answer.get("message", "")
        if (words and not (shown.startswith(place) and f"wrong arguments: {words}" in shown)) or (
            not words and "tool_calls" not in answer
        ):
            wrong.append(f"{arguments}: {answer}")
        lenient = mocked()
        lenient.reply(call("get_weather", **arguments))
        assert message(lenient, user("Hi"), tools=[TOOL])["tool_calls"]
    assert wrong == []


def test_strict_accepts_whatever_a_schema_does_not_say() -> None:
    """Arguments that are not JSON are sent on purpose; odd schemas forbid nothing."""
    for schema in (None, {}, {"type": 5}, {"properties": [], "required": "x"}, {"enum": "abc"}):
        electron = mocked(strict=True)
        electron.reply(Call("f", "{city: Pune"))
        electron.reply(call("f", x=1))
        function = {"name": "f"} if schema is None else {"name": "f", "parameters": schema}
        tool = {"type": "function", "function": function}
        for _ in range(2):
            assert message(electron, user("Hi"), tools=[tool]).get("tool_calls"), schema
