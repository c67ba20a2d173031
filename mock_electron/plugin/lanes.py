"""The lanes of a test, its report, and its options. Imported when a test uses a fixture."""

import os
import shlex
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.engine.script import Step
from mock_electron.engine.setting_kinds import parse_setting
from mock_electron.engine.settings import Settings
from mock_electron.inputs.checks import boolean, whole_number
from mock_electron.plugin.late import remember, warn_at_once
from mock_electron.plugin.options import ALL_OPTIONS, INI, OPTIONS, PORT, as_flag
from mock_electron.plugin.strays import find_strays
from mock_electron.serve.server import LAST_PORT, Server
from mock_electron.testing.categories import (
    NO_ANSWER,
    UnansweredWhenWarning,
    warn_about_unanswered,
)
from mock_electron.testing.electron import Electron, find_file
from mock_electron.testing.failing import NO_CHAT_REQUEST, NO_REQUEST, request_hints
from mock_electron.testing.mock import script_paths
from mock_electron.testing.raised import outcome_of
from mock_electron.testing.scripting import warn_of_shadows
from mock_electron.testing.strict import DID_NOT_FIT, HAD_NO_STEP, strict_problems
from mock_electron.traffic.lines import lines
from mock_electron.wire import errors

MOST_SHOWN: Final = 30
"""The maximum number of exchanges of one lane that the report of a test shows."""
TRAVEL: Final = "travel"
OTHERS: Final = ("script", TRAVEL)
"""What the marker and `electron_lane` accept in addition to the settings."""
SCRIPTS: Final["pytest.StashKey[dict[tuple[Path, int], tuple[Step, ...]]]"] = pytest.StashKey()
"""The steps of script files, by path and time of the last change."""


class TestLanes:
    """The lanes of one test.

    Args:
        item: The test.
        server: The server that the lanes belong to.
        name: The name of the lane in its URL, if there is only one. Default: a number.
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
        self._journeys = ExitStack()
        server.app.on_late = partial(warn_at_once, item.config)

    def open(self, **settings: Any) -> Electron:
        """Return a new fake Electron.

        Args:
            **settings: Settings of its lane, and `travel` for `electron.clock.travel()` until the
                end of the test. They override those of the markers, which override those of the
                options.

        Raises:
            TypeError: If a setting does not exist.
            ValueError: If a setting has a wrong value.
        """
        __tracebackhide__ = True
        common = options_of(self._item.config) | self._marked()
        self._seed = common.get("seed", self._seed)
        options = common | settings
        try:
            scripts = script_paths(options.pop("script", ()))
            travels = boolean(TRAVEL, options.pop(TRAVEL, False))
            lane = Lane(Settings.of(**options))
        except (TypeError, ValueError) as error:
            raise error.with_traceback(None) from None  # show the line of the test only
        folders = (Path.cwd(), self._item.path.parent, self._item.config.rootpath)
        for script in scripts:
            self._load(lane, find_file(script, folders))
        lane.mark_start()
        since = lane.clock.moment().monotonic
        strays = partial(find_strays, self._server.app, lane, since)
        url = self._server.open_lane(lane, self._name)
        electron = Electron(lane, url, folders, strays)
        self._electrons.append(electron)
        self._lanes.append(lane)
        if self._name:
            electron._name = f"electron_{self._name}"
        if travels:
            self._journeys.enter_context(lane.clock.travel())
        return electron

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
            self._server.close_lane(electron.url, self._item.nodeid)
        if self._passed:
            self.check()

    def check(self) -> None:
        """Raise what a user function raised to end the test, or fail a strict test with problems.

        In other tests, warn about each `when(…)` without an answer.
        """
        self.raise_outcome()
        for lane in self._lanes:
            problems = strict_problems(lane)
            if problems:
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

    def report(self, reason: str, *, hints: bool) -> str:
        """Return the exchanges of all lanes.

        Args:
            reason: The text of the failure. It may already contain some of them, and the refusals
                of a strict lane.
            hints: Whether to explain that no request was received.
        """
        return "\n".join(self._exchanges(one, reason, hints=hints) for one in self._electrons)

    def _marked(self) -> dict[str, Any]:
        """Return the settings of the markers. The nearest marker takes precedence."""
        options: dict[str, Any] = {}
        for marker in reversed(list(self._item.iter_markers("electron"))):
            if marker.args:
                self._fail_at_marker(f" accepts settings by name only, got {marker.args!r}")
            options |= marker.kwargs
        wrong = ""
        try:
            Settings.of(**{name: value for name, value in options.items() if name not in OTHERS})
            script_paths(options.get("script", ()))
            boolean(TRAVEL, options.get(TRAVEL, False))
        except (TypeError, ValueError) as error:
            wrong = str(error)
        if wrong:  # outside the handler, so that the report shows one error
            self._fail_at_marker(f": {wrong}")
        return options

    def _fail_at_marker(self, words: str) -> NoReturn:
        """Fail with the line of the test, because a marker has no traceback."""
        file, line, name = self._item.location
        place = f"{file}:{(line or 0) + 1}: in {name}"
        pytest.fail(f"@pytest.mark.electron{words}\n{place}", pytrace=False)

    def _load(self, lane: Lane, path: Path) -> None:
        """Add the steps of a file. A file is read once per run unless it changes."""
        from mock_electron.scripts import ScriptError, load

        known = self._item.config.stash.setdefault(SCRIPTS, {})
        changed = path.stat().st_mtime_ns if path.exists() else 0
        wrong = ""
        try:
            if (path, changed) not in known:
                known[path, changed] = load(path)
            first = len(lane.script())
            for step in known[path, changed]:
                lane.add(step)
            warn_of_shadows(lane.script()[first:])
        except ScriptError as error:
            wrong = str(error)
        except ValueError as error:  # a tool that is not in the setting `tools`
            wrong = f"{path}: {error}"
        if wrong:
            pytest.fail(f"the script {path.name} has errors:\n{wrong}", pytrace=False)

    def _exchanges(self, electron: Electron, reason: str, *, hints: bool) -> str:
        """Return the exchanges of one lane, unless the text of the failure lists them already."""
        exchanges = electron.exchanges_so_far.with_others
        shown = exchanges[-MOST_SHOWN:]
        left_out = len(exchanges) - len(shown) + exchanges.dropped
        earlier = f"  ({left_out} earlier)\n" if left_out else ""
        is_listed = bool(shown) and all(str(exchange) in reason for exchange in shown)
        listed = "  listed above" if is_listed else f"{earlier}{lines(shown)}"
        text = [f"Exchanges at {electron.url}, seed {electron.settings.seed}:", listed]
        is_explained = NO_REQUEST in reason or NO_CHAT_REQUEST in reason
        needs_hints = not is_explained and (hints or electron.exchanges_so_far)
        found = request_hints(electron) if needs_hints else []
        found += _unanswered(electron)
        text += [f"Hint: {hint}" for hint in found if hint not in reason]
        return "\n".join([*text, *([] if _lists_refusals(reason) else _refusals(shown))])

    def replay(self, item: pytest.Item) -> str:
        """Return the line with the command that runs only this test, with the options of this run.

        The seed is that of the markers and options. A lane that sets its own seed sets it again.
        """
        config = item.config
        path = os.path.relpath(item.path, config.invocation_params.dir)
        _, *names = item.nodeid.split("::")
        given = {name: config.getoption(INI + name) for name in ALL_OPTIONS}
        given["seed"] = str(self._seed)
        given["api_keys"] = None  # keys must not appear in logs
        flags = [as_flag(name, text) for name, text in given.items() if text is not None]
        return "Replay: " + shlex.join(
            ["pytest", "::".join([path, *names]), *_ini_flags(config), *flags]
        )


def _ini_flags(config: pytest.Config) -> Iterator[str]:
    """Yield the flags that select or override the ini file, which contains settings too."""
    for flag, name in (("--config-file", "inifilename"), ("--rootdir", "rootdir")):
        if config.getoption(name):
            yield f"{flag}={config.getoption(name)}"
    for override in config.getoption("override_ini") or ():
        yield f"--override-ini={override}"


def _unanswered(electron: Electron) -> list[str]:
    """Return a line for each `when(…)` without an answer."""
    pending = electron._lane.pending
    return [f"{one.location}: {NO_ANSWER}" for one in pending if not one.answered]


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


def _lists_refusals(reason: str) -> bool:
    """Return whether the text of a failure already has the messages of the refusals."""
    return HAD_NO_STEP in reason or DID_NOT_FIT in reason


def _refusals(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """Yield the complete messages of a strict lane's refusals."""
    for exchange in exchanges:
        if exchange.error is not None and exchange.error.name == errors.NOT_SCRIPTED.name:
            yield f"#{exchange.number}: {exchange.error.message}"


