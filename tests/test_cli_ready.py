"""Health checks: `mock-electron ready`, and `serve --ready-file`."""

import ast
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from test_cli import serving

from mock_electron.cli import ready as module
from mock_electron.cli.app import cli
from mock_electron.cli.serve import serve
from mock_electron.serve.app import PAGES
from mock_electron.serve.server import Server
from mock_electron.wire.request import BASE_PATH


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PORT", raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def ready(*args: str, **variables: str) -> tuple[int, str]:
    """Run the command. Return its exit status and its line."""
    ran = CliRunner().invoke(cli, ["ready", *args], env=variables)
    return ran.exit_code, ran.output


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Yield the URL of a server that gives one answer."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve_once() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve_once)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_a_server_is_found_in_every_way(server: Server, tmp_path: Path) -> None:
    """By its URL, its host and port, the variables, and the file of `serve`."""
    url = server.url
    port = url.rpartition(":")[2]
    for args in (("--url", url), ("--url", f"{url}/waves/v1/"), ("--port", port), ("--host", "localhost", "--port", port)):  # fmt: skip
        assert ready(*args)[0] == 0, args
    assert ready("--port", port) == (0, f"ready: {url}\n")
    assert ready(MOCK_ELECTRON_URL=url) == (0, f"ready: {url}\n")
    assert ready(PORT=port) == (0, f"ready: {url}\n")
    assert ready(PORT="1", MOCK_ELECTRON_PORT=port, MOCK_ELECTRON_HOST="0.0.0.0,::1")[0] == 0
    (tmp_path / "mock-electron.toml").write_text(f'port = {port}\nhost = ["::1", "x"]\nseed = 1\n')
    assert ready("--host", "127.0.0.1", "--port", port)[0] == 0
    assert ready(MOCK_ELECTRON_HOST="127.0.0.1", MOCK_ELECTRON_SEED="1")[0] == 0
    assert ready()[1] == f"Error: not ready: http://[::1]:{port}: Connection refused\n"


def test_a_server_on_a_unix_socket_is_found(tmp_path: Path) -> None:
    """A path in a file is relative to the file. A host or a port of it comes first, as in `serve`."""
    with TemporaryDirectory() as folder, Server(host=(), path=f"{folder}/s"):
        assert ready("--uds", f"{folder}/s") == (0, f"ready: {folder}/s\n")
        assert ready(MOCK_ELECTRON_UDS=f"{folder}/s")[0] == 0
        Path(folder, "mock-electron.toml").write_text('uds = "s"\n')
        assert ready(MOCK_ELECTRON_CONFIG=f"{folder}/mock-electron.toml")[0] == 0
    assert "No such file" in ready("--uds", str(tmp_path / "none"))[1]


def test_a_server_that_is_not_ready_is_one_line() -> None:
    """The exit status is 1. Another program at this address is not ready either."""
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    assert ready("--port", str(port)) == (1, f"Error: not ready: {url}: Connection refused\n")
    for answer, problem in {
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}": "it is not mock-electron",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n?": "it is not mock-electron",
        b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n": "it answered with status 503",
        b"SSH-2.0\r\n": "it does not speak HTTP",
    }.items():
        with answering(answer) as url:
            assert ready("--url", url) == (1, f"Error: not ready: {url}: {problem}\n")


