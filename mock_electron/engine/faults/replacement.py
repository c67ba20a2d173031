"""Faults in a reply's place: an error, or what happens to connections before the first byte."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal, TypedDict, Unpack

from mock_electron.engine.faults.delivery import CLOSE, RESET, SILENCE
from mock_electron.engine.faults.fault import ReplacementFault, check_seconds
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError

PROXY_PAGE: Final = (
    "<html>\n<head><title>{0}</title></head>\n"
    "<body>\n<h1>{0}</h1>\n<hr>\n<p>proxy</p>\n</body>\n</html>\n"
)
FailBody = Literal["html", "empty"]
BODIES: Final[Mapping[FailBody, str]] = {"html": PROXY_PAGE, "empty": ""}
"""The body that a proxy sends instead of the error envelope; {0} is the status."""


class FailOptions(TypedDict, total=False):
    """The options of `fail`.

    Attributes:
        message: The error's message. Default: the message that Electron sends.
        retry_after: Seconds for the `Retry-After` header. Default: as the error has it.
        as_date: Whether `Retry-After` is written as a date, by the lane's clock. Default: False.
        delay: Seconds before the error is sent, from 0 to 3600. Default: 0.
        body: The body that a proxy sends instead of the error envelope: "html" or "empty".
    """

    message: str | None
    retry_after: int | None
    as_date: bool
    delay: float
    body: FailBody | None


@dataclass(frozen=True, slots=True)
class Fail(ReplacementFault):
    """An error in the reply's place; made by `fail`.

    delay: seconds before it comes. body: "html" or "empty" where a proxy answers.
    """

    error: ApiError
    delay: float = 0.0
    body: FailBody | None = None

    def __post_init__(self) -> None:
        check_seconds(self, delay=self.delay)
        if self.body is not None and self.body not in BODIES:
            choices = " or ".join(map(repr, BODIES))
            hint = did_you_mean(self.body, BODIES)
            raise ValueError(f"the body of a failure is {choices}, not {self.body!r}.{hint}")


@dataclass(frozen=True, slots=True)
class NoAnswer(ReplacementFault):
    """No byte of an answer."""

    ending: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Reset(NoAnswer):
    """The connection is reset (RST) before the first byte."""

    ending: ClassVar[str] = RESET


@dataclass(frozen=True, slots=True)
class Close(NoAnswer):
    """The connection is closed before the first byte."""

    ending: ClassVar[str] = CLOSE


@dataclass(frozen=True, slots=True)
class Silence(NoAnswer):
    """Nothing comes until the client gives up."""

    ending: ClassVar[str] = SILENCE


def fail(kind: int | str, **options: Unpack[FailOptions]) -> Fail:
    """Return an error to answer with.

    Args:
        kind: A status such as 503, or a name such as "concurrency".
        **options: See `FailOptions`.

    Raises:
        TypeError: If there is no such option.
        ValueError: If Electron has no such error, or an option has a wrong value.

    >>> fail(503, retry_after=2).error.message
    'Upstream model overloaded'
    """
    _check_names(options)
    error = errors.find(kind)
    message, retry_after = options.get("message"), options.get("retry_after")
    as_date = options.get("as_date", False)
    if message is not None:
        error = error.saying(message)
    if retry_after is not None:
        error = error.retry_in(retry_after)
    if as_date and error.retry_after is None:
        raise ValueError("as_date says how retry_after is written; give that too")
    error = replace(error, retry_as_date=as_date)
    return Fail(error, options.get("delay", 0.0), options.get("body"))


def _check_names(options: Mapping[str, object]) -> None:
    names = FailOptions.__annotations__
    for name in options:
        if name not in names:
            hint = did_you_mean(name, names)
            raise TypeError(f"fail() has no {name!r}.{hint} It takes kind, {', '.join(names)}.")
