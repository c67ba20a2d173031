"""Options of the command line that are no flags: variables of the environment, and a file."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from mock_electron.cli.app import cli
from mock_electron.cli.configuration import KEYS
from mock_electron.cli.configured import Configured
from mock_electron.cli.serve import serve
from mock_electron.engine.setting_table import SETTINGS

Started = Callable[..., dict[str, Any]]

TEXTS = {
    "seed": "7", "sampling": "varied", "missing": "invent", "clock": "frozen", "api_keys": "sk_a, sk_b",
    "allow_hosts": "a.test", "accounts": "sk_a:sk_b", "plan": "10:3", "pace": "174:5",
    "chunk_tokens": "2", "speech_rate": "20", "drift": "0.5", "prefix_cache_tokens": "16", "prefix_cache_idle": "1.5",
    "fault_header": "off", "accept_json_schema": "yes", "refuse_broken_arguments": "1",
    "list_models": "TRUE", "named_tool_finish": "stop", "not_found": "html", "body_limit": "99",
    "upload_timeout": "3", "strict": "on", "tools": "f, g", "journal_exchanges": "5",
    "journal_bytes": "6", "reveal": "on", "cors": "https://a.test, https://b.test",
}  # fmt: skip
"""A value of each setting that is not its default, as a variable has it."""
TOML = """
seed = 7
sampling = "varied"
missing = "invent"
clock = "frozen"
api-keys = ["sk_a", "sk_b"]
allow_hosts = "a.test"
accounts = [["sk_a", "sk_b"]]
plan = "10:3"
pace = "174:5"
chunk_tokens = 2
speech_rate = 20
drift = 0.5
prefix_cache_tokens = 16
prefix_cache_idle = 1.5
fault-header = false
accept_json_schema = true
refuse_broken_arguments = true
list_models = true
named_tool_finish = "stop"
not_found = "html"
body_limit = 99
upload_timeout = 3
strict = true
tools = ["f", {type = "function", function = {name = "g"}}]
journal_exchanges = 5
journal_bytes = 6
reveal = true
cors = ["https://a.test", "https://b.test"]
"""
"""The same as a file has them."""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PORT", raising=False)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """A function that runs `serve` with arguments. It returns what the options are in the end."""

    def started(*args: str, **variables: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        with monkeypatch.context() as patch:
            patch.setattr(serve, "callback", lambda *_, **options: found.update(options))
            ran = CliRunner().invoke(cli, ["serve", *args], env=variables)
        assert ran.exit_code == 0, ran.output
        return found

    return started


def refused(*args: str, **variables: str) -> str:
    """Run `serve` with arguments that are wrong. Return the message."""
    ran = CliRunner().invoke(cli, ["serve", *args], env=variables)
    assert ran.exit_code == 2, ran.output
    return " ".join(ran.stderr.partition("Error: ")[2].split())


def variables(**values: str) -> dict[str, str]:
    return {f"MOCK_ELECTRON_{name.upper()}": text for name, text in values.items()}


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


# --- the three places


def test_a_setting_has_the_same_value_from_every_place(started: Started, tmp_path: Path) -> None:
    """A variable and a file give each setting the value that flags give it."""
    flags = []
    for option in serve.params:
        if isinstance(option, Configured) and option.key in SETTINGS:
            text = TEXTS[option.key]
            if SETTINGS[option.key].is_switch:
                flags.append(option.opts[0] if text != "off" else option.secondary_opts[0])
            else:
                texts = text.split(", ") if option.multiple else [text]
                flags += [part for one in texts for part in (option.opts[0], one)]
    by_flags, plain = started(*flags), started()
    assert all(by_flags[name] != plain[name] for name in SETTINGS)
    assert started(**variables(**TEXTS)) == by_flags
    write(tmp_path / "mock-electron.toml", TOML)
    assert started() == by_flags


def test_every_option_has_a_variable_and_a_key(started: Started, tmp_path: Path) -> None:
    """Only `--config` and `--help` have no key in a file."""
    others = [one.name for one in serve.params if not isinstance(one, Configured)]
    assert others == ["config"]
    write(tmp_path / "mock-electron.toml", 'host = "::1"\nport = 1\nwatch = true\nworkers = 2\n')
    options = started(**variables(port="2", log_level="info", watch="off"))
    assert (options["port"], options["watch"], options["workers"]) == (2, False, 2)
    assert options["log_level"] == "info"


def test_a_flag_precedes_a_variable_and_a_variable_the_file(
    started: Started, tmp_path: Path
) -> None:
    """The default is used if none of them is given. An empty variable is not given."""
    write(tmp_path / "mock-electron.toml", "seed = 1\nstrict = true\n")
    variable = {"MOCK_ELECTRON_SEED": "2"}
    assert started("--seed", "3", **variable)["seed"] == 3
    assert started("--no-strict", MOCK_ELECTRON_STRICT="on")["strict"] is False
    assert started(**variable)["seed"] == 2
    assert started(MOCK_ELECTRON_SEED="")["seed"] == 1
    assert started("--config", str(write(tmp_path / "other.toml", "")))["seed"] == 0


def test_port_is_read_last(started: Started) -> None:
    """Hosting services set PORT. Kubernetes sets MOCK_ELECTRON_PORT to a URL for its services."""
    assert started(PORT="1")["port"] == 1
    assert started(PORT="1", MOCK_ELECTRON_PORT="2")["port"] == 2
    service = {
        "MOCK_ELECTRON_PORT": "tcp://10.0.0.5:8787",
        "MOCK_ELECTRON_PORT_8787_TCP_ADDR": "10.0.0.5",
        "MOCK_ELECTRON_SERVICE_HOST": "10.0.0.5",
        "MOCK_ELECTRON_SERVICE_PORT": "8787",
    }
    assert started(**service)["port"] == 8787
    assert started(PORT="1", **service)["port"] == 1


def test_a_nested_command_accepts_the_variables_of_run(started: Started) -> None:
    """`mock-electron run` sets them for its command, which may start a server of its own."""
    control = {"MOCK_ELECTRON_CONTROL_URL": "http://x/_mock", "MOCK_ELECTRON_LANE": "a"}
    assert started(MOCK_ELECTRON_URL="http://x", **control)


# --- files


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder below tmp_path, which is the current one."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def test_the_nearest_file_is_used(started: Started, folder: Path) -> None:
    """In one folder, mock-electron.toml precedes pyproject.toml. Only one file is read."""
    write(folder.parent.parent / "mock-electron.toml", "seed = 1\nchunk_tokens = 9\n")
    assert started()["seed"] == 1
    project = write(folder.parent / "pyproject.toml", "[tool.mock-electron]\nseed = 2\n")
    options = started()
    assert (options["seed"], options["chunk_tokens"]) == (2, 1)
    write(project.with_name("mock-electron.toml"), "seed = 3\n")
    assert started()["seed"] == 3
    write(folder / "pyproject.toml", '[project]\nname = "x"\ndependencies = ["mock-electron"]\n')
    assert started()["seed"] == 3


@pytest.mark.parametrize(
    "text",
    [
        "[tool.mock-electron]\nseed = 5",
        "[ tool . 'mock-electron' ]\nseed = 5",
        "tool.mock-electron.seed = 5",
        "[tool]\nmock-electron = {seed = 5}",
        '[tool]\n"mock-electron".seed = 5',
    ],
)
def test_the_table_of_a_project_in_every_form(started: Started, tmp_path: Path, text: str) -> None:
    """TOML has several ways to write a table."""
    write(tmp_path / "pyproject.toml", text)
    assert started()["seed"] == 5


def test_a_script_in_a_file_is_relative_to_the_file(
    started: Started, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a variable it is relative to the current folder, and `-` is no path."""
    file = write(folder.parent / "mock-electron.toml", 'script = ["x/a.yaml", "/b.yaml", "-"]\n')
    assert started()["scripts"] == (str(file.parent / "x" / "a.yaml"), "/b.yaml", "-")
    assert started(MOCK_ELECTRON_SCRIPT="a.yaml,b.yaml")["scripts"] == ("a.yaml", "b.yaml")


