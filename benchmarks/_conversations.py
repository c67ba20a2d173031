"""Conversations with what is right at each turn, for `understanding.py` and `weights.py`.

The files in `conversations/` have one conversation a line: its tools, and its turns. A turn has
what the user says, and what is expected:

    {"calls": [{"name": …, "arguments": {name: [accepted values]}, "optional": [names]}]}
    {"asks": [names]}    a value is missing, and the model asks
    {"words": true}      no call is wanted
    {"any": […]}         one of several

The history of a turn is what should have happened before it, whatever the model has replied.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parent / "conversations"
Message = dict[str, Any]
Call = tuple[str, dict[str, Any]]


class Spoken(NamedTuple):
    """A turn of a conversation.

    Attributes:
        source: The file that it is in, without its ending.
        conversation: The id of the conversation.
        style: "phone", "typed", "hindi", "hinglish", "tamil", or "after" a call.
        is_first: Whether it is the first turn.
        messages: The request.
        tools: The tools.
        expected: What is right.
    """

    source: str
    conversation: str
    style: str
    is_first: bool
    messages: list[Message]
    tools: list[dict[str, Any]]
    expected: dict[str, Any]

    @property
    def kind(self) -> str:
        """What is expected: "calls", "asks" or "words"."""
        return next(iter(first_of(self.expected)))


def first_of(expected: dict[str, Any]) -> dict[str, Any]:
    """Return the first of what is right."""
    [*others] = expected.get("any", [expected])
    first: dict[str, Any] = others[0]
    return first


def turns() -> Iterator[Spoken]:
    """Yield the turns of all conversations."""
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from _turns(path.stem, json.loads(line))


def _turns(source: str, one: dict[str, Any]) -> Iterator[Spoken]:
    def spoken(messages: list[Message], text: str, expected: dict[str, Any]) -> Spoken:
        said = [*messages, {"role": "user", "content": text}]
        is_first = all(message["role"] == "system" for message in messages)
        return Spoken(source, one["id"], one["style"], is_first, said, one["tools"], expected)

    messages: list[Message] = list(one.get("history", ()))
    if one.get("system"):
        messages.append({"role": "system", "content": one["system"]})
    for turn in one.get("each", ()):
        yield spoken(messages, turn["user"], turn["expect"])
    for number, turn in enumerate(one.get("turns", ())):
        yield spoken(messages, turn["user"], turn["expect"])
        messages = [*messages, {"role": "user", "content": turn["user"]}, *_after(turn, number)]


def _after(turn: dict[str, Any], number: int) -> Iterator[Message]:
    """Yield what should happen after a turn."""
    expected = first_of(turn["expect"])
    if "calls" not in expected:
        names = " and ".join(expected.get("asks", ())).replace("_", " ")
        reply = f"Could you tell me the {names}?" if names else "I see."
        yield {"role": "assistant", "content": turn.get("reply") or reply}
        return
    made = [
        (f"call_{number}_{place}", call["name"], _right(call))
        for place, call in enumerate(expected["calls"])
    ]
    yield {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": call_id,
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(given, ensure_ascii=False)},
            }
            for call_id, name, given in made
        ],
    }
    results = turn.get("result") or {}
    for call_id, name, _ in made:
        result = results.get(name, {"ok": True}) if isinstance(results, dict) else results
        content = json.dumps(result, ensure_ascii=False)
        yield {"role": "tool", "tool_call_id": call_id, "content": content}
    yield {"role": "assistant", "content": turn.get("reply") or "Done."}


def _right(call: dict[str, Any]) -> dict[str, Any]:
    optional = call.get("optional", ())
    return {name: kept[0] for name, kept in call["arguments"].items() if name not in optional}


def is_right(calls: list[Call], expected: dict[str, Any]) -> bool:
    """Return whether calls are what is expected; none, if a question or words are."""
    if "any" in expected:
        return any(is_right(calls, one) for one in expected["any"])
    left = list(expected.get("calls", ()))
    for name, given in calls:
        found = next((one for one in left if _is_call(name, given, one)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _is_call(name: str, given: dict[str, Any], expected: dict[str, Any]) -> bool:
    accepted, optional = expected["arguments"], expected.get("optional", ())
    return (
        name == expected["name"]
        and all(one in accepted or one in optional for one in given)
        and all(
            any(_equal(given[one], value) for value in values) if one in given else one in optional
            for one, values in accepted.items()
        )
    )


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().lower() == other.strip().lower()
    return bool(one == other)
