"""engine/faults/: what goes wrong, as values; and for which requests."""

import dataclasses
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import arrival, ask, body, header, stream

from mock_electron import Pace, Settings, fail, faults
from mock_electron.engine.answer import Answer
from mock_electron.engine.faults import Fault
from mock_electron.engine.faults.header import DIRECTIVES, OPTIONS
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.script import Step
from mock_electron.model.draft import Call, Draft

STORY = Draft("One two three four ☀ five.")
"""Six words, a sign that takes three bytes, and a full stop."""
TOOL = {"type": "function", "function": {"name": "get_weather"}}


def faulty(
    fault: Fault, *more: Fault, draft: Draft = STORY, whole: bool = False, **fields: Any
) -> Answer:
    """The answer to a request for which these faults are due."""
    lane = Lane()
    lane.add(Step(draft))
    for one in (fault, *more):
        lane.inject(Injection(one))
    return (ask if whole else stream)(lane, **fields)


def sound(draft: Draft = STORY, *, whole: bool = False, **fields: Any) -> Answer:
    """The same without a fault."""
    lane = Lane()
    lane.add(Step(draft))
    return (ask if whole else stream)(lane, **fields)


GOOD = sound().frames


# --- in a stream


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (faults.Cut(after=3), GOOD[:3]),
        (faults.Cut(after=0), [b""]),
        (faults.Cut(after=99), GOOD[:-1]),
        (faults.Cut(after=2, inside="frame"), [*GOOD[:2], GOOD[2][: len(GOOD[2]) // 2]]),
        (
            faults.Cut(after=2, inside="string"),
            [*GOOD[:2], GOOD[2][: GOOD[2].index(b"two") - len('" ') + 1]],
        ),
        (faults.Cut(bytes=len(GOOD[0]) + 5), [GOOD[0], GOOD[1][:5]]),
        (faults.NoDone(), GOOD[:-1]),
        (faults.NoUsage(), (*GOOD[:-2], GOOD[-1])),
        (faults.NoFinish(), (*GOOD[:-3], *GOOD[-2:])),
        (faults.Duplicate(after=3), (*GOOD[:3], GOOD[2], *GOOD[3:])),
        (faults.BadFrame(after=1), (GOOD[0], b'data: {"id":"chatcmpl-\n\n', *GOOD[1:])),
        (faults.Crlf(), [frame.replace(b"\n", b"\r\n") for frame in GOOD]),
        (
            faults.Comments(),
            [part for frame in GOOD for part in (b": keep-alive\n\n", frame)],
        ),
    ],
    ids=str,
)
def test_a_fault_changes_just_these_frames(fault: Fault, expected: list[bytes]) -> None:
    """All other bytes are those of the sound stream."""
    assert list(faulty(fault).frames) == list(expected)


def test_a_cut_inside_a_character_ends_with_half_of_it() -> None:
    """What was sent is no UTF-8, one byte less is."""
    sent = body(faulty(faults.Cut(after=2, inside="character")))
    with pytest.raises(UnicodeDecodeError):
        sent.decode()
    assert sent[:-1].decode().endswith('{"content":" ')


def test_without_a_wide_character_the_cut_is_before_the_end() -> None:
    """It is a cut all the same."""
    answer = faulty(faults.Cut(after=1, inside="character"), draft=Draft("plain"))
    assert answer.outcome == "cut by a fault"
    assert len(body(answer)) == len(body(sound(Draft("plain")))) - 1


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ([faults.ErrorEvent(after=99)], (*GOOD[:-1], b"error", GOOD[-1])),
        ([faults.BadFrame(after=99)], (*GOOD[:-1], b'data: {"id":"chatcmpl-\n\n', GOOD[-1])),
        ([faults.Duplicate(after=99)], (*GOOD[:-1], GOOD[-2], GOOD[-1])),
        ([faults.NoDone(), faults.Cut(after=99)], GOOD[:-1]),
        ([faults.NoDone(), faults.Cut(99, "frame")], GOOD[:-1]),
        ([faults.BadFrame(after=2), faults.Duplicate(after=2)], None),
        ([faults.ErrorEvent(after=0), faults.Duplicate()], (b"error", GOOD[-1])),
    ],
    ids=range(7),
)
def test_behind_the_last_chunk_comes_done(
    several: list[Fault], expected: tuple[bytes, ...] | None
) -> None:
    """A place beyond the end is the end; what comes again is a chunk."""
    frames = [b"error" if b'{"error"' in frame else frame for frame in faulty(*several).frames]
    if expected is None:
        expected = (*GOOD[:2], GOOD[1], b'data: {"id":"chatcmpl-\n\n', *GOOD[2:])
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
def test_a_stall_is_not_lost(several: list[Fault], stalls: list[float]) -> None:
    """What stood behind it may be missing: the silence comes all the same."""
    assert list(faulty(*several).pauses) == stalls


