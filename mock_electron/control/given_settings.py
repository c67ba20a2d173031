"""Settings in the body of a request: JSON values to values of the table, and back."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final

from mock_electron.control.given import Given
from mock_electron.engine.keys import check_key
from mock_electron.engine.pace import Pace
from mock_electron.engine.plan import Plan
from mock_electron.engine.setting_kinds import check
from mock_electron.engine.setting_table import SETTINGS, Setting
from mock_electron.engine.settings import Settings
from mock_electron.outputs.redaction import without_secrets
from mock_electron.scripts.problems import DocumentPath, Found, WrongError
from mock_electron.scripts.step_values import read_fields

FIXED: Final = (
    "clock",
    "prefix_cache_tokens",
    "prefix_cache_idle",
    "journal_exchanges",
    "journal_bytes",
)
"""The settings that a lane reads when it is opened."""
LISTS: Final = ("keys", "hosts", "origins", "tools")
"""The kinds of settings whose values are lists of items that do not depend on each other."""


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
        name: given.read(
            (*above, name), _refuse if name in fixed else _read, name, value, by_field=True
        )
        for name, value in values.items()
    }


def _read(name: str, value: Any) -> Any:
    row = SETTINGS[name]
    if isinstance(value, dict) and row.kind in ("plan", "pace"):
        value = read_fields(Plan if row.kind == "plan" else Pace, value)
    if isinstance(value, list) and row.kind in LISTS:
        check_items(name, value, check_key if row.kind == "keys" else partial(_check_item, row))
    return check(row, name, value)


def _check_item(row: Setting, name: str, item: Any) -> Any:
    return check(row, name, [item])


def check_items(name: str, items: Sequence[Any], check: Callable[[str, Any], object]) -> None:
    """Check each item of a list.

    Args:
        name: The name of the list.
        items: The items.
        check: Takes the name of an item, such as `keys[0]`, and the item.

    Raises:
        WrongError: If items are wrong; all are listed.
    """
    found = list[Found]()
    for index, item in enumerate(items):
        try:
            check(f"{name}[{index}]", item)
        except ValueError as error:
            found.append(((index,), str(error)))
    if found:
        raise WrongError(found)


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
