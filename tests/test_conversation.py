"""Tests of model/frame/ and model/act/: what an utterance wants, after what was said before it."""

from typing import Any

import pytest
from conversations import ASKS, BOOKING, FLIGHTS, PARCEL, SPEAKS, VISIT, WEATHER, string, talk
from pocket import TODAY, called, calls, request, said, tool, turn
from rows import each_of

from mock_electron.model.act import heard, is_note
from mock_electron.model.frame.half_days import half_day
from mock_electron.model.language import LANGUAGES
from mock_electron.model.work import Work

CLAIM = tool(
    "report_claim",
    "Reports a claim.",
    day=string(format="date"),
    anyone_hurt={"type": "boolean"},
)
TALKS: list[tuple[list[dict[str, Any]], list[tuple[str, Any]]]] = [
    (
        [PARCEL],
        [
            ("Where is my parcel?", ASKS),
            ("It's 88015", [("track_parcel", {"number": "88015"})]),
            ("Thanks!", SPEAKS),
        ],
    ),
    (
        [WEATHER],
        [
            (
                "weather in pune tomorrow",
                [("get_weather", {"city": "pune", "date": "2025-02-20"})],
            ),
            ("and in nashik", [("get_weather", {"city": "nashik", "date": "2025-02-20"})]),
            ("who won the cricket yesterday", SPEAKS),
        ],
    ),
    (
        [VISIT],
        [
            ("I'd like to book a visit", ASKS),
            ("next friday", ASKS),
            ("at 5 pm", ASKS),
            ("for two", [("book_visit", {"date": "2025-02-21", "time": "17:00", "people": 2})]),
            (
                "no, make it 4",
                [("book_visit", {"date": "2025-02-21", "time": "17:00", "people": 4})],
            ),
            ("Perfect, thanks a lot.", SPEAKS),
        ],
    ),
    (
        [WEATHER],
        [
            ("What's the weather?", ASKS),
            ("hang on, what did you say?", SPEAKS),
            ("Pune", [("get_weather", {"city": "Pune"})]),
        ],
    ),
    (
        [CLAIM],
        [
            ("I want to report a claim for yesterday", ASKS),
            ("no", [("report_claim", {"day": "2025-02-18", "anyone_hurt": False})]),
        ],
    ),
]


@pytest.mark.parametrize(("tools", "rows"), TALKS)
def test_a_conversation_is_followed(
    tools: list[dict[str, Any]], rows: list[tuple[str, Any]]
) -> None:
    """What was said before stays, until it is amended, and nothing is called for small talk."""
    assert talk(tools, *[text for text, _ in rows]) == [outcome for _, outcome in rows]


def test_a_missing_value_is_asked_for_in_the_language_of_the_user() -> None:
    """The question names what is missing."""
    assert "the number" in (said(request("Track my parcel", tools=[PARCEL])).content or "")
    hindi = said(request("मौसम कैसा है?", tools=[WEATHER])).content or ""
    assert "city" in hindi
    assert hindi.endswith("?")


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "track_parcel"}}]
)
def test_a_call_that_must_be_made_is_made_with_an_invented_value(choice: Any) -> None:
    """`required` and a named tool leave no room for a question."""
    assert calls(request("Track my parcel", tools=[PARCEL], tool_choice=choice))


def test_what_the_prompt_says_about_the_caller_is_known() -> None:
    """A value that the system prompt tells about the caller is not asked for; no other sentence counts."""
    laundry = tool("collect_laundry", "Collects laundry.", room={"type": "integer"})
    prompt = "You are the front desk. Breakfast is in room 3. The caller is in room 512."
    said_to = {"role": "user", "content": "Please collect my laundry"}
    told = request(messages=[{"role": "system", "content": prompt}, said_to], tools=[laundry])
    assert calls(told) == [("collect_laundry", {"room": 512})]
    other = {"role": "system", "content": "You are the front desk. Breakfast is in room 3."}
    assert calls(request(messages=[other, said_to], tools=[laundry])) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_asks(code: str) -> None:
    """A question in each language has a place for what is missing, and a question mark."""
    language = LANGUAGES[code]
    assert all("{things}" in text and text[-1] in "?？؟" for text in language.phrases["ask"])
    assert language.conjunction


