"""Journal files are read back: what a file has is not lost, and what is wrong is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from lanes import arrival
from rows import each

from mock_electron import JournalError, Pace, Plan, fail, faults, read_journal
from mock_electron.audit import audit
from mock_electron.engine.faults.catalogue import Fault
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.traffic.exchanges import exchanges_of
from mock_electron.traffic.journal_line import fault_of
from mock_electron.traffic.reading import parse_journal
from mock_electron.traffic.world import settings_of, world_of


def a_line(**changed: Any) -> dict[str, Any]:
    """A line of a real journal, with other values."""
    lane = Lane()
    lane.close(lane.open(arrival()), 1)
    text = exchanges_of(lane.exchanges(), 0, "", lane.settings).json_lines()
    return {**json.loads(text), **changed}


def written(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_a_file_has_the_lanes_by_name_and_their_settings(tmp_path: Path) -> None:
    """Each lane has its exchanges in the order of their numbers, and its own settings."""
    plan = {"requests_per_minute": 50, "in_flight": 2}
    lines = [
        a_line(lane="b", number=1, settings={"plan": plan}),
        a_line(lane="a", number=0),
        a_line(lane="b", number=0, settings={"plan": plan}),
    ]
    file = tmp_path / "journal.jsonl"
    file.write_bytes(written(*lines))
    lanes = read_journal(file)
    assert list(lanes) == ["a", "b"]
    assert [one.number for one in lanes["b"]] == [0, 1]
    assert lanes["b"].settings == Settings(plan=Plan(50, 2))
    assert lanes["a"].settings == Settings()


def test_lines_of_the_first_format_are_read() -> None:
    """A line without a format has no settings; it is valid if it has a turn."""
    line = a_line()
    for key in ("format", "settings", "understood", "retry_of", "asked_pause"):
        del line[key]
    (exchange,) = parse_journal(written(line))["default"]
    assert exchange.understood
    assert exchange.chat_request.last.role == "user"


WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "journal.jsonl: is empty; `electron.exchanges.save"),
    "blank lines": (b"\n  \n", "journal.jsonl: is empty"),
    "text": (b"hello\n", "journal.jsonl:1: is not JSON"),
    "bytes": (b"\xff\xfe\n", "journal.jsonl:1: is not JSON"),
    "truncated": (
        written(a_line()) + written(a_line(number=1))[:100],
        "journal.jsonl:2: the file ends in the middle of this line",
    ),
    "a list": (b"[]\n", "journal.jsonl:1: is not a line of a journal: Expected `object`"),
    "another object": (b"{}\n", "journal.jsonl:1: is not a line of a journal: Object missing"),
    "an archive": (b'{"log":{}}\n', "journal.jsonl:1: is an HTTP Archive"),
    "a wrong type": (written(a_line(status="200")), "Expected `int`, got `str` - at `$.status`"),
    "an outcome": (written(a_line(outcome="gone")), "at `$.outcome`"),
    "a later format": (
        written(a_line(format=3)),
        "journal.jsonl:1: has format 3, and this version of mock-electron reads up to 2",
    ),
    "a setting": (written(a_line(settings={"plam": 1})), "unknown setting 'plam'"),
    "a wrong setting": (written(a_line(settings={"seed": "x"})), "seed must be an integer"),
    "a plan": (written(a_line(settings={"plan": {"x": 1}})), "journal.jsonl:1: "),
    "a fault": (written(a_line(faults=["Nothing()"])), "'Nothing()' is not a fault"),
    "usage": (
        written(a_line(usage={"prompt_tokens": 1, "completion_tokens": 1, "cached_tokens": 9})),
        "journal.jsonl:1: usage.cached_tokens must be at most",
    ),
    "twice": (written(a_line(), a_line()), "journal.jsonl:2: exchange #0 of the lane 'default'"),
    "a negative number": (written(a_line(number=-1)), "Expected `int` >= 0 - at `$.number`"),
    "a request in no UTF-8": (
        written(a_line(request={"model": "?", "messages": []})).replace(b'"?"', b'"\xff"'),
        "journal.jsonl:1: is not JSON ('utf-8' codec can't decode byte 0xff",
    ),
    "a long fault": (written(a_line(faults=["Cut(" * 3000])), "… is not a fault"),
    "a body": (written(a_line(request=None, body_base64="?")), "journal.jsonl:1: "),
}


@each(WRONG)
def test_a_file_that_is_no_journal_is_refused(row: tuple[bytes, str]) -> None:
    """The message has the file, the line and the reason."""
    data, words = row
    with pytest.raises(JournalError) as caught:
        parse_journal(data, "journal.jsonl")
    assert words in str(caught.value)


EDITED: dict[str, Any] = {
    "a list": [1],
    "a text": "x",
    "a wrong type": {"model": "electron", "messages": [{"role": 5}]},
    "no messages": {"model": "electron"},
    "a large number": {"model": "electron", "messages": [], "seed": 10**400},
}


@each(EDITED)
def test_a_request_that_was_edited_is_not_understood(document: Any) -> None:
    """Whatever stands in a line, its exchange can be read, and audited."""
    exchanges = parse_journal(written(a_line(request=document)))["default"]
    assert [one.request for one in exchanges] == [None]
    assert str(exchanges)
    assert audit(exchanges).verdicts["cost"].outcome == "not applicable"


def test_a_message_has_no_keys() -> None:
    """What is quoted from a file may be a secret."""
    key = "sk_live_ABCDEFGHIJKLMNOP"
    wrong = (a_line(faults=[f"Key('{key}')"]), a_line(settings={"plan": f"{key}\n"}))
    for line in wrong:
        with pytest.raises(JournalError) as caught:
            parse_journal(written(line), "journal.jsonl")
        assert key not in str(caught.value)
        assert str(caught.value).isprintable()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message has the path and the reason."""
    with pytest.raises(JournalError, match=r"none\.jsonl: cannot be read: No such file"):
        read_journal(tmp_path / "none.jsonl")


