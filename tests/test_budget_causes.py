"""The causes of slow requests, one for each test: work is counted, never timed."""

import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import call_count
import pytest
from lanes import ask, body
from pocket import TODAY, dice

from mock_electron.engine.lane import Lane
from mock_electron.engine.script.step import Step
from mock_electron.engine.settings import Settings
from mock_electron.model import completion, written
from mock_electron.model.completion import MOST_SPOKEN
from mock_electron.model.decide import catalogue, tool_words
from mock_electron.model.draft import Draft
from mock_electron.model.fill import Said, arguments
from mock_electron.model.fill.invented import plain
from mock_electron.model.fill.parameters import prepared
from mock_electron.model.fill.parameters.want import objects
from mock_electron.model.fill.text.places import Text
from mock_electron.model.schema.equality import Members
from mock_electron.model.scripted import reply
from mock_electron.model.speak import MOST_READ, READ, content_of, speak
from mock_electron.model.work import RESERVE, Spent, Work
from mock_electron.wire import codec
from mock_electron.wire import request as wire_request
from mock_electron.wire.body import MOST_CONTAINERS, MOST_VALUES, check_containers
from mock_electron.wire.errors import Refusal
from mock_electron.wire.request import Tool

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import slow_inputs

KINDS = dict(slow_inputs.KINDS)
LOGPROBS: Any = {"logprobs": True, "top_logprobs": 20}


def spoken(content: bytes, work: Work) -> Draft:
    """Return the pocket model's draft for a body."""
    asked = wire_request.parse_request(json.loads(content), accept_json_schema=True)
    return speak(asked, dice(asked), TODAY, content_of(asked, 0), work)


def answered(content: bytes) -> dict[str, Any]:
    """Return the document that answers a body."""
    answer = Lane(Settings(accept_json_schema=True)).open(slow_inputs.arrival(content))
    document: dict[str, Any] = json.loads(b"".join(answer.frames))
    return document


def calls_of(content: bytes) -> int:
    """Return the number of function calls that a request takes."""
    lane = Lane(Settings(accept_json_schema=True))
    return call_count.counted(lane.open, slow_inputs.arrival(content))[1]


def test_a_reply_of_the_pocket_model_has_at_most_4096_tokens() -> None:
    """A longer one is cut as at the token limit, in every form; a script's reply is not."""
    for name in ("logprobs of a constant", "a large const", "2,000 long constants"):
        document = answered(KINDS[name]())
        [choice] = document["choices"]
        assert document["usage"]["completion_tokens"] == MOST_SPOKEN
        assert choice["finish_reason"] == "length"
    lane = Lane()
    lane.add(Step(reply("!a" * MOST_SPOKEN)))
    [choice] = json.loads(body(ask(lane)))["choices"]
    assert choice["message"]["content"] == "!a" * MOST_SPOKEN
    assert choice["finish_reason"] == "stop"


def test_a_step_without_an_answer_is_the_pocket_model() -> None:
    """A step that only adds headers leaves the reply, and its limit, to the pocket model."""
    lane = Lane(Settings(accept_json_schema=True))
    lane.add(Step(None, headers=((b"x-a", b"b"),)))
    answer = lane.open(slow_inputs.arrival(KINDS["a large const"]()))
    assert json.loads(b"".join(answer.frames))["usage"]["completion_tokens"] == MOST_SPOKEN


def test_fewer_tokens_than_the_limit_are_kept() -> None:
    """`max_tokens` still cuts a reply, and does not lengthen one."""
    for most, sent in ((10, 10), (8_000, MOST_SPOKEN)):
        content = json.loads(KINDS["a large const"]()) | {"max_tokens": most}
        document = answered(json.dumps(content).encode())
        assert document["usage"]["completion_tokens"] == sent


