"""`mock-electron contract`: what it prints and writes, what it costs, and with which status it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from junitparser import JUnitXml

from mock_electron import Electron, MockElectron
from mock_electron.cli.app import cli
from mock_electron.contract import CLAUSES

KEYS = "id section sentence confidence source outcome expected got reason".split()


def contract(*args: str, key: str | None = None) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(cli, ["contract", *args], env={"SMALLEST_API_KEY": key})


def elsewhere(electron: Electron) -> str:
    """The base URL of a fake by an address that is not known to be this machine's."""
    return electron.base_url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104


@pytest.fixture
def vllm() -> Iterator[Electron]:
    """A fake that breaks one documented clause."""
    with MockElectron(named_tool_finish="stop") as electron:
        yield electron


# --- what it says


def test_a_fake_of_its_own_holds() -> None:
    """A table by section, what was skipped and why; status 0."""
    ran = contract()
    lines = ran.stdout.splitlines()
    assert ran.exit_code == 0
    assert lines[0].split() == ["section", "pass", "fail", "skip"]
    assert lines[8].split() == ["all", str(len(CLAUSES) - 2), "0", "2"]
    assert lines[-1] == (
        "skip cache.faster, time.each_token: "
        "needs replies that take time, as those of a fake with a pace do"
    )


def test_a_failure_shows_what_came(vllm: Electron) -> None:
    """What was expected, what came, and the exchange; status 1, as the clause is documented."""
    ran = contract("--base-url", vllm.base_url, "--only", "chat.choice.*")
    assert ran.exit_code == 1
    begun = ran.stdout.index("FAIL chat.choice.named.finish (documented; Chat Completions)")
    told = ran.stdout[begun:].splitlines()
    assert told[2:4] == ['  expected  "tool_calls"', '  got       "stop"']
    assert told[4].startswith("  asked     POST /chat/completions {")
    assert told[5].startswith('  answered  200 {"id":"chatcmpl-')


def test_what_is_assumed_may_fail() -> None:
    """It is told, and the status is 0."""
    with MockElectron(accept_json_schema=True) as electron:
        ran = contract("--base-url", electron.base_url)
    failed = [line for line in ran.stdout.splitlines() if line.startswith("FAIL")]
    assert [line.split()[1] for line in failed] == [
        "request.response_format.type.issue",
        "request.response_format.json_schema",
        "request.response_format.json_schema.issue",
    ]
    assert ran.exit_code == 0


def test_the_list_asks_nobody() -> None:
    """Every clause with its sentence, though the URL leads nowhere."""
    ran = contract("--list", "--base-url", "http://127.0.0.1:1/v1", "--confidence", "assumed")
    assumed = [clause for clause in CLAUSES if clause.confidence == "assumed"]
    assert ran.exit_code == 0
    assert ran.stdout.count("(assumed; ") == len(assumed)
    assert all(clause.sentence in ran.stdout for clause in assumed)


def test_verbose_shows_every_clause() -> None:
    """With its outcome."""
    ran = contract("--verbose", "--only", "chat.finish.*")
    assert "pass  chat.finish.stop (documented)" in ran.stdout
    assert "pass  chat.finish.length (documented)" in ran.stdout


