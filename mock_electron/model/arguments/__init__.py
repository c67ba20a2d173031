"""Arguments for a tool call: from the tool's JSON Schema and from the user's words.

A call goes through these modules, each of which opens with its rules:

    what was said
        said        the words, the day, the language     reading     a text and all that it holds
        words       words as they are compared           values      typed values, a table of finders
        days        days and times of day                proper      proper names
    what is wanted
        schema      a schema as it is meant              merging     two schemas as one
        want, slots what an argument has to be           roles       what a property is for, a table
    taking the one for the other
        rules       the table of rules, surest first     scene       a text, and what of it is taken
        numbers     finders of numbers                   names       finders of names
        truths      truth values                         finders     all other finders
        introduced  behind the property's name           enums       members of an enum
        directions  "from" and "to"                      special     currencies, countries, files …
        titles      titles and things                    leads       names in small letters
        free_text   a request without its command        lists       what a text enumerates
        convert     from a place in a text to a value    nested      lists and objects from a text
        earlier     values from earlier messages         instance    fills an object by the rules
    what is missing
        finish      made up until the schema holds       made_up     strings that nobody said
        figures     numbers that a schema allows         formats     the formats of strings
        patterns    strings for simple patterns          pattern_parser
    whether it holds
        valid       whether a value holds a schema       equality    when values are the same JSON

To add a rule: write a finder of a few lines in `finders`, or beside its like, and put it in its place
in the table in `rules`. To teach a word, add it to its line: in `roles`, `enums` or `special`.
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
