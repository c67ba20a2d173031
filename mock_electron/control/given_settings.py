"""Settings in the body of a request: JSON values to values of the table, and back."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_electron.control.refused import Invalid
from mock_electron.engine.pace import Pace
from mock_electron.engine.plan import Plan
from mock_electron.engine.setting_kinds import check
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.engine.settings import Settings
from mock_electron.outputs.redaction import without_secrets
from mock_electron.scripts.problems import DocumentPath
from mock_electron.scripts.wording import field_path

FIXED: Final = (
    "clock",
    "prefix_cache_tokens",
    "prefix_cache_idle",
    "journal_exchanges",
    "journal_bytes",
)
"""The settings that a lane reads when it is opened."""


def read_settings(given: Mapping[str, Any], above: DocumentPath) -> dict[str, Any]:
    """Return settings as `Settings` takes them.

    Args:
        given: The values by name. Their schema is checked already.
        above: Their position in the body.

    Raises:
        Invalid: If values are wrong; all are listed.
    """
    problems = list(_problems(given, above))
    if problems:
        raise Invalid.of(problems)
    return {name: _read(name, value) for name, value in given.items()}


def _problems(given: Mapping[str, Any], above: DocumentPath) -> Iterator[tuple[DocumentPath, str]]:
    for name, value in given.items():
        try:
            _read(name, value)
        except (TypeError, ValueError) as error:
            yield (*above, name, *field_path(str(error), value)), str(error)


def _read(name: str, value: Any) -> Any:
    row = SETTINGS[name]
    if isinstance(value, dict) and row.kind in ("plan", "pace"):
        value = Plan(**value) if row.kind == "plan" else Pace(**value)
    return check(row, name, value)


def check_changeable(given: Mapping[str, Any]) -> None:
    """Raise Invalid if settings cannot change while a lane is open."""
    fixed = [((name,), FIXED_WORDS.format(name=name)) for name in given if name in FIXED]
    if fixed:
        raise Invalid.of(fixed)


FIXED_WORDS: Final = "{name} is fixed when a lane is opened; recreate the lane with PUT"


def shown_settings(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON values. Secrets are shortened to their ends."""
    return {name: _shown(name, getattr(settings, name)) for name in SETTINGS}


def _shown(name: str, value: Any) -> Any:
    if SETTINGS[name].secret:
        return without_secrets(list(value))
    if isinstance(value, Plan | Pace):
        return {field: getattr(value, field) for field in value.__struct_fields__}
    return list(value) if isinstance(value, tuple) else value
