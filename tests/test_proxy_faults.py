"""Tests of the faults of proxies and gateways: pages, bodies, spellings of events, tool call deltas."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from lanes import ask, body, header, stream
from rows import each_of

from mock_electron import FinishReason, Settings, fail, faults
from mock_electron.engine.faults.by_name import FAULTS, right_form
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.header import parse_header
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.faults.pages import PAGES
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Call, Draft
from mock_electron.scripts import ScriptError, loads
from mock_electron.scripts.writer import write

STORY: Final = Draft("One two ☀, three.")
CALLS: Final = Draft("See.", (Call("get_weather", '{"city": "Pune"}'), Call("get_time", "{}")))
NOTE: Final = "x-mock-electron-fault"


def faulty(*several: Fault, draft: Draft = STORY, whole: bool = False) -> AnyAnswer:
    lane = Lane()
    lane.add(Step(draft))
    for fault in several:
        lane.inject(Injection(fault))
    return (ask if whole else stream)(lane)


def events(data: bytes) -> list[bytes]:
    """Return the data of each event, read as the specification of server-sent events says."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    lines = re.split(rb"\r\n|\r|\n", text)
    found: list[bytes] = []
    pending: list[bytes] = []
    for line in lines:
        name, _, value = line.partition(b":")
        if not line and pending:
            found.append(b"\n".join(pending))
            pending = []
        elif name == b"data":
            pending.append(value.removeprefix(b" "))
    return found


def chunks(answer: AnyAnswer) -> list[Any]:
    return [json.loads(event) for event in events(body(answer)) if event != b"[DONE]"]


def call_parts(answer: AnyAnswer) -> list[list[Any]]:
    """Return the `tool_calls` of each chunk that has some."""
    deltas = [choice["delta"] for chunk in chunks(answer) for choice in chunk["choices"]]
    return [delta["tool_calls"] for delta in deltas if "tool_calls" in delta]


# --- pages


def test_a_proxy_sends_its_page_with_any_status() -> None:
    """Each page of each status has its own server, content type and body, and no request id."""
    wrong = []
    for name, page in PAGES.items():
        for status in range(400, 600):
            lane = Lane()
            lane.add(Step(fail(status, page=name)))
            answer = ask(lane)
            sent = body(answer)
            right = (
                answer.status == status
                and (header(answer, "server") or "").encode() == page.server
                and (header(answer, "content-type") or "").encode() == page.content_type
                and header(answer, "content-length") == str(len(sent))
                and header(answer, "x-request-id") is None
                and header(answer, "retry-after") is None
                and (name == "envoy" or str(status).encode() in sent)
            )
            wrong += [] if right else [(name, status)]
    assert wrong == []


def test_the_pages_are_those_of_the_proxies() -> None:
    """The bytes of some pages, as reports of users have them."""
    titled = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    centered = titled + b"<center><h1>502 Bad Gateway</h1></center>\r\n"
    end = b"</body>\r\n</html>\r\n"
    pages = {name: _page(fail(502, page=name)) for name in PAGES}
    assert pages["nginx"] == centered + b"<hr><center>nginx</center>\r\n" + end
    assert pages["cloudflare"] == centered + b"<hr><center>cloudflare</center>\r\n" + end
    assert pages["alb"] == centered + end
    assert pages["envoy"] == b"Bad Gateway"
    assert b"520: Web server is returning an unknown error" in _page(fail(520, page="cloudflare"))
    assert _page(fail(504, page="envoy")) == b"upstream request timeout"


def _page(fault: faults.Fail) -> bytes:
    lane = Lane()
    lane.add(Step(fault))
    return body(ask(lane))


def test_the_ray_of_cloudflare_follows_from_the_request() -> None:
    """`CF-RAY` is the same in every run, and another for each occurrence."""

    def rays() -> list[str | None]:
        lane = Lane()
        lane.inject(Injection(fail(524, page="cloudflare")))
        return [header(ask(lane), "cf-ray") for _ in range(3)]

    assert rays() == rays()
    assert len(set(rays())) == 3


