"""Exports: exchanges as JSON lines, and as an HTTP Archive for browsers and haralyzer."""

import gzip
import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple
from unittest.mock import ANY

import pytest
import raw_http
from har_schema import HAR
from hypothesis import given
from hypothesis import strategies as st
from lanes import CHAT, arrival, ask
from msgspec.structs import replace
from raw_http import Wire, chat, connect, listen, receive_all, request_bytes, user

from mock_electron import Electron, Exchange, MockElectron, Pace, __version__, call, faults
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.replacement import PROXY_PAGE
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server
from mock_electron.traffic.exports.har import har
from mock_electron.traffic.exports.json_lines import json_lines
from mock_electron.traffic.reading import parse_journal

HI: Final[dict[str, Any]] = {"messages": user("Hi")}
STREAM: Final = HI | {"stream": True, "stream_options": {"include_usage": True}}
HINDI: Final = "नमस्ते, आप कैसे हैं?"
PATH: Final = "/कहाँ है?"
ESCAPED: Final = "/%E0%A4%95%E0%A4%B9%E0%A4%BE%E0%A4%81%20%E0%A4%B9%E0%A5%88%3F"
URL: Final = "http://127.0.0.1:8080/lanes/story"
COLUMNS: Final = (
    "number is_chat understood turn method path request_id status outcome answered_by step occurrence attempt "
    "retry_of asked_pause account connection arrived_at first_chunk_at last_chunk_at ended_at pause headers request "
    "response_headers reply error usage faults chunks chunks_sent chunk_offsets raised cache_miss "
    "format settings"
).split()


class Traffic(NamedTuple):
    """The bodies of one exchange.

    Attributes:
        sent: The body of the request.
        received: The body of the answer.
    """

    sent: bytes
    received: bytes


Talk = Callable[[Electron], Traffic]


def body_bytes(body: dict[str, Any]) -> bytes:
    return json.dumps({"model": "electron"} | body).encode()


def exchange_bodies(electron: Electron, body: dict[str, Any], **headers: str) -> Traffic:
    return Traffic(body_bytes(body), listen(electron, body, headers).body)


def a_reply(electron: Electron) -> Traffic:
    electron.reply("Hi!")
    return exchange_bodies(electron, HI)


def hindi(electron: Electron) -> Traffic:
    electron.reply(HINDI)
    return exchange_bodies(electron, {"messages": user(HINDI)})


def a_stream_with_calls(electron: Electron) -> Traffic:
    electron.reply(call("get_weather", city="पुणे"), filler="One moment…")
    return exchange_bodies(electron, STREAM)


def not_json(electron: Electron) -> Traffic:
    return Traffic(b"{no", chat(electron, b"{no").body)


def not_utf8(electron: Electron) -> Traffic:
    return Traffic(b"\xff{", chat(electron, b"\xff{").body)


def no_key(electron: Electron) -> Traffic:
    return Traffic(body_bytes(HI), chat(electron, HI, Authorization="").body)


def a_body_too_large(electron: Electron) -> Traffic:
    """Send a body that is refused unread: the journal has none of it."""
    return Traffic(b"", chat(electron, b"x" * (4 * 1024 * 1024 + 1)).body)


def no_body(electron: Electron) -> Traffic:
    return Traffic(b"", raw_http.send(f"{electron.url}{ESCAPED}", method="GET").body)


def a_cut(electron: Electron) -> Traffic:
    """Cut a stream inside a character, so that the received bytes are not UTF-8."""
    electron.reply(HINDI).cut(after=1, inside="character")
    return exchange_bodies(electron, STREAM)


def a_reset(electron: Electron) -> Traffic:
    electron.inject(faults.Reset())
    wire = listen(electron, HI)
    assert wire.ending == "reset"
    return Traffic(body_bytes(HI), wire.body)


