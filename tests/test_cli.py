"""The command line: what it prints, what it refuses, how it ends."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
import raw_http
from click.testing import CliRunner
from raw_http import user

from mock_electron import __version__
from mock_electron.cli.app import cli, main
from mock_electron.scripts.schema import SCHEMA

CHAT = "/chat/completions"


def run(*args: str) -> tuple[int, str]:
    """Exit status and output of a command that does not stay."""
    result = CliRunner().invoke(cli, args, prog_name="mock-electron")
    return result.exit_code, result.output


@contextmanager
def serving(*args: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A real process, and the line that it prints."""
    command = [sys.executable, "-m", "mock_electron", "serve", "--port", "0", *args]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout
    try:
        yield process, process.stdout.readline()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


def base_url(line: str) -> str:
    return line.split()[0]


def ask(url: str, key: str = "sk_x", faults: str = "", **fields: object) -> raw_http.Response:
    from json import dumps

    body = dumps({"model": "electron", "messages": user("Hi"), **fields}).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    if faults:
        headers["X-Mock-Electron"] = faults
    return raw_http.send(url + CHAT, body, headers=headers)


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints name and version."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"mock-electron {__version__}\n"


def test_the_help_names_every_option() -> None:
    """With what it means, and its default."""
    status, output = run("serve", "--help")
    assert status == 0
    for option in ("host", "port", "seed", "sampling", "clock", "api-key", "pace", "log-level"):
        assert f"--{option}" in output
    for fact in ("127.0.0.1", "8787", "steady", "sk_mock_revoked", "OpenAI(base_url="):
        assert fact in output


def test_one_line_ready_to_copy() -> None:
    """The base URL, and the two settings of the OpenAI client; a free port with --port 0."""
    with serving() as (_, line):
        match = re.fullmatch(
            r'(http://127\.0\.0\.1:\d+/waves/v1)  ->  OpenAI\(base_url="\1", api_key="sk_mock"\)\n',
            line,
        )
        assert match
        assert ask(match[1]).status == 200
        health = raw_http.send(match[1].removesuffix("/waves/v1") + "/healthz", method="GET")
        assert (health.json["status"], health.json["version"]) == ("ok", __version__)


