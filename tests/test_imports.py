"""The rooms: imports point downwards, there are no cycles, and each room uses only what it may use."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest
import raw_http

PACKAGE = Path(__file__).parent.parent / "mock_electron"
FLOORS = (
    ("_version", "_regex", "_hashes"),
    ("inputs", "outputs"),
    ("wire",),
    ("model",),
    ("engine",),
    ("scripts", "strategies", "faults", "what_if"),
    ("traffic",),
    ("trials",),
    ("audit",),
    ("serve",),
    ("contract", "testing"),
    ("control",),
    ("mock",),
    ("plugin", "cli"),
    ("__init__", "__main__"),
)
"""The rooms and the modules of the package itself, from the ground up."""
PURE = (
    *("_version", "_regex", "_hashes", "inputs", "outputs", "wire", "model"),
    *("engine", "scripts", "strategies", "traffic", "what_if", "trials", "audit"),
)
"""The rooms that know no network, no event loop, no test runner and no command line."""
SHELL_ONLY = {"starlette", "uvicorn", "sse_starlette", "pytest", "asyncio", "anyio", "click"}
CHANCE = {"random", "secrets", "uuid"}
CLOCKS = {"mock_electron.engine.clock", "mock_electron.contract.clock"}
READERS_OF_THE_ENVIRONMENT = ("cli", "plugin")


def name_of(path: Path) -> str:
    """`mock_electron.wire.codec`; a package is named after its folder."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def floor_of(module: str) -> int:
    return next(floor for floor, rooms in enumerate(FLOORS) if room_of(module) in rooms)


@cache
def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def nodes_of(module: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(module)))


@cache
def imported(module: str) -> frozenset[str]:
    """Every module that a module imports: at its top, in a function, or for type checkers."""
    return frozenset(_imported(module))


def _imported(module: str) -> Iterator[str]:
    for node in nodes_of(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            submodules = members & MODULES.keys()
            yield from submodules
            if submodules != members:
                yield node.module


def own(module: str) -> frozenset[str]:
    """The modules of the package that a module imports."""
    return frozenset(name for name in imported(module) if name.split(".")[0] == "mock_electron")


def roots(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported(module)}


@cache
def mentioned(module: str) -> frozenset[str]:
    """Every name and dotted name in the code of a module."""
    return frozenset(name for node in nodes_of(module) if (name := _dotted(node)))


def _dotted(node: ast.AST) -> str | None:
    """Return `a` or `a.b.c`, and None for an attribute of another expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value)):
        return f"{base}.{node.attr}"
    return None


def test_every_room_is_known() -> None:
    """A new room gets a floor before anything else."""
    known = {room for rooms in FLOORS for room in rooms}
    assert {room_of(module) for module in MODULES} == known


def test_imports_point_downwards() -> None:
    """No module imports from a room on a higher floor."""
    upwards = [
        f"{module} imports {name}"
        for module in MODULES
        for name in own(module)
        if floor_of(name) > floor_of(module) and module != "mock_electron"
    ]
    assert upwards == []


def test_rooms_on_one_floor_do_not_import_each_other() -> None:
    """Neighbours are independent: either can be read without the other."""
    sideways = [
        f"{module} imports {name}"
        for module in MODULES
        for name in own(module)
        if floor_of(name) == floor_of(module) and room_of(name) != room_of(module)
        if module not in ("mock_electron.testing.target", "mock_electron.__main__")
    ]
    assert sideways == []


def test_there_are_no_import_cycles() -> None:
    """The modules have an order in which each needs only those before it."""
    graph = {module: own(module) - {"mock_electron"} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


def test_pure_rooms_know_no_network() -> None:
    """The whole product below the shell can be tested without a socket."""
    offenders = [m for m in MODULES if room_of(m) in PURE and roots(m) & SHELL_ONLY]
    assert offenders == []


def test_chance_comes_from_the_dice_alone() -> None:
    """Nothing draws random numbers, and nothing orders by `hash()`."""
    allowed = {"mock_electron.cli.control"}  # a token is no part of an answer
    offenders = [
        m
        for m in MODULES
        if m not in allowed and (roots(m) & CHANCE or mentioned(m) & {"hash", "os.urandom"})
    ]
    assert offenders == []


def test_time_comes_from_the_clocks_alone() -> None:
    """Only the two clocks ask for the time. Other modules may calculate with dates."""
    asks = {
        f"{kind}.{name}"
        for kind in ("date", "datetime", "datetime.date", "datetime.datetime")
        for name in ("now", "today", "utcnow", "fromtimestamp")
    }
    offenders = [
        m for m in MODULES if m not in CLOCKS and ("time" in roots(m) or mentioned(m) & asks)
    ]
    assert offenders == []


def test_nothing_reads_the_environment_unasked() -> None:
    """Environment variables are read by the command line and the plugin only."""
    offenders = [
        m
        for m in MODULES
        if room_of(m) not in READERS_OF_THE_ENVIRONMENT
        and mentioned(m) & {"os.environ", "os.getenv"}
    ]
    assert offenders == []


def test_no_module_keeps_changing_state() -> None:
    """No module-level list, dict or set can change: constants are annotated with Final."""
    literals = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    offenders = [
        f"{module}: {ast.unparse(target)}"
        for module in MODULES
        for node in parsed(module).body
        if isinstance(node, ast.Assign) and isinstance(node.value, literals)
        for target in node.targets
        if ast.unparse(target) != "__all__"
    ]
    assert offenders == []


def test_the_contract_is_a_black_box() -> None:
    """It imports nothing of the fake: it learns everything over HTTP."""
    offenders = [
        f"{module} imports {name}"
        for module in MODULES
        for name in own(module)
        if room_of(module) == "contract"
        if room_of(name) not in ("contract", "inputs", "outputs", "_version", "_regex", "_hashes")
    ]
    assert offenders == []


def test_the_architecture_lists_every_module() -> None:
    """docs/architecture.md says what each module of these rooms contains, and names no other."""
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = "inputs wire engine engine/script engine/faults traffic serve testing control plugin cli contract"
    wrong = []
    for room in rooms.split():
        section = page.partition(f"In `{room}/`")[2].partition("\nIn `")[0]
        named = set(re.findall(r"`(\w+\.py)`", section))
        files = {path.name for path in (PACKAGE / room).glob("[!_]*.py")}
        wrong += [f"{room}: {name}" for name in sorted((files - named) | (named - files))]
    assert wrong == []


LAZY: Final = {
    "ruamel": "a script file is read",
    "jsonschema": "a script file is read",
    "openapi": "the document is requested",
}
"""Parts of the names of modules, and when they are imported."""


def loaded_by(*statements: str) -> tuple[list[str], ...]:
    """The modules that each statement loads in a fresh interpreter that has loaded pytest."""
    program = """
import pytest, sys
for statement in sys.argv[1:]:
    before = set(sys.modules)
    exec(statement)
    print(sorted(set(sys.modules) - before))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, *statements], capture_output=True, text=True, check=True
    )
    return tuple(map(ast.literal_eval, ran.stdout.splitlines()))


