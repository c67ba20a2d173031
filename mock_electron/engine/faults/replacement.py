"""Faults that replace the reply: an error, or a connection that ends before the first byte."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal, TypedDict, Unpack

from mock_electron.engine.faults.delivery import CLOSE, RESET, SILENCE, Ending
from mock_electron.engine.faults.fault import LONGEST_STALL, ReplacementFault
from mock_electron.inputs import checks
from mock_electron.inputs.spelling import checked_keywords
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
        message: The message of the error. Default: the message that Electron sends.
        retry_after: Seconds for the `Retry-After` header. Default: that of the error, if any.
        as_date: Whether `Retry-After` is a date, by the lane's clock. Default: False.
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
    """An error instead of a reply, made by `fail`.

    Attributes:
        error: The error.
        delay: Seconds before it is sent, from 0 to 3600.
        body: The body that a proxy sends instead of the error envelope: "html" or "empty".
    """

    error: ApiError
    delay: float = 0.0
    body: FailBody | None = None

    def __post_init__(self) -> None:
        checks.seconds("delay", self.delay, LONGEST_STALL)
        if self.body is not None:
            checks.choice("body", self.body, BODIES)


@dataclass(frozen=True, slots=True)
class NoAnswer(ReplacementFault):
    """Base of faults that send no byte of an answer.

    Attributes:
        ending: What happens to the connection.
    """

    ending: ClassVar[Ending]


@dataclass(frozen=True, slots=True)
class Reset(NoAnswer):
    """The connection is reset (RST) before the first byte."""

    ending: ClassVar[Ending] = RESET


@dataclass(frozen=True, slots=True)
class Close(NoAnswer):
    """The connection is closed before the first byte."""

    ending: ClassVar[Ending] = CLOSE


@dataclass(frozen=True, slots=True)
class Silence(NoAnswer):
    """Nothing is sent until the client disconnects."""

    ending: ClassVar[Ending] = SILENCE


@checked_keywords
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
    error = errors.find(kind)
    message, retry_after = options.get("message"), options.get("retry_after")
    as_date = options.get("as_date", False)
    if message is not None:
        error = error.saying(message)
    if retry_after is not None:
        error = error.retry_in(retry_after)
    if as_date and error.retry_after is None:
        raise ValueError("as_date needs retry_after")
    error = replace(error, retry_as_date=as_date)
    return Fail(error, options.get("delay", 0.0), options.get("body"))
