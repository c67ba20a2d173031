"""The table of rules that fill arguments from a text, surest first.

1. Each rule is applied to all arguments before the next rule is applied.
2. A place that one argument has used is not used by another.
3. An optional argument is only filled by rules that prove that the text mentions it.
4. A rule yields places of the text, best first. The first that suits the schema is used.
"""

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from mock_electron.model.arguments import finders, names, numbers, truths
from mock_electron.model.arguments.scene import Scene
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import NUMBERS, Want

Finder = Callable[[Want, Scene], Iterable[Mark]]
SCALARS: Final = ("string", *NUMBERS, "boolean", "")


class Rule(Struct, frozen=True):
    """A rule: which types and roles it is for, and whether it fills optional arguments too.

    only: whether the rule finds anything for an argument, whatever the text is.
    """

    find: Finder
    kinds: tuple[str, ...]
    roles: tuple[str, ...] = ()
    volunteers: bool = False
    only: Callable[[Want], object] = bool


LOCATED: Final = ("place", "person", "organisation", "to", "from", "language", "country")
TEXTS: Final = ("text", "title", "thing", "any", "expression")
VALUED: Final = ("email", "url", "phone", "uuid", "ipv4", "datetime", "date", "time")
SURE: Final[tuple[Rule, ...]] = (
    Rule(
        finders.paired, (*SCALARS, "array", "object"), volunteers=True
    ),  # "nights: 3", f(nights=3)
    Rule(finders.literal, ("array",), volunteers=True),  # [1, 2]
    Rule(numbers.noun_after, NUMBERS, volunteers=True, only=numbers.has_hints),  # "3 nights"
    Rule(numbers.noun_before, NUMBERS, volunteers=True, only=numbers.has_hints),  # "age 30"
    Rule(numbers.year, NUMBERS, volunteers=True, only=numbers.is_year),  # "in 1999"
    Rule(numbers.aged, NUMBERS, volunteers=True, only=numbers.is_age),  # "John is 32"
    Rule(
        finders.directed, ("string", ""), volunteers=True, only=finders.has_direction
    ),  # "from Berlin to Paris"
    Rule(finders.titled, ("string",), ("title", "name", "person", "organisation"), volunteers=True),
    Rule(names.half_name, ("string",), volunteers=True, only=names.is_half),  # first and last name
    Rule(names.country, ("string",), ("country",), volunteers=True),
    Rule(finders.typed, ("string",), ("to", "from")),  # an e-mail address to send to
    Rule(finders.members, SCALARS, volunteers=True, only=finders.is_chosen),  # a member of the enum
    Rule(
        finders.behind_name, SCALARS, volunteers=True, only=finders.has_words
    ),  # "the subject is …"
    Rule(
        finders.partly_paired, SCALARS, volunteers=True, only=finders.has_words
    ),  # "name: Bob" for customer_name
    Rule(finders.numbered, ("string", *NUMBERS), ("id",), volunteers=True),  # "order 123"
    Rule(numbers.noun_near, NUMBERS, volunteers=True, only=numbers.has_hints),  # "3 long nights"
    Rule(numbers.one_of_its_noun, NUMBERS, volunteers=True),  # "a night"
    Rule(finders.typed, ("string",), VALUED, volunteers=True),  # the e-mail address, the day
    Rule(finders.typed, ("string",), ("id",)),  # a code, whoever it is of
    Rule(
        finders.of_its_kind,
        ("string",),
        ("currency", "expression", "path", "language", "street", "sql", "reason"),
        volunteers=True,
    ),
    Rule(finders.counted, ("string",), ("thing",)),  # "2 pizzas"
    Rule(truths.spoken_of, ("boolean",), volunteers=True),
    Rule(
        numbers.described_noun, NUMBERS, only=numbers.is_described
    ),  # as noun_after, by the description
    Rule(names.located, ("string",), LOCATED, volunteers=True),  # "in Paris"
    Rule(names.named, ("string",), ("person", "name")),  # "Anna is here"
)
"""Sure rules: the text says clearly which argument a value is for."""
VAGUE: Final[tuple[Rule, ...]] = (
    Rule(
        names.named,
        ("string",),
        ("person", "organisation", "place", "to", "from", "symbol", "name", "country"),
    ),
    Rule(names.uncapitalised, ("string",), ("place", "person", "name", "to", "from", "language")),
    Rule(
        finders.quoted,
        ("string",),
        (*TEXTS, "name", "organisation", "path", "symbol"),
        volunteers=True,
    ),
    Rule(finders.any_number, ("string",), ("id", "phone")),
    Rule(numbers.in_order, NUMBERS),  # numbers in the order of mention
    Rule(finders.introduced_thing, ("string",), ("title", "thing", "any")),  # "a science fair"
    Rule(names.named, ("string",), ("title", "thing", "any")),
    Rule(finders.rest, ("string",), TEXTS),  # what no argument has taken
    Rule(finders.whole, ("string",), ("text", "expression")),
)
"""Vague rules, for required arguments only."""
