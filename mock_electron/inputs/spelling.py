"""How messages show values, and suggestions of the nearest name for unknown ones."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from os.path import commonprefix
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    ParamSpec,
    TypeVar,
    Unpack,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
    overload,
)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


NO_FORMS: Final[Mapping[str, str]] = MappingProxyType({})
LONGEST_ECHO: Final = 100
"""The default maximum number of characters of a value in a message."""


LONGEST_SHORT: Final = 4
"""The length up to which two characters in common are not enough for a suggestion."""
VERY_SIMILAR: Final = 0.75
"""The similarity from which two names may begin with different letters."""
LARGEST_COMPARED: Final = 10**LONGEST_ECHO
"""The largest number for which a near name is searched."""


def echoed(value: object, most: int = LONGEST_ECHO) -> str:
    """Return the `repr` of a value as messages show it, with at most `most` characters."""
    try:
        text = repr(value)
    except Exception:  # Python refuses to write an integer of more than 4,300 digits
        return f"a value of type {type(value).__name__}"
    return shortened(text, most)


def shortened(text: str, most: int) -> str:
    """Return a text of at most `most` characters, which ends with an ellipsis if it is cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def escaped(text: str) -> str:
    """Return a text on one line, with control characters escaped."""
    return text if text.isprintable() else "".join(map(_escaped_character, text))


def escaped_lines(text: str) -> str:
    """Return a text with control characters escaped, except line ends."""
    return "\n".join(map(escaped, text.split("\n")))


def _escaped_character(character: str) -> str:
    return character if character.isprintable() else repr(character)[1:-1]


def did_you_mean(given: object, names: Iterable[object]) -> str:
    """Return ` Did you mean 'seed'?` with the nearest name, or "" if no name is near."""
    if isinstance(given, int) and abs(given) > LARGEST_COMPARED:
        return ""  # Python refuses to write it
    known = {str(name): name for name in names}
    prefix = _common_prefix([str(given), *known])
    shortened_names = {name[len(prefix) :]: name for name in known}
    found = _nearest(str(given)[len(prefix) :], shortened_names)
    return f" Did you mean {known[shortened_names[found]]!r}?" if found else ""


def _common_prefix(names: list[str]) -> str:
    """Return the first parts that all names share, such as `--electron-`; they say nothing."""
    shared = commonprefix(names)  # noqa: RUF071 (they are not paths)
    return shared[: max(map(shared.rfind, "-_.")) + 1] if len(names) > 2 else ""


def _nearest(given: str, names: Collection[str]) -> str:
    """Return the nearest name, or "".

    A very similar name comes first, then one that has a word in common, as `retry_after` for
    `after`, then a less similar one with the same first letter.
    """
    from difflib import get_close_matches  # only messages need it

    cutoff = 0.6 if len(given) > LONGEST_SHORT else 0.7  # 200 is not 500
    close = get_close_matches(given, names, n=3, cutoff=cutoff)
    similar = [*close[:1]] if get_close_matches(given, close[:1], cutoff=VERY_SIMILAR) else []
    words = set(_words(given))
    related = [name for name in names if name and _is_related(words, set(_words(name)))]
    weak = [name for name in close if name[:1].lower() == given[:1].lower()]
    return next(iter([*similar, *related, *weak]), "")


def _words(name: str) -> list[str]:
    return name.lower().replace("-", "_").split("_")


def _is_related(given: set[str], name: set[str]) -> bool:
    """Return whether all words of one name are in the other one."""
    return min(map(len, given | name)) > 2 and (given <= name or name <= given)


def unknown(what: str, given: object, names: Iterable[object], *, alternative: str = "") -> str:
    """Return the message for an unknown name: `unknown plan 'x'; expected one of 'a', 'b'`.

    Args:
        what: What the names are, such as "plan".
        given: The unknown name.
        names: The known names: texts, or numbers such as a status.
        alternative: Something else that the caller accepts, such as "a Plan".
    """
    known = list(names)
    expected = ", ".join(map(repr, known))
    expected = f"one of {expected}" if len(known) > 1 else expected
    expected = ", or ".join(filter(None, [expected, alternative])) or "none"
    hint = did_you_mean(given, known) if len(known) > 1 else ""
    return f"unknown {what} {echoed(given)}; expected {expected}{'.' if hint else ''}{hint}"


