"""Complete a value with generated parts until it satisfies the schema.

1. Every required property gets a value; an optional property only if the text gives one.
2. Of several ways to generate a value, the first that the schema allows is used. Deep inside a
   recursive schema, the shallowest comes first.
3. Beyond the budget or the maximum depth, a value is the plainest one of its type.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

from mock_electron.model.fill.candidates.truths import NEGATIONS
from mock_electron.model.fill.invented import figures, made_up
from mock_electron.model.fill.invented.made_up import subject_of, suggested
from mock_electron.model.fill.invented.plain import Plainest, repeated
from mock_electron.model.fill.parameters.slots import (
    NOT_GIVEN,
    Slot,
    item_slot,
    properties_of,
    slots_of,
)
from mock_electron.model.fill.parameters.want import NUMBERS, Want, nullable
from mock_electron.model.fill.text.free_text import rest
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.schema.equality import count, is_number, key
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.schema.valid import admits
from mock_electron.model.work import RULE, STEP, WORD, Work

DEEPEST: Final = 40
DEEP: Final = 3
MOST_ITEMS: Final = 2_000
MOST_ASKED: Final = 50
MOST_TRIED: Final = 60
Numbered = tuple[Slot, int]


class Finisher:
    """Generates the values of one call that the text does not give."""

    __slots__ = ("_counts", "_negated", "_reading", "_schemas", "_subject", "_unknown")

    def __init__(self, schemas: Schemas, reading: Reading, *, unknown: bool = False) -> None:
        self._unknown = unknown
        self._schemas = schemas
        self._reading = reading
        self._subject: str | None = None
        self._negated: bool | None = None
        self._counts: Mapping[str, int] | None = None

    def slot(self, each: Slot, given: Any, number: int, depth: int) -> Any:
        """The value of a slot: the given one, or a generated one."""
        if given is not NOT_GIVEN:
            return given
        if each.required and nullable(each.variants) and admits(self._schemas, each.schema, None):
            return None
        variants = each.variants
        if depth > DEEP:
            variants = tuple(sorted(variants, key=lambda want: self._cost(want, 0)))
        value: Any = None
        for place, want in enumerate(variants):
            made = self._made(want, number, depth)
            if place == 0:
                value = made
            if admits(self._schemas, each.schema, made):
                return made
        return value

    def _cost(self, want: Want, depth: int) -> int:
        """The estimated depth of a value."""
        self._schemas.work.charge(STEP)
        if want.kind == "array" and not want.schema.get("minItems"):
            return 0
        if want.kind != "object" and want.kind != "array":
            return 0
        if depth > DEEP or self._schemas.spent:
            return depth
        required = want.schema.get("required")
        if want.kind == "object" and not (isinstance(required, list) and required):
            return 0
        inner = (
            slots_of(self._schemas, want)
            if want.kind == "object"
            else [item_slot(self._schemas, want, 0)]
        )
        needed = [each for each in inner if each.required]
        costs = [
            min((self._cost(v, depth + 1) for v in each.variants), default=0) for each in needed
        ]
        return 1 + max(costs, default=0)

    def _made(self, want: Want, number: int, depth: int) -> Any:
        self._schemas.work.charge(STEP + WORD * len(want.words))
        if depth > DEEPEST or self._schemas.spent:
            return self._plainest(want, number)
        best: Any = NOT_GIVEN
        for candidate in self._candidates(want, number, depth):
            if admits(self._schemas, want.schema, candidate):
                return candidate
            best = candidate if best is NOT_GIVEN else best
        return self._plainest(want, number) if best is NOT_GIVEN else best

    def _plainest(self, want: Want, number: int) -> Any:
        return Plainest(self._schemas).value(want.schema, number, kind=want.kind)

    def _candidates(self, want: Want, number: int, depth: int) -> Iterator[Any]:
        schema = want.schema
        if "const" in schema:
            yield schema["const"]
            return
        if not number:
            yield from suggested(schema)
        if isinstance(schema.get("enum"), list):
            listed = schema["enum"]
            place = number % len(listed) if listed else 0
            yield from chain(islice(listed, place, None), islice(listed, place))
        elif want.kind in NUMBERS:
            self._schemas.work.charge(figures.NUMBER)
            yield from figures.numbers(want, number)
        elif want.kind == "boolean":
            yield from self._truths(number)
        elif want.kind == "null":
            yield None
        elif want.kind == "array":
            yield self.array_of(want, [], number, depth)
        elif want.kind == "object":
            yield self.object_of(want, {}, number, depth)
        else:
            today = self._reading.said.today
            work, unknown = self._schemas.work, self._unknown
            yield from made_up.strings(want, self.subject, today, number, work, unknown=unknown)

    def _truths(self, number: int) -> tuple[bool, bool]:
        """True, unless the whole message is a negation."""
        if self._negated is None:
            self._negated = any(
                w.written.lower().replace("’", "'") in NEGATIONS for w in self._reading.words
            )
        first = self._negated == bool(number % 2)
        return (first, not first)

    @property
    def subject(self) -> str:
        """What the message is about."""
        if self._subject is None:
            mark = rest(self._reading, [])
            self._subject = subject_of(mark.value if mark is not None else "")
        return self._subject

    def object_of(
        self, want: Want, given: Mapping[str, Any], number: int, depth: int
    ) -> dict[str, Any]:
        """An object of the given values and the other required ones."""
        made: dict[str, Any] = {}
        slots = slots_of(self._schemas, want)
        work = self._schemas.work
        every, needed = numbered(self._schemas, slots)
        filled = every if given else needed
        work.charge(WORD * len(filled))
        for each, place in filled:
            if each.name in given:
                made[each.name] = given[each.name]
            elif each.required:
                made[each.name] = self.slot(each, NOT_GIVEN, number + place, depth + 1)
        made |= {name: value for name, value in given.items() if name not in made}
        if self._schemas.spent:
            self._require_all(want, made)
        if "minProperties" in want.schema:
            self._more(want, made, slots, depth)
        return made

    def _require_all(self, want: Want, made: dict[str, Any]) -> None:
        """The plainest values of the properties that the budget did not reach."""
        listed = want.schema.get("required")
        if not isinstance(listed, list):
            return
        properties, plainest = properties_of(want.schema), Plainest(self._schemas)
        for name in listed:
            if isinstance(name, str) and name not in made:
                made[name] = plainest.value(properties.get(name))

    def _more(self, want: Want, made: dict[str, Any], slots: list[Slot], depth: int) -> None:
        """The members that `minProperties` requires: optional ones, then unnamed ones."""
        least = want.schema.get("minProperties")
        if not is_number(least) or len(made) >= least:
            return
        self._schemas.work.charge(WORD * len(slots))
        for each in slots:
            if len(made) < least and each.name not in made:
                made[each.name] = self.slot(each, NOT_GIVEN, 0, depth + 1)
        extra = want.schema.get("additionalProperties", {})
        number = 1
        while extra is not False and len(made) < min(least, MOST_ITEMS):
            self._schemas.work.charge(STEP)
            name = f"item_{number}"
            if name not in made:
                unnamed = Want(name, {}, "string") if extra is True else None
                made[name] = (
                    self._extra(extra, name, want, depth) if unnamed is None else f"item {number}"
                )
            number += 1

    def _extra(self, schema: object, name: str, want: Want, depth: int) -> Any:
        from mock_electron.model.fill.parameters.slots import slot

        return self.slot(slot(self._schemas, schema, name, 0, want, True), NOT_GIVEN, 0, depth + 1)

    def array_of(self, want: Want, given: list[Any], number: int, depth: int) -> list[Any]:
        """An array of the given values, with as many members as the schema requires."""
        least, most = (
            _size(want.schema.get("minItems"), 0),
            _size(want.schema.get("maxItems"), MOST_ITEMS),
        )
        distinct = want.schema.get("uniqueItems") is True
        made: list[Any] = []
        keys: set[bytes] = set()
        for value in given:
            if len(made) < most and not (distinct and self._seen(value, keys)):
                made.append(value)
        tried = 0
        wanted = max(least, min(self._usual(want, depth), most)) if not given else least
        while len(made) < wanted and tried < wanted + MOST_TRIED and not self._schemas.spent:
            each = item_slot(self._schemas, want, len(made))
            value = self.slot(each, NOT_GIVEN, number + len(made) + (tried - len(made)), depth + 1)
            tried += 1
            fits = len(made) < least or admits(self._schemas, each.schema, value)
            if fits and not (distinct and self._seen(value, keys)):
                made.append(value)
        if not distinct:
            return repeated(made, least, self._schemas.work)
        return made if len(made) >= least else self._distinct(want, made, keys, least)

    def _distinct(self, want: Want, made: list[Any], keys: set[bytes], least: int) -> list[Any]:
        """The plainest different members, if the budget ended before there were enough."""
        schema, plainest = item_slot(self._schemas, want, len(made)).schema, Plainest(self._schemas)
        for number in range(least + MOST_TRIED):
            if len(made) == least:
                break
            value = plainest.value(schema, number)
            if not self._seen(value, keys):
                made.append(value)
        return made

    def _seen(self, value: Any, keys: set[bytes]) -> bool:
        """Whether a value was seen before. It counts as seen from now on."""
        own = key(value, self._schemas.work)
        seen = own in keys
        keys.add(own)
        return seen

    def _asked(self, want: Want) -> int:
        """The requested number: "three European capitals"; 0 if the text gives none."""
        if not want.words:
            return 0
        if self._counts is None:
            self._counts = _counts(self._reading)
        return self._counts.get(want.words[-1], 0)

    def _usual(self, want: Want, depth: int) -> int:
        """The number of members of a list that the text does not mention: 1, or the described number."""
        asked = self._asked(want)
        if asked:
            return asked
        prefix = want.schema.get("prefixItems")
        if isinstance(prefix, list):
            return len(prefix)
        return 1 if depth <= 1 and "items" in want.schema else 0


def _counts(reading: Reading) -> dict[str, int]:
    """The first number before each word, for the words that closely follow a number."""
    found: dict[str, int] = {}
    for mark in reading.marks:
        if mark.kind == "number" and 0 < mark.value <= MOST_ASKED:
            reading.said.work.charge(RULE)
            for word in reading.after(mark.end, 3):
                found.setdefault(word.normal, int(mark.value))
    return found


def numbered(schemas: Schemas, slots: list[Slot]) -> tuple[list[Numbered], list[Numbered]]:
    """Return all slots and the required ones, each with the number of those alike before it."""
    return schemas.known(("numbered", id(slots), 0), slots, lambda: _numbered(slots, schemas.work))


def _numbered(slots: list[Slot], work: Work) -> tuple[list[Numbered], list[Numbered]]:
    """Return all slots and the required ones, each with a number.

    The number is that of the slots before it with the same text, so that their values differ.
    """
    work.charge(STEP * len(slots))
    alike: Counter[tuple[object, ...]] = Counter()
    numbered: list[Numbered] = []
    for each in slots:
        kind = _said_for(each)
        numbered.append((each, alike[kind] if kind else 0))
        alike[kind] += 1
    return numbered, [pair for pair in numbered if pair[0].required]


def _said_for(slot: Slot) -> tuple[object, ...]:
    """The text for a property. Properties with the same text get values with different numbers."""
    strings = [want for want in slot.variants if want.kind == "string"]
    return tuple((w.role.name, w.words if w.role.name == "composed" else ()) for w in strings)


def _size(value: object, fallback: int) -> int:
    return count(value, fallback, MOST_ITEMS)
