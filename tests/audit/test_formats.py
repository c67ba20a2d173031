"""Audits in the formats of other programs: what they contain, and what a journal cannot do to them.

A journal may contain markup, commands to CI systems, keys, and characters that no file can have.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from audit_traffic import Traffic, system, tool, user
from click.testing import CliRunner
from jsonschema import Draft202012Validator, FormatChecker
from rows import each
from sarif_schema import SCHEMA

from mock_electron.audit import RULES, Finding, Repair, Rule, judged
from mock_electron.audit.finding import Severity
from mock_electron.audit.formats.document import document
from mock_electron.audit.formats.github import annotations, summary
from mock_electron.audit.formats.junit import junit
from mock_electron.audit.formats.sarif import sarif
from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.cli.app import cli

HOSTILE = (
    "<script>alert(1)</script> ]]> &lt; <!-- --> <img src=x onerror=y> {{7*7}} ${{ github.token }}\n"
    "::error::mine\n  ::set-output name=a::b\n##[add-path]/tmp\n%0A::debug::x\r::stop-commands::y"
    "\x1b[31m\x1b]0;title\x07 \u2028\u2029\u202e \ud800 \x00\x0b\ufffe \u0085"
    " @everyone [a](javascript:x) ![b](http://c) | cell `code` ``` fence\n# heading\n- item"
    " sk_live_4f9a8b7c6d5e Bearer 0a1b2c3d4e5f6a7b8c9d0e1f api_key=9f8e7d6c5b4a3f2e1d0c"
)
SECRETS = ("4f9a8b7c6d5e", "0a1b2c3d4e5f6a7b", "9f8e7d6c5b4a3f2e")
PYTHON = Repair(HOSTILE, HOSTILE)


def hostile(level: str = "error") -> LaneAudit:
    """An audit whose texts are hostile in every place."""
    severities: tuple[tuple[str, Severity], ...] = (("a", "high"), ("b", "medium"), ("c", "low"))
    found = [
        Finding("mine", kind, severity, "Bad", HOSTILE, (0, 1), PYTHON, HOSTILE, details=(HOSTILE,))
        for kind, severity in severities
    ]
    rule = Rule("mine", "anything", "A sentence.", lambda seen: judged(found, HOSTILE, [HOSTILE]))
    traffic = Traffic()
    traffic.ask()
    off = dict.fromkeys(RULES, "off")
    audit = traffic.audit(rules=[rule], levels={**off, "mine": level})
    name = f"a:b,c%/{HOSTILE.partition(' sk_live')[0]}.jsonl"  # that of the user's own file
    return LaneAudit(name, HOSTILE, traffic.exchanges, audit, {0: 7})


def written(one: LaneAudit) -> Iterator[tuple[str, str]]:
    """Yield each format and its content."""
    yield "text", str(one)
    yield "json", json.dumps(document([one]), ensure_ascii=False)
    yield "sarif", json.dumps(sarif([one]), ensure_ascii=False)
    yield "junit", junit([one]).decode()
    yield "summary", summary([one])
    yield "annotations", "\n".join(annotations([one]))


FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ud800-\udfff\ufffe\uffff]")
"""Characters that no format may have."""


@each(dict(written(hostile())))
def test_no_format_has_keys_or_control_characters(content: str) -> None:
    """They are shortened or escaped, and every content can be written."""
    assert FORBIDDEN.findall(content) == []
    assert [secret for secret in SECRETS if secret in content] == []
    content.encode()


@each({name: content for name, content in written(hostile()) if name not in ("json", "sarif")})
def test_no_line_is_a_command_of_a_journal(content: str) -> None:
    """A line of a log that begins with `::` is a command, and so is `##[` anywhere in it."""
    lines = [line.strip() for line in content.splitlines()]
    commands = [line for line in lines if line.startswith("::")]
    assert [line for line in commands if not line.startswith(MINE)] == []
    assert [line for line in lines if "##[" in line] == []


MINE = ("::error file=a%3Ab%2Cc%25/", "::warning file=a%3Ab%2Cc%25/", "::notice file=a%3Ab%2Cc%25/")


def test_annotations() -> None:
    """Each is one line, with the severity, the file and the line of the first exchange."""
    lines = list(annotations([hostile()]))
    assert [line.split()[0] for line in lines] == ["::error", "::warning", "::notice"]
    for line in lines:
        assert "\n" not in line
        properties, message = line.removeprefix("::").split("::", 1)
        assert ",line=7,title=Bad (mine/" in properties
        assert properties.count(",") == 2
        assert "%0A" in message
    warned = list(annotations([hostile("warn")]))
    assert warned[0].startswith("::warning ")


def test_markdown_has_no_markup_of_a_journal() -> None:
    """Outside of blocks of code there is no tag, link, mention, entity or table cell."""
    text = re.sub(r"(`{4,})\w*\n.*?\n\1", "", summary([hostile()]), flags=re.DOTALL)
    assert "<" not in text
    assert "](" not in text
    assert "@" not in text
    assert "`" not in text
    assert "${{" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {5}
    assert [line for line in text.splitlines() if line.startswith("#")] == [text.splitlines()[0]]


def test_xml_is_well_formed() -> None:
    """The texts of the journal are texts."""
    root = ET.fromstring(junit([hostile()]))  # noqa: S314 (our own)
    assert {element.tag for element in root.iter()} == {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
    }
    texts = [element.text or "" for element in root.iter("failure")]
    assert all("<script>alert(1)</script> ]]> &lt;" in text for text in texts)


def check_sarif(given: object) -> None:
    """Check a document against the subset of the schema."""
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(given)


def test_sarif_is_valid() -> None:
    """The levels are those of the severities. The fingerprint is made of the lane and the id."""
    log = sarif([hostile(), hostile()])
    check_sarif(log)
    [run] = log["runs"]
    assert [one["level"] for one in run["results"]][:3] == ["error", "warning", "note"]
    first, *_, again = [run["results"][index]["partialFingerprints"] for index in (0, 1, 2, 3)]
    assert first == again
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 7}
    assert re.fullmatch(r"[\w.~%/()*'!-]+", place["artifactLocation"]["uri"])


def test_sarif_says_what_was_not_observable() -> None:
    """It is a notification, not a result: the rule has not passed."""
    traffic = Traffic()
    traffic.ask()
    log = sarif([LaneAudit("a.jsonl", "default", traffic.exchanges, traffic.audit(), {0: 1})])
    check_sarif(log)
    [invocation] = log["runs"][0]["invocations"]
    words = [one["message"]["text"] for one in invocation["toolExecutionNotifications"]]
    assert "request-id, lane default: not observable: no log was given" in words


def test_a_rule_of_ones_own_has_a_result_without_an_index() -> None:
    """Only the rules of this package are described."""
    result, *_ = sarif([hostile()])["runs"][0]["results"]
    assert result["ruleId"] == "mine"
    assert "ruleIndex" not in result


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal with hostile texts wherever a client can put them."""
    traffic = Traffic()
    text = HOSTILE.replace("\ud800", "")
    for number in range(3):
        traffic.ask(
            [system(f"{number} {text}"), user(text)],
            key="sk_live_4f9a8b7c6d5e",
            seed=7,
            stream=True,
            tools=[tool(description=text * 9)],
            user=text,
            headers={"X-Trace": "api_key=9f8e7d6c5b4a3f2e1d0c"},
        )
    unknown: Any = {"<script>": text}
    traffic.ask([user(text)], faults="fail=503", **unknown)
    traffic.ask(body=b"\xff\xfe ::error:: <script>")
    lines = traffic.exchanges.json_lines().splitlines()
    lane = json.dumps(text)
    path = tmp_path / "<b>, ::error::%0A.jsonl"
    path.write_text("\n".join(f'{{"lane":{lane},{line.removeprefix("{")}' for line in lines))
    return path


