"""The pytest plugin: the fixture `electron`, a fake Electron that no other test shares.

One server per process starts in a thread, on a free loopback port, when a test first uses a
fixture. Each test has its own lanes in the URL path, so that concurrent tests, and late requests of
earlier tests, do not affect it. Until a fixture is used, only the table of settings is imported.
"""

from collections.abc import Callable, Generator, Iterator
from copy import copy
from typing import TYPE_CHECKING, Any, Final

import pytest

from mock_electron.plugin.audit_hooks import AuditHooks
from mock_electron.plugin.options import (
    ALL_OPTIONS,
    AUDIT,
    AUDIT_MARKER_LINE,
    DIST,
    INI,
    LISTS,
    MARKER,
    ON,
    SWITCHES,
    check_flag,
    check_ini_options,
    flag_of,
    off_flag_of,
)
from mock_electron.plugin.stashed import LANES, SERVER, SESSION

if TYPE_CHECKING:
    from mock_electron.contract import Contract, Target
    from mock_electron.plugin.lanes import TestLanes
    from mock_electron.serve.server import Server
    from mock_electron.testing.electron import Electron

AT_MARKER: Final = "@pytest.mark.electron"  # the beginning of all messages about the marker
SERVER_FIXTURE: Final = "electron_server"


# --- options


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add a flag and an ini option for each setting."""
    group = parser.getgroup("electron", "mock-electron: the fixture `electron`")
    for name, description in ALL_OPTIONS.items():
        if name in LISTS:
            parser.addini(INI + name, description, type="linelist")
        else:
            parser.addini(INI + name, description)
        flag, dest = flag_of(name), INI + name
        if name not in SWITCHES:
            optional: Any = {"nargs": "?", "const": ON} if name == AUDIT else {}
            group.addoption(flag, dest=dest, default=None, help=description, **optional)
            continue
        off = off_flag_of(name)
        group.addoption(flag, dest=dest, action="store_const", const="true", help=description)
        group.addoption(
            off, dest=dest, action="store_const", const="false", help=f"Turn off {flag}."
        )


def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> None:
    """Reject an unknown flag of this plugin, and suggest the nearest one, before pytest does.

    The value of `--electron-audit` is optional: without one, what follows is no value but a path.
    """
    flag = flag_of(AUDIT)
    if flag in args:
        args[:] = [f"{flag}={ON}" if given == flag else given for given in args]
        options = copy(early_config.option)
        early_config.known_args_namespace = parser.parse_known_args(args, options)
    for given in args:
        try:
            check_flag(given)
        except ValueError as error:
            raise pytest.UsageError(str(error)) from error


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and check the options before any test runs."""
    config.addinivalue_line("markers", MARKER)
    config.addinivalue_line("markers", AUDIT_MARKER_LINE)
    try:
        check_ini_options(_ini_options(config))
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    names = [INI + name for name in ALL_OPTIONS]
    if any(config.getoption(name) or config.getini(name) for name in names):
        from mock_electron.plugin.option_values import check_options

        check_options(config)
    config.pluginmanager.register(AuditHooks(config), "electron_audit")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the value of `--dist` to a worker of pytest-xdist."""
    node.workerinput[DIST] = node.config.getoption("dist")


def _ini_options(config: pytest.Config) -> list[str]:
    """Return the names in the ini file. pytest only warns about unknown ones."""
    for attribute in ("_inicfg", "inicfg"):  # the public name is deprecated since pytest 9
        if attribute in vars(config):
            return list(vars(config)[attribute])
    return []


# --- fixtures


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: "pytest.FixtureDef[Any]", request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """Forget a failed start of the server, so that the next test tries again.

    The cause may affect one test only, such as a marker that disables sockets.
    """
    __tracebackhide__ = True
    try:
        return (yield)
    except BaseException:
        if fixturedef.argname == SERVER_FIXTURE:
            fixturedef.finish(request)  # type: ignore[arg-type]  # a SubRequest
        raise


@pytest.fixture(scope="session")
def electron_server(request: pytest.FixtureRequest) -> "Iterator[Server]":
    """The server of all `electron` fixtures: one per process, on a free loopback port."""
    from mock_electron.plugin.lanes import open_server
    from mock_electron.testing.interceptors import explaining_blocked_sockets

    with explaining_blocked_sockets():
        started = open_server(request.config)
    with started as server:
        request.config.stash[SERVER] = server
        yield server


@pytest.fixture
def electron_lane(
    request: pytest.FixtureRequest, electron_server: "Server"
) -> "Iterator[Callable[..., Electron]]":
    """A function that makes fake Electrons: `electron_lane(plan="standard")`.

    Each has its own address, script and journal. Settings that are not given come from the markers
    and options.
    """
    from mock_electron.plugin.lanes import TestLanes, _OpenLane

    lanes = request.node.stash[LANES] = TestLanes(request.node, electron_server)
    yield _OpenLane(lanes)
    lanes.close()


@pytest.fixture
def electron(electron_lane: "Callable[..., Electron]") -> "Electron":
    """A fake Electron for this test alone.

    It serves real HTTP at `electron.base_url`. `electron.reply(…)` and `electron.fail(…)` script
    its answers; the pocket model answers everything else.
    """
    return electron_lane()


@pytest.fixture(scope="session")
def electron_session(
    request: pytest.FixtureRequest, electron_server: "Server"
) -> "Iterator[Electron]":
    """A fake Electron for the whole run, for applications that are started once.

    Its address ends with `/lanes/session` in every run. Its settings come from the options.
    `electron_session.reset()` resets it between two tests.
    """
    from mock_electron.plugin.lanes import TestLanes

    lanes = request.config.stash[SESSION] = TestLanes(request.node, electron_server, "session")
    yield lanes.open()
    try:
        lanes.check()
    finally:
        lanes.close()


@pytest.fixture(scope="session")
def electron_target(request: pytest.FixtureRequest, electron_server: "Server") -> "Target":
    """The fake Electron that the contract checks, with the settings from the options."""
    from mock_electron.plugin.contract import open_target

    return open_target(request.config, electron_server)


@pytest.fixture(scope="class")
def electron_contract(
    request: pytest.FixtureRequest, electron_target: "Target"
) -> "Iterator[Contract]":
    """One run of the contract, shared by the tests of a ContractSuite."""
    from mock_electron.plugin.contract import contract_of

    yield from contract_of(request.cls, request.config, electron_target)


@pytest.fixture
def electron_env(electron: "Electron", monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set the environment variables that point a client at `electron`, and return them.

    They are SMALLEST_API_KEY, OPENAI_BASE_URL and OPENAI_API_KEY, NO_PROXY with the names of this
    machine, and MOCK_ELECTRON_URL and others for the control API.
    """
    for name, value in electron.env.items():
        monkeypatch.setenv(name, value)
    return electron.env


