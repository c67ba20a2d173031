"""Requests and streams per second at full load, compared with uvicorn sending a constant.

The server is pinned to one core and wrk to the other. The mock has a frozen clock, no pace and the
default log level. Every load has a new server.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from _server import (
    CHAT_PATH,
    FIRST_CORE,
    QUESTION,
    SECOND_CORE,
    Served,
    ask,
    chat_request,
    keep_to,
    machine,
    mock_electron,
    serving,
)

CONNECTIONS: Final = 16
WARM_UP: Final = 1
SECONDS: Final = 5
ROUNDS: Final = 3

BARE: Final = (sys.executable, str(Path(__file__).with_name("_bare.py")))
MOCK: Final = mock_electron("--clock", "frozen")

CONVERSATION: Final = QUESTION | {
    "messages": [
        {"role": "system", "content": "You are a voice assistant. Say a filler before a tool."},
        {"role": "user", "content": "Hello!"},
        {"role": "assistant", "content": "Hi! How can I help you today?"},
        {"role": "user", "content": "What is the weather like in Mumbai?"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "get_weather",
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

PLACEHOLDER: Final = "0000000"
"""wrk replaces it with a running number, if every request must be different."""

NUMBERED: Final = QUESTION | {
    "messages": [{"role": "user", "content": f"Why is star {PLACEHOLDER} blue?"}]
}

LUA: Final = """
local body = {body}
local count = 0
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer sk_mock"
wrk.headers["Content-Type"] = "application/json"
wrk.body = body
if body:find("{placeholder}", 1, true) then
  request = function()
    count = count + 1
    return wrk.format(nil, nil, nil, (body:gsub("{placeholder}", string.format("%07d", count))))
  end
end
function done(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format('\\n{{"requests":%d,"seconds":%f,"errors":%d}}\\n', summary.requests,
    summary.duration / 1e6, bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """A request and the server that it is sent to.

    Attributes:
        name: The name in the table.
        command: The command that starts the server.
        body: The body of the request.
    """

    name: str
    command: Sequence[str]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """The result of one load.

    Attributes:
        rate: Requests per second.
        errors: How many requests failed.
        chunks: Chunks of one answer; 0 if it is not a stream.
        rss: Resident memory before and after, in MiB.
    """

    rate: float
    errors: int
    chunks: int
    rss: tuple[float, float]


LOADS: Final = (
    Load("bare uvicorn", BARE, QUESTION),
    Load("chat", MOCK, QUESTION),
    Load("chat, each another", MOCK, NUMBERED),
    Load("chat, tool call", MOCK, CONVERSATION),
    Load("stream", MOCK, QUESTION | {"stream": True}),
    Load("stream, tool call", MOCK, CONVERSATION | {"stream": True}),
)


def run(load: Load) -> Figures:
    """Start the server, warm it up, and measure the load."""
    with serving(load.command, core=FIRST_CORE) as served:
        chunks = _chunks(served, load.body) if load.body.get("stream") else 0
        before = served.rss_mib() or float("nan")
        _wrk(served, load.body, WARM_UP)
        result = _wrk(served, load.body, SECONDS)
        after = served.rss_mib() or float("nan")
    rate = result["requests"] / result["seconds"]
    return Figures(rate, int(result["errors"]), chunks, (before, after))


def _chunks(served: Served, body: Mapping[str, Any]) -> int:
    """Return the number of events in one stream. The same request always gets the same reply."""
    connection, received = ask(served, chat_request(body), b"data: [DONE]")
    connection.close()
    return received.count(b"data: ")


def _wrk(served: Served, body: Mapping[str, Any], seconds: int) -> dict[str, float]:
    with TemporaryDirectory() as directory:
        script = Path(directory) / "load.lua"
        quoted = f"[==[{json.dumps(body)}]==]"
        script.write_text(LUA.format(body=quoted, placeholder=PLACEHOLDER))
        url = f"http://{served.host}:{served.port}{CHAT_PATH}"
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script)]
        command = ["wrk", *options, url]
        printed = subprocess.run(command, check=True, capture_output=True, timeout=seconds + 30)
    figures: dict[str, float] = json.loads(printed.stdout.splitlines()[-1])
    return figures


def show(load: Load, rounds: Sequence[Figures], bare: float) -> None:
    """Print one line with the median rate, its range, and the largest memory."""
    rates = sorted(figures.rate for figures in rounds)
    rate = median(rates)
    chunks = f"{rate * rounds[0].chunks:9.0f}" if rounds[0].chunks else " " * 9
    before = max(figures.rss[0] for figures in rounds)
    after = max(figures.rss[1] for figures in rounds)
    errors = sum(figures.errors for figures in rounds)
    print(
        f"{load.name:20} {rate:7.0f}/s ({rates[0]:.0f} to {rates[-1]:.0f})"
        f"   {rate / bare:5.2f} of bare   {chunks} chunks/s"
        f"   RSS {before:5.0f} → {after:5.0f} MiB   {errors} errors"
    )


def main() -> int:
    """Print all figures. Return 2 if wrk is not installed."""
    if shutil.which("wrk") is None:
        print("wrk is not installed: apt-get install wrk (Debian, Ubuntu) or brew install wrk")
        return 2
    print(f"{machine()}; wrk, 1 thread, {CONNECTIONS} connections, {ROUNDS} times {SECONDS} s")
    keep_to(SECOND_CORE)
    rounds = [[run(load) for load in LOADS] for _ in range(ROUNDS)]
    by_load = list(zip(*rounds, strict=True))
    bare = median(figures.rate for figures in by_load[0])
    for load, figures in zip(LOADS, by_load, strict=True):
        show(load, figures, bare)
    return 0


if __name__ == "__main__":
    sys.exit(main())
