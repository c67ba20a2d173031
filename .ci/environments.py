"""Test the built package in the environments of users. `.ci/run` calls it after the tests.

    .ci/environments.py [--prepare] [FOLDER]

With `--prepare` it only builds the distributions and creates the environments, in FOLDER. `.ci/run`
calls it so while pip installs, which leaves a core idle; the call after the tests finds them there.
Without FOLDER, everything is in a temporary folder. These are the environments:

1. The wheel and the source distribution, each alone in an empty environment, without extras.
2. The lowest versions of all dependencies that pyproject.toml allows.
3. Every other Python from 3.11 to 3.14 that is on this machine.
4. FastAPI 0.110 and 0.115, which need old versions of starlette.

1 and 4 run tests/smoke; 2 and 3 run the fast part of the tests (tests/fast.ini). The tests come
from the unpacked source distribution, and the package that they import is the installed one.

Pythons are not downloaded. To let uv download them, set UV_PYTHON_DOWNLOADS=automatic.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

ROOT: Final = Path(__file__).parent.parent
MOST_PACKAGES: Final = 18
"""Packages that the base install may bring, this one included."""
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
PYTEST: Final = "pytest>=7.0"
"""The versions of pytest that the plugin supports."""
FAST: Final = ("-c", "tests/fast.ini", "--rootdir", ".", "-q")
SMOKE: Final = (*FAST, "tests/smoke")


class FailedError(Exception):
    """A command or a check failed. The message is the output."""


class UnavailableError(Exception):
    """This machine has no such Python."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python with packages, and the tests to run in it.

    Attributes:
        name: Title in the output.
        python: Version or path of the Python.
        requirements: Packages to install besides the built one and pytest.
        extra: Extra of the built package, in brackets.
        lowest: Whether to install the lowest allowed versions instead of the newest.
        tests: Arguments of pytest.
    """

    name: str
    python: str = sys.executable
    requirements: tuple[str, ...] = ()
    extra: str = ""
    lowest: bool = False
    tests: tuple[str, ...] = FAST


ENVIRONMENTS: Final = (
    Environment("lowest versions", PYTHONS[0], extra="[all]", lowest=True),
    *(
        Environment(f"Python {version}", version, extra="[all]")
        for version in PYTHONS
        if version != "{}.{}".format(*sys.version_info)  # all tests have run with this one
    ),
    Environment("FastAPI 0.110", requirements=("fastapi==0.110.*", "httpx"), tests=SMOKE),
    Environment("FastAPI 0.115", requirements=("fastapi==0.115.*", "httpx"), tests=SMOKE),
)
NO_PYTHON: Final = "No interpreter found"
"""What uv prints if there is no such Python."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The temporary folder with uv, the built distributions and the environments.

    Attributes:
        folder: The temporary folder.
        source: The unpacked source distribution.
        wheel: The built wheel.
        sdist: The built source distribution.
    """

    folder: Path
    source: Path
    wheel: Path
    sdist: Path

    @property
    def distributions(self) -> dict[str, Path]:
        """The built distributions, by the names of their environments."""
        return {"wheel": self.wheel, "sdist": self.sdist}

    def create(self, name: str, python: str, *install: str | Path) -> Path:
        """Create an environment with packages, unless it is there. Return its interpreter."""
        folder = self.folder / name.replace(" ", "-")
        complete, interpreter = folder / "complete", folder / "bin" / "python"
        if complete.exists():
            return interpreter
        try:
            self.uv("venv", "--quiet", "--clear", "--python", python, folder)
        except FailedError as error:
            if NO_PYTHON in str(error):
                raise UnavailableError(python) from error
            raise
        self.uv("pip", "install", "--quiet", "--python", interpreter, *install)
        complete.touch()
        return interpreter

    def packages(self, python: Path) -> list[str]:
        """Return the packages of an environment, with their versions."""
        listed = self.uv("pip", "list", "--quiet", "--python", python, "--format", "json")
        return [f"{package['name']} {package['version']}" for package in json.loads(listed)]

    def uv(self, *args: str | Path) -> str:
        """Run uv. Return its output."""
        return run([self.folder / "uv" / "bin" / "uv", *args], ROOT, _uv_environment())


def _uv_environment() -> dict[str, str]:
    """Return the environment variables for uv, which also searches the versions of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [str(path) for v in PYTHONS for path in pyenv.glob(f"versions/{v}*/bin")]
    path = os.pathsep.join([*found, os.environ["PATH"]])
    downloads = os.environ.get("UV_PYTHON_DOWNLOADS", "never")
    return os.environ | {"PATH": path, "UV_PYTHON_DOWNLOADS": downloads}


def run(command: Sequence[str | Path], folder: Path, environment: dict[str, str]) -> str:
    """Run a command. Return its output, or raise FailedError with it."""
    ran = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if ran.returncode:
        raise FailedError(f"{' '.join(map(str, command))}\n{ran.stdout}")
    return ran.stdout


