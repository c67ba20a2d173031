"""The lines that show a result again: as a test, and as a step of a script file."""

from ast import literal_eval
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Draft
from mock_electron.trials.places import Place
from mock_electron.trials.plan import Aim, Trial
from mock_electron.trials.search import Result

NOT_A_NAME: Final = regex(r"[^a-z0-9]+")
IMPORTS: Final = {"fail": "(fail(", "faults": "(faults."}
"""The names that the lines need, by what they contain."""
LONGEST_LITERAL: Final = 60
"""The maximum number of characters of an expected result in a test."""


def inject_lines(trial: Trial) -> tuple[str, ...]:
    """Return the calls that inject the faults of a trial."""
    return tuple(map(_inject, trial.aims))


def _inject(aim: Aim) -> str:
    fault = repr(aim.fault)
    written = fault if fault.startswith("fail(") else f"faults.{fault}"
    which = "" if aim.every == 1 else f", every={aim.every}, times=1"
    return f"electron.inject({written}{which})"


def written_test(result: Result, run: str, expected: object) -> str:
    """Return a test that shows a result.

    Args:
        result: The result.
        run: The call of the scenario, such as `run(electron)`.
        expected: What it returns without a fault.
    """
    name = NOT_A_NAME.sub("_", f"{result.trial.row} in {result.trial.column}".lower()).strip("_")
    lines = inject_lines(result.trial)
    names = [name for name, form in IMPORTS.items() if any(form in line for line in lines)]
    call = f"assert {run} == {expected!r}" if _is_compared(result, expected) else run
    reason = f": {result.reason}" if result.reason else ""
    return "\n".join(
        [
            f"from mock_electron import {', '.join(names)}",
            "",
            "",
            f"def test_{name}(electron):",
            *(f"    {line}" for line in lines),
            f"    # {result.outcome}{reason}",
            f"    {call}",
        ]
    )


def _is_compared(result: Result, expected: object) -> bool:
    """Return whether the test is to compare the result with a literal."""
    text = repr(expected)
    if result.outcome != "wrong answer" or not result.reason.startswith("returned "):
        return False
    try:
        return len(text) <= LONGEST_LITERAL and bool(literal_eval(text) == expected)
    except (ValueError, SyntaxError):
        return False


def written_script(result: Result, places: Sequence[Place]) -> str:
    """Return a script file that shows a result if it stands before the other steps, or ""."""
    from mock_electron.scripts.writer import write  # for bad results only

    first, *others = result.trial.aims
    place = places[first.request]
    match = _match_of(place, places)
    is_first_only = match is not None and "attempt" in match.given
    if match is None or (others and (is_first_only or not result.is_retried)):
        return ""
    try:
        return write(_step(aim.fault, place, match) for aim in result.trial.aims)
    except ValueError:  # a user function answers
        return ""


def _step(fault: Fault, place: Place, match: Match) -> Step:
    if isinstance(fault, ReplacementFault):
        return Step(fault, match)
    scripted = place.exchange.scripted
    if scripted is None:
        return Step(None, match, faults=(fault,))
    if not isinstance(scripted.answer, Draft | None):
        raise ValueError("the answer is not a text")
    return replace(scripted, match=match, times=1, faults=(*scripted.faults, fault))


def _match_of(place: Place, places: Sequence[Place]) -> Match | None:
    """Return the fewest conditions that this request meets first, or None."""
    for conditions in _conditions(place):
        match = Match.of(**conditions)
        first = next(one for one in (*places, place) if match.matches(_input_of(one)))
        if first is place:
            return match
    return None


def _conditions(place: Place) -> Iterator[dict[str, Any]]:
    asked = _input_of(place)
    turn = {"turn": asked.turn}
    yield {}
    yield turn
    if asked.last_user:
        yield {"says": asked.last_user}
        yield turn | {"says": asked.last_user}
    yield turn | {"attempt": place.exchange.attempt}


def _input_of(place: Place) -> MatchInput:
    exchange = place.exchange
    return MatchInput(exchange.chat_request, exchange.raw_headers, "", exchange.attempt)
