"""The conditions of a match: one table.

`Conditions` lists every condition with its type, the kind of its value, and the function that
compares a request with it. `electron.when`, `exchanges.where` and script files use it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final, TypedDict, get_type_hints

from msgspec import Struct

from mock_electron.engine.keys import is_secret
from mock_electron.engine.script.condition_values import ValueKind
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.searches import Searches
from mock_electron.engine.script.text import Text, shown, shown_mismatch, shown_value
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire.request import Message

RESULT_CONDITIONS: Final = ("after_tool", "call_id", "tool_result")
"""The conditions on the tool results that the reply answers."""
MOST_LISTED: Final = 20
"""The maximum number of tools or results that a difference lists."""
Given = Mapping[str, Any]
"""All conditions of one match, by name."""
Pairs = Sequence[tuple[str, Any]]
"""A mapping as a match stores it: names and values."""
Difference = Callable[[], str] | None
"""Describes how a request differs from a condition; None if it matches. Most are never described,
because most requests match a later step."""
Differs = Callable[[Any, MatchInput, Given], Difference]
"""Takes the expected value, the request, and all conditions of the match. Returns the difference.
"""


class Condition(Struct, frozen=True):
    """One condition of a match.

    Attributes:
        kind: The kind of value that it takes.
        differs: Compares a request with the expected value.
    """

    kind: ValueKind
    differs: Differs


def _says(expected: Text, request: MatchInput, given: Given) -> Difference:
    text = request.last_user
    if text is None:
        return lambda: f"says {shown(expected)}, but there is no user message"
    searches = request.searches
    about_result = not given.keys().isdisjoint(RESULT_CONDITIONS)
    before = request.asked_before
    asked_before = before is not None and searches.contains(before, expected)
    if not searches.contains(text, expected) and not (about_result and asked_before):
        remark = searches.remark(expected, text)
        return lambda: (
            f"says {shown(expected)}, but the user said {shown_mismatch(text, expected)}{remark}"
        )
    if about_result:
        return None
    if request.results and (asked_before or not request.asks_after_results):
        tool = request.tool_of(request.results[-1]) or "a tool"
        followed = f"the result of {tool} has arrived since; add after_tool to match it"
    elif request.follows_up:
        followed = "an assistant message and another message have followed it"
    else:
        return None
    return lambda: f"says {shown(expected)}, but {followed}"


def _system(expected: Text, request: MatchInput, _given: Given) -> Difference:
    texts = request.system_texts
    if request.searches.any_contains(texts, expected):
        return None
    if not texts:
        return lambda: f"system {shown(expected)}, but there is no system prompt"
    remark = request.searches.remark(expected, *texts)
    return lambda: (
        f"system {shown(expected)}, but the system prompt is "
        f"{shown_mismatch(NEWLINE.join(texts), expected)}{remark}"
    )


def _anywhere(expected: Text, request: MatchInput, _given: Given) -> Difference:
    texts = request.texts
    if request.searches.any_contains(texts, expected):
        return None
    remark = request.searches.remark(expected, *texts)
    return lambda: (
        f"anywhere {shown(expected)}, but none of the {len(texts)} messages contains it{remark}"
    )


def _turn(expected: int, request: MatchInput, _given: Given) -> Difference:
    turn = request.turn
    return None if turn == expected else lambda: f"turn {expected}, but this is turn {turn}"


def _tools(expected: Sequence[str], request: MatchInput, _given: Given) -> Difference:
    offered = request.offered
    if not expected and offered:
        return lambda: f"tools: none, but the request offers {_listed(offered)}"
    missing = [name for name in expected if name not in request.offered_names]
    return partial(_missing_tools, missing, offered) if missing else None


def _missing_tools(missing: Sequence[str], offered: Sequence[str]) -> str:
    listed, hint = _listed(offered) or "none", did_you_mean(missing[0], offered)
    return f"tools {', '.join(missing)}, but the request offers {listed}.{hint}".removesuffix(".")


def _user_turn(expected: int, request: MatchInput, _given: Given) -> Difference:
    turn = request.user_turn
    if turn == expected:
        return None
    return lambda: f"user_turn {expected}, but this is user turn {turn}"


def _attempt(expected: int, request: MatchInput, _given: Given) -> Difference:
    attempt = request.attempt
    if attempt == expected:
        return None
    return lambda: f"attempt {expected}, but this is attempt {attempt}"


def _listed(values: Sequence[str], count: int = 0) -> str:
    """Return the first MOST_LISTED values, and how many more there are of `count` or of them."""
    more = (count or len(values)) - MOST_LISTED
    return ", ".join(values[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


NEWLINE: Final = "\n"
NO_RESULT: Final = "the latest message is not a tool result"


def _results(request: MatchInput, given: Given, conditions: Sequence[str]) -> tuple[Message, ...]:
    """Return the results that meet the given ones of these conditions."""
    wanted = {name: given.get(name) for name in conditions}
    tool, call_id = wanted.get("after_tool"), wanted.get("call_id")
    if tool is None and call_id is None:
        return request.results
    return tuple(
        result
        for result in request.results
        if tool in (None, request.tool_of(result)) and call_id in (None, result.tool_call_id)
    )


def _after_tool(expected: str, request: MatchInput, _given: Given) -> Difference:
    if not request.results:
        return lambda: f"after_tool {expected}, but {NO_RESULT}"
    tools = request.tools_of_results
    if expected in tools.values():
        return None
    return lambda: _other_tools(expected, tools)


def _other_tools(expected: str, tools: Mapping[str | None, str | None]) -> str:
    named = [tool or f"unknown: no call has the id {key!r}" for key, tool in tools.items()]
    if len(named) == 1:
        return f"after_tool {expected}, but the tool of the latest result is {named[0]}"
    return f"after_tool {expected}, but the tools of the latest results are {_listed(named)}"


def _call_id(expected: str, request: MatchInput, given: Given) -> Difference:
    if not request.results:
        return lambda: f"call_id {expected!r}, but {NO_RESULT}"
    ids = [result.tool_call_id for result in _results(request, given, ("after_tool",))]
    if expected in ids or not ids:
        return None  # without a result, after_tool differs
    return lambda: f"call_id {expected!r}, but the latest result is of {_listed([*map(repr, ids)])}"


def _tool_result(expected: Text, request: MatchInput, given: Given) -> Difference:
    if not request.results:
        return lambda: f"tool_result {shown(expected)}, but {NO_RESULT}"
    found = _results(request, given, ("after_tool", "call_id"))
    texts = tuple([result.content or "" for result in found])
    if not texts or request.searches.any_contains(texts, expected):
        return None  # without a result, after_tool or call_id differs
    remark = request.searches.remark(expected, *texts)
    return lambda: _other_results(expected, texts) + remark


def _other_results(expected: Text, texts: Sequence[str]) -> str:
    is_shown = "it is" if len(texts) == 1 else "they are"
    shown_texts = [shown_mismatch(text, expected) for text in texts[:MOST_LISTED]]
    listed = _listed(shown_texts, len(texts))
    return f"tool_result {shown(expected)}, but {is_shown} {listed}"


def _stream(expected: bool, request: MatchInput, _given: Given) -> Difference:
    if request.request.stream == expected:
        return None
    wanted = "a stream" if request.request.stream else "no stream"
    return lambda: f"stream {expected}, but the request asks for {wanted}"


def _headers(expected: Pairs, request: MatchInput, _given: Given) -> Difference:
    for name, text in expected:
        found = request.headers.get(name)
        if found is None or not request.searches.contains(found, text):
            return partial(_other_header, name, text, found, request.searches)
    return None


def _other_header(name: str, text: Text, found: str | None, searches: Searches) -> str:
    secret = is_secret(name.encode())
    wanted = f"header {name}" if secret else f"header {name} {shown(text)}"
    if found is None:
        return f"{wanted}, but the request does not have it"
    but = "different" if secret else shown_mismatch(found, text)
    return f"{wanted}, but it is {but}{searches.remark(text, found)}"


def _api_key(expected: str, request: MatchInput, _given: Given) -> Difference:
    if request.api_key == expected:
        return None
    return lambda: "api_key, but the request has a different key"


def _parameters(expected: Pairs, request: MatchInput, _given: Given) -> Difference:
    body = request.request.body
    for name, value in expected:
        if name not in body:
            return partial("{} {!r}, but the request does not set it".format, name, value)
        found = body[name]
        if found != value or isinstance(found, bool) != isinstance(value, bool):
            return partial(_other_parameter, name, value, found)
    return None


def _other_parameter(name: str, value: object, found: object) -> str:
    return f"{name} {value!r}, but it is {shown_value(found)}"


class Conditions(TypedDict, total=False):
    """What a request must be like. All conditions that are given must match.

    Attributes:
        says: A text in the latest user message, if the reply answers that message: no tool result
            follows it, and no assistant message with another message after it. If the message
            follows a tool result directly, the text must not be in the user message before that
            result. With `after_tool`, `call_id` or `tool_result`, the text may be in the latest
            user message or in the one before the results.
        system: A text in the system prompt.
        anywhere: A text in any message.
        turn: The number of assistant messages so far, plus one.
        user_turn: The number of user messages so far.
        attempt: The number of the attempt: 1, and one more for each request with the same body and
            key that failed directly before.
        tools: Names of tools that the request offers; an empty list if it must offer none.
        after_tool: A tool with a result after the last assistant message.
        call_id: The id of the call that such a result answers.
        tool_result: A text in such a result; with `after_tool` or `call_id`, in a result that meets
            these conditions too.
        stream: Whether the request asks for a stream.
        headers: Texts in request headers, by header name.
        api_key: The key in the `Authorization` header.
        parameters: Values of request fields, such as `temperature`.
    """

    says: Annotated[Text, Condition(ValueKind.TEXT, _says)]
    system: Annotated[Text, Condition(ValueKind.TEXT, _system)]
    anywhere: Annotated[Text, Condition(ValueKind.TEXT, _anywhere)]
    turn: Annotated[int, Condition(ValueKind.COUNT, _turn)]
    user_turn: Annotated[int, Condition(ValueKind.COUNT, _user_turn)]
    attempt: Annotated[int, Condition(ValueKind.COUNT, _attempt)]
    tools: Annotated[str | Sequence[str], Condition(ValueKind.TOOLS, _tools)]
    after_tool: Annotated[str, Condition(ValueKind.NAME, _after_tool)]
    call_id: Annotated[str, Condition(ValueKind.NAME, _call_id)]
    tool_result: Annotated[Text, Condition(ValueKind.TEXT, _tool_result)]
    stream: Annotated[bool, Condition(ValueKind.BOOLEAN, _stream)]
    headers: Annotated[Mapping[str, Text], Condition(ValueKind.HEADERS, _headers)]
    api_key: Annotated[str, Condition(ValueKind.KEY, _api_key)]
    parameters: Annotated[Mapping[str, Any], Condition(ValueKind.PARAMETERS, _parameters)]


CONDITIONS: Final[Mapping[str, Condition]] = {
    name: hint.__metadata__[0]
    for name, hint in get_type_hints(Conditions, include_extras=True).items()
}
"""The rows of `Conditions` by name."""
