"""`Place`: a value in the arguments of a scripted call, and a schema that applies to it."""

from typing import Any, NamedTuple

from mock_electron.engine.script.text import quoted
from mock_electron.model.schema.conditional import ALL_CHECKS
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.schema.valid import Case
from mock_electron.wire import codec


class Place(NamedTuple):
    """A value of the arguments, and a schema that applies to it.

    Attributes:
        schemas: The schemas of the tool.
        schema: The schema of the value.
        value: The value.
        path: The position of the value, such as `items[0].name`; "" for the arguments.
        depth: The number of schemas around this one.
    """

    schemas: Schemas
    schema: Any
    value: Any
    path: str = ""
    depth: int = 0

    @property
    def name(self) -> str:
        """The value in messages."""
        return self.path or "the arguments"

    @property
    def case(self) -> Case:
        """The value's schema, as the checks take it."""
        return Case(self.schemas, self.schema, self.depth, ALL_CHECKS)

    def must_be(self, what: str) -> str:
        """Return the message for a value that is not as expected."""
        return f"{self.name} must be {what}, got {shown(self.value)}"

    def same(self, schema: object) -> "Place":
        """Return the same value with another schema."""
        return self._replace(schema=schema, depth=self.depth + 1)

    def member(self, name: str, schema: object) -> "Place":
        """Return a member of the object with its schema."""
        path = f"{self.path}.{name}" if self.path else name
        return Place(self.schemas, schema, self.value[name], path, self.depth + 1)

    def item(self, index: int, schema: object) -> "Place":
        """Return an item of the list with its schema."""
        path = f"{self.path}[{index}]"
        return Place(self.schemas, schema, self.value[index], path, self.depth + 1)


def shown(value: Any) -> str:
    """Return a value as messages show it: as JSON, shortened."""
    return quoted(value) if isinstance(value, str) else quoted(codec.encode_arguments(value))[1:-1]
