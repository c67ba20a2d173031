"""A message as tools are matched with it: its words, what it does, and what it asks for.

1. The words of a message are compared by their stems, and so are their synonyms and translations,
   which are in the lexicon of the language.
2. A verb counts where a verb can be: at the beginning, or after a word such as "to", "please" or
   "you". "Check the order" checks, and "the check" does not.
3. What a message asks for is its first noun with the words before it: the "boiling point" in "What
   is the boiling point of water?". "The list of" and the like are skipped.
4. A word with a capital or a digit is a value. Values say nothing about which tool is meant.

Rules 2 to 4 are for English. In other languages, the verbs are those that the lexicon knows.
"""

from functools import lru_cache
from typing import Final

from msgspec import Struct, field

from mock_electron._regex import regex
from mock_electron.model.decide.actions import (
    OPPOSITES,
    READS,
    VAGUE,
    VERBS,
    actions_of,
    effects_of,
)
from mock_electron.model.decide.shapes import shapes_in
from mock_electron.model.decide.tool_words import FIT, MEANINGLESS, noun_of, stems_of
from mock_electron.model.language import ENGLISH, LANGUAGES, Language, lexical, words_of
from mock_electron.model.lexicon import english_stems, glosses, is_plain
from mock_electron.model.normalise import stem
from mock_electron.model.once import once
from mock_electron.model.work import Work

TOKEN: Final = regex(r"[^\W_]+(?:['’][^\W_]+)*|[.!?;:,\"(\n]")
CONTRACTED: Final = regex(r"['’](?:s|d|ll|re|ve|m|t)$")
BEFORE_VERBS: Final = frozenset(
    """
    to please you can could would will and then i we let lets let's just also me i'd we'd or not now
    kindly help must should ok okay so first next finally may go hey hi hello yes don't do did gonna
    """.split()
)
"""Words after which a verb may follow. The beginning and punctuation are others."""
QUESTION: Final = frozenset(
    "what what's whats which who who's whose whom when where why how is are was were does did do has have will am any anything".split()
)
"""Words with which questions begin."""
ASKING: Final = frozenset("what what's whats which who who's when where why how whose".split())
CONTAINERS: Final = frozenset(
    map(
        stem,
        "list number amount kind type sort detail information info value set result name data total lot bit piece copy example estimate overview summary current latest new one two three first second last next exact specific best good most more".split(),
    )
)
"""Words before the noun that is asked for, or before its "of"."""
NOT_NOUNS: Final = frozenset(
    """
    many much long far old tall big high low hi hello hey thanks thank ok okay yes sure please
    mean know think wonder possible able need want like would today tomorrow yesterday tonight
    um uh er hmm monday tuesday wednesday thursday friday saturday sunday january february march
    april june july august september october november december noon midnight
    good morning afternoon evening actually really currently right there here some something
    help anything everything someone anyone because instead still again ever never always too very
    """.split()
)
ENDS: Final = frozenset(
    """
    of in for at with given from to on by using that which where when if between about into near
    and or as than during under over per through within without after before while whose who is are
    was were be has have does did do will would can could should so but because plus minus times
    """.split()
)
"""Words that end a noun."""


class Known(Struct, frozen=True):
    """What is known of a word alone.

    Attributes:
        root: Its stem.
        noun: Its form as a noun.
        is_verb: Whether it is a verb of ACTIONS, and no verbal noun.
        is_number: Whether it has a digit, or is a number.
        is_capital: Whether it begins with a capital, and is no abbreviation.
        is_word: Whether it is a word, and no punctuation.
        means: Whether it may be a part of what is asked for.
        ends: Whether it ends what is asked for.
        leads: Whether a verb may follow it.
        lower: The word in lowercase.
    """

    root: str
    noun: str
    is_verb: bool
    is_number: bool
    is_capital: bool
    is_word: bool
    means: bool
    ends: bool
    leads: bool
    lower: str


