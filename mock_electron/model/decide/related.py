"""Words that are related to a tool: what callers say in everyday life, and what tools are named.

1. A family has words of tools, such as "heating" and "boiler", and words that callers say for them,
   such as "radiator" and "no hot water". Words of the first kind are said too.
2. The families are data: the key `related` of the language's file.
3. Of the phrases that begin at a word, the longest counts. Words alone are compared by their stems.
4. A related word counts less than the word itself, a word of the name more than one of a description,
   and a word that several tools have less than one that tells them apart.

They choose between tools that fit nearly as well, and find the tool for a caller whose words are not
those of any tool. Only small catalogues are compared in this way: a voice agent has a few tools.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.decide.actions import UNDOES, USUAL
from mock_electron.model.decide.catalogue import COMMON, RARE, Catalogue
from mock_electron.model.decide.spoken import ENDS, NOT_NOUNS, Spoken
from mock_electron.model.decide.tool_words import MEANINGLESS, Offer
from mock_electron.model.language import ENGLISH, words_of
from mock_electron.model.lexicon import glosses
from mock_electron.model.normalise import stem
from mock_electron.model.work import RULE

LONGEST_TEXT: Final = 400
"""Characters of a message that are read."""
WORD: Final = regex(r"[^\W_]+(?:['’-][^\W_]+)*")
UNTOLD: Final = MEANINGLESS | NOT_NOUNS | ENDS
"""Words that tell nothing alone."""
RELATED: Final = 60
PHRASE: Final = 90
"""What a related word and a related phrase are worth, in percent of the word itself."""


Phrase = tuple[str, frozenset[str]]
"""Words that callers say, in lowercase, and the stems of the words of tools for them."""


@cache
def _phrases() -> Mapping[str, tuple[Phrase, ...]]:
    """Return the phrases by their first word, longest first, and the stems of single words."""
    names: dict[str, frozenset[str]] = {}
    for line in ENGLISH.related:
        tools, _, said = line.partition(":")
        stems = frozenset(map(stem, tools.split()))
        for phrase in (*tools.split(), *map(str.strip, said.split(","))):
            if phrase not in UNTOLD:
                words = phrase if " " in phrase else stem(phrase)
                names[words] = names.get(words, frozenset()) | stems
    found: dict[str, tuple[Phrase, ...]] = {}
    for words in sorted(names, key=len, reverse=True):
        first = words.partition(" ")[0]
        found[first] = (*found.get(first, ()), (words, names[words]))
    return found


@lru_cache(maxsize=2048)
def _beginning(word: str) -> tuple[tuple[str, ...], tuple[Phrase, ...], tuple[Phrase, ...]]:
    """Return how longer phrases go that begin with a word, these, and what the word says alone."""
    phrases = _phrases()
    roots = dict.fromkeys((stem(word), stem(word.partition("'")[0])))
    alone = [one for root in roots for one in phrases.get(root, ()) if one[0] == root]
    longer = [one for one in phrases.get(word, ()) if " " in one[0]]
    return tuple([f"{said} " for said, _ in longer]), tuple(longer), tuple(alone)


@lru_cache(maxsize=64)
def related_words(text: str) -> tuple[Phrase, ...]:
    """Return what a text says that is related to tools."""
    words = WORD.findall(text[:LONGEST_TEXT].lower().replace("’", "'"))
    left = f"{' '.join(words)} "
    found: list[Phrase] = []
    for word in words:
        texts, longer, alone = _beginning(word)
        found += alone
        if texts and left.startswith(texts):
            found.append(next(one for one in longer if left.startswith(f"{one[0]} ")))
        left = left[len(word) + 1 :]
    return tuple(found)


def relations(spoken: Spoken, catalogue: Catalogue) -> list[tuple[int, tuple[str, ...]]]:
    """Return how closely each tool is related to a message, in points, and the words that tell it."""
    spoken.work.charge(RULE + UNITS * len(catalogue.offers) + len(spoken.text[:LONGEST_TEXT]))
    heard = spoken.heard
    text, content = spoken.text, heard.content
    if spoken.language is not ENGLISH:
        own = [word.lower() for word in words_of(text[:LONGEST_TEXT])]
        meant = dict.fromkeys(english for _, english in sorted(glosses(own, spoken.language)))
        text = " ".join((*meant, *filter(str.isascii, own)))
        content = (*map(stem, text.split()), *sorted(spoken.alike))
    said = frozenset((*content, *map(stem, content), *(heard.verbs - USUAL)))
    named = said & catalogue.named.keys()
    related: dict[str, list[str]] = {}
    for phrase, names in related_words(text):
        if phrase not in named:
            for name in (names & catalogue.rarity.keys()) - said:
                related.setdefault(name, []).append(phrase)
    return [_relation(offer, said, related, catalogue) for offer in catalogue.offers]


UNITS: Final = 20
"""Units of work to compare one tool."""


def _relation(
    offer: Offer, said: frozenset[str], related: Mapping[str, list[str]], catalogue: Catalogue
) -> tuple[int, tuple[str, ...]]:
    points, words = 0, dict[str, None]()
    name = offer.words.nouns | offer.words.verbs
    told = offer.words.told - name
    asked = offer.words.asked - told - name
    known = said | related.keys()
    for (each, most), stems, telling in (
        (NAME, name, catalogue.named),
        (TOLD, told, catalogue.rarity),
        (ASKED, asked, catalogue.rarity),
        (MEMBERS, offer.words.members, catalogue.rarity),
    ):
        if stems.isdisjoint(known):
            continue
        total = 0
        for word in stems & said:
            total += each * (telling[word] - COMMON) // (RARE - COMMON)
            words[word] = None
        for word in stems & related.keys():
            worth = PHRASE if " " in "".join(related[word]) else RELATED
            total += each * worth * (telling[word] - COMMON) // (ALL * (RARE - COMMON))
            words |= dict.fromkeys(related[word])
        points += min(total, most)
    verbs = offer.words.verbs
    if UNDOES & offer.actions and verbs.isdisjoint(known):
        points -= UNASKED
    return points, tuple(sorted(words))


ALL: Final = 100
NAME: Final = (36, 108)
TOLD: Final = (12, 36)
ASKED: Final = (8, 24)
MEMBERS: Final = (24, 48)
"""The points of a word of the name, of the description, of the parameters and of a member of an enum,
and the most points of all of them."""
UNASKED: Final = 24
"""The points that this costs."""
