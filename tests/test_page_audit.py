"""The audit in the inspector: what a person sees of the rules and the findings of a lane."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from control_client import ControlClient, ask, controlled
from inspector_page import WIDE, Person, browser_page, needs_browser, playwright

from mock_electron.serve.server import Server

HOSTILE: Final = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'
SHAPES: Final = {"pass": "✓", "fail": "✕", "not applicable": "–", "not observable": "?"}
NARROW: Final = {"width": 360, "height": 640}
TOO_WIDE: Final = """
[...document.querySelectorAll("#audit-view *")].filter((node) => !node.closest(".table"))
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5).map((one) => one.className)
"""
LOOKS: Final = """
[...document.querySelectorAll(".rule .shape")].map((node) => {
  const style = getComputedStyle(node);
  return [style.backgroundColor, style.borderStyle, style.borderRadius].join();
})
"""


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
        opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield opened


@pytest.fixture
def person(page: Any, control: ControlClient) -> Iterator[Person]:
    """A person at the page. At the end, nothing has violated the Content-Security-Policy."""
    came = Person(page, control.url)
    yield came
    came.leave()


@pytest.fixture(scope="module")
def bad(control: ControlClient) -> Any:
    """A lane whose client does much that it should not, with markup in every text."""
    lane = control.post("/lanes", {"name": "bad"})
    for number in range(30):
        ask(lane, f"{number} {HOSTILE}", seed=7, stream=True, user=HOSTILE)
    parameters = {"type": "object", "properties": {"x": {"type": "string", "examples": [HOSTILE]}}}
    described = f"{HOSTILE} It does this. It does that. " * 40
    function = {"name": "f", "description": described, "parameters": parameters}
    for turn in range(3):
        system = {"role": "system", "content": f"It is 10:4{turn} {HOSTILE} " + "word " * 300}
        messages = [system, {"role": "user", "content": "Hi"}]
        ask(lane, messages=messages, tools=[{"type": "function", "function": function}])
    return lane


def view(person: Person) -> Any:
    return person.page.get_by_role("tabpanel", name="Audit")


@needs_browser
def test_each_rule_has_a_line(person: Person, bad: Any, control: ControlClient) -> None:
    """The outcome has a word and a shape. Only a pass looks like one."""
    person.open("lane=bad")
    person.click(person.page.get_by_role("tab", name="Audit"))
    assert person.query["view"] == ["audit"]
    rules = control.get("/lanes/bad/audit")["rules"]
    lines = view(person).get_by_role("list", name="Rules").get_by_role("listitem")
    person.sees(lines, len(rules))
    shown = lines.locator(".verdict").all_text_contents()
    assert shown == [f"{SHAPES[one['outcome']]} {one['outcome']}" for one in rules.values()]
    assert lines.locator(".rule-name").all_text_contents() == [*rules]
    looks = {*zip(shown, person.page.evaluate(LOOKS), strict=True)}
    assert len({look for _, look in looks}) == len(looks) == len({*shown}) == len(SHAPES)
    for index, (name, one) in enumerate(rules.items()):
        assert one["reason"] in lines.nth(index).text_content(), name


@needs_browser
def test_a_finding_has_all_of_its_parts(person: Person, bad: Any, control: ControlClient) -> None:
    """The weightiest comes first, with the reason, the repair and the vendor's sentence."""
    person.open("lane=bad&view=audit")
    audit = control.get("/lanes/bad/audit")
    cards = view(person).get_by_role("article")
    person.sees(cards, len(audit["findings"]))
    for card, finding in zip(cards.all(), audit["findings"], strict=True):
        text = card.text_content()
        wanted = (finding["id"], finding["severity"], finding["title"], finding["reason"])
        repair = (finding["repair"]["words"], finding["repair"]["snippet"], finding["practice"])
        assert [part for part in (*wanted, *repair, *finding["details"]) if part not in text] == []
    assert view(person).locator("img, script").count() == 0
    assert person.page.evaluate("window.hacked") is None
    tokens = audit["tokens"]
    totals = view(person).locator(".totals dd").all_text_contents()
    assert totals == [f"{tokens[name]:,}" for name in ("spent", "cached", "avoidable")]
    words = f"{len(cards.all())} findings, {len(cards.all())} failing, in 33 exchanges"
    person.sees(view(person).get_by_text(words))