def test_the_options_of_a_failure_combine() -> None:
    """Status, page, `Retry-After`, delay, content type and truncation go together."""
    lane = Lane()
    text = "fail=425; page=nginx; retry-date=60; delay=0.5; content-type=text/plain; truncate=9"
    answer = ask(lane, faults=text)
    assert (answer.status, answer.pauses, body(answer)) == (425, (0.5,), b"<html>\r\n<")
    assert header(answer, "retry-after") == "Wed, 19 Feb 2025 21:21:00 GMT"
    assert header(answer, "content-type") == "text/plain"
    assert int(header(answer, "content-length") or 0) > 9
    assert (answer.ending, answer.outcome) == ("close", "cut by a fault")


def test_an_error_with_another_content_type() -> None:
    """The envelope is unchanged, and a truncated body always lacks a byte."""
    lane = Lane()
    answer = ask(lane, faults="fail=503; content-type=text/html%3B charset=x; message=Later%21")
    assert header(answer, "content-type") == "text/html; charset=x"
    assert json.loads(body(answer))["error"]["message"] == "Later!"
    cut = ask(lane, faults="fail=503; truncate=9999")
    assert len(body(cut)) == int(header(cut, "content-length") or 0) - 1


# --- another body


@pytest.mark.parametrize("whole", [True, False])
def test_an_error_object_with_status_200(whole: bool) -> None:
    """The body is the envelope with the request id, as JSON, also for a stream."""
    answer = faulty(faults.ErrorBody("concurrency"), whole=whole)
    assert answer.status == 200
    assert header(answer, "content-type") == "application/json; charset=utf-8"
    assert header(answer, "content-length") == str(len(body(answer)))
    assert json.loads(body(answer))["error"] == {
        "message": "Concurrency limit reached",
        "type": "rate_limit_error",
        "request_id": header(answer, "x-request-id"),
    }


@pytest.mark.parametrize("whole", [True, False])
def test_raw_bytes_are_played_as_they_are(whole: bool) -> None:
    """Each frame is one write; `Content-Length` is right; without frames the body is empty."""
    frames: list[bytes | str] = [b"\xff\0 data: {\r\n", "data: ü\n\n", b""]
    answer = faulty(faults.Raw(frames), whole=whole)
    assert answer.frames == (b"\xff\0 data: {\r\n", "data: ü\n\n".encode(), b"")
    assert header(answer, "content-length") == (str(len(body(answer))) if whole else None)
    assert body(faulty(faults.Raw(), whole=whole)) == b""


def test_raw_bytes_keep_the_pace_and_combine() -> None:
    """The frames have the pauses of the reply, and later faults change them."""
    lane = Lane(Settings(clock="real", pace="electron"))
    lane.inject(Injection(faults.Raw([b"a\n", b"b\n", b"c\n"])))
    lane.inject(Injection(faults.Crlf()))
    answer = stream(lane)
    assert answer.frames == (b"a\r\n", b"b\r\n", b"c\r\n")
    plain = Lane(Settings(clock="real", pace="electron"))
    assert answer.pauses == stream(plain).pauses[:3]
    assert sum(answer.pauses) > 0


# --- the same events in another spelling

PLAIN: Final = faulty().frames
SPELLINGS: Final[Mapping[Fault, Callable[[bytes], bool]]] = {
    faults.NoSpace(): lambda sent: b"data: {" not in sent and b"data:{" in sent,
    faults.DataLines(): lambda sent: sent.startswith(b'data: {"id":') and b',\ndata: "o' in sent,
    faults.EventFields(): lambda sent: sent.startswith(
        b"retry: 3000\nevent: message\nid: 1\ndata: {"
    ),
    faults.EventFields(None, ids=False): lambda sent: sent.startswith(b"retry: 3000\ndata: {"),
    faults.EventFields("ping", retry=None): lambda sent: (
        sent.count(b"event: ping\nid: ") == len(PLAIN)
    ),
    faults.ByteOrderMark(): lambda sent: sent.startswith(b"\xef\xbb\xbfdata: "),
    faults.BareCr(): lambda sent: b"\n" not in sent and sent.endswith(b"data: [DONE]\r\r"),
}


@pytest.mark.parametrize("draft", [STORY, CALLS], ids=["text", "calls"])
def test_other_spellings_are_the_same_events(draft: Draft) -> None:
    """A reader that follows the specification sees the same documents, alone and together."""
    expected = [json.loads(e) for e in events(body(faulty(draft=draft)))[:-1]]
    wrong = [f for f in SPELLINGS if chunks(faulty(f, draft=draft)) != expected]
    assert wrong == []
    several = [*SPELLINGS, faults.Comments(), faults.Crlf()]
    for order in (several, several[::-1]):
        assert chunks(faulty(*order, draft=draft)) == expected
    unlike = [f for f, check in SPELLINGS.items() if not check(body(faulty(f)))]
    assert unlike == []
    assert not any(f.breaks for f in SPELLINGS)


