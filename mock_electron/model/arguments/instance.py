"""Fill a schema with values from the text, and generate the values that the text does not give.

1. In an object, every required property is filled, and an optional one if the text mentions it.
2. The sure rules come first, then nested values, then the vague rules, then earlier messages. The
   remaining values are generated.
3. Every value is validated against its schema.
"""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.model.arguments import earlier, nested
from mock_electron.model.arguments.assigned import Assignment, Given
from mock_electron.model.arguments.convert import converted, fitting, from_phrase
from mock_electron.model.arguments.finish import Finisher
from mock_electron.model.arguments.plan import plan
from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.rules import SURE, VAGUE, Rule
from mock_electron.model.arguments.scene import Scene
from mock_electron.model.arguments.schema import Schemas
from mock_electron.model.arguments.slots import (
    NOT_GIVEN,
    Filled,
    Slot,
    properties_of,
    required_of,
    slot,
    slots_of,
)
from mock_electron.model.arguments.valid import admits
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want, objects
from mock_electron.model.once import once
from mock_electron.model.work import RULE

DEEPEST: Final = 8
"""Levels of nested objects that are searched for in the text. Deeper ones are generated."""
PLANNED: Final = 4
"""The number of rules for slots with a value that are skipped for one unit of work."""


class Maker:
    """Makes the values of one call."""

    def __init__(self, schemas: Schemas, reading: Reading) -> None:
        self._work = reading.said.work
        self._schemas = schemas
        self._reading = reading
        self._plain, self._documents = earlier.read(reading.said.earlier, self._work)
        self._finisher = Finisher(self._schemas, reading)

    def value(self, schema: object) -> Any:
        """A value for a schema."""
        whole = slot(self._schemas, schema, "", 0, None, True)
        filled = Filled()
        self._fill([whole], Scene(self._reading, [], {}), filled, 0)
        return self._finisher.slot(whole, filled.values.get("", NOT_GIVEN), 0, 0)

    def assignment(self) -> Assignment:
        """A value for the whole schema, which is treated as that of an object."""
        made, filled, required = dict[str, Any](), Filled(), list[str]()
        for want in objects(self._schemas):
            filled = self._object(want, Scene(self._reading, [], {}), 0)
            made = self._finisher.object_of(want, filled.values, 0, 0)
            required = required_of(want.schema)
            if admits(self._schemas, self._schemas.root, made):
                break
        given = filled.given
        return Assignment(made, given, tuple([name for name in required if name not in given]))

    def completed(self, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """An object of values that are known and the other required ones; None if they do not fit."""
        for want in objects(self._schemas):
            made = self._finisher.object_of(want, values, 0, 0)
            if admits(self._schemas, self._schemas.root, made):
                return made
        return None

    def _object(self, want: Want, scene: Scene, depth: int) -> Filled:
        self._work.charge(2 * RULE)
        filled = Filled()
        slots = slots_of(self._schemas, want)
        inner = Scene(scene.reading, scene.taken, properties_of(want.schema))
        self._fill(slots, inner, filled, depth)
        if not slots:
            self._free_members(want, scene, filled)
        return filled

    def _free_members(self, want: Want, scene: Scene, filled: Filled) -> None:
        """Members that the schema does not name, from pairs: "apples: 3"."""
        extra = want.schema.get("additionalProperties", False)
        if extra is False or extra is True or "propertyNames" in want.schema:
            return
        for pair in scene.reading.pairs:
            name = pair.written.replace(" ", "_")
            if name and scene.free(pair.start, pair.end):
                member = slot(self._schemas, extra, name, 0, want, True)
                for variant in member.variants:
                    value = from_phrase(self._schemas, variant, pair.value, scene.reading)
                    if value is not NOT_GIVEN:
                        self._give(member, value, filled, scene, (pair.start, pair.end))
                        break

    def _fill(self, slots: list[Slot], scene: Scene, filled: Filled, depth: int) -> None:
        if not scene.reading.text.strip() and not self._reading.said.earlier:
            return
        self._apply(SURE, slots, scene, filled)
        if depth < DEEPEST:
            for each in slots:
                if each.name not in filled.values and not self._schemas.spent:
                    self._nest(each, scene, filled, depth)
        self._apply(VAGUE, slots, scene, filled)
        self._recall(slots, scene, filled)

    def _apply(
        self,
        table: tuple[Rule, ...],
        slots: list[Slot],
        scene: Scene,
        filled: Filled,
        *,
        needed: bool = False,
    ) -> None:
        """Apply the rules of a table to all slots, or only to those that need a value."""
        planned = plan(self._schemas, table, slots, needed=needed)
        work, values, reading = self._work, filled.values, scene.reading
        work.charge(planned.rules // PLANNED)
        for find, each, want, count in planned.tries:
            if each.name in values:
                continue
            work.charge(reading.effort * count)
            if find is not None:
                for mark in find(want, scene):
                    if self._take(mark, each, want, scene, filled):
                        break

    def _take(self, mark: Mark, each: Slot, want: Want, scene: Scene, filled: Filled) -> bool:
        """Give a slot the value at a place in the text. Return whether it suits."""
        self._work.charge(RULE)
        value = converted(self._schemas, want, mark, scene)
        if value is NOT_GIVEN:
            return False
        place = (mark.start, _with_own_name(want, mark.end, scene))
        return self._give(each, value, filled, scene, place)

    def _give(
        self, each: Slot, value: Any, filled: Filled, scene: Scene, place: tuple[int, int]
    ) -> bool:
        if self._schemas.spent or not admits(self._schemas, each.schema, value):
            return False  # past the steps, no value can be validated
        start, end = place
        words, earlier = scene.reading.text[start:end], scene.reading is not self._reading
        if earlier or not words:
            start, end = 0, 0
        filled.values[each.name] = value
        filled.given[each.name] = Given(value, words or str(value), start, end, 0, earlier)
        scene.taken.append(place)
        return True

    # --- nested values

    def _nest(self, each: Slot, scene: Scene, filled: Filled, depth: int) -> None:
        used = len(scene.taken)
        for want in each.variants:
            value: Any = NOT_GIVEN
            if want.kind == "object":
                value = self._nested_object(want, each, scene, depth)
            elif want.kind == "array":
                value = self._nested_array(want, scene, depth)
            if value is not NOT_GIVEN and admits(self._schemas, each.schema, value):
                places = scene.taken[used:]
                start = min((first for first, _ in places), default=0)
                end = max((last for _, last in places), default=0)
                words = scene.reading.text[start:end]
                filled.values[each.name] = value
                filled.given[each.name] = Given(value, words, start, end)
                return

    def _nested_object(self, want: Want, each: Slot, scene: Scene, depth: int) -> Any:
        part = nested.own_part(want, scene)
        taken = list(part.taken)
        filled = self._object(want, part, depth + 1)
        required = required_of(want.schema)
        said = [name for name in required if name in filled]
        unnamed = each.optional and part is scene
        if not filled.values or (unnamed and 2 * len(said) <= len(required)):
            part.taken[:] = taken
            return NOT_GIVEN
        return self._finisher.object_of(want, filled.values, 0, depth + 1)

    def _nested_array(self, want: Want, scene: Scene, depth: int) -> Any:
        if nested.is_of_objects(self._schemas, want):
            found = nested.objects(self._schemas, want, scene, self._object, depth)
            given: list[Any] = [
                self._finisher.object_of(item, filled.values, number, depth + 1)
                for number, (item, filled) in enumerate(found)
            ]
        else:
            given = nested.plain_list(self._schemas, want, scene)
        if not given:
            return NOT_GIVEN
        return self._finisher.array_of(want, given, 0, depth)

    # --- earlier messages

    def _recall(self, slots: list[Slot], scene: Scene, filled: Filled) -> None:
        values = filled.values
        missing = [each for each in slots if each.name not in values and not each.optional]
        if not missing:
            return
        for each in missing if self._documents else ():
            for want in each.variants:
                for candidate in earlier.recalled(want, self._fields, self._work):
                    value = fitting(self._schemas, want, candidate, "", scene.reading)
                    if value is not NOT_GIVEN and self._give(each, value, filled, scene, (0, 0)):
                        break
        for reading in self._past:
            if any(each.name not in filled for each in missing):
                past = Scene(reading, [], scene.siblings)
                self._apply(SURE, slots, past, filled, needed=True)

    @once
    def _fields(self) -> tuple[earlier.Fields, ...]:
        """The fields of the earlier results in JSON."""
        return tuple(tuple(earlier.fields_of(each, self._work)) for each in self._documents)

    @once
    def _past(self) -> tuple[Reading, ...]:
        """The earlier texts, each read once for all properties."""
        return tuple(self._reading.part(text) for text in self._plain)


def _with_own_name(want: Want, end: int, scene: Scene) -> int:
    """A value includes its property's name if that follows it: "high priority"."""
    if scene.reading.normals.isdisjoint(want.words):
        return end
    behind = scene.reading.after(end, 1)
    return behind[0].end if behind and behind[0].normal in want.words else end
