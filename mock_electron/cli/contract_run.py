"""The endpoint that `mock-electron contract` checks, and the run of the clauses against it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron._regex import regex
from mock_electron.cli.interrupts import Interrupts
from mock_electron.cli.options import NotRunError
from mock_electron.cli.progress import shown_progress
from mock_electron.engine.clock import CLOCKS

if TYPE_CHECKING:
    from mock_electron.contract import Clause, Report, Result, Target

KEY_VARIABLE: Final = "SMALLEST_API_KEY"
MOCK_KEY: Final = "sk_mock_unlimited"
"""The default key for a server on this machine."""
FIELD: Final = regex(
    r"\A(base_url|(?:api|limited|forbidden|other)_key)(?= )|(?<=but it is the )[a-z]+_key\Z"
)
"""The fields of `Target` that a message names."""


def report_on(
    interrupts: Interrupts,
    base_url: str | None,
    clauses: "tuple[Clause, ...]",
    options: dict[str, Any],
    yes: bool,
) -> "tuple[Report, str]":
    """Check the clauses until Ctrl-C. Return why the endpoint cannot be checked, or "", too.

    Args:
        interrupts: What Ctrl-C does.
        base_url: The URL of the endpoint; None for a fake that is started for the run.
        clauses: The clauses.
        options: The fields of `Target` as options give them.
        yes: Whether requests may be sent to a host that is not this machine.
    """
    from mock_electron.contract import Report, UnreachableError
    from mock_electron.contract.target import BUILT_IN

    done: list[Result] = []
    interrupted, obstacle = False, ""
    try:
        with interrupts.raising(), _target(base_url, options) as target:
            _check(target, clauses, yes, done)
    except UnreachableError as error:
        interrupted, obstacle = True, str(error)
    except KeyboardInterrupt:
        interrupted = True
    return Report(base_url or BUILT_IN, tuple(done), interrupted), obstacle


@contextmanager
def _target(base_url: str | None, options: dict[str, Any]) -> "Iterator[Target]":
    """Yield the endpoint at a URL or, without a URL, a fake that stops afterwards."""
    from mock_electron.contract import discovered

    if base_url is None:
        from mock_electron.mock import MockElectron
        from mock_electron.testing.target import own_target

        with MockElectron() as electron:
            yield discovered(own_target(electron))
        return
    target = _target_at(base_url, options)
    yield discovered(target) if target.is_loopback else target


def _target_at(base_url: str, options: dict[str, Any]) -> "Target":
    """Return the endpoint at a URL. Raise UsageError for an invalid option or a missing key."""
    from mock_electron.contract import Target

    salt = options["salt"] or str(round(CLOCKS["real"]() * 1000))
    key = options["api_key"] or MOCK_KEY
    try:
        target = Target(base_url=base_url, **options | {"salt": salt, "api_key": key})
    except ValueError as error:
        raise click.UsageError(_with_option_names(str(error))) from error
    if not target.is_loopback and not options["api_key"]:
        message = f"{target.address} needs a key: set {KEY_VARIABLE}, or give --api-key."
        raise click.UsageError(message)
    return target


def _with_option_names(message: str) -> str:
    """Return a message about fields of `Target` with the names of their options."""
    return FIELD.sub(lambda field: f"--{field[0].replace('_', '-')}", message)


def _check(
    target: "Target", clauses: "tuple[Clause, ...]", yes: bool, done: "list[Result]"
) -> None:
    """Add the result of each clause. Show the cost first if the endpoint is elsewhere."""
    from mock_electron.contract import cost, results

    if not target.is_loopback:
        message = cost(target, clauses).describe(target)
        if not yes:
            raise NotRunError(f"{message} Add --yes to continue.")
        click.echo(message, err=True)
    running = results(target, clauses, on_wait=_say_waiting, stop_early=True)
    # extend adds item by item, so that an interruption keeps them.
    done.extend(shown_progress(running, len(clauses), "clauses"))


def _say_waiting(sentence: str) -> None:
    click.echo(sentence, err=True)
