"""The verdict on the lanes of a server at its end: what was not scripted, and what is left."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from mock_electron.inputs.spelling import escaped_lines
from mock_electron.outputs.redaction import redact_message
from mock_electron.testing.strict import Verdict, verdict_of
from mock_electron.traffic.lines import counted

if TYPE_CHECKING:
    from mock_electron.engine.lane import Lane
    from mock_electron.serve.server import Server

MAX_LISTED: Final = 20
"""How many requests and steps of each kind a verdict lists."""
MAX_LANES: Final = 20
"""How many lanes in which something is wrong have lines of their own."""
WELL: Final = "nothing is left or refused"
PROGRAM: Final = "mock-electron"


Lanes = Sequence[tuple[str, "Lane"]]
"""Lanes with their names. That of the default lane is ""."""


def lanes_of(server: "Server") -> Lanes:
    """Return the lanes of a server: the default lane, those that were closed, and the open ones."""
    lanes = server.app.lanes
    return [("", lanes.default), *lanes.kept, *lanes.open.items()]


def is_bad(lanes: Lanes) -> bool:
    """Return whether something is wrong in a strict lane."""
    return any(lane.settings.strict and not verdict_of(lane).ok for _, lane in lanes)


def verdict_lines(lanes: Lanes, *, strict_only: bool = False) -> Iterator[str]:
    """Yield the lines of the verdicts: those of each lane in which something is wrong, and a sum.

    Args:
        lanes: The lanes.
        strict_only: Whether to leave out lanes that are not strict.
    """
    judged = [
        (name, verdict_of(lane)) for name, lane in lanes if lane.settings.strict or not strict_only
    ]
    wrong = [(name, verdict) for name, verdict in judged if not verdict.ok]
    for name, verdict in wrong[:MAX_LANES]:
        yield from map(_shown, _lines(name, verdict))
    if len(wrong) > MAX_LANES:
        yield f"{PROGRAM}: {len(wrong) - MAX_LANES} more lanes in which something is wrong"
    yield from _sum([verdict for _, verdict in judged if verdict.ok], is_rest=bool(wrong))


def _sum(verdicts: Sequence[Verdict], *, is_rest: bool) -> Iterator[str]:
    """Yield the line about the lanes in which nothing is wrong."""
    used = [verdict.exchanges for verdict in verdicts if verdict.exchanges]
    lanes = f"{len(used)} lanes, " if len(used) > 1 else ""
    if used:
        where = " in the others" if is_rest else ""
        yield f"{PROGRAM}: {lanes}{counted(sum(used), 'exchange')}, {WELL}{where}"
    elif verdicts and not is_rest:
        forgotten = sum(verdict.forgotten for verdict in verdicts)
        reset = f"the lanes were reset after {counted(forgotten, 'request')}"
        yield f"{PROGRAM}: 0 exchanges: {reset if forgotten else 'no request has arrived'}"


def _shown(line: str) -> str:
    return escaped_lines(redact_message(line))


def _lines(name: str, verdict: Verdict) -> Iterator[str]:
    lane = f", lane {name}" if name else ""
    parts = (
        (verdict.not_scripted, "request", "not scripted"),
        (verdict.steps_left, "step", "left"),
        (verdict.raised, "function", "raised an exception"),
    )
    found = [f"{counted(len(texts), noun)} {words}" for texts, noun, words in parts if texts]
    yield f"{PROGRAM}{lane}: {', '.join([counted(verdict.exchanges, 'exchange'), *found])}"
    for texts, _, words in parts:
        yield from _listed(texts, words)


def _listed(texts: Sequence[str], words: str) -> Iterator[str]:
    for text in texts[:MAX_LISTED]:
        yield f"  {words}: {text}".replace("\n", "\n    ")
    if len(texts) > MAX_LISTED:
        yield f"  … and {len(texts) - MAX_LISTED} more"