def test_ctrl_c_ends_it_within_a_second_with_streams_open() -> None:
    """No traceback, exit status 0."""
    with serving("--pace", "0:30000") as (process, line):
        host, port = re.findall(r"//(.+?):(\d+)/", line)[0]
        connection = socket.create_connection((host, int(port)))
        body = b'{"model":"electron","stream":true,"messages":[{"role":"user","content":"Hi"}]}'
        connection.sendall(
            b"POST /waves/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=10)
        assert time.monotonic() - started < 1
        assert (process.returncode, output, errors) == (0, "", "")
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_changes_nothing(number: int) -> None:
    """Whenever it comes, while the server ends or the process does: exit status 0, no traceback."""
    for pause in (0, 0.004):
        with serving() as (process, line):
            assert ask(base_url(line)).status == 200
            process.send_signal(number)
            time.sleep(pause)
            process.send_signal(number)
            output, errors = process.communicate(timeout=10)
            assert (process.returncode, output, errors) == (0, "", "")


def test_a_taken_port_is_one_clear_line() -> None:
    """And exit status 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, output = run("serve", "--port", str(port))
    assert status == 1
    assert output == (
        f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use. "
        "Try --port 0 for a free one.\n"
    )


def test_a_host_that_does_not_exist_is_one_clear_line() -> None:
    """And exit status 1."""
    status, output = run("serve", "--host", "256.0.0.1", "--port", "0")
    assert status == 1
    assert output.startswith("Error: cannot listen on 256.0.0.1 port 0: ")


def test_another_host_is_warned_about_once() -> None:
    """Loopback is the default; anything else is the user's own choice."""
    with serving("--host", "0.0.0.0") as (process, line):  # noqa: S104 (this is what it is about)
        assert base_url(line).startswith("http://127.0.0.1:")
        assert ask(base_url(line)).status == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert errors.count("Warning: 0.0.0.0 lets other machines in") == 1


def test_only_the_named_keys_are_let_in() -> None:
    """--api-key may be given several times; the printed example has the first."""
    with serving("--api-key", "sk_a", "--api-key", "sk_b") as (_, line):
        assert 'api_key="sk_a"' in line
        assert [ask(base_url(line), key).status for key in ("sk_a", "sk_b", "sk_c")] == [
            200,
            200,
            401,
        ]


def test_two_servers_of_one_seed_give_the_same_bytes() -> None:
    """--seed and --clock frozen: whatever the process."""

    def answers(seed: str) -> list[bytes]:
        with serving("--seed", seed, "--clock", "frozen", "--sampling", "varied") as (_, line):
            return [ask(base_url(line), stream=stream).body for stream in (False, False, True)]

    assert answers("5") == answers("5") != answers("6")


def test_the_log_shows_a_line_for_every_request() -> None:
    """With --log-level info, on standard error."""
    with serving("--log-level", "info") as (process, line):
        ask(base_url(line))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert '"POST /waves/v1/chat/completions HTTP/1.1" 200' in errors


def test_the_switches_of_the_wire() -> None:
    """json_schema let in, vLLM's finish reason, and Express's 404."""
    options = ["--accept-json-schema", "--named-tool-finish", "stop", "--not-found", "html"]
    with serving(*options) as (_, line):
        url = base_url(line)
        named = {"type": "function", "function": {"name": "f"}}
        assert ask(url, response_format={"type": "json_schema", "json_schema": {}}).status == 200
        called = ask(url, tools=[named], tool_choice=named)
        assert called.json["choices"][0]["finish_reason"] == "stop"
        assert raw_http.send(f"{url}/models", method="GET").body.startswith(b"<!DOCTYPE html>")


def test_plans_by_option_and_by_key() -> None:
    """The option is for all keys but those that carry their plan."""
    with serving("--plan", "2:1") as (_, line):
        url = base_url(line)
        statuses = {
            key: [ask(url, key).status for _ in range(11)]
            for key in ("sk_mock", "sk_mock_standard")
        }
    assert statuses["sk_mock"] == [200] * 2 + [429] * 9
    assert statuses["sk_mock_standard"] == [200] * 10 + [429]


def test_a_request_may_ask_for_its_fault_unless_that_is_switched_off() -> None:
    """Without any control channel, from any language."""
    with serving() as (_, line):
        assert ask(base_url(line), faults="fail=503").status == 503
    with serving("--no-fault-header") as (_, line):
        assert ask(base_url(line), faults="fail=503").status == 200


def test_drift_and_the_size_of_the_prefix_cache() -> None:
    """By their options."""
    with serving("--drift", "1", "--prefix-cache-tokens", "0") as (_, line):
        first, second = (ask(base_url(line), seed=1).json for _ in range(2))
    assert first["usage"]["prompt_tokens_details"] == {"cached_tokens": 0}
    assert second["usage"] == first["usage"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plan", "gold"], "'gold' is no plan. Give unlimited, standard, enterprise, or two"),
        (["--plan", "0:3"], "'0:3' is no plan."),
        (["--drift", "2"], "2.0 is not in the range 0<=x<=1"),
        (["--pace", "1:2:0.5:4"], "'1:2:0.5:4' is no pace"),
        (["--pace", "174:5:7"], "'174:5:7' is no pace"),
        (
            ["--pace", "fast"],
            "'fast' is no pace. Give electron, instant, or times in milliseconds such as 174:5",
        ),
        (["--api-key", ""], "api_keys is a tuple of non-empty strings"),
        (["--host", ""], "'' is no host"),
        (["--pace", "5:-1"], "'5:-1' is no pace"),
        (["--port", "70000"], "70000 is not in the range 0<=x<=65535"),
        (["--sampling", "wild"], "'wild' is not one of 'steady', 'varied'"),
        (["--sed", "1"], "No such option '--sed'. Did you mean '--seed'?"),
    ],
)
def test_a_wrong_option_is_one_clear_message(arguments: list[str], words: str) -> None:
    """What was wrong, and the right thing; exit status 2."""
    status, output = run("serve", *arguments)
    assert status == 2
    assert words in " ".join(output.split())


