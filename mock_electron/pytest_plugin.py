"""The pytest plugin: the fixture `electron`, a fake Electron that no other test shares.

One server a process, started when the first test asks for it, in a thread, on a free loopback
port. Each test has its own lane in the URL path, so tests, threads and leftovers of earlier tests
never meet. Only pytest and the standard library are imported before that.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mock_electron.engine.settings import Settings
    from mock_electron.serve.electron import Electron
    from mock_electron.serve.server import Server

MARKER = (
    "electron(**settings): the settings of this test's lane, such as seed=7 or sampling='varied'"
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def electron_server() -> "Iterator[Server]":
    """The server behind `electron`: one a process, on a free loopback port."""
    from mock_electron.serve.server import Server

    with Server() as server:
        yield server


@pytest.fixture
def electron(request: pytest.FixtureRequest, electron_server: "Server") -> "Iterator[Electron]":
    """A fake Electron for this test alone.

    It answers at `electron.base_url` with real HTTP, sensibly where nothing is scripted, and
    with what `electron.reply(…)` and `electron.fail(…)` put into its script.
    """
    from mock_electron.engine.lane import Lane
    from mock_electron.serve.electron import Electron

    lane = Lane(_settings(request))
    url = electron_server.open_lane(lane)
    yield Electron(lane, url)
    electron_server.close_lane(url)


def _settings(request: pytest.FixtureRequest) -> "Settings":
    """The settings that the markers give, the nearest winning."""
    from mock_electron.engine.settings import Settings

    options: dict[str, object] = {}
    for marker in reversed(list(request.node.iter_markers("electron"))):
        if marker.args:
            pytest.fail(
                f"@pytest.mark.electron takes settings by name, not {marker.args!r}", pytrace=False
            )
        options |= marker.kwargs
    try:
        return Settings.of(**options)
    except (TypeError, ValueError) as error:
        pytest.fail(f"@pytest.mark.electron: {error}", pytrace=False)
