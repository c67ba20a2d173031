"""Tests of model/explain.py and `electron.explain`: why the pocket model replied as it did."""

from typing import Any

import pytest
from catalogues import tools
from conversations import PARCEL, WEATHER
from pocket import TODAY, called, request
from raw_http import user

from mock_electron import Electron
from mock_electron.engine.lane import Lane
from mock_electron.model.explain import explain
from mock_electron.model.work import Work

TOOLS = [WEATHER, PARCEL]
LUGGAGE = "report_missing_bag(flight): Report a bag that did not arrive\nopening_hours(): The hours"
NAMED = {"type": "function", "function": {"name": "track_parcel"}}
REASONS: list[tuple[dict[str, Any], str]] = [
    ({"text": "weather in pune"}, "call get_weather"),
    ({"text": "where is my parcel"}, "ask for number, which track_parcel requires"),
    ({"text": "hello"}, "words, as no tool has anything in common with the message"),
    (
        {"text": "parcels, please", "tool_choice": "required"},
        "call track_parcel, as a call is required",
    ),
    ({"text": "Hi", "tool_choice": NAMED}, "call track_parcel, as the request names it"),
    ({"text": "weather in pune", "tool_choice": "none"}, "words, as tool_choice is none"),
    (
        {"text": "weather in pune, without calling a tool"},
        "words, as the message wants no tool",
    ),
]


@pytest.mark.parametrize(("fields", "reason"), REASONS)
def test_the_last_line_tells_what_was_decided_and_why(fields: dict[str, Any], reason: str) -> None:
    """Also why no tool was called."""
    found = explain(request(**fields, tools=TOOLS), TODAY, "ask")
    assert found.lines[4] == f"so: {reason}"


def test_without_tools_there_is_nothing_to_explain() -> None:
    """Words are the only reply that is possible."""
    found = explain(request("weather in pune"), TODAY, "ask")
    assert found.reason == "words, as no tools are offered"


def test_the_lines_of_a_call() -> None:
    """Every argument has the words that it came from."""
    asked = request("weather in pune tomorrow", tools=TOOLS)
    assert str(explain(asked, TODAY, "ask")).split("\n") == [
        "heard: “weather in pune tomorrow”",
        "tools: get_weather 29 (needed: 9)",
        'arguments: get_weather: city="pune" (“pune”), date="2025-02-20" (“tomorrow”)',
        "missing: nothing",
        "so: call get_weather",
    ]


def test_a_tool_found_by_related_words_tells_them() -> None:
    """None of its own words were said."""
    found = explain(
        request("my suitcase never came off the belt", tools=tools(LUGGAGE)), TODAY, "ask"
    )
    assert found.reason.startswith(
        "ask for flight, which report_missing_bag requires (related to “"
    )
    assert "“never came”" in found.reason


def test_values_of_earlier_messages_and_invented_values_are_marked() -> None:
    """Whoever reads a test that fails sees at once which value nobody has said."""
    messages = [
        *user("weather in pune tomorrow"),
        *called("get_weather", {"city": "pune", "date": "2025-02-20"}, "{}"),
        {"role": "assistant", "content": "It is warm."},
        *user("and in nashik"),
    ]
    found = explain(request(messages=messages, tools=TOOLS), TODAY, "ask")
    assert [(one.name, one.origin) for one in found.arguments] == [
        ("city", "said"),
        ("date", "before"),
    ]
    invented = explain(request("track my parcel", tools=TOOLS), TODAY, "invent")
    assert (invented.invented, invented.missing) == (("track_parcel.number",), ())


def test_a_test_asks_for_the_explanation_of_a_reply() -> None:
    """The last one that the pocket model answered, or the one with a number."""
    lane = Lane()
    electron = Electron(lane, "")
    with pytest.raises(ValueError, match="answered no request"):
        electron.explain()
    electron.when(says="hello").reply("scripted")
    from lanes import ask

    ask(lane, "nothing")
    ask(lane, "hello")
    assert electron.explain().text == electron.explain(0).text == "nothing"
    with pytest.raises(ValueError, match="the pocket model did not answer exchange #1"):
        electron.explain(1)
    with pytest.raises(ValueError, match="the numbers are 0 to 1"):
        electron.explain(7)
    with pytest.raises(TypeError, match=r"write explain\(0\)"):
        electron.explain(electron.exchanges[0])  # type: ignore[arg-type]  # wrong on purpose


def test_a_request_that_has_spent_its_budget_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reply is the plainest one."""
    monkeypatch.setattr("mock_electron.model.explain.Work", lambda: Work(10))
    found = explain(request("weather in pune", tools=TOOLS), TODAY, "ask")
    assert "budget" in found.reason
