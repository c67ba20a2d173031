"""`mock-electron audit`: what it reads, what it writes, and how it ends."""

import json
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from audit_traffic import Traffic
from click.testing import CliRunner, Result
from rows import each

from mock_electron.audit import RULES, Evidence
from mock_electron.cli.app import cli

USAGE: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
ONLY_SEED = [f"--rule={name}=off" for name in RULES if name not in ("seed", "stream-usage")]
"""Options that leave two rules, so that new ones change no test."""


def run(*args: str | Path, given: bytes | str | None = None) -> Result:
    """Run the command with two rules."""
    return CliRunner().invoke(cli, ["audit", *ONLY_SEED, *map(str, args)], input=given)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A journal in which both rules find something."""
    traffic = Traffic()
    traffic.ask(seed=1)
    traffic.ask(stream=True)
    traffic.exchanges.save(tmp_path / "bad.jsonl")
    return tmp_path / "bad.jsonl"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A journal in which no rule finds anything."""
    traffic = Traffic()
    traffic.ask(**USAGE)
    traffic.exchanges.save(tmp_path / "good.jsonl")
    return tmp_path / "good.jsonl"


# --- text and exit status


def test_findings_of_a_rule_with_the_level_error_are_status_1(bad: Path) -> None:
    """The text has the file, the lane, a line for each rule, and the findings."""
    ran = run(bad)
    assert ran.exit_code == 1
    assert ran.output.startswith(f"{bad}, lane default: 2 exchanges\n\nstream-usage ")
    assert "\nseed               fail " in ran.output
    assert "Relies on seed, not temperature [seed/temperature, low]\n" in ran.output
    assert ran.output.endswith("\nmock-electron audit: 2 findings, 2 of them failing\n")


def test_without_findings_the_status_is_0(good: Path) -> None:
    """A clean journal has a line for each rule, and the sum."""
    ran = run(good)
    assert ran.exit_code == 0
    assert "\nstream-usage       pass            1 stream\n" in ran.output
    assert "\nseed               not applicable  no request has a seed\n" in ran.output
    assert ran.output.endswith("\nmock-electron audit: 0 findings, 0 of them failing\n")


def test_levels(bad: Path) -> None:
    """A rule that warns fails nothing; one that is off has no line."""
    warned = run(bad, "--rule", "seed=warn", "--rule", "stream-usage=warn")
    assert warned.exit_code == 0
    assert warned.output.endswith("\nmock-electron audit: 2 findings, 0 of them failing\n")
    off = run(bad, "--rule", "seed=off", "--rule=stream-usage=warn")
    assert "\nseed " not in off.output


def test_thresholds(tmp_path: Path) -> None:
    """A figure of the user decides. Its name may have hyphens."""
    traffic = Traffic()
    traffic.ask(seed=1, temperature=0.1)
    traffic.exchanges.save(tmp_path / "warm.jsonl")
    assert run(tmp_path / "warm.jsonl").exit_code == 1
    for name in ("seeded_temperature", "seeded-temperature"):
        assert run(tmp_path / "warm.jsonl", "--threshold", f"{name}=0.1").exit_code == 0


def test_rates_say_what_it_costs(bad: Path, tmp_path: Path) -> None:
    """Prices are given as text, by name, or in a file."""
    (tmp_path / "rates.toml").write_text('input = 1\ncached = 1\noutput = 1\ncurrency = "EUR"\n')
    for rates, currency in (("0.4:0.1:1.6", "USD"), ("example", "USD")):
        output = run(bad, "--rates", rates).output
        assert f" {currency}, 0.0000" in output
        assert " of it for cached tokens; avoidable: 0.000000\n" in output
    output = run(bad, "--rates", tmp_path / "rates.toml").output
    assert " EUR, 0.0000" in output


