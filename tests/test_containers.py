"""The Dockerfile, the compose file and the GitHub action, as far as they run without their hosts."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from dockerfile_parse import DockerfileParser  # type: ignore[import-untyped]  # it has no types
from ruamel.yaml import YAML
from test_cli import ask

from mock_electron import __version__
from mock_electron.cli.configuration import KEYS, variable
from mock_electron.cli.serve import serve

ROOT = Path(__file__).parent.parent
ACTION = ROOT / "action"
CHECKER = importlib.util.find_spec("check_jsonschema")  # its import takes a third of a second
assert CHECKER is not None
assert CHECKER.origin is not None
SCHEMAS = Path(CHECKER.origin).parent / "builtin_schemas" / "vendor"
PROGRAM = str(Path(sys.executable).parent / "mock-electron")


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text("utf-8"))


def conforms(path: Path, schema: str) -> None:
    """Check a file against a JSON Schema that check-jsonschema brings."""
    document = json.loads((SCHEMAS / schema).read_text("utf-8"))
    jsonschema.validate(read(path), document)


# --- the image


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> DockerfileParser:
    """The Dockerfile. The parser writes its folder, so it gets a copy."""
    folder = tmp_path_factory.mktemp("image")
    shutil.copy(ROOT / "Dockerfile", folder)
    return DockerfileParser(str(folder), env_replace=False)


def instructions(image: DockerfileParser, name: str) -> list[str]:
    return [one["value"] for one in image.structure if one["instruction"] == name]


def test_the_image_runs_the_server_without_privileges(image: DockerfileParser) -> None:
    """On all addresses, with the mounted scripts, and with a health check that reads the same."""
    assert image.is_multistage
    assert instructions(image, "USER") == ["10001:10001"]
    assert json.loads(instructions(image, "ENTRYPOINT")[0]) == ["mock-electron"]
    assert json.loads(image.cmd) == ["serve"]
    health = instructions(image, "HEALTHCHECK")[0]
    assert json.loads(health.partition("CMD ")[2]) == ["mock-electron", "ready"]
    variables = dict(part.split("=") for part in instructions(image, "ENV")[0].split())
    assert variables["MOCK_ELECTRON_HOST"] == "0.0.0.0"  # noqa: S104 (in a container)
    assert variables["MOCK_ELECTRON_SCRIPT"] == instructions(image, "WORKDIR")[-1] == "/scripts"
    [port] = [one.default for one in serve.params if one.name == "port"]
    assert instructions(image, "EXPOSE") == [str(port)]
    known = {"PATH", *map(variable, KEYS)}
    assert set(variables) < known


def test_the_labels_of_the_image(image: DockerfileParser) -> None:
    """They are those of the Open Container Initiative, and the version is that of the package."""
    labels = image.labels
    for name in ("title", "description", "version", "licenses"):
        assert labels[f"org.opencontainers.image.{name}"]
    assert f"VERSION={__version__}" in instructions(image, "ARG")


def test_the_image_is_built_from_files_that_are_sent(image: DockerfileParser) -> None:
    """.dockerignore excludes all others. The build needs no other file."""
    sent = [one[1:] for one in (ROOT / ".dockerignore").read_text().split() if one[0] == "!"]
    copied = [
        source.removeprefix("./")
        for value in instructions(image, "COPY")
        if not value.startswith("--from")
        for source in value.split()[:-1]
    ]
    assert sorted(sent) == sorted(copied)
    assert all((ROOT / name).exists() for name in sent)


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not installed")
def test_hadolint_finds_nothing() -> None:
    """Its rules are those of Docker's documentation."""
    subprocess.run(["hadolint", str(ROOT / "Dockerfile")], check=True)


def test_the_compose_file_waits_for_the_server() -> None:
    """It conforms to the schema, publishes the port to this machine only, and mounts scripts."""
    conforms(ROOT / "compose.yaml", "compose-spec.json")
    services = read(ROOT / "compose.yaml")["services"]
    assert services["agent"]["depends_on"] == {"electron": {"condition": "service_healthy"}}
    token = {services[one]["environment"][variable("control_token")] for one in services}
    assert len(token) == 1
    [port] = services["electron"]["ports"]
    assert port.startswith("127.0.0.1:")
    [mounted] = services["electron"]["volumes"]
    folder, inside, mode = mounted.split(":")
    assert ((ROOT / folder).is_dir(), inside, mode) == (True, "/scripts", "ro")


