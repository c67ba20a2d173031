"""The budget of work of one request: no request can make the server slow.

Work is counted, never timed. `benchmarks/slow_inputs.py` measures the same requests.
"""

import ast
import gc
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

import jsonschema
import pytest
from pocket import TODAY, dice

from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.model import tokens
from mock_electron.model.draft import Draft
from mock_electron.model.fill import plain_arguments, plain_instance
from mock_electron.model.fill.parameters import prepared
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.prompt import segments
from mock_electron.model.schema.merging import merge
from mock_electron.model.speak import content_of, speak
from mock_electron.model.words import ANY_TEXT
from mock_electron.model.work import LIMIT, RESERVE, STEP, Spent, Work
from mock_electron.wire import codec, zod
from mock_electron.wire import request as wire_request
from mock_electron.wire.schema import DOCUMENTED

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import slow_inputs

KINDS = dict(slow_inputs.KINDS)
COUNTED = (
    "order of 200 lines", "200 cities, 60 properties",
    "100 properties street_i", "numbers, 100 properties", "lists of lists of objects",
    "many parts, 64 tools", "2,000 strings of 100,000", "allOf of enums", "enums of objects",
    "unique items of 3,000", "oneOf of 2,000 alike",
    "references in a fan", "a reference to itself", "1,500 required strings",
    "120 levels of arrays", "JSON mode, 20 open objects", "200 messages, 20 tools",
    "logprobs of a long reply", "minProperties 1e19", "patterns in anyOf",
    "a pattern of 200 items", "numbers, arrays without values",
    "negations, arrays of booleans", "booleans in Tamil",
    "parts in Japanese", "enums, earlier messages",
    "corrections, spoken", "words that may be numbers, spoken", "40 spoken messages",
    "objects in the text", "dates and times, 60 properties", "currencies",
)  # fmt: skip
"""One kind of slow request for each part of the pocket model; the benchmark measures them all."""
MOST_EVENTS = 400_000
"""Function calls for one request, those of built-in functions included. An ordinary one takes up to 1,000."""


def parsed(body: bytes) -> wire_request.ChatRequest:
    """Return the request in a body."""
    return wire_request.parse_request(json.loads(body), accept_json_schema=True)


def spoken(body: bytes, work: Work | None = None) -> Draft:
    """Return the pocket model's draft for a body."""
    asked = parsed(body)
    return speak(asked, dice(asked), TODAY, content_of(asked, 0), work)


@contextmanager
def counted_calls(most: int) -> Iterator[Counter[str]]:
    """Count function calls, and stop at `most` of them."""
    counted: Counter[str] = Counter()
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1
            if calls > most:
                sys.setprofile(None)
                raise TooManyCallsError

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield counted
    except TooManyCallsError:
        pass
    finally:
        sys.setprofile(before)
        counted["calls"] = calls


class TooManyCallsError(BaseException):
    """A request took too many calls."""


def calls_of(build: Callable[[], bytes]) -> int:
    """Return the number of function calls that the pocket model needs for a body."""
    body = build()
    with counted_calls(MOST_EVENTS) as counted:
        spoken(body)
    return counted["calls"]


def test_no_request_takes_more_calls_than_its_budget_allows() -> None:
    """Function calls are counted independently of the budget, so a loop without charges is found."""
    counted = {name: calls_of(KINDS[name]) for name in COUNTED}
    assert {name: calls for name, calls in counted.items() if calls > MOST_EVENTS} == {}


def test_without_charges_a_request_takes_too_many_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above fails if the budget is not charged."""
    monkeypatch.setattr(Work, "charge", lambda self, units: None)
    assert calls_of(KINDS["pairs, 1,000 properties"]) > MOST_EVENTS


def test_a_loop_without_charges_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count of calls finds work that nobody charges."""

    def slow(turn: Any) -> str:
        return str(sum(len(str(number)) for number in range(MOST_EVENTS)))

    monkeypatch.setattr("mock_electron.model.words.TRIED", ((slow, ANY_TEXT, False),))
    assert calls_of(lambda: slow_inputs._says("Hi")) > MOST_EVENTS


