"""The command line: its output, its errors, and how it ends.

`mock-electron serve` is run in a process where the process matters. Elsewhere the command runs in
this process, up to the point where it would begin to serve.
"""

import errno
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import pytest
import raw_http
from click.testing import CliRunner
from raw_http import user

from mock_electron import __version__
from mock_electron.cli.app import MODULES, cli, main
from mock_electron.engine.lane import Lane
from mock_electron.scripts.schema import SCHEMA
from mock_electron.serve.server import Server

CHAT = "/chat/completions"


def run(*args: str) -> tuple[int, str]:
    """Run a command until it ends. Return its exit status and its output."""
    result = CliRunner().invoke(cli, args, prog_name="mock-electron")
    return result.exit_code, result.output


@contextmanager
def serving(*args: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run `mock-electron serve` in a process. Yield the process and the line that it prints."""
    command = [sys.executable, "-m", "mock_electron", "serve", "--port", "0", *args]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield process, process.stdout.readline()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


Serve = Callable[..., AbstractContextManager[tuple[str, str]]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """A function that serves with options of `mock-electron serve`, in this process.

    It is a context manager that yields the base URL and the output of the command.
    """

    @contextmanager
    def serve(*args: str) -> Iterator[tuple[str, str]]:
        servers: list[Server] = []
        with monkeypatch.context() as patch:
            patch.setattr(Server, "run", lambda server, *_: servers.append(server))
            patch.setattr(signal, "signal", lambda *_: None)
            status, output = run("serve", "--port", "0", *args)
        assert status == 0, output
        [server] = servers
        with server:
            yield server.base_url, output

    return serve


def base_url(line: str) -> str:
    return line.split()[0]


def ask(url: str, key: str = "sk_x", faults: str = "", **fields: object) -> raw_http.Response:
    body = json.dumps({"model": "electron", "messages": user("Hi"), **fields}).encode()
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
    """`serve --help` explains each option and shows its default."""
    status, output = run("serve", "--help")
    assert status == 0
    for option in ("host", "port", "seed", "sampling", "clock", "api-key", "pace", "log-level"):
        assert f"--{option}" in output
    for fact in ("127.0.0.1", "8787", "steady", "sk_mock_revoked", "OpenAI(base_url="):
        assert fact in output


def test_the_list_of_commands_is_complete() -> None:
    """Each command has one line, whose words are not cut off."""
    _, output = run("--help")
    listed = output.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == sorted([*cli.commands, *MODULES])
    assert [line for line in listed if not line.endswith(".") or line.endswith("..")] == []


# --- in a process


def test_serve_prints_one_line_ready_to_copy() -> None:
    """It has the base URL and the two arguments of the OpenAI client. `--port 0` uses a free port.

    `--log-level info` logs every exchange to standard error, and no health check.
    """
    with serving("--log-level", "info") as (process, line):
        match = re.fullmatch(
            r'(http://127\.0\.0\.1:\d+/waves/v1)  ->  OpenAI\(base_url="\1", api_key="sk_mock"\)\n',
            line,
        )
        assert match
        assert ask(match[1]).status == 200
        health = raw_http.send(match[1].removesuffix("/waves/v1") + "/healthz", method="GET")
        assert (health.json["status"], health.json["version"]) == ("ok", __version__)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    lines = [one for one in errors.splitlines() if "uvicorn.error" not in one]
    assert len(lines) == 1
    assert lines[0].startswith("INFO mock_electron.exchanges: ")
    assert " default #0 turn 1 'Hi' -> " in lines[0]


def test_ctrl_c_ends_it_while_a_stream_is_open() -> None:
    """It does not wait for the stream; there is no traceback, and the exit status is 0."""
    with serving("--pace", "0:60000") as (process, line):
        host, port = re.findall(r"//(.+?):(\d+)/", line)[0]
        connection = socket.create_connection((host, int(port)))
        body = b'{"model":"electron","stream":true,"messages":[{"role":"user","content":"Hi"}]}'
        connection.sendall(
            b"POST /waves/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)  # the next token is sent after 60 s
        assert (process.returncode, output, errors) == (0, "", "")
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_further_signals_change_nothing(number: int) -> None:
    """Exit status 0 and no traceback, however many signals arrive until the process has ended."""
    with serving() as (process, line):
        assert ask(base_url(line)).status == 200
        while process.poll() is None:
            process.send_signal(number)
            time.sleep(0.0005)
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output, errors) == (0, "", "")


def test_servers_with_the_same_seed_give_the_same_bytes(serve: Serve) -> None:
    """In another process too. Another seed gives other bytes."""
    options = ("--clock", "frozen", "--sampling", "varied")

    def answers(url: str) -> list[bytes]:
        return [ask(url, stream=stream).body for stream in (False, False, True)]

    with serving("--seed", "5", *options) as (_, line):
        elsewhere = answers(base_url(line))
    with serve("--seed", "5", *options) as (url, _):
        assert answers(url) == elsewhere
    with serve("--seed", "6", *options) as (url, _):
        assert answers(url) != elsewhere


# --- options of serve


def test_a_taken_port_is_one_clear_line() -> None:
    """The exit status is 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, output = run("serve", "--port", str(port))
    assert status == 1
    assert output == (
        f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use. "
        "Use --port 0 for a free port.\n"
    )


def test_a_host_that_does_not_exist_is_one_clear_line() -> None:
    """The exit status is 1."""
    status, output = run("serve", "--host", "256.0.0.1", "--port", "0")
    assert status == 1
    assert output.startswith("Error: cannot listen on 256.0.0.1 port 0: ")
    assert "--port 0" not in output
    assert output.endswith(". Use --host 127.0.0.1, or --host 0.0.0.0 for all addresses.\n")


def test_a_host_that_is_not_loopback_gives_one_warning(serve: Serve) -> None:
    """The printed URL is one that works on this machine."""
    with serve("--host", "0.0.0.0") as (url, output):  # noqa: S104 (this is what it is about)
        assert url.startswith("http://127.0.0.1:")
        assert f'OpenAI(base_url="{url}"' in output
        assert ask(url).status == 200
    assert output.count("Warning: other machines can reach 0.0.0.0") == 1


def test_only_the_given_keys_are_accepted(serve: Serve) -> None:
    """`--api-key` can be repeated; the printed example shows the end of the first one."""
    with serve("--api-key", "sk_a", "--api-key", "sk_b") as (url, output):
        assert 'api_key="…"' in output
        assert [ask(url, key).status for key in ("sk_a", "sk_b", "sk_c")] == [200, 200, 401]


def test_the_switches_of_the_wire_format(serve: Serve) -> None:
    """They accept json_schema, and send vLLM's finish reason and Express's 404."""
    options = ["--accept-json-schema", "--named-tool-finish", "stop", "--not-found", "html"]
    with serve(*options) as (url, _):
        named = {"type": "function", "function": {"name": "f"}}
        assert ask(url, response_format={"type": "json_schema", "json_schema": {}}).status == 200
        called = ask(url, tools=[named], tool_choice=named)
        assert called.json["choices"][0]["finish_reason"] == "stop"
        assert raw_http.send(f"{url}/models", method="GET").body.startswith(b"<!DOCTYPE html>")


def test_plans_by_option_and_by_key(serve: Serve) -> None:
    """`--plan` applies to all keys except those that have their own plan."""
    with serve("--plan", "2:1") as (url, _):
        statuses = {
            key: [ask(url, key).status for _ in range(11)]
            for key in ("sk_mock", "sk_mock_standard")
        }
    assert statuses["sk_mock"] == [200] * 2 + [429] * 9
    assert statuses["sk_mock_standard"] == [200] * 10 + [429]


def test_the_fault_header_can_be_turned_off(serve: Serve) -> None:
    """By default a request can ask for its own fault."""
    with serve() as (url, _):
        assert ask(url, faults="fail=503").status == 503
    with serve("--no-fault-header") as (url, _):
        assert ask(url, faults="fail=503").status == 200


def test_drift_and_the_size_of_the_prefix_cache(serve: Serve) -> None:
    """Replies differ in spite of their seed, and no token is cached."""
    with serve("--drift", "1", "--prefix-cache-tokens", "0") as (url, _):
        first, second = (ask(url, seed=1).json for _ in range(2))
    assert first["usage"]["prompt_tokens_details"] == {"cached_tokens": 0}
    assert second["usage"] == first["usage"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plan", "gold"], "unknown plan 'gold'; expected one of 'unlimited', 'standard'"),
        (["--plan", "0:3"], "unknown plan '0:3'"),
        (["--drift", "2"], "drift must be a number from 0 to 1, got 2.0"),
        (["--pace", "1:2:0.5:4"], "unknown pace '1:2:0.5:4'"),
        (["--pace", "174:5:7"], "unknown pace '174:5:7'"),
        (
            ["--pace", "fast"],
            "unknown pace 'fast'; expected one of 'instant', 'electron', 'p95', or times",
        ),
        (["--api-key", ""], "--api-key must not be empty"),
        (["--host", ""], "host must not be empty; use 127.0.0.1 for this machine only"),
        (["--pace", "5:-1"], "unknown pace '5:-1'"),
        (["--port", "abc"], "Error: --port must be an integer from 0 to 65535, got 'abc'"),
        (["--port", ""], "--port must be an integer from 0 to 65535, got ''"),
        (
            ["--plan", "10:0"],
            "or two integers of at least 1, such as 10:3, for requests per minute",
        ),
        (
            ["--account", "a:b", "--account", "c:é"],
            "spaces around it; key 2 of group 2 is different",
        ),
        (["--account", "a:b", "--account", "c:a"], "a common key; key 2 of group 2 is repeated"),
        (["--account", "a:sk_mock_revoked"], "accepted keys; key 2 of group 1 is always refused"),
        (["--api-key", "sk_a", "--api-key", "é"], "spaces around it; number 2 is different"),
        (["--port", "70000"], "--port must be an integer from 0 to 65535, got 70000"),
        (["--sampling", "wild"], "unknown sampling 'wild'; expected one of 'steady', 'varied'"),
        (["--drain", "x"], "Error: --drain must be a number, got 'x'"),
        (["--control-token", "a b"], "ASCII characters without spaces"),
        (["story.yaml"], "unexpected argument 'story.yaml'. Did you mean --script story.yaml?"),
        (["x"], "Error: unexpected argument 'x'."),
        (["--sed", "1"], "No such option '--sed'. Did you mean '--seed'?"),
        (["--prot", "1"], "No such option '--prot'. Did you mean '--port'?"),
        (["--host", "127.0.0.1", "--host", "a:80"], "use --host a --port 80"),
        (["--uds", "a", "--uds", "b"], "--uds must be given at most once, got 'a' and 'b'"),
        (["--uds", ""], "--uds must not be empty"),
        (["--script", "-", "--script", "-"], "--script must be - at most once"),
        (["--script", "-", "--watch"], "--watch cannot watch --script -, which is standard input"),
        (["--seed", "1", "--seed", "2"], "--seed must be given at most once, got '1' and '2'"),
        (["--fault-header", "--no-fault-header"], "--no-fault-header exclude each other"),
        (["--api-key", "sk_mock_revoked"], "--api-key must not be 'sk_mock_revoked': requests"),
        (["--api-key", "sk_mock_forbidden"], "with this key always get 403"),
        (["--api-key", " "], "--api-key must be printable ASCII without spaces around it"),
        (["--api-key", "sk_a\nb"], "--api-key must be printable ASCII without spaces around it"),
        (["--account", "a:é"], "each key of --account must be printable ASCII without"),
        (["--account", "a: b"], "each key of --account must be printable ASCII without"),
        (["--account", "a: "], "each key of --account must be printable ASCII without"),
        (["--account", "a:\x1b"], "each key of --account must be printable ASCII without"),
        (["--account", "sk_a"], "--account must be groups of two or more API keys such as 'a:b'"),
        (["--account", ""], "--account must not be empty"),
        (["--allow-host", "*.app.test"], "--allow-host must be host names such as 'mock.test'"),
        (["--allow-host", ".app.test"], "a path or a wildcard, got '.app.test'"),
        (["--allow-host", "a.test", "--allow-host", "a..b"], "a wildcard, got 'a..b'"),
        (["--allow-host", "[::1"], "a wildcard, got '[::1'"),
        (["--tool", "a b"], "--tool must match ^[a-zA-Z0-9_-]{1,64}$, got 'a b'"),
        (["--host", "a b"], "host must not contain a space"),
        (
            ["--host", "127.0.0.1:80"],
            "host must not contain a port; use --host 127.0.0.1 --port 80",
        ),
        (["--host", "[::1]:80"], "host must not contain a port; use --host ::1 --port 80"),
        (["--host", "http://a"], "host must not contain '/'"),
        (["--script", ""], "--script must not be empty"),
        (["--host", "[::1]"], "host must be a host name or an address such as 127.0.0.1"),
        (["--host", "x" * 300], "host must be a host name or an address such as 127.0.0.1"),
    ],
)
def test_a_wrong_option_is_one_clear_message(arguments: list[str], words: str) -> None:
    """It says what is wrong and what is expected. The exit status is 2."""
    status, output = run("serve", *arguments)
    assert status == 2
    assert words in " ".join(output.split())


