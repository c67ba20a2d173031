"""Read YAML 1.2 as nodes, within the limits of script files.

ruamel.yaml takes time that grows with the square of the nesting depth, and recurses for each level.
So the depth and the number of values are checked while it reads.
"""

from collections.abc import Callable
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import Node, ScalarNode
from ruamel.yaml.scanner import Scanner

from mock_electron.inputs.spelling import LONGEST_ECHO, shortened
from mock_electron.scripts.limits import (
    MAX_YAML_VALUES,
    MOST_LEVELS,
    TOO_DEEP_YAML,
    TOO_MANY_YAML,
    LimitExceededError,
)
from mock_electron.scripts.problems import Problem, ScriptError
from mock_electron.scripts.wording import shown

TAG: Final = "tag:yaml.org,2002:"
MAX_BITS: Final = 1024
"""The maximum size of an integer, in bits; a larger one could not be compared or shown."""
SCALARS: Final[dict[str, Callable[[SafeConstructor, ScalarNode], object]]] = {
    f"{TAG}bool": SafeConstructor.construct_yaml_bool,
    f"{TAG}float": SafeConstructor.construct_yaml_float,
    f"{TAG}int": SafeConstructor.construct_yaml_int,
    f"{TAG}null": SafeConstructor.construct_yaml_null,
    f"{TAG}str": SafeConstructor.construct_yaml_str,
    f"{TAG}timestamp": SafeConstructor.construct_yaml_str,  # dates are strings, as in JSON
}
"""The function that makes the value of a scalar, by its tag."""


HINTS: Final = {
    "mapping values are not allowed": "a text with a colon and a space needs quotation marks, and "
    "the fields of a mapping need the same indentation",
    "cannot start any token": "a text that begins with this character needs quotation marks",
    "undefined alias": "a text that begins with * needs quotation marks",
    "but found '<scalar>'": "a text with quotation marks needs other quotation marks around it",
    "but got ':'": "a text with a colon and a space needs quotation marks",
}
"""What to write instead, by a part of the reason."""


INDENTATION: Final = "the indentation of this line does not match the lines above it"
OPEN_BRACKET: Final = "a bracket is not closed"
OPEN_QUOTE: Final = "a quotation mark is not closed"
REASONS: Final = {
    "expected <block end>, but found '<block": INDENTATION,
    "expected <block end>, but found '?'": INDENTATION,
    "expected <block end>, but found '-'": INDENTATION,
    "but got '<stream end>'": OPEN_BRACKET,
    "but found '<stream end>'": OPEN_BRACKET,
    "unexpected end of stream": OPEN_QUOTE,
    "found another document": "a file must contain one document, without --- or ... between steps",
}
"""What replaces the reasons of ruamel.yaml, by a part of the reason."""
LONGEST_REASON: Final = 500
"""The maximum number of characters of a reason. It may contain a name from the file."""


class _Scanner(Scanner):
    """Refuses deeply nested brackets before ruamel.yaml becomes slow."""

    def fetch_flow_collection_start(self, *args: Any, **kwargs: Any) -> None:
        if len(self.flow_context) >= MOST_LEVELS:
            raise LimitExceededError(Problem(1, (), TOO_DEEP_YAML))
        super().fetch_flow_collection_start(*args, **kwargs)


class _Composer(Composer):
    """Refuses deep and large documents before they are complete."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warn_double_anchors = False
        self.levels = self.values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.levels += 1
        self.values += 1
        if self.levels > MOST_LEVELS + 1:
            raise LimitExceededError(Problem(1, (), TOO_DEEP_YAML))
        if self.values > MAX_YAML_VALUES:
            line = self.parser.peek_event().start_mark.line + 1
            raise LimitExceededError(Problem(line, (), TOO_MANY_YAML))
        node = super().compose_node(parent, index)
        self.levels -= 1
        return node


class YamlReader:
    """Reads one YAML file.

    Args:
        name: The name of the file, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._yaml = YAML(typ="safe", pure=True)
        self._yaml.Composer, self._yaml.Scanner = _Composer, _Scanner

    def compose(self, text: str) -> Node | None:
        """Return the root node of a text; None if the text is empty.

        Raises:
            ScriptError: If the text is invalid or exceeds a limit.
        """
        try:
            root: Node | None = self._yaml.compose(text)
            return root
        except LimitExceededError as error:
            raise ScriptError(self._name, [error.problem]) from None
        except Exception as error:  # not only YAMLError: ruamel raises others for some escapes
            raise ScriptError(self._name, [_invalid(error)]) from None

    def scalar(self, node: ScalarNode) -> object:
        """Return the value of a scalar.

        Raises:
            ScriptError: If its tag is unknown, or the text does not fit the tag.
        """
        tag = str(node.tag)
        if tag not in SCALARS:
            raise self.unknown_tag(node)
        try:
            value = SCALARS[tag](self._yaml.constructor, node)
            if isinstance(value, int) and value.bit_length() > MAX_BITS:
                raise OverflowError
            return value
        except Exception:  # such as KeyError for a wrong boolean
            kind = tag.removeprefix(TAG)
            wrong = f"is not valid for the tag !!{kind}"
            if kind == "int" and len(node.value) > MAX_BITS // 4:  # hexadecimal digits
                wrong = "is too large; an integer must have at most 308 digits"
            message = f"invalid YAML: {shown(node.value)} {wrong}"
            raise ScriptError(self._name, [Problem(line_of(node), (), message)]) from None

    def unknown_tag(self, node: Node) -> ScriptError:
        """Return the error for a node whose tag is unknown."""
        tag = str(node.tag).replace(TAG, "!!")
        hint = "" if tag.startswith("!!") else "; a text that begins with ! needs quotation marks"
        words = f"invalid YAML: unknown tag {shown(tag)}{hint}"
        return ScriptError(self._name, [Problem(line_of(node), (), words)])


def line_of(node: Node) -> int:
    """Return the line where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def _invalid(error: Exception) -> Problem:
    line, reason = 1, str(error)
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        reason = error.problem or reason
        plain = next((words for part, words in REASONS.items() if part in reason), "")
        if plain in (OPEN_BRACKET, OPEN_QUOTE) and error.context_mark is not None:
            line = error.context_mark.line + 1  # where it is opened, and not where the file ends
        if plain:
            return Problem(line, (), f"invalid YAML: {plain}")
        hint = next((hint for words, hint in HINTS.items() if words in reason), "")
        reason += f" at column {mark.column + 1}; {hint}" if mark and hint else ""
    if "\\t" in reason:
        reason = "tabs are allowed in quoted strings only; use spaces"
    words = (shortened(word, LONGEST_ECHO) for word in reason.split())
    return Problem(line, (), f"invalid YAML: {shortened(' '.join(words), LONGEST_REASON)}")
