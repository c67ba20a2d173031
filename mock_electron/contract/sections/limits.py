"""6. Limits and errors: the limits of a plan.

These probes need a key that may exceed its limits.
"""

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from mock_electron.contract.checks import at, equal, header, reading, satisfies
from mock_electron.contract.clause import Check, Source
from mock_electron.contract.clock import wait
from mock_electron.contract.probe import Probe, Responses, body
from mock_electron.contract.response import Response
from mock_electron.contract.sections import errors
from mock_electron.contract.sections.errors import MESSAGE, TYPE
from mock_electron.contract.sections.probes import LONG_TEXT
from mock_electron.contract.target import CHAT, Need

if TYPE_CHECKING:
    from mock_electron.contract.open_response import OpenResponse
    from mock_electron.contract.session import Session

SECTION: Final = replace(errors.SECTION, prefix="limits")

IN_FLIGHT: Final = 3
REQUESTS: Final = 10
MINUTE: Final = 61.0
"""Seconds after which no request of the last minute counts."""
SHORT: Final = body("Hi", max_tokens=1)
LONG_STREAM: Final = json.dumps(body(LONG_TEXT, max_tokens=400, stream=True)).encode()
STALL: Final = {"X-Mock-Electron": "stall=2:1"}
"""Makes a fake wait after the first chunk; the real endpoint ignores it, and is slow enough."""
CONCURRENCY: Final = "Concurrency limit reached"
RATE: Final = "Rate limit exceeded. Please retry after a short backoff."
WINDOW: Final = "the limited key has no request left in this minute"
MAX_POLLS: Final = 100
POLL_PAUSE: Final = 0.05
"""Seconds between two requests that find out whether a slot is free."""


# --- probes


def _open_streams(session: "Session", stack: ExitStack) -> list["OpenResponse"]:
    """Open as many streams as the plan allows in flight, without reading them."""
    streams = [
        session.open("POST", CHAT, LONG_STREAM, key=Need.LIMITED_KEY, headers=dict(STALL))
        for _ in range(IN_FLIGHT)
    ]
    return [stack.enter_context(stream) for stream in streams]


def _ask(session: "Session", body: object = SHORT) -> Response:
    return session.ask(body, key=Need.LIMITED_KEY, retry=False)


def _ask_until_free(session: "Session") -> Response:
    """Repeat a request until the endpoint has noticed that a slot is free."""
    response = _ask(session)
    for _ in range(MAX_POLLS):
        if response.at(MESSAGE) != CONCURRENCY:
            break
        wait(POLL_PAUSE)
        response = _ask(session)
    return response


def _exceed_limits(session: "Session", _attempt: int) -> Responses:
    """Exceed both limits. The responses are in the order of the constants below."""
    if _ask(session).status == 429:  # the key was used in the last minute
        session.wait(MINUTE, WINDOW)
        _ask(session)
    with ExitStack() as stack:
        streams = _open_streams(session, stack)
        one_too_many = _ask(session)
        third = streams[-1].status
    freed = _ask_until_free(session)
    rest = [_ask_until_free(session) for _ in range(REQUESTS - IN_FLIGHT - 2)]
    return (
        Response("POST", CHAT, "a stream that is held", status=third),
        one_too_many,
        freed,
        rest[-1],
        _ask(session),
        _ask(session, {}),
    )


HELD_STREAM, ONE_TOO_MANY, FREED, TENTH, ELEVENTH, INVALID = range(6)
"""The third of three open streams; a fourth request; one after a client has disconnected; the tenth
request of the minute; the eleventh; an invalid one after it."""


def _slide(session: "Session", _attempt: int) -> Responses:
    """Use half of the minute's requests, and the other half 40 s later.

    After 61 s only the first half is free again.
    """
    session.wait(MINUTE, WINDOW)
    half = REQUESTS // 2
    for _ in range(half):
        _ask(session)
    session.wait(40, WINDOW)
    later = [_ask(session) for _ in range(half)]
    full = _ask(session)
    session.wait(MINUTE - 40, WINDOW)
    again = [_ask(session) for _ in range(half + 1)]
    return later[-1], full, again[half - 1], again[half]