def test_the_file_of_the_flag_precedes_the_one_of_the_variable(
    started: Started, tmp_path: Path
) -> None:
    """No other file is searched then."""
    write(tmp_path / "mock-electron.toml", "seed = 1\nstrict = true\n")
    first, second = (str(write(tmp_path / f"{seed}.toml", f"seed = {seed}\n")) for seed in (2, 3))
    options = started(MOCK_ELECTRON_CONFIG=first)
    assert (options["seed"], options["strict"]) == (2, False)
    assert started("--config", second, MOCK_ELECTRON_CONFIG=first)["seed"] == 3
    project = str(write(tmp_path / "sub" / "pyproject.toml", "[tool.mock-electron]\nseed = 4\n"))
    assert started("--config", project)["seed"] == 4


def test_a_terminal_is_told_which_file_is_used() -> None:
    """The line that `serve` prints on a terminal names the file that it has read."""
    from mock_electron.cli.configuration import Configuration
    from mock_electron.cli.configured import META, file_of

    context = click.Context(serve)
    context.meta[META] = Configuration(path="/a/mock-electron.toml")
    assert file_of(context) == "/a/mock-electron.toml"


# --- messages

WRONG_VARIABLES = {
    "seed": ("x", "MOCK_ELECTRON_SEED: seed must be an integer, got 'x'"),
    "plan": ("gold", "MOCK_ELECTRON_PLAN: unknown plan 'gold'; expected one of"),
    "port": ("abc", "MOCK_ELECTRON_PORT: port must be an integer from 0 to 65535, got 'abc'"),
    "host": ("a b", "MOCK_ELECTRON_HOST: host must not contain a space"),
    "strict": ("x", "MOCK_ELECTRON_STRICT: strict must be true or false, got 'x'"),
    "watch": ("x", "MOCK_ELECTRON_WATCH: watch must be true or false, got 'x'"),
    "log_level": ("inf", "MOCK_ELECTRON_LOG_LEVEL: unknown log level 'inf'; expected one of"),
    "sed": ("1", "unknown variable 'MOCK_ELECTRON_SED'. Did you mean 'MOCK_ELECTRON_SEED'?"),
    "xyz": ("1", "unknown variable 'MOCK_ELECTRON_XYZ'. mock-electron serve --help lists all"),
    "config": (
        "no.toml",
        "MOCK_ELECTRON_CONFIG: no.toml: cannot be read: No such file or directory",
    ),
}
WRONG_FILES = {
    'seed = "7"': ", seed: seed must be an integer, got '7'",
    "sed = 7": ": unknown key 'sed'. Did you mean 'seed'?",
    "seed = 1\nxyz = 7": ": unknown key 'xyz'. mock-electron serve --help lists all options.",
    "port = true": ", port: port must be an integer, got true",
    "port = 70000": ", port: port must be an integer from 0 to 65535, got 70000",
    "workers = 1.5": ", workers: workers must be an integer, got 1.5",
    "log-level = 5": ", log-level: log_level must be a text, got 5",
    "host = 5": ", host: host must be a text or a list of texts, got 5",
    "host = []": ", host: host must not be empty; use 127.0.0.1 for this machine only",
    "host = []\nuds = 'x'": ", host: host must not be empty; use 127.0.0.1",
    "strict = 1": ", strict: strict must be true or false, got 1",
    "watch = 'yes'": ", watch: watch must be true or false, got 'yes'",
    "script = [1]": ", script: script must be a text or a list of texts, got [1]",
    "script = ''": ", script: script must not be empty",
    "drift = 2.5": ", drift: drift must be a number from 0 to 1, got 2.5",
    "api_keys = ['sk_secret_1,b']": ", api_keys: api_keys must not contain a comma; write a list",
    "accounts = ['sk_secret_1']": ", accounts: accounts must be groups of two or more API keys",
    "api_keys = 7": ", api_keys: api_keys must be a list of non-empty strings, got 7",
    "api_keys = [1]": ", api_keys: api_keys must be a list of non-empty strings, got [1]",
    "seed = true": ", seed: seed must be an integer, got true",
    "seed = [false, 'True']": ", seed: seed must be an integer, got [false, 'True']",
    "seed = 'True'": ", seed: seed must be an integer, got 'True'",
    "tools = [true]": ", tools: tools must be a list of names, or of tools as a request lists them, got [true]",
    "host = [true]": ", host: host must be a text or a list of texts, got [true]",
    "plan = {in_flight = 1}": ", plan: unknown plan {'in_flight': 1}; expected one of 'unlimited', 'standard', 'enterprise', or two integers of at least 1",
    "plan = '1-2'": ", plan: unknown plan '1-2'; expected one of 'unlimited', 'standard', 'enterprise', or two integers of at least 1",
    "plan = '0:2'": ", plan: unknown plan '0:2'; expected one of 'unlimited', 'standard', 'enterprise', or two integers of at least 1",
    "pace = {each = 1}": ", pace: unknown pace {'each': 1}; expected one of 'instant', 'electron', 'p95', or times such as 174:5",
    "api_keys = []\napi-keys = []": ": api_keys is given twice, with - and with _",
    "seed =": ": invalid TOML: ",
    "\udcff": ": invalid UTF-8: ",
}  # fmt: skip


