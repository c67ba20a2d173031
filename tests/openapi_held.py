"""Verification of the OpenAPI document with schemathesis, in a real server.

Schemathesis generates valid and invalid requests from the document, sends them to the server, and
checks the responses against the document. The mutants show that it finds wrong responses. The
requests are the same in every run.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method
from starlette.types import Message, Receive, Scope, Send

from mock_electron import Settings
from mock_electron.engine.lane import Lane
from mock_electron.serve.app import App
from mock_electron.serve.server import Server
from mock_electron.wire import openapi
from mock_electron.wire.openapi import examples
from mock_electron.wire.request import BASE_PATH

Case = schemathesis.Case[Any]

KEY: Final = "sk_schemathesis"
DOCUMENT: Final = schemathesis.openapi.from_dict(
    json.loads(openapi.document_json(accept_json_schema=False)), config=schemathesis.Config(seed=0)
)
OPERATION: Final = DOCUMENT["/chat/completions"]["POST"]
EXCLUDED_CHECKS: Final = [
    unsupported_method,  # expects 405, but Electron answers 404 to other methods
    positive_data_acceptance,  # replaced by accepted_by_the_gateway
]


SESSION: Final = requests.Session()
"""One for all requests: a new session and connection takes longer than an answer."""
SESSION.trust_env = False  # otherwise it looks for proxies at each request


def accepted_by_the_gateway(
    _context: schemathesis.CheckContext, response: schemathesis.Response, case: Case
) -> None:
    """Check that a valid request gets 200, or 400 without details from the model server."""
    if case.meta and case.meta.generation.mode.is_positive and response.status_code != 200:
        assert response.status_code == 400
        assert "details" not in response.json()["error"]


def ask(case: Case, url: str) -> schemathesis.Response:
    """Send a request and check the response: status, headers, media type and schema.

    Raises:
        FailureGroup: With all deviations from the document.
    """
    return case.call_and_validate(
        base_url=url + BASE_PATH,
        headers={"Authorization": f"Bearer {KEY}"},
        excluded_checks=EXCLUDED_CHECKS,
        session=SESSION,
        additional_checks=[accepted_by_the_gateway],
    )


def lane() -> Lane:
    """Return a lane that accepts a single key, so that requests without it are refused."""
    return Lane(Settings(api_keys=(KEY,)))


@pytest.fixture
def statuses() -> Iterator[Counter[int]]:
    """Count responses by status, and check at the end that there are enough of each."""
    counts: Counter[int] = Counter()
    yield counts
    assert counts[200] >= 80
    assert counts[400] >= 200
    assert set(counts) == {200, 400, 401, 404}


@pytest.fixture
def url() -> Iterator[str]:
    with Server(lane()) as server:
        yield server.url


@DOCUMENT.parametrize()
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
def test_every_response_is_as_the_document_describes(
    case: Case, url: str, statuses: Counter[int]
) -> None:
    """Examples, boundary values and random bodies all get a response that the document describes."""
    statuses[ask(case, url).status_code] += 1


# --- mutants

Change = Callable[[int, dict[bytes, bytes], bytes], tuple[int, dict[bytes, bytes], bytes]]


def mutant(change: Change) -> type[App]:
    """Return an application that changes every response."""

    class Mutant(App):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            messages: list[Message] = []

            async def record(message: Message) -> None:
                messages.append(message)

            await super().__call__(scope, receive, record)
            start, *parts = messages
            body = b"".join(part.get("body", b"") for part in parts)
            status, headers, body = change(start["status"], dict(start["headers"]), body)
            headers.pop(b"content-length", None)
            raw = list(headers.items())
            await send({"type": "http.response.start", "status": status, "headers": raw})
            await send({"type": "http.response.body", "body": body})

    return Mutant


def when(status: int, change: Change) -> Change:
    """Apply the change to responses with this status only."""

    def changed(*answer: Any) -> Any:
        return change(*answer) if answer[0] == status else answer

    return changed


def with_status(status: int) -> Change:
    return lambda _, headers, body: (status, headers, body)


def with_header(name: bytes, value: bytes) -> Change:
    return lambda status, headers, body: (status, headers | {name: value}, body)


def without_header(name: bytes) -> Change:
    def change(status: int, headers: dict[bytes, bytes], body: bytes) -> Any:
        return status, {key: value for key, value in headers.items() if key != name}, body

    return change


def with_body(old: bytes, new: bytes) -> Change:
    return lambda status, headers, body: (status, headers, body.replace(old, new))


def accept_everything(_: int, headers: dict[bytes, bytes], body: bytes) -> Any:
    """Answer 200 with a valid reply to any request."""
    reply = examples.completions()["hello"]["value"]
    return 200, headers | {b"content-type": b"application/json"}, json.dumps(reply).encode()


def refuse_with_details(*_: object) -> Any:
    """Answer 400 with Zod's issues to any request."""
    response = openapi.document()["paths"]["/chat/completions"]["post"]["responses"]["400"]
    error = response["content"]["application/json"]["examples"]["invalid_input"]["value"]
    request_id = error["error"]["request_id"].encode()
    headers = {b"content-type": b"application/json", b"x-request-id": request_id}
    return 400, headers, json.dumps(error).encode()


