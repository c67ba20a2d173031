"""mock_electron.strategies: every strategy draws what it documents, and failures shrink well."""

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import hypothesis
import jsonschema
import naive_sse
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.vendor.pretty import pretty
from lanes import CHAT
from naive_sse import Reader
from raw_http import listen, user
from rows import each

from mock_electron import Electron, faults, strategies
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.model.draft import Draft
from mock_electron.model.fill import Said, instance
from mock_electron.strategies import (
    Stream,
    chat_requests,
    conversations,
    invalid_chat_requests,
    replies,
    streams,
    tool_schemas,
    tools,
)
from mock_electron.strategies.breakages import FIELDS, MESSAGES
from mock_electron.strategies.issues import ABSENT, at
from mock_electron.strategies.requests import OPTIONAL
from mock_electron.strategies.texts import texts
from mock_electron.wire import schema
from mock_electron.wire.model_server import TOOL_NAME

Body = dict[str, Any]
PAGE: Final = Path(__file__).parent.parent / "docs" / "property-testing.md"
STREAM: Final[Body] = {"model": "electron", "messages": user("Hi"), "stream": True}
WHOLE: Final[Body] = STREAM | {"stream": False}


def ask(lane: Lane, body: object) -> AnyAnswer:
    answer = lane.open(
        Arrival("POST", CHAT, "Bearer k", "application/json", json.dumps(body).encode())
    )
    lane.close(answer, len(answer.frames))
    return answer


def drawn(strategy: st.SearchStrategy[Any], count: int = 200) -> list[Any]:
    """Return examples of a strategy."""
    found: list[Any] = []

    @given(strategy)
    @settings(max_examples=count, phases=[Phase.generate])
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


REQUESTS: Final = chat_requests()
INVALID: Final = invalid_chat_requests()
REPLIES: Final = replies()
STREAMS: Final = streams()
SCHEMAS: Final = tool_schemas()

sample = cache(drawn)
"""Return examples of a strategy, which several tests read. No test may change them."""


# --- a missing package, and wrong options


