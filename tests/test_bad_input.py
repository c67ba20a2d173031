"""Bad input: whatever arrives, the documented envelope goes out, and the right 4xx."""

import json
from typing import Any

import pytest
import raw_http
from chat_requests import JSON_VALUES, mutated_requests
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_http import chat, user

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
    "a lone surrogate": b'{"model": "\\ud800"}',
    "a control character": b'{"model": "\x01"}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_json_is_refused_without_details(electron: Electron, body: bytes) -> None:
    """400, the envelope, no `details`."""
    response = chat(electron, body)
    assert response.status == 400
    assert list(response.error) == ["message", "type", "request_id"]
    assert response.error["message"].startswith("Malformed JSON in request body")


@pytest.mark.parametrize("depth", range(225, 260))
def test_what_can_be_read_can_be_quoted(depth: int) -> None:
    """However deep a wrong value is, the envelope that quotes it can be written."""
    choice = b'{"type":' + b"[" * depth + b"]" * depth + b"}"
    body = b'{"model":"electron","messages":[{"role":"user"}],"tool_choice":' + choice + b"}"
    answer = Lane().open(
        Arrival("POST", "/waves/v1/chat/completions", "Bearer k", "application/json", body)
    )
    assert answer.status == 400


NOT_AN_OBJECT = {
    "array": b"[]",
    "number": b"5",
    "string": b'"x"',
    "null": b"null",
    "boolean": b"true",
}


@pytest.mark.parametrize(("received", "body"), NOT_AN_OBJECT.items(), ids=NOT_AN_OBJECT.keys())
def test_a_body_that_is_no_object(electron: Electron, received: str, body: bytes) -> None:
    """Zod's one issue at the root."""
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


READ_AS_EMPTY = {
    "no body": ("application/json", b""),
    "no content type": ("", json.dumps(VALID).encode()),
    "text": ("text/plain", json.dumps(VALID).encode()),
    "a form": ("application/x-www-form-urlencoded", b"model=electron"),
    "another json": ("application/vnd.api+json", json.dumps(VALID).encode()),
}


@pytest.mark.parametrize(("content_type", "body"), READ_AS_EMPTY.values(), ids=READ_AS_EMPTY.keys())
def test_what_is_not_declared_as_json_is_read_as_empty(
    electron: Electron, content_type: str, body: bytes
) -> None:
    """`Required` issues for the model and the messages (I, Express)."""
    response = chat(electron, body, **{"Content-Type": content_type})
    assert response.status == 400
    assert [issue["path"] for issue in response.error["details"]] == [["model"], ["messages"]]
    assert {issue["message"] for issue in response.error["details"]} == {"Required"}


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_is_recognised_however_it_is_declared(electron: Electron, content_type: str) -> None:
    """Parameters and case of the media type do not matter."""
    response = chat(electron, json.dumps(VALID).encode(), **{"Content-Type": content_type})
    assert response.status == 200


def test_a_byte_order_mark_is_skipped(electron: Electron) -> None:
    """As Express does (I)."""
    assert chat(electron, b"\xef\xbb\xbf" + json.dumps(VALID).encode()).status == 200


TOO_MUCH = {
    "201 messages": with_field(messages=user("Hi") * 201),
    "no messages": with_field(messages=[]),
    "65 tools": with_field(tools=[{}] * 65),
    "5 stops": with_field(stop=list("abcde")),
    "n 2": with_field(n=2),
    "max_tokens beyond 64 bits": with_field(max_tokens=10**30),
    "seed beyond 64 bits": with_field(seed=2**63),
    "a prompt beyond the context": with_field(messages=user("word " * 33_000)),
}


@pytest.mark.parametrize("body", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_too_much_of_anything_is_refused(electron: Electron, body: bytes) -> None:
    """400 in the envelope."""
    response = chat(electron, body)
    assert response.status == 400
    assert response.error["type"] == "invalid_request_error"


def test_a_large_tool_schema_that_refers_to_itself_is_refused_for_its_size(
    electron: Electron,
) -> None:
    """A megabyte of schema is more than the context holds: 400, at once."""
    tool = {"type": "function", "function": {"name": "grow", "parameters": SELF_REFERENCE}}
    response = chat(electron, with_field(tools=[tool], tool_choice="required"))
    assert response.status == 400
    assert "32768" in response.error["message"]


def test_a_small_tool_schema_that_refers_to_itself_is_called(electron: Electron) -> None:
    """Recursion in a schema ends."""
    schema = SELF_REFERENCE | {"description": "short"}
    tool = {"type": "function", "function": {"name": "grow", "parameters": schema}}
    response = chat(electron, with_field(tools=[tool], tool_choice="required"))
    assert response.status == 200


@given(mutated_requests() | JSON_VALUES)
@settings(max_examples=400)
def test_any_json_gets_an_answer_or_the_right_refusal(document: object) -> None:
    """Never a fault in the mock: 200, or 400 with issues that lead to their place."""
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
    """Whether a path leads through the document, but for its last step, which may be absent."""
    for step in path[:-1]:
        document = document[step]
    return isinstance(document, dict | list) or not path


@given(st.binary(max_size=60), st.sampled_from(["application/json", "text/plain", ""]))
@settings(max_examples=200)
def test_any_bytes_get_the_envelope(body: bytes, content_type: str) -> None:
    """Whatever the bytes, 400 and the envelope."""
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
    """The envelope names the right path."""
    response = raw_http.send(electron.url + path, b"", method)
    assert response.status == 404
    assert response.error["type"] == "not_found_error"
    assert response.error["message"] == (
        f"Cannot {method} {path}. The endpoint is POST /waves/v1/chat/completions"
    )


def test_a_head_request_has_no_body(electron: Electron) -> None:
    """HEAD is a wrong method as any other, and gets headers only."""
    response = raw_http.send(f"{electron.base_url}/chat/completions", b"", "HEAD")
    assert (response.status, response.body) == (404, b"")
    assert response.headers["x-request-id"]


KEYS = {
    "no header": ({"Authorization": ""}, 401, "authentication_error"),
    "no scheme": ({"Authorization": "sk_mock"}, 401, "authentication_error"),
    "another scheme": ({"Authorization": "Basic c2s6"}, 401, "authentication_error"),
    "an empty key": ({"Authorization": "Bearer "}, 401, "authentication_error"),
    "a revoked key": ({"Authorization": "Bearer sk_mock_revoked"}, 401, "authentication_error"),
    "a forbidden key": ({"Authorization": "Bearer sk_mock_forbidden"}, 403, "permission_error"),
}


@pytest.mark.parametrize(("headers", "status", "kind"), KEYS.values(), ids=KEYS.keys())
def test_keys_that_are_not_let_in(
    electron: Electron, headers: dict[str, str], status: int, kind: str
) -> None:
    """401 or 403, before the body is looked at."""
    response = chat(electron, b"no json", **headers)
    assert response.status == status
    assert response.error["type"] == kind
