"""The OpenAPI document of the control API: it is valid, and describes exactly what happens."""

import json
import re
import socket
from collections.abc import Iterator
from functools import partial
from inspect import Parameter, signature
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import raw_http
from control_calls import call
from jsonschema import Draft202012Validator

from mock_electron import Electron
from mock_electron.control import conditions, open_control, schemas
from mock_electron.control.application import PATHS
from mock_electron.control.openapi import REFUSALS, document
from mock_electron.control.route_row import REDIRECT
from mock_electron.control.routes import ROUTES
from mock_electron.scripts.validation import KEYWORDS
from mock_electron.serve.server import Server
from mock_electron.traffic.filters import NAMES

DOCUMENT: Final[Any] = json.loads(json.dumps(document(ROUTES)))


def parts(value: Any) -> list[Any]:
    """Return all objects in a JSON value."""
    if isinstance(value, list):
        return [part for item in value for part in parts(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(part for item in value.values() for part in parts(item))]


def test_the_document_is_valid() -> None:
    """A validator of OpenAPI 3.1 accepts it."""
    # Only here, because each worker imports this module and few run this test.
    from openapi_spec_validator import OpenAPIV31SpecValidator

    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_component_is_used() -> None:
    """Each component is referred to, and each reference leads to a component."""
    used = {part["$ref"] for part in parts(DOCUMENT) if isinstance(part.get("$ref"), str)}
    defined = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses")
        for name in DOCUMENT["components"][kind]
    }
    assert used == defined


def test_a_server_serves_the_document(electron: Electron) -> None:
    """`GET /openapi.json` is the document of the table of routes."""
    response = call(electron.url, "GET", "/openapi.json")
    assert response.status == 200
    assert response.json == DOCUMENT


