"""`mock-electron faults`: a command, run once for each fault at each place."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rows import each

from mock_electron.cli.app import cli
from mock_electron.cli.fault_runs import CommandRun, judged_command, run_command
from mock_electron.trials.outcomes import TrialOutcome

AGENT = """
import json, os, sys, urllib.request as u
is_good = "good" in sys.argv
body = {"model": "electron", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}
headers = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "Content-Type": "application/json"}
asked = u.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json.dumps(body).encode(), headers)
said, finish = "", None
with u.urlopen(asked, timeout=0.5 if is_good else None) as answer:
    for line in answer:
        if line.startswith(b"data: {"):
            try:
                [choice] = json.loads(line[6:])["choices"]
                said += choice["delta"].get("content") or ""
                finish = choice["finish_reason"] or finish
            except (ValueError, KeyError):
                if is_good:
                    raise
if is_good and not finish:
    sys.exit("the stream has no end")
print(said)
"""
"""An agent without packages. It fails unless it is good."""
ONCE = ("--pairs", "0")


@pytest.fixture
def agent(tmp_path: Path) -> tuple[str, ...]:
    """The command of the agent."""
    file = tmp_path / "agent.py"
    file.write_text(AGENT, encoding="utf-8")
    return (sys.executable, "-S", str(file))


@pytest.fixture
def story(tmp_path: Path) -> str:
    """A script with one short reply."""
    file = tmp_path / "story.yaml"
    file.write_text("steps:\n- reply: To Pune.\n", encoding="utf-8")
    return str(file)


def ran(*args: str, **options: Any) -> Any:
    """Run the command in this process."""
    return CliRunner().invoke(cli, ["faults", *args], **options)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", code)


# --- agents


def test_a_good_agent_has_no_bad_cell(agent: tuple[str, ...], story: str) -> None:
    """Each trial recovers or ends with another status, and the status of the search is 0."""
    done = ran("--script", story, *ONCE, "--", *agent, "good")
    assert done.exit_code == 0, done.output
    assert "score 100 of 100" in done.stdout
    assert "stall" in done.stdout


def test_a_bad_agent_has_the_cells_that_it_deserves(
    agent: tuple[str, ...], story: str, tmp_path: Path
) -> None:
    """The status is 1, and each cell has the script that shows it."""
    report = tmp_path / "report.json"
    faults = ("--fault", "503", "--fault", "cut", "--fault", "silence", "--timeout", "2")
    done = ran("--script", story, *ONCE, *faults, "--json", str(report), "--", *agent)
    assert done.exit_code == 1, done.output
    written = json.loads(report.read_text(encoding="utf-8"))
    assert [(cell["fault"], cell["outcome"]) for cell in written["bad"]] == [
        ("cut", "wrong answer"),
        ("silence", "hung"),
    ]
    assert written["bad"][0]["reason"] == "line 1 is '', not 'To Pune.'"
    assert written["command"] == list(agent)
    assert "steps:\n    - reply: To Pune.\n      cut:\n        after: 0\n" in done.stdout
    assert "--only 'Cut(after=0) in #0'" in done.stderr


def test_the_script_of_a_cell_shows_it(agent: tuple[str, ...], story: str, tmp_path: Path) -> None:
    """`mock-electron run` with the script before that of the scenario."""
    report, cut = tmp_path / "report.json", tmp_path / "cut.yaml"
    ran("--script", story, *ONCE, "--fault", "cut", "--json", str(report), "--", *agent)
    cut.write_text(json.loads(report.read_text())["bad"][0]["script"], encoding="utf-8")
    command = (sys.executable, "-m", "mock_electron", "run", "--script", str(cut))
    done = subprocess.run(
        [*command, "--script", story, "--", *agent], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


def test_one_trial_and_an_accepted_fault(agent: tuple[str, ...], story: str) -> None:
    """The names are those of the report."""
    only = ("--script", story, "--only", "Cut(after=1) in #0")
    assert ran(*only, "--", *agent).exit_code == 1
    assert ran(*only, "--ignore", "cut=we say so", "--", *agent).exit_code == 0
    assert ran(*only, "--", *agent, "good").exit_code == 0


def test_a_side_effect_that_happens_twice(agent: tuple[str, ...], story: str) -> None:
    """The command reports it by its status."""
    code = f"import runpy, sys\ntry: runpy.run_path({agent[-1]!r})\nexcept OSError: sys.exit(70)"
    options = ("--script", story, *ONCE, "--fault", "503")
    assert ran(*options, "--", *python(code)).exit_code == 0
    done = ran(*options, "--twice-status", "70", "--", *python(code))
    assert done.exit_code == 1
    assert "side effect twice: fail(503) in #0: exit status 70" in done.stdout


def test_a_fault_that_did_not_happen_has_no_outcome(agent: tuple[str, ...], tmp_path: Path) -> None:
    """The command took another way. It counts as nothing."""
    runs = tmp_path / "runs"
    code = (
        f"import runpy\nwith open({str(runs)!r}, 'a') as file: file.write('.')\n"
        f"if len(open({str(runs)!r}).read()) <= 2: runpy.run_path({agent[-1]!r})\n"
        "else: print('no question')"
    )
    done = ran("--fault", "503", "--", *python(code))
    assert done.exit_code == 0, done.output
    assert "1 trial whose faults did not happen" in done.stdout


def test_a_search_is_resumed(agent: tuple[str, ...], story: str, tmp_path: Path) -> None:
    """A file of an unfinished search has the results that are not run again."""
    file = tmp_path / "faults.jsonl"
    options = ("--script", story, *ONCE, "--fault", "503", "--fault", "502", "--resume", str(file))
    assert ran(*options, "--", *agent).exit_code == 0
    *lines, _last, finished = file.read_text().splitlines()
    assert finished == '{"finished":true}'
    changed = lines[1].replace("clean failure", "hung")
    file.write_text("".join(f"{line}\n" for line in (lines[0], changed)))
    done = ran(*options, "--", *agent)
    assert done.exit_code == 1
    assert "503  hung" in done.stdout
    assert "502  clean failure" in done.stdout


def test_what_a_command_starts_ends_with_it(tmp_path: Path, agent: tuple[str, ...]) -> None:
    """A run that hangs leaves no process behind that could write later."""
    file = tmp_path / "pids"
    child = f"import os, time; open({str(file)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(60)"
    code = (
        "import subprocess, sys, runpy\n"
        f"try: runpy.run_path({agent[-1]!r})\n"
        f"except OSError: subprocess.run([sys.executable, '-S', '-c', {child!r}])"
    )
    done = ran("--fault", "503", "--timeout", "2", "--", *python(code))
    assert "hung" in done.stdout
    [pid] = map(int, file.read_text().split())
    for _ in range(100):
        if not _runs(pid):
            break
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    """Whether a process runs. One that has ended may wait for its parent to notice."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_search_and_keeps_the_results(
    agent: tuple[str, ...], story: str, tmp_path: Path, number: int, status: int
) -> None:
    """After Ctrl-C, the report has the trials until then."""
    file = tmp_path / "faults.jsonl"
    command = [sys.executable, "-m", "mock_electron", "faults", "--script", story, *ONCE]
    command += ["--fault", "503", "--fault", "silence", "--resume", str(file), "--", *agent]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        while not (file.exists() and b"503" in file.read_bytes()):
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(number)
        printed, _ = run.communicate(timeout=30)
    assert run.returncode == status
    assert ("1 trial of 1 request" in printed) is (number == signal.SIGINT)
    assert b"finished" not in file.read_bytes()


