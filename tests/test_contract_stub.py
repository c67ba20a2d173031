"""The contract against servers that are not Electron: the expected clauses fail, and none raises."""

import json
from collections.abc import Callable, Iterable, Mapping

import openai_stub
import pytest
from contract_clauses import CHOSEN
from junitparser import JUnitXml
from msgspec.structs import replace
from openai_stub import Stub, StubRequest, http, served
from rows import each

from mock_electron.contract import (
    CLAUSES,
    Clause,
    Clock,
    Contract,
    Need,
    Outcome,
    Report,
    Target,
    check,
    select,
)
from mock_electron.contract.junit import junit
from mock_electron.contract.response import Response
from mock_electron.contract.sections.acceptance import ACCEPTED
from mock_electron.contract.sections.errors import FAILURES
from mock_electron.contract.sections.model_server import REFUSED
from mock_electron.contract.sections.violations import VIOLATIONS
from mock_electron.contract.session import Session
from mock_electron.contract.table import lines

NEVER_REFUSES = " ".join(
    (
        *(f"request.{row.id} request.{row.id}.issue" for row in VIOLATIONS),
        *(clause.id for clause in REFUSED),
    )
)
NEVER_FAILS = " ".join(
    f"errors.{row.id} errors.{row.id}.type" + (f" errors.{row.id}.message" if row.message else "")
    for row in FAILURES
)

FAILS = {
    # 1 Endpoint and authentication
    "every key is accepted": """
        endpoint.key.missing endpoint.key.wrong endpoint.key.scheme endpoint.key.first
        endpoint.access.first errors.403 errors.403.type errors.403.message errors.401.type
        errors.401.message errors.401.same errors.envelope errors.request_id.401""",
    # 2 Request body
    "no body is refused": f"""{NEVER_REFUSES}
        request.invalid.message request.n request.n.issue request.undeclared request.malformed
        request.malformed.envelope request.model_server.envelope endpoint.context
        request.context.envelope request.context.message request.encoding request.charset
        errors.413 errors.413.type
        errors.envelope.details errors.request_id.400 errors.request_id.same
        errors.json.error stream.mistake""",
    # 3 Reply
    "keys are missing, or in another order": """
        chat.keys chat.message.keys chat.message.tool_calls stream.keys""",
    "id and model are always the same, and not Electron's": """
        chat.id chat.id.own chat.model stream.id stream.model""",
    "the JSON has spaces, and its type no charset": "chat.compact errors.json",
    "the text is fixed, whatever the request asks for": """
        request.max_completion_tokens chat.finish.length chat.json chat.logprobs.place
        chat.logprobs.keys chat.logprobs.tokens chat.logprobs.bytes chat.logprobs.top
        stream.finish.length stream.logprobs stream.logprobs.tokens chat.stop.cut
        stream.stop.withheld""",
    "no tool is ever called": """
        chat.call.made chat.call.finish chat.call.keys chat.call.id chat.call.type
        chat.call.arguments chat.call.arguments.spaces chat.filler.absent chat.filler.spoken
        chat.filler.finish chat.filler.language chat.call.parallel chat.call.parallel.ids
        chat.choice.required chat.choice.required.finish chat.choice.named
        chat.choice.named.finish chat.choice.none chat.result.chained stream.filler.first
        stream.call.begins stream.call.continues stream.call.arguments stream.call.arguments.parts
        stream.call.finish stream.call.one_a_chunk stream.call.indexes stream.call.ids""",
    # 4 Stream
    "proxies may cache the stream": "stream.cache_control",
    "each chunk has the role and words": """
        stream.role.once stream.role.content stream.filler.role""",
    "the stream has one more space than the reply": "stream.same_words",
    "the stream has no usage": """
        stream.usage.last stream.usage.keys stream.usage.once stream.usage.same stream.tokens
        stream.usage.continuous stream.usage.continuous.last""",
    # 5 Usage and the prefix cache
    "usage is always 10, 20, 30": "usage.keys usage.tools usage.length usage.cached",
    "there is no cache": """
        cache.cold cache.warm cache.blocks cache.most cache.character cache.order cache.prefix
        cache.users cache.reply cache.account cache.idle""",
    # 6 Limits and errors
    "no request fails": f"{NEVER_FAILS} stream.error stream.error.done stream.broken",
    "no answer has an X-Request-Id": """
        errors.request_id.reply errors.request_id.stream errors.request_id.404
        errors.request_id.own errors.request_id.not_the_completion""",
    "nothing is limited": """
        limits.concurrency.429 limits.concurrency.message limits.concurrency.type
        limits.slot.freed limits.requests.429 limits.requests.message limits.requests.type
        limits.requests.retry_after limits.before_validation limits.window""",
}
"""How a bare OpenAI-like stub differs from Electron, and the clauses that fail because of it."""

