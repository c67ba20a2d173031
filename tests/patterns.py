"""Collect the regular expressions of the package, and how each is used.

1. Compiled patterns in module-level values, and in the tables in them, are found by importing every
   module. If a pattern has its own name, the methods called on that name say how it is used;
   TABLES says it for the patterns in tables.
2. Patterns in calls such as `re.search(pattern, text)` are found in the source. If such a pattern is
   built from parts, it is evaluated with each of the PARTS.
"""

import ast
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

from msgspec import Struct

import mock_electron
from mock_electron._regex import CompiledRegex

PACKAGE: Final = Path(mock_electron.__file__).parent
ANCHORED: Final = ("match", "fullmatch")
CALLS: Final = (*ANCHORED, "search", "finditer", "findall", "sub", "subn", "split", "compile")
TABLES: Final = {
    "model.schema.formats.FORMATS": "fullmatch",
    "model.prose.KINDS": "match",
    "model.words.exact.EXACTLY": "search",
    "serve.http_syntax.REQUEST_LINE_MISTAKES": "fullmatch",
}
PARTS: Final[tuple[Mapping[str, Any], ...]] = tuple(
    {
        "name": re.escape(name),
        "said": name.replace("_", " "),
        "thing": name.replace("_", " "),
        "word": name,
        "alike": name.replace("_", " "),
        "member": "c",
        "form": f"sk_{name}",
        "words": r"[\s_-]*".join(name.split("_")),
        "named": (name.split("_")[-1],),
        "self": None,
    }
    for name in ("get_weather", "a", "x_x_y", "category")
)
GIVEN: Final[Mapping[str, tuple[str, ...]]] = {
    "model/decide/rules.py _contains": (r"(?<![\w])get_f(?:\s*\(|(?![\w]))", r"\bget weather\b"),
}
"""Functions that take a pattern, and what they are called with."""
OF_OTHERS: Final = frozenset(
    (
        "_regex.py __getattr__",  # they are in module-level values
        "contract/checks.py matching",  # the patterns of the clauses
        "model/schema/formats.py _format",  # they are in FORMATS
        "model/schema/pattern_parser.py _compiled",  # one set of characters
        "model/language.py _by_script",  # one set of characters
        "model/schema/pattern_matcher.py occurs",  # has_one_choice is true of the pattern
        "scripts/conditions.py _read_text",  # the author of a script file writes it
        "scripts/conditions.py _flags_inside",
        "cli/whatif.py _pattern",  # the user of the command writes it
    )
)
"""Functions whose patterns are given by somebody else."""


class Used(NamedTuple):
    """A pattern, where it is, and how it is used.

    Attributes:
        place: The module and the name, or the file and the function.
        pattern: The pattern.
        method: "match", "fullmatch", "search" or "finditer".
    """

    place: str
    pattern: re.Pattern[str] | re.Pattern[bytes]
    method: str


@cache
def all_patterns() -> tuple[Used, ...]:
    """Return every pattern of the package."""
    return (*_of_modules(), *_of_calls())


def modules() -> Iterator[ModuleType]:
    """Yield every module of the package except those that run something when imported."""
    for found in pkgutil.walk_packages(mock_electron.__path__, "mock_electron."):
        if not found.name.endswith(("__main__", "test_contract")):
            yield import_module(found.name)


def _of_modules() -> Iterator[Used]:
    """Yield the patterns in module-level values."""
    methods = _methods()
    imported = set(_imported())
    seen: set[int] = set()
    for module in modules():
        short = module.__name__.removeprefix("mock_electron.")
        for name, value in vars(module).items():
            own = f"{short}.{name}" not in imported
            for path, pattern in _patterns_in(value, seen) if own else ():
                place = f"{short}.{name}"
                method = TABLES.get(place, "finditer") if path else _only(methods[place])
                yield Used(place + path, pattern, method)


