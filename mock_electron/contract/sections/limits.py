"""6. Limits and errors: the limits of a plan.

They can be shown with a key that may be driven over its limits, and so with that alone.
"""

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from mock_electron.contract.checks import at, equal, header, holds, of
from mock_electron.contract.clause import (
    ASSUMED,
    DOCUMENTED,
    INFERRED,
    Check,
    Clause,
    Confidence,
    Source,
)
from mock_electron.contract.clock import wait
from mock_electron.contract.probe import Probe, Responses, body
from mock_electron.contract.response import Response
from mock_electron.contract.sections.errors import MESSAGE, SECTION, TYPE
from mock_electron.contract.sections.probes import LONG_TEXT
from mock_electron.contract.target import Need

if TYPE_CHECKING:
    from mock_electron.contract.session import Opened, Session

IN_FLIGHT: Final = 3
REQUESTS: Final = 10
MINUTE: Final = 61.0
"""Seconds after which nothing of the last minute counts any more."""
SHORT: Final = body("Hi", max_tokens=1)
HELD: Final = json.dumps(body(LONG_TEXT, max_tokens=400, stream=True)).encode()
HOLD: Final = {"X-Mock-Electron": "stall=2:1"}
"""A fake waits after the first chunk; the real endpoint takes its time by itself."""
CONCURRENCY: Final = "Concurrency limit reached"
LOOKS: Final = 100
LOOK_AGAIN: Final = 0.02
"""Seconds between two looks whether a slot is free."""


def _hold(session: "Session", holding: ExitStack) -> list["Opened"]:
    """Streams that have begun and are not read: as many as the plan lets be in flight."""
    context = [
        session.opened("POST", "/chat/completions", HELD, key=Need.LIMITED_KEY, headers=dict(HOLD))
        for _ in range(IN_FLIGHT)
    ]
    return [holding.enter_context(opened) for opened in context]


def _ask(session: "Session", asked: object = SHORT) -> Response:
    return session.ask(asked, key=Need.LIMITED_KEY, patient=False)


def _ask_until_free(session: "Session") -> Response:
    """Ask until the endpoint has noticed that a slot is free."""
    response = _ask(session)
    for _ in range(LOOKS):
        if response.at(MESSAGE) != CONCURRENCY:
            break
        wait(LOOK_AGAIN)
        response = _ask(session)
    return response


def _in_flight(session: "Session", _attempt: int) -> Responses:
    """Answers: to a held stream, to one too many, and to one after a client has left.

    The last ones: the tenth request of the minute, the eleventh, and an invalid one after that.
    """
    if _ask(session).status == 429:  # the key was used in the last minute
        session.clock.sleep(MINUTE)
        _ask(session)
    with ExitStack() as holding:
        held = _hold(session, holding)
        one_too_many = _ask(session)
        third = held[-1].status
    freed = _ask_until_free(session)
    rest = [_ask_until_free(session) for _ in range(REQUESTS - IN_FLIGHT - 2)]
    return (
        Response("POST", "/chat/completions", "a stream that is held", status=third),
        one_too_many,
        freed,
        rest[-1],
        _ask(session),
        _ask(session, {}),
    )


def _sliding(session: "Session", _attempt: int) -> Responses:
    """Half of the requests, and 40 s later the other half; after 61 s only half is free again."""
    session.clock.sleep(MINUTE)
    half = REQUESTS // 2
    for _ in range(half):
        _ask(session)
    session.clock.sleep(40)
    later = [_ask(session) for _ in range(half)]
    full = _ask(session)
    session.clock.sleep(MINUTE - 40)
    again = [_ask(session) for _ in range(half + 1)]
    return later[-1], full, again[half - 1], again[half]


LIMITS: Final = Probe(
    "a plan's limits", _in_flight, requests=14, tokens=1500, needs=(Need.LIMITED_KEY,)
)
SLIDING: Final = Probe(
    "the window of a minute",
    _sliding,
    requests=17,
    tokens=400,
    needs=(Need.LIMITED_KEY, Need.CLOCK),
)
HELD_STREAM, ONE_TOO_MANY, FREED, TENTH, ELEVENTH, INVALID = range(6)


