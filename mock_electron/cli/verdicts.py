"""The verdict on the lanes of a server at its end: what was not scripted, and what is left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mock_electron.cli.logs import line
from mock_electron.control.views import verdict_document
from mock_electron.inputs.spelling import escaped_lines
from mock_electron.outputs.redaction import redact_message
from mock_electron.serve.lanes import DEFAULT_NAME
from mock_electron.testing.strict import Verdict, no_longer_there, verdict_of
from mock_electron.traffic.lines import counted, older_dropped

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
Text = tuple[Sequence[str], Mapping[str, Any]]
"""Lines, and what JSON has besides the first one."""


def lanes_of(server: "Server") -> Lanes:
    """Return the lanes of a server: the default lane, those that were closed, and the open ones."""
    lanes = server.app.lanes
    return [("", lanes.default), *lanes.kept, *lanes.open.items()]


def is_bad(lanes: Lanes) -> bool:
    """Return whether something is wrong in a strict lane."""
    return any(lane.settings.strict and not verdict_of(lane).ok for _, lane in lanes)


def printed_verdicts(
    lanes: Lanes, level: str, form: str, *, strict_only: bool = False, unjudged: int = 0
) -> Iterator[str]:
    """Yield the lines that are printed about lanes.

    In JSON, each lane in which something is wrong has one line, with the verdict as an object.

    Args:
        lanes: The lanes.
        level: The level of the lines, for JSON.
        form: The format, one of `logs.FORMATS`.
        strict_only: Whether to leave out lanes that are not strict.
        unjudged: The number of closed lanes that are kept no longer.
    """
    for texts, fields in _about(lanes, strict_only=strict_only, unjudged=unjudged):
        for text in texts if form == "text" else texts[:1]:
            yield line(text, level, form, fields)


def verdict_lines(lanes: Lanes, *, strict_only: bool = False, unjudged: int = 0) -> Iterator[str]:
    """Yield the verdicts as text; see `printed_verdicts`."""
    return printed_verdicts(lanes, "", "text", strict_only=strict_only, unjudged=unjudged)


def _about(lanes: Lanes, *, strict_only: bool, unjudged: int) -> Iterator[Text]:
    """Yield what is said: about each lane in which something is wrong, and about the others."""
    judged = [
        (name, verdict_of(lane)) for name, lane in lanes if lane.settings.strict or not strict_only
    ]
    wrong = [(name, verdict) for name, verdict in judged if not verdict.ok]
    for name, verdict in wrong[:MAX_LANES]:
        fields = {"lane": name or DEFAULT_NAME, "verdict": verdict_document(verdict)}
        yield [*map(_shown, _lines(name, verdict))], fields
    if len(wrong) > MAX_LANES:
        yield [f"{PROGRAM}: {len(wrong) - MAX_LANES} more lanes in which something is wrong"], {}
    for text in _sum([verdict for _, verdict in judged if verdict.ok], is_rest=bool(wrong)):
        yield [text], {}
    if unjudged:
        yield [f"{PROGRAM}: {counted(unjudged, 'older lane')} not judged: too many were closed"], {}


def _sum(verdicts: Sequence[Verdict], *, is_rest: bool) -> Iterator[str]:
    """Yield the line about the lanes in which nothing is wrong."""
    used = [verdict.exchanges for verdict in verdicts if verdict.exchanges or verdict.dropped]
    dropped = sum(verdict.dropped for verdict in verdicts)
    lanes = f"{len(used)} lanes, " if len(used) > 1 else ""
    if used:
        where = " in the others" if is_rest else ""
        yield f"{PROGRAM}: {lanes}{_exchanges(sum(used), dropped)}, {WELL}{where}"
    elif verdicts and not is_rest:
        forgotten = sum(verdict.forgotten for verdict in verdicts)
        reset = f"the lanes were reset after {counted(forgotten, 'request')}"
        yield f"{PROGRAM}: 0 exchanges: {reset if forgotten else 'no request has arrived'}"


def _exchanges(kept: int, dropped: int) -> str:
    """Return the number of exchanges, and of older ones that the journals have dropped."""
    more = f" ({older_dropped(dropped)})" if dropped else ""
    return counted(kept, "exchange") + more


def _shown(line: str) -> str:
    return escaped_lines(redact_message(line))


def _lines(name: str, verdict: Verdict) -> Iterator[str]:
    lane = f", lane {name}" if name else ""
    parts = (
        (verdict.not_scripted, verdict.dropped_refusals, "request", "not scripted"),
        (verdict.steps_left, 0, "step", "left"),
        (verdict.raised, verdict.dropped_raised, "function", "raised an exception"),
    )
    numbers = [(len(texts) + dropped, noun, words) for texts, dropped, noun, words in parts]
    found = [f"{counted(number, noun)} {words}" for number, noun, words in numbers if number]
    exchanges = _exchanges(verdict.exchanges, verdict.dropped)
    yield f"{PROGRAM}{lane}: {', '.join([exchanges, *found])}"
    for texts, dropped, _, words in parts:
        yield from _listed(texts, words)
        yield from _listed(no_longer_there(dropped), words)


def _listed(texts: Sequence[str], words: str) -> Iterator[str]:
    for text in texts[:MAX_LISTED]:
        yield f"  {words}: {text}".replace("\n", "\n    ")
    if len(texts) > MAX_LISTED:
        yield f"  … and {len(texts) - MAX_LISTED} more"