def test_a_note_after_a_result_does_not_begin_a_turn() -> None:
    """An agent framework says how to answer; the result is still to be told."""
    asked = {"role": "user", "content": "What's the weather in Pune?"}
    messages = [asked, *called("get_weather", {"city": "Pune"}, '{"celsius": 27}')]
    for note in (
        "Keep it under 20 words.",
        "Use the tool's output to answer.",
        "Note: the caller is in a hurry",
        "Answer in one short sentence.",
        "Look at the result above and respond to the user",
    ):
        draft = said(
            request(messages=[*messages, {"role": "user", "content": note}], tools=[WEATHER])
        )
        assert (draft.calls, "27" in (draft.content or "")) == ((), True), note


@each_of(
    [
        ("What's the weather in Delhi?", False),
        ("and in Delhi, in short", False),
        ("Tell me about the Taj Mahal", False),
        ("Keep it short", True),
        ("Respond in at most 20 words", True),
    ]
)
def test_a_note_only_says_how_to_answer(text: str, expected: bool) -> None:
    """A request is none, whatever words it has."""
    assert is_note(text) is expected


def test_two_messages_in_a_row_are_one_utterance() -> None:
    """Speech recognition may cut an utterance in two."""
    messages = [
        {"role": "user", "content": "what is the weather"},
        {"role": "user", "content": "in pune tomorrow"},
    ]
    assert calls(request(messages=messages, tools=[WEATHER])) == [
        ("get_weather", {"city": "pune", "date": "2025-02-20"})
    ]


def test_what_another_model_has_left_out_is_not_called_after_it() -> None:
    """It has called the second tool first, so it has understood the user otherwise."""
    asked = {"role": "user", "content": "What's the weather in Pune, and track the parcel 88015"}
    weather = called("get_weather", {"city": "Pune"}, '{"celsius": 27}')
    parcel = called("track_parcel", {"number": "88015"}, '{"at": "the depot"}')
    tools = [WEATHER, PARCEL]
    both = [("get_weather", {"city": "Pune"}), ("track_parcel", {"number": "88015"})]
    for made, due in (([], both), (weather, both[1:]), (parcel, [])):
        assert calls(request(messages=[asked, *made], tools=tools)) == due


def test_an_option_is_chosen_by_its_place_or_by_what_it_is() -> None:
    """Its values are those of the result."""
    results = {
        "search_flights": [
            {"flight_id": "AI-1", "at": "09:00"},
            {"flight_id": "UK-7", "at": "14:00"},
        ]
    }
    for words in ("the second one please", "the last one", "14:00", "the afternoon one"):
        assert talk([FLIGHTS, BOOKING], "search flights to Delhi", words, results=results) == [
            [("search_flights", {"destination": "Delhi"})],
            [("book_flight", {"flight_id": "UK-7"})],
        ], words


def test_a_question_of_the_assistant_is_answered() -> None:
    """Whoever has asked it: the parameter that it names gets the answer."""
    messages = [
        {"role": "user", "content": "Hello, I am waiting for something"},
        {"role": "assistant", "content": "Of course. What is the number of the parcel?"},
        {"role": "user", "content": "88015"},
    ]
    assert calls(request(messages=messages, tools=[PARCEL])) == [
        ("track_parcel", {"number": "88015"})
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Today is Monday, 24 April 2023.",
        "The current date is 2023-04-24.",
        "You are an agent.\nToday's date: April 24, 2023",
    ],
)
def test_a_prompt_sets_the_day(text: str) -> None:
    """Relative days count from it."""
    asked = request("weather in pune tomorrow", system=text, tools=[WEATHER])
    assert calls(asked) == [("get_weather", {"city": "pune", "date": "2023-04-25"})]