def a_client_that_left(electron: Electron) -> Traffic:
    """Read the role and one token, and disconnect during a stall."""
    electron.reply("one two three").inject(faults.Stall(30.0, after=2))
    received = b""
    with connect(electron) as connection:
        connection.sendall(request_bytes(electron, STREAM))
        while b'"content":"one"' not in received or not received.endswith(b"\n\n\r\n"):
            received += connection.recv(65536)
    return Traffic(body_bytes(STREAM), Wire(received, "closed").body)


def gzipped(electron: Electron) -> Traffic:
    electron.reply(HINDI).inject(faults.Gzip())
    traffic = exchange_bodies(electron, HI, **{"Accept-Encoding": "gzip"})
    assert HINDI in gzip.decompress(traffic.received).decode()
    return traffic


def a_proxys_page(electron: Electron) -> Traffic:
    electron.fail(502, body="html", delay=0.05)
    return exchange_bodies(electron, HI)


def an_empty_answer(electron: Electron) -> Traffic:
    electron.fail(503, body="empty")
    return exchange_bodies(electron, HI)


def a_function_that_fails(electron: Electron) -> Traffic:
    def complain(_: object) -> str:
        raise ValueError("no idea")

    electron.respond_with(complain)
    return exchange_bodies(electron, HI)


class Kind(NamedTuple):
    """One kind of exchange.

    Attributes:
        talk: Performs the exchange.
        line: Members that its JSON line must have.
        entry: Members that its entry in the archive must have, as `flat` names them.
    """

    talk: Talk
    line: dict[str, Any]
    entry: dict[str, Any]


REPLY: Final = {"content": "Hi!", "tool_calls": [], "finish_reason": "stop"}
USAGE: Final = {"prompt_tokens": 19, "completion_tokens": 2, "total_tokens": 21, "cached_tokens": 0}
KINDS: Final = [
    Kind(
        a_reply,
        {"request": {"model": "electron"} | HI, "turn": 1, "status": 200, "outcome": "complete", "answered_by": "step 1", "step": 1, "reply": REPLY, "error": None, "usage": USAGE, "chunks": 1, "chunks_sent": 1, "raised": ""},
        {"status": 200, "statusText": "OK", "_outcome": "complete", "_answered_by": "step 1", "_attempt": 1, "mimeType": "application/json; charset=utf-8"},
    ),
    Kind(hindi, {"request": {"model": "electron", "messages": user(HINDI)}, "reply": REPLY | {"content": HINDI}}, {"status": 200}),
    Kind(
        a_stream_with_calls,
        {"reply": {"content": "One moment…", "tool_calls": [{"id": ANY, "name": "get_weather", "arguments": '{"city": "पुणे"}'}], "finish_reason": "tool_calls"}},
        {"status": 200, "mimeType": "text/event-stream"},
    ),
    Kind(not_json, {"request": None, "body": "{no", "turn": None, "status": 400, "outcome": "refused", "answered_by": "gateway", "reply": None, "usage": None}, {"status": 400, "statusText": "Bad Request", "_outcome": "refused"}),
    Kind(not_utf8, {"request": None, "body_base64": "/3s=", "status": 400}, {"status": 400}),
    Kind(
        no_key,
        {"status": 401, "account": "", "error": {"name": "authentication", "status": 401, "type": "authentication_error", "message": ANY}},
        {"status": 401, "statusText": "Unauthorized", "_outcome": "refused", "_answered_by": "gateway"},
    ),
    Kind(a_body_too_large, {"request": None, "body": "", "status": 413}, {"status": 413, "sentSize": -1}),
    Kind(no_body, {"method": "GET", "path": PATH, "request": None, "body": "", "status": 404}, {"status": 404, "statusText": "Not Found", "sentSize": 0}),
    Kind(a_cut, {"outcome": "cut by a fault", "faults": ["Cut(after=1, inside='character')"], "chunks_sent": 1}, {"status": 200, "encoding": "base64", "_outcome": "cut by a fault"}),
    Kind(
        a_reset,
        {"status": 0, "outcome": "cut by a fault", "answered_by": "fault", "response_headers": {}, "reply": None, "faults": ["Reset()"], "first_chunk_at": None},
        {"status": 0, "statusText": "", "httpVersion": "", "mimeType": "x-unknown", "receivedSize": -1, "_answered_by": "fault"},
    ),
    Kind(a_client_that_left, {"outcome": "client left", "chunks_sent": 2, "usage": {"prompt_tokens": ANY, "completion_tokens": 1, "total_tokens": ANY, "cached_tokens": 0}}, {"status": 200, "_outcome": "client left"}),
    Kind(gzipped, {"reply": REPLY | {"content": HINDI}, "faults": ["Gzip()"]}, {"status": 200, "encoding": "base64"}),
    Kind(a_proxys_page, {"status": 502, "faults": [ANY]}, {"status": 502, "statusText": "Bad Gateway", "mimeType": "text/html", "text": PROXY_PAGE.format(502), "time": 50.0}),
    Kind(an_empty_answer, {"status": 503}, {"status": 503, "text": "", "receivedSize": 0}),
    Kind(a_function_that_fails, {"status": 500, "answered_by": "function", "raised": "ValueError: no idea"}, {"status": 500}),
]  # fmt: skip


