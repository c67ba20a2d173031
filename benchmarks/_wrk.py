"""The loads of the comparison, and wrk, which produces them.

wrk has one thread and 16 connections. A body that contains PLACEHOLDER is different in every
request: wrk replaces the placeholder by a running number.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from _peers import TOOL, UnavailableError
from _server import QUESTION, Served

CONNECTIONS: Final = 16
GRACE: Final = 30
"""Seconds that wrk may take longer than it was told to run."""

PLACEHOLDER: Final = "0000000"
NO_WRK: Final = "wrk is not installed"

NUMBERED: Final = QUESTION | {
    "messages": [{"role": "user", "content": f"Why is star {PLACEHOLDER} blue?"}]
}


def _weather(question: str) -> dict[str, Any]:
    """Return a request that is answered with a filler and a tool call."""
    return QUESTION | {
        "messages": [
            {"role": "system", "content": "You are a voice assistant. Say a filler before a tool."},
            {"role": "user", "content": "Hello!"},
            {"role": "assistant", "content": "Hi! How can I help you today?"},
            {"role": "user", "content": question},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": TOOL,
                    "description": "The current weather in a city",
                    "parameters": {
                        "type": "object",
                        "properties": {"city": {"type": "string"}},
                        "required": ["city"],
                    },
                },
            }
        ],
    }


WEATHER: Final = _weather("What is the weather like in Mumbai?")
NUMBERED_WEATHER: Final = _weather(f"What is the weather like in Mumbai, ticket {PLACEHOLDER}?")

LUA: Final = """
local before, after = {before}, {after}
local count = {first}
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer sk_mock"
wrk.headers["Content-Type"] = "application/json"
wrk.body = before
if after then
  request = function()
    count = count + 1
    return wrk.format(nil, nil, nil, before .. string.format("%07d", count) .. after)
  end
end
function done(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format('\\n{{"requests":%d,"seconds":%f,"p99":%f,"errors":%d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e3,
    bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """A request that is sent again and again.

    Attributes:
        name: Its name in the table.
        body: The body. With PLACEHOLDER in it, every request is different.
    """

    name: str
    body: Mapping[str, Any]

    @property
    def streams(self) -> bool:
        """Whether the answers are streams."""
        return bool(self.body.get("stream"))


@dataclass(frozen=True, slots=True)
class Run:
    """What wrk measured.

    Attributes:
        requests: How many requests were answered.
        rate: Requests per second.
        p99: The latency of the slowest hundredth, in milliseconds.
    """

    requests: int
    rate: float
    p99: float


CHAT: Final = Load("chat, same request", QUESTION)
CHAT_DIFFERENT: Final = Load("chat, every request different", NUMBERED)
TOOL_CALL: Final = Load("chat with a tool call, same request", WEATHER)
TOOL_CALL_DIFFERENT: Final = Load("chat with a tool call, different requests", NUMBERED_WEATHER)
STREAM: Final = Load("unpaced stream, one token per chunk", QUESTION | {"stream": True})
TOOL_CALL_STREAM: Final = Load("unpaced stream with a tool call", WEATHER | {"stream": True})
LOADS: Final = (
    CHAT,
    CHAT_DIFFERENT,
    TOOL_CALL,
    TOOL_CALL_DIFFERENT,
    STREAM,
    TOOL_CALL_STREAM,
)


def run(served: Served, path: str, load: Load, seconds: int, first: int = 0) -> Run:
    """Load a server with wrk.

    Args:
        served: The server.
        path: The path of its chat endpoint.
        load: The request.
        seconds: How long.
        first: The number before that of the first request, if all requests are different.

    Raises:
        UnavailableError: If wrk is not installed, or if requests failed.
    """
    if shutil.which("wrk") is None:
        raise UnavailableError(NO_WRK)
    with TemporaryDirectory() as directory:
        script = Path(directory) / "load.lua"
        script.write_text(_script(load, first))
        url = f"http://{served.host}:{served.port}{path}"
        options = (
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--timeout",
            "10s",
            "-s",
            str(script),
        )
        command = ("wrk", *options, url)
        printed = subprocess.run(command, check=True, capture_output=True, timeout=seconds + GRACE)
    found: dict[str, float] = json.loads(printed.stdout.splitlines()[-1])
    if found["errors"] or not found["requests"]:
        raise UnavailableError(f"wrk counted {found['errors']} errors")
    return Run(int(found["requests"]), found["requests"] / found["seconds"], found["p99"])


def _script(load: Load, first: int) -> str:
    before, found, after = json.dumps(load.body).partition(PLACEHOLDER)
    return LUA.format(before=_quoted(before), after=_quoted(after) if found else "nil", first=first)


def _quoted(text: str) -> str:
    return f"[==[{text}]==]"