def test_an_unknown_command_is_one_clear_message() -> None:
    """It names the nearest command, or else all of them. The exit status is 2."""
    assert run("serv")[1].endswith("Error: No such command 'serv'. Did you mean 'serve'?\n")
    status, output = run("xyzzy")
    assert status == 2
    assert (
        "No such command 'xyzzy'. Expected one of audit, check, contract, faults, openapi, ready"
        in output
    )


def test_equal_values_of_an_option_are_accepted(serve: Serve) -> None:
    """So a script can add options that are there already."""
    with serve("--seed", "1", "--seed", "1", "--strict", "--strict") as (_, output):
        assert "http://" in output


def test_a_given_key_is_not_printed(serve: Serve) -> None:
    """Only its end is shown, and only if the key is long."""
    with serve("--api-key", "sk_live_0123456789") as (_, output):
        assert 'api_key="…6789"' in output
        assert "0123" not in output


def test_a_limit_on_a_frozen_clock_is_explained(serve: Serve) -> None:
    """A warning at the start, and a header in the 429. The body is Electron's."""
    with serve("--clock", "frozen", "--plan", "2:5") as (url, output):
        assert (
            output.count("Warning: the clock is frozen, so the limit of 2 requests per minute") == 1
        )
        *served, refused = [ask(url) for _ in range(3)]
    hint = "the clock is frozen, so this minute does not end; use --clock real"
    assert [answer.status for answer in served] == [200, 200]
    assert all("x-mock-electron-hint" not in answer.headers for answer in served)
    assert (refused.status, refused.headers["x-mock-electron-hint"]) == (429, hint)
    assert refused.error["message"] == "Rate limit exceeded. Please retry after a short backoff."
    for options in (["--clock", "frozen"], ["--plan", "1:1"]):
        with serve(*options) as (url, output):
            assert "Warning" not in output
            answers = [ask(url) for _ in range(2)]
            assert all("x-mock-electron-hint" not in answer.headers for answer in answers)


