"""Fill the arguments of a tool call from its JSON Schema and the user's words.

    parameters/  what each parameter requires
    text/        the text, and all places in it that may be values
    candidates/  the places that may fill a parameter, each with its points
    best         the best assignment                      assigned    its result
    convert      from a place to a value                  writing     cents, fractions, MM/DD/YYYY
    units        units, and what they measure             special     currencies, countries, files
    cities       the regions of large cities              nested      lists of objects
    call         what all candidates share                instance    the steps together
    invented/    values that nobody said

The arguments of a call are one assignment: each place of the text that may be a value gets a score for
each parameter, and the assignment with the largest sum is chosen. To add a kind of value, add a row to
`parameters/roles`: the role, the words of names that mean it, and its kinds. To add a word, extend its
line in `roles`, `units`, `enums` or `weights`.
"""

from collections.abc import Mapping
from typing import Any

from mock_electron.model.fill.assigned import Assignment, Given
from mock_electron.model.fill.instance import Maker
from mock_electron.model.fill.invented.plain import plain_arguments, plain_instance
from mock_electron.model.fill.parameters.prepared import schemas_of
from mock_electron.model.fill.parameters.slots import properties_of
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.said import Said
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.schema.valid import admits
from mock_electron.model.work import Spent
from mock_electron.wire.request import Tool

__all__ = [
    "Assignment",
    "Given",
    "Said",
    "arguments",
    "assigned",
    "assignment",
    "completed",
    "filled",
    "instance",
    "plain_arguments",
    "plain_instance",
]


def arguments(parameters: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """The arguments for a tool: all required ones, and the optional ones that the words mention.

    If the budget of the request is spent, they are the plainest ones.

    >>> arguments({"properties": {"n": {"type": "integer"}}, "required": ["n"]}, Said("f(3)"))
    {'n': 3}
    """
    try:
        return dict(assignment(parameters, said).arguments)
    except Spent:
        return plain_arguments(parameters, said.work.reserve)


def filled(tool: Tool, said: Said) -> dict[str, Any]:
    """The arguments for a tool, as `arguments` gives them. Do not change them: they are kept.

    Raises:
        Spent: If the budget of the request is spent.
    """
    return dict(assigned(tool, said).arguments)


def assigned(tool: Tool, said: Said) -> Assignment:
    """The arguments for a tool, with the words that they came from. Its name is no value.

    Raises:
        Spent: If the budget of the request is spent.
    """
    return assignment(tool.parameters, said, tool.name)


def assignment(parameters: Mapping[str, Any], said: Said, tool: str = "") -> Assignment:
    """The arguments for a schema, with the words that they came from.

    >>> parameters = {"properties": {"n": {"type": "integer"}}, "required": ["n", "city"]}
    >>> found = assignment(parameters, Said("3 nights"))
    >>> found.given["n"].words, found.missing
    ('3', ('city',))

    Raises:
        Spent: If the budget of the request is spent.
    """
    reading = Reading.of(said)
    known = reading.assignments.get(id(parameters))
    if known is None:
        is_silent = not said.earlier and not reading.text.strip()
        schemas = schemas_of(parameters, said.work, is_silent=is_silent)
        place, filled, missing = Maker(schemas, reading, tool, unknown=True).found()

        def make() -> dict[str, Any]:
            return Maker(schemas, Reading.of(said), tool, unknown=True).made(place, filled.values)

        known = parameters, Assignment(make, filled.given, missing)
        reading.assignments[id(parameters)] = known
    return known[1]


def completed(tool: Tool, values: Mapping[str, Any], said: Said) -> Assignment:
    """The arguments for a tool, some of which are known. The others are found as `assigned` does.

    Args:
        tool: The tool.
        values: The values that are known, by name.
        said: What was said besides.

    If the budget of the request is spent, they are the plainest ones.
    """
    try:
        return _completed(tool, values, said)
    except Spent:
        plain = plain_arguments(tool.parameters, said.work.reserve)
        return Assignment(lambda: plain, {}, ())


def _completed(tool: Tool, values: Mapping[str, Any], said: Said) -> Assignment:
    found = assigned(tool, said)
    if all(name in found.given and found.given[name].value == values[name] for name in values):
        return found
    given = {name: one.value for name, one in found.given.items()}
    schemas = schemas_of(tool.parameters, said.work, is_silent=False)
    maker = Maker(schemas, Reading.of(said), tool.name, unknown=True)
    made = maker.completed(given | dict(values))
    if made is None:  # a call of the history may have had a value that the schema refuses
        properties = properties_of(tool.parameters)
        valid = {
            name: value
            for name, value in values.items()
            if admits(schemas, properties.get(name, True), value)
        }
        made = maker.completed(given | valid)
    if made is None:
        return found
    complete = made
    missing = tuple([name for name in found.missing if name not in values])
    return Assignment(lambda: complete, found.given, missing)


def instance(schema: Mapping[str, Any] | bool, said: Said) -> Any:
    """A value for any schema, such as JSON mode is given.

    If the budget of the request is spent, it is the plainest one.

    >>> instance({"type": "array", "items": {"type": "integer"}}, Said("From 3 to 5"))
    [3, 5]
    """
    try:
        return Maker(Schemas(schema, said.work), Reading.of(said)).value(schema)
    except Spent:
        return plain_instance(schema, said.work.reserve)