def test_a_module_is_imported_when_it_is_needed() -> None:
    """The plugin loads its hooks and the table of settings, and no third-party package.

    The fixture, the server and the command line do not load what is in LAZY.
    """
    plugin, rest = loaded_by(
        "import mock_electron.plugin.hooks",
        "import mock_electron.mock, mock_electron.serve.server, mock_electron.cli.app",
    )
    assert plugin == [
        "mock_electron",
        "mock_electron._version",
        "mock_electron.engine",
        "mock_electron.engine.setting_table",
        "mock_electron.plugin",
        "mock_electron.plugin.audit_hooks",
        "mock_electron.plugin.hooks",
        "mock_electron.plugin.options",
        "mock_electron.plugin.stashed",
    ]
    assert "mock_electron.serve.server" in rest
    assert [name for name in rest if set(name.split(".")) & LAZY.keys()] == []


UNUSED: Final = {
    "typing_extensions": "msgspec uses typing instead",
    "stringprep": "a host has other letters than ASCII",
    "watchfiles": "script files are watched",
    "mock_electron.control": "a path of the control API is requested",
    "mock_electron.engine.build_answer": "an answer is not ready",
    "mock_electron.engine.exchange": "the journal is read",
    "mock_electron.engine.faults.replacement": "a fault replaces a reply",
    "mock_electron.engine.script.conditions": "the script has a step",
    "mock_electron.engine.refused_by": "the rule that refused a request is read",
    "mock_electron.engine.script.match_input": "the script or the faults have conditions",
    "mock_electron.engine.script.step": "the script has a step",
    "mock_electron.engine.tool_names": "a setting has names of tools",
    "mock_electron.engine.travel": "sleeps advance the clock",
    "mock_electron.model.literals": "the history has a result",
    "mock_electron.model.logprobs": "a request asks for them",
    "mock_electron.model.results": "the history has a result",
    "mock_electron.model.unicode_version": "a text has other letters than ASCII",
    "mock_electron.serve.http2": "a client speaks HTTP/2",
    "mock_electron.serve.logged": "requests are logged, or bytes are not HTTP",
    "mock_electron.serve.timed": "an answer has pauses",
    "mock_electron.wire.model_server": "a request is not accepted at once",
    "mock_electron.wire.schema": "a request is not accepted at once",
    "mock_electron.wire.zod": "a request is not accepted at once",
}
"""What `mock-electron serve` and its first answer need not import, and when it is imported."""
MOST_OF_A_SERVER: Final = 119
"""The maximum number of modules of this package that a server imports up to its first answer."""


def imported_by_a_server() -> frozenset[str]:
    """The modules that `mock-electron serve` imports up to the end of its first answer."""
    program = """
import atexit, sys
from mock_electron.cli.start import main
atexit.register(lambda: print(*sys.modules, file=sys.__stderr__))
main(["serve", "--port", "0"])
"""
    question = b'{"model":"electron","messages":[{"role":"user","content":"Why?"}]}'
    headers = {"Authorization": "Bearer sk_x", "Content-Type": "application/json"}
    command = [sys.executable, "-c", program]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[0]
        answer = raw_http.send(f"{url}/chat/completions", question, headers=headers)
        server.terminate()
        _, modules = server.communicate()
    assert answer.status == 200
    return frozenset(modules.split())


def test_a_server_imports_what_its_first_answer_needs() -> None:
    """Each module takes time to import, and a plain answer needs few."""
    imported = imported_by_a_server()
    assert sorted(imported & UNUSED.keys()) == []
    own = [name for name in imported if name.split(".")[0] == "mock_electron"]
    assert "mock_electron.serve.server" in own
    assert len(own) <= MOST_OF_A_SERVER