# --- scripts

GOOD = "steps:\n- reply: one\n- when: {says: Hi}\n  reply: always\n"
WRONG = "steps:\n- repy: one\n- fail: 5033\n"


def test_check_counts_the_steps_of_good_files(tmp_path: Path) -> None:
    """It prints one line per file. The exit status is 0."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    files = [str(tmp_path / name) for name in ("a.yaml", "b.yaml")]
    assert run("check", *files) == (0, "".join(f"{file}: 2 steps\n" for file in files))


def test_check_takes_what_serve_takes(tmp_path: Path) -> None:
    """A folder stands for the script files in it, and - is standard input."""
    (tmp_path / "empty").mkdir()
    for name in ("a.yaml", "b.json", "notes.txt"):
        (tmp_path / name).write_text(GOOD if name == "a.yaml" else '{"steps": []}', "utf-8")
    ran = CliRunner().invoke(cli, ["check", str(tmp_path), f"{tmp_path}/empty", "-"], input=GOOD)
    assert (ran.exit_code, ran.output.splitlines()) == (
        0,
        [
            f"{tmp_path}/empty: no script files",
            f"{tmp_path}/a.yaml: 2 steps",
            f"{tmp_path}/b.json: 0 steps",
            "standard input: 2 steps",
        ],
    )


def test_check_prints_everything_that_is_wrong(tmp_path: Path) -> None:
    """In all files, missing ones included. The exit status is 1."""
    good, wrong = tmp_path / "good.yaml", tmp_path / "wrong.yaml"
    good.write_text(GOOD, encoding="utf-8")
    wrong.write_text(WRONG, encoding="utf-8")
    status, output = run("check", str(wrong), str(good), str(tmp_path / "wrnog.yaml"))
    assert status == 1
    indented, first, second, third = sorted(output.splitlines())
    assert first == f"{good}: 2 steps"
    assert re.fullmatch(r".*wrnog\.yaml: cannot .*Did you mean 'wrong\.yaml'\?", second)
    expected = r"/.*wrong\.yaml:2: step 1, repy: .*Did you mean 'reply'\? \(the first of 2 errors\)"
    assert re.fullmatch(expected, third)
    assert re.fullmatch(r"  /.*wrong\.yaml:3: step 2, fail: .*5033.*", indented)


def test_the_schema_is_printed_as_json() -> None:
    """Editors can read it."""
    status, output = run("schema")
    assert status == 0
    assert json.loads(output) == SCHEMA


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--script", "WRONG"], "(the first of 2 errors)\n  "),
        (["--script", "none.yaml"], "No such file"),
        (["--watch"], "add --script FILE"),
    ],
)
def test_serve_rejects_a_wrong_script(tmp_path: Path, arguments: list[str], words: str) -> None:
    """It prints everything that is wrong before it listens."""
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    given = [str(tmp_path / "wrong.yaml") if one == "WRONG" else one for one in arguments]
    status, output = run("serve", "--port", "0", *given)
    assert status != 0
    assert words in output
    assert "Traceback" not in output


def test_a_script_is_read_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--script -` can be combined with files, in the order of the options."""
    (tmp_path / "b.yaml").write_text("steps:\n- reply: two\n", encoding="utf-8")
    lanes: list[Lane] = []

    def run_briefly(server: Server, *_: object) -> None:
        lanes.append(server.app.lanes.default)
        server.stop()

    monkeypatch.setattr(Server, "run", run_briefly)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    arguments = ["serve", "--port", "0", "--script", "-", "--script", str(tmp_path / "b.yaml")]
    ran = CliRunner().invoke(cli, arguments, input="steps:\n- reply: one\n")
    assert ran.exit_code == 0, ran.output
    locations = [state.step.location for state in lanes[0].script()]
    assert locations == ["standard input:2", "b.yaml:2"]
    ran = CliRunner().invoke(cli, arguments, input="steps:\n- repy: one\n")
    assert ran.exit_code == 1
    assert "standard input:2: step 1, repy: " in ran.output


