"""The servers of the comparison: a bare uvicorn, the peers, and this project.

Each peer is installed into a folder with its pinned versions, and gets a file of fixtures in its
format. All fixtures have the same two replies: a tool call for requests about the weather, and a
reply of 22 words for everything else.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from _bare import REPLY
from _server import CHAT_PATH, mock_electron

INSTALL_TIMEOUT: Final = 300
"""Seconds."""
STAMP: Final = "installed"
"""A file in the folder of a peer that was installed completely."""

TOOL: Final = "get_weather"
FILLER: Final = "One moment, let me check that for you."
CITY: Final = {"city": "Mumbai"}
CHUNK_CHARACTERS: Final = 5
"""About one token. mocktopus sends this many characters per chunk and has no option for it."""

MOCKTOPUS_RULES: Final[dict[str, Any]] = {
    "version": 1,
    "rules": [
        {
            "type": "llm.openai",
            "when": {"messages_contains": "weather"},
            "respond": {
                "content": FILLER,
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": TOOL, "arguments": json.dumps(CITY)},
                    }
                ],
            },
        },
        {"type": "llm.openai", "when": {"model": "*"}, "respond": {"content": REPLY}},
    ],
}
AIMOCK_FIXTURES: Final[dict[str, Any]] = {
    "fixtures": [
        {
            "match": {"toolName": TOOL},
            "response": {"content": FILLER, "toolCalls": [{"name": TOOL, "arguments": CITY}]},
        },
        {"match": {}, "response": {"content": REPLY}},
    ]
}

Command = Sequence[str]


class UnavailableError(Exception):
    """Something that a part of the comparison needs is missing. The text is one line."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A server of the comparison.

    Attributes:
        name: Its name in the table.
        command: Return the command that serves on a port, given the port and the folder.
        path: The path of its chat endpoint.
        packages: The packages to install, with their versions.
        installer: What installs them: "pip", "npm", or "" if nothing needs to be installed.
        fixtures: The content of its file of fixtures, as JSON, or None.
    """

    name: str
    command: Callable[[int, Path], Command]
    path: str = "/v1/chat/completions"
    packages: tuple[str, ...] = ()
    installer: str = ""
    fixtures: dict[str, Any] | None = None

    def folder(self, cache: Path) -> Path:
        """Return the folder of the peer in the cache. Other versions have another folder."""
        return cache / "+".join((self.name, *self.packages)).replace("/", "-").replace("==", "-")


def _fixtures(folder: Path) -> Path:
    return folder / "fixtures.json"


def _mocktopus(port: int, folder: Path) -> Command:
    program = str(folder / "venv" / "bin" / "mocktopus")
    return (program, "serve", "-s", str(_fixtures(folder)), "-p", str(port))


def _aimock(port: int, folder: Path) -> Command:
    program = str(folder / "node_modules" / ".bin" / "llmock")
    options = ("--chunk-size", str(CHUNK_CHARACTERS), "--log-level", "silent")
    return (program, "-p", str(port), "-f", str(_fixtures(folder)), *options)


def _bare(port: int, _folder: Path) -> Command:
    return (sys.executable, str(Path(__file__).with_name("_bare.py")), str(port))


def _ours(port: int, _folder: Path) -> Command:
    return mock_electron("--sampling", "steady", port=port)


BARE: Final = Contender("bare", _bare, CHAT_PATH)
OURS: Final = Contender("mock-electron", _ours, CHAT_PATH)
PEERS: Final = (
    Contender(
        "mocktopus",
        _mocktopus,
        packages=("mocktopus==0.2.0", "aiohttp==3.14.5"),
        installer="pip",
        fixtures=MOCKTOPUS_RULES,
    ),
    Contender(
        "aimock",
        _aimock,
        packages=("@copilotkit/aimock@1.43.0",),
        installer="npm",
        fixtures=AIMOCK_FIXTURES,
    ),
)


def install(contender: Contender, cache: Path) -> Path:
    """Install the packages of a server, unless they are installed. Return its folder.

    Raises:
        UnavailableError: If the installer is missing or fails.
    """
    folder = contender.folder(cache)
    if contender.fixtures is None:
        return folder
    if not (folder / STAMP).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for command in INSTALLERS[contender.installer](folder, contender.packages):
            _run(command)
        (folder / STAMP).touch()
    _fixtures(folder).write_text(json.dumps(contender.fixtures))  # YAML contains JSON
    return folder


def _pip(folder: Path, packages: Sequence[str]) -> tuple[Command, ...]:
    venv = folder / "venv"
    python = str(venv / "bin" / "python")
    quiet = ("--quiet", "--disable-pip-version-check")
    return (
        (sys.executable, "-m", "venv", str(venv)),
        (python, "-m", "pip", "install", *quiet, *packages),
    )


def _npm(folder: Path, packages: Sequence[str]) -> tuple[Command, ...]:
    quiet = ("--no-audit", "--no-fund", "--loglevel", "error")
    return (("npm", "install", "--prefix", str(folder), *quiet, *packages),)


INSTALLERS: Final[dict[str, Callable[[Path, Sequence[str]], tuple[Command, ...]]]] = {
    "pip": _pip,
    "npm": _npm,
}


def _run(command: Command) -> None:
    """Run a command of an installer.

    Raises:
        UnavailableError: With the first line that reports an error, if the command fails.
    """
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_TIMEOUT, text=True)
    except FileNotFoundError:
        raise UnavailableError(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{command[0]} did not end within {INSTALL_TIMEOUT} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout or "").strip().splitlines()
        reports = [line for line in lines if "err" in line.lower()] or lines or ["no output"]
        raise UnavailableError(f"not installed: {reports[-1].strip()}") from None