def test_every_route_has_its_own_description() -> None:
    """Each operation has an id of its own, and a summary that is a sentence."""
    operations = [one for path in DOCUMENT["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations) == len(ROUTES)
    assert [one["summary"] for one in operations if not one["summary"].endswith(".")] == []


def test_every_parameter_of_a_path_is_described() -> None:
    """A parameter in braces is described, and no other is required."""
    wrong = [
        path
        for path, methods in DOCUMENT["paths"].items()
        for operation in methods.values()
        if re.findall(r"\{(\w+)\}", path)
        != [one["name"] for one in operation.get("parameters", ()) if one["required"]]
    ]
    assert wrong == []


def test_the_schemas_of_bodies_have_only_keywords_that_are_checked() -> None:
    """`Given.check` knows each keyword of the schemas that it is given."""
    given = (schemas.LANE, schemas.SETTINGS_BODY, schemas.RESET, schemas.ADVANCE)
    checked = (*given, schemas.FAULT_BODY, schemas.ASSERTIONS, schemas.STEPS_BODY)
    unknown = {
        keyword
        for schema in checked
        for part in parts(schema)
        if isinstance(part.get("type"), str | list)
        for keyword in part
        if keyword not in KEYWORDS
    }
    assert unknown == set()


def test_every_condition_can_be_asked_for() -> None:
    """Each condition of `exchanges.where` has a form in JSON."""
    assert set(conditions.WHERE) == set(NAMES)


@pytest.mark.parametrize("name", schemas.ASSERTIONS["properties"])
def test_assertions_have_the_arguments_of_their_methods(name: str) -> None:
    """Each argument of the method can be given, and no other; the required ones are required."""
    method = getattr(Electron, f"assert_{name}")
    schema = schemas.ASSERTIONS["properties"][name]
    named = [
        one
        for one in signature(method).parameters.values()
        if one.kind in (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        and one.name != "self"
    ]
    has_conditions = any(
        one.kind == Parameter.VAR_KEYWORD for one in signature(method).parameters.values()
    )
    expected = {one.name for one in named} | (set(NAMES) if has_conditions else set())
    assert set(schema["properties"]) == expected
    assert schema["required"] == [one.name for one in named if one.default is Parameter.empty]


def test_every_assertion_can_be_verified() -> None:
    """Each `assert_…` of `electron` has a name for `verify`."""
    methods = {name.removeprefix("assert_") for name in dir(Electron) if name.startswith("assert_")}
    assert set(schemas.ASSERTIONS["properties"]) == methods


TOKEN: Final = "secret"  # noqa: S105 (that of a test)
SECRET: Final = {"Authorization": f"Bearer {TOKEN}"}
ANSWERS: Final[list[tuple[int, str, str, Any, dict[str, str]]]] = [
    (303, "GET", "/health?token=secret&a=b", None, {}),
    (401, "GET", "/health", None, {}),
    (403, "GET", "/health", None, SECRET | {"Host": "example.com"}),
    (403, "POST", "/lanes", {}, SECRET | {"Origin": "https://example.com"}),
    (404, "GET", "/lanes/unknown", None, SECRET),
    (409, "POST", "/lanes", {"name": "default"}, SECRET),
    (410, "GET", "/lanes/closed", None, SECRET),
    (413, "POST", "/check", "x" * 2**21, SECRET),
    (415, "POST", "/lanes", {}, SECRET | {"Content-Type": "text/plain"}),
    (422, "POST", "/lanes", {"nam": "x"}, SECRET),
    (501, "GET", "/metrics", None, SECRET),
    (503, "GET", "/events", None, SECRET),
]
"""For each refusal, a request that gets it. 400 and 408 have tests of their own."""


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a server with a token and a closed lane, without an extra and without readers."""
    monkeypatch.setattr("mock_electron.inputs.extras.find_spec", lambda _: None)
    monkeypatch.setattr("mock_electron.control.event_log.MOST_READERS", 0)
    with Server(control=partial(open_control, token=TOKEN)) as server:
        call(server.url, "PUT", "/lanes/closed", {}, headers=SECRET)
        call(server.url, "DELETE", "/lanes/closed", headers=SECRET)
        yield server.url


@pytest.mark.parametrize(("status", "method", "path", "body", "headers"), ANSWERS)
def test_each_refusal_really_happens(
    status: int, method: str, path: str, body: Any, headers: dict[str, str], guarded: str
) -> None:
    """A request gets each status that the document describes, in the form that it describes."""
    response = call(guarded, method, path, body, headers=headers)
    assert response.status == status
    assert str(status) in described(method, path)
    if status != REDIRECT:
        assert_described(status, response.body)


def test_no_refusal_is_only_described() -> None:
    """The table has a request for each status."""
    assert {row[0] for row in ANSWERS} == {*REFUSALS, REDIRECT} - {400, 408}


def described(method: str, path: str) -> Any:
    """Return the answers that the document describes for a path."""
    path = re.sub("/lanes/[a-z]+", "/lanes/{name}", path.partition("?")[0])
    return DOCUMENT["paths"][path][method.lower()]["responses"]


def assert_described(status: int, body: bytes) -> None:
    """Assert that a body has the schema of the answer with this status."""
    content = DOCUMENT["components"]["responses"][str(status)]["content"]
    schema = content["application/json"]["schema"] | {"components": DOCUMENT["components"]}
    Draft202012Validator(schema).validate(json.loads(body))


def test_an_unreadable_request_gets_400(electron: Electron) -> None:
    """The server refuses what is not HTTP before it knows the path."""
    parts = urlsplit(electron.url)
    with socket.create_connection((str(parts.hostname), parts.port or 0)) as connection:
        connection.sendall(b"GET /_mock/health HTTP/1.1\r\nno colon\r\n\r\n")
        head, _, body = raw_http.receive_all(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert_described(400, body)


def test_another_method_gets_405_with_all_that_are_allowed(electron: Electron) -> None:
    """The header Allow has every method of the path, and HEAD with GET."""
    for path, rows in PATHS.items():
        known = re.sub(r"\{\w+\}", "1", path)
        response = call(electron.url, "OPTIONS", known)
        allowed = {*rows} | ({"HEAD"} if "GET" in rows else set())
        assert response.status == 405
        assert set(response.headers["allow"].split(", ")) == allowed
