"""The options of every command that starts a server."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import click

from mock_electron.cli.configured import config_option, configured_list, configured_option
from mock_electron.cli.control import check_token
from mock_electron.cli.logs import FORMATS, LEVELS
from mock_electron.cli.options import Choice, Function, check_hosts, not_empty
from mock_electron.cli.script_files import check_scripts
from mock_electron.cli.settings import setting_options
from mock_electron.inputs import checks


def _check_journal(context: click.Context, option: click.Parameter, file: str | None) -> str | None:
    """Check the file of the journal, if one is given."""
    if file is None:
        return None
    from mock_electron.cli.journal_file import check_journal

    return check_journal(context, option, file)


Option = Callable[[Any], Any]
"""A decorator that adds options to a command."""
PATH: Final = click.Path(readable=False)

HOST: Final[Option] = configured_list(
    "--host",
    "hosts",
    default=("127.0.0.1",),
    callback=check_hosts,
    metavar="HOST",
    help="Address to listen on, or a name, which stands for all its addresses; :: is every "
    "address, of IPv4 too. Other machines can reach any address except a loopback address. "
    "Can be given several times. Default: 127.0.0.1.",
)
SCRIPT: Final[Option] = configured_list(
    "--script",
    "scripts",
    type=PATH,
    callback=check_scripts,
    help="A script file, YAML or JSON, whose steps answer first, or a folder of them; - reads "
    "standard input. Can be given several times.",
)
WHERE: Final[Sequence[Option]] = (
    configured_option(
        "--uds",
        type=PATH,
        callback=not_empty,
        metavar="PATH",
        help="Unix socket to listen on, instead of a port unless --host or --port is given.",
    ),
    SCRIPT,
    configured_option(
        "--watch",
        is_flag=True,
        help="Reload the script files when one changes. If it has errors, the old script stays in "
        "use.",
    ),
)
REST: Final[Sequence[Option]] = (
    configured_option(
        "--control/--no-control",
        default=True,
        show_default=True,
        help="Serve the control API and the page of the requests below /_mock/.",
    ),
    configured_option(
        "--control-token",
        callback=check_token,
        metavar="TOKEN",
        help="What callers of the control API must send as `Authorization: Bearer TOKEN`. Default: "
        "none on loopback addresses, else a random one, which is printed.",
    ),
    setting_options,
    configured_option(
        "--log-level",
        default="warning",
        show_default=True,
        type=Choice(LEVELS),
        help="Level of the log on standard error; info logs every exchange.",
    ),
    configured_option(
        "--log-format",
        default="text",
        show_default=True,
        type=Choice(FORMATS),
        help="Format of the log: lines of text, or JSON lines.",
    ),
    configured_option(
        "--journal",
        type=PATH,
        callback=_check_journal,
        metavar="FILE",
        help="Write the exchanges of all lanes to this file, .jsonl or .har, at the end and after "
        "SIGUSR1.",
    ),
    config_option,
)


def drain_seconds(_context: click.Context, option: click.Parameter, seconds: float) -> float:
    """Return a time. Raise UsageError if it is negative, not finite, or too long."""
    try:
        return checks.seconds(option.opts[0], seconds, checks.LONGEST_TIMEOUT)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def server_options(port: Option, others: Sequence[Option] = ()) -> Callable[[Function], Function]:
    """Decorate a command with the options of a server.

    Args:
        port: The decorator for the port.
        others: Decorators for the options that this command alone has.
    """

    def decorate(command: Function) -> Function:
        for one in reversed((HOST, port, *WHERE, *others, *REST)):
            command = one(command)
        return command

    return decorate
