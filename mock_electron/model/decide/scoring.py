"""Score how well a tool fits a message: one function per rule, with its points in a table.

1. Each rule returns how far it applies, from 0 to ALL, and the words that made it apply.
2. A tool is only scored if it shares a word with the message.
3. Words count by their rarity in the catalogue.
4. A tool is called if its score is ENOUGH; otherwise no tool is meant.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.decide import rules
from mock_electron.model.decide.catalogue import Catalogue
from mock_electron.model.decide.rules import ALL, Applies
from mock_electron.model.decide.spoken import Spoken
from mock_electron.model.decide.tool_words import Offer
from mock_electron.model.language import ENGLISH, words_of
from mock_electron.model.lexicon import sounding
from mock_electron.wire.request import Tool

BY_RELATION: Final = "related words"
ENOUGH: Final = 9
"""The score from which on a tool is called."""


class Part(Struct, frozen=True):
    """A part of a score.

    Attributes:
        rule: The name of the rule.
        points: Its points.
        words: The words that made it apply.
    """

    rule: str
    points: int
    words: tuple[str, ...]


class ToolScore(Struct, frozen=True):
    """How well a tool fits a message.

    Attributes:
        tool: The tool.
        points: The sum of the parts.
        parts: What the points are for.
        own: The points without those for related words.
        related: The points for related words.
    """

    tool: Tool
    points: int
    parts: tuple[Part, ...]
    own: int
    related: int = 0

    @property
    def related_words(self) -> tuple[str, ...]:
        """The words that are related to the tool."""
        return next((part.words for part in self.parts if part.rule == BY_RELATION), ())


Rule = Callable[[Offer, Spoken, Catalogue], Applies]
Table = tuple[tuple[str, Rule, int], ...]
"""Rules with their names and their points."""
RULES: Final[Table] = (
    ("its name", rules.named, 60),
    ("a noun of its name", rules.any_noun, 2),
    ("a synonym", rules.synonym, 7),
    ("the whole name", rules.whole_name, 16),
    ("nothing of what is asked for", rules.unknown, -3),
    ("asked for in vain", rules.asked_in_vain, -6),
    ("its head is not said", rules.head_unsaid, -4),
    ("words of the message", rules.explained, 15),
    ("its description", rules.told, 16),
    ("its parameters", rules.parameters, 3),
    ("its choices", rules.choices, 23),
    ("its verb as a noun", rules.verb_anywhere, 5),
    ("its verb, by a synonym", rules.verb_meant, 12),
    ("a value of its shape", rules.shape, 16),
    ("no numbers", rules.no_numbers, -5),
    ("a search for a question", rules.answers_questions, 25),
)
VERB_RULES: Final[Table] = (
    ("its verb", rules.same_verb, 2),
    ("a telling verb", rules.telling_verb, 6),
    ("a verb of its own", rules.own_verb, 15),
    ("its action", rules.same_action, 10),
    ("another action", rules.other_action, -8),
    ("a change for a question", rules.write_for_read, -18),
    ("a look-up for a change", rules.read_for_write, -10),
)
"""Rules for tools and messages that do something."""
PARTICLE_RULES: Final[Table] = (
    ("an opposite", rules.opposite, -20),
    ("a particle", rules.particle, 2),
)
"""Rules for tools and messages with words that have an opposite, such as "on" and "off"."""
DEPRECATED_RULES: Final[Table] = (("deprecated", rules.deprecated, -5),)
"""Rules for tools that should no longer be used."""
OTHER_LANGUAGE_RULES: Final[Table] = (("a word of another language", rules.translated, 6),)
"""Rules for languages other than English."""


def _score(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> ToolScore:
    found = []
    heard = spoken.heard
    for table, applies in (
        (RULES, True),
        (VERB_RULES, offer.actions and heard.effects),
        (PARTICLE_RULES, offer.words.opposites and heard.opposites),
        (DEPRECATED_RULES, rules.DEPRECATED in offer.words.told),
        (OTHER_LANGUAGE_RULES, spoken.language is not ENGLISH),
    ):
        for name, rule, weight in table if applies else ():
            amount, words = rule(offer, spoken, catalogue)
            if amount:
                found.append(Part(name, weight * amount // ALL, tuple(sorted(words))))
    points = sum([part.points for part in found])
    return ToolScore(offer.tool, points, tuple(found), points)


def _alike(catalogue: Catalogue, spoken: Spoken) -> frozenset[str]:
    """Return the words of the tools that sound like words of a message in another script."""
    spoken.work.charge(len(catalogue.written) + len(spoken.text))
    heard = sounding(words_of(spoken.lower), spoken.language)
    return frozenset(
        [root for word, root in catalogue.written.items() if heard.find(word) is not None]
    )


def score(tool: Tool, spoken: Spoken) -> int:
    """Return how well a tool fits a message, alone. It should be called if this is ENOUGH."""
    catalogue = Catalogue((tool,))
    spoken.work.charge(spoken.units + catalogue.units)
    found = scores_of(catalogue, spoken)
    return found[0].own if found else 0


def scores_of(catalogue: Catalogue, spoken: Spoken) -> tuple[ToolScore, ...]:
    """Return the scores of the tools that have something in common with a message, best first.

    Args:
        catalogue: The tools. The work to read them is charged before.
        spoken: The message.
    """
    spoken.work.charge(spoken.units * len(catalogue.offers))
    if spoken.language.endings:
        spoken = replace(spoken, alike=_alike(catalogue, spoken))
    sharing = catalogue.sharing(spoken.stems, spoken.text, spoken.lower)
    found = [_score(offer, spoken, catalogue) for offer in sharing]
    if len(found) > 1:
        found.sort(key=attrgetter("points"), reverse=True)
    return tuple(found)


MOST_TOOLS: Final = 8
"""Larger catalogues are not compared by related words."""


def compared(
    found: tuple[ToolScore, ...], spoken: Spoken, catalogue: Catalogue
) -> tuple[ToolScore, ...]:
    """Return scores with the points for related words, best first.

    Args:
        found: The scores, best first.
        spoken: The message.
        catalogue: The tools.
    """
    is_known = spoken.language is ENGLISH or spoken.language.endings
    if not is_known or len(catalogue.tools) > MOST_TOOLS:
        return found
    from mock_electron.model.decide.related import relations  # for few requests

    known = {one.tool.name: one for one in found}
    scored = []
    found_related = relations(spoken, catalogue)
    for offer, (points, words) in zip(catalogue.offers, found_related, strict=True):
        one = known.get(offer.tool.name)
        if points:
            one = one or _score(offer, spoken, catalogue)
            part = Part(BY_RELATION, points, words)
            one = replace(one, points=one.own + points, parts=(*one.parts, part), related=points)
        if one is not None:
            scored.append(one)
    scored.sort(key=attrgetter("points"), reverse=True)
    return tuple(scored)
