"""The header `X-Mock-Electron`, by which a request selects its own faults.

    X-Mock-Electron: cut=3; crlf
    X-Mock-Electron: fail=503; retry-after=2; times=2

Directives are separated by `;`, and the arguments of a directive by `:`. The answer to a wrong
header is a 400 that says what is wrong; for an unknown directive, it lists all directives.

With `times=2`, two requests with the same API key and the same header are affected, and the next
one is not. Then the count starts anew.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import unquote, unquote_to_bytes

from mock_electron.engine.faults.bodies import ErrorBody, Raw
from mock_electron.engine.faults.calls import (
    CallsInOneChunk,
    NoIndex,
    RepeatedCall,
    SameIndex,
    TwoFinishes,
)
from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.engine.faults.replacement import Close, Fail, Reset, Silence, fail
from mock_electron.engine.faults.reply import (
    BadArguments,
    ContentFilter,
    EmptyChoices,
    UnknownTool,
    WrongLength,
)
from mock_electron.engine.faults.spellings import ByteOrderMark, Cr, DataLines, EventFields, NoSpace
from mock_electron.engine.faults.stream import (
    BadFrame,
    Comments,
    Crlf,
    Cut,
    Duplicate,
    ErrorEvent,
    NoDone,
    NoFinish,
    NoUsage,
    Stall,
)
from mock_electron.engine.faults.writes import Fragment, Gzip
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire.errors import INVALID_REQUEST, Refusal

NAME: Final = "X-Mock-Electron"
LONGEST_ECHO: Final = 40
"""The maximum number of characters of a wrong value that a message shows."""
PERCENT_ENCODED: Final = re.compile(r"(?:[A-Za-z0-9._~!'()*-]|%[0-9A-Fa-f]{2})*")
"""What encodeURIComponent and `urllib.parse.quote(…, safe="")` write."""


@dataclass(frozen=True, slots=True)
class Directive:
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
            raise _missing_value(name, self.example)
        count = f"{least} or {most}" if least < most else f"{most}"
        values = "value" if most == 1 else "values"
        raise ValueError(
            f"{name} takes {count} {values}, got {given}; write it like {self.example}"
        )


def _missing_value(name: str, example: str) -> ValueError:
    return ValueError(f"{name} needs a value; write it like {example}")


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise ValueError(f"must be an integer, got {text[:LONGEST_ECHO]!r}")
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise ValueError(f"must be a number of at least 0, got {text[:LONGEST_ECHO]!r}")
    return float(text)


def _positive_integer(text: str) -> int:
    number = _integer(text)
    if number < 1:
        raise ValueError(f"must be an integer of at least 1, got {text!r}")
    return number


def _error_kind(text: str) -> int | str:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else text


def _stall(seconds: str, after: str = "0") -> Stall:
    return Stall(_number(seconds), _integer(after))


def _frames(frames: tuple[str, ...]) -> list[bytes]:
    """Return the bytes of percent-encoded frames."""
    for frame in frames:
        if not PERCENT_ENCODED.fullmatch(frame):
            raise ValueError(f"must be percent-encoded, got {frame[:LONGEST_ECHO]!r}")
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
    "cr": Directive("cr", Cr),
    "repeated-call": Directive("repeated-call=id", RepeatedCall, (0, 1)),
    "same-index": Directive("same-index", SameIndex),
    "no-index": Directive("no-index", NoIndex),
    "two-finishes": Directive("two-finishes", TwoFinishes, (0, 1)),
    "calls-in-one-chunk": Directive("calls-in-one-chunk", CallsInOneChunk),
}


@dataclass(frozen=True, slots=True)
class Option:
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
    "delay": Option("delay=0.5", _number),
    "body": Option("body=html"),
    "page": Option("page=nginx"),
    "content-type": Option("content-type=text/plain", unquote),
    "truncate": Option("truncate=20", _integer),
    "message": Option("message=Slow%20down.", unquote),
    "times": Option("times=2", _positive_integer),
}
"""`fail` with its options, and `times`: how many requests are affected before one is not."""

KNOWN: Final = (
    *(option.example for option in OPTIONS.values()),
    *(directive.example for directive in DIRECTIVES.values()),
)


@dataclass(frozen=True, slots=True)
class RequestedFaults:
    """The faults that the header of one request asks for.

    Attributes:
        faults: The faults.
        times: How many requests are affected before one is not. None means that all are.
        counter: What `times` counts: a hash of the API key and the header.
        used: How many requests have been affected since the count began.
    """

    faults: tuple[Fault, ...] = ()
    times: int | None = None
    counter: bytes = field(default=b"", repr=False)
    used: int = 0

    @property
    def used_up(self) -> bool:
        """Whether this request is not affected, because `times` requests have been."""
        return self.times is not None and self.used >= self.times

    @property
    def due(self) -> tuple[Fault, ...]:
        """The faults that affect this request."""
        return () if self.used_up else self.faults


NONE_REQUESTED: Final = RequestedFaults()
"""What a request without the header asks for."""


def parse_header(text: str) -> RequestedFaults:
    """Return the faults that a header asks for.

    Args:
        text: The value of the header.

    Raises:
        Refusal: If the header is wrong.
    """
    try:
        given = _directives(text)
        options = {name: _option(name, given.pop(name)) for name in OPTIONS if name in given}
        times = options.pop("times", None)
        faults = _failure(options) + [_fault(name, value) for name, value in given.items()]
        _check_combination(faults, times)
    except (TypeError, ValueError) as error:
        raise refusal(str(error)) from error
    return RequestedFaults(tuple(faults), times)


def requested_faults(text: str, used: int = 0) -> tuple[Fault, ...]:
    """Return the faults that a header asks for after a number of uses. See `parse_header`."""
    return replace(parse_header(text), used=used).due


def _check_combination(faults: list[Fault], times: int | None) -> None:
    """Raise ValueError if faults or options cannot be combined."""
    if times is not None and not faults:
        raise ValueError("times needs a fault; add one, such as fail=503")
    if len(faults) > 1 and any(isinstance(fault, ReplacementFault) for fault in faults):
        raise ValueError("fail, reset, close and silence cannot be combined with other faults")


def refusal(message: str) -> Refusal:
    """Return the 400 for a wrong header."""
    return Refusal(INVALID_REQUEST.saying(f"{NAME}: {message}"))


def directive_of(fault: Fault) -> str:
    """Return the name of the directive that asks for such a fault."""
    if isinstance(fault, Fail):
        return "fail"
    examples = (directive.example.partition("=") for directive in DIRECTIVES.values())
    kinds = {_kind(_fault(name, value)): name for name, _, value in examples}
    return kinds[_kind(fault)]


def _kind(fault: Fault) -> tuple[object, ...]:
    """Return what tells the faults of two directives apart: three directives make a Cut."""
    if isinstance(fault, Cut):
        return Cut, fault.inside is not None, fault.bytes is not None
    return (type(fault),)


def _directives(text: str) -> dict[str, str]:
    """Return the names of the directives and options with their values as text."""
    directives: dict[str, str] = {}
    for item in filter(None, map(str.strip, text.split(";"))):
        name, _, value = (part.strip() for part in item.partition("="))
        if name.lower() in directives:
            raise ValueError(f"duplicate directive {name[:LONGEST_ECHO]!r}")
        directives[name.lower()] = value
    return directives


def _option(name: str, value: str) -> Any:
    example = OPTIONS[name].example
    if not value:
        raise _missing_value(name, example)
    try:
        return OPTIONS[name].parse(value)
    except ValueError as error:
        raise _wrong_value(name, value, error, example) from error


def _fault(name: str, value: str) -> Fault:
    if name not in DIRECTIVES:
        hint = did_you_mean(name, (*DIRECTIVES, *OPTIONS))
        known = ", ".join(KNOWN)
        unknown = f"unknown directive {name[:LONGEST_ECHO]!r}"
        raise ValueError(f"{unknown}; expected one of {known}{'.' if hint else ''}{hint}")
    directive = DIRECTIVES[name]
    arguments = value.split(":") if value else []
    directive.check_count(name, len(arguments))
    try:
        return directive.make(*arguments)
    except ValueError as error:
        raise _wrong_value(name, value, error, directive.example) from error


def _wrong_value(name: str, value: str, error: ValueError, example: str) -> ValueError:
    message = str(error).removesuffix(".")
    start = name if message.startswith("must be") else f"{name}={value[:LONGEST_ECHO]}:"
    advice = " Write" if message.endswith("?") else "; write"
    return ValueError(f"{start} {message}{advice} it like {example}")


def _failure(options: dict[str, Any]) -> list[Fault]:
    if "fail" not in options:
        if options:
            given = " and ".join(options)
            raise ValueError(f"{given} cannot be used without fail; add fail=503")
        return []
    if "retry-date" in options and "retry-after" in options:
        raise ValueError("give retry-after (seconds) or retry-date (a date), not both")
    dated = options.pop("retry-date", None)
    if dated is not None:
        options |= {"retry-after": dated, "as_date": True}
    kind = options.pop("fail")
    return [fail(kind, **{name.replace("-", "_"): value for name, value in options.items()})]
