"""Call user functions, so that what they raise differs from an error of the fake itself."""

from collections.abc import Callable
from typing import Final, TypeVar

Value = TypeVar("Value")

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
    """Call a function, and return whether its value is true; see `call`."""
    return call(name, lambda: bool(function(*args)))


def described(error: BaseException) -> str:
    """Return the type and the message of an exception, even if its `__str__` raises."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return f"{type(error).__name__}: <its __str__ raises an exception>"


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
