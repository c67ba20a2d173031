"""7. Time, seed, temperature; and that a cached prompt is faster."""

from mutants.breaking import breaks
from mutants.changes import put, taking
from mutants.conditions import like, system_starts_with
from mutants.mutant import Answer, Mutant

LATE = 0.31
"""Seconds to the first token; 0.3 are allowed."""
COLD, SIMILAR, WARM = 0.2, 0.19, 0.1
"""Seconds to the first byte: of a cold prompt, and of a warm one that is too slow or fast enough."""
SLOWLY, QUICKLY = 0.026, 0.024
"""Seconds from token to token; less than 0.025 are allowed."""
CONTENT = "choices.0.message.content"


def slower_when_warm(answer: Answer) -> Answer:
    return taking(WARM if len(answer.before) % 2 == 0 else COLD)(answer)


def hardly_faster_when_warm(answer: Answer) -> Answer:
    return taking(COLD if len(answer.before) % 2 == 0 else SIMILAR)(answer)


def faster_when_warm(answer: Answer) -> Answer:
    return taking(COLD if len(answer.before) % 2 == 0 else WARM)(answer)


def slower_at_first(answer: Answer) -> Answer:
    """A busy machine: the first warm reply is slow, and all others are fast."""
    number = len(answer.before)
    return taking(COLD if number % 2 == 0 or number == 1 else WARM)(answer)


def slow_at_first(answer: Answer) -> Answer:
    """A busy machine: the first stream of both probes is slow, and the next is not."""
    return taking(between=QUICKLY if len(answer.before) > 1 else SLOWLY)(answer)


def late_at_first(answer: Answer) -> Answer:
    """A busy machine: the first four streams start late, and the fifth does not."""
    return taking(LATE if len(answer.before) < 4 else WARM)(answer)


def numbered(answer: Answer) -> Answer:
    """Other words each time."""
    return put(CONTENT, lambda text: f"{text} {len(answer.before)}")(answer)


TIMED_PROMPT = system_starts_with("Time ")

MUTANTS = (
    breaks("time.first_token", "late", taking(LATE)),
    breaks("time.each_token", "slowly", taking(between=SLOWLY)),
    breaks("time.temperature_zero", "other words", numbered),
    breaks("time.seed", "other words", numbered),
    breaks("cache.faster", "slower", slower_when_warm, when=TIMED_PROMPT),
    breaks("cache.faster", "hardly faster", hardly_faster_when_warm, when=TIMED_PROMPT),
)

UNBROKEN = (
    Mutant("time.first_token: late at first", (), like("time.first_token"), late_at_first),
    Mutant("time.each_token: quickly", (), like("time.each_token"), taking(between=QUICKLY)),
    Mutant("time.each_token: slowly at first", (), like("time.each_token"), slow_at_first),
    Mutant("cache.faster: faster", (), TIMED_PROMPT, faster_when_warm),
    Mutant("cache.faster: slower at first", (), TIMED_PROMPT, slower_at_first),
)
"""Servers whose replies take time, and keep the promises about it. The mock's take none."""