@pytest.mark.parametrize("cut", [faults.Cut(after=0), faults.Cut(bytes=0)])
def test_fragments_of_nothing(cut: Fault) -> None:
    """No byte, and no error."""
    answer = faulty(faults.Fragment(7), cut)
    assert (body(answer), answer.outcome) == (b"", "cut by a fault")


@pytest.mark.parametrize("order", [1, -1])
def test_a_wrong_length_goes_out_in_fragments(order: int) -> None:
    """Whichever of the two was injected first."""
    several = [faults.Fragment(7), faults.WrongLength(-5)][::order]
    answer = faulty(*several, whole=True)
    assert len(answer.frames) > 20
    assert (sum(answer.chunks), len(answer.surplus)) == (1, 5)


def test_the_number_of_writes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest goes out in one."""
    monkeypatch.setattr("mock_electron.engine.faults.writes.MOST_WRITES", 10)
    for size in (1, None):
        answer = faulty(faults.Fragment(size))
        assert len(answer.frames) == 11
        assert body(answer) == b"".join(GOOD)


@pytest.mark.parametrize("whole", [True, False])
def test_a_cut_without_a_place_is_half_way(whole: bool) -> None:
    """For a stream and for a reply in one piece."""
    intact = body(sound(whole=whole))
    assert body(faulty(faults.Cut(), whole=whole)) == intact[: len(intact) // 2]


@pytest.mark.parametrize(("reset", "ending"), [(False, "close"), (True, "reset")])
def test_a_cut_closes_the_connection_or_resets_it(reset: bool, ending: str) -> None:
    """As it says."""
    assert faulty(faults.Cut(after=1, reset=reset)).ending == ending


def test_an_error_event_ends_the_stream() -> None:
    """After so many chunks the error, with the answer's request id, and then [DONE] (A)."""
    answer = faulty(faults.ErrorEvent(after=2, kind="concurrency"))
    *chunks, event, done = answer.frames
    assert chunks == list(GOOD[:2])
    assert done == b"data: [DONE]\n\n"
    error = json.loads(event.removeprefix(b"data: "))["error"]
    assert error == {
        "message": "Concurrency limit reached",
        "type": "rate_limit_error",
        "request_id": header(answer, "x-request-id"),
    }
    assert (answer.outcome, answer.ending) == ("cut by a fault", "complete")


def test_a_stall_is_waited_for_on_a_frozen_clock_too() -> None:
    """It is the client's patience that counts; and the lane's time goes by."""
    lane = Lane(Settings(pace=Pace(first=0.5, each=0.1, overhead=0.5)))
    lane.add(Step(STORY))
    lane.inject(Injection(faults.Stall(seconds=2, after=3)))
    answer = stream(lane)
    assert list(answer.pauses) == [0, 0, 0, 2, *[0] * (len(GOOD) - 4)]
    assert answer.schedule[2] == pytest.approx(0.6)
    assert answer.schedule[3] == pytest.approx(2.7)
    assert lane.clock.now() == pytest.approx(1_740_000_000 + 0.5 + 6 * 0.1 + 2)


# --- in a reply


def message(answer: Answer) -> Any:
    return json.loads(body(answer))["choices"][0]["message"]


CALLS = Draft("Let me see.", (Call("get_weather", '{"city": "Pune"}'), Call("get_weather", "{}")))


