"""A fake Electron as a target of the contract."""

from mock_electron.contract import Clock, Target
from mock_electron.contract.target import BUILT_IN
from mock_electron.testing.electron import Electron


def own_target(electron: Electron) -> Target:
    """Return a fake as a target. With a frozen clock, a run advances it instead of waiting."""
    clock = Clock(electron.clock.now, electron.clock.advance) if electron.clock.frozen else None
    return Target(
        base_url=electron.base_url,
        api_key=electron.api_key,
        clock=clock,
        takes_time=clock is None,
        name=BUILT_IN,
    )
