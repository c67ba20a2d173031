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
COACHES = tool(
    "coach_times",
    "Times of coaches.",
    origin=string(),
    destination=string(),
    day=string(format="date"),
)
SEAT = tool("book_seat", "Books a seat on a coach.", coach_id=string(), seats={"type": "integer"})
COACHED: Made = (
    "coaches from leeds to hull on friday",
    "coach_times",
    {"origin": "leeds", "destination": "hull", "day": "2025-02-21"},
    [{"coach_id": "C1", "leaves": "08:30"}, {"coach_id": "C2", "leaves": "16:45"}],
    "One at half past eight and one at quarter to five.",
)
DIARY = tool("list_entries", "Lists the diary.", False, day=string(format="date"))
WRITE = tool("add_entry", "Adds to the diary.", text=string(), day=string(format="date"))
DROP = tool("delete_entry", "Deletes from the diary.", entry_id=string())
WRITTEN: Made = (
    "add paint the fence to my diary on sunday",
    "add_entry",
    {"text": "paint the fence", "day": "2025-02-23"},
    {"entry_id": "n4"},
    "It is in your diary.",
)
LISTED: Made = (
    "what is in my diary on sunday",
    "list_entries",
    {"day": "2025-02-23"},
    [{"entry_id": "n4", "text": "paint the fence"}, {"entry_id": "n5", "text": "call nana"}],
    "Paint the fence, and call nana.",
)
RATE = tool(
    "save_mark",
    "Stores a mark.",
    item=string(enum=["item1", "item2"]),
    mark={"type": "integer"},
)
RATED: Made = (
    "a nine",
    "save_mark",
    {"item": "item1", "mark": 9},
    {"ok": True},
    "Thanks. Item two: how was the food, from one to ten?",
)
FLOWERS = tool(
    "send_flowers",
    "Sends flowers.",
    kind=string(enum=["roses", "lilies"]),
    day=string(format="date"),
)
FLOWERS["function"]["parameters"]["properties"]["gift_wrap"] = {"type": "boolean"}
SENT: Made = (
    "send roses on friday",
    "send_flowers",
    {"kind": "roses", "day": "2025-02-21"},
    {"ok": True},
    "They are on their way. Would you like a gift wrap?",
)
BOOKS = tool("find_books", "Books of a writer.", writer=string())
KEEP = tool("keep_book", "Keeps a book for a reader.", title=string(), branch=string())
FOUND: Made = (
    "what do you have by iris murdoch",
    "find_books",
    {"writer": "iris murdoch"},
    ["The Bell", "The Sea, the Sea"],
    "The Bell, and The Sea, the Sea.",
)
FARE = tool("fare", "Price of a ticket.", zone=string(enum=["north", "south"]))
TICKET = tool(
    "buy_ticket",
    "Buys a ticket.",
    zone=string(enum=["north", "south"]),
    day=string(format="date"),
)
PRICED: Made = ("what is the fare for the north", "fare", {"zone": "north"}, 4, "Four euros.")
REFUSED: Made = (
    "book a fitting on friday at 3 pm",
    "book_fitting",
    {"day": "2025-02-21", "time": "15:00", "alterations": False},
    {"status": "unavailable", "next_free": "16:20"},
    "They are busy then, but there is a later one. Shall I take that?",
)
ROWS: list[tuple[list[dict[str, Any]], Made, str, list[Call]]] = [
    ([RENT, RETURN, WHERE], RENTED, "i'm done you can take it back", [("return_bike", {"rental_id": "RB-77"})]),
    ([RENT, RETURN, WHERE], RENTED, "does it still run", [("rental_state", {"rental_id": "RB-77"})]),
    ([RENT, RETURN, WHERE], RENTED, "no don't take it back", []),
    ([RENT, RETURN, WHERE], RENTED, "who won the race yesterday", []),
    ([FIT, BOOK_FIT], FITTED, "yes please", [("book_fitting", {**FITTED[2], "time": "15:40:00"})]),
    ([FIT, BOOK_FIT], FITTED, "no thanks", []),
    ([COACHES, SEAT], COACHED, "the half eight one for two of us", [("book_seat", {"coach_id": "C1", "seats": 2})]),
    ([COACHES, SEAT], COACHED, "and coming back on sunday", [("coach_times", {"origin": "hull", "destination": "leeds", "day": "2025-02-23"})]),
    ([COACHES, SEAT], COACHED, "lovely cheers pal", []),
    ([COACHES, SEAT], COACHED, "oh well typical", []),
    ([DIARY, WRITE, DROP], WRITTEN, "what else have i got that day", [("list_entries", {"day": "2025-02-23"})]),
    ([DIARY, WRITE, DROP], LISTED, "get rid of the call nana one", [("delete_entry", {"entry_id": "n5"})]),
    ([RATE], RATED, "six i'd say", [("save_mark", {"item": "item2", "mark": 6})]),
    ([FLOWERS], SENT, "yes please", [("send_flowers", {**SENT[2], "gift_wrap": True})]),
    ([BOOKS, KEEP], FOUND, "keep the first one for me at ashgrove", [("keep_book", {"title": "The Bell", "branch": "ashgrove"})]),
    ([FARE, TICKET], PRICED, "and the south", [("fare", {"zone": "south"})]),
    ([FIT, BOOK_FIT], REFUSED, "go on then", [("book_fitting", {**REFUSED[2], "time": "16:20"})]),
    ([RENT, RETURN, WHERE], RENTED, "no worries see ya", []),
    ([COACHES, SEAT], COACHED, "how about to grimsby the day after", [("coach_times", {"origin": "leeds", "destination": "grimsby", "day": "2025-02-22"})]),
    ([DIARY, WRITE, DROP], WRITTEN, "never mind, delete it, it was done", [("delete_entry", {"entry_id": "n4"})]),
    ([RENT, RETURN, WHERE], RENTED, "i hate mondays", []),
    ([FLOWERS], SENT, "i'd rather not", []),
    ([FLOWERS], SENT, "no", []),
]  # fmt: skip


OPINION = tool(
    "save_opinion",
    "Stores an opinion.",
    score={"type": "integer"},
    may_call={"type": "boolean", "description": "Whether we may call the guest"},
)


@pytest.mark.parametrize(
    ("answer", "may_call"),
    [("i'd rather not", False), ("no thanks", False), ("yes of course", True), ("go ahead", True)],
)
def test_yes_and_no_fill_the_boolean_that_was_asked_for(answer: str, may_call: bool) -> None:
    """However politely they are said."""
    messages = [
        {"role": "user", "content": "i'd give it a nine"},
        {"role": "assistant", "content": "Thanks, nine. And may we call you about it?"},
        {"role": "user", "content": answer},
    ]
    assert calls(request(messages=messages, tools=[OPINION])) == [
        ("save_opinion", {"score": 9, "may_call": may_call})
    ]


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
