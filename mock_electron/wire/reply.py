"""What a completion consists of, before it is written as JSON or as a stream."""

from dataclasses import dataclass
from typing import Final

FINISH_REASONS: Final = ("stop", "length", "tool_calls", "content_filter")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool: its id, the tool's name, and its arguments as JSON text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the completion cost, in tokens.

    prompt_tokens: of the prompt; cached_tokens: those of them that came from the cache.
    completion_tokens: of the reply.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Of the prompt and the reply together."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Alternative:
    """A token that might have stood here, with its natural-log probability (≤ 0)."""

    token: str
    logprob: float


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """The token that was chosen, its log-probability, and the likeliest tokens for its place."""

    token: str
    logprob: float
    top: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One completion.

    tokens: the content, one token each, as a stream sends it; None where there is no content.
    tool_calls: the calls, in order.
    call_fragments: for each call its arguments, cut as a stream sends them.
    finish_reason: stop, length, tool_calls or content_filter.
    logprobs: one entry for each token, or None where they were not asked for.
    """

    tokens: tuple[str, ...] | None
    finish_reason: str
    usage: Usage
    tool_calls: tuple[ToolCall, ...] = ()
    call_fragments: tuple[tuple[str, ...], ...] = ()
    logprobs: tuple[TokenLogprob, ...] | None = None

    @property
    def content(self) -> str | None:
        """The text; None where the reply has none."""
        return None if self.tokens is None else "".join(self.tokens)
