"""`MatchInput`: a request, its headers and its API key, as conditions read them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from mock_electron.wire.headers import Headers, headers_by_name
from mock_electron.wire.request import ChatRequest, Message

if TYPE_CHECKING:
    from mock_electron.engine.script.searches import Searches


def turn_of(request: ChatRequest) -> int:
    """Return the number of assistant messages so far, plus one."""
    return sum(message.role == "assistant" for message in request.messages) + 1


def user_turn_of(request: ChatRequest) -> int:
    """Return the number of user messages so far."""
    return sum(message.role == "user" for message in request.messages)


class MatchInput(Struct, frozen=True, dict=True):
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
    def searches(self) -> "Searches":
        """The searches for texts, which share one budget of work."""
        from mock_electron.engine.script.searches import Searches  # for conditions only

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
        return self._tools_by_call.get(result.tool_call_id)

    @cached_property
    def _tools_by_call(self) -> Mapping[str | None, str]:
        """The tools by the ids of their calls. Of equal ids, the latest message counts."""
        tools: dict[str | None, str] = {}
        for message in reversed(self.request.messages):
            for call in message.tool_calls:
                tools.setdefault(call.id, call.name)
        return tools

    @cached_property
    def tools_of_results(self) -> Mapping[str | None, str | None]:
        """The tools of the results, by the ids of their calls."""
        return {result.tool_call_id: self.tool_of(result) for result in self.results}

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """The names of the tools that the request offers, in order."""
        return tuple([tool.name for tool in self.request.tools])

    @cached_property
    def offered_names(self) -> frozenset[str]:
        """The same names, to look one up."""
        return frozenset(self.offered)

    @cached_property
    def turn(self) -> int:
        """The number of assistant messages so far, plus one."""
        return turn_of(self.request)

    @cached_property
    def user_turn(self) -> int:
        """The number of user messages so far."""
        return user_turn_of(self.request)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts of all messages."""
        return tuple([message.content for message in self.request.messages if message.content])

    @cached_property
    def system_texts(self) -> tuple[str, ...]:
        """The texts of all system messages."""
        return self.request.texts("system")

    @cached_property
    def last_user(self) -> str | None:
        """The text of the last user message, or None."""
        return self.last("user")

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
