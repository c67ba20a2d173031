"""The parts of a completion, before it is written as JSON or as a stream."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import ClassVar, Final, Literal, TypeVar, get_args

from msgspec.structs import replace

from mock_electron.inputs.checks import must_be, whole_number
from mock_electron.inputs.values import CheckedValue

Item = TypeVar("Item")
FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]
FINISH_REASONS: Final[tuple[FinishReason, ...]] = get_args(FinishReason)


class ToolCall(CheckedValue, frozen=True):
    """A call of a tool.

    Attributes:
        id: The call's id, which the tool's result refers to.
        name: The tool's name.
        arguments: The arguments as JSON text.
    """

    id: str
    name: str
    arguments: str

    _right_forms: ClassVar[Mapping[str, str]] = {
        "function": "name and arguments",
    }


class Usage(CheckedValue, frozen=True):
    """The number of tokens that a completion used.

    Attributes:
        prompt_tokens: Tokens of the prompt, cached ones included.
        completion_tokens: Tokens of the reply.
        cached_tokens: Tokens of the prompt that came from the prefix cache. Default 0.

    Raises:
        ValueError: If a number is not an integer of at least 0, or there are more cached tokens
            than prompt tokens.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0

    _right_forms: ClassVar[Mapping[str, str]] = {
        "input_tokens": "prompt_tokens",
        "output_tokens": "completion_tokens",
        "prompt_tokens_details": "cached_tokens",
    }

    def __post_init__(self) -> None:
        prompt, completion, cached = self.prompt_tokens, self.completion_tokens, self.cached_tokens
        are_integers = type(prompt) is type(completion) is type(cached) is int
        if are_integers and 0 <= cached <= prompt and completion >= 0:
            return
        whole_number("usage.prompt_tokens", self.prompt_tokens, 0)
        whole_number("usage.completion_tokens", self.completion_tokens, 0)
        whole_number("usage.cached_tokens", self.cached_tokens, 0)
        if self.cached_tokens > self.prompt_tokens:
            what = f"at most usage.prompt_tokens, {self.prompt_tokens}"
            raise ValueError(must_be("usage.cached_tokens", what, self.cached_tokens))

    @property
    def total_tokens(self) -> int:
        """Tokens of the prompt and the reply together."""
        return self.prompt_tokens + self.completion_tokens


class Alternative(CheckedValue, frozen=True):
    """A possible token at one position of the content.

    Attributes:
        token: The token's text.
        logprob: Its log-probability: natural logarithm, at most 0.
    """

    token: str
    logprob: float


class TokenLogprob(CheckedValue, frozen=True):
    """The log-probabilities at one position of the content.

    Attributes:
        token: The chosen token.
        logprob: Its log-probability: natural logarithm, at most 0.
        top: The most likely tokens at this position.
    """

    token: str
    logprob: float
    top: tuple[Alternative, ...]


class Reply(CheckedValue, frozen=True):
    """One completion.

    Attributes:
        tokens: The content as a stream sends it, one string per token. None means no content.
        finish_reason: One of `stop`, `length`, `tool_calls` and `content_filter`.
        usage: The number of tokens used.
        tool_calls: The calls, in order.
        call_fragments: For each call, its arguments in the fragments that a stream sends.
        logprobs: One entry per token. None if the request does not ask for them.
    """

    tokens: tuple[str, ...] | None
    finish_reason: FinishReason
    usage: Usage
    tool_calls: tuple[ToolCall, ...] = ()
    call_fragments: tuple[tuple[str, ...], ...] = ()
    logprobs: tuple[TokenLogprob, ...] | None = None

    _right_forms: ClassVar[Mapping[str, str]] = {
        "text": "content",
        "message": "content and tool_calls",
        "choices": "content and tool_calls",
        "calls": "tool_calls",
    }

    @property
    def content(self) -> str | None:
        """The text. None means no content."""
        tokens = self.tokens
        return None if tokens is None else "".join(tokens)


def with_call_ids(reply: Reply, ids: Sequence[str]) -> Reply:
    """Return a reply with other ids of its calls."""
    calls = zip(reply.tool_calls, ids, strict=True)
    return replace(reply, tool_calls=tuple(replace(call, id=own) for call, own in calls))


def group_sizes(count: int, size: int) -> Iterator[int]:
    """Yield the number of items in each group of `count` items, grouped in this size."""
    whole, rest = divmod(count, size)
    return chain(repeat(size, whole), (rest,) if rest else ())


def grouped(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in groups of this size. The last group may be smaller."""
    return (items[start : start + size] for start in range(0, len(items), size))
