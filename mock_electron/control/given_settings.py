"""Settings in the body of a request: JSON values to values of the table, and back."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from mock_electron.control.given import Given
from mock_electron.engine.pace import Pace
from mock_electron.engine.plan import Plan
from mock_electron.engine.setting_kinds import check
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.engine.settings import Settings
from mock_electron.outputs.redaction import without_secrets
from mock_electron.scripts.problems import DocumentPath

FIXED: Final = (
    "clock",
    "prefix_cache_tokens",
    "prefix_cache_idle",
    "journal_exchanges",
    "journal_bytes",
)
"""The settings that a lane reads when it is opened."""


def read_settings(
    given: Given,
    values: Mapping[str, Any],
    above: DocumentPath = (),
    *,
    fixed: Collection[str] = (),
) -> dict[str, Any]:
    """Return settings as `Settings` takes them. Those with problems are None.

    Args:
        given: The body, whose schema is checked already.
        values: The settings in it, by name.
        above: Their position in the body.
        fixed: The settings that cannot be changed any more.
    """
    return {
        name: given.read((*above, name), _refuse if name in fixed else _read, name, value)
        for name, value in values.items()
    }


def _read(name: str, value: Any) -> Any:
    row = SETTINGS[name]
    if isinstance(value, dict) and row.kind in ("plan", "pace"):
        value = Plan(**value) if row.kind == "plan" else Pace(**value)
    return check(row, name, value)


def _refuse(name: str, _value: Any) -> None:
    raise ValueError(f"{name} is fixed when a lane is opened; recreate the lane with PUT")


def shown_settings(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON values. Secrets are shortened to their ends."""
    return {name: _shown(name, getattr(settings, name)) for name in SETTINGS}


def _shown(name: str, value: Any) -> Any:
    if SETTINGS[name].secret:
        return without_secrets(list(value))
    if isinstance(value, Plan | Pace):
        return {field: getattr(value, field) for field in value.__struct_fields__}
    return list(value) if isinstance(value, tuple) else value