def _test_environment(**more: str) -> dict[str, str]:
    """Return the environment variables for the tests: without the paths of this process."""
    dropped = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
    return {name: text for name, text in os.environ.items() if name not in dropped} | more


def build(folder: Path) -> None:
    """Install uv, build the distributions, and unpack the source distribution."""
    venv.create(folder / "uv", with_pip=True)
    programs, built = folder / "uv" / "bin", folder / "dist"
    pip: list[str | Path] = [programs / "python", "-m", "pip", "install", "--quiet", "uv"]
    run(pip, ROOT, dict(os.environ))
    uv: list[str | Path] = [programs / "uv", "build", "--quiet", "--python", sys.executable]
    run([*uv, "--out-dir", built, ROOT], ROOT, _uv_environment())
    [sdist] = built.glob("*.tar.gz")
    shutil.unpack_archive(sdist, folder)


def workshop_in(folder: Path) -> Workshop:
    """Return what is in a folder, after it is built there if it is empty."""
    if not (folder / "dist").exists():
        build(folder)
    [sdist], [wheel] = (folder / "dist").glob("*.tar.gz"), (folder / "dist").glob("*.whl")
    return Workshop(folder, folder / sdist.name.removesuffix(".tar.gz"), wheel, sdist)


def create_environment(environment: Environment, workshop: Workshop) -> Path:
    """Create an environment with the built package and pytest. Return its interpreter."""
    return workshop.create(
        environment.name,
        environment.python,
        # uv counts the dependencies of a folder as direct, and those of a wheel as indirect.
        f"mock-electron{environment.extra} @ {workshop.source.as_uri()}",
        PYTEST,
        *environment.requirements,
        *("--resolution", "lowest-direct" if environment.lowest else "highest"),
        *("--only-binary", ":all:", "--no-binary", "mock-electron"),
    )


def check_environment(environment: Environment, workshop: Workshop) -> str:
    """Run the tests of an environment. Return the versions and the output of pytest."""
    python = create_environment(environment, workshop)
    # Not `python -m pytest`: it would import the package from the current folder.
    pytest = python.with_name("pytest")
    output = run([pytest, *environment.tests], workshop.source, _test_environment())
    return f"{', '.join(workshop.packages(python))}\n{output}"


def check_distribution(name: str, distribution: Path, workshop: Workshop) -> str:
    """Install a distribution alone, count the packages, and run tests/smoke in a new folder.

    pytest is in a folder outside of the environment, so that the command runs without it.
    """
    python = workshop.create(name, sys.executable, distribution)
    packages = workshop.packages(python)
    count = f"{len(packages)} packages, at most {MOST_PACKAGES}: {', '.join(packages)}\n"
    if len(packages) > MOST_PACKAGES:
        raise FailedError(count)
    fresh = workshop.folder / f"{name}-tests"
    pytest = fresh / "pytest"
    workshop.uv("pip", "install", "--quiet", "--python", python, "--target", pytest, PYTEST)
    shutil.copytree(workshop.source / "tests" / "smoke", fresh / "smoke")
    command: list[str | Path] = [python, "-m", "pytest", "-q", "-ra", "-W", "error", "smoke"]
    return count + run(command, fresh, _test_environment(PYTHONPATH=str(pytest)))


def report(name: str, check: Callable[[], str]) -> bool:
    """Run a check and print its output under its name. Return whether it succeeded."""
    began = monotonic()
    try:
        output, ok = check(), True
    except UnavailableError:
        print(f"{name}: not available here, skipped", flush=True)
        return True
    except FailedError as error:
        output, ok = str(error), False
    took = f"{monotonic() - began:.0f} s"
    print(f"--- {name}: {'passed' if ok else 'FAILED'} in {took}\n{output}", flush=True)
    return ok


def prepare(workshop: Workshop) -> None:
    """Create all environments. What fails here is tried again, and reported, by the checks."""
    for environment in ENVIRONMENTS:
        with suppress(UnavailableError, FailedError):
            create_environment(environment, workshop)
    for name, distribution in workshop.distributions.items():
        with suppress(FailedError):
            workshop.create(name, sys.executable, distribution)


def check(workshop: Workshop) -> bool:
    """Run all checks, as many at a time as there are cores. Return whether all succeeded."""
    checks: dict[str, Callable[[], str]] = {
        environment.name: partial(check_environment, environment, workshop)
        for environment in ENVIRONMENTS
    }
    for name, distribution in workshop.distributions.items():
        checks[name] = partial(check_distribution, name, distribution, workshop)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return all(list(pool.map(report, checks, checks.values())))


def main() -> None:
    """Prepare the environments or check them. Exit with status 1 if a check fails."""
    arguments = argparse.ArgumentParser(description="Test the package in environments of users.")
    arguments.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
    arguments.add_argument("--prepare", action="store_true", help="only create the environments")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="mock-electron-") as temporary:
        workshop = workshop_in(given.folder or Path(temporary))
        if given.prepare:
            prepare(workshop)
        elif not check(workshop):
            sys.exit(1)


if __name__ == "__main__":
    main()