def test_a_real_process() -> None:
    """As a user runs it, in a locale that knows no quotation marks."""
    ran = subprocess.run(
        [sys.executable, "-m", "mock_electron", "contract", "--only", "request.n*", "-v"],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "pass  request.n (documented)" in ran.stdout


# --- what it writes


def test_the_json_lists_every_clause(tmp_path: Path, vllm: Electron) -> None:
    """With what became of it."""
    file = tmp_path / "report.json"
    contract("--base-url", vllm.base_url, "--json", str(file))
    report = json.loads(file.read_text(encoding="utf-8"))
    assert [clause["id"] for clause in report["clauses"]] == [clause.id for clause in CLAUSES]
    assert all(list(clause) == KEYS for clause in report["clauses"])
    outcomes = {clause["id"]: clause for clause in report["clauses"]}
    failed = outcomes["chat.choice.named.finish"]
    assert (failed["outcome"], failed["expected"], failed["got"]) == (
        "fail",
        '"tool_calls"',
        '"stop"',
    )
    assert outcomes["cache.idle"]["outcome"] == "skip"
    assert outcomes["cache.idle"]["reason"].startswith("needs a clock")
    assert "answers" not in report


def test_the_junit_xml_has_a_case_for_each(tmp_path: Path, vllm: Electron) -> None:
    """A suite a section; failures with what came, skips with why."""
    file = tmp_path / "report.xml"
    contract("--base-url", vllm.base_url, "--junit", str(file))
    document = JUnitXml.fromfile(str(file))
    assert [suite.name[0] for suite in document] == list("1234567")
    cases = {case.name: case for suite in document for case in suite}
    assert set(cases) == {clause.id for clause in CLAUSES}
    (failure,) = cases["chat.choice.named.finish"].result
    assert failure.message == 'expected "tool_calls", got "stop"'
    assert "answered  200" in failure.text
    assert cases["cache.idle"].is_skipped
    assert cases["chat.keys"].is_passed
    assert cases["chat.keys"].classname == "contract.documented"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Not a traceback."""
    file = tmp_path / "nowhere" / "report.json"
    ran = contract("--only", "chat.keys", "--json", str(file))
    assert ran.exit_code == 2
    assert f"cannot write {file}: No such file or directory" in " ".join(ran.stderr.split())


# --- what changed


def test_two_runs_against_the_same_fake_are_equal(tmp_path: Path) -> None:
    """No change, and a report of one's own fake has the same bytes."""
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    chosen = ("--only", "chat.*", "--only", "stream.*", "--only", "cache.*", "--only", "limits.*")
    contract("--save", str(first), *chosen)
    ran = contract("--save", str(second), "--against", str(first), *chosen)
    assert ran.stdout.splitlines()[-1] == "0 changes"
    assert first.read_bytes() == second.read_bytes()


def test_what_has_changed_is_told_field_by_field(tmp_path: Path, vllm: Electron) -> None:
    """The clause's outcome and what it got, and the field of the answer."""
    report = tmp_path / "report.json"
    chosen = ("--only", "chat.choice.*")
    contract("--save", str(report), *chosen)
    ran = contract("--base-url", vllm.base_url, "--against", str(report), *chosen)
    changes = ran.stdout.splitlines()[-4:]
    assert changes == [
        "3 changes",
        "  chat.choice.named.finish: outcome: pass → fail",
        '  chat.choice.named.finish: got: "tool_calls" → "stop"',
        "  answer to “tool_choice of a name”: choices.0.finish_reason: tool_calls → stop",
    ]


def test_a_new_header_and_a_new_field_are_changes(tmp_path: Path) -> None:
    """Though every clause that is asked holds as before."""
    report = tmp_path / "report.json"
    with MockElectron() as electron:
        contract("--base-url", electron.base_url, "--only", "chat.id", "--save", str(report))
        electron.when(says="hello").reply("Hello.", headers={"X-Region": "mumbai"})
        ran = contract(
            "--base-url", electron.base_url, "--only", "chat.id", "--against", str(report)
        )
    assert "1 change since 20" in ran.stdout
    assert ran.stdout.endswith("answer to “hello”: header x-region: nothing → mumbai\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<xml/>", "it is no JSON"),
        ("[]", "it is no report of the contract"),
        ('{"clauses": [1]}', "a clause in it has no id"),
        ('{"clauses": "all"}', "it has no list of clauses"),
        ('{"clauses": [{"id": "chat.id"}]}', "a clause in it has no outcome"),
        ('{"clauses": [{"id": "chat.id", "outcome": 1}]}', "a field of a clause is no text"),
        ('{"clauses": [], "answers": [1]}', "its answers are no lists of fields"),
        ('{"clauses": [], "answers": {"hello": [5]}}', "its answers are no lists of fields"),
        ("[" * 100_000, "it is no JSON"),
    ],
)
def test_what_is_no_report_is_refused_before_anything_is_asked(
    tmp_path: Path, electron: Electron, text: str, message: str
) -> None:
    """With the file, and what is wrong with it."""
    file = tmp_path / "report.json"
    file.write_text(text, encoding="utf-8")
    ran = contract("--base-url", electron.base_url, "--against", str(file))
    assert ran.exit_code == 2
    assert f"--against {file}: " in ran.stderr
    assert message in ran.stderr
    assert electron.exchanges == ()