# --- errors

NO_REQUEST = python("print(1)")
UNSTEADY = python("import time; print(time.time())")
FAILS = python("import sys; sys.exit('no microphone')")
WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no command": ((), 2, "Missing argument"),
    "an empty command": (("",), 2, "COMMAND must not be empty"),
    "no request": (("--", *NO_REQUEST), 2, "COMMAND sent no valid request"),
    "a failure": (("--", *FAILS), 2, "ends with status 1 without a fault"),
    "its error": (("--", *FAILS), 2, "no microphone"),
    "no end": (("--timeout", "0.3", "--", *python("input = __import__('time').sleep(9)")), 2, "does not end within 0.3 s"),
    "not found": (("--", "no-such-command"), 127, "cannot run no-such-command"),
    "not executable": (("--", str(Path(__file__).parent)), 126, "cannot run"),
    "no time": (("--timeout", "0", "--", "x"), 2, "--timeout must be"),
    "too long": (("--timeout", "9999", "--", "x"), 2, "--timeout must be at most 3000"),
    "no budget": (("--budget", "0", "--", "x"), 2, "--budget must be an integer from 1"),
    "a fault": (("--fault", "cutt", "--", "x"), 2, "Did you mean 'cut'"),
    "a part": (("--part", "5/4", "--", "x"), 2, "part must be a part such as '1/4'"),
    "a reason": (("--ignore", "cut", "--", "x"), 2, "--ignore must be NAME=REASON"),
    "an option": (("--budgett", "3", "--", "x"), 2, "--budget"),
    "resume from input": (("--resume", "-", "--", "x"), 2, "--resume must be a file"),
    "a folder": (("--json", "no/such/folder/x.json", "--", "x"), 2, "cannot write"),
}  # fmt: skip


