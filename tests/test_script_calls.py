"""Errors about the calls and the words of a reply in a script file: one for each mistake."""

import pytest

from mock_electron import ScriptError
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Call, Draft
from mock_electron.scripts import loads
from mock_electron.scripts.writer import write

ID = "id must be a non-empty string, got "
KEYS = "call must have one key, the name of a tool with its arguments, and may have id, got "
NO_TOOL = (
    "call must have the name of a tool next to id; write {get_weather: {city: Pune}, id: call_1}"
)
NAME = "unknown name in {{…}} "
WRONG: dict[str, list[str]] = {
    "{calls: [{f: {city: Mumbai}, id: 5}]}": [
        f"reply, calls, id: {ID}5; write it in quotation marks"
    ],
    "{calls: [{f: {}, id: null}]}": [f"reply, calls, id: {ID}nothing"],
    "{calls: [{f: {}, id: ''}]}": [f"reply, calls, id: {ID}''"],
    "{calls: [{f: {}, id: [a]}]}": [f"reply, calls, id: {ID}['a']"],
    "{calls: [{f: {}, id: true}]}": [f"reply, calls, id: {ID}true"],
    "{calls: [{f: {}, call_id: a}]}": [
        f"reply, calls: {KEYS}'f', 'call_id'; write id instead of call_id"
    ],
    "{calls: [{f: {}, ID: 5}]}": [f"reply, calls: {KEYS}'f', 'ID'; write id instead of ID"],
    "{calls: [{f: {}, tool_call_id: a}]}": [
        f"reply, calls: {KEYS}'f', 'tool_call_id'; write id instead of tool_call_id"
    ],
    "{calls: [{f: {}, id: a, callId: b}]}": [
        f"reply, calls: {KEYS}'f', 'id', 'callId'; write id instead of callId"
    ],
    "{calls: [{id: a}]}": [f"reply, calls: {NO_TOOL}"],
    "{calls: [{id: 5}]}": [f"reply, calls: {NO_TOOL}"],
    "{calls: [{f: {}, id: 5}, {id: ''}]}": [f"reply, calls, id: {ID}5", f"reply, calls: {NO_TOOL}"],
    "{filler: '{{foo}}', calls: [{f: {q: '{{user.contents}}', z: [{a: '{{'}]}}]}": [
        f"reply, filler: {NAME}'foo'; expected one of ",
        f"reply, calls, f, q: {NAME}'user.contents'; expected one of ",
        "reply, calls, f, z, a: '{{' in a reply needs a name and '}}'",
    ],
    "{calls: [{f: {q: '{{x}}'}}, {g: '{\"a\": \"{{y}}\"}'}, {h: '{{broken'}]}": [
        f"reply, calls, f, q: {NAME}'x'",
        f"reply, calls, g: {NAME}'y'",
    ],
    "'{{a}} and {{b}}'": [f"reply: {NAME}'a'", f"reply: {NAME}'b'"],
    "{text: '{{turm}}'}": [f"reply, text: {NAME}'turm'"],
}


def test_each_mistake_in_a_reply_is_reported_once_with_its_field() -> None:
    """A call has one message, and each wrong name in braces has its own."""
    wrong = []
    for text, words in WRONG.items():
        with pytest.raises(ScriptError) as caught:
            loads(f"steps:\n- reply: {text}\n".encode(), "x.yaml")
        found = [f"{problem.where}{problem.words}" for problem in caught.value.problems]
        expected = [f"step 1, {one}" for one in words]
        matches = [a.startswith(b) for a, b in zip(found, expected, strict=False)]
        if len(found) != len(expected) or not all(matches):
            wrong.append((text, found))
    assert wrong == []


def test_a_tool_may_be_named_id() -> None:
    """Then its arguments are a mapping; a file with other arguments is not written."""
    [step] = loads(b"steps:\n- reply: {calls: [{id: {x: 1}}]}", "x.yaml")
    assert isinstance(step.answer, Draft)
    assert step.answer.calls == (Call("id", '{"x": 1}'),)
    assert loads(write([step]).encode(), "x.yaml")[0].answer == step.answer
    with pytest.raises(ValueError, match="cannot write such arguments to a file"):
        write([Step(Draft(None, (Call("id", "{"),)))])
