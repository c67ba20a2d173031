"""The inspector, as a person uses it: in a real browser, with the mouse and the keyboard."""

import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from control_client import ControlClient, ask, controlled
from inspector_page import WIDE, Person, browser_page, needs_browser, playwright
from raw_http import TIMEOUT, send

from mock_electron.control.conditions import SCHEMAS
from mock_electron.control.inspector import FOLDER, HEADERS, MEDIA_TYPES
from mock_electron.control.page_file import page_file, shown_lane
from mock_electron.control.parameters import EXCHANGES
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import PACES, Pace
from mock_electron.engine.plan import PLANS
from mock_electron.engine.settings import Settings
from mock_electron.serve.server import Server
from mock_electron.wire.request import CHAT_PATH

CLIPPED: Final = """
[...document.querySelectorAll(".mark, .lull, .outcome .badge, .name")].filter((node) => {
  const box = node.closest(".outcome, .bars")?.getBoundingClientRect();
  return box && node.getBoundingClientRect().right > box.right + 0.5;
}).map((node) => node.textContent)
"""
"""The texts that end outside of their box."""
FIRST_LETTERS: Final = """
(selector) => [...document.querySelectorAll(selector)].map((node) => {
  const range = document.createRange();
  const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT).nextNode();
  range.setStart(text, 0);
  range.setEnd(text, 1);
  const [letter, box] = [range.getBoundingClientRect(), node.getBoundingClientRect()];
  const isCut = node.scrollWidth > node.clientWidth;
  return isCut && letter.width > 0 && letter.left > box.left && letter.right < box.right + 1;
})
"""
"""Whether the first letters of texts that are cut off are visible."""
CUT: Final = """
(selector) => [...document.querySelectorAll(selector)]
  .filter((node) => node.scrollWidth > node.clientWidth).map((node) => node.textContent)
"""
LEFT_EDGES: Final = """
(selector) => [...document.querySelectorAll(selector)]
  .map((node) => Math.round(node.getBoundingClientRect().left))
"""
SYSTEM: Final = "You are the voice agent of Kisan Bank. Answer in at most two short sentences."
HOSTILE: Final = (
    "</script></pre></textarea><script>window.hacked = 1</script>"
    '<img src=x onerror="window.hacked = 1"><b id=bold>bold</b>'
)
DEVANAGARI: Final = "पुणे में मौसम कैसा है?"
ARABIC: Final = "ما هو الطقس اليوم؟"
TABS: Final = {
    "Messages": "messages",
    "Diff": "diff",
    "Chunks": "chunks",
    "Raw": "raw",
    "Why": "why",
    "Copy as": "copy",
}
HOW: Final = ("wait", "count", "offset", "limit", "in_flight", "others", "format")
MANY: Final = 10_000
WRONG_STEPS: Final = {
    "when: {sayz: hi}\nrply: x": r"^2 problems:\nsteps\[0\].when.sayz: line 1: .*"
    r"\nsteps\[0\].rply: line 2: (?!.*sayz)",
    "reply: [": "^line 1: invalid YAML: a bracket is not closed$",
    "steps:\n- repyl: Hi": r"^steps\[0\].repyl: line 2: .* Did you mean 'reply'\?$",
}
"""What a person types, and what the page says about it."""
WRONG_FAULTS: Final = {
    '{"cut"': "^invalid JSON: ",
    '{"cut": 3}': "^fault.cut must be ",
    "kut": "^fault: unknown fault 'kut'",
}
SHOWN_SETTINGS: Final[tuple[tuple[Any, Any, str, str], ...]] = (
    ("10:3", "300:8:0.5", "10:3", "300:8:0.5"),
    ("standard", "electron", "standard", "electron"),
    ({"in_flight": 2}, {"each": 0.0085}, '{"in_flight":2}', f"{Pace().first * 1000:g}:8.5"),
    (
        {"requests_per_minute": 1},
        {"first": 0.07, "each": 0, "overhead": 0.05},
        '{"requests_per_minute":1}',
        '{"first":0.07,"each":0,"jitter":0,"overhead":0.05}',
    ),
)
"""A plan and a pace as they are given, and as the page writes them."""
STEP_LISTS: Final = (
    "# Two steps\n\n- {when: {says: a}, reply: A}\n- when: {says: b}\n  reply: B",
    '[{"when": {"says": "c"}, "reply": "C"}, {"when": {"says": "d"}, "reply": "D"}]',
    '{"steps": [{"when": {"says": "e"}, "reply": "E"}, {"when": {"says": "f"}, "reply": "F"}]}',
)


# --- the world


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Server, ControlClient]]:
    """A server with a lane for each subject."""
    with controlled() as (running, control):
        yield running, control


@pytest.fixture(scope="module")
def control(server: tuple[Server, ControlClient]) -> ControlClient:
    return server[1]


