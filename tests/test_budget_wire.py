"""The work that a request causes outside of the pocket model: reading, checking and recording it."""

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.model import unicode_version
from mock_electron.model.fill import Said, arguments, assignment, plain_arguments
from mock_electron.model.fill.parameters import slots
from mock_electron.model.schema.equality import same
from mock_electron.model.work import LIMIT, PROPERTY, RESERVE, Spent, Work
from mock_electron.outputs import redaction
from mock_electron.wire import codec, schema, zod
from mock_electron.wire.body import MOST_CONTAINERS, check_containers
from mock_electron.wire.errors import Refusal
from mock_electron.wire.zod import composites

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import slow_inputs


def answered(body: bytes) -> tuple[int, dict[str, Any]]:
    """Return the status and the document that answer a body."""
    answer = Lane(Settings(accept_json_schema=True)).open(slow_inputs.arrival(body))
    return answer.status, json.loads(b"".join(answer.frames))


def test_a_body_of_too_many_objects_and_arrays_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Brackets in strings do not count, and exactly the maximum is accepted."""
    most = MOST_CONTAINERS - 1
    rows = (
        (b"[%s]" % b",".join([b"[]"] * most), True),
        (b"[%s]" % b",".join([b"[]"] * (most + 1)), False),
        (b"[%s]" % b",".join([b'{"a":"{[{["}'] * most), True),
        (b"[%s]" % b",".join([b'{"a{":"\\"["}'] * (most + 1)), False),
        (b"[%s]" % b",".join([b'"{\\\\"'] * (most + 9)), True),
        (b'["%s"]' % (b"[{" * most), True),
        (b"[" * (most + 2), False),
    )
    wrong = []
    for body, accepted in rows:
        try:
            check_containers(body)
        except Refusal:
            wrong += [body[:30]] if accepted else []
        else:
            wrong += [] if accepted else [body[:30]]
    assert wrong == []
    monkeypatch.setattr(codec, "decode", lambda data: pytest.fail("the body was read"))
    status, document = answered(b"[%s]" % b",".join([b"{}"] * (most + 1)))
    assert status == 400
    message = "The request body must have at most 30,000 objects and arrays"
    assert document["error"]["message"] == message


def test_a_valid_request_needs_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths of issues are made for wrong values only."""
    body = json.loads(slow_inputs._history(50, "Hi", tools=[slow_inputs._tool(slow_inputs.ITEM)]))
    monkeypatch.setattr(composites, "place_under", lambda *_: pytest.fail("a path was made"))
    assert zod.validate(schema.DOCUMENTED, body) == []


def test_paths_are_complete_at_every_depth() -> None:
    """Each issue names the whole path, also inside of a union."""
    call = {"id": 1, "type": "function", "function": {"name": "f"}}
    body: dict[str, Any] = {
        "model": "electron",
        "messages": [{"role": "user"}, {"role": "assistant", "tool_calls": [{}, call]}],
        "logit_bias": {"b": "x", "3": None},
        "stop": ["a", 1],
    }
    issues: list[Any] = zod.validate(schema.DOCUMENTED, body)
    assert [issue["path"] for issue in issues] == [
        ("messages", 1, "tool_calls", 0, "id"),
        ("messages", 1, "tool_calls", 0, "type"),
        ("messages", 1, "tool_calls", 0, "function"),
        ("messages", 1, "tool_calls", 1, "id"),
        ("messages", 1, "tool_calls", 1, "function", "arguments"),
        ("stop",),
        ("logit_bias", "3"),
        ("logit_bias", "b"),
    ]
    branches = [[one["path"] for one in error["issues"]] for error in issues[5]["unionErrors"]]
    assert branches == [[("stop",)], [("stop", 1)]]


def test_a_refused_literal_that_is_an_array_has_a_summary() -> None:
    """A value of any type can be refused, also one that cannot be a key of a table."""
    for value in ([], {}, [1], {"a": 1}, None, 5):
        lane = Lane()
        function = {"type": value, "function": {"name": "f"}}
        tools = [slow_inputs._tool(slow_inputs.ITEM)]
        body = slow_inputs._says("Hi", tools=tools, tool_choice=function)
        lane.close(lane.open(slow_inputs.arrival(body)), 1)
        assert "tool_choice" in str(lane.peek()[0]), value