def test_a_byte_order_mark_before_a_whole_reply() -> None:
    """`Content-Length` counts the mark."""
    answer = faulty(faults.ByteOrderMark(), whole=True)
    assert body(answer) == b"\xef\xbb\xbf" + body(faulty(whole=True))
    assert header(answer, "content-length") == str(len(body(answer)))


# --- deltas of tool calls


def test_the_deltas_of_tool_calls() -> None:
    """Each fault changes only the parts of tool calls as its name says."""
    plain = call_parts(faulty(draft=CALLS))
    first = {part["index"]: part for [part] in plain if "id" in part}

    def seen(fault: Fault) -> list[list[Any]]:
        return call_parts(faulty(fault, draft=CALLS))

    def keys(fault: Fault) -> set[tuple[bool, bool]]:
        return {("id" in part, "name" in part["function"]) for [part] in seen(fault)}

    assert keys(faults.RepeatedCall()) == {(True, True)}
    assert keys(faults.RepeatedCall("id")) == {(True, True), (True, False)}
    assert keys(faults.RepeatedCall("name")) == {(True, True), (False, True)}
    for [part] in seen(faults.RepeatedCall()):
        assert part["id"] == first[part["index"]]["id"]
        assert part["function"]["name"] == first[part["index"]]["function"]["name"]
    assert {part["index"] for [part] in seen(faults.SameIndex())} == {0}
    assert not any("index" in part for [part] in seen(faults.NoIndex()))
    [calls] = seen(faults.CallsInOneChunk())
    assert [call["id"] for call in calls] == [part["id"] for part in first.values()]
    assert [call["function"]["arguments"] for call in calls] == ['{"city": "Pune"}', "{}"]


def test_calls_in_one_chunk_count_as_their_chunks() -> None:
    """The usage of a stream that is cut after the chunk counts all of its tokens."""
    answer = faulty(faults.CallsInOneChunk(), draft=CALLS)
    plain = faulty(draft=CALLS)
    assert sum(answer.chunks) == sum(plain.chunks)
    assert len(answer.frames) < len(plain.frames)


@pytest.mark.parametrize(("reason", "second"), [(None, "tool_calls"), ("stop", "stop")])
def test_two_finish_chunks(reason: FinishReason | None, second: str) -> None:
    """The second follows the first, before the usage."""
    answer = faulty(faults.TwoFinishes(reason), draft=CALLS)
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in chunks(answer)[-3:-1]]
    assert reasons == ["tool_calls", second]


# --- times in the header


def statuses(lane: Lane, directives: str, count: int, **fields: Any) -> list[int]:
    return [ask(lane, faults=directives, **fields).status for _ in range(count)]


def test_a_retry_test_sees_the_same_in_every_run() -> None:
    """After `times` faults and one reply, the count starts anew, whatever the request is."""
    lane = Lane()
    for text in ("Hi", "Hi", "Another"):
        assert statuses(lane, "fail=503; times=2", 3, text=text) == [503, 503, 200]


def test_keys_and_headers_are_counted_apart() -> None:
    """Interleaved requests with other keys or other headers do not change a count."""
    lane = Lane()
    seen: dict[tuple[str, str], list[int]] = {}
    for _ in range(6):
        for key in ("sk_a", "sk_b"):
            for text in ("fail=503; times=2", "fail=502; times=1"):
                seen.setdefault((key, text), []).extend(statuses(lane, text, 1, key=key))
    for (_, text), found in seen.items():
        assert found == ([503, 503, 200] * 2 if "503" in text else [502, 200] * 3)


def test_only_requests_that_get_the_fault_count() -> None:
    """Refused requests, impossible and mistyped faults and requests without the header do not."""
    lane = Lane()
    once = "cut=2; times=1"
    assert statuses(lane, once, 2) == [400, 400]  # not streamed
    assert statuses(lane, "cutt=2; times=1", 1, stream=True) == [400]
    assert statuses(lane, once, 1, stream=True, temperature=-1) == [400]
    assert ask(lane, stream=True).status == 200
    outcomes = []
    for _ in range(4):
        outcomes.append(ask(lane, faults=once, stream=True).outcome)
        assert statuses(lane, once, 1) == [400]
    assert outcomes == ["cut by a fault", "complete"] * 2


