"""The OpenAPI document: valid, true to the validators, and true to what the server answers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import raw_http
from chat_requests import mutated_requests
from click.testing import CliRunner
from golden import EXCHANGES, read
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from mock_electron import Electron, faults
from mock_electron.cli import cli
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


CHECKS = """
    not_a_server_error status_code_conformance content_type_conformance
    response_headers_conformance response_schema_conformance
""".split()


def schemathesis(
    electron: Electron, scratch: Path, *args: str, document: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Its command, held against a fake: the same requests in every run, right and wrong ones.

    In a process of its own: where it is imported, Hypothesis shows no values any more.
    """
    checks = f"--checks={','.join(CHECKS)}"
    bounds = [
        checks,
        "--max-examples=20",
        "--generation-deterministic",
        "--suppress-health-check=all",
    ]
    where = [str(document or f"{electron.url}/openapi.json"), f"--url={electron.url}", "--no-color"]
    key = f"--header=Authorization: Bearer {electron.api_key}"
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", *where, key, *bounds, *args],
        capture_output=True,
        text=True,
        check=False,
        cwd=scratch,  # it leaves a folder behind
    )


def test_schemathesis_finds_nothing(electron: Electron, tmp_path: Path) -> None:
    """No error of the server, no undocumented status, no answer that breaks its schema."""
    ran = schemathesis(electron, tmp_path, "--phases=examples,fuzzing")
    assert "No issues found" in ran.stdout, ran.stdout
    assert ran.returncode == 0
    assert {200, 400} <= {exchange.status for exchange in electron.exchanges}
    for exchange in electron.exchanges.where(stream=True):
        for line in exchange.response_body.decode().split("\n"):
            if line.startswith("data: {"):
                CHUNK.validate(json.loads(line[6:]))


def test_schemathesis_finds_what_is_wrong(electron: Electron, tmp_path: Path) -> None:
    """The check can fail: replies without choices break their schema, a function that raises is a 500."""
    electron.inject(faults.EmptyChoices(), times=1_000)
    ran = schemathesis(electron, tmp_path, "--phases=examples")
    assert "Response violates schema" in ran.stdout
    electron.clear_faults()
    electron.respond_with(lambda request: 1 / 0)  # type: ignore[arg-type,return-value]
    assert "Server error" in schemathesis(electron, tmp_path, "--phases=examples").stdout


def test_schemathesis_finds_an_undocumented_status(electron: Electron, tmp_path: Path) -> None:
    """The check can fail: a document that does not know of the 401 that comes."""
    whole = document()
    del whole["paths"]["/waves/v1/chat/completions"]["post"]["responses"]["401"]
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    electron.fail(401, times=100)
    ran = schemathesis(electron, tmp_path, "--phases=examples", document=file)
    assert "Undocumented status code" in ran.stdout
    assert ran.returncode == 1