@lru_cache(maxsize=2048)
def known(token: str) -> Known:
    """Return what is known of a word or of a punctuation mark."""
    lower = CONTRACTED.sub("", token.lower()) or "not"
    root = stem(lower)
    is_word = lower[0].isalnum()
    return Known(
        root=root,
        noun=noun_of(lower),
        is_verb=root in VERBS and lower[-3:] != "ing",
        is_number=any(map(str.isdigit, lower)) or lower in ENGLISH.numbers,
        is_capital=token[0].isupper() and (len(token) == 1 or not token.isupper()),
        is_word=is_word,
        means=is_word
        and root not in VAGUE
        and lower not in MEANINGLESS
        and lower not in NOT_NOUNS
        and lower not in ENDS,
        ends=lower in ENDS,
        leads=not is_word or lower in BEFORE_VERBS,
        lower=lower,
    )


class Heard(Struct, frozen=True):
    """What follows from a text alone.

    Attributes:
        direct: The stems of its words. A verbal noun is also in its normal form.
        stems: The same, and the stems of their synonyms and translations.
        verbs: The stems of its verbs, where verbs can be.
        focus: The stems of what is asked for. The head is the last.
        content: The stems of its words that are no values and no verbs.
        opposites: Which of OPPOSITES are among its words.
        actions: The actions that its verbs mean.
        effects: What these do. A question without a verb reads.
    """

    direct: frozenset[str]
    stems: frozenset[str]
    verbs: frozenset[str]
    focus: tuple[str, ...]
    content: tuple[str, ...]
    opposites: frozenset[str]
    actions: frozenset[str]
    effects: frozenset[str]


@lru_cache(maxsize=64)
def _heard(text: str, code: str, alike: frozenset[str] = frozenset()) -> Heard:
    language = LANGUAGES[code]
    meant = meant_stems(text, code)
    if language is not ENGLISH:
        direct = frozenset(stems_of(text))
        stems = direct | meant | alike
        verbs = stems & VERBS.keys()
        actions = actions_of(verbs)
        opposites = stems & OPPOSITES.keys()
        effects = effects_of(actions)
        if language.is_question(text):
            effects = ONLY_READS
        content = _content_of(text, language) if language.endings and not text.isascii() else ()
        return Heard(direct, stems, verbs, (), content, opposites, actions, effects)
    tokens = [known(token) for token in TOKEN.findall(_unquoted(text))]
    verbal = [
        place
        for place, word in enumerate(tokens)
        if word.is_verb and (place == 0 or tokens[place - 1].leads)
    ]
    verbs = frozenset([tokens[place].root for place in verbal])
    actions = actions_of(verbs)
    words = [word for word in tokens if word.lower not in MEANINGLESS and word.is_word]
    direct = frozenset([word.root for word in words] + [word.noun for word in words])
    return Heard(
        direct=direct,
        stems=direct | meant,
        verbs=verbs,
        focus=_focus(tokens, frozenset(verbal)),
        content=_content(tokens, frozenset(verbal)),
        opposites=frozenset([word.lower for word in tokens if word.lower in OPPOSITES]),
        actions=actions,
        effects=effects_of(actions) or (ONLY_READS if _asks(tokens) else frozenset()),
    )


ONLY_READS: Final = frozenset((READS,))


def _unquoted(text: str) -> str:
    """Return a text without its quotations, paths and ids, which are values, if they are not all of it."""
    if not any(map(text.__contains__, MARKS)):
        return text
    rest = QUOTED.sub('"', text)
    return rest if len(rest) > SHORTEST else text


MARKS: Final = "\"“'/_"
QUOTED: Final = regex(
    r"(?<!\S)(?:https?:/|[~.]{0,2})/[\w./~-]*+|(?<![\w/])[a-z]{2,8}_(?=[^\s\d]{0,40}+\d)\w{1,80}+|\"[^\"]*\"|“[^“”]*”|(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w)){1,300}+'(?!\w)"
)
SHORTEST: Final = 6
"""The number of characters that must be left."""


def meant_stems(text: str, code: str) -> frozenset[str]:
    """Return the stems of the English words for what a text mentions."""
    return frozenset([stem(word) for word in english_stems(text, LANGUAGES[code])])