def test_a_count_waits_for_the_reply() -> None:
    """A request that is refused after the faults does not start the count anew."""
    lane = Lane()
    text = "fail=503; times=1"
    assert statuses(lane, text, 1) == [503]
    assert statuses(lane, text, 2, temperature=-1) == [400, 400]
    lane.inject(Injection(faults.Reset(), times=1))
    assert statuses(lane, text, 3) == [0, 200, 503]


def test_counts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the maximum, the least recent count is dropped; clearing drops all."""
    monkeypatch.setattr("mock_electron.engine.faults.requested.COUNTED_HEADERS", 2)
    lane = Lane()
    for key in ("a", "b", "c"):
        assert statuses(lane, "fail=503; times=1", 1, key=key) == [503]
    assert statuses(lane, "fail=503; times=1", 1, key="a") == [503]
    assert statuses(lane, "fail=503; times=1", 1, key="c") == [200]
    lane.clear_faults()
    assert statuses(lane, "fail=503; times=1", 1, key="a") == [503]


# --- faults that did not apply

S: Final[dict[str, Any]] = {"stream": True, "stream_options": {"include_usage": True}}
REFUSED: Final = "the request was answered with the error 400"
NOTES: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("cut=3", {}, "cut not applied: cut needs a stream"),
    ("no-usage", {"stream": True}, "no-usage not applied: no-usage needs a stream with incl"),
    (
        "bad-arguments; crlf",
        S,
        "bad-arguments and crlf not applied: bad-arguments needs a reply wi",
    ),
    ("cutt=3", {}, f"not applied: {REFUSED}"),
    ("fail=503", {"temperature": -1}, f"fail not applied: {REFUSED}"),
    ("fail=503", {"key": "sk_mock_revoked"}, "fail not applied: the request was answered with"),
    ("cut=99", S, "cut applied at the end: the reply has only 10 chunks"),
    ("error=10", S, ""),
    ("error=11", S, "error applied at the end: the reply has only 10 chunks"),
    (
        "duplicate=99; stall=0:99",
        S,
        "duplicate applied at the end: the reply has only 10 chunks; sta",
    ),
    ("cut-bytes=9999", {}, "cut-bytes applied at the end: the body has only "),
    ("cut-inside=9:character", S, "cut-inside applied at the end: all later characters are ASCII"),
    ("fragment=9999", {}, "fragment not applied: it changes nothing in this reply"),
    ("fail=503; truncate=9999", {}, "fail with truncate=9999 applied at the end: the body has"),
    ("fail=503; truncate=20", {}, ""),
    ("raw=abc; error-body=503", {}, "raw not applied: another fault overwrites it"),
    ("raw; error-body=503", S, "raw not applied: another fault overwrites it"),
    ("error-body=503; raw", S, "error-body not applied: another fault overwrites it"),
    ("cut=3; cut-bytes=100", S, "cut not applied: another fault overwrites it"),
    ("no-done; cut=3", S, "no-done not applied: another fault overwrites it"),
    ("content-filter; raw=abc", {}, "content-filter not applied: another fault overwrites it"),
    ("stall=2:5; cut=3", S, "stall not applied: another fault overwrites it"),
    ("comments; gzip", S, ""),
    ("comments; crlf; fragment=7; no-done; duplicate=2; error=5", S, "no-done not applied"),
    ("cut=3", S, ""),
    ("crlf; comments", S, ""),
    ("fail=503", {}, ""),
    (" ; ", {}, ""),
    ("", {}, ""),
]


def test_a_response_says_why_a_fault_did_not_apply() -> None:
    """The header and the exchange have the same reason, and no other response has the header."""
    wrong = []
    for text, fields, expected in NOTES:
        lane = Lane()
        lane.add(Step(Draft("One two three four ☀ five.")))
        answer = ask(lane, faults=text, **fields)
        said, [exchange] = header(answer, NOTE) or "", lane.journal.read()
        right = said.startswith(expected) and bool(said) == bool(expected)
        wrong += [] if right and said == exchange.fault_note else [(text, said)]
    assert wrong == []


def test_a_response_says_that_times_is_used_up() -> None:
    """The reply after the faults says so, and that the count starts anew."""
    lane = Lane()
    notes = [header(ask(lane, faults="fail=503; times=1"), NOTE) for _ in range(3)]
    assert notes == [None, "fail not applied: times=1 is used up, and starts anew", None]


def test_another_fault_may_replace_the_reply() -> None:
    """The response says that the fault of the header did not apply because of it."""
    lane = Lane()
    lane.inject(Injection(fail(502), times=1))
    answer = ask(lane, faults="gzip")
    assert answer.status == 502
    assert header(answer, NOTE) == "gzip not applied: another fault replaced the reply"


def test_a_fault_of_the_script_that_did_not_apply_is_in_the_exchange() -> None:
    """Without the request's header the response is unchanged, and the exchange has the reason."""
    lane = Lane()
    lane.add(Step(STORY, faults=(faults.NoDone(),)))
    assert header(ask(lane), NOTE) is None
    assert lane.journal.read()[0].fault_note == "NoDone() not applied: it needs a stream"


