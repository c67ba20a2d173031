"""The rules that compare a tool with a message. `scoring` gives each its points.

Each rule returns how far it applies, and the words that made it apply. Words count by their rarity in
the catalogue.
"""

import re
from collections.abc import Iterable
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.decide.actions import OPPOSITES, USUAL, VERBS, WRITES, effects_of
from mock_electron.model.decide.catalogue import COMMON, Catalogue
from mock_electron.model.decide.spoken import Spoken
from mock_electron.model.decide.tool_words import Offer
from mock_electron.model.language import ENGLISH
from mock_electron.model.normalise import stem
from mock_electron.model.work import COMPILED

Applies = tuple[int, Iterable[str]]
"""How far a rule applies, in percent, and to which words."""
NOT: Final[Applies] = (0, ())
ALL: Final = 100


def _shared(words: frozenset[str], spoken: frozenset[str], catalogue: Catalogue) -> Applies:
    """Return the share of words that was said, by what they tell about the tool."""
    said = words & spoken
    if not said:
        return NOT
    rarity = catalogue.rarity
    known = total = 0
    for word in words:
        weight = rarity[word] - COMMON + LEAST
        total += weight
        if word in said:
            known += weight
    return ALL * known // total, said


def _rarest(said: frozenset[str], catalogue: Catalogue) -> Applies:
    """Return the rarity of the rarest word."""
    most = 0
    for word in said:
        if catalogue.rarity[word] > most:
            most = catalogue.rarity[word]
    return most, said