def test_without_hypothesis_one_message_says_what_to_install() -> None:
    """Only the import of the strategies fails; the rest of the package works."""
    program = """
import sys
sys.modules["hypothesis"] = None
import mock_electron
from mock_electron import MockElectron, reply
try:
    import mock_electron.strategies
except ImportError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == (
        "mock_electron.strategies needs hypothesis: "
        'install it with pip install "mock-electron[hypothesis]"\n'
    )


def test_nothing_imports_the_strategies() -> None:
    """No other module imports the strategies, so the package runs without Hypothesis."""
    package = Path(strategies.__file__).parent.parent
    others = [path for path in package.rglob("*.py") if "strategies" not in path.parts]
    assert len(others) > 100
    sources = {path: path.read_text(encoding="utf-8") for path in others}
    mentions = {path: source for path, source in sources.items() if "strategies" in source}
    for path, source in mentions.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [getattr(node, "module", None), *(alias.name for alias in node.names)]
                assert [n for n in names if n and "strategies" in n.split(".")] == [], path


WRONG_OPTIONS: Mapping[str, tuple[Callable[[], object], str]] = {
    "no messages": (
        lambda: chat_requests(max_messages=0),
        "max_messages must be an integer from 1 to 200, got 0",
    ),
    "too many": (
        lambda: chat_requests(max_messages=201),
        "max_messages must be an integer from 1 to 200, got 201",
    ),
    "min above max": (
        lambda: chat_requests(min_messages=4, max_messages=3),
        r"max_messages must be at least min_messages \(4\), got 3",
    ),
    "a text": (
        lambda: chat_requests(max_messages="3"),  # type: ignore[arg-type]  # wrong on purpose
        "max_messages must be an integer .* got '3'",
    ),
    "a boolean": (
        lambda: chat_requests(min_messages=True),
        "min_messages must be an integer .* got True",
    ),
    "too short for history": (
        lambda: chat_requests(history=True, max_messages=2),
        "max_messages must be at least 3 with history=True, got 2",
    ),
    "a switch": (
        lambda: chat_requests(tools="yes"),  # type: ignore[arg-type]  # wrong on purpose
        "tools must be True, False or None, got 'yes'",
    ),
    "no tools": (
        lambda: chat_requests(max_tools=0),
        "max_tools must be an integer from 1 to 64, got 0",
    ),
    "too short for tools": (
        lambda: conversations(system=True, tool_turns=True, max_messages=3),
        "max_messages must be at least 4 with system=True and tool_turns=True, got 3",
    ),
    "no issues": (
        lambda: invalid_chat_requests(max_issues=0),
        "max_issues must be an integer from 1 to 20, got 0",
    ),
    "tools": (
        lambda: tools(min_tools=3, max_tools=2),
        r"max_tools must be at least min_tools \(3\), got 2",
    ),
    "no calls": (lambda: replies(max_calls=0), "max_calls must be an integer .* got 0"),
    "a size": (lambda: replies(max_size=-1), "max_size must be an integer .* got -1"),
    "no tokens": (lambda: streams(max_tokens=0), "max_tokens must be an integer .* got 0"),
    "usage": (
        lambda: streams(usage=1),  # type: ignore[arg-type]  # wrong on purpose
        "usage must be True, False or None, got 1",
    ),
    "seconds": (
        lambda: strategies.faults(seconds_at_most=-1),
        "seconds_at_most must be a number of seconds from 0 to 60, got -1",
    ),
    "not a number": (
        lambda: strategies.faults(seconds_at_most=float("nan")),
        "seconds_at_most must be a number .* got nan",
    ),
}


@each(WRONG_OPTIONS)
def test_a_wrong_option_is_rejected_at_the_call(row: tuple[Callable[[], object], str]) -> None:
    """The error names the option, and is raised before anything is drawn."""
    make, words = row
    with pytest.raises(ValueError, match=words):
        make()


def test_an_unknown_option_gets_a_suggestion() -> None:
    """The error for a misspelled option suggests the nearest one."""
    with pytest.raises(TypeError, match="Did you mean 'max_messages'"):
        chat_requests(max_message=3)  # type: ignore[call-arg]  # wrong on purpose


@each({name: name for name in strategies.__all__})
def test_a_docstring_begins_with_one_short_sentence_and_ends_with_an_example(name: str) -> None:
    """The example of a strategy is a test function that can be defined."""
    documented = getattr(strategies, name)
    docstring = inspect.getdoc(documented) or ""
    first, code = docstring.split("\n\n")[0], dedent(docstring.partition("Example:\n")[2])
    assert first.endswith(".")
    assert len(first.splitlines()) == 1
    if inspect.isfunction(documented):
        assert f"{name}(" in code
        exec(code, {"given": given, name: documented})  # noqa: S102 (the example is our own)


# --- requests


def test_a_request_is_answered() -> None:
    """Every request passes the schema and the checks of the model server."""
    for body in sample(REQUESTS, 40):
        answer = ask(Lane(), body)
        assert answer.status == 200, (body, answer.frames)


@given(chat_requests(min_messages=200, max_messages=200, tools=True, max_tools=64))
@settings(max_examples=2, suppress_health_check=list(HealthCheck))
def test_the_largest_request_is_answered(body: Body) -> None:
    """A request with 200 messages and 64 tools fits into the context."""
    assert len(body["messages"]) == 200
    assert ask(Lane(), body).status == 200


def test_every_field_is_drawn_and_unknown_ones_too() -> None:
    """Requests have every accepted field sometimes, and messages are drawn in every form."""
    bodies = sample(REQUESTS, 40)
    names = {name for body in bodies for name in body}
    assert set(schema.PARAMETERS) | {*OPTIONAL} <= names
    assert any("strict" in tool["function"] for body in bodies for tool in body.get("tools", ()))
    talks = [body["messages"] for body in drawn(chat_requests(history=True), 30)]
    messages = [message for talk in talks for message in talk]
    assert {"name", "tool_calls", "tool_call_id"} <= {key for one in messages for key in one}
    contents = {type(one.get("content")).__name__ for one in messages}
    assert contents == {"str", "list", "NoneType"}
    assert any("content" not in one for one in messages)


def roles(body: Body) -> set[str]:
    return {message["role"] for message in body["messages"]}


Option = tuple[st.SearchStrategy[Any], Callable[[Any], bool]]
OPTIONS: Mapping[str, Option] = {
    "tools": (chat_requests(tools=True), lambda body: len(body["tools"]) > 0),
    "no tools": (chat_requests(tools=False), lambda body: not {"tools", "tool_choice"} & {*body}),
    "one tool": (chat_requests(tools=True, max_tools=1), lambda body: len(body["tools"]) == 1),
    "history": (
        chat_requests(history=True, max_messages=3),
        lambda body: {"user", "assistant", "tool"} <= roles(body),
    ),
    "no history": (chat_requests(history=False), lambda body: roles(body) <= {"system", "user"}),
    "a stream": (chat_requests(stream=True), lambda body: body["stream"] is True),
    "no stream": (chat_requests(stream=False), lambda body: not body.get("stream")),
    "number of messages": (
        chat_requests(min_messages=4, max_messages=5),
        lambda body: len(body["messages"]) in (4, 5),
    ),
    "the last message": (chat_requests(), lambda body: body["messages"][-1]["role"] in {"user", "tool"}),
    "calls of offered tools": (
        chat_requests(tools=True, history=True),
        lambda body: called(body) <= {tool["function"]["name"] for tool in body["tools"]},
    ),
}  # fmt: skip


def called(body: Body) -> set[str]:
    calls = (call for message in body["messages"] for call in message.get("tool_calls", ()))
    return {call["function"]["name"] for call in calls}


@each(OPTIONS)
def test_an_option_applies_to_every_request(option: Option) -> None:
    """Every request that is drawn with the option fits it."""
    requests, predicate = option
    assert [body for body in drawn(requests, 10) if not predicate(body)] == []


@given(conversations(max_messages=12))
@settings(max_examples=40)
def test_a_conversation_is_well_formed(messages: list[Body]) -> None:
    """A system message is only the first, and every call has one result after it."""
    assert 1 <= len(messages) <= 12
    assert "system" not in [message["role"] for message in messages[1:]]
    assert messages[-1]["role"] in {"user", "tool"}
    open_calls: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            open_calls.remove(message["tool_call_id"])
        else:
            assert open_calls == []
        open_calls += [call["id"] for call in message.get("tool_calls", ())]
    assert open_calls == []


def test_conversations_have_calls_in_parallel_and_in_chains() -> None:
    """Several calls in a message, calls right after results, with and without a system message."""
    talks = drawn(conversations(max_messages=8, tool_turns=True), 80)
    assert any(len(one.get("tool_calls", ())) > 1 for talk in talks for one in talk)
    pairs = [(a["role"], "tool_calls" in b) for talk in talks for a, b in pairwise(talk)]
    assert ("tool", True) in pairs
    assert {talk[0]["role"] for talk in talks} == {"system", "user"}
    assert {talk[0]["role"] for talk in drawn(conversations(system=True), 20)} == {"system"}
    plain = drawn(conversations(system=False, tool_turns=False), 20)
    assert {one["role"] for talk in plain for one in talk} == {"user", "assistant"}


# --- requests that are rejected


def test_a_broken_request_gets_its_issues() -> None:
    """The mock reports exactly the issues of the strategy, key by key and in order."""
    for invalid in sample(INVALID, 40):
        answer = ask(Lane(), invalid.body)
        assert answer.status == 400, invalid
        error = json.loads(answer.frames[0])["error"]
        assert json.dumps(error["details"]) == json.dumps(invalid.issues)
        assert 1 <= len(invalid.issues) <= 3


def broken(name: str, value: Any) -> Body:
    """Return a small request with this value in a field, or without the field if it is ABSENT."""
    body: Body = {"model": "electron", "messages": user("Hi"), name: value}
    return {key: body[key] for key in body if body[key] is not ABSENT}


@each({name: name for name in FIELDS})
def test_every_breakage_of_a_field_gets_its_issues(name: str) -> None:
    """Every field is tested, so that none depends on what Hypothesis draws."""
    for breakage in drawn(FIELDS[name], 12):
        details = json.loads(ask(Lane(), broken(name, breakage.value)).frames[0])["error"][
            "details"
        ]
        assert details == [at(issue, name) for issue in breakage.issues]


def test_every_breakage_of_a_message_gets_its_issues() -> None:
    """The paths are correct in the middle of a long conversation, also inside calls."""
    found = drawn(MESSAGES, 100)
    for breakage in found:
        body = broken("messages", [*user("Hi") * 9, breakage.value, *user("Hi") * 9])
        details = json.loads(ask(Lane(), body).frames[0])["error"]["details"]
        assert details == [at(issue, "messages", 9) for issue in breakage.issues]
    places = [tuple(issue["path"]) for breakage in found for issue in breakage.issues]
    assert {("role",), ("content",), ("tool_call_id",), ("tool_calls",), ()} <= {*places}
    assert ("tool_calls", 0, "function", "arguments") in places


def test_the_table_of_breakages_has_the_fields_of_the_schema() -> None:
    """Both have the same fields in the same order."""
    assert [*FIELDS] == [*schema.DOCUMENTED.shape]


def test_broken_requests_are_of_every_kind() -> None:
    """One issue and several, deep inside messages, and bodies that are not objects."""
    found = sample(INVALID, 40)
    assert {len(one.issues) for one in found} == {1, 2, 3}
    paths = [issue["path"] for one in found for issue in one.issues]
    assert [] in paths
    assert any(path[0] == "messages" and path[1] > 0 for path in paths if len(path) > 2)
    assert len({path[0] for path in paths if path}) > len(FIELDS) // 2
    alone = drawn(invalid_chat_requests(max_issues=1), 20)
    assert {len(one.issues) for one in alone} == {1}


BODIES: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "invalid requests": INVALID.map(lambda invalid: invalid.body),
    "requests": REQUESTS,
    "conversations": conversations(),
    "tools": tools(),
}


@each(BODIES)
def test_a_test_may_change_a_body(bodies: st.SearchStrategy[Any]) -> None:
    """Changing a drawn body does not change what is drawn later."""
    found = drawn(bodies, 12)
    before = json.dumps(found)
    for body in found:
        empty(body)
    assert json.dumps(drawn(bodies, 12)) == before


def empty(document: Any) -> None:
    """Empty all lists and dicts inside a document."""
    if isinstance(document, dict | list):
        for inner in document.values() if isinstance(document, dict) else document:
            empty(inner)
        document.clear()


# --- schemas, replies


def test_a_tool_schema_is_valid_and_satisfiable() -> None:
    """A schema is valid by Draft 2020-12, and the pocket model finds arguments for it."""
    for parameters in sample(SCHEMAS, 50)[:30]:
        jsonschema.Draft202012Validator.check_schema(parameters)
        assert parameters["type"] == "object"
        validator = jsonschema.Draft202012Validator(parameters)
        validator.validate(instance(parameters, Said("take 5")))


def test_tool_schemas_have_every_shape() -> None:
    """Every supported keyword is drawn."""
    everything = json.dumps(sample(SCHEMAS, 50))
    words = ["items", "enum", "const", "format", "pattern", "minimum", "maxLength", "anyOf"]
    words += ["required", "additionalProperties", "minItems", "maxItems", "description"]
    assert [word for word in words if f'"{word}": ' not in everything] == []
    assert '"properties": {}, "type"' not in everything


@given(tools(min_tools=2, max_tools=5))
@settings(max_examples=20)
def test_tools_have_different_names(offered: list[Body]) -> None:
    """The number of tools is within the bounds, and the model server accepts their names."""
    names = [tool["function"]["name"] for tool in offered]
    assert 2 <= len(names) == len({*names}) <= 5
    assert all(map(TOOL_NAME.fullmatch, names))


def test_a_reply_is_sent_unchanged() -> None:
    """A request without a limit gets the text, the calls and the finish reason of the reply."""
    for said in sample(REPLIES, 40):
        assert_unchanged(said)


def assert_unchanged(said: Draft) -> None:
    lane = Lane()
    lane.respond_with(lambda request: said)
    choice = json.loads(ask(lane, WHOLE).frames[0])["choices"][0]
    assert choice["message"]["content"] == said.content
    functions = [call["function"] for call in choice["message"]["tool_calls"] or ()]
    assert [(f["name"], f["arguments"]) for f in functions] == [
        (call.name, call.arguments) for call in said.calls
    ]
    assert said.finish_reason in (None, choice["finish_reason"])


def test_replies_are_of_every_kind() -> None:
    """Texts, calls with and without a filler, and text that breaks careless readers."""
    found = sample(REPLIES, 40)
    assert {(bool(one.calls), one.content is None) for one in found} == {
        (False, False),
        (True, False),
        (True, True),
    }
    everything = "".join(drawn(texts(max_size=40), 100))
    tricky = ["data: ", "[DONE]", "\n\n", "\u2028", "\u0085", '"', "मुंबई", "👋", "\0"]
    assert [piece for piece in tricky if piece not in everything] == []
    assert "" in [one.content for one in found]
    assert {one.finish_reason for one in found} >= {None, "stop", "length", "content_filter"}
    assert all(one.calls for one in drawn(replies(calls=True), 20))
    assert not any(one.calls for one in drawn(replies(calls=False), 20))


# --- streams


def test_frames_and_writes_of_a_stream_have_the_same_bytes() -> None:
    """No write is empty, and a correct reader assembles the expected reply."""
    for stream in sample(STREAMS, 40):
        assert_consistent(stream)


def assert_consistent(stream: Stream) -> None:
    assert b"".join(stream.writes) == b"".join(stream.frames) == stream.body
    assert all(stream.writes)
    assert naive_sse.right(stream.writes) == expected(stream)
    usage = json.loads(stream.frames[-2][6:]).get("usage")
    assert (usage is None) == (stream.reply.usage is None)
    if stream.reply.usage is not None:
        assert usage["prompt_tokens"] == stream.reply.usage.prompt_tokens


def expected(stream: Stream) -> naive_sse.Read:
    reply = stream.reply
    return (
        reply.content,
        [[call.id, call.name, call.arguments] for call in reply.calls],
        reply.finish_reason,
    )


def test_streams_are_cut_everywhere() -> None:
    """Writes end inside characters and blank lines, after every event, or not at all."""
    found = sample(STREAMS, 40)
    borders = [(a[-1:], b[:1]) for stream in found for a, b in pairwise(stream.writes)]
    assert (b"\n", b"\n") in borders
    assert any(b >= b"\x80" and b < b"\xc0" for _, b in borders)
    assert 1 in {len(stream.writes) for stream in found}
    many = settings(max_examples=500)  # few streams are cut after every event
    assert hypothesis.find(STREAMS, lambda stream: stream.writes == stream.frames, settings=many)
    assert {len(stream.reply.calls) for stream in found} == {0, 1, 2, 3}
    assert {stream.reply.usage is None for stream in found} == {True, False}


STREAM_OPTIONS: Mapping[str, Option] = {
    "calls": (streams(calls=True), lambda stream: len(stream.reply.calls) > 0),
    "no calls": (streams(calls=False), lambda stream: stream.reply.calls == ()),
    "usage": (streams(usage=True), lambda stream: stream.reply.usage is not None),
    "no usage": (streams(usage=False), lambda stream: stream.reply.usage is None),
    "tokens": (streams(max_tokens=1, calls=False), lambda stream: len(stream.frames) <= 5),
    "one call": (streams(max_calls=1), lambda stream: len(stream.reply.calls) <= 1),
}


@each(STREAM_OPTIONS)
def test_an_option_applies_to_every_stream(option: Option) -> None:
    """Every stream that is drawn with the option fits it."""
    strategy, predicate = option
    assert [stream for stream in drawn(strategy, 10) if not predicate(stream)] == []


def test_a_stream_is_sent_write_by_write(electron: Electron) -> None:
    """A client receives the same bytes in the same writes over a socket."""
    for stream in sample(STREAMS, 40)[:20]:
        assert_sent(electron, stream)


def assert_sent(electron: Electron, stream: Stream) -> None:
    electron.respond_with(lambda request: stream)
    received = listen(electron, STREAM)
    assert received.complete
    assert received.body == stream.body
    assert received.writes == [*stream.writes]
    exchange = electron.exchanges.last
    assert (exchange.text or "", exchange.outcome) == (stream.reply.content, "complete")
    assert exchange.chunks_sent == exchange.chunks == len(stream.frames) - 1


def test_a_request_without_a_stream_gets_the_same_reply() -> None:
    """The reply of a stream is sent in one piece, with the same calls."""
    for stream in sample(STREAMS, 40):
        assert_same_reply(stream)


def assert_same_reply(stream: Stream) -> None:
    lane = Lane()
    lane.respond_with(lambda request: stream)
    choice = json.loads(ask(lane, WHOLE).frames[0])["choices"][0]
    assert (choice["message"]["content"] or "") == stream.reply.content
    calls = choice["message"]["tool_calls"] or ()
    assert [call["id"] for call in calls] == [call.id for call in stream.reply.calls]
    assert choice["finish_reason"] == stream.reply.finish_reason


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        (faults.NoDone(), lambda frames: frames[:-1]),
        (faults.Cut(after=1), lambda frames: frames[:1]),
        (faults.Duplicate(1), lambda frames: (frames[0], *frames)),
        (faults.ContentFilter(), lambda frames: frames),
    ],
    ids=["no [DONE]", "cut", "duplicate", "content filter"],
)
def test_faults_apply_to_streams_from_a_function(
    fault: faults.Fault, changed: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]
) -> None:
    """Faults change the events of a drawn stream as those of any other."""
    [stream] = drawn(streams(usage=True, calls=False).filter(lambda one: one.reply.content), 1)
    lane = Lane()
    lane.respond_with(lambda request: stream)
    lane.inject(Injection(fault))
    body = b"".join(ask(lane, STREAM).frames)
    if isinstance(fault, faults.ContentFilter):
        assert b'"finish_reason":"content_filter"' in body
    else:
        assert body == b"".join(changed(stream.frames))


# --- shrinking


def breaks(reader: Reader) -> Callable[[Stream], bool]:
    """Return whether a reader assembles something other than the expected reply."""

    def broken(stream: Stream) -> bool:
        try:
            return reader(stream.writes) != expected(stream)
        except (LookupError, ValueError):
            return True

    return broken


def smallest(reader: Reader, **options: Any) -> Stream:
    """Return the stream that a failing property test of this reader shrinks to."""
    tries = settings(max_examples=300)
    return hypothesis.find(streams(**options), breaks(reader), settings=tries)


def test_a_reader_that_decodes_each_write_fails_with_one_split_character() -> None:
    """The smallest stream is one character in two writes, as docs/property-testing.md shows it."""
    stream = smallest(naive_sse.decodes_each_write, calls=False)
    assert len(stream.reply.content) == 1
    before, after = stream.writes
    assert before[-1] >= 0xC2
    assert 0x80 <= after[0] < 0xC0
    assert f"```text\nstream={pretty(stream)}\n```" in PAGE.read_text("utf-8")


def test_every_strategy_and_option_is_on_the_page() -> None:
    """The table in docs/property-testing.md is complete."""
    page = PAGE.read_text("utf-8")
    exported = {name: getattr(strategies, name) for name in strategies.__all__}
    for name, function in exported.items():
        if inspect.isfunction(function):
            assert f"| `{name}({', '.join(inspect.signature(function).parameters)})` |" in page


def test_a_reader_without_a_buffer_fails_with_an_empty_stream_in_two_writes() -> None:
    """The smallest stream has no content, and its two writes share the first blank line."""
    stream = smallest(naive_sse.splits_each_write)
    assert (stream.reply.content, stream.reply.calls, stream.reply.usage) == ("", (), None)
    assert stream.writes == (stream.body[:201], stream.body[201:])
    assert stream.frames[0] == stream.writes[0] + b"\n"


@pytest.mark.parametrize("reader", naive_sse.BUGGY, ids=lambda reader: reader.__name__)
def test_a_bug_in_a_naive_reader_is_found(reader: Reader) -> None:
    """Each bug is found within the hundred examples that Hypothesis tries by default."""
    tries = settings(max_examples=100, phases=[Phase.generate])
    assert breaks(reader)(hypothesis.find(streams(), breaks(reader), settings=tries))


def test_no_bug_is_found_in_a_correct_reader() -> None:
    """The same search finds nothing for a correct reader."""
    is_broken = breaks(naive_sse.right)
    assert [stream for stream in sample(STREAMS, 40) if is_broken(stream)] == []


# --- faults


KINDS: Final = {
    value
    for name, value in vars(faults).items()
    if isinstance(value, type) and value is not faults.Fault
}


def test_faults_are_of_every_kind() -> None:
    """Every class of `mock_electron.faults` is drawn, with short delays."""
    found = drawn(strategies.faults(), 120)
    assert {type(fault) for fault in found} == KINDS
    assert all(getattr(fault, "seconds", 0) <= 0.02 for fault in found)
    assert all(getattr(fault, "delay", 0) <= 0.02 for fault in found)
    waits = [fault.error.retry_after for fault in found if isinstance(fault, faults.Fail)]
    assert max(wait or 0 for wait in waits) <= 1


@pytest.mark.parametrize("streamed", [True, False])
def test_faults_fit_the_kind_of_reply_that_they_are_drawn_for(streamed: bool) -> None:
    """Every fault applies to a stream or to a reply in one piece with calls, usage and gzip."""
    found = drawn(strategies.faults(stream=streamed), 60)
    body = (STREAM | {"stream_options": {"include_usage": True}}) if streamed else WHOLE
    [said] = drawn(replies(calls=True), 1)
    for fault in found:
        lane = Lane()
        lane.respond_with(lambda request: said)
        lane.inject(Injection(fault))
        answer = lane.open(
            Arrival(
                "POST",
                CHAT,
                "Bearer k",
                "application/json",
                json.dumps(body).encode(),
                accept_encoding="gzip",
            )
        )
        lane.close(answer, len(answer.frames))
        assert lane.peek()[0].faults == (fault,)
