"""The parameters of the control API in paths, queries and headers."""

from collections.abc import Iterator, Mapping
from inspect import getdoc
from typing import Final

from mock_electron._regex import regex
from mock_electron.control.conditions import SCHEMAS
from mock_electron.control.exchanges import (
    DEFAULT_COUNT,
    FORMATS,
    LONGEST_WAIT,
    MOST_EXCHANGES,
)
from mock_electron.control.lane_routes import LONGEST_WAIT as LONGEST_END
from mock_electron.control.query import TOOLS, Parameter
from mock_electron.engine.journal import SETTLING_TIME
from mock_electron.engine.script.conditions import Conditions
from mock_electron.inputs.checks import LONGEST_TIME
from mock_electron.scripts.conditions import Schema
from mock_electron.traffic.comparison.other_world import OtherWorld
from mock_electron.traffic.filters import AnswerConditions

NAMED: Final = regex(r"(?m)^ {4}(\w+): (.*(?:\n {8}.*)*)")
"""A name and its description in the docstring of a class."""
NUMBER: Final[Schema] = {"type": "integer", "minimum": 0}
FLAG: Final[Schema] = {"type": "boolean"}


def _seconds(most: float) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": most}


PATH: Final[Mapping[str, Parameter]] = {
    "name": Parameter("name", {"type": "string"}, "The name of the lane.", "path"),
    "number": Parameter("number", NUMBER, "The number of the step or of the exchange.", "path"),
    "id": Parameter("id", NUMBER, "The id of the injected fault.", "path"),
}
"""The parameters in paths."""
WAIT_FOR_END: Final = Parameter(
    "wait",
    _seconds(LONGEST_END),
    f"Seconds to wait until no answer is in flight. Default: {SETTLING_TIME:g}.",
)
AUDIT: Final = (
    Parameter(
        "rules",
        {"type": "string", "examples": ["seed=off,retry=warn"]},
        "What the findings of rules do: off, warn or error. Commas separate rules. Default: error.",
    ),
    Parameter(
        "thresholds",
        {"type": "string", "examples": ["seeded_temperature=0.1"]},
        "The figures by which the rules judge. Commas separate them. Default: those of the vendor.",
    ),
    WAIT_FOR_END,
)
TURNS: Final = (
    Parameter("from", NUMBER, "Only turns with an exchange of at least this number. Default: 0."),
    Parameter("to", NUMBER, "Only turns with an exchange of at most this number. Default: all."),
    WAIT_FOR_END,
)
LAST_EVENT: Final = (
    Parameter(
        "latest",
        FLAG,
        "Whether only the latest event of each kind is sent, four times a second, without the "
        "number of an exchange. Default: false.",
    ),
    Parameter("last_event_id", NUMBER, "The id of the last event that was read. Default: none."),
    Parameter(
        "Last-Event-ID",
        {"type": "string"},
        "The same id, as a browser sends it when it reconnects. Other values are ignored.",
        "header",
    ),
)


def _conditions() -> Iterator[Parameter]:
    """Yield the conditions that can be texts."""
    words = _described(Conditions) | _described(AnswerConditions)
    for name, schema in SCHEMAS.items():
        if schema.get("type") != "object":
            yield Parameter(name, _as_text(name, schema), words.get(name, ""))


def _as_text(name: str, schema: Schema) -> Schema:
    """Return the schema of a condition in a query: texts are never objects or lists."""
    if name == TOOLS:
        return {"type": "string", "examples": ["get_weather,hang_up"]}
    return {"type": "string", "minLength": 1} if "$ref" in schema else schema


def _described(kind: type) -> dict[str, str]:
    """Return the description of each attribute in the docstring of a class."""
    attributes = (getdoc(kind) or "").partition("Attributes:\n")[2]
    found = NAMED.finditer(attributes)
    return {match[1]: " ".join(match[2].split()) for match in found}


def _options_of_what_if() -> Iterator[Parameter]:
    """Yield the options of `Exchanges.what_if` that can be texts."""
    words = _described(OtherWorld)
    for name, schema in OTHER_WORLD.items():
        yield Parameter(name, schema, f"{words[name]} Default: as it was.")


POSITIVE: Final[Schema] = {"type": "integer", "minimum": 1}
A_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
OTHER_WORLD: Final[Mapping[str, Schema]] = {
    "plan": A_TEXT | {"examples": ["standard", "50/2"]},
    "pace": A_TEXT | {"examples": ["p95", "174:5"]},
    "prefix_cache_tokens": NUMBER,
    "prefix_cache_idle": _seconds(LONGEST_TIME),
    "chunk_tokens": POSITIVE,
    "accept_json_schema": FLAG,
    "refuse_broken_arguments": FLAG,
    "move": A_TEXT,
    "last": FLAG,
    "max_tokens": POSITIVE,
    "without_tools": A_TEXT | {"examples": ["get_weather,hang_up"]},
    "stream": FLAG,
    "include_usage": FLAG,
    "rates": A_TEXT | {"examples": ["example", "0.4:0.1:1.6"]},
}
WHAT_IF: Final = tuple(_options_of_what_if())
"""The parameters of a what-if."""
EXCHANGES: Final = (
    Parameter(
        "format",
        {"enum": list(FORMATS)},
        "json: everything that `to_dict()` has. rows: one short object each. jsonl: JSON lines. "
        "har: an HTTP Archive. script: a script file. Default: json.",
    ),
    Parameter("since", NUMBER, "Only exchanges with a larger number."),
    Parameter(
        "last",
        {"type": "integer", "minimum": 1},
        f"At most this many: the latest. Default for json and rows: {DEFAULT_COUNT}; they never "
        f"have more than {MOST_EXCHANGES}.",
    ),
    Parameter(
        "offset",
        NUMBER,
        "For json and rows: the index of the first exchange of the answer. Default: the latest.",
    ),
    Parameter(
        "limit",
        {"type": "integer", "minimum": 1},
        "For json and rows: the maximum number of exchanges of the answer.",
    ),
    Parameter(
        "count",
        {"type": "integer", "minimum": 1},
        "The number of exchanges to wait for, with `wait`.",
    ),
    Parameter(
        "wait",
        _seconds(LONGEST_WAIT),
        "Seconds to wait until there are `count` exchanges. Then the answer has those that there "
        "are. Default: 0.",
    ),
    Parameter(
        "in_flight",
        FLAG,
        "Whether to answer at once, with exchanges in flight. Default: false.",
    ),
    Parameter("others", FLAG, "Whether requests for other paths are included. Default: false."),
    Parameter(
        "where",
        {"type": "string", "contentMediaType": "application/json"},
        "A JSON object of conditions, for those that are no texts, such as regular expressions.",
    ),
    *_conditions(),
)
"""The parameters of a list of exchanges."""