def test_it_waits_until_the_server_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks again and again, and ends at once with the first good answer."""
    problems = ["a", "b", ""]
    monkeypatch.setattr(module, "_problem", lambda _: problems.pop(0))
    assert ready("--wait", "60") == (0, "ready: http://127.0.0.1:8787\n")
    assert problems == []
    monkeypatch.setattr(module, "_problem", lambda _: "no")
    assert ready("--wait", "0.2") == (1, "Error: not ready: http://127.0.0.1:8787: no\n")


@pytest.mark.parametrize(
    ("args", "variables", "words"),
    [
        (["--url", "localhost:1"], {}, "--url must be a URL such as http://127.0.0.1:8787, with"),
        (["--url", "ftp://x"], {}, "--url must be a URL"),
        (["--url", "http://x:99999"], {}, "--url must be a URL such as"),
        (["--url", "http://x:0"], {}, "with a port from 1 to 65535, got 'http://x:0'"),
        (["--url", "http://x:b"], {}, "with a port from 1 to 65535, got 'http://x:b'"),
        (["--url", "http://[1"], {}, "--url must be a URL such as"),
        (["--url", "http://x/a b"], {}, "--url must be a URL such as"),
        (["--host", ""], {}, "host must not be empty"),
        (["--host", "a b"], {}, "Invalid value for '--host': host must not contain a space"),
        (["--host", "a:1"], {}, "host must not contain a port; use --host a --port 1"),
        (["--host", "[::1"], {}, "--host must be a host name or an address such as 127.0.0.1, got"),
        ([], {"MOCK_ELECTRON_HOST": "::1,a b"}, "MOCK_ELECTRON_HOST: host must not contain a"),
        (["--url", ""], {}, "--url must not be empty"),
        (["--url", "http://x", "--port", "1"], {}, "--host with --port exclude each other"),
        (["--port", "0"], {}, "--port must be an integer from 1 to 65535, got 0"),
        (["--wait", "-1"], {}, "--wait must be a number of seconds from 0"),
        (["--wait", "nan"], {}, "--wait must be a number of seconds from 0"),
        ([], {"PORT": "0"}, "PORT: port 0 selects a free port, which only the server knows"),
        (
            [],
            {"MOCK_ELECTRON_SED": "1", "MOCK_ELECTRON_PLN": "1"},
            "unknown variable 'MOCK_ELECTRON_SED'",
        ),
        ([], {"PORT": "x"}, "PORT: port must be an integer from 0 to 65535, got 'x'"),
        ([], {"MOCK_ELECTRON_URL": "http://x:-1"}, "MOCK_ELECTRON_URL must be a URL such as"),
        ([], {"MOCK_ELECTRON_URL": "x"}, "MOCK_ELECTRON_URL must be a URL such as"),
        (["--prot", "1"], {}, "Did you mean '--port'?"),
        ([], {"MOCK_ELECTRON_PROT": "1"}, "unknown variable 'MOCK_ELECTRON_PROT'. Did you mean"),
    ],
)
def test_a_wrong_option_is_one_clear_message(
    args: list[str], variables: dict[str, str], words: str
) -> None:
    """The exit status is 2."""
    status, output = ready(*args, **variables)
    assert status == 2
    assert words in " ".join(output.split())


def test_it_knows_what_the_server_knows() -> None:
    """It imports nothing of the server, because health checks are run every few seconds."""
    [port] = [one for one in serve.params if one.name == "port"]
    assert ("127.0.0.1", port.default, BASE_PATH) == (module.HOST, module.PORT, module.BASE_PATH)
    assert module.HEALTH_PATH in PAGES
    program = """
import sys
from mock_electron.cli.app import cli
try:
    cli(["ready", "--port", "1"])
except SystemExit:
    print([name for name in {*sys.modules} - {"mock_electron.engine.setting_table"} if name.startswith(("mock_electron.engine.", "mock_electron.wire", "uvicorn", "starlette", "tomllib"))])
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ast.literal_eval(ran.stdout) == []


def test_a_wrong_file_has_the_same_message_as_for_the_server(tmp_path: Path) -> None:
    """An unknown key does not make it ask another server than the one that the file means."""
    file = tmp_path / "mock-electron.toml"
    for written, words in {
        "prot = 9": f"Error: {file}: unknown key 'prot'. Did you mean 'port'?",
        'url = "http://x"': f"Error: {file}: unknown key 'url'.",
        "port": f"Error: {file}: invalid TOML",
        "host = []": f"Error: {file}, host: host must not be empty; use 127.0.0.1",
        "host = ['']": f"Error: {file}, host: host must not be empty; use 127.0.0.1",
        "host = ['::1', 'a b']": f"Error: {file}, host: host must not contain a space",
        "host = 5": f"Error: {file}, host: host must be a text or a list of texts, got 5",
        "uds = []": f"Error: {file}, uds: uds must be a text, got []",
        "uds = ''": f"Error: {file}, uds: uds must not be empty",
    }.items():
        file.write_text(written)
        outputs = [CliRunner().invoke(cli, [command]) for command in ("ready", "serve")]
        messages = [one.output.partition("\n\n")[2] for one in outputs]
        assert [one.exit_code for one in outputs] == [2, 2]
        assert messages[0] == messages[1]
        assert messages[0].startswith(words)


# --- the file


def test_the_ready_file_is_there_while_the_server_is_ready(tmp_path: Path) -> None:
    """It has the addresses and the process, and one of an earlier server is removed first."""
    file = tmp_path / "ready.json"
    file.write_text("old")
    options = ("--ready-file", str(file), "--control-token", "t")
    with serving(*options) as (process, line):
        for _ in range(600):
            if file.exists() and file.read_text() != "old":
                break
            threading.Event().wait(0.05)
        found = json.loads(file.read_bytes())
        url = line.split()[0]
        assert found["base_url"] == url
        assert found == {
            "url": url.removesuffix("/waves/v1"),
            "base_url": url,
            "control": url.replace("/waves/v1", "/_mock"),
            "control_token": "t",
            "uds": None,
            "pid": process.pid,
        }
        assert ready("--url", found["url"])[0] == 0
    assert process.returncode == 0
    assert not file.exists()


def test_a_ready_file_that_cannot_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    """No server is started for nothing."""
    file = tmp_path / "none" / "ready.json"
    ran = CliRunner().invoke(cli, ["serve", "--ready-file", str(file)])
    assert ran.exit_code == 2
    assert f"--ready-file: {file}: cannot be written: No such file" in ran.output
    assert "must not be empty" in CliRunner().invoke(cli, ["serve", "--ready-file", ""]).output
