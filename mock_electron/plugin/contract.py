"""What the pytest plugin does once the contract's tests ask for a fake Electron."""

from collections.abc import Iterator
from typing import Final

import pytest

from mock_electron.contract import Contract, Target, UnreachableError, cost, discovered, select
from mock_electron.contract.session import Session
from mock_electron.contract.suite import ContractSuite
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.plugin.lanes import options_of
from mock_electron.plugin.options import DIST
from mock_electron.serve.server import Server
from mock_electron.testing.electron import Electron
from mock_electron.testing.target import own_target

TOGETHER: Final = ("loadscope", "loadfile", "loadgroup")
"""Ways in which xdist keeps the tests of one class in one process."""


def open_target(config: pytest.Config, server: Server) -> Target:
    """A lane for the contract, with the settings that flags and the ini file give."""
    options = options_of(config)
    options.pop("script", None)
    lane = Lane(Settings.of(**options))
    return own_target(Electron(lane, server.open_lane(lane)))


def contract_of(
    suite: type[ContractSuite], config: pytest.Config, target: Target
) -> Iterator[Contract]:
    """One run against a target, for all clauses of a class."""
    _check_cost(suite, config, target)
    with Session(_discovered(target)) as session:
        yield Contract(session)


def _discovered(target: Target) -> Target:
    """The target with what it gives; where nobody answers, the tests say so in one line."""
    if not target.is_loopback:
        return target
    try:
        return discovered(target)
    except UnreachableError as error:
        words = str(error)
    pytest.fail(words, pytrace=False)  # outside of the handler: the report would show both errors


def _check_cost(suite: type[ContractSuite], config: pytest.Config, target: Target) -> None:
    """Fail before a host that is not this machine is asked unasked, or from several processes."""
    if target.is_loopback:
        return
    uses = cost(target, select(suite.only, suite.confidence))
    if not suite.accept_cost:
        pytest.fail(f"{uses.told(target)} Set accept_cost = True to allow it.", pytrace=False)
    worker = getattr(config, "workerinput", {})
    if worker and worker.get(DIST) not in TOGETHER:
        words = "several processes would exceed the plan's limits: use --dist loadscope"
        pytest.fail(f"{target.address}: {words}", pytrace=False)