def _patterns_in(
    value: object, seen: set[int]
) -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    if id(value) in seen or isinstance(value, str | bytes | int | type | ModuleType):
        return
    seen.add(id(value))
    if isinstance(value, CompiledRegex):
        lazy: Any = value  # it gets its attributes when it is used
        yield "", re.compile(lazy.pattern, lazy.flags)
    for key, member in _members(value):
        for path, pattern in _patterns_in(member, seen):
            yield f"[{key!r}]{path}", pattern


def _members(value: object) -> Iterator[tuple[object, object]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, tuple | list | set | frozenset):
        yield from enumerate(value)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield name, getattr(value, name)


def _only(used: set[str]) -> str:
    """Return the method with which a pattern is used; of several, the one that takes the most work."""
    methods = used - {"pattern"}  # its text is only shown
    if len(methods) == 1 and methods <= {*ANCHORED, "search"}:
        return next(iter(methods))
    if methods and methods <= {*ANCHORED}:
        return "fullmatch"
    return "search" if methods and methods <= {*ANCHORED, "search"} else "finditer"


@cache
def _sources() -> tuple[tuple[str, tuple[ast.AST, ...]], ...]:
    """Return the path and all nodes of each module."""
    return tuple(
        (file.relative_to(PACKAGE).as_posix(), (*ast.walk(ast.parse(file.read_text("utf-8"))),))
        for file in sorted(PACKAGE.rglob("*.py"))
    )


def _imported() -> Iterator[str]:
    """Yield the names that a module has imported from another one, with the importing module."""
    for path, nodes in _sources():
        for node in nodes:
            for alias in node.names if isinstance(node, ast.ImportFrom) else ():
                yield f"{_module(path)}.{alias.asname or alias.name}"


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _methods() -> Mapping[str, set[str]]:
    """Return the attributes that are read from each module-level name; "?" means any other use."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, nodes in _sources():
        own = _module(path)
        origins = {
            alias.asname or alias.name: f"{node.module}.{alias.name}".removeprefix("mock_electron.")
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        attributes = {
            id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)
        }
        for node in nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                place = origins.get(node.id, f"{own}.{node.id}")
                found[place].add(attributes.get(id(node), "?"))
    return found


def _of_calls() -> Iterator[Used]:
    """Yield the patterns in calls of `re` in functions.

    Raises:
        NameError: If a pattern has a part that PARTS does not name.
    """
    for path, nodes in _sources():
        module = f"mock_electron.{_module(path)}"
        if not any(map(_is_of_re, nodes)):
            continue
        for function in nodes:
            place = f"{path} {getattr(function, 'name', '')}"
            if not isinstance(function, ast.FunctionDef) or place in OF_OTHERS:
                continue
            if place in GIVEN:
                yield from (Used(place, re.compile(one), "finditer") for one in GIVEN[place])
                continue
            for call in filter(_is_of_re, ast.walk(function)):
                assert isinstance(call, ast.Call)
                for pattern in _evaluated(call, module):
                    assert isinstance(call.func, ast.Attribute)
                    used = "finditer" if call.func.attr == "compile" else call.func.attr
                    yield Used(place, pattern, used)


def _is_of_re(node: ast.AST) -> bool:
    function = getattr(node, "func", None)
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in CALLS
    )


def _evaluated(call: ast.Call, module: str) -> Iterator[re.Pattern[str]]:
    """Yield the pattern of a call, once for each of the PARTS if it is built from them."""
    names = vars(import_module(module))
    given = [value for value in call.args if "re." in ast.unparse(value)]
    flags = next((kw.value for kw in call.keywords if kw.arg == "flags"), None)
    flags = flags or next((one for one in given if one is not call.args[0]), None)
    sources = {
        eval(  # noqa: S307 (it is the package's own source)
            compile(ast.Expression(call.args[0]), f"<{module}>", "eval"), names, dict(parts)
        )
        for parts in PARTS
    }
    for source in sorted(sources):
        value = eval(ast.unparse(flags), names) if flags else 0  # noqa: S307 (as above)
        yield re.compile(source, value)
