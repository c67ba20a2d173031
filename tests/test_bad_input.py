"""Bad input: any request gets the documented error envelope and the right 4xx status."""

import json
from typing import Any

import pytest
import raw_http
from chat_requests import JSON_VALUES, mutated_requests
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_http import chat, user
from rows import each_of

from mock_electron import Electron
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane
from mock_electron.wire import codec

VALID = {"model": "electron", "messages": user("Hi")}
SELF_REFERENCE = {
    "type": "object",
    "properties": {"child": {"$ref": "#"}, "text": {"type": "string"}},
    "required": ["child", "text"],
    "description": "x" * 1_000_000,
}


def with_field(**fields: Any) -> bytes:
    return json.dumps(VALID | fields).encode()


MALFORMED = {
    "malformed": b'{"model": "electron",',
    "two documents": b"{}{}",
    "only a space": b" ",
    "latin-1": '{"model": "électron"}'.encode("latin-1"),
    "utf-16": json.dumps(VALID).encode("utf-16"),
    "NaN": b'{"temperature": NaN}',
    "Infinity": b'{"temperature": -Infinity}',
    "a number beyond a double": b'{"temperature": 1e999}',
    "a long integer": b'{"seed": ' + b"9" * 5000 + b"}",
    "nesting 10,000 deep": b"[" * 10_000 + b"]" * 10_000,
    "an object 10,000 deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "nesting 300 deep": b'{"a":' + b"[" * 300 + b"]" * 300 + b"}",
    "a control character": b'{"model": "\x01"}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_json_is_refused_without_details(electron: Electron, body: bytes) -> None:
    """The error is a 400 without `details`."""
    response = chat(electron, body)
    assert response.status == 400
    assert list(response.error) == ["message", "type", "request_id"]
    assert response.error["message"].startswith("Malformed JSON in request body")


@each_of((depth,) for depth in range(225, 260))
def test_deeply_nested_values_can_be_quoted(depth: int) -> None:
    """An issue can quote a wrong value of any depth that can be read."""
    choice = b'{"type":' + b"[" * depth + b"]" * depth + b"}"
    body = b'{"model":"electron","messages":[{"role":"user"}],"tool_choice":' + choice + b"}"
    answer = Lane().open(
        Arrival("POST", "/waves/v1/chat/completions", "Bearer k", "application/json", body)
    )
    assert answer.status == 400


@pytest.mark.parametrize("place", ["system", "user"])
def test_a_deep_example_in_json_mode_is_answered(place: str) -> None:
    """An example of an object is read down to some level, however deep it is."""
    example = '{"a": ' * 500 + "1" + "}" * 500
    messages = [{"role": place, "content": f"Answer in JSON like {example}"}, *user("Pune")]
    format_ = {"type": "json_object"}
    document = {"model": "electron", "messages": messages, "response_format": format_}
    body = json.dumps(document).encode()
    answer = Lane().open(
        Arrival("POST", "/waves/v1/chat/completions", "Bearer k", "application/json", body)
    )
    assert answer.status == 200


NOT_AN_OBJECT = {
    "array": b"[]",
    "number": b"5",
    "string": b'"x"',
    "null": b"null",
    "boolean": b"true",
}


@pytest.mark.parametrize(("received", "body"), NOT_AN_OBJECT.items(), ids=NOT_AN_OBJECT.keys())
def test_a_body_must_be_an_object(electron: Electron, received: str, body: bytes) -> None:
    """Zod reports one issue, with an empty path."""
    response = chat(electron, body)
    assert response.status == 400
    assert response.error["details"] == [
        {
            "code": "invalid_type",
            "expected": "object",
            "received": received,
            "path": [],
            "message": f"Expected object, received {received}",
        }
    ]


IGNORED_BODIES = {
    "an empty body": ("application/json", b""),
    "no content type": ("", json.dumps(VALID).encode()),
    "text": ("text/plain", json.dumps(VALID).encode()),
    "a form": ("application/x-www-form-urlencoded", b"model=electron"),
    "another json": ("application/vnd.api+json", json.dumps(VALID).encode()),
}


@pytest.mark.parametrize(
    ("content_type", "body"), IGNORED_BODIES.values(), ids=IGNORED_BODIES.keys()
)
def test_a_body_that_is_not_declared_as_json_is_ignored(
    electron: Electron, content_type: str, body: bytes
) -> None:
    """Model and messages are reported as missing, as Express ignores the body (I)."""
    response = chat(electron, body, **{"Content-Type": content_type})
    assert response.status == 400
    assert [issue["path"] for issue in response.error["details"]] == [["model"], ["messages"]]
    assert {issue["message"] for issue in response.error["details"]} == {"Required"}


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_the_media_type_may_have_parameters_and_any_case(
    electron: Electron, content_type: str
) -> None:
    """`Content-Type` is compared without parameters and case."""
    response = chat(electron, json.dumps(VALID).encode(), **{"Content-Type": content_type})
    assert response.status == 200


def test_a_byte_order_mark_is_skipped(electron: Electron) -> None:
    """A leading byte order mark is not an error, as in Express (I)."""
    assert chat(electron, b"\xef\xbb\xbf" + json.dumps(VALID).encode()).status == 200


