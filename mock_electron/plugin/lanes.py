"""What the pytest plugin does once a test asks for a fake Electron."""

import os
import shlex
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.engine.script import Step
from mock_electron.engine.settings import Settings
from mock_electron.engine.settings_text import read
from mock_electron.plugin.options import INI, OPTIONS, as_flag
from mock_electron.serve.server import Server
from mock_electron.testing.electron import Electron, find
from mock_electron.testing.mock import paths_of
from mock_electron.testing.strict import HAD_NO_STEP, strict_faults
from mock_electron.traffic.lines import lines
from mock_electron.wire import errors

MOST_SHOWN: Final = 30
"""Exchanges of one lane in the report of a test."""
SCRIPTS: Final["pytest.StashKey[dict[tuple[Path, int], tuple[Step, ...]]]"] = pytest.StashKey()
"""The script files that have been read, by path and time of their last change."""


class LateRequestWarning(UserWarning):
    """A request came after its test had ended."""


class TestLanes:
    """The lanes of one test. item: the test. server: where they answer."""

    __test__ = False  # it is none, whatever its name

    def __init__(self, item: pytest.Item, server: Server) -> None:
        self._item = item
        self._server = server
        self._electrons: list[Electron] = []
        self._lanes: list[Lane] = []
        self._seed = 0
        self._passed = False

    def open(self, **settings: Any) -> Electron:
        """A fake Electron of its own.

        settings: by name; what is not given is as the markers have it, or else the options.
        Raises TypeError or ValueError for what makes no sense.
        """
        __tracebackhide__ = True
        common = options_of(self._item.config) | self._marked()
        self._seed = common.get("seed", self._seed)
        options = common | settings
        try:
            scripts = paths_of(options.pop("script", ()))
            lane = Lane(Settings.of(**options))
        except (TypeError, ValueError) as error:
            raise error.with_traceback(None) from None  # the line of the test, none of ours
        folders = (Path.cwd(), self._item.path.parent, self._item.config.rootpath)
        for script in scripts:
            self._load(lane, find(script, folders))
        electron = Electron(lane, self._server.open_lane(lane), folders)
        self._electrons.append(electron)
        self._lanes.append(lane)
        return electron

    @property
    def opened(self) -> int:
        """How many fake Electrons the test has got."""
        return len(self._electrons)

    def close(self) -> None:
        """The test has ended; requests from now on come too late.

        What its other fixtures asked for at their end is still of a strict test.
        """
        for electron in self._electrons:
            self._server.close_lane(electron.url, self._item.nodeid)
        if self._passed:
            self.check()

    def check(self) -> None:
        """Fail a strict test whose script did not fit its requests."""
        for lane in self._lanes:
            faults = strict_faults(lane)
            if faults:
                pytest.fail(faults, pytrace=False)
        self._passed = True

    def report(self, reason: str) -> str:
        """The exchanges of the test, and the line that replays it.

        reason: why it failed, as the report has it. What a strict lane refused may be in it.
        """
        refusals = HAD_NO_STEP not in reason
        sections = [self._exchanges(electron, refusals) for electron in self._electrons]
        return "\n".join([*sections, f"Replay: {self._replay()}"])

    def _marked(self) -> dict[str, Any]:
        """The settings that the markers give, the nearest winning."""
        options: dict[str, Any] = {}
        for marker in reversed(list(self._item.iter_markers("electron"))):
            if marker.args:
                pytest.fail(
                    f"@pytest.mark.electron takes settings by name, not {marker.args!r}",
                    pytrace=False,
                )
            options |= marker.kwargs
        wrong = ""
        try:
            Settings.of(**{name: value for name, value in options.items() if name != "script"})
            paths_of(options.get("script", ()))
        except (TypeError, ValueError) as error:
            wrong = str(error)
        if wrong:  # outside of the handler: the report would show both errors
            pytest.fail(f"@pytest.mark.electron: {wrong}", pytrace=False)
        return options

    def _load(self, lane: Lane, path: Path) -> None:
        """Add the steps of a file, which is read once a run unless it changes."""
        from mock_electron.scripts import ScriptError, load

        known = self._item.config.stash.setdefault(SCRIPTS, {})
        changed = path.stat().st_mtime_ns if path.exists() else 0
        wrong = ""
        try:
            if (path, changed) not in known:
                known[path, changed] = load(path)
            for step in known[path, changed]:
                lane.add(step)
        except ScriptError as error:
            wrong = str(error)
        except ValueError as error:  # a tool that this lane has not
            wrong = f"{path}: {error}"
        if wrong:
            pytest.fail(f"the script {path.name} cannot be used:\n{wrong}", pytrace=False)

    def _exchanges(self, electron: Electron, refusals: bool) -> str:
        exchanges = electron.exchanges_so_far
        shown = exchanges[-MOST_SHOWN:]
        left_out = len(exchanges) - len(shown) + exchanges.dropped
        earlier = f"  ({left_out} earlier)\n" if left_out else ""
        seed = electron.settings.seed
        text = f"Exchanges at {electron.url}, seed {seed}:\n{earlier}{lines(shown)}"
        return "\n".join([text, *_refusals(shown)]) if refusals else text

    def _replay(self) -> str:
        """The command that runs this test alone, with the options of this run.

        Its seed is what markers and options say: a lane that the test gives one has it again.
        """
        config = self._item.config
        path = os.path.relpath(self._item.path, config.invocation_params.dir)
        _, *names = self._item.nodeid.split("::")
        given = {name: config.getoption(INI + name) for name in OPTIONS}
        given["seed"] = str(self._seed)
        given["api_keys"] = None  # keys are not for logs
        flags = [as_flag(name, text) for name, text in given.items() if text is not None]
        return shlex.join(["pytest", "::".join([path, *names]), *_ini_flags(config), *flags])