@pytest.fixture(scope="module")
def story(control: ControlClient) -> Any:
    """A lane with a conversation, a retry that came too early, and a caller who barged in."""
    steps = [
        {"when": {"says": "balance"}, "fail": {"kind": 429, "retry_after": 3600}, "times": 1},
        {
            "when": {"says": "weather"},
            "reply": {"filler": "One moment.", "calls": [{"get_weather": {"city": "Pune"}}]},
        },
        {"when": {"says": "payments"}, "reply": "word " * 60, "pace": {"first": 0, "each": 0.01}},
    ]
    lane = control.post("/lanes", {"name": "story", "steps": steps, "settings": {"clock": "real"}})
    talk(lane, SYSTEM)
    for _attempt in range(2):
        ask(lane, "My balance?")
    barge_in(control, lane)
    return lane


@pytest.fixture(scope="module")
def kept(control: ControlClient) -> Any:
    """A lane with two conversations at the same time, whose prefixes stay in the cache."""
    lane = control.post("/lanes", {"name": "kept"})
    first = [
        [
            {"role": "system", "content": f"{number} {SYSTEM * number}"},
            {"role": "user", "content": "Hi"},
        ]
        for number in (1, 3)
    ]
    for messages in first:
        ask(lane, messages=messages)
    for messages in first:
        more = [
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "Bye " * 60},
        ]
        ask(lane, messages=[*messages, *more])
    return lane


def talk(lane: Any, system: str) -> None:
    """Have a conversation of two turns, in which the second changes the system prompt."""
    first = [{"role": "system", "content": system}, {"role": "user", "content": "The weather?"}]
    ask(lane, messages=first)
    arguments = {"name": "get_weather", "arguments": '{"city": "Pune"}'}
    call = {"id": "call_1", "type": "function", "function": arguments}
    changed = [{"role": "system", "content": system.replace("Kisan", "10:42 Kisan")}, first[1]]
    called = {"role": "assistant", "content": "One moment.", "tool_calls": [call]}
    result = {"role": "tool", "tool_call_id": "call_1", "content": '{"celsius": 31}'}
    ask(lane, messages=[*changed, called, result, {"role": "user", "content": "Thank you."}])


def barge_in(control: ControlClient, lane: Any) -> None:
    """Read some chunks of a stream, and disconnect."""
    parts = urlsplit(lane["base_url"])
    messages = [{"role": "user", "content": "My payments?"}]
    body = json.dumps({"model": "electron", "messages": messages, "stream": True})
    head = f"POST {parts.path}/chat/completions HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    head += f"Authorization: Bearer {lane['api_key']}\r\nContent-Type: application/json\r\n"
    assert parts.hostname
    with socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        received = b""
        while received.count(b"data:") < 40:
            received += connection.recv(65536)
        control.post("/lanes/story/barge-in")
    control.get("/lanes/story/exchanges")  # waits for the end


@pytest.fixture(scope="module")
def texts(control: ControlClient) -> Any:
    """A lane with requests in other scripts, and with HTML in every part."""
    steps = [
        {"when": {"says": "bold"}, "reply": {"calls": [{"f": {"x": HOSTILE}}], "filler": HOSTILE}}
    ]
    lane = control.post("/lanes", {"name": "texts", "steps": steps})
    ask(lane, HOSTILE, tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}])
    messages = [{"role": "system", "content": HOSTILE * 200}, {"role": "user", "content": HOSTILE}]
    ask(lane, messages=messages, stream=True, user=HOSTILE)
    send(f"{lane['base_url']}/chat/completions", HOSTILE.encode())
    ask(lane, DEVANAGARI)
    ask(lane, ARABIC)
    return lane


@pytest.fixture(scope="module")
def many(server: tuple[Server, ControlClient]) -> str:
    """A lane with ten thousand exchanges, which are recorded without a network."""
    running, control = server
    control.post("/lanes", {"name": "many"})
    lane = running.app.lanes.named("many")
    assert lane is not None
    body = b'{"model":"electron","messages":[{"role":"user","content":"Hi"}]}'
    arrival = Arrival("POST", CHAT_PATH, "Bearer sk_mock", "application/json", body)
    for _number in range(MANY):
        lane.answer_at_once(arrival)
    return "many"


# --- the browser


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


# --- what a person finds


@needs_browser
def test_the_message_that_broke_the_cache_prefix(person: Person, story: Any, kept: Any) -> None:
    """It is marked in the list, and found with two clicks: its number, and what differs."""
    person.open("lane=kept")
    person.sees(person.page.locator(".rows .row"), 4)
    person.sees(person.page.get_by_text("prefix lost"), 0)
    person.open("lane=story")
    person.sees(person.page.get_by_text("prefix lost"), 1)
    marked = person.row("Thank you.").get_by_text("prefix lost")
    assert marked.get_attribute("title").startswith(
        "at least 32 tokens of the turn before were not"
    )
    person.page.get_by_role("searchbox").fill("says=Thank")
    person.sees(person.page.locator(".rows .row"), 1)
    person.sees(marked)
    person.click(person.row("Thank you."))
    person.click(person.page.get_by_role("button", name="Message 1 broke the cache prefix"))
    mark = person.page.locator(".missed")
    person.sees(mark)
    assert mark.text_content() == "1"
    assert "message 1" in mark.locator("xpath=ancestor::article").text_content()
    assert person.clicks <= 3


