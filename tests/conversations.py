"""Conversations with the pocket model, for tests: what the user says, and what the model does."""

import json
from typing import Any, Final

from pocket import calls, request, said, tool

ASKS: Final = "asks"
"""The model asks for a value."""
SPEAKS: Final = "speaks"
"""The model replies in words, and asks for no value."""
Outcome = str | list[tuple[str, dict[str, Any]]]


def talk(
    tools: list[dict[str, Any]],
    *utterances: str,
    system: str = "",
    results: dict[str, Any] | None = None,
) -> list[Outcome]:
    """Return what the model does about each utterance. A call gets a result, and then words.

    Args:
        tools: The tools.
        *utterances: What the user says.
        system: The system prompt.
        results: The results of tools, by name. Default: `{"ok": true}`.
    """
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    outcomes: list[Outcome] = []
    for text in utterances:
        messages.append({"role": "user", "content": text})
        asked = request(messages=messages, tools=tools)
        outcomes.append(_outcome(asked))
        draft = said(asked)
        made = [
            {
                "id": f"call_{len(messages)}_{number}",
                "type": "function",
                "function": {"name": one.name, "arguments": one.arguments},
            }
            for number, one in enumerate(draft.calls)
        ]
        if made:
            messages.append({"role": "assistant", "content": None, "tool_calls": made})
            for one, call in zip(made, draft.calls, strict=True):
                result = (results or {}).get(call.name, {"ok": True})
                messages.append(
                    {"role": "tool", "tool_call_id": one["id"], "content": json.dumps(result)}
                )
            draft = said(request(messages=messages, tools=tools))
            assert not draft.calls, f"{draft.calls} after {text!r}"
        messages.append({"role": "assistant", "content": draft.content})
    return outcomes


def _outcome(asked: Any) -> Outcome:
    made = calls(asked)
    if made:
        return made
    return ASKS if _is_question(said(asked).content or "") else SPEAKS


def _is_question(text: str) -> bool:
    return any(text.startswith(words) for words in ("Could you tell me the", "What is the", "Sure. May I have the"))  # fmt: skip


def string(**more: Any) -> dict[str, Any]:
    """Return the schema of a string."""
    return {"type": "string", **more}


WEATHER: Final = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather",
        "parameters": {
            "type": "object",
            "properties": {"city": string(), "date": string(format="date")},
            "required": ["city"],
        },
    },
}
VISIT: Final = tool(
    "book_visit",
    "Book a visit",
    date=string(format="date"),
    time=string(description="HH:MM"),
    people={"type": "integer"},
)
PARCEL: Final = tool("track_parcel", "Track a parcel", number=string())
FLIGHTS: Final = tool("search_flights", "Search flights", destination=string())
BOOKING: Final = tool("book_flight", "Book a flight", flight_id=string())
