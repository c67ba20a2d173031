"""The settings as options of `mock-electron serve`, made from the table."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron._regex import regex
from mock_electron.cli.configured import configured_list, configured_option
from mock_electron.engine.setting_kinds import check, parse_setting, syntax
from mock_electron.engine.setting_table import SETTINGS, Setting
from mock_electron.inputs.spelling import echoed

if TYPE_CHECKING:
    _ParamType = click.ParamType[Any]
else:  # generic since click 8.2 only
    _ParamType = click.ParamType

SERVER_DEFAULTS: Final[Mapping[str, Any]] = {"clock": "real"}
"""Defaults that differ from those of a test."""

PLACE: Final = regex(r"; key [0-9]+ of group [0-9]+ is [a-z ]+\Z")
"""Where a wrong value is, at the end of a message."""
SINGULAR: Final = ("cors",)
"""The settings with several values whose names do not end with the s of a plural."""
SECRET: Final = frozenset(name for name, row in SETTINGS.items() if row.secret)
"""The settings whose values messages do not show."""


class SettingType(_ParamType):
    """Converts the text of an option to the value of a setting.

    Args:
        setting: The name of the setting.
        row: Its row in the table of settings.
    """

    def __init__(self, setting: str, row: Setting) -> None:
        self.name: str = syntax(row)
        self._setting = setting

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the checked value. A value that is not text is a default, and is not checked."""
        if not isinstance(value, str):
            return value
        try:
            return parse_setting(self._setting, value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _list_check(setting: str, row: Setting) -> Callable[..., Any]:
    """Return a click callback that checks the values of an option that can be given repeatedly.

    A message names the option, and shows the wrong value unless the setting is secret.
    """

    def checked(_context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> Any:
        flag = option.opts[0]
        for value in values:
            if not value:
                raise click.UsageError(f"{flag} must not be empty")
            if "," in value and setting in SECRET:  # others have no valid value with a comma
                raise click.UsageError(
                    f"{flag} must not contain a comma; give {flag} several times"
                )
            if setting not in SECRET:
                _checked(row, flag, (value,), f", got {echoed(value)}")
        return _checked(row, flag, values, "")

    return checked


def _checked(row: Setting, flag: str, values: tuple[str, ...], got: str) -> Any:
    try:
        return check(row, flag, values)
    except (TypeError, ValueError) as error:
        words, _, given = str(error).partition(", got ")
        place = PLACE.search(given)
        raise click.UsageError(words + got + (place[0] if place else "")) from error


def setting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a command with an option for each setting."""
    for name, row in reversed(list(SETTINGS.items())):
        command = _option(name, row)(command)
    return command


def flag_of_one(name: str) -> str:
    """Return the option that gives one value of a setting with several."""
    return "--" + (name if name in SINGULAR else name.removesuffix("s")).replace("_", "-")


def _option(name: str, row: Setting) -> Callable[..., Any]:
    flag = "--" + name.replace("_", "-")
    default = SERVER_DEFAULTS.get(name, row.default)
    if row.is_switch:
        off = f"/--no-{name.replace('_', '-')}"
        return configured_option(
            flag + off, name, key=name, default=default, show_default=True, help=row.help
        )
    if row.is_list:
        return configured_list(
            flag_of_one(name),
            name,
            key=name,
            callback=_list_check(name, row),
            metavar=syntax(row),
            help=f"{row.help} Can be given several times.",
        )
    return configured_option(
        flag,
        name,
        key=name,
        default=default,
        show_default=True,
        type=SettingType(name, row),
        metavar=syntax(row),
        help=row.help,
    )
