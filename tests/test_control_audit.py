"""`GET /lanes/{name}/audit`: what the client of a lane could do better, over HTTP."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from audit_traffic import Traffic
from control_calls import problems
from control_client import ControlClient, ask, controlled

from mock_electron.audit import RULES, Evidence
from mock_electron.engine.exchange import IN_FLIGHT
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server

OFF = ",".join(f"{name}=off" for name in RULES if name not in ("seed", "stream-usage"))
"""Levels that leave two rules, so that new ones change no test."""
PATH = f"/lanes/a/audit?rules={OFF}"


Served = tuple[Server, ControlClient, Any]


@pytest.fixture
def served() -> Iterator[Served]:
    """A server, a client of its control API, and the document of a lane."""
    with controlled() as (server, control):
        yield server, control, control.put("/lanes/a", {"settings": {"clock": "frozen"}})


def test_the_answer_is_that_of_python(served: Served) -> None:
    """It has `Audit.to_dict`, and the numbers of exchanges that are there and that were dropped."""
    _, control, lane = served
    ask(lane, seed=1)
    answer = control.get("/lanes/a/audit")
    traffic = Traffic()
    traffic.ask(seed=1)
    assert (answer.pop("exchanges"), answer.pop("dropped")) == (1, 0)
    assert answer.keys() == traffic.audit().to_dict().keys()
    assert list(answer["rules"]) == list(RULES)
    [seed] = [one for one in answer["findings"] if one["rule"] == "seed"]
    assert seed["id"] == "seed/temperature"
    assert seed["repair"]["snippet"].endswith("temperature=0)")


def test_levels_and_thresholds(served: Served) -> None:
    """They are given with commas in between."""
    _, control, lane = served
    ask(lane, seed=1, temperature=0.5)
    assert control.get(f"{PATH},seed=warn")["rules"]["seed"]["level"] == "warn"
    assert "seed" not in control.get(f"{PATH},seed=off")["rules"]
    assert [one["rule"] for one in control.get(PATH)["findings"]] == ["seed"]
    assert control.get(f"{PATH}&thresholds=seeded-temperature=0.5")["findings"] == []


@pytest.mark.parametrize(
    ("query", "path", "words"),
    [
        ("rules=sed=off", "rules", "unknown rule 'sed'; expected one of "),
        ("rules=seed=no", "rules", "unknown level of seed 'no'; expected one of "),
        ("rules=", "rules", "rules must be a non-empty text, got ''"),
        ("thresholds=seed=1", "thresholds", "unknown threshold 'seed'; expected "),
        (
            "thresholds=seeded_temperature=x",
            "thresholds",
            "seeded_temperature must be a number of at least 0, got 'x'",
        ),
        ("wait=61", "wait", "wait must be a number of seconds from 0 to 60, got '61'"),
        ("rule=seed=off", "rule", "unknown parameter 'rule'; expected one of "),
    ],
)
def test_a_wrong_parameter_is_named(served: Served, query: str, path: str, words: str) -> None:
    """It gets 422 with the parameter and the reason."""
    answer = served[1].send("GET", f"/lanes/a/audit?{query}")
    [problem] = problems(answer)
    assert (answer.status, problem["path"]) == (422, path)
    assert problem["message"].startswith(words)


def test_requests_in_flight_are_judged_as_they_are(served: Served) -> None:
    """With `wait=0`, the answer does not wait for them."""
    server, control, _ = served
    lane = server.app.lanes.named("a")
    assert isinstance(lane, Lane)
    traffic = Traffic(clock="frozen")
    traffic.lane = lane
    flight = traffic.start(stream=True)
    assert lane.peek()[-1].outcome == IN_FLIGHT
    answer = control.get(f"{PATH}&wait=0")
    assert answer["exchanges"] == 1
    assert answer["rules"]["stream-usage"]["outcome"] == "fail"
    flight.end()
    assert control.get(PATH)["findings"] == answer["findings"]


def test_other_requests_are_answered_meanwhile(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An audit takes long if there are thousands of exchanges, so it runs in a thread."""
    _, control, lane = served
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Evidence):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            begun.set()
            assert go_on.wait(10)

    monkeypatch.setattr("mock_electron.audit.run.Evidence", Slow)
    answers: list[Any] = []
    reader = threading.Thread(target=lambda: answers.append(control.get(PATH)))
    reader.start()
    assert begun.wait(10)
    assert ask(lane).status == 200
    assert control.get("/health")["status"] == "ok"
    go_on.set()
    reader.join(10)
    assert answers[0]["exchanges"] == 0


def test_a_lane_that_is_not_there(served: Served) -> None:
    """It gets 404, and 410 when it is closed."""
    _, control, _ = served
    assert control.send("GET", "/lanes/b/audit").status == 404
    control.delete("/lanes/a")
    assert control.send("GET", "/lanes/a/audit").status == 410
