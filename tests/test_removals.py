"""Steps and injected faults that are removed one at a time, and faults with conditions."""

import sys
from collections.abc import Iterator
from threading import Thread

import pytest
from lanes import arrival, ask, body

from mock_electron import Electron, faults
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.faults.replacement import fail
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.script import Script
from mock_electron.engine.script.step import Step
from mock_electron.model.scripted import reply


def test_a_removed_step_does_not_answer_and_the_others_keep_their_numbers() -> None:
    """A number never belongs to another step, so that exchanges stay readable."""
    lane = Lane()
    electron = Electron(lane, "")
    for text in ("one", "two", "three"):
        electron.reply(text)
    assert lane.remove_step(2)
    assert [(one.number, one.used) for one in lane.script()] == [(1, 0), (3, 0)]
    electron.reply("four")
    answers = [body(ask(lane, f"Hi {number}")) for number in range(3)]
    assert [
        word in answer for word, answer in zip((b"one", b"three", b"four"), answers, strict=True)
    ] == [True] * 3
    assert [one.step for one in lane.peek()] == [1, 3, 4]


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_step_that_does_not_exist_cannot_be_removed(number: int) -> None:
    """Removing is refused for a number without a step, and for one that was removed."""
    lane = Lane()
    step = Electron(lane, "").reply("one")
    assert not lane.remove_step(number)
    assert lane.remove_step(1)
    assert not lane.remove_step(1)
    with pytest.raises(RuntimeError, match="was removed"):
        step.times(2)
    assert repr(step) == "<step 1: removed>"


def test_a_removed_step_leaves_nothing_behind() -> None:
    """A program may add and remove steps as long as a server runs."""
    script, step = Script(), Step(reply("one"))
    references = sys.getrefcount(step)
    for number in range(1, 100):
        assert script.add(step) == number
        assert script.remove(number)
    assert (script.size, script.states, script.state(99)) == (0, (), None)
    assert sys.getrefcount(step) == references


def test_a_step_that_is_removed_while_it_answers_is_not_missed() -> None:
    """A user function may remove the step that calls it."""
    lane = Lane()

    def answer(_request: object) -> str:
        lane.remove_step(1)
        return "once"

    Electron(lane, "").when().respond_with(answer)
    assert b"once" in body(ask(lane))
    assert b"once" not in body(ask(lane))


def test_steps_that_are_added_together_are_seen_together() -> None:
    """No request is answered by a part of a body, and none is lost by a reset meanwhile."""
    lane, seen = Lane(), list[int]()
    other = Thread(target=lambda: seen.append(len(lane.script())))

    class Steps(list[Step]):
        """Steps, during which another thread looks at the script."""

        def __iter__(self) -> Iterator[Step]:
            for number in range(3):
                if number == 2:
                    other.start()
                    other.join(0.05)
                yield self[number]

    assert lane.add_all(Steps([Step(reply("one"))] * 3), 3)
    other.join()
    assert seen == [3]


def test_steps_that_are_too_many_are_not_added() -> None:
    """None of them is."""
    lane = Lane()
    assert lane.add_all([Step(reply("one"))] * 3, 3)
    assert lane.add_all([Step(reply("two"))], 3) is None
    assert lane.number_of_steps == 3


def test_injected_faults_are_listed_with_their_uses() -> None:
    """A fault without uses left stays in the list, so that a client can see that it applied."""
    lane = Lane()
    first = lane.inject(Injection(fail(503), times=1))
    second = lane.inject(Injection(faults.Crlf(), every=2))
    ask(lane)
    ask(lane, stream=True)
    assert [(one.number, one.used, one.seen) for one in lane.injected()] == [
        (first, 1, 1),
        (second, 0, 1),
    ]


def test_an_injected_fault_is_removed_alone() -> None:
    """The other faults stay, with their numbers, on which their rates depend."""
    lane = Lane()
    first = lane.inject(Injection(fail(503), every=1))
    second = lane.inject(Injection(fail(502), every=1))
    assert lane.remove_fault(first)
    assert not lane.remove_fault(first)
    assert ask(lane).status == 502
    assert [one.number for one in lane.injected()] == [second]


def test_a_fault_with_conditions_applies_to_requests_that_meet_them() -> None:
    """The conditions are those of `when`: they see headers, keys and attempts too."""
    lane = Lane()
    lane.inject(Injection(fail(503), match=Match.of(says="weather", api_key="sk_a")))
    lane.inject(Injection(fail(502), match=Match.of(attempt=2)))
    requests = [
        arrival("The weather?"),
        arrival("The weather?", key="sk_a"),
        arrival("The news?", key="sk_a"),
    ]
    statuses = []
    for one in requests:
        answer = lane.open(one)
        lane.close(answer, len(answer.frames))
        statuses.append(answer.status)
    assert statuses == [200, 503, 200]
    assert [one.excluded for one in lane.injected()] == [2, 2]


def test_the_hint_about_unmet_conditions_names_no_function() -> None:
    """A fault that never applied says why."""
    lane = Lane()
    lane.inject(Injection(fail(503), match=Match.of(says="weather")))
    ask(lane, "Hi")
    assert lane.waiting_faults() == ("fail(503), because no request met its conditions",)
