"""Finders other than those of numbers, names and booleans: pairs, typed values, things, free text.

A finder yields places of the text that an argument may take, best first.
"""

from collections.abc import Iterable, Iterator

from mock_electron.model.arguments import directions, enums, free_text, introduced, special, titles
from mock_electron.model.arguments.reading import Pair
from mock_electron.model.arguments.scene import Scene
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want
from mock_electron.model.work import WORD


def paired(want: Want, scene: Scene) -> Iterable[Mark]:
    pairs = scene.reading.pairs
    return _paired(want, scene, pairs) if pairs else ()


def _paired(want: Want, scene: Scene, pairs: tuple[Pair, ...]) -> Iterator[Mark]:
    scene.reading.said.work.charge(WORD * len(pairs))
    for pair in pairs:
        if _has_key(want, pair.key) and scene.free(pair.start, pair.end):
            yield Mark("phrase", pair.value, pair.start, pair.end)


def _has_key(want: Want, key: tuple[str, ...] | int) -> bool:
    if isinstance(key, int):
        return key == want.place
    return bool(want.words) and key[-len(want.words) :] == want.words


def literal(want: Want, scene: Scene) -> Iterator[Mark]:
    """A list in JSON: `[[1, 2], [3, 4]]`."""
    text = scene.reading.text
    start = text.find("[")
    if start >= 0:
        end = text.rfind("]") + 1
        yield Mark("phrase", text[start:end], start, max(start, end))


def partly_paired(want: Want, scene: Scene) -> Iterable[Mark]:
    pairs = scene.reading.pairs
    return _partly_paired(want, scene, pairs) if pairs else ()


def _partly_paired(want: Want, scene: Scene, pairs: tuple[Pair, ...]) -> Iterator[Mark]:
    for pair in pairs:
        if not isinstance(pair.key, int) and pair.key and scene.free(pair.start, pair.end):
            ends = (
                want.words[-len(pair.key) :] == pair.key or want.words[: len(pair.key)] == pair.key
            )
            if ends and len(pair.key) < len(want.words):
                yield Mark("phrase", pair.value, pair.start, pair.end)


def has_words(want: Want) -> bool:
    """Whether a property has a name."""
    return bool(want.words)


def behind_name(want: Want, scene: Scene) -> Iterable[Mark]:
    normals, own = scene.reading.normals, want.words
    is_said = own[0] in normals or own[-1] in normals
    return _behind_name(want, scene) if is_said else ()


def _behind_name(want: Want, scene: Scene) -> Iterator[Mark]:
    for start, end in introduced.after_name(want, scene.reading, scene.siblings):
        if scene.free(start, end):
            yield Mark("phrase", scene.reading.text[start:end], start, end)


def counted(want: Want, scene: Scene) -> Iterator[Mark]:
    """What is counted: "2 large pizzas"; if nothing is counted, the noun of an article."""
    scene.scanned()
    for start, end in titles.after_numbers(scene.reading):
        if scene.free(start, end):
            yield Mark("thing", scene.reading.text[start:end], start, end)


def introduced_thing(want: Want, scene: Scene) -> Iterator[Mark]:
    scene.scanned()
    for mark in titles.things(scene.reading):
        if scene.free(mark.start, mark.end):
            yield mark


def is_chosen(want: Want) -> bool:
    """Whether a value is one of those that the schema lists."""
    return "enum" in want.schema or "const" in want.schema


def members(want: Want, scene: Scene) -> Iterable[Mark]:
    return enums.members(want, scene.reading, scene.free)


def has_direction(want: Want) -> bool:
    """Whether a value comes after "from" or "to"."""
    return directions.direction(want.words) is not None


def directed(want: Want, scene: Scene) -> Iterable[Mark]:
    return directions.directed(want, scene.reading, scene.free)


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
    """An id that follows the name of its object: "order 123"."""
    for mark in scene.marks("number", "code", "uuid"):
        before = scene.reading.before(mark.start, 3)
        own = set(want.words) | {"id", "number", "code"}
        if before and before[0].normal in own and (before[0].normal in want.words or before[1:2]):
            yield mark


def any_number(want: Want, scene: Scene) -> Iterator[Mark]:
    """An id or a telephone number of digits alone."""
    for mark in scene.marks("number"):
        if want.role.name != "phone" or mark.end - mark.start >= 7:
            yield mark


def of_its_kind(want: Want, scene: Scene) -> Iterator[Mark]:
    scene.scanned()
    for mark in special.found(want, scene.reading):
        if scene.free(mark.start, mark.end):
            yield mark


def titled(want: Want, scene: Scene) -> Iterator[Mark]:
    scene.scanned()
    for mark in titles.titled(scene.reading):
        if scene.free(mark.start, mark.end):
            yield mark


def quoted(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from scene.quotes()


def rest(want: Want, scene: Scene) -> Iterator[Mark]:
    scene.scanned()
    mark = free_text.rest(scene.reading, scene.taken)
    if mark is not None:
        yield mark


def whole(want: Want, scene: Scene) -> Iterator[Mark]:
    """The whole subject of the question, even if other arguments took parts of it."""
    scene.scanned()
    mark = free_text.rest(scene.reading, [])
    if mark is not None:
        yield mark
