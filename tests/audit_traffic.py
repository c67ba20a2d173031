"""Journals for the tests of the audit: requests without sockets, at times that the test chooses."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from mock_electron.audit import Audit, audit
from mock_electron.audit.finding import Verdict
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import LaneClock, Moment
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.settings import Settings
from mock_electron.traffic.exchanges import Exchanges, exchanges_of

CHAT = "/waves/v1/chat/completions"
START = 1_740_000_000.0
Messages = Sequence[Mapping[str, Any]]


class SetClock(LaneClock):
    """A real clock that shows the time that a test sets, in seconds since the start."""

    def __init__(self) -> None:
        super().__init__("real")
        self._seconds = 0.0

    @property
    def seconds(self) -> float:
        """The seconds since the start."""
        return self._seconds

    def show(self, seconds: float) -> None:
        """Set the clock."""
        self._seconds = seconds

    def _now(self) -> float:
        return START + self._seconds

    def _moment(self) -> Moment:
        return Moment(START + self._seconds, self._seconds)


class InFlight:
    """A request whose answer has not ended.

    Attributes:
        answer: The answer.
    """

    def __init__(self, traffic: "Traffic", answer: AnyAnswer) -> None:
        self._traffic = traffic
        self.answer = answer

    def end(self, at: float | None = None, *, sent: int | None = None) -> dict[str, Any]:
        """End the answer, and return the reply as an assistant's message.

        Args:
            at: The time of its end. Default: now.
            sent: The number of chunks that were sent before the client left. Default: all.
        """
        self._traffic.at(at)
        frames = len(self.answer.frames) if sent is None else sent
        self._traffic.lane.close(self.answer, frames)
        return self._traffic.said()


class Traffic:
    """A lane with a clock that the test sets.

    Args:
        **settings: The settings of the lane.

    Attributes:
        lane: The lane.
        clock: Its clock.
    """

    def __init__(self, **settings: Any) -> None:
        self.lane = Lane(Settings(**{"clock": "real", **settings}))
        self.clock = SetClock()
        if self.lane.settings.clock == "real":
            self.lane.clock = self.clock

    def at(self, seconds: float | None) -> None:
        """Set the clock, in seconds since the start. It is not set back."""
        if seconds is not None:
            assert seconds >= self.clock.seconds
            self.clock.show(seconds)

    def start(
        self,
        messages: str | Messages = "Hi",
        *,
        at: float | None = None,
        key: str = "sk_mock",
        headers: Mapping[str, str] | None = None,
        faults: str = "",
        body: bytes | None = None,
        connection: int | None = None,
        **fields: Any,
    ) -> InFlight:
        """Send a request.

        Args:
            messages: The messages, or the text of the only one.
            at: The time of its arrival. Default: now.
            key: The API key.
            headers: More headers.
            faults: The header `X-Mock-Electron`.
            body: The whole body, instead of messages and fields.
            connection: The number of its connection.
            **fields: More fields of the body.
        """
        self.at(at)
        listed = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
        written = json.dumps({"model": "electron", "messages": listed, **fields}).encode()
        raw = [(name.lower().encode(), text.encode()) for name, text in (headers or {}).items()]
        arrival = Arrival(
            "POST",
            CHAT,
            f"Bearer {key}",
            "application/json",
            written if body is None else body,
            fault_header=faults,
            headers=tuple(raw),
        )
        return InFlight(self, self.lane.open(arrival, connection=connection))

    def ask(
        self,
        messages: str | Messages = "Hi",
        *,
        at: float | None = None,
        takes: float = 0.0,
        sent: int | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """Send a request, and end its answer. Return the reply as an assistant's message.

        Args:
            messages: The messages, or the text of the only one.
            at: The time of its arrival. Default: now.
            takes: Seconds until the end of the answer.
            sent: The number of chunks that were sent before the client left. Default: all.
            **fields: Those of `start`.
        """
        flight = self.start(messages, at=at, **fields)
        return flight.end(self.clock.seconds + takes, sent=sent)

    def said(self) -> dict[str, Any]:
        """Return the latest reply as an assistant's message; {} if there is none."""
        reply = self.lane.peek()[-1].reply
        if reply is None:
            return {}
        calls = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in reply.tool_calls
        ]
        message = {"role": "assistant", "content": reply.content}
        return message | ({"tool_calls": calls} if calls else {})

    @property
    def exchanges(self) -> Exchanges:
        """The exchanges, as a test or a file has them."""
        lane = self.lane
        return exchanges_of(lane.peek(), lane.journal.dropped, "http://mock", lane.settings)

    def audit(self, **options: Any) -> Audit:
        """Return the audit of the exchanges."""
        return audit(self.exchanges, **options)

    def verdict(self, rule: str, **options: Any) -> Verdict:
        """Return what a rule says of the exchanges."""
        return self.audit(**options).verdicts[rule]

    def without_times(self) -> Exchanges:
        """Return the exchanges without the times of the monotonic clock, as a file has them."""
        every = [replace(one, monotonic=type(one.monotonic)(*[None] * 4)) for one in self.exchanges]
        return exchanges_of(every, 0, "", self.lane.settings)


def system(text: str) -> dict[str, str]:
    """Return a system message."""
    return {"role": "system", "content": text}


def user(text: str) -> dict[str, str]:
    """Return a user's message."""
    return {"role": "user", "content": text}


def result(call_id: str, content: str = "31") -> dict[str, str]:
    """Return the result of a tool."""
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def tool(name: str = "get_weather", description: str = "Return the weather.") -> dict[str, Any]:
    """Return a tool with one required text."""
    parameters = {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    }
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}
