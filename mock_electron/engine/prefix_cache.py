"""The prefix cache: what a prompt has in common, from its start, with what was read before.

A sequence of tokens is cut into blocks of 16, and each block is known by a digest of itself and of
all before it: two sequences share their first n blocks just where the nth digests are equal (I:
as vLLM does it). The cache keeps digests alone, the longest unused falling out first.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from mock_electron.model.prompt import Segment, continuation, segments
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest

BLOCK: Final = 16
"""Tokens that are cached together (I)."""
REMEMBERED_CHARACTERS: Final = 4_000_000
"""Of the messages read last, so much text is remembered together with its digests."""


class Position(NamedTuple):
    """Where a sequence stands: the digest of its whole blocks, and the tokens after them."""

    digest: bytes
    rest: tuple[str, ...] = ()


class TokenRun(NamedTuple):
    """A part of a sequence: the blocks that end in it, where it ends, and its size in tokens."""

    blocks: tuple[bytes, ...]
    end: Position
    tokens: int


def token_run(position: Position, tokens: Sequence[str]) -> TokenRun:
    """Go on from a place with these tokens."""
    pending = [*position.rest, *tokens]
    whole = len(pending) - len(pending) % BLOCK
    digest, blocks = position.digest, []
    for start in range(0, whole, BLOCK):
        said = "\0".join(pending[start : start + BLOCK]).encode()
        digest = blake2b(said, key=digest, digest_size=16).digest()
        blocks.append(digest)
    return TokenRun(tuple(blocks), Position(digest, tuple(pending[whole:])), len(tokens))


class PromptReader:
    """Reads prompts into blocks. It remembers what it has read: most of a prompt came before."""

    def __init__(self) -> None:
        self._read: OrderedDict[tuple[Position, Segment], TokenRun] = OrderedDict()
        self._characters = 0

    def read(self, account: bytes, request: ChatRequest) -> TokenRun:
        """The whole prompt, up to where the reply begins. No two accounts share a block."""
        blocks: list[bytes] = []
        position, tokens = Position(account), 0
        for segment in segments(request):
            part = self._read_segment(position, segment)
            blocks += part.blocks
            position, tokens = part.end, tokens + part.tokens
        return TokenRun(tuple(blocks), position, tokens)

    def with_reply(self, prompt: TokenRun, reply: Reply) -> tuple[bytes, ...]:
        """The blocks of a prompt and of the reply to it."""
        return prompt.blocks + self._read_segment(prompt.end, continuation(reply)).blocks

    def _read_segment(self, position: Position, segment: Segment) -> TokenRun:
        key = (position, segment)
        found = self._read.pop(key, None)
        if found is None:
            found = token_run(position, segment.tokens())
            self._characters += _size(segment)
        self._read[key] = found
        while self._characters > REMEMBERED_CHARACTERS:
            (_, oldest), _ = self._read.popitem(last=False)
            self._characters -= _size(oldest)
        return found


def _size(segment: Segment) -> int:
    """Characters of a segment, and a share for what surrounds them."""
    return 100 + sum(map(len, segment.texts))


class PrefixCache:
    """The blocks that are known.

    size: the tokens that it holds, in whole blocks; 0 caches nothing.
    idle: seconds after which a block that nobody used is forgotten (A: five minutes).
    """

    def __init__(self, size: int, idle: float) -> None:
        self._capacity = size // BLOCK
        self._idle = idle
        self._used: OrderedDict[bytes, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._used)

    def cached_tokens(self, prompt: TokenRun, now: float) -> int:
        """How many of a prompt's tokens need not be read again; never all of them (I)."""
        self._forget_idle(now)
        known = 0
        for block in prompt.blocks[: (prompt.tokens - 1) // BLOCK]:
            if block not in self._used:
                break
            known += 1
        return known * BLOCK

    def store(self, blocks: Iterable[bytes], now: float) -> None:
        """Use these blocks, the blocks of one sequence in order.

        The last block of a sequence is the first that falls out: without it the others still
        serve, while it would not serve without them.
        """
        for block in reversed(tuple(blocks)):
            self._used[block] = now
            self._used.move_to_end(block)
        while len(self._used) > self._capacity:
            self._used.popitem(last=False)

    def _forget_idle(self, now: float) -> None:
        while self._used and next(iter(self._used.values())) + self._idle <= now:
            self._used.popitem(last=False)
