"""No request causes a 500: whatever tool results, schemas and messages contain, the model answers."""

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from math import inf, nan
from random import Random
from types import FrameType
from typing import Any, Final

import pytest
from lanes import CHAT, arrival, ask, body
from raw_http import user
from rows import each_of

from mock_electron import Pace, Settings, fail
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import LATEST, http_date, timestamp, utc_date
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane

Schema = dict[str, Any]


class Records(logging.Handler):
    """Keeps what the fake logs."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture
def logged() -> Iterator[list[str]]:
    handler, logger = Records(), logging.getLogger("mock_electron")
    logger.addHandler(handler)
    yield handler.messages
    logger.removeHandler(handler)


def lane() -> Lane:
    return Lane(Settings(accept_json_schema=True))


def after_result(result: str, arguments: str = "{}") -> list[dict[str, Any]]:
    """Return a conversation that ends with a tool result."""
    function = {"name": "f", "arguments": arguments}
    return [
        *user("How is it?"),
        {
            "role": "assistant",
            "tool_calls": [{"id": "1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "1", "content": result},
    ]


def tool(parameters: Schema, name: str = "f") -> Schema:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def content(answer: Any) -> str | None:
    said: str | None = json.loads(body(answer))["choices"][0]["message"]["content"]
    return said


# --- tool results

RESULTS: Final = {
    "{1: 'Mumbai', 2: 'Pune'}": "1 Mumbai, 2 Pune",
    "{(1, 2): None, True: {'a', 'b'}}": "(1, 2) nothing, true a and b",
    "('Mumbai', 3.5)": "Mumbai and 3.5",
    "{b'city': u'Pune'}": "city Pune",
    r"'\ud800'": '"\ufffd"',
    r'"\ud800"': '"\ufffd"',
    r'{"city": "\udc00 Pune"}': "city \ufffd Pune",
    r"'\ud83d\ude00'": '"\U0001f600"',
    r'"\\ud800"': r'"\ud800"',
    "0x" + "f" * 6_000: '"0x' + "f" * 598 + '"',
    "9" * 5_000: '"' + "9" * 600 + '"',
    "[" + "9" * 5_000 + "]": "9" * 600,
    "5in": '"5in"',
    "1if 1else 2": '"1if 1else 2"',
    r"'\z'": r'"\z"',
    "1e999": '"1e999"',
    '{"temperature": NaN}': "temperature: NaN",
    "-" * 600: '"' + "-" * 600 + '"',
    "[" * 5_000 + "]" * 5_000: "nothing",
    "{'a': " * 300 + "1" + "}" * 300: "'a': " * 100,
    "'" * 19_000: '"' + "'" * 600 + '"',
    "f'{1}'": "\"f'{1}'\"",
    "\x00": '"\x00"',
    "05": '"05"',
}
"""A tool result, and how the model speaks it."""


@pytest.mark.filterwarnings("error")
def test_every_tool_result_is_spoken(logged: list[str]) -> None:
    """JSON and what Python prints are read; any other text is quoted, or said without brackets."""
    wrong = {}
    for result, spoken in RESULTS.items():
        said = content(ask(lane(), messages=after_result(result)))
        if said is None or spoken not in said:
            wrong[result[:40]] = said
    assert not wrong
    assert not logged


def test_a_result_does_not_depend_on_the_limit_for_digits(logged: list[str]) -> None:
    """The answer is the same if Python reads integers of 640 digits only."""
    texts = ["9" * 700, "[" + "9" * 700 + "]", "0x" + "f" * 700]
    limit = sys.get_int_max_str_digits()

    def answers() -> list[bytes]:
        return [body(ask(lane(), messages=after_result(text))) for text in texts]

    usual = answers()
    sys.set_int_max_str_digits(640)
    try:
        assert answers() == usual
    finally:
        sys.set_int_max_str_digits(limit)
    assert not logged


# --- schemas

OWN: Final = {"$ref": "#/properties/a"}
SCHEMAS: Final[tuple[Any, ...]] = (
    {"properties": {}, "required": ["a"]},
    {"properties": {"a": {"type": "string"}}, "required": ["a", "missing", 3, None, {}, []]},
    {"required": "a"},
    {"properties": {"a": OWN}, "required": ["a"]},
    {"properties": {"a": {"anyOf": [OWN, OWN]}}, "required": ["a"]},
    {"properties": {"a": {"allOf": [OWN, {"type": "array", "items": OWN}]}}, "required": ["a"]},
    {"properties": {"a": {"$ref": "#/$defs/x"}}, "required": ["a"],
     "$defs": {"x": {"oneOf": [{"$ref": "#/$defs/y"}]}, "y": {"anyOf": [{"$ref": "#/$defs/x"}]}}},
    {"properties": {"a": {"prefixItems": [OWN]}}, "required": ["a"]},
    {"properties": {"a": {"allOf": [{"multipleOf": 0}, {"multipleOf": 0}]}}, "required": ["a"]},
    {"properties": {"a": {"allOf": [{"multipleOf": 3}, {"multipleOf": 0}]}}, "required": ["a"]},
    {"properties": {"a": {"allOf": [{"properties": []}, {"properties": {"b": {}}}]}},
     "required": ["a"]},
    {"properties": {"a": {"type": "number", "minimum": 1e308, "multipleOf": 1e308}},
     "required": ["a"]},
    {"properties": {"a": {"type": "array", "minItems": 60, "uniqueItems": True,
                          "items": {"type": "string", "pattern": "[\ud7f0-\ue010]"}}},
     "required": ["a"]},
    {"properties": {"a": {"\x00choices": 5, "\x00checks": [None]}}, "required": ["a"]},
    {"properties": [], "required": [], "type": []},
    {"properties": {"a": {"enum": []}, "b": False, "c": {"items": False, "minItems": 1}},
     "required": ["a", "b", "c"]},
)  # fmt: skip
"""Schemas that are wrong, contradictory or endless."""
SAYINGS: Final = ("f with a: 3", "call f(a=1)", "and a, Paris and London", '{"a": {"a": [1]}}')


def test_every_schema_gets_a_call(logged: list[str]) -> None:
    """The tool is called, and JSON mode answers, whatever the schema says."""
    wrong = {}
    for schema in SCHEMAS:
        other = tool({"required": ["a"]}, "get_a")
        for text in SAYINGS[1:3]:
            for fields in (
                {"tools": [tool(schema), other]},
                {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}},
            ):
                status = ask(lane(), text, **fields).status
                if status != 200:
                    wrong[str(schema)[:80]] = status
    assert not wrong
    assert not logged


def test_a_deep_schema_needs_little_of_the_stack(logged: list[str]) -> None:
    """Schemas and values of 100 levels leave most of the recursion limit unused."""
    value: Any = 1
    for _ in range(100):
        value = [value]
    deep: Any = {"const": value}
    for _ in range(40):
        deep = {"type": "array", "items": {"allOf": [deep]}, "minItems": 1, "uniqueItems": True}
    usual = sys.getrecursionlimit()
    depth = len(list(_frames()))
    sys.setrecursionlimit(depth + 750)
    try:
        for schema in (deep, *SCHEMAS[4:8]):
            given = {"properties": {"a": schema}, "required": ["a"]}
            answer = ask(lane(), "f", tools=[tool(given)], tool_choice="required")
            assert answer.status == 200
    finally:
        sys.setrecursionlimit(usual)
    assert not logged


def _frames() -> Iterator[object]:
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back


# --- messages

NINES: Final = "9" * 310
MESSAGES: Final = {
    f"What is {NINES} / 7?": "1.42857e+309",
    f"What is 7 / {NINES}?": "e-310",
    f"What is {NINES} * {NINES} * {NINES}?": "1.00000e+930",
    f"What is {NINES} / 0?": "",
    "What is 1/3?": "0.333333",
    "What is ٣ * ٤?": "12",
    "Write ² haikus": "",
    "Give me ① ideas": "",
    "Tell me about İ and ME": "",
    "Tell me in fıve sentences": "",
    f"Remind me in {'9' * 900} days": "",
    f"Remind me in {'9' * 12} days": "",
    "Book 30 February at 99:99 for the year 99999": "",
    "Book 00/00/0000 or 0000-00-00 or 31.31.9999": "",
    "five hundred million billion crore lakh thousand": "",
    "MMMMMMMMMMIV people, the 0th of May 0000": "",
}
"""A message, and what the reply contains."""


def test_every_message_is_answered(logged: list[str]) -> None:
    """Numbers without an end, days that do not exist, and unusual letters and digits."""
    wanted = {"when": {"type": "string", "format": "date"}, "n": {"type": "integer"}}
    tools = [tool({"properties": wanted, "required": ["when", "n"]}, "remind_me")]
    wrong = {}
    for text, expected in MESSAGES.items():
        said = content(ask(lane(), text)) or ""
        called = ask(lane(), text, tools=tools, tool_choice="required").status
        if expected not in said or called != 200:
            wrong[text[:40]] = (said[:80], called)
    assert not wrong
    assert not logged


# --- anything, anywhere

KEYWORDS: Final = (
    "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "multipleOf", "minLength",
    "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "items", "prefixItems",
    "properties", "required", "additionalProperties", "minProperties", "maxProperties", "$ref",
    "allOf", "anyOf", "oneOf", "not", "$defs", "patternProperties", "propertyNames", "contains",
    "dependentRequired", "if", "then", "default", "examples", "title", "description",
)  # fmt: skip
REFERENCES: Final = (
    "#",
    "#/",
    "#/properties/a",
    "#/$defs/a",
    "#/allOf/0",
    "#/no",
    "#a",
    "http://x",
)
LITERALS: Final = ("{1: 2}", "(", "'\\ud800'", "[1,]", "0x", "1e999", "NaN", "{'a': {'b'}}", "5in")


JUNK: Final[Sequence[Any]] = (
    None, True, False, 0, -1, 2, 0.5, 1e308, -1e308, 5e-324, 10**30, "", "a", "object", "array",
    "string", "number", "\x00", "[", "(?=a)", "\ud83e\udee8", [], ["a"], [1, None], {}, {"a": 1},
    *REFERENCES,
)  # fmt: skip
PARTS: Final = (
    "1",
    "-0",
    "'a'",
    '"b"',
    "None",
    "b'x'",
    "'\\udfff'",
    "1.5",
    "{}",
    "nan",
    "0x1",
    "5in",
)


class Chance:
    """Makes requests that follow from a number."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)  # noqa: S311 (the number decides, and nothing is secret)

    def one_of(self, options: Sequence[Any]) -> Any:
        return self._random.choice(options)

    def schema(self, depth: int = 0) -> Any:
        """Return a schema in which any keyword may have any value."""
        if depth > 3 or (depth and not self._random.randrange(8)):
            return self.one_of(JUNK)
        words = self._random.sample(KEYWORDS, self._random.randrange(1, 5))
        made = {word: self.value(depth + 1) for word in words}
        if self._random.randrange(2):
            made["type"] = self.one_of(("object", "array", "string", "number", "integer", "null"))
        if not depth and self._random.randrange(4):
            made |= {"properties": {"a": self.schema(1), "b": self.schema(1)}}
            made["required"] = ["a", self.one_of(("b", "missing", 3))]
        return made

    def value(self, depth: int) -> Any:
        """Return the value of a keyword: a schema, schemas, or junk."""
        kind = self._random.randrange(6)
        if kind < 2:
            return self.schema(depth)
        if kind == 2:
            return [self.schema(depth) for _ in range(self._random.randrange(3))]
        if kind == 3:
            return {self.one_of(("a", "b", "")): self.schema(depth) for _ in range(2)}
        return self.one_of(JUNK)

    def literal(self, depth: int = 0) -> str:
        """Return something like what Python prints."""
        if depth > 3 or self._random.randrange(2):
            return str(self.one_of(PARTS if depth else (*PARTS, *LITERALS)))
        inner = [self.literal(depth + 1) for _ in range(self._random.randrange(3))]
        if self._random.randrange(2):
            return "{" + ", ".join(f"{self.literal(3)}: {member}" for member in inner) + "}"
        return str(self.one_of(("[{}]", "({})", "{{{}}}", "({},)"))).format(", ".join(inner))

    def request(self) -> dict[str, Any]:
        """Return a request for a call or for JSON, after a tool result."""
        messages = after_result(self.literal(), self.literal())
        if self._random.randrange(2):
            messages += user(f"{self.one_of(SAYINGS)} {self.literal()}")
        fields: dict[str, Any] = {"model": "electron", "messages": messages}
        if self._random.randrange(3):
            choice = self.one_of(("auto", "required", "none"))
            fields |= {"tools": [tool(self.schema()), tool(self.schema(), "get_a")]}
            fields["tool_choice"] = choice
        else:
            given = {"name": "x", "schema": self.schema()}
            fields["response_format"] = {"type": "json_schema", "json_schema": given}
        if not self._random.randrange(4):
            fields |= {"stream": True, "logprobs": True, "top_logprobs": 2}
        return fields


