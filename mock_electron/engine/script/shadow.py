"""Steps that never answer, because an earlier step answers every request that they match."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.engine.script.condition_values import ValueKind
from mock_electron.engine.script.conditions import CONDITIONS, RESULT_CONDITIONS
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.script import StepState
from mock_electron.engine.script.searches import Searches
from mock_electron.engine.script.text import Text

Covers = Callable[[Any, Any], bool]
"""Takes two values of a condition. Returns whether every request that meets the second one meets
the first one."""

TEXTS_OF_MESSAGES: Final = ("says", "system", "tool_result")
"""The conditions on the text of a message, in which `anywhere` searches as well."""
LITERAL: Final = regex(r"(?:[^\\.^$*+?{}\[\]|()]|\\[^A-Za-z0-9])+")
"""A pattern without special characters."""
ESCAPED: Final = regex(r"\\(.)", re.DOTALL)
SIMPLE: Final = regex(r"(?:[^\\^$(]|\\[dDsSwW]|\\[^A-Za-z0-9])+")
REPEAT: Final = regex(r"[*+?{]")
POSSESSIVE: Final = regex(r"[*+?}]\+")
MOST_REPEATS: Final = 2
MOST_SEARCHED: Final = 200
"""The maximum number of characters of a text in which a regular expression is searched for."""
MOST_COMPARED: Final = 50
"""The maximum number of earlier steps with which a step is compared."""


def shadows(states: Iterable[StepState], since: int = 1) -> Iterator[str]:
    """Yield a message for each step that never answers, unless it is equal to the earlier step.

    Args:
        states: The steps of the script, in order.
        since: The number of the first step to yield messages for.
    """
    unlimited: list[StepState] = []
    for state in states:
        match = state.step.match
        earlier = (one for one in unlimited if covers(one.step.match, match))
        found = next(earlier, None) if state.number >= since else None
        if found is not None and replace(found.step, location=state.step.location) != state.step:
            yield (
                f"{state.name} never answers: {found.name} answers every request that it matches, "
                "any number of times; limit that step with times, or put it later"
            )
        elif state.step.times is None and len(unlimited) < MOST_COMPARED:
            unlimited.append(state)


def covers(wide: Match, narrow: Match) -> bool:
    """Return whether every request that the second match accepts is accepted by the first.

    False also means that the answer is unknown, as for two regular expressions.
    """
    if wide.predicate not in (None, narrow.predicate):
        return False
    theirs = narrow.given
    if not all(_implied(name, value, theirs) for name, value in wide.conditions):
        return False
    # Without a condition on results, says does not match after a tool result.
    ours = wide.given
    return "says" not in ours or _is_about_results(ours) or not _is_about_results(theirs)


def _implied(name: str, value: Any, given: Mapping[str, Any]) -> bool:
    """Return whether each request that meets the given conditions meets this one as well."""
    covers_value = COVERS.get(CONDITIONS[name].kind, _equal)
    if name in given and covers_value(value, given[name]):
        return True
    if name != "anywhere" or (not isinstance(value, str) and Searches().contains("", value)):
        return False  # a regular expression that matches "" matches a message without text
    return any(_text(value, given[one]) for one in TEXTS_OF_MESSAGES if one in given)


def _is_about_results(conditions: Mapping[str, Any]) -> bool:
    return not conditions.keys().isdisjoint(RESULT_CONDITIONS)


def _equal(wide: Any, narrow: Any) -> bool:
    return type(wide) is type(narrow) and bool(wide == narrow)


def _text(wide: Text, narrow: Text) -> bool:
    wide, narrow = _literal(wide), _literal(narrow)
    if isinstance(narrow, str) and isinstance(wide, str):
        return wide in narrow
    if isinstance(narrow, str) and not isinstance(wide, str) and _is_simple(wide):
        return Searches().contains(narrow[:MOST_SEARCHED], wide)
    return wide == narrow


def _literal(text: Text) -> Text:
    """Return the text that a regular expression without special characters searches for."""
    if isinstance(text, str) or text.flags != re.UNICODE or not LITERAL.fullmatch(text.pattern):
        return text
    return ESCAPED.sub(r"\1", text.pattern)


def _is_simple(regex: re.Pattern[str]) -> bool:
    """Return whether a match in a text is also one in every text that contains that text.

    Anchors, groups and possessive repetitions could depend on the characters around a match. Few
    repetitions keep the search fast.
    """
    pattern = regex.pattern
    return (
        SIMPLE.fullmatch(pattern) is not None
        and POSSESSIVE.search(pattern) is None
        and len(REPEAT.findall(pattern)) <= MOST_REPEATS
    )


def _tools(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    return set(wide) <= set(narrow) if wide else not narrow


def _headers(wide: Sequence[tuple[str, Text]], narrow: Sequence[tuple[str, Text]]) -> bool:
    given = dict(narrow)
    return all(name in given and _text(text, given[name]) for name, text in wide)


def _parameters(wide: Sequence[tuple[str, Any]], narrow: Sequence[tuple[str, Any]]) -> bool:
    given = dict(narrow)
    return all(name in given and _equal(value, given[name]) for name, value in wide)


COVERS: Final[Mapping[ValueKind, Covers]] = {
    ValueKind.TEXT: _text,
    ValueKind.TOOLS: _tools,
    ValueKind.HEADERS: _headers,
    ValueKind.PARAMETERS: _parameters,
}
"""The comparison for each kind of value; those of other kinds must be equal."""