def test_without_a_day_in_the_prompt_the_day_is_that_of_the_lane() -> None:
    """A date without a year, or of something else, sets nothing."""
    for text in ("Today is a fine day", "The date of the wedding is 3 May 2026", ""):
        assert turn("Hi", system=text).day == TODAY, text


@each_of(
    [
        ("yes please", (("confirm",), "")),
        ("no, make it four", (("deny", "amend"), "four")),
        ("thanks, that's all, bye", (("thanks", "finish", "farewell"), "")),
        ("and in nashik", (("follow", "inform"), "nashik")),
        ("nothing", ((), "nothing")),
        ("haan ji", (("confirm",), "")),
        ("no thanks", (("refuse",), "")),
    ]
)
def test_the_acts_of_an_utterance(text: str, expected: tuple[tuple[str, ...], str]) -> None:
    """They are told by how it begins, the longest words first."""
    utterance = heard(text, LANGUAGES["en"], Work())
    assert (utterance.acts, utterance.rest) == expected


# --- the examples of the issue, and what they stand for

SLOT = tool(
    "book_visit",
    "",
    date=string(format="date"),
    time=string(format="time"),
    people={"type": "integer"},
)
NUMBERS = tool("f", "", values={"type": "array", "items": {"type": "integer"}})
END = tool("end_call", "Ends the phone call")
PAY = tool("pay", "", payee=string(), amount={"type": "number"})
BALANCE = tool("balance", "", account=string())
CHARGE = tool(
    "charge",
    "",
    customer=string(),
    amount={"type": "integer", "description": "Amount in cents"},
)
SEARCH = tool("search", "", colour=string(), size=string())
CALCULATOR = tool("calculator", "", expression=string())
DRIVE = tool(
    "bookTestDrive",
    "Books a test drive.",
    model=string(enum=["Leaf", "Ariya", "Juke"]),
    day=string(format="date"),
    time=string(format="time"),
)
SLOTS = tool("list_free_slots", "Free times", doctor=string(), date=string(format="date"))
APPOINTMENT = tool(
    "book_appointment",
    "Books an appointment.",
    doctor=string(),
    date=string(format="date"),
    time=string(format="time"),
    patient_name=string(),
)
MONDAY = {"date": "2025-02-24", "time": "10:15:00"}
HERE: list[tuple[list[dict[str, Any]], list[tuple[str, Any]]]] = [
    (
        [SLOT],
        [
            (
                "a slot on monday at quarter past ten for two of us",
                [("book_visit", {**MONDAY, "people": 2})],
            ),
            ("make it three no four", [("book_visit", {**MONDAY, "people": 4})]),
        ],
    ),
    (
        [PARCEL],
        [
            ("where is my parcel", ASKS),
            ("it's eight eight oh one five", [("track_parcel", {"number": "88015"})]),
        ],
    ),
    (
        [PAY, BALANCE],
        [
            ("pay meera 1200 rupees", [("pay", {"payee": "meera", "amount": 1200})]),
            ("how much is left on my card", ASKS),
        ],
    ),
    (
        [CHARGE],
        [
            (
                "charge 35 euros to customer cus_91",
                [("charge", {"customer": "cus_91", "amount": 3500})],
            )
        ],
    ),
    (
        [SEARCH],
        [
            (
                "Find a shirt of colour Blue and size Large",
                [("search", {"colour": "Blue", "size": "Large"})],
            )
        ],
    ),
    ([NUMBERS], [("the widths 4, 10 and 12", [("f", {"values": [4, 10, 12]})])]),
    ([CALCULATOR], [("What is 37 * 19?", [("calculator", {"expression": "37 * 19"})])]),
    ([WEATHER, END], [("thanks, that's all, bye", [("end_call", {})])]),
    (
        [WEATHER],
        [
            ("weather in pune", [("get_weather", {"city": "pune"})]),
            ("is there a good bakery around you", SPEAKS),
            ("okay thanks for your help bye", SPEAKS),
        ],
    ),
    (
        [DRIVE],
        [
            ("i'd like to try the juke on saturday", ASKS),
            (
                "um around two in the afternoon",
                [("bookTestDrive", {"model": "Juke", "day": "2025-02-22", "time": "14:00:00"})],
            ),
            (
                "actually make that 4:30",
                [("bookTestDrive", {"model": "Juke", "day": "2025-02-22", "time": "16:30:00"})],
            ),
        ],
    ),
]


