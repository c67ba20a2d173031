"""The directives and options of the header `X-Mock-Electron`, in two tables."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote, unquote_to_bytes

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.engine.faults.bodies import ErrorBody, Raw
from mock_electron.engine.faults.calls import (
    CallsInOneChunk,
    NoIndex,
    RepeatedCall,
    SameIndex,
    TwoFinishes,
)
from mock_electron.engine.faults.fault import LONGEST_STALL, Fault
from mock_electron.engine.faults.replacement import Close, Reset, Silence
from mock_electron.engine.faults.reply import (
    BadArguments,
    ContentFilter,
    EmptyChoices,
    UnknownTool,
    WrongLength,
)
from mock_electron.engine.faults.spellings import (
    BareCr,
    ByteOrderMark,
    Comments,
    Crlf,
    DataLines,
    EventFields,
    NoSpace,
)
from mock_electron.engine.faults.stream import (
    BadFrame,
    Cut,
    Duplicate,
    ErrorEvent,
    NoDone,
    NoFinish,
    NoUsage,
    Stall,
)
from mock_electron.engine.faults.writes import Fragment, Gzip
from mock_electron.inputs.spelling import LONGEST_ECHO, echoed, shortened

PERCENT_ENCODED: Final = regex(r"(?:[A-Za-z0-9._~!'()*-]|%[0-9A-Fa-f]{2})*")
"""What encodeURIComponent and `urllib.parse.quote(…, safe="")` write."""
LONGEST_INTEGER: Final = 9
"""The maximum number of digits of an integer in the header."""
LARGEST_INTEGER: Final = 10**LONGEST_INTEGER - 1


class Directive(Struct, frozen=True):
    """One directive of the header.

    Attributes:
        example: The directive as a header contains it.
        make: Takes the arguments as text, and returns the fault.
        arguments: The minimum and the maximum number of arguments.
    """

    example: str
    make: Callable[..., Fault]
    arguments: tuple[int, int] = (0, 0)

    def check_count(self, name: str, given: int) -> None:
        """Raise ValueError if the number of arguments is wrong."""
        least, most = self.arguments
        if least <= given <= most:
            return
        if not most:
            raise ValueError(f"{name} takes no value")
        if not given:
            raise missing_value(name, self.example)
        count = f"{least} or {most}" if least < most else f"{most}"
        values = "value" if most == 1 else "values"
        raise ValueError(
            f"{name} takes {count} {values}, got {given}; write it like {self.example}"
        )


def missing_value(name: str, example: str) -> ValueError:
    """Return the error for a directive or an option without its value."""
    return ValueError(f"{name} needs a value; write it like {example}")


def _integer(text: str) -> int:
    found = re.fullmatch(r"([+-]?)0*+([0-9]*+)", text)
    if found is None or not text[-1:].isdigit():
        raise ValueError(f"must be an integer, got {echoed(text)}")
    if len(found[2]) > LONGEST_INTEGER:
        bound = "least -" if found[1] == "-" else "most "
        raise ValueError(f"must be an integer of at {bound}{LARGEST_INTEGER}, got {echoed(text)}")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?", text):
        raise ValueError(f"must be a number of at least 0, got {echoed(text)}")
    if float(text) > LONGEST_STALL:
        what = f"a number of seconds from 0 to {LONGEST_STALL:g}"
        raise ValueError(f"must be {what}, got {echoed(text)}")
    return float(text)


def _positive_integer(text: str) -> int:
    number = _integer(text)
    if number < 1:
        raise ValueError(f"must be an integer of at least 1, got {echoed(text)}")
    return number


def _percent_encoded(text: str) -> str:
    """Return a text that was percent-encoded. Characters beyond ASCII have to be."""
    if text.isascii():
        return unquote(text)
    sent = text.encode("latin-1", "replace")  # the server reads a header as Latin-1
    try:
        meant = sent.decode()
    except UnicodeDecodeError:
        meant = text
    raise ValueError(f"must be percent-encoded, such as {shortened(quote(meant), LONGEST_ECHO)}")


def _error_kind(text: str) -> Any:
    return int(text) if re.fullmatch("[0-9]{1,99}", text) else text


def _stall(seconds: str, after: str = "0") -> Stall:
    return Stall(_seconds(seconds), _integer(after))


def _frames(frames: tuple[str, ...]) -> list[bytes]:
    """Return the bytes of percent-encoded frames."""
    for frame in frames:
        if not PERCENT_ENCODED.fullmatch(frame):
            raise ValueError(f"must be percent-encoded, got {echoed(frame)}")
    return [unquote_to_bytes(frame) for frame in frames]


def _error_event(after: str, kind: str = "503") -> ErrorEvent:
    return ErrorEvent(_integer(after), _error_kind(kind))


DIRECTIVES: Final[Mapping[str, Directive]] = {
    "reset": Directive("reset", Reset),
    "close": Directive("close", Close),
    "silence": Directive("silence", Silence),
    "cut": Directive("cut=3", lambda after: Cut(after=_integer(after)), (1, 1)),
    "cut-inside": Directive(
        "cut-inside=3:character", lambda after, inside: Cut(_integer(after), inside), (2, 2)
    ),
    "cut-bytes": Directive("cut-bytes=100", lambda count: Cut(bytes=_integer(count)), (1, 1)),
    "error": Directive("error=3:503", _error_event, (1, 2)),
    "stall": Directive("stall=2:3", _stall, (1, 2)),
    "no-done": Directive("no-done", NoDone),
    "no-finish": Directive("no-finish", NoFinish),
    "no-usage": Directive("no-usage", NoUsage),
    "duplicate": Directive("duplicate=3", lambda after: Duplicate(_integer(after)), (1, 1)),
    "bad-frame": Directive("bad-frame=3", lambda after: BadFrame(_integer(after)), (1, 1)),
    "comments": Directive("comments", Comments),
    "crlf": Directive("crlf", Crlf),
    "fragment": Directive("fragment=7", lambda size: Fragment(_integer(size)), (1, 1)),
    "gzip": Directive("gzip", Gzip),
    "wrong-length": Directive("wrong-length=-5", lambda by: WrongLength(_integer(by)), (1, 1)),
    "bad-arguments": Directive("bad-arguments", BadArguments),
    "unknown-tool": Directive("unknown-tool", UnknownTool),
    "empty-choices": Directive("empty-choices", EmptyChoices),
    "content-filter": Directive("content-filter", ContentFilter),
    "error-body": Directive("error-body=503", lambda kind: ErrorBody(_error_kind(kind)), (1, 1)),
    "raw": Directive("raw=data%3A%20%7B%7D%0A%0A", lambda *frames: Raw(_frames(frames)), (0, 999)),
    "no-space": Directive("no-space", NoSpace),
    "data-lines": Directive("data-lines", DataLines),
    "event-fields": Directive("event-fields", EventFields, (0, 1)),
    "byte-order-mark": Directive("byte-order-mark", ByteOrderMark),
    "bare-cr": Directive("bare-cr", BareCr),
    "repeated-call": Directive("repeated-call=id", RepeatedCall, (0, 1)),
    "same-index": Directive("same-index", SameIndex),
    "no-index": Directive("no-index", NoIndex),
    "two-finishes": Directive("two-finishes", TwoFinishes, (0, 1)),
    "calls-in-one-chunk": Directive("calls-in-one-chunk", CallsInOneChunk),
}


class Option(Struct, frozen=True):
    """One option of the header, for the directive `fail` or for all faults.

    Attributes:
        example: The option as a header contains it.
        parse: Takes the value as text, and returns it.
    """

    example: str
    parse: Callable[[str], Any] = str


OPTIONS: Final[Mapping[str, Option]] = {
    "fail": Option("fail=503", _error_kind),
    "retry-after": Option("retry-after=2", _integer),
    "retry-date": Option("retry-date=2", _integer),
    "delay": Option("delay=0.5", _seconds),
    "body": Option("body=html"),
    "page": Option("page=nginx"),
    "content-type": Option("content-type=text/plain", _percent_encoded),
    "truncate": Option("truncate=20", _integer),
    "message": Option("message=Slow%20down.", _percent_encoded),
    "times": Option("times=2", _positive_integer),
}
"""`fail` with its options, and `times`: how many requests are affected before one is not."""

KNOWN: Final = (
    *(option.example for option in OPTIONS.values()),
    *(directive.example for directive in DIRECTIVES.values()),
)
