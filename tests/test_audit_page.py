"""`mock-electron audit --html`: the audit as one file, which a browser opens without a server."""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from audit_traffic import CHAT, Traffic, system, tool, user
from click.testing import CliRunner
from inspector_page import Person, browser_page, needs_browser, playwright

from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.cli.app import cli
from mock_electron.control import audit_page
from mock_electron.control.inspector import FOLDER
from mock_electron.engine.arrival import Arrival

HOSTILE: Final = (
    "</script><script>window.hacked=1</script><!--<script>\u2028\u2029\u202e]]>&lt;"
    '<img src=x onerror="window.hacked=1">{{7*7}}</textarea>'
    " sk_live_4f9a8b7c6d5e Bearer 0a1b2c3d4e5f6a7b8c9d0e1f"
)
SECRETS: Final = ("4f9a8b7c6d5e", "0a1b2c3d4e5f6a7b")
DATA: Final = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """One page of one browser for all tests."""
    with browser_page() as opened:
        yield opened


def written(traffic: Traffic, file: Path, lane: str = "default") -> Path:
    """Write a journal, and return its file."""
    lines = [json.loads(line) for line in traffic.exchanges.json_lines().splitlines()]
    text = "\n".join(json.dumps({**line, "lane": lane}) for line in lines)
    file.write_text(text + "\n", "utf-8")
    return file


def report(*journals: Path, options: Sequence[str] = ()) -> str:
    """Return the page that the command writes for journals."""
    html = journals[0].with_suffix(".html")
    ran = CliRunner().invoke(cli, ["audit", *map(str, journals), "--html", str(html), *options])
    assert ran.exit_code in (0, 1), ran.output
    return html.read_text("utf-8")


def embedded(html: str) -> Any:
    """Return what a page has of the journals."""
    (data,) = DATA.findall(html)
    return json.loads(data)


def hostile() -> Traffic:
    traffic = Traffic()
    for number in range(4):
        messages = [system(f"{number} {HOSTILE}" + "word " * 200), user(HOSTILE)]
        described = tool(description=HOSTILE * 20)
        traffic.ask(messages, seed=7, stream=True, user=HOSTILE, tools=[described], at=number)
    return traffic


def many(count: int) -> Traffic:
    traffic = Traffic(clock="frozen")
    body = b'{"model":"electron","seed":7,"messages":[{"role":"user","content":"Hi"}]}'
    for _ in range(count):
        traffic.lane.answer_at_once(Arrival("POST", CHAT, "Bearer k", "application/json", body))
    return traffic


@needs_browser
def test_the_report_is_the_page_without_a_server(page: Any, tmp_path: Path) -> None:
    """It shows the audit and the exchanges, asks nobody, and executes nothing of the journal."""
    traffic = hostile()
    html = report(
        written(traffic, tmp_path / "a.jsonl"), written(traffic, tmp_path / "b.jsonl", "b")
    )
    file = tmp_path / "a.html"
    person = Person(page, "")
    page.goto(file.as_uri())
    person.sees(page.get_by_role("heading", name=f"Audit of {tmp_path}/a.jsonl and 1 more journal"))
    lanes = [f"{tmp_path}/a.jsonl: default", f"{tmp_path}/b.jsonl: b"]
    playwright.expect(page.locator("#lane option")).to_have_text(lanes)
    findings = embedded(html)["lanes"][0]["audit"]["findings"]
    person.sees(page.get_by_role("article"), len(findings))
    for card, finding in zip(page.get_by_role("article").all(), findings, strict=True):
        assert finding["reason"] in card.text_content()
    page.get_by_role("button", name="Open exchange #1").first.click()
    for tab in page.locator("#exchange [role=tab]").all():
        tab.click()
        person.sees(page.locator(f"#exchange-body[aria-labelledby={tab.get_attribute('id')}] > *"))
    for view, words in {"Exchanges": "4 exchanges", "Lane": "At the end"}.items():
        page.get_by_role("tab", name=view).click()
        person.sees(page.get_by_role("tabpanel", name=view).get_by_text(words))
    assert page.locator("form:not([role=search])").count() == 0
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("window.hacked") is None
    person.leave()


@needs_browser
def test_the_report_has_the_money(page: Any, tmp_path: Path) -> None:
    """With rates, it is next to the tokens. A rule that only warns says so, also in its findings."""
    options = ["--rates", "0.4:0.1:1.6", "--rule", "seed=warn"]
    html = report(written(hostile(), tmp_path / "a.jsonl"), options=options)
    money = embedded(html)["lanes"][0]["audit"]["money"]
    page.goto((tmp_path / "a.html").as_uri())
    shown = page.get_by_label("Totals").locator("dd")
    playwright.expect(shown.nth(3)).to_have_text(re.compile(rf"^0\.\d+ {money['currency']}$"))
    assert float(shown.nth(3).text_content().split()[0]) == pytest.approx(money["spent"], abs=1e-6)
    assert float(shown.nth(4).text_content().split()[0]) == pytest.approx(
        money["avoidable"], abs=1e-6
    )
    seed = page.get_by_role("listitem").filter(has_text="fail, only a warning")
    playwright.expect(seed).to_have_count(1)
    playwright.expect(page.get_by_role("article").filter(has_text="only a warning")).to_have_count(
        1
    )


