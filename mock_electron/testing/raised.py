"""Exceptions of user functions that end the test: failures, skips and exits.

A user function runs in the thread of the server, so its exception cannot reach the test directly.
The request is answered with 500, and the exception is raised again in the test.
"""

from mock_electron.engine.lane import Lane


def outcome_of(lane: Lane, also: tuple[type[BaseException], ...] = ()) -> BaseException | None:
    """Return the first exception with which a user function of a lane ends the test, or None.

    These are AssertionError, `unittest.SkipTest`, and all exceptions that are not an `Exception`,
    such as those of `pytest.fail()`, `pytest.skip()` and `sys.exit()`. Any other exception is an
    error of the function: it makes the request fail, and strict tests report it.

    Args:
        lane: The lane.
        also: More types of exceptions that end the test.
    """
    if not lane.raised:
        return None  # nearly always
    from unittest import SkipTest

    ending = (AssertionError, SkipTest, *also)
    for error in lane.raised:
        if isinstance(error, ending) or not isinstance(error, Exception):
            return _without_own_frames(error)
    return None


def _without_own_frames(error: BaseException) -> BaseException:
    """Return the exception with a traceback that begins in the user function."""
    traceback = error.__traceback__
    while traceback and traceback.tb_frame.f_globals.get("__name__", "").startswith(
        "mock_electron."
    ):
        traceback = traceback.tb_next
    return error.with_traceback(traceback)
