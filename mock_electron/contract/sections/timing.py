"""7. Time, seed, temperature."""

from typing import TYPE_CHECKING, Any, Final

from mock_electron.contract.checks import all_of, holds, of, status
from mock_electron.contract.clause import DOCUMENTED, Check, Clause, Source
from mock_electron.contract.probe import Probe, Responses, UnmetError, body, cost
from mock_electron.contract.response import Response
from mock_electron.contract.target import Need

if TYPE_CHECKING:
    from mock_electron.contract.session import Session

SECTION: Final = "7 Time, seed, temperature"

QUICK: Final = 0.3
FEW: Final = 0.025
"""Seconds a token; the vendor says a few milliseconds, and a network comes on top."""
FELT: Final = 0.001
QUESTION: Final = body("Write one sentence about why the sky is blue.", max_tokens=60)
STREAMED: Final = QUESTION | {"stream": True}


def _timed(session: "Session", _attempt: int) -> Responses:
    return (session.ask(STREAMED),)


def _twice(asked: dict[str, Any]) -> Any:
    return lambda session, _attempt: (session.ask(asked), session.ask(asked))


def _interval(response: Response) -> float:
    """Seconds between two chunks, on the average."""
    return response.duration / max(1, len(response.chunks) - 1)


def _paced(session: "Session", attempt: int) -> Responses:
    (response,) = _timed(session, attempt)
    if _interval(response) < FELT:
        raise UnmetError(Need.DURATION)
    return (response,)


def _same_words(first: Response, second: Response) -> bool:
    path = "choices.0.message.content"
    return first.status == 200 and first.at(path) == second.at(path)


FIRST_TOKEN: Final = Probe(
    "the time to the first token",
    _timed,
    tokens=cost(STREAMED),
    attempts=5,
    content=lambda response: response.first_byte < QUICK,
)
EACH_TOKEN: Final = Probe(
    "the time from token to token",
    _paced,
    tokens=cost(STREAMED),
    needs=(Need.DURATION,),
    attempts=5,
    content=lambda response: _interval(response) < FEW,
)
AT_ZERO: Final = Probe(
    "a question at temperature 0, twice", _twice(QUESTION), 2, 2 * cost(QUESTION)
)
WITH_SEED: Final = Probe(
    "a question with a seed, twice",
    _twice(QUESTION | {"temperature": 1, "seed": 7}),
    2,
    2 * cost(QUESTION),
    attempts=3,
    content=_same_words,
)
TWICE_THE_SAME: Final[Check] = of(
    lambda first, second: [
        first.at("choices.0.message.content"),
        second.at("choices.0.message.content"),
    ],
    holds("the same text twice", lambda texts: texts[0] == texts[1] != ""),
)

CLAUSES: Final = (
    Clause(
        "time.first_token",
        SECTION,
        "The first token comes typically within 300 ms.",
        DOCUMENTED,
        Source.STREAMING,
        FIRST_TOKEN,
        all_of(
            status(200),
            of(
                lambda response: round(response.first_byte, 3),
                holds("less than 0.3 s, in one of 5 attempts", lambda seconds: seconds < QUICK),
            ),
        ),
    ),
    Clause(
        "time.each_token",
        SECTION,
        "Then a few milliseconds go by from token to token.",
        DOCUMENTED,
        Source.STREAMING,
        EACH_TOKEN,
        of(
            lambda response: round(_interval(response), 4),
            holds("less than 0.025 s, in one of 5 attempts", lambda seconds: seconds < FEW),
        ),
    ),
    Clause(
        "time.temperature_zero",
        SECTION,
        "At temperature 0 the same input gives the same output.",
        DOCUMENTED,
        Source.BEST_PRACTICES,
        AT_ZERO,
        TWICE_THE_SAME,
    ),
    Clause(
        "time.seed",
        SECTION,
        "The same seed and input usually give the same output.",
        DOCUMENTED,
        Source.BEST_PRACTICES,
        WITH_SEED,
        TWICE_THE_SAME,
    ),
)
