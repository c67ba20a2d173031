"""The values that flags and the ini file give to the options."""

from typing import Any

import pytest

from mock_electron.engine.setting_kinds import parse_setting
from mock_electron.engine.settings import Settings
from mock_electron.inputs.checks import whole_number
from mock_electron.plugin.options import INI, OPTIONS, PORT
from mock_electron.serve.server import LAST_PORT


def options_of(config: pytest.Config) -> dict[str, Any]:
    """Return the settings from flags and the ini file. Flags take precedence."""
    texts = {name: _text(config, name) for name in OPTIONS}
    return {name: _value(name, text) for name, text in texts.items() if text}


def port_of(config: pytest.Config) -> int:
    """Return the port of the server from the flag or the ini file; 0 for a free one.

    Each worker of pytest-xdist has its own.

    Raises:
        ValueError: If it is not a port.
    """
    text = str(_text(config, PORT) or 0)
    port = whole_number(INI + PORT, int(text) if text.isdecimal() else text, 0, LAST_PORT)
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    return port and whole_number(INI + PORT, port + int(worker.removeprefix("gw")), 0, LAST_PORT)


def _text(config: pytest.Config, name: str) -> Any:
    return config.getoption(INI + name) or config.getini(INI + name)


def _value(name: str, given: str | list[str]) -> Any:
    text = ",".join(given) if isinstance(given, list) else given
    if name == "script":
        return tuple(filter(None, map(str.strip, text.split(","))))
    return parse_setting(name, text)


def check_options(config: pytest.Config) -> None:
    """Raise UsageError for a wrong option before any test runs."""
    try:
        options = options_of(config)
        options.pop("script", None)
        Settings.of(**options)
        port_of(config)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"mock-electron: {error}") from error
