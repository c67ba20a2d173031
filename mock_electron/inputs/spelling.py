"""The nearest right thing, for messages about names that do not exist."""

import difflib
from collections.abc import Callable, Iterable
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def did_you_mean(given: object, names: Iterable[str]) -> str:
    """` Did you mean 'seed'?`, or nothing where no name is near."""
    found = difflib.get_close_matches(str(given), list(names), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""


def checked_keywords(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function, with a TypeError that has the nearest name where an argument's is wrong."""
    named = [p.name for p in signature(function).parameters.values() if p.kind in NAMED]
    names = [name for name in named if name != "self"]

    @wraps(function)
    def checked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        __tracebackhide__ = True
        for name in kwargs:
            if name not in names:
                hint = did_you_mean(name, names)
                takes = f"It takes {', '.join(names)}." if names else "It takes none by name."
                raise TypeError(f"{function.__name__}() has no {name!r}.{hint} {takes}")
        return function(*args, **kwargs)

    return checked


NAMED = (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class SuggestsNames:
    """A class whose missing attributes are named with the nearest that it has."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            __tracebackhide__ = True
            public = [known for known in dir(type(self)) if not known.startswith("_")]
            hint = "" if name.startswith("_") else did_you_mean(name, public)
            kind = type(self).__name__
            raise AttributeError(
                f"{kind!r} object has no attribute {name!r}.{hint}", name=name, obj=self
            )
