"""Replaces functions under every name by which the modules of this process refer to them."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from types import FunctionType
from typing import Any

Swaps = Mapping[int, Any]
"""The replacement of each function, by the id of the function."""


def swap(modules: Iterable[str], swaps: Swaps, clues: Iterable[object] = ()) -> frozenset[str]:
    """Exchange functions in the globals, the classes and the default arguments of modules.

    Args:
        modules: The names of the modules. Those with neither a function nor a clue in their
            globals are skipped.
        swaps: The new functions.
        clues: Objects by which a class or a default argument may refer to a function, such as
            `time` in `time.sleep`.

    Returns:
        The names of the modules in which a function was exchanged.
    """
    found = [name for name in modules_with({*swaps, *map(id, clues)}) if name in modules]
    return frozenset(name for name in found if _swap_names(name, swaps))


def modules_with(ids: Set[int]) -> Iterator[str]:
    """Yield the names of the modules whose globals contain an object with one of these ids."""
    for name, module in sys.modules.copy().items():  # list() may collect garbage, which may import
        names = getattr(module, "__dict__", None)
        if names is not None and not ids.isdisjoint(map(id, list(names.values()))):
            yield name


def _swap_names(module: str, swaps: Swaps) -> int:
    """Exchange functions in the globals of a module, and in its classes. Return how many."""
    names = sys.modules[module].__dict__
    swapped = 0
    for key, value in list(names.items()):
        if id(value) in swaps:
            names[key] = swaps[id(value)]
            swapped += 1
        elif type(value) is FunctionType:
            swapped += _swap_defaults(value, swaps)
        elif issubclass(type(value), type) and value.__module__ == module:
            swapped += _swap_members(value, swaps)
    return swapped


def _swap_members(kind: type[Any], swaps: Swaps) -> int:
    swapped = 0
    for key, value in list(vars(kind).items()):
        function = value.__func__ if type(value) is staticmethod else value
        if id(function) in swaps:
            new = swaps[id(function)]
            setattr(kind, key, new if value is function else staticmethod(new))
            swapped += 1
        elif type(function) is FunctionType:
            swapped += _swap_defaults(function, swaps)
    return swapped


def _swap_defaults(function: Any, swaps: Swaps) -> int:
    defaults, by_name = function.__defaults__, function.__kwdefaults__
    swapped = 0
    if defaults and not swaps.keys().isdisjoint(map(id, defaults)):
        function.__defaults__ = tuple(swaps.get(id(value), value) for value in defaults)
        swapped += 1
    for key, value in (by_name or {}).items():
        if id(value) in swaps:
            by_name[key] = swaps[id(value)]
            swapped += 1
    return swapped