def test_a_fault_that_another_one_overwrites_is_in_the_exchange() -> None:
    """Faults of steps and faults of `inject` follow the same rule."""
    lane = Lane()
    lane.add(Step(STORY, faults=(faults.Raw(["a"]), faults.ErrorBody())))
    lane.inject(Injection(faults.ContentFilter()))
    lane.add(Step(fail(503, truncate=9999)))
    for _ in range(2):
        ask(lane)
    first, second = (exchange.fault_note for exchange in lane.journal.read())
    hidden = "not applied: another fault overwrites it"
    assert first == f"Raw(frames=(b'a',)) {hidden}; ContentFilter() {hidden}"
    assert " with truncate=9999 applied at the end: the body has only " in second


def test_a_disabled_header_is_ignored() -> None:
    """The response says nothing about it."""
    answer = ask(Lane(Settings(fault_header=False)), faults="fail=503")
    assert (answer.status, header(answer, NOTE)) == (200, None)


# --- by header, in script files, and errors


def test_the_header_makes_the_same_faults() -> None:
    """Each directive gives the value that Python code would write."""
    rows: dict[str, Fault] = {
        "fail=504; page=nginx": fail(504, page="nginx"),
        "fail=599; body=empty": fail(599, body="empty"),
        "fail=502; page=alb; truncate=3": fail(502, page="alb", truncate=3),
        "error-body=429": faults.ErrorBody(429),
        "error-body=upstream": faults.ErrorBody("upstream"),
        "raw": faults.Raw(),
        "raw=data%3A%20%7B%7D%0A%0A:%FF": faults.Raw([b"data: {}\n\n", b"\xff"]),
        "event-fields": faults.EventFields(),
        "event-fields=ping": faults.EventFields("ping"),
        "repeated-call": faults.RepeatedCall(),
        "repeated-call=name": faults.RepeatedCall("name"),
        "two-finishes=stop": faults.TwoFinishes("stop"),
        "data-lines": faults.DataLines(),
        "calls-in-one-chunk": faults.CallsInOneChunk(),
    }
    assert {text: parse_header(text).faults for text in rows} == {
        text: (fault,) for text, fault in rows.items()
    }


@each_of(
    [
        ("raw=data: {}", "raw must be percent-encoded, got ' {}'; write it like raw=data%3A"),
        ("fail=504", "For the status of a proxy, add a page such as 'nginx'."),
        ("fail=700; page=nginx", "fail must be a status from 400 to 599, got 700"),
        ("fail=502; page=ngin", "Did you mean 'nginx'?"),
        ("fail=502; page=nginx; body=html", "give body or page, not both"),
        ("fail=502; truncate=x", "truncate must be an integer, got 'x'"),
        ("page=nginx", "page cannot be used without fail; add fail=503"),
        ("error-body=504", "unknown error 504; expected one of"),
        ("two-finishes=stopp", "Did you mean 'stop'?"),
    ]
)
def test_a_wrong_directive_is_refused(text: str, message: str) -> None:
    """The message names the directive and the right form."""
    answer = ask(Lane(), faults=text)
    assert answer.status == 400
    assert message in json.loads(body(answer))["error"]["message"]


