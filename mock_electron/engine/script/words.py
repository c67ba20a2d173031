"""Words of the request in scripted replies: `You said {{last.content}}`.

1. Only the names in NAMES can be inserted. Inserted text is not searched for names again.
2. A reply inserts at most MOST_INSERTED characters.
3. `{{{{` inserts two braces.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.engine.script.match_input import MatchInput, turn_of, user_turn_of
from mock_electron.inputs.spelling import unknown
from mock_electron.model.draft import MOST_CALLS, Call, Draft
from mock_electron.wire import codec

OPENING: Final = "{{"
ESCAPED: Final = OPENING * 2
MARK: Final = regex(r"\{\{\{\{|\{\{([^{}]*)\}\}|\{\{")
"""Two escaped braces, a name in braces, or braces that are not closed."""
MOST_INSERTED: Final = 10_000
"""The maximum number of characters that one reply inserts."""
ADVICE: Final = "write '{{{{' for two braces"


def _latest_result(request: MatchInput) -> str:
    return request.last("tool") or ""


def _latest_tool(request: MatchInput) -> str:
    results = [message for message in request.request.messages if message.role == "tool"]
    return request.tool_of(results[-1]) or "" if results else ""


NAMES: Final[Mapping[str, Callable[[MatchInput], str]]] = {
    "last.content": lambda request: request.request.last.content or "",
    "last.role": lambda request: request.request.last.role,
    "user.content": lambda request: request.last("user") or "",
    "system.content": lambda request: "\n".join(request.request.texts("system")),
    "tool.content": _latest_result,
    "tool.name": _latest_tool,
    "tools": lambda request: ", ".join(tool.name for tool in request.request.tools),
    "turn": lambda request: str(turn_of(request.request)),
    "user_turn": lambda request: str(user_turn_of(request.request)),
    "attempt": lambda request: str(request.attempt),
}
"""The names that may be written in braces, and what they insert."""


def check_words(draft: Draft) -> None:
    """Check the names in the texts of a scripted reply.

    Raises:
        ValueError: If a name does not exist, braces are not closed, or the reply lists the
            log-probabilities of a text that depends on the request.
    """
    has_marks = False

    def check(text: str) -> str:
        nonlocal has_marks
        has_marks = has_marks or OPENING in text
        for message in wrong_names(text):
            raise ValueError(message)
        return text

    changed_texts(draft, check)
    if has_marks and isinstance(draft.logprobs, tuple):
        raise ValueError("logprobs of a reply with {{…}} must be one number, not a list of tokens")


def wrong_names(text: str) -> Iterator[str]:
    """Yield a message for each name in a text that does not exist, and for unclosed braces."""
    for mark in MARK.finditer(text):
        if mark[0] == OPENING:
            yield f"'{{{{' in a reply needs a name and '}}}}'; {ADVICE}"
        elif mark[0] != ESCAPED and mark[1].strip() not in NAMES:
            message = unknown("name in {{…}}", mark[1].strip(), NAMES)
            stop = "" if message.endswith("?") else "."
            yield f"{message}{stop} Or {ADVICE}"


def with_words(draft: Draft, request: MatchInput) -> Draft:
    """Return a scripted reply with the words of a request instead of their names."""
    left = MOST_INSERTED

    def insert(mark: re.Match[str]) -> str:
        nonlocal left
        if mark[0] == ESCAPED:
            return OPENING
        words = NAMES[mark[1].strip()](request)[:left]
        left -= len(words)
        return words

    if len(draft.calls) > MOST_CALLS:  # one more shows that calls are left out
        draft = replace(draft, calls=draft.calls[: MOST_CALLS + 1])
    return changed_texts(draft, lambda text: MARK.sub(insert, text))


def escaped(draft: Draft) -> Draft:
    """Return a reply with its braces escaped, so that its texts are sent unchanged."""
    return changed_texts(draft, lambda text: text.replace(OPENING, ESCAPED))


def changed_texts(draft: Draft, change: Callable[[str], str]) -> Draft:
    """Return a reply with other texts: its content, and the strings in the arguments of calls.

    Texts without braces are left alone.
    """
    texts = (draft.content or "", *(call.arguments for call in draft.calls))
    if not any(OPENING in text for text in texts):
        return draft  # nearly always
    content = None if draft.content is None else change(draft.content)
    calls = tuple(_changed_call(call, change) for call in draft.calls)
    return replace(draft, content=content, calls=calls)


def _changed_call(call: Call, change: Callable[[str], str]) -> Call:
    if OPENING not in call.arguments:
        return call
    try:
        arguments = codec.decode(call.arguments.encode())
    except codec.MalformedError:  # sent unchanged
        return call
    changed = _changed_value(arguments, change)
    if changed == arguments:
        return call
    return replace(call, arguments=codec.encode_arguments(changed))


def _changed_value(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_changed_value(item, change) for item in value]
    if isinstance(value, dict):
        return {name: _changed_value(item, change) for name, item in value.items()}
    return value
