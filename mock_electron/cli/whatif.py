"""`mock-electron whatif`: the requests of a journal file in another world."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron.cli.options import Command, not_empty, option
from mock_electron.cli.output_files import (
    FILE,
    OUTPUT,
    check_outputs,
    json_bytes,
    write_output,
)
from mock_electron.cli.settings import SettingType, flag_of_one
from mock_electron.engine.setting_kinds import check, syntax
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.inputs.spelling import escaped
from mock_electron.outputs.redaction import redact_message

if TYPE_CHECKING:
    from mock_electron.traffic.comparison.what_if import WhatIf
    from mock_electron.traffic.exchanges import Exchanges

OF_WORLDS: Final = (
    *("plan", "pace", "accounts", "prefix_cache_tokens", "prefix_cache_idle", "chunk_tokens"),
    *("accept_json_schema", "refuse_broken_arguments"),
)
"""The settings that a world may have."""
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a command with an option for each setting that a world may have."""
    for name in reversed(OF_WORLDS):
        command = _setting(name)(command)
    return command


def _setting(name: str) -> Decorator:
    row, flag = SETTINGS[name], "--" + name.replace("_", "-")
    if row.is_switch:
        return _switch(name, row.help)
    if row.is_list:
        help_text = f"{row.help} Can be given several times."
        return click.option(
            flag_of_one(name), name, multiple=True, metavar=syntax(row), help=help_text
        )
    kind = SettingType(name, row)
    return option(flag, name, type=kind, default=None, metavar=syntax(row), help=row.help)


def _switch(name: str, help_text: str) -> Decorator:
    flag = name.replace("_", "-")
    return option(f"--{flag}/--no-{flag}", name, default=None, help=help_text)


@click.command(cls=Command, short_help="Show the requests of a journal in another world.")
@click.argument("journal", type=FILE)
@_settings
@option("--move", metavar="TEXT", help="Move a text of the prompt to the end of the system prompt.")
@option("--last", is_flag=True, help="Move it to the end of the prompt instead.")
@option("--regex", is_flag=True, help="The text to move is a regular expression.")
@option("--max-tokens", type=int, metavar="INTEGER", help="The most tokens of a reply.")
@click.option(
    "--without-tool",
    "without_tools",
    multiple=True,
    metavar="NAME",
    help="A tool that is not offered. Can be given several times.",
)
@_switch("stream", "Whether replies are streamed.")
@_switch("include_usage", "Whether streams end with a usage chunk.")
@option(
    "--rates",
    metavar="RATES",
    help="What a million tokens cost: a file in TOML, JSON or YAML, or prices of fresh, cached and "
    "output tokens such as 0.4:0.1:1.6.",
)
@click.option(
    "--lane",
    "lanes",
    multiple=True,
    metavar="NAME",
    help="Show only this lane. Can be given several times.",
)
@option(
    "--json",
    "json_file",
    type=FILE,
    metavar="FILE",
    callback=not_empty,
    help="Write the results as JSON; - prints it, and the text to standard error.",
)
def whatif(
    journal: str, lanes: Sequence[str], json_file: str | None, regex: bool, **given: Any
) -> None:
    """Execute the requests of JOURNAL again in another world, and show both worlds side by side.

    JOURNAL is a .jsonl file of `serve --journal` or `electron.exchanges.save`; - is standard
    input. What is not given stays as it was. The result is exact, except for what the clients would
    have done differently.

    The exit status is 2 if the journal cannot be read, or an option is wrong.
    """
    check_outputs({"--json": json_file}, {"JOURNAL": journal})
    from mock_electron.cli.audit_input import read_journals

    options = dict(_given(given, regex=regex))
    (read,) = read_journals([journal], lanes)
    results = _results(read.lanes, options)
    parts = [
        f"lane {_shown(name)}:\n{result}" if len(results) > 1 else f"{result}"
        for name, result in results.items()
    ]
    click.echo("\n\n".join(parts), err=json_file == OUTPUT)
    if json_file is not None:
        document = {name: result.to_dict() for name, result in results.items()}
        write_output(json_file, json_bytes(document))


def _results(
    lanes: "Mapping[str, Exchanges]", options: Mapping[str, Any]
) -> "Mapping[str, WhatIf[Exchanges]]":
    """Return the result of each lane. What is wrong with one of several is printed.

    Raises:
        click.UsageError: If the options are wrong for all of them.
    """
    results: dict[str, WhatIf[Exchanges]] = {}
    problems: dict[str, str] = {}
    for name, exchanges in lanes.items():
        try:
            results[name] = exchanges.what_if(**options)
        except ValueError as error:
            problems[name] = str(error)
    if not results:
        raise click.UsageError(next(iter(problems.values()), "the journal has no requests"))
    for name, words in problems.items():
        click.echo(f"lane {_shown(name)}: {escaped(words)}", err=True)
    return results


def _shown(lane: str) -> str:
    """Return the name of a lane of a file, which anybody may have written, without keys."""
    return escaped(redact_message(lane))


def _given(options: Mapping[str, Any], *, regex: bool) -> Iterator[tuple[str, Any]]:
    """Yield the options that were given, by the names of `Exchanges.what_if`."""
    for flag, given in (("--last", options["last"]), ("--regex", regex)):
        if given and options["move"] is None:
            raise click.UsageError(f"{flag} needs --move, the text that is moved")
    for name, value in options.items():
        if name == "move" and regex:
            yield name, _pattern(value)
        elif name == "accounts" and value:
            yield name, _groups(value)
        elif value is not None and value != () and (name, value) != ("last", False):
            yield name, value


def _groups(texts: tuple[str, ...]) -> Any:
    try:
        return check(SETTINGS["accounts"], "--account", texts)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise click.UsageError(f"--move: wrong regular expression: {error}") from error