@needs_browser
def test_the_retry_that_came_too_early(person: Person, story: Any) -> None:
    """One click shows only such retries, one more how long the answer before had asked to wait."""
    person.open("lane=story")
    early = person.page.get_by_role("button", name="Too early", exact=True)
    person.click(early)
    person.sees(person.page.locator(".rows .row"), 1)
    assert person.query["filter"] == ["too_early=true"]
    assert early.get_attribute("aria-pressed") == "true"
    person.click(person.page.get_by_role("gridcell", name="too early: attempt 2 after"))
    person.sees(person.page.get_by_role("button", name="too early: asked to wait 60 min"))
    early.click()
    person.sees(person.page.locator(".rows .row"), 5)
    assert "filter" not in person.query
    assert person.clicks <= 3


@needs_browser
def test_the_chunk_at_which_the_caller_barged_in(
    person: Person, story: Any, control: ControlClient
) -> None:
    """It is found with two clicks, between the chunks before and after it."""
    exchange = control.get("/lanes/story/exchanges/4")
    chunks = exchange["barge_in"]["chunks"]
    assert 40 <= chunks <= exchange["chunks_sent"] < exchange["chunks"]
    person.open("lane=story")
    person.sees(person.page.get_by_text(f"at chunk {exchange['chunks_sent']} of"))
    person.click(person.row("My payments?"))
    person.click(person.page.get_by_role("button", name=f"barged in after chunk {chunks} of"))
    person.sees(person.page.locator("tr.barge", has_text=f"after chunk {chunks},"))
    before = person.page.locator("tr.barge").locator("xpath=preceding-sibling::tr")
    person.sees(before, chunks)
    assert person.clicks <= 3


@needs_browser
def test_the_parts_of_one_exchange(person: Person, story: Any) -> None:
    """Calls are next to their results; each tab shows its part, and its name is in the URL."""
    person.open("lane=story&exchange=1")
    assistant = person.page.get_by_role("article", name="Message 3, assistant")
    person.sees(assistant.get_by_text('{"celsius": 31}'))
    assert person.page.locator("#exchange-body").get_by_text('{"celsius": 31}').count() == 1
    tabs = {
        "Diff": "10:42",
        "Chunks": "1 chunk of 1",
        "Raw": "content-type: application/json",
        "Why": "Answered by",
        "Copy as": "def test_exchange_1(electron):",
    }
    for tab, words in tabs.items():
        person.page.get_by_role("tab", name=tab).click()
        person.sees(person.page.locator("#exchange-body").get_by_text(words))
        assert person.query["tab"] == [TABS[tab]]


@needs_browser
def test_a_file_without_requests(page: Any, control: ControlClient, tmp_path: Path) -> None:
    """It says so. Its title stays that of the test."""
    lane = Lane(Settings())
    file = tmp_path / "trace.html"
    file.write_text(
        page_file([shown_lane("1", lane, control.url, ())], "test_a.py::test_it"), "utf-8"
    )
    page.goto(file.as_uri())
    playwright.expect(page.get_by_role("heading", name="This test sent no request")).to_be_visible()
    playwright.expect(page.get_by_role("heading", name="test_a.py::test_it")).to_be_visible()
    playwright.expect(page).to_have_title("test_a.py::test_it – mock-electron")


@needs_browser
def test_the_timeline_of_a_lane(person: Person, story: Any) -> None:
    """Each request has a bar and its tokens; a click opens the exchange."""
    person.open("lane=story&view=timeline")
    bars = person.page.locator(".bars [role=listitem]")
    person.sees(bars, 5)
    person.sees(person.page.get_by_text("5 of 5 exchanges, #0 to #4"))
    person.sees(person.page.locator(".track .pause.early"), 1)
    person.sees(person.page.locator(".track .sending.left"), 1)
    person.sees(person.page.locator(".token-bars .column"), 5)
    person.click(bars.get_by_role("button").nth(2))
    person.sees(person.page.get_by_role("heading", name="Exchange #2"))
    assert person.query["exchange"] == ["2"]


@needs_browser
def test_the_timeline_without_requests(person: Person, control: ControlClient) -> None:
    """It says what to do, and nothing about a clock or about tokens that there are not."""
    control.post("/lanes", {"name": "quiet", "settings": {"clock": "real"}})
    person.open("lane=quiet&view=timeline")
    view = person.page.get_by_role("tabpanel", name="Timeline")
    person.sees(view.get_by_role("heading", name="No request yet"))
    for words in ("the clock stands still", "Tokens of each", "No exchange", "Older"):
        person.sees(view.get_by_text(words).locator("visible=true"), 0)
    lane = control.post("/lanes", {"name": "refusing", "settings": {"plan": "1:1"}})
    control.post("/lanes/refusing/faults", {"fault": {"fail": 503}})
    ask(lane, "Hi!")
    person.open("lane=refusing&view=timeline")
    person.sees(view.locator(".bars button"), 1)
    person.sees(view.get_by_text("the clock stands still"), 1)
    person.sees(view.get_by_text("Tokens of each").locator("visible=true"), 0)
    person.page.get_by_role("searchbox").fill("status=200")
    person.sees(view.get_by_text("None of 1 exchange meets the filter."))


