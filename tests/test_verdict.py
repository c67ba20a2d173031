"""The verdict on a lane: whether its script and its requests match."""

from lanes import ask

from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.testing.electron import Electron
from mock_electron.testing.strict import Verdict, verdict_of


def test_a_lane_without_requests_and_steps_is_ok() -> None:
    """Nothing was promised, and nothing is missing."""
    verdict = verdict_of(Lane())
    assert verdict == Verdict((), (), (), 0)
    assert verdict.ok


def test_a_step_that_is_left_is_in_the_verdict() -> None:
    """A lane need not be strict for its verdict to name the steps that are left."""
    lane = Lane()
    electron = Electron(lane, "")
    electron.reply("Hi!", times=2)
    ask(lane, "Hello")
    verdict = verdict_of(lane)
    assert not verdict.ok
    assert len(verdict.steps_left) == 1
    assert "answered 1 time, expected 2 times" in verdict.steps_left[0]
    ask(lane, "Hello")
    assert verdict_of(lane) == Verdict((), (), (), 2)


def test_a_refusal_is_in_the_verdict() -> None:
    """The refusals of a strict lane are listed, each with the reason."""
    lane = Lane(Settings(strict=True))
    ask(lane, "Hello")
    verdict = verdict_of(lane)
    assert not verdict.ok
    assert verdict.not_scripted[0].startswith("#0: No step of the script answers this request")


def test_what_a_user_function_raised_is_in_the_verdict() -> None:
    """A function that raised is never lost."""

    def fails(_request: object) -> str:
        raise KeyError("city")

    lane = Lane()
    Electron(lane, "").respond_with(fails)
    ask(lane, "Hello")
    assert "KeyError" in verdict_of(lane).raised[0]
