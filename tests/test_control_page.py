"""docs/control.md is correct: its commands get its answers, and its tables are complete."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from control_client import ask, controlled
from test_control_events import following
from test_readme import DOCS, blocks, text

from mock_electron.control.event_log import EventKind
from mock_electron.control.routes import ROUTES
from mock_electron.control.schemas import LANE
from mock_electron.control.verify import ASSERTIONS
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings

PAGE: Final = DOCS / "control.md"
ADDRESS: Final = "http://127.0.0.1:8787"
END: Final = "--- end of a block"
WITHOUT_CURL: Final = "curl is not installed"


def shown(expected: Any, real: Any) -> bool:
    """Whether a page shows a part of an answer. "…" at the end of a text stands for the rest."""
    if isinstance(expected, dict) and isinstance(real, dict):
        return all(name in real and shown(one, real[name]) for name, one in expected.items())
    if isinstance(expected, list) and isinstance(real, list):
        return len(expected) == len(real) and all(map(shown, expected, real))
    if isinstance(expected, str) and expected.endswith("; …"):
        return isinstance(real, str) and real.startswith(expected[:-1])
    return bool(expected == real)


@pytest.mark.skipif(shutil.which("curl") is None, reason=WITHOUT_CURL)
def test_the_commands_get_the_answers_of_the_page(tmp_path: Path) -> None:
    """All commands, one after the other in one shell. Each answer has what the page shows of it."""
    commands = re.findall(r"```sh\n(.*?)```(?:\n\n```json\n(.*?)```)?", text(PAGE), re.DOTALL)
    assert len(commands) > 10
    script = "".join(f"{command}\necho '{END}'\n" for command, _ in commands)
    with controlled(Lane(Settings(clock="real"))) as (server, _):
        ran = subprocess.run(
            ["sh", "-e", "-c", script.replace(ADDRESS, server.url)],
            cwd=tmp_path,
            capture_output=True,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "no_proxy": "*"},
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr.decode()
        said = ran.stdout.decode().replace(server.url, ADDRESS).split(END)
    wrong = [
        (command, answer)
        for (command, document), answer in zip(commands, said, strict=False)
        if document and not shown(json.loads(document), last_of(answer))
    ]
    assert wrong == []


def last_of(answers: str) -> Any:
    """Return the last of several JSON documents that follow each other."""
    decoder, rest, found = json.JSONDecoder(), answers.strip(), None
    while rest:
        found, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
    return found


def test_the_events_of_the_page_are_sent() -> None:
    """A step is added, and a request arrives and ends."""
    [example] = blocks(PAGE, "text")
    with controlled() as (server, control):
        lane = control.put("/lanes/demo")
        with following(server.url, "/lanes/demo/events") as reader:
            assert next(reader)["event"] == "hello"
            control.post("/lanes/demo/steps", {"reply": "Hello!"})
            ask(lane)
            sent = [next(reader) for _ in range(3)]
    expected = []
    for one in example.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in one.splitlines())
        data = json.loads(lines.pop("data"))
        expected.append(lines | data)
    assert sent == expected


def test_every_route_is_in_the_table() -> None:
    """The last section of the page has each route once."""
    _, section = text(PAGE).split("\n## All routes\n")
    listed = re.findall(r"`([A-Z]+ /[^`]*)`", section)
    routes = [f"{row.method} {row.path}" for row in ROUTES]
    assert sorted(listed) == sorted(routes)


def test_every_field_of_a_lane_and_every_assertion_is_documented() -> None:
    """They are in the first columns of tables, and so are the events."""
    cells = re.findall(r"^\| (`[^|]+) \| ", text(PAGE), re.MULTILINE)
    names = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    expected = {*LANE["properties"], *ASSERTIONS, *get_args(EventKind)}
    assert expected - names == set()


def test_the_statuses_of_the_page_are_those_of_the_routes() -> None:
    """Each status of an error that a route declares is in the table of errors."""
    _, _, section = text(PAGE).partition("\n## Errors\n")
    listed = {int(status) for status in re.findall(r"^\| (\d{3}) \|", section, re.MULTILINE)}
    assert {status for row in ROUTES for status in row.refused if status >= 400} <= listed