def test_no_text_of_a_journal_ends_the_data(tmp_path: Path) -> None:
    """The data are one script of JSON, without secrets. The policy allows only the own script."""
    html = report(written(hostile(), tmp_path / "a.jsonl"))
    assert html.count("</script>") == html.count("<script") == 2
    assert "<!--" not in html
    assert [secret for secret in SECRETS if secret in html] == []
    assert "sk_mock" not in json.dumps(embedded(html)["lanes"][0]["exchanges"][0]["headers"])
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1]


def test_a_key_is_in_no_form_of_an_exchange(tmp_path: Path) -> None:
    """It is gone from bodies, from replies and from texts to copy, whatever stands before it."""
    key = "sk_live_4f9a8b7c6d5e4f9a"
    traffic = Traffic(chunk_tokens=1)
    traffic.lane.respond_with(lambda _: f"Your key is {key}.")
    for text in (
        f"My key:\n{key}",
        f"postgres://me:{key[8:]}@db",
        json.dumps({"api_key": key[8:]}),
    ):
        traffic.ask([user(text)], stream=True)
        traffic.ask([user(text)])
    html = report(written(traffic, tmp_path / "a.jsonl"))
    exchanges = embedded(html)["lanes"][0]["exchanges"]
    assert "…" in json.dumps(exchanges[0]["request"], ensure_ascii=False)
    forms = [key[8:], base64.b64encode(key.encode()).decode()[4:-4], key.encode().hex()[20:-2]]
    assert [form for form in forms if form in html] == []


def test_the_same_journal_makes_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in the file depends on the time or on the machine."""
    first = report(written(hostile(), tmp_path / "a.jsonl"))
    assert report(written(hostile(), tmp_path / "a.jsonl")) == first


def test_a_large_journal_has_what_its_findings_need(tmp_path: Path) -> None:
    """The file has the first exchanges of each finding and the latest ones, and counts the rest."""
    html = report(written(many(700), tmp_path / "a.jsonl"))
    (lane,) = embedded(html)["lanes"]
    kept = [one["number"] for one in lane["exchanges"]]
    assert kept == [one["number"] for one in lane["rows"]] == [*range(20), *range(500, 700)]
    assert lane["left_out"] == 480
    assert lane["audit"]["exchanges"] == 700
    for finding in lane["audit"]["findings"]:
        assert {*finding["exchanges"][:20]} <= {*kept}


def test_large_exchanges_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the weightiest finding come first."""
    traffic = many(60)
    monkeypatch.setattr(audit_page, "MOST_BYTES", 50_000)
    one = LaneAudit("a.jsonl", "default", traffic.exchanges, traffic.audit())
    (lane,) = embedded(audit_page.audit_page([one]).decode())["lanes"]
    kept = [each["number"] for each in lane["exchanges"]]
    assert 0 < len(kept) < 20
    assert kept == sorted(one.audit[0].exchanges[: len(kept)])
    assert lane["left_out"] == 60 - len(kept)


@needs_browser
def test_what_is_left_out_is_said(page: Any, tmp_path: Path) -> None:
    """The page counts it, and has no button for an exchange that it does not have."""
    traffic = many(60)
    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        patched.setattr(audit_page, "MOST_BYTES", 50_000)
        report(written(traffic, tmp_path / "a.jsonl"))
    person = Person(page, "")
    page.goto((tmp_path / "a.html").as_uri())
    person.sees(page.get_by_text(re.compile(r"in 60 exchanges; this file leaves out \d\d others")))
    places = page.get_by_role("article").first.get_by_role("list", name="Exchanges")
    known = places.get_by_role("button").count()
    assert 0 < known < 20
    playwright.expect(places.get_by_title("not in this file")).to_have_count(20 - known)
    person.leave()


def test_the_page_shows_as_many_exchanges_as_the_file_has() -> None:
    """The number for one finding is the same in both."""
    script = (FOLDER / "finding.js").read_text("utf-8")
    assert f"const MOST_SHOWN = {audit_page.MOST_OF_FINDING};" in script


def test_a_lane_without_chat_requests(tmp_path: Path) -> None:
    """A journal of other requests has a page as well."""
    traffic = Traffic()
    traffic.lane.close(traffic.lane.open(Arrival("GET", "/waves/v1/none")), 1)
    file = tmp_path / "a.jsonl"
    file.write_text(traffic.exchanges.with_others.json_lines(), "utf-8")
    (lane,) = embedded(report(file))["lanes"]
    assert lane["audit"]["exchanges"] == 0
    assert len(lane["rows"]) == 1
