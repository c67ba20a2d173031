"""Speech bars in the timeline of the inspector: what the user of a voice agent heard."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from control_client import ControlClient, ask, controlled
from inspector_page import WIDE, Person, browser_page, needs_browser, playwright

from mock_electron.audit import audit
from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.control.audit_page import audit_page
from mock_electron.serve.server import Server
from mock_electron.traffic.exchanges import exchanges_of
from mock_electron.traffic.reading import parse_journal

HOSTILE: Final = '</script><img src=x onerror="window.hacked=1">'
FILLER: Final = "One moment, let me check."
PACE: Final = {"first": 0.25, "each": 0.005, "overhead": 0.25}
TOOL: Final = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}
WAITS: Final = (0.3, 3)
"""How long the tool runs in each turn, in seconds."""
PARTS: Final = """
(line) => [...line.querySelectorAll(".track i")].map((node) => {
  const [box, track] = [node, node.parentElement].map((one) => one.getBoundingClientRect());
  return [node.className, (box.left - track.left) / track.width, (box.right - track.left) / track.width];
})
"""
"""The bars of a turn, with their places from 0 to 1."""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Server, ControlClient]]:
    with controlled() as (running, control):
        yield running, control


@pytest.fixture(scope="module")
def control(server: tuple[Server, ControlClient]) -> ControlClient:
    return server[1]


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """One page of one browser for all tests."""
    with browser_page() as opened:
        yield opened


@pytest.fixture
def person(page: Any, control: ControlClient) -> Iterator[Person]:
    """A person at the page. At the end, nothing has violated the Content-Security-Policy."""
    came = Person(page, control.url)
    yield came
    came.leave()


@pytest.fixture(scope="module")
def voice(control: ControlClient) -> Any:
    """A call with two turns: the tool of the second one ends after its filler."""
    called = {"reply": {"filler": FILLER, "calls": [{"get_weather": {"city": "Pune"}}]}, "times": 1}
    answered = {"reply": f"It is 31 degrees. {HOSTILE}", "times": 1}
    settings = {"clock": "frozen", "pace": PACE}
    opened = {"name": "voice", "settings": settings, "steps": [called, answered] * 2}
    lane = control.post("/lanes", opened)
    messages: list[Any] = [{"role": "system", "content": "You are a voice agent."}]
    for wait in WAITS:
        messages.append({"role": "user", "content": f"The weather in Pune? {HOSTILE}"})
        for _request in range(2):
            ask(lane, messages=messages, stream=True, tools=[TOOL])
            reply = control.get("/lanes/voice/exchanges")["exchanges"][-1]["reply"]
            calls = [
                {"id": one["id"], "type": "function", "function": function(one)}
                for one in reply["tool_calls"]
            ]
            messages.append(
                {"role": "assistant", "content": reply["content"]}
                | ({"tool_calls": calls} if calls else {})
            )
            for one in calls:
                control.post("/lanes/voice/clock/advance", {"seconds": wait})
                messages.append({"role": "tool", "tool_call_id": one["id"], "content": "31"})
        control.post("/lanes/voice/clock/advance", {"seconds": 9})
    return lane


def function(call: Any) -> dict[str, Any]:
    return {name: call[name] for name in ("name", "arguments")}


def lines(page: Any) -> Any:
    return page.get_by_role("list", name="Turns", exact=True).get_by_role("listitem")


def check_bars(page: Any, turns: list[Any]) -> None:
    """Check the bars of turns, which are in the places that their milliseconds say."""
    playwright.expect(lines(page)).to_have_count(len(turns))
    for line, turn in zip(lines(page).all(), turns, strict=True):
        bars = line.evaluate(PARTS)
        assert [kind for kind, *_ in bars] == [
            "user",
            *["silence"] * len(turn["silences"]),
            "filler",
            "reply",
            "tool",
        ]
        zero = bars[0][2]
        filler = next(right for kind, _, right in bars if kind == "filler")
        unit = (filler - zero) / turn["fillers"][0]["end"]
        tool = turn["tools"][0]
        spans = [
            *(
                (one["start"], one["end"])
                for one in (*turn["silences"], *turn["fillers"], *turn["answer"])
            ),
            (tool["called"], tool["result"]),
        ]
        for (_, left, right), (start, end) in zip(bars[1:], spans, strict=True):
            assert left == pytest.approx(zero + start * unit, abs=0.005)
            assert right == pytest.approx(zero + end * unit, abs=0.005)


@needs_browser
def test_each_turn_has_its_bars(person: Person, voice: Any, control: ControlClient) -> None:
    """User, silences, filler, answer and tool are in their places, with silences and overlap."""
    turns = control.get("/lanes/voice/turns")["turns"]
    person.open("lane=voice&view=timeline")
    check_bars(person.page, turns)
    second = turns[1]
    silences = ", ".join(f"{one['end'] - one['start']:,.0f} ms" for one in second["silences"])
    label = lines(person.page).nth(1).locator(".label")
    playwright.expect(label).to_have_text(
        f"silences {silences}; overlap {second['overlap']:,.0f} ms"
    )
    long = second["silences"][1]
    playwright.expect(lines(person.page).nth(1).locator(".silence").nth(1)).to_have_text(
        f"{long['end'] - long['start']:,.0f} ms"
    )
    assert person.page.locator("main img").count() == 0
    assert person.page.evaluate("window.hacked") is None


@needs_browser
def test_a_turn_is_read_aloud_and_opened_by_keys(person: Person, voice: Any) -> None:
    """The button of a turn tells what happened, in order. It opens the first exchange."""
    person.open("lane=voice&view=timeline")
    first, second = (
        line.get_by_role("button")
        for line in (lines(person.page).nth(0), lines(person.page).nth(1))
    )
    words = str(second.get_attribute("aria-label"))
    places = [
        words.index(part)
        for part in (
            "turn 2",
            "silence of 250 ms",
            f"filler “{FILLER}”",
            "tool get_weather from",
            "silence of 1,",
            "answer “It is",
        )
    ]
    assert places == sorted(places)
    first.focus()
    person.page.keyboard.press("ArrowDown")
    playwright.expect(second).to_be_focused()
    person.page.keyboard.press("Enter")
    person.sees(person.page.get_by_role("heading", name="Exchange #2"))


@needs_browser
def test_turns_obey_the_filter(person: Person, voice: Any) -> None:
    """Only turns of the exchanges that are shown have bars."""
    person.open("lane=voice&view=timeline")
    person.sees(lines(person.page), 2)
    person.page.get_by_role("searchbox").fill("user_turn=2")
    person.sees(lines(person.page), 1)
    person.sees(person.page.get_by_text("1.2 The weather"))


@needs_browser
def test_replies_without_time_have_no_bars(person: Person, control: ControlClient) -> None:
    """The page says why."""
    ask(control.post("/lanes", {"name": "instant"}), "Hi")
    person.open("lane=instant&view=timeline")
    person.sees(person.page.get_by_text("Replies take no time here"))
    person.sees(lines(person.page), 0)


@needs_browser
def test_bars_fit_into_a_narrow_page(person: Person, voice: Any) -> None:
    """At 360 pixels, the silences can be read, and nothing is wider than the window."""
    person.page.set_viewport_size({"width": 360, "height": 900})
    person.open("lane=voice&view=timeline")
    label = lines(person.page).nth(1).locator(".label")
    person.sees(label)
    playwright.expect(label).to_contain_text("silences 250 ms, 1,")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 360
    person.page.set_viewport_size(WIDE)


@needs_browser
def test_a_file_has_the_same_bars(
    page: Any, voice: Any, server: tuple[Server, ControlClient], tmp_path: Path
) -> None:
    """The report of an audit shows the turns without a server."""
    lane = server[0].app.lanes.named("voice")
    assert lane is not None
    text = exchanges_of(lane.peek(), 0, "", lane.settings).json_lines()
    found = parse_journal(text.encode())["default"]
    file = tmp_path / "audit.html"
    file.write_bytes(audit_page([LaneAudit("a.jsonl", "default", found, audit(found))]))
    person = Person(page, "")
    page.goto(file.as_uri())
    page.get_by_role("tab", name="Timeline").click()
    check_bars(page, server[1].get("/lanes/voice/turns")["turns"])
    assert page.evaluate("window.hacked") is None
    person.leave()


def test_turns_of_some_exchanges(voice: Any, control: ControlClient) -> None:
    """`from` and `to` select the turns that have an exchange in between."""
    numbers = {
        query: [one["number"] for one in control.get(f"/lanes/voice/turns{query}")["turns"]]
        for query in ("", "?from=2", "?to=1", "?from=1&to=2", "?from=4", "?from=3&to=3")
    }
    assert [*numbers.values()] == [[1, 2], [2], [1], [1, 2], [], [2]]
    refused = control.send("GET", "/lanes/voice/turns?from=x")
    assert refused.status == 422
    assert "from" in json.loads(refused.body)["error"]["message"]
