"""4. Stream: of tool calls, after their filler."""

import json
from typing import Any, Final

from mock_electron.contract.checks import all_of, equal, holds, keys, of
from mock_electron.contract.clause import DOCUMENTED, INFERRED, Clause, Source
from mock_electron.contract.probe import asks, system, user
from mock_electron.contract.response import Response
from mock_electron.contract.sections.probes import FILLER_PROMPT, WEATHER
from mock_electron.contract.sections.stream import SECTION
from mock_electron.contract.sections.tool_calls import ATTEMPTS, with_tools


def streams_a_call(response: Response) -> bool:
    return bool(response.call_parts)


def streams_filler_and_call(response: Response) -> bool:
    return bool(response.call_parts and response.streamed_text)


def streams_two_calls(response: Response) -> bool:
    return {part.get("index") for part in response.call_parts} == {0, 1}


FILLER: Final = asks(
    "a tool call with its filler, streamed",
    with_tools("", messages=[system(FILLER_PROMPT), user(WEATHER)], stream=True),
    attempts=ATTEMPTS,
    content=streams_filler_and_call,
)
CALL: Final = asks(
    "a tool call, streamed",
    with_tools(WEATHER, stream=True),
    attempts=ATTEMPTS,
    content=streams_a_call,
)
PARALLEL: Final = asks(
    "two tool calls, streamed",
    with_tools("What is the weather in Mumbai and in Delhi? Look up both.", stream=True),
    attempts=ATTEMPTS,
    content=streams_two_calls,
)


def _kinds(response: Response) -> list[str]:
    """What the deltas carry, in order: words, calls; a kind once where it is repeated."""
    kinds: list[str] = []
    for delta in response.deltas("delta"):
        found = "calls" if delta.get("tool_calls") else "words" if delta.get("content") else ""
        if found and kinds[-1:] != [found]:
            kinds.append(found)
    return kinds


def _calls_a_chunk(response: Response) -> int:
    """The most parts of calls in one chunk."""
    return max(len(parts) for parts in response.deltas("delta.tool_calls") if parts)


def _first_parts(response: Response) -> list[Any]:
    """The first part of each call."""
    seen: dict[Any, Any] = {}
    for part in response.call_parts:
        seen.setdefault(part.get("index"), part)
    return list(seen.values())


def _later_keys(response: Response) -> list[list[str]]:
    """The keys of the parts after the first one of a call, each list of keys once."""
    firsts = [id(part) for part in _first_parts(response)]
    found: list[list[str]] = []
    for part in response.call_parts:
        written = [*part, *part["function"]]
        if id(part) not in firsts and written not in found:
            found.append(written)
    return found


def _indexes(response: Response) -> list[Any]:
    """The indexes of the calls, in the order in which they begin."""
    return [part.get("index") for part in _first_parts(response)]


def _arguments(response: Response) -> Any:
    return json.loads(response.arguments_of(0))


CLAUSES: Final = (
    Clause(
        "stream.filler.first",
        SECTION,
        "The filler comes first, then the tool calls.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        FILLER,
        of(_kinds, equal(["words", "calls"])),
    ),
    Clause(
        "stream.filler.role",
        SECTION,
        "The role comes once where there are a filler and calls, too.",
        DOCUMENTED,
        Source.STREAMING,
        FILLER,
        of(lambda response: list(response.deltas("delta.role")), equal(["assistant"])),
    ),
    Clause(
        "stream.call.begins",
        SECTION,
        "A call begins with its index, id, type and name, and empty arguments.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        all_of(
            of(lambda response: _first_parts(response)[0], keys("index", "id", "type", "function")),
            of(
                lambda response: _first_parts(response)[0]["function"],
                equal({"name": "get_weather", "arguments": ""}),
            ),
        ),
    ),
    Clause(
        "stream.call.continues",
        SECTION,
        "Further parts of a call carry its index and more of its arguments: id and name come once.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        of(_later_keys, equal([["index", "function", "arguments"]])),
    ),
    Clause(
        "stream.call.arguments",
        SECTION,
        "The arguments joined are the text of a JSON object.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        of(_arguments, holds("a JSON object with a city", lambda value: "Mumbai" in value["city"])),
    ),
    Clause(
        "stream.call.arguments.parts",
        SECTION,
        "The arguments come in several parts.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        of(
            lambda response: len(response.call_parts),
            holds("at least 3 parts of the call", lambda count: count >= 3),
        ),
    ),
    Clause(
        "stream.call.finish",
        SECTION,
        "A stream with calls ends with the finish reason tool_calls.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        CALL,
        of(lambda response: response.deltas("finish_reason")[-1], equal("tool_calls")),
    ),
    Clause(
        "stream.call.one_a_chunk",
        SECTION,
        "A chunk carries a part of one call only.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        PARALLEL,
        of(_calls_a_chunk, equal(1)),
    ),
    Clause(
        "stream.call.indexes",
        SECTION,
        "The indexes of the calls go from 0 without a gap.",
        DOCUMENTED,
        Source.TOOL_CALLING,
        PARALLEL,
        of(_indexes, equal([0, 1])),
    ),
    Clause(
        "stream.call.ids",
        SECTION,
        "Each call of a stream has an id of its own.",
        INFERRED,
        Source.VLLM,
        PARALLEL,
        of(
            lambda response: len({part["id"] for part in _first_parts(response)}),
            holds("two different ids", lambda count: count == 2),
        ),
    ),
)