def test_several_hosts_and_a_unix_socket(serve: Serve, tmp_path: Path) -> None:
    """The socket replaces the default address, and joins one that is given."""
    with TemporaryDirectory() as folder:
        path = f"{folder}/s"
        with serve("--host", "127.0.0.1", "--host", "127.0.0.2") as (url, output):
            other = url.replace("127.0.0.1", "127.0.0.2")
            assert [ask(one).status for one in (url, other)] == [200, 200]
            assert output.splitlines()[1:] == [f"Also at {other}"]
        with serve("--uds", path) as (url, output):  # with `--port 0`
            assert ask(url).status == 200
            assert output.endswith(f"  (Unix socket {path})\n")
        assert not Path(path).exists()
        with closing(socket.socket(socket.AF_UNIX)) as used:
            used.bind(path)
            used.listen()
            status, output = run("serve", "--uds", path)
        assert (status, output) == (1, f"Error: cannot listen on {path}: a server listens on it\n")
        status, output = run("serve", "--uds", str(tmp_path))
        assert "which is no socket" in output


def test_serve_refuses_a_script_with_an_unknown_tool(tmp_path: Path) -> None:
    """With `--strict` and `--tool`, one line names the step, the tool and the nearest one."""
    script = tmp_path / "story.yaml"
    script.write_text("steps:\n- reply: {calls: [get_wether]}\n", encoding="utf-8")
    tools = ["--tool", "get_weather", "--tool", "hang_up"]
    status, output = run("serve", "--strict", *tools, "--script", str(script))
    assert status == 1
    assert output == (
        f"Error: {script}:2: step 1: unknown tool 'get_wether'; expected one of 'get_weather', "
        "'hang_up'. Did you mean 'get_weather'?\n"
    )


