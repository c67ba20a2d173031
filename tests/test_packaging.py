"""The package's metadata: dependencies, extras, the version, and what CI checks."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rows import each_of
from ruamel.yaml import YAML

import mock_electron

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mock_electron"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CI = (ROOT / ".ci" / "run").read_text("utf-8")
ENVIRONMENTS = (ROOT / ".ci" / "environments.py").read_text("utf-8")

BASE = {
    "anyio",
    "click",
    "httptools",
    "msgspec",
    "orjson",
    "ruamel-yaml",
    "sse-starlette",
    "starlette",
    "uvicorn",
    "uvloop",
}
"""What the base install depends on. A new dependency must be worth a place in the environment of
every application that is tested with mock-electron."""
NOT_IMPORTED = {"httptools", "uvloop"}
"""Dependencies that uvicorn imports."""
BOUNDED = {"sse-starlette"}
"""Dependencies with an upper bound: those whose private methods are overridden."""
ROOMS = {
    "contract": ("contract", "outputs.junit", "audit.formats.junit"),
    "hypothesis": ("strategies",),
    "metrics": ("control.metrics",),
    "watch": ("scripts.watch",),
    "pytest": ("contract.suite", "contract.test_contract", "plugin"),
}
"""The rooms and modules that may import the packages of an extra. pytest is not an extra, because
whoever uses the plugin has it."""

WITH_THE_CONTRACT = "testing.target"
"""A module that needs an extra because it imports `mock_electron.contract`."""


def requirements(extra: str) -> list[Requirement]:
    """Return the requirements of an extra."""
    return [Requirement(line) for line in PROJECT["optional-dependencies"][extra]]


EXTRA_NAMES = ("contract", "hypothesis", "metrics", "watch")
BASE_REQUIREMENTS = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRA_REQUIREMENTS = [one for extra in EXTRA_NAMES for one in requirements(extra)]
EXTRAS = {
    canonicalize_name(requirement.name): extra
    for extra in EXTRA_NAMES
    for requirement in requirements(extra)
} | {"pytest": "pytest"}
"""By distribution: its extra."""


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield every statement, also those inside others. Expressions are not searched."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, name, ()):
            if isinstance(child, ast.stmt):
                yield child
            yield from statements(child)


def third_party_imports(path: Path) -> Iterator[str]:
    """Yield the distribution of every import in a module, also inside functions."""
    for node in statements(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            root = name.partition(".")[0]
            if root not in sys.stdlib_module_names and root != "mock_electron":
                yield "ruamel-yaml" if root == "ruamel" else canonicalize_name(root)


@cache
def imports() -> dict[str, set[str]]:
    """Return, by module without `mock_electron.`, the distributions that it imports."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): set(third_party_imports(path))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def in_rooms(module: str, rooms: tuple[str, ...]) -> bool:
    return any(f"{module}.".startswith(f"{room}.") for room in rooms)


def test_the_base_dependencies() -> None:
    """The base install depends on these packages only."""
    assert {canonicalize_name(requirement.name) for requirement in BASE_REQUIREMENTS} == BASE


def test_every_dependency_is_used() -> None:
    """Every dependency and every package of an extra is imported somewhere."""
    assert set().union(*imports().values()) | NOT_IMPORTED == BASE | EXTRAS.keys()


def test_extras_stay_in_their_rooms() -> None:
    """Only the modules that an extra is for import its packages."""
    offenders = [
        f"{module} imports {name}"
        for module, names in imports().items()
        for name in names - BASE
        if not in_rooms(module, ROOMS[EXTRAS[name]])
    ]
    assert offenders == []


def test_all_other_modules_work_without_the_extras() -> None:
    """Every module outside of these rooms can be imported in the base install, without pytest."""
    special = (WITH_THE_CONTRACT, *(room for rooms in ROOMS.values() for room in rooms))
    modules = [
        f"mock_electron.{module}".removesuffix(".__init__")
        for module in imports()
        if module != "__main__" and (module == "scripts.watch" or not in_rooms(module, special))
    ]
    assert {"mock_electron.cli.app", "mock_electron.scripts.watch"} <= set(modules)
    blocked = sorted(name.replace("-", "_") for name in EXTRAS)
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked})); import {', '.join(modules)}"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


@each_of((requirement,) for requirement in [*BASE_REQUIREMENTS, *EXTRA_REQUIREMENTS])
def test_a_dependency_has_a_floor_and_no_upper_bound(requirement: Requirement) -> None:
    """An upper bound would keep the application from its own versions."""
    operators = {specifier.operator for specifier in requirement.specifier}
    assert ">=" in operators
    assert operators <= {">=", "!="} | ({"<"} if requirement.name in BOUNDED else set())


def test_all_contains_every_extra() -> None:
    """`all` names every extra for users, and `test` includes `all`."""
    [everything] = requirements("all")
    assert everything.name == PROJECT["name"]
    assert everything.extras == set(EXTRA_NAMES)
    assert {*EXTRA_NAMES, "all", "test"} == PROJECT["optional-dependencies"].keys()
    assert "mock-electron[all]" in PROJECT["optional-dependencies"]["test"]


def test_the_version_has_one_source() -> None:
    """The metadata and the package read `_version.py`, and no other file contains the version."""
    assert PROJECT["dynamic"] == ["version"]
    assert mock_electron.__version__ == version("mock-electron")
    written = [
        path.relative_to(ROOT).as_posix()
        for path in [ROOT / "pyproject.toml", *PACKAGE.rglob("*.py")]
        if f'"{mock_electron.__version__}"' in path.read_text("utf-8")
    ]
    assert written == ["mock_electron/_version.py"]


def test_every_classified_python_is_tested() -> None:
    """CI runs the fast part of the tests with every Python that a classifier names."""
    prefix = "Programming Language :: Python :: "
    classified = re.findall(rf"^{prefix}(3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.MULTILINE)
    assert classified
    assert [python for python in classified if f'"{python}"' not in ENVIRONMENTS] == []


def test_the_fast_part_is_complete() -> None:
    """Every path in tests/fast.ini exists."""
    text = (ROOT / "tests" / "fast.ini").read_text("utf-8")
    paths = re.findall(r"^ +(\S+)$", text.partition("testpaths =")[2], re.MULTILINE)
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_source_distribution_names_existing_files() -> None:
    """Every path that the source distribution includes exists."""
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]
    included = hatch["build"]["targets"]["sdist"]["include"]
    assert [path for path in included if not (ROOT / path).exists()] == []


def test_pre_commit_runs_commands_of_ci() -> None:
    """Every hook is local, runs from the project's environment, and is a check of .ci/run."""
    config = YAML(typ="safe").load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    [repository] = config["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].partition(" --")[0] in CI
