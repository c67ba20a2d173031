"""The finders: each looks for one kind of place in a text that an argument may take its value from."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_electron.model.arguments import choices, directions, phrases, reading, remainder, specials
from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want
from mock_electron.model.arguments.words import Word


@dataclass(frozen=True, slots=True)
class Scene:
    """A text, and which of its places are taken. siblings: the properties of the same object."""

    reading: Reading
    taken: list[tuple[int, int]]
    siblings: Mapping[str, Any]

    def free(self, start: int, end: int) -> bool:
        """Whether nothing of a place is taken."""
        return not any(begin < end and start < stop for begin, stop in self.taken)

    def marks(self, *kinds: str) -> Iterator[Mark]:
        """The free typed values of these kinds, in order."""
        for mark in self.reading.marks:
            if mark.kind in kinds and self.free(mark.start, mark.end):
                yield mark

    def names(self) -> Iterator[Mark]:
        """The free names, in order."""
        for name in self.reading.names:
            if self.free(name.start, name.end):
                yield name

    def quotes(self) -> Iterator[Mark]:
        """The free quotations, in order."""
        for quote in self.reading.quotes:
            if self.free(quote.start, quote.end):
                yield quote


Finder = Callable[[Want, Scene], Iterator[Mark]]
NUMBERS: Final = ("number", "integer")
SCALARS: Final = ("string", *NUMBERS, "boolean", "")
NEGATIONS: Final = frozenset(
    """no not don't dont do not never without neither nor disable disabled off exclude excluding skip
    false deny unless cannot can't isn't won't नहीं मत بدون لا नको না இல்லை nicht kein ohne pas sans
    sin nunca senza non não sem не без""".split()  # noqa: SIM905
) - {"do"}
AFFIRMED: Final = frozenset(("yes", "true", "on", "enable", "enabled", "with", "include"))


def paired(want: Want, scene: Scene) -> Iterator[Mark]:
    for pair in scene.reading.pairs:
        if scene.free(pair.start, pair.end) and _has_key(want, pair.key):
            yield Mark("phrase", pair.value, pair.start, pair.end)


def _has_key(want: Want, key: tuple[str, ...] | int) -> bool:
    if isinstance(key, int):
        return key == want.place
    return bool(want.words) and key[-len(want.words) :] == want.words


def partly_paired(want: Want, scene: Scene) -> Iterator[Mark]:
    for pair in scene.reading.pairs:
        if not isinstance(pair.key, int) and pair.key and scene.free(pair.start, pair.end):
            ends = (
                want.words[-len(pair.key) :] == pair.key or want.words[: len(pair.key)] == pair.key
            )
            if ends and len(pair.key) < len(want.words):
                yield Mark("phrase", pair.value, pair.start, pair.end)


def introduced(want: Want, scene: Scene) -> Iterator[Mark]:
    for start, end in phrases.after_name(want, scene.reading, scene.siblings):
        if scene.free(start, end):
            yield Mark("phrase", scene.reading.text[start:end], start, end)


def _beside(
    want: Want, scene: Scene, hints: frozenset[str], distance: int, after: bool
) -> Iterator[Mark]:
    for mark in scene.marks("number"):
        near = (
            scene.reading.after(mark.end, distance)
            if after
            else scene.reading.before(mark.start, distance)
        )
        word = near[distance - 1] if len(near) >= distance else None
        meant = word is not None and not _apart(mark, word, scene) and _meant(word, hints, scene)
        if meant or (after and distance == 1 and _sign(scene.reading.text, mark) in hints):
            yield mark


def _apart(mark: Mark, word: Word, scene: Scene) -> bool:
    """Whether a pause stands between a number and a word."""
    between = scene.reading.text[min(mark.end, word.end) : max(mark.start, word.start)]
    return PAUSES.search(between) is not None


PAUSES: Final = re.compile(r"[,;\n]|[.!?]\s")


def _sign(text: str, mark: Mark) -> str:
    """A sign at a number: "$20", "50 %", "31°"."""
    before, behind = text[max(0, mark.start - 1) : mark.start], text[mark.end :].lstrip()[:1]
    return behind if behind in "%°€₹" and behind else before


def _meant(word: Word, hints: frozenset[str], scene: Scene) -> bool:
    return word.stem in hints or phrases.foreign(word, hints, scene.reading.said.language)


def noun_after(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(want, scene, want.hints, 1, after=True)


def noun_before(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(want, scene, want.hints, 1, after=False)


def noun_near(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(want, scene, want.hints, 2, after=True)
    yield from _beside(want, scene, want.hints, 2, after=False)


def aged(want: Want, scene: Scene) -> Iterator[Mark]:
    """An age needs no noun: "John is 32"."""
    for mark in scene.marks("number") if "age" in want.words else ():
        before = scene.reading.before(mark.start)
        if before and before[0].stem in AGED and 0 < mark.value < OLDEST:
            yield mark


AGED: Final = frozenset(("is", "was", "aged", "turned", "am", "i'm"))
OLDEST: Final = 130


def described_noun(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(want, scene, want.about, 1, after=True)
    yield from _beside(want, scene, want.about, 1, after=False)


def one_of_its_noun(want: Want, scene: Scene) -> Iterator[Mark]:
    """ "A night" is one night."""
    for place, word in enumerate(scene.reading.words[1:], 1):
        article = scene.reading.words[place - 1]
        if (
            article.stem in ("a", "an", "one")
            and word.stem in want.words
            and article.stem != word.stem
        ):
            yield Mark("number", 1, article.start, article.end)


def counted(want: Want, scene: Scene) -> Iterator[Mark]:
    """What is counted: "2 large pizzas"; where nothing is, an article's noun."""
    for start, end in specials.after_numbers(scene.reading):
        if scene.free(start, end):
            yield Mark("thing", scene.reading.text[start:end], start, end)


