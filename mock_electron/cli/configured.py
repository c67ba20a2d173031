"""Options whose values can also come from a variable or a file; see configuration.py."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import click
from click.core import ParameterSource

from mock_electron._regex import regex
from mock_electron.cli.configuration import Configuration, Given, configuration
from mock_electron.cli.options import PROBLEMS, Function, SingleOption
from mock_electron.engine.setting_kinds import FALSE, TRUE, check, parse_setting
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.inputs.checks import must_be, number, whole_number

META: Final = "mock_electron.configuration"
STANDARD_INPUT: Final = "-"
ELSEWHERE: Final = (ParameterSource.ENVIRONMENT, ParameterSource.DEFAULT_MAP)
"""The sources of values that are not given as flags."""
WORDS: Final = (
    (regex(r", or a (?:Plan|Pace)(?=, or )"), ""),
    (regex(r"\ba tuple of\b"), "a list of"),
)
"""What messages about settings say in Python, and in a file."""
BOOLEAN: Final = regex(r"(?<![\w'\"])(?:True|False)(?![\w'\"])")


class Configured(click.Option):
    """An option that can also be given by a variable or in a file.

    Attributes:
        key: Its name in a file. The variable has the same name in capitals, with a prefix.
    """

    key: str

    def __init__(self, *args: Any, key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.key = key or self.opts[0].lstrip("-").replace("-", "_")

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> Any:
        """Return the value and its origin."""
        value, source = super().consume_value(ctx, opts)
        found: Configuration | None = ctx.meta.get(META)
        given = found.get(self.key) if found and source is ParameterSource.DEFAULT else None
        if given is None:
            return value, source
        is_variable = given.is_variable
        return given, ParameterSource.ENVIRONMENT if is_variable else ParameterSource.DEFAULT_MAP

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the checked value.

        Return None for a wrong value of a variable or a file. Its message is raised later, with
        those of all other options.
        """
        if not isinstance(value, Given):
            return super().process_value(ctx, value)
        try:
            if self.key in SETTINGS:
                return _setting(self.key, value)
            return super().process_value(ctx, _native(self, value))
        except click.UsageError as error:
            words = error.message
        except (TypeError, ValueError) as error:
            words = str(error)
        if not value.is_variable:
            words = _in_toml(words)
        message = f"{value.where}: {words.replace(self.opts[0], self.key)}"
        ctx.meta[PROBLEMS].append((value.place, message))
        return None


class ConfiguredOption(Configured, SingleOption):
    """An option with one value."""


def configured_option(*names: str, **options: Any) -> Callable[[Function], Function]:
    """Decorate a command with an option that has one value, from a flag, a variable or a file.

    Args:
        names: The names, as for click.option.
        **options: The arguments of SingleOption.
    """
    return click.option(*names, cls=ConfiguredOption, **options)


def configured_list(*names: str, **options: Any) -> Callable[[Function], Function]:
    """Decorate a command with an option that has several values, with commas in a variable."""
    return click.option(*names, cls=Configured, multiple=True, **options)


def config_option(command: Function) -> Function:
    """Decorate a command with `--config`, which is read before all other options."""
    return click.option(
        "--config",
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=_read,
        help="A TOML file with options, such as seed = 7. Default: the nearest mock-electron.toml, "
        "or pyproject.toml with a table [tool.mock-electron], in this folder and its parents. "
        "Each option can also be a variable, such as MOCK_ELECTRON_SEED=7.",
    )(command)


def file_of(ctx: click.Context) -> str:
    """Return the file that was read, or ""."""
    found: Configuration = ctx.meta[META]
    return found.path


def is_given(ctx: click.Context, name: str) -> bool:
    """Return whether a parameter has a value that is not the default."""
    return ctx.get_parameter_source(name) is not ParameterSource.DEFAULT


def given_by(name: str) -> str:
    """Return the variable, or the file and its key, that give a parameter; "" for none of them."""
    context = click.get_current_context(silent=True)
    if context is None or context.get_parameter_source(name) not in ELSEWHERE:
        return ""
    found: Configuration = context.meta[META]
    options = [one for one in context.command.params if one.name == name]
    given = found.get(options[0].key) if options and isinstance(options[0], Configured) else None
    return given.where if given else ""


def _read(ctx: click.Context, option: click.Parameter, file: str | None) -> None:
    """Read the variables and the file."""
    if file == "":
        raise click.UsageError(f"{option.opts[0]} must not be empty")
    if not ctx.resilient_parsing:
        found = ctx.meta[META] = configuration(file)
        ctx.meta[PROBLEMS] = list(found.problems)


# --- values


def _setting(name: str, given: Given) -> Any:
    """Return the value of a setting. A text is read as a command line would give it.

    Raises:
        TypeError: If the value is wrong.
        ValueError: If the value is wrong.
    """
    row, value = SETTINGS[name], given.value
    if given.is_variable or (row.is_list and isinstance(value, str)):
        return parse_setting(name, value)
    if row.is_switch:
        return _boolean(name, value)
    listed = value if isinstance(value, list) else []
    if row.secret and any("," in one for one in listed if isinstance(one, str)):
        raise ValueError(f"{name} must not contain a comma; write a list")
    return check(row, name, value)


def _in_toml(words: str) -> str:
    """Return a message about a value of Python in the words of a file."""
    for pattern, replacement in WORDS:
        words = pattern.sub(replacement, words)
    before, got, value = words.partition(", got ")
    is_text = value.startswith(("'", '"'))
    return words if is_text else before + got + BOOLEAN.sub(lambda one: one[0].lower(), value)


def _native(option: Configured, given: Given) -> Any:
    """Return a value as click converts it: a text, a tuple of texts, a number or a boolean.

    Raises:
        ValueError: If the value has another type than the option.
    """
    value = given.value
    if option.is_flag:
        return _switch(option.key, value) if given.is_variable else _boolean(option.key, value)
    if option.multiple:
        return tuple(_path(option, given, one) for one in given.texts(option.key))
    if isinstance(option.type, click.types.IntParamType):
        return value if given.is_variable else whole_number(option.key, value)
    if isinstance(option.type, click.types.FloatParamType):
        return value if given.is_variable else number(option.key, value)
    return _path(option, given, given.text(option.key))


def _path(option: click.Option, given: Given, text: str) -> str:
    """Return a text. A path in a file is relative to the folder of the file."""
    is_path = isinstance(option.type, click.Path) and text not in ("", STANDARD_INPUT)
    return str(given.folder / text) if is_path and given.folder else text


def _switch(key: str, text: str) -> bool:
    if text.lower() in TRUE + FALSE:
        return text.lower() in TRUE
    raise ValueError(must_be(key, "true or false", text))


def _boolean(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(must_be(key, "true or false", value))
