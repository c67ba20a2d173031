"""Which exchanges: the conditions of `when` on the request, and more on the answer."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final, TypedDict, get_type_hints

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.engine.answer import Outcome
from mock_electron.engine.choose_reply import FUNCTION, POCKET_MODEL
from mock_electron.engine.decision import FAULT, GATEWAY
from mock_electron.engine.exchange import OUTCOMES, Exchange
from mock_electron.engine.faults.replacement import PROXY_STATUSES
from mock_electron.engine.keys import account_id
from mock_electron.engine.script.condition_values import (
    ValueKind,
    check_given,
    read_value,
    unknown_condition,
)
from mock_electron.engine.script.conditions import Conditions
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.searches import Searches
from mock_electron.engine.script.text import Text
from mock_electron.engine.user_functions import truth
from mock_electron.inputs.checks import check_function, choice, must_be
from mock_electron.inputs.spelling import echoed
from mock_electron.wire.errors import ERRORS, NOT_SCRIPTED, PROXY_ERROR, PROXY_NAMES, TEST_ENDED

ExchangePredicate = Callable[[Exchange], bool]
ERROR_WORDS: Final = (
    *dict.fromkeys(
        word for error in (*ERRORS, NOT_SCRIPTED, TEST_ENDED) for word in (error.name, error.type)
    ),
    PROXY_ERROR,
)
"""Names and types of errors."""
STATUSES: Final = frozenset({0, 200, *PROXY_STATUSES})
"""The statuses that an exchange can have."""
ORIGINS: Final = (FUNCTION, POCKET_MODEL, FAULT, GATEWAY)
"""The values of `answered_by`, except those of steps."""
STEP_ORIGIN: Final = regex("step [1-9][0-9]*")


def _check_status(name: str, given: object) -> None:
    if type(given) is not int or given not in STATUSES:
        what = "200, a status from 400 to 599, or 0 for an exchange without an answer"
        raise ValueError(must_be(name, what, given))


def _check_outcome(name: str, given: object) -> None:
    choice(name, given, OUTCOMES)


def _check_error(name: str, given: object) -> None:
    if not isinstance(given, str) or given not in PROXY_NAMES:
        choice(name, given, ERROR_WORDS)


def _check_origin(name: str, given: object) -> None:
    if not isinstance(given, str) or not STEP_ORIGIN.fullmatch(given):
        choice(name, given, ORIGINS, alternative="a step such as 'step 2'")


def _like(kind: ValueKind) -> Callable[[str, object], None]:
    """Return the check of a value that `when` accepts for conditions of this kind."""

    def check(name: str, given: object) -> None:
        read_value(kind, name, given)

    return check


class AnswerCondition(Struct, frozen=True):
    """A condition on the answer of an exchange.

    Attributes:
        matches: Returns whether an exchange has the expected value.
        check: Raises ValueError for a value that no exchange can have. Takes name and value.
    """

    matches: Callable[[Exchange, Any], bool]
    check: Callable[[str, object], None]


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


def _is_too_early(exchange: Exchange, expected: bool) -> bool:
    return exchange.too_early is expected


def _has_attempt(exchange: Exchange, attempt: int) -> bool:
    return exchange.attempt == attempt


def _has_api_key(exchange: Exchange, key: str) -> bool:
    return exchange.key_id == account_id(key).hex()


class AnswerConditions(TypedDict, total=False):
    """What an answer must be like.

    Attributes:
        tool: A tool that the reply calls.
        text: A text in the content of the reply.
        status: The status of the answer; 0 if a fault prevents an answer.
        error: The error's name, such as "concurrency", or its type.
        outcome: "complete", "refused", "cut by a fault", "client left" or "in flight".
        answered_by: "step 2", "function", "pocket model", "fault" or "gateway".
        step: The number of the step that answered, from 1.
        too_early: Whether it is a retry before the time that `Retry-After` had asked for.
    """

    tool: Annotated[str, AnswerCondition(_calls, _like(ValueKind.NAME))]
    text: Annotated[Text, AnswerCondition(_replies, _like(ValueKind.TEXT))]
    status: Annotated[int, AnswerCondition(_has_status, _check_status)]
    error: Annotated[str, AnswerCondition(_has_error, _check_error)]
    outcome: Annotated[Outcome, AnswerCondition(_has_outcome, _check_outcome)]
    answered_by: Annotated[str, AnswerCondition(_is_answered_by, _check_origin)]
    step: Annotated[int, AnswerCondition(_has_step, _like(ValueKind.COUNT))]
    too_early: Annotated[bool, AnswerCondition(_is_too_early, _like(ValueKind.BOOLEAN))]


class ExchangeConditions(Conditions, AnswerConditions, total=False):
    """What an exchange must be like: the conditions of `electron.when`, and those on the answer."""


ANSWER_CONDITIONS: Final[Mapping[str, AnswerCondition]] = {
    **{
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(AnswerConditions, include_extras=True).items()
    },
    "api_key": AnswerCondition(_has_api_key, _like(ValueKind.KEY)),  # the journal has a digest
    "attempt": AnswerCondition(_has_attempt, _like(ValueKind.COUNT)),  # others decide it
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
        TypeError: If a condition does not exist; the message names the nearest one. If the
            predicate is not a plain function of one argument.
        ValueError: If no exchange can meet a condition.
    """
    check_predicate("where", predicate)
    _check(conditions)
    on_answer = {n: value for n, value in conditions.items() if n in ANSWER_CONDITIONS}
    on_request: Any = {n: value for n, value in conditions.items() if n not in on_answer}
    match = Match.of(**on_request)
    return tuple(
        exchange
        for exchange in exchanges
        if all(ANSWER_CONDITIONS[n].matches(exchange, value) for n, value in on_answer.items())
        and (not on_request or _request_matches(exchange, match))
        and (predicate is None or truth("the function", predicate, exchange))
    )


def check_predicate(method: str, given: object, number: str = "") -> None:
    """Raise TypeError unless the argument without a name is a function of the exchange, or None.

    Args:
        method: The name of the method, for the message.
        given: The argument.
        number: The name of the argument that a number may be meant for. Default: none.
    """
    if given is not None:
        hint = "" if callable(given) else f"; {_right_form(given, number, method)}"
        name = f"the argument of {method}()"
        check_function(name, given, hint=hint, argument="the exchange")


def _right_form(given: object, number: str, method: str) -> str:
    """Return what to write instead of an argument that is not a function."""
    if isinstance(given, str | re.Pattern):
        return f"write {method}(says={echoed(given)})"
    if isinstance(given, int | float) and not isinstance(given, bool):
        is_status = given in PROXY_STATUSES or (not number and given in STATUSES)
        return f"write {method}({'status' if is_status else number or 'turn'}={given})"
    return f"give conditions by name, such as {method}(says='weather')"


def _check(conditions: Mapping[str, Any]) -> None:
    for name, value in conditions.items():
        if name not in NAMES:
            raise TypeError(unknown_condition(name, value, NAMES))
        check_given(name, value)
        if name in ANSWER_CONDITIONS:
            ANSWER_CONDITIONS[name].check(name, value)


def _request_matches(exchange: Exchange, match: Match) -> bool:
    request = exchange.request
    return request is not None and match.matches(MatchInput(request, exchange.raw_headers, ""))
