"""The settings of a lane as the lines of a journal have them.

Only those are written that differ from their defaults. Secret ones never are.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import asdict

from mock_electron.engine.pace import Pace
from mock_electron.engine.plan import Plan
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.engine.settings import Settings

STRUCTS: Final = {"plan": Plan, "pace": Pace}
"""The settings whose values are structs."""


def world_of(settings: Settings) -> dict[str, Any]:
    """Return the settings that differ from their defaults, as JSON values."""
    return {
        name: _written(getattr(settings, name))
        for name, row in SETTINGS.items()
        if not row.secret and getattr(settings, name) != row.default
    }


def settings_of(world: Mapping[str, Any]) -> Settings:
    """Return the settings that `world_of` has written.

    Raises:
        TypeError: If a setting does not exist, or has unknown fields.
        ValueError: If a setting has a wrong value.
    """
    return Settings.of(**{name: _read(name, value) for name, value in world.items()})


def _written(value: Any) -> Any:
    if isinstance(value, Plan | Pace):
        return asdict(value)
    return list(value) if isinstance(value, tuple) else value


def _read(name: str, value: Any) -> Any:
    if isinstance(value, dict) and name in STRUCTS:
        return STRUCTS[name](**value)
    return tuple(value) if isinstance(value, list) else value