def test_the_plainest_value_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that is too long for its budget is cut, not made again, whoever offered the tool."""
    made: list[object] = []
    make = plain._plain_instance

    def counted(schema: object, work: Work) -> Any:
        made.append(schema)
        return make(schema, work)

    monkeypatch.setattr(plain, "_plain_instance", counted)
    content, replies = KINDS["unique long constants"](), set()
    for _ in range(2):  # the second time, the tool is an object of the first request
        made.clear()
        replies.add(json.dumps(answered(content)["choices"]))
        assert len(made) == 1
    assert len(replies) == 1


def test_the_value_for_another_schema_is_made_again() -> None:
    """Only the first value, for which the whole reserve was available, is kept."""
    work, schema = Work(RESERVE), {"type": "object", "required": ["a"]}
    assert plain.plain_instance(schema, work) == {"a": ""}
    assert work.plainest == (schema, {"a": ""})
    plain.plain_instance({"type": "integer"}, work)
    assert work.plainest == (schema, {"a": ""})


def test_each_list_of_a_value_is_charged() -> None:
    """Empty lists have two characters each, and take as much work as twenty."""
    values: tuple[Any, ...] = ([[] for _ in range(1_000)], {f"{n}": {} for n in range(1_000)})
    for value in values:
        work = Work()
        written.written(value, work)
        assert work.used > written.CONTAINER * 1_000
    with pytest.raises(Spent):
        written.written([[] for _ in range(20_000)], Work())


def test_scalars_of_a_value_take_no_call() -> None:
    """The length of a list of numbers and texts is found in one call for the list."""
    content = slow_inputs._formatted(slow_inputs._object({"a": {"const": [1, 2.5, "a"] * 2_000}}))
    few = slow_inputs._formatted(slow_inputs._object({"a": {"const": [1, 2.5, "a"]}}))
    calls: list[str] = []

    def count(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is written._length.__code__:
            calls.append(event)

    before = sys.getprofile()
    counted = []
    for one in (content, few):
        calls.clear()
        sys.setprofile(count)
        try:
            spoken(one, Work())
        finally:
            sys.setprofile(before)
        counted.append(len(calls))
    assert counted[0] <= counted[1] + 2 < 10


def test_tools_are_charged_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue that the budget does not pay for is not read, and the charge is the same later."""
    tools = tuple(Tool(f"tool_{n}", slow_inputs._words(100, n), {}) for n in range(5))
    costs = []
    for _ in range(2):
        work = Work()
        assert catalogue.catalogue_of(tools, work).offers
        costs.append(work.used)
    assert costs[0] == costs[1] == sum(map(tool_words.reading_cost, tools))
    monkeypatch.setattr(tool_words, "_words_of_tool", lambda *_: pytest.fail("a tool was read"))
    fresh = tuple(Tool(f"new_{n}", slow_inputs._words(100, n), {}) for n in range(5))
    with pytest.raises(Spent):
        catalogue.catalogue_of(fresh, Work(10))


def test_a_tool_that_is_used_again_is_charged_once() -> None:
    """What follows from its parameters is paid for by the first of several calls of a request."""
    parameters = slow_inputs._object({f"p{n}": slow_inputs.STRING for n in range(20)})
    work, used = Work(), [0]
    for _ in range(3):
        schemas = prepared.schemas_of(parameters, work, is_silent=False)
        objects(schemas)
        used.append(work.used)
    assert used[0] < used[1] == used[2] == used[3]
    assert Work().paid == set()


def test_the_reading_of_a_request_is_charged() -> None:
    """Each READ bytes of what the model interprets cost a unit, up to a maximum."""
    used = []
    for size in (0, 30_000, 60_000, 10**6):
        work = Work()
        spoken(slow_inputs._says("Hi", tools=[slow_inputs._tool({"x": "a" * size})]), work)
        used.append(work.used)
    assert used[1] - used[0] == pytest.approx(30_000 / READ, rel=0.01)
    assert used[2] - used[0] == pytest.approx(60_000 / READ, rel=0.01)
    assert used[3] <= MOST_READ + used[0]