REQUESTS: Final = 150


def test_any_request_gets_200_or_400(logged: list[str]) -> None:
    """Any keyword with any value in schemas, and any literal in results and messages."""
    wrong: list[str] = []
    for number in range(REQUESTS):
        raw = json.dumps(Chance(number).request()).encode()
        one = lane()
        answer = one.open(Arrival("POST", CHAT, "Bearer sk", "application/json", raw))
        one.close(answer, len(answer.frames))
        if answer.status not in (200, 400) or logged:
            wrong.append(
                f"{number}: {answer.status}, {logged[0][-300:] if logged else raw[:300]!r}"
            )
            logged.clear()
        assert body(answer).decode()
    assert not wrong, "\n".join(wrong)


# --- time


def test_a_clock_stops_before_the_dates_of_python_end() -> None:
    """A request is answered at any time, and an advance beyond the year 9000 is refused."""
    one = Lane(Settings(pace=Pace(first=3600, each=3600)))
    while one.clock.now() <= LATEST - 1e9:
        one.clock.advance(1e9)
    with pytest.raises(ValueError, match=r"seconds must be at most \d+, so that the clock stays"):
        one.clock.advance(1e9)
    assert one.clock.now() > LATEST - 1e9
    for _ in range(3):
        answer = ask(one, "Remind me tomorrow, on Monday or on 31 December")
        assert answer.status == 200
        one.clock.pass_time(1e9)
    assert one.clock.now() == LATEST
    assert json.loads(body(answer))["created"] == int(LATEST)
    assert timestamp(LATEST) == "9000-01-01T00:00:00Z"
    assert utc_date(LATEST).year == 9000
    assert http_date(10**30) == "Fri, 31 Dec 9999 23:59:59 GMT"
    assert [e.status for e in one.exchanges()] == [200] * 3


