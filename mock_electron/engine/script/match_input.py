"""`MatchInput`: a request, its headers and its API key, as conditions read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mock_electron.engine.script.searches import Searches
from mock_electron.wire.headers import Headers, headers_by_name
from mock_electron.wire.request import ChatRequest, Message


def turn_of(request: ChatRequest) -> int:
    """Return the number of assistant messages so far, plus one."""
    return sum(message.role == "assistant" for message in request.messages) + 1


def user_turn_of(request: ChatRequest) -> int:
    """Return the number of user messages so far."""
    return sum(message.role == "user" for message in request.messages)


@dataclass(frozen=True)
class MatchInput:
    """What conditions compare.

    Attributes:
        request: The request.
        raw_headers: Its headers as received.
        api_key: Its API key; "" without a key.
        attempt: The number of the attempt, from 1; see `mock_electron.engine.attempts`.
    """

    request: ChatRequest
    raw_headers: Headers
    api_key: str
    attempt: int = 1

    @cached_property
    def searches(self) -> Searches:
        """The searches for texts, which share one budget of work."""
        return Searches()

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers by lowercase name."""
        return headers_by_name(self.raw_headers)

    @cached_property
    def tail(self) -> tuple[Message, ...]:
        """The messages after the last assistant message."""
        return self.request.messages[self._answered :]

    @cached_property
    def results(self) -> tuple[Message, ...]:
        """The tool results that the reply answers: those after the last assistant message."""
        return tuple(message for message in self.tail if message.role == "tool")

    @cached_property
    def _answered(self) -> int:
        """The number of messages up to and including the last assistant message."""
        messages = self.request.messages
        roles = [message.role for message in messages]
        return len(roles) - roles[::-1].index("assistant") if "assistant" in roles else 0

    def tool_of(self, result: Message) -> str | None:
        """Return the name of the tool that a result is from, or None if its call is unknown."""
        calls = (call for m in reversed(self.request.messages) for call in m.tool_calls)
        return next((call.name for call in calls if call.id == result.tool_call_id), None)

    def last(self, role: str) -> str | None:
        """Return the text of the last message with a role, or None."""
        return _last(self.request.messages, role)

    @cached_property
    def asked_before(self) -> str | None:
        """The text of the last user message before the results; None without results."""
        return _last(self.request.messages[: self._answered], "user") if self.results else None

    @cached_property
    def asks_after_results(self) -> bool:
        """Whether a user message follows the last of the results."""
        roles = [message.role for message in self.tail if message.role in ("user", "tool")]
        return roles[-1:] == ["user"]

    @cached_property
    def follows_up(self) -> bool:
        """Whether the latest user message was answered, and another message follows the answer.

        A framework adds such a message, for example if the user has been quiet.
        """
        since = []
        for message in reversed(self.request.messages):
            if message.role == "user":
                break
            since.append(message.role)
        return "assistant" in since and since[0] != "assistant"


def _last(messages: Sequence[Message], role: str) -> str | None:
    texts = (m.content or "" for m in reversed(messages) if m.role == role)
    return next(texts, None)
