"""The pytest plugin: the fixture `electron`, a fake Electron that no other test shares.

One server a process, started when the first test asks for it, in a thread, on a free loopback
port. Each test has its own lanes in the URL path, so tests, threads and leftovers of earlier tests
never meet. Only pytest and the standard library are imported before that: what needs more is in
`pytest_lanes`.
"""

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from mock_electron.plugin.options import (
    DIST,
    INI,
    LISTS,
    MARKER,
    OPTIONS,
    SWITCHES,
    check_flag,
    flag_of,
    nearest,
    off_flag_of,
)

if TYPE_CHECKING:
    from mock_electron.contract import Contract, Target
    from mock_electron.plugin.lanes import TestLanes
    from mock_electron.serve.server import Server
    from mock_electron.testing.electron import Electron

LANES: Final["pytest.StashKey[TestLanes]"] = pytest.StashKey()
SERVER: Final["pytest.StashKey[Server]"] = pytest.StashKey()


# --- options


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("electron", "mock-electron: the fixture `electron`")
    for name, words in OPTIONS.items():
        if name in LISTS:
            parser.addini(INI + name, words, type="linelist")
        else:
            parser.addini(INI + name, words)
        flag, kept = flag_of(name), INI + name
        if name not in SWITCHES:
            group.addoption(flag, dest=kept, default=None, help=words)
            continue
        off = off_flag_of(name)
        group.addoption(flag, dest=kept, action="store_const", const="true", help=words)
        group.addoption(off, dest=kept, action="store_const", const="false", help="or not")


def pytest_load_initial_conftests(args: list[str]) -> None:
    """A flag that does not exist, with the nearest that does, before pytest calls it unknown."""
    for given in args:
        try:
            check_flag(given)
        except ValueError as error:
            raise pytest.UsageError(str(error)) from error


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    known = [INI + name for name in OPTIONS]
    for name in _ini_options(config):
        if name.startswith(INI) and name not in known:
            raise pytest.UsageError(f"there is no ini option {name}.{nearest(name, known, INI)}")
    if any(config.getoption(name) or config.getini(name) for name in known):
        from mock_electron.plugin.lanes import check_options

        check_options(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist how the tests are spread."""
    node.workerinput[DIST] = node.config.getoption("dist")


def _ini_options(config: pytest.Config) -> list[str]:
    """The names that stand in the ini file: pytest warns of unknown ones, and goes on."""
    for place in ("_inicfg", "inicfg"):  # the public name is deprecated since pytest 9
        if place in vars(config):
            return list(vars(config)[place])
    return []


# --- fixtures


@pytest.fixture(scope="session")
def electron_server(request: pytest.FixtureRequest) -> "Iterator[Server]":
    """The server behind `electron`: one a process, on a free loopback port."""
    from mock_electron.serve.server import Server

    with Server() as server:
        request.config.stash[SERVER] = server
        yield server


@pytest.fixture
def electron_lane(
    request: pytest.FixtureRequest, electron_server: "Server"
) -> "Iterator[Callable[..., Electron]]":
    """Makes fake Electrons, for tests that need several: `electron_lane(plan="standard")`.

    Each has its own address, script and journal. Settings by name; what is not given is as the
    markers and options have it.
    """
    from mock_electron.plugin.lanes import TestLanes

    lanes = request.node.stash[LANES] = TestLanes(request.node, electron_server)
    yield lanes.open
    lanes.close()


@pytest.fixture
def electron(electron_lane: "Callable[..., Electron]") -> "Electron":
    """A fake Electron for this test alone.

    It answers at `electron.base_url` with real HTTP, sensibly where nothing is scripted, and
    with what `electron.reply(…)` and `electron.fail(…)` put into its script.
    """
    return electron_lane()


@pytest.fixture(scope="session")
def electron_target(request: pytest.FixtureRequest, electron_server: "Server") -> "Target":
    """A fake Electron to hold to the contract, with the settings that the options give."""
    from mock_electron.plugin.contract import open_target

    return open_target(request.config, electron_server)


@pytest.fixture(scope="class")
def electron_contract(
    request: pytest.FixtureRequest, electron_target: "Target"
) -> "Iterator[Contract]":
    """A run of the contract, for the tests of a ContractSuite."""
    from mock_electron.plugin.contract import contract_of

    yield from contract_of(request.cls, request.config, electron_target)


@pytest.fixture
def electron_env(electron: "Electron", monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Sets the environment variables that lead a client to `electron`, for code that reads them.

    They are SMALLEST_API_KEY, OPENAI_BASE_URL and OPENAI_API_KEY; the fixture is the dict of them.
    """
    for name, value in electron.env.items():
        monkeypatch.setenv(name, value)
    return electron.env


# --- the end of a test, and its report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A strict test fails at its end, even where its code has swallowed the error."""
    yield
    if LANES in item.stash:
        item.stash[LANES].check()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows its exchanges, and the line that replays it."""
    report = yield
    if report.failed and LANES in item.stash and item.stash[LANES].opened:
        report.sections.append(("electron", item.stash[LANES].report(report.longreprtext)))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Requests that came after their test had ended become warnings of that test."""
    yield
    _report_late_requests(item.config)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    _report_late_requests(session.config)


def _report_late_requests(config: pytest.Config) -> None:
    if SERVER in config.stash and config.stash[SERVER].app.late:
        from mock_electron.plugin.lanes import report_late_requests

        report_late_requests(config, config.stash[SERVER])
