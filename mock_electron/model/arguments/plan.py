"""Find the rules for the slots of an object."""

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Final

from msgspec import Struct

from mock_electron.model.arguments import finders
from mock_electron.model.arguments.rules import SURE, VAGUE, Finder, Rule
from mock_electron.model.arguments.schema import Schemas
from mock_electron.model.arguments.slots import Slot
from mock_electron.model.arguments.want import Want
from mock_electron.model.work import WORD, Work

ENUM_RULES: Final = (finders.members, finders.paired, finders.partly_paired)
"""The rules that find the members of an enum."""


class Plan(Struct, frozen=True):
    """The rules for some slots, in the order in which they are applied.

    Attributes:
        rules: The number of pairs of a rule and a slot.
        tries: What is tried for a slot while it has no value: a finder, the slot, what is wanted,
            and the number of tries that this one stands for. Before it, these are the tries for the
            slot that find nothing in any text. The finder is None after the last one.
    """

    rules: int
    tries: tuple[tuple[Finder | None, Slot, Want, int], ...]


def plan(
    schemas: Schemas, table: tuple[Rule, ...], slots: list[Slot], *, needed: bool = False
) -> Plan:
    """The rules of a table for some slots, in the order in which they are applied.

    Args:
        schemas: The schemas of the call.
        table: The rules.
        slots: The slots.
        needed: Plan only for slots that need a value.
    """
    return schemas.known(
        ("needed" if needed else "plan", id(slots), id(table)),
        slots,
        lambda: _plan(table, slots, schemas.work, needed),
    )


def _plan(table: tuple[Rule, ...], slots: list[Slot], work: Work, needed: bool) -> Plan:
    work.charge(WORD * len(slots) * len(table))
    planned: list[tuple[int, bool, int, Slot, list[Want]]] = []
    for number, each in enumerate(slots):
        optional, variants = each.optional, each.variants
        if needed and optional:
            continue
        kinds = tuple([(want.kind, want.role.name, _is_chosen(want)) for want in variants])
        all_places = tuple(range(len(variants)))
        planned += [
            (
                place,
                optional,
                number,
                each,
                list(variants) if places == all_places else [variants[n] for n in places],
            )
            for place, places in _rules_for(kinds, is_sure=table is SURE)
            if table[place].volunteers or not optional
        ]
    planned.sort(key=itemgetter(0, 1, 2))
    return Plan(len(planned), tuple(_tries(table, planned)))


def _tries(
    table: tuple[Rule, ...], planned: list[tuple[int, bool, int, Slot, list[Want]]]
) -> Iterator[tuple[Finder | None, Slot, Want, int]]:
    """Yield the tries of a plan; see `Plan`."""
    idle: dict[int, tuple[Slot, Want, int]] = {}
    for place, _, number, each, wants in planned:
        rule = table[place]
        for want in wants:
            count = idle.pop(number)[2] + 1 if number in idle else 1
            if rule.only is bool or rule.only(want):
                yield rule.find, each, want, count
            else:
                idle[number] = each, want, count
    for each, want, count in idle.values():
        yield None, each, want, count


@lru_cache(maxsize=512)
def _rules_for(
    kinds: tuple[tuple[str, str, bool], ...], *, is_sure: bool
) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return the places of the rules for a slot, each with the places of the variants that it suits.

    Args:
        kinds: The type and the role of each variant, and whether it is a choice.
        is_sure: Whether the rules are those of SURE, else those of VAGUE.
    """
    found = []
    for place, rule in enumerate(SURE if is_sure else VAGUE):
        suited = [
            n for n, (kind, role, chosen) in enumerate(kinds) if _suits(rule, kind, role, chosen)
        ]
        if suited:
            found.append((place, tuple(suited)))
    return tuple(found)


def _is_chosen(want: Want) -> bool:
    return "enum" in want.schema or "const" in want.schema


def _suits(rule: Rule, kind: str, role: str, chosen: bool) -> bool:
    if kind not in rule.kinds or (rule.roles and role not in rule.roles):
        return False
    return rule.find in ENUM_RULES or not chosen
