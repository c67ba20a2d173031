"""Where the plugin keeps the server and the lanes: in the stash of the run, and of each test."""

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from mock_electron.plugin.lanes import TestLanes
    from mock_electron.serve.server import Server

LANES: Final["pytest.StashKey[TestLanes]"] = pytest.StashKey()
SESSION: Final["pytest.StashKey[TestLanes]"] = pytest.StashKey()
SERVER: Final["pytest.StashKey[Server]"] = pytest.StashKey()
