"""The phrases of a text: what stands between its function words, commands and pauses.

1. A phrase is a run of words without function words: "the nearest [vegan restaurant] in [paris]".
2. A command is a word such as "book" where a clause begins; elsewhere it is a noun: "a book".
3. The lead of a phrase is the word before it that tells its part: a preposition, DO for the object
   of a command, or "".
4. Words that only qualify, such as "latest", are removed from the beginning.
5. The name of a person is a phrase of its own: "ramesh bose" and "mobile" in "ramesh bose mobile".
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.fill.text import people
from mock_electron.model.fill.text.proper import COMMANDS
from mock_electron.model.fill.text.relations import (
    POSSESSIVES,
    RELATED,
    RELATIVES,
    VERBAL,
)
from mock_electron.model.fill.text.words import Word
from mock_electron.model.language import Language, lexical
from mock_electron.model.lexicon import cased, is_plain
from mock_electron.model.once import once

DO: Final = "do"
"""The lead of the object of a command."""
ARTICLES: Final = frozenset(
    "a an the my your our his her their its this that these those some any all each every both".split()
)
PREPOSITIONS: Final = frozenset(
    """in at on near from to into onto for of about with by around within between among over under
    via through as than per after before until till since during towards against without using
    called named titled entitled like regarding concerning including because saying inside across
    is are was were be equals nearby plus minus versus vs following upon off behind beside except starring featuring""".split()
)
PLAIN: Final = frozenset(
    """and or but so if then also please i you he she it we they me him us them who whom whose what
    which when where why how do does did done can could would will shall should may might must am
    been being have has had having not no yes there here up out down just only too very really now
    hi hello hey ok okay thanks thank let let's i'd i'm i'll i've it's that's what's where's there's
    don't can't want wants need needs would like'd assuming given say well again soon myself
    something anything someone anyone somebody hmm um uh oh while that'll kindly lets gonna wanna
    when's where're why's how're there've what'll who'll we've they've you've she'd he'd they'd
    she'll he'll isn't aren't wasn't weren't doesn't didn't won't wouldn't couldn't shouldn't haven't hasn't calling speaking ringing phoning
    costs lives works serves goes opens closes starts ends offers contains
    sorry oh yeah yep yes alright right actually better fine sure perfect maybe around hear heard
    got get gets go went take took said says lost handed sign cover cool great nope hiya thing
    they're you're we're we'd we'll you'll anybody somebody meant mean another's later soon then
    bye goodbye cheers aside much many one's it'd you'd there'll who's how's let such""".split()
)
QUALIFIERS: Final = frozenset(
    """latest current new nearest closest best top good great upcoming recent next last first second
    other another following more most few several certain specific different same total full mother father son daughter wife husband brother sister friend mister client professor
    beti बेटी बेटा पति पत्नी மகன் மகள் கணவர் மனைவி exact available possible detailed highest lowest rated
    cheapest average popular biggest largest smallest longest shortest fastest quickest easiest well-known famous two three four five six seven eight nine ten""".split()
)
"""Words before a phrase that do not belong to the value."""
STARTERS: Final = frozenset(COMMANDS.split()) | frozenset(
    """get find show tell give book reserve set switch turn make order play start stop run look
    provide retrieve search calculate compute determine identify estimate predict recommend use
    want need try take put keep leave have know see help""".split()
) - frozenset(
    """i i'm i've i'd i'll it's what's where's who's how's there's don't if since while because who
    whose whom our his her their these those great good nice cool sorry well also maybe perhaps
    actually fine hmm yes""".split()
)
"""Words that are commands where a clause begins."""
PAUSE: Final = regex(r"[,;:!?()\[\]{}\n\"“”«»]|\.(?:\s|$)|\s[-–—]\s")
CONTRACTED: Final = frozenset("it's i'm he's she's that's name's this's who's there's".split())
"""Words that end in "is"."""
FOREIGN: Final = {
    "en": "in", "em": "in", "im": "in", "à": "in", "a": "to", "al": "to", "nach": "to", "para": "for",
    "für": "for", "pour": "for", "de": "of", "von": "from", "aus": "from", "über": "about",
    "sobre": "about", "di": "of", "da": "from", "per": "for", "в": "in", "из": "from", "с": "with", "для": "for",
}  # fmt: skip
"""Prepositions of other languages."""
TWO_WORDS: Final = {
    ("related", "to"): "about", ("interested", "in"): "about", ("due", "to"): "because",
    ("relating", "to"): "about", ("close", "to"): "near", ("next", "to"): "near",
    ("based", "on"): "by", ("information", "on"): "about", ("looking", "for"): DO,
    ("look", "for"): DO, ("search", "for"): DO, ("known", "as"): "named", ("want", "to"): "",
    ("naam", "hai"): "named", ("नाम", "है"): "named",
    ("specializing", "in"): "about", ("specialized", "in"): "about", ("specialising", "in"): "about",
}  # fmt: skip
"""Two words before a phrase that together are another lead."""


class Phrase(Struct, frozen=True):
    """A phrase.

    Attributes:
        first: The place of its first word.
        last: The place after its last word.
        lead: The word before it that tells its part.
    """

    first: int
    last: int
    lead: str


class Sentence(Struct, frozen=True, dict=True):
    """A text as words.

    Attributes:
        text: The text.
        words: Its words.
        language: Its language.
        held: For each word, the number of the mark that it is part of, or -1.
    """

    text: str
    words: Sequence[Word]
    language: Language
    held: Sequence[int]

    @once
    def lowers(self) -> tuple[str, ...]:
        """The words in lowercase."""
        if self.text.isascii():  # most texts: lowering it at once takes one call
            lower = self.text.lower()
            return tuple([lower[word.start : word.end] for word in self.words])
        return tuple([word.written.lower().replace("’", "'") for word in self.words])

    @once
    def paused(self) -> tuple[bool, ...]:
        """For each word, whether a pause precedes it."""
        words, text = self.words, self.text
        ends = [0, *[word.end for word in words]]
        return tuple(
            [
                word.start - end > 1 and PAUSE.search(text[end : word.start]) is not None
                for word, end in zip(words, ends, strict=False)
            ]
        )

    @once
    def commands(self) -> tuple[bool, ...]:
        """For each word, whether it is a command; rule 2."""
        found = [False] * len(self.lowers)
        before, is_command = "", False
        for place, (lower, paused) in enumerate(zip(self.lowers, self.paused, strict=True)):
            begins = (
                not before or paused or is_command or before in PLAIN or before in BEFORE_COMMANDS
            )
            is_command = (
                (begins and lower in STARTERS)
                or before in DOERS
                or (before in DOING and lower.endswith("ing") and len(lower) > SHORTEST_DOING)
            )
            found[place] = is_command
            before = lower
        return tuple(found)

    @once
    def phrases(self) -> tuple[Phrase, ...]:
        """All phrases, in order."""
        lowers, named = self.lowers, people.given_names()
        found: list[Phrase] = []
        for first, last in self._runs():
            if named.isdisjoint(lowers[first:last]):
                found.append(self._phrase(first, last))
            else:
                found += self._parted(first, last)
        return tuple(found)

    def _runs(self) -> list[tuple[int, int]]:
        """Return where the runs of words without function words begin and end; rule 1."""
        skipped = self.skipped
        inflected = self.lexical.code if self.lexical.endings else ""
        runs, first = [], -1
        for place, lower in enumerate(self.lowers):
            apart = lower in skipped or self.commands[place] or self.held[place] >= 0
            apart = apart or (inflected != "" and is_plain(lower, inflected))
            if first >= 0 and (apart or self.paused[place]):
                runs.append((first, place))
                first = -1
            if not apart and first < 0:
                first = place
        return runs if first < 0 else [*runs, (first, len(self.lowers))]

    def _parted(self, first: int, last: int) -> Iterator[Phrase]:
        """Yield the phrase in a run of words; the name of a person in it is one of its own."""
        found = people.name_in(self.lowers, first, last)
        if found is None or any(word.written[0].isupper() for word in self.words[first:last]):
            yield self._phrase(first, last)
            return
        begin, end = found
        if begin > first and not QUALIFIERS.issuperset(self.lowers[first:begin]):
            yield self._phrase(first, begin)
        lead = self.lead(begin, end)
        yield Phrase(begin, end, "named" if lead in ("", "is") else lead)
        if end < last:
            yield self._phrase(end, last)

    def _phrase(self, first: int, last: int) -> Phrase:
        lead = self.lead(first, last)
        while first < last - 1 and self.lowers[first] in QUALIFIERS:
            if self.lowers[first] in RELATIVES and not self._acts(first + 1):
                lead = "named"
            first += 1
        return self._related(first, last) or Phrase(first, last, lead)

    def _related(self, first: int, last: int) -> Phrase | None:
        """The name of a relation at the beginning of a phrase, or before it: "my cat milo"."""
        mine = first - 1
        if first and self.lowers[mine] in POSSESSIVES and self.lowers[first] in RELATED:
            first += 1
        else:
            mine = first - 2
        if mine < 0 or first >= last or self.lowers[first - 1] not in RELATED:
            return None
        if self.lowers[mine] not in POSSESSIVES or self._acts(first):
            return None
        end = next((place for place in range(first, last) if self._acts(place)), last)
        return Phrase(first, end, "named")

    def _acts(self, place: int) -> bool:
        """Whether a word says what somebody does."""
        return self.lowers[place] in VERBAL or self.lowers[place].endswith(("ed", "ing"))

    @once
    def lexical(self) -> Language:
        """The language whose lexicon has the words of the text."""
        return lexical(self.text, self.language.code)

    @once
    def skipped(self) -> frozenset[str]:
        """The words that belong to no phrase."""
        common = self.language.common if self.language.code != "en" else frozenset()
        return FUNCTION | common | self.lexical.plain

    def lead(self, place: int, last: int = -1) -> str:
        """The word before a place, or after it, that tells the part of what is there; rule 3."""
        behind = self._behind(place, last)
        if behind is not None:
            return behind
        at = self._before(place)
        if at < 0:
            is_who = place == 0 and 0 < last < len(self.lowers) and self.lowers[last] in INTRODUCED
            return "named" if is_who else ""
        word = self.lowers[at]
        both = (self.lowers[at - 1], word) if at and not self.paused[at] else ("", "")
        if both in TWO_WORDS:
            return TWO_WORDS[both]
        if word == "to" and both[0] in BEFORE_VERBS:
            return ""
        if word in LEADS:
            return LEADS[word]
        if word.isdecimal() and at and self.commands[at - 1]:  # "order 2 burritos"
            return DO
        if self.language.code != "en" and word in FOREIGN:
            return FOREIGN[word]
        return DO if self.commands[at] or word in OBJECTED else ""

    def _behind(self, place: int, last: int) -> str | None:
        """The part that the word after a place tells, in languages that put it there."""
        after = self.lexical.after
        if self.lexical.cases and 0 < last <= len(self.lowers):
            case = cased(self.lowers[last - 1], self.lexical.code)
            if case is not None:
                return case[1]
        if not after or not 0 <= last < len(self.lowers):
            return None
        found = after.get(" ".join(self.lowers[last : last + 2])) or after.get(self.lowers[last])
        if found in (None, "of") and place and after.get(self.lowers[place - 1]) == "from":
            return "to"  # "dilli se jaipur", "दिल्ली से जयपुर की ट्रेन"
        return found

    def _before(self, place: int) -> int:
        """The place of the word before, without articles; -1 if there is none, or a pause."""
        at = place - 1
        if at < 0 or self.paused[place]:
            return -1
        while at >= 0 and (self.lowers[at] in ARTICLES or self.lowers[at] in QUALIFIERS):
            if self.paused[at]:
                return -1
            at -= 1
        return at


INTRODUCED: Final = frozenset(("here", "calling", "speaking"))
"""Words after the name of who speaks."""
BEFORE_VERBS: Final = frozenset(
    """need needs needed like love have able trying hoping wanted wants wish supposed how used happy
    someone somebody something want""".split()
)
"""Before "to", these make the next word a verb: "i need to talk"."""
LEADS: Final = {
    **{word: word for word in PREPOSITIONS},
    **dict.fromkeys(CONTRACTED, "is"),
    **dict.fromkeys(("naam", "नाम"), "named"),
}
"""Words before a phrase, and the part that each tells."""
OBJECTED: Final = frozenset(("me", "us", "want", "need", "like"))
"""Other words before the object of a request."""
DOING: Final = frozenset("is are am was were be i'm we're they're you're he's she's it's".split())
"""Before a word in -ing, these make it a verb: "we are looking for"."""
DOERS: Final = frozenset(("i", "we", "they", "who"))
"""Before any other word, these make it a verb: "how much will i weigh"."""
SHORTEST_DOING: Final = 4
FUNCTION: Final = ARTICLES | PREPOSITIONS | PLAIN | CONTRACTED
"""All words that belong to no phrase."""
BEFORE_COMMANDS: Final = frozenset(("to", "and", "please", "then", "now", "also", "just"))