def _ini_flags(config: pytest.Config) -> Iterator[str]:
    """What this run was told about its ini file, which has settings too."""
    for flag, name in (("--config-file", "inifilename"), ("--rootdir", "rootdir")):
        if config.getoption(name):
            yield f"{flag}={config.getoption(name)}"
    for override in config.getoption("override_ini") or ():
        yield f"--override-ini={override}"


def _refusals(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """What a strict lane had to say, in full."""
    for exchange in exchanges:
        if exchange.error is not None and exchange.error.name == errors.NOT_SCRIPTED.name:
            yield f"#{exchange.number}: {exchange.error.message}"


# --- options


def options_of(config: pytest.Config) -> dict[str, Any]:
    """The settings that flags and the ini file give, flags winning."""
    texts = {name: config.getoption(INI + name) or config.getini(INI + name) for name in OPTIONS}
    return {name: _value(name, text) for name, text in texts.items() if text}


def _value(name: str, given: str | list[str]) -> Any:
    text = ",".join(given) if isinstance(given, list) else given
    if name == "script":
        return tuple(filter(None, map(str.strip, text.split(","))))
    return read(name, text)


def check_options(config: pytest.Config) -> None:
    """Raise UsageError for an option that makes no sense, before any test runs."""
    try:
        options = options_of(config)
        options.pop("script", None)
        Settings.of(**options)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"mock-electron: {error}") from error


# --- requests that came too late


def report_late_requests(config: pytest.Config, server: Server) -> None:
    """Make each a warning of the test whose lane it came to."""
    for late in server.late_requests():
        words = f"{late.method} {late.path} came after the test had ended, and got a 410"
        warning = warnings.WarningMessage(
            LateRequestWarning(words), LateRequestWarning, late.owner.partition("::")[0], 0
        )
        config.hook.pytest_warning_recorded.call_historic(
            kwargs={
                "warning_message": warning,
                "when": "runtest",
                "nodeid": late.owner,
                "location": None,
            }
        )
