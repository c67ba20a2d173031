"""`dataclass`, as in the standard library, for classes that are cheap to create.

1. The standard decorator compiles up to six methods for each class. This one compiles `__init__`
   when it is first used, and shares the others, so a class takes a tenth of the time. The package
   has 150 of them, and their creation was a third of the start-up time of the server.
2. It supports what the package uses: `frozen`, `slots`, `eq`, `repr` and `kw_only`.
3. `fields`, `replace` and the other functions of `dataclasses` accept the classes.
4. Type checkers and documentation generators read the standard decorator.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen=False, slots=False, eq=True, repr=True, kw_only=False):  # noqa: A002
        """Return the decorator with these options, as `dataclasses.dataclass` has them."""
        shared = {
            "__repr__": _repr if repr else None,
            "__eq__": _eq if eq else None,
            "__setattr__": _refuse_assignment if frozen else None,
            "__delattr__": _refuse_deletion if frozen else None,
            "__getstate__": _state if frozen and slots else None,
            "__setstate__": _set_state if frozen and slots else None,
        }

        def decorate(cls: type) -> type:
            cls = _described(cls, init=False, repr=False, eq=False, kw_only=kw_only)
            init = cls.__init__ = _Init(frozen)
            for name, method in shared.items():
                if method is not None and name not in cls.__dict__:
                    setattr(cls, name, method)
            if eq and cls.__dict__.get("__hash__") is None:
                cls.__hash__ = _hash if frozen else None
            init.owner = _with_slots(cls, init) if slots else cls
            return init.owner

        return decorate


class _Factory:
    """The default value, in a signature, of a field with a factory."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY: Final = _Factory()


def _described(cls: type, **options: bool) -> type:
    """Return the class with its fields. Without a docstring, the standard library makes one."""
    return dataclasses.dataclass(**options)(cls)


class _Init:
    """A constructor that is compiled when it is first used, and then replaces this object.

    Attributes:
        owner: The class.
        frozen: Whether its objects are frozen.
    """

    def __init__(self, frozen: bool) -> None:
        self.owner: type = object
        self.frozen = frozen

    def __get__(self, instance: object, _cls: type | None = None) -> Callable[..., None]:
        init = _init(self.owner, self.frozen)
        setattr(self.owner, "__init__", init)  # noqa: B010 (an assignment would be untyped)
        return init if instance is None else init.__get__(instance)


def _init(cls: type, frozen: bool) -> Callable[..., None]:
    """Return the constructor of a class."""
    names: dict[str, Any] = {"_set": object.__setattr__, "_FACTORY": _FACTORY}
    by_place: list[str] = ["self"]
    by_name: list[str] = []
    lines: list[str] = []
    for field in dataclasses.fields(cls):
        name = value = field.name
        parameter = name
        if field.default is not MISSING:
            names[f"_{name}"] = field.default
            parameter = f"{name}=_{name}"
        elif field.default_factory is not MISSING:
            names[f"_{name}"] = field.default_factory
            parameter = f"{name}=_FACTORY"
            value = f"_{name}() if {name} is _FACTORY else {name}"
        (by_name if field.kw_only else by_place).append(parameter)
        lines.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join([*by_place, *(["*", *by_name] if by_name else [])])
    exec(f"def __init__({parameters}):\n " + "\n ".join(lines or ["pass"]), names)  # noqa: S102
    init: Callable[..., None] = names.pop("__init__")
    init.__module__, init.__qualname__ = cls.__module__, f"{cls.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in dataclasses.fields(cls)}
    init.__annotations__["return"] = None
    return init


def _with_slots(cls: type, init: _Init) -> type:
    """Return the class with `__slots__`, which has to be made anew for that."""
    members = dict(cls.__dict__)
    names = [field.name for field in dataclasses.fields(cls)]
    inherited = {name for base in cls.__mro__[1:-1] for name in base.__dict__.get("__slots__", ())}
    for name in (*names, "__dict__", "__weakref__"):
        members.pop(name, None)
    init.owner = cls  # for `__init_subclass__`, which may read `__init__`
    members["__slots__"] = tuple(name for name in names if name not in inherited)
    made = type(cls)(cls.__name__, cls.__bases__, members)
    made.__qualname__ = cls.__qualname__
    return made


@cache
def _reader(cls: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Return the function that reads the fields by which objects of a class are compared."""
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _eq(self: Any, other: object) -> Any:
    cls: Any = self.__class__
    if other.__class__ is not cls:
        return NotImplemented
    values = _reader(cls)  # type: ignore[arg-type]  # for mypy, objects have no hash
    return values(self) == values(other)


def _hash(self: Any) -> int:
    return tuple.__hash__(_reader(self.__class__)(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_assignment(self: object, name: str, value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
