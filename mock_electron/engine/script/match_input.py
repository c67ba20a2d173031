"""`MatchInput`: a request, its headers and its API key, as conditions read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mock_electron.wire.headers import Headers, headers_by_name
from mock_electron.wire.request import ChatRequest, Message


def turn_of(request: ChatRequest) -> int:
    """Return the number of assistant messages so far, plus one."""
    return sum(message.role == "assistant" for message in request.messages) + 1


@dataclass(frozen=True)
class MatchInput:
    """What conditions compare.

    Attributes:
        request: The request.
        raw_headers: Its headers as received.
        api_key: Its API key; "" without a key.
    """

    request: ChatRequest
    raw_headers: Headers
    api_key: str

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers by lowercase name."""
        return headers_by_name(self.raw_headers)

    @cached_property
    def latest(self) -> Message | None:
        """The message that the reply answers: the latest user message or tool result."""
        answered = (m for m in reversed(self.request.messages) if m.role in ("user", "tool"))
        return next(answered, None)

    @cached_property
    def result(self) -> Message | None:
        """The tool result that the reply answers; None if it answers the user."""
        latest = self.latest
        return latest if latest is not None and latest.role == "tool" else None

    @cached_property
    def answered_tool(self) -> str | None:
        """The name of the tool whose result the reply answers; None if its call is unknown."""
        if self.result is None:
            return None
        calls = (call for m in reversed(self.request.messages) for call in m.tool_calls)
        return next((call.name for call in calls if call.id == self.result.tool_call_id), None)

    def last(self, role: str) -> str | None:
        """Return the text of the last message with a role, or None."""
        texts = (m.content or "" for m in reversed(self.request.messages) if m.role == role)
        return next(texts, None)
