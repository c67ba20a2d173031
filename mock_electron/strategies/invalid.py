"""Requests that Electron's schema refuses, with the issues that it must name."""

from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from mock_electron.inputs.spelling import checked_keywords
from mock_electron.strategies.breakages import FIELDS, MESSAGES
from mock_electron.strategies.issues import ABSENT, TYPE_NAMES, Issue, at, wrong_type
from mock_electron.strategies.options import check_size
from mock_electron.strategies.requests import chat_requests
from mock_electron.strategies.wrong_values import VALUES, Breakage, Breakages

MOST_ISSUES: Final = 20
NAMES: Final = st.sampled_from([*FIELDS]) | st.just("messages")
"""Of the fields; messages more often, as most can be wrong in them."""
RIGHT: Final[st.SearchStrategy[dict[str, Any]]] = chat_requests(max_messages=4)


@dataclass(frozen=True, slots=True)
class InvalidChatRequest:
    """A body that is refused with 400.

    body: any JSON. issues: the `details` of the error that must come, in their order.
    """

    body: Any
    issues: tuple[Issue, ...]


@checked_keywords
def invalid_chat_requests(*, max_issues: int = 3) -> st.SearchStrategy[InvalidChatRequest]:
    """Requests that Electron refuses, with the issues that they must get.

    max_issues: so many at once, at most, from 1 to 20. Raises ValueError.

    @given(invalid=invalid_chat_requests(max_issues=1))
    def test_any_mistake(invalid): ...
    """
    check_size("max_issues", max_issues, 1, MOST_ISSUES)
    fields = st.lists(NAMES, min_size=1, max_size=max_issues, unique=True)
    return _broken_requests(max_issues, fields) | _no_objects()


def _no_objects() -> st.SearchStrategy[InvalidChatRequest]:
    values = [value for value in VALUES if TYPE_NAMES[type(value)] not in ("object", "undefined")]
    return st.sampled_from(values).map(
        lambda value: InvalidChatRequest(deepcopy(value), (wrong_type("object", value),))
    )


@st.composite
def _broken_requests(
    draw: st.DrawFn, max_issues: int, fields: st.SearchStrategy[list[str]]
) -> InvalidChatRequest:
    body, broken = draw(RIGHT), draw(fields)
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
    """These messages, with wrong ones in the place of some."""
    changed, issues = list(messages), list[Issue]()
    places = st.sets(st.integers(0, len(messages) - 1), min_size=1, max_size=left)
    for place in sorted(draw(places)):
        room = left - len(issues)
        if room:
            breakage = draw(_at_most(room, MESSAGES))
            changed[place] = breakage.value
            issues += (at(issue, place) for issue in breakage.issues)
    return Breakage(changed, tuple(issues))


@cache
def _at_most(issues: int, wrong: Breakages) -> Breakages:
    return wrong.filter(lambda breakage: len(breakage.issues) <= issues)
