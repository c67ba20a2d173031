"""How an argument takes a value from a text: a table of rules, from the surest to the vaguest.

1. Every rule is tried for all arguments before the next one is tried for any.
2. What one argument has taken is not taken by another.
3. An optional argument is filled by those rules only that say that the text speaks of it.
4. A rule yields places of the text, best first; the first that suits the schema is taken.
"""

from dataclasses import dataclass
from typing import Final

from mock_electron.model.arguments.finders import (
    NUMBERS,
    SCALARS,
    Finder,
    aged,
    any_number,
    counted,
    country,
    described_noun,
    directed,
    half_name,
    in_order,
    introduced,
    introduced_thing,
    located,
    members,
    named,
    noun_after,
    noun_before,
    noun_near,
    numbered,
    one_of_its_noun,
    paired,
    partly_paired,
    quoted,
    rest,
    special,
    spoken_of,
    titled,
    typed,
    uncapitalised,
    whole,
    year,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: which types and roles it is for, and whether it fills optional arguments too."""

    find: Finder
    kinds: tuple[str, ...]
    roles: tuple[str, ...] = ()
    volunteers: bool = False


NAMED: Final = (
    "place",
    "person",
    "organisation",
    "to",
    "from",
    "language",
    "symbol",
    "name",
    "title",
    "any",
)
LOCATED: Final = ("place", "person", "organisation", "to", "from", "language", "country")
TEXTS: Final = ("text", "title", "thing", "any", "expression")
VALUED: Final = ("email", "url", "phone", "uuid", "ipv4", "datetime", "date", "time")

SURE: Final[tuple[Rule, ...]] = (
    Rule(paired, (*SCALARS, "array", "object"), volunteers=True),  # "nights: 3", f(nights=3)
    Rule(noun_after, NUMBERS, volunteers=True),  # "3 nights"
    Rule(noun_before, NUMBERS, volunteers=True),  # "age 30"
    Rule(year, NUMBERS, volunteers=True),  # "in 1999"
    Rule(aged, NUMBERS, volunteers=True),  # "John is 32"
    Rule(directed, ("string", ""), volunteers=True),  # "from Berlin to Paris"
    Rule(titled, ("string",), ("title", "name", "person", "organisation"), volunteers=True),
    Rule(half_name, ("string",), volunteers=True),  # first and last name
    Rule(country, ("string",), ("country",), volunteers=True),
    Rule(typed, ("string",), ("to", "from")),  # an e-mail address to send to
    Rule(members, SCALARS, volunteers=True),  # a member of the enum
    Rule(introduced, SCALARS, volunteers=True),  # "the subject is …"
    Rule(partly_paired, SCALARS, volunteers=True),  # "name: Bob" for customer_name
    Rule(numbered, ("string", *NUMBERS), ("id",), volunteers=True),  # "order 123"
    Rule(noun_near, NUMBERS, volunteers=True),  # "3 long nights"
    Rule(one_of_its_noun, NUMBERS, volunteers=True),  # "a night"
    Rule(typed, ("string",), VALUED, volunteers=True),  # the e-mail address, the day
    Rule(typed, ("string",), ("id",)),  # a code, whoever it is of
    Rule(
        special,
        ("string",),
        ("currency", "expression", "path", "language", "street", "sql", "reason"),
        volunteers=True,
    ),
    Rule(counted, ("string",), ("thing",)),  # "2 pizzas"
    Rule(spoken_of, ("boolean",), volunteers=True),
    Rule(described_noun, NUMBERS),  # as noun_after, by the description
    Rule(located, ("string",), LOCATED, volunteers=True),  # "in Paris"
    Rule(named, ("string",), ("person", "name")),  # "Anna is here"
)
"""What says clearly which argument it is for."""

VAGUE: Final[tuple[Rule, ...]] = (
    Rule(
        named,
        ("string",),
        ("person", "organisation", "place", "to", "from", "symbol", "name", "country"),
    ),
    Rule(uncapitalised, ("string",), ("place", "person", "name", "to", "from", "language")),
    Rule(quoted, ("string",), (*TEXTS, "name", "organisation", "path", "symbol"), volunteers=True),
    Rule(any_number, ("string",), ("id", "phone")),
    Rule(in_order, NUMBERS),  # numbers in the order of mention
    Rule(introduced_thing, ("string",), ("title", "thing", "any")),  # "a science fair"
    Rule(named, ("string",), ("title", "thing", "any")),
    Rule(rest, ("string",), TEXTS),  # what nobody has taken
    Rule(whole, ("string",), ("text", "expression")),
)
"""What may be meant, where nothing says it clearly: only for what is required."""
