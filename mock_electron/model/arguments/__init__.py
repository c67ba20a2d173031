"""Fill the arguments of a tool call from its JSON Schema and the user's words.

Each module opens with its rules:

    reading the text
        reading     a text and the values in it          words       words in their normal form
        values      typed values, as `hear/` finds them  proper      proper names
        lists       enumerations in a text               places      all places that may be values
        phrases     what stands between function words
        units       units, and what they measure         special     currencies, countries, files …
    reading the schema
        schema      a schema with references resolved    merging     two schemas combined into one
        want, slots requirements of a property           roles       the purpose of a property
        described   what its description says            prepared    what is kept of a tool
    assigning places to parameters
        weights     what each sign is worth              labels      the parameters' names in the text
        candidates  the values of a parameter, scored    call        what all candidates share
        typed, named, worded, counted, free, runs        where candidates come from
        distances   how near a label is to a value       cities      the regions of large cities
        enums       members of an enum                   truths      booleans
        best        the best assignment                  assigned    its result
        convert     from a place to a value              writing     cents, fractions, MM/DD/YYYY
        nested      lists of objects                     free_text   a request without its command
        earlier     values from earlier messages         instance    the steps together
    filling in the rest
        finish      complete a value for the schema      made_up     invented strings
        figures     numbers that a schema allows         formats     the formats of strings
        patterns    strings for simple patterns          pattern_parser, pattern_matcher
        plain       the plainest values, when the budget of the request is spent
    validating
        valid       validate a value                     equality    equality of JSON values
        conditional the keywords that the pocket model ignores, for scripted arguments

The arguments of a call are one assignment: each place of the text that may be a value gets a score for
each parameter, and the assignment with the largest sum is chosen. To add a kind of value, add a row to
`roles`: the role, the words of names that mean it, and its kinds. To add a word, extend its line in
`roles`, `units`, `enums` or `weights`.
"""

from collections.abc import Mapping
from typing import Any

from mock_electron.model.arguments.assigned import Assignment, Given
from mock_electron.model.arguments.instance import Maker
from mock_electron.model.arguments.plain import plain_arguments, plain_instance
from mock_electron.model.arguments.prepared import schemas_of
from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.schema import Schemas
from mock_electron.model.arguments.slots import properties_of
from mock_electron.model.arguments.valid import admits
from mock_electron.model.said import Said
from mock_electron.model.work import Spent

__all__ = [
    "Assignment",
    "Given",
    "Said",
    "arguments",
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
        return filled(parameters, said)
    except Spent:
        return plain_arguments(parameters, said.work.reserve)


def filled(parameters: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """The arguments for a tool, as `arguments` gives them. Do not change them: they are kept.

    Raises:
        Spent: If the budget of the request is spent.
    """
    return dict(assignment(parameters, said).arguments)


def assignment(parameters: Mapping[str, Any], said: Said) -> Assignment:
    """The arguments for a tool, with the words that they came from.

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
        known = parameters, Maker(schemas, reading, unknown=True).assignment()
        reading.assignments[id(parameters)] = known
    return known[1]


def completed(parameters: Mapping[str, Any], values: Mapping[str, Any], said: Said) -> Assignment:
    """The arguments for a tool, some of which are known. The others are found as `assignment` does.

    Args:
        parameters: The parameters of the tool.
        values: The values that are known, by name.
        said: What was said besides.

    If the budget of the request is spent, they are the plainest ones.
    """
    try:
        return _completed(parameters, values, said)
    except Spent:
        return Assignment(plain_arguments(parameters, said.work.reserve), {}, ())


def _completed(parameters: Mapping[str, Any], values: Mapping[str, Any], said: Said) -> Assignment:
    found = assignment(parameters, said)
    if all(name in found.given and found.given[name].value == values[name] for name in values):
        return found
    given = {name: one.value for name, one in found.given.items()}
    schemas = schemas_of(parameters, said.work, is_silent=False)
    maker = Maker(schemas, Reading.of(said), unknown=True)
    made = maker.completed(given | dict(values))
    if made is None:  # a call of the history may have had a value that the schema refuses
        properties = properties_of(parameters)
        valid = {
            name: value
            for name, value in values.items()
            if admits(schemas, properties.get(name, True), value)
        }
        made = maker.completed(given | valid)
    if made is None:
        return found
    missing = tuple([name for name in found.missing if name not in values])
    return Assignment(made, found.given, missing)


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
