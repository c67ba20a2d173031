"""Values of an object that are computed when they are first read."""

from collections.abc import Callable
from typing import Any, Final, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801 (a decorator)
    """Decorate a method: it is called when the attribute is first read, and its value is kept.

    `functools.cached_property` does this too. On Python 3.11 it takes a lock first, which costs more
    than most of the values of the pocket model. A request is answered in one thread.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute: Final = compute
        self._name: Final = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> Self | Value:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
