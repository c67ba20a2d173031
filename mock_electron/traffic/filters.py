"""Which exchanges: the conditions of `when` on the request, and more on the answer."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypedDict, get_type_hints

from mock_electron.engine.exchange import OUTCOMES, Exchange
from mock_electron.engine.keys import account_id
from mock_electron.engine.script.condition_values import check_given
from mock_electron.engine.script.conditions import Conditions
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.searches import Searches, check_pattern
from mock_electron.engine.script.text import Text
from mock_electron.inputs.checks import choice, whole_number
from mock_electron.inputs.spelling import unknown
from mock_electron.wire.errors import ERRORS, NOT_SCRIPTED, PROXY_ERROR, PROXY_NAMES, TEST_ENDED

ExchangePredicate = Callable[[Exchange], bool]
ERROR_WORDS: Final = (
    *dict.fromkeys(
        word for error in (*ERRORS, NOT_SCRIPTED, TEST_ENDED) for word in (error.name, error.type)
    ),
    PROXY_ERROR,
)
"""Names and types of errors."""


def _check_number(name: str, given: object) -> None:
    whole_number(name, given, 0)


def _check_outcome(name: str, given: object) -> None:
    choice(name, given, OUTCOMES)


def _check_error(name: str, given: object) -> None:
    if given not in PROXY_NAMES:
        choice(name, given, ERROR_WORDS)


def _check_text(name: str, given: object) -> None:
    if isinstance(given, re.Pattern) and isinstance(given.pattern, str):
        check_pattern(name, given)


def _unchecked(_name: str, _given: object) -> None:
    """Every value is valid."""


@dataclass(frozen=True, slots=True)
class AnswerCondition:
    """A condition on the answer of an exchange.

    Attributes:
        matches: Returns whether an exchange has the expected value.
        check: Raises ValueError for a value that no exchange can have. Takes name and value.
    """

    matches: Callable[[Exchange, Any], bool]
    check: Callable[[str, object], None] = _unchecked


def _calls(exchange: Exchange, tool: str) -> bool:
    calls = exchange.reply.tool_calls if exchange.reply else ()
    return any(call.name == tool for call in calls)


def _replies(exchange: Exchange, text: Text) -> bool:
    return exchange.text is not None and Searches().contains(exchange.text, text)


def _has_status(exchange: Exchange, status: int) -> bool:
    return exchange.status == status


def _has_error(exchange: Exchange, name: str) -> bool:
    return exchange.error is not None and name in (exchange.error.name, exchange.error.type)


def _has_outcome(exchange: Exchange, outcome: str) -> bool:
    return exchange.outcome == outcome


def _is_answered_by(exchange: Exchange, name: str) -> bool:
    return exchange.answered_by == name


def _has_step(exchange: Exchange, step: int) -> bool:
    return exchange.step == step


def _has_attempt(exchange: Exchange, attempt: int) -> bool:
    return exchange.attempt == attempt


def _has_api_key(exchange: Exchange, key: str) -> bool:
    return exchange.key_id == account_id(key).hex()


class AnswerConditions(TypedDict, total=False):
    """What an answer must be like.

    Attributes:
        tool: A tool that the reply calls.
        text: A text in the content of the reply.
        status: The status of the answer.
        error: The error's name, such as "concurrency", or its type.
        outcome: "complete", "refused", "cut by a fault", "client left" or "in flight".
        answered_by: Such as "step 2" or "pocket model".
        step: The number of the step that answered, from 1.
    """

    tool: Annotated[str, AnswerCondition(_calls)]
    text: Annotated[Text, AnswerCondition(_replies, _check_text)]
    status: Annotated[int, AnswerCondition(_has_status, _check_number)]
    error: Annotated[str, AnswerCondition(_has_error, _check_error)]
    outcome: Annotated[str, AnswerCondition(_has_outcome, _check_outcome)]
    answered_by: Annotated[str, AnswerCondition(_is_answered_by)]
    step: Annotated[int, AnswerCondition(_has_step, _check_number)]


class ExchangeConditions(Conditions, AnswerConditions, total=False):
    """What an exchange must be like: the conditions of `electron.when`, and those on the answer."""


ANSWER_CONDITIONS: Final[Mapping[str, AnswerCondition]] = {
    **{
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(AnswerConditions, include_extras=True).items()
    },
    "api_key": AnswerCondition(_has_api_key),  # the journal keeps a digest, not the key
    "attempt": AnswerCondition(_has_attempt, _check_number),  # it follows from other exchanges
}
"""The conditions that are compared with the exchange instead of the request."""
NAMES: Final = tuple(get_type_hints(ExchangeConditions))


def chosen(
    exchanges: Iterable[Exchange],
    predicate: ExchangePredicate | None,
    conditions: Mapping[str, Any],
) -> tuple[Exchange, ...]:
    """Return the exchanges that meet all conditions and for which the function returns true.

    Raises:
        TypeError: If a condition does not exist; the message names the nearest one.
        ValueError: If no exchange can meet a condition.
    """
    _check(conditions)
    on_answer = {n: value for n, value in conditions.items() if n in ANSWER_CONDITIONS}
    on_request: Any = {n: value for n, value in conditions.items() if n not in on_answer}
    match = Match.of(**on_request)
    return tuple(
        exchange
        for exchange in exchanges
        if all(ANSWER_CONDITIONS[n].matches(exchange, value) for n, value in on_answer.items())
        and (not on_request or _request_matches(exchange, match))
        and (predicate is None or predicate(exchange))
    )


def _check(conditions: Mapping[str, Any]) -> None:
    for name, value in conditions.items():
        if name not in NAMES:
            raise TypeError(unknown("condition", name, NAMES))
        if name in ANSWER_CONDITIONS:
            ANSWER_CONDITIONS[name].check(name, value)
        check_given(name, value)


def _request_matches(exchange: Exchange, match: Match) -> bool:
    request = exchange.request
    return request is not None and match.matches(MatchInput(request, exchange.raw_headers, ""))