VALID: Final = OPERATION.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
INVALID: Final = OPERATION.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
STREAMED: Final = st.builds(
    OPERATION.Case,
    body=st.just({**examples.HELLO, "stream": True}),
    media_type=st.just("application/json"),
)

NO_DETAILS: Final = b'"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2},"choices"'

# Hypothesis also draws constants of the source, so that what it draws changes with any code.
FIRST: Final = settings(
    max_examples=300,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,  # it ends at the first response that is found to be wrong
)
MUTANTS: Final[dict[str, tuple[st.SearchStrategy[Case], Change, str]]] = {
    "an undescribed status": (VALID, when(200, with_status(201)), "UndefinedStatusCode"),
    "an undescribed status for invalid bodies": (
        INVALID,
        when(400, with_status(422)),
        "UndefinedStatusCode",
    ),
    "a server error": (VALID, when(200, with_status(500)), "ServerError"),
    "an undescribed media type": (
        VALID,
        when(200, with_header(b"content-type", b"text/plain")),
        "UndefinedContentType",
    ),
    "a missing request id": (VALID, without_header(b"x-request-id"), "MissingHeaders"),
    "an invalid request id": (VALID, with_header(b"x-request-id", b"req_1"), "JsonSchemaError"),
    "a reply without a model": (VALID, with_body(b'"model":"electron",', b""), "JsonSchemaError"),
    "a usage with strings": (
        VALID,
        with_body(b'tokens":', b'tokens":"so many","of":'),
        "JsonSchemaError",
    ),
    "a reply with malformed JSON": (VALID, with_body(b'{"id"', b'{id"'), "MalformedJson"),
    "a chunk without choices": (
        STREAMED,
        with_body(b'"choices"', b'"made"'),
        "JsonSchemaError",
    ),
    "a usage without details": (
        STREAMED,
        with_body(b'"choices"', NO_DETAILS),
        "JsonSchemaError",
    ),
    "an event with malformed JSON": (
        STREAMED,
        with_body(b"data: {", b"data: {{"),
        "JsonSchemaError",
    ),
    "an error without a type": (
        INVALID,
        with_body(b'"type":"invalid', b'"kind":"'),
        "JsonSchemaError",
    ),
    "an undescribed error type": (
        INVALID,
        with_body(b"invalid_request", b"bad"),
        "JsonSchemaError",
    ),
    "an issue that is a string": (
        INVALID,
        with_body(b'"details":[', b'"details":["bad",'),
        "JsonSchemaError",
    ),
    "an invalid body is accepted": (INVALID, when(400, accept_everything), "AcceptedNegativeData"),
    "a valid body is refused": (VALID, when(200, refuse_with_details), "CustomFailure"),
    "any API key is accepted": (VALID, when(401, accept_everything), "IgnoredAuth"),
}


@pytest.mark.parametrize(("cases", "change", "found"), MUTANTS.values(), ids=MUTANTS.keys())
def test_a_wrong_response_is_found(
    cases: st.SearchStrategy[Case],
    change: Change,
    found: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The checks of `ask` report each mutant, with random requests."""
    monkeypatch.setattr("mock_electron.serve.server.App", mutant(change))
    with Server(lane()) as server:

        @FIRST
        @given(case=cases)
        def explore(case: Case) -> None:
            ask(case, server.url)

        with pytest.raises(FailureGroup) as failed:
            explore()
    assert found in {type(failure).__name__ for failure in failed.value.exceptions}
