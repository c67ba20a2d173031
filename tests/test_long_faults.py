"""Faults of long replies: their work is bounded by counts, and chunks are edited as bytes."""

from collections.abc import Callable
from typing import Any

import pytest
from lanes import ask, header

from mock_electron import faults
from mock_electron.engine.faults import fault, writes
from mock_electron.engine.faults.directives import DIRECTIVES
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Draft
from mock_electron.model.scripted import call, reply
from mock_electron.wire import codec

NOTE = "x-mock-electron-fault"
CALLS = reply(call("g", b="☀ "), call("f", a='"\\ ],"index":3,' * 8), filler="One moment")
EDITING = (
    "empty-choices", "comments", "no-space", "data-lines", "event-fields", "repeated-call=both",
    "same-index", "no-index",
)  # fmt: skip
"""The directives that edit one event after the other."""


def sent(draft: Draft, directives: str, **fields: Any) -> AnyAnswer:
    """Return the stream of a draft with these faults."""
    lane = Lane()
    lane.add(Step(draft))
    return ask(lane, faults=directives, stream=True, **fields)


def counting(function: Callable[..., Any], counted: list[int]) -> Callable[..., Any]:
    """Return a function that counts its calls."""

    def count(*args: Any) -> Any:
        counted.append(1)
        return function(*args)

    return count


def test_the_json_of_a_chunk_is_not_read_for_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults edit the bytes of chunks: the JSON of a few frames is read, however many there are."""
    read: list[int] = []
    decoded = counting(codec.decode, read)
    monkeypatch.setattr(codec, "decode", decoded)
    for name in (directive.example for directive in DIRECTIVES.values()):
        sent(Draft(None, CALLS.calls), name)
        limit = 8  # the request itself, and frames that are not chunks
        assert (name, len(read) <= limit) == (name, True)
        read.clear()


def test_edited_bytes_are_those_of_the_changed_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are the same if each chunk is read, changed and written."""
    calls = ("repeated-call=id", "repeated-call=name", "repeated-call=both", "same-index",
             "no-index", "calls-in-one-chunk", "empty-choices")  # fmt: skip
    pairs = [f"{one}; {two}" for one in calls for two in calls if one[:8] != two[:8]]
    edited = {names: sent(CALLS, names).frames for names in (*calls, *pairs)}
    for module in ("calls", "reply"):
        monkeypatch.setattr(f"mock_electron.engine.faults.{module}.WRITTEN", frozenset())
    for names, frames in edited.items():
        assert (names, sent(CALLS, names).frames) == (names, frames)


def test_a_fault_edits_a_bounded_number_of_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Later events are unchanged, and the response says so."""
    modules = ("calls", "reply", "spellings", "fault")
    plain = sent(CALLS, "").frames
    for name in EDITING:
        monkeypatch.undo()
        whole = sent(CALLS, name)
        assert (name, header(whole, NOTE)) == (name, None)
        for module in modules:
            monkeypatch.setattr(f"mock_electron.engine.faults.{module}.MOST_EDITED", 20)
        short = sent(CALLS, name)
        directive = name.partition("=")[0]
        note = f"{directive} applied to the first 20 events only"
        assert header(short, NOTE) == note
        edited = 40 if name == "comments" else 20
        assert short.frames[:edited] == whole.frames[:edited]
        assert short.frames[edited:] == plain[20:]


def test_writes_are_bounded_and_the_response_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """`fragment` and `Fragment()` report that the remaining bytes are sent in one write."""
    monkeypatch.setattr(writes, "MOST_WRITES", 50)
    assert header(sent(CALLS, "fragment=7"), NOTE) == "fragment applied to the first 50 writes only"
    assert header(sent(CALLS, "fragment=900000"), NOTE) is None
    lane = Lane()
    lane.add(Step(CALLS, faults=(faults.Fragment(),)))
    answer = ask(lane, stream=True)
    assert answer.fault_note == "Fragment() applied to the first 50 writes only"


def test_ordinary_replies_are_far_below_the_bounds() -> None:
    """A reply of 4,000 tokens is changed completely by every fault that edits events."""
    assert fault.MOST_EDITED >= 2 * 4_000
    assert writes.MOST_WRITES >= 20_000


def test_faults_of_tool_calls_accept_each_other_and_any_bytes() -> None:
    """No combination of faults fails: those in calls leave chunks of another form unchanged."""
    strange = ('{"choices":["x"]}', '{"choices":[{"delta":{"tool_calls":[1]}}]}', "[]", "{}",
               '{"choices":[{"delta":{"tool_calls":[{"index":[],"function":{"arguments":""}}]}}]}',
               '{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":""}}]}}]}',
               '{"choices":{"delta":1}}', "x")  # fmt: skip
    raw = faults.Raw([f"data: {text}\n\n" for text in strange])
    calls = (faults.RepeatedCall(), faults.SameIndex(), faults.NoIndex(), faults.CallsInOneChunk())
    others = (faults.EmptyChoices(), faults.TwoFinishes(), faults.DataLines(), raw)
    for first in (*calls, *others):
        for second in (*calls, *others):
            lane = Lane()
            lane.add(Step(CALLS, faults=(first, second)))
            assert (first, second, ask(lane, stream=True).status) == (first, second, 200)
