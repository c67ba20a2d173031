"""Tests of model/frame/ and model/act/: what an utterance wants, after what was said before it."""

from typing import Any

import pytest
from conversations import ASKS, BOOKING, FLIGHTS, PARCEL, SPEAKS, VISIT, WEATHER, talk
from pocket import TODAY, called, calls, request, said, turn
from rows import each_of

from mock_electron.model.act import heard, is_note
from mock_electron.model.language import LANGUAGES
from mock_electron.model.work import Work

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


def test_an_option_is_chosen_by_its_place_or_by_what_it_is() -> None:
    """Its values are those of the result."""
    results = {
        "search_flights": [
            {"flight_id": "AI-1", "at": "09:00"},
            {"flight_id": "UK-7", "at": "14:00"},
        ]
    }
    for words in ("the second one please", "the last one", "14:00"):
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
        ("no thanks", (("deny",), "")),
    ]
)
def test_the_acts_of_an_utterance(text: str, expected: tuple[tuple[str, ...], str]) -> None:
    """They are told by how it begins, the longest words first."""
    utterance = heard(text, LANGUAGES["en"], Work())
    assert (utterance.acts, utterance.rest) == expected
