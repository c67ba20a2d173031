"""`mock-electron contract`: what it prints and writes, what it costs, and its exit status."""

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
from rows import each

from mock_electron import Electron, MockElectron
from mock_electron.cli.app import cli
from mock_electron.cli.contract import CONFIDENCES, PLANS
from mock_electron.cli.contract import contract as command
from mock_electron.contract import CLAUSES, Confidence
from mock_electron.contract.target import REQUESTS_PER_MINUTE

KEYS = "id section sentence confidence source outcome expected got reason".split()


def contract(*args: str, key: str | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(cli, ["contract", *args], env={"SMALLEST_API_KEY": key})


def elsewhere(electron: Electron) -> str:
    """Return the base URL of a fake with an address that does not count as this machine."""
    return electron.base_url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 (an address in a URL)


@pytest.fixture
def vllm() -> Iterator[Electron]:
    """Yield a fake that breaks one documented clause."""
    with MockElectron(named_tool_finish="stop") as electron:
        yield electron


# --- what it prints


def test_the_built_in_fake_passes() -> None:
    """The command prints a table by section and the reasons for skips, and exits with 0."""
    ran = contract()
    lines = ran.stdout.splitlines()
    assert ran.exit_code == 0
    assert lines[0] == "endpoint: the built-in fake"
    assert lines[1].split() == ["section", "pass", "fail", "skip"]
    assert lines[9].split() == ["all", str(len(CLAUSES) - 2), "0", "2"]
    assert lines[-1] == (
        "skip cache.faster, time.each_token: "
        "needs replies that take time; run it against a fake with a pace and a real clock"
    )


def test_a_failure_shows_the_response(vllm: Electron) -> None:
    """It shows what was expected and got, and the exchange. A documented clause exits with 1."""
    ran = contract("--base-url", vllm.base_url, "--only", "chat.choice.*")
    assert ran.exit_code == 1
    start = ran.stdout.index("FAIL chat.choice.named.finish (documented; Chat Completions)")
    lines = ran.stdout[start:].splitlines()
    assert lines[2:4] == ['  expected  "tool_calls"', '  got       "stop"']
    assert lines[4].startswith("  request   POST /chat/completions {")
    assert lines[5].startswith('  response  200 {"id":"chatcmpl-')


def test_an_assumed_clause_may_fail() -> None:
    """The failure is printed, and the status is 0."""
    with MockElectron(accept_json_schema=True) as electron:
        ran = contract("--base-url", electron.base_url, "--only", "request.response_format*")
    failed = [line for line in ran.stdout.splitlines() if line.startswith("FAIL")]
    assert [line.split()[1] for line in failed] == [
        "request.response_format.type.issue",
        "request.response_format.json_schema",
        "request.response_format.json_schema.issue",
    ]
    assert ran.exit_code == 0


def test_the_list_makes_no_request() -> None:
    """`--list` prints each clause with its sentence, even if no server listens."""
    ran = contract("--list", "--base-url", "http://127.0.0.1:1/v1", "--confidence", "assumed")
    assumed = [clause for clause in CLAUSES if clause.confidence == "assumed"]
    assert ran.exit_code == 0
    assert ran.stdout.count("(assumed; ") == len(assumed)
    assert all(clause.sentence in ran.stdout for clause in assumed)


def test_verbose_shows_every_clause() -> None:
    """`--verbose` prints each clause with its outcome."""
    ran = contract("--verbose", "--only", "chat.finish.*")
    assert "pass  chat.finish.stop (documented)" in ran.stdout
    assert "pass  chat.finish.length (documented)" in ran.stdout


def test_a_real_process() -> None:
    """The command works in its own process, also if the locale is ASCII."""
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


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of a run against a fake that breaks one documented clause."""
    folder = tmp_path_factory.mktemp("written")
    files = ("--json", str(folder / "report.json"), "--junit", str(folder / "report.xml"))
    with MockElectron(named_tool_finish="stop") as electron:
        contract("--base-url", electron.base_url, *files)
    return folder


def test_the_json_lists_every_clause(written: Path) -> None:
    """Each clause has its result."""
    report = json.loads((written / "report.json").read_text(encoding="utf-8"))
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


def test_the_junit_xml_has_a_case_for_each_clause(written: Path) -> None:
    """Each section is a suite; failures have the response, skips the reason."""
    document = JUnitXml.fromfile(str(written / "report.xml"))
    assert [suite.name[0] for suite in document] == list("1234567")
    cases = {case.name: case for suite in document for case in suite}
    assert set(cases) == {clause.id for clause in CLAUSES}
    (failure,) = cases["chat.choice.named.finish"].result
    assert failure.message == 'expected "tool_calls", got "stop"'
    assert "response  200" in failure.text
    assert cases["cache.idle"].is_skipped
    assert cases["chat.keys"].is_passed
    assert cases["chat.keys"].classname == "contract.documented"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error has the name of the file and the reason."""
    file = tmp_path / "nowhere" / "report.json"
    ran = contract("--only", "chat.keys", "--json", str(file))
    assert ran.exit_code == 2
    assert ran.stderr == f"Error: cannot write {file}: No such file or directory\n"


# --- what changed


def test_two_runs_against_the_same_fake_are_equal(tmp_path: Path) -> None:
    """There is no change, and reports of the built-in fake have the same bytes."""
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    groups = ("chat.id*", "chat.call.*", "stream.usage*", "cache.*", "limits.*")
    chosen = [part for group in groups for part in ("--only", group)]
    contract("--save", str(first), *chosen)
    ran = contract("--save", str(second), "--against", str(first), *chosen)
    assert ran.stdout.splitlines()[-1] == "0 changes"
    assert first.read_bytes() == second.read_bytes()


def test_changes_are_listed_field_by_field(tmp_path: Path, vllm: Electron) -> None:
    """The list has the clause's outcome, what it got, and the field of the response."""
    report = tmp_path / "report.json"
    chosen = ("--only", "chat.choice.*")
    contract("--save", str(report), *chosen)
    ran = contract("--base-url", vllm.base_url, "--against", str(report), *chosen)
    changes = ran.stdout.splitlines()[-4:]
    assert changes == [
        "3 changes",
        "  chat.choice.named.finish: outcome: pass → fail",
        '  chat.choice.named.finish: got: "tool_calls" → "stop"',
        "  response to “tool_choice of a name”: choices.0.finish_reason: tool_calls → stop",
    ]


def test_only_clauses_that_both_runs_checked_are_compared(tmp_path: Path) -> None:
    """A line gives the number of the other ones, with the reason."""
    saved, part = tmp_path / "1.json", tmp_path / "2.json"
    contract("--only", "chat.*", "--only", "time.*", "--save", str(saved))
    ran = contract("--only", "chat.finish.*", "--against", str(saved), "--save", str(part))
    number = len([clause for clause in CLAUSES if clause.id.startswith(("chat.", "time."))])
    lines = ["0 changes", f"{number - 2} clauses of the report were not selected"]
    assert ran.stdout.splitlines()[-2:] == lines
    ran = contract("--only", "chat.finish.*", "--only", "chat.id", "--against", str(part))
    assert ran.stdout.splitlines()[-2:] == ["0 changes", "1 clause is not in the report"]


def test_a_new_header_and_a_new_field_are_changes(tmp_path: Path) -> None:
    """They are listed even if all clauses pass as before."""
    report = tmp_path / "report.json"
    with MockElectron() as electron:
        contract("--base-url", electron.base_url, "--only", "chat.id", "--save", str(report))
        electron.when(says="hello").reply("Hello.", headers={"X-Region": "mumbai"})
        ran = contract(
            "--base-url", electron.base_url, "--only", "chat.id", "--against", str(report)
        )
    assert "1 change since 20" in ran.stdout
    assert ran.stdout.endswith("response to “hello”: header x-region: nothing → mumbai\n")


NOT_REPORTS = {
    "<xml/>": "not JSON",
    "[]": "not a contract report",
    '{"clauses": [1]}': "a clause has no id",
    '{"clauses": "all"}': "it has no list of clauses",
    '{"clauses": [{"id": "chat.id"}]}': "a clause has no outcome",
    '{"clauses": [{"id": "chat.id", "outcome": 1}]}': "a field of a clause is not a string",
    '{"clauses": [], "answers": [1]}': "its answers are not lists of fields",
    '{"clauses": [], "answers": {"hello": [5]}}': "its answers are not lists of fields",
    "[" * 100_000: "its JSON is nested too deeply",
    '{"clauses": [], "answers": {}}': "the report has no clauses",
    '{"clauses": [{"id": "chat.id", "outcome": "pass"}]}': "it was made with --json; use --save",
    '{"clauses": [{"id": "x", "outcome": "pass"}], "answers": {}}': "none of its clauses is selec",
}


def test_a_file_that_is_not_a_report_is_refused_before_any_request(
    tmp_path: Path, electron: Electron
) -> None:
    """The error names the file and the problem."""
    file, wrong = tmp_path / "report.json", []
    for text, message in NOT_REPORTS.items():
        file.write_text(text, encoding="utf-8")
        ran = contract("--base-url", electron.base_url, "--against", str(file))
        is_named = f"--against {file}: " in ran.stderr and message in ran.stderr
        if not is_named or ran.exit_code != 2:
            wrong.append((text[:80], ran.exit_code, ran.stderr))
    assert wrong == []
    assert electron.exchanges == ()


# --- what it costs


def test_another_host_needs_yes(electron: Electron) -> None:
    """The error states the requests, the tokens and the time, and names --yes."""
    ran = contract("--base-url", elsewhere(electron), key="sk_live_secret")
    assert ran.exit_code == 2
    message = ran.stderr
    assert message.startswith(f"Error: This sends 141 requests to {elsewhere(electron)}: about 15,")
    assert message.endswith(
        "tokens, in about 14 min at 10 requests per minute. Add --yes to continue.\n"
    )
    assert electron.exchanges == ()
    assert "secret" not in ran.output


def test_with_yes_another_host_is_checked(electron: Electron) -> None:
    """The cost is printed first."""
    chosen = ("--only", "chat.finish.*")
    ran = contract("--base-url", elsewhere(electron), "--yes", *chosen, key="sk_live_secret")
    assert ran.exit_code == 0
    assert "This sends 2 requests to" in ran.stderr
    assert len(electron.exchanges) == 2
    assert electron.exchanges.last.authorization == "Bearer …cret"
    assert "secret" not in ran.output


def test_another_host_needs_a_key(electron: Electron) -> None:
    """The error names the variable and the option."""
    ran = contract("--base-url", elsewhere(electron), "--yes")
    assert ran.exit_code == 2
    assert "needs a key: set SMALLEST_API_KEY, or give --api-key." in " ".join(ran.stderr.split())
    assert electron.exchanges == ()


WRONG: dict[str, tuple[list[str], str]] = {
    "a pattern": (["--only", "chat.finish.stopp"], "unknown clause 'chat.finish.stopp'"),
    "no near one": (["--only", "xyzzy"], "unknown clause 'xyzzy'; --list shows all clauses"),
    "a near one": (["--only", "chat.finish.stopp"], "Did you mean 'chat.finish.stop'?"),
    "a pattern of a section": (["--only", "strem.*"], "Did you mean 'stream.*'?"),
    "a pattern of a group": (["--only", "chat.finsh.*"], "Did you mean 'chat.finish.*'?"),
    "a confidence": (
        ["--confidence", "certain"],
        "unknown confidence 'certain'; expected one of 'documented'",
    ),
    "a URL": (
        ["--base-url", "localhost:8787"],
        "--base-url must be a URL such as https://api.smallest.ai",
    ),
    "a port": (
        ["--base-url", "http://localhost:abc/v1"],
        "--base-url must be a URL with a valid port",
    ),
    "a query": (
        ["--base-url", "http://localhost/v1?x=1"],
        "must be a URL without a query or a fragment",
    ),
    "the endpoint": (
        ["--base-url", "http://localhost/v1/chat/completions"],
        "must be a URL without /chat/completions",
    ),
    "a key": (
        ["--base-url", "http://localhost/v1", "--api-key", "sk_ü"],
        "--api-key must be printable ASCII",
    ),
    "another key": (
        ["--base-url", "http://localhost/v1", "--limited-key", "sk_a "],
        "--limited-key must be printable ASCII",
    ),
    "the same key": (
        ["--base-url", "http://localhost/v1", "--api-key", "sk_a", "--other-key", "sk_a"],
        "--other-key must be the key of another account",
    ),
    "a password": (
        ["--base-url", "http://me:x@localhost/"],
        "must not contain a user name or a password",
    ),
    "no server": (
        ["--base-url", "http://127.0.0.1:1/v1"],
        "no server answers at http://127.0.0.1:1",
    ),
    "a near plan": (["--plan", "stnd"], "unknown plan 'stnd'; expected one of 'standard'"),
    "a near confidence": (["--confidence", "documnted"], "Did you mean 'documented'?"),
    "a plan": (["--plan", "free"], "unknown plan 'free'; expected one of 'standard'"),
    "no time": (["--timeout", "0"], "--timeout must be a number of seconds above 0, up to 86400"),
    "not a number": (["--timeout", "nan"], "up to 86400, got nan"),
    "infinity": (["--timeout", "inf"], "up to 86400, got inf"),
    "a long time": (["--timeout", "1e300"], "up to 86400, got 1e+300"),
    "a word": (["--timeout", "abc"], "--timeout must be a number, got 'abc'"),
    "an empty key": (["--api-key", ""], "--api-key must not be empty"),
    "an empty limited key": (["--limited-key", ""], "--limited-key must not be empty"),
    "an empty forbidden key": (["--forbidden-key", ""], "--forbidden-key must not be empty"),
    "an empty other key": (["--other-key", ""], "--other-key must not be empty"),
    "an empty JSON file": (["--json", ""], "--json must not be empty"),
    "an empty JUnit file": (["--junit", ""], "--junit must not be empty"),
    "an empty report": (["--save", ""], "--save must not be empty"),
    "an empty earlier report": (["--against", ""], "--against must not be empty"),
    "no earlier report": (["--against", "no.json"], "no.json: cannot be read: No such file or"),
    "a folder": (["--json", "/dev"], "cannot write /dev: Is a directory"),
    "a folder as a report": (["--against", "/dev"], "--against /dev: it is a folder"),
    "a list in a file": (["--list", "--json", "x"], "--list cannot be combined with --json"),
    "a list that is saved": (
        ["--list", "--save", "x", "--against", "y", "--junit", "z"],
        "--list cannot be combined with --junit and --save and --against",
    ),
    "one file twice": (
        ["--json", "x.json", "--junit", "./x.json"],
        "--json and --junit must not be the same file",
    ),
}


@each(WRONG)
def test_an_invalid_option_is_an_error(row: tuple[list[str], str]) -> None:
    """The command prints one message and exits with 2."""
    args, message = row
    ran = contract(*args)
    assert ran.exit_code == 2
    assert message in " ".join(ran.stderr.split())


def test_only_save_may_replace_the_report_that_it_is_compared_with(tmp_path: Path) -> None:
    """Another report in that file would be no use for the next comparison. /dev/null is no file."""
    file, link = tmp_path / "1.json", tmp_path / "2.json"
    chosen = ("--only", "chat.finish.stop", "--against", str(file))
    contract("--only", "chat.finish.stop", "--save", str(file))
    link.symlink_to(file)
    for option, name in (("--json", file), ("--junit", link)):
        ran = contract(*chosen, option, str(name))
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert f"{option} and --against must not be the same file" in ran.stderr
    assert contract(*chosen, "--save", str(link)).exit_code == 0
    ran = contract("--only", "chat.id", "--json", "/dev/null", "--junit", "/dev/null")
    assert ran.exit_code == 0


def test_a_file_that_does_not_end_is_not_read(tmp_path: Path, electron: Electron) -> None:
    """A device, a pipe and a huge file are one message, as for script files."""
    pipe, huge = tmp_path / "pipe", tmp_path / "huge.json"
    os.mkfifo(pipe)
    with huge.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    for name, words in (("/dev/zero", "it is a device"), (pipe, "it is a pipe"), (huge, "larger")):
        ran = contract("--base-url", electron.base_url, "--against", str(name))
        assert ran.exit_code == 2
        assert f"--against {name}: {words}" in ran.stderr
    assert electron.exchanges == ()


def test_a_server_that_does_not_answer_is_one_line() -> None:
    """It is not a usage error, and the line has the reason without a number."""
    ran = contract("--base-url", "http://127.0.0.1:1/v1")
    assert (ran.exit_code, ran.stderr) == (
        2,
        "Error: no server answers at http://127.0.0.1:1/v1: Connection refused\n",
    )


@pytest.mark.parametrize("settings", [{"plan": "standard"}, {"clock": "frozen"}])
def test_a_server_can_be_checked_again_at_once(settings: dict[str, Any]) -> None:
    """Each run has its own accounts, so that it does not wait for the limits of the last one."""
    with MockElectron(**settings) as electron:
        for _ in range(2):
            ran = contract(
                "--base-url", electron.base_url, "--only", "limits.*", "--only", "chat.*"
            )
            assert (ran.exit_code, "FAIL" in ran.stdout) == (0, False)


def test_choices_are_those_of_the_contract() -> None:
    """The command cannot import the contract for its choices; they must be the same."""
    assert tuple(Confidence) == CONFIDENCES
    assert tuple(REQUESTS_PER_MINUTE) == PLANS


# --- without the extra


@pytest.mark.parametrize(
    ("package", "args", "used_by"),
    [
        ("httpx2", ("--list",), "mock-electron contract"),
        ("junitparser", ("--junit", "report.xml"), "mock-electron contract --junit"),
    ],
)
def test_a_missing_package_is_one_line(
    monkeypatch: pytest.MonkeyPatch, package: str, args: tuple[str, ...], used_by: str
) -> None:
    """The line names the package and how to install it, and the status is 2."""
    monkeypatch.setitem(sys.modules, package, None)
    ran = contract(*args)
    line = (
        f'Error: {used_by} needs {package}: install it with pip install "mock-electron[contract]"'
    )
    assert (ran.exit_code, ran.stdout, ran.stderr) == (2, "", f"{line}\n")


def test_an_import_without_the_extra_is_the_same_line() -> None:
    """A test that imports ContractSuite fails with an ImportError that names the extra."""
    program = (
        "import sys; sys.modules['httpx2'] = None; from mock_electron.contract import ContractSuite"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.stderr.splitlines()[-1] == (
        "ImportError: mock_electron.contract needs httpx2: "
        'install it with pip install "mock-electron[contract]"'
    )


# --- help


def test_help_explains_every_option() -> None:
    """Every option has a help text."""
    ran = contract("--help")
    options: list[Any] = command.params
    assert all(option.opts[0] in ran.stdout and option.help for option in options)
    repeated = {option.name for option in options if option.multiple}
    assert (
        repeated
        == {o.name for o in options if "several times" in o.help}
        == {
            "only",
            "confidence",
        }
    )
