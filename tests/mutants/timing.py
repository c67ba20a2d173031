"""7. Time, seed, temperature; and that a prompt from the cache is faster."""

from typing import Any

from mutants.breaking import breaks
from mutants.changes import events, late, put, then
from mutants.conditions import like, system_begins
from mutants.mutant import Answer, Mutant

SLOW = 0.31
"""Seconds; the first token is to come within 0.3 s."""
FELT = 0.06
"""Seconds to the first byte; from 0.05 s on a reply takes time."""
SLOWLY, QUICKLY = 0.04, 0.004
"""Seconds from token to token; from 0.001 s on they take time, and 0.025 are allowed."""
CONTENT = "choices.0.message.content"


def slower_each_time(answer: Answer) -> Answer:
    return late(FELT * (1 + len(answer.before) % 2))(answer)


def slower_at_first(answer: Answer) -> Answer:
    return late(FELT * (1 - len(answer.before) % 2))(answer)


def numbered(answer: Answer) -> Answer:
    """Other words each time."""
    return put(CONTENT, lambda text: f"{text} {len(answer.before)}")(answer)


def shortened(found: list[Any]) -> list[Any]:
    """So that it is soon over."""
    return [*found[:3], *found[-2:]]


MUTANTS = (
    breaks("time.first_token", "late", late(SLOW)),
    breaks("time.each_token", "slowly", then(events(shortened), late(between=SLOWLY))),
    breaks("time.temperature_zero", "other words", numbered),
    breaks("time.seed", "other words", numbered),
    breaks("cache.faster", "slower", slower_each_time, when=system_begins("Time ")),
)

UNBROKEN = (
    Mutant(
        "time.each_token: quickly",
        (),
        like("time.each_token"),
        then(events(shortened), late(between=QUICKLY)),
    ),
    Mutant("cache.faster: faster", (), system_begins("Time "), slower_at_first),
)
"""Servers on which these clauses hold: the mock takes no time, and so they are skipped there."""