def test_a_server_has_the_steps_of_several_scripts(tmp_path: Path, serve: Serve) -> None:
    """In the order of the options; the same file counts once. All errors are printed."""
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("steps: [{reply: first}]", encoding="utf-8")
    two.write_text("steps: [{reply: second}]", encoding="utf-8")
    files = [part for file in (one, two, one) for part in ("--script", str(file))]
    with serve(*files, "--strict") as (url, _):
        answers = [ask(url) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 404]
    contents = [answer.json["choices"][0]["message"]["content"] for answer in answers[:2]]
    assert contents == ["first", "second"]
    one.write_text(WRONG, encoding="utf-8")
    status, output = run("serve", "--port", "0", *files, "--script", str(tmp_path / "three.yaml"))
    assert (status, output.count("one.yaml:")) == (1, 2)
    assert "three.yaml: cannot be read: No such file" in output


def test_a_strict_server_answers_from_its_script_only(tmp_path: Path, serve: Serve) -> None:
    """Any other request gets 404, with the reason why no step matches."""
    script = tmp_path / "story.yaml"
    script.write_text("steps:\n- reply: one\n", encoding="utf-8")
    with serve("--script", str(script), "--strict") as (url, _):
        assert ask(url).json["choices"][0]["message"]["content"] == "one"
        refused = ask(url)
        assert (refused.status, refused.error["type"]) == (404, "not_scripted")
        assert re.search(r"- step 1 \(story\.yaml:2\): .*used.*", refused.error["message"])


