"""The parameters of a URL: texts to values, by the table of the route, with all problems at once.

`read_query` runs before the endpoint, so that nothing is done for a URL with a mistake.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct
from starlette.requests import Request

from mock_electron.control.conditions import WHERE as CONDITIONS
from mock_electron.control.conditions import read_where
from mock_electron.control.given import QUERY, Given
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import unknown
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.problems import ScriptError, WrongError
from mock_electron.scripts.source import parse

WHERE: Final = "where"
"""The parameter with a JSON object of conditions, for those that are no texts."""
DOCUMENT: Final = "where.json"
"""The name of its document for the parser, which tells the format by the extension."""
TRUE: Final = ("true", "1", "yes", "")
FALSE: Final = ("false", "0", "no")
NO_WAIT: Final = (
    "count needs wait, the number of seconds to wait for as many; last limits the answer"
)
MOST_DIGITS: Final = 15
TOOLS: Final = "tools"
"""The condition whose parameter is a list, with commas."""
READ: Final = "query"
"""The attribute of a request's state with what `read_query` has read."""


class Parameter(Struct, frozen=True):
    """A parameter.

    Attributes:
        name: Its name.
        schema: Its value, as JSON Schema.
        description: What it means.
        place: Where it is.
    """

    name: str
    schema: Schema
    description: str
    place: Literal["path", "query", "header"] = "query"


class Query(Struct, frozen=True):
    """The parameters of a request.

    Attributes:
        values: The values by name, without the conditions.
        conditions: The conditions of `exchanges.where`, by name.
    """

    values: Mapping[str, Any]
    conditions: Mapping[str, Any]


def query_of(request: Request) -> Query:
    """Return the parameters of a request, which were read before the endpoint was called."""
    query: Query = getattr(request.state, READ)
    return query


def read_query(
    request: Request, parameters: Sequence[Parameter], ignored: Sequence[str] = ()
) -> None:
    """Read the parameters of a request, and keep them for `query_of`.

    Args:
        request: The request.
        parameters: The parameters that its route has.
        ignored: Names of other parameters that it may have.

    Raises:
        Invalid: If a parameter is unknown, given twice or wrong; all are listed.
    """
    listed = [pair for pair in request.query_params.multi_items() if pair[0] not in ignored]
    given, counts = Given(dict(listed), QUERY), Counter(name for name, _ in listed)
    known = {one.name: one.schema for one in parameters if one.place == "query"}
    values: dict[str, Any] = {}
    for name, text in given.document.items():
        if counts[name] > 1:
            given.add((name,), f"{name} is given twice")
        elif name in known:
            values[name] = given.read((name,), _reader(name), name, known[name], text)
        else:
            given.add((name,), _unknown(name, known))
    where = values.pop(WHERE, None) or {}
    for name in [name for name in values if name in where]:
        given.add((name,), f"{name} is given twice: in the parameter {WHERE}, and on its own")
    if "count" in values and "wait" not in values:
        given.add(("count",), NO_WAIT)
    given.require_valid()
    conditions = {name: values.pop(name) for name in [*values] if name in CONDITIONS}
    setattr(request.state, READ, Query(values, where | conditions))


def _unknown(name: str, known: Mapping[str, Schema]) -> str:
    """Return the message for an unknown parameter. A condition may have no form as a text."""
    if WHERE in known and name in CONDITIONS:
        return f"{name} must be a JSON object in the parameter {WHERE}"
    return unknown("parameter", name, known)


def _reader(name: str) -> Callable[[str, Schema, str], Any]:
    """Return the function that reads a parameter."""
    if name == WHERE:
        return _where
    return _condition if name in CONDITIONS else _value


def _value(name: str, schema: Schema, text: str) -> Any:
    """Return the value of a parameter that is no condition."""
    if "enum" in schema:
        if text not in schema["enum"]:
            raise ValueError(unknown(name, text, schema["enum"]))
        return text
    return READERS[schema["type"]](name, schema, text)


def _count(name: str, schema: Schema, text: str) -> int:
    value, least = _integer(text), schema["minimum"]
    if value is None or value < least:
        most = 10**MOST_DIGITS - 1
        raise ValueError(must_be(name, f"an integer from {least} to {most}", text))
    return value


def _seconds(name: str, schema: Schema, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    most = schema["maximum"]
    if not 0 <= value <= most:
        raise ValueError(must_be(name, f"a number of seconds from 0 to {most:g}", text))
    return value


def _flag(name: str, _schema: Schema, text: str) -> bool:
    if text.lower() not in TRUE + FALSE:
        raise ValueError(must_be(name, "true or false", text))
    return text.lower() in TRUE


def _text(name: str, _schema: Schema, text: str) -> str:
    if not text:
        raise ValueError(must_be(name, "a non-empty text", text))
    return text


READERS: Final[Mapping[str, Callable[[str, Schema, str], Any]]] = {
    "string": _text,
    "integer": _count,
    "number": _seconds,
    "boolean": _flag,
}
"""The functions that read a text, by the type of its value."""


def _where(name: str, _schema: Schema, text: str) -> dict[str, Any]:
    """Return the conditions of a JSON object."""
    try:
        found = parse(text.encode(), DOCUMENT).document
    except ScriptError as error:
        raise WrongError((one.path, one.words) for one in error.problems) from None
    if not isinstance(found, dict):
        raise ValueError(must_be(name, "a JSON object of conditions", text))
    wrong = WrongError(_wrong_conditions(found))
    if wrong.found:
        raise wrong
    return {name: read_where(name, value) for name, value in found.items()}


def _wrong_conditions(found: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name, value in found.items():
        if name not in CONDITIONS:
            yield (name,), unknown("condition", name, CONDITIONS)
            continue
        try:
            read_where(name, value)
        except WrongError as error:
            yield from (((name, *path), words) for path, words in error.found)


def _condition(name: str, _schema: Schema, text: str) -> Any:
    return read_where(name, _from_text(name, text))


def _from_text(name: str, text: str) -> Any:
    """Return the JSON value that a text stands for; the text itself if it stands for none."""
    kind = CONDITIONS[name].schema.get("type")
    if kind == "integer":
        number = _integer(text)
        return text if number is None else number
    if kind == "boolean" and text.lower() in TRUE + FALSE:
        return text.lower() in TRUE
    return [part for part in text.split(",") if part] if name == TOOLS else text


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    return int(text) if is_number else None
