"""Tests of engine/faults/: what each fault changes, and which requests it affects."""

import gzip
import json
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import arrival, ask, body, header, stream
from msgspec.structs import replace
from rows import each_of

from mock_electron import Pace, Settings, fail, faults
from mock_electron.engine.faults.directives import DIRECTIVES, OPTIONS
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.header import parse_header
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.faults.replacement import FailOptions
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Call, Draft

STORY = Draft("One two three four ☀ five.")
"""Six words, a character of three bytes, and a full stop."""
TOOL = {"type": "function", "function": {"name": "get_weather"}}


def faulty(
    fault: Fault, *more: Fault, draft: Draft = STORY, whole: bool = False, **fields: Any
) -> AnyAnswer:
    """Return the answer to a request with these faults."""
    lane = Lane()
    lane.add(Step(draft))
    for one in (fault, *more):
        lane.inject(Injection(one))
    return (ask if whole else stream)(lane, **fields)


def intact(draft: Draft = STORY, *, whole: bool = False, **fields: Any) -> AnyAnswer:
    """Return the same answer without a fault."""
    lane = Lane()
    lane.add(Step(draft))
    return (ask if whole else stream)(lane, **fields)


INTACT = intact().frames


# --- in a stream


@each_of(
    [
        (faults.Cut(after=3), INTACT[:3]),
        (faults.Cut(after=0), [b""]),
        (faults.Cut(after=99), INTACT[:-1]),
        (faults.Cut(after=2, inside="frame"), [*INTACT[:2], INTACT[2][: len(INTACT[2]) // 2]]),
        (
            faults.Cut(after=2, inside="string"),
            [*INTACT[:2], INTACT[2][: INTACT[2].index(b"two") - len('" ') + 1]],
        ),
        (faults.Cut(bytes=len(INTACT[0]) + 5), [INTACT[0], INTACT[1][:5]]),
        (faults.NoDone(), INTACT[:-1]),
        (faults.NoUsage(), (*INTACT[:-2], INTACT[-1])),
        (faults.NoFinish(), (*INTACT[:-3], *INTACT[-2:])),
        (faults.Duplicate(after=3), (*INTACT[:3], INTACT[2], *INTACT[3:])),
        (faults.BadFrame(after=1), (INTACT[0], b'data: {"id":"chatcmpl-\n\n', *INTACT[1:])),
        (faults.Crlf(), [frame.replace(b"\n", b"\r\n") for frame in INTACT]),
        (
            faults.Comments(),
            [data for frame in INTACT for data in (b": keep-alive\n\n", frame)],
        ),
    ]
)
def test_a_fault_changes_only_these_frames(fault: Fault, expected: list[bytes]) -> None:
    """All other frames are those of the intact stream."""
    assert list(faulty(fault).frames) == list(expected)


def test_a_cut_inside_a_character_ends_with_its_first_byte() -> None:
    """The bytes are not valid UTF-8, but valid without the last one."""
    sent = body(faulty(faults.Cut(after=2, inside="character")))
    with pytest.raises(UnicodeDecodeError):
        sent.decode()
    assert sent[:-1].decode().endswith('{"content":" ')


def test_a_cut_inside_a_character_of_an_ascii_stream() -> None:
    """Without a multi-byte character, only the last byte is missing."""
    answer = faulty(faults.Cut(after=1, inside="character"), draft=Draft("plain"))
    assert answer.outcome == "cut by a fault"
    assert len(body(answer)) == len(body(intact(Draft("plain")))) - 1


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ([faults.ErrorEvent(after=99)], (*INTACT[:-1], b"error", INTACT[-1])),
        ([faults.BadFrame(after=99)], (*INTACT[:-1], b'data: {"id":"chatcmpl-\n\n', INTACT[-1])),
        ([faults.Duplicate(after=99)], (*INTACT[:-1], INTACT[-2], INTACT[-1])),
        ([faults.NoDone(), faults.Cut(after=99)], INTACT[:-1]),
        ([faults.NoDone(), faults.Cut(99, "frame")], INTACT[:-1]),
        ([faults.BadFrame(after=2), faults.Duplicate(after=2)], None),
        ([faults.ErrorEvent(after=0), faults.Duplicate()], (b"error", INTACT[-1])),
    ],
    ids=range(7),
)
def test_faults_after_the_last_chunk_precede_done(
    several: list[Fault], expected: tuple[bytes, ...] | None
) -> None:
    """A position after the last chunk means before `[DONE]`, and only a chunk is repeated."""
    frames = [b"error" if b'{"error"' in frame else frame for frame in faulty(*several).frames]
    if expected is None:
        expected = (*INTACT[:2], INTACT[1], b'data: {"id":"chatcmpl-\n\n', *INTACT[2:])
        assert sorted(frames) == sorted(expected)
    else:
        assert frames == list(expected)


@pytest.mark.parametrize(
    ("several", "stalls"),
    [
        ([faults.Stall(2, after=3), faults.Cut(after=3)], [0, 0, 0, 2]),
        ([faults.Stall(2, after=3), faults.ErrorEvent(after=3)], [0, 0, 0, 2, 0]),
        ([faults.ErrorEvent(after=3), faults.Stall(2, after=3)], [0, 0, 0, 0, 2]),
        ([faults.NoFinish(), faults.Stall(2, after=99)], [*[0] * 9, 2]),
        ([faults.Stall(2, after=99), faults.NoDone()], [*[0] * 10, 2]),
    ],
    ids=range(5),
)
def test_a_stall_is_kept(several: list[Fault], stalls: list[float]) -> None:
    """Other faults may remove the frame after a stall, but not the stall."""
    assert list(faulty(*several).pauses) == stalls


@pytest.mark.parametrize("cut", [faults.Cut(after=0), faults.Cut(bytes=0)])
def test_fragments_of_an_empty_body(cut: Fault) -> None:
    """A cut before the first byte leaves nothing to fragment."""
    answer = faulty(faults.Fragment(7), cut)
    assert (body(answer), answer.outcome) == (b"", "cut by a fault")


@pytest.mark.parametrize("order", [1, -1])
def test_a_wrong_length_in_fragments(order: int) -> None:
    """The two faults combine in either order of injection."""
    several = [faults.Fragment(7), faults.WrongLength(-5)][::order]
    answer = faulty(*several, whole=True)
    assert len(answer.frames) > 20
    assert (sum(answer.chunks), len(answer.surplus)) == (1, 5)


def test_the_number_of_writes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remaining bytes are sent in one write."""
    monkeypatch.setattr("mock_electron.engine.faults.writes.MOST_WRITES", 10)
    for size in (1, None):
        answer = faulty(faults.Fragment(size))
        assert len(answer.frames) == 11
        assert body(answer) == b"".join(INTACT)


@pytest.mark.parametrize("whole", [True, False])
def test_a_cut_without_arguments_sends_half_of_the_body(whole: bool) -> None:
    """A stream and a reply in one piece are cut in the same way."""
    expected = body(intact(whole=whole))
    assert body(faulty(faults.Cut(), whole=whole)) == expected[: len(expected) // 2]


@pytest.mark.parametrize(("reset", "ending"), [(False, "close"), (True, "reset")])
def test_a_cut_closes_the_connection_or_resets_it(reset: bool, ending: str) -> None:
    """`reset` decides how the connection ends."""
    assert faulty(faults.Cut(after=1, reset=reset)).ending == ending


def test_an_error_event_ends_the_stream() -> None:
    """After the chunks, the stream has the error with the request id, and then `[DONE]` (A)."""
    answer = faulty(faults.ErrorEvent(after=2, kind="concurrency"))
    *chunks, event, done = answer.frames
    assert chunks == list(INTACT[:2])
    assert done == b"data: [DONE]\n\n"
    error = json.loads(event.removeprefix(b"data: "))["error"]
    assert error == {
        "message": "Concurrency limit reached",
        "type": "rate_limit_error",
        "request_id": header(answer, "x-request-id"),
    }
    assert (answer.outcome, answer.ending) == ("cut by a fault", "complete")


def test_a_stall_takes_real_time_on_a_frozen_clock() -> None:
    """The client waits for the stall, and the frozen clock advances by it."""
    lane = Lane(Settings(pace=Pace(first=0.5, each=0.1, overhead=0.5)))
    lane.add(Step(STORY))
    lane.inject(Injection(faults.Stall(seconds=2, after=3)))
    answer = stream(lane)
    assert list(answer.pauses) == [0, 0, 0, 2, *[0] * (len(INTACT) - 4)]
    assert answer.schedule[2] == pytest.approx(0.6)
    assert answer.schedule[3] == pytest.approx(2.7)
    assert lane.clock.now() == pytest.approx(1_740_000_000 + 0.5 + 6 * 0.1 + 2)


# --- in a reply


def message(answer: AnyAnswer) -> Any:
    return json.loads(body(answer))["choices"][0]["message"]


CALLS = Draft("Let me see.", (Call("get_weather", '{"city": "Pune"}'), Call("get_weather", "{}")))


def test_arguments_that_are_not_json() -> None:
    """The arguments of every call are broken, in a stream and in one piece."""
    broken = ['{"city": "Pune"', "{"]
    whole = message(faulty(faults.BadArguments(), draft=CALLS, whole=True))
    assert [call["function"]["arguments"] for call in whole["tool_calls"]] == broken
    arguments: dict[int, str] = {}
    for frame in faulty(faults.BadArguments(), draft=CALLS).frames[:-2]:
        for call in json.loads(frame[6:])["choices"][0]["delta"].get("tool_calls", []):
            index = call["index"]
            arguments[index] = arguments.get(index, "") + call["function"]["arguments"]
    assert list(arguments.values()) == broken


@pytest.mark.parametrize(("name", "called"), [(None, "unknown_get_weather"), ("fly", "fly")])
def test_a_tool_that_was_not_offered(name: str | None, called: str) -> None:
    """The name is given, or made from the right name."""
    whole = message(faulty(faults.UnknownTool(name), draft=CALLS, whole=True))
    assert {call["function"]["name"] for call in whole["tool_calls"]} == {called}


def test_a_fault_in_calls_waits_for_a_reply_with_calls() -> None:
    """A reply without calls does not use the fault."""
    lane = Lane()
    lane.add(Step(STORY))
    lane.add(Step(CALLS))
    lane.inject(Injection(faults.BadArguments(), times=1))
    assert message(ask(lane))["content"] == STORY.content
    assert message(ask(lane))["tool_calls"][1]["function"]["arguments"] == "{"


@pytest.mark.parametrize("whole", [True, False])
def test_empty_choices(whole: bool) -> None:
    """Every chunk has empty choices; the rest is unchanged, and `Content-Length` is right."""
    answer = faulty(faults.EmptyChoices(), whole=whole)
    documents = [frame.removeprefix(b"data: ") for frame in answer.frames]
    parsed = [json.loads(document) for document in documents if b"[DONE]" not in document]
    assert [document["choices"] for document in parsed] == [[]] * len(parsed)
    assert parsed[-1]["usage"]["completion_tokens"] == 7
    if whole:
        assert header(answer, "content-length") == str(len(body(answer)))


def test_content_filter() -> None:
    """The finish reason is `content_filter`, in a stream and in one piece."""
    choice = json.loads(body(faulty(faults.ContentFilter(), whole=True)))["choices"][0]
    assert choice["finish_reason"] == "content_filter"
    assert b'"delta":{},"finish_reason":"content_filter"' in body(faulty(faults.ContentFilter()))


@pytest.mark.parametrize(
    ("by", "sent", "surplus"), [(5, slice(None), b""), (-7, slice(None, -7), slice(-7, None))]
)
def test_a_wrong_content_length(by: int, sent: slice, surplus: Any) -> None:
    """Too large: bytes are missing. Too small: bytes follow the end of the answer."""
    right = body(intact(whole=True))
    answer = faulty(faults.WrongLength(by=by), whole=True)
    assert header(answer, "content-length") == str(len(right) + by)
    assert body(answer) == right[sent]
    assert answer.surplus == (right[surplus] if surplus else b"")
    assert answer.ending == "close"


# --- in any bytes


@given(st.integers(1, 400) | st.none(), st.booleans(), st.booleans())
def test_fragments_are_the_same_bytes_in_other_writes(
    size: int | None, whole: bool, crlf: bool
) -> None:
    """Every write except the last has the given size, and no chunk is lost."""
    more = (faults.Crlf(),) if crlf and not whole else ()
    unsplit = intact(whole=whole) if not more else faulty(*more)
    answer = faulty(faults.Fragment(size), *more, whole=whole)
    assert body(answer) == body(unsplit)
    assert sum(answer.chunks) == sum(unsplit.chunks)
    if size is not None:
        assert {len(frame) for frame in answer.frames[:-1]} <= {size}
    else:
        assert all(1 <= len(frame) <= 40 for frame in answer.frames)


@given(st.integers(1, 300))
def test_a_fragment_is_sent_when_its_last_byte_is_due(size: int) -> None:
    """The pace is kept: no byte is sent early, and the answer takes as long."""
    settings = Settings(clock="real", pace=Pace(first=1, each=0.5, overhead=1))
    lanes = [Lane(settings), Lane(settings)]
    lanes[1].inject(Injection(faults.Fragment(size)))
    answers = []
    for lane in lanes:
        lane.add(Step(STORY))
        answers.append(stream(lane))
    unsplit, fragmented = answers
    assert sum(fragmented.pauses) == pytest.approx(sum(unsplit.pauses))
    due: list[float] = []
    for frame, at in zip(unsplit.frames, _sums(unsplit.pauses), strict=True):
        due += [at] * len(frame)
    start = 0
    for frame, at in zip(fragmented.frames, _sums(fragmented.pauses), strict=True):
        start += len(frame)
        assert at == pytest.approx(due[start - 1])


def _sums(pauses: tuple[float, ...]) -> list[float]:
    return [sum(pauses[: index + 1]) for index in range(len(pauses))]


@pytest.mark.parametrize("whole", [True, False])
def test_gzip_unzips_to_the_same_bytes(whole: bool) -> None:
    """This is true for a stream and a reply in one piece, and `Content-Length` is the compressed size."""
    answer = faulty(faults.Gzip(), whole=whole)
    assert gzip.decompress(body(answer)) == body(intact(whole=whole))
    assert header(answer, "content-encoding") == "gzip"
    length = str(len(body(answer))) if whole else None
    assert header(answer, "content-length") == length


def test_gzip_of_a_large_body() -> None:
    """A body may be larger than a stored block."""
    story = Draft("many words " * 9_000)
    answer = faulty(faults.Gzip(), whole=True, draft=story)
    assert gzip.decompress(body(answer)) == body(intact(story, whole=True))


# --- instead of a reply


def test_a_failure_with_all_options() -> None:
    """The delay, `Retry-After` as a date by the lane's clock, and a proxy's page are sent."""
    lane = Lane()
    lane.add(Step(fail(503, retry_after=90, as_date=True, delay=1.5, body="html")))
    answer = ask(lane)
    assert (answer.status, answer.pauses) == (503, (1.5,))
    assert header(answer, "retry-after") == "Wed, 19 Feb 2025 21:21:30 GMT"
    assert header(answer, "content-type") == "text/html"
    assert header(answer, "x-request-id") is None
    assert b"<h1>503</h1>" in body(answer)
    assert lane.clock.now() == 1_740_000_001.5


@pytest.mark.parametrize(
    ("fault", "ending", "frames"),
    [
        (faults.Reset(), "reset", 0),
        (faults.Close(), "close", 0),
        (faults.Silence(), "silence", 1),
    ],
)
def test_no_answer_at_all(fault: Fault, ending: str, frames: int) -> None:
    """There is no status and no byte; silence has one frame that is never sent."""
    answer = faulty(fault)
    assert (answer.status, answer.ending, body(answer)) == (0, ending, b"")
    assert len(answer.frames) == frames


def test_a_replacement_fault_uses_no_scripted_reply() -> None:
    """The next attempt gets the scripted reply."""
    lane = Lane()
    lane.add(Step(STORY))
    for fault in (faults.Reset(), fail(502)):
        lane.inject(Injection(fault, times=1))
    assert [ask(lane).status for _ in range(3)] == [0, 502, 200]
    assert message(ask(lane, "Hi"))["content"] != STORY.content


def test_faults_in_the_journal() -> None:
    """An exchange has its faults, its outcome, the chunks that were sent, and their usage."""
    lane = Lane()
    for fault in (faults.Cut(after=3), faults.Reset(), fail(503)):
        lane.add(Step(STORY))
        lane.inject(Injection(fault, times=1))
    lane.inject(Injection(faults.Crlf()))
    for _ in range(4):
        stream(lane)
    reset, failed, cut, crlf = lane.journal.read()
    assert (reset.faults, reset.outcome, reset.status) == ((faults.Reset(),), "cut by a fault", 0)
    assert (failed.faults, failed.outcome, failed.status) == ((fail(503),), "refused", 503)
    assert failed.error == fail(503).error
    assert cut.faults == (faults.Cut(after=3), faults.Crlf())
    assert (cut.outcome, cut.chunks_sent, cut.chunks_left) == ("cut by a fault", 3, 7)
    assert cut.usage is not None
    assert cut.usage.completion_tokens == 2
    assert (crlf.outcome, crlf.chunks_left) == ("complete", 0)


# --- which requests


def statuses(lane: Lane, count: int, **fields: Any) -> list[int]:
    return [ask(lane, **fields).status for _ in range(count)]


@each_of(
    [
        ({"times": 2}, [503, 503, 200, 200, 200, 200]),
        ({"every": 3}, [200, 200, 503, 200, 200, 503]),
        ({"every": 2, "times": 2}, [200, 503, 200, 503, 200, 200]),
        ({"when": lambda request: request.temperature == 0}, [200] * 6),
        ({"when": lambda request: request.last.content == "Hi"}, [503] * 6),
        ({"rate": 0}, [200] * 6),
        ({"rate": 1}, [503] * 6),
        ({"rate": 1, "times": 1}, [503] + [200] * 5),
    ]
)
def test_which_requests_a_fault_affects(when: dict[str, Any], expected: list[int]) -> None:
    """A request must meet all conditions."""
    lane = Lane()
    lane.inject(Injection(fail(503), **when))
    assert statuses(lane, 6) == expected


def test_a_rate_follows_from_seed_request_and_occurrence() -> None:
    """About the given fraction is affected, the same in every lane, whatever other requests arrive."""

    def outcomes(seed: int, others: int = 0) -> list[int]:
        lane = Lane(Settings(seed=seed))
        lane.inject(Injection(fail(503), rate=0.3))
        found = []
        for _ in range(200):
            found += statuses(lane, 1)
            statuses(lane, others, text="Another question")
        return found

    first = outcomes(1)
    assert outcomes(1, others=1) == first
    assert outcomes(2) != first
    assert 40 <= first.count(503) <= 80


def test_rates_are_independent() -> None:
    """Two faults by rate occur together, alone, and not at all."""
    lane = Lane()
    lane.inject(Injection(faults.Crlf(), rate=0.5))
    lane.inject(Injection(faults.NoDone(), rate=0.5))
    for _ in range(60):
        stream(lane)
    seen = {exchange.faults for exchange in lane.journal.read()}
    assert seen == {
        (), (faults.Crlf(),), (faults.NoDone(),), (faults.Crlf(), faults.NoDone()),
    }  # fmt: skip


def test_clearing_removes_all_injections() -> None:
    """Clearing does not remove faults of the script."""
    lane = Lane()
    lane.add(Step(fail(429)))
    lane.inject(Injection(fail(503)))
    assert statuses(lane, 1) == [503]
    lane.clear_faults()
    assert statuses(lane, 2) == [429, 200]


def test_faults_combine_in_any_order() -> None:
    """The order of injection does not matter for faults of different stages."""
    several = [faults.Fragment(9), faults.Cut(after=4), faults.Crlf(), faults.Comments()]
    ways = [several, several[::-1]]
    bodies = {body(faulty(*way)) for way in ways}
    comment = b": keep-alive\r\n\r\n"
    assert bodies == {
        b"".join(comment + frame.replace(b"\n", b"\r\n") for frame in INTACT[:4]) + comment
    }


@each_of(
    [
        (
            lambda: Injection("reset"),  # type: ignore[arg-type]  # wrong on purpose
            "fault must be a value such as faults.Cut(after=3) or fail(503), got 'reset'",
        ),
        (
            lambda: Injection(fail(503), times=0),
            "times must be an integer of at least 1, or None, got 0",
        ),
        (
            lambda: Injection(fail(503), every=1.5),  # type: ignore[arg-type]  # wrong on purpose
            "every must be an integer of at least 1, or None, got 1.5",
        ),
        (lambda: Injection(fail(503), rate=1.2), "rate must be a number from 0 to 1, got 1.2"),
        (
            lambda: Injection(fail(503), when=True),  # type: ignore[arg-type]  # wrong on purpose
            "when must be a function of the request, got True",
        ),
        (lambda: fail(504), "unknown error 504; expected one of"),
        (
            lambda: fail("concurency"),  # type: ignore[arg-type]  # wrong on purpose
            "Did you mean 'concurrency'?",
        ),
        (
            lambda: fail(503, body="htm"),  # type: ignore[arg-type]  # wrong on purpose
            "unknown body 'htm'; expected one of 'html', 'empty'. Did you mean 'html'?",
        ),
        (lambda: fail(503, delay=-1), "delay must be a number of seconds from 0 to 3600, got -1"),
        (lambda: fail(503, as_date=True), "as_date needs retry_after"),
        (
            lambda: fail(503, retry_after=1.5),  # type: ignore[arg-type]  # wrong on purpose
            "retry_after must be an integer of at least 0, got 1.5",
        ),
        (
            lambda: faults.Cut(after=-1),
            "Cut.after must be an integer of at least 0, or None, got -1",
        ),
        (lambda: faults.Cut(after=1, bytes=2), "Cut takes after (chunks) or bytes, not both"),
        (lambda: faults.Cut(inside="frame"), "Cut.inside needs after"),
        (
            lambda: faults.Cut(1, "charcter"),  # type: ignore[arg-type]  # wrong on purpose
            "unknown Cut.inside 'charcter'; expected one of 'frame', 'string', 'character'. Did you mean 'character'?",
        ),
        (lambda: faults.ErrorEvent(1, 599), "unknown error 599; expected one of"),
        (
            lambda: faults.Stall(float("nan")),
            "Stall.seconds must be a number of seconds from 0 to 3600, got nan",
        ),
        (lambda: faults.Duplicate(0), "Duplicate.after must be an integer of at least 1, got 0"),
        (lambda: faults.BadFrame("1"), "BadFrame.after must be an integer of at least 0, got '1'"),  # type: ignore[arg-type]  # wrong on purpose
        (
            lambda: faults.Fragment(0),
            "Fragment.size must be an integer of at least 1, or None, got 0",
        ),
        (lambda: faults.WrongLength(0), "WrongLength.by must be an integer other than 0, got 0"),
        (lambda: faults.UnknownTool(""), "UnknownTool.name must be a non-empty string, got ''"),
    ]
)
def test_a_wrong_fault_is_an_error(make: Callable[[], object], message: str) -> None:
    """The error is raised when the fault is made, and names the argument and the value."""
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert message in str(caught.value)


# --- by header


def ask_for(directives: str, lane: Lane | None = None, **fields: Any) -> AnyAnswer:
    return ask(lane or Lane(), faults=directives, **fields)


def error_message(answer: AnyAnswer) -> str:
    assert answer.status == 400
    message: str = json.loads(body(answer))["error"]["message"]
    return message


@each_of((name,) for name in DIRECTIVES)
def test_every_directive_works_as_in_its_example(name: str) -> None:
    """Each example adds one fault to the answer."""
    example = DIRECTIVES[name].example
    lane = Lane()
    lane.add(Step(CALLS))
    streamed = name != "wrong-length"
    fields = {"stream": True, "stream_options": {"include_usage": True}} if streamed else {}
    assert ask_for(example, lane, **fields).status in (200, 0)
    [exchange] = lane.journal.read()
    assert len(exchange.faults) == 1


def test_a_failure_with_all_options_in_the_header() -> None:
    """The header has the options of `fail`."""
    lane = Lane()
    text = "fail=concurrency; retry-after=7; delay=0.25; body=empty"
    answer = ask_for(text, lane)
    assert (answer.status, answer.pauses, body(answer)) == (429, (0.25,), b"")
    assert header(answer, "retry-after") == "7"
    dated = ask_for("fail=503; retry-date=60")
    assert header(dated, "retry-after") == "Wed, 19 Feb 2025 21:21:00 GMT"
    of_fail = {name.replace("_", "-") for name in get_type_hints(FailOptions)}
    assert set(OPTIONS) == {"fail", "retry-date", "times", *of_fail} - {"as-date"}


def test_times_counts_the_requests_with_the_header() -> None:
    """A client that sends the header with every attempt gets a reply in the end."""
    lane = Lane()
    given = [ask_for("fail=502; times=2", lane).status for _ in range(3)]
    assert given == [502, 502, 200]
    assert ask_for("fail=502; times=2", lane, text="Another").status == 502


def test_the_header_does_not_change_the_request() -> None:
    """Ids and reply are the same with and without the header."""
    assert body(ask_for("crlf", stream=True)).replace(b"\r", b"") == body(ask(Lane(), stream=True))


@each_of(
    [
        (
            "cutt=3",
            "X-Mock-Electron: unknown directive 'cutt'; expected one of fail=503, retry-after=2, ",
        ),
        ("cut", "X-Mock-Electron: cut needs a value; write it like cut=3"),
        ("cut=", "cut needs a value; write it like cut=3"),
        ("cut=3:4", "cut takes 1 value, got 2; write it like cut=3"),
        ("cut-inside=3", "cut-inside takes 2 values, got 1; write it like cut-inside=3:character"),
        ("stall", "stall needs a value; write it like stall=2:3"),
        ("cut=x", "cut must be an integer, got 'x'; write it like cut=3"),
        ("crlf=1", "X-Mock-Electron: crlf takes no value"),
        (
            "cut-inside=3:word",
            "unknown cut-inside 'word'; expected one of 'frame', 'string', 'character'",
        ),
        ("stall=1:2:3", "stall takes 1 or 2 values, got 3; write it like stall=2:3"),
        ("fail", "fail needs a value; write it like fail=503"),
        ("fail=503; delay", "delay needs a value; write it like delay=0.5"),
        ("fail=504", "unknown error 504; expected one of"),
        ("retry-after=2", "retry-after cannot be used without fail; add fail=503"),
        (
            "fail=503; delay=soon",
            "delay must be a number of at least 0, got 'soon'; write it like delay=0.5",
        ),
        (
            "fail=503; times=0",
            "times must be an integer of at least 1, got '0'; write it like times=2",
        ),
        ("reset; reset", "duplicate directive 'reset'"),
        ("cut=3", "X-Mock-Electron: cut needs a stream"),
        ("cut-inside=3:frame", "X-Mock-Electron: cut-inside needs a stream"),
        ("error=3", "X-Mock-Electron: error needs a stream"),
        (
            "cut-inside=3:charcter",
            "Did you mean 'character'? Write it like cut-inside=3:character",
        ),
        ("stall=x", "X-Mock-Electron: stall must be a number of at least 0, got 'x'; write it"),
        (
            "fail=429; retry-after=100000000000",
            "retry-after must be an integer of at most 999999999, got '100000000000'; write it",
        ),
        ("crlf; times=99999999999999999999", "times must be an integer of at most 999999999, got"),
        ("cut=1000000000", "cut must be an integer of at most 999999999, got '1000000000'; write"),
        ("wrong-length=-1000000000", "wrong-length must be an integer of at least -999999999, got"),
        ("wrong-length=-", "wrong-length must be an integer, got '-'; write it like"),
        ("cut=" + "9" * 5000, "cut must be an integer of at most 999999999, got '999"),
        ("stall=1e99", "stall must be a number of seconds from 0 to 3600, got '1e99'; write it"),
        (
            "fail=503; delay=1e9",
            "delay must be a number of seconds from 0 to 3600, got '1e9'; write",
        ),
        (
            "fail=503; delay=1e9999",
            "delay must be a number of seconds from 0 to 3600, got '1e9999'",
        ),
        ("stall=3600.1:1", "stall must be a number of seconds from 0 to 3600, got '3600.1'"),
        ("fail=9999999999", "unknown error 9999999999; expected one of 400, 401"),
        ("fail=503, times=2", ". Separate directives with ';', not with ','"),
        ("crlf, cut=3", ". Separate directives with ';', not with ','"),
        ("stall=1:x", "X-Mock-Electron: stall must be an integer, got 'x'; write it like"),
        ("stall=99999999999", "must be a number of seconds from 0 to 3600, got '99999999999'"),
        ("cut=9999999999", "cut must be an integer of at most 999999999, got '9999999999'"),
        ("times=2", "times needs a fault; add one, such as fail=503"),
        ("fail=503; cut=3", "fail, reset, close and silence cannot be combined with other faults"),
        ("fail=503; reset", "fail, reset, close and silence cannot be combined with other faults"),
        ("fail=503; retry-after=1; retry-date=2", "not both"),
        ("bad-arguments", "bad-arguments needs a reply with tool calls"),
    ]
)
def test_a_wrong_header_is_refused(text: str, message: str) -> None:
    """The answer is a 400 whose message says what is wrong."""
    assert message in error_message(ask_for(text))


@pytest.mark.parametrize("directive", ["cut=3", "bad-arguments", "no-usage"])
def test_a_refused_header_uses_no_scripted_reply(directive: str) -> None:
    """The next request gets the scripted reply."""
    lane = Lane()
    lane.add(Step(STORY))
    error_message(ask_for(directive, lane))
    assert message(ask(lane))["content"] == STORY.content


@each_of(
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("identity", False),
        ("x-gzip", False),
        ("", False),
    ]
)
def test_which_clients_accept_gzip(accepted: str, compressed: bool) -> None:
    """As in HTTP, a quality of 0 means that gzip is not accepted."""
    lane = Lane()
    lane.inject(Injection(faults.Gzip()))
    answer = lane.open(replace(arrival(), accept_encoding=accepted))
    assert (header(answer, "content-encoding") == "gzip") is compressed


def test_the_header_can_be_disabled() -> None:
    """With `fault_header=False` the header is ignored."""
    lane = Lane(Settings(fault_header=False))
    assert ask_for("fail=503", lane).status == 200
    assert ask_for("nonsense", lane).status == 200


def test_gzip_by_header_needs_a_client_that_accepts_it() -> None:
    """The header is refused, while an injected fault waits for a client that accepts gzip."""
    lane = Lane()
    plain = replace(arrival(faults="gzip"), accept_encoding="identity")
    assert "gzip needs a client that accepts gzip" in error_message(lane.open(plain))


def test_numbers_of_the_header_have_several_spellings() -> None:
    """Leading zeros, a sign and an exponent change no value."""
    for text, fault in {
        "cut=000000000003": faults.Cut(after=3),
        "wrong-length=+5": faults.WrongLength(5),
        "stall=1e-3:0": faults.Stall(0.001),
        "stall=3.6E3": faults.Stall(3600.0),
    }.items():
        assert parse_header(text).faults == (fault,), text
