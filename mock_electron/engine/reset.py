"""How the parts of a lane return to their state at the start."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from mock_electron.engine.lane_setup import LaneSetup
from mock_electron.engine.limits import Limits
from mock_electron.inputs.checks import choice, must_be

ResetPart = Literal[
    "script",
    "exchanges",
    "journal",
    "occurrences",
    "faults",
    "limits",
    "cache",
    "clock",
    "settings",
]
"""What `Lane.reset` can return to its state at the start."""


def _reset_script(lane: LaneSetup) -> None:
    lane._ledger.script.replace(lane._start[1])
    lane._responder = None
    lane.pending.clear()


def _reset_exchanges(lane: LaneSetup) -> None:
    _reset_journal(lane)
    _reset_occurrences(lane)


def _reset_journal(lane: LaneSetup) -> None:
    lane.journal.clear()
    lane.barge_ins = ()


def _reset_occurrences(lane: LaneSetup) -> None:
    lane._ledger.clear_counts()


def _reset_faults(lane: LaneSetup) -> None:
    lane._ledger.forget_faults()


def _reset_limits(lane: LaneSetup) -> None:
    lane._ledger.limits = Limits()


def _reset_cache(lane: LaneSetup) -> None:
    lane._ledger.cache.clear()


def _reset_clock(lane: LaneSetup) -> None:
    lane.clock.restart()


def _reset_settings(lane: LaneSetup) -> None:
    lane.settings = lane._start[0]


RESETS: Final[Mapping[ResetPart, Callable[[LaneSetup], None]]] = {
    "script": _reset_script,
    "exchanges": _reset_exchanges,
    "journal": _reset_journal,
    "occurrences": _reset_occurrences,
    "faults": _reset_faults,
    "limits": _reset_limits,
    "cache": _reset_cache,
    "clock": _reset_clock,
    "settings": _reset_settings,
}
"""How each part of a lane returns to its state at the start."""


def check_part(part: object) -> None:
    """Raise ValueError unless this is the name of a part that can be reset."""
    several = part.replace(",", " ").split() if isinstance(part, str) else part
    if isinstance(several, list | tuple) and len(several) > 1 and set(several) <= set(RESETS):
        form = f"reset({', '.join(map(repr, several))})"
        raise ValueError(f"{must_be('a part', 'one name', part)}; write {form}")
    choice("part", part, RESETS)