def test_a_spent_budget_stays_spent() -> None:
    """No later work is free, and the count never exceeds the limit."""
    work = Work(10)
    work.charge(10)
    for _ in range(2):
        with pytest.raises(Spent):
            work.charge(1)
    assert (work.used, work.reserve.limit) == (10, RESERVE)
    assert work.reserve is work.reserve


def test_ordinary_requests_spend_little() -> None:
    """A tool call from a sentence takes less than a twentieth of the budget."""
    work = Work()
    spoken(slow_inputs._calls(slow_inputs.ITEM, "Save 3 apples for Anna at 2.50 each"), work)
    assert 0 < work.used < LIMIT / 20


def test_a_list_of_59_lines_fits_into_the_budget() -> None:
    """A long everyday order is understood line by line."""
    [call] = spoken(slow_inputs._order(59)).calls
    items = json.loads(call.arguments)["items"]
    assert len(items) > 40
    assert items[0] == {"product": "large pizzas", "quantity": 2, "price": 12.5, "customer": "Anna"}


TOOLS = [
    slow_inputs._tool(slow_inputs.ITEM, "save_order"),
    slow_inputs._tool(slow_inputs.ORDER, "other"),
]
SCHEMA = {"type": "json_schema", "json_schema": {"name": "one", "schema": slow_inputs.ORDER}}
PLAINEST: list[tuple[dict[str, Any], str | None, list[str]]] = [
    ({}, "text", []),
    ({"tools": TOOLS}, None, ["save_order"]),
    ({"tools": TOOLS, "tool_choice": "none"}, "text", []),
    ({"tools": TOOLS, "tool_choice": "required"}, None, ["save_order"]),
    (
        {"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "other"}}},
        None,
        ["other"],
    ),
    ({"response_format": {"type": "json_object"}}, "{}", []),
    ({"response_format": SCHEMA}, '{"items": []}', []),
]


def test_the_plainest_answer_is_valid_for_every_kind_of_request() -> None:
    """If the budget is spent at once, required tools are called, and JSON mode gets JSON."""
    for fields, content, names in PLAINEST:
        draft = spoken(slow_inputs._says("Save the order", **fields), Work(0))
        assert [call.name for call in draft.calls] == names, fields
        for call in draft.calls:
            schema = slow_inputs.ITEM if call.name == "save_order" else slow_inputs.ORDER
            jsonschema.validate(json.loads(call.arguments), schema)
        if content == "text":
            assert draft.content
        else:
            assert draft.content == content, fields


def test_the_plainest_answer_after_a_result_is_text() -> None:
    """No tool is called again, so that a conversation ends even if its budget is spent."""
    draft = spoken(slow_inputs._with_result("saved"), Work(0))
    assert draft.content
    assert draft.calls == ()


NODE: dict[str, Any] = {
    "type": "object",
    "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
    "required": ["next"],
}
PLAIN_SCHEMAS: list[Any] = [
    {},
    True,
    {"const": {"a": 1}},
    {"enum": ["b", "c"]},
    {"type": "string", "minLength": 30, "maxLength": 30},
    {"type": "string", "format": "email"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"},
    {"type": "integer", "minimum": 7, "exclusiveMaximum": 9},
    {"type": "number", "multipleOf": 2.5, "minimum": 1},
    {"type": ["null", "string"]},
    {"type": "array", "items": {"type": "string"}, "minItems": 2000},
    {"type": "array", "items": {"type": "integer"}, "minItems": 500, "uniqueItems": True},
    {"type": "array", "items": {"enum": list(range(900))}, "minItems": 800, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}], "minItems": 4},
    {"type": "object", "minProperties": 3, "properties": {"a": {"type": "string"}}},
    {"type": "object", "required": [f"r{n}" for n in range(1000)]},
    slow_inputs._object({f"p{n}": {"type": "string", "minLength": 2} for n in range(500)}),
    {"allOf": [slow_inputs._object({"a": {"type": "string"}}), {"required": ["b"]}]},
    {"oneOf": [{"type": "integer"}, {"type": "string", "minLength": 3}]},
    {"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "minItems": 1}}},
    NODE,
]


def test_the_plainest_values_are_valid() -> None:
    """Where a cheap valid value exists, the reserve is enough for it."""
    for schema in PLAIN_SCHEMAS:
        made = plain_instance(schema, Work(RESERVE))
        jsonschema.Draft202012Validator(schema).validate(made)


def test_without_any_budget_the_value_is_the_empty_one() -> None:
    """The last resort costs nothing, whatever the schema asks for."""
    assert plain_arguments({"type": "object", "required": ["a"]}, Work(0)) == {}
    assert plain_instance({"type": "array", "minItems": 10**9}, Work(RESERVE)) == []
    assert plain_instance({"minLength": 10**9, "minItems": 10**9}, Work(RESERVE)) == []


def enum(validator: Any, members: list[Any], instance: Any, schema: Any) -> Iterator[Any]:
    """Validate an enum. jsonschema takes seconds to compare 2,000 numbers with 1,000 members."""
    scalar = type(instance) in (str, int)
    if not scalar or not any(type(one) is type(instance) and one == instance for one in members):
        yield from jsonschema.Draft202012Validator.VALIDATORS["enum"](
            validator, members, instance, schema
        )


# The stubs of jsonschema have no types for this function.
Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"enum": enum})  # type: ignore[no-untyped-call]

