"""Where the cached part of a prompt ends, in terms of its messages."""

from itertools import chain
from typing import Final

from msgspec import Struct

from mock_electron.model import tokens
from mock_electron.model.prompt import Segment, segments
from mock_electron.wire.request import ChatRequest

OPENING: Final = 3
"""The number of tokens before the content of a message: the start, the role and a line end."""


class CachedPrefix(Struct, frozen=True):
    """The end of the cached part of a prompt.

    Attributes:
        messages: The number of messages that are cached completely.
        characters: The number of characters of the next message that are cached. The calls of a
            message follow its content.
    """

    messages: int
    characters: int


def cached_prefix(request: ChatRequest, cached_tokens: int) -> CachedPrefix:
    """Return where the cached part of a prompt ends.

    Args:
        request: The request.
        cached_tokens: The number of its tokens that were cached.
    """
    left, messages = cached_tokens, 0
    for part in segments(request):
        size = len(part.tokens())
        if left < size:
            return CachedPrefix(messages, _characters(part, left) if part.role else 0)
        left -= size
        messages += part.role != ""
    return CachedPrefix(messages, 0)


def _characters(part: Segment, left: int) -> int:
    """Return how many characters of a message its first `left` tokens have."""
    content = chain.from_iterable(map(tokens.of, part.texts))
    return sum(len(token) for _, token in zip(range(left - OPENING), content, strict=False))
