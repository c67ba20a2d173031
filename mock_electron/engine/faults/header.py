"""The header `X-Mock-Electron`: a request that asks for its own fault, without a control channel.

    X-Mock-Electron: cut=3; crlf
    X-Mock-Electron: fail=503; retry-after=2; times=2

Directives are separated by `;`, and the arguments of one by `:`. An unknown one is refused with
all that are known.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.engine.faults.replacement import Close, FailBody, Reset, Silence, fail
from mock_electron.engine.faults.reply import (
    BadArguments,
    ContentFilter,
    EmptyChoices,
    UnknownTool,
    WrongLength,
)
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
"""Characters of what was given that a message repeats."""


@dataclass(frozen=True, slots=True)
class Directive:
    """One word of the header's language.

    example: how it is written. make: from its arguments to the fault. arguments: at least and at
    most so many.
    """

    example: str
    make: Callable[..., Fault]
    arguments: tuple[int, int] = (0, 0)


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise ValueError(f"{text[:LONGEST_ECHO]!r} is no whole number")
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise ValueError(f"{text[:LONGEST_ECHO]!r} is no number")
    return float(text)


def _kind(text: str) -> int | str:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else text


def _stall(seconds: str, after: str = "0") -> Stall:
    return Stall(_number(seconds), _whole(after))


def _error(after: str, kind: str = "503") -> ErrorEvent:
    return ErrorEvent(_whole(after), _kind(kind))


DIRECTIVES: Final[Mapping[str, Directive]] = {
    "reset": Directive("reset", Reset),
    "close": Directive("close", Close),
    "silence": Directive("silence", Silence),
    "cut": Directive("cut=3", lambda after: Cut(after=_whole(after)), (1, 1)),
    "cut-inside": Directive(
        "cut-inside=3:character", lambda after, inside: Cut(_whole(after), inside), (2, 2)
    ),
    "cut-bytes": Directive("cut-bytes=100", lambda count: Cut(bytes=_whole(count)), (1, 1)),
    "error": Directive("error=3:503", _error, (1, 2)),
    "stall": Directive("stall=2:3", _stall, (1, 2)),
    "no-done": Directive("no-done", NoDone),
    "no-finish": Directive("no-finish", NoFinish),
    "no-usage": Directive("no-usage", NoUsage),
    "duplicate": Directive("duplicate=3", lambda after: Duplicate(_whole(after)), (1, 1)),
    "bad-frame": Directive("bad-frame=3", lambda after: BadFrame(_whole(after)), (1, 1)),
    "comments": Directive("comments", Comments),
    "crlf": Directive("crlf", Crlf),
    "fragment": Directive("fragment=7", lambda size: Fragment(_whole(size)), (1, 1)),
    "gzip": Directive("gzip", Gzip),
    "wrong-length": Directive("wrong-length=-5", lambda by: WrongLength(_whole(by)), (1, 1)),
    "bad-arguments": Directive("bad-arguments", BadArguments),
    "unknown-tool": Directive("unknown-tool", UnknownTool),
    "empty-choices": Directive("empty-choices", EmptyChoices),
    "content-filter": Directive("content-filter", ContentFilter),
}

OPTIONS: Final[Mapping[str, str]] = {
    "fail": "fail=503",
    "retry-after": "retry-after=2",
    "retry-date": "retry-date=2",
    "delay": "delay=0.5",
    "body": "body=html",
    "times": "times=2",
}
"""A failure with what belongs to it, and `times`: only the first occurrences of the request."""

KNOWN: Final = (*OPTIONS.values(), *(directive.example for directive in DIRECTIVES.values()))


def requested_faults(text: str, occurrence: int) -> tuple[Fault, ...]:
    """The faults that the header asks for. Raises Refusal for what it cannot say.

    occurrence: how often the request came before; `times` ends the faults after so many.
    """
    try:
        given = _items(text)
        options = {name: given.pop(name) for name in OPTIONS if name in given}
        times = _times(options.pop("times", None))
        faults = _failure(options) + [_fault(name, value) for name, value in given.items()]
        _check_together(faults, times)
    except (TypeError, ValueError) as error:
        raise refusal(str(error)) from error
    return tuple(faults) if times is None or occurrence < times else ()


def _check_together(faults: list[Fault], times: int | None) -> None:
    """Raise ValueError for directives of which some would mean nothing."""
    if times is not None and not faults:
        raise ValueError("times says how often a fault comes; add one, such as fail=503")
    if len(faults) > 1 and any(isinstance(fault, ReplacementFault) for fault in faults):
        alone = "fail, reset, close and silence"
        raise ValueError(f"{alone} stand in a reply's place; nothing else can come with them")


def refusal(words: str) -> Refusal:
    """400, with these words about the header."""
    return Refusal(INVALID_REQUEST.saying(f"{NAME}: {words}"))


def _items(text: str) -> dict[str, str]:
    """The directives with their arguments as text."""
    items: dict[str, str] = {}
    for item in filter(None, map(str.strip, text.split(";"))):
        name, _, value = (part.strip() for part in item.partition("="))
        if name.lower() in items:
            raise ValueError(f"{name!r} stands there twice")
        items[name.lower()] = value
    return items


def _fault(name: str, value: str) -> Fault:
    if name not in DIRECTIVES:
        names = (*DIRECTIVES, *OPTIONS)
        hint = did_you_mean(name, names)
        raise ValueError(f"there is no {name[:LONGEST_ECHO]!r}.{hint} Known: {'; '.join(KNOWN)}")
    directive = DIRECTIVES[name]
    arguments = value.split(":") if value else []
    least, most = directive.arguments
    if not least <= len(arguments) <= most:
        raise ValueError(f"{name!r} is written like {directive.example}")
    try:
        return directive.make(*arguments)
    except ValueError as error:
        words = str(error).removesuffix(".")
        raise ValueError(f"{name}={value}: {words}; write it like {directive.example}") from error


def _failure(options: dict[str, str]) -> list[Fault]:
    if options.get("fail") == "":
        raise ValueError("'fail' is written like fail=503")
    if "fail" not in options:
        if options:
            raise ValueError(f"{', '.join(options)} says how a failure comes; add fail=503")
        return []
    if "retry-date" in options and "retry-after" in options:
        raise ValueError("give retry-after (seconds) or retry-date (a date), not both")
    after = options.get("retry-date", options.get("retry-after"))
    return [
        fail(
            _kind(options["fail"]),
            retry_after=None if after is None else _whole(after),
            as_date="retry-date" in options,
            delay=_number(options.get("delay", "0")),
            body=cast("FailBody | None", options.get("body")),  # `Fail` checks it
        )
    ]


def _times(text: str | None) -> int | None:
    times = None if text is None else _whole(text)
    if times is not None and times < 1:
        raise ValueError("times is a whole number of at least 1")
    return times