VALID_UNDER_PRESSURE = (
    "200 cities, 60 properties", "330 pairs, 100 properties", "100 properties street_i",
    "numbers, 100 properties", "unique items of 3,000", "1,500 required strings",
    "required of 3,000", "allOf of enums", "2,500 properties",
)  # fmt: skip


def test_a_spent_budget_gives_a_valid_instance_where_a_cheap_one_exists() -> None:
    """Arguments are valid or the plainest; they are never incomplete."""
    for name in VALID_UNDER_PRESSURE:
        body = KINDS[name]()
        schema = json.loads(body)["tools"][0]["function"]["parameters"]
        [call] = spoken(body).calls
        errors = Validator(schema).iter_errors(json.loads(call.arguments))
        assert next(errors, None) is None, name


def test_replies_to_slow_requests_are_the_same_bytes_each_time() -> None:
    """The budget is a count, so the point where it ends does not depend on the machine."""
    for name in ("numbers, 100 properties", "order of 200 lines", "2,000 objects"):
        body = KINDS[name]()
        replies = {Lane(Settings()).open(slow_inputs.arrival(body)).frames for _ in range(2)}
        assert len(replies) == 1, name


def test_a_refusal_has_at_most_1000_issues() -> None:
    """The first 1,000 issues are Zod's, in its order; the rest is cut."""
    body = {"model": "electron", "messages": [{"role": "user"}], "tools": [1] * 3000}
    issues = zod.validate(DOCUMENTED, body)
    assert len(issues) == zod.MOST_ISSUES
    assert issues[0]["code"] == "too_big"
    assert [issue["path"] for issue in issues[1:]] == [("tools", n) for n in range(999)]
    answer = Lane().open(slow_inputs.arrival(slow_inputs._body(**body)))
    assert answer.status == 400
    assert sum(map(len, answer.frames)) < 200_000