@each_of((seconds,) for seconds in [1e300, inf, -inf, nan, -1, 10**400, "1", None, True])
def test_a_clock_refuses_a_wrong_number_of_seconds(seconds: Any) -> None:
    """The message names the argument and its bounds."""
    with pytest.raises(
        ValueError, match="seconds must be a number of seconds from 0 to 1000000000"
    ):
        lane().clock.advance(seconds)


# --- what failed


def test_the_log_says_what_failed(monkeypatch: pytest.MonkeyPatch, logged: list[str]) -> None:
    """An error of the fake itself is not called an error of a user function."""
    one = lane()
    one.respond_with(lambda request: 1 / 0)  # type: ignore[arg-type, return-value]  # wrong on purpose
    assert ask(one).status == 500
    monkeypatch.setattr("mock_electron.engine.choose_reply.speak", lambda *_: 1 / 0)
    two = lane()
    assert ask(two).status == 500
    assert [text.splitlines()[0] for text in logged] == [
        "the function given to respond_with() raised ZeroDivisionError on request 0",
        "mock-electron failed on request 0",
    ]
    assert [(e.answered_by, e.raised) for e in (*one.exchanges(), *two.exchanges())] == [
        ("function", "ZeroDivisionError: division by zero"),
        ("gateway", ""),
    ]
    logged.clear()


def test_a_request_with_a_fault_that_no_date_can_express_is_answered() -> None:
    """`Retry-After` as a date is at most the last second of the year 9999."""
    one = lane()
    one.inject(Injection(fail(429, retry_after=10**15, as_date=True)))
    answer = one.open(arrival())
    assert dict(answer.headers)[b"retry-after"] == b"Fri, 31 Dec 9999 23:59:59 GMT"