def test_a_long_wrong_value_gets_a_short_message() -> None:
    """However long the value is, the message has only its start."""
    long = "5" * 54_000
    for text in (f"fail={long}", f"fail=503; body={long}", f"cut={long}", f"{long}; {long}", long):
        answer = ask(Lane(), faults=text)
        assert answer.status == 400
        assert len(body(answer)) < 1_200
    unknown: Any = long
    for make in (lambda: fail(unknown), lambda: faults.ErrorBody(unknown)):
        with pytest.raises(ValueError, match="unknown error") as caught:
            make()
        assert len(str(caught.value)) < 600


def test_script_files_have_the_new_faults() -> None:
    """A written file gives the same steps again, also with bytes that are not text."""
    given: list[Fault] = [
        faults.Raw([b"data: {}\n\n", b"\xff\0"]),
        faults.RepeatedCall("id"),
        faults.EventFields("ping", ids=False, retry=None),
        faults.ErrorBody("upstream"),
        faults.TwoFinishes("stop"),
    ]
    failures = [
        fail(504, page="nginx", retry_after=3, as_date=True),
        fail(520, page="cloudflare", truncate=9, delay=0.5),
        fail(499, body="empty"),
        fail(429, page="alb"),
        fail(503, content_type="text/plain"),
        fail("disabled", body="html"),
    ]
    steps = [Step(STORY, faults=tuple(given)), *map(Step, failures)]
    written = write(steps)
    again = loads(written.encode(), "story.yaml")
    assert [step.faults for step in again] == [step.faults for step in steps]
    assert [step.answer for step in again] == [step.answer for step in steps]
    assert base64.b64encode(b"\xff\0").decode() in written


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("{fail: {kind: 504}}", "For the status of a proxy, add a page such as 'nginx'."),
        ("{fail: {kind: 600, page: nginx}}", "kind must be at most 599, got 600"),
        ("{fail: {kind: 504, page: ngin}}", "Did you mean 'nginx'?"),
        ("{fail: {kind: upsteam, page: nginx}}", "Did you mean 'upstream'?"),
        ("{reply: a, inject: {raw: {frames: [{base64: '%'}]}}}", "base64 must be valid base64"),
        ("{reply: a, inject: {raw: {frames: text}}}", "frames must be a list, got 'text'"),
        ("{reply: a, inject: {repeated_call: {what: ids}}}", "Did you mean 'id'?"),
    ],
)
def test_wrong_faults_in_a_script_file(step: str, message: str) -> None:
    """The problem names the field and the right value."""
    with pytest.raises(ScriptError, match=re.escape(message)):
        loads(f"steps: [{step}]".encode(), "story.yaml")


def test_inject_names_the_right_form() -> None:
    """A name, a class, a status or a list instead of a fault: the error says what to write."""
    rows: list[tuple[object, str]] = [
        ("reset", "; write faults.Reset()"),
        ("Cut", "; write faults.Cut()"),
        ("no-done", "; write faults.NoDone()"),
        ("faults.NoDone()", "; write faults.NoDone()"),
        ("cut=3", "; write faults.Cut(after=3)"),
        ("rset", ". Did you mean faults.Reset()?"),
        ("503", "; write fail(503)"),
        (503, "; write fail(503)"),
        (fail, "; write fail(503)"),
        (faults.Fail, "; write fail(503)"),
        (faults.Stall, "; write faults.Stall(seconds=2)"),
        ([faults.Reset()], "; inject one fault at a time"),
        (None, ""),
        (1.5, ""),
    ]
    wrong = []
    for given, expected in rows:
        with pytest.raises(
            TypeError, match=r"^fault must be a value such as faults\.Cut"
        ) as caught:
            Injection(given)  # type: ignore[arg-type]  # wrong on purpose
        wrong += [] if str(caught.value).endswith(expected) else [str(caught.value)]
    assert wrong == []
    for kind in FAULTS.values():
        assert right_form(kind) == right_form(kind.__name__)
        assert eval(right_form(kind).removeprefix("; write "), {"faults": faults}) is not None  # noqa: S307 (our own source)
    with pytest.raises(TypeError, match=r"got 'crlf'; write faults\.Crlf\(\)"):
        Step(STORY, faults=("crlf",))  # type: ignore[arg-type]  # wrong on purpose
