"""4. Stream: tool calls, after their filler."""

import json
from typing import Any, Final

from msgspec.structs import replace

from mock_electron.contract.checks import all_of, equal, keys, reading, satisfies
from mock_electron.contract.clause import Source
from mock_electron.contract.probe import asks, system, user
from mock_electron.contract.response import Response
from mock_electron.contract.sections import stream
from mock_electron.contract.sections.probes import DIFFERENT_IDS, FILLER_PROMPT, WEATHER
from mock_electron.contract.sections.tool_calls import (
    ATTEMPTS,
    NAMES_MUMBAI,
    TWO_CITIES,
    with_tools,
)

SECTION: Final = replace(stream.SECTION, documented_in=Source.TOOL_CALLING)

FILLER: Final = asks(
    "a tool call with its filler, streamed",
    with_tools("", messages=[system(FILLER_PROMPT), user(WEATHER)], stream=True),
    attempts=ATTEMPTS,
    until=lambda response: response.call_parts and response.streamed_text,
)
CALL: Final = asks(
    "a tool call, streamed",
    with_tools(WEATHER, stream=True),
    attempts=ATTEMPTS,
    until=lambda response: response.call_parts,
)
PARALLEL: Final = asks(
    "two tool calls, streamed",
    with_tools(f"{TWO_CITIES} Look up both.", stream=True),
    attempts=ATTEMPTS,
    until=lambda response: {part.get("index") for part in response.call_parts} == {0, 1},
)


def _kinds(response: Response) -> list[str]:
    """Return what the deltas contain, words or calls, in order and without repetitions."""
    kinds: list[str] = []
    for delta in response.deltas("delta"):
        found = "calls" if delta.get("tool_calls") else "words" if delta.get("content") else ""
        if found and kinds[-1:] != [found]:
            kinds.append(found)
    return kinds


def _most_parts_in_a_chunk(response: Response) -> int:
    return max(len(parts) for parts in response.deltas("delta.tool_calls") if parts)


def _first_parts(response: Response) -> list[Any]:
    """Return the first part of each call."""
    seen: dict[Any, Any] = {}
    for part in response.call_parts:
        seen.setdefault(part.get("index"), part)
    return list(seen.values())


def _later_keys(response: Response) -> list[list[str]]:
    """Return the distinct lists of keys of the parts after the first of a call."""
    first_parts = [id(part) for part in _first_parts(response)]
    found: list[list[str]] = []
    for part in response.call_parts:
        names = [*part, *part["function"]]
        if id(part) not in first_parts and names not in found:
            found.append(names)
    return found


def _arguments(response: Response) -> Any:
    return json.loads(response.arguments_of(0))


FIRST_FUNCTION: Final = {"name": "get_weather", "arguments": ""}

# fmt: off
CLAUSES: Final = (
    SECTION.documented("filler.first", "The filler is sent before the tool calls.",
        FILLER, reading(_kinds, equal(["words", "calls"]))),
    SECTION.documented("filler.role",
        "Only one chunk of a stream with a filler and calls has a role.",
        FILLER, reading(lambda r: list(r.deltas("delta.role")), equal(["assistant"])),
        source=Source.STREAMING),
    SECTION.documented("call.begins",
        "The first part of a call has its index, id, type and name, and empty arguments.",
        CALL, all_of(
            reading(lambda r: _first_parts(r)[0], keys("index", "id", "type", "function")),
            reading(lambda r: _first_parts(r)[0]["function"], equal(FIRST_FUNCTION)))),
    SECTION.documented("call.continues",
        "Further parts of a call have only its index and more of its arguments.",
        CALL, reading(_later_keys, equal([["index", "function", "arguments"]]))),
    SECTION.documented("call.arguments", "The arguments, joined, are a JSON object as text.",
        CALL, reading(_arguments, NAMES_MUMBAI)),
    SECTION.documented("call.arguments.parts", "The arguments are sent in several parts.",
        CALL, reading(lambda response: len(response.call_parts),
                      satisfies("at least 3 parts of the call", lambda count: count >= 3))),
    SECTION.documented("call.finish",
        "A stream with calls ends with the finish reason `tool_calls`.",
        CALL, reading(lambda r: r.deltas("finish_reason")[-1], equal("tool_calls"))),
    SECTION.documented("call.one_a_chunk", "A chunk has a part of only one call.",
        PARALLEL, reading(_most_parts_in_a_chunk, equal(1))),
    SECTION.documented("call.indexes", "The indexes of the calls start at 0 and have no gaps.",
        PARALLEL, reading(lambda r: [part["index"] for part in _first_parts(r)], equal([0, 1]))),
    SECTION.inferred("call.ids", "Each call of a stream has a different id.",
        PARALLEL, reading(lambda r: [part["id"] for part in _first_parts(r)], DIFFERENT_IDS)),
)
# fmt: on