@needs_browser
def test_a_long_pause_is_written_out(person: Person, control: ControlClient) -> None:
    """It is next to the bar after it, where it has room, on a wide and on a narrow page."""
    lane = control.post("/lanes", {"name": "paused", "settings": {"pace": {"each": 0.02}}})
    for seconds in (0, 299.999, 0, 0, 0, 0, 0, 0, 3000):
        control.post("/lanes/paused/clock/advance", {"seconds": seconds})
        ask(lane, "Hi", stream=True)
    for width in (WIDE["width"], 360):
        person.page.set_viewport_size({"width": width, "height": 1200})
        person.open("lane=paused&view=timeline")
        pauses = person.page.locator(".lull")
        playwright.expect(pauses).to_have_text(["⋯ 5 min 0 s", "⋯ 50 min 0 s"])
        person.sees(pauses.first)
        assert person.page.evaluate(CLIPPED) == []
    person.page.set_viewport_size(WIDE)


@needs_browser
def test_html_is_text(person: Person, texts: Any) -> None:
    """Nothing that a request contains is executed or becomes an element."""
    for number in range(3):
        person.open(f"lane=texts&exchange={number}")
        for tab in TABS:
            person.page.get_by_role("tab", name=tab).click()
            person.sees(person.page.locator(f"#exchange-body[aria-labelledby$={TABS[tab]}] > *"))
            assert person.page.locator("img, #bold, #exchange script").count() == 0
    for view in ("list", "timeline", "lane"):
        person.open(f"lane=texts&view={view}&filter=says%3D%22%3Cimg%22")
        person.sees(person.page.get_by_text("</script>"))
        assert person.page.locator("img, #bold").count() == 0
    assert person.page.evaluate("window.hacked") is None


@needs_browser
def test_other_scripts(person: Person, texts: Any) -> None:
    """Each text has the direction of its own characters."""
    person.open("lane=texts&exchange=4")
    text = person.page.locator(".message.user .text")
    person.sees(text)
    assert text.evaluate("node => getComputedStyle(node).direction") == "rtl"
    asked = person.row(DEVANAGARI).locator(".asked")
    assert asked.evaluate("node => getComputedStyle(node).direction") == "ltr"


@needs_browser
def test_a_text_that_does_not_fit_loses_its_end(person: Person, control: ControlClient) -> None:
    """Its beginning is visible in any direction, what was answered too, and a tooltip has it all."""
    text = f"{ARABIC} " * 10
    lane = control.post("/lanes", {"name": "cut", "steps": [{"reply": text}]})
    ask(lane, text)
    for width in (WIDE["width"], 400):
        person.page.set_viewport_size({"width": width, "height": 800})
        person.open("lane=cut")
        person.sees(person.page.locator(".rows .row"), 1)
        assert person.page.evaluate(FIRST_LETTERS, ".asked, .answer") == [True, True]
        person.page.locator(".words").last.hover()
        title = person.page.locator(".rows .words").get_attribute("title")
        assert title.count(ARABIC) == 20
        person.open("lane=cut&view=timeline")
        person.sees(person.page.locator(".bars button"), 1)
        assert person.page.evaluate(FIRST_LETTERS, ".name bdi") == [True]
        person.page.locator(".bars .name").hover()
        assert ARABIC in person.page.locator(".bars .name").get_attribute("title")
    person.page.set_viewport_size(WIDE)


@needs_browser
def test_the_columns_fit(person: Person, control: ControlClient) -> None:
    """Tokens, faults and retries are readable on a desktop, below the heads of their columns."""
    lane = control.post("/lanes", {"name": "columns", "settings": {"clock": "real"}})
    for _ in range(2):
        ask(lane, "A long prompt. " * 2500)
    control.post("/lanes/columns/faults", {"fault": {"fail": {"kind": 429, "retry_after": 30}}})
    for _ in range(2):
        ask(lane, "Am I too fast?")
    for width, columns in {1280: ".tokens, .first, .outcome", 1920: "[role=gridcell]"}.items():
        person.page.set_viewport_size({"width": width, "height": 800})
        person.open("lane=columns")
        person.sees(person.page.get_by_text("cached) +"), 1)
        person.sees(person.page.get_by_text("too early: attempt 2"), 1)
        cut = person.page.evaluate(CUT, f".rows .row :is({columns}):not(.words)")
        assert cut == [], width
        assert person.page.evaluate(LEFT_EDGES, ".head > *") == person.page.evaluate(
            LEFT_EDGES, ".rows .row:first-child > *"
        )
    person.page.set_viewport_size(WIDE)


