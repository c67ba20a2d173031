"""curl against the mock: the exact status line, headers and body that a shell script gets."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from mock_electron import Electron, ErrorName, call

CURL = shutil.which("curl")
pytestmark = pytest.mark.skipif(CURL is None, reason="curl is not installed")

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
COMPLETION_ID = re.compile(r"chatcmpl-[0-9a-f]{16}")


@dataclass(frozen=True)
class Seen:
    """What curl printed.

    Attributes:
        status_line: The status line.
        headers: The headers, with lowercase names.
        body: The body.
    """

    status_line: str
    headers: dict[str, str]
    body: str


def curl(electron: Electron, *arguments: str, key: str | None = None) -> Seen:
    """Run curl on the chat endpoint, without the configuration and the proxy of the machine.

    Args:
        electron: The mock.
        *arguments: Options of curl in addition to the standard ones.
        key: The API key; None for the mock's own.
    """
    standard = ("-q", "--noproxy", "*", "--max-time", "60", "-sS", "-i")
    authorization = f"Authorization: Bearer {key or electron.api_key}"
    url = f"{electron.base_url}/chat/completions"
    assert CURL
    ran = subprocess.run(
        [CURL, *standard, "-H", authorization, *arguments, url],
        capture_output=True,
        check=True,
    )
    assert ran.stderr == b""
    head, _, body = ran.stdout.decode().partition("\r\n\r\n")
    status_line, *lines = head.split("\r\n")
    headers = [line.partition(": ") for line in lines]
    return Seen(status_line, {name.lower(): value for name, _, value in headers}, body)


def post(electron: Electron, body: object, *arguments: str, key: str | None = None) -> Seen:
    """Post a JSON document."""
    content_type = ("-H", "Content-Type: application/json")
    return curl(electron, *content_type, "-d", json.dumps(body), *arguments, key=key)


def question(**options: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": "Say hello."}]
    return {"model": "electron", "messages": messages} | options


def test_a_completion(electron: Electron) -> None:
    """The status line, headers and body of a reply are exactly these."""
    electron.reply("Hello!")
    seen = post(electron, question())
    [exchange] = electron.exchanges
    document = json.loads(seen.body)
    assert seen.status_line == "HTTP/1.1 200 OK"
    assert seen.headers == {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(seen.body.encode())),
        "x-request-id": exchange.request_id,
    }
    assert UUID.fullmatch(exchange.request_id)
    assert COMPLETION_ID.fullmatch(document["id"])
    assert seen.body == (
        '{"id":"' + document["id"] + '","object":"chat.completion","created":1740000000,'
        '"model":"electron","choices":[{"index":0,"message":{"role":"assistant",'
        '"content":"Hello!","tool_calls":null},"finish_reason":"stop"}],'
        '"usage":{"prompt_tokens":21,"completion_tokens":2,"total_tokens":23,'
        '"prompt_tokens_details":{"cached_tokens":0}}}'
    )


def test_a_stream(electron: Electron) -> None:
    """`curl -N` prints one event per token, the usage, and `[DONE]`."""
    electron.reply("Hello!")
    seen = post(electron, question(stream=True, stream_options={"include_usage": True}), "-N")
    [exchange] = electron.exchanges
    assert seen.status_line == "HTTP/1.1 200 OK"
    assert seen.headers == {
        "content-type": "text/event-stream",
        "cache-control": "no-cache",
        "x-request-id": exchange.request_id,
        "transfer-encoding": "chunked",
    }
    *events, done, rest = seen.body.split("\n\n")
    documents = [json.loads(event.removeprefix("data: ")) for event in events]
    assert (done, rest) == ("data: [DONE]", "")
    assert [(d["choices"][0]["delta"] if d["choices"] else d["usage"]) for d in documents] == [
        {"role": "assistant", "content": ""},
        {"content": "Hello"},
        {"content": "!"},
        {},
        {
            "prompt_tokens": 21,
            "completion_tokens": 2,
            "total_tokens": 23,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    ]


def test_a_streamed_call(electron: Electron) -> None:
    """The pieces of the arguments join to the JSON of the call."""
    electron.reply(call("get_weather", city="Mumbai"))
    seen = post(electron, question(stream=True), "-N")
    documents = [json.loads(event[6:]) for event in seen.body.split("\n\n")[:-2]]
    pieces = [
        piece
        for document in documents
        for piece in document["choices"][0]["delta"].get("tool_calls", [])
    ]
    assert pieces[0]["function"] == {"name": "get_weather", "arguments": ""}
    assert "".join(p["function"]["arguments"] for p in pieces) == '{"city": "Mumbai"}'


def test_an_error(electron: Electron) -> None:
    """An invalid request gets its issues, and the request id of the header."""
    seen = post(electron, question(n=2))
    [exchange] = electron.exchanges
    assert seen.status_line == "HTTP/1.1 400 Bad Request"
    assert seen.headers == {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(seen.body)),
        "x-request-id": exchange.request_id,
    }
    assert seen.body == (
        '{"error":{"message":"Invalid input data","type":"invalid_request_error",'
        '"details":[{"code":"custom","message":"n > 1 is not supported","path":["n"]}],'
        '"request_id":"' + exchange.request_id + '"}}'
    )


@pytest.mark.parametrize(
    ("kind", "status_line", "more"),
    [
        ("rate_limit", "HTTP/1.1 429 Too Many Requests", {"retry-after": "1"}),
        ("concurrency", "HTTP/1.1 429 Too Many Requests", {}),
        (502, "HTTP/1.1 502 Bad Gateway", {}),
        (503, "HTTP/1.1 503 Service Unavailable", {}),
    ],
)
def test_a_scripted_error(
    kind: int | ErrorName, status_line: str, more: dict[str, str], electron: Electron
) -> None:
    """A stream that fails before its first token gets an ordinary error response."""
    electron.fail(kind)
    seen = post(electron, question(stream=True), "-N")
    request_id = electron.exchanges[0].request_id
    assert seen.status_line == status_line
    assert seen.headers == more | {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(seen.body)),
        "x-request-id": request_id,
    }
    assert json.loads(seen.body)["error"]["request_id"] == request_id


def test_a_refused_key(electron: Electron) -> None:
    """The API key is checked before the body."""
    seen = post(electron, {"model": "none"}, key="sk_mock_revoked")
    assert seen.status_line == "HTTP/1.1 401 Unauthorized"
    assert json.loads(seen.body)["error"]["type"] == "authentication_error"


def test_the_default_content_type_of_curl_is_not_json(electron: Electron) -> None:
    """With `-d` and no `Content-Type` option, the body is read as empty, as Express does."""
    seen = curl(electron, "-d", json.dumps(question()))
    issues = json.loads(seen.body)["error"]["details"]
    assert seen.status_line == "HTTP/1.1 400 Bad Request"
    assert [(issue["path"], issue["message"]) for issue in issues] == [
        (["model"], "Required"),
        (["messages"], "Required"),
    ]


def test_a_get_is_not_found(electron: Electron) -> None:
    """A GET request gets 404 with a message that names the endpoint."""
    seen = curl(electron)
    assert seen.status_line == "HTTP/1.1 404 Not Found"
    assert "POST /waves/v1/chat/completions" in json.loads(seen.body)["error"]["message"]


def test_a_large_body_is_accepted(electron: Electron) -> None:
    """The mock sends `100 Continue` when curl waits for it before a large body."""
    electron.reply("Hello!")
    messages = [{"role": "user", "content": "a" * 60_000}]
    expect = ("-H", "Expect: 100-continue")  # the default of older releases
    seen = post(electron, {"model": "electron", "messages": messages}, *expect)
    final = seen.body if seen.status_line.endswith("100 Continue") else seen.status_line
    assert final.startswith("HTTP/1.1 200 OK")
    assert electron.exchanges[0].outcome == "complete"
