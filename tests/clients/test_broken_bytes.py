"""The bytes of each fault, as a plain socket and curl receive them."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import pytest
from raw_http import TIMEOUT, Wire, listen, user

from mock_electron import Electron, fail, faults
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server

IMPATIENCE: Final = 0.3
"""Seconds, for clients that are expected to time out."""
CURL: Final = shutil.which("curl")
WHOLE: dict[str, Any] = {"model": "electron", "messages": user("How is the weather?")}
STREAM: dict[str, Any] = WHOLE | {"stream": True, "stream_options": {"include_usage": True}}
Frames = list[bytes]


@pytest.fixture
def twin(electron_server: Server) -> Iterator[Electron]:
    """Another lane with the same settings, which gives the same bytes to the same request."""
    lane = Lane()
    url = electron_server.open_lane(lane)
    yield Electron(lane, url)
    electron_server.close_lane(url)


class Row(NamedTuple):
    """A fault and its effect.

    Attributes:
        fault: The fault.
        body: Returns the expected body; takes the frames of the answer without the fault.
        complete: Whether the body is complete according to HTTP.
    """

    fault: faults.Fault
    body: Callable[[Frames], Frames]
    complete: bool = True


def cut_at(frames: Frames, end: bytes, keep: int) -> Frames:
    """Return the body up to the first `end`, and the first `keep` bytes of `end`."""
    body = b"".join(frames)
    return [body[: body.index(end) + keep]]


IN_STREAMS: Mapping[str, Row] = {
    "cut before the first frame": Row(faults.Cut(after=0), lambda frames: [], complete=False),
    "cut between frames": Row(faults.Cut(after=3), lambda frames: frames[:3], complete=False),
    "cut before [DONE]": Row(faults.Cut(after=99), lambda frames: frames[:-1], complete=False),
    "cut inside a frame": Row(
        faults.Cut(after=3, inside="frame"),
        lambda frames: [*frames[:3], frames[3][: len(frames[3]) // 2]],
        complete=False,
    ),
    "cut inside a string": Row(
        faults.Cut(after=1, inside="string"),
        lambda frames: cut_at(frames, b'"It"', 1),
        complete=False,
    ),
    "cut inside a character": Row(
        faults.Cut(after=1, inside="character"),
        lambda frames: cut_at(frames, "ü".encode(), 1),
        complete=False,
    ),
    "cut by bytes": Row(
        faults.Cut(bytes=100), lambda frames: [b"".join(frames)[:100]], complete=False
    ),
    "no [DONE]": Row(faults.NoDone(), lambda frames: frames[:-1]),
    "no usage": Row(faults.NoUsage(), lambda frames: frames[:-2] + frames[-1:]),
    "no finish reason": Row(faults.NoFinish(), lambda frames: frames[:-3] + frames[-2:]),
    "a chunk twice": Row(faults.Duplicate(3), lambda frames: frames[:3] + frames[2:]),
    "the last chunk twice": Row(faults.Duplicate(11), lambda frames: frames[:-1] + frames[-2:]),
    "no JSON": Row(
        faults.BadFrame(3), lambda frames: [*frames[:3], b'data: {"id":"chatcmpl-\n\n', *frames[3:]]
    ),
    "no JSON at the end": Row(
        faults.BadFrame(11),
        lambda frames: [*frames[:-1], b'data: {"id":"chatcmpl-\n\n', frames[-1]],
    ),
    "comments": Row(
        faults.Comments(), lambda frames: [b": keep-alive\n\n" + frame for frame in frames]
    ),
    "CR LF": Row(faults.Crlf(), lambda frames: [b"".join(frames).replace(b"\n", b"\r\n")]),
    "fragments": Row(faults.Fragment(7), lambda frames: frames),
    "a short stall": Row(faults.Stall(0.05, after=3), lambda frames: frames),
}
IN_WHOLE_REPLIES: Mapping[str, Row] = {
    "cut in the middle": Row(
        faults.Cut(), lambda frames: [frames[0][: len(frames[0]) // 2]], complete=False
    ),
    "cut by bytes": Row(faults.Cut(bytes=3), lambda frames: [frames[0][:3]], complete=False),
    "fragments": Row(faults.Fragment(7), lambda frames: frames),
}
ROWS = [(WHOLE, row) for row in IN_WHOLE_REPLIES.values()]
ROWS += [(STREAM, row) for row in IN_STREAMS.values()]
IDS = [
    *(f"whole: {name}" for name in IN_WHOLE_REPLIES),
    *(f"stream: {name}" for name in IN_STREAMS),
]


def answers(
    electron: Electron, twin: Electron, fault: faults.Fault, body: dict[str, Any]
) -> tuple[Wire, Wire]:
    """Return the answer with the fault and the same answer without it."""
    electron.inject(fault)
    for lane in (electron, twin):
        lane.reply("It snows in Zürich, they say.")
    plain = listen(twin, body, {"Accept-Encoding": "gzip"})
    assert plain.complete
    return listen(electron, body, {"Accept-Encoding": "gzip"}), plain


@pytest.mark.parametrize(("body", "row"), ROWS, ids=IDS)
def test_the_bytes_of_a_fault(
    body: dict[str, Any], row: Row, electron: Electron, twin: Electron
) -> None:
    """The answer differs from the one without the fault only as the table says, not in headers."""
    faulty, plain = answers(electron, twin, row.fault, body)
    frames = [frame + b"\n\n" for frame in plain.body.split(b"\n\n")[:-1]] or [plain.body]
    assert faulty.body == b"".join(row.body(frames))
    assert faulty.complete == row.complete
    assert faulty.headers == plain.headers
    assert faulty.ending == "closed"
    outcome = "complete" if row.complete else "cut by a fault"
    assert [exchange.outcome for exchange in electron.exchanges] == [outcome]


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
@pytest.mark.parametrize("by", [5, -5])
def test_a_wrong_length(by: int, connection: str, electron: Electron, twin: Electron) -> None:
    """Only `Content-Length` is wrong: the whole body is sent, and the connection is closed."""
    electron.inject(faults.WrongLength(by))
    faulty = listen(electron, WHOLE, {"Connection": connection})
    plain = listen(twin, WHOLE)
    length = {"content-length": str(len(plain.body) + by)}
    assert faulty.headers | {"connection": "close"} == plain.headers | length
    assert (faulty.body, faulty.ending) == (plain.body, "closed")
    assert faulty.complete == (by < 0)


@pytest.mark.parametrize("body", [WHOLE, STREAM], ids=["whole", "stream"])
def test_gzip(body: dict[str, Any], electron: Electron, twin: Electron) -> None:
    """The decompressed bytes are the same, and the headers have the encoding and the length."""
    faulty, plain = answers(electron, twin, faults.Gzip(), body)
    changed = {"content-encoding": "gzip"}
    if body is WHOLE:
        changed["content-length"] = str(len(faulty.body))
    assert faulty.headers == plain.headers | changed
    assert gzip.decompress(faulty.body) == plain.body
    assert faulty.complete


def test_gzip_waits_for_a_client_that_accepts_it(electron: Electron) -> None:
    """A client that does not accept gzip gets the plain reply, and the fault is not used."""
    electron.inject(faults.Gzip())
    assert b"chat.completion" in listen(electron, WHOLE, {"Accept-Encoding": "identity"}).body
    assert listen(electron, WHOLE, {"Accept-Encoding": "gzip"}).body.startswith(b"\x1f\x8b")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_size_of_fragments(size: int, electron: Electron) -> None:
    """Each write except the last has exactly the given size."""
    electron.fragment(size)
    *writes, last = listen(electron, STREAM).writes
    assert set(map(len, writes)) == {size}
    assert 0 < len(last) <= size


def test_fragments_without_a_size(electron: Electron, twin: Electron) -> None:
    """The sizes vary from 1 to 40 bytes, and are the same in every run."""
    electron.fragment()
    twin.fragment()
    writes = listen(electron, STREAM).writes
    assert listen(twin, STREAM).writes == writes
    assert len({*map(len, writes)}) > 10
    assert {*map(len, writes)} <= {*range(1, 41)}


def test_an_error_event_replaces_the_rest_of_the_stream(electron: Electron, twin: Electron) -> None:
    """The stream has the earlier chunks, the error with the request id, and `[DONE]`."""
    faulty, plain = answers(electron, twin, faults.ErrorEvent(3, 502), STREAM)
    *before, event, done, rest = faulty.body.split(b"\n\n")
    assert before == plain.body.split(b"\n\n")[:3]
    assert json.loads(event.removeprefix(b"data: ")) == {
        "error": {
            "message": "Upstream model unavailable",
            "type": "upstream_error",
            "request_id": faulty.headers["x-request-id"],
        }
    }
    assert (done, rest) == (b"data: [DONE]", b"")
    assert faulty.complete


@pytest.mark.parametrize(
    ("fault", "ending", "outcome"),
    [
        (faults.Reset(), "reset", "cut by a fault"),
        (faults.Close(), "closed", "cut by a fault"),
        (faults.Silence(), "silence", "client left"),
    ],
    ids=["reset", "close", "silence"],
)
@pytest.mark.parametrize("body", [WHOLE, STREAM], ids=["whole", "stream"])
def test_no_byte_of_an_answer(
    fault: faults.Fault, ending: str, outcome: str, body: dict[str, Any], electron: Electron
) -> None:
    """Reset, close and silence send no byte at all."""
    electron.inject(fault)
    patience = IMPATIENCE if ending == "silence" else TIMEOUT
    assert listen(electron, body, patience=patience) == Wire(b"", ending)
    [exchange] = electron.exchanges
    assert (exchange.status, exchange.chunks_sent, exchange.outcome) == (0, 0, outcome)


@pytest.mark.parametrize("body", [WHOLE, STREAM], ids=["whole", "stream"])
def test_a_cut_may_be_a_reset(body: dict[str, Any], electron: Electron, twin: Electron) -> None:
    """The bytes before the cut are received, and then the connection is reset."""
    faulty, plain = answers(electron, twin, faults.Cut(bytes=200, reset=True), body)
    assert faulty.ending == "reset"
    assert plain.body.startswith(faulty.body)
    assert not faulty.complete


# curl documents an exit code for each way in which a transfer can end

OK, PARTIAL_FILE, TIMED_OUT, NOTHING, BROKEN = 0, 18, 28, 52, 56
EXIT_CODES: Mapping[str, tuple[faults.Fault, dict[str, Any], int]] = {
    "an error": (fail(503), WHOLE, OK),
    "a reset": (faults.Reset(), WHOLE, BROKEN),
    "a close": (faults.Close(), WHOLE, NOTHING),
    "silence": (faults.Silence(), WHOLE, TIMED_OUT),
    "a stall": (faults.Stall(60, after=3), STREAM, TIMED_OUT),
    "a cut stream": (faults.Cut(after=3), STREAM, PARTIAL_FILE),
    "a cut reply": (faults.Cut(), WHOLE, PARTIAL_FILE),
    "cut by a reset": (faults.Cut(after=3, reset=True), STREAM, BROKEN),
    "a length too large": (faults.WrongLength(5), WHOLE, PARTIAL_FILE),
    "a length too small": (faults.WrongLength(-5), WHOLE, OK),
    "no [DONE]": (faults.NoDone(), STREAM, OK),
    "an error event": (faults.ErrorEvent(3), STREAM, OK),
}


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.parametrize(("fault", "body", "expected"), EXIT_CODES.values(), ids=EXIT_CODES.keys())
def test_exit_codes_of_curl(
    fault: faults.Fault, body: dict[str, Any], expected: int, electron: Electron
) -> None:
    """The exit code of curl tells a shell script what happened."""
    electron.inject(fault)
    patience = IMPATIENCE if expected == TIMED_OUT else TIMEOUT
    standard = ("-q", "-sS", "-N", "--noproxy", "*", "--max-time", str(patience))
    key = ("-H", f"Authorization: Bearer {electron.api_key}")
    data = ("-H", "Content-Type: application/json", "-d", json.dumps(body))
    assert CURL
    ran = subprocess.run(
        [CURL, *standard, *key, *data, f"{electron.base_url}/chat/completions"],
        capture_output=True,
    )
    assert ran.returncode == expected, ran.stderr
    assert electron.exchanges[0].faults == (fault,)
