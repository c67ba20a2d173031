"""Read the text of a script file, and record the line of each value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mock_electron.scripts.problems import DocumentPath, Problem, ScriptError
from mock_electron.wire import codec

Result = TypeVar("Result")

MOST_LEVELS: Final = 100
"""The maximum nesting depth of a file."""
MOST_REPEATED: Final = 100_000
"""The maximum number of values that aliases repeat."""
TOO_DEEP: Final = f"nested more than {MOST_LEVELS} levels deep, or an alias contains itself"
TOO_LARGE: Final = f"aliases repeat more than {MOST_REPEATED} values"


class _Constructor(SafeConstructor):
    """Reads dates as strings, as JSON does."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


@dataclass(frozen=True, slots=True)
class ScriptSource:
    """The content of a script file.

    Attributes:
        name: The name of the file.
        document: The document.
        lines: The line where each value begins, from 1.
    """

    name: str
    document: object
    lines: Mapping[DocumentPath, int]

    def line(self, path: DocumentPath) -> int:
        """Return the line of a value, or of the nearest value around it with a known line."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(data: bytes, name: str) -> ScriptSource:
    """Read YAML 1.2, or JSON if the name of the file ends with `.json`.

    Raises:
        ScriptError: If the text is invalid, too deeply nested or too large, or if a key is not a
            string or is duplicated.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ScriptError(name, [Problem(line, (), f"invalid UTF-8: {error.reason}")]) from error
    is_json = PurePath(name).suffix == ".json"
    document = _json(data, name) if is_json else None
    node = _yaml(YAML.compose, text.replace("\t", " ") if is_json else text, name)
    lines = _line_numbers(node, name)
    return ScriptSource(name, document if is_json else _yaml(YAML.load, text, name), lines)


def _yaml(read: Callable[[YAML, str], Result], text: str, name: str) -> Result:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    try:
        return read(yaml, text)
    except RecursionError as error:
        raise ScriptError(name, [Problem(1, (), TOO_DEEP)]) from error
    except (YAMLError, ValueError) as error:
        raise ScriptError(name, [_invalid_yaml(error)]) from error


def _invalid_yaml(error: Exception) -> Problem:
    line, reason = 1, str(error)
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        reason = error.problem or reason
    if "\\t" in reason:
        reason = "tabs are allowed in quoted strings only; use spaces"
    return Problem(line, (), f"invalid YAML: {reason}")


def _json(data: bytes, name: str) -> object:
    try:
        return codec.decode(data)
    except codec.MalformedError as error:
        raise ScriptError(name, [Problem(_line_of(error), (), "invalid JSON")]) from error


def _line_of(error: codec.MalformedError) -> int:
    """Return the line in the message of the codec, or 1."""
    return int(str(error).partition("line ")[2].partition(",")[0] or 1)


def _line_numbers(node: Node | None, name: str) -> Mapping[DocumentPath, int]:
    """Return the line of each value.

    Raises:
        ScriptError: If the document is nested too deeply, is too large, or has a wrong key.
    """
    visitor = _Visitor()
    try:
        if node is not None:
            visitor.visit(node, ())
    except _LimitExceededError as error:
        visitor.problems.append(error.problem)
    if visitor.problems:
        raise ScriptError(name, visitor.problems)
    return visitor.lines


class _LimitExceededError(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Visitor:
    """Visits all nodes of a document, and collects their lines and wrong keys."""

    def __init__(self) -> None:
        self.lines: dict[DocumentPath, int] = {}
        self.problems: list[Problem] = []
        self._visited: set[Node] = set()
        self._repeated = 0

    def visit(self, node: Node, path: DocumentPath) -> None:
        line = _line(node)
        self.lines.setdefault(path, line)
        self._repeated += node in self._visited
        self._visited.add(node)
        if len(path) > MOST_LEVELS:
            raise _LimitExceededError(Problem(line, path[:2], TOO_DEEP))
        if self._repeated > MOST_REPEATED:
            raise _LimitExceededError(Problem(line, path[:2], TOO_LARGE))
        for key, child in self._children(node, path):
            self.visit(child, (*path, key))

    def _children(self, node: Node, path: DocumentPath) -> Iterator[tuple[str | int, Node]]:
        if isinstance(node, SequenceNode):
            yield from enumerate(node.value)
        elif isinstance(node, MappingNode):
            yield from self._members(node, path)

    def _members(self, node: MappingNode, path: DocumentPath) -> Iterator[tuple[str, Node]]:
        seen: set[str] = set()
        for key, child in node.value:
            if _has_tag(key, "merge"):
                continue
            wrong = _wrong_key(key, seen)
            if wrong:
                self.problems.append(Problem(_line(key), path, wrong))
                continue
            seen.add(key.value)
            self.lines[(*path, key.value)] = _line(key)
            yield key.value, child


def _wrong_key(key: Node, seen: set[str]) -> str:
    """Return what is wrong with a key of a mapping, or ""."""
    if _has_tag(key, "str"):
        return f"duplicate key {key.value!r}" if key.value in seen else ""
    if isinstance(key, ScalarNode):
        return f"a key must be a string, got {key.value}; write it in quotation marks"
    return "a key must be a string, got a list or a mapping"


def _has_tag(node: Node, name: str) -> bool:
    return str(node.tag) == f"tag:yaml.org,2002:{name}"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
