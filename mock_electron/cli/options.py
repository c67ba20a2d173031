"""Commands and options with the product's messages.

1. The message for an unknown option or command suggests the nearest one.
2. An option with one value that is given twice is an error, unless the values are equal.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

import click

from mock_electron._regex import regex
from mock_electron.cli.hidden import hidden
from mock_electron.inputs import checks
from mock_electron.inputs.spelling import did_you_mean, escaped_lines, unknown

if TYPE_CHECKING:
    _Choice = click.Choice[str]
else:  # generic since click 8.2 only
    _Choice = click.Choice

Function = TypeVar("Function", bound=Callable[..., Any])
PROBLEMS: Final = "mock_electron.problems"
"""What is wrong with the variables and the file of a command, in `meta` of its context: a list of
texts. Flags with a wrong value are reported at once, others together."""

KEEPING_ALL: Final[Mapping[str, str]] = {"store": "append", "store_const": "append_const"}
"""For each action of click's parser that keeps one value, the action that keeps all of them."""


class NotRunError(click.ClickException):
    """The command cannot run although its options are valid. It prints only this line."""

    exit_code: ClassVar[int] = click.UsageError.exit_code


class Command(click.Command):
    """A command whose messages for unknown options and arguments suggest the nearest ones."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        ctx.allow_extra_args = True  # the message of click does not say what to write
        try:
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _unknown_option(error, self, ctx) from error
        if rest and not ctx.resilient_parsing:
            raise click.UsageError(_unexpected(rest[0], self), ctx)
        if problems := ctx.meta.get(PROBLEMS):
            in_order = sorted(problems, key=itemgetter(0))  # that of the file
            raise click.UsageError("\n".join(words for _, words in in_order), ctx)
        return rest


class Commands(click.Group):
    """A group whose messages for unknown commands and options suggest the nearest ones.

    Args:
        modules: Commands that are imported when they are used: the module of each, by its name.
        unneeded: The packages that are hidden while the module of a command is imported.
        **options: As for click.Group.
    """

    command_class: type[click.Command] | None = Command

    def __init__(
        self,
        *args: Any,
        modules: Mapping[str, str],
        unneeded: Mapping[str, Sequence[str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._modules, self._unneeded = modules, unneeded

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted([*super().list_commands(ctx), *self._modules])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command with this name, or None if the name is unknown."""
        if name not in self._modules:
            return super().get_command(ctx, name)
        with hidden(*self._unneeded.get(name, ())):
            command: click.Command = getattr(import_module(self._modules[name]), name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _unknown_option(error, self, ctx) from error

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return the name of the command, the command, and its arguments."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known:
            hint = did_you_mean(name, known)
            expected = hint or f" Expected one of {', '.join(known)}."
            raise click.UsageError(f"No such command {name!r}.{expected}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Its error messages have no control characters."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            vars(error)["message"] = escaped_lines(error.message)
            raise


def _unknown_option(
    error: click.NoSuchOption, command: click.Command, ctx: click.Context
) -> click.UsageError:
    given = error.option_name
    owners = list(_owners(given, command, ctx))
    hint = did_you_mean(given, _flags(command, ctx))
    if owners:
        which = " and ".join([", ".join(owners[:-1]), owners[-1]] if owners[1:] else owners)
        hint = f" It is an option of {which}."
    return click.UsageError(f"No such option {given!r}.{hint}", ctx)


def _flags(command: click.Command, ctx: click.Context) -> list[str]:
    """Return the names of the options of a command."""
    return [
        name
        for parameter in command.get_params(ctx)
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("-")
    ]


def _owners(option: str, command: click.Command, ctx: click.Context) -> Iterator[str]:
    """Yield the other commands that have an option."""
    group_context = ctx if isinstance(command, Commands) else ctx.parent
    group = group_context.command if group_context else None
    if not isinstance(group, Commands) or group_context is None:
        return
    for name in group.list_commands(group_context):
        other = group.get_command(group_context, name)
        if other and name != command.name and option in _flags(other, ctx):
            yield f"mock-electron {name}"


def _unexpected(argument: str, command: click.Command) -> str:
    """Return the message for an argument that a command does not take."""
    takes_script = any(one.name == "scripts" for one in command.params)
    is_file = argument.endswith((".yaml", ".yml", ".json"))
    hint = f" Did you mean --script {argument}?" if takes_script and is_file else ""
    return f"unexpected argument {argument!r}.{hint}"


class SingleOption(click.Option):
    """An option with one value. Two different values are an error that names both.

    Args:
        secret: Whether the message must not show the values.
        **options: As for click.Option.
    """

    def __init__(self, *args: Any, secret: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self._secret = secret

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Add the option to a parser, which returns a list of all values that are given."""
        super().add_to_parser(_ListingParser(parser), ctx)  # type: ignore[arg-type]  # has add_option

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> Any:
        """Return the value and its origin."""
        given = opts.get(str(self.name))
        if isinstance(given, list):
            self._check(given, ctx)
            opts = {**opts, str(self.name): given[0]}
        return super().consume_value(ctx, opts)

    def _check(self, given: Sequence[Any], ctx: click.Context) -> None:
        """Raise UsageError if the values differ."""
        if all(value == given[0] for value in given):
            return
        if self.is_flag:
            on, off = self.opts[0], self.secondary_opts[0]
            raise click.UsageError(f"{on} and {off} exclude each other; give one of them", ctx)
        values = f"{len(given)} values" if self._secret else " and ".join(map(repr, given))
        raise click.UsageError(f"{self.opts[0]} must be given at most once, got {values}", ctx)


class _ListingParser:
    """A parser to which options are added with actions that keep all values."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser

    def add_option(self, *names: Any, action: str, **options: Any) -> None:
        self._parser.add_option(*names, action=KEEPING_ALL.get(action, action), **options)


def option(*names: str, **options: Any) -> Callable[[Function], Function]:
    """Decorate a command with an option that has one value.

    Args:
        names: The names, as for click.option.
        **options: The arguments of SingleOption.
    """
    return click.option(*names, cls=SingleOption, **options)


class IntegerRange(click.IntRange):
    """An integer within bounds, whose message for another value states the bounds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the integer."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            what = f"an integer from {self.min} to {self.max}"
            given = int(value) if str(value).removeprefix("-").isdecimal() else value
            message = checks.must_be(_name_of(param), what, given)
            raise click.UsageError(message, ctx) from None  # it names the option already


class Number(click.types.FloatParamType):
    """A number, whose message for another text has the form of the other messages."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            message = checks.must_be(_name_of(param), "a number", value)
            raise click.UsageError(message, ctx) from None


class Choice(_Choice):
    """One of several names. The message for an unknown one suggests the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            what = _name_of(param).removeprefix("--").replace("-", " ")
            self.fail(unknown(what, value, self.choices), param, ctx)


def _name_of(param: click.Parameter | None) -> str:
    return param.opts[0] if param else "the value"


def not_empty(_context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """Return the text of an option. An empty one would count as not given."""
    if text == "":
        raise click.UsageError(f"{option.opts[0]} must not be empty")
    return text


def timeout_seconds(_context: click.Context, option: click.Parameter, seconds: float) -> float:
    """Return a timeout. Raise UsageError if it is not finite, not above 0, or too long."""
    try:
        return checks.seconds(option.opts[0], seconds, checks.LONGEST_TIMEOUT, above_zero=True)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


HOST_AND_PORT: Final = regex(r"([^:/\s]+|\[[^\]]*\]):([0-9]+)")
NOT_IN_A_HOST: Final = {" ": "a space", "/": "'/'", "@": "'@'"}
"""What the message calls a character that no host contains."""


def check_hosts(
    _context: click.Context, _parameter: click.Parameter, hosts: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the different hosts. An empty list is an empty host."""
    for host in hosts or ("",):
        check_host(host)
    return tuple(dict.fromkeys(hosts))


def check_host(host: str) -> None:
    """Raise BadParameter for a wrong host. An empty one would listen on all addresses."""
    if not host:
        raise click.BadParameter("host must not be empty; use 127.0.0.1 for this machine only")
    found = HOST_AND_PORT.fullmatch(host) if ":" in host else None
    if found:
        example = f"--host {found[1].strip('[]')} --port {found[2]}"
        raise click.BadParameter(f"host must not contain a port; use {example}")
    wrong = next((character for character in host if character in NOT_IN_A_HOST), "")
    if wrong:
        raise click.BadParameter(f"host must not contain {NOT_IN_A_HOST[wrong]}, got {host!r}")
