"""What a match looks at: a request, and what came with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mock_electron.wire.headers import Headers, headers_by_name
from mock_electron.wire.request import ChatRequest, Message


def turn_of(request: ChatRequest) -> int:
    """The number of assistant messages so far, and one more."""
    return sum(message.role == "assistant" for message in request.messages) + 1


@dataclass(frozen=True)
class MatchInput:
    """What a match looks at: the request, its headers as they came, and its API key."""

    request: ChatRequest
    raw_headers: Headers
    api_key: str

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers by their names in small letters."""
        return headers_by_name(self.raw_headers)

    @cached_property
    def newest(self) -> Message | None:
        """The last message of the user or of a tool: what is to be answered."""
        spoken = (m for m in reversed(self.request.messages) if m.role in ("user", "tool"))
        return next(spoken, None)

    @cached_property
    def result(self) -> Message | None:
        """The result that is to be answered; None where it is the user."""
        newest = self.newest
        return newest if newest is not None and newest.role == "tool" else None

    @cached_property
    def answered_tool(self) -> str | None:
        """The tool that the result is of."""
        if self.result is None:
            return None
        made = (call for m in reversed(self.request.messages) for call in m.tool_calls)
        return next((call.name for call in made if call.id == self.result.tool_call_id), None)

    def last(self, role: str) -> str | None:
        """The text of the last message of a role."""
        said = (m.content or "" for m in reversed(self.request.messages) if m.role == role)
        return next(said, None)