def test_arguments_that_are_no_json() -> None:
    """Streamed and not, in every call."""
    broken = ['{"city": "Pune"', "{"]
    whole = message(faulty(faults.BadArguments(), draft=CALLS, whole=True))
    assert [call["function"]["arguments"] for call in whole["tool_calls"]] == broken
    parts: dict[int, str] = {}
    for frame in faulty(faults.BadArguments(), draft=CALLS).frames[:-2]:
        for call in json.loads(frame[6:])["choices"][0]["delta"].get("tool_calls", []):
            parts[call["index"]] = parts.get(call["index"], "") + call["function"]["arguments"]
    assert list(parts.values()) == broken


@pytest.mark.parametrize(("name", "called"), [(None, "unknown_get_weather"), ("fly", "fly")])
def test_a_tool_that_was_not_offered(name: str | None, called: str) -> None:
    """Its name is given, or made from the right one."""
    whole = message(faulty(faults.UnknownTool(name), draft=CALLS, whole=True))
    assert {call["function"]["name"] for call in whole["tool_calls"]} == {called}


def test_faults_in_calls_wait_for_a_reply_with_calls() -> None:
    """A reply in words does not use them up."""
    lane = Lane()
    lane.add(Step(STORY))
    lane.add(Step(CALLS))
    lane.inject(Injection(faults.BadArguments(), times=1))
    assert message(ask(lane))["content"] == STORY.content
    assert message(ask(lane))["tool_calls"][1]["function"]["arguments"] == "{"


@pytest.mark.parametrize("whole", [True, False])
def test_choices_are_empty(whole: bool) -> None:
    """In every chunk; the rest stands, and the length is true."""
    answer = faulty(faults.EmptyChoices(), whole=whole)
    documents = [frame.removeprefix(b"data: ") for frame in answer.frames]
    parsed = [json.loads(document) for document in documents if b"[DONE]" not in document]
    assert [document["choices"] for document in parsed] == [[]] * len(parsed)
    assert parsed[-1]["usage"]["completion_tokens"] == 7
    if whole:
        assert header(answer, "content-length") == str(len(body(answer)))


def test_the_finish_reason_is_content_filter() -> None:
    """Streamed and not."""
    choice = json.loads(body(faulty(faults.ContentFilter(), whole=True)))["choices"][0]
    assert choice["finish_reason"] == "content_filter"
    assert b'"delta":{},"finish_reason":"content_filter"' in body(faulty(faults.ContentFilter()))


@pytest.mark.parametrize(
    ("by", "sent", "surplus"), [(5, slice(None), b""), (-7, slice(None, -7), slice(-7, None))]
)
def test_a_wrong_content_length(by: int, sent: slice, surplus: Any) -> None:
    """Too large: the bytes do not come. Too small: some belong to no answer."""
    intact = body(sound(whole=True))
    answer = faulty(faults.WrongLength(by=by), whole=True)
    assert header(answer, "content-length") == str(len(intact) + by)
    assert body(answer) == intact[sent]
    assert answer.surplus == (intact[surplus] if surplus else b"")
    assert answer.ending == "close"


# --- in any bytes


@given(st.integers(1, 400) | st.none(), st.booleans(), st.booleans())
def test_fragments_are_the_same_bytes_in_other_writes(
    size: int | None, whole: bool, crlf: bool
) -> None:
    """Every write but the last has the size; chunks and times are none lost."""
    more = (faults.Crlf(),) if crlf and not whole else ()
    intact = sound(whole=whole) if not more else faulty(*more)
    answer = faulty(faults.Fragment(size), *more, whole=whole)
    assert body(answer) == body(intact)
    assert sum(answer.chunks) == sum(intact.chunks)
    if size is not None:
        assert {len(frame) for frame in answer.frames[:-1]} <= {size}
    else:
        assert all(1 <= len(frame) <= 40 for frame in answer.frames)