@needs_browser
def test_the_page_as_a_file(
    page: Any, texts: Any, server: tuple[Server, ControlClient], tmp_path: Path
) -> None:
    """One file shows the same without a server, makes no request, and executes nothing."""
    lane = server[0].app.lanes.named("texts")
    assert lane is not None
    file = tmp_path / "trace.html"
    exchanges = lane.journal.read()
    file.write_text(page_file([shown_lane("texts", lane, texts["url"], exchanges)]), "utf-8")
    person = Person(page, "")
    page.goto(file.as_uri())
    person.click(person.row("bold"))
    for tab, name in TABS.items():
        page.get_by_role("tab", name=tab).click()
        person.sees(page.locator(f"#exchange-body[aria-labelledby$={name}] > *"))
    person.sees(page.locator(".rows .row"), len(exchanges))
    playwright.expect(page.get_by_label("Follow")).to_be_hidden()
    for words, count in {"sayz=bold": 0, "tool=f": 2, "says=bold tool=g": 0}.items():
        page.get_by_role("searchbox").fill(words)
        person.sees(page.locator(".rows .row"), count)
        problem = page.get_by_role("alert").filter(has_text="unknown condition 'sayz'")
        person.sees(problem, int("sayz" in words))
    page.get_by_role("searchbox").fill("too_early=false status=401")
    person.sees(page.locator(".rows .row"), 1)
    page.get_by_role("tab", name="Timeline").click()
    person.sees(page.locator(".bars button"), 1)
    page.get_by_role("tab", name="Lane").click()
    person.sees(page.get_by_role("heading", name="At the end"))
    assert page.locator("form:not([role=search])").count() == 0
    assert page.evaluate("window.hacked") is None
    person.leave()


# --- ten thousand


