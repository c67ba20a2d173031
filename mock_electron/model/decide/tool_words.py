"""The words by which messages are matched with a tool: those of its name, description and parameters."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from mock_electron.model.decide.actions import OPPOSITES, VAGUE, VERBS, actions_of, effects_of
from mock_electron.model.decide.shapes import shapes_for
from mock_electron.model.normalise import STOP_WORDS, normalise, split, stem
from mock_electron.wire.request import Tool

TOOL_WORDS: Final = frozenset(
    """
    api based call called calls current function given go name provided return returns tell tool
    values
    """.split()
)
"""Words that may be in the description of any tool and so do not distinguish tools."""
MEANINGLESS: Final = STOP_WORDS | TOOL_WORDS
SAID_OF_EVERYTHING: Final = frozenset(
    map(
        stem,
        """
        user request information data result example e g default string list
        optional specify specific option type
        """.split(),
    )
)
"""Words that are too common in descriptions to tell tools apart."""
SEARCHES: Final = frozenset(
    map(
        stem,
        """
        answer base bing browse browser duck engine fact general google internet knowledge lookup
        online question query retrieve search web wiki wikipedia
        """.split(),
    )
)
"""The words of tools that take any question."""
ATTRIBUTES: Final = frozenset(
    map(
        stem,
        "status history detail details info price rate list id number size type count summary total date time item report track".split(),
    )
)
"""Nouns before which a word is a noun too: "order status"."""
NOUNS_TOO: Final = frozenset(
    map(
        stem,
        """
        book call change charge email estimate forecast mail message move note order play post
        purchase query rate refund release report review schedule share text transfer
        """.split(),
    )
)
"""Verbs that are nouns too."""
FIT: Final = 60
"""Units of work to score one tool."""
LONGEST_DESCRIPTION: Final = 4_000
"""Characters of a tool's description and of its parameters that are read."""
LONGEST_MEMBERS: Final = 1_000
"""Characters of the members of enums that are read."""


def stems_of(text: str) -> list[str]:
    """Return the stems of the words with a meaning in an identifier or a text."""
    words = [word for word in split(text) if word.lower() not in MEANINGLESS]
    return [stem(ABBREVIATIONS.get(word.lower(), word)) for word in words]


def is_verbal_noun(word: str) -> bool:
    """Return whether a word is a noun made from a verb, such as "booking"."""
    normal = normalise(word)
    return normal[-3:] == "ing" and stem(word) in VERBS


def noun_of(word: str) -> str:
    """Return the form of a noun by which it is compared."""
    full = ABBREVIATIONS.get(word.lower(), word)
    return normalise(full) if is_verbal_noun(full) else stem(full)


ABBREVIATIONS: Final = {
    "acct": "account", "addr": "address", "amt": "amount", "appt": "appointment", "avg": "average",
    "calc": "calculate", "cmd": "command", "config": "configuration", "db": "database",
    "desc": "description", "dept": "department", "dest": "destination", "dir": "directory", "doc": "document", "img": "image",
    "info": "information", "loc": "location", "max": "maximum", "min": "minimum", "msg": "message",
    "num": "number", "org": "organization", "pic": "picture", "pref": "preference", "prob": "probability", "prod": "product", "pwd": "password",
    "qty": "quantity", "repo": "repository", "temp": "temperature", "txn": "transaction", "uni": "university",
    "acc": "account", "stats": "statistics", "stat": "statistics", "tel": "phone",
}  # fmt: skip
"""How words are shortened in names of tools, and in messages."""


class ToolWords(Struct, frozen=True):
    """The words by which messages are matched with a tool.

    Attributes:
        said: The words of its name, as they are spoken. "" if there is only one.
        nouns: What its name is about, as stems. A verbal noun is in its normal form.
        verbs: The stems of the verbs in its name, or else of the verb that its description begins
            with.
        told: The stems of its description.
        asked: The stems of its parameters' names and descriptions.
        members: The stems of the members of its enums.
        stems: All of them.
        opposites: Which of OPPOSITES are words of its name.
        head: The noun of its name that says what it gives: the last one before "by", "in" and the
            like. "" if there is none.
        searches: Whether it takes any question that asks for a fact.
    """

    said: str
    nouns: frozenset[str]
    verbs: frozenset[str]
    told: frozenset[str]
    asked: frozenset[str]
    members: frozenset[str]
    stems: frozenset[str]
    opposites: frozenset[str]
    head: str
    searches: bool


class Offer(Struct, frozen=True):
    """A tool with the words by which messages are matched with it.

    Attributes:
        tool: The tool.
        words: Its words.
        actions: The actions that its verbs mean.
        effects: What these do.
        shapes: The shapes of the values that it requires.
        numbers: How many numbers it requires.
    """

    tool: Tool
    words: ToolWords
    actions: frozenset[str]
    effects: frozenset[str]
    shapes: frozenset[str]
    numbers: int

    @classmethod
    def of(cls, tool: Tool, brand: str = "") -> "Offer":
        """Return the offer of a tool.

        Args:
            tool: The tool.
            brand: The word with which the names of most tools begin: "slack" of `slack_post_message`.
        """
        described, members = _described(tool)
        name = tool.name
        if brand and name.lower().startswith(brand):
            name = name[len(brand) :].lstrip("_-")
        words = _words_of_tool(name, tool.description[:LONGEST_DESCRIPTION], described, members)
        required = _required(tool.parameters)
        texts = [one for one, kind in required.items() if kind == "string"]
        shapes = frozenset[str]().union(*map(shapes_for, [*required, name] if texts else required))
        numbers = sum([kind in NUMBERS for kind in required.values()])
        actions = NO_ACTIONS if words.nouns & HELPERS else actions_of(words.verbs)
        return cls(tool, words, actions, effects_of(actions), shapes, numbers)