# --- the action


@pytest.mark.parametrize("name", ["action.yml", "action/verdict/action.yml"])
def test_an_action_conforms_to_the_schema(name: str) -> None:
    """Each input is used, and each script exists and can be executed."""
    conforms(ROOT / name, "github-actions.json")
    action = read(ROOT / name)
    text = (ROOT / name).read_text()
    assert all(f"inputs.{one} }}}}" in text for one in action["inputs"])
    for script in ("start.sh", "stop.sh"):
        assert os.access(ACTION / script, os.X_OK)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    """The scripts quote what they expand."""
    subprocess.run(["shellcheck", *map(str, sorted(ACTION.glob("*.sh")))], check=True)


class Job:
    """A job of GitHub that runs the scripts of the action."""

    def __init__(self, folder: Path) -> None:
        self.output, self.summary = folder / "output", folder / "summary"
        files = {"GITHUB_OUTPUT": self.output, "GITHUB_STEP_SUMMARY": self.summary}
        self.variables = {"RUNNER_TEMP": str(folder), "PROGRAM": PROGRAM, **{name: str(file) for name, file in files.items()}}  # fmt: skip

    def start(self, scripts: str = "", key: str = "", options: str = "") -> "subprocess.CompletedProcess[str]":  # fmt: skip
        return self._run("start.sh", SCRIPTS=scripts, API_KEY=key, OPTIONS=options, SERVER_PORT="0")

    def stop(self, fail: str = "true") -> "subprocess.CompletedProcess[str]":
        return self._run("stop.sh", FAIL=fail)

    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())

    def _run(self, script: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, **self.variables, **variables}
        return subprocess.run([str(ACTION / script)], env=environment, capture_output=True, text=True, timeout=60)  # fmt: skip


BASH = pytest.mark.skipif(
    shutil.which("bash") is None or not Path(PROGRAM).exists(),
    reason="bash or the command mock-electron is not installed",
)


@BASH
def test_the_action_gives_a_server_to_a_job(tmp_path: Path) -> None:
    """The second part stops it, and the verdict is in the summary. A bad one fails the step."""
    script = tmp_path / "story one.yaml"
    script.write_text("steps: [{reply: Hello!}, {reply: Bye!}]\n")
    job = Job(tmp_path)
    assert job.start(f"{script}\n\n", "sk_a", "--seed 7\n--strict").returncode == 0
    outputs = job.outputs()
    assert outputs["api-key"] == "sk_a"
    assert ask(outputs["base-url"], "sk_a").json["choices"][0]["message"]["content"] == "Hello!"
    assert ask(outputs["base-url"], "sk_b").status == 401
    stopped = job.stop()
    assert stopped.returncode == 1
    assert "::error::" in stopped.stdout
    lines = job.summary.read_text().splitlines()
    assert lines[:3] == ["### mock-electron", "", "    mock-electron: 2 exchanges, 1 step left"]
    assert lines[3].startswith("      left: step 2 (story one.yaml:1): reply 'Bye!'")
    with pytest.raises(ConnectionRefusedError):
        ask(outputs["base-url"], "sk_a")


@BASH
def test_the_action_without_options(tmp_path: Path) -> None:
    """A server that is not strict has no verdict. `fail: false` fails no step."""
    job = Job(tmp_path)
    assert job.start().returncode == 0
    assert job.outputs()["api-key"] == "sk_mock"
    assert ask(job.outputs()["base-url"], "sk_mock").status == 200
    assert job.stop().returncode == 0
    assert "    mock-electron: 1 exchange. Without --strict there is no verdict." in job.summary.read_text()  # fmt: skip
    assert job.start(options="--strict").returncode == 0
    assert ask(job.outputs()["base-url"], "sk_mock").status == 404
    assert job.stop(fail="false").returncode == 0
    assert job.stop().stdout == "no server was started\n"


@BASH
def test_a_server_that_cannot_start_fails_the_step(tmp_path: Path) -> None:
    """At once, and the reason is in the log of the job."""
    started = Job(tmp_path).start(options="--sed 7")
    assert started.returncode == 1
    assert "No such option '--sed'. Did you mean '--seed'?" in started.stdout