@each(WRONG)
def test_what_cannot_be_searched(row: tuple[tuple[str, ...], int, str]) -> None:
    """The message says why."""
    args, status, words = row
    done = ran(*args)
    assert (done.exit_code, words in done.output) == (status, True), done.output


def test_output_that_changes(agent: tuple[str, ...], story: str) -> None:
    """It cannot be compared, but the exit status can be judged alone."""
    code = f"import runpy, time; print(time.time()); runpy.run_path({agent[-1]!r})"
    options = ("--script", story, "--fault", "cut", *ONCE)
    done = ran(*options, "--", *python(code))
    assert (done.exit_code, "printed different output" in done.output) == (2, True)
    done = ran(*options, "--ignore-output", "--", *python(code))
    assert done.exit_code == 0, done.output
    assert "what the command prints is not compared" in done.stdout


def test_unknown_names_of_trials(agent: tuple[str, ...]) -> None:
    """They are known after the run without a fault."""
    for options in (("--only", "Reset() in #7"), ("--ignore", "Reset() in #7=no")):
        done = ran(*options, "--", *agent)
        assert (done.exit_code, "Did you mean 'Reset() in #0'" in done.output) == (2, True)


def test_a_file_of_another_search_is_refused(agent: tuple[str, ...], tmp_path: Path) -> None:
    """It is not overwritten."""
    file = tmp_path / "notes.txt"
    file.write_text("mine\n")
    done = ran("--resume", str(file), "--", *agent)
    assert (done.exit_code, "is not a file of results" in done.output) == (2, True)
    assert file.read_text() == "mine\n"


# --- judgements

JUDGED: dict[str, tuple[CommandRun, TrialOutcome, str]] = {
    "the same": (CommandRun(0, b"a\n", b""), "recovered", ""),
    "a status": (CommandRun(3, b"", b""), "clean failure", "exit status 3"),
    "an error": (CommandRun(1, b"a\n", b"x\ny\n\n"), "clean failure", "exit status 1: y"),
    "no end": (CommandRun(None, b"", b""), "hung", "no end after 9 s"),
    "another line": (CommandRun(0, b"b\n", b""), "wrong answer", "line 1 is 'b', not 'a'"),
    "a second line": (CommandRun(0, b"a\nb\n", b""), "wrong answer", "line 2 is 'b', not ''"),
    "nothing": (CommandRun(0, b"", b""), "wrong answer", "line 1 is '', not 'a'"),
}


@each(JUDGED)
def test_the_judgement(row: tuple[CommandRun, TrialOutcome, str]) -> None:
    """By the exit status and the output."""
    run, outcome, reason = row
    assert judged_command(run, b"a\n", 9) == (outcome, reason)


def test_a_key_in_an_error_is_not_shown() -> None:
    """Reports are shared."""
    error = b"Incorrect API key: Bearer sk_live_0123456789abcdef"
    assert "0123456789" not in judged_command(CommandRun(1, b"", error), b"", 9)[1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_signal_is_a_status() -> None:
    """As a shell reports it."""
    run = run_command(python("import os; os.kill(os.getpid(), 9)"), os.environ, 9)
    assert run.status == 137
