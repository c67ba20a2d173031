"""A fault search with a command: it runs in a lane of its own for each trial."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import click

from mock_electron.cli.fault_runs import CommandRun, judged_command, run_command
from mock_electron.cli.interrupts import INTERRUPTED, Interrupts
from mock_electron.cli.opening import Opened
from mock_electron.cli.options import NotRunError
from mock_electron.cli.progress import shown_progress
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane

if TYPE_CHECKING:
    from mock_electron.trials.outcomes import Judged
    from mock_electron.trials.places import Place
    from mock_electron.trials.plan import Trial
    from mock_electron.trials.report import FaultReport
    from mock_electron.trials.search import Limits, Search

FIRST: Final = "without a fault"
NO_REQUEST: Final = (
    "COMMAND sent no valid request, so there is no place for a fault; its client must use "
    "OPENAI_BASE_URL"
)
UNSTEADY: Final = (
    "two runs without a fault printed different output, so it cannot be compared; print only what "
    "stays the same, or give --ignore-output"
)


class CommandSearch:
    """A search with a command.

    Args:
        found: The server.
        command: The command.
        limits: How much is tried.
        compares: Whether its output is compared.
        twice: The exit status that reports a side effect that happened twice, or None.
    """

    def __init__(
        self,
        found: Opened,
        command: Sequence[str],
        limits: "Limits",
        *,
        compares: bool,
        twice: int | None,
    ) -> None:
        from mock_electron.testing.trial_lanes import Start

        self._found, self._command, self._limits = found, command, limits
        self._compares, self._twice = compares, twice
        self._start: Start = Start.of(found.lane)
        self._places: tuple[Place, ...] = ()

    def report(
        self, interrupts: Interrupts, resume: str | None, accepted: Mapping[str, str]
    ) -> "FaultReport":
        """Run the trials, and return the report; after Ctrl-C, that of the trials until then.

        Args:
            interrupts: The handler of Ctrl-C.
            resume: The file of the results, or None.
            accepted: The reasons of --ignore by name.
        """
        from mock_electron.trials.places import answered, places_of
        from mock_electron.trials.report import FaultReport, Scenario

        try:
            with interrupts.raising():
                first, exchanges = self._succeeded()
                again, _ = self._succeeded()
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        self._places = places_of(exchanges)
        if not [*answered(self._places)]:
            raise NotRunError(NO_REQUEST)
        if self._compares and first.printed != again.printed:
            raise NotRunError(UNSTEADY)
        search = self._search(resume, accepted)
        expected = first.printed if self._compares else None
        try:
            with interrupts.raising():
                self._run_all(search, expected)
        except KeyboardInterrupt:
            click.echo("interrupted: the report has the trials until then", err=True)
        notes = () if self._compares else ("what the command prints is not compared",)
        return FaultReport(search, Scenario("", first.printed, notes))

    def _search(self, resume: str | None, accepted: Mapping[str, str]) -> "Search":
        from mock_electron.trials.progress import Progress
        from mock_electron.trials.search import Search

        try:
            search = Search(self._places, self._limits, Progress(resume) if resume else None)
            search.check_names(accepted)
        except (ValueError, OSError) as error:
            raise NotRunError(str(error)) from error
        return search

    def _run_all(self, search: "Search", expected: bytes | None) -> None:
        from mock_electron.trials.search import is_retried

        total = min(self._limits.budget, len(search.singles))
        try:
            for trial in shown_progress(search.trials(), total, "trials"):
                run, exchanges, happened = self._run(trial)
                outcome, reason = self._judged(run, expected)
                retried = is_retried(trial, exchanges)
                search.add(trial, outcome if happened else None, reason, retried=retried)
        except (ValueError, OSError) as error:
            raise NotRunError(str(error)) from error

    def _judged(self, run: CommandRun, expected: bytes | None) -> "Judged":
        if run.status is not None and run.status == self._twice:
            return "side effect twice", f"exit status {run.status}"
        return judged_command(run, expected, self._limits.timeout)

    def _succeeded(self) -> "tuple[CommandRun, tuple[Exchange, ...]]":
        """Run the command without a fault. End with an error if it does not succeed."""
        run, exchanges, _ = self._run(None)
        if run.status is None:
            words = f"does not end within {self._limits.timeout:g} s {FIRST}; give --timeout"
            raise NotRunError(f"{self._command[0]} {words}")
        if run.status:
            sys.stderr.buffer.write(run.errors)
            raise NotRunError(f"{self._command[0]} ends with status {run.status} {FIRST}")
        return run, exchanges

    def _run(self, trial: "Trial | None") -> "tuple[CommandRun, tuple[Exchange, ...], bool]":
        """Run the command in a lane of its own."""
        from mock_electron.testing.trial_lanes import exchanges_of_trial, faults_happened

        server, lane = self._found.server, Lane(self._start.settings)
        faults = [aim.fault for aim in trial.aims] if trial else ()
        self._start.set_up(lane, trial, self._places, faults)
        url = server.open_lane(lane)
        try:
            run = run_command(self._command, self._environment(lane, url), self._limits.timeout)
        finally:
            server.close_lane(url)
        return run, exchanges_of_trial(lane), faults_happened(lane, trial)

    def _environment(self, lane: Lane, url: str) -> dict[str, str]:
        from mock_electron.testing.electron import Electron
        from mock_electron.testing.variables import CONTROL_TOKEN, variables_of

        found, key = self._found, Electron(lane, url).api_key
        token = {CONTROL_TOKEN: found.token} if found.token else {}
        return os.environ | variables_of(url, key, has_control=bool(found.page)) | token
