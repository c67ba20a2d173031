"""The categories of warnings."""

import warnings
from typing import Final

from mock_electron.engine.lane import Lane

WITHOUT_ANSWER: Final = "when() without an answer"
NO_ANSWER: Final = f"{WITHOUT_ANSWER}: add .reply(…), .fail(…) or .respond_with(…)"


class LateRequestWarning(UserWarning):
    """A request arrived after its test had ended."""

    __module__ = "mock_electron"  # as reports show it


class ShadowedStepWarning(UserWarning):
    """A step of a script never answers, because an earlier step answers all its requests."""

    __module__ = "mock_electron"  # as reports show it


class UnansweredWhenWarning(UserWarning):
    """A `when(…)` call was not followed by an answer, so it had no effect."""

    __module__ = "mock_electron"  # as reports show it


def warn_about_unanswered(lane: Lane) -> None:
    """Warn about each `when(…)` without an answer, at the line of the call.

    Raises:
        UnansweredWhenWarning: If a filter turns the warning into an error.
    """
    for pending in lane.pending:
        if not pending.answered:
            file, _, line = pending.location.rpartition(":")
            warnings.warn_explicit(NO_ANSWER, UnansweredWhenWarning, file, int(line))
