"""`/openapi.json`: the control API as an OpenAPI 3.1 document, made from the table of routes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mock_electron._version import __version__
from mock_electron.control import answers, exchange_answers, schemas
from mock_electron.control.context import JSON, answer, control_of
from mock_electron.control.gate import COOKIE
from mock_electron.control.query import Parameter
from mock_electron.control.route_row import REDIRECT, RouteRow
from mock_electron.control.schemas import SETTINGS_BODY
from mock_electron.scripts.conditions import TEXT, Schema
from mock_electron.scripts.schema import FAIL, FAULT, PACE, REPLY, STEP, WHEN
from mock_electron.scripts.validation import Instance, check
from mock_electron.serve.app import CONTROL_PATH

DESCRIPTION: Final = """\
What the test object `electron` can do, over HTTP: lanes, their scripts, faults, clocks and \
exchanges, and assertions about them.

A method that a path does not have gets 405, and a path that does not exist gets 404. On a \
loopback address, the host must be a name of this machine. On any other address, a token is \
needed."""

REFUSALS: Final[Mapping[int, str]] = {
    400: "The request is not valid HTTP, or its body is not compressed as its header says.",
    401: "The token is missing or wrong.",
    403: "The host is not allowed, or a web page of another origin has sent the request.",
    404: "The lane, or what is asked for in it, does not exist.",
    408: "The body did not arrive in time.",
    409: "The request contradicts the state of the server.",
    410: "The lane was closed.",
    413: "The body is too large.",
    415: "The request changes something, and its content type is not `application/json`; or its "
    "body has a compression or a charset that is not supported.",
    422: "The body or a parameter is wrong. All problems are listed.",
    501: "A package is not installed. The message says how to install it.",
    503: "Too many requests wait or follow events, or the server ends.",
}
SEE_OTHER: Final[Schema] = {
    "description": "The token was in the query. It is a cookie from now on.",
    "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
}
REDIRECTED: Final = "redirected"
COMPONENTS: Final[Mapping[str, Schema]] = {
    "Text": TEXT,
    "Fault": FAULT,
    "FaultOrFail": schemas.FAULT_OR_FAIL,
    "Step": STEP,
    "When": WHEN,
    "Reply": REPLY,
    "Fail": FAIL,
    "Pace": PACE,
    "Settings": SETTINGS_BODY,
    "Assertions": schemas.ASSERTIONS,
    "Error": answers.ERROR,
    "UnreadableRequest": answers.UNREADABLE,
    "ShownSettings": answers.SHOWN_SETTINGS,
    "Server": answers.HEALTH,
    "Clock": answers.CLOCK,
    "OpenedLane": answers.OPENED_LANE,
    "Lane": answers.LANE,
    "ShownStep": answers.SHOWN_STEP,
    "ShownFault": answers.SHOWN_FAULT,
    "Verdict": answers.VERDICT,
    "Exchange": exchange_answers.EXCHANGE,
    "ExchangeRow": exchange_answers.ROW,
    "ExchangeDetails": exchange_answers.DETAILS,
    "Usage": exchange_answers.USAGE,
}
"""The schemas that the document defines once, by name."""
IN_FILES: Final = {"#/$defs/text": "Text", "#/$defs/fault": "Fault"}
"""The references in the schema of script files."""


async def get_document(request: Request) -> Response:
    """Return this description of the control API, as an OpenAPI document."""
    return answer(control_of(request).document())


def document(rows: Sequence[RouteRow]) -> dict[str, Any]:
    """Return the document for these routes."""
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of mock-electron",
            "version": __version__,
            "description": DESCRIPTION,
        },
        "servers": [{"url": CONTROL_PATH}],
        "security": [{}, {"token": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": {name: _members(schema) for name, schema in COMPONENTS.items()},
            "responses": {REDIRECTED: SEE_OTHER} | {str(one): _refusal(one) for one in REFUSALS},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
    }


def _operation(row: RouteRow) -> dict[str, Any]:
    refused = {str(status): _reference(status) for status in row.refused}
    operation: dict[str, Any] = {
        "operationId": _id(row),
        "summary": row.summary,
        "tags": [row.path.split("/")[1 if row.path.count("/") < 3 else 3]],
        "responses": {str(status): _success(row) for status in row.success} | refused,
    }
    if row.description:
        operation["description"] = row.description
    if row.parameters:
        operation["parameters"] = [_parameter(one) for one in row.parameters]
    if row.body is not None:
        operation["requestBody"] = {
            "required": not _accepts_nothing(row.body),
            "content": {JSON: {"schema": _schema(row.body)}},
        }
    return operation


def _id(row: RouteRow) -> str:
    """Return a name for the operation: `get_ready`, `post_lanes_name_steps`."""
    words = row.path.translate({ord(mark): " " for mark in "/{}-."}).split()
    return "_".join([row.method.lower(), *words])


def _success(row: RouteRow) -> dict[str, Any]:
    content = {media_type: {"schema": _schema(one)} for media_type, one in row.schemas.items()}
    return {"description": row.summary, "content": content}


def _reference(status: int) -> dict[str, str]:
    name = REDIRECTED if status == REDIRECT else status
    return {"$ref": f"#/components/responses/{name}"}


def _refusal(status: int) -> dict[str, Any]:
    schema = answers.UNREADABLE if status == 400 else answers.ERROR
    return {"description": REFUSALS[status], "content": {JSON: {"schema": _schema(schema)}}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": parameter.description,
        "schema": _schema(parameter.schema),
    }


def _accepts_nothing(schema: Schema) -> bool:
    """Return whether an empty object is accepted, and so a request without a body is."""
    return "anyOf" not in schema and next(check(Instance({}, schema)), None) is None


def _schema(schema: Any) -> Any:
    """Return a schema as the document has it: as a reference if it is a component."""
    for name, component in COMPONENTS.items():
        if component is schema:
            return {"$ref": f"#/components/schemas/{name}"}
    return _members(schema)


def _members(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _member(name, member) for name, member in schema.items()}
    if isinstance(schema, list | tuple):
        return [_schema(item) for item in schema]
    return schema


def _member(name: str, member: Any) -> Any:
    if name == "$ref":
        return f"#/components/schemas/{IN_FILES[member]}"
    return _schema(member)
