"""Arguments for a tool call: from the tool's JSON Schema and from the user's words.

A call goes through these modules, each of which opens with its rules:

    said       what was said, on which day, in which language
    words      words as they are compared                  days      days and times of day
    values     the finders of values in a text, a table    reading   a text and all that it holds
    phrases    values known by the words around them       lists     what a text enumerates
    schema     a schema as it is meant                     valid     whether a value holds a schema
    formats    the formats of strings                      patterns  strings for simple patterns
    roles      what a property is for, a table             want      what an argument has to be
    rules      how an argument takes a value, a table      convert   from a place in a text to a value
    slots      what is to be filled                        nested    lists and objects from a text
    earlier    values from earlier messages                made_up   values that nobody said
    instance   fills an object by the rules                finish    makes up what is missing

To add a rule: write a finder of a few lines in `rules`, and put it in its place in the table.
"""

from collections.abc import Mapping
from typing import Any

from mock_electron.model.arguments.instance import Maker
from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.said import Said

__all__ = ["Said", "arguments", "instance"]


def arguments(parameters: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """The arguments for a tool: all required ones, optional ones where the words speak of them.

    >>> arguments({"properties": {"n": {"type": "integer"}}, "required": ["n"]}, Said("f(3)"))
    {'n': 3}
    """
    return Maker(parameters, Reading(said)).object(parameters)


def instance(schema: Mapping[str, Any] | bool, said: Said) -> Any:
    """A value for any schema, such as JSON mode is given.

    >>> instance({"type": "array", "items": {"type": "integer"}}, Said("From 3 to 5"))
    [3, 5]
    """
    return Maker(schema, Reading(said)).value(schema)