def test_several_journals_and_lanes(bad: Path, good: Path, tmp_path: Path) -> None:
    """Each lane of each file is audited, and `--lane` selects some."""
    lines = [
        f'{{"lane":"{name}",{line.removeprefix("{")}'
        for name, file in (("b", bad), ("a", good))
        for line in file.read_text().splitlines()
    ]
    both = tmp_path / "both.jsonl"
    both.write_text("\n".join(lines))
    ran = run(both, good)
    titles = [line for line in ran.output.splitlines() if ", lane " in line]
    assert titles == [
        f"{both}, lane a: 1 exchange",
        f"{both}, lane b: 2 exchanges",
        f"{good}, lane default: 1 exchange",
    ]
    assert ran.output.endswith("audit: 2 findings in 3 lanes, 2 of them failing\n")
    assert run(both, "--lane", "a").exit_code == 0
    assert run(both, "--lane", "b").exit_code == 1
    wrong = run(both, "--lane", "bb")
    assert (wrong.exit_code, "--lane: unknown lane 'bb'" in wrong.output) == (2, True)


def test_standard_input(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is a journal."""
    ran = run("-", given=bad.read_bytes())
    assert ran.exit_code == 1
    assert ran.output.startswith("standard input, lane default: 2 exchanges\n")


def test_logs_are_given_to_the_rules(
    bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several files are one text. Bytes that are not UTF-8 do not matter."""
    seen: list[str | None] = []

    class Seen(Evidence):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            seen.append(self.logs)

    monkeypatch.setattr("mock_electron.audit.run.Evidence", Seen)
    (tmp_path / "a.log").write_bytes(b"one \xff")
    (tmp_path / "b.log").write_text("two")
    run(bad, "--logs", tmp_path / "a.log", "--logs", tmp_path / "b.log")
    run(bad)
    assert seen == ["one \ufffd\ntwo", None]


# --- mistakes


def cut(data: bytes) -> bytes:
    return data[:-20]


UNREADABLE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda data: b"", ": is empty; `electron.exchanges.save('FILE.jsonl')` and `serve"),
    "empty lines": (lambda data: b"\n\n \n", ": is empty; "),
    "truncated": (cut, ":2: the file ends in the middle of this line"),
    "a later version": (
        lambda data: data.replace(b'"format":2', b'"format":99'),
        ":1: has format 99, and this version of mock-electron reads up to 2; update it",
    ),
    "not JSON": (lambda data: b"hello", ":1: is not JSON ("),
    "an archive": (lambda data: b'{"log":{}}', ":1: is an HTTP Archive, which has no replies"),
    "another document": (lambda data: b'{"a":1}', ":1: is not a line of a journal: "),
    "twice": (lambda data: data + data, ":3: exchange #0 of the lane 'default' was there already"),
}


@each(UNREADABLE)
def test_an_unreadable_journal_is_status_2(row: tuple[Callable[[bytes], bytes], str]) -> None:
    """The message has the file, the line and the reason. Nothing is audited."""
    change, words = row
    traffic = Traffic()
    traffic.ask(seed=1)
    traffic.ask(seed=1)
    ran = run("-", given=change(traffic.exchanges.json_lines().encode()))
    assert ran.exit_code == 2
    assert f"Error: standard input{words}" in ran.output
    assert "Traceback" not in ran.output


WRONG: dict[str, tuple[list[str], str]] = {
    "no file": ([], "Missing argument 'JOURNAL...'"),
    "a missing file": (["none.jsonl"], "none.jsonl: cannot be read: No such file or directory"),
    "a folder": (["."], ".: cannot be read: Is a directory"),
    "a rule": (["-", "--rule=sed=off"], "--rule: unknown rule 'sed'; expected one of"),
    "a level": (["-", "--rule=seed=on"], "--rule: unknown level of seed 'on'; expected one of"),
    "no level": (["-", "--rule=seed"], "--rule: each must be a rule and its level, such as seed"),
    "two levels": (["-", "--rule=seed=off", "--rule=seed=warn"], "seed has two levels: off and"),
    "a threshold": (
        ["-", "--threshold=seed_temperature=1"],
        "unknown threshold 'seed_temperature'; expected ",
    ),
    "a figure": (
        ["-", "--threshold=seeded_temperature=low"],
        "--threshold: seeded_temperature must be a number of at least 0, got 'low'",
    ),
    "a low figure": (
        ["-", "--threshold=seeded_temperature=-1"],
        "--threshold: seeded_temperature must be a number of at least 0, got -1",
    ),
    "not a number": (["-", "--threshold=seeded_temperature=nan"], "must be a number of at least"),
    "rates": (["-", "--rates=cheap"], "--rates: unknown rates 'cheap'; expected "),
    "logs": (["-", "--logs=none.log"], "--logs none.log: cannot be read: No such file"),
    "twice -": (["-", "--logs=-"], "only one of JOURNAL and --logs can be -"),
    "two outputs": (
        ["-", "--json=-", "--sarif=-"],
        "only one of --json, --junit, --sarif, --github and",
    ),
    "the same file": (["-", "--json=x", "--junit=x"], "--json and --junit must not be the same"),
    "an option": (["-", "--thresholds=a"], "No such option '--thresholds'. Did you mean"),
}