def test_newer_letters_are_replaced_once_for_each_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The substitute of a letter is made once, however often the text contains it."""
    made: list[str] = []
    original = unicode_version._substitute

    def counted(character: str) -> str:
        made.append(character)
        return original(character)

    monkeypatch.setattr(unicode_version, "_substitute", counted)
    text = "\U00011f04\U00011f05a" * 500
    assert unicode_version.restore(unicode_version.pin(text)) == text
    assert sorted(made) == ["\U00011f04", "\U00011f05"]


def test_short_parts_of_a_text_are_not_searched_for_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is too short for a key and its name costs no search."""
    searched: list[str] = []
    original = redaction._redact_part

    def counted(part: str, *, is_message: bool) -> str:
        searched.append(part)
        return original(part, is_message=is_message)

    monkeypatch.setattr(redaction, "_redact_part", counted)
    for text in ("a=b&" * 1000, ": " * 1000, "=&" * 1000, "a " * 1000):
        assert redaction.redact(text) == text
        assert redaction.redact_message(text) == text
    assert searched == []
    assert redaction.redact("a=b&key=12345&b") == "a=b&key=…&b"


def test_work_that_cannot_be_paid_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """`require` raises at once, and the budget stays spent; otherwise it charges nothing."""
    work = Work(100)
    work.require(100)
    assert work.used == 0
    with pytest.raises(Spent):
        work.require(101)
    assert work.spent
    many = {"type": "object", "required": [f"r{number}" for number in range(LIMIT // PROPERTY + 1)]}
    said = Said("Hi", work=Work())
    with pytest.raises(Spent):
        assignment(many, said)
    said = Said("Hi", work=Work())
    monkeypatch.setattr(slots, "slot", lambda *_: pytest.fail("a slot was made"))
    assert arguments(many, said) == dict.fromkeys(many["required"], "") | {
        name: str(place) for place, name in enumerate(many["required"]) if place
    }


def test_a_value_is_the_same_as_itself_without_a_comparison() -> None:
    """A constant of a schema that is taken for a value is not compared member by member."""

    class Unread(dict[str, Any]):
        def keys(self) -> Any:
            raise AssertionError("the members were compared")

    value = Unread(a=1)
    assert same(value, value)
    assert same([value, 1], [value, 1.0])


def chained(length: int) -> dict[str, Any]:
    """Return a schema whose property refers to a string through this many references."""
    links = {f"d{number}": {"$ref": f"#/$defs/d{number + 1}"} for number in range(length)}
    end = {f"d{length}": {"type": "string", "minLength": 40}}
    return slow_inputs._object({"a": {"$ref": "#/$defs/d0"}}) | {"$defs": links | end}


def all_of(count: int, schema: object) -> dict[str, Any]:
    """Return a schema inside of this many `allOf`."""
    nested: Any = schema
    for _ in range(count):
        nested = {"allOf": [nested]}
    return slow_inputs._object({"a": nested})


TYPES = {"type": ["string", "integer"] * 1000}
CHEAP: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "required names in allOf": (
        {"allOf": [{"required": [f"r{k}_{n}" for n in range(1000)]} for k in range(5)]},
        ("whole", "plain"),
    ),
    "required names": ({"required": [f"r{n}" for n in range(5000)]}, ("whole", "plain")),
    "properties": (
        slow_inputs._object({f"r{n}": {"type": "string"} for n in range(5000)}),
        ("whole", "plain"),
    ),
    "references": (chained(60), ("whole", "plain")),
    "many references": (chained(90), ("whole", "plain")),
    "nested allOf": (all_of(60, {"type": "integer"}), ("plain",)),
    "types": (slow_inputs._object({"a": {"allOf": [TYPES] * 3}}), ("whole", "plain")),
}
"""Schemas with a cheap valid value, and which ways to make a value must find it."""


def test_a_cheap_valid_value_is_found() -> None:
    """A large schema does not get `{}` if a valid value costs little."""
    invalid = []
    for name, (schema_, ways) in CHEAP.items():
        made = {
            "whole": arguments(schema_, Said("Save the order", work=Work())),
            "plain": plain_arguments(schema_, Work(RESERVE)),
        }
        checker = jsonschema.Draft202012Validator(schema_)
        invalid += [(name, way) for way in ways if not checker.is_valid(made[way])]
    assert invalid == []


def test_references_in_a_circle_end() -> None:
    """A reference to itself, or in a circle, allows anything."""
    definitions = {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}
    for target in ("#/$defs/a", "#/properties/x"):
        circle = slow_inputs._object({"x": {"$ref": target}}) | {"$defs": definitions}
        work = Work()
        assert "x" in arguments(circle, Said("Save the order", work=work)), target
        assert work.used < LIMIT / 10