def test_issues_are_capped_at_every_depth() -> None:
    """Messages, tool calls, stop strings and records are bounded as tools are."""
    call: dict[str, Any] = {"role": "assistant", "tool_calls": [1] * 5000}
    wrong: tuple[dict[str, Any], ...] = (
        {"messages": [{}] * 5000},
        {"messages": [call] * 5},
        {"messages": [{"role": "user"}], "logit_bias": {f"k{n}": "" for n in range(5000)}},
    )
    for fields in wrong:
        assert len(zod.validate(DOCUMENTED, {"model": "electron"} | fields)) == zod.MOST_ISSUES
    [union] = zod.validate(
        DOCUMENTED, {"model": "electron", "messages": [{"role": "user"}], "stop": [1] * 5000}
    )
    assert len(json.dumps(union)) < 500_000


def test_an_array_that_is_too_long_is_refused_whatever_its_last_members_are() -> None:
    """Members after the first 10,000 are not checked; the request is refused for its length."""
    messages: list[Any] = [{"role": "user"}] * 10_000
    for last in ({"role": "user"}, 1):
        [issue] = zod.validate(DOCUMENTED, {"model": "electron", "messages": [*messages, last]})
        assert issue["code"] == "too_big"


def test_a_large_wrong_literal_is_quoted_as_it_is() -> None:
    """Numbers of a small one are written as JavaScript does, those of a large one are copied."""

    def received(value: object) -> object:
        call = {"id": "1", "type": value, "function": {"name": "f", "arguments": ""}}
        message = {"role": "assistant", "tool_calls": [call]}
        [issue] = zod.validate(DOCUMENTED, {"model": "electron", "messages": [message]})
        return issue["received"]

    assert repr(received([2.0])) == "[2]"
    large = [2.0] * 20_000
    assert received(large) is large


