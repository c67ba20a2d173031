"""Tests of model/frame/: what an utterance wants when its words alone are not enough."""

import json
from typing import Any

import pytest
from conversations import string
from pocket import called, calls, request, tool

Call = tuple[str, dict[str, Any]]
Made = tuple[str, str, dict[str, Any], Any, str]
"""What the user said, the name of a tool, its arguments, its result, and what the assistant said."""

RENT = tool("rent_bike", "Rents out a bike.", station=string(), hours={"type": "integer"})
RETURN = tool("return_bike", "Takes a bike back.", rental_id=string())
WHERE = tool("rental_state", "Tells how long a rental runs.", rental_id=string())
FIT = tool(
    "fitting_times",
    "Free times for a fitting.",
    day=string(format="date"),
)
BOOK_FIT = tool(
    "book_fitting",
    "Books a fitting.",
    day=string(format="date"),
    time=string(format="time"),
    alterations={"type": "boolean"},
)
RENTED: Made = (
    "a bike at the harbour for two hours",
    "rent_bike",
    {"station": "harbour", "hours": 2},
    {"rental_id": "RB-77"},
    "It is unlocked.",
)
FITTED: Made = (
    "book a fitting on friday at 3 pm",
    "book_fitting",
    {"day": "2025-02-21", "time": "15:00:00Z", "alterations": False},
    {"ok": False, "reason": "15:00 is taken"},
    "3 pm is taken, but 3:40 pm is free. Shall I take that one?",
)
ROWS: list[tuple[list[dict[str, Any]], Made, str, list[Call]]] = [
    ([RENT, RETURN, WHERE], RENTED, "i'm done you can take it back", [("return_bike", {"rental_id": "RB-77"})]),
    ([RENT, RETURN, WHERE], RENTED, "does it still run", [("rental_state", {"rental_id": "RB-77"})]),
    ([RENT, RETURN, WHERE], RENTED, "no don't take it back", []),
    ([RENT, RETURN, WHERE], RENTED, "who won the race yesterday", []),
    ([FIT, BOOK_FIT], FITTED, "yes please", [("book_fitting", {**FITTED[2], "time": "15:40:00Z"})]),
    ([FIT, BOOK_FIT], FITTED, "no thanks", []),
]  # fmt: skip


def after(made: Made, text: str, tools: list[dict[str, Any]]) -> list[Call]:
    """Return the calls for an utterance after a call."""
    said, name, arguments, result, reply = made
    messages = [
        {"role": "user", "content": said},
        *called(name, arguments, json.dumps(result)),
        {"role": "assistant", "content": reply},
        {"role": "user", "content": text},
    ]
    return calls(request(messages=messages, tools=tools))


@pytest.mark.parametrize(("tools", "made", "text", "expected"), ROWS)
def test_what_was_said_before_is_enough_for_a_few_words(
    tools: list[dict[str, Any]], made: Made, text: str, expected: list[Call]
) -> None:
    """Ids come from results, and an offer of the assistant amends the call before."""
    assert after(made, text, tools) == expected
