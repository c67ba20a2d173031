"""The script files of `mock-electron serve`: their options, their loading, and watching them."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from mock_electron.cli.configured import STANDARD_INPUT, given_by
from mock_electron.cli.options import NotRunError, not_empty
from mock_electron.cli.output import Printer
from mock_electron.engine.lane import Lane

if TYPE_CHECKING:
    from mock_electron.engine.script.step import Step
    from mock_electron.scripts.watch import Known, Loaded

NAME_OF_INPUT: Final = "standard input"
"""What messages call the script `-`."""


def check_scripts(
    context: click.Context, option: click.Parameter, scripts: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the different script files. An empty name would be that of the current folder."""
    for script in scripts:
        not_empty(context, option, script)
    if scripts.count(STANDARD_INPUT) > 1:
        raise click.UsageError("--script must be - at most once")
    return tuple(dict.fromkeys(scripts))


def require_watch() -> None:
    """End the command with one line if the extra `watch` is not installed."""
    from mock_electron.scripts.watch import require_watchfiles

    try:
        require_watchfiles()
    except ImportError as error:
        raise NotRunError(str(error)) from error


def known_contents(scripts: Sequence[str]) -> "Known":
    """Return what identifies the content of script files."""
    from mock_electron.scripts.watch import signatures

    return signatures(scripts)


@contextmanager
def watching_scripts(
    known: "Known", lane: Lane, output: Printer, keep: "Callable[[Loaded], object] | None"
) -> Iterator[None]:
    """Watch script files while the block runs. Without a file, do nothing."""
    if not known:
        yield
        return
    from mock_electron.scripts.watch import watching

    with watching(tuple(known), lane, output.print, known, keep):
        yield


def replace_script(lane: Lane, scripts: Sequence[str]) -> None:
    """Load files into a lane, or end the command with all errors of the files."""
    from mock_electron.scripts.several import load_all

    try:
        lane.start_with(load_all(scripts, lane.problems_of, _load))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _load(file: str) -> "tuple[Step, ...]":
    """Return the steps of a file. The error for one that cannot be read says what names it."""
    from mock_electron.scripts import ScriptError

    try:
        return load_script(file)
    except ScriptError as error:
        where = given_by("scripts")
        if not where or error.problems[0].line:
            raise
        raise ScriptError(f"{where}: {error.name}", error.problems) from None


def name_of(file: str) -> str:
    """Return what messages call a file."""
    return NAME_OF_INPUT if file == STANDARD_INPUT else file


def load_script(file: str) -> "tuple[Step, ...]":
    """Return the steps of a file, or of standard input.

    Raises:
        ScriptError: If the file cannot be read or has errors.
    """
    from mock_electron.scripts import load, loads
    from mock_electron.scripts.limits import MAX_YAML_BYTES

    if file != STANDARD_INPUT:
        return load(file)
    return loads(sys.stdin.buffer.read(MAX_YAML_BYTES + 1), NAME_OF_INPUT)
