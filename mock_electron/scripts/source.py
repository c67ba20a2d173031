"""The text of a script file: its document, and the line on which each part of it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from mock_electron.scripts.problems import Path, Problem, ScriptError
from mock_electron.wire import codec

DEEPEST: Final = 100


class _Constructor(SafeConstructor):
    """YAML as JSON has it: a date is a text."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that could be read.

    name: of the file. document: what it says. lines: where each part begins, from 1.
    """

    name: str
    document: object
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a part, or of the nearest that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(data: bytes, name: str) -> Source:
    """Read YAML 1.2, or JSON where the name ends so.

    Raises ScriptError for what is neither, for names that stand twice or are no text.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ScriptError(name, [Problem(line, (), "this is no UTF-8")]) from error
    is_json = PurePath(name).suffix == ".json"
    document = _json(data, name) if is_json else None
    node = _compose(text.replace("\t", " ") if is_json else text, name)
    marks = _Marks()
    if node is not None:
        marks.walk(node, (), 0)
    if marks.problems:
        raise ScriptError(name, marks.problems)
    return Source(name, document if is_json else _construct(text, name), marks.lines)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    return yaml


def _compose(text: str, name: str) -> Node | None:
    try:
        node: Node | None = _yaml().compose(text)
    except YAMLError as error:
        raise _not_yaml(error, name) from error
    return node


def _construct(text: str, name: str) -> object:
    try:
        document: object = _yaml().load(text)
    except (YAMLError, ValueError) as error:
        raise _not_yaml(error, name) from error
    return document


def _not_yaml(error: Exception, name: str) -> ScriptError:
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    words = (error.problem if isinstance(error, MarkedYAMLError) else None) or str(error)
    if "\\t" in words:
        words = "there are no tabs outside of quotation marks; use spaces"
    line = 1 if mark is None else mark.line + 1
    return ScriptError(name, [Problem(line, (), f"this is no YAML: {words}")])


def _json(data: bytes, name: str) -> object:
    try:
        return codec.decode(data)
    except codec.MalformedError as error:
        raise ScriptError(name, [Problem(_line_of(error), (), "this is no JSON")]) from error


def _line_of(error: codec.MalformedError) -> int:
    """The line that the codec's message names."""
    return int(str(error).partition("line ")[2].partition(",")[0] or 1)


class _Marks:
    """The lines of all parts, found by walking through the nodes."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def walk(self, node: Node, path: Path, depth: int) -> None:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if depth > DEEPEST:
            line = node.start_mark.line + 1
            self.problems.append(Problem(line, path[:2], "this is nested too deeply, or in itself"))
            return
        for key, child in self._children(node, path):
            self.walk(child, (*path, key), depth + 1)

    def _children(self, node: Node, path: Path) -> Iterator[tuple[str | int, Node]]:
        if isinstance(node, SequenceNode):
            yield from enumerate(node.value)
        elif isinstance(node, MappingNode):
            yield from self._members(node, path)

    def _members(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Node]]:
        seen: set[Any] = set()
        for key, child in node.value:
            line = key.start_mark.line + 1
            if key.tag.endswith(":merge"):
                continue
            if not key.tag.endswith(":str"):
                shown = repr(key.value) if isinstance(key.value, str) else "this"
                words = f"{shown} is no name; write it in quotation marks"
                self.problems.append(Problem(line, path, words))
            elif key.value in seen:
                self.problems.append(Problem(line, path, f"{key.value!r} stands there twice"))
            else:
                seen.add(key.value)
                self.lines[(*path, key.value)] = line
                yield key.value, child
