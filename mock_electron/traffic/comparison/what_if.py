"""Two worlds side by side: the recorded one, and the same requests in another one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic

from msgspec.structs import replace

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.script.text import shown
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.engine.settings import Settings
from mock_electron.inputs.keywords import check_keywords
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.comparison.differences import Difference, differences_between
from mock_electron.traffic.comparison.notes import notes_on
from mock_electron.traffic.comparison.other_world import OtherWorld
from mock_electron.traffic.comparison.totals import Requests, World, world_of
from mock_electron.traffic.lines import counted
from mock_electron.traffic.rates import Rates, rates_of
from mock_electron.what_if.changes import Changes
from mock_electron.what_if.replay import replay

Make = Callable[[tuple[Exchange, ...], Settings], Requests]
EXAMPLE: Final = "example"


class WhatIf(FrozenValue, Generic[Requests], frozen=True):
    """What would have happened to the same requests in another world.

    Printed, it is a table with both worlds, followed by the requests that get another answer.

    Attributes:
        before: The recorded world.
        after: The other world.
        differences: The requests that get another answer there, in order.
        notes: What the clients would have done differently, and what the journal does not tell.
        changes: What is different in the requests.
        rates: What tokens cost.

    Example:
        print(electron.exchanges.what_if(plan="50/2", pace="p95"))
    """

    before: World[Requests]
    after: World[Requests]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    changes: Changes
    rates: Rates

    def __str__(self) -> str:
        from mock_electron.traffic.comparison.table import side_by_side

        return side_by_side(
            self.before, self.after, self.differences, self.notes, self.changes, self.rates
        )

    def __repr__(self) -> str:
        requests = counted(len(self.before.exchanges), "request")
        return f"<WhatIf: {requests}, {counted(len(self.differences), 'difference')}>"

    @property
    def saved(self) -> float:
        """How much less the tokens cost in the other world; below 0 if they cost more."""
        return round(self.before.cost - self.after.cost, 9)

    def to_dict(self) -> dict[str, Any]:
        """Return both worlds, the differences and the notes as a dict of JSON values."""
        return {
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "saved": self.saved,
            "currency": self.rates.currency,
            "differences": [one.to_dict() for one in self.differences],
            "notes": list(self.notes),
        }


def what_if(
    recorded: Requests,
    settings: Settings,
    others: int,
    options: OtherWorld,
    requests: Make[Requests],
) -> WhatIf[Requests]:
    """Return what would have happened to the same requests in another world.

    Args:
        recorded: The exchanges of a lane.
        settings: The settings of the lane.
        others: The number of requests for other paths among them.
        options: What is different there.
        requests: Makes the sequence of the exchanges of a world with other settings.

    Raises:
        TypeError: If there is no such option.
        ValueError: If an option has a wrong value, or no request has the text that is moved.
    """
    check_keywords("what_if", options, OtherWorld.__annotations__)
    given: dict[str, Any] = dict(options)
    rates = rates_of(given.pop("rates", EXAMPLE))
    changed = {name: given.pop(name) for name in tuple(given) if name in SETTINGS}
    changes = _changes(given)
    other = replace(settings, **changed)
    ordered = sorted(recorded, key=lambda one: one.number)
    replayed = replay(ordered, settings, other, changes, changed)
    if changes.move is not None and not replayed.moved and recorded:
        raise ValueError(f"move: no prompt has {shown(changes.move)}")
    before = world_of(recorded, settings, rates)
    after = world_of(requests(replayed.exchanges, other), other, rates)
    differences = differences_between(recorded, replayed.exchanges)
    notes = tuple(notes_on(before, after, others, replayed, changes.without_tools))
    return WhatIf(before, after, differences, notes, changes, rates)


def _changes(given: Mapping[str, Any]) -> Changes:
    tools = given.get("without_tools", ())
    names = (tools,) if isinstance(tools, str) else tools
    listed = tuple(names) if isinstance(names, Sequence) else names
    return Changes(**{**given, "without_tools": listed})