def test_serve_follows_its_script(tmp_path: Path) -> None:
    """With `--watch` it reads a changed file again, and keeps the old steps if it has errors."""
    script = tmp_path / "story.yaml"
    script.write_text("steps: [{when: {}, reply: first}]", encoding="utf-8")
    with serving("--script", str(script), "--watch") as (process, line):
        assert process.stdout
        assert ask(base_url(line)).json["choices"][0]["message"]["content"] == "first"
        printed = ""
        while "story.yaml" not in printed:  # until the watcher has started
            put(script, "steps: [{when: {}, reply: second}]")
            printed = process.stdout.readline() if is_readable(process.stdout) else ""
        assert ask(base_url(line)).json["choices"][0]["message"]["content"] == "second"
        put(script, "steps: [{when: {}, repy: third}]")
        while "Did you mean 'reply'" not in printed:
            printed = process.stdout.readline()
            assert printed
        assert ask(base_url(line)).json["choices"][0]["message"]["content"] == "second"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


def put(script: Path, text: str) -> None:
    """Replace a file in one step, as editors do."""
    script.with_suffix(".new").write_text(text, encoding="utf-8")
    script.with_suffix(".new").replace(script)


def is_readable(output: IO[str]) -> bool:
    """Return whether something can be read within half a second."""
    return bool(select.select([output], [], [], 0.5)[0])


def test_an_unreadable_file_is_an_error_of_this_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check` checks the other files, and no message is that of click."""
    secret, good = tmp_path / "secret.yaml", tmp_path / "good.yaml"
    for file in (secret, good):
        file.write_text("steps: []\n", encoding="utf-8")
    is_accessible, opened = os.access, os.open

    def refuse(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if str(path) == str(secret):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, flags, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "access", lambda p, *a: str(p) != str(secret) and is_accessible(p, *a))
    message = f"{secret}: cannot be read: Permission denied."
    ran = CliRunner().invoke(cli, ["check", str(secret), str(good)])
    assert (ran.exit_code, ran.stderr) == (1, f"{message}\n")
    assert ran.stdout == f"{good}: 0 steps\n"
    ran = CliRunner().invoke(cli, ["serve", "--script", str(secret)])
    assert (ran.exit_code, message in ran.stderr, "Usage" in ran.stderr) == (1, True, False)
    ran = CliRunner().invoke(cli, ["contract", "--against", str(secret)])
    assert (ran.exit_code, message in ran.stderr) == (2, True)


WRONG_KEYS = {
    "another key": ("--api-key sk_k --account sk_a:sk_b", "got '…'; key 1 of group 1 always gets 401"),
    "one of two": (
        "--api-key sk_a --api-key sk_b --account sk_a:sk_b:sk_secret_1",
        "--account must have keys of --api-key, got '…et_1'; key 3 of group 1 always gets 401",
    ),
    "a later group": ("--api-key sk_a --api-key sk_b --account sk_b:sk_a --account sk_c:sk_d", "key 1 of group 2"),
    "a comma in a group": ("--account sk_a:sk_b,sk_c:sk_d", "--account must not contain a comma; give --account several"),
    "a comma in keys": ("--api-key sk_a,sk_b", "--api-key must not contain a comma; give --api-key several times"),
    "a comma in hosts": ("--allow-host a.test,b.test", "--allow-host must be host names"),
}  # fmt: skip


def test_keys_that_do_not_fit_together_are_refused() -> None:
    """An account has accepted keys only, and a list is not one value."""
    wrong = {}
    for name, (options, words) in WRONG_KEYS.items():
        ran = CliRunner().invoke(cli, ["serve", "--host", "256.0.0.1", *options.split()])
        message = " ".join(ran.stderr.split())
        if (ran.exit_code, words in message, "sk_secret" in message) != (2, True, False):
            wrong[name] = ran.output
    assert wrong == {}