# --- scripts

GOOD = "steps:\n- reply: one\n- when: {says: Hi}\n  reply: always\n"
WRONG = "steps:\n- repy: one\n- fail: 5033\n"


def test_check_counts_the_steps_of_good_files(tmp_path: Path) -> None:
    """Status 0, a line for each."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    files = [str(tmp_path / name) for name in ("a.yaml", "b.yaml")]
    assert run("check", *files) == (0, "".join(f"{file}: 2 steps\n" for file in files))


def test_check_says_all_that_is_wrong_in_all_files(tmp_path: Path) -> None:
    """Status 1; files that are not there are wrong too."""
    good, wrong = tmp_path / "good.yaml", tmp_path / "wrong.yaml"
    good.write_text(GOOD, encoding="utf-8")
    wrong.write_text(WRONG, encoding="utf-8")
    status, output = run("check", str(wrong), str(good), str(tmp_path / "wrnog.yaml"))
    assert status == 1
    lines = output.splitlines()
    assert len(lines) == 4
    assert f"{wrong}:2: step 1, repy: step has no field 'repy'. Did you mean 'reply'?" in lines
    assert any(line.startswith(f"{wrong}:3: step 2, fail: there is no 5033") for line in lines)
    assert f"{good}: 2 steps" in lines
    assert any("cannot be read" in line and "Did you mean 'wrong.yaml'" in line for line in lines)


def test_the_schema_is_printed_as_json() -> None:
    """As an editor wants it."""
    status, output = run("schema")
    assert status == 0
    assert json.loads(output) == SCHEMA


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--script", "WRONG"], "the script cannot be used:\n"),
        (["--script", "none.yaml"], "cannot be read"),
        (["--watch"], "give --script FILE too"),
    ],
)
def test_serve_refuses_a_wrong_script(tmp_path: Path, arguments: list[str], words: str) -> None:
    """Before it listens, with all that is wrong."""
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    given = [str(tmp_path / "wrong.yaml") if one == "WRONG" else one for one in arguments]
    status, output = run("serve", "--port", "0", *given)
    assert status != 0
    assert words in output
    assert "Traceback" not in output


def test_serve_answers_from_a_script_and_strictly_nothing_else(tmp_path: Path) -> None:
    """404 and the reason, where the script has no answer."""
    script = tmp_path / "story.yaml"
    script.write_text("steps:\n- reply: one\n", encoding="utf-8")
    with serving("--script", str(script), "--strict") as (_, line):
        assert ask(base_url(line)).json["choices"][0]["message"]["content"] == "one"
        refused = ask(base_url(line))
        assert (refused.status, refused.error["type"]) == (404, "not_scripted")
        assert "- step 1 (story.yaml:2): it is used up (1 of 1)" in refused.error["message"]


def test_serve_watches_its_script(tmp_path: Path) -> None:
    """It says what it has read; a wrong file leaves the script as it was; Ctrl-C ends it."""
    script = tmp_path / "story.yaml"
    script.write_text("steps: [{when: {}, reply: first}]", encoding="utf-8")
    with serving("--script", str(script), "--watch") as (process, line):
        assert process.stdout
        assert ask(base_url(line)).json["choices"][0]["message"]["content"] == "first"
        said = ""
        while "read again" not in said:  # until the watcher has begun to look
            put(script, "steps: [{when: {}, reply: second}]")
            said = process.stdout.readline() if wait_for(process.stdout) else ""
        assert ask(base_url(line)).json["choices"][0]["message"]["content"] == "second"
        put(script, "steps: [{when: {}, repy: third}]")
        while "left as it was" not in said:
            said = process.stdout.readline()
        assert "Did you mean 'reply'" in process.stdout.readline()
        assert ask(base_url(line)).json["choices"][0]["message"]["content"] == "second"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def put(script: Path, text: str) -> None:
    """Write a file as editors do: nobody sees half of it."""
    script.with_suffix(".new").write_text(text, encoding="utf-8")
    script.with_suffix(".new").replace(script)


def wait_for(output: IO[str]) -> bool:
    """Whether something can be read within half a second."""
    return bool(select.select([output], [], [], 0.5)[0])