@overload
def checked_keywords(function: Callable[Arguments, Result], /) -> Callable[Arguments, Result]: ...
@overload
def checked_keywords(
    *, advice: str, forms: Mapping[str, str] = ...
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]: ...
def checked_keywords(
    function: Any = None, /, *, advice: str = "", forms: Mapping[str, str] = NO_FORMS
) -> Any:
    """Decorate a function so that the TypeError for wrong arguments says which ones it accepts.

    The accepted names are those of the parameters and, with `**options: Unpack[Options]`, the
    keys of the TypedDict. For an unknown name, the message suggests the nearest one.

    Args:
        function: The function.
        advice: A sentence about the right form, for the message.
        forms: What to write instead of keyword arguments that only other functions have, by name.

    Raises:
        TypeError: If the function has `**kwargs` that are not typed with `Unpack`, or, in a call,
            if a keyword argument is unknown, or there are too many or too few arguments.
    """
    if function is None:
        return partial(_checked, advice=advice, forms=forms)
    return _checked(function, advice, forms)


def _checked(
    function: Callable[..., Any], advice: str, forms: Mapping[str, str]
) -> Callable[..., Any]:
    names = _keyword_names(function)
    parameters = tuple(signature(function).parameters.values())
    only_self = [parameter.name for parameter in parameters] == ["self"]

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if only_self and len(args) == 1 and not kwargs:
            return function(*args)
        _check_keywords(function.__name__, kwargs, names, advice, forms)
        _check_count(function.__name__, parameters, args, kwargs, advice)
        return function(*args, **kwargs)

    if options := _unpacked_options(function):
        checked.__signature__ = _with_options(function, options)  # type: ignore[attr-defined]  # help() reads it
    return checked


def _check_count(
    function: str,
    parameters: tuple[Parameter, ...],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    advice: str = "",
) -> None:
    """Raise TypeError if there are too many positional arguments, or one is missing."""
    __tracebackhide__ = True
    by_place = [p for p in parameters if p.kind in POSITIONAL]
    is_method = bool(by_place) and by_place[0].name == "self"
    end = f". {advice}" if advice else ""
    most, given = len(by_place) - is_method, len(args) - is_method
    if given > most and all(p.kind is not Parameter.VAR_POSITIONAL for p in parameters):
        accepted = "1 argument" if most == 1 else f"{most or 'no'} arguments"
        shown = ", ".join(map(echoed, args[is_method:]))
        end = end or _by_keyword(function, parameters, args[is_method:])
        raise TypeError(f"{function}() accepts {accepted} without a name, got {shown}{end}")
    for parameter in by_place[: len(args)]:
        if parameter.name in kwargs and parameter.kind is not Parameter.POSITIONAL_ONLY:
            raise TypeError(f"{function}() got the argument {parameter.name} twice{end}")
    required = [*by_place[len(args) :], *(p for p in parameters if p.kind is p.KEYWORD_ONLY)]
    for parameter in required:
        if parameter.default is Parameter.empty and parameter.name not in kwargs:
            raise TypeError(f"{function}() needs the argument {parameter.name}{end}")


def _by_keyword(function: str, parameters: tuple[Parameter, ...], args: tuple[Any, ...]) -> str:
    """Return how to give arguments by name if a function accepts none without a name, or ""."""
    by_name = [p.name for p in parameters if p.kind is Parameter.KEYWORD_ONLY]
    if len(args) > len(by_name) or any(p.kind in POSITIONAL for p in parameters[1:]):
        return ""
    given = (f"{name}={echoed(value)}" for name, value in zip(by_name, args, strict=False))
    return f"; write {function}({', '.join(given)})"


POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def _check_keywords(
    function: str,
    given: Iterable[str],
    names: Collection[str],
    advice: str = "",
    forms: Mapping[str, str] = NO_FORMS,
) -> None:
    """Raise TypeError if a name of a keyword argument is not one of the accepted names."""
    __tracebackhide__ = True
    end = f" {advice}" if advice else ""
    for name in given:
        if name not in names and name in forms:
            message = f"{function}() got an unexpected keyword argument {name!r}"
            raise TypeError(f"{message}; write {forms[name]}")
        if name not in names:
            accepted = ", ".join(names) or "no keyword arguments"
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}."
                f"{did_you_mean(name, names)} It accepts {accepted}."
                f"{'' if did_you_mean(name, names) else end}"
            )


def _keyword_names(function: Callable[..., object]) -> tuple[str, ...]:
    named = (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    own = [p.name for p in signature(function).parameters.values() if p.kind in named]
    return tuple(name for name in (*own, *_unpacked_options(function)) if name != "self")


def _unpacked_options(function: Callable[..., object]) -> dict[str, Any]:
    """Return the keys and types of the TypedDict, including inherited ones."""
    for parameter in signature(function).parameters.values():
        if parameter.kind is not Parameter.VAR_KEYWORD:
            continue
        annotation = get_type_hints(function).get(parameter.name)
        options = get_args(annotation)[0] if get_origin(annotation) is Unpack else None
        if not is_typeddict(options):
            raise TypeError(
                f"{function.__name__}() must type **{parameter.name} as Unpack[…] of a TypedDict"
            )
        return get_type_hints(options)
    return {}


def _with_options(function: Callable[..., object], options: Mapping[str, Any]) -> Signature:
    """Return the signature with each option as a parameter, as `help()` shows it."""
    own = signature(function)
    kept = [p for p in own.parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
    added = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=..., annotation=hint)
        for name, hint in options.items()
    ]
    return own.replace(parameters=[*kept, *added])


class SuggestsFields:
    """Base of dataclasses with slots whose constructor raises what `checked_keywords` raises."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "__dataclass_fields__" in vars(cls):  # the class with slots, made of a dataclass
            # An assignment to cls.__init__ would give this class an untyped one.
            setattr(cls, "__init__", _checked_on_failure(cls.__init__, cls.__name__))  # noqa: B010


def _checked_on_failure(init: Callable[..., None], name: str) -> Callable[..., None]:
    """Return a constructor that checks its arguments if Python refuses them."""
    parameters = tuple(signature(init).parameters.values())
    names = [parameter.name for parameter in parameters[1:]]

    @wraps(init)
    def checked(*args: Any, **kwargs: Any) -> None:
        __tracebackhide__ = True
        try:
            init(*args, **kwargs)
            return
        except TypeError as error:
            raised = error
        _check_keywords(name, kwargs, names)
        _check_count(name, parameters, args, kwargs)
        raise raised

    return checked


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
                message = f"attribute {name!r} of {type(self).__name__!r} object cannot be set"
                raise AttributeError(message + _instead_of_setting(self, name), name=name)
            super().__setattr__(name, value)

        def __getattr__(self, name: str) -> object:
            __tracebackhide__ = True
            form = type(self)._right_forms.get(name)
            hint = "" if name.startswith("_") else did_you_mean(name, _public_names(self))
            end = f"; write {form}" if form else f".{hint}"
            message = f"{type(self).__name__!r} object has no attribute {name!r}{end}"
            raise AttributeError(message, name=name)  # with obj=self, Python adds its own hint


def _instead_of_setting(value: SuggestsNames, name: str) -> str:
    """Return the end of the message about an assignment: what to write instead, if it is known."""
    form = value._set_forms.get(name) or value._right_forms.get(name)
    if form:
        return f"; write {form}"
    if callable(getattr(type(value), name, None)):
        return f"; it is a method: write {name}(…)"
    return f".{did_you_mean(name, _public_names(value))}".rstrip(".")


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
