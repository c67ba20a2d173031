"""Methods that are called in a `with` statement, and the error if the call is forgotten."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any, Never, ParamSpec, Self, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class InWith:
    """Decorate a method that is called in a `with` statement.

    If the call is forgotten, the error says how to write it.

    Args:
        form: The right form.
    """

    def __init__(self, form: str) -> None:
        self._form = form

    def __call__(self, method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        """Return the method."""
        described: Any = _MethodInWith(method, self._form)
        return described  # type: ignore[no-any-return]  # it is called like the method


class _MethodInWith:
    def __init__(self, method: Callable[..., Any], form: str) -> None:
        self._method = method
        self._form = form
        wrapper: Any = self  # update_wrapper is typed for functions
        update_wrapper(wrapper, method)

    def __get__(self, instance: object, owner: type) -> Any:
        return (
            self._method if instance is None else _BoundInWith(self._method, instance, self._form)
        )


class _BoundInWith(partial[Any]):
    """A method of an object that raises an error with the right form if `with` enters it."""

    def __new__(cls, method: Callable[..., Any], instance: object, form: str) -> Self:
        bound = super().__new__(cls, method, instance)
        bound._form = form
        bound.__doc__ = method.__doc__
        return bound

    _form: str

    def __enter__(self) -> Never:
        __tracebackhide__ = True
        raise TypeError(f"the call is missing; write {self._form}")

    def __exit__(self, *_: object) -> None: ...

    async def __aenter__(self) -> Never:
        raise TypeError(f"the call is missing; write {self._form}")

    async def __aexit__(self, *_: object) -> None: ...
