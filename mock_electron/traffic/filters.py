"""Which exchanges: the conditions of `when` for the request, and others for the answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict

from mock_electron.engine.exchange import OUTCOMES, Exchange
from mock_electron.engine.keys import account_id
from mock_electron.engine.script.conditions import CONDITIONS as REQUEST_CONDITIONS
from mock_electron.engine.script.conditions import Text, found_in
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.inputs.numbers import is_whole
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire.errors import ERRORS, NOT_SCRIPTED, TEST_ENDED

Chooser = Callable[[Exchange], bool]


class Conditions(TypedDict, total=False):
    """What an exchange must be; all that is given must hold.

    Of the request, as `electron.when` has them: says, system, anywhere, turn, tools, after_tool,
    tool_result, stream, headers, api_key, parameters.
    tool: the reply calls it. text: in what the reply says.
    status: of the answer. error: its name, such as "concurrency", or its type.
    outcome: complete, refused, cut by a fault, client left. answered_by: such as "step 2".
    step: the number of the step that answered. attempt: which one of the same request it is.
    """

    says: Text
    system: Text
    anywhere: Text
    turn: int
    tools: str | Sequence[str]
    after_tool: str
    tool_result: Text
    stream: bool
    headers: Mapping[str, Text]
    api_key: str
    parameters: Mapping[str, Any]
    tool: str
    text: Text
    status: int
    error: str
    outcome: str
    answered_by: str
    step: int
    attempt: int


def _calls(exchange: Exchange, tool: str) -> bool:
    calls = exchange.reply.tool_calls if exchange.reply else ()
    return any(call.name == tool for call in calls)


def _says(exchange: Exchange, text: Text) -> bool:
    return exchange.text is not None and found_in(text, exchange.text)


def _has_error(exchange: Exchange, name: str) -> bool:
    return exchange.error is not None and name in (exchange.error.name, exchange.error.type)


ANSWER_CONDITIONS: Final[Mapping[str, Callable[[Exchange, Any], bool]]] = {
    "tool": _calls,
    "text": _says,
    "status": lambda exchange, status: exchange.status == status,
    "error": _has_error,
    "outcome": lambda exchange, outcome: exchange.outcome == outcome,
    "answered_by": lambda exchange, who: exchange.answered_by == who,
    "step": lambda exchange, step: exchange.step == step,
    "attempt": lambda exchange, attempt: exchange.attempt == attempt,
    "api_key": lambda exchange, key: exchange.account == account_id(key).hex(),
}
OWN_ERRORS: Final = (NOT_SCRIPTED, TEST_ENDED)
ERRORS_BY_WORD: Final = tuple(
    dict.fromkeys(word for error in (*ERRORS, *OWN_ERRORS) for word in (error.name, error.type))
)
"""Names and types of errors."""
NAMES: Final = tuple(dict.fromkeys([*REQUEST_CONDITIONS, *ANSWER_CONDITIONS]))


def chosen(
    exchanges: Iterable[Exchange], predicate: Chooser | None, conditions: Mapping[str, Any]
) -> tuple[Exchange, ...]:
    """The exchanges for which all conditions hold, and the function is true.

    Raises TypeError, with the nearest name, for a condition that does not exist, or ValueError for
    one that nothing can meet.
    """
    for name in conditions:
        if name not in NAMES or name == "predicate":
            names = [known for known in NAMES if known != "predicate"]
            hint = did_you_mean(name, names)
            raise TypeError(f"there is no condition {name!r}.{hint} Conditions: {', '.join(names)}")
    outcome = conditions.get("outcome", OUTCOMES[0])
    if outcome not in OUTCOMES:
        hint = did_you_mean(outcome, OUTCOMES)
        raise ValueError(f"outcome is one of {', '.join(OUTCOMES)}, not {outcome!r}.{hint}")
    for name in ("status", "step", "attempt"):
        if not is_whole(conditions.get(name, 0), 0):
            raise ValueError(f"{name} is a whole number, not {conditions[name]!r}")
    error = conditions.get("error", ERRORS_BY_WORD[0])
    if error not in ERRORS_BY_WORD:
        hint = did_you_mean(error, ERRORS_BY_WORD)
        raise ValueError(f"error is one of {', '.join(ERRORS_BY_WORD)}, not {error!r}.{hint}")
    asked = {name: value for name, value in conditions.items() if name not in ANSWER_CONDITIONS}
    match = Match.of(**asked)
    return tuple(
        exchange
        for exchange in exchanges
        if _answer_is(exchange, conditions)
        and (not asked or _request_is(exchange, match))
        and (predicate is None or predicate(exchange))
    )


def _answer_is(exchange: Exchange, conditions: Mapping[str, Any]) -> bool:
    given = (name for name in conditions if name in ANSWER_CONDITIONS)
    return all(ANSWER_CONDITIONS[name](exchange, conditions[name]) for name in given)


def _request_is(exchange: Exchange, match: Match) -> bool:
    request = exchange.request
    return request is not None and match.holds(MatchInput(request, exchange.raw_headers, ""))
