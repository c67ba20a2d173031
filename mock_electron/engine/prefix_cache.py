"""The prefix cache: how much of a prompt's beginning the model has read before.

A sequence of tokens is cut into blocks of 16. Each block is identified by a digest of itself and
all blocks before it, so two sequences share their first n blocks if and only if their nth digests
are equal (I: as in vLLM). The cache holds only digests, and evicts the least recently used first.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from msgspec import Struct

from mock_electron._hashes import blake2b
from mock_electron.engine.latest_use import ByLatestUse
from mock_electron.engine.recent import Recent
from mock_electron.model.prompt import (
    FOOTER,
    REPLY_OPENING,
    Segment,
    continuation,
    segment_of,
    segment_of_tools,
    segments_of,
    size_of,
)
from mock_electron.wire import codec
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest, Message

BLOCK: Final = 16
"""The number of tokens in a block (I)."""
DIGEST: Final = 15
"""Bytes of a digest. CPython allocates 16 bytes more for a longer one."""
REMEMBERED_BYTES: Final = 4_000_000
"""The maximum memory of recently read segments, in bytes, as it is estimated."""
SEGMENT_SIZE: Final = 600
"""Bytes of a segment in memory, except for its characters."""
SHORT: Final = 500
"""The number of characters up to which a message is not cached on its own, nor a reply: they are
read as quickly."""

Beginning = bytes | tuple[Message, ...]
"""What a short prompt begins with: the tools as JSON, or all messages before the last one."""


class Position(Struct, frozen=True):
    """A position in a sequence.

    Attributes:
        digest: The digest of the whole blocks before the position.
        rest: The tokens between the last whole block and the position.
    """

    digest: bytes
    rest: tuple[str, ...] = ()


class TokenRun(Struct, frozen=True):
    """A part of a sequence.

    Attributes:
        blocks: The digests of the blocks that end in this part.
        end: The position after this part.
        tokens: The number of tokens in this part.
    """

    blocks: tuple[bytes, ...]
    end: Position
    tokens: int


def token_run(position: Position, tokens: Sequence[str]) -> TokenRun:
    """Return the run of these tokens from a position."""
    pending = [*position.rest, *tokens]
    whole = len(pending) // BLOCK * BLOCK
    digest, blocks = position.digest, []
    for start in range(0, whole, BLOCK):
        block = "\0".join(pending[start : start + BLOCK]).encode()
        digest = blake2b(digest + block, digest_size=DIGEST).digest()
        blocks.append(digest)
    return TokenRun(tuple(blocks), Position(digest, tuple(pending[whole:])), len(tokens))


class PromptReader:
    """Cuts prompts into blocks. What most prompts of a program begin with is cached.

    A long prompt is cached segment by segment. Of a short one, everything before the last message
    is cached as one beginning, and so are the tools.
    """

    def __init__(self) -> None:
        self._runs: Recent[tuple[Position, Segment], TokenRun] = Recent(REMEMBERED_BYTES)
        self._beginnings: Recent[tuple[Position, Beginning], TokenRun] = Recent(REMEMBERED_BYTES)

    def read_prompt(self, account: bytes, request: ChatRequest) -> TokenRun:
        """Return the whole prompt, up to the start of the reply.

        Args:
            account: The id of the account. No two accounts share a block.
            request: The request.
        """
        start, messages = Position(account), request.messages
        read = self._read_short if size_of(messages) < SHORT else self._read_segments
        if not request.tools:
            return read(start, messages)
        tools = self._read_tools(start, request.body["tools"])
        return _joined(tools, read(tools.end, messages))

    def _read_tools(self, start: Position, tools: Sequence[object]) -> TokenRun:
        written = codec.encode(tools)
        found = self._beginnings.get((start, written))
        if found is None:
            found = token_run(start, segment_of_tools(tools).tokens())
            self._beginnings.add((start, written), found, SEGMENT_SIZE + len(written))
        return found

    def _read_short(self, start: Position, messages: tuple[Message, ...]) -> TokenRun:
        """Return the messages and the opening of the reply."""
        if len(messages) == 1:
            return token_run(start, _opened(segment_of(messages[0], FOOTER)))
        earlier = messages[:-1]
        before = self._beginnings.get((start, earlier))
        if before is None:
            cut = [part.tokens() for part in segments_of(earlier)]
            before = token_run(start, tuple(chain.from_iterable(cut)))
            self._beginnings.add((start, earlier), before, len(messages) * SEGMENT_SIZE + SHORT)
        return _joined(before, token_run(before.end, _opened(segment_of(messages[-1]))))

    def _read_segments(self, start: Position, messages: tuple[Message, ...]) -> TokenRun:
        """Return the messages and the opening of the reply, and cache each message."""
        blocks: list[bytes] = []
        position, tokens = start, 0
        for segment in segments_of(messages):
            run = self._read_segment(position, segment)
            blocks += run.blocks
            position, tokens = run.end, tokens + run.tokens
        run = token_run(position, REPLY_OPENING.tokens())
        return TokenRun((*blocks, *run.blocks), run.end, tokens + run.tokens)

    def blocks_with_reply(self, prompt: TokenRun, reply: Reply) -> tuple[bytes, ...]:
        """Return the blocks of a prompt and the reply to it."""
        segment = continuation(reply)
        if segment.size < SHORT:
            return prompt.blocks + token_run(prompt.end, segment.tokens()).blocks
        return prompt.blocks + self._read_segment(prompt.end, segment).blocks

    def _read_segment(self, position: Position, segment: Segment) -> TokenRun:
        key = (position, segment)
        found = self._runs.get(key)
        if found is None:
            found = token_run(position, segment.tokens())
            self._runs.add(key, found, _size(segment))
        return found


def _opened(last: Segment) -> tuple[str, ...]:
    """Return the tokens of the last message and of the opening of the reply."""
    return (*last.tokens(), *REPLY_OPENING.added)


def _joined(one: TokenRun, other: TokenRun) -> TokenRun:
    """Return a run and the one after it as one."""
    return TokenRun(one.blocks + other.blocks, other.end, one.tokens + other.tokens)


def _size(segment: Segment) -> int:
    """Return the memory of a segment with its run, in bytes."""
    return SEGMENT_SIZE + segment.size


class PrefixCache:
    """The blocks that the model has read.

    Args:
        size: The capacity in tokens, rounded down to whole blocks. 0 caches nothing.
        idle: Seconds after which an unused block is evicted (A: five minutes).
    """

    def __init__(self, size: int, idle: float) -> None:
        self._idle = idle
        self._used: ByLatestUse[bytes, float] = ByLatestUse(size // BLOCK)

    def __len__(self) -> int:
        return len(self._used)

    def cached_tokens(self, prompt: TokenRun, now: float) -> int:
        """Return the number of cached tokens of a prompt; never all of its tokens (I)."""
        used = self._used
        while (oldest := used.oldest()) is not None and oldest + self._idle <= now:
            used.drop_oldest()
        return used.known(prompt.blocks[: (prompt.tokens - 1) // BLOCK]) * BLOCK

    def store(self, blocks: Sequence[bytes], now: float) -> None:
        """Add or refresh the blocks of one sequence, in order.

        The last block of a sequence is evicted first, because it is useless without the others.
        """
        self._used.use(reversed(blocks), now)

    def clear(self) -> None:
        """Evict all blocks."""
        self._used.clear()
