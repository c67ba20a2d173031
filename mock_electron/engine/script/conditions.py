"""The conditions of a match, as a table: each says in words how a request differs, or nothing."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from mock_electron.engine.keys import is_secret
from mock_electron.engine.script.match_input import MatchInput, turn_of
from mock_electron.inputs.spelling import did_you_mean

if TYPE_CHECKING:
    from mock_electron.engine.script.match import Match

Text = str | re.Pattern[str]
"""A text that must stand in another, or a compiled expression that must be found in it."""

EXCERPT: Final = 60
"""Characters of a text that a difference shows."""


def quoted(text: str) -> str:
    """The text in quotation marks, shortened in its middle."""
    if len(text) > EXCERPT:
        half = EXCERPT // 2
        text = f"{text[:half]}…{text[-half:]}"
    return repr(text)


def shown(expected: Text) -> str:
    """What is expected, as it is written."""
    if isinstance(expected, str):
        return quoted(expected)
    return f"regex {expected.pattern!r}"


def found_in(expected: Text, text: str) -> bool:
    """Whether what is expected stands in a text."""
    if isinstance(expected, str):
        return expected in text
    return expected.search(text) is not None


def _misses(expected: Text, text: str) -> str:
    """The words behind a text that was found instead."""
    if isinstance(expected, str):
        if expected.lower() in text.lower():
            return quoted(text) + ", which differs in capital letters"
        if normalize("NFC", expected) in normalize("NFC", text):
            return quoted(text) + ", which looks the same in other Unicode characters"
    return quoted(text)


def _says(match: "Match", asked: MatchInput) -> str:
    assert match.says is not None
    text = asked.last("user")
    if text is None:
        return f"says {shown(match.says)}, but no message is the user's"
    if not found_in(match.says, text):
        return f"says {shown(match.says)}, but the user said {_misses(match.says, text)}"
    if asked.result is None or match.after_tool is not None or match.tool_result is not None:
        return ""
    tool = asked.answered_tool or "a tool"
    return (
        f"says {shown(match.says)}, but since then the result of {tool} has come; "
        "after_tool matches that"
    )


def _system(match: "Match", asked: MatchInput) -> str:
    assert match.system is not None
    texts = asked.request.texts("system")
    if any(found_in(match.system, text) for text in texts):
        return ""
    found = _misses(match.system, "\n".join(texts)) if texts else "there is none"
    return f"system {shown(match.system)}, but the system prompt: {found}"


def _anywhere(match: "Match", asked: MatchInput) -> str:
    assert match.anywhere is not None
    texts = [message.content for message in asked.request.messages if message.content]
    if any(found_in(match.anywhere, text) for text in texts):
        return ""
    return f"anywhere {shown(match.anywhere)}, but it stands in none of {len(texts)} messages"


def _turn(match: "Match", asked: MatchInput) -> str:
    turn = turn_of(asked.request)
    return "" if turn == match.turn else f"turn {match.turn}, but this is turn {turn}"


def _tools(match: "Match", asked: MatchInput) -> str:
    assert match.tools is not None
    offered = [tool.name for tool in asked.request.tools]
    listed = ", ".join(offered) or "none"
    if not match.tools:
        return f"tools: none, but on offer: {listed}" if offered else ""
    missing = [name for name in match.tools if name not in offered]
    if not missing:
        return ""
    hint = did_you_mean(missing[0], offered)
    return f"tools {', '.join(missing)}, but on offer: {listed}.{hint}".removesuffix(".")


def _after_tool(match: "Match", asked: MatchInput) -> str:
    if asked.result is None:
        return f"after_tool {match.after_tool}, but the newest message is no result of a tool"
    tool = asked.answered_tool
    if tool == match.after_tool:
        return ""
    found = f"of {tool}" if tool else f"of no call: its id is {asked.result.tool_call_id!r}"
    return f"after_tool {match.after_tool}, but the newest result is {found}"


def _tool_result(match: "Match", asked: MatchInput) -> str:
    assert match.tool_result is not None
    if asked.result is None:
        return f"tool_result {shown(match.tool_result)}, but the newest message is no result"
    text = asked.result.content or ""
    if found_in(match.tool_result, text):
        return ""
    return f"tool_result {shown(match.tool_result)}, but it is {_misses(match.tool_result, text)}"


def _stream(match: "Match", asked: MatchInput) -> str:
    if asked.request.stream == match.stream:
        return ""
    asks = "a stream" if asked.request.stream else "no stream"
    return f"stream {match.stream}, but the request asks for {asks}"


def _headers(match: "Match", asked: MatchInput) -> str:
    for name, expected in match.headers or ():
        found = asked.headers.get(name)
        secret = is_secret(name.encode())
        wanted = f"header {name}" if secret else f"header {name} {shown(expected)}"
        if found is None:
            return f"{wanted}, but the request has none"
        if not found_in(expected, found):
            other = "the request has another one" if secret else f"it is {_misses(expected, found)}"
            return f"{wanted}, but {other}"
    return ""


def _api_key(match: "Match", asked: MatchInput) -> str:
    return "" if asked.api_key == match.api_key else "api_key: the request has another one"


def _parameters(match: "Match", asked: MatchInput) -> str:
    for name, expected in match.parameters or ():
        if name not in asked.request.body:
            return f"{name} {expected!r}, but the request does not give it"
        found = asked.request.body[name]
        if found != expected or isinstance(found, bool) != isinstance(expected, bool):
            return f"{name} {expected!r}, but it is {quoted(str(found))}"
    return ""


def _predicate(match: "Match", asked: MatchInput) -> str:
    assert match.predicate is not None
    if match.predicate(asked.request):
        return ""
    name = getattr(match.predicate, "__name__", type(match.predicate).__name__)
    return (
        "the function given to when()" + ("" if name == "<lambda>" else f", {name},") + " is false"
    )


CONDITIONS: Final[Mapping[str, Callable[["Match", MatchInput], str]]] = {
    "says": _says,
    "system": _system,
    "anywhere": _anywhere,
    "turn": _turn,
    "tools": _tools,
    "after_tool": _after_tool,
    "tool_result": _tool_result,
    "stream": _stream,
    "headers": _headers,
    "api_key": _api_key,
    "parameters": _parameters,
    "predicate": _predicate,
}
"""Each condition of a match, and how the request differs from it."""
