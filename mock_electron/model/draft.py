"""Drafts: the content of a reply, before it is cut into tokens and the request's limits apply."""

from collections.abc import Mapping
from typing import ClassVar, Final, Never

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from mock_electron.inputs.checks import must_be
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.values import CheckedValue
from mock_electron.wire import codec
from mock_electron.wire.reply import FinishReason, Usage

MOST_CALLS: Final = 2_000
"""The maximum number of calls that are sent in one reply. The others are left out, as if the token
limit were reached (A)."""


class _Id(str):
    """The id of a call. If it is called as a method, the error names the right form."""

    __slots__ = ()

    def __call__(self, *_args: object, **_options: object) -> Never:
        __tracebackhide__ = True
        raise TypeError("a call has no method id(); write call(…).with_id('call_1')")


class Call(CheckedValue, frozen=True):
    """A tool call in a reply.

    Attributes:
        name: The tool's name.
        arguments: The arguments as JSON text.
        id: The id of the call. None or "" means a generated one.

    Raises:
        TypeError: If the name is not a non-empty string, or another field is not a string.
    """

    name: str
    arguments: str
    id: str | None = None

    _right_forms: ClassVar[Mapping[str, str]] = {
        "times": "electron.reply(call(…), times=2)",
        "filler": "electron.reply(call(…), filler='…')",
        "reply": "electron.reply(call(…))",
        "call": "electron.reply(call(…), call(…)) for several calls",
    }

    def __post_init__(self) -> None:
        form = "; write call('get_weather', city='Pune')"
        if not isinstance(self.name, str) or not self.name:
            raise TypeError(must_be("Call.name", "a non-empty string", self.name) + form)
        if not isinstance(self.arguments, str):
            raise TypeError(must_be("Call.arguments", "JSON text", self.arguments) + form)
        if not isinstance(self.id, str | None):
            raise TypeError(must_be("Call.id", "a string or None", self.id))
        force_setattr(self, "id", _Id(self.id or ""))

    def __repr__(self) -> str:
        own = f", id={self.id!r}" if self.id else ""
        return f"Call(name={self.name!r}, arguments={self.arguments!r}{own})"

    @checked_keywords(advice="Write with_id('call_1').")
    def with_id(self, id: str) -> "Call":  # noqa: A002 (the field has the same name)
        """Return the call with this id instead of a generated one.

        It is a method, because a tool may have a parameter of any name.

        Raises:
            TypeError: If the id is not a non-empty string.
            ValueError: If it contains a lone surrogate.

        Example:
            electron.reply(call("get_weather", city="Mumbai").with_id("call_1"))
        """
        if not isinstance(id, str) or not id:
            raise TypeError(must_be("the id of a call", "a non-empty string", id))
        return replace(self, id=codec.checked_text(id, "the id of a call"))


class Draft(Struct, frozen=True):
    """The content of a reply: a text, tool calls, or calls with a filler text before them.

    Attributes:
        content: The text, or None if there are only calls.
        calls: The tool calls, in order.
        finish_reason: The finish reason to send. None means the one that follows from the reply.
        usage: The usage to send, in tokens. None means the usage that follows from the reply.
        logprobs: One log-probability for every token, or all tokens with theirs. None means
            generated values. Natural logarithms, at most 0.
    """

    content: str | None
    calls: tuple[Call, ...] = ()
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    logprobs: float | tuple[tuple[str, float], ...] | None = None
