"""The caches of parsed requests and of ready replies: bounded, and without influence on the bytes."""

from typing import Any

import pytest
from lanes import arrival, ask, body
from msgspec.structs import replace

from mock_electron import Electron, Settings, fail
from mock_electron.engine import ready
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.engine.parsed_request import REMEMBERED_BYTES
from mock_electron.engine.recent import Recent
from mock_electron.wire.errors import INTERNAL

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def test_the_least_recently_used_value_is_dropped_first() -> None:
    """The bound is a sum of sizes, and a value that grows is counted anew."""
    recent: Recent[str, int] = Recent(10)
    for number, key in enumerate("abc"):
        recent.add(key, number, 3)
    assert recent.get("a") == 0
    recent.add("d", 3, 3)
    assert [recent.get(key) for key in "abcd"] == [0, None, 2, 3]
    recent.grow("a", 4)
    assert (list(recent), recent.size) == (["d", "a"], 10)
    recent.grow("a", 100)
    assert (list(recent), recent.size) == (["d"], 3)
    recent.add("large", 5, 11)
    recent.grow("unknown", 1)
    assert list(recent) == ["d"]


def test_the_cache_counts_the_replies_that_it_keeps() -> None:
    """Each reply to a request counts, so that many of them do not exceed the bound."""
    lane = Lane(Settings(sampling="varied"))
    sizes = []
    for _ in range(3):
        ask(lane, "Tell me a story about the sea.")
        sizes.append(lane._requests._recent.size)
    assert sizes[0] < sizes[1] < sizes[2] < REMEMBERED_BYTES


def test_a_request_is_kept_when_it_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new request leaves nothing in the cache. After its second time it is not decided again."""
    lane, kept = Lane(), []
    for _ in range(3):
        assert isinstance(ask(lane), ready.ReadyAnswer)
        kept.append([len(one.replies) for one, _ in lane._requests._recent._values.values()])
        if len(kept) == 2:
            monkeypatch.setattr("mock_electron.engine.lane.spoken", lambda *_: pytest.fail("again"))
    assert kept == [[], [1], [1]]


def test_an_early_error_is_not_kept() -> None:
    """An error of the connection says nothing about an equal request that arrives later."""
    lane = Lane()
    for error in (INTERNAL, INTERNAL, None, None, None):
        answer = lane.open(arrival(), error)
        lane.close(answer, len(answer.frames))
        assert answer.status == (500 if error else 200)


REQUESTS: list[dict[str, Any]] = [
    {},
    {"text": "Why is the sky blue?", "stream": True},
    {"text": "Tell me about Oslo", "max_tokens": 5, "seed": 3},
    {"text": "Is it so?", "stop": [" "], "logprobs": True},
    {"text": "What is the weather in Oslo?", "tools": [TOOL]},
]


def test_a_lane_without_a_script_answers_like_one_with_other_steps() -> None:
    """Its shorter way gives the same bytes, each time, and the journal shows the same."""
    plain, scripted = Lane(), Lane()
    scripted.inject(Injection(fail(503), when=lambda _request: False))
    for fields in REQUESTS:
        for _ in range(3):
            one, other = ask(plain, **fields), ask(scripted, **fields)
            assert (one.status, *one.whole()) == (other.status, *other.whole()), fields
    assert [one.to_dict() for one in plain.exchanges()] == [
        one.to_dict() for one in scripted.exchanges()
    ]


@pytest.mark.parametrize("jitter", [0, 0.5])
@pytest.mark.parametrize("clock", ["frozen", "real"])
def test_a_ready_reply_is_sent_at_the_pace(clock: Any, jitter: float) -> None:
    """It has the pauses of the same request in a lane with other steps, each time."""
    settings = Settings(clock=clock, pace=Pace(first=0.3, each=0.02, jitter=jitter))
    plain, scripted = Lane(settings), Lane(settings)
    scripted.inject(Injection(fail(503), when=lambda _request: False))
    for fields in REQUESTS:
        for _ in range(3):
            one, other = ask(plain, **fields), ask(scripted, **fields)
            assert (one.pauses, one.schedule) == (other.pauses, other.schedule), fields
            assert clock == "real" or one.whole() == other.whole(), fields
    assert clock == "real" or [one.to_dict() for one in plain.exchanges()] == [
        one.to_dict() for one in scripted.exchanges()
    ]


def test_the_pauses_of_a_ready_reply_are_computed_once() -> None:
    """So many streams can begin at once. With a jitter they differ each time."""
    for jitter in (0, 0.5):
        lane = Lane(Settings(clock="real", pace=Pace(first=0.3, each=0.02, jitter=jitter)))
        *_, one, other = [ask(lane, stream=True).pauses for _ in range(4)]
        assert (one is other, one == other) == ((True, True) if jitter == 0 else (False, False))


def test_a_long_reply_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take much memory, and is written anew each time, with the same bytes."""
    kept = [body(ask(lane)) for lane in [Lane()] for _ in range(3)]
    monkeypatch.setattr(ready, "LONGEST_READY", 1)
    lane = Lane()
    assert [body(ask(lane)) for _ in range(3)] == kept
    assert [parsed.replies for parsed, _ in lane._requests._recent._values.values()] == [{}]


def test_equal_bodies_with_different_headers_are_told_apart() -> None:
    """Headers such as a trace id differ in each request, and so do the hashes of the requests."""
    asked = [replace(arrival(), headers=((b"x-trace", b"%d" % number),)) for number in range(100)]
    assert len({one.__hash__() for one in asked}) > 90
    assert len(set(asked)) == 100


def test_a_shared_reply_counts_once() -> None:
    """A journal keeps all exchanges of a request that is repeated, however long its reply is."""
    lane = Lane(Settings(journal_bytes=1_000_000))
    text = "Repeat this exactly: " + " ".join(f"w{number}" for number in range(500))
    for _ in range(200):
        ask(lane, text, stream=True)
    assert (len(lane.exchanges()), lane.journal.dropped) == (200, 0)


def test_a_function_may_replace_the_script(electron: Electron) -> None:
    """The step that has answered is gone, so its use is not counted for another one."""

    def hang_up(_request: Any) -> str:
        electron.reset("script")
        electron.reply("Part two")
        return "Part one"

    electron.when(says="Hi").respond_with(hang_up).times(1)
    lane = electron._lane
    replies = [body(ask(lane)).decode() for _ in range(2)]
    assert [words in reply for words, reply in zip(("Part one", "Part two"), replies, strict=True)]
    assert all(("Part one" in replies[0], "Part two" in replies[1]))
    assert [exchange.outcome for exchange in electron.exchanges] == ["complete"] * 2


def test_a_predicate_may_reset_the_lane(electron: Electron) -> None:
    """The request is answered, and its slot is free again."""
    electron.plan(requests_per_minute=100, in_flight=1)
    electron.when(lambda _: (electron.reset("script"), True)[1]).reply("once")
    assert [ask(electron._lane).status for _ in range(3)] == [200] * 3
