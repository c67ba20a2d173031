"""The header `X-Mock-Electron`, by which a request selects its own faults.

    X-Mock-Electron: cut=3; crlf
    X-Mock-Electron: fail=503; retry-after=2; times=2

Directives are separated by `;`, and the arguments of a directive by `:`. The answer to a wrong
header is a 400 that says what is wrong; for an unknown directive, it lists all directives.

With `times=2`, two requests with the same API key and the same header are affected, and the next
one is not. Then the count starts anew.
"""

from typing import Any

from mock_electron.engine.faults.directives import (
    DIRECTIVES,
    KNOWN,
    OPTIONS,
    missing_value,
)
from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.engine.faults.header_words import in_header_words, option_of
from mock_electron.engine.faults.replacement import Fail, fail
from mock_electron.engine.faults.requested import NAME as NAME
from mock_electron.engine.faults.requested import RequestedFaults as RequestedFaults
from mock_electron.engine.faults.stream import Cut
from mock_electron.inputs.spelling import LONGEST_ECHO, did_you_mean, echoed, shortened
from mock_electron.wire.errors import INVALID_REQUEST, Refusal


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
        faults = _failure_or_words(options) + [_fault(name, value) for name, value in given.items()]
        _check_combination(faults, times)
    except (TypeError, ValueError) as error:
        raise refusal(f"{error}{_hint_at_commas(text)}") from error
    return RequestedFaults(tuple(faults), times)


def _hint_at_commas(text: str) -> str:
    """Return a sentence about the separator if a directive follows a comma in a wrong header."""
    names = (part.partition("=")[0].strip().lower() for part in text.split(",")[1:])
    is_separated = any(name in DIRECTIVES or name in OPTIONS for name in names)
    return ". Separate directives with ';', not with ','" if is_separated else ""


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
            raise ValueError(f"duplicate directive {echoed(name)}")
        directives[name.lower()] = value
    return directives


def _option(name: str, value: str) -> Any:
    example = OPTIONS[name].example
    if not value:
        raise missing_value(name, example)
    try:
        return OPTIONS[name].parse(value)
    except ValueError as error:
        raise _wrong_value(name, value, error, example) from error


def _fault(name: str, value: str) -> Fault:
    if name not in DIRECTIVES:
        hint = did_you_mean(name, (*DIRECTIVES, *OPTIONS))
        known = ", ".join(KNOWN)
        unknown = f"unknown directive {echoed(name)}"
        meant, colon, rest = name.partition(":")
        if colon and (meant in DIRECTIVES or meant in OPTIONS):
            raise ValueError(f"{unknown}; write {meant}={shortened(rest, LONGEST_ECHO)}")
        raise ValueError(f"{unknown}; expected one of {known}{'.' if hint else ''}{hint}")
    directive = DIRECTIVES[name]
    arguments = value.split(":") if value else []
    directive.check_count(name, len(arguments))
    try:
        return directive.make(*arguments)
    except ValueError as error:
        raise _wrong_value(name, value, error, directive.example) from error


def _wrong_value(name: str, value: str, error: ValueError, example: str) -> ValueError:
    message = in_header_words(str(error), name).removesuffix(".")
    if message.startswith("must be"):
        message = f"{name} {message}"
    elif not message.startswith((name, f"unknown {name} ")):
        message = f"{name}={shortened(value, LONGEST_ECHO)}: {message}"
    if "=" not in example:  # the value is optional
        return ValueError(message)
    advice = " Write" if message.endswith("?") else "; write"
    return ValueError(f"{message}{advice} it like {example}")


def _failure_or_words(options: dict[str, Any]) -> list[Fault]:
    """Return the fault of `fail`. Raise ValueError in the words of the header."""
    is_dated = "retry-date" in options
    try:
        return _failure(options)
    except ValueError as error:
        raise ValueError(in_header_words(str(error), option_of(str(error), is_dated))) from error


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
