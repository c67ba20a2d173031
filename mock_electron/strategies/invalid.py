"""Requests that Electron's schema rejects, with the issues that it must report."""

from copy import deepcopy
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st
from msgspec import Struct

from mock_electron.inputs.checks import whole_number
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.strategies.breakages import FIELDS, MESSAGES
from mock_electron.strategies.issues import ABSENT, TYPE_NAMES, Issue, at, wrong_type
from mock_electron.strategies.requests import chat_requests
from mock_electron.strategies.wrong_values import VALUES, Breakage, Breakages

MAX_ISSUES: Final = 20
FIELD_NAMES: Final = st.sampled_from([*FIELDS]) | st.just("messages")
"""Names of fields. `messages` is drawn more often, because most mistakes are possible in it."""
VALID: Final[st.SearchStrategy[dict[str, Any]]] = chat_requests(max_messages=4)


class InvalidChatRequest(Struct, frozen=True):
    """A request body that is rejected with 400.

    Attributes:
        body: The body, as a JSON document of any type.
        issues: The `details` that the error must have, in order.
    """

    body: Any
    issues: tuple[Issue, ...]


@checked_keywords
def invalid_chat_requests(*, max_issues: int = 3) -> st.SearchStrategy[InvalidChatRequest]:
    """Return a strategy for requests that Electron rejects, with the issues that they must get.

    Args:
        max_issues: The largest number of issues in one request, from 1 to 20.

    Raises:
        ValueError: If the option is wrong.

    Example:
        @given(invalid=invalid_chat_requests(max_issues=1))
        def test_any_mistake(invalid): ...
    """
    whole_number("max_issues", max_issues, 1, MAX_ISSUES)
    fields = st.lists(FIELD_NAMES, min_size=1, max_size=max_issues, unique=True)
    return _broken_requests(max_issues, fields) | _not_objects()


def _not_objects() -> st.SearchStrategy[InvalidChatRequest]:
    values = [value for value in VALUES if TYPE_NAMES[type(value)] not in ("object", "undefined")]
    return st.sampled_from(values).map(
        lambda value: InvalidChatRequest(deepcopy(value), (wrong_type("object", value),))
    )


@st.composite
def _broken_requests(
    draw: st.DrawFn, max_issues: int, fields: st.SearchStrategy[list[str]]
) -> InvalidChatRequest:
    body, broken = draw(VALID), draw(fields)
    issues: list[Issue] = []
    for name in (name for name in FIELDS if name in broken):
        left = max_issues - len(issues)
        if left > 0:
            if name == "messages" and draw(BOOLEANS):
                breakage = draw(_wrong_messages(body["messages"], left))
            else:
                breakage = draw(_at_most(left, FIELDS[name]))
            body.pop(name, None)
            if breakage.value is not ABSENT:
                body[name] = deepcopy(breakage.value)
            issues += (at(issue, name) for issue in breakage.issues)
    return InvalidChatRequest(body, tuple(issues))


BOOLEANS: Final = st.booleans()


@st.composite
def _wrong_messages(draw: st.DrawFn, messages: list[Any], left: int) -> Breakage:
    """Replace some of the messages with wrong ones, with at most `left` issues in all."""
    changed, issues = list(messages), list[Issue]()
    indexes = st.sets(st.integers(0, len(messages) - 1), min_size=1, max_size=left)
    for index in sorted(draw(indexes)):
        room = left - len(issues)
        if room:
            breakage = draw(_at_most(room, MESSAGES))
            changed[index] = breakage.value
            issues += (at(issue, index) for issue in breakage.issues)
    return Breakage(changed, tuple(issues))


@cache
def _at_most(issues: int, wrong: Breakages) -> Breakages:
    return wrong.filter(lambda breakage: len(breakage.issues) <= issues)
