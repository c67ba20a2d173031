"""One step of a script: which requests it answers, how, and how often."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.engine.faults.fault import DeliveryFault, Fault, ReplacementFault, ReplyFault
from mock_electron.engine.faults.replacement import Fail
from mock_electron.engine.pace import Pace
from mock_electron.engine.script.match import ANY, Match
from mock_electron.engine.script.responder import Responder
from mock_electron.engine.script.words import check_words
from mock_electron.inputs import checks
from mock_electron.inputs.spelling import echoed, shortened
from mock_electron.model.draft import Draft
from mock_electron.wire import codec
from mock_electron.wire.headers import Headers

HEADER_NAME: Final = regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
FRAMING: Final = ("content-length", "transfer-encoding", "connection", "content-encoding")
"""Headers that describe how the bytes are sent. Only faults such as WrongLength change them."""

LONGEST_SUMMARY: Final = 40
"""The maximum number of characters of a text in a summary."""


class Step(Struct, frozen=True):
    """One scripted answer.

    Attributes:
        answer: A reply, a fault instead of a reply, a user function, or None for the answer of
            the pocket model. A reply may insert words of the request; see
            `mock_electron.engine.script.words`.
        match: The requests that the step answers.
        times: The maximum number of requests that the step answers, or None for no maximum.
        pace: How fast the reply is sent, or None for the pace of the lane.
        headers: Headers of the answer. They replace default headers with the same name.
        faults: The faults of the reply.
        location: Where the step is defined, such as `test_agent.py:12`; or "".

    Raises:
        TypeError: If a fault does not change a reply.
        ValueError: If `times` is wrong, there are faults but no reply, or the reply inserts
            unknown words.
    """

    answer: Draft | ReplacementFault | Responder | None
    match: Match = ANY
    times: int | None = 1
    pace: Pace | None = None
    headers: Headers = ()
    faults: tuple[Fault, ...] = ()
    location: str = ""

    def __post_init__(self) -> None:
        checks.optional_whole_number("times", self.times, 1)
        if isinstance(self.answer, Draft):
            check_words(self.answer)
        for fault in self.faults:
            if not isinstance(fault, ReplyFault | DeliveryFault):
                from mock_electron.engine.faults.by_name import right_form

                expected = "a fault of a reply, such as faults.Cut(after=3)"
                raise TypeError(checks.must_be("fault", expected, fault) + right_form(fault))
            if isinstance(self.answer, ReplacementFault):
                raise ValueError(f"{fault!r} needs a reply, and this step has none")

    def __repr__(self) -> str:
        times = "" if self.times is None else f", times={self.times}"
        return f"<Step{f' {self.location}' if self.location else ''}: {self.summary}{times}>"

    @property
    def summary(self) -> str:
        """A short description of the answer."""
        return _summary(self.answer)

    @property
    def tool_names(self) -> tuple[str, ...]:
        """The names of the tools that the step calls or matches."""
        match = self.match
        called = tuple(call.name for call in self.calls)
        after = match.given.get("after_tool")
        return (*called, *match.given.get("tools", ()), *((after,) if after else ()))

    @property
    def calls(self) -> tuple[Any, ...]:
        """The tool calls of the reply, if they are known before a request arrives."""
        return self.answer.calls if isinstance(self.answer, Draft) else ()


def _summary(answer: Draft | ReplacementFault | Responder | None) -> str:
    if isinstance(answer, Draft):
        text = "" if answer.content is None else repr(shortened(answer.content, LONGEST_SUMMARY))
        return " ".join(["reply", *filter(None, [text]), *(call.name for call in answer.calls)])
    if isinstance(answer, Fail):
        return f"fail {answer.error.name}"
    if isinstance(answer, ReplacementFault):
        return repr(answer)
    return "the default answer" if answer is None else "respond_with a function"


def encode_headers(given: Mapping[str, str] | None) -> Headers:
    """Return the headers of an answer as bytes, with lowercase names.

    Raises:
        TypeError: If the headers are not a mapping, or a value is not a string.
        ValueError: If a name or a value is not valid in HTTP, or the header describes how the
            bytes are sent.
    """
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise TypeError(checks.must_be("headers", "a mapping of names to texts", given))
    return tuple(_encode_header(name, value) for name, value in given.items())


def _encode_header(name: str, value: str) -> tuple[bytes, bytes]:
    if not isinstance(name, str) or not HEADER_NAME.fullmatch(name):
        raise ValueError(f"invalid header name {echoed(name)}")
    if name.lower() in FRAMING:
        raise ValueError(
            f"the header {name} cannot be set, because it describes how the bytes are sent; "
            "use a fault such as faults.WrongLength"
        )
    codec.checked_text(value, f"the header {name}")
    if not value.isprintable() or not value.isascii():
        raise ValueError(
            checks.must_be(f"the header {name}", "printable ASCII characters only", value)
        )
    return name.lower().encode(), value.encode()


def with_headers(headers: Headers, added: Headers) -> Headers:
    """Return headers with others added. An added header replaces those with the same name."""
    if not added:
        return headers
    replaced = {name for name, _ in added}
    return (*(header for header in headers if header[0] not in replaced), *added)