# --- the end of a test, and its report


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    """List the attributes in which two values of this package differ."""
    kind = type(left)
    if op != "==" or kind is not type(right) or not kind.__module__.startswith("mock_electron."):
        return None
    from mock_electron.plugin.compare import differences

    return differences(left, right, config.getoption("verbose"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test whose marker has no effect. Its fixtures may ask for `electron` by name."""
    yield
    if LANES not in item.stash and item.get_closest_marker("electron"):
        from mock_electron.plugin.scopes import check_marker

        check_marker(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a strict test at its end, even if the code under test swallowed the error.

    If a user function called `pytest.fail()` or `pytest.skip()`, the test has that outcome.
    """
    __tracebackhide__ = True
    try:
        yield
    except BaseException as error:
        if LANES in item.stash:
            item.stash[LANES].raise_outcome(error)
        raise
    if LANES in item.stash:
        item.stash[LANES].check()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the exchanges of a failed test to its report, and the command that replays it."""
    unittest_errors = getattr(item, "_excinfo", None) or ()
    infos = list(filter(None, (call.excinfo, *unittest_errors)))
    cause = None
    if infos:
        from mock_electron.plugin.cause import Cause

        cause = Cause.of(infos, getattr(item, "obj", None))
    for info in infos:
        if not item.config.getoption("fulltrace"):
            from mock_electron.plugin.frames import hide_frames

            hide_frames(info.value)
            if info.value.__traceback__ is not None:  # pytest has cached the one with all frames
                raised = (type(info.value), info.value, info.value.__traceback__)
                info.traceback = pytest.ExceptionInfo.from_exc_info(raised).traceback
    report = yield
    _trace(item, report)
    reason = report.longreprtext if report.failed else ""
    if not report.failed or reason.startswith(AT_MARKER):
        return report
    sections: dict[str, TestLanes] = {}
    if LANES in item.stash and item.stash[LANES].opened:
        sections["electron"] = item.stash[LANES]
    if SESSION in item.config.stash and "electron_session" in getattr(item, "fixturenames", ()):
        sections["electron_session"] = item.config.stash[SESSION]
        item.config.stash[SESSION].reported += [str(info.value) for info in infos]
    for number, (name, lanes) in enumerate(sections.items()):
        replay = "" if number else f"\n{lanes.replay(item)}"  # once is enough
        report.sections.append((name, lanes.report(reason, cause) + replay))
    if "ScopeMismatch" in reason:
        from mock_electron.plugin.scopes import scope_hint

        report.sections += scope_hint(item, reason)
    return report


def _trace(item: pytest.Item, report: pytest.TestReport) -> None:
    """Write the trace of a test if it is asked for: after its last line, or when it fails."""
    if LANES not in item.stash or not item.stash[LANES].opened:
        return
    lanes = item.stash[LANES]
    is_over = report.failed or report.when == "call"
    if is_over and (lanes.trace == "on" or (report.failed and lanes.trace != "off")):
        from mock_electron.plugin.trace import add_trace

        add_trace(item, report, lanes.electrons)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Report late requests as warnings of the test that they belong to."""
    yield
    errors = _report_late_requests(item.config)
    if errors:
        pytest.fail("\n".join(errors), pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Report the late requests of the last test."""
    for error in _report_late_requests(session.config):
        print(f"\nERROR {error}")  # noqa: T201 (no test can report it any more)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _report_late_requests(config: pytest.Config) -> list[str]:
    """Report late requests, and return the warnings that a filter turns into errors."""
    if SERVER not in config.stash or not config.stash[SERVER].app.lanes.late:
        return []
    from mock_electron.plugin.late import report_late_requests

    return report_late_requests(config, config.stash[SERVER])
