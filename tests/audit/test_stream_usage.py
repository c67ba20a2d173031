"""`stream-usage`: a stream without a usage chunk cannot be accounted for."""

from collections.abc import Callable
from typing import Any

from audit_traffic import Traffic
from rows import each

USAGE: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
Talk = Callable[[Traffic], object]

FOUND: dict[str, tuple[Talk, str]] = {
    "a stream": (lambda t: t.ask(stream=True), "1 of 1 stream without"),
    "false": (
        lambda t: t.ask(stream=True, stream_options={"include_usage": False}),
        "1 of 1 stream without",
    ),
    "empty options": (lambda t: t.ask(stream=True, stream_options={}), "1 of 1 stream without"),
    "one of two": (lambda t: (t.ask(**USAGE), t.ask(stream=True)), "1 of 2 streams without"),
    "one that was left": (lambda t: t.ask(stream=True, sent=1), "1 of them ended early"),
    "with tools": (lambda t: t.ask(stream=True, seed=4), "1 of 1 stream without"),
}


@each(FOUND)
def test_a_stream_without_usage_is_found(row: tuple[Talk, str]) -> None:
    """The reason has the number of streams, and of those that ended early."""
    talk, words = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("stream-usage")
    assert verdict.outcome == "fail"
    assert words in verdict.findings[0].reason


def ask(**fields: Any) -> Talk:
    return lambda traffic: traffic.ask(**fields)


NOT_FOUND: dict[str, tuple[Talk, str]] = {
    "with usage": (ask(**USAGE), "pass"),
    "left, with usage": (ask(**USAGE, sent=1), "pass"),
    "continuous usage": (
        ask(
            stream=True,
            stream_options={"include_usage": True, "continuous_usage_stats": True},
        ),
        "pass",
    ),
    "in one piece": (ask(), "not applicable"),
    "stream: false": (ask(stream=False), "not applicable"),
    "not valid": (ask(stream="yes"), "not applicable"),
    "nothing": (lambda traffic: None, "not applicable"),
}


@each(NOT_FOUND)
def test_nothing_is_found(row: tuple[Talk, str]) -> None:
    """A stream with usage passes; without streams, the rule does not apply."""
    talk, outcome = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("stream-usage")
    assert (verdict.outcome, verdict.findings) == (outcome, ())
