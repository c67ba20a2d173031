"""The table `audit` of a file with options: levels, thresholds and rates for `mock-electron audit`.

An option of the command takes precedence over the same name in the file.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import click

from mock_electron.cli.configuration import Configuration, Given
from mock_electron.cli.configured import META
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import unknown

TABLE: Final = "audit"
KEYS: Final = ("rules", "thresholds", "rates")


class AuditTable(NamedTuple):
    """What the file gives.

    Attributes:
        where: The file and the table, for messages.
        rules: The levels of rules, by name.
        thresholds: Figures, by name.
        rates: The rates, or None. A path is relative to the folder of the file.
    """

    where: str = ""
    rules: Mapping[str, Any] = {}
    thresholds: Mapping[str, Any] = {}
    rates: str | None = None


def audit_table() -> AuditTable:
    """Return what the file of the current command gives.

    Raises:
        click.UsageError: If its table is wrong.
    """
    found: Configuration = click.get_current_context().meta[META]
    given = found.table.get(TABLE)
    return AuditTable() if given is None else _read(given)


def texts_without(given: Mapping[str, Any], options: Sequence[str]) -> list[str]:
    """Return `NAME=VALUE` for each name in a table that no option gives."""
    names = {_plain(text.partition("=")[0]) for text in options}
    return [f"{name}={value}" for name, value in given.items() if _plain(name) not in names]


def _read(given: Given) -> AuditTable:
    table = given.value
    if not isinstance(table, dict):
        raise click.UsageError(f"{given.where}: {must_be(TABLE, 'a table', table)}")
    for key in table:
        if key not in KEYS:
            raise click.UsageError(f"{given.where}: {unknown('key', key, KEYS)}")
    for key in ("rules", "thresholds"):
        if not isinstance(table.get(key, {}), dict):
            raise click.UsageError(f"{given.where}: {must_be(key, 'a table', table[key])}")
    rates = table.get("rates")
    if not isinstance(rates, str | None):
        raise click.UsageError(f"{given.where}: {must_be('rates', 'a text', rates)}")
    if rates is not None and given.folder is not None and (given.folder / rates).is_file():
        rates = str(given.folder / rates)
    return AuditTable(given.where, table.get("rules", {}), table.get("thresholds", {}), rates)


def _plain(name: str) -> str:
    return name.strip().replace("-", "_")
