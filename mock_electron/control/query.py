"""The parameters of a URL: texts to values, with all problems at once.

Each reader takes a parameter out of a mapping of texts. What is left are conditions.
"""

from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Final

from starlette.datastructures import QueryParams

from mock_electron.control.bodies import MOST_PROBLEMS
from mock_electron.control.conditions import WHERE as CONDITIONS
from mock_electron.control.conditions import WrongConditionError, read_where
from mock_electron.control.refused import Invalid
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import unknown
from mock_electron.scripts.problems import DocumentPath
from mock_electron.wire import codec

WHERE: Final = "where"
"""The parameter with a JSON object of conditions, for those that are no texts."""
TRUE: Final = ("true", "1", "yes", "")
FALSE: Final = ("false", "0", "no")
MOST_DIGITS: Final = 15
TOOLS: Final = "tools"
"""The condition whose parameter is a list, with commas."""


def _invalid(name: str, words: str) -> Invalid:
    return Invalid.of([((name,), words)], "the query")


def single(given: QueryParams) -> dict[str, str]:
    """Return the parameters of a URL by name.

    Raises:
        Invalid: If one is given twice.
    """
    counts = Counter(name for name, _ in given.multi_items())
    twice = [name for name, count in counts.items() if count > 1][:MOST_PROBLEMS]
    if twice:
        raise Invalid.of([((name,), f"{name} is given twice") for name in twice], "the query")
    return dict(given)


def word_of(
    given: MutableMapping[str, str], name: str, choices: Sequence[str], default: str
) -> str:
    """Return one of several words."""
    word = given.pop(name, default)
    if word not in choices:
        raise _invalid(name, unknown(name, word, choices))
    return word


def count_of(given: MutableMapping[str, str], name: str, least: int = 0) -> int | None:
    """Return a whole number, or None if it is not given."""
    text = given.pop(name, None)
    if text is None:
        return None
    value = _integer(text)
    if value is None or value < least:
        raise _invalid(name, must_be(name, f"an integer of at least {least}", text))
    return value


def seconds_of(
    given: MutableMapping[str, str], name: str, most: float, default: float = 0.0
) -> float:
    """Return a number of seconds."""
    text = given.pop(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise _invalid(name, must_be(name, f"a number of seconds from 0 to {most:g}", text))
    return value


def flag_of(given: MutableMapping[str, str], name: str) -> bool:
    """Return a switch; false if it is not given."""
    text = given.pop(name, "false").lower()
    if text not in TRUE + FALSE:
        raise _invalid(name, must_be(name, "true or false", text))
    return text in TRUE


def conditions_of(given: Mapping[str, str], known: Sequence[str]) -> dict[str, Any]:
    """Return the conditions of `exchanges.where` in what is left of the parameters.

    Args:
        given: The parameters.
        known: The parameters that are no conditions, for the message about an unknown name.
    """
    rest = dict(given)
    found = _where(rest.pop(WHERE, "{}"))
    twice = [((name,), f"{name} is given twice") for name in found if name in rest]
    if twice:
        raise Invalid.of(twice, "the query")
    problems: list[tuple[DocumentPath, str]] = []
    for name, text in (*found.items(), *rest.items()):
        try:
            found[name] = _condition(name, text, known)
        except WrongConditionError as error:
            problems.append((error.path, str(error)))
        except ValueError as error:
            problems.append(((name,), str(error)))
    if problems:
        raise Invalid.of(problems, "the query")
    return found


def _where(text: str) -> dict[str, Any]:
    try:
        found = codec.decode(text.encode())
    except codec.MalformedError:
        found = None
    if not isinstance(found, dict):
        raise _invalid(WHERE, must_be(WHERE, "a JSON object of conditions", text))
    return found


def _condition(name: str, given: Any, known: Sequence[str]) -> Any:
    """Return the value of a condition from a text, or from a JSON value."""
    if name not in CONDITIONS:
        raise ValueError(unknown("parameter", name, (*known, WHERE, *CONDITIONS)))
    return read_where(name, _from_text(name, given) if isinstance(given, str) else given)


def _from_text(name: str, text: str) -> Any:
    """Return the JSON value that a parameter gives as text."""
    kind = CONDITIONS[name].schema.get("type")
    if kind == "integer":
        number = _integer(text)
        return text if number is None else number
    if kind == "boolean":
        return flag_of({name: text}, name)
    if kind == "object":
        raise ValueError(f"{name} must be a JSON object in the parameter {WHERE}")
    return [part for part in text.split(",") if part] if name == TOOLS else text


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    return int(text) if is_number else None
