"""`barge-in`: when the user speaks, the old stream is closed."""

from collections.abc import Callable
from typing import Any

from audit_traffic import Traffic, system, user
from msgspec.structs import replace
from rows import each

from mock_electron import Pace
from mock_electron.audit import audit
from mock_electron.traffic.exchanges import Exchanges, exchanges_of

STORY: list[Any] = [system("Tell long stories."), user("Tell me a story about a long road.")]
STOP = [*STORY, user("Stop, what time is it?")]
STREAM: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
PACE = Pace(first=0.2, each=0.05, overhead=0.2)


def overlapping(
    second: list[Any], *, at: float, ends: float, sent: int | None = None, key: str = "sk_mock"
) -> Exchanges:
    """A stream of ten chunks, one every 0.1 s, and a second request meanwhile."""
    traffic = Traffic(pace=PACE)
    traffic.lane.respond_with(lambda _: "one two three four five six seven")
    story = traffic.start(STORY, **STREAM)
    flight = traffic.start(second, at=at, key=key, **STREAM)
    story.end(ends, sent=sent)
    flight.end(ends + 1)
    return timed(traffic)


def timed(traffic: Traffic) -> Exchanges:
    """The exchanges; the chunks of the first one were sent each 0.1 s."""
    exchanges = traffic.exchanges
    first = exchanges[0]
    arrived = first.monotonic.arrived or 0.0
    times = tuple(arrived + 0.1 * (n + 1) for n in range(first.chunks_sent))
    told = replace(first, chunk_times=times)
    return exchanges_of([told, *exchanges[1:]], 0, "", traffic.lane.settings)


FOUND: dict[str, Callable[[], Exchanges]] = {
    "read on to the end": lambda: overlapping(STOP, at=0.3, ends=1.0),
    "read on for a while": lambda: overlapping(STOP, at=0.3, ends=0.9, sent=8),
    "with a part of the reply": lambda: overlapping(
        [*STORY, {"role": "assistant", "content": "one two"}, user("Stop.")], at=0.3, ends=1.0
    ),
    "early": lambda: overlapping(STOP, at=0.05, ends=1.0),
    "two words later": lambda: overlapping([*STOP, user("Please.")], at=0.4, ends=1.0),
    "another story": lambda: overlapping([*STORY, user("A shorter one!")], at=0.5, ends=1.0),
}


@each(FOUND)
def test_a_stream_that_is_read_on_is_found(make: Callable[[], Exchanges]) -> None:
    """The finding has both requests, the wasted chunks, and their tokens."""
    verdict = audit(make()).verdicts["barge-in"]
    (found,) = verdict.findings
    assert found.exchanges == (0, 1)
    assert "of the same conversation had begun" in found.reason
    assert found.saved_tokens > 0


NOT_FOUND: dict[str, Callable[[], Exchanges]] = {
    "closed before": lambda: overlapping(STOP, at=0.6, ends=0.6, sent=5),
    "closed at once": lambda: overlapping(STOP, at=0.55, ends=0.65, sent=6),
    "the same request": lambda: overlapping(STORY, at=0.3, ends=1.0),
    "another conversation": lambda: overlapping([user("What time is it?")], at=0.3, ends=1.0),
    "another account": lambda: overlapping(STOP, at=0.3, ends=1.0, key="sk_other"),
    "the system prompt alone": lambda: overlapping(
        [system("Tell long stories."), user("Sum up the story.")], at=0.3, ends=1.0
    ),
}


@each(NOT_FOUND)
def test_nothing_is_found(make: Callable[[], Exchanges]) -> None:
    """A client that closes its stream, and parallel requests, are no finding."""
    assert audit(make()).verdicts["barge-in"].findings == ()


RESULT: list[Any] = [
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "31"},
]


def test_the_result_of_a_fast_tool_is_no_interruption() -> None:
    """It may be sent before the last chunks of the turn have arrived."""
    exchanges = overlapping([*STORY, *RESULT], at=0.6, ends=1.0)
    assert audit(exchanges).verdicts["barge-in"].findings == ()


@each({"a summary": ("What was said?", 0), "an interruption": ("Stop.", 1)})
def test_a_request_in_the_background_is_no_interruption(row: tuple[str, int]) -> None:
    """The conversation goes on with the whole reply, and what the background asks is not in it."""
    words, count = row
    aside = user(words)
    traffic = Traffic(pace=PACE)
    traffic.lane.respond_with(lambda _: "one two three four five six seven")
    story = traffic.start(STORY, **STREAM)
    flight = traffic.start([*STORY, aside], at=0.3, **STREAM)
    said = story.end(1.0)
    flight.end(1.2)
    more = [aside] if count else []
    traffic.ask([*STORY, said, *more, user("And then?")], at=3.0, **STREAM)
    assert len(audit(timed(traffic)).verdicts["barge-in"].findings) == count


def test_replies_without_times_cannot_be_interrupted() -> None:
    """On a frozen clock without a pace, nothing is seen."""
    traffic = Traffic(clock="frozen")
    traffic.ask(STORY, **STREAM)
    assert traffic.verdict("barge-in").outcome == "not observable"


def test_without_streams_there_is_no_barge_in() -> None:
    """A reply in one piece cannot be interrupted."""
    traffic = Traffic()
    traffic.ask(STORY)
    assert traffic.verdict("barge-in").outcome == "not applicable"