def test_a_prompt_that_cannot_fit_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tokens of a long prompt are counted up to the size of the context, and no further."""
    monkeypatch.setattr(tokens, "split", lambda text: pytest.fail("the prompt was read"))
    for text in ("hello " * 50_000, "!" * 300_000, "\U0001f600" * 250_000):
        answer = Lane().open(slow_inputs.arrival(slow_inputs._says(text)))
        assert answer.status == 400
        assert b"context" in answer.frames[0]


def test_the_size_of_a_prompt_that_is_not_read_is_estimated() -> None:
    """For a text without variation, the estimate is close to the count."""
    from mock_electron.model.prompt import tokens_beyond

    text = "hello world, " * 30_000
    assert tokens_beyond(parsed(slow_inputs._says(text)), 32_768) == pytest.approx(
        tokens.count(text), rel=0.001
    )
    assert tokens_beyond(parsed(slow_inputs._says(" " * 300_000 + "x")), 32_768) == 0
    assert tokens_beyond(parsed(slow_inputs._says("!" * 40_000)), 32_768) == 0


def test_the_garbage_collector_pauses_only_while_a_large_document_is_read() -> None:
    """It runs again afterwards, also after malformed JSON, and stays off if it was off."""
    large = b"[" + b"[]," * 400_000 + b"[]]"
    for before in (True, False):
        (gc.enable if before else gc.disable)()
        try:
            for document in (large, large[:-1], b"[]"):
                with suppress(codec.MalformedError):
                    codec.decode(document)
                assert gc.isenabled() == before
        finally:
            gc.enable()


def counted_request(asked: wire_request.ChatRequest) -> int:
    """Return the number of tokens of the prompt of a request."""
    return sum(len(segment.tokens()) for segment in segments(asked))


def test_an_overflow_names_the_real_size_of_the_prompt() -> None:
    """A prompt that fits is counted before it is refused, however large `max_tokens` is."""
    lane = Lane()

    def body(text: str, **options: Any) -> bytes:
        messages = [{"role": "user", "content": text}]
        return json.dumps({"model": "electron", "messages": messages} | options).encode()

    long = "a " + " " * 300_000 + "hello world " * 100  # few tokens, but many characters
    for text in ("Hi.", "hello " * 250, "\u0928\u092e " * 900, long):
        size = counted_request(parsed(body(text)))
        for name in ("max_tokens", "max_completion_tokens"):
            for most in (32_769 - size, 32_768, 32_769, 40_000, 10**9):
                answer = lane.open(slow_inputs.arrival(body(text, **{name: most})))
                assert answer.status == 400
                words = f"requested {size + most} tokens ({size} in the messages, {most} in the"
                assert words in answer.frames[0].decode(), (text[:20], most)


def test_many_short_calls_are_counted_each_for_itself() -> None:
    """A long history of calls that fits into the context is not refused."""
    from mock_electron.model.prompt import tokens_beyond

    function = {"name": "abcdefghijkl", "arguments": "abcdefghijkl"}
    calls = [{"id": "1", "type": "function", "function": function}] * 9_000
    history = {"role": "assistant", "content": None, "tool_calls": calls}
    messages = [{"role": "user", "content": "Hi."}, history]
    asked = parsed(json.dumps({"model": "electron", "messages": messages}).encode())
    assert 18_000 < counted_request(asked) < 32_768
    assert tokens_beyond(asked, 32_768) == 0


COUNT_KEYWORDS = {
    "minProperties": "object",
    "maxProperties": "object",
    "minItems": "array",
    "maxItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "multipleOf": "number",
    "minimum": "integer",
}
EXTREMES = (2**63, -1e21, 1e19, 1e308, -1e308, 5e-324, 0.5, "1e19")


def test_no_count_of_a_schema_is_too_extreme() -> None:
    """Any number as a count gives a value, in each maker, and never gives work back."""
    failed = []
    for keyword, kind in COUNT_KEYWORDS.items():
        for extreme in EXTREMES:
            for schema in (
                {keyword: extreme},
                {"type": kind, keyword: extreme, "uniqueItems": True, "pattern": "^a+$"},
            ):
                whole = slow_inputs._object({"a": schema})
                fields = {"response_format": {"type": "json_object"}}
                bodies = (
                    slow_inputs._calls(whole),
                    slow_inputs._calls(schema),
                    slow_inputs._says("Reply as JSON: " + json.dumps(whole), **fields),
                )
                for budget in (LIMIT, 2_000):
                    for body in bodies:
                        try:
                            spoken(body, Work(budget))
                            plain_instance(schema, Work(RESERVE))
                        except (ArithmeticError, ValueError, TypeError) as error:
                            failed.append((schema, budget, repr(error)))
    assert failed == []


def test_no_function_of_the_model_works_without_a_budget() -> None:
    """A parameter `charge` has no default, so a call without it is an error."""
    with_default = [
        f"{file.name}: {node.name}"
        for file in (Path(slow_inputs.__file__).parents[1] / "mock_electron/model").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and "charge" in _parameters_with_default(node)
    ]
    assert with_default == []


def _parameters_with_default(node: ast.FunctionDef) -> set[str]:
    listed = node.args
    positional = [*listed.posonlyargs, *listed.args]
    named = [
        one.arg
        for one, default in zip(listed.kwonlyargs, listed.kw_defaults, strict=True)
        if default is not None
    ]
    return {*named, *(one.arg for one in positional[len(positional) - len(listed.defaults) :])}


def test_the_search_for_an_enum_member_costs_its_words_times_the_text() -> None:
    """Few members of many words use up the budget, since each is searched at each beginning."""
    text = "e " * 900 + " ".join(map(str, range(40)))
    for words, budgets in ((25, 3), (95, 12)):
        listed = ["e " * words + str(number) for number in range(40)]
        work = Work(10**9)
        spoken(slow_inputs._calls(slow_inputs._object({"e": {"enum": listed}}), text), work)
        assert work.used > budgets * LIMIT, (words, work.used)


KNOWN_TOOLS = (
    ("What is the weather in Paris 7?", {"city": slow_inputs.STRING}),
    ("Book a room for 3 people in Oslo tomorrow", {
        "place": slow_inputs.STRING, "people": {"type": "integer"},
        "day": {"type": "string", "format": "date"}, "kind": {"enum": ["small", "large"]},
    }),
    ("Save the order of Anna: 3 apples", {
        "customer": {"anyOf": [{"$ref": "#/properties/by"}, {"type": "null"}]},
        "by": {"type": "object", "properties": {"name": slow_inputs.STRING}, "required": ["name"]},
        "items": {"type": "array", "items": slow_inputs.ITEM},
    }),
)  # fmt: skip


def test_a_known_tool_costs_as_much_as_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a tool changes neither the charges of a request nor its reply."""
    for text, properties in KNOWN_TOOLS:
        body = slow_inputs._calls(slow_inputs._object(properties), text)
        prepared._prepared.cache_clear()
        seen = []
        for longest in (0, prepared.LONGEST, prepared.LONGEST):
            monkeypatch.setattr(prepared, "LONGEST", longest)
            work = Work()
            seen.append((spoken(body, work), work.used))
            monkeypatch.undo()
        assert seen[0] == seen[1] == seen[2], text
        assert prepared._prepared.cache_info().hits > 0


