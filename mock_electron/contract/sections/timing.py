"""7. Time, seed, temperature."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from mock_electron.contract.checks import all_of, reading, satisfies, status
from mock_electron.contract.clause import Source
from mock_electron.contract.probe import Probe, Responses, UnmetError, asks, body, token_estimate
from mock_electron.contract.response import Response
from mock_electron.contract.section import Section
from mock_electron.contract.sections.probes import CONTENT, SAME_TEXT
from mock_electron.contract.target import Need

if TYPE_CHECKING:
    from mock_electron.contract.session import Session

SECTION: Final = Section("7 Time, seed, temperature", prefix="time", documented_in=Source.STREAMING)

ATTEMPTS: Final = 5
MAX_FIRST_TOKEN: Final = 0.3
"""Seconds to the first token (D)."""
MAX_INTERVAL: Final = 0.025
"""Seconds between two tokens: a few milliseconds (D), and room for the network."""
MIN_INTERVAL: Final = 0.001
"""Seconds between two tokens; a reply below it takes no time."""
SLOW_TOKENS: Final = (
    f"replies whose tokens take at least {MIN_INTERVAL:g} s each; run it against a fake with a "
    "real clock and a pace such as 174:5"
)
QUESTION: Final = body("Write one sentence about why the sky is blue.", max_tokens=60)
STREAMED: Final = QUESTION | {"stream": True}


def _twice(body: dict[str, Any]) -> Callable[["Session", int], Responses]:
    return lambda session, _attempt: (session.ask(body), session.ask(body))


def _interval(response: Response) -> float:
    """Return the average number of seconds between two chunks."""
    return response.duration / max(1, len(response.chunks) - 1)


def _paced(session: "Session", _attempt: int) -> Responses:
    """Return the first stream with an interval within the bounds, or else the fastest one.

    Raises UnmetError if the fastest stream takes no time.
    """
    streams: list[Response] = []
    for _ in range(ATTEMPTS):
        streams.append(session.ask(STREAMED))
        if MIN_INTERVAL <= _interval(streams[-1]) < MAX_INTERVAL:
            return (streams[-1],)
    fastest = min(streams, key=_interval)
    if _interval(fastest) < MIN_INTERVAL:
        raise UnmetError(SLOW_TOKENS)
    return (fastest,)


def _texts(*replies: Response) -> list[Any]:
    return [reply.at(CONTENT) for reply in replies]


def _is_same_reply(first: Response, second: Response) -> bool:
    return first.status == 200 and first.at(CONTENT) == second.at(CONTENT)


FIRST_TOKEN: Final = asks(
    "the time to the first token",
    STREAMED,
    attempts=ATTEMPTS,
    until=lambda response: response.first_byte < MAX_FIRST_TOKEN,
)
EACH_TOKEN: Final = Probe(
    "the time from token to token",
    _paced,
    tokens=token_estimate(STREAMED),
    needs=(Need.DURATION,),
)
AT_ZERO: Final = Probe(
    "a question at temperature 0, twice", _twice(QUESTION), 2, 2 * token_estimate(QUESTION)
)
WITH_SEED: Final = Probe(
    "a question with a seed, twice",
    _twice(QUESTION | {"temperature": 1, "seed": 7}),
    2,
    2 * token_estimate(QUESTION),
    attempts=3,
    until=_is_same_reply,
)

# fmt: off
CLAUSES: Final = (
    SECTION.documented("first_token", "The first token typically arrives within 300 ms.",
        FIRST_TOKEN, all_of(status(200), reading(lambda r: round(r.first_byte, 3), satisfies(
            "less than 0.3 s, in one of 5 attempts", lambda time: time < MAX_FIRST_TOKEN)))),
    SECTION.documented("each_token", "Each further token takes a few milliseconds.",
        EACH_TOKEN, reading(lambda r: round(_interval(r), 4), satisfies(
            "less than 0.025 s, in one of 5 attempts", lambda time: time < MAX_INTERVAL))),
    SECTION.documented("temperature_zero",
        "At temperature 0, the same input gives the same output.",
        AT_ZERO, reading(_texts, SAME_TEXT), source=Source.BEST_PRACTICES),
    SECTION.documented("seed", "The same seed and input usually give the same output.",
        WITH_SEED, reading(_texts, SAME_TEXT), source=Source.BEST_PRACTICES),
)
# fmt: on
