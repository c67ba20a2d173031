"""The prompt as the sequence of tokens that the model reads, followed by the reply.

The chat template is assumed (A), and so is the order:

    tool definitions                            as compact JSON
    <start> role newline  content, calls  <end> for each message; FOOTER follows the first one
    <start> "assistant" newline                 and then the reply

A reply that is sent back as history consists of the same tokens that were generated. The prompt of
a growing conversation therefore begins with the tokens of the previous request and reply.
"""

from collections.abc import Sequence
from itertools import chain, islice
from typing import Final

from msgspec import Struct

from mock_electron.model import tokens
from mock_electron.wire import codec
from mock_electron.wire.reply import Reply, ToolCall
from mock_electron.wire.request import ChatRequest, Message

START: Final = "<|start|>"
END: Final = "<|end|>"
FOOTER: Final = tuple(f"<|template {place}|>" for place in range(11))
"""What the template adds once. With it, a prompt of one word has more than 16 tokens, so that even a
short request is cached when it is repeated (D), and a prompt of two words has 20, as in the documented
example. It follows the first message, so that a name in that message changes the very first block."""


class Segment(Struct, frozen=True):
    """One part of the sequence: a message, or the tool definitions.

    Attributes:
        role: The role of the message, or "" for other parts.
        texts: The content, followed by the name and the arguments of each call.
        added: The tokens that the template adds after the part.
    """

    role: str
    texts: tuple[str, ...]
    added: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The texts, joined."""
        return "".join(self.texts)

    def tokens(self) -> tuple[str, ...]:
        """Return the tokens, including those that the template puts around a message."""
        texts = self.texts
        if len(texts) == 1:  # nearly always
            content = tokens.of(texts[0])
        else:
            content = tuple(chain.from_iterable(map(tokens.of, texts)))
        if not self.role:
            return (*content, *self.added)
        return (START, self.role, "\n", *content, END, *self.added)

    @property
    def size(self) -> int:
        """The number of characters of the texts."""
        return sum(map(len, self.texts))


REPLY_OPENING: Final = Segment("", (), (START, "assistant", "\n"))
"""The last part of every prompt."""


def segments(request: ChatRequest) -> list[Segment]:
    """Return the parts of a prompt. The last one is the opening of the reply."""
    tools = request.body.get("tools")
    parts = [segment_of_tools(tools)] if tools else []
    return [*parts, *segments_of(request.messages), REPLY_OPENING]


def segments_of(messages: tuple[Message, ...]) -> list[Segment]:
    """Return the parts of the messages with which a conversation begins."""
    first, *others = messages
    return [segment_of(first, FOOTER), *map(segment_of, others)]


def segment_of(message: Message, added: tuple[str, ...] = ()) -> Segment:
    """Return the part of a message, with what the template adds after it."""
    return Segment(message.role, _texts(message.content, message.tool_calls), added)


def segment_of_tools(tools: Sequence[object]) -> Segment:
    """Return the part of the tool definitions."""
    return Segment("", tuple([codec.encode(tool).decode() for tool in tools]))


def size_of(messages: tuple[Message, ...]) -> int:
    """Return the number of characters of the texts of messages."""
    size = 0
    for message in messages:
        size += len(message.content or "")
        for call in message.tool_calls:
            size += len(call.name) + len(call.arguments)
    return size


READ_AT_ONCE: Final = 200_000
"""Characters of a prompt from which on its tokens are estimated before it is read."""


def tokens_beyond(request: ChatRequest, limit: int) -> int:
    """Return the estimated size of a long prompt if it has more than `limit` tokens, else 0 (A).

    At most `limit` tokens are counted, so that a prompt that cannot fit costs no more than one that
    fits. The rest is estimated from them.

    Args:
        request: The request.
        limit: The number of tokens.
    """
    texts = [text for part in segments(request) for text in part.texts]
    size = sum(map(len, texts))
    if size <= READ_AT_ONCE:
        return 0
    found = chain.from_iterable(tokens.token_of(text).finditer(text) for text in texts)
    read = sum(len(token[0]) for token in islice(found, limit))
    return 0 if read == size else max(limit + 1, limit * size // read)


def of_reply(reply: Reply) -> Segment:
    """Return a reply as it appears in the history of the next request."""
    return Segment("assistant", _texts(reply.content, reply.tool_calls))


def continuation(reply: Reply) -> Segment:
    """Return what a reply adds to the sequence after its opening."""
    return Segment("", _texts(reply.content, reply.tool_calls))


def _texts(content: str | None, calls: tuple[ToolCall, ...]) -> tuple[str, ...]:
    """Return the texts of a message: the content, the names and the arguments of the calls."""
    if not calls:
        return (content or "",)
    return (content or "", *[text for call in calls for text in (call.name, call.arguments)])
