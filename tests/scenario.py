"""A scenario of a fault search without sockets: a list of requests to a lane."""

from collections.abc import Callable, Sequence
from typing import Any

from lanes import ask
from msgspec import Struct

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.trials.kinds import chosen_kinds
from mock_electron.trials.places import Place, places_of
from mock_electron.trials.plan import Trial, single_trials
from mock_electron.trials.search import Limits, Search

TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
]


class Request(Struct, frozen=True):
    """One request of a scenario.

    Attributes:
        text: The text of the user message.
        stream: Whether it asks for a stream.
        calls: Whether the pocket model has to call a tool.
        usage: Whether a stream has usage.
    """

    text: str = "Hi"
    stream: bool = True
    calls: bool = False
    usage: bool = False

    def send(self, lane: Lane) -> None:
        """Send the request, and read the whole answer."""
        fields: dict[str, Any] = {"stream": self.stream}
        if self.calls:
            fields |= {"tools": TOOLS, "tool_choice": "required"}
        if self.stream and self.usage:
            fields["stream_options"] = {"include_usage": True}
        ask(lane, self.text, **fields)


def exchanges_with(
    requests: Sequence[Request],
    trial: Trial | None = None,
    set_up: Callable[[Lane], object] = lambda _: None,
) -> tuple[Exchange, ...]:
    """Return the exchanges of a scenario in a new lane, with the faults of a trial."""
    lane = Lane()
    set_up(lane)
    for aim in trial.aims if trial else ():
        lane.inject(Injection(aim.fault, times=1, every=aim.every))
    for request in requests:
        request.send(lane)
    return lane.exchanges()


def places(requests: Sequence[Request]) -> tuple[Place, ...]:
    """Return the places of a scenario."""
    return places_of(exchanges_with(requests))


def trials(requests: Sequence[Request], faults: Any = "all") -> tuple[Trial, ...]:
    """Return the trials of a scenario with one fault."""
    return single_trials(places(requests), chosen_kinds(faults), 16.0)


def search(requests: Sequence[Request], **limits: Any) -> Search:
    """Return a search."""
    return Search(places(requests), Limits.of(**limits), None)
