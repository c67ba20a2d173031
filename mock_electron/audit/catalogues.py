"""What tool definitions cost, and how wordy they are. Each catalogue is read once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model import tokens
from mock_electron.wire import codec
from mock_electron.wire.request import ChatRequest, Tool

SENTENCE_END: Final = regex(r"(?<![.!?।。])[.!?।。]++(?=\s|$)|\n+")
WORD: Final = regex(r"\w+")
ABBREVIATIONS: Final = frozenset(
    "al approx ca cf co corp dept dr eg est etc excl ext fig ft hr hrs ie inc incl jr ltd max min "
    "mr mrs ms no nr nos prof resp rs sec sr st tel temp vol vs "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
"""Words before a full stop that ends no sentence."""
DOTTED: Final = regex(r"(?:[a-z]\.)+[a-z]")
"""An abbreviation such as "e.g" and "u.s", without its last full stop."""
LONG_LINE: Final = 60
"""The number of characters from which a line is probably wrapped, as in docstrings."""
LEAST_WORDS: Final = 2
"""The minimum number of words of a sentence."""
EXAMPLES: Final = frozenset(("example", "examples"))
"""The keywords of a schema whose values are examples."""
NAMED: Final = frozenset(("properties", "patternProperties", "$defs", "definitions"))
"""The keywords of a schema whose values are schemas by names that the user chose."""
VALUES: Final = frozenset(("const", "default", "enum", "required"))
"""The keywords of a schema whose values are no schemas."""
EXAMPLE: Final = regex(r"(?i)\be\.g\.|\beg[.:]|\bfor example\b|\bfor instance\b|\bexamples?:")
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
        following = text[end.end() : end.end() + LONG_LINE].lstrip()
        before = text[max(start, end.start() - LONG_LINE - 1) : end.start()]
        if following[:1].islower() or _goes_on(before, end[0]):
            continue
        yield text[start : end.end()]
        start = end.end()
    yield text[start:]


def _goes_on(before: str, mark: str) -> bool:
    """Return whether a sentence goes on after a full stop or the end of a line."""
    if mark == "\n":
        return len(before) - before.rfind("\n") > LONG_LINE
    last = before.lower().rsplit(None, 1)[-1:]
    word = last[0].lstrip("([\"'") if last else ""
    return mark == "." and (len(word) == 1 or word in ABBREVIATIONS or bool(DOTTED.fullmatch(word)))


def _examples(parameters: Mapping[str, Any]) -> int:
    return sum(map(tokens.count, _examples_in(parameters, 0)))


def _examples_in(schema: object, depth: int) -> Iterator[str]:
    """Yield the examples in a schema as text."""
    if depth > DEEPEST:
        return
    if isinstance(schema, list):
        for item in schema:
            yield from _examples_in(item, depth + 1)
    elif isinstance(schema, Mapping):
        for name, value in schema.items():
            yield from _examples_at(name, value, depth + 1)


def _examples_at(name: str, value: object, depth: int) -> Iterator[str]:
    """Yield the examples in a schema at a keyword."""
    if name in EXAMPLES and value not in (None, [], ""):
        yield codec.encode(value).decode()
    elif name == "description" and isinstance(value, str):
        found = EXAMPLE.search(value)
        if found is not None:
            yield value[found.start() :]
    elif name in NAMED and isinstance(value, Mapping):
        yield from _examples_in([*value.values()], depth)
    elif name not in VALUES:
        yield from _examples_in(value, depth)
