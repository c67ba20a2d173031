"""The clock of another world: it shows the time to which it was set, and waits for nothing."""

from mock_electron.engine.clock import FROZEN_AT, LATEST, LaneClock, Moment


class VirtualClock(LaneClock):
    """A clock that only `show` moves. To a lane it is a frozen clock."""

    def __init__(self) -> None:
        super().__init__("frozen")
        self._shown = FROZEN_AT

    def show(self, time: float) -> None:
        """Set the time, in Unix seconds. A journal may have any; a clock has those from 1970 on."""
        self._shown = min(max(time, 0.0), LATEST)

    def _now(self) -> float:
        return self._shown

    def _moment(self) -> Moment:
        return Moment(self._shown, self._shown)

    def pass_time(self, seconds: float) -> None:
        """Leave the time as it is: a reply takes its time beside those of other requests."""