def name_of(kind: Kind) -> str:
    return kind.talk.__name__


def records(text: str) -> list[dict[str, Any]]:
    """Return the objects of JSON lines."""
    *lines, rest = text.split("\n")
    assert rest == ""
    return [json.loads(line) for line in lines]


def entries(text: str) -> list[dict[str, Any]]:
    """Return the entries of an archive, and check that it is valid."""
    document = json.loads(text)
    HAR.validate(document)
    found: list[dict[str, Any]] = document["log"]["entries"]
    return found


def content_of(entry: dict[str, Any]) -> bytes:
    """Return the body of an entry's answer."""
    content = entry["response"]["content"]
    text = content["text"]
    return b64decode(text, validate=True) if "encoding" in content else text.encode()


def post_data_of(entry: dict[str, Any]) -> bytes:
    """Return the body of an entry's request."""
    data = entry["request"].get("postData", {"text": ""})
    exact = data.get("_textBase64")
    return data["text"].encode() if exact is None else b64decode(exact, validate=True)


def flat(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the members of an entry that the table of kinds checks, in one dict."""
    request, response = entry["request"], entry["response"]
    sizes = {"sentSize": request["bodySize"], "receivedSize": response["bodySize"]}
    members: dict[str, Any] = entry | response | response["content"] | sizes
    return members


def journal(electron: Electron, talk: Talk) -> tuple[Exchange, Traffic]:
    """Perform an exchange, and return its journal entry and its bodies."""
    traffic = talk(electron)
    (exchange,) = electron.exchanges.with_others
    return exchange, traffic


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_file_that_is_read_and_written_again_is_the_same(electron: Electron, kind: Kind) -> None:
    """The reader loses nothing that a line has."""
    kind.talk(electron)
    text = electron.exchanges.json_lines()
    assert parse_journal(text.encode())["default"].json_lines() == text


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_json_line_has_the_facts_of_an_exchange(electron: Electron, kind: Kind) -> None:
    """Every line has the same keys, the attributes of the exchange, and the request."""
    exchange, traffic = journal(electron, kind.talk)
    (line,) = records(json_lines([exchange]))
    bodies = [key for key in line if key.startswith("body")]
    assert [key for key in line if key not in bodies] == COLUMNS
    assert {key: line[key] for key in kind.line} == kind.line
    scalars = "number request_id status outcome attempt account arrived_at last_chunk_at ended_at"
    assert [line[key] for key in scalars.split()] == [
        getattr(exchange, key) for key in scalars.split()
    ]
    if line["request"] is not None:
        assert bodies == []
        assert line["request"] == json.loads(traffic.sent)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_an_archive_has_the_bytes_that_were_sent(electron: Electron, kind: Kind) -> None:
    """Both bodies can be read back byte for byte, and the sizes are correct."""
    exchange, traffic = journal(electron, kind.talk)
    (entry,) = entries(har([exchange], electron.url))
    assert {key: flat(entry)[key] for key in kind.entry} == kind.entry
    assert post_data_of(entry) == traffic.sent
    assert ("postData" in entry["request"]) == bool(traffic.sent)
    assert content_of(entry) == traffic.received
    assert entry["response"]["content"]["size"] == len(traffic.received)
    assert entry["request"]["bodySize"] in (len(traffic.sent), -1)
    assert entry["response"]["bodySize"] in (len(traffic.received), -1)
    assert entry["_request_id"] == exchange.request_id


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_haralyzer_reads_an_archive(electron: Electron, kind: Kind) -> None:
    """An independent library reads the request, the answer and the times."""
    haralyzer = pytest.importorskip("haralyzer")
    exchange, _ = journal(electron, kind.talk)
    parser = haralyzer.HarParser.from_string(har([exchange], electron.url))
    assert parser.version == "1.2"
    assert parser.creator == {"name": "mock-electron", "version": __version__}
    (page,) = parser.pages
    (entry,) = page.entries
    assert entry.startTime.timestamp() == exchange.arrived_at
    assert (entry.request.method, entry.status) == (exchange.method, exchange.status)
    assert entry.request.get_header_value("host") == exchange.headers["host"]
    assert entry.response.get_header_value("x-request-id") == exchange.response_headers.get(
        "x-request-id"
    )
    assert entry.response.contentSize == len(exchange.response_body)
    assert parser.match_status_code(entry, str(exchange.status))
    assert entry.request.formatted  # reads all fields
    assert entry.response.formatted


def test_one_file_has_all_exchanges_in_order(electron: Electron) -> None:
    """Neither export loses an exchange or changes the order of arrival."""
    for kind in KINDS:
        kind.talk(electron)
    exchanges = electron.exchanges.with_others
    assert len(exchanges) == len(KINDS)
    assert [line["number"] for line in records(json_lines(exchanges))] == list(range(len(KINDS)))
    found = [entry["_request_id"] for entry in entries(har(exchanges, electron.url))]
    assert found == [exchange.request_id for exchange in exchanges]


def test_no_exchanges_give_an_empty_file() -> None:
    """Without exchanges there are no lines, and a valid archive with the pages that Firefox needs."""
    assert json_lines([]) == ""
    assert entries(har([], URL)) == []
    assert json.loads(har([], URL))["log"]["pages"] == []


def test_an_address_is_escaped(electron: Electron) -> None:
    """The URL in an archive is escaped as a browser writes it."""
    no_body(electron)
    a_reply(electron)
    urls = [entry["request"]["url"] for entry in entries(electron.exchanges.har())]
    assert urls == [electron.url + ESCAPED, f"{electron.base_url}/chat/completions"]


@pytest.mark.electron(pace=Pace(first=0.25, each=0.1, overhead=0.25))
def test_times_are_those_of_the_lanes_clock(electron: Electron) -> None:
    """On a frozen clock, arrival, first chunk and end are exact."""
    electron.clock.advance(61.2345)
    electron.reply("one two three four")
    exchange_bodies(electron, STREAM)
    (line,) = records(json_lines(electron.exchanges))
    times = [line[key] for key in ("arrived_at", "first_chunk_at", "last_chunk_at", "ended_at")]
    assert [round(time - 1_740_000_000, 4) for time in times] == [
        61.2345,
        61.4845,
        61.7845,
        61.7845,
    ]
    (entry,) = entries(har(electron.exchanges, URL))
    assert entry["startedDateTime"] == "2025-02-19T21:21:01.234Z"
    assert entry["timings"] == {"send": 0, "wait": 250, "receive": 300}
    assert entry["time"] == 550


def test_a_retry_is_marked(electron: Electron) -> None:
    """Both exports have the attempt of the journal."""
    electron.fail(503)
    for _ in range(2):
        chat(electron, HI)
    first, second = records(json_lines(electron.exchanges))
    assert [(one["attempt"], one["occurrence"]) for one in (first, second)] == [(1, 0), (2, 1)]
    assert [entry["_attempt"] for entry in entries(har(electron.exchanges, URL))] == [1, 2]


def test_the_same_story_gives_the_same_bytes(electron_server: Server) -> None:
    """The exports of two identical runs are identical."""
    exports = []
    for _ in range(2):
        lane = Lane()
        electron = Electron(lane, electron_server.open_lane(lane))
        for kind in KINDS:
            if kind.talk is not a_client_that_left:  # how much it reads depends on timing
                kind.talk(electron)
        exports.append((electron.exchanges.json_lines(), har(electron.exchanges.with_others, URL)))
        electron_server.close_lane(electron.url)
    assert exports[0] == exports[1]


def test_what_is_in_flight_can_be_exported() -> None:
    """An exchange in flight has no end and an unknown size."""
    lane = Lane()
    lane.open(arrival())
    (line,) = records(json_lines(lane.peek()))
    assert (line["outcome"], line["ended_at"]) == ("in flight", None)
    (entry,) = entries(har(lane.peek(), URL))
    assert (entry["_outcome"], entry["time"], entry["response"]["bodySize"]) == ("in flight", 0, -1)


def test_a_real_clock_that_is_put_back_leaves_a_valid_archive() -> None:
    """No time in an archive is negative."""
    lane = Lane()
    ask(lane)
    early = replace(lane.exchanges()[0], first_chunk_at=1_739_999_990.0, ended_at=1_739_999_995.0)
    (entry,) = entries(har([early], URL))
    assert entry["timings"]["wait"] == 0


def test_what_a_function_raises_can_be_exported() -> None:
    """A lone surrogate in the message of an exception is escaped."""
    lane = Lane()
    ask(lane)
    strange = replace(lane.exchanges()[0], raised="ValueError: \ud800 है")
    (line,) = records(json_lines([strange]))
    assert line["raised"] == r"ValueError: \ud800 है"
    assert entries(har([strange], URL))


KEY: Final = "sk_live_4f9a81c2d3e6b7a05f1c"
WAYS_TO_SEND_A_KEY: Final = {
    "Bearer": {"Authorization": f"Bearer {KEY}"},
    "bearer and two spaces": {"Authorization": f"bearer  {KEY}"},
    "Basic": {"Authorization": f"Basic {KEY}"},
    "no scheme": {"Authorization": KEY},
    "no scheme, and a remark": {"Authorization": f"{KEY} (live)"},
    "a tab": {"Authorization": f"Bearer\t{KEY}"},
    "x-api-key": {"X-API-Key": KEY},
    "api-key": {"api-key": KEY},
    "a proxy's": {"Proxy-Authorization": f"Basic {KEY}"},
    "a cookie": {"Cookie": f"session={KEY}"},
}


@pytest.mark.parametrize("headers", WAYS_TO_SEND_A_KEY.values(), ids=WAYS_TO_SEND_A_KEY.keys())
def test_no_export_contains_a_key(electron: Electron, headers: dict[str, str]) -> None:
    """However a key is sent, an export has at most its last four characters."""
    chat(electron, HI, **headers)
    raw_http.send(f"{electron.base_url}/elsewhere", headers=headers)
    exchanges = electron.exchanges.with_others
    assert len(exchanges) == 2
    for text in (json_lines(exchanges), har(exchanges, URL)):
        assert [KEY[at : at + 5] for at in range(len(KEY) - 4) if KEY[at : at + 5] in text] == []


def test_the_query_of_an_address_is_in_no_export(electron: Electron) -> None:
    """A query string, which may contain a key, is not kept."""
    with connect(electron) as connection:
        path = electron.base_url.removeprefix(electron.url.split("/lanes")[0])
        connection.sendall(
            f"GET {path}/models?key={KEY} HTTP/1.1\r\nHost: electron\r\nConnection: close\r\n\r\n".encode()
        )
        receive_all(connection)
    exchanges = electron.exchanges.with_others
    assert len(exchanges) == 1
    assert KEY not in json_lines(exchanges)
    assert entries(har(exchanges, URL))[0]["request"]["queryString"] == []
    assert KEY not in har(exchanges, URL)


VALID: Final = body_bytes(HI)
BODIES: Final = st.one_of(
    st.binary(),
    st.text().map(lambda text: text.encode("utf-16")),
    st.text().map(lambda text: body_bytes({"messages": user(text)})),
    st.tuples(st.integers(0, len(VALID)), st.binary(max_size=4)).map(
        lambda change: VALID[: change[0]] + change[1] + VALID[change[0] + 1 :]
    ),
    st.integers(0, 1100).map(lambda depth: b"[" * depth + b"]" * depth),
    st.sampled_from([b"\xef\xbb\xbf{}", b"null", b'"\\ud800"', b"[NaN]", b"18446744073709551616"]),
)
MEDIA_TYPES: Final = st.sampled_from([b"application/json", b"text/plain", b""])
HEADERS: Final = st.lists(st.tuples(st.binary(min_size=1), st.binary()), max_size=3)


@given(body=BODIES, media_type=MEDIA_TYPES, headers=HEADERS, path=st.just(CHAT) | st.text())
def test_whatever_arrives_can_be_exported(
    body: bytes, media_type: bytes, headers: list[tuple[bytes, bytes]], path: str
) -> None:
    """For any request, both exports are valid, and the body can be read back byte for byte."""
    lane = Lane()
    raw = ((b"content-type", media_type), *headers)
    arrived = Arrival("POST", path, "Bearer sk_mock", media_type.decode(), body, headers=raw)
    answer = lane.open(arrived)
    lane.close(answer, len(answer.frames))
    (line,) = records(json_lines(lane.exchanges()))
    if "body_base64" in line:
        assert b64decode(line["body_base64"]) == body
    elif "body" in line:
        assert line["body"].encode() == body
    else:
        assert line["request"] == json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    (entry,) = entries(har(lane.exchanges(), URL))
    assert post_data_of(entry) == body
    assert content_of(entry) == b"".join(answer.frames)


def test_every_status_of_a_proxy_is_exported() -> None:
    """The HAR has an empty text for a status that the standard library does not know."""
    electron = Electron(Lane(), "http://mock")
    for status in (418, 499, 520, 599):
        electron.fail(status, page="nginx")
        ask(electron._lane)
    entries = json.loads(electron.exchanges.har())["log"]["entries"]
    responses = [entry["response"] for entry in entries]
    assert [response["status"] for response in responses] == [418, 499, 520, 599]
    assert [response["statusText"] for response in responses] == ["I'm a Teapot", "", "", ""]


@pytest.mark.parametrize("not_found", ["json", "html"])
def test_a_key_in_a_path_is_in_no_export(not_found: Literal["json", "html"]) -> None:
    """The message of the 404 does not repeat the key either, whatever it looks like."""
    key = "hunter2hunter2"
    with MockElectron(not_found=not_found) as electron:
        headers = {"Authorization": f"Bearer {key}"}
        for path in (f"/x/{key}/y", f"/lanes/{key}/waves/v1/chat/completions"):
            raw_http.send(electron.url + path, method="GET", headers=headers)
        exchanges = electron.exchanges.with_others
        assert len(exchanges) == 2
        for text in (exchanges.har(), exchanges.json_lines(), str(exchanges)):
            assert key not in text
            assert "ter2" in text


def test_a_json_line_is_one_line_for_every_reader(electron: Electron) -> None:
    """Characters that end a line in Python are escaped, wherever they are, and read back equal."""
    ends = "".join(chr(c) for c in range(0x3000) if len(f"a{chr(c)}b".splitlines()) > 1)
    text = f"one{'|'.join(ends)}two"
    electron.reply(text)
    requests = [{"role": "user", "content": text}]
    exchange_bodies(electron, {"model": "electron", "messages": requests, "user": text})
    [line] = electron.exchanges.json_lines().splitlines()
    read = json.loads(line)
    assert read["reply"]["content"] == text
    assert read["request"]["messages"] == requests
    assert {"\x85", "\u2028", "\u2029"} <= {*ends}