@pytest.mark.parametrize(("tools", "rows"), HERE)
def test_what_people_say_on_the_telephone_is_followed(
    tools: list[dict[str, Any]], rows: list[tuple[str, Any]]
) -> None:
    """A tool fits by its values too; a goodbye ends the call; a correction keeps the rest."""
    assert talk(tools, *[text for text, _ in rows]) == [outcome for _, outcome in rows]


def test_an_option_of_a_list_of_times_is_taken_and_the_rest_is_asked_for() -> None:
    """ "The second one" is a time, and the doctor and the day stay."""
    results = {"list_free_slots": {"slots": ["09:20", "11:40", "16:10"]}}
    rows = talk(
        [SLOTS, APPOINTMENT],
        "what free times does doctor Mehra have on friday",
        "the second one please",
        "Joanna Pike",
        results=results,
    )
    assert rows[1] == ASKS
    booked = {
        "doctor": "Mehra",
        "date": "2025-02-21",
        "time": "11:40:00",
        "patient_name": "Joanna Pike",
    }
    assert rows[2] == [("book_appointment", booked)]


def test_a_yes_with_more_takes_what_was_proposed() -> None:
    """The assistant has asked whether to book; the values of the calls before are known."""
    service = string(enum=["brakes", "tyres"])
    estimate = tool("estimate", "Price estimate.", service=service)
    book = tool(
        "book_service", "Books a workshop visit.", service=service, date=string(format="date")
    )
    messages = [
        {"role": "user", "content": "what would new brakes cost me"},
        *called("estimate", {"service": "brakes"}, '{"euros": 220}'),
        {"role": "assistant", "content": "About 220. Shall I book it for you?"},
        {"role": "user", "content": "yeah go on then next monday"},
    ]
    assert calls(request(messages=messages, tools=[estimate, book])) == [
        ("book_service", {"service": "brakes", "date": "2025-02-24"})
    ]


PEOPLE = "1 validation error for book_visit\npeople\n  Input should be greater than 3 [type=greater_than, input_value=2]"
JSON_ERRORS = '1 validation error:\n[{"loc":["people"],"msg":"Input should be less than or equal to 1","input":2}]\n\nFix the errors and try again.'
BOOKED = {**MONDAY, "people": 2}
RETRIES: list[tuple[dict[str, Any], dict[str, Any], str, dict[str, Any] | None]] = [
    (WEATHER, {"city": "Mumbay"}, "perhaps you mean Mumbai? call again", {"city": "Mumbai"}),
    (
        WEATHER,
        {"city": "Mumbay"},
        '{"error": "unknown city, did you mean \'Mumbai\'?"}',
        {"city": "Mumbai"},
    ),
    (WEATHER, {"city": "Mumbai"}, "Did you mean Mumbai?", None),
    (SLOT, BOOKED, PEOPLE, {**BOOKED, "people": 4}),
    (SLOT, BOOKED, JSON_ERRORS, {**BOOKED, "people": 1}),
    (SLOT, BOOKED, "1 validation error for something else", None),
    (SLOT, BOOKED, "Something went wrong. Try again later.", None),
]


