"""`MockElectron`: a fake Electron with its own server, for use outside pytest."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Never, Unpack

import anyio.to_thread

from mock_electron.control import open_control
from mock_electron.engine.lane import Lane
from mock_electron.engine.setting_kinds import check_by_name
from mock_electron.engine.settings import Options, Settings, check_names
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.checks import whole_number
from mock_electron.serve.server import LAST_PORT, Server
from mock_electron.testing import right_forms
from mock_electron.testing.categories import warn_about_unanswered
from mock_electron.testing.electron import Electron
from mock_electron.testing.raised import outcome_of
from mock_electron.testing.script_files import script_paths


class _Entered(type):
    """The type of `MockElectron`: `with MockElectron:` raises an error with the right form."""

    if not TYPE_CHECKING:

        def __enter__(cls) -> Never:
            __tracebackhide__ = True
            raise TypeError("the call is missing; write `with MockElectron() as electron:`")

        def __exit__(cls, *_: object) -> None: ...

        async def __aenter__(cls) -> Never:
            raise TypeError("the call is missing; write `async with MockElectron() as electron:`")

        async def __aexit__(cls, *_: object) -> None: ...


def _server_at(lane: Lane, port: int) -> Server:
    """Return a server. The OSError for a port that cannot be used names the port."""
    if not port:
        return Server(lane, control=open_control)
    try:
        return Server(lane, port=port, control=open_control)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        advice = f"port {port} cannot be used: {reason}; use `port=0` for a free one"
        raise OSError(error.errno, advice) from None


class MockElectron(SuggestsNames, metaclass=_Entered):
    """A context manager, sync or async, that runs a fake Electron.

    With the setting `strict`, the end of the block asserts what a strict test asserts at its end.
    If a user function raised an AssertionError, or an exception that is not an `Exception`, such as
    that of `pytest.fail()`, the end of the block raises it again.

    Args:
        *misplaced: Nothing: settings are given by name.
        script: The path of a script file, or several.
        port: The port to listen on, for an application that is started once. Default: a free one.
        **settings: The settings of the lane; see docs/settings.md.

    Raises:
        TypeError: If a setting does not exist.
        ValueError: If a setting has a wrong value.
        ScriptError: If a script file has errors.
        OSError: If the port cannot be used. The message names it.

    Example:
        with MockElectron(seed=7) as electron:
            electron.reply("Hi!")
            client = OpenAI(base_url=electron.base_url, api_key=electron.api_key)

        async with MockElectron() as electron:
            ...
    """

    _set_forms = right_forms.SET_ON_ELECTRON

    def __init__(
        self,
        *misplaced: Never,
        script: str | Path | Sequence[str | Path] = (),
        port: int = 0,
        **settings: Unpack[Options],
    ) -> None:
        check_by_name("MockElectron", misplaced)
        check_names(settings, ("script", "port"))
        self._scripts = script_paths(script)
        self._port = whole_number("port", port, 0, LAST_PORT)
        self._lane = Lane(Settings.of(**settings))
        self._server: Server | None = None
        self._electron: Electron | None = None

    def __enter__(self) -> Electron:
        if self._server is not None:
            raise RuntimeError("a MockElectron can be entered only once; create a new one")
        self._server = _server_at(self._lane, self._port)
        self._electron = Electron(self._lane, self._server.url)
        self._electron._has_fixed_address = bool(self._port)
        try:
            for script in self._scripts:
                self._electron.load(script)
            self._lane.mark_start()
            self._server.start()
        except BaseException:
            self._server.stop()
            raise
        return self._electron

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True
        assert self._server is not None
        assert self._electron is not None
        self._server.stop()
        outcome = None if isinstance(error, KeyboardInterrupt) else outcome_of(self._lane)
        if outcome is not None:
            raise outcome
        if error is None:
            self._electron.assert_strict()
            if not self._lane.settings.strict:
                warn_about_unanswered(self._lane)

    def __repr__(self) -> str:
        return f"<MockElectron: {'not entered' if self._electron is None else self._electron}>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            __tracebackhide__ = True
            is_public = not name.startswith("_") and name in dir(Electron)
            hint = "; use `with MockElectron() as electron:`" if is_public else ""
            message = f"'MockElectron' object has no attribute {name!r}{hint}"
            raise AttributeError(message, name=name)

    async def __aenter__(self) -> Electron:
        return await anyio.to_thread.run_sync(self.__enter__)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with anyio.CancelScope(shield=True):  # stop the server even if the task is cancelled
            await anyio.to_thread.run_sync(self.__exit__, kind, error, traceback)