SKIPPED = {"cache.faster", "time.each_token"}
"""Clauses about time: the target says that its replies take none."""


class VirtualClock:
    """A clock that advances instead of waiting."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def target(url: str, *, timeout: float = 5.0, takes_time: bool = True) -> Target:
    """Return a target that claims to meet all needs."""
    clock = VirtualClock()
    return Target(
        base_url=url,
        api_key="sk_one",
        limited_key="sk_two",
        forbidden_key="sk_three",
        other_key="sk_four",
        faults=True,
        clock=Clock(clock.now, clock.sleep),
        timeout=timeout,
        takes_time=takes_time,
    )


class StubSession(Session):
    """A session that receives each answer of a stub over a socket once.

    The answer of a stub depends on the request only, so its second response is the same.
    """

    def __init__(self, target: Target, stub: Stub) -> None:
        super().__init__(target)
        self._stub = stub
        self._received: dict[bytes, Response] = {}

    def _send_once(
        self,
        method: str,
        path: str,
        content: bytes,
        key: str | Need | None,
        headers: Mapping[str, str] | None,
    ) -> Response:
        answer = self._stub(StubRequest(method, f"/v1{path}", content))
        if answer not in self._received:
            sent = super()._send_once(method, path, content, key, headers)
            self._received[answer] = sent
        request = content.decode("utf-8", "replace")
        return replace(self._received[answer], method=method, path=path, request_body=request)


def checked(
    stub: Stub, target: Callable[[str], Target], clauses: Iterable[Clause] = CLAUSES
) -> Report:
    """Check clauses against a stub.

    Args:
        stub: The stub.
        target: Returns the target for the base URL of the stub.
        clauses: The clauses.
    """
    with served(stub) as url, StubSession(target(url), stub) as session:
        return Report(url, tuple(map(Contract(session).check, clauses)))


@pytest.fixture(scope="module")
def bare() -> Report:
    """The report of the whole contract against the bare stub."""
    return checked(openai_stub.bare, lambda url: target(url, takes_time=False))


def ids(report: Report, outcome: Outcome) -> set[str]:
    return {result.clause.id for result in report.results if result.outcome is outcome}


def test_a_bare_stub_fails_where_it_differs(bare: Report) -> None:
    """Exactly the clauses fail that the stub breaks."""
    assert ids(bare, Outcome.FAIL) == set(" ".join(FAILS.values()).split())
    assert ids(bare, Outcome.SKIP) == SKIPPED
    assert {clause.id for clause in ACCEPTED} <= ids(bare, Outcome.PASS)


def test_each_difference_of_the_stub_is_listed_once() -> None:
    """Each clause is listed under one reason only."""
    listed = " ".join(FAILS.values()).split()
    assert len(listed) == len(set(listed))


def test_clauses_with_unmet_needs_are_skipped() -> None:
    """Clauses that need another key, faults, a clock or time are skipped with the reason."""
    report = checked(
        openai_stub.bare, lambda url: Target(base_url=url, api_key="sk_one", takes_time=False)
    )
    needing = {clause.id for clause in CLAUSES if clause.probe.needs}
    assert ids(report, Outcome.SKIP) == needing
    assert all(r.reason for r in report.results if r.outcome is Outcome.SKIP)


def sse(body: str | bytes) -> bytes:
    return http(200, body, "text/event-stream")


BYTES = bytes(range(256))
NOT_JSON = b'{"choices": ['
ODD_REPLY = b"""{"choices": [{"index": NaN, "message": {"content": 5, "tool_calls":
    [{"id": [], "function": {"name": [], "arguments": 7}}]}, "logprobs": {"content": [{"token": 5}]}}],
    "usage": {"prompt_tokens": Infinity, "total_tokens": 1e999,
    "prompt_tokens_details": {"cached_tokens": Infinity}}, "error": {"details": [1], "message": []}}"""
ODD_CHUNK = b"""data: {"choices": [{"delta": {"tool_calls": [{"index": [1], "function": 5}, 5],
    "content": 7, "role": [1]}, "finish_reason": [1], "logprobs": {"content": [5]}}],
    "usage": 5, "error": 7}""".replace(b"\n", b"")
SURROGATE = rb'{"id": "\ud800", "model": "\u0000", "choices": [{"finish_reason": "\udfff"}]}'
TRY_AGAIN = http(429, "{}", "application/json", "retry-after: \xb2")

NASTY: dict[str, bytes] = {
    "HTML 500": http(500, "<html><h1>Internal Server Error</h1></html>", "text/html"),
    "an empty body": http(200, ""),
    "no content": b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
    "null": http(200, "null"),
    "a number": http(200, "5"),
    "nested arrays": http(200, b"[" * 950 + b"]" * 950),
    "nested too deeply": http(200, b"[" * 5_000 + b"]" * 5_000),
    "a reply of other types": http(200, ODD_REPLY),
    "characters that no file can contain": http(200, SURROGATE),
    "429 with a bad Retry-After": TRY_AGAIN,
    "no response": b"",
    "half a body": http(200, NOT_JSON)[:-4],
    "not HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "bytes in a stream": sse(BYTES),
    "bytes in an event": sse(b"data: " + BYTES.replace(b"\n", b"") + b"\n\ndata: [DONE]\n\n"),
    "chunks of other types": sse(ODD_CHUNK + b"\n\ndata: 5\n\n"),
    "only comments": sse(": ping\n\n" * 3),
}
NEVER_RIGHT = {"chat.keys", "chat.id", "stream.keys", "stream.id", "cache.warm", "errors.envelope"}


def always(answer: bytes) -> Stub:
    def stub(_request: StubRequest) -> bytes:
        return answer

    return stub


@each(NASTY)
def test_a_report_is_written_whatever_a_server_sends(answer: bytes) -> None:
    """Nothing raises: each clause has a result, each failure says why, and all formats work."""
    report = checked(always(answer), target, CHOSEN)
    assert [result.clause for result in report.results] == list(CHOSEN)
    assert all(result.expected and result.got for result in report.failed)
    assert not report.holds
    assert ids(report, Outcome.FAIL) >= NEVER_RIGHT
    assert_formats_work(report)


def assert_formats_work(report: Report) -> None:
    """Write a report as a table, as JSON and as JUnit XML."""
    assert "\n".join(lines(report, verbose=True)).encode()
    assert json.dumps(report.as_json(), ensure_ascii=False).encode()
    text = junit(report).tostring()  # type: ignore[no-untyped-call]  # junitparser has no types
    cases = JUnitXml.fromstring(text)
    assert sum(suite.tests for suite in cases) == len(report.results)


UNENDING = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-",
    "only a head": b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n",
    "half a stream": b'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {"id": 1}\n\n',
}


@each(UNENDING)
def test_a_response_that_does_not_end_is_given_up(answer: bytes) -> None:
    """After the target's timeout the clause fails because of the incomplete response."""
    with served(always(answer), hang=True) as url:
        report = check(target(url, timeout=0.03), select(["stream.done"]))
    (result,) = report.failed
    assert "incomplete response" in str(result.exchanges[0])


def test_a_stream_that_never_falls_silent_is_given_up() -> None:
    """A stream that sends comments for ever is given up after ten timeouts."""
    with served(always(UNENDING["only a head"]), drips=b": ping\n\n") as url:
        report = check(target(url, timeout=0.03), select(["stream.done"]))
    (result,) = report.failed
    assert "incomplete response" in str(result.exchanges[0])