@pytest.mark.parametrize(("offered", "given", "result", "expected"), RETRIES)
def test_where_a_result_asks_for_another_call_it_is_made_once(
    offered: dict[str, Any], given: dict[str, Any], result: str, expected: dict[str, Any] | None
) -> None:
    """The value that is suggested or wrong changes, all others stay, and a second one is told."""
    name = offered["function"]["name"]
    messages = [{"role": "user", "content": "go on"}, *called(name, given, result)]
    made = calls(request(messages=messages, tools=[offered]))
    assert made == ([] if expected is None else [(name, expected)])
    if expected is not None:
        messages += called(name, expected, result)
        assert calls(request(messages=messages, tools=[offered])) == []


@each_of(
    [
        (("20:00:00", "08:30:00", "8:30", "sorry, 8:30 is better"), "20:30:00"),
        (("05:00:00", "17:30:00", "5:30 pm", "make that half past five"), "05:30:00"),
        (("05:00:00", "17:30:00", "5:30 pm", "make that 5:30 pm"), "17:30:00"),
        (("20:00", "09:00", "9:00", "nine in the morning"), "09:00"),
        ((None, "09:00", "9:00", "at nine"), "09:00"),
    ]
)
def test_a_time_that_replaces_another_is_in_the_nearer_half_of_the_day(
    times: tuple[Any, str, str, str], expected: str
) -> None:
    """Unless the half of the day was said."""
    assert half_day(*times) == expected


def test_the_cheaper_option_is_chosen() -> None:
    """Options are compared by what the word compares."""
    results = {
        "search_flights": [
            {"flight_id": "AI-1", "at": "09:00", "price": 90},
            {"flight_id": "UK-7", "at": "14:00", "price": 70},
        ]
    }
    for words, flight in (("the cheaper one", "UK-7"), ("the earliest please", "AI-1")):
        rows = talk([FLIGHTS, BOOKING], "search flights to Delhi", words, results=results)
        assert rows[1] == [("book_flight", {"flight_id": flight})], words


def test_an_id_that_is_known_stays_if_a_number_of_another_shape_is_said() -> None:
    """ "480, no, cancel the whole thing": 480 is no reference such as QT994."""
    show = tool("get_reservation", "Shows a reservation.", confirmation=string())
    cancel = tool("cancel_reservation", "Cancels a reservation.", confirmation=string())
    messages = [
        {"role": "user", "content": "show reservation QT994"},
        *called("get_reservation", {"confirmation": "QT994"}, '{"euros": 480}'),
        {"role": "assistant", "content": "It is 480 euros."},
        {"role": "user", "content": "480 is too much, just cancel the whole reservation"},
    ]
    assert calls(request(messages=messages, tools=[show, cancel])) == [
        ("cancel_reservation", {"confirmation": "QT994"})
    ]


def test_calls_of_another_model_are_continued() -> None:
    """Its time is written as the schema wants it, and no other value is lost."""
    given = {"date": "2025-02-24", "time": "10:15 am", "people": 2}
    messages = [
        {"role": "user", "content": "a slot on monday at quarter past ten for two of us"},
        *called("book_visit", given, '{"ok": true}'),
        {"role": "assistant", "content": "Done."},
        {"role": "user", "content": "no make it four"},
    ]
    assert calls(request(messages=messages, tools=[SLOT])) == [
        ("book_visit", {**MONDAY, "people": 4})
    ]


def test_a_name_that_the_assistant_asks_for_begins_the_booking() -> None:
    """The stay is that of the call before; the name alone would fit no tool."""
    stay = {"arrival": string(format="date"), "nights": {"type": "integer"}}
    rooms = tool("check_rooms", "Free rooms for a stay.", **stay)
    book = tool("book_room", "Books a room.", **stay, guest_name=string())
    given = {"arrival": "2025-03-14", "nights": 3}
    messages = [
        {"role": "user", "content": "any rooms from 14 March for 3 nights"},
        *called("check_rooms", given, '{"free": true}'),
        {"role": "assistant", "content": "Yes. May I have your name for the booking?"},
        {"role": "user", "content": "marta lindqvist"},
    ]
    assert calls(request(messages=messages, tools=[rooms, book])) == [
        ("book_room", {**given, "guest_name": "marta lindqvist"})
    ]
