"""What a sign is worth that words belong to a parameter, in points, and the tables of these signs.

The score of a pair of a place and a parameter is the sum of its signs. A sign marked as proof shows
that the text speaks of the parameter: an optional parameter is only filled with proof.
"""

from collections.abc import Mapping
from typing import Final

from mock_electron.model.normalise import normalised

# --- the words around a value

PAIRED: Final = 130
"""It is a pair, "nights: 3", or the argument of a call, f(nights=3)."""
LABEL: Final = 60
"""A word of the parameter's name is directly beside it. Less if further away."""
LABELLED: Final = 24
"""Twice this: a name contains a word of the parameter's name: "Louvre Museum"."""
ABOUT: Final = 27
"""A word of its description is directly beside it."""
LABEL_MOST: Final = 1.3
"""The most labels that count for one value."""
ABOUT_MOST: Final = 1.0
SYNONYM: Final = 0.8
"""A synonym counts as this part of a label."""
VAGUE_LABEL: Final = 0.55
"""A label such as "number" or "name", which many values have."""
DIRECTED: Final = 60
"""It stands behind the preposition of the parameter's direction; the same is lost behind another."""
ORDER: Final = 3
"""Lost for each place by which the order of values and parameters differs."""
MOST_DISORDER: Final = 4

# --- the kind of a value

KIND: Final = 50
"""Its kind is the first that the parameter's role takes. 6 less for each later kind."""
KIND_STEP: Final = 6
NUMBER: Final = 20
"""It is a number, and a number is wanted."""
UNIT: Final = 35
"""Its unit measures what the parameter is, or what its description says."""
WRONG_UNIT: Final = -60
YEAR: Final = 40
"""It looks like a year, and a year is wanted; or the opposite of one of the two."""
SPELLED: Final = -40
"""It is a number word among figures: "two numbers, 40 and 50"."""
IN_LIST: Final = -15
"""It is a member of a list, and one value is wanted."""
SPECIAL: Final = 84
"""It is of a kind that only such a parameter takes: a currency, a file, a street."""
MEMBER: Final = 60
"""It is a member of the enum."""
DESCRIBED: Final = 55
"""It is a value that the description lists."""
QUOTE: Final = 40
"""It is a quotation, and any text is wanted."""
NAME: Final = 28
"""It is a name, and a name is wanted."""
PHRASE: Final = 8
"""It is a phrase, and any text is wanted."""
REST: Final = 30
"""It is the request without its command, and a free text is wanted."""
WEAK_REST: Final = 4

# --- penalties

OWN_WORD: Final = -14
"""A phrase contains a word of the parameters: it is a label, not a value."""
CLAIM: Final = 30
"""The points of labels from which on a value is that of the labelled parameter."""
CLAIMED: Final = 0.5
"""The part of these points that another parameter loses for the value."""
LONG: Final = -3
"""For each word of a phrase beyond LONGEST_PHRASE."""
LOOSE: Final = -4
"""Nothing tells what the phrase is for, and it is not the whole message."""
LONGEST_PHRASE: Final = 3
GENERIC: Final = -25
"""The phrase is a word that says nothing: "information", "details"."""
OPTIONAL: Final = 32
"""The proof that an optional parameter needs; a required one needs none."""
NEEDED: Final = 14
"""A required parameter comes before an optional one."""
LEAST: Final = 16
"""The score that a value needs, with NEEDED."""

# --- tables

