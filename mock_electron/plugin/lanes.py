"""The lanes of a test. Imported when a test uses a fixture."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, Never, NoReturn

import pytest

from mock_electron.control import open_control
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.step import Step
from mock_electron.engine.setting_kinds import check_by_name
from mock_electron.engine.settings import Settings, check_names
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.checks import boolean, choice
from mock_electron.plugin.cause import Cause
from mock_electron.plugin.late import remember, warn_current_test
from mock_electron.plugin.option_values import options_of, place_of_option, port_of, trace_of
from mock_electron.plugin.options import PORT, TRACE, TRACES
from mock_electron.plugin.report import exchanges_section, replay_command
from mock_electron.plugin.scopes import place_of
from mock_electron.plugin.strays import find_strays
from mock_electron.serve.server import Server
from mock_electron.testing.categories import (
    NO_ANSWER,
    UnansweredWhenWarning,
    warn_about_unanswered,
)
from mock_electron.testing.electron import Electron
from mock_electron.testing.raised import outcome_of
from mock_electron.testing.script_files import add_steps, find_file, script_paths
from mock_electron.testing.strict import strict_problems

TRAVEL: Final = "travel"
OTHERS: Final = ("script", TRAVEL, TRACE)
"""What the marker and `electron_lane` accept in addition to the settings."""
SCRIPTS: Final["pytest.StashKey[dict[tuple[Path, int], tuple[Step, ...]]]"] = pytest.StashKey()
"""The steps of script files, by path and time of the last change."""


class _OpenLane(SuggestsNames):
    """The fixture `electron_lane`: a function that makes fake Electrons.

    Args:
        lanes: The lanes of the test.
    """

    _right_forms: ClassVar[Mapping[str, str]] = {
        name: f"electron_lane().{name}" for name in dir(Electron) if not name.startswith("_")
    }

    def __init__(self, lanes: "TestLanes") -> None:
        self._lanes = lanes

    def __call__(self, *misplaced: Never, **settings: Any) -> Electron:
        """Return a new fake Electron, with these settings of its lane."""
        __tracebackhide__ = True
        return self._lanes.open(*misplaced, **settings)

    def __repr__(self) -> str:
        return "<electron_lane: a function that makes fake Electrons>"


class TestLanes:
    """The lanes of one test.

    Args:
        item: The test.
        server: The server that the lanes belong to.
        name: The name of the lane in its URL, if there is only one. Default: a number.

    Attributes:
        reported: The messages of the failed tests that used these lanes.
    """

    __test__ = False  # pytest must not collect it

    def __init__(self, item: pytest.Item, server: Server, name: str = "") -> None:
        self._item = item
        self._server = server
        self._name = name
        self._electrons: list[Electron] = []
        self._lanes: list[Lane] = []
        self._seed = 0
        self._passed = False
        self.reported: list[str] = []
        self._journeys = ExitStack()
        server.app.lanes.on_late = partial(warn_current_test, item.config)

    def open(self, *misplaced: Never, **settings: Any) -> Electron:
        """Return a new fake Electron.

        Args:
            *misplaced: Nothing: settings are given by name.
            **settings: Settings of its lane, and `travel` for `electron.clock.travel()` until the
                end of the test. They override those of the markers, which override those of the
                options.

        Raises:
            TypeError: If a setting does not exist.
            ValueError: If a setting has a wrong value.
        """
        __tracebackhide__ = True
        check_by_name("electron_lane", misplaced)
        common = options_of(self._item.config) | self._marked()
        common.pop(TRACE, None)  # the trace is one of the test, not of a lane
        self._seed = common.get("seed", self._seed)
        options = common | settings
        try:
            check_names(options, OTHERS)
            scripts = script_paths(options.pop("script", ()))
            travels = boolean(TRAVEL, options.pop(TRAVEL, False))
            lane = Lane(Settings.of(**options))
        except (TypeError, ValueError) as error:
            raise error.with_traceback(None) from None  # show the line of the test only
        folders = (Path.cwd(), self._item.path.parent, self._item.config.rootpath)
        for script in scripts:
            self._load(lane, find_file(script, folders), folders)
        lane.mark_start()
        since = lane.clock._moment().monotonic
        strays = partial(find_strays, self._server.app, lane, since)
        url = self._server.open_lane(lane, self._name)
        electron = Electron(lane, url, folders, strays)
        self._electrons.append(electron)
        self._lanes.append(lane)
        if self._name:
            electron._name = f"electron_{self._name}"
            electron._has_fixed_address = True
        if travels:
            self._journeys.enter_context(lane.clock.travel())
        return electron

    @property
    def trace(self) -> str:
        """For which outcomes a trace is written: what the nearest marker says, or the option."""
        marked = self._marked() if isinstance(self._item, pytest.Item) else {}
        return str(marked.get(TRACE) or trace_of(self._item.config))

    @property
    def electrons(self) -> tuple[Electron, ...]:
        """The fake Electrons that the test has opened."""
        return tuple(self._electrons)

    @property
    def opened(self) -> int:
        """The number of fake Electrons that the test has opened."""
        return len(self._electrons)

    def close(self) -> None:
        """Close the lanes. Requests from now on are late.

        Check a strict test again: its other fixtures may have sent requests in their teardown.
        """
        self._journeys.close()
        remember(self._item)
        for electron in self._electrons:
            self._server.close_lane(electron._url, self._item.nodeid)
        if self._passed:
            self.check()

    def check(self) -> None:
        """Raise what a user function raised to end the test, or fail a strict test with problems.

        In other tests, warn about each `when(…)` without an answer.
        """
        self.raise_outcome()
        for lane in self._lanes:
            problems = strict_problems(lane)
            if problems and not any(problems in text for text in self.reported):
                pytest.fail(problems, pytrace=False)
            if not (self._passed or lane.settings.strict):
                _warn_about_unanswered(lane)
        self._passed = True

    def raise_outcome(self, error: BaseException | None = None) -> None:
        """Raise the exception with which a user function ends the test, if there is one.

        Args:
            error: The exception that the test has raised, if any. It is usually a consequence of
                the 500 that the client got. An exception that ends the whole run is kept.
        """
        __tracebackhide__ = True
        if isinstance(error, KeyboardInterrupt | pytest.exit.Exception):
            return
        for lane in self._lanes:
            outcome = outcome_of(lane, (pytest.exit.Exception,))
            if outcome is not None:
                raise outcome

    def report(self, reason: str, cause: Cause | None) -> str:
        """Return the exchanges of all lanes.

        Args:
            reason: The text of the failure. It may already contain some of them, and the refusals
                of a strict lane.
            cause: The cause of the failure, if it is an exception.
        """
        known = cause or Cause.of(())
        return "\n".join(exchanges_section(one, reason, known) for one in self._electrons)

    def replay(self, item: pytest.Item) -> str:
        """Return the line with the command that runs only a test that uses these lanes."""
        return replay_command(item, self._seed)

    def _marked(self) -> dict[str, Any]:
        """Return the settings of the markers. The nearest marker takes precedence."""
        options: dict[str, Any] = {}
        for marker in reversed(list(self._item.iter_markers("electron"))):
            if marker.args:
                self._fail_at_marker(f" accepts settings by name only, got {marker.args!r}")
            options |= marker.kwargs
        wrong = ""
        try:
            check_names(options, OTHERS)
            Settings.of(**{name: value for name, value in options.items() if name not in OTHERS})
            script_paths(options.get("script", ()))
            boolean(TRAVEL, options.get(TRAVEL, False))
            choice(TRACE, options.get(TRACE, TRACES[0]), TRACES)
        except (TypeError, ValueError) as error:
            wrong = str(error)
        if wrong:  # outside the handler, so that the report shows one error
            self._fail_at_marker(f": {wrong}")
        return options

    def _fail_at_marker(self, words: str) -> NoReturn:
        """Fail with the line of the test, because a marker has no traceback."""
        pytest.fail(f"@pytest.mark.electron{words}{self._place}", pytrace=False)

    @property
    def _place(self) -> str:
        """The line of the test, as the last line of a message; "" for the whole run."""
        return place_of(self._item) if isinstance(self._item, pytest.Item) else ""

    def _load(self, lane: Lane, path: Path, folders: Sequence[Path]) -> None:
        """Add the steps of a file. A file is read once per run unless it changes."""
        from mock_electron.scripts import ScriptError, load

        known = self._item.config.stash.setdefault(SCRIPTS, {})
        changed = path.stat().st_mtime_ns if path.exists() else 0
        wrong = ""
        try:
            if (path, changed) not in known:
                known[path, changed] = load(path, folders)
            add_steps(lane, known[path, changed])
        except ScriptError as error:
            wrong = str(ScriptError(_from_here(path), error.problems))
        except ValueError as error:  # a tool that is not in the setting `tools`
            wrong = f"{_from_here(path)}: {error}"
        if wrong:  # its first line is the reason in the summary
            pytest.fail(f"{wrong}{self._place}", pytrace=False)


def _from_here(path: Path) -> str:
    """Return the path of a file, relative to the current folder if it is inside."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _warn_about_unanswered(lane: Lane) -> None:
    """Warn about each `when(…)` without an answer. A filter can make the test fail instead."""
    wrong = ""
    try:
        warn_about_unanswered(lane)
    except UnansweredWhenWarning:
        places = ", ".join(one.location for one in lane.pending if not one.answered)
        wrong = f"UnansweredWhenWarning: {places}: {NO_ANSWER}"
    if wrong:  # outside the handler, so that the report shows one error
        pytest.fail(wrong, pytrace=False)


def open_server(config: pytest.Config) -> Server:
    """Return the server of all fixtures. Fail if it cannot listen on its port."""
    port = port_of(config)
    try:
        return Server(port=port, control=open_control)
    except OSError as error:
        place = place_of_option(config, PORT)
        message = f"{place}: port {port} cannot be used: {error.strerror}"
    pytest.fail(message, pytrace=False)  # in the handler, the report would show both errors
