"""Call user functions, so that what they raise differs from an error of the fake itself."""

import inspect
from collections.abc import Callable
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException
from types import CodeType
from typing import Final, TypeVar

from mock_electron.inputs.spelling import echoed

Value = TypeVar("Value")

ALWAYS_TRUE: Final = (
    (inspect.isawaitable, "it must be a plain function, not an async one"),
    (inspect.isasyncgen, "it must be a plain function, not an async one"),
    (inspect.isgenerator, "it must return True or False"),
    (inspect.isroutine, "it must return True or False; is a call () missing?"),
)
"""Results of a condition that are true whatever the request is, and what is wrong with them."""
PACKAGE: Final = Path(__file__).parents[1]
LIBRARY: Final = (str(Path(inspect.__file__).parent), "<frozen ")
"""How the paths of files of the standard library, and of packages installed in it, begin."""
MOST_RAISED: Final = 100
"""The maximum number of exceptions that a lane keeps; later ones are only in the journal."""


class UserFunctionError(Exception):
    """A user function raised an exception. The cause is that exception.

    Args:
        function: The description of the function, such as "the function given to respond_with()".
        raised: What it raised. It need not be an `Exception`: `pytest.fail()` and `sys.exit()`
            raise other exceptions.

    Attributes:
        function: The description of the function.
        raised: What it raised.
    """

    def __init__(self, function: str, raised: BaseException) -> None:
        super().__init__(f"{function} raised {type(raised).__name__}")
        self.function = function
        self.raised = raised


def is_true(name: str, function: Callable[..., object], *args: object) -> bool:
    """Call a function, and return whether its value is true; see `call`.

    A value that is true whatever the request is, such as a coroutine, counts as an exception.
    """
    return call(name, truth, name, function, *args)


def truth(name: str, function: Callable[..., object], *args: object) -> bool:
    """Return whether the value of a function is true.

    Raises:
        TypeError: If it is true whatever the request is, such as a coroutine.
    """
    value = function(*args)
    if value is True or value is False:
        return value
    wrong = next((words for is_such, words in ALWAYS_TRUE if is_such(value)), "")
    if wrong:
        discard(value)
        raise TypeError(f"{name} returned {echoed(value)}; {wrong}{defined_at(function)}")
    return bool(value)


def discard(value: object) -> None:
    """Close a coroutine that nothing awaits, so that Python does not warn about it."""
    if inspect.iscoroutine(value):
        value.close()


def described(error: BaseException) -> str:
    """Return the type and any message of an exception, even if its `__str__` raises."""
    try:
        return ": ".join(filter(None, (type(error).__name__, str(error))))
    except BaseException:  # a user's __str__ may even end the program
        return f"{type(error).__name__}: <its __str__ raises an exception>"


def defined_at(function: object) -> str:
    """Return `; it is defined at test_agent.py:12` for a Python function, or ""."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return ""
    return f"; it is defined at {Path(code.co_filename).name}:{code.co_firstlineno}"


def traceback_text(error: BaseException) -> str:
    """Return the traceback of what a user function raised, without the frames of this package."""
    found = TracebackException.from_exception(error)
    shown: TracebackException | None = found
    while shown is not None:
        cause = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)
        if cause is not None and _is_internal(cause):
            shown.__cause__ = shown.__context__ = cause = None
        shown.stack = StackSummary.from_list([one for one in shown.stack if not _is_ours(one)])
        shown = cause
    return "".join(found.format() if found.stack else found.format_exception_only())


def _is_internal(error: TracebackException) -> bool:
    """Return whether this package caught an exception, and no user function raised it."""
    frames = list(error.stack)
    is_caught = bool(frames) and _is_ours(frames[0])
    return is_caught and all(_is_ours(one) or one.filename.startswith(LIBRARY) for one in frames)


def _is_ours(frame: FrameSummary) -> bool:
    return Path(frame.filename).is_relative_to(PACKAGE)


def call(name: str, function: Callable[..., Value], *args: object) -> Value:
    """Call a function, and return its value.

    Args:
        name: The description of the function, for the log.
        function: The function.
        *args: Its arguments.

    Raises:
        UserFunctionError: If the function raises anything.
    """
    try:
        return function(*args)
    except BaseException as error:
        raise UserFunctionError(name, error) from error
