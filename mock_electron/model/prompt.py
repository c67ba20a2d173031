"""The prompt as the sequence of tokens that the model reads, and the reply that follows it.

The chat template is A, and so is the order:

    tool definitions                            as compact JSON
    <start> role newline  words, calls  <end>   for each message, the first with FOOTER behind it
    <start> "assistant" newline                 and then the reply

A reply that comes back as history is the same sequence of tokens that was generated, so a growing
conversation begins with what has been read and written before.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from mock_electron.model import tokens
from mock_electron.wire import codec
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest, Message

START: Final = "<|start|>"
END: Final = "<|end|>"
FOOTER: Final = tuple(f"<|template {place}|>" for place in range(11))
"""What the template adds once. With it a prompt of one word has more than 16 tokens, so that even a
short request is cached when it comes again (D), and one of two words has the 20 of the documented
example. It stands behind the first message: a name there makes the very first block another one."""


def opening(role: str) -> tuple[str, ...]:
    """What the template puts before a message of this role, and before the reply."""
    return (START, role, "\n")


class Segment(NamedTuple):
    """One part of the sequence: a message, or the tool definitions.

    role: of the message; "" where it is none. texts: the words, and each call's name and arguments.
    added: tokens that the template adds behind it.
    """

    role: str
    texts: tuple[str, ...]
    added: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All its texts, joined."""
        return "".join(self.texts)

    def tokens(self) -> list[str]:
        """Its tokens, with those that the template puts around a message."""
        words = [token for text in self.texts for token in tokens.split(text)]
        message = [*opening(self.role), *words, END] if self.role else words
        return [*message, *self.added]


REPLY_OPENING: Final = Segment("", (), opening("assistant"))
"""The last part of every prompt."""


def segments(request: ChatRequest) -> Iterator[Segment]:
    """The parts of a prompt, the opening of the reply last."""
    tools = request.body.get("tools")
    if tools:
        yield Segment("", tuple(codec.encode(tool).decode() for tool in tools))
    first, *others = request.messages
    yield _of_message(first)._replace(added=FOOTER)
    yield from map(_of_message, others)
    yield REPLY_OPENING


def of_reply(reply: Reply) -> Segment:
    """A reply as it comes back in the history of the next request."""
    return _of_message(Message("assistant", reply.content, reply.tool_calls))


def continuation(reply: Reply) -> Segment:
    """What a reply adds to the sequence behind its opening."""
    return Segment("", of_reply(reply).texts)


def _of_message(message: Message) -> Segment:
    calls = [text for call in message.tool_calls for text in (call.name, call.arguments)]
    return Segment(message.role, (message.content or "", *calls))
