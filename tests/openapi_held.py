"""What the document promises, a stranger checks: schemathesis makes requests from it, good and bad,
sends them to a real server, and holds the answers against it. It finds what is wrong, too.

Which requests it makes is the same in every run.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method
from starlette.types import Message, Receive, Scope, Send

from mock_electron import Settings
from mock_electron.engine.lane import Lane
from mock_electron.serve.app import BASE_PATH, App
from mock_electron.serve.server import Server
from mock_electron.wire import openapi
from mock_electron.wire.openapi import examples

Case = schemathesis.Case[Any]

KEY: Final = "sk_schemathesis"
DOCUMENT: Final = schemathesis.openapi.from_dict(
    json.loads(openapi.written(accept_json_schema=False)), config=schemathesis.Config(seed=0)
)
OPERATION: Final = DOCUMENT["/chat/completions"]["POST"]
ELECTRONS_OWN: Final = [
    unsupported_method,  # another method is 404, as a path that does not exist; not 405
    positive_data_acceptance,  # replaced by the check below
]


def passes_the_gateway(
    _context: schemathesis.CheckContext, response: schemathesis.Response, case: Case
) -> None:
    """What fits the schema is answered, or refused by the model server, which gives no details."""
    if case.meta and case.meta.generation.mode.is_positive and response.status_code != 200:
        assert response.status_code == 400
        assert "details" not in response.json()["error"]


def ask(case: Case, url: str) -> schemathesis.Response:
    """Send it, and hold the answer against the document: status, headers, media type, schema.

    Raises FailureGroup with all that is wrong.
    """
    return case.call_and_validate(
        base_url=url + BASE_PATH,
        headers={"Authorization": f"Bearer {KEY}"},
        excluded_checks=ELECTRONS_OWN,
        additional_checks=[passes_the_gateway],
    )


def lane() -> Lane:
    """One that lets a single key in, so that a missing key is noticed."""
    return Lane(Settings(api_keys=(KEY,)))


@pytest.fixture
def answered() -> Iterator[Counter[int]]:
    """How often each status came; at the end it is asked whether there was enough of each."""
    statuses: Counter[int] = Counter()
    yield statuses
    assert statuses[200] >= 80
    assert statuses[400] >= 200
    assert set(statuses) == {200, 400, 401, 404}


@pytest.fixture
def url() -> Iterator[str]:
    with Server(lane()) as server:
        yield server.url


@DOCUMENT.parametrize()
@settings(max_examples=50, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_the_document_has_it(
    case: Case, url: str, answered: Counter[int]
) -> None:
    """For its examples, for every edge of the schema from both sides, and for bodies by chance."""
    answered[ask(case, url).status_code] += 1


# --- it can fail

Change = Callable[[int, dict[bytes, bytes], bytes], tuple[int, dict[bytes, bytes], bytes]]


def mutant(change: Change) -> type[App]:
    """The application with another answer in the place of its own."""

    class Mutant(App):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            sent: list[Message] = []

            async def keep(message: Message) -> None:
                sent.append(message)

            await super().__call__(scope, receive, keep)
            start, *parts = sent
            body = b"".join(part.get("body", b"") for part in parts)
            status, headers, body = change(start["status"], dict(start["headers"]), body)
            headers.pop(b"content-length", None)
            raw = list(headers.items())
            await send({"type": "http.response.start", "status": status, "headers": raw})
            await send({"type": "http.response.body", "body": body})

    return Mutant


def when(status: int, change: Change) -> Change:
    """The change, to answers with this status."""

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


def with_body(written: bytes, instead: bytes) -> Change:
    return lambda status, headers, body: (status, headers, body.replace(written, instead))


def lets_all_in(_: int, headers: dict[bytes, bytes], body: bytes) -> Any:
    """200 to anything, with a reply that is as it should be."""
    reply = examples.completions()["hello"]["value"]
    return 200, headers | {b"content-type": b"application/json"}, json.dumps(reply).encode()


def refused_with_details(*_: object) -> Any:
    """400 to anything, as if the schema had objected."""
    response = openapi.document()["paths"]["/chat/completions"]["post"]["responses"]["400"]
    error = response["content"]["application/json"]["examples"]["invalid_input"]["value"]
    request_id = error["error"]["request_id"].encode()
    headers = {b"content-type": b"application/json", b"x-request-id": request_id}
    return 400, headers, json.dumps(error).encode()


GOOD: Final = OPERATION.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
BAD: Final = OPERATION.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
STREAMED: Final = st.builds(
    OPERATION.Case,
    body=st.just({**examples.HELLO, "stream": True}),
    media_type=st.just("application/json"),
)

USAGE: Final = (
    b'"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,'
    b'"prompt_tokens_details":{"cached_tokens":0}},"choices"'
)

MUTANTS: Final[dict[str, tuple[st.SearchStrategy[Case], Change, str]]] = {
    "a status that is not described": (GOOD, when(200, with_status(201)), "UndefinedStatusCode"),
    "another one for bad bodies": (BAD, when(400, with_status(422)), "UndefinedStatusCode"),
    "a server error": (GOOD, when(200, with_status(500)), "ServerError"),
    "another media type": (
        GOOD,
        when(200, with_header(b"content-type", b"text/plain")),
        "UndefinedContentType",
    ),
    "no request id": (GOOD, without_header(b"x-request-id"), "MissingHeaders"),
    "a request id that is none": (GOOD, with_header(b"x-request-id", b"req_1"), "JsonSchemaError"),
    "a reply without its model": (GOOD, with_body(b'"model":"electron",', b""), "JsonSchemaError"),
    "a usage in words": (
        GOOD,
        with_body(b'tokens":', b'tokens":"so many","of":'),
        "JsonSchemaError",
    ),
    "a reply that is no JSON": (GOOD, with_body(b'{"id"', b'{id"'), "MalformedJson"),
    "a chunk without its choices": (
        STREAMED,
        with_body(b'"choices"', b'"made"'),
        "JsonSchemaError",
    ),
    "a chunk with a usage": (STREAMED, with_body(b'"choices"', USAGE), "JsonSchemaError"),
    "an event that is no JSON": (STREAMED, with_body(b"data: {", b"data: {{"), "JsonSchemaError"),
    "an error without its type": (
        BAD,
        with_body(b'"type":"invalid', b'"kind":"'),
        "JsonSchemaError",
    ),
    "a type that is not described": (BAD, with_body(b"invalid_request", b"bad"), "JsonSchemaError"),
    "an issue in words": (BAD, with_body(b'"details":[', b'"details":["bad",'), "JsonSchemaError"),
    "a bad body is answered": (BAD, when(400, lets_all_in), "AcceptedNegativeData"),
    "a good body is refused": (GOOD, when(200, refused_with_details), "CustomFailure"),
    "any key is let in": (GOOD, when(401, lets_all_in), "IgnoredAuth"),
}


@pytest.mark.parametrize(("cases", "change", "found"), MUTANTS.values(), ids=MUTANTS.keys())
def test_a_server_that_breaks_a_promise_is_found_out(
    cases: st.SearchStrategy[Case],
    change: Change,
    found: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the same question as above, with bodies made by chance."""
    monkeypatch.setattr("mock_electron.serve.server.App", mutant(change))
    with Server(lane()) as server:

        @settings(max_examples=50, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=cases)
        def explore(case: Case) -> None:
            ask(case, server.url)

        with pytest.raises(FailureGroup) as failed:
            explore()
    assert found in {type(failure).__name__ for failure in failed.value.exceptions}