def test_a_hostile_journal_on_the_command_line(journal: Path, tmp_path: Path) -> None:
    """All files are written, and neither they nor the output have keys, markup or commands."""
    names = {name: tmp_path / f"out.{name}" for name in ("json", "junit", "sarif", "github")}
    options = [f"--{name}={path}" for name, path in names.items()]
    ran = CliRunner().invoke(cli, ["audit", str(journal), *options])
    assert ran.exit_code == 1, ran.output
    contents = {name: path.read_text(encoding="utf-8") for name, path in names.items()}
    for content in (ran.output, *contents.values()):
        assert FORBIDDEN.findall(content) == []
        assert [secret for secret in SECRETS if secret in content] == []
    commands = [line for line in ran.output.splitlines() if line.strip().startswith("::")]
    assert len(commands) == len(json.loads(contents["json"])["audits"][0]["findings"])
    check_sarif(json.loads(contents["sarif"]))
    assert "<script" not in contents["github"]
    ET.fromstring(contents["junit"])  # noqa: S314 (our own)


def test_the_summary_of_a_step_keeps_what_is_there(
    journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier commands of the step have written to the same file. Another file is replaced."""
    step, other = tmp_path / "step.md", tmp_path / "other.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    for file in (step, other):
        file.write_text("# Before\n")
        CliRunner().invoke(cli, ["audit", str(journal), f"--github={file}"])
    assert step.read_text().startswith("# Before\n### Audit of ")
    assert other.read_text().startswith("### Audit of ")
