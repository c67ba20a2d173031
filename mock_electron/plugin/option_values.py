"""The values that flags and the ini file give to the options."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from mock_electron.engine.setting_kinds import parse_setting
from mock_electron.inputs.checks import choice, whole_number
from mock_electron.plugin.options import (
    AUDIT,
    AUDIT_RULES,
    AUDIT_THRESHOLDS,
    AUDITS,
    INI,
    OPTIONS,
    PORT,
    SCRIPT,
    SWITCHES,
    TRACE,
    TRACES,
    flag_of,
    ini_of,
    off_flag_of,
)
from mock_electron.serve.server import LAST_PORT

if TYPE_CHECKING:
    from mock_electron.audit.report import Level
    from mock_electron.audit.thresholds import Thresholds

Value = TypeVar("Value")


def options_of(config: pytest.Config) -> dict[str, Any]:
    """Return the settings from flags and the ini file. Flags take precedence.

    Raises:
        ValueError: If one has a wrong value. The message begins with the flag or the ini option.
    """
    texts = {name: _text(config, name) for name in OPTIONS}
    return {name: _value(config, name, text) for name, text in texts.items() if text}


def port_of(config: pytest.Config) -> int:
    """Return the port of the server from the flag or the ini file; 0 for a free one.

    Each worker of pytest-xdist has its own.

    Raises:
        ValueError: If it is not a port. The message begins with the flag or the ini option.
    """
    text = str(_text(config, PORT) or 0)
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    try:
        port = whole_number(PORT, int(text) if text.isdecimal() else text, 0, LAST_PORT)
        return port and whole_number(PORT, port + int(worker.removeprefix("gw")), 0, LAST_PORT)
    except ValueError as error:
        raise ValueError(f"{place_of_option(config, PORT)}: {error}") from error


def trace_of(config: pytest.Config) -> str:
    """Return for which tests a trace is written, from the flag or the ini file.

    Raises:
        ValueError: If the value is unknown. The message begins with the flag or the ini option.
    """
    return _choice(config, TRACE, TRACES)


def audit_of(config: pytest.Config) -> str:
    """Return which tests are judged: "off", "on" or "strict", from the flag or the ini file.

    Raises:
        ValueError: If the value is unknown. The message begins with the flag or the ini option.
    """
    return _choice(config, AUDIT, AUDITS)


def audit_levels(config: pytest.Config) -> "Mapping[str, Level]":
    """Return the levels of the rules of the audit, from the flag or the ini file.

    Raises:
        ValueError: If one is wrong. The message begins with the flag or the ini option.
    """
    from mock_electron.audit.written import levels_of  # if a test is judged

    return _read(config, AUDIT_RULES, levels_of)


def audit_thresholds(config: pytest.Config) -> "Thresholds":
    """Return the figures by which the audit judges, from the flag or the ini file.

    Raises:
        ValueError: If one is wrong. The message begins with the flag or the ini option.
    """
    from mock_electron.audit.written import thresholds_of  # if a test is judged

    return _read(config, AUDIT_THRESHOLDS, thresholds_of)


def _choice(config: pytest.Config, name: str, choices: tuple[str, ...]) -> str:
    """Return the choice of an option. The first one is the default."""
    text = _text(config, name) or choices[0]
    try:
        return choice(name, text, choices)
    except ValueError as error:
        raise ValueError(f"{place_of_option(config, name)}: {error}") from error


def _read(config: pytest.Config, name: str, read: Callable[[Iterable[str]], Value]) -> Value:
    """Return what a function makes of the texts of an option."""
    try:
        return read(_listed(_text(config, name)))
    except ValueError as error:
        raise ValueError(f"{place_of_option(config, name)}: {error}") from error


def _listed(given: str | list[str]) -> list[str]:
    text = ",".join(given) if isinstance(given, list) else given
    return [*filter(None, map(str.strip, text.split(",")))]


def place_of_option(config: pytest.Config, name: str) -> str:
    """Return where an option is given: `--electron-seed`, or `pytest.ini: electron_seed`."""
    given = config.getoption(INI + name)
    if given:
        return off_flag_of(name) if name in SWITCHES and given == "false" else flag_of(name)
    overridden = [text.partition("=")[0] for text in config.getoption("override_ini", None) or ()]
    if ini_of(name) in overridden:
        return f"-o {ini_of(name)}"
    return f"{config.inipath.name}: {ini_of(name)}" if config.inipath else ini_of(name)


def _text(config: pytest.Config, name: str) -> Any:
    return config.getoption(INI + name) or config.getini(INI + name)


def _value(config: pytest.Config, name: str, given: str | list[str]) -> Any:
    if name == SCRIPT:
        return tuple(_listed(given))
    text = ",".join(given) if isinstance(given, list) else given
    try:
        return parse_setting(name, text)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place_of_option(config, name)}: {error}") from error


def check_options(config: pytest.Config) -> None:
    """Raise UsageError for a wrong option before any test runs."""
    try:
        options_of(config)
        port_of(config)
        trace_of(config)
        audit_of(config)
        if _text(config, AUDIT_RULES) or _text(config, AUDIT_THRESHOLDS):
            audit_levels(config)
            audit_thresholds(config)
    except ValueError as error:
        raise pytest.UsageError(f"mock-electron: {error}") from error