# --- what it costs


def test_another_host_is_not_asked_unasked(electron: Electron) -> None:
    """It says how many requests and tokens, how long it takes, and that --yes is needed."""
    ran = contract("--base-url", elsewhere(electron), key="sk_live_secret")
    assert ran.exit_code == 2
    told = " ".join(ran.stderr.split())
    assert f"This asks {elsewhere(electron)}: 133 requests, about 14," in told
    assert "tokens, in about 13 min at 10 requests a minute. Add --yes to go on." in told
    assert electron.exchanges == ()
    assert "secret" not in ran.output


def test_with_yes_it_is_asked(electron: Electron) -> None:
    """After it was told what it costs."""
    chosen = ("--only", "chat.finish.*")
    ran = contract("--base-url", elsewhere(electron), "--yes", *chosen, key="sk_live_secret")
    assert ran.exit_code == 0
    assert "2 requests, about" in ran.stderr
    assert len(electron.exchanges) == 2
    assert electron.exchanges.last.authorization == "Bearer …cret"
    assert "secret" not in ran.output


def test_another_host_needs_a_key(electron: Electron) -> None:
    """It is named where it can be set."""
    ran = contract("--base-url", elsewhere(electron), "--yes")
    assert ran.exit_code == 2
    assert "needs a key: set SMALLEST_API_KEY, or give --api-key." in " ".join(ran.stderr.split())
    assert electron.exchanges == ()


WRONG: dict[str, tuple[list[str], str]] = {
    "a pattern": (["--only", "chat.finish.stopp"], "no clause is called 'chat.finish.stopp'"),
    "a near one": (["--only", "chat.finish.stopp"], "Did you mean 'chat.finish.stop'?"),
    "a confidence": (["--confidence", "certain"], "'certain' is not one of 'documented'"),
    "a URL": (
        ["--base-url", "localhost:8787"],
        "base_url is a URL such as https://api.smallest.ai",
    ),
    "a port": (["--base-url", "http://localhost:abc/v1"], "Port could not be cast"),
    "a query": (["--base-url", "http://localhost/v1?x=1"], "has a query or a fragment"),
    "the endpoint": (["--base-url", "http://localhost/v1/chat/completions"], "ends before /chat"),
    "a key": (
        ["--base-url", "http://localhost/v1", "--api-key", "sk_ü"],
        "cannot stand in a header",
    ),
    "a password": (["--base-url", "http://me:x@localhost/"], "has a name or a password in it"),
    "nobody there": (
        ["--base-url", "http://127.0.0.1:1/v1"],
        "nobody answers at http://127.0.0.1:1",
    ),
    "a plan": (["--plan", "free"], "'free' is not one of 'standard'"),
    "a time": (["--timeout", "0"], "0.0 is not in the range x>0"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_makes_no_sense_is_told(what: str) -> None:
    """In one message, with status 2."""
    args, message = WRONG[what]
    ran = contract(*args)
    assert ran.exit_code == 2
    assert message in " ".join(ran.stderr.split())


@pytest.mark.parametrize("settings", [{"plan": "standard"}, {"clock": "frozen"}])
def test_a_server_may_be_asked_again_at_once(settings: dict[str, Any]) -> None:
    """Each run has accounts of its own: nobody waits for a window, and nothing fails."""
    with MockElectron(**settings) as electron:
        for _ in range(2):
            ran = contract(
                "--base-url", electron.base_url, "--only", "limits.*", "--only", "chat.*"
            )
            assert (ran.exit_code, "FAIL" in ran.stdout) == (0, False)


def test_help_explains_every_option() -> None:
    """In words."""
    ran = contract("--help")
    options: list[Any] = cli.commands["contract"].params
    assert all(option.opts[0] in ran.stdout and option.help for option in options)