@given(st.integers(1, 300))
def test_a_fragment_goes_out_when_its_last_byte_is_due(size: int) -> None:
    """So the pace is kept: nothing comes before its time, and all takes as long."""
    settings = Settings(clock="real", pace=Pace(first=1, each=0.5, overhead=1))
    lanes = [Lane(settings), Lane(settings)]
    lanes[1].inject(Injection(faults.Fragment(size)))
    answers = []
    for lane in lanes:
        lane.add(Step(STORY))
        answers.append(stream(lane))
    intact, fragmented = answers
    assert sum(fragmented.pauses) == pytest.approx(sum(intact.pauses))
    due: list[float] = []
    for frame, at in zip(intact.frames, _sums(intact.pauses), strict=True):
        due += [at] * len(frame)
    start = 0
    for frame, at in zip(fragmented.frames, _sums(fragmented.pauses), strict=True):
        start += len(frame)
        assert at == pytest.approx(due[start - 1])


def _sums(pauses: tuple[float, ...]) -> list[float]:
    return [sum(pauses[: index + 1]) for index in range(len(pauses))]


@pytest.mark.parametrize("whole", [True, False])
def test_gzip_unzips_to_the_same_bytes(whole: bool) -> None:
    """In one piece and frame by frame; the length is that of what travels."""
    answer = faulty(faults.Gzip(), whole=whole)
    assert gzip.decompress(body(answer)) == body(sound(whole=whole))
    assert header(answer, "content-encoding") == "gzip"
    length = str(len(body(answer))) if whole else None
    assert header(answer, "content-length") == length


def test_gzip_takes_any_size() -> None:
    """More than a stored block holds, too."""
    story = Draft("many words " * 9_000)
    answer = faulty(faults.Gzip(), whole=True, draft=story)
    assert gzip.decompress(body(answer)) == body(sound(story, whole=True))


# --- in a reply's place


def test_a_failure_with_its_trimmings() -> None:
    """The wait, the header as a date by the lane's clock, a proxy's page without a request id."""
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
    """No status, no byte; silence is an answer that is never out."""
    answer = faulty(fault)
    assert (answer.status, answer.ending, body(answer)) == (0, ending, b"")
    assert len(answer.frames) == frames


def test_a_fault_in_a_replys_place_uses_up_no_scripted_reply() -> None:
    """The next attempt gets it."""
    lane = Lane()
    lane.add(Step(STORY))
    for fault in (faults.Reset(), fail(502)):
        lane.inject(Injection(fault, times=1))
    assert [ask(lane).status for _ in range(3)] == [0, 502, 200]
    assert message(ask(lane, "Hi"))["content"] != STORY.content


def test_what_the_journal_says_of_faults() -> None:
    """Which they were, how the exchange ended, how much of it came, and what that cost."""
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


# --- for which requests


def statuses(lane: Lane, count: int, **fields: Any) -> list[int]:
    return [ask(lane, **fields).status for _ in range(count)]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"times": 2}, [503, 503, 200, 200, 200, 200]),
        ({"every": 3}, [200, 200, 503, 200, 200, 503]),
        ({"every": 2, "times": 2}, [200, 503, 200, 503, 200, 200]),
        ({"when": lambda request: request.temperature == 0}, [200] * 6),
        ({"when": lambda request: request.last.content == "Hi"}, [503] * 6),
        ({"rate": 0}, [200] * 6),
        ({"rate": 1}, [503] * 6),
        ({"rate": 1, "times": 1}, [503] + [200] * 5),
    ],
    ids=["times", "every", "every-times", "unmatched", "matched", "never", "always", "once"],
)
def test_which_requests_a_fault_is_for(when: dict[str, Any], expected: list[int]) -> None:
    """All that is given must hold."""
    lane = Lane()
    lane.inject(Injection(fail(503), **when))
    assert statuses(lane, 6) == expected


def test_a_rate_follows_from_seed_request_and_occurrence() -> None:
    """The same in every lane with the seed, about the share, and other requests do not disturb."""

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


def test_two_rates_are_rolled_apart() -> None:
    """Otherwise the rarer fault would only come with the more frequent one."""
    lane = Lane()
    lane.inject(Injection(faults.Crlf(), rate=0.5))
    lane.inject(Injection(faults.NoDone(), rate=0.5))
    for _ in range(60):
        stream(lane)
    seen = {exchange.faults for exchange in lane.journal.read()}
    assert seen == {
        (), (faults.Crlf(),), (faults.NoDone(),), (faults.Crlf(), faults.NoDone()),
    }  # fmt: skip


