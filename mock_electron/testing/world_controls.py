"""What surrounds a conversation: what goes wrong, how time goes by, which limits there are."""

from mock_electron.engine.clock import Clock
from mock_electron.engine.faults import Fault, Fragment
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.limits import Plan
from mock_electron.engine.pace import OVERHEAD, Pace
from mock_electron.engine.script.match import Predicate
from mock_electron.inputs.spelling import SuggestsNames, checked_keywords


class WorldControls(SuggestsNames):
    """The faults, the clock, the pace and the plan, as `electron` has them."""

    _lane: Lane

    # --- what goes wrong

    @checked_keywords
    def inject(
        self,
        fault: Fault,
        *,
        times: int | None = None,
        every: int | None = None,
        rate: float | None = None,
        when: Predicate | None = None,
    ) -> None:
        """Let a fault happen to the next request for which it is possible, or to others.

        fault: from `mock_electron.faults`. times: to so many requests. every: to each so-many-th.
        rate: to this share of them, from 0 to 1; the seed and the request decide. when: to those
        for which this function of the request is true. Without any of these: to the next one.

        electron.inject(faults.Cut(after=3))
        electron.inject(faults.Reset(), every=4)
        electron.inject(fail(503), rate=0.1)
        """
        if times is None and every is None and rate is None and when is None:
            times = 1
        self._lane.inject(Injection(fault, times, every, rate, when))

    @checked_keywords
    def fragment(self, size: int | None = None) -> None:
        """Send all replies to come in other writes, as proxies split and join them.

        size: bytes of each write; without it they vary from 1 to 40.

        electron.fragment(size=7)
        """
        self._lane.inject(Injection(Fragment(size)))

    @checked_keywords
    def drift(self, rate: float) -> None:
        """Answer this share of requests with a seed otherwise than the seed has it, from 0 to 1.

        electron.drift(0.1)
        """
        self._lane.change(drift=rate)

    def clear_faults(self) -> None:
        """End what `inject`, `fragment`, and `fail` with every, rate or when have begun.

        electron.clear_faults()
        """
        self._lane.clear_faults()

    # --- time and limits

    @property
    def clock(self) -> Clock:
        """The lane's clock, which is put forward without any waiting.

        electron.clock.advance(60)
        """
        return self._lane.clock

    @checked_keywords
    def pace(
        self,
        name: str | Pace | None = None,
        *,
        first: float = 0.0,
        each: float = 0.0,
        jitter: float = 0.0,
        overhead: float = OVERHEAD,
    ) -> None:
        """Set how fast the replies to come are: by a name, or by times.

        name: "electron" (174 ms, 5 ms, with jitter) or "instant". first: seconds to the first
        token of a prompt of 1,000 fresh tokens. each: seconds between two tokens. jitter: the
        share by which every pause may vary. overhead: the part of `first` that every prompt takes.

        electron.pace(first=0.174, each=0.005, jitter=0.2)
        """
        pace = Pace(first, each, jitter, overhead)
        if name is not None and pace != Pace():
            raise TypeError("pace() takes a name, or times, not both")
        self._lane.change(pace=pace if name is None else name)

    @checked_keywords
    def plan(
        self,
        name: str | Plan | None = None,
        *,
        requests_per_minute: int | None = None,
        in_flight: int | None = None,
    ) -> None:
        """Set the limits of every API key that has no plan of its own: by a name, or by figures.

        name: "standard" (10 requests a minute, 3 in flight), "enterprise" (200, 20) or
        "unlimited". None is no limit.

        electron.plan("standard")
        electron.plan(requests_per_minute=5, in_flight=1)
        """
        plan = Plan(requests_per_minute, in_flight)
        if name is not None and plan != Plan():
            raise TypeError("plan() takes a name, or figures, not both")
        self._lane.change(plan=plan if name is None else name)

    @property
    def peak_in_flight(self) -> int:
        """The highest number of requests of one API key that were in flight at the same time."""
        return self._lane.peak_in_flight
