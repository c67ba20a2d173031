"""Fill a schema with values from a text, and invent the values that it does not give.

1. Every value that a call may take is a parameter, also those inside of objects. The best assignment
   of places to all of them is found at once.
2. Lists of objects come between: first everything that is proven, then the objects of the rest of the
   text, then the assignment.
3. A required value that the text does not give is looked for in earlier messages. Only proof counts.
4. Every value is validated against its schema.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from mock_electron.model.fill import nested
from mock_electron.model.fill.assigned import Given
from mock_electron.model.fill.best import MOST_CHOICES, Candidate, Choice, Range, best, in_order
from mock_electron.model.fill.call import SORTS, Call
from mock_electron.model.fill.candidates.labels import Labels
from mock_electron.model.fill.candidates.scored import candidates
from mock_electron.model.fill.convert import fitting, from_phrase
from mock_electron.model.fill.invented.finish import Finisher
from mock_electron.model.fill.parameters.slots import (
    NOT_GIVEN,
    Filled,
    Slot,
    properties_of,
    required_of,
    slot,
    slots_of,
)
from mock_electron.model.fill.parameters.want import NUMBERS, Want, objects
from mock_electron.model.fill.text import earlier, words
from mock_electron.model.fill.text.free_text import rest
from mock_electron.model.fill.text.places import Text
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.once import once
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.schema.valid import admits
from mock_electron.model.work import RULE

DEEPEST: Final = 8
"""Levels of nested objects that are searched for in the text. Deeper ones are invented."""
MOST_LEAVES: Final = 120
"""The number of parameters of a call that are filled from the text."""


class Leaf(Struct, frozen=True):
    """A parameter of a call: a value, or a list.

    Attributes:
        path: The objects that it is in, from the outside to the inside.
        slot: The parameter.
    """

    path: tuple[tuple[Slot, Want], ...]
    slot: Slot


class Maker:
    """Makes the values of one call.

    Args:
        schemas: The schemas.
        reading: The text.
        tool: The name of the tool.
        unknown: Whether invented values are recognisable, such as "unknown city".
    """

    def __init__(
        self, schemas: Schemas, reading: Reading, tool: str = "", *, unknown: bool = False
    ) -> None:
        self._work = reading.said.work
        self._schemas = schemas
        self._reading = reading
        self._tool = frozenset(words.of_identifier(tool))
        self._plain, self._documents = earlier.read(reading.said.earlier, self._work)
        self._finisher = Finisher(self._schemas, reading, unknown=unknown)

    def value(self, schema: object) -> Any:
        """A value for a schema."""
        whole = slot(self._schemas, schema, "", 0, None, True)
        filled = Filled()
        self._fill([whole], self._reading, (), filled, 0)
        return self._finisher.slot(whole, filled.values.get("", NOT_GIVEN), 0, 0)

    def found(self) -> tuple[int, Filled, tuple[str, ...]]:
        """The way to fill the whole schema as an object, its values, and the required ones it lacks."""
        place, filled, required = 0, Filled(), list[str]()
        ways = objects(self._schemas)
        for place, want in enumerate(ways):
            filled = self._object(want, self._reading, (), 0)
            required = required_of(want.schema)
            if len(ways) < 2 or admits(
                self._schemas, self._schemas.root, self.made(place, filled.values)
            ):
                break
        return place, filled, tuple([name for name in required if name not in filled.given])

    def made(self, place: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """The object with these values, made in the way at a place, with invented ones if need be."""
        return self._finisher.object_of(objects(self._schemas)[place], values, 0, 0)

    def completed(self, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """An object of values that are known and the other required ones; None if they do not fit."""
        for want in objects(self._schemas):
            made = self._finisher.object_of(want, values, 0, 0)
            if admits(self._schemas, self._schemas.root, made):
                return made
        return None

    def _object(self, want: Want, reading: Reading, taken: tuple[Range, ...], depth: int) -> Filled:
        self._work.charge(2 * RULE)
        filled = Filled()
        slots = slots_of(self._schemas, want)
        if slots:
            self._fill(slots, reading, taken, filled, depth)
        else:
            self._free_members(want, reading, filled)
        return filled

    def _free_members(self, want: Want, reading: Reading, filled: Filled) -> None:
        """Members that the schema does not name, from pairs: "apples: 3"."""
        extra = want.schema.get("additionalProperties", False)
        if extra is False or extra is True or "propertyNames" in want.schema:
            return
        for pair in reading.pairs:
            name = pair.written.replace(" ", "_")
            if not name:
                continue
            member = slot(self._schemas, extra, name, 0, want, True)
            for variant in member.variants:
                value = from_phrase(self._schemas, variant, pair.value, reading)
                if value is not NOT_GIVEN and admits(self._schemas, extra, value):
                    filled.values[name] = value
                    filled.given[name] = Given(value, pair.value, pair.start, pair.end)
                    break

    # --- the assignment

    def _fill(
        self,
        slots: Sequence[Slot],
        reading: Reading,
        taken: tuple[Range, ...],
        filled: Filled,
        depth: int,
    ) -> None:
        is_whole = depth == 0 and bool(reading.said.earlier)
        if not reading.text.strip() and not is_whole:
            return
        leaves = self._leaves(slots, (), reading, depth)
        several = (
            [leaf for leaf in leaves if self._is_of_objects(leaf.slot)] if depth < DEEPEST else []
        )
        if several:
            taken = self._lists(leaves, several, reading, taken, filled, depth)
            leaves = [leaf for leaf in leaves if leaf not in several]
        found = self._assigned(leaves, reading, taken)
        recalled = self._recalled(leaves, found) if is_whole else {}
        self._give(leaves, found, recalled, reading, filled, depth)

    def _leaves(
        self,
        slots: Sequence[Slot],
        path: tuple[tuple[Slot, Want], ...],
        reading: Reading,
        depth: int,
    ) -> list[Leaf]:
        found: list[Leaf] = []
        for each in slots:
            want = self._inner(each, reading) if depth + len(path) < DEEPEST else None
            if want is None or len(found) > MOST_LEAVES or self._schemas.spent:
                found.append(Leaf(path, each))
            else:
                inner = slots_of(self._schemas, want)
                found += self._leaves(inner, (*path, (each, want)), reading, depth)
        return found

    def _inner(self, each: Slot, reading: Reading) -> Want | None:
        """The way to fill a slot as an object with properties, if there is one."""
        ways = [want for want in each.variants if want.kind == "object" and _has_members(want)]
        if len(ways) < 2:
            return ways[0] if ways else None
        return max(ways, key=lambda want: self._fit(want, reading))

    def _fit(self, want: Want, reading: Reading) -> float:
        """How well an object of this kind fits the text."""
        leaves = [Leaf((), each) for each in slots_of(self._schemas, want)]
        found = self._assigned(leaves, reading, (), sure=True)
        return sum([each.score for each in found if each is not None])

    def _is_of_objects(self, each: Slot) -> bool:
        return any(
            want.kind == "array" and nested.is_of_objects(self._schemas, want)
            for want in each.variants
        )

    def _assigned(
        self,
        leaves: Sequence[Leaf],
        reading: Reading,
        taken: tuple[Range, ...],
        *,
        sure: bool = False,
    ) -> Choice:
        """The best assignment; with `sure`, of values that are proven."""
        text = Text.of(reading)
        wants = [leaf.slot.variants[0] for leaf in leaves if leaf.slot.variants]
        labels = Labels.of(wants, text) if len(wants) == len(leaves) else Labels({}, frozenset())
        call = Call(self._schemas, text, labels, _ranks(leaves), self._tool, taken)
        choices: list[list[Candidate]] = []
        most = MOST_CHOICES if len(leaves) > 1 else 1
        for number, leaf in enumerate(leaves):
            self._work.charge(reading.effort)
            each = leaf.slot if not sure else _optional(leaf.slot)
            choices.append(candidates(call, number, each, most) if not self._schemas.spent else [])
        return in_order(choices, best(choices, self._work))

    def _give(
        self,
        leaves: Sequence[Leaf],
        found: Choice,
        recalled: Mapping[int, Given],
        reading: Reading,
        filled: Filled,
        depth: int,
    ) -> None:
        used = [
            place for each in found if each is not None and not each.rest for place in each.ranges
        ]
        tree: dict[str, Any] = {}
        for number, (leaf, candidate) in enumerate(zip(leaves, found, strict=True)):
            if self._schemas.spent:
                break
            if candidate is not None:
                given = self._given(leaf, candidate, reading, used)
            else:
                given = recalled.get(number)
                if given is None:
                    self._give_free(leaf, reading, filled)
            if given is None:
                continue
            if not leaf.path:
                filled.values[leaf.slot.name] = given.value
                filled.given[leaf.slot.name] = given
                continue
            branch = tree
            for each, want in leaf.path:
                _, _, branch = branch.setdefault(each.name, (each, want, {}))
            branch[leaf.slot.name] = given
        for each, want, branch in tree.values():
            given = self._nested(each, want, branch, reading, depth)
            if given is not None and admits(self._schemas, each.schema, given.value):
                filled.values[each.name] = given.value
                filled.given[each.name] = given

    def _give_free(self, leaf: Leaf, reading: Reading, filled: Filled) -> None:
        """Give an object whose members the schema does not name, from pairs."""
        for want in leaf.slot.variants if not leaf.path and reading.pairs else ():
            if want.kind != "object" or _has_members(want):
                continue
            inner = Filled()
            self._free_members(want, reading, inner)
            if inner.values and admits(self._schemas, leaf.slot.schema, inner.values):
                start = min(given.start for given in inner.given.values())
                end = max(given.end for given in inner.given.values())
                words = reading.text[start:end]
                filled.values[leaf.slot.name] = inner.values
                filled.given[leaf.slot.name] = Given(inner.values, words, start, end)
                return

    def _given(
        self, leaf: Leaf, candidate: Candidate, reading: Reading, used: list[Range]
    ) -> Given | None:
        if candidate.rest:
            mark = rest(reading, used)
            if mark is None:
                return None
            for want in leaf.slot.variants:
                value = fitting(self._schemas, want, mark.value, "phrase", reading)
                if value is not NOT_GIVEN and admits(self._schemas, leaf.slot.schema, value):
                    return self._told(value, mark, reading, candidate.score)
            return None
        start = min(first for first, _ in candidate.ranges)
        end = max(last for _, last in candidate.ranges)
        mark = Mark("", candidate.value, start, end)
        return self._told(candidate.value, mark, reading, candidate.score, candidate.words)

    def _told(
        self, value: Any, mark: Mark, reading: Reading, score: float, words: str = ""
    ) -> Given:
        start, end = mark.start, mark.end
        told = words or reading.text[start:end] or str(value)
        return Given(value, told, start, end, round(score))

    def _nested(
        self, each: Slot, want: Want, branch: Mapping[str, Any], reading: Reading, depth: int
    ) -> Given | None:
        """The object of the values that were found for its properties."""
        values: dict[str, Any] = {}
        told: list[Given] = []
        for name, inner in branch.items():
            given = self._branch(inner, reading, depth + 1)
            if given is not None:
                values[name] = given.value
                told.append(given)
        required = required_of(want.schema)
        said = [name for name in required if name in values]
        is_named = not reading.normals.isdisjoint(want.words)
        if not values or (
            each.optional and not is_named and 2 * len(said) <= len(required) and required
        ):
            return None
        made = self._finisher.object_of(want, values, 0, depth + 1)
        here = [given for given in told if not given.earlier]
        if not here:
            return Given(made, ", ".join(given.words for given in told), earlier=True)
        start, end = min(given.start for given in here), max(given.end for given in here)
        return Given(made, reading.text[start:end], start, end, sum(given.score for given in here))

    def _branch(self, inner: Any, reading: Reading, depth: int) -> Given | None:
        """A value of an object: one that was found, or an object of such values."""
        if isinstance(inner, Given):
            return inner
        each, want, branch = inner
        return self._nested(each, want, branch, reading, depth)

    # --- lists of objects

    def _lists(
        self,
        leaves: Sequence[Leaf],
        several: Sequence[Leaf],
        reading: Reading,
        taken: tuple[Range, ...],
        filled: Filled,
        depth: int,
    ) -> tuple[Range, ...]:
        """Fill the lists of objects; rule 2. Return the places that are used."""
        others = [leaf for leaf in leaves if leaf not in several]
        sure = self._assigned(others, reading, taken, sure=True) if others else ()
        used = taken + tuple([place for each in sure if each is not None for place in each.ranges])
        for leaf in several:
            if leaf.path or self._schemas.spent:
                continue
            for want in leaf.slot.variants:
                if want.kind != "array":
                    continue
                item, groups = nested.objects(
                    self._schemas, want, reading, used, self._object, depth
                )
                if (
                    item is None
                    or not groups
                    or self._is_unproven(leaf.slot, want, groups, reading)
                ):
                    continue
                made = [
                    self._finisher.object_of(item, part.values, number, depth + 1)
                    for number, (_, _, part) in enumerate(groups)
                ]
                value = self._finisher.array_of(want, made, 0, depth)
                if admits(self._schemas, leaf.slot.schema, value):
                    start, end = groups[0][0], groups[-1][1]
                    words = reading.text[start:end]
                    filled.values[leaf.slot.name] = value
                    filled.given[leaf.slot.name] = Given(value, words, start, end)
                    taken += tuple(
                        [
                            (first + given.start, first + given.end)
                            for first, _, part in groups
                            for given in part.given.values()
                        ]
                    )
                    break
        return taken

    def _is_unproven(
        self, each: Slot, want: Want, groups: Sequence[nested.Group], reading: Reading
    ) -> bool:
        """Whether an optional list would be filled although the text does not speak of it."""
        return each.optional and reading.normals.isdisjoint(want.words)

    # --- earlier messages

    def _recalled(self, leaves: Sequence[Leaf], found: Choice) -> dict[int, Given]:
        """The required values that the text does not give and that earlier messages do; rule 3."""
        missing = {
            number: leaf
            for number, leaf in enumerate(leaves)
            if found[number] is None
            and not leaf.slot.optional
            and not any(each.optional for each, _ in leaf.path)
        }
        recalled: dict[int, Given] = {}
        for number, leaf in missing.items() if self._documents else ():
            given = self._field_for(leaf.slot)
            if given is not None:
                recalled[number] = given
        for reading in self._past:
            left = {n: leaf for n, leaf in missing.items() if n not in recalled}
            if not left or not reading.text.strip():
                continue
            chosen = self._assigned(tuple(left.values()), reading, (), sure=True)
            for number, candidate in zip(left, chosen, strict=True):
                if candidate is not None and not candidate.rest:
                    start, end = candidate.ranges[0][0], candidate.ranges[-1][1]
                    words = candidate.words or reading.text[start:end]
                    recalled[number] = Given(candidate.value, words, earlier=True)
        return recalled

    def _field_for(self, each: Slot) -> Given | None:
        """The value of a field of an earlier result."""
        for want in each.variants:
            for candidate in earlier.recalled(want, self._fields, self._work):
                value = fitting(self._schemas, want, candidate, "", self._reading)
                if value is NOT_GIVEN or self._schemas.spent:
                    continue
                if admits(self._schemas, each.schema, value):
                    return Given(value, str(value), earlier=True)
        return None

    @once
    def _fields(self) -> tuple[earlier.Fields, ...]:
        """The fields of the earlier results in JSON."""
        return tuple(tuple(earlier.fields_of(each, self._work)) for each in self._documents)

    @once
    def _past(self) -> tuple[Reading, ...]:
        """The earlier texts, each read once for all properties."""
        return tuple(self._reading.part(text) for text in self._plain)


RANKED: Final = {
    role: role for role, sort in SORTS.items() if sort == "typed" or role in ("language", "country")
}
"""Roles whose values are counted alone; the values of all others are counted together."""


def _has_members(want: Want) -> bool:
    return bool(properties_of(want.schema) or required_of(want.schema))


def _optional(each: Slot) -> Slot:
    return Slot(each.name, each.schema, each.variants, required=False, optional=True)


def _ranks(leaves: Sequence[Leaf]) -> dict[int, int]:
    """For each parameter, how many required ones of its sort precede it."""
    seen: dict[str, int] = {}
    ranks: dict[int, int] = {}
    for number, leaf in enumerate(leaves):
        if not leaf.slot.variants:
            continue
        want = leaf.slot.variants[0]
        sort = "number" if want.kind in NUMBERS else f"{want.kind} {RANKED.get(want.role.name, '')}"
        ranks[number] = seen.get(sort, 0)
        if leaf.slot.required:
            seen[sort] = ranks[number] + 1
    return ranks