def test_a_list_of_hosts_is_never_empty() -> None:
    """A variable with commas only is no host either, also for `run`."""
    words = "MOCK_ELECTRON_HOST: host must not be empty; use 127.0.0.1 for this machine only"
    assert refused(MOCK_ELECTRON_HOST=" , ") == words
    ran = CliRunner().invoke(cli, ["run", "true"], env={"MOCK_ELECTRON_HOST": ","})
    assert (ran.exit_code, words in " ".join(ran.output.split())) == (2, True)


@pytest.mark.parametrize("name", WRONG_VARIABLES)
def test_a_wrong_variable_is_one_clear_message(name: str) -> None:
    """It begins with the name of the variable, and suggests the nearest name."""
    text, message = WRONG_VARIABLES[name]
    assert refused(**variables(**{name: text})).startswith(message)


@pytest.mark.parametrize("text", WRONG_FILES)
def test_a_wrong_file_is_one_clear_message(tmp_path: Path, text: str) -> None:
    """It names the file and the key, suggests the nearest name, and shows no key."""
    file = tmp_path / "mock-electron.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    message = refused()
    assert message.startswith(str(file))
    assert WRONG_FILES[text] in message
    assert "secret" not in message


def test_all_problems_are_listed(tmp_path: Path) -> None:
    """First those of variables, then those of the file in its order; what a flag replaces is none."""
    text = 'sed = 7\ndrift = 2.5\nplann = "standard"\nseed = "x"\nchunk_tokens = -1\n'
    file = write(tmp_path / "mock-electron.toml", text)
    given = variables(pln="1", pace="elektron")
    ran = CliRunner().invoke(cli, ["serve", "--chunk-tokens", "2"], env=given)
    lines = ran.output.replace(str(file), "FILE").partition("Error: ")[2].splitlines()
    assert [line.partition(";")[0] for line in lines] == [
        "unknown variable 'MOCK_ELECTRON_PLN'. Did you mean 'MOCK_ELECTRON_PLAN'?",
        "MOCK_ELECTRON_PACE: unknown pace 'elektron'",
        "FILE: unknown key 'sed'. Did you mean 'seed'?",
        "FILE, drift: drift must be a number from 0 to 1, got 2.5",
        "FILE: unknown key 'plann'. Did you mean 'plan'?",
        "FILE, seed: seed must be an integer, got 'x'",
    ]


