"""4. Stream: tool calls, after their filler."""

from typing import Any

from mutants.breaking import breaks
from mutants.changes import events, in_event

DELTA = "choices.0.delta"


def parts(found: list[Any]) -> list[Any]:
    """Return all parts of calls, in order."""
    deltas = (event["choices"][0]["delta"] for event in found[:-1])
    return [part for delta in deltas for part in delta.get("tool_calls") or ()]


def words_last(found: list[Any]) -> list[Any]:
    """Move the second word of the filler after the calls."""
    return [*found[:2], *found[3:-2], found[2], *found[-2:]]


def role_again(found: list[Any]) -> None:
    chunk = next(event for event in found if "tool_calls" in event["choices"][0]["delta"])
    chunk["choices"][0]["delta"]["role"] = "assistant"


def without_type(found: list[Any]) -> None:
    del parts(found)[0]["type"]


def with_first_brace(found: list[Any]) -> None:
    parts(found)[0]["function"]["arguments"] = "{"


def id_again(found: list[Any]) -> None:
    first, *later = parts(found)
    for part in later:
        part["id"] = first["id"]


def with_extra_brace(found: list[Any]) -> None:
    parts(found)[-1]["function"]["arguments"] += "}"


def in_two_parts(found: list[Any]) -> list[Any]:
    """Join the arguments in one chunk."""
    carriers = [event for event in found[:-1] if "tool_calls" in event["choices"][0]["delta"]]
    _first, second, *rest = carriers
    whole = "".join(part["function"]["arguments"] for part in parts(found)[1:])
    second["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"] = whole
    return [event for event in found if event not in rest]


def two_in_one_chunk(found: list[Any]) -> list[Any]:
    """Join the first two parts in one chunk."""
    carriers = [event for event in found[:-1] if "tool_calls" in event["choices"][0]["delta"]]
    first, second = (event["choices"][0]["delta"]["tool_calls"] for event in carriers[:2])
    first.extend(second)
    return [event for event in found if event is not carriers[1]]


def with_doubled_indexes(found: list[Any]) -> None:
    for part in parts(found):
        part["index"] += part["index"]


def with_same_ids(found: list[Any]) -> None:
    for part in parts(found):
        if "id" in part:
            part["id"] = "chatcmpl-tool-0123456789abcdef"


MUTANTS = (
    breaks("stream.filler.first", "words after the calls", events(words_last)),
    breaks("stream.filler.role", "again with the calls", events(role_again)),
    breaks("stream.call.begins", "without its type", events(without_type)),
    breaks("stream.call.begins stream.call.arguments", "with arguments", events(with_first_brace)),
    breaks("stream.call.continues", "with its id again", events(id_again)),
    breaks("stream.call.arguments", "not JSON", events(with_extra_brace)),
    breaks("stream.call.arguments.parts", "in one", events(in_two_parts)),
    breaks("stream.call.finish", "stop", in_event(-2, "choices.0.finish_reason", "stop")),
    breaks("stream.call.one_a_chunk", "two", events(two_in_one_chunk)),
    breaks("stream.call.indexes", "a gap", events(with_doubled_indexes)),
    breaks("stream.call.ids", "both the same", events(with_same_ids)),
)
