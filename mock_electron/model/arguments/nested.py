"""Fill nested values from a text: lists and objects.

1. A list of plain values takes all unused values of the kind of its members; otherwise a list in
   quotation marks; otherwise an enumeration.
2. A list of objects has one object for each segment of the text, as `lists` cuts it. A segment that
   only adds values belongs to the object before it; one that repeats a value begins the next.
3. A nested object reads the text from its name to the next property's name; if its name does not
   appear, all unused text.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from mock_electron.model.arguments import enums, finders, lists, rules, words
from mock_electron.model.arguments.convert import converted
from mock_electron.model.arguments.scene import Scene
from mock_electron.model.arguments.schema import Schemas, types_of
from mock_electron.model.arguments.slots import NOT_GIVEN, Filled, Slot, item_slot
from mock_electron.model.arguments.valid import admits
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import NUMBERS, Want
from mock_electron.model.work import RULE, WORD

FillObject = Callable[[Want, Scene, int], Filled]
MOST_OBJECTS: Final = 50


def plain_list(schemas: Schemas, want: Want, scene: Scene) -> list[Any]:
    """The members of a list of plain values; rule 1."""
    slot = item_slot(schemas, want, 0)
    for item in slot.variants:
        for marks in _groups(item, want, scene):
            given = _members(schemas, item, slot, marks, scene)
            if given:
                scene.taken.extend((mark.start, mark.end) for mark, _ in given)
                return [value for _, value in given]
    return []


def _groups(item: Want, want: Want, scene: Scene) -> Iterator[list[Mark]]:
    if "enum" in item.schema:
        yield list(enums.members(item, scene.reading, scene.free))
        return
    if item.kind in NUMBERS:
        yield list(scene.marks("number"))
    if item.kind != "string":
        return
    typed = [kind for kind in item.role.kinds if kind not in ("name", "number")]
    if typed:
        yield list(scene.marks(*typed))
    if item.role.name in rules.LOCATED or item.role.name == "name":
        yield [name for name in scene.names() if not _is_adjective(name, want, scene)]
        yield [t for t in lists.things(scene.scanned()) if scene.free(t.start, t.end)]
    yield list(scene.quotes())
    if len(list(finders.paired(want, scene))) == 0 and item.role.name not in rules.VALUED:
        yield [t for t in lists.things(scene.scanned()) if scene.free(t.start, t.end)]


def _is_adjective(name: Mark, want: Want, scene: Scene) -> bool:
    """Whether the listed things follow a name: "European capitals"."""
    behind = scene.reading.after(name.end)
    return bool(behind) and behind[0].normal in want.words


def _members(
    schemas: Schemas, item: Want, slot: Slot, marks: list[Mark], scene: Scene
) -> list[tuple[Mark, Any]]:
    found: list[tuple[Mark, Any]] = []
    for mark in marks:
        value = converted(schemas, item, mark, scene)
        if value is not NOT_GIVEN and admits(schemas, slot.schema, value):
            found.append((mark, value))
    return found


def objects(
    schemas: Schemas, want: Want, scene: Scene, fill: FillObject, depth: int
) -> list[tuple[Want, Filled]]:
    """The objects of a list, each with the way to generate it; rule 2."""
    schemas.work.charge(4 * RULE)
    slot = item_slot(schemas, want, 0)
    item = next((variant for variant in slot.variants if variant.kind == "object"), None)
    if item is None:
        return []
    groups: list[tuple[int, int, Filled]] = []
    for segment in lists.segments(scene.scanned(), MOST_OBJECTS):
        if schemas.spent:
            break
        part = fill(item, _part(scene, segment.start, segment.end), depth + 1)
        if not part.values:
            continue
        start, _, before = groups[-1] if groups else (0, 0, part)
        if groups and not before.values.keys() & part.values.keys():
            whole = _part(scene, start, segment.end)
            groups[-1] = (start, segment.end, fill(item, whole, depth + 1))
        else:
            groups.append((segment.start, segment.end, part))
    most = max((len(filled.values) for _, _, filled in groups), default=0)
    kept = [group for group in groups if 2 * len(group[2].values) >= most]
    scene.taken.extend((start, end) for start, end, _ in kept)
    return [(item, filled) for _, _, filled in kept]


def _part(scene: Scene, start: int, end: int) -> Scene:
    """A part of the text, with the places of it that are used."""
    taken = [
        (first - start, last - start) for first, last in scene.taken if first < end and start < last
    ]
    text = scene.reading.text[start:end].rstrip(" .")
    return Scene(scene.reading.part(text), taken, {})


def own_part(want: Want, scene: Scene) -> Scene:
    """The part of the text about a nested object; rule 3."""
    siblings = scene.siblings
    scene.reading.said.work.charge(RULE * len(siblings) + WORD * sum(map(len, siblings)))
    start = _named_at(want.words, scene)
    if start is None:
        return scene
    others = [_named_at(_words(name), scene) for name in siblings if name != want.name]
    end = min((place for place in others if place is not None and place > start), default=None)
    text = scene.reading.text[start:end]
    return Scene(scene.reading.part(text), [], scene.siblings)


def _named_at(own: tuple[str, ...], scene: Scene) -> int | None:
    """Where a text first mentions a name; the first word of the name is enough."""
    return scene.reading.first_places.get(own[0]) if own else None


def _words(name: str) -> tuple[str, ...]:
    return words.of_identifier(name)


def is_of_objects(schemas: Schemas, want: Want) -> bool:
    """Whether the members of a list are objects."""
    return any("object" in types_of(v.schema) for v in item_slot(schemas, want, 0).variants)
