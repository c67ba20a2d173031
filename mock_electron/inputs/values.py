"""Bases of the values of the public face: frozen structs whose errors say what to write instead.

A value is a `msgspec.Struct`: compiled code creates, copies and compares it. Use the functions of
`msgspec.structs`, such as `replace`.
"""

from collections.abc import Collection, Iterable
from inspect import signature
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from msgspec import Struct, StructMeta

from mock_electron.inputs.attributes import SuggestsNames, refuse_deleting, refuse_setting
from mock_electron.inputs.keywords import check_arguments

Value = TypeVar("Value")

HIDDEN: Final = "…"
"""What messages show instead of an argument that may be secret."""


class _Frozen(StructMeta):
    """The type of `FrozenValue` and of its subclasses."""

    def __init__(
        self, _name: str, _bases: tuple[type, ...], own: dict[str, Any], **_options: Any
    ) -> None:
        setattr(self, "__setattr__", refuse_setting)  # noqa: B010 (mypy); msgspec has set its own
        setattr(self, "__delattr__", refuse_deleting)  # noqa: B010 (mypy)
        if "__repr__" in own and "__rich_repr__" not in own:
            setattr(self, "__rich_repr__", None)  # noqa: B010 (mypy); rich prints the repr


class _Checked(_Frozen):
    """The type of `CheckedValue` and of its subclasses."""

    if not TYPE_CHECKING:  # type checkers know the constructor of a struct

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            try:
                return super().__call__(*args, **kwargs)
            except TypeError as error:
                raised = error
            self._refuse_computed(kwargs)
            check_arguments(self.__name__, signature(self), self._shown(args), kwargs)
            raise raised

        def _refuse_computed(self, names: Iterable[str]) -> None:
            """Raise TypeError if the value of a property is given."""
            __tracebackhide__ = True
            for name in names:
                if isinstance(getattr(self, name, None), property):
                    computed = "it is computed from the other attributes"
                    raise TypeError(f"{self.__name__}() does not accept {name}: {computed}")

        def _shown(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
            """Return the arguments as messages show them, without secret ones."""
            if not issubclass(self, SecretValue):
                return args
            names = zip_longest(self.__struct_fields__[: len(args)], args, fillvalue="")
            return tuple(HIDDEN if not name or name in self._secrets else v for name, v in names)


class FrozenValue(SuggestsNames, Struct, frozen=True, metaclass=_Frozen):
    """Base of values that users read. It suggests names, as `SuggestsNames` says."""


class CheckedValue(FrozenValue, frozen=True, metaclass=_Checked):
    """Base of values that users create. It checks arguments as `checked_keywords` does."""


class SecretValue(CheckedValue, frozen=True):
    """Base of values with secret fields, which their repr does not show."""

    _secrets: ClassVar[Collection[str]] = ()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        shown = [name for name in self.__struct_fields__ if name not in self._secrets]
        return [(name, getattr(self, name)) for name in shown]

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(shown)})"


def unchecked(kind: type[Value]) -> type[Value]:
    """Return the constructor of a kind without the check of its arguments.

    It is for code that makes many values: it takes a third of the time.
    """
    constructor: Any = StructMeta.__call__.__get__(kind)
    return constructor  # type: ignore[no-any-return]  # it is called like the kind itself


def required_fields(kind: type[Struct]) -> tuple[str, ...]:
    """Return the names of the fields without a default."""
    names, defaults = kind.__struct_fields__, kind.__struct_defaults__
    return names[: len(names) - len(defaults)]


def given_fields(value: Struct) -> dict[str, Any]:
    """Return the fields whose values differ from their defaults."""
    names, defaults = value.__struct_fields__, value.__struct_defaults__
    required = len(names) - len(defaults)
    return {
        name: getattr(value, name)
        for number, name in enumerate(names)
        if number < required or getattr(value, name) != defaults[number - required]
    }