@needs_browser
def test_only_visible_rows_are_in_the_document(person: Person, many: str) -> None:
    """The list of 10,000 exchanges has at most 100 rows, wherever the reader is."""
    person.open(f"lane={many}")
    grid = person.page.get_by_role("grid", name="Exchanges")
    person.sees(person.numbered(MANY - 1))
    assert grid.get_attribute("aria-rowcount") == str(MANY + 1)
    grid.focus()
    person.page.keyboard.press("Home")
    person.sees(person.numbered(0))
    for tenth in range(1, 10):
        grid.evaluate("(node, tenth) => node.scrollTop = node.scrollHeight * tenth / 10", tenth)
        person.sees(person.numbered(MANY * tenth // 10 + 1))
    assert 10 < person.page.get_by_role("row").count() <= 100
    person.page.keyboard.press("End")
    person.sees(person.numbered(MANY - 1))
    assert person.page.get_by_role("row").count() <= 100


@needs_browser
def test_new_exchanges_appear(person: Person, control: ControlClient) -> None:
    """The page follows its lane, from the first request on."""
    lane = control.post("/lanes", {"name": "live"})
    person.open("lane=live")
    person.sees(person.page.get_by_role("heading", name="No request yet"))
    person.sees(person.page.get_by_text("Live", exact=True))
    for text in ("Is anybody there?", "Hello?", "Good bye!"):
        ask(lane, text)
        person.sees(person.row(text))


# --- filter, keyboard, actions


@needs_browser
def test_the_filter_is_in_the_url(person: Person, story: Any) -> None:
    """It has the words of `where`. A wrong word shows what the API says about it."""
    person.open("lane=story")
    field = person.page.get_by_role("searchbox")
    field.fill('status=429 says="My balance"')
    person.sees(person.page.locator(".rows .row"), 1)
    assert person.query["filter"] == ['status=429 says="My balance"']
    person.page.reload()
    assert field.input_value() == 'status=429 says="My balance"'
    person.sees(person.page.locator(".rows .row"), 1)
    person.sees(person.page.get_by_text("1 of 5 exchanges"))
    field.fill("statsu=429 turn=x")
    problem = person.page.get_by_role("alert")
    playwright.expect(problem).to_contain_text(re.compile("^2 problems:\n.*statsu.*'status'"))
    playwright.expect(problem).to_contain_text("turn")
    person.sees(person.page.locator(".rows .row"), 0)
    assert person.page.locator("#count").text_content() == ""
    person.page.get_by_role("tab", name="Timeline").click()
    person.sees(person.page.locator(".bars [role=listitem]"), 0)
    field.fill("payments")
    person.sees(person.page.get_by_text("1 of 1 exchange, #4"))
    person.page.get_by_role("tab", name="Exchanges").click()
    person.sees(person.page.locator(".rows .row"), 1)
    person.sees(person.page.get_by_role("alert"), 0)


@needs_browser
def test_a_view_that_does_not_exist_is_the_list(person: Person, story: Any) -> None:
    """A URL with a mistake still shows the exchanges."""
    person.open("lane=story&view=zzz")
    person.sees(person.page.locator(".rows .row"), 5)
    tab = person.page.get_by_role("tab", name="Exchanges")
    assert tab.get_attribute("aria-selected") == "true"


@needs_browser
def test_a_filter_only_selects(person: Person, story: Any) -> None:
    """What would change how the page reads is no condition, and never reaches the server."""
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.open("lane=story")
    field = person.page.get_by_role("searchbox")
    for name in HOW:
        field.fill(f"{name}=1")
        message = f"unknown condition '{name}'; expected one of 'says', 'system'"
        person.sees(person.page.get_by_role("alert").filter(has_text=message))
    person.page.get_by_role("tab", name="Lane").click()
    link = person.page.get_by_role("link", name="HAR")
    assert "wait=" not in str(link.get_attribute("href"))
    field.fill("status=200")
    person.page.get_by_role("tab", name="Exchanges").click()
    person.sees(person.page.get_by_text("of 5 exchanges"))
    assert [url for url in asked if "wait=" in url or "count=" in url] == []


@needs_browser
def test_a_mistake_in_a_filter_is_explained(person: Person, story: Any) -> None:
    """Wrong words get those of `where`; a quotation mark that is not closed gets a message."""
    person.open("lane=story")
    field, alert = person.page.get_by_role("searchbox"), person.page.get_by_role("alert")
    mistakes = {
        "sayz=x zzz=y": r"^2 problems:\nsayz: .*Did you mean 'says'\?\nzzz: .*'says', 'system'",
        "status=abc": "^status must be an integer",
        'says="My balance': "^says: a quotation mark is not closed$",
        'My "balance': "^a quotation mark is not closed$",
    }
    for words, message in mistakes.items():
        field.fill(words)
        playwright.expect(alert).to_have_text(re.compile(message, re.DOTALL))
        playwright.expect(alert).not_to_have_text(
            re.compile("'in_flight'|'format'|unknown parameter")
        )
    for words, count in {
        'says="My balance"': 2,
        'My "balance"': 2,
        'says=5" status=200': 0,
    }.items():
        field.fill(words)
        playwright.expect(person.page.locator("#count")).to_contain_text(f"{count} of 5")
        playwright.expect(alert).to_be_hidden()


def test_the_page_knows_the_words_of_a_filter() -> None:
    """They are the parameters of the API that say which exchanges are meant."""
    words = [one.name for one in EXCHANGES if one.name in {*SCHEMAS, "where", "since", "last"}]
    module = (FOLDER / "api.js").read_text("utf-8")
    listed = module.partition("const WORDS = ")[2].partition(",\n];")[0]
    assert json.loads(f"{listed}]") == words
    assert {one.name for one in EXCHANGES} == {*words, *HOW}


@needs_browser
def test_what_does_not_exist_is_said(person: Person, story: Any) -> None:
    """The message of the API about an exchange or a lane stays on the page."""
    person.open("lane=story&exchange=99")
    pane = person.page.get_by_role("complementary", name="Exchange #99")
    person.sees(pane.get_by_role("alert").filter(has_text="99"))
    person.sees(person.page.locator(".rows .row"), 5)
    person.click(pane.get_by_role("button", name="Close"))
    person.sees(pane, 0)
    person.open("lane=nolane")
    person.sees(person.page.get_by_role("alert").filter(has_text="'nolane'"))
    person.sees(person.page.get_by_text("No such lane", exact=True))
    person.sees(person.page.get_by_text("Disconnected"), 0)
    playwright.expect(person.page.locator("#lane option:checked")).to_have_text("nolane (not open)")
    person.open("lane=..")  # a browser resolves it in a path
    person.sees(person.page.get_by_text("No such lane", exact=True))


@needs_browser
def test_a_lane_that_is_closed(person: Person, control: ControlClient) -> None:
    """Nothing looks alive any more, whichever view is open; a new lane of this name does again."""
    control.post("/lanes", {"name": "ending"})
    page = person.page
    person.open("lane=ending&view=lane")
    page.get_by_label("Seconds").fill("60")
    page.get_by_role("button", name="Advance the clock").click()
    person.sees(page.get_by_text("Advanced the clock by 60 s"))
    control.send("DELETE", "/lanes/ending")
    playwright.expect(page.locator("#connection")).to_have_text("Closed")
    person.sees(page.get_by_role("alert").filter(has_text="the lane 'ending' is closed"))
    playwright.expect(page.get_by_text("Advanced the clock")).to_be_hidden()
    playwright.expect(page.locator("#lane option:checked")).to_have_text("ending (not open)")
    playwright.expect(page.locator(".facts dd")).to_have_count(0)
    for control_of_a_form in page.locator("#lane-view :is(button, input, select, textarea)").all():
        playwright.expect(control_of_a_form).to_be_disabled()
    person.sees(page.locator(".downloads a[href]"), 0)
    page.get_by_role("tab", name="Exchanges").click()
    playwright.expect(page.locator("#connection")).to_have_text("Closed")
    page.get_by_role("tab", name="Lane").click()
    control.put("/lanes/ending", {})
    live = re.compile("^Live$")
    playwright.expect(page.locator("#connection")).to_have_text(live, timeout=TIMEOUT * 1000)
    playwright.expect(page.get_by_role("button", name="Add step")).to_be_enabled()
    playwright.expect(page.locator("#lane option:checked")).to_have_text("ending")
    playwright.expect(page.get_by_role("alert")).to_be_hidden()


@needs_browser
def test_the_keyboard_is_enough(person: Person, story: Any) -> None:
    """Arrows, Enter, Escape and / reach everything, and the focus goes where it belongs."""
    person.open("lane=story")
    person.sees(person.page.locator(".rows .row"), 5)
    keys = person.page.keyboard
    person.page.get_by_role("grid", name="Exchanges").focus()
    for key in ("Home", "ArrowDown", "Enter"):
        keys.press(key)
    person.sees(person.page.get_by_role("complementary", name="Exchange #1"))
    focused = "document.activeElement.id"
    person.page.wait_for_function(f"{focused} === 'exchange-messages'")
    keys.press("ArrowRight")
    person.page.wait_for_function(f"{focused} === 'exchange-diff'")
    keys.press("Escape")
    person.page.wait_for_function(f"{focused} === 'exchanges'")
    assert "exchange" not in person.query
    keys.press("/")
    person.page.wait_for_function(f"{focused} === 'filter'")
    keys.press("Escape")
    person.page.wait_for_function(f"{focused} === 'exchanges'")


@needs_browser
def test_the_actions_on_a_lane(person: Person, control: ControlClient) -> None:
    """Steps, faults, clock, plan, pace and reset; a mistake shows what is wrong."""
    lane = control.post("/lanes", {"name": "acted"})
    person.open("lane=acted&view=lane")
    page = person.page
    page.get_by_label("Step, in YAML").fill("when: {says: weather}\nreply: It is hot.\ntimes: 2")
    page.get_by_role("button", name="Add step").click()
    person.sees(page.get_by_text("2 of 2 left"))
    page.get_by_label("For the next request").fill("503")
    page.get_by_role("button", name="Inject fault").click()
    person.sees(page.get_by_text("applied 0 times"))
    page.get_by_label("Seconds").fill("60")
    page.get_by_role("button", name="Advance the clock").click()
    person.sees(page.get_by_text("Advanced the clock by 60 s"))
    for name, value in (("Plan", "standard"), ("Pace", "electron")):
        page.get_by_label(name).fill(value)
        page.get_by_role("button", name=f"Set the {name.lower()}").click()
        person.sees(page.get_by_text(f"Set the {name.lower()}", exact=True).and_(page.locator("p")))
    assert [ask(lane, "The weather?").status for _ in range(2)] == [503, 200]
    state = control.get("/lanes/acted")
    assert (state["settings"]["plan"], state["settings"]["pace"]) == ("standard", "electron")
    said = page.locator("#lane-view > [role=status]")
    for step, words in WRONG_STEPS.items():
        page.get_by_label("Step, in YAML").fill(step)
        page.get_by_role("button", name="Add step").click()
        playwright.expect(said).to_contain_text(re.compile(words, re.DOTALL))
    for steps in STEP_LISTS:
        page.get_by_label("Step, in YAML").fill(steps)
        page.get_by_role("button", name="Add step").click()
        playwright.expect(said).to_have_text("Added 2 steps")
    for fault, words in WRONG_FAULTS.items():
        page.get_by_label("For the next request").fill(fault)
        page.get_by_role("button", name="Inject fault").click()
        playwright.expect(said).to_have_text(re.compile(words))
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_label("Pace").fill("elektron")
    page.get_by_role("button", name="Set the pace").click()
    person.sees(said.filter(has_text="Did you mean 'electron'?"))
    page.set_viewport_size(WIDE)
    fault = page.get_by_label("For the next request")
    fault.fill(str(fault.get_attribute("placeholder")))
    playwright.expect(said).to_be_hidden()
    page.get_by_role("button", name="Inject fault").click()
    person.sees(page.get_by_text("Injected the fault"))
    asked: list[str] = []

    def agree(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    for part in ("script", "cache", "everything"):
        page.get_by_label("What").select_option(part)
        page.get_by_role("button", name="Reset").click()
        person.sees(page.get_by_text(f"Reset {part}"))
    page.remove_listener("dialog", agree)
    assert ["steps" in asked[0], "settings" in asked[1], len(asked)] == [True, True, 2]
    assert control.get("/lanes/acted/exchanges")["exchanges"] == []
    hrefs = page.locator(".downloads a").evaluate_all("all => all.map(one => one.href)")
    assert [send(url, method="GET").status for url in hrefs] == [200, 200, 200]


@needs_browser
def test_plan_and_pace_are_written_as_a_form_takes_them(
    person: Person, control: ControlClient
) -> None:
    """What the page shows can be typed in again, and gives the same settings."""
    control.post("/lanes", {"name": "written"})
    person.open("lane=written&view=lane")
    page = person.page
    for plan, pace, shown_plan, shown_pace in SHOWN_SETTINGS:
        control.send("PATCH", "/lanes/written/settings", {"plan": plan, "pace": pace})
        settings = control.get("/lanes/written")["settings"]
        for name, text in (("Plan", shown_plan), ("Pace", shown_pace)):
            playwright.expect(page.get_by_label(name)).to_have_attribute("placeholder", text)
            page.get_by_label(name).fill(text)
            page.get_by_role("button", name=f"Set the {name.lower()}").click()
            playwright.expect(page.get_by_label(name)).to_have_value("")
            playwright.expect(page.locator("#lane-view > .notice.bad")).to_be_hidden()
        assert control.get("/lanes/written")["settings"] == settings
    control.send("PATCH", "/lanes/written/settings", {"plan": "10:3", "pace": "300:8"})
    for words in ("10:3 (10 requests per minute, 3 in flight)", "300:8 (first token after 300 ms"):
        person.sees(page.get_by_text(words))


@needs_browser
def test_what_is_typed_while_an_action_runs_stays(person: Person, control: ControlClient) -> None:
    """A form is emptied after its action only if it still has what was sent."""
    control.post("/lanes", {"name": "typed"})
    person.open("lane=typed&view=lane")
    page, waiting = person.page, list[Any]()
    page.route("**/clock/advance", lambda route: waiting.append(route))
    page.get_by_label("Seconds").fill("60")
    page.get_by_role("button", name="Advance the clock").click()
    while not waiting:
        page.wait_for_timeout(10)
    page.get_by_label("Seconds").fill("5")
    waiting.pop().continue_()
    person.sees(page.get_by_text("Advanced the clock by 60 s"))
    page.unroute("**/clock/advance")
    page.get_by_role("button", name="Advance the clock").click()
    person.sees(page.get_by_text("Advanced the clock by 5 s"))
    playwright.expect(page.get_by_label("Seconds")).to_have_value("")


@needs_browser
def test_steps_and_faults_have_their_conditions(person: Person, control: ControlClient) -> None:
    """Steps with the same reply can be told apart in the views Lane and Why, and faults too."""
    steps = [{"when": {"says": "tea"}, "reply": "Sure."}, {"reply": "Sure."}]
    lane = control.post("/lanes", {"name": "alike", "steps": steps})
    fault = {"fault": {"fail": 503}, "when": {"turn": 9}, "times": 2}
    control.post("/lanes/alike/faults", fault)
    ask(lane, "More tea?")
    when = person.page.locator(".steps .when").locator("visible=true")
    person.open("lane=alike&view=lane")
    playwright.expect(when).to_have_text(
        ['when says="tea"', "for every request", "when turn=9 with times=2"]
    )
    person.open("lane=alike&exchange=0&tab=why")
    playwright.expect(when).to_have_text(['when says="tea"', "for every request"])
    person.sees(person.page.locator(".is-answer").get_by_text('says="tea"'))


@needs_browser
def test_a_narrow_page_fits(person: Person, story: Any) -> None:
    """At 360 pixels, no view is wider than the window, and no time or badge is cut off."""
    person.page.set_viewport_size({"width": 360, "height": 640})
    parts = {
        "": ".rows .row",
        "exchange=1": ".message",
        "exchange=4&tab=chunks": "tr",
        "view=timeline": ".bars button",
        "view=lane": ".panel",
    }
    for query, part in parts.items():
        person.open(f"lane=story&{query}")
        person.sees(person.page.locator(part))
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 360, query
        assert person.page.evaluate(CLIPPED) == [], query
    person.page.set_viewport_size(WIDE)


# --- without a browser


def test_the_page_is_served_with_its_headers(control: ControlClient) -> None:
    """The page and its files have a strict policy and their types; /_mock leads to the page."""
    paths = {"/": ".html"} | {f"/page/{one.name}": one.suffix for one in FOLDER.iterdir()}
    for path, suffix in paths.items():
        response = control.send("GET", path)
        assert response.status == 200, path
        expected = {**HEADERS, "content-type": MEDIA_TYPES[suffix]}
        assert expected.items() <= response.headers.items(), path
    assert "default-src 'none'" in HEADERS["content-security-policy"]
    assert "unsafe" not in HEADERS["content-security-policy"]
    assert control.send("GET", "").headers["location"] == f"{control.url}/_mock/"
    missing = [control.send("GET", f"/page/{name}").status for name in ("none.js", "../page.py")]
    assert missing == [404, 404]


def test_the_page_never_reads_text_as_html() -> None:
    """No module uses what turns a text into elements or into code."""
    banned = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    )
    modules = {one.name: one.read_text("utf-8") for one in FOLDER.glob("*.js")}
    assert [(name, word) for name, text in modules.items() for word in banned if word in text] == []
    assert not [name for name, text in modules.items() if "http://" in text or "https://" in text]


def test_no_two_modules_have_a_name_in_common() -> None:
    """In the page as a file, they are one module."""
    modules = [one.read_text("utf-8") for one in FOLDER.glob("*.js")]
    pattern = r"(?m)^(?:export )?(?:async )?(?:const|let|function|class) (\w+)"
    names = Counter(name for text in modules for name in re.findall(pattern, text))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_page_knows_the_plans_and_paces() -> None:
    """The names that it suggests are those of the settings, and so is what a pace leaves out."""
    assert f"const OVERHEAD = {Pace().overhead};" in (FOLDER / "setting_text.js").read_text("utf-8")
    page = (FOLDER / "index.html").read_text("utf-8")
    for list_id, names in (("plans", PLANS), ("paces", PACES)):
        listed = page.partition(f'<datalist id="{list_id}">')[2].partition("</datalist>")[0]
        assert [part.partition('"')[0] for part in listed.split('value="')[1:]] == list(names)
