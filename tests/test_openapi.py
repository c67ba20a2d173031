"""The OpenAPI document: it is valid, and describes exactly what the endpoint accepts and sends."""

import json
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
from jsonschema import Draft202012Validator, ValidationError
from lanes import ask, body
from raw_http import user
from rows import each
from zod_cases import CASES, expand

from mock_electron import Electron, Settings, fail, faults
from mock_electron.cli.app import cli
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.script.step import Step
from mock_electron.serve.server import Server
from mock_electron.strategies import chat_requests
from mock_electron.wire import codec, errors, openapi, schema, zod
from mock_electron.wire.openapi.failures import DESCRIPTIONS, HEADERS
from mock_electron.wire.openapi.json_schema import KINDS, reference

Document = dict[str, Any]

DOCUMENT: Final[Document] = openapi.document()
LENIENT: Final[Document] = openapi.document(accept_json_schema=True)
OPERATION: Final[Document] = DOCUMENT["paths"]["/chat/completions"]["post"]
FRAMING: Final = {"content-type", "content-length"}


def validator(schema: Document, document: Document = DOCUMENT) -> Draft202012Validator:
    """Return a validator, with format checks, for a schema that refers to the components."""
    return Draft202012Validator(
        schema | {"components": document["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def closed(part: Any) -> Any:
    """Return the document with all objects closed: undescribed keys are invalid."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    members = {key: closed(item) for key, item in part.items()}
    is_object = part.get("type") == "object" and "properties" in part
    return members | {"additionalProperties": False} if is_object else members


CLOSED: Final[Document] = closed(DOCUMENT)
REQUEST: Final = validator(reference("ChatRequest"))
EVENT: Final = validator(reference("StreamEvent"), CLOSED)
ZOD_ISSUE: Final = validator(reference("ZodIssue"), CLOSED)
EVENT_DATA: Final = validator(openapi.replies.DATA["data"]["contentSchema"], CLOSED)


def assert_described(status: int, headers: dict[str, str], text: str) -> None:
    """Assert that the document describes a response: status, headers, media type and every key."""
    response = OPERATION["responses"][str(status)]
    media_type = headers["content-type"].partition(";")[0]
    described = {name.lower() for name in response["headers"]}
    assert FRAMING | {"x-request-id"} <= set(headers) | {"content-length"}
    assert set(headers) <= FRAMING | described
    for name, part in HEADERS.items():
        header = openapi.failures.HEADER_NAMES[name].lower()
        if header in headers:
            value = headers[header]
            validator(part["schema"]).validate(int(value) if value.isdigit() else value)
    if media_type == "text/event-stream":
        assert response["content"][media_type]["schema"] == reference("StreamEvent")
        assert_events_described(text)
    else:
        validator(response["content"][media_type]["schema"], CLOSED).validate(json.loads(text))


def assert_events_described(text: str) -> None:
    *events, rest = text.split("\n\n")
    assert rest == ""
    assert events[-1] == "data: [DONE]"
    for event in events:
        assert_event_described(event.removeprefix("data: "))


def assert_event_described(data: str) -> None:
    EVENT.validate({"data": data})
    if data != "[DONE]":
        EVENT_DATA.validate(json.loads(data))


# --- the document


def validate(document: Document) -> None:
    """Raise a ValidationError if a document is not OpenAPI 3.1."""
    # Only here, because each worker imports this module and few run a test that validates.
    from openapi_spec_validator import OpenAPIV31SpecValidator

    OpenAPIV31SpecValidator(document).validate()


@pytest.mark.parametrize("document", [DOCUMENT, LENIENT], ids=["documented", "with_json_schema"])
def test_the_document_is_valid(document: Document) -> None:
    """The document is OpenAPI 3.1, and every schema in it is JSON Schema 2020-12."""
    validate(document)
    for part in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(part)


def test_the_validator_finds_an_error() -> None:
    """The validator refuses a broken document."""
    broken = json.loads(json.dumps(DOCUMENT))
    broken["components"]["headers"]["RequestId"]["required"] = "yes"
    with pytest.raises(ValidationError, match='"yes" is not of type "boolean"'):
        validate(broken)


def test_every_component_is_used() -> None:
    """The document refers to every component. (The validator finds references to missing ones.)"""
    text = json.dumps(DOCUMENT)
    for kind in ("schemas", "headers"):
        for name in DOCUMENT["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text


def test_every_status_of_the_table_of_errors_is_described() -> None:
    """The document describes 200, the table, the mock's two own errors, and no other status."""
    statuses = {error.status for error in (*errors.ERRORS, errors.NOT_SCRIPTED, errors.TEST_ENDED)}
    assert {int(status) for status in OPERATION["responses"]} == statuses | {200}
    assert set(DESCRIPTIONS) == statuses


def test_every_kind_of_validator_has_a_rule() -> None:
    """A validator that is added later cannot be forgotten in the translation."""
    public = {getattr(zod, name) for name in zod.__all__ if name.istitle()}
    assert set(KINDS) == public - {zod.Issue, zod.Validator}


def test_a_tool_may_have_any_key() -> None:
    """`additionalProperties` is explicit, because code generators treat its absence differently."""
    fields = DOCUMENT["components"]["schemas"]["ChatRequest"]["properties"]
    assert fields["tools"]["items"] == {"type": "object", "additionalProperties": True}


def test_every_field_has_a_mark_of_confidence() -> None:
    """Each description contains (documented), (inferred) or (assumed)."""
    schemas = DOCUMENT["components"]["schemas"]
    fields = schemas["ChatRequest"]["properties"] | schemas["Message"]["properties"]
    for name, field in fields.items():
        assert any(
            f"({word})" in field["description"] for word in ("documented", "inferred", "assumed")
        ), name
    assert set(schema.PARAMETERS) < set(schemas["ChatRequest"]["properties"])


def test_accept_json_schema_changes_only_the_response_format() -> None:
    """The document of a lane with `accept_json_schema` differs only in one enum."""
    lenient, documented = json.dumps(LENIENT), json.dumps(DOCUMENT)
    assert lenient != documented
    assert lenient.replace('"json_object", "json_schema"', '"json_object"') == documented


# --- examples


def examples(content: Document) -> Iterator[tuple[Document, Any]]:
    """Yield each schema with each of its examples."""
    for part in content.values():
        for example in part["examples"].values():
            yield part["schema"], example["value"]


def test_the_examples_of_the_request_get_a_reply() -> None:
    """They fit the schema, and the lane sends a reply."""
    found = list(examples(OPERATION["requestBody"]["content"]))
    assert len(found) >= 5
    for part, example in found:
        validator(part).validate(example)
        fields = {
            name: value for name, value in example.items() if name not in ("model", "messages")
        }
        assert ask(Lane(), messages=example["messages"], **fields).status == 200


def test_the_examples_of_responses_fit_their_schemas() -> None:
    """Replies, events and errors are valid, and have no undescribed key."""
    for response in OPERATION["responses"].values():
        for part, example in examples(response["content"]):
            validator(part, CLOSED).validate(example)
            if part == reference("StreamEvent"):
                assert_event_described(example["data"])


def test_every_error_has_an_example() -> None:
    """The example has the mock's name of the error."""
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
def test_the_vendors_examples_are_included(documented: str) -> None:
    """The document contains them verbatim, with the vendor's order of keys."""
    assert documented in openapi.document_json(accept_json_schema=False).decode()


# --- responses


@each({path.stem: path for path in golden.EXCHANGES})
def test_every_golden_exchange_is_described(path: Path) -> None:
    """The document describes the answer and, if the gateway accepts it, the request."""
    exchange = golden.read(path)
    answer, request = exchange["answer"], exchange["request"]["body"]
    assert_described(answer["status"], answer["headers"], answer["body"])
    if answer["status"] == 200:
        REQUEST.validate(request)
    elif '"details"' in answer["body"] and isinstance(request, dict):
        assert "content_type" in exchange["request"] or not REQUEST.is_valid(request)


def assert_answer_described(answer: AnyAnswer) -> None:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    assert_described(answer.status, headers, body(answer).decode())


@each({name: name for name in errors.BY_NAME})
def test_every_error_is_described(name: Any) -> None:
    """The document describes the lane's answer with each scriptable error."""
    lane = Lane()
    lane.add(Step(fail(name)))
    answer = ask(lane)
    assert answer.status == errors.BY_NAME[name].status
    assert_answer_described(answer)


def test_the_error_of_a_strict_lane_is_described() -> None:
    """An unscripted request in a strict lane gets a 404 that the document describes."""
    answer = ask(Lane(Settings(strict=True)))
    assert answer.status == 404
    assert_answer_described(answer)


def test_an_error_inside_a_stream_is_described() -> None:
    """After the first token an error is sent as an event."""
    lane = Lane()
    lane.inject(Injection(faults.ErrorEvent(after=2)))
    answer = ask(lane, stream=True)
    assert b'data: {"error":{' in body(answer)
    assert_answer_described(answer)


# --- requests

BODIES: Final = chat_requests() | mutated_requests() | JSON_VALUES


def assert_agreement(value: object, document: Document, gateway: zod.Validator) -> None:
    """Assert that the JSON Schema and Zod agree whether a body is valid."""
    body = codec.decode(json.dumps(value).encode())
    issues = zod.validate(gateway, body)
    errors_found = list(validator(reference("ChatRequest"), document).iter_errors(body))
    assert bool(errors_found) == bool(issues), (issues, errors_found)


@given(BODIES)
@settings(max_examples=60)
def test_schema_and_gateway_agree_on_any_body(value: object) -> None:
    """The JSON Schema accepts a JSON body if and only if the gateway does.

    For both, `2.0` is an integer and `true` is not a number. Malformed JSON and duplicate keys are
    outside the scope of a schema.
    """
    assert_agreement(value, DOCUMENT, schema.DOCUMENTED)


@each({name: name for name in CASES})
def test_schema_and_gateway_agree_on_every_recorded_body(name: str) -> None:
    """They agree on every body of the Zod recordings, with and without `accept_json_schema`."""
    assert_agreement(expand(CASES[name]), DOCUMENT, schema.DOCUMENTED)
    assert_agreement(expand(CASES[name]), LENIENT, schema.WITH_JSON_SCHEMA)


@each({name: name for name in CASES})
def test_the_issues_of_every_recorded_body_are_described(name: str) -> None:
    """The document describes every key of every issue."""
    body = codec.decode(json.dumps(expand(CASES[name])).encode())
    for issue in json.loads(codec.encode(zod.validate(schema.DOCUMENTED, body))):
        ZOD_ISSUE.validate(issue)


EDGES: Final[dict[str, Any]] = {
    "content is an empty list": {"role": "user", "content": []},
    "content is a text part": {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
    "content has a part with an extra key": {"content": [{"type": "text", "text": "", "more": 1}]},
    "content has an image": {"role": "user", "content": [{"type": "image_url"}]},
    "content has a part without a text": {"role": "user", "content": [{"type": "text"}]},
    "a tool message without tool_call_id": {"role": "tool", "content": ""},
    "a tool message with tool_call_id": {"role": "tool", "tool_call_id": ""},
    "a tool message with null as tool_call_id": {"role": "tool", "tool_call_id": None},
    "tool_calls is null": {"role": "assistant", "tool_calls": None},
    "a call without a type": {"role": "assistant", "tool_calls": [{"id": "a", "function": {}}]},
    "no role": {"content": "Hi"},
}


@each(EDGES)
def test_schema_and_gateway_agree_on_edge_cases(message: dict[str, Any]) -> None:
    """The hand-written JSON Schemas of refinements and preprocessing agree with their functions."""
    assert_agreement({"model": "electron", "messages": [message]}, DOCUMENT, schema.DOCUMENTED)


# --- where the document is served


def test_every_lane_has_its_document(electron: Electron, electron_server: Server) -> None:
    """The document needs no API key, is not journaled, and is the same in the default lane."""
    response = raw_http.send(electron.url + "/openapi.json", method="GET")
    assert response.status == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["x-request-id"]
    assert response.json == DOCUMENT
    assert raw_http.send(electron_server.url + "/openapi.json", method="GET") == response
    assert electron.exchanges == ()


@pytest.mark.electron(accept_json_schema=True)
def test_the_document_follows_the_settings_of_the_lane(electron: Electron) -> None:
    """A lane with `accept_json_schema` serves the document with `json_schema`."""
    assert raw_http.send(electron.url + "/openapi.json", method="GET").json == LENIENT


def test_a_head_request_gets_headers_only(electron: Electron) -> None:
    """HEAD gets the length of the document and no body."""
    response = raw_http.send(electron.url + "/openapi.json", method="HEAD")
    assert (response.status, response.body) == (200, b"")
    written = openapi.document_json(accept_json_schema=False)
    assert response.headers["content-length"] == str(len(written))


def test_any_other_method_is_404(electron: Electron) -> None:
    """Only GET and HEAD are allowed."""
    response = raw_http.send(electron.url + "/openapi.json", b"", "POST")
    assert response.status == 404
    assert response.error["type"] == "not_found_error"


def test_the_server_url_is_relative_to_the_document(electron: Electron) -> None:
    """The relative server URL resolves to the endpoint of the lane that serves the document."""
    base = urljoin(electron.url + "/openapi.json", DOCUMENT["servers"][0]["url"])
    assert base == electron.base_url
    [path] = DOCUMENT["paths"]
    request = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
    headers = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
    assert raw_http.send(base + path, request, headers=headers).status == 200


@pytest.mark.parametrize(
    ("options", "document"),
    [([], DOCUMENT), (["--accept-json-schema"], LENIENT)],
    ids=["default", "accept_json_schema"],
)
def test_the_command_prints_the_document(options: list[str], document: Document) -> None:
    """`mock-electron openapi` prints it indented, with non-ASCII characters unescaped."""
    result = CliRunner().invoke(cli, ["openapi", *options])
    assert result.exit_code == 0
    assert json.loads(result.output) == document
    assert "−2" in result.output
