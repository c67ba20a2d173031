"""Faults in a reply's place: an error, or what happens to connections before the first byte."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from mock_electron.engine.faults.delivery import CLOSE, RESET, SILENCE
from mock_electron.engine.faults.fault import ReplacementFault, check_seconds
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError

PROXY_PAGE: Final = (
    "<html>\n<head><title>{0}</title></head>\n"
    "<body>\n<h1>{0}</h1>\n<hr>\n<p>proxy</p>\n</body>\n</html>\n"
)
BODIES: Final[Mapping[str, str]] = {"html": PROXY_PAGE, "empty": ""}
"""What a proxy in front of the endpoint sends in the envelope's place; {0} is the status."""


@dataclass(frozen=True, slots=True)
class Fail(ReplacementFault):
    """An error in the reply's place; made by `fail`.

    delay: seconds before it comes. body: "html" or "empty" where a proxy answers.
    """

    error: ApiError
    delay: float = 0.0
    body: str | None = None

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


def fail(
    kind: int | str,
    *,
    message: str | None = None,
    retry_after: int | None = None,
    as_date: bool = False,
    delay: float = 0.0,
    body: str | None = None,
) -> Fail:
    """An error to answer with.

    kind: a status such as 503, or a name such as "concurrency". message: other words than
    Electron's. retry_after: seconds for the `Retry-After` header; as_date: written as a date by the
    lane's clock. delay: seconds before the error comes. body: "html" or "empty", as from a proxy.
    Raises ValueError, naming what there is, for anything else.

    >>> fail(503, retry_after=2).error.message
    'Upstream model overloaded'
    """
    error = errors.find(kind)
    if message is not None:
        error = error.saying(message)
    if retry_after is not None:
        error = error.retry_in(retry_after)
    if as_date and error.retry_after is None:
        raise ValueError("as_date says how retry_after is written; give that too")
    return Fail(replace(error, retry_as_date=as_date), delay, body)
