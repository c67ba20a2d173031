"""What tool definitions cost, and how wordy they are. Each catalogue is read once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model import tokens
from mock_electron.wire import codec
from mock_electron.wire.request import ChatRequest, Tool

SENTENCE_END: Final = regex(r"(?<![.!?।。])[.!?।。]++(?=\s|$)|\n+")
WORD: Final = regex(r"\w+")
ABBREVIATIONS: Final = frozenset("e.g i.e etc vs no nr approx ca incl max min mr mrs dr st".split())
"""Words before a full stop that ends no sentence."""
LEAST_WORDS: Final = 2
"""The minimum number of words of a sentence."""
EXAMPLES: Final = frozenset(("example", "examples"))
"""The keywords of a schema whose values are examples."""
EXAMPLE: Final = regex(r"(?i)\be\.g\.|\bfor example\b|\bfor instance\b|\bexamples?:")
DEEPEST: Final = 20
"""The depth to which a schema is searched for examples."""


class ToolCost(Struct, frozen=True):
    """What one tool definition costs.

    Attributes:
        name: The name of the tool.
        tokens: The tokens of its definition.
        sentences: The number of sentences of its description.
        example_tokens: The tokens of the examples in its parameters; 0 without examples.
    """

    name: str
    tokens: int
    sentences: int
    example_tokens: int


class Catalogue(Struct, frozen=True):
    """The tools of a request.

    Attributes:
        tools: What each tool costs, in order.
    """

    tools: tuple[ToolCost, ...]

    @property
    def tokens(self) -> int:
        """The tokens of all definitions."""
        return sum(tool.tokens for tool in self.tools)


class Catalogues:
    """Reads the tools of requests. Equal ones are read once."""

    def __init__(self) -> None:
        self._known: dict[bytes, Catalogue] = {}

    def of(self, request: ChatRequest) -> Catalogue:
        """Return the tools of a request."""
        key = codec.encode(request.body["tools"])
        found = self._known.get(key)
        if found is None:
            costs = map(_cost, request.tools, request.body["tools"])
            found = self._known[key] = Catalogue(tuple(costs))
        return found


def _cost(tool: Tool, definition: object) -> ToolCost:
    written = codec.encode(definition).decode()
    return ToolCost(
        tool.name, tokens.count(written), sentences(tool.description), _examples(tool.parameters)
    )


def sentences(text: str) -> int:
    """Return the number of sentences of a text.

    >>> sentences("Return the weather. The unit is °C, e.g. for Pune.")
    2
    """
    return sum(len(WORD.findall(sentence)) >= LEAST_WORDS for sentence in _sentences(text))


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in SENTENCE_END.finditer(text):
        before = text[start : end.start()].rsplit(None, 1)
        last = before[-1].lower().lstrip("(") if before else ""
        if end[0] == "." and (last in ABBREVIATIONS or len(last) == 1):
            continue
        yield text[start : end.end()]
        start = end.end()
    yield text[start:]


def _examples(parameters: Mapping[str, Any]) -> int:
    return sum(map(tokens.count, _examples_in(parameters, 0)))


def _examples_in(schema: object, depth: int) -> Iterator[str]:
    """Yield the examples in a schema as text."""
    if depth > DEEPEST:
        return
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        for item in schema:
            yield from _examples_in(item, depth + 1)
    if not isinstance(schema, Mapping):
        return
    for name, value in schema.items():
        if name in EXAMPLES and not _is_schema(value):
            yield codec.encode(value).decode()
        elif name == "description" and isinstance(value, str):
            found = EXAMPLE.search(value)
            if found is not None:
                yield value[found.start() :]
        else:
            yield from _examples_in(value, depth + 1)


def _is_schema(value: object) -> bool:
    """Return whether this is the schema of a parameter that is called "example"."""
    return isinstance(value, Mapping) and "type" in value
