"""The OpenAPI document: valid, true to the validators, and true to what the server answers."""

import json
from pathlib import Path
from typing import Any

import pytest
import raw_http
import schemathesis
from chat_requests import mutated_requests
from click.testing import CliRunner
from golden import EXCHANGES, read
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mock_electron import Electron, faults
from mock_electron.cli import cli
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server
from mock_electron.strategies import chat_requests, invalid_chat_requests
from mock_electron.wire import errors, schema, zod
from mock_electron.wire.openapi import document

DOCUMENT = document()
OPERATION = DOCUMENT["paths"]["/waves/v1/chat/completions"]["post"]


def validator_of(name: str, whole: dict[str, Any] = DOCUMENT) -> Draft202012Validator:
    """A validator of one of the document's schemas."""
    return Draft202012Validator(
        {**whole, "$ref": f"#/components/schemas/{name}"}, format_checker=FormatChecker()
    )


REQUEST = validator_of("ChatCompletionRequest")
COMPLETION = validator_of("ChatCompletion")
CHUNK = validator_of("ChatCompletionChunk")
ERROR = validator_of("Error")


# --- the document


@pytest.mark.parametrize("accept_json_schema", [False, True])
def test_the_document_is_valid(accept_json_schema: bool) -> None:
    """It is OpenAPI 3.1, with or without the switch."""
    whole = document(accept_json_schema=accept_json_schema)
    OpenAPIV31SpecValidator(whole).validate()
    formats = whole["components"]["schemas"]["ChatCompletionRequest"]["properties"]
    kinds = formats["response_format"]["properties"]["type"]["enum"]
    assert ("json_schema" in kinds) is accept_json_schema


def test_every_status_of_the_mock_is_in_it() -> None:
    """200, and those of the table of errors."""
    statuses = {str(error.status) for error in errors.ERRORS}
    assert set(OPERATION["responses"]) == {"200", *statuses}


def test_the_documented_examples_are_valid() -> None:
    """Those of requests, of the reply and of each error."""
    asked = OPERATION["requestBody"]["content"]["application/json"]["examples"].values()
    for example in asked:
        REQUEST.validate(example["value"])
    reply = OPERATION["responses"]["200"]["content"]["application/json"]["example"]
    COMPLETION.validate(reply)
    for status in set(OPERATION["responses"]) - {"200"}:
        content = OPERATION["responses"][status]["content"]["application/json"]
        for example in content["examples"].values():
            ERROR.validate(example["value"])


@pytest.mark.parametrize("path", EXCHANGES, ids=lambda path: path.stem)
def test_recorded_exchanges_are_valid(path: Path) -> None:
    """Every body in fixtures/wire: replies, each chunk of a stream, errors."""
    answer = read(path)["answer"]
    if answer["status"] != 200:
        ERROR.validate(json.loads(answer["body"]))
    elif answer["headers"]["content-type"] == "text/event-stream":
        events = [line[6:] for line in answer["body"].split("\n") if line.startswith("data: ")]
        for event in events[:-1]:
            CHUNK.validate(json.loads(event))
    else:
        COMPLETION.validate(json.loads(answer["body"]))


@given(body=chat_requests() | invalid_chat_requests().map(lambda invalid: invalid.body))
@settings(max_examples=60)
def test_it_accepts_what_the_validators_accept(body: Any) -> None:
    """The schema of the request and Zod's issues agree about every body."""
    assert REQUEST.is_valid(body) is (zod.validate(schema.DOCUMENTED, body) == [])


@given(body=mutated_requests())
@settings(max_examples=60)
def test_it_refuses_what_the_validators_refuse(body: Any) -> None:
    """Whatever stands in one of the places of a request."""
    assert REQUEST.is_valid(body) is (zod.validate(schema.DOCUMENTED, body) == [])


# --- where it is found


def test_the_server_tells_it(electron: Electron) -> None:
    """GET /openapi.json, without a key, and without an exchange."""
    response = raw_http.send(electron.url + "/openapi.json", method="GET")
    assert (response.status, response.json) == (200, DOCUMENT)
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert electron.exchanges == ()


@pytest.mark.electron(accept_json_schema=True)
def test_a_lane_tells_its_own(electron: Electron) -> None:
    """With the switch of its settings."""
    response = raw_http.send(electron.url + "/openapi.json", method="GET")
    assert response.json == document(accept_json_schema=True)


@pytest.mark.parametrize("flags", [[], ["--accept-json-schema"]])
def test_the_command_prints_it(flags: list[str]) -> None:
    """`mock-electron openapi`, the same document."""
    printed = CliRunner().invoke(cli, ["openapi", *flags])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == document(accept_json_schema=bool(flags))


# --- held against the server


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 25
SEEDED = settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
    derandomize=True,
    database=None,
)


def found_by_schemathesis(electron: Electron, modes: list[Any]) -> set[str]:
    """What kinds of mistakes the answers have, to requests that the document allows, and others."""
    loaded = schemathesis.openapi.from_dict(DOCUMENT)
    operation = loaded["/waves/v1/chat/completions"]["POST"]
    found: set[str] = set()
    for mode in modes:

        @given(case=operation.as_strategy(generation_mode=mode))
        @SEEDED
        def ask(case: Any) -> None:
            headers = {"Authorization": f"Bearer {electron.api_key}"}
            response = case.call(base_url=electron.url, headers=headers)
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as group:
                found.update(type(error).__name__ for error in group.exceptions)

        ask()
    return found


MODES = list(schemathesis.GenerationMode)


def test_schemathesis_finds_nothing(electron: Electron) -> None:
    """No error of the server, no undocumented status, no answer that breaks its schema."""
    assert found_by_schemathesis(electron, MODES) == set()
    statuses = [exchange.status for exchange in electron.exchanges]
    assert {200, 400} <= set(statuses) <= {200, 400, 401}
    assert len(statuses) >= 2 * EXAMPLES
    for exchange in electron.exchanges.where(stream=True):
        lines = exchange.response_body.decode().split("\n")
        for line in lines:
            if line.startswith("data: {"):
                CHUNK.validate(json.loads(line[6:]))


def test_schemathesis_finds_an_error_of_the_server(electron: Electron) -> None:
    """The check can fail: a function that raises is a 500."""
    electron.respond_with(lambda request: 1 / 0)  # type: ignore[arg-type,return-value]
    assert "ServerError" in found_by_schemathesis(electron, MODES[:1])


def test_schemathesis_finds_a_broken_schema(electron: Electron) -> None:
    """The check can fail: a reply without choices."""
    electron.inject(faults.EmptyChoices(), times=1_000)
    assert found_by_schemathesis(electron, MODES[:1]) == {"JsonSchemaError"}


def test_schemathesis_finds_an_undocumented_status(electron_server: Server) -> None:
    """The check can fail: 410, of a lane that is closed."""
    lane = Lane()
    closed = Electron(lane, electron_server.open_lane(lane))
    electron_server.close_lane(closed.url)
    assert "UndefinedStatusCode" in found_by_schemathesis(closed, MODES[:1])