def test_clearing_ends_all_injections() -> None:
    """But not the script."""
    lane = Lane()
    lane.add(Step(fail(429)))
    lane.inject(Injection(fail(503)))
    assert statuses(lane, 1) == [503]
    lane.clear_faults()
    assert statuses(lane, 2) == [429, 200]


def test_faults_compose_with_each_other_and_with_a_pace() -> None:
    """Whatever the order in which they were injected."""
    several = [faults.Fragment(9), faults.Cut(after=4), faults.Crlf(), faults.Comments()]
    ways = [several, several[::-1]]
    bodies = {body(faulty(*way)) for way in ways}
    comment = b": keep-alive\r\n\r\n"
    assert bodies == {
        b"".join(comment + frame.replace(b"\n", b"\r\n") for frame in GOOD[:4]) + comment
    }


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Injection("reset"), "a fault is a value such as faults.Cut"),  # type: ignore[arg-type]
        (lambda: Injection(fail(503), times=0), "times is a whole number of at least 1, not 0"),
        (lambda: Injection(fail(503), every=1.5), "every is a whole number of at least 1, not 1.5"),  # type: ignore[arg-type]
        (lambda: Injection(fail(503), rate=1.2), "rate is a share from 0 to 1, not 1.2"),
        (lambda: Injection(fail(503), when=True), "when is a function of the request, not True"),  # type: ignore[arg-type]
        (lambda: fail(504), "Electron has no error 504"),
        (lambda: fail("concurency"), "Did you mean 'concurrency'?"),
        (lambda: fail(503, body="htm"), "is 'html' or 'empty', not 'htm'. Did you mean 'html'?"),  # type: ignore[arg-type]
        (lambda: fail(503, delay=-1), "Fail: delay is a time from 0 to 3600 seconds, not -1"),
        (lambda: fail(503, as_date=True), "as_date says how retry_after is written"),
        (lambda: fail(503, retry_after=1.5), "retry_after is a whole number of seconds"),  # type: ignore[arg-type]
        (lambda: faults.Cut(after=-1), "Cut: after is a whole number from 0, not -1"),
        (lambda: faults.Cut(after=1, bytes=2), "give after (chunks) or bytes, not both"),
        (lambda: faults.Cut(inside="frame"), "give after"),
        (lambda: faults.Cut(1, "charcter"), "not 'charcter'. Did you mean 'character'?"),
        (lambda: faults.ErrorEvent(1, 599), "Electron has no error 599"),
        (lambda: faults.Stall(float("nan")), "Stall: seconds is a time from 0 to 3600 seconds"),
        (lambda: faults.Duplicate(0), "Duplicate: after is a whole number from 1, not 0"),
        (lambda: faults.BadFrame("1"), "BadFrame: after is a whole number from 0, not '1'"),  # type: ignore[arg-type]
        (lambda: faults.Fragment(0), "Fragment: size is a whole number from 1, not 0"),
        (lambda: faults.WrongLength(0), "by is a number of bytes other than 0"),
        (lambda: faults.UnknownTool(""), "name is the name of a tool"),
    ],
    ids=range(22),
)
def test_a_fault_that_makes_no_sense(make: Callable[[], object], words: str) -> None:
    """One clear message where it is written."""
    with pytest.raises((TypeError, ValueError)) as refused:
        make()
    assert words in str(refused.value)


# --- by header


def asked(directives: str, lane: Lane | None = None, **fields: Any) -> Answer:
    return ask(lane or Lane(), faults=directives, **fields)


def complaint(answer: Answer) -> str:
    assert answer.status == 400
    words: str = json.loads(body(answer))["error"]["message"]
    return words


@pytest.mark.parametrize("name", DIRECTIVES)
def test_every_directive_is_understood_as_its_example_shows(name: str) -> None:
    """The fault comes, if the reply allows it."""
    example = DIRECTIVES[name].example
    lane = Lane()
    lane.add(Step(CALLS))
    streamed = name != "wrong-length"
    fields = {"stream": True, "stream_options": {"include_usage": True}} if streamed else {}
    assert asked(example, lane, **fields).status in (200, 0)
    [exchange] = lane.journal.read()
    assert len(exchange.faults) == 1