LEADS: Final[dict[str, Mapping[str, int]]] = {
    "place": {
        "in": 40, "at": 34, "near": 36, "around": 30, "nearby": 30, "within": 24, "from": 20,
        "to": 20, "for": 18, "of": 14, "into": 14, "between": 20, "on": 8, "across": 24, "via": 6, "through": 6,
    },
    "person": {
        "for": 26, "named": 40, "called": 40, "with": 22, "to": 22, "by": 26, "from": 10, "of": 14,
        "starring": 40, "featuring": 40, "is": 22, "under": 40, "do": 16, "as": -30, "between": 20, "on": 6, "about": 10,
    },
    "organisation": {
        "at": 26, "of": 20, "for": 18, "from": 22, "by": 18, "called": 30, "named": 30, "with": 16,
        "in": 10, "on": 6, "to": 12, "about": 12, "between": 14,
    },
    "name": {
        "named": 44, "called": 44, "titled": 40, "under": 40, "for": 18, "of": 14, "is": 20, "with": 10, "as": -30, "by": 10,
        "on": 6, "in": 6, "do": 8, "to": 8,
    },
    "host": {"on": 34, "at": 24, "from": 20, "to": 20, "for": 14, "of": 14, "in": 14, "named": 30, "called": 30},
    "language": {"to": 30, "in": 30, "into": 34, "from": 20},
    "country": {"in": 30, "of": 18, "from": 18, "for": 18, "to": 14},
    "title": {"named": 44, "called": 44, "titled": 50, "entitled": 50, "about": 24, "do": 14, "for": 14, "of": 12, "on": 10},
    "thing": {"do": 18, "of": 18, "for": 12, "about": 8, "with": 4},
    "text": {"about": 30, "on": 14, "for": 14, "of": 10, "do": 12, "saying": 44, "regarding": 30, "concerning": 30},
    "any": {
        "about": 20, "of": 14, "for": 14, "on": 10, "in": 10, "by": 12, "using": 22, "with": 12,
        "do": 12, "named": 26, "called": 26, "regarding": 20, "from": 8, "to": 8, "as": 12, "is": 8,
        "between": 12, "at": 6, "via": 18, "through": 10, "into": 10, "titled": 20, "like": 10, "without": 6, "during": 18, "against": 14,
    },
}  # fmt: skip
"""The points of a role for the words before a value."""
PROVING: Final = frozenset(("do", "named", "called", "titled", "entitled"))
TITLES: Final = frozenset(
    (word,)
    for word in "title song track album movie film book show item product dish recipe game podcast".split()
)
"""Names of parameters that the object of a command is for: "play Jolene"."""
INTRODUCED: Final = frozenset("for named called with to by is under between behind".split())
"""The words before the name of a person in lower case."""
ADDRESSED: Final = frozenset(
    """call pay message text tell email ask invite remind notify send transfer contact phone ring greet
    inform meet see extract""".split()
)
"""Verbs before the name of a person in lower case."""
UNNAMED: Final = frozenset(
    """home house work school lunch dinner breakfast ghar today tomorrow evening morning afternoon bye
    goodbye help thanks""".split()
)
"""Words that are in no name of a person."""
SAID_LABEL: Final = 30
"""The points of a name's labels from which on a value in lower case is that of the parameter."""
LEADS_OF: Final[Mapping[str, str]] = {
    "to": "person", "from": "person", "street": "place", "composed": "text", "reason": "text",
    "expression": "any", "path": "any", "symbol": "organisation", "id": "any",
}  # fmt: skip
"""Roles with the leads of another one."""
LEADS_BY_ROLE: Final = LEADS | {role: LEADS[other] for role, other in LEADS_OF.items()}
FROM: Final = normalised(
    "from de desde von ab aus da dal из от departing leaving between since starting"
)
TO: Final = normalised("to into towards a nach à al para zu в до arriving until till through and")
FROM_NAMES: Final = normalised(
    "from origin source departure start src sender base begin initial old pickup"
)
TO_NAMES: Final = normalised(
    "to destination dest target arrival end recipient receiver final finish new dropoff drop"
)
STAYS: Final = {("check", "in"): "from", ("check", "out"): "to", ("arrival",): "from"}
"""The directions of the days of a stay."""
VAGUE_LABELS: Final = normalised(
    "number num no value name id type code key kind list data info string text the of in per is total current user"
)
EMPTY_LABELS: Final = normalised(
    "a an the of in on at for to from by with is has and or as per be i s"
)
"""Words of names that are no labels."""
NOTHING: Final = normalised(
    """information details detail data info list result something thing way lot example kind type number
    one help question set value values name answer please record records list overview account
    moment bye goodbye bit lot minute while problem more time today tomorrow day morning evening now percent percentage terms case""".replace(
        "case", ""
    )
)
"""Words that alone are no value."""
