"""Read the text of a script file, and record the line of each value."""

from collections.abc import Iterator, Mapping
from json import JSONDecodeError
from pathlib import PurePath
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mock_electron.inputs.spelling import escaped, shortened
from mock_electron.scripts.json_lines import TOKEN, JsonLines, check_limits
from mock_electron.scripts.limits import (
    MAX_BYTES,
    MAX_PROBLEMS,
    MAX_YAML_BYTES,
    MOST_LEVELS,
    MOST_REPEATED,
    TOO_BIG,
    TOO_BIG_YAML,
    TOO_DEEP_YAML,
    TOO_LARGE,
    LimitExceededError,
)
from mock_electron.scripts.problems import NOT_LISTED, DocumentPath, Problem, ScriptError
from mock_electron.scripts.wording import EXCERPT, shown
from mock_electron.scripts.yaml_nodes import TAG, YamlReader, line_of
from mock_electron.wire import codec
from mock_electron.wire.body import is_utf_16

YAML_SUFFIXES: Final = ("", ".yaml", ".yml")
OTHER_FORMAT: Final = "a script file is YAML, or JSON if its name ends with .json"
INFINITE: Final = "a number must be below 1.8e308"


class ScriptSource(Struct, frozen=True):
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

    def place(self, path: DocumentPath) -> str:
        """Return where a step is, such as `story.yaml:7`; "" if the document was not in a file."""
        file = escaped(PurePath(self.name).name)
        return f"{file}:{self.line(path)}" if self.lines else ""


def parse(data: bytes, name: str) -> ScriptSource:
    """Read YAML 1.2, or JSON if the name of the file ends with `.json`.

    Raises:
        ScriptError: If the text is invalid, too deeply nested or too large, or if a key is not a
            string or is duplicated.
    """
    suffix = PurePath(name).suffix
    is_json = suffix == ".json"
    most, too_big = (MAX_BYTES, TOO_BIG) if is_json else (MAX_YAML_BYTES, TOO_BIG_YAML)
    if len(data) > most:
        raise ScriptError(name, [Problem(1, (), too_big)])
    if is_utf_16(data):
        raise ScriptError(name, [Problem(1, (), "it is in UTF-16; save it in UTF-8")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ScriptError(name, [Problem(line, (), f"invalid UTF-8: {error.reason}")]) from None
    if is_json:
        return _json(data, text, name)
    try:
        return _yaml(text, name)
    except ScriptError as error:
        if suffix in YAML_SUFFIXES:
            raise
        first, *others = error.problems
        first = replace(first, words=f"{first.words}; {OTHER_FORMAT}")
        raise ScriptError(name, [first, *others]) from None


def _json(data: bytes, text: str, name: str) -> ScriptSource:
    try:
        check_limits(text)
        document = codec.decode(data)
        read = JsonLines(text)
    except codec.MalformedError as error:
        raise ScriptError(name, [_invalid_json(error)]) from None
    except LimitExceededError as error:
        raise ScriptError(name, [error.problem]) from None
    if read.problems:
        raise ScriptError(name, read.problems)
    return ScriptSource(name, document, read.lines)


def _invalid_json(error: codec.MalformedError) -> Problem:
    cause = error.__cause__
    if not isinstance(cause, JSONDecodeError):  # a lone surrogate
        line = int(str(error).partition("line ")[2].partition(",")[0] or 1)
        return Problem(line, (), f"invalid JSON: lone surrogate {error}")
    piece = TOKEN.match(cause.doc, cause.pos)
    got = f", got {shown(piece[0])}" if piece else ""
    words = INFINITE if "infinity" in cause.msg else cause.msg
    return Problem(cause.lineno, (), f"invalid JSON at column {cause.colno}: {words}{got}")


def _yaml(text: str, name: str) -> ScriptSource:
    reader = YamlReader(name)
    node = reader.compose(text)
    builder = _Builder(reader)
    try:
        document = None if node is None else builder.build(node, ())
    except LimitExceededError as error:
        raise ScriptError(name, [*builder.problems, error.problem]) from None
    if builder.problems:
        raise ScriptError(name, builder.problems)
    return ScriptSource(name, document, builder.lines)


class _Builder:
    """Makes the document of its nodes, and collects the lines of all values and the wrong keys."""

    def __init__(self, reader: YamlReader) -> None:
        self.lines: dict[DocumentPath, int] = {}
        self.problems: list[Problem] = []
        self._reader = reader
        self._built: set[Node] = set()
        self._repeated = 0

    def build(self, node: Node, path: DocumentPath) -> Any:
        """Return the value of a node.

        Raises:
            LimitExceededError: If the document is nested too deeply, or aliases repeat too much.
            ScriptError: If a tag is unknown, or a scalar does not fit its tag.
        """
        line = line_of(node)
        self.lines.setdefault(path, line)
        self._check_limits(node, line, path)
        if isinstance(node, SequenceNode) and str(node.tag) == f"{TAG}seq":
            return [self.build(child, (*path, key)) for key, child in enumerate(node.value)]
        if isinstance(node, MappingNode) and str(node.tag) == f"{TAG}map":
            return self._mapping(node, path)
        if isinstance(node, ScalarNode):
            return self._reader.scalar(node)
        raise self._reader.unknown_tag(node)

    def _check_limits(self, node: Node, line: int, path: DocumentPath) -> None:
        self._repeated += node in self._built
        self._built.add(node)
        if len(path) > MOST_LEVELS:
            raise LimitExceededError(Problem(line, path[:2], TOO_DEEP_YAML))
        if self._repeated > MOST_REPEATED:
            raise LimitExceededError(Problem(line, path[:2], TOO_LARGE))

    def _mapping(self, node: MappingNode, path: DocumentPath) -> dict[str, Any]:
        built: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, child in node.value:
            if _has_tag(key, "merge"):
                for mapping in self._merged(child, path):
                    merged = mapping | merged
                continue
            wrong = _wrong_key(key, built)
            if wrong:
                self._report(Problem(line_of(key), path, wrong))
                continue
            self.lines[(*path, key.value)] = line_of(key)
            built[key.value] = self.build(child, (*path, key.value))
        return {name: value for name, value in merged.items() if name not in built} | built

    def _merged(self, node: Node, path: DocumentPath) -> Iterator[dict[str, Any]]:
        """Yield the mappings that a merge key `<<` adds."""
        for child in node.value if isinstance(node, SequenceNode) else [node]:
            if isinstance(child, MappingNode):
                yield self.build(child, (*path, "<<"))
            else:
                words = "a merge key << needs a mapping, or a list of mappings"
                self._report(Problem(line_of(child), path, words))

    def _report(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) == MAX_PROBLEMS:
            raise LimitExceededError(Problem(problem.line, (), NOT_LISTED))


def _wrong_key(key: Node, seen: Mapping[str, Any]) -> str:
    """Return what is wrong with a key of a mapping, or ""."""
    if _has_tag(key, "str") and isinstance(key, ScalarNode):
        return f"duplicate key {shown(key.value)}" if key.value in seen else ""
    if isinstance(key, ScalarNode):
        got = shortened(key.value, EXCERPT)
        return f"a key must be a string, got {got}; write it in quotation marks"
    is_mapping = isinstance(key, MappingNode)  # as in `reply: {{user.content}}`
    hint = "; write {{…}} in quotation marks" if is_mapping else ""
    return f"a key must be a string, got a list or a mapping{hint}"


def _has_tag(node: Node, name: str) -> bool:
    return str(node.tag) == f"{TAG}{name}"