OUT_OF_RANGE = {
    "201 messages": with_field(messages=user("Hi") * 201),
    "an empty list of messages": with_field(messages=[]),
    "65 tools": with_field(tools=[{}] * 65),
    "5 stops": with_field(stop=list("abcde")),
    "n 2": with_field(n=2),
    "max_tokens beyond 64 bits": with_field(max_tokens=10**30),
    "seed beyond 64 bits": with_field(seed=2**63),
    "a prompt beyond the context": with_field(messages=user("word " * 33_000)),
}


@pytest.mark.parametrize("body", OUT_OF_RANGE.values(), ids=OUT_OF_RANGE.keys())
def test_out_of_range_values_are_refused(electron: Electron, body: bytes) -> None:
    """A value beyond its limit gets a 400."""
    response = chat(electron, body)
    assert response.status == 400
    assert response.error["type"] == "invalid_request_error"


def test_a_large_recursive_tool_schema_exceeds_the_context(
    electron: Electron,
) -> None:
    """A tool schema of one megabyte gets the 400 for the context length."""
    tool = {"type": "function", "function": {"name": "grow", "parameters": SELF_REFERENCE}}
    response = chat(electron, with_field(tools=[tool], tool_choice="required"))
    assert response.status == 400
    assert "32768" in response.error["message"]


def test_a_small_recursive_tool_schema_is_accepted(electron: Electron) -> None:
    """Arguments for a recursive schema are finite."""
    schema = SELF_REFERENCE | {"description": "short"}
    tool = {"type": "function", "function": {"name": "grow", "parameters": schema}}
    response = chat(electron, with_field(tools=[tool], tool_choice="required"))
    assert response.status == 200


@given(mutated_requests() | JSON_VALUES)
@settings(max_examples=100)
def test_any_json_gets_a_reply_or_a_400(document: object) -> None:
    """The mock never fails: it sends 200, or 400 with issues whose paths exist in the body."""
    body = json.dumps(document).encode()
    answer = Lane().open(
        Arrival("POST", "/waves/v1/chat/completions", "Bearer k", "application/json", body)
    )
    assert answer.status in {200, 400}
    if answer.status == 400:
        error: Any = codec.decode(answer.frames[0])
        assert list(error) == ["error"]
        inside = list(error["error"])
        assert inside in (
            ["message", "type", "request_id"],
            ["message", "type", "details", "request_id"],
        )
        for issue in error["error"].get("details", []):
            assert issue["code"] in {
                "invalid_type",
                "invalid_enum_value",
                "invalid_literal",
                "invalid_union",
                "too_small",
                "too_big",
                "custom",
            }
            assert reaches(document, issue["path"])


def reaches(document: Any, path: list[str | int]) -> bool:
    """Return whether a path exists in the document. Its last step may be absent."""
    for step in path[:-1]:
        document = document[step]
    return isinstance(document, dict | list) or not path


@given(st.binary(max_size=60), st.sampled_from(["application/json", "text/plain", ""]))
@settings(max_examples=60)
def test_any_bytes_get_the_envelope(body: bytes, content_type: str) -> None:
    """Random bytes get a 400 with the error envelope."""
    answer = Lane().open(
        Arrival("POST", "/waves/v1/chat/completions", "Bearer k", content_type, body)
    )
    assert answer.status == 400
    assert b'"request_id":"' in answer.frames[0]


WRONG_PATHS = [
    ("GET", "/waves/v1/chat/completions"),
    ("PUT", "/waves/v1/chat/completions"),
    ("DELETE", "/waves/v1/chat/completions"),
    ("GET", "/waves/v1/models"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/chat/completions"),
    ("POST", "/waves/v1/chat/completions/"),
    ("POST", "/healthz"),
    ("GET", "/"),
]


@pytest.mark.parametrize(("method", "path"), WRONG_PATHS)
def test_any_other_path_or_method_is_404(electron: Electron, method: str, path: str) -> None:
    """The error message names the right path."""
    response = raw_http.send(electron.url + path, b"", method)
    assert response.status == 404
    assert response.error["type"] == "not_found_error"
    assert response.error["message"] == (
        f"Cannot {method} {path}. The endpoint is POST /waves/v1/chat/completions"
    )


def test_a_head_request_has_no_body(electron: Electron) -> None:
    """HEAD gets the 404 of a wrong method, without a body."""
    response = raw_http.send(f"{electron.base_url}/chat/completions", b"", "HEAD")
    assert (response.status, response.body) == (404, b"")
    assert response.headers["x-request-id"]


KEYS = {
    "a missing header": ({"Authorization": ""}, 401, "authentication_error"),
    "a missing scheme": ({"Authorization": "sk_mock"}, 401, "authentication_error"),
    "another scheme": ({"Authorization": "Basic c2s6"}, 401, "authentication_error"),
    "an empty key": ({"Authorization": "Bearer "}, 401, "authentication_error"),
    "a revoked key": ({"Authorization": "Bearer sk_mock_revoked"}, 401, "authentication_error"),
    "a forbidden key": ({"Authorization": "Bearer sk_mock_forbidden"}, 403, "permission_error"),
}


@pytest.mark.parametrize(("headers", "status", "kind"), KEYS.values(), ids=KEYS.keys())
def test_a_bad_key_is_refused(
    electron: Electron, headers: dict[str, str], status: int, kind: str
) -> None:
    """The error is 401 or 403, even if the body is malformed."""
    response = chat(electron, b"not json", **headers)
    assert response.status == status
    assert response.error["type"] == kind