def test_a_failure_with_all_its_options() -> None:
    """As `fail` takes them."""
    lane = Lane()
    text = "fail=concurrency; retry-after=7; delay=0.25; body=empty"
    answer = asked(text, lane)
    assert (answer.status, answer.pauses, body(answer)) == (429, (0.25,), b"")
    assert header(answer, "retry-after") == "7"
    dated = asked("fail=503; retry-date=60")
    assert header(dated, "retry-after") == "Wed, 19 Feb 2025 21:21:00 GMT"
    assert set(OPTIONS) == {"fail", "retry-after", "retry-date", "delay", "body", "times"}


def test_times_counts_the_occurrences_of_the_request() -> None:
    """So a client that sends the header with every attempt recovers."""
    lane = Lane()
    given = [asked("fail=502; times=2", lane).status for _ in range(3)]
    assert given == [502, 502, 200]
    assert asked("fail=502; times=2", lane, text="Another").status == 502


def test_the_header_is_no_part_of_the_request() -> None:
    """The same ids and words with it and without."""
    assert body(asked("crlf", stream=True)).replace(b"\r", b"") == body(ask(Lane(), stream=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cutt=3", "X-Mock-Electron: there is no 'cutt'. Did you mean 'cut'? Known: fail=503; "),
        ("cut", "'cut' is written like cut=3"),
        ("cut=x", "cut=x: 'x' is no whole number; write it like cut=3"),
        ("crlf=1", "'crlf' is written like crlf"),
        ("cut-inside=3:word", "inside is one of 'frame', 'string', 'character', not 'word'"),
        ("stall=1:2:3", "'stall' is written like stall=2:3"),
        ("fail=504", "Electron has no error 504"),
        ("retry-after=2", "retry-after says how a failure comes; add fail=503"),
        ("fail=503; delay=soon", "'soon' is no number"),
        ("fail=503; times=0", "times is a whole number of at least 1"),
        ("reset; reset", "'reset' stands there twice"),
        ("cut=3", "Cut needs a stream"),
        ("times=2", "times says how often a fault comes; add one, such as fail=503"),
        ("fail=503; cut=3", "nothing else can come with them"),
        ("fail=503; reset", "nothing else can come with them"),
        ("fail=503; retry-after=1; retry-date=2", "not both"),
        ("bad-arguments", "BadArguments needs a reply with tool calls"),
    ],
)
def test_a_header_that_makes_no_sense(text: str, words: str) -> None:
    """400 with one clear message, before anything else is looked at."""
    assert words in complaint(asked(text))


@pytest.mark.parametrize("directive", ["cut=3", "bad-arguments", "no-usage"])
def test_a_header_that_is_refused_uses_up_no_scripted_reply(directive: str) -> None:
    """Like any other request that is refused."""
    lane = Lane()
    lane.add(Step(STORY))
    complaint(asked(directive, lane))
    assert message(ask(lane))["content"] == STORY.content


@pytest.mark.parametrize(
    ("accepted", "zipped"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("identity", False),
        ("x-gzip", False),
        ("", False),
    ],
)
def test_who_accepts_gzip(accepted: str, zipped: bool) -> None:
    """As HTTP has it: a quality of 0 is a refusal."""
    lane = Lane()
    lane.inject(Injection(faults.Gzip()))
    answer = lane.open(dataclasses.replace(arrival(), accept_encoding=accepted))
    assert (header(answer, "content-encoding") == "gzip") is zipped


def test_the_header_can_be_switched_off() -> None:
    """Then it means nothing."""
    lane = Lane(Settings(fault_header=False))
    assert asked("fail=503", lane).status == 200
    assert asked("nonsense", lane).status == 200


def test_a_client_that_does_not_accept_gzip_is_told() -> None:
    """In the header's case; an injected one waits for a client that does."""
    lane = Lane()
    plain = dataclasses.replace(arrival(faults="gzip"), accept_encoding="identity")
    assert "Gzip needs a client that accepts gzip" in complaint(lane.open(plain))
