"""The OpenAPI document: it is valid, and says of the endpoint what is true, no more and no less."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import golden
import pytest
import raw_http
from chat_requests import JSON_VALUES, mutated_requests
from click.testing import CliRunner
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from lanes import ask, body
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from raw_http import user
from zod_cases import CASES, expand

from mock_electron import Electron, Settings, fail, faults
from mock_electron.cli.app import cli
from mock_electron.engine.answer import Answer
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.script import Step
from mock_electron.serve.server import Server
from mock_electron.strategies import chat_requests
from mock_electron.wire import codec, errors, openapi, schema, zod
from mock_electron.wire.openapi.failures import HEADERS, KNOWN
from mock_electron.wire.openapi.json_schema import KINDS, reference

Document = dict[str, Any]

DOCUMENT: Final[Document] = openapi.document()
LENIENT: Final[Document] = openapi.document(accept_json_schema=True)
OPERATION: Final[Document] = DOCUMENT["paths"]["/chat/completions"]["post"]
FRAMING: Final = {"content-type", "content-length"}


def validator(schema: Document, document: Document = DOCUMENT) -> Draft202012Validator:
    """Of a schema that refers to the document's components. Formats count."""
    return Draft202012Validator(
        schema | {"components": document["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def closed(part: Any) -> Any:
    """The document, in which no object may have a key that is not described."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    inside = {key: closed(item) for key, item in part.items()}
    whole = part.get("type") == "object" and "properties" in part
    return inside | {"additionalProperties": False} if whole else inside


CLOSED: Final[Document] = closed(DOCUMENT)
REQUEST: Final = validator(reference("ChatRequest"))
EVENT: Final = validator(reference("StreamEvent"), CLOSED)
ZOD_ISSUE: Final = validator(reference("ZodIssue"), CLOSED)
EVENT_DATA: Final = validator(openapi.replies.DATA["data"]["contentSchema"], CLOSED)


def is_described(status: int, headers: dict[str, str], text: str) -> None:
    """Assert that an answer is one of those of the document, and that each of its keys is in it."""
    response = OPERATION["responses"][str(status)]
    media_type = headers["content-type"].partition(";")[0]
    described = {name.lower() for name in response["headers"]}
    assert FRAMING | {"x-request-id"} <= set(headers) | {"content-length"}
    assert set(headers) <= FRAMING | described
    for name, part in HEADERS.items():
        travels = openapi.failures.TRAVELS[name].lower()
        if travels in headers:
            value = headers[travels]
            validator(part["schema"]).validate(int(value) if value.isdigit() else value)
    if media_type == "text/event-stream":
        assert response["content"][media_type]["schema"] == reference("StreamEvent")
        each_event_is_described(text)
    else:
        validator(response["content"][media_type]["schema"], CLOSED).validate(json.loads(text))


def each_event_is_described(text: str) -> None:
    *events, rest = text.split("\n\n")
    assert rest == ""
    assert events[-1] == "data: [DONE]"
    for event in events:
        event_is_described(event.removeprefix("data: "))


def event_is_described(data: str) -> None:
    EVENT.validate({"data": data})
    if data != "[DONE]":
        EVENT_DATA.validate(json.loads(data))


# --- the document


@pytest.mark.parametrize("document", [DOCUMENT, LENIENT], ids=["documented", "with_json_schema"])
def test_the_document_is_valid(document: Document) -> None:
    """OpenAPI 3.1, and every schema in it JSON Schema 2020-12."""
    OpenAPIV31SpecValidator(document).validate()
    for part in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(part)


def test_the_document_is_not_valid_where_it_is_wrong() -> None:
    """The validators look inside."""
    broken = json.loads(json.dumps(DOCUMENT))
    broken["components"]["headers"]["RequestId"]["required"] = "yes"
    with pytest.raises(OpenAPIValidationError, match='"yes" is not of type "boolean"'):
        OpenAPIV31SpecValidator(broken).validate()


def test_every_component_is_used() -> None:
    """Nothing is referred to that is not there (the validators say that), and nothing is left over."""
    text = json.dumps(DOCUMENT)
    for kind in ("schemas", "headers"):
        for name in DOCUMENT["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text


def test_every_status_of_the_table_of_errors_is_described() -> None:
    """And 200, and the two that are the mock's own; no other."""
    answered = {error.status for error in (*errors.ERRORS, errors.NOT_SCRIPTED, errors.TEST_ENDED)}
    assert {int(status) for status in OPERATION["responses"]} == answered | {200}
    assert set(KNOWN) == answered


def test_every_kind_of_validator_has_a_rule() -> None:
    """A validator that the gateway's schema takes up later cannot be forgotten."""
    kinds = {getattr(zod, name) for name in zod.__all__} - {zod.ABSENT, zod.Issue, zod.validate}
    assert set(KINDS) == kinds - {zod.Validator}


def test_a_tool_may_hold_anything() -> None:
    """It is said, where to leave it out means the same: generators make other types of that."""
    fields = DOCUMENT["components"]["schemas"]["ChatRequest"]["properties"]
    assert fields["tools"]["items"] == {"type": "object", "additionalProperties": True}


def test_every_field_says_how_it_is_known() -> None:
    """Documented, inferred or assumed."""
    schemas = DOCUMENT["components"]["schemas"]
    fields = schemas["ChatRequest"]["properties"] | schemas["Message"]["properties"]
    for name, field in fields.items():
        assert any(
            f"({word})" in field["description"] for word in ("documented", "inferred", "assumed")
        ), name
    assert set(schema.PARAMETERS) < set(schemas["ChatRequest"]["properties"])


def test_the_switch_is_all_that_differs() -> None:
    """A lane that accepts json_schema says so in its document."""
    there, here = json.dumps(LENIENT), json.dumps(DOCUMENT)
    assert there.replace('"json_object", "json_schema"', '"json_object"') == here != there


# --- examples


def examples(content: Document) -> Iterator[tuple[Document, Any]]:
    """Each example beside its schema."""
    for part in content.values():
        for example in part["examples"].values():
            yield part["schema"], example["value"]


def test_the_examples_of_the_request_are_answered() -> None:
    """They fit the schema, and the lane gives them a reply."""
    asked = list(examples(OPERATION["requestBody"]["content"]))
    assert len(asked) >= 5
    for part, example in asked:
        validator(part).validate(example)
        fields = {
            name: value for name, value in example.items() if name not in ("model", "messages")
        }
        assert ask(Lane(), messages=example["messages"], **fields).status == 200


def test_the_examples_of_the_answers_fit_their_schemas() -> None:
    """Replies, events and errors, each with no key that is not described."""
    for response in OPERATION["responses"].values():
        for part, example in examples(response["content"]):
            validator(part, CLOSED).validate(example)
            if part == reference("StreamEvent"):
                event_is_described(example["data"])


def test_every_error_has_its_example() -> None:
    """By the name that the mock has for it."""
    for error in (*errors.ERRORS, errors.NOT_SCRIPTED, errors.TEST_ENDED):
        content = OPERATION["responses"][str(error.status)]["content"]["application/json"]
        if error is not errors.NOT_FOUND:
            assert content["examples"][error.name]["value"]["error"]["message"] == error.message


DOCUMENTED_REPLY: Final = (
    '{"id":"chatcmpl-a670053f3ab2ed8f","object":"chat.completion","created":1740000000,'
    '"model":"electron","choices":[{"index":0,"message":{"role":"assistant",'
    '"content":"Hi! How can I help you today?","tool_calls":null},"finish_reason":"stop"}],'
    '"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,'
    '"prompt_tokens_details":{"cached_tokens":0}}}'
)
DOCUMENTED_ERROR: Final = (
    '{"error":{"message":"Invalid input data","type":"invalid_request_error","details":[{"code":'
    '"custom","message":"n > 1 is not supported","path":["n"]}],'
    '"request_id":"9db74058-2421-4793-8796-b2629ff3eb1c"}}'
)


@pytest.mark.parametrize("documented", [DOCUMENTED_REPLY, DOCUMENTED_ERROR], ids=["reply", "error"])
def test_the_vendors_own_examples_are_among_them(documented: str) -> None:
    """To the letter, in the vendor's order of keys."""
    assert documented in openapi.written(accept_json_schema=False).decode()


# --- what is answered


@pytest.mark.parametrize("path", golden.EXCHANGES, ids=lambda path: path.stem)
def test_every_golden_exchange_is_described(path: Path) -> None:
    """The answer, key by key and event by event; and the request, if the gateway lets it through."""
    exchange = golden.read(path)
    answer, asked = exchange["answer"], exchange["request"]["body"]
    is_described(answer["status"], answer["headers"], answer["body"])
    if answer["status"] == 200:
        REQUEST.validate(asked)
    elif '"details"' in answer["body"] and isinstance(asked, dict):
        assert "content_type" in exchange["request"] or not REQUEST.is_valid(asked)


def assert_described(answer: Answer) -> None:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    is_described(answer.status, headers, body(answer).decode())


@pytest.mark.parametrize("name", errors.BY_NAME)
def test_every_error_is_described(name: str) -> None:
    """As the lane answers it."""
    lane = Lane()
    lane.add(Step(fail(name)))
    answer = ask(lane)
    assert answer.status == errors.BY_NAME[name].status
    assert_described(answer)


def test_the_answer_to_what_is_not_scripted_is_described() -> None:
    """404, in a strict lane."""
    answer = ask(Lane(Settings(strict=True)))
    assert answer.status == 404
    assert_described(answer)


def test_an_error_inside_a_stream_is_described() -> None:
    """After the first token it comes as an event."""
    lane = Lane()
    lane.inject(Injection(faults.ErrorEvent(after=2)))
    answer = ask(lane, stream=True)
    assert b'data: {"error":{' in body(answer)
    assert_described(answer)


# --- what is accepted

BODIES: Final = chat_requests() | mutated_requests() | JSON_VALUES


def accepted_alike(value: object, document: Document, gateway: zod.Validator) -> None:
    """The JSON Schema objects where Zod does, and nowhere else."""
    body = codec.decode(json.dumps(value).encode())
    issues = zod.validate(gateway, body)
    objections = list(validator(reference("ChatRequest"), document).iter_errors(body))
    assert bool(objections) == bool(issues), (issues, objections)


@given(BODIES)
@settings(max_examples=300)
def test_any_body_is_accepted_where_the_gateway_accepts_it(value: object) -> None:
    """There is no difference, for a body that is JSON: `2.0` is an integer to both, `true` a number
    to neither. Of what is no JSON, or has a key twice, a schema cannot speak."""
    accepted_alike(value, DOCUMENT, schema.DOCUMENTED)


@pytest.mark.parametrize("name", CASES)
def test_every_recorded_body_is_accepted_where_the_gateway_accepts_it(name: str) -> None:
    """The table of bodies that Zod itself was asked about, with the switch and without."""
    accepted_alike(expand(CASES[name]), DOCUMENT, schema.DOCUMENTED)
    accepted_alike(expand(CASES[name]), LENIENT, schema.WITH_JSON_SCHEMA)


@pytest.mark.parametrize("name", CASES)
def test_the_issues_of_every_recorded_body_are_described(name: str) -> None:
    """With all their keys, and no other."""
    body = codec.decode(json.dumps(expand(CASES[name])).encode())
    for issue in json.loads(codec.encode(zod.validate(schema.DOCUMENTED, body))):
        ZOD_ISSUE.validate(issue)


EDGES: Final[dict[str, Any]] = {
    "content is a list of no parts": {"role": "user", "content": []},
    "content is a text part": {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
    "content has a part with more keys": {"content": [{"type": "text", "text": "", "more": 1}]},
    "content has an image": {"role": "user", "content": [{"type": "image_url"}]},
    "content has a part without a text": {"role": "user", "content": [{"type": "text"}]},
    "a tool's message does not say which call": {"role": "tool", "content": ""},
    "a tool's message says which call": {"role": "tool", "tool_call_id": ""},
    "a tool's message has a null in its place": {"role": "tool", "tool_call_id": None},
    "tool_calls is null": {"role": "assistant", "tool_calls": None},
    "a call has no type": {"role": "assistant", "tool_calls": [{"id": "a", "function": {}}]},
    "no role": {"content": "Hi"},
}


@pytest.mark.parametrize("message", EDGES.values(), ids=EDGES.keys())
def test_messages_at_the_edge_are_accepted_alike(message: dict[str, Any]) -> None:
    """What refinements and preparations mean is written a second time; this holds it in place."""
    accepted_alike({"model": "electron", "messages": [message]}, DOCUMENT, schema.DOCUMENTED)


# --- where it is to be had


def test_every_lane_has_its_document(electron: Electron, electron_server: Server) -> None:
    """Without a key, without a trace in the journal; the same from the default lane."""
    response = raw_http.send(electron.url + "/openapi.json", method="GET")
    assert response.status == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["x-request-id"]
    assert response.json == DOCUMENT
    assert raw_http.send(electron_server.url + "/openapi.json", method="GET") == response
    assert electron.exchanges == ()


@pytest.mark.electron(accept_json_schema=True)
def test_a_lane_that_accepts_json_schema_says_so(electron: Electron) -> None:
    """The document is that of the lane as it is set."""
    assert raw_http.send(electron.url + "/openapi.json", method="GET").json == LENIENT


def test_a_head_request_gets_the_length_alone(electron: Electron) -> None:
    """As of any page."""
    response = raw_http.send(electron.url + "/openapi.json", method="HEAD")
    assert (response.status, response.body) == (200, b"")
    written = openapi.written(accept_json_schema=False)
    assert response.headers["content-length"] == str(len(written))


def test_any_other_method_is_404(electron: Electron) -> None:
    """As of any path that is none."""
    response = raw_http.send(electron.url + "/openapi.json", b"", "POST")
    assert response.status == 404
    assert response.error["type"] == "not_found_error"


def test_the_servers_of_the_document_are_found_from_where_it_was(electron: Electron) -> None:
    """A relative URL leads to the endpoint of the lane that the document came from."""
    base = urljoin(electron.url + "/openapi.json", DOCUMENT["servers"][0]["url"])
    assert base == electron.base_url
    [path] = DOCUMENT["paths"]
    request = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
    sent = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
    assert raw_http.send(base + path, request, headers=sent).status == 200


@pytest.mark.parametrize(
    ("options", "document"),
    [([], DOCUMENT), (["--accept-json-schema"], LENIENT)],
    ids=["", "switch"],
)
def test_the_command_prints_the_same(options: list[str], document: Document) -> None:
    """Indented, with its letters as they are."""
    ran = CliRunner().invoke(cli, ["openapi", *options])
    assert ran.exit_code == 0
    assert json.loads(ran.output) == document
    assert "−2" in ran.output


def test_it_costs_nothing_until_it_is_asked_for() -> None:
    """Neither the server nor the command line makes the document, or loads what makes it."""
    program = (
        "import sys, mock_electron.serve.server, mock_electron.cli.app; "
        "print([name for name in sys.modules if 'openapi' in name])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


# --- held against the server


def test_schemathesis_finds_nothing_but_mutants() -> None:
    """tests/openapi_held.py, in a process of its own: where schemathesis is imported, Hypothesis shows
    no values any more, and has other bounds."""
    held = Path(__file__).parent / "openapi_held.py"
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "addopts=",
            str(held),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert re.search(r"^19 passed", ran.stdout, re.MULTILINE), ran.stdout
