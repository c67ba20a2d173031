"""The contract in the pytest plugin: the target and the run of a ContractSuite."""

from collections.abc import Iterator
from typing import Final

import pytest

from mock_electron.contract import Contract, Target, UnreachableError, cost, discovered, select
from mock_electron.contract.session import Session
from mock_electron.contract.suite import ContractSuite
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.plugin.option_values import options_of
from mock_electron.plugin.options import DIST
from mock_electron.serve.server import Server
from mock_electron.testing.electron import Electron
from mock_electron.testing.target import own_target

TOGETHER: Final = ("loadscope", "loadfile", "loadgroup")
"""The values of `--dist` that keep the tests of a class in one process."""


def open_target(config: pytest.Config, server: Server) -> Target:
    """Open a lane with the settings of the options and the ini file, and return it as a target."""
    options = options_of(config)
    options.pop("script", None)
    lane = Lane(Settings.of(**options))
    return own_target(Electron(lane, server.open_lane(lane)))


def contract_of(
    suite: type[ContractSuite], config: pytest.Config, target: Target
) -> Iterator[Contract]:
    """Yield one run against a target, for all clauses of a class."""
    _check_cost(suite, config, target)
    with Session(_discovered(target)) as session:
        yield Contract(session)


def _discovered(target: Target) -> Target:
    """Return the target with the needs that it reports to meet. Fail if no server answers."""
    if not target.is_loopback:
        return target
    try:
        return discovered(target)
    except UnreachableError as error:
        message = str(error)
    pytest.fail(message, pytrace=False)  # in the handler, the report would show both errors


def _check_cost(suite: type[ContractSuite], config: pytest.Config, target: Target) -> None:
    """Fail before requests cost money without consent, or exceed a plan from several processes."""
    if target.is_loopback:
        return
    run_cost = cost(target, select(suite.only, suite.confidence))
    if not suite.accept_cost:
        pytest.fail(
            f"{run_cost.describe(target)} Set accept_cost = True to allow it.", pytrace=False
        )
    worker = getattr(config, "workerinput", {})
    if worker and worker.get(DIST) not in TOGETHER:
        message = "several processes would exceed the limits of the plan; use --dist loadscope"
        pytest.fail(f"{target.address}: {message}", pytrace=False)
