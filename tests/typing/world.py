"""The types of addresses, settings, time, limits, `MockElectron` and the fixtures.

This file is not run; see script.py.
"""

from collections.abc import Callable
from pathlib import Path
from typing import assert_type

import pytest

from mock_electron import (
    BadCell,
    Electron,
    Exchanges,
    FaultReport,
    LaneClock,
    MockElectron,
    Pace,
    PaceName,
    Plan,
    PlanName,
    Settings,
    ShadowedStepWarning,
    TrialOutcome,
    TrialRun,
)
from mock_electron.serve.server import Server


def addresses(electron: Electron) -> None:
    """What a client needs."""
    assert_type(electron.url, str)
    assert_type(electron.base_url, str)
    assert_type(electron.api_key, str)
    assert_type(electron.env, dict[str, str])


def settings(electron: Electron) -> None:
    """The current settings, read-only."""
    assert_type(electron.settings, Settings)
    assert_type(electron.settings.seed, int)
    assert_type(electron.settings.plan, PlanName | Plan)
    assert_type(electron.settings.pace, PaceName | Pace)
    assert_type(electron.settings.tools, tuple[str, ...])
    assert_type(Settings(seed=7, plan=Plan(in_flight=3), pace="electron"), Settings)
    assert_type(Settings.of(seed=7), Settings)


def time(electron: Electron) -> None:
    """The clock and the pace."""
    assert_type(electron.clock, LaneClock)
    assert_type(electron.clock.now(), float)
    assert_type(electron.clock.advance(60), None)
    with electron.clock.travel() as nothing:
        assert_type(nothing, None)
    assert_type(electron.pace(), None)
    electron.pace("electron")
    electron.pace(Pace(first=0.174, each=0.005, jitter=0.2, overhead=0.02))
    electron.pace(first=1, each=0.005, jitter=0.2, overhead=0.02)
    assert_type(Pace(first=0.174).to_first_token(fresh_tokens=1000), float)


def limits(electron: Electron) -> None:
    """A plan by name, by value, or by numbers."""
    assert_type(electron.plan(), None)
    electron.plan("standard")
    electron.plan(Plan(requests_per_minute=10, in_flight=None))
    electron.plan(requests_per_minute=5, in_flight=1)
    assert_type(Plan().in_flight, int | None)


async def longer_than_a_test(electron: Electron) -> None:
    """A reset of everything or parts, and waiting in async tests."""
    assert_type(electron.reset(), None)
    electron.reset("script", "exchanges", "faults", "limits", "cache", "clock", "settings")
    assert_type(await electron.settled(), Exchanges)
    with pytest.warns(ShadowedStepWarning), MockElectron(port=8787):
        pass


async def a_fault_search(electron: Electron) -> None:
    """The report of a fault search, and what the user's function gets and returns."""

    def judge(run: TrialRun) -> TrialOutcome | None:
        return "recovered" if run.returned == "Hi!" else None

    report = electron.try_faults(lambda: "Hi!", judge, budget=10, timeout=1)
    assert_type(report, FaultReport)
    assert_type(report.bad[0], BadCell)
    assert_type(report.score, float)
    assert_type(await electron.try_faults_async(lambda: None), FaultReport)


def outside_pytest(folder: Path) -> None:
    """A `with` block gives an Electron."""
    with MockElectron() as electron:
        assert_type(electron, Electron)
    with MockElectron(script="fixtures/weather.yaml", seed=7, strict=True) as electron:
        electron.reply("Hi!")
    with MockElectron(script=[folder / "one.yaml", "two.json"]) as electron:
        electron.reply("Hi!")


async def in_async_code() -> str:
    """An `async with` block gives an Electron too."""
    async with MockElectron(plan="standard") as electron:
        assert_type(electron, Electron)
        return electron.base_url


@pytest.mark.electron(plan="standard", seed=7, strict=True, pace="electron")
def fixtures(
    electron: Electron,
    electron_lane: Callable[..., Electron],
    electron_env: dict[str, str],
    electron_server: Server,
) -> None:
    """The fixtures, as tests annotate them."""
    assert_type(electron_lane(plan="standard"), Electron)
    assert electron_env == electron.env
    assert_type(electron_server.url, str)