def _clause(
    about: str,
    sentence: str,
    check: Check,
    known: Confidence = DOCUMENTED,
    source: Source = Source.CHAT_COMPLETIONS,
) -> Clause:
    return Clause(f"limits.{about}", SECTION, sentence, known, source, LIMITS, check)


def _statuses(words: str, expected: list[int], *which: int) -> Check:
    return of(
        lambda *responses: [responses[n].status for n in which],
        holds(words, lambda found: found == expected),
    )


CLAUSES: Final = (
    _clause(
        "in_flight",
        "The standard plan lets 3 requests be in flight.",
        _statuses("status 200 for the third stream", [200], HELD_STREAM),
        source=Source.BEST_PRACTICES,
    ),
    _clause(
        "concurrency.429",
        "A fourth request in flight gets 429.",
        _statuses("429 for a fourth request", [429], ONE_TOO_MANY),
        source=Source.BEST_PRACTICES,
    ),
    _clause(
        "concurrency.message",
        "The message beyond the requests in flight is “Concurrency limit reached”, to the letter.",
        at(MESSAGE, equal(CONCURRENCY), of=ONE_TOO_MANY),
        source=Source.BEST_PRACTICES,
    ),
    _clause(
        "concurrency.type",
        "The type beyond the requests in flight is rate_limit_error.",
        at(TYPE, equal("rate_limit_error"), of=ONE_TOO_MANY),
    ),
    _clause(
        "slot.freed",
        "When a client leaves its stream, the slot is free again.",
        _statuses("429 while the streams are held, then 200", [429, 200], ONE_TOO_MANY, FREED),
        source=Source.STREAMING,
    ),
    _clause(
        "refused",
        "A request that was refused by a limit does not count.",
        _statuses("status 200 for the tenth that is let in", [200], TENTH),
        ASSUMED,
        Source.CHOICE,
    ),
    _clause(
        "requests.429",
        "The eleventh request in a minute gets 429.",
        _statuses("429 for the eleventh", [429], ELEVENTH),
        source=Source.OVERVIEW,
    ),
    _clause(
        "requests.message",
        "The message beyond the requests a minute is "
        "“Rate limit exceeded. Please retry after a short backoff.”",
        at(
            MESSAGE,
            equal("Rate limit exceeded. Please retry after a short backoff."),
            of=ELEVENTH,
        ),
        INFERRED,
    ),
    _clause(
        "requests.type",
        "The type beyond the requests a minute is rate_limit_error.",
        at(TYPE, equal("rate_limit_error"), of=ELEVENTH),
    ),
    _clause(
        "requests.retry_after",
        "A 429 for the requests a minute has Retry-After, in whole seconds.",
        header(
            "retry-after",
            holds("whole seconds, from 1 to 60", lambda text: 1 <= int(text) <= 60),
            of=ELEVENTH,
        ),
        ASSUMED,
        Source.ERROR_REFERENCE,
    ),
    _clause(
        "before_validation",
        "The limits are checked before the body.",
        _statuses("429 for an invalid body beyond the limit", [429], INVALID),
        ASSUMED,
        Source.CHOICE,
    ),
    Clause(
        "limits.requests",
        SECTION,
        "The standard plan answers 10 requests in a minute.",
        DOCUMENTED,
        Source.OVERVIEW,
        SLIDING,
        of(lambda tenth, *_rest: tenth.status, equal(200)),
    ),
    Clause(
        "limits.window",
        SECTION,
        "The window of a minute slides.",
        INFERRED,
        Source.CHOICE,
        SLIDING,
        of(
            lambda _tenth, full, fifth, sixth: [full.status, fifth.status, sixth.status],
            equal([429, 200, 429]),
        ),
    ),
)
