"""Find booleans: true if the text mentions the property, false if it negates it."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.fill.text.words import Word, meanings
from mock_electron.model.work import WORD

NEGATIONS: Final = frozenset(
    """no not don't dont do not never without neither nor disable disabled off exclude excluding skip
    false deny unless cannot can't isn't won't नहीं मत بدون لا नको না இல்லை nicht kein ohne pas sans
    sin nunca senza non não sem не без""".split()
) - {"do"}
OPPOSED: Final = {
    "delivery": ("pick", "collect", "pickup", "takeaway", "takeout"), "deliver": ("pick", "collect", "pickup"),
    "urgent": ("whenever",), "return": ("single", "one-way", "oneway"), "remote": ("person",),
    "pickup": ("deliver", "delivery"), "furnished": ("unfurnished",), "express": ("standard", "normal"),
}  # fmt: skip
"""A word of a boolean, and words that mean its opposite."""
MEANT: Final = {
    "urgent": ("rush", "hurry", "asap", "immediately"),
    "return": ("roundtrip", "round"),
}
"""A word of a boolean, and words that mean it."""
FALSE_FOR: Final = regex(r"\bfalse (?:for|if|when|means|is|=|:) ?(?:an? |the )?([a-z-]{3,20})")
"""What a description says that false is for: "false for pick-up"."""
OPPOSITES: Final = {"on": "off", "open": "close", "lock": "unlock", "start": "stop"}
"""Words of another language for the opposite of a boolean make it false."""
AFFIRMED: Final = frozenset(("yes", "true", "on", "enable", "enabled", "with", "include"))


def spoken_of(want: Want, reading: Reading, shared: Collection[str] = ()) -> Iterator[Mark]:
    """A boolean: true if the text mentions its words and does not negate them.

    Args:
        want: The boolean.
        reading: The text.
        shared: Words that the names of several parameters have; alone, they mention none of them.
    """
    spoken = reading.words
    own = want.words[1:] if want.words[:1] in PREFIXES and len(want.words) > 1 else want.words
    own += tuple(word for one in own for word in MEANT.get(one, ()))
    foreign = meanings(own, reading.lexical)
    reading.said.work.charge(WORD * len(spoken) * (1 + len(own) + bool(foreign)))
    for place, word in enumerate(spoken):
        pair = spoken[place - 1].normal + word.normal if place else ""  # an "e sim"
        if _says(word.normal, own) or pair in own or word.written.lower().startswith(foreign):
            last = place
            while last + 1 < len(spoken) and spoken[last + 1].normal in own:
                last += 1
            is_denied = _is_denied(spoken, place) or _is_denied(spoken, last)
            yield Mark("truth", not is_denied, word.start, word.start)
            return
    opposed = _opposed(want, own)
    for place, word in enumerate(spoken) if opposed else ():
        if word.written.lower().replace("-", "").startswith(opposed):
            yield Mark("truth", _is_denied(spoken, place), word.start, word.start)
            return
    others = meanings([OPPOSITES[one] for one in own if one in OPPOSITES], reading.lexical)
    for word in spoken if others else ():
        if word.written.lower().startswith(others):
            yield Mark("truth", False, word.start, word.start)
    yield from _switched(own, reading)
    for name in own if len(own) == 1 else ():
        meant = reading.senses.meant(name)
        if meant is not None and meant[1]:
            place = meant[0]
            yield Mark(
                "truth", not _is_denied(spoken, place), spoken[place].start, spoken[place].start
            )
            return


def _is_denied(spoken: Sequence[Word], place: int) -> bool:
    """Whether the words around a place negate it."""
    around = [
        other.written.lower().replace("’", "'") for other in spoken[max(0, place - 3) : place]
    ]
    behind = [other.written.lower() for other in spoken[place + 1 : place + 3]]
    heard = {*around, *behind} if behind[:1] in COPULAS else {*around, *behind[:1]}
    return not NEGATIONS.isdisjoint(heard)


COPULAS: Final = (["is"], ["are"], ["was"], ["will"])
"""The words before a negation that is behind: "the lounge is not required"."""


def _opposed(want: Want, own: tuple[str, ...]) -> tuple[str, ...]:
    """How the words begin that make a boolean false."""
    told = want.schema.get("description")
    found = FALSE_FOR.search(told.lower()) if isinstance(told, str) and "alse" in told else None
    others = (found[1].replace("-", ""), found[1].partition("-")[0]) if found else ()
    return (*others, *(other for one in own for other in OPPOSED.get(one, ())))


SWITCHED: Final = {
    **dict.fromkeys("chalu chaalu jala jalao chala chalao on चालू चला चलाओ जला जलाओ".split(), True),
    **dict.fromkeys("off band bandh bujha bujhao बंद".split(), False),
}
"""Words for a switch that is on or off."""
SWITCHES: Final = frozenset(("on", "enabl", "enable", "enabled", "power"))


def _switched(own: tuple[str, ...], reading: Reading) -> Iterator[Mark]:
    for word in reading.words if not SWITCHES.isdisjoint(own) else ():
        state = SWITCHED.get(word.written.lower())
        if state is not None:
            yield Mark("truth", state, word.start, word.start)
            return


PREFIXES: Final = (
    ("is",),
    ("has",),
    ("should",),
    ("include",),
    ("enable",),
    ("use",),
    ("with",),
    ("can",),
    ("allow",),
)
SHORTEST_STEM: Final = 4


def _says(stem: str, own: tuple[str, ...]) -> bool:
    """Whether a word is one of these, or of their family: "urgent" and "urgently"."""
    return any(
        stem == word
        or (
            min(len(stem), len(word)) >= SHORTEST_STEM
            and (stem.startswith(word) or word.startswith(stem))
        )
        for word in own
        if len(word) > 1
    )
