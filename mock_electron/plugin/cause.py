"""What made a test fail: its frames, and whether missing requests may be the reason."""

from collections.abc import Iterable
from traceback import walk_tb
from types import FrameType
from typing import Final, NamedTuple

import pytest

MISTAKES: Final = (AttributeError, ImportError, NameError, SyntaxError, TypeError)
"""What a test raises because of a mistake in itself, not because no request was received."""

NOT_RUN: Final = "async def functions are not natively supported"
"""The beginning of pytest's message about an async test without a plugin."""


class Cause(NamedTuple):
    """The cause of a failure.

    Attributes:
        hints: Whether to explain that no request was received.
        is_mistake: Whether a mistake in the test is the cause. A forgotten `await` is one.
        frames: The frames of the failure.
        errors: The exceptions.
        test: The function of the test, or None.
    """

    hints: bool
    is_mistake: bool
    frames: tuple[FrameType, ...]
    errors: tuple[BaseException, ...]
    test: object = None

    @property
    def objects(self) -> tuple[object, ...]:
        """The objects without the attribute that an AttributeError names."""
        return tuple(error.obj for error in self.errors if isinstance(error, AttributeError))

    @classmethod
    def of(
        cls, infos: "Iterable[pytest.ExceptionInfo[BaseException]]", test: object = None
    ) -> "Cause":
        """Return the cause of the exceptions of a test.

        Args:
            infos: The exceptions.
            test: The function of the test, or its method.
        """
        infos = tuple(infos)
        frames = tuple(frame for info in infos for frame, _ in walk_tb(info.tb))
        errors = tuple(info.value for info in infos)
        is_mistake = any(map(_is_mistake, errors))
        return cls(
            not (is_mistake or any(map(_is_ours, infos)) or any(map(_has_not_run, errors))),
            is_mistake,
            frames,
            errors,
            getattr(test, "__func__", test),
        )


def _is_mistake(error: BaseException) -> bool:
    """Return whether an exception is about the test itself.

    An exception about a proxy, which prevents the creation of a client, is not.
    """
    return isinstance(error, MISTAKES) and "proxy" not in str(error).lower()


def _has_not_run(error: BaseException) -> bool:
    """Return whether pytest did not run a test, because no plugin runs async functions."""
    return NOT_RUN in str(error)


def _is_ours(info: "pytest.ExceptionInfo[BaseException]") -> bool:
    """Return whether this package raised an exception about a wrong argument."""
    last = info.traceback[-1].frame.f_globals.get("__name__", "") if info.traceback else ""
    return isinstance(info.value, ValueError) and last.partition(".")[0] == "mock_electron"
