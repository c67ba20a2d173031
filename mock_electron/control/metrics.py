"""`/metrics`: what the lanes have answered, for Prometheus. It needs the extra `metrics`."""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control.context import control_of
from mock_electron.control.refused import Refused
from mock_electron.control.tallies import BOUNDS, Tallies
from mock_electron.inputs.extras import require
from mock_electron.serve.lanes import Lanes

if TYPE_CHECKING:
    from prometheus_client import Metric

PREFIX: Final = "mock_electron"
SINCE: Final = (
    "Counted since the server started, without what a journal had dropped before the first scrape."
)
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


async def get_metrics(request: Request) -> Response:
    """Return counts of what was answered since the server started, as Prometheus text.

    A reset or a closed lane does not lower a count. What a journal had dropped before the first
    call is not counted.
    """
    try:
        require("prometheus_client", extra="metrics", used_by=request.url.path)
    except ImportError as error:
        raise Refused(str(error), 501) from None
    control = control_of(request)
    control.tallies.begin()
    return await anyio.to_thread.run_sync(_exposed, control.tallies, control.lanes.all)


def _exposed(tallies: Tallies, lanes: Lanes) -> Response:
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.registry import Collector

    class Counts(Collector):
        def collect(self) -> Iterator["Metric"]:
            return _families(tallies, lanes)

    registry = CollectorRegistry()
    registry.register(Counts())
    tallies.count()
    with tallies.lock:
        return Response(generate_latest(registry), media_type=MEDIA_TYPE)


def _families(tallies: Tallies, lanes: Lanes) -> Iterator["Metric"]:
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )

    for name, words, labels, counts in _labelled(tallies):
        family = CounterMetricFamily(f"{PREFIX}_{name}", f"{words} {SINCE}", labels=labels)
        for values, count in sorted(counts.items()):
            family.add_metric(tuple(map(str, values)), count)
        yield family
    open_lanes = (lanes.default, *lanes.open.values())
    in_flight = sum(lane.journal.number_in_flight for lane in open_lanes)
    yield CounterMetricFamily(
        f"{PREFIX}_completion_tokens", f"Tokens of replies. {SINCE}", tallies.completion_tokens
    )
    yield CounterMetricFamily(f"{PREFIX}_chunks", f"Chunks that were sent. {SINCE}", tallies.chunks)
    yield GaugeMetricFamily(f"{PREFIX}_in_flight", "Requests in flight.", in_flight)
    yield GaugeMetricFamily(f"{PREFIX}_lanes", "Open lanes.", len(open_lanes))
    yield HistogramMetricFamily(
        f"{PREFIX}_time_to_first_chunk_seconds",
        f"Seconds from a request to its first chunk, by the clock of its lane. {SINCE}",
        buckets=_buckets(tallies),
        sum_value=tallies.waited,
    )


def _labelled(
    tallies: Tallies,
) -> Iterator[tuple[str, str, tuple[str, ...], Mapping[Any, int]]]:
    """Yield the counters with labels: name, meaning, labels, and counts by the values of these."""
    yield (
        "requests",
        "Finished requests. Status 0 means that no response was sent.",
        ("status", "answered_by", "step"),
        tallies.requests,
    )
    yield (
        "rejections",
        "Requests that the gateway refused, by the name of the error.",
        ("status", "error"),
        tallies.rejections,
    )
    yield (
        "prompt_tokens",
        "Tokens of prompts, fresh or cached.",
        ("source",),
        {(source,): count for source, count in tallies.tokens.items()},
    )


def _buckets(tallies: Tallies) -> list[tuple[str, float]]:
    """Return how many waits were at most as long as each bound."""
    counts = accumulate(tallies.first_chunks[bound] for bound in BOUNDS)
    shown = ["+Inf" if bound == inf else str(bound) for bound in BOUNDS]
    return list(zip(shown, counts, strict=True))