def stems_said(text: str, language: Language) -> frozenset[str]:
    """Return the stems of the words of a text, and of their translations."""
    said = frozenset(stems_of(text))
    known = lexical(text, language.code)
    return said if known is ENGLISH else said | meant_stems(text, known.code)


def _asks(tokens: list[Known]) -> bool:
    for word in tokens:
        if word.lower not in SKIPPED:
            return word.lower in QUESTION
    return False


SKIPPED: Final = frozenset(
    "and also so hi hello hey um uh well ok okay then please , . ! ; : \n".split(" ")
)
"""What may be before the first word of a question."""


def _focus(tokens: list[Known], verbal: frozenset[int]) -> tuple[str, ...]:
    """Return the stems of the noun that is asked for; rule 3. The head is the last."""
    found: list[str] = []
    begins = True
    for place, word in enumerate(tokens):
        is_value = word.is_number or (word.is_capital and not begins)
        begins = word.lower in STOPS
        if not word.is_word and found and word.lower != '"':
            break
        if place in verbal and found:
            break
        if word.means and not is_value and place not in verbal:
            found.append(word.noun)
        elif found and (word.ends or is_value):
            if not CONTAINERS.issuperset(found):
                break
            found = []
    useful = [one for one in found if one not in CONTAINERS]
    return tuple(useful or found)


STOPS: Final = frozenset(".!?\n")


def _content(tokens: list[Known], verbal: frozenset[int]) -> tuple[str, ...]:
    """Return the stems of the words that say what is wanted: no values and no verbs."""
    found: dict[str, None] = {}
    begins = True
    for place, word in enumerate(tokens):
        is_value = word.is_number or (word.is_capital and not begins)
        begins = word.lower in STOPS
        if word.means and not is_value and place not in verbal:
            found[word.noun] = None
    return tuple(found)


def _content_of(text: str, language: Language) -> tuple[str, ...]:
    """Return the stems of what the nouns of another language mean, and of its words in Latin letters."""
    words = [word.lower() for word in words_of(text[:LONGEST_CONTENT])]
    meant: dict[int, str] = {}
    for place, english in glosses(words, language):
        meant.setdefault(place, noun_of(english))
    found: dict[str, None] = {}
    for place, word in enumerate(words):
        if is_plain(word, language.code) or any(map(str.isdigit, word)):
            continue
        root = meant.get(place) or (noun_of(word) if word.isascii() else "")
        if root and root not in VERBS and word not in language.common:
            found[root] = None
    return tuple(found)


LONGEST_CONTENT: Final = 400
"""The number of characters of which the content is read."""


class Spoken(Struct, frozen=True, dict=True):
    """A message and the words by which tools are matched with it.

    Attributes:
        text: The message.
        language: Its language.
        work: The budget of the request.
        alike: The stems of words of the tools that sound like words of the message.
    """

    text: str
    language: Language
    work: Work = field(default_factory=Work)
    alike: frozenset[str] = frozenset()

    @once
    def lower(self) -> str:
        """The message in lowercase."""
        return self.text.lower()

    @once
    def units(self) -> int:
        """The units of work to score one tool."""
        return FIT + len(self.text) // 10

    @once
    def heard(self) -> Heard:
        """Its words, and what they do."""
        self.work.charge(3 * len(self.text) + TRANSLATION)
        return _heard(self.text, self.language.code, self.alike)

    @once
    def stems(self) -> frozenset[str]:
        """The stems of its words, of their synonyms, and of their translations to English."""
        return self.heard.stems

    @once
    def shapes(self) -> frozenset[str]:
        """The shapes of its values."""
        return shapes_in(self.text)

    @once
    def has_numbers(self) -> bool:
        """Whether it has a number, in digits or in words."""
        if any(map(str.isdigit, self.text)):
            return True
        numbers = self.language.numbers
        return not numbers.keys().isdisjoint(self.lower.split())


TRANSLATION: Final = 200
"""Units of work to look up words in a lexicon."""
