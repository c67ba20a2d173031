"""What a request gives, its body or its query, with all its problems at once.

The schema is checked first, for all values. Then each value that has no problem yet is read: a
schema cannot say everything. The problems are listed in the order of the body.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from mock_electron.control.refused import Invalid
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.problems import NOT_LISTED, DocumentPath, Found, WrongError, WrongPlaces
from mock_electron.scripts.step_values import SAMPLES
from mock_electron.scripts.validation import Instance, check
from mock_electron.scripts.wording import field_path

BODY: Final = "the body"
QUERY: Final = "the query"
MOST_PROBLEMS: Final = 100
"""The maximum number of problems that a response lists."""
Value = TypeVar("Value")


class Given:
    """A value that a request gives, and its problems.

    Args:
        document: The value.
        what: What messages call it.

    Attributes:
        document: The value.
    """

    def __init__(self, document: Any, what: str = BODY) -> None:
        self.document = document
        self._what = what
        self._found: list[Found] = []
        self._wrong = WrongPlaces()
        self._has_more = False

    def add(self, path: DocumentPath, words: str) -> None:
        """Add a problem. If there are too many, the response says so instead."""
        self._wrong.add(path)
        if words == NOT_LISTED or len(self._found) == MOST_PROBLEMS:
            self._has_more = True
        else:
            name = f"{path[-1]}: " if path else ""  # the path says it already
            self._found.append((path, words.removeprefix(name)))

    def check(self, schema: Schema) -> None:
        """Add the problems that the schema finds.

        Raises:
            Invalid: If there are too many. The other values are not checked, and cannot be read.
        """
        for violation in check(Instance(self.document, schema, document=self._what)):
            if violation.is_consequence:
                self._wrong.add(violation.path)
            else:
                self.add(violation.path, violation.message)
            if self._has_more:
                self.require_valid()

    def is_wrong(self, path: DocumentPath = ()) -> bool:
        """Return whether a value, or a value inside it, has a problem."""
        return path in self._wrong

    def read(
        self,
        path: DocumentPath,
        read: Callable[..., Value],
        *given: Any,
        by_field: bool = False,
    ) -> Value | None:
        """Return what a function makes of a value. If it raises, add the problems.

        Args:
            path: The position of the value. If it has a problem already, the result is None.
            read: The function.
            *given: Its arguments, the value last.
            by_field: Whether the function lists the problems of each field. It is called also if
                fields have problems already, without these.
        """
        *others, value = given
        is_wrong = self.is_wrong(path)
        if is_wrong:
            value = self._wrong.right_part(path, value, SAMPLES) if by_field else None
            if value is None:
                return None
        try:
            found = read(*others, value)
            return None if is_wrong else found
        except WrongError as error:
            for below, words in error.found:
                self.add((*path, *below), words)
        except (TypeError, ValueError) as error:
            self.add((*path, *field_path(str(error), value)), str(error))
        return None

    def require_valid(self) -> Any:
        """Return the value.

        Raises:
            Invalid: If it has problems.
        """
        if not self.is_wrong():
            return self.document
        order = _Order(self.document)
        more = [((), NOT_LISTED)] if self._has_more else []
        raise Invalid.listing([*sorted(self._found, key=order.of), *more], self._what)


class _Order:
    """The order of the values in a document."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._indexes: dict[DocumentPath, Mapping[str, int]] = {}

    def of(self, found: Found) -> tuple[int, ...]:
        """Return where a problem is, for comparison. What is inside a text has the text's place."""
        path, _ = found
        value, place = self._document, list[int]()
        for depth, part in enumerate(path):
            if not isinstance(value, dict | list):
                break
            index = self._index(path[:depth], value, part)
            place.append(index)
            if index >= len(value):  # it is missing
                break
            value = value[index] if isinstance(value, list) else value[part]
        return tuple(place)

    def _index(self, above: DocumentPath, value: Any, part: str | int) -> int:
        if isinstance(value, list):
            return part if isinstance(part, int) else len(value)
        if above not in self._indexes:
            self._indexes[above] = {name: index for index, name in enumerate(value)}
        return self._indexes[above].get(str(part), len(value))
