"""The verdict on the lanes of a server at its end: what was not scripted, and what is left."""

from collections.abc import Iterator, Mapping, Sequence
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
PROGRAM: Final = "mock-electron"


def lanes_of(server: "Server") -> dict[str, "Lane"]:
    """Return the open lanes of a server by their names. That of the default lane is ""."""
    return {"": server.app.lanes.default, **server.app.lanes.open}


def is_bad(lanes: Mapping[str, "Lane"]) -> bool:
    """Return whether something is wrong in a strict lane."""
    return any(lane.settings.strict and not verdict_of(lane).ok for lane in lanes.values())


def verdict_lines(lanes: Mapping[str, "Lane"], *, strict_only: bool = False) -> Iterator[str]:
    """Yield the lines of the verdicts: one line for each lane in which nothing is wrong.

    Args:
        lanes: The lanes by their names.
        strict_only: Whether to leave out lanes that are not strict.
    """
    for name, lane in lanes.items():
        if lane.settings.strict or not strict_only:
            yield from map(_shown, _lines(name, verdict_of(lane)))


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
    summary = ", ".join([counted(verdict.exchanges, "exchange"), *found])
    well = ", nothing is left or refused" if verdict.exchanges else ": no request has arrived"
    yield f"{PROGRAM}{lane}: {summary}{'' if found else well}"
    for texts, _, words in parts:
        yield from _listed(texts, words)


def _listed(texts: Sequence[str], words: str) -> Iterator[str]:
    for text in texts[:MAX_LISTED]:
        yield f"  {words}: {text}".replace("\n", "\n    ")
    if len(texts) > MAX_LISTED:
        yield f"  … and {len(texts) - MAX_LISTED} more"