@each(WRONG)
def test_a_wrong_option_is_status_2(row: tuple[list[str], str]) -> None:
    """The message names the option, what is wrong, and what is right."""
    args, words = row
    with TemporaryDirectory() as folder, chdir(folder):
        traffic = Traffic()
        traffic.ask()
        ran = CliRunner().invoke(cli, ["audit", *args], input=traffic.exchanges.json_lines())
    assert ran.exit_code == 2
    assert words in ran.output
    assert "Traceback" not in ran.output


def test_the_journal_is_not_overwritten(bad: Path) -> None:
    """A report must not replace what it is about."""
    ran = run(bad, "--json", bad)
    assert ran.exit_code == 2
    assert "must not be the same file" in ran.output


def test_all_unreadable_journals_are_named(tmp_path: Path) -> None:
    """One message has all of them."""
    (tmp_path / "a.jsonl").write_text("")
    ran = run(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert "a.jsonl: is empty" in ran.output
    assert "b.jsonl: cannot be read" in ran.output


# --- formats


def test_json(bad: Path, tmp_path: Path) -> None:
    """The document has `Audit.to_dict` for each lane, and the number of failing findings."""
    ran = run(bad, "--json", tmp_path / "out.json", "--rates=example")
    document = json.loads((tmp_path / "out.json").read_text())
    [audit] = document["audits"]
    assert ran.exit_code == 1
    assert document["failing"] == 2
    assert (audit["lane"], audit["exchanges"]) == ("default", 2)
    assert audit["rules"]["seed"]["outcome"] == "fail"
    assert [one["id"] for one in audit["findings"]] == ["stream-usage/missing", "seed/temperature"]
    assert audit["money"]["currency"] == "USD"


def test_a_format_on_standard_output(bad: Path) -> None:
    """Then the text is printed to standard error."""
    ran = run(bad, "--json", "-")
    assert json.loads(ran.stdout)["failing"] == 2
    assert ran.stderr.endswith("audit: 2 findings, 2 of them failing\n")


def test_junit(bad: Path, good: Path, tmp_path: Path) -> None:
    """A case for each rule: it fails, passes, or is skipped with the reason."""
    run(bad, good, "--junit", tmp_path / "out.xml", "--rule=seed=warn")
    suites = ET.parse(tmp_path / "out.xml").getroot().findall("testsuite")  # noqa: S314 (our own)
    assert [suite.get("name") for suite in suites] == [
        f"{bad}, lane default: 2 exchanges",
        f"{good}, lane default: 1 exchange",
    ]
    cases = [{case.get("name"): case for case in suite.findall("testcase")} for suite in suites]
    failure = cases[0]["stream-usage"].find("failure")
    assert failure is not None
    assert "include_usage" in (failure.text or "")
    assert cases[0]["seed"].find("failure") is None
    assert "Relies on seed" in cases[0]["seed"].findtext("system-out", "")
    assert len(cases[1]["stream-usage"]) == 0
    skipped = cases[1]["seed"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not applicable: no request has a seed"


def test_junit_needs_an_extra(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the command that installs it, and nothing is written."""
    monkeypatch.setitem(sys.modules, "junitparser", None)
    ran = run(bad, "--junit", bad.with_name("out.xml"))
    assert ran.exit_code == 2
    assert 'pip install "mock-electron[contract]"' in ran.output
    assert not bad.with_name("out.xml").exists()
