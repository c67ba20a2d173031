"""6. Limits and errors: the limits of a plan.

The probes send these requests with the standard-plan key, in this order: one request; three streams
that stay open; one too many; one after the clients have disconnected (repeated until the server has
noticed); five more; two that exceed the limit of a minute. Then, for the sliding window: five; five;
one that exceeds the limit; five; one that exceeds it again.
"""

from collections.abc import Callable

from mutants.breaking import breaks
from mutants.changes import header, only_if, put, status
from mutants.conditions import has_key, is_streamed
from mutants.mutant import Answer, Change, Mutant, Request

LIMITED = has_key("sk_mock_standard")
RATE = "Rate limit exceeded. Please retry after a short backoff."


def _is_held(request: Request) -> bool:
    return LIMITED(request) and is_streamed(request)


def _is_short(request: Request) -> bool:
    return LIMITED(request) and not is_streamed(request)


def _is_invalid(request: Request) -> bool:
    return LIMITED(request) and request.content == b"{}"


def nth_accepted(number: int) -> Callable[[Answer], bool]:
    """Match the nth accepted request that is not a stream, from 0."""
    return lambda answer: answer.status == 200 and answer.before.count(200) == number


def refused_after(accepted: int) -> Callable[[Answer], bool]:
    """Match the first refusal after this many accepted requests that are not streams."""
    return lambda answer: (
        answer.status == 429 and answer.before.count(200) == accepted and answer.before[-1] == 200
    )


def _breaks(
    clauses: str, description: str, condition: Callable[[Answer], bool], change: Change
) -> Mutant:
    return breaks(clauses, description, only_if(condition, change), when=_is_short)


def exceeds_rate(answer: Answer) -> bool:
    return answer.status == 429 and answer.json["error"]["message"] == RATE


ONE_TOO_MANY = refused_after(1)
FREED, TENTH, TENTH_OF_WINDOW = nth_accepted(1), nth_accepted(6), nth_accepted(16)
ELEVENTH, LAST_OF_WINDOW = refused_after(7), refused_after(22)

MUTANTS = (
    breaks(
        "limits.in_flight",
        "only two",
        only_if(lambda answer: len(answer.before) == 2, status(429)),
        when=_is_held,
        head_only=True,
    ),
    _breaks("limits.concurrency.429 limits.slot.freed", "503", ONE_TOO_MANY, status(503)),
    _breaks("limits.concurrency.message", "other words", ONE_TOO_MANY, put("error.message", RATE)),
    _breaks(
        "limits.concurrency.type", "another type", ONE_TOO_MANY, put("error.type", "concurrency")
    ),
    _breaks("limits.slot.freed", "not yet", FREED, status(429)),
    _breaks("limits.refused", "counted", TENTH, status(429)),
    _breaks("limits.requests", "only nine", TENTH_OF_WINDOW, status(429)),
    _breaks("limits.requests.429", "503", ELEVENTH, status(503)),
    _breaks(
        "limits.requests.message", "other words", exceeds_rate, put("error.message", "Slowly!")
    ),
    _breaks("limits.requests.type", "another type", exceeds_rate, put("error.type", "tokens")),
    _breaks("limits.requests.retry_after", "none", exceeds_rate, header("retry-after", None)),
    _breaks("limits.requests.retry_after", "0", exceeds_rate, header("retry-after", "0")),
    _breaks("limits.requests.retry_after", "1.5", exceeds_rate, header("retry-after", "1.5")),
    breaks("limits.before_validation", "after the body", status(400), when=_is_invalid),
    _breaks("limits.window", "all are free at once", LAST_OF_WINDOW, status(200)),
    _breaks("limits.window", "no request becomes free again", nth_accepted(21), status(429)),
)
