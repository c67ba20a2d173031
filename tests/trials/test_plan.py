"""The trials of a scenario: each fault at each request and chunk, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import each
from scenario import Request, exchanges_with, places, search, trials

from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.faults.replacement import Fail
from mock_electron.engine.lane import Lane
from mock_electron.faults import Cut, Reset, Silence, fail
from mock_electron.scripts import loads
from mock_electron.trials.kinds import KINDS, chosen_kinds
from mock_electron.trials.plan import is_paired, pair_trials
from mock_electron.trials.search import Result
from mock_electron.trials.steps import inject_lines, written_script

REQUESTS = st.builds(
    Request,
    text=st.sampled_from(["Hi", "How is the weather?", "Tell me more"]),
    stream=st.booleans(),
    calls=st.booleans(),
    usage=st.booleans(),
)


@given(st.lists(REQUESTS, min_size=1, max_size=4), st.data())
def test_a_fault_happens_in_the_request_that_the_trial_names(
    requests: list[Request], data: st.DataObject
) -> None:
    """Whatever the other requests are, no other one has a fault."""
    trial = data.draw(st.sampled_from(trials(requests)))
    [aim] = trial.aims
    expected = [(aim.fault,) if number == aim.request else () for number in range(len(requests))]
    assert [one.faults for one in exchanges_with(requests, trial)] == expected


@given(st.lists(REQUESTS, min_size=1, max_size=3), st.data())
def test_the_second_fault_of_a_pair_happens_in_the_retry(
    requests: list[Request], data: st.DataObject
) -> None:
    """The retry comes directly after the request with the first fault."""
    singles = trials(requests, "usual")
    first = data.draw(st.sampled_from([one for one in singles if is_paired(one)]))
    pair = data.draw(st.sampled_from(pair_trials(first, singles, places(requests))))
    number = first.column
    repeated = [*requests[: number + 1], *requests[number:]]
    faults = [one.faults for one in exchanges_with(repeated, pair)]
    assert faults[number : number + 2] == [(aim.fault,) for aim in pair.aims]
    assert [one for one in faults if one] == faults[number : number + 2]


@given(st.lists(REQUESTS, min_size=1, max_size=4), st.data())
def test_a_script_shows_the_same(requests: list[Request], data: st.DataObject) -> None:
    """Before the other steps, the script of a trial has the fault in the same request."""
    trial = data.draw(st.sampled_from(trials(requests, "usual")))
    script = written_script(Result(trial, "hung"), places(requests))
    if not script:  # an earlier request has the same text
        alike = [request for request in requests if request.text == requests[trial.column].text]
        assert len(alike) > 1
        return

    def load(lane: Lane) -> None:
        for step in loads(script.encode(), "steps.yaml"):
            lane.add(step)

    faults = [one.faults for one in exchanges_with(requests, None, load)]
    assert faults[trial.column] == (trial.aims[0].fault,)
    assert sum(map(len, faults)) == 1


def test_the_first_round_has_each_fault_once() -> None:
    """A budget of one round leaves out no kind that is possible."""
    cells = [trial.cell for trial in trials([Request(), Request(stream=False)], "usual")]
    different = set(cells)
    assert set(cells[: len(different)]) == different
    assert {row for row, _ in cells} > {"503", "cut", "half a reply", "silence", "stall"}


def test_every_chunk_is_tried() -> None:
    """Also a cut before the first chunk, and one before the end of the stream."""
    [place] = places([Request()])
    cuts = [trial.aims[0].fault for trial in trials([Request()], ["cut"])]
    last = place.exchange.chunks
    assert cuts[0] == Cut(after=last // 2)
    assert set(cuts) == {Cut(after=after) for after in range(last + 1)}


def test_what_takes_time_is_tried_at_one_chunk() -> None:
    """A client that survives each stall by its time-out would need minutes otherwise."""
    assert len(trials([Request(usage=True)], ["stall", "silence"])) == 2


POSSIBLE = {
    "a reply in one piece cannot be cut after a chunk": (Request(stream=False), "cut", False),
    "a stream has no half": (Request(), "half a reply", False),
    "no usage without usage": (Request(), "no usage", False),
    "no usage with usage": (Request(usage=True), "no usage", True),
    "arguments without calls": (Request(), "bad arguments", False),
    "arguments of calls": (Request(calls=True), "bad arguments", True),
    "an error is always possible": (Request(stream=False), "503", True),
}


@each(POSSIBLE)
def test_a_fault_is_tried_where_it_is_possible(row: tuple[Request, str, bool]) -> None:
    """An impossible fault would be a trial without a result."""
    request, kind, is_possible = row
    assert bool(trials([request], [kind])) is is_possible


CHOSEN = {
    "usual": ("usual", "503", "chunk twice"),
    "all": ("all", "chunk twice", "nothing"),
    "names": (["cut", "503"], "cut", "reset"),
    "values": ([fail(503), Reset(), Silence()], "Reset()", "503"),
}


@each(CHOSEN)
def test_kinds_are_chosen(row: tuple[object, str, str]) -> None:
    """By a word, by names, or as values."""
    chosen, present, absent = row
    names = [kind.name for kind in chosen_kinds(chosen)]  # type: ignore[arg-type]  # a mistake
    assert present in names
    assert absent not in names


WRONG = {
    "a word": ("usuall", ValueError, "Did you mean 'usual'"),
    "one name": ("503", ValueError, "in a list"),
    "a misspelled name": (["cutt"], ValueError, "Did you mean 'cut'"),
    "one fault": (Reset(), TypeError, "a list of faults"),
    "a status": ([503], TypeError, "names such as '503'"),
    "nothing": ([], ValueError, "must not be empty"),
}


@each(WRONG)
def test_a_wrong_choice_is_refused(row: tuple[object, type[Exception], str]) -> None:
    """The message says what is accepted."""
    chosen, kind, words = row
    with pytest.raises(kind, match=words):
        chosen_kinds(chosen)  # type: ignore[arg-type]  # a mistake


def test_every_fault_of_the_catalogue_is_tried() -> None:
    """A new fault gets a row, usual or not."""
    made = {type(kind.make(1, 1.0)) for kind in KINDS}
    assert made == {*FAULTS.values(), Fail}


def test_the_names_of_kinds_are_different() -> None:
    """They are the rows of the matrix."""
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_the_lines_of_a_test() -> None:
    """They are what a reader would write: without arguments that have their defaults."""
    requests = [Request(), Request(stream=False), Request("Why?")]
    lines = {trial.name: inject_lines(trial) for trial in search(requests).singles}
    assert lines["fail(503) in #0"] == ("electron.inject(fail(503))",)
    assert lines["Reset() in #2"] == ("electron.inject(faults.Reset(), every=3, times=1)",)
    assert lines["Cut(after=1) in #2"] == (
        "electron.inject(faults.Cut(after=1), every=2, times=1)",  # of two streams
    )
