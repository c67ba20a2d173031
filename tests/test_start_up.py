"""What a server imports until its first answer. Counts, no times."""

import ast
import json
import pickle
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import pytest
from patterns import modules

from mock_electron.engine.faults.stream import Cut
from mock_electron.engine.settings import Settings
from mock_electron.wire.request import CHAT_PATH

SERVER: Final = """
import atexit, sys
from mock_electron.cli.start import main
atexit.register(lambda: print(sorted(sys.modules)))
main(["serve", "--port", "0"])
"""
NEVER: Final = frozenset(
    """
    jsonschema ruamel yaml watchfiles httpx httpx2 httpcore junitparser hypothesis pytest rich
    sse_starlette starlette.responses starlette.routing starlette.requests starlette.applications
    anyio fractions html importlib.resources importlib.metadata unittest xml sqlite3
    pydantic http.server sysconfig hashlib _sha3
    """.split()
)
"""Modules, with everything in them, that a plain server does not import."""
UNUSED: Final = (
    "cli.contract", "contract", "engine.script.pattern_cost", "engine.script.pattern_search",
    "engine.script.search_plan", "engine.script.shadow", "model.fill", "model.filler", "model.json_mode", "model.decide",
    "model.plain_answer", "model.tool_use", "plugin", "scripts", "strategies", "testing",
    "traffic.exports", "wire.openapi", *(
        f"engine.faults.{name}" for name in (
            "bodies", "by_name", "calls", "directives", "header", "reply", "spellings", "stream",
            "writes",
        )
    ),
)  # fmt: skip
"""Parts of the package that no plain answer needs."""
MOST_OWN: Final = 119
MOST_OTHER: Final = 283
"""Modules that a server has loaded after its first answer: of the package, and all others."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the modules that a real server has loaded after its first answer."""
    command = [sys.executable, "-c", SERVER]
    folder = tmp_path_factory.mktemp("no_options")  # the project of this repository has a file
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[0].removesuffix("/waves/v1")
        body = {"model": "electron", "messages": [{"role": "user", "content": "Why is it blue?"}]}
        headers = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
        urlopen(Request(url + CHAT_PATH, json.dumps(body).encode(), headers)).close()  # noqa: S310 (a URL of this machine)
        server.send_signal(signal.SIGINT)
        return list(ast.literal_eval(server.stdout.readlines()[-1]))


def within(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def test_a_plain_server_imports_nothing_that_it_does_not_use(loaded: list[str]) -> None:
    """Nothing from NEVER and UNUSED is imported until the first answer has been sent."""
    unused = [*NEVER, *(f"mock_electron.{name}" for name in UNUSED)]
    assert [name for name in loaded if any(within(name, one) for one in unused)] == []


def test_a_plain_server_imports_few_modules(loaded: list[str]) -> None:
    """The bounds leave room for a few modules only. Raise them if a server needs a new one."""
    own = [name for name in loaded if within(name, "mock_electron")]
    assert (len(own) <= MOST_OWN, len(loaded) - len(own) <= MOST_OTHER) == (True, True), (
        len(own), len(loaded) - len(own),
    )  # fmt: skip


COLLECTING: Final = """
import atexit, gc, sys
from mock_electron.cli.start import main
ready = []
gc.collect()
gc.callbacks.append(
    lambda *_: ready.append("uvicorn" in sys.modules and gc.get_freeze_count() > 0)
)
atexit.register(lambda: print(gc.isenabled(), all(ready)))
main(["serve", "--port", "0"])
"""


def test_no_garbage_is_searched_for_during_imports(tmp_path: Path) -> None:
    """The collector of a server runs after its imports, and ignores what they have created."""
    command = [sys.executable, "-c", COLLECTING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        assert server.stdout is not None
        server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert server.stdout.readlines()[-1].split() == ["True", "True"]


def test_classes_of_the_package_can_be_pickled() -> None:
    """Processes can exchange settings and faults."""
    for value in (Settings(seed=3), Cut(after=2)):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 (made here)


def test_no_import_compiles_a_regular_expression() -> None:
    """Regular expressions on the level of a module are compiled when they are first used."""
    for module in modules():
        compiled = [name for name, value in vars(module).items() if isinstance(value, re.Pattern)]
        assert compiled == [], module.__name__
