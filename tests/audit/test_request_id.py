"""`request-id`: the ids of answers that never appear in the client's log."""

import json
from collections.abc import Callable
from pathlib import Path

from audit_traffic import Traffic
from msgspec.structs import replace
from rows import each

from mock_electron import read_journal
from mock_electron.audit import audit
from mock_electron.traffic.exchanges import exchanges_of

Talk = Callable[[Traffic], object]
Log = Callable[[list[str]], str | None]


def mixed(traffic: Traffic) -> None:
    """A reply, an error, its retry, a stream, a stream that is left, and a wrong request."""
    traffic.ask("A")
    traffic.ask("B", faults="fail=503")
    traffic.ask("B", at=0.5)
    traffic.ask("C", stream=True)
    traffic.ask("C", stream=True, sent=2)
    traffic.ask("D", n=2)


def plain(ids: list[str]) -> str:
    return "\n".join(f"INFO chat completion request_id={one}" for one in ids)


def of_errors(ids: list[str]) -> str:
    return plain([ids[1], ids[5]])


FOUND: dict[str, tuple[Talk, Log, dict[str, tuple[int, ...]]]] = {
    "none": (
        mixed,
        lambda ids: "INFO HTTP Request: POST http://mock 200 OK",
        {"failed": (1, 5), "missing": (0, 2, 3, 4)},
    ),
    "not those of errors": (
        mixed,
        lambda ids: plain([ids[0], *ids[2:5]]),
        {"failed": (1, 5)},
    ),
    "only those of errors": (mixed, of_errors, {"missing": (0, 2, 3, 4)}),
    "one is missing": (mixed, lambda ids: plain(ids[:-2] + ids[-1:]), {"missing": (4,)}),
    "the beginning": (
        lambda t: t.ask(),
        lambda ids: f"id {ids[0][:-1]}",
        {"missing": (0,)},
    ),
    "the first part": (lambda t: t.ask(), lambda ids: ids[0][:8], {"missing": (0,)}),
    "the end": (lambda t: t.ask(), lambda ids: ids[0][1:], {"missing": (0,)}),
    "the id of the completion": (
        lambda t: t.ask(),
        lambda ids: "chatcmpl-a670053f3ab2ed8f",
        {"missing": (0,)},
    ),
    "a frozen clock": (
        lambda t: t.ask(faults="fail=500"),
        lambda ids: "it failed",
        {"failed": (0,)},
    ),
}


@each(FOUND)
def test_a_missing_id_is_found(row: tuple[Talk, Log, dict[str, tuple[int, ...]]]) -> None:
    """Those of failures weigh more. The finding lists the ids."""
    talk, log, expected = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("request-id", logs=log(ids_of(traffic)))
    assert {one.kind: one.exchanges for one in verdict.findings} == expected
    for finding in verdict.findings:
        assert ids_of(traffic)[finding.exchanges[0]] in finding.details[0]
        assert finding.severity == ("medium" if finding.kind == "failed" else "low")


NOT_FOUND: dict[str, tuple[Talk, Log, str]] = {
    "all": (mixed, plain, "pass"),
    "in JSON": (
        mixed,
        lambda ids: "\n".join(json.dumps({"msg": "chat", "request_id": one}) for one in ids),
        "pass",
    ),
    "in JSON in JSON": (
        mixed,
        lambda ids: "\n".join(json.dumps({"msg": json.dumps(["\n" + one])}) for one in ids),
        "pass",
    ),
    "in upper case": (mixed, lambda ids: plain(ids).upper(), "pass"),
    "between brackets": (mixed, lambda ids: "".join(f"[{one}]" for one in ids), "pass"),
    "in the body of an error": (
        lambda t: t.ask(faults="fail=503"),
        lambda ids: "Error code: 503 - {'error': {'request_id': '" + ids[0] + "'}}",
        "pass",
    ),
    "twice, in another order": (mixed, lambda ids: plain([*reversed(ids), *ids]), "pass"),
    "no log": (mixed, lambda ids: None, "not observable"),
    "an empty log": (mixed, lambda ids: " \n", "not observable"),
    "nothing": (lambda t: None, plain, "not applicable"),
    "no answer": (lambda t: t.ask(faults="reset"), lambda ids: "reset", "not applicable"),
    "left before the answer": (
        lambda t: t.ask(stream=True, sent=0),
        lambda ids: "left",
        "not applicable",
    ),
}


@each(NOT_FOUND)
def test_nothing_is_found(row: tuple[Talk, Log, str]) -> None:
    """Only ids that the client has received are looked for, and only in a log."""
    talk, log, outcome = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("request-id", logs=log(ids_of(traffic)))
    assert (verdict.outcome, verdict.findings) == (outcome, ())


def test_a_short_id_counts_as_a_whole() -> None:
    """An id that a script gives may be the beginning of another one."""
    traffic = Traffic()
    traffic.ask()
    short = [replace(one, request_id="req-1") for one in traffic.exchanges]
    exchanges = exchanges_of(short, 0, "", traffic.lane.settings)
    for log, outcome in {"id=req-10": "fail", "my-req-1": "fail", "req-10 req-1.": "pass"}.items():
        assert audit(exchanges, logs=log).verdicts["request-id"].outcome == outcome, log


def test_many_ids_are_cut() -> None:
    """A finding lists 20, and says how many more there are."""
    traffic = Traffic()
    for number in range(25):
        traffic.ask(f"Question {number}")
    [finding] = traffic.verdict("request-id", logs="nothing").findings
    assert len(finding.exchanges) == 25
    assert finding.details[-1] == "and 5 more"


def test_a_file_has_the_same_findings(tmp_path: Path) -> None:
    """Ids, statuses and outcomes are in the file."""
    traffic = Traffic()
    mixed(traffic)
    traffic.exchanges.save(tmp_path / "journal.jsonl")
    read = audit(read_journal(tmp_path / "journal.jsonl")["default"], logs="nothing")
    assert read.verdicts["request-id"] == traffic.verdict("request-id", logs="nothing")


def ids_of(traffic: Traffic) -> list[str]:
    return [one.request_id for one in traffic.exchanges]
