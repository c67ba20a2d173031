"""The values of options that are not flags: variables of the environment, and a file.

1. A flag takes precedence over a variable, a variable over the file, the file over the default.
2. The file is that of `--config`, or else the nearest: in the current folder and its parents,
   `mock-electron.toml` comes before a `pyproject.toml` with the table `[tool.mock-electron]`.
3. An empty variable counts as not set. So do the variables that Kubernetes sets in each container
   for a service with the name mock-electron.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click
from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import did_you_mean, echoed, escaped

FILE: Final = "mock-electron.toml"
PROJECT: Final = "pyproject.toml"
TABLE: Final = "mock-electron"
FULL_NAME: Final = regex(rb"""tool["']?[ \t]?\.[ \t]?["']?mock-electron""")
TOOLS: Final = regex(rb"""^[ \t]*\[[ \t]*["']?tool["']?[ \t]*\]""", re.MULTILINE)
NAME_IN_TOOLS: Final = regex(rb"""^[ \t]*["']?mock-electron["']?[ \t]?[.=]""", re.MULTILINE)
"""What a `pyproject.toml` with the table contains: its full name, or its name in the table of all
tools. Others are not parsed, which would take long, although many name the package."""
PREFIX: Final = "MOCK_ELECTRON_"
OTHER_NAMES: Final[Mapping[str, tuple[str, ...]]] = {"port": ("PORT",)}
"""Variables that are read after the one with the prefix: hosting services set them."""
SERVE_ONLY: Final = ("port", "workers", "drain", "ready_file", "exit_with_parent")
"""Options of `serve` that `run` ignores in variables and files."""
OF_SERVERS: Final = (
    "host",
    "uds",
    "script",
    "watch",
    "control",
    "control_token",
    "log_level",
    "log_format",
    "journal",
)
"""Options of `serve` and of `run` that are no settings."""
KEYS: Final = (*SERVE_ONLY, *OF_SERVERS, *SETTINGS)
"""The names in variables and in a file. One file serves all commands, so all check all names."""
FOR_COMMANDS: Final = ("url", "control_url", "lane")
"""Variables that `mock-electron run` sets for its command. They are no options."""
SERVICE: Final = regex(r"MOCK_ELECTRON_(?:SERVICE|PORT_[0-9]+)_[A-Z0-9_]+")
SERVICE_PORT: Final = regex(r"(?:tcp|udp|sctp)://.+")
"""The variables of Kubernetes, and their value of `MOCK_ELECTRON_PORT`."""


class Given(Struct, frozen=True):
    """The value of an option that is not given as a flag.

    Attributes:
        value: The value: the text of a variable, or a value of the file.
        where: Where it is from, for messages.
        folder: The folder of the file, to which its paths are relative; None for a variable.
        place: The number of the key in the file, from 0; -1 for a variable.
    """

    value: Any
    where: str
    folder: Path | None = None
    place: int = -1

    @property
    def is_variable(self) -> bool:
        """Whether it is from the environment."""
        return self.folder is None

    def text(self, key: str) -> str:
        """Return the value if it is a text. Raise ValueError otherwise.

        Args:
            key: The name of the option, for the message.
        """
        if not isinstance(self.value, str):
            raise ValueError(must_be(key, "a text", self.value))
        return self.value

    def texts(self, key: str) -> list[str]:
        """Return the texts of a list. A variable separates them by commas.

        Args:
            key: The name of the option, for the message.

        Raises:
            ValueError: If the value of a file is neither a text nor a list of texts.
        """
        if self.is_variable:
            return list(filter(None, map(str.strip, self.value.split(","))))
        listed = [self.value] if isinstance(self.value, str) else self.value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise ValueError(must_be(key, "a text or a list of texts", self.value))
        return listed


class Configuration(Struct, frozen=True):
    """What the environment and the file give.

    Attributes:
        variables: The values of the environment, by the name of the option.
        path: The file; "" if there is none.
        table: The values of the file, by the name of the option.
        problems: What is wrong with the names of the variables and of the keys, one text for each,
            after its place; see `Given`.
    """

    variables: Mapping[str, Given] = {}
    path: str = ""
    table: Mapping[str, Given] = {}
    problems: tuple[tuple[int, str], ...] = ()

    def get(self, key: str) -> Given | None:
        """Return what is given for an option, or None."""
        return self.variables.get(key) or self.table.get(key)


def configuration(file: str | None) -> Configuration:
    """Return what the environment and the file give.

    Args:
        file: The file of `--config`, or None to search for one.

    Raises:
        click.UsageError: If the file cannot be read.
    """
    unknown = tuple((-1, words) for words in _unknown_variables(os.environ))
    variables = dict(_variables(os.environ))
    found = _named(file, variables.get("config")) or _searched()
    if found is None:
        return Configuration(variables, problems=unknown)
    path, document = found
    problems = (*unknown, *_wrong_keys(path, document))
    return Configuration(variables, str(path), _table(path, document), problems)


def _named(file: str | None, given: Given | None) -> tuple[Path, Mapping[str, Any]] | None:
    """Return the file that a flag or a variable names and its table; None without either."""
    if file:
        return Path(file), _document(Path(file), file)
    if given is None:
        return None
    try:
        return Path(given.value), _document(Path(given.value), given.value)
    except click.UsageError as error:
        raise click.UsageError(f"{given.where}: {error.message}") from error


def variable(key: str) -> str:
    """Return the name of the variable for an option: `MOCK_ELECTRON_SEED`."""
    return PREFIX + key.upper()


# --- the environment


def _unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a message for each variable with the prefix that is not known."""
    names = [variable(key) for key in (*KEYS, "config")]
    allowed = {*names, *map(variable, FOR_COMMANDS)}
    for name in environment:
        if name.startswith(PREFIX) and name not in allowed and not SERVICE.fullmatch(name):
            yield f"unknown variable {echoed(name)}.{_hint(name, names)}"


def _variables(environment: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    for key in (*KEYS, *FOR_COMMANDS, "config"):
        for one in (variable(key), *OTHER_NAMES.get(key, ())):
            text = environment.get(one, "")
            if text and not (key == "port" and SERVICE_PORT.fullmatch(text)):
                yield key, Given(text, one)
                break


def _hint(given: str, names: Iterable[str]) -> str:
    """Return the nearest name, or else where all names are listed."""
    return did_you_mean(given, names) or " mock-electron serve --help lists all options."


# --- the file


def _searched() -> tuple[Path, Mapping[str, Any]] | None:
    """Return the nearest file and its table, or None."""
    try:
        folder = Path.cwd()
    except OSError:  # the current folder was removed
        return None
    for one in (folder, *folder.parents):
        own, project = one / FILE, one / PROJECT
        if os.path.isfile(own):  # noqa: PTH113 (Path.is_file raises an error without permission)
            return own, _document(own, str(own))
        if os.path.isfile(project) and _may_have_table(project):  # noqa: PTH113 (as above)
            document = _document(project, str(project), needs_table=False)
            if document is not None:
                return project, document
    return None


def _may_have_table(project: Path) -> bool:
    """Return whether a `pyproject.toml` must be parsed to know whether it has the table."""
    try:
        text = project.read_bytes()
    except OSError:  # it is the file of other programs
        return False
    if TABLE.encode() not in text:
        return False
    if FULL_NAME.search(text):
        return True
    tools = TOOLS.search(text)
    return tools is not None and NAME_IN_TOOLS.search(text, tools.end()) is not None


def _document(path: Path, name: str, *, needs_table: bool = True) -> Any:
    """Return the table of the options in a file.

    Args:
        path: The file.
        name: Its name, for messages.
        needs_table: Whether a `pyproject.toml` must have the table. If not, None is returned.
    """
    import tomllib  # if there is a file

    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{escaped(name)}: {_reason(error)}") from error
    if path.name != PROJECT:
        return document
    tools = document.get("tool", {})
    table = tools.get(TABLE) if isinstance(tools, dict) else None
    if table is None and not needs_table:
        return None
    if not isinstance(table, dict):
        raise click.UsageError(f"{escaped(name)}: it must have a table [tool.{TABLE}]")
    return table


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}"
    kind = "UTF-8" if isinstance(error, UnicodeDecodeError) else "TOML"
    return f"invalid {kind}: {error}"


def _wrong_keys(path: Path, document: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the place of each key that is not known, or that is given twice, and a message."""
    name, seen = escaped(str(path)), set[str]()
    for place, written in enumerate(document):
        key = written.replace("-", "_")
        if key not in KEYS:
            yield place, f"{name}: unknown key {echoed(written)}.{_hint(key, KEYS)}"
        elif key in seen:
            yield place, f"{name}: {key} is given twice, with - and with _"
        seen.add(key)


def _table(path: Path, document: Mapping[str, Any]) -> dict[str, Given]:
    """Return the values of a file by the names of their options. `log-level` is `log_level`."""
    name = escaped(str(path))
    return {
        written.replace("-", "_"): Given(value, f"{name}, {written}", path.parent, place)
        for place, (written, value) in enumerate(document.items())
    }
