"""`WorldControls`: the conditions around a conversation: faults, time and limits."""

from typing import TypedDict, Unpack

from mock_electron.engine.clock import LaneClock
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.faults.writes import Fragment
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import OVERHEAD, Pace, PaceName
from mock_electron.engine.plan import Plan, PlanName
from mock_electron.engine.script.match import Predicate
from mock_electron.inputs.attributes import SuggestsNames, without_result
from mock_electron.inputs.keywords import checked_keywords


class InjectOptions(TypedDict, total=False):
    """Which requests a fault affects. Without any option: the next one.

    Attributes:
        times: At most this many requests.
        every: Every nth request.
        rate: This fraction of the requests, from 0 to 1. The seed and the request decide.
        when: The requests for which this function returns true.
    """

    times: int | None
    every: int | None
    rate: float | None
    when: Predicate | None


class WorldControls(SuggestsNames):
    """Sets the faults, the clock, the pace and the plan of a lane."""

    _lane: Lane

    # --- faults

    @checked_keywords(
        advice="Write inject(faults.Cut(after=3)).",
        several="Call inject() once for each fault.",
    )
    @without_result(
        times="inject(fault, times=2)",
        every="inject(fault, every=2)",
        rate="inject(fault, rate=0.1)",
        when="inject(fault, when=function), or electron.when(…).inject(fault)",
        inject="each fault as its own statement",
    )
    def inject(self, fault: Fault, **options: Unpack[InjectOptions]) -> None:
        """Inject a fault into the next request for which it is possible, or into others.

        Args:
            fault: A fault from `mock_electron.faults`.
            times: Apply it to at most this many requests. Default: 1 if no other option is given.
            every: Apply it to every nth request.
            rate: Apply it to this fraction of the requests, from 0 to 1. The seed and the request
                decide.
            when: Apply it to the requests for which this function returns true.

        Example:
            electron.inject(faults.Cut(after=3))
            electron.inject(faults.Reset(), every=4)
            electron.inject(fail(503), rate=0.1)
        """
        given = {name: value for name, value in options.items() if value is not None}
        self._lane.inject(Injection(fault, **(options if given else {"times": 1})))

    @checked_keywords
    @without_result()
    def fragment(self, size: int | None = None) -> None:
        """Send all later replies in different writes, as proxies split and join them.

        Args:
            size: Bytes per write. Default: varies from 1 to 40.

        Example:
            electron.fragment(size=7)
        """
        self._lane.inject(Injection(Fragment(size)))

    @checked_keywords(advice="Write drift(0.1).")
    @without_result()
    def drift(self, rate: float) -> None:
        """Give this fraction of seeded requests a different reply than their seed normally yields.

        Args:
            rate: The fraction, from 0 to 1.

        Example:
            electron.drift(0.1)
        """
        self._lane.change(drift=rate)

    @checked_keywords
    @without_result()
    def clear_faults(self) -> None:
        """Remove the faults of `inject`, `fragment`, and `fail` with every, rate or when.

        Example:
            electron.clear_faults()
        """
        self._lane.clear_faults()

    # --- time and limits

    @property
    def clock(self) -> LaneClock:
        """The lane's clock, to advance instead of waiting.

        Example:
            electron.clock.advance(60)
        """
        return self._lane.clock

    @checked_keywords(advice="Write pace('electron') or pace(first=0.2, each=0.01).")
    @without_result()
    def pace(
        self,
        name: PaceName | Pace | None = None,
        *,
        first: float = 0.0,
        each: float = 0.0,
        jitter: float = 0.0,
        overhead: float = OVERHEAD,
    ) -> None:
        """Set how fast later replies are sent, by a name or by times.

        Args:
            name: "electron" (174 ms, 5 ms, with jitter), "p95" (300 ms, 5 ms), "instant", or a
                `Pace`.
            first: Seconds to the first token of a prompt of 1,000 uncached tokens.
            each: Seconds between two tokens.
            jitter: The fraction by which each pause may vary, from 0 to 1.
            overhead: Seconds of `first` that do not depend on the prompt.

        Example:
            electron.pace(first=0.174, each=0.005, jitter=0.2)
        """
        pace = Pace(first, each, jitter, overhead)
        if name is not None and pace != Pace():
            raise TypeError("pace() accepts either a name or times, not both")
        self._lane.change(pace=pace if name is None else name)

    @checked_keywords(advice="Write plan('standard') or plan(requests_per_minute=10, in_flight=3).")
    @without_result()
    def plan(
        self,
        name: PlanName | Plan | None = None,
        *,
        requests_per_minute: int | None = None,
        in_flight: int | None = None,
    ) -> None:
        """Set the limits of every API key without its own plan, by a name or by numbers.

        Args:
            name: "standard" (10 requests per minute, 3 in flight), "enterprise" (200, 20),
                "unlimited", or a `Plan`.
            requests_per_minute: Requests within any 60 seconds. Default: no limit.
            in_flight: Requests at the same time. Default: no limit.

        Example:
            electron.plan("standard")
            electron.plan(requests_per_minute=5, in_flight=1)
        """
        plan = Plan(requests_per_minute, in_flight)
        if name is not None and plan != Plan():
            raise TypeError("plan() accepts either a name or numbers, not both")
        self._lane.change(plan=plan if name is None else name)

    @property
    def peak_in_flight(self) -> int:
        """The highest number of requests of one API key that were in flight at the same time."""
        return self._lane.peak_in_flight
