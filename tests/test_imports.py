"""The floors: imports point downwards only, and what is forbidden on a floor stays out of it."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mock_electron"
MODULES = sorted(PACKAGE.rglob("*.py"))
FLOORS = {"wire": 0, "model": 1, "engine": 2, "scripts": 3, "traffic": 3, "serve": 4}
TOP_FLOOR = 5
SHELL_ONLY = {"starlette", "uvicorn", "sse_starlette", "pytest", "asyncio", "anyio", "click"}
CLOCKS = {"mock_electron.engine.clock", "mock_electron.contract.clock"}
CHANCE = {"random", "secrets", "uuid"}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """Every module that a file imports, on its top level or inside a function."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


@cache
def called(path: Path) -> frozenset[str]:
    """Every name and dotted name that a file mentions in its code."""
    nodes = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Name | ast.Attribute)]
    return frozenset(map(ast.unparse, nodes))


def floor(module: str) -> int:
    """The floor of `mock_electron.<room>.…`."""
    room = module.split(".")[1] if "." in module else ""
    return FLOORS.get(room, TOP_FLOOR)


def name_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE.parent).with_suffix("")
    return ".".join(relative.parts)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_downwards(path: Path) -> None:
    """No module imports from a floor above its own; the version alone may be read from anywhere."""
    own = floor(name_of(path))
    ours = [module for module in imported(path) if module.startswith("mock_electron.")]
    upwards = [m for m in ours if floor(m) > own and m != "mock_electron.__version__"]
    assert upwards == []


@pytest.mark.parametrize("path", [p for p in MODULES if floor(name_of(p)) <= 3], ids=name_of)
def test_floors_below_the_shell_know_no_network(path: Path) -> None:
    """Floors 0 to 3 import no server, no event loop, no pytest and no command line."""
    assert SHELL_ONLY.isdisjoint(module.split(".")[0] for module in imported(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_chance_comes_from_the_dice_alone(path: Path) -> None:
    """Nothing draws random numbers, and nothing orders by `hash()`."""
    assert CHANCE.isdisjoint(module.split(".")[0] for module in imported(path))
    assert {"hash", "os.urandom"}.isdisjoint(called(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_time_comes_from_the_clock_alone(path: Path) -> None:
    """Only the clocks ask for the time; others may calculate with dates."""
    if name_of(path) not in CLOCKS:
        assert "time" not in {module.split(".")[0] for module in imported(path)}
        asks = {"now", "today", "utcnow", "fromtimestamp"}
        asked = {name for name in called(path) if name.split(".")[0] in {"date", "datetime"}}
        assert asks.isdisjoint(name.split(".")[-1] for name in asked)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_reads_the_environment_behind_the_users_back(path: Path) -> None:
    """`os.environ` is for the command line, the plugin and the settings."""
    allowed = {"mock_electron.cli", "mock_electron.pytest_plugin", "mock_electron.engine.settings"}
    if name_of(path) not in allowed:
        assert {"os.environ", "os.getenv"}.isdisjoint(called(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_imports_the_outer_doors(path: Path) -> None:
    """The plugin and the command line are entered from outside only."""
    doors = {"mock_electron.pytest_plugin", "mock_electron.cli"}
    if name_of(path) != "mock_electron.__main__":
        assert doors.isdisjoint(imported(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_keeps_changing_state(path: Path) -> None:
    """No module-level list, dict or set is left open to change: constants are Final."""
    literals = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    open_names = [
        ast.unparse(target)
        for node in parsed(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, literals)
        for target in node.targets
    ]
    assert [name for name in open_names if name != "__all__"] == []


@pytest.mark.parametrize("path", sorted((PACKAGE / "contract").rglob("*.py")), ids=name_of)
def test_the_contract_is_a_black_box(path: Path) -> None:
    """It imports nothing of the fake: what it knows of it comes over HTTP. The version may be read."""
    ours = {module for module in imported(path) if module.startswith("mock_electron")}
    allowed = {"mock_electron", "mock_electron.__version__"}
    assert {m for m in ours - allowed if not m.startswith("mock_electron.contract")} == set()


def test_the_plugin_costs_nothing_until_it_is_used() -> None:
    """Importing the plugin imports pytest, its own options, and no more of the product."""
    program = (
        "import pytest, sys; before = set(sys.modules); import mock_electron.pytest_plugin; "
        "print(sorted(set(sys.modules) - before))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert ast.literal_eval(output) == [
        "mock_electron",
        "mock_electron.pytest_options",
        "mock_electron.pytest_plugin",
    ]


def test_the_fixture_does_not_wait_for_what_only_script_files_need() -> None:
    """jsonschema takes up to a second to import."""
    program = (
        "import sys, mock_electron.serve.mock, mock_electron.cli; "
        "print([name for name in ('jsonschema',) if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"