@needs_browser
def test_the_keyboard_opens_an_exchange_and_comes_back(person: Person, bad: Any) -> None:
    """A rule leads to its findings, a finding to its exchanges, Esc back to the finding."""
    person.open("lane=bad&view=audit")
    person.page.get_by_role("button", name="seed: go to its findings").focus()
    person.page.keyboard.press("Enter")
    card = person.page.get_by_role("article").filter(has_text="seed/")
    playwright.expect(card).to_be_focused()
    person.sees(card.get_by_text("and 10 more"))
    person.page.keyboard.press("Tab")
    opener = card.get_by_role("button", name="Open exchange #0")
    playwright.expect(opener).to_be_focused()
    person.page.keyboard.press("Enter")
    person.sees(person.page.get_by_role("heading", name="Exchange #0"))
    messages = person.page.get_by_role("tab", name="Messages")
    playwright.expect(messages).to_be_focused()
    person.page.keyboard.press("Escape")
    playwright.expect(opener).to_be_focused()


@needs_browser
def test_a_repair_is_copied(person: Person, bad: Any, control: ControlClient) -> None:
    """The clipboard has the snippet as it is."""
    person.open("lane=bad&view=audit")
    finding = control.get("/lanes/bad/audit")["findings"][0]
    card = person.page.get_by_role("article").first
    card.get_by_role("button", name="Copy the repair").click()
    person.sees(card.get_by_role("button", name="Copied"))
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert copied == finding["repair"]["snippet"]


@needs_browser
def test_new_exchanges_are_audited(person: Person, control: ControlClient) -> None:
    """What has the focus keeps it while findings appear around it. An empty lane says so."""
    lane = control.post("/lanes", {"name": "growing"})
    person.open("lane=growing&view=audit")
    person.sees(view(person).get_by_role("heading", name="No request yet"))
    ask(lane, seed=7, temperature=0.5)
    seed = person.page.get_by_role("article").filter(has_text="seed/")
    person.sees(seed.get_by_role("button", name="Open exchange"), 1)
    copy = seed.get_by_role("button", name="Copy the repair")
    copy.focus()
    ask(lane, seed=7, temperature=0.5, stream=True)
    person.sees(seed.get_by_role("button", name="Open exchange"), 2)
    person.sees(person.page.get_by_role("article").filter(has_text="stream-usage/"))
    playwright.expect(copy).to_be_focused()
    person.page.get_by_role("tab", name="Exchanges").click()
    person.sees(person.page.locator(".rows .row"), 2)


@needs_browser
def test_nobody_waits_for_an_audit_that_is_not_shown(person: Person, bad: Any) -> None:
    """While an audit takes long, another view is shown at once."""
    person.page.route("**/audit?*", lambda _route: None)  # it is never answered
    with person.page.expect_request("**/audit?*"):
        person.open("lane=bad&view=audit")
    person.page.get_by_role("tab", name="Exchanges").click()
    person.sees(person.numbered(32))
    person.page.unroute("**/audit?*")
    person.page.get_by_role("tab", name="Audit").click()
    person.sees(person.page.get_by_role("list", name="Rules"))


@needs_browser
def test_the_audit_fits(person: Person, bad: Any) -> None:
    """At 360 pixels, nothing is wider than the window."""
    person.page.set_viewport_size(NARROW)
    person.open("lane=bad&view=audit")
    person.sees(person.page.get_by_role("list", name="Rules"))
    assert person.page.evaluate(TOO_WIDE) == []
    person.page.get_by_role("button", name="Open exchange #0").first.click()
    person.sees(person.page.get_by_role("heading", name="Exchange #0"))
    person.page.set_viewport_size(WIDE)