def test_keys_in_a_prompt_of_other_letters_cost_more() -> None:
    """Patterns that ignore case take ten times as long to read letters that are not ASCII."""
    used = []
    for letter in "aж":
        work = Work(10**9)
        form = {"type": "json_object"}
        spoken(slow_inputs._says("Make one: " + letter * 2_000, response_format=form), work)
        used.append(work.used)
    assert used[1] > used[0] + 9 * 2_000


def test_the_places_of_a_text_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the same for all parameters, each of which is charged for comparing them."""
    found: list[object] = []
    phrases = Text._phrases

    def counted(self: Text) -> Any:
        found.append(self.reading.text)
        return phrases(self)

    monkeypatch.setattr(Text, "_phrases", counted)
    used = []
    for count in (5, 10):
        names = {f"n{n}": {"type": "integer"} for n in range(count)}
        said = Said("Save" + " 1, 2 and" * 100, work=Work(10**9))
        found.clear()
        arguments(slow_inputs._object(names), said)
        assert len(found) == 1, count
        used.append(said.work.used)
    assert used[1] > used[0] + 5 * 200 * 4


def test_a_body_of_too_many_values_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Commas in strings do not count, and exactly the maximum is accepted."""
    most = MOST_VALUES
    rows = (
        (b"[%s]" % b",".join([b"1"] * most), True),
        (b"[%s]" % b",".join([b"1"] * (most + 1)), False),
        (b"{%s}" % b",".join([b'"a,":"b,c"'] * most), True),
        (b"{%s}" % b",".join([b'"a":"\\","'] * (most + 1)), False),
        (b'["%s"]' % (b"1," * 10 * most), True),
        (b'["%s"]' % (b'\\",' * 10 * most), True),
        (b"[%s]" % b",".join([b'",[{"'] * 6 * most), False),
        (b"[%s]" % b",".join([b"[1,2,3]"] * (MOST_CONTAINERS - 1)), True),
    )
    wrong = []
    for number, (content, accepted) in enumerate(rows):
        try:
            check_containers(content)
        except Refusal:
            wrong += [number] if accepted else []
        else:
            wrong += [] if accepted else [number]
    assert wrong == []
    monkeypatch.setattr(codec, "decode", lambda data: pytest.fail("the body was read"))
    refused = answered(b"[%s]" % b",".join([b"1"] * (most + 1)))
    message = "The request body must have at most 100,000 values"
    assert refused["error"]["message"] == message


def test_members_of_an_enum_are_compared_by_type() -> None:
    """A list with numbers, texts, truths and lists contains the same as before, in compiled code."""
    members = Members([1, "a", False, None, [1, 2], {"a": 1}], Work())
    values: tuple[Any, ...] = (1, 1.0, "a", False, None, [1, 2], [1.0, 2], {"a": 1})
    assert [value for value in values if value not in members] == []
    others: tuple[Any, ...] = (0, True, "b", [2, 1], {"a": True}, {}, [])
    assert [value for value in others if value in members] == []


def test_many_members_of_an_enum_take_few_calls() -> None:
    """20,000 numbers in `allOf` took 100,000 calls."""
    assert calls_of(KINDS["allOf of enums"]()) < 50_000


def test_alternatives_take_one_call_each() -> None:
    """The numbers of a token's alternatives are written by one call."""
    text = "Repeat after me: " + "!a" * 50
    few = calls_of(slow_inputs._says(text, logprobs=True, top_logprobs=1))
    many = calls_of(slow_inputs._says(text, logprobs=True, top_logprobs=20))
    assert many - few < 101 * 19 * 6
    assert completion.MOST_SPOKEN <= 4_096


def test_fields_of_earlier_results_take_few_calls() -> None:
    """A field that has neither the first nor the last word of a property is not looked at."""
    assert calls_of(KINDS["60 results before"]()) < 130_000