def introduced_thing(want: Want, scene: Scene) -> Iterator[Mark]:
    for mark in specials.things(scene.reading):
        if scene.free(mark.start, mark.end):
            yield mark


def in_order(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from scene.marks("number")


def members(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from choices.members(want, scene.reading, scene.free)


def directed(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from directions.directed(want, scene.reading, scene.free)


def typed(want: Want, scene: Scene) -> Iterator[Mark]:
    kinds = want.role.kinds
    if "moment" in kinds:
        yield from _moments(scene)
    found = sorted(scene.marks(*kinds), key=lambda mark: kinds.index(mark.kind))
    for mark in found:
        if mark.kind != "number":
            yield mark


def _moments(scene: Scene) -> Iterator[Mark]:
    """A day and a time of it, as one."""
    for day in scene.marks("date"):
        for clock in scene.marks("time"):
            start, end = min(day.start, clock.start), max(day.end, clock.end)
            whole = end - start <= 60 and scene.free(start, end)
            near = (start, end) if whole else (day.start, day.end)
            yield Mark("datetime", f"{day.value}T{clock.value}:00", *near)


def numbered(want: Want, scene: Scene) -> Iterator[Mark]:
    """An id that stands behind what it is of: "order 123"."""
    for mark in scene.marks("number", "code", "uuid"):
        before = scene.reading.before(mark.start, 3)
        own = set(want.words) | {"id", "number", "code"}
        if before and before[0].stem in own and (before[0].stem in want.words or before[1:2]):
            yield mark


def any_number(want: Want, scene: Scene) -> Iterator[Mark]:
    """An id or a telephone number of digits alone."""
    for mark in scene.marks("number"):
        if want.role.name != "phone" or mark.end - mark.start >= 7:
            yield mark


def special(want: Want, scene: Scene) -> Iterator[Mark]:
    for mark in specials.special(want, scene.reading):
        if scene.free(mark.start, mark.end):
            yield mark


def titled(want: Want, scene: Scene) -> Iterator[Mark]:
    for mark in specials.titled(scene.reading):
        if scene.free(mark.start, mark.end):
            yield mark


def located(want: Want, scene: Scene) -> Iterator[Mark]:
    """A name behind "in", "at", "near" …, with its region."""
    language = scene.reading.said.language
    around = language.around if language.code != "en" else ()
    foreign_leads = {pattern.split(" {x}")[0] for pattern in around}
    for name in scene.names():
        before = scene.reading.before(name.start, 2)
        lead = [word.stem for word in before if word.stem != "the"][:1]
        if lead and (lead[0] in phrases.LEADS[want.role.name] or lead[0] in foreign_leads):
            if name.value in specials.COUNTRIES and _has_country(scene):
                continue
            yield _with_region(name, want, scene)


def country(want: Want, scene: Scene) -> Iterator[Mark]:
    for name in scene.names():
        if name.value in specials.COUNTRIES:
            yield name


def half_name(want: Want, scene: Scene) -> Iterator[Mark]:
    """The first name or the family name of "Jane Roe"."""
    first, last = FIRST_NAME.intersection(want.words), LAST_NAME.intersection(want.words)
    for name in scene.reading.names if (first or last) else ():
        parts = name.value.split()
        if len(parts) == 2 and first:
            yield Mark("name", parts[0], name.start, name.start + len(parts[0]))
        elif len(parts) == 2:
            yield Mark("name", parts[1], name.end - len(parts[1]), name.end)


FIRST_NAME: Final = frozenset(("first", "given", "firstname", "forename"))
LAST_NAME: Final = frozenset(("last", "family", "lastname", "surname"))


def year(want: Want, scene: Scene) -> Iterator[Mark]:
    """A year is a number of its own kind."""
    for mark in scene.marks("number") if "year" in want.words else ():
        if isinstance(mark.value, int) and 1000 <= mark.value <= 2999:
            yield mark


def named(want: Want, scene: Scene) -> Iterator[Mark]:
    for name in scene.names():
        if name.value in specials.COUNTRIES and want.role.name == "place" and _has_country(scene):
            continue
        yield _with_region(name, want, scene)


def _with_region(name: Mark, want: Want, scene: Scene) -> Mark:
    """ "Paris, France", unless the country has an argument of its own."""
    if want.role.name not in ("place", "any") or _has_country(scene):
        return name
    return reading.place(scene.reading, name)


def _has_country(scene: Scene) -> bool:
    return not REGIONS.isdisjoint(scene.siblings)


REGIONS: Final = frozenset(("country", "state", "country_code", "countryCode", "region"))


def uncapitalised(want: Want, scene: Scene) -> Iterator[Mark]:
    """A name in small letters: "weather in paris"."""
    yield from phrases.after_lead(want, scene.reading, scene.free)


def quoted(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from scene.quotes()


def rest(want: Want, scene: Scene) -> Iterator[Mark]:
    mark = remainder.rest(scene.reading, scene.taken)
    if mark is not None:
        yield mark


def whole(want: Want, scene: Scene) -> Iterator[Mark]:
    """What is asked about, in full, even if other arguments took parts of it."""
    mark = remainder.rest(scene.reading, [])
    if mark is not None:
        yield mark


def spoken_of(want: Want, scene: Scene) -> Iterator[Mark]:
    """A truth value: true where its words are said, unless what is said negates them."""
    spoken = scene.reading.words
    own = want.words[1:] if want.words[:1] in PREFIXES and len(want.words) > 1 else want.words
    for place, word in enumerate(spoken):
        if _says(word.stem, own) or phrases.foreign(
            word, frozenset(own), scene.reading.said.language
        ):
            around = [
                other.written.lower().replace("’", "'")
                for other in spoken[max(0, place - 3) : place]
            ]
            behind = [other.written.lower() for other in spoken[place + 1 : place + 3]]
            heard = {*around, *behind} if behind[:1] == ["is"] else {*around, *behind[:1]}
            denied = not NEGATIONS.isdisjoint(heard)
            yield Mark("truth", not denied, word.start, word.start)
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