FAULTS: dict[str, Fault] = {
    "none": faults.Reset(),
    "fields": faults.Cut(after=1, inside="character"),
    "texts": faults.Raw(["data: x\n\n", b"\xff"]),
    "an error": fail(429, retry_after=3),
    "a message": fail(503, message='it\'s "late"'),
}


@each(FAULTS)
def test_a_fault_is_read_from_its_text(fault: Fault) -> None:
    """`repr` and the reader are inverse."""
    assert fault_of(repr(fault)) == fault


def test_a_text_that_is_no_fault_is_refused() -> None:
    """Nothing in a file is executed."""
    for text in ("", "Reset", "Reset().x", "open('x')", "Cut(after=print())", "(" * 500):
        with pytest.raises(ValueError, match="is not a fault"):
            fault_of(text)


WORLDS: dict[str, Settings] = {
    "default": Settings(),
    "a plan by name": Settings(plan="standard", clock="real"),
    "structs": Settings(plan=Plan(50, 2), pace=Pace(first=0.3, jitter=0.1)),
    "lists": Settings(cors=("*",), tools=("get_weather",)),
}


@each(WORLDS)
def test_settings_are_written_and_read(settings: Settings) -> None:
    """A line has the settings that differ from their defaults, as JSON."""
    document = json.loads(json.dumps(world_of(settings)))
    assert settings_of(document) == settings


def test_secret_settings_are_not_written() -> None:
    """No key is in a journal file."""
    assert world_of(Settings(api_keys=("sk_a",), accounts=(("sk_a", "sk_b"),))) == {}


def test_a_retry_is_read_back() -> None:
    """The attempt, what it retries, and the pauses are those of the journal."""
    lane = Lane()
    for faults_header in ("fail=429; retry-after=2", ""):
        lane.close(lane.open(arrival(faults=faults_header)), 1)
        lane.clock.advance(1)
    kept = exchanges_of(lane.exchanges(), 0, "", lane.settings)
    _, retry = parse_journal(kept.json_lines().encode())["default"]
    assert (retry.attempt, retry.retry_of, retry.asked_pause) == (2, 0, 2)
    assert (retry.pause, retry.too_early) == (1.0, True)
