"""A fake Electron as the contract asks it."""

from mock_electron.contract import Clock, Target
from mock_electron.testing.electron import Electron


def own_target(electron: Electron) -> Target:
    """The fake as a target: on a frozen clock nobody waits for a window of a minute."""
    clock = Clock(electron.clock.now, electron.clock.advance) if electron.clock.frozen else None
    return Target(
        base_url=electron.base_url,
        api_key=electron.api_key,
        clock=clock,
        takes_time=clock is None,
        name="a fake of its own",  # its port is another in every run
    )