def test_a_spent_budget_of_a_known_tool_has_the_same_reply() -> None:
    """Wherever the budget ends, the reply does not depend on what is kept."""
    text, properties = KNOWN_TOOLS[1]
    body = slow_inputs._calls(slow_inputs._object(properties), text)
    for limit in range(500, 12_000, 250):
        prepared._prepared.cache_clear()
        assert spoken(body, Work(limit)) == spoken(body, Work(limit)), limit


def test_a_short_chat_takes_few_calls() -> None:
    """The answer to one short question costs about 370 function calls, with its record."""
    body = slow_inputs._says("What is the capital of France?")
    lane = Lane(Settings())
    for number in range(20):  # the caches are full
        warm = body.replace(b"France", b"Place %d" % number)
        lane.close(lane.open(slow_inputs.arrival(warm)), 1)
    arrived = slow_inputs.arrival(body)
    with counted_calls(MOST_EVENTS) as counted:
        lane.close(lane.open(arrived), 1)
    assert counted["calls"] <= 385


def test_each_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a message are read once for all tools, lists and members."""
    read: Counter[tuple[str, tuple[str, ...]]] = Counter()
    original = Reading.marks._compute

    def counted(reading: Reading) -> Any:
        read[reading.text, reading.said.earlier] += 1
        return original(reading)

    monkeypatch.setattr(Reading.marks, "_compute", counted)
    for name in ("lists of lists of objects", "parts in Japanese", "names, 64 tools"):
        read.clear()
        spoken(KINDS[name]())
        assert read, name
        assert {text: count for text, count in read.items() if count > 1} == {}, name


def test_nothing_that_was_read_outlives_the_request() -> None:
    """The readings of a request are freed at once, without a garbage collection."""
    gc.collect()
    gc.disable()
    try:
        spoken(KINDS["parts in Japanese"]())
        assert [each for each in gc.get_objects() if isinstance(each, Reading)] == []
    finally:
        gc.enable()


def test_many_parts_of_allof_have_a_plain_value() -> None:
    """20 parts that bound 100 integers each are united, so that the reserve pays for a value."""
    listed = {f"r{n}": n for n in range(100)}
    parts: list[dict[str, Any]] = [
        {"properties": {name: {"type": "integer", "minimum": part} for name in listed}}
        for part in range(20)
    ]
    schema = {"type": "object", "allOf": parts, "required": list(listed)}
    work = Work(RESERVE)
    value = plain_instance(schema, work)
    assert list(value) == list(listed)
    jsonschema.validate(value, schema)
    assert work.used < RESERVE


def test_each_merge_is_charged() -> None:
    """A merge of two schemas without members costs at least a step."""
    work = Work()
    merge({}, {}, work)
    assert work.used >= STEP


CITY: Final = slow_inputs._object({"city": slow_inputs.STRING})
NAMES: Final = [
    "get_weather",
    *(
        f"{verb}_{thing}"
        for verb in "list cancel find book show delete".split()
        for thing in "order invoice flight hotel contact playlist timer".split()
    ),
]
OFFERED: Final = [slow_inputs._tool(CITY, name) for name in NAMES][:40]


def test_the_pocket_model_takes_few_calls() -> None:
    """A tool call over 40 known tools takes little more than one over a single tool."""
    bounds = {0: 108, 1: 900, 40: 960}
    counted = {}
    for count in bounds:
        fields = {"tools": OFFERED[:count]} if count else {}
        for place in ("Oslo", "Paris"):  # the second request finds the tools read
            asked = parsed(slow_inputs._says(f"What is the weather in {place}?", **fields))
            its_dice, content = dice(asked), content_of(asked, 0)
            with counted_calls(MOST_EVENTS) as counter:
                speak(asked, its_dice, TODAY, content)
            counted[count] = counter["calls"]
    assert {count: calls for count, calls in counted.items() if calls > bounds[count]} == {}


def test_a_repeated_request_takes_few_calls() -> None:
    """At most 100 function calls, those of built-in functions included, also for a stream."""
    counted = {}
    for kind, fields in {"chat": {}, "stream": {"stream": True}}.items():
        lane, asked = Lane(Settings()), slow_inputs.arrival(slow_inputs._says("Hi", **fields))
        for _ in range(3):  # the prompt is cached, and the reply is ready
            answer = lane.open(asked)
            lane.close(answer, len(answer.frames))
        frames = len(answer.frames)
        with counted_calls(MOST_EVENTS) as counter:
            lane.close(lane.open(asked), frames)
        counted[kind] = counter["calls"]
    assert {kind: calls for kind, calls in counted.items() if calls > 100} == {}


WEATHER: Final = "What is the weather in Oslo ({})?"
UNCLEAR: Final = "What is the weather in Oslo, ticket {}?"
"""The ticket makes it unclear: a tool for the weather knows none. So all readings are compared."""
NEW: Final[Mapping[str, tuple[int, str, dict[str, Any]]]] = {
    "chat": (410, WEATHER, {}),
    "stream": (470, WEATHER, {"stream": True}),
    "tool call": (1560, WEATHER, {"tools": OFFERED[:1]}),
    "unclear": (2850, UNCLEAR, {"tools": OFFERED[:1]}),
    "unclear, 40 tools": (3250, UNCLEAR, {"tools": OFFERED}),
}
"""Kinds of requests: the most function calls for a new one, its message, and its fields."""


@pytest.mark.parametrize("kind", NEW)
def test_a_new_request_takes_few_calls(kind: str) -> None:
    """A request that differs from the earlier ones in one word of its last message."""
    bound, said, fields = NEW[kind]
    lane = Lane(Settings(sampling="steady"))
    for number in range(40):  # the tools and the common words are known
        text = said.format(f"{len(kind)}{number}")
        asked = slow_inputs.arrival(slow_inputs._says("Hello!", text, **fields))
        with counted_calls(MOST_EVENTS) as counter:
            lane.answer_at_once(asked)
    assert counter["calls"] <= bound


def test_a_repeated_request_is_parsed_and_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens, validation, the pocket model and the bytes of the reply are needed once."""
    lane, asked = Lane(Settings()), slow_inputs.arrival(slow_inputs._says("Hi"))
    for _ in range(2):
        lane.close(lane.open(asked), 1)
    for function in ("tokens.split", "speak.speak", "completion.complete"):
        forbid(monkeypatch, f"mock_electron.model.{function}")
    for function in ("zod.validate", "render._after_time", "codec.decode"):
        forbid(monkeypatch, f"mock_electron.wire.{function}")
    lane.close(lane.open(asked), 1)
    assert [one.status for one in lane.peek()] == [200] * 3


def forbid(monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    """Fail if a function is called."""
    monkeypatch.setattr(function, lambda *_, **__: pytest.fail(f"{function} was called"))
