"""6. Limits and errors: the limits of a plan.

What the probes ask with the key on the standard plan, in this order: one request, three streams
that are held, one too many, one after a client has left (and again, while the server has not
noticed), five more, and two that are beyond the limit of a minute; then, for the window that
slides, five, five, one beyond the limit, five, and again one beyond it.
"""

from collections.abc import Callable

from mutants.breaking import breaks
from mutants.changes import header, put, status, where
from mutants.conditions import of_key, streamed
from mutants.mutant import Answer, Asked, Change, Mutant

LIMITED = of_key("sk_mock_standard")
RATE = "Rate limit exceeded. Please retry after a short backoff."


def _is_held(asked: Asked) -> bool:
    return LIMITED(asked) and streamed(asked)


def _is_short(asked: Asked) -> bool:
    return LIMITED(asked) and not streamed(asked)


def _is_invalid(asked: Asked) -> bool:
    return LIMITED(asked) and asked.content == b"{}"


def nth_let_in(number: int) -> Callable[[Answer], bool]:
    """The answer with this number among those that are let in, streams left out, from 0."""
    return lambda answer: answer.status == 200 and answer.before.count(200) == number


def refused_after(let_in: int) -> Callable[[Answer], bool]:
    """The first refusal after so many that were let in, streams left out."""
    return lambda answer: (
        answer.status == 429 and answer.before.count(200) == let_in and answer.before[-1] == 200
    )


def _breaks(clauses: str, how: str, holds: Callable[[Answer], bool], change: Change) -> Mutant:
    return breaks(clauses, how, where(holds, change), when=_is_short)


def says_rate(answer: Answer) -> bool:
    return answer.status == 429 and answer.json["error"]["message"] == RATE


ONE_TOO_MANY = refused_after(1)
FREED, TENTH, TENTH_OF_WINDOW = nth_let_in(1), nth_let_in(6), nth_let_in(16)
ELEVENTH, LAST_OF_WINDOW = refused_after(7), refused_after(22)

MUTANTS = (
    breaks(
        "limits.in_flight",
        "two",
        where(lambda answer: len(answer.before) == 2, status(429)),
        when=_is_held,
        at_once=True,
    ),
    _breaks("limits.concurrency.429 limits.slot.freed", "503", ONE_TOO_MANY, status(503)),
    _breaks("limits.concurrency.message", "other words", ONE_TOO_MANY, put("error.message", RATE)),
    _breaks("limits.concurrency.type", "another", ONE_TOO_MANY, put("error.type", "concurrency")),
    _breaks("limits.slot.freed", "not yet", FREED, status(429)),
    _breaks("limits.refused", "it does", TENTH, status(429)),
    _breaks("limits.requests", "nine", TENTH_OF_WINDOW, status(429)),
    _breaks("limits.requests.429", "503", ELEVENTH, status(503)),
    _breaks("limits.requests.message", "other words", says_rate, put("error.message", "Slowly!")),
    _breaks("limits.requests.type", "another", says_rate, put("error.type", "tokens")),
    _breaks("limits.requests.retry_after", "none", says_rate, header("retry-after", None)),
    _breaks("limits.requests.retry_after", "0", says_rate, header("retry-after", "0")),
    _breaks("limits.requests.retry_after", "1.5", says_rate, header("retry-after", "1.5")),
    breaks("limits.before_validation", "after it", status(400), when=_is_invalid),
    _breaks("limits.window", "all at once", LAST_OF_WINDOW, status(200)),
    _breaks("limits.window", "never again", nth_let_in(21), status(429)),
)