LIMITS: Final = Probe(
    "a plan's limits", _exceed_limits, requests=14, tokens=1500, needs=(Need.LIMITED_KEY,)
)
SLIDING: Final = Probe(
    "the window of a minute",
    _slide,
    requests=17,
    tokens=400,
    needs=(Need.LIMITED_KEY, Need.CLOCK),
)


# --- clauses


def _statuses(description: str, expected: list[int], *which: int) -> Check:
    """Check the statuses of some responses."""
    return reading(
        lambda *responses: [responses[n].status for n in which],
        satisfies(description, lambda found: found == expected),
    )


RETRY_AFTER: Final = satisfies("whole seconds, from 1 to 60", lambda text: 1 <= int(text) <= 60)

# fmt: off
CLAUSES: Final = (
    SECTION.documented("in_flight", "The standard plan allows 3 requests in flight.",
        LIMITS, _statuses("status 200 for the third stream", [200], HELD_STREAM),
        source=Source.BEST_PRACTICES),
    SECTION.documented("concurrency.429", "A fourth request in flight is refused with 429.",
        LIMITS, _statuses("429 for a fourth request", [429], ONE_TOO_MANY),
        source=Source.BEST_PRACTICES),
    SECTION.documented("concurrency.message",
        "The message for too many requests in flight is exactly “Concurrency limit reached”.",
        LIMITS, at(MESSAGE, equal(CONCURRENCY), response=ONE_TOO_MANY),
        source=Source.BEST_PRACTICES),
    SECTION.documented("concurrency.type",
        "The type for too many requests in flight is `rate_limit_error`.",
        LIMITS, at(TYPE, equal("rate_limit_error"), response=ONE_TOO_MANY)),
    SECTION.documented("slot.freed",
        "When a client disconnects from its stream, its slot is freed.", LIMITS,
        _statuses("429 while the streams are open, then 200", [429, 200], ONE_TOO_MANY, FREED),
        source=Source.STREAMING),
    SECTION.assumed("refused", "A request that a limit refuses does not count.",
        LIMITS, _statuses("status 200 for the tenth accepted request", [200], TENTH)),
    SECTION.documented("requests.429", "The eleventh request in a minute is refused with 429.",
        LIMITS, _statuses("429 for the eleventh", [429], ELEVENTH), source=Source.OVERVIEW),
    SECTION.inferred("requests.message",
        f"The message for too many requests in a minute is “{RATE}”",
        LIMITS, at(MESSAGE, equal(RATE), response=ELEVENTH)),
    SECTION.documented("requests.type",
        "The type for too many requests in a minute is `rate_limit_error`.",
        LIMITS, at(TYPE, equal("rate_limit_error"), response=ELEVENTH)),
    SECTION.assumed("requests.retry_after",
        "A 429 for too many requests in a minute has `Retry-After`, in whole seconds.",
        LIMITS, header("retry-after", RETRY_AFTER, response=ELEVENTH),
        source=Source.ERROR_REFERENCE),
    SECTION.assumed("before_validation", "The limits are checked before the body.",
        LIMITS, _statuses("429 for an invalid body beyond the limit", [429], INVALID)),
    SECTION.documented("requests", "The standard plan allows 10 requests in a minute.",
        SLIDING, reading(lambda tenth, *_rest: tenth.status, equal(200)), source=Source.OVERVIEW),
    SECTION.inferred("window", "The window of a minute slides.",
        SLIDING, reading(
            lambda _tenth, full, fifth, sixth: [full.status, fifth.status, sixth.status],
            equal([429, 200, 429])), source=Source.BRANCH),
)
# fmt: on
