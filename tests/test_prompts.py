"""Tests of the pocket model's choice of tools: a table of prompts with the expected calls.

Each row of `data/prompts.json` has a prompt, the names of the offered tools, which are described in
`data/tools.json`, and the calls of the first reply, in order. Without calls, the reply is text.
Relative days count from the frozen clock's day, Wednesday, 19 February 2025.
"""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from rows import each
from test_engine import arrival, play

from mock_electron.engine.lane import Lane
from mock_electron.model.language import ENGLISH, detect

DATA = Path(__file__).parent / "data"
TOOLS = {tool["name"]: tool for tool in json.loads((DATA / "tools.json").read_text("utf-8"))}
ROWS: list[dict[str, Any]] = json.loads((DATA / "prompts.json").read_text("utf-8"))


def calls_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the calls of a message as they are written in the table."""
    functions = [call["function"] for call in message.get("tool_calls") or ()]
    return [{"name": f["name"], "arguments": json.loads(f["arguments"])} for f in functions]


@each({row["prompt"] + " " + ",".join(row["tools"]): row for row in ROWS})
def test_a_prompt_leads_to_its_calls(row: dict[str, Any]) -> None:
    """The reply makes exactly the expected calls, or is text if none is expected."""
    tools = [{"type": "function", "function": TOOLS[name]} for name in row["tools"]]
    answer = play(Lane(), arrival(row["prompt"], tools=tools, parallel_tool_calls=True))
    (choice,) = json.loads(answer.frames[0])["choices"]
    assert calls_of(choice["message"]) == row["calls"]
    assert choice["finish_reason"] == ("tool_calls" if row["calls"] else "stop")
    assert row["calls"] or choice["message"]["content"]


def all_bytes() -> str:
    """Return a digest of the answers to every second row, half of them also as streams."""
    digest = sha256()
    others: tuple[dict[str, Any], ...] = ({"stream": True}, {"seed": 3, "sampling": "x"})
    for number, row in enumerate(ROWS[::2]):
        tools = [{"type": "function", "function": TOOLS[name]} for name in row["tools"]]
        for fields in ({"tools": tools}, others[number % 2]):
            answer = play(Lane(), arrival(row["prompt"], **fields))
            digest.update(b"".join(answer.frames))
    return digest.hexdigest()


def test_every_process_gives_the_same_answers() -> None:
    """The answers of another process, with another hash seed, are those of this one."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    other = subprocess.run(
        [sys.executable, "-c", "import test_prompts; print(test_prompts.all_bytes())"],
        env=os.environ | {"PYTHONHASHSEED": seed, "COVERAGE_PROCESS_START": ""},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == all_bytes()


def test_the_table_is_large_enough() -> None:
    """The table has enough rows of each kind."""
    foreign = [row for row in ROWS if detect(row["prompt"]) != ENGLISH]
    assert len(ROWS) >= 160
    assert len(foreign) >= 55
    assert sum(len(row["calls"]) > 1 for row in ROWS) >= 20
    assert sum(not row["calls"] for row in ROWS) >= 20


def test_no_row_appears_twice() -> None:
    """No row appears twice."""
    rows = [(row["prompt"], *row["tools"]) for row in ROWS]
    assert len(set(rows)) == len(rows)


@each({row["prompt"] + " " + ",".join(row["tools"]): row for row in ROWS})
def test_a_row_fits_its_tools(row: dict[str, Any]) -> None:
    """A row calls only offered tools, with allowed arguments and all required ones."""
    assert set(row["tools"]) <= TOOLS.keys()
    for call in row["calls"]:
        assert call["name"] in row["tools"]
        parameters = TOOLS[call["name"]]["parameters"]
        assert set(parameters["required"]) <= call["arguments"].keys()
        assert call["arguments"].keys() <= parameters["properties"].keys()
        for name, value in call["arguments"].items():
            assert value in parameters["properties"][name].get("enum", [value])


def test_every_tool_is_called_somewhere() -> None:
    """Every tool is called in some row."""
    assert {call["name"] for row in ROWS for call in row["calls"]} == TOOLS.keys()
