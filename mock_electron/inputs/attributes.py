"""Attributes that do not exist or cannot be set: the error says what to write instead."""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from opcode import opmap
from typing import TYPE_CHECKING, Any, ClassVar, Final, ParamSpec

from mock_electron.inputs.spelling import did_you_mean

Arguments = ParamSpec("Arguments")
IMPORT_FROM: Final = opmap["IMPORT_FROM"]
"""The instruction with which `from module import name` reads the name."""


class SuggestsNames:
    """Base of classes that suggest the right form or the nearest name for an unknown attribute.

    Public attributes cannot be set, because an assignment would have no effect.
    """

    __slots__ = ()
    _right_forms: ClassVar[Mapping[str, str]] = {}
    """What to write instead of attributes that other objects have, by name."""
    _set_forms: ClassVar[Mapping[str, str]] = {}
    """What to write instead of an assignment to an attribute, by name."""
    _set_once: ClassVar[tuple[str, ...]] = ()
    """The public attributes that `__init__` sets."""

    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: object) -> None:
            __tracebackhide__ = True
            if not name.startswith("_") and (name not in self._set_once or name in vars(self)):
                raise AttributeError(_cannot_be_set(self, name), name=name)
            super().__setattr__(name, value)

        def __getattr__(self, name: str) -> object:
            __tracebackhide__ = True
            form = type(self)._right_forms.get(name)
            hint = "" if name.startswith("_") else did_you_mean(name, _public_names(self))
            end = f"; write {form}" if form else hint and f".{hint}"
            message = f"{type(self).__name__!r} object has no attribute {name!r}{end}"
            raise AttributeError(message, name=name)  # with obj=self, Python adds its own hint


def refuse_setting(self: SuggestsNames, name: str, _value: object) -> None:
    """Raise AttributeError with what to write instead: the `__setattr__` of frozen values."""
    __tracebackhide__ = True
    raise AttributeError(_cannot_be_set(self, name), name=name)


def refuse_deleting(self: SuggestsNames, name: str) -> None:
    """Raise AttributeError: the `__delattr__` of frozen values."""
    __tracebackhide__ = True
    message = f"attribute {name!r} of {type(self).__name__!r} object cannot be deleted"
    raise AttributeError(message, name=name)


def _cannot_be_set(value: SuggestsNames, name: str) -> str:
    message = f"attribute {name!r} of {type(value).__name__!r} object cannot be set"
    return message + _instead_of_setting(value, name)


def _instead_of_setting(value: SuggestsNames, name: str) -> str:
    """Return the end of the message about an assignment: what to write instead, if it is known."""
    form = value._set_forms.get(name) or value._right_forms.get(name)
    if form:
        return f"; write {form}"
    if callable(getattr(type(value), name, None)):
        return f"; it is a method: write {name}(…)"
    names = _public_names(value)
    return "" if name in names else f".{did_you_mean(name, names)}".rstrip(".")


def _public_names(value: object) -> list[str]:
    return [name for name in dir(value) if not name.startswith("_")]


class NoResult(SuggestsNames):
    """The value of a method without a result. Each attribute raises an error with the right form.

    Args:
        method: The name of the method.
        forms: What to write instead of a method call on this value, by the name of that method.
    """

    __slots__ = ("_forms", "_method")

    def __init__(self, method: str, forms: Mapping[str, str]) -> None:
        self._method = method
        self._forms = forms

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<no result of {self._method}()>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            __tracebackhide__ = True
            separate = f"electron.{self._method}(…) and electron.{name}(…) as two statements"
            form = self._forms.get(name, separate)
            message = f"{self._method}() has no result with the method {name!r}; write {form}"
            raise AttributeError(message, name=name)


def without_result(
    **forms: str,
) -> Callable[[Callable[Arguments, None]], Callable[Arguments, None]]:
    """Decorate a method so that a method call on its result raises an error with the right form.

    Without it, Python says that None has no such attribute. Type checkers see None.

    Args:
        forms: What to write instead, by the name of the method that is called on the result.
    """

    def decorate(function: Callable[Arguments, None]) -> Callable[Arguments, None]:
        nothing: Any = NoResult(function.__name__, forms)

        @wraps(function)
        def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            __tracebackhide__ = True
            function(*args, **kwargs)
            # For type checkers, the function still returns None.
            return nothing  # type: ignore[no-any-return]

        return call

    return decorate


def missing_name(message: str, name: str) -> ImportError | AttributeError:
    """Return what the `__getattr__` of a module raises for a name that the module does not have.

    In `from module import name`, Python replaces the message of an AttributeError. So there, it is
    an ImportError.

    Args:
        message: What is wrong.
        name: The name.
    """
    frame = sys._getframe(2)  # the code that uses the module
    is_import = frame.f_code.co_code[frame.f_lasti] == IMPORT_FROM
    return ImportError(message, name=name) if is_import else AttributeError(message, name=name)