def test_a_file_that_cannot_be_read_is_one_clear_message(tmp_path: Path) -> None:
    """A named file must exist, and a named pyproject.toml must have the table."""
    assert refused("--config", "") == "--config must not be empty"
    assert refused("--config", "no.toml") == "no.toml: cannot be read: No such file or directory"
    assert refused("--config", str(tmp_path)).endswith(": cannot be read: Is a directory")
    project = str(write(tmp_path / "sub" / "pyproject.toml", "[project]\n"))
    assert refused("--config", project) == f"{project}: it must have a table [tool.mock-electron]"
    write(tmp_path / "pyproject.toml", "[tool]\nmock-electron = 5\n")
    assert refused().endswith("pyproject.toml: it must have a table [tool.mock-electron]")


def test_a_script_that_cannot_be_read_is_named_with_its_origin(tmp_path: Path) -> None:
    """The message names the variable, or the file and its key. That of a flag is the file alone."""
    ran = CliRunner().invoke(cli, ["serve"], env=variables(script="no.yaml"))
    assert (ran.exit_code, ran.output.partition("read")[0]) == (
        1,
        "Error: MOCK_ELECTRON_SCRIPT: no.yaml: cannot be ",
    )
    file = write(tmp_path / "mock-electron.toml", 'script = ["no.yaml"]')
    output = CliRunner().invoke(cli, ["serve"]).output
    assert f"Error: {file}, script: {tmp_path}/no.yaml: cannot be read" in output
    output = CliRunner().invoke(cli, ["serve", "--script", "no.yaml"]).output
    assert output.startswith("Error: no.yaml: cannot be read")


def test_help_needs_no_valid_file(tmp_path: Path) -> None:
    """Whoever reads the help to correct a file gets it."""
    write(tmp_path / "mock-electron.toml", "sed = 7")
    assert CliRunner().invoke(cli, ["serve", "--help"]).exit_code == 0


def test_nothing_is_parsed_without_a_file(tmp_path: Path) -> None:
    """The module for TOML is imported only if a file has options."""
    own_name = '[project]\ndependencies = ["mock-electron"]\nscripts.x = "y"\n'
    poetry = '[tool.poetry.dependencies]\nmock-electron = "^0.1"\n'
    write(tmp_path / "pyproject.toml", own_name + poetry)
    program = """
import sys
from mock_electron.cli.app import cli
try:
    cli(["serve", "--port", "x"])
except SystemExit:
    print("tomllib" in sys.modules)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ast.literal_eval(ran.stdout) is False
    assert "--port must be" in ran.stderr


def test_the_keys_are_those_of_serve() -> None:
    """The settings have their names in Python, and the other options those of their flags."""
    keys = {one.key for one in serve.params if isinstance(one, Configured)}
    assert set(KEYS) == keys
    assert set(SETTINGS) < set(keys)
    assert {"host", "port", "script", "watch", "workers", "log_level"} < set(keys)