def _several(said: frozenset[str], enough: int, catalogue: Catalogue) -> Applies:
    """Return how far words are enough, by rarity."""
    total = 0
    for word in said:
        total += catalogue.rarity[word]
    return (ALL if total > ALL * enough else total // enough), said


LEAST: Final = 2
"""The weight of a word that all tools have."""


def named(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Its very name is said: "use lookup_order", "the value of f(3)", "magic function"."""
    name, said = offer.tool.name, offer.words.said
    if (
        name in spoken.text
        and _contains(spoken.text, rf"(?<![\w]){re.escape(name)}(?:\s*\(|(?![\w]))", spoken)
        and is_identifier(offer, spoken)
    ):
        return ALL, (name,)
    if said and said in spoken.lower and _contains(spoken.lower, rf"\b{re.escape(said)}\b", spoken):
        return ALL, (said,)
    return NOT


def _contains(text: str, pattern: str, spoken: Spoken) -> bool:
    """Return whether a text contains a pattern, which is compiled for it."""
    spoken.work.charge(COMPILED)
    return re.search(pattern, text) is not None


def is_identifier(offer: Offer, spoken: Spoken) -> bool:
    """Whether the name is mentioned as an identifier: "search" alone is only an English word."""
    name = offer.tool.name
    return (
        not name.isalpha()
        or len(name) == 1
        or re.search(rf"{re.escape(name)}\s*\(|tool|function", spoken.text) is not None
    )


def any_noun(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """A noun of its name is said; the rarest counts."""
    said = offer.words.nouns & spoken.heard.direct
    return _rarest(said, catalogue) if said else NOT


def synonym(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """A noun of its name is meant by a synonym or a translation."""
    if not offer.words.nouns.isdisjoint(spoken.heard.direct):
        return NOT
    said = offer.words.nouns & spoken.stems
    return _rarest(said, catalogue) if said else NOT


def whole_name(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """How much of its name is said: all of it, if it is a verb that was said."""
    if not offer.words.nouns:
        said = offer.words.verbs & spoken.stems
        return (ALL, said) if said else NOT
    return _shared(offer.words.nouns, spoken.stems, catalogue)


def unknown(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Nothing that is asked for appears in the tool."""
    focus = spoken.heard.focus
    meant = spoken.stems - spoken.heard.direct
    if (
        not focus
        or not offer.words.stems.isdisjoint(focus)
        or not offer.words.stems.isdisjoint(meant)
    ):
        return NOT
    return ALL, focus


def explained(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """How many of the words of the message appear in the tool."""
    content = spoken.heard.content
    said = [word for word in content if word in offer.words.stems]
    return (ALL * len(said) // len(content), said) if said else NOT


def told(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Words of its description are said; the more, the likelier."""
    said = offer.words.told & spoken.stems
    return _several(said, 4, catalogue)


def parameters(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Words of its parameters are said."""
    said = offer.words.asked & spoken.stems
    return _several(said, 4, catalogue)


def choices(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Members of its enums are said."""
    heard = spoken.heard
    said = offer.words.members & (heard.direct if spoken.language is ENGLISH else heard.stems)
    return _several(said, 2, catalogue)


def same_verb(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Its verb is said."""
    said = offer.words.verbs & spoken.heard.verbs
    return (ALL, said) if said else NOT


def same_action(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """A verb with the same meaning is said, or what it makes, as a verb: "refund it"."""
    said = offer.actions & spoken.heard.actions
    if WRITES in offer.effects and _is_done(offer.words.head, spoken):
        return ALL, (offer.words.head,)
    return (ALL, said) if said else NOT


MANY: Final = 4
"""From this number of tools on, a verb may tell which one is meant, whatever it is done to."""


def own_verb(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """It changes something by a verb that was said, and that few other tools have."""
    if len(catalogue.tools) < MANY:
        return NOT
    said = offer.words.verbs & spoken.heard.verbs & CHANGES
    return _rarest(said, catalogue) if said else NOT


CHANGES: Final = frozenset(verb for verb in VERBS if WRITES in effects_of(VERBS[verb]))
"""The verbs that change something."""


def telling_verb(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """A verb of its name is said that few tools have."""
    said = (offer.words.verbs & spoken.heard.verbs) - USUAL
    return (ALL, said) if said else NOT


def translated(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Words of another language mean words of the tool."""
    said = offer.words.stems & spoken.stems
    return _rarest(said, catalogue) if said else NOT


def verb_meant(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Its verb is meant by a synonym: "bye" ends a call."""
    said = (offer.words.verbs & spoken.stems) - spoken.heard.direct
    return (ALL, said) if said else NOT


def verb_anywhere(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Its verb is said somewhere, perhaps as a noun."""
    said = (offer.words.verbs & spoken.heard.direct) - spoken.heard.verbs
    return (ALL, said) if said else NOT


def _is_done(noun: str, spoken: Spoken) -> bool:
    """Return whether a noun is said as a verb. In other languages, verbs and nouns look alike."""
    return noun in spoken.heard.verbs and spoken.language is ENGLISH


def other_action(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """It changes something, and the message wants another change; worse if it only removes something."""
    mine, said = offer.actions, spoken.heard.actions
    if mine & said or _is_done(offer.words.head, spoken):
        return NOT
    if said == ONLY_REMOVES and (mine or offer.tool.name[:3].lower() == "get"):
        return WORSE, mine
    return (ALL, mine) if mine and WRITES in offer.effects & spoken.heard.effects else NOT


WORSE: Final = 400
ONLY_REMOVES: Final = frozenset(("cancel",))


def write_for_read(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """It changes something, and the message only asks."""
    effects = offer.effects
    if effects == {WRITES} and spoken.heard.effects and WRITES not in spoken.heard.effects:
        return ALL, offer.actions
    return NOT


def read_for_write(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """It changes nothing, and the message wants a change."""
    effects = offer.effects
    is_other = effects and WRITES not in effects and spoken.heard.effects == {WRITES}
    return (ALL, offer.actions) if is_other else NOT


def opposite(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """The opposite of a word of its name is said: "off" for `turn_on`."""
    mine, said = offer.words.opposites, spoken.heard.opposites
    wrong = [word for word in mine if OPPOSITES[word] in said and word not in said]
    return (ALL, wrong) if wrong else NOT


def particle(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """A word of its name that has an opposite is said."""
    said = offer.words.opposites & spoken.heard.opposites
    return (ALL, said) if said else NOT


def head_unsaid(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """What it gives is not said: the area, for `get_perimeter`."""
    head = offer.words.head
    return (ALL, (head,)) if head and head not in spoken.stems else NOT


def asked_in_vain(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """A part of what is asked for does not appear in the tool: "freezing" for a boiling point."""
    focus = spoken.heard.focus
    missed = [word for word in focus if word not in offer.words.stems]
    return (ALL * len(missed) // len(focus), missed) if missed else NOT


def deprecated(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """Its description says that it should no longer be used."""
    return ALL, (DEPRECATED,)


DEPRECATED: Final = stem("deprecated")


def shape(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """It takes a value of a shape that was said: a path, a URL, an expression."""
    said = offer.shapes & spoken.shapes if offer.shapes else offer.shapes
    return (ALL, said) if said else NOT


def no_numbers(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """It takes numbers, and none was said."""
    return (ALL, ()) if offer.numbers and not spoken.has_numbers else NOT


def answers_questions(offer: Offer, spoken: Spoken, catalogue: Catalogue) -> Applies:
    """A search takes any question that asks for a fact."""
    if offer.words.searches and QUESTION.match(spoken.text) is not None:
        return ALL, ()
    return NOT


QUESTION: Final = regex(
    r"\W*(?:who|when|where|which|what(?:'s| is| are| was| were)\b(?! (?:your|my)\b)|how (?:many|much|old|tall|far))\b",
    re.IGNORECASE,
)
