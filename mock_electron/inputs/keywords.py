"""Checks of the arguments of calls: the error for wrong ones says which ones are accepted."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, partial, wraps
from inspect import CO_VARARGS, CO_VARKEYWORDS, Parameter, Signature, signature, unwrap
from types import CodeType, MappingProxyType
from typing import (
    Any,
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

from mock_electron.inputs.spelling import did_you_mean, echoed

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

NO_FORMS: Final[Mapping[str, str]] = MappingProxyType({})


@overload
def checked_keywords(function: Callable[Arguments, Result], /) -> Callable[Arguments, Result]: ...
@overload
def checked_keywords(
    *, advice: str, several: str = ..., forms: Mapping[str, str] = ...
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]: ...
def checked_keywords(
    function: Any = None,
    /,
    *,
    advice: str = "",
    several: str = "",
    forms: Mapping[str, str] = NO_FORMS,
) -> Any:
    """Decorate a function so that the TypeError for wrong arguments says which ones it accepts.

    The accepted names are those of the parameters and, with `**options: Unpack[Options]`, the
    keys of the TypedDict. For an unknown name, the message suggests the nearest one.

    Args:
        function: The function.
        advice: A sentence about the right form, for the message.
        several: A sentence to add to the message about too many arguments.
        forms: What to write instead of keyword arguments that only other functions have, by name.

    Raises:
        TypeError: If the function has `**kwargs` that are not typed with `Unpack`, or, in a call,
            if a keyword argument is unknown, or there are too many or too few arguments.
    """
    if function is None:
        return partial(_checked, advice=advice, several=several, forms=forms)
    return _checked(function, advice, several, forms)


def _checked(
    function: Callable[..., Any], advice: str, several: str, forms: Mapping[str, str]
) -> Callable[..., Any]:
    options = _unpacked_options(function)
    only_self = _parameter_names(unwrap(function).__code__) == ("self",)

    @cache  # only calls with other arguments need it, and reading a signature takes long
    def accepted() -> tuple[tuple[Parameter, ...], tuple[str, ...]]:
        parameters = tuple(signature(function).parameters.values())
        named = (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        names = (*(p.name for p in parameters if p.kind in named), *options)
        return parameters, tuple(name for name in names if name != "self")

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if only_self and len(args) == 1 and not kwargs:
            return function(*args)
        parameters, names = accepted()
        check_keywords(function.__name__, kwargs, names, advice, forms)
        _check_count(function.__name__, parameters, args, kwargs, advice, several)
        return function(*args, **kwargs)

    if options:
        checked.__signature__ = _with_options(function, options)  # type: ignore[attr-defined]  # help() reads it
    return checked


def _check_count(
    function: str,
    parameters: tuple[Parameter, ...],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    advice: str = "",
    several: str = "",
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
        end += f" {several}" if several else ""
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


def check_keywords(
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


def _unpacked_options(function: Callable[..., object]) -> dict[str, Any]:
    """Return the keys and types of the TypedDict, including inherited ones."""
    code = unwrap(function).__code__
    if not code.co_flags & CO_VARKEYWORDS:
        return {}
    name = _parameter_names(code)[-1]
    annotation = get_type_hints(function).get(name)
    options = get_args(annotation)[0] if get_origin(annotation) is Unpack else None
    if not is_typeddict(options):
        raise TypeError(f"{function.__name__}() must type **{name} as Unpack[…] of a TypedDict")
    return get_type_hints(options)


def _parameter_names(code: CodeType) -> tuple[str, ...]:
    variable = bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + variable]


def _with_options(function: Callable[..., object], options: Mapping[str, Any]) -> Signature:
    """Return the signature with each option as a parameter, as `help()` shows it."""
    own = signature(function)
    kept = [p for p in own.parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
    added = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=..., annotation=hint)
        for name, hint in options.items()
    ]
    return own.replace(parameters=[*kept, *added])


def check_arguments(
    function: str, signature: Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    """Raise the TypeError of `checked_keywords` if arguments do not fit a signature.

    Args:
        function: The name of the function, for the message.
        signature: Its signature, without `self`.
        args: The positional arguments.
        kwargs: The keyword arguments.
    """
    __tracebackhide__ = True
    check_keywords(function, kwargs, signature.parameters)
    _check_count(function, tuple(signature.parameters.values()), args, kwargs)