# --- options


def options_of(config: pytest.Config) -> dict[str, Any]:
    """Return the settings from flags and the ini file. Flags take precedence."""
    texts = {name: _text(config, name) for name in OPTIONS}
    return {name: _value(name, text) for name, text in texts.items() if text}


def port_of(config: pytest.Config) -> int:
    """Return the port of the server from the flag or the ini file; 0 for a free one.

    Each worker of pytest-xdist has its own.

    Raises:
        ValueError: If it is not a port.
    """
    text = str(_text(config, PORT) or 0)
    port = whole_number(INI + PORT, int(text) if text.isdecimal() else text, 0, LAST_PORT)
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    return port and whole_number(INI + PORT, port + int(worker.removeprefix("gw")), 0, LAST_PORT)


def open_server(config: pytest.Config) -> Server:
    """Return the server of all fixtures. Fail if it cannot listen on its port."""
    port = port_of(config)
    try:
        return Server(port=port)
    except OSError as error:
        message = f"{INI}{PORT} {port} cannot be used: {error.strerror}"
    pytest.fail(message, pytrace=False)  # in the handler, the report would show both errors


def _text(config: pytest.Config, name: str) -> Any:
    return config.getoption(INI + name) or config.getini(INI + name)


def _value(name: str, given: str | list[str]) -> Any:
    text = ",".join(given) if isinstance(given, list) else given
    if name == "script":
        return tuple(filter(None, map(str.strip, text.split(","))))
    return parse_setting(name, text)


def check_options(config: pytest.Config) -> None:
    """Raise UsageError for a wrong option before any test runs."""
    try:
        options = options_of(config)
        options.pop("script", None)
        Settings.of(**options)
        port_of(config)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"mock-electron: {error}") from error
