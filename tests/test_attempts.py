"""The condition `attempt`: it counts as the exchanges do, whatever the journal has dropped."""

from typing import Any

from lanes import arrival, ask

from mock_electron import Electron, Settings, faults
from mock_electron.engine.lane import Lane


def electron_with(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def test_each_new_question_fails_once() -> None:
    """`when(attempt=1).fail(503)` fails every first attempt, and no second one."""
    electron = electron_with(journal_exchanges=1)
    electron.when(attempt=1).fail(503)
    electron.when(attempt=2).reply("Hi!")
    statuses = [ask(electron._lane, text).status for text in ("a", "a", "b", "b", "a", "a")]
    assert statuses == [503, 200] * 3


def test_it_counts_as_the_exchanges_do() -> None:
    """Errors, broken replies and clients that leave count; other keys and questions do not."""
    electron = electron_with()
    lane = electron._lane
    for number in range(1, 9):
        electron.when(attempt=number).reply("attempt {{attempt}}")

    def leave(**fields: Any) -> None:
        lane.close(lane.open(arrival(stream=True, **fields)), 1)

    ask(lane, stream=True)
    leave()
    leave()
    leave(key="sk_other")
    ask(lane, "Bye", stream=True)
    electron.inject(faults.Cut(after=1))
    ask(lane, stream=True)
    electron.plan(requests_per_minute=1)
    ask(lane, stream=True)
    electron.plan("unlimited")
    ask(lane, stream=True)
    ask(lane, stream=True)
    said = [exchange.text for exchange in electron.exchanges]
    counted = [exchange.attempt for exchange in electron.exchanges]
    assert counted == [1, 1, 2, 1, 1, 3, 4, 5, 1]
    assert said == [f"attempt {n}" if n != 4 else None for n in counted]


def test_where_selects_by_the_attempt() -> None:
    """`where(attempt=2)` finds the retries."""
    electron = electron_with()
    electron.fail(503)
    for _ in range(2):
        ask(electron._lane)
    assert [exchange.status for exchange in electron.exchanges.where(attempt=2)] == [200]