NO_ACTIONS: Final = frozenset[str]()
HELPERS: Final = frozenset(
    map(stem, "agent assistant department handoff human representative specialist team".split())
)
"""Who a conversation is handed to. This changes nothing, and any question may need it."""


def _required(parameters: Mapping[str, Any]) -> dict[str, object]:
    """Return the types of the required parameters, by name."""
    properties, names = parameters.get("properties"), parameters.get("required")
    if not isinstance(properties, dict) or not isinstance(names, list):
        return {}
    known = {name: properties.get(name) for name in names if isinstance(name, str)}
    return {
        name: kind if isinstance(kind, str) else None
        for name, one in known.items()
        for kind in (one.get("type") if isinstance(one, dict) else None,)
    }


NUMBERS: Final = ("integer", "number")


@lru_cache(maxsize=256)
def _words_of_tool(name: str, description: str, described: str, members: str) -> ToolWords:
    words = split(name)
    verbs, nouns = _verbs_and_nouns(words)
    verbs = verbs or _first_verb(description)
    told = frozenset(stems_of(description)) - SAID_OF_EVERYTHING
    asked = frozenset(stems_of(described)) - SAID_OF_EVERYTHING
    choices = frozenset(stems_of(members))
    lower = frozenset(map(str.lower, words))
    return ToolWords(
        said=" ".join(words).lower() if len(words) > 1 else "",
        nouns=nouns,
        verbs=verbs,
        told=told,
        asked=asked,
        members=choices,
        stems=nouns | verbs | told | asked | choices,
        opposites=lower & OPPOSITES.keys(),
        head=_head(words, nouns),
        searches=bool(nouns | verbs) and nouns | verbs <= SEARCHES,
    )


def _verbs_and_nouns(words: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the verbs of a name, and the other words with a meaning.

    A verb after the first verb is a noun too: `lookup_order`.
    """
    verbs, nouns = set[str](), set[str]()
    begins_with_verb = False
    for place, word in enumerate(words):
        root = stem(ABBREVIATIONS.get(word.lower(), word))
        if is_verbal_noun(word):
            nouns.add(normalise(word))
        elif root in VAGUE:
            begins_with_verb = begins_with_verb or place == 0
        elif root in VERBS:
            follows = stem(words[place + 1]) if place + 1 < len(words) else ""
            before_noun = root in NOUNS_TOO and follows in ATTRIBUTES
            is_noun = begins_with_verb or before_noun or bool(verbs)
            if is_noun:
                nouns.add(root)
            if not is_noun or (place == len(words) - 1 and not begins_with_verb):
                verbs.add(root)
            begins_with_verb = begins_with_verb or (place == 0 and not before_noun)
        elif word.lower() not in MEANINGLESS:
            nouns.add(root)
    return frozenset(verbs), frozenset(nouns)


def _head(words: list[str], nouns: frozenset[str]) -> str:
    found = ""
    for word in words:
        if found and word.lower() in ATTACHED:
            break
        noun = noun_of(word)
        found = noun if noun in nouns else found
    return found


ATTACHED: Final = frozenset("by in for of from with to at on between".split())
"""Words after which a name says no longer what it gives."""


def _first_verb(description: str) -> frozenset[str]:
    first = description.split(" ", 1)[0]
    if first[-3:] == "ing":
        return frozenset()  # "opening hours" open nothing
    return frozenset((stem(first),)) & VERBS.keys()


def _described(tool: Tool) -> tuple[str, str]:
    """Return the names of a tool's parameters with their descriptions, and the members of enums."""
    properties = tool.parameters.get("properties")
    if not isinstance(properties, dict):
        return "", ""
    known = [member for member in properties.values() if isinstance(member, dict)]
    described = [str(m["description"]) if "description" in m else "" for m in known]
    text = " ".join([*properties, *described])
    return text[:LONGEST_DESCRIPTION], " ".join(_members(known))[:LONGEST_MEMBERS]


def _members(properties: list[dict[str, Any]]) -> Iterator[str]:
    for one in properties:
        members = one.get("enum")
        if isinstance(members, list):
            yield from (member for member in members[:20] if isinstance(member, str))


def reading_cost(tool: Tool) -> int:
    """Return the units of work to read a tool, known or not."""
    described, members = _described(tool)
    return FIT + 4 * (len(tool.description[:LONGEST_DESCRIPTION]) + len(described) + len(members))


def written_in(tool: Tool) -> Mapping[str, str]:
    """Return the words of a tool in lowercase, as they are written, with their stems."""
    described, members = _described(tool)
    text = " ".join((tool.name, tool.description[:LONGEST_DESCRIPTION], described, members))
    words = [word.lower() for word in split(text)]
    return {word: stem(word) for word in words if word not in MEANINGLESS}
