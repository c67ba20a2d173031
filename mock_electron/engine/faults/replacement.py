"""Faults that replace the reply: an error, or a connection that ends before the first byte."""

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Final, Literal, TypedDict, Unpack

from msgspec.structs import replace

from mock_electron.engine.faults.delivery import CLOSE, RESET, SILENCE, Ending
from mock_electron.engine.faults.fault import LONGEST_STALL, ReplacementFault
from mock_electron.engine.faults.pages import PAGES, PageName, proxy_page, title
from mock_electron.inputs import checks
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import echoed
from mock_electron.inputs.values import given_fields
from mock_electron.wire import errors, render
from mock_electron.wire.errors import ApiError, ErrorName
from mock_electron.wire.headers import Headers

PROXY_PAGE: Final = (
    "<html>\n<head><title>{0}</title></head>\n"
    "<body>\n<h1>{0}</h1>\n<hr>\n<p>proxy</p>\n</body>\n</html>\n"
)
PROXY_STATUSES: Final = range(400, 600)
"""The statuses that a proxy may send."""
FailBody = Literal["html", "empty"]
BODIES: Final[Mapping[FailBody, str]] = {"html": PROXY_PAGE, "empty": ""}
"""The body that a proxy sends instead of the error envelope; {0} is the status."""


class FailOptions(TypedDict, total=False):
    """The options of `fail`.

    Attributes:
        message: The message of the error, without `body` and `page`. Default: the message that
            Electron sends.
        retry_after: Seconds for the `Retry-After` header. Default: that of the error, if any.
        as_date: Whether `Retry-After` is a date, by the lane's clock. Default: False.
        delay: Seconds before the error is sent, from 0 to 3600. Default: 0.
        body: The body that a proxy sends instead of the error envelope: "html" or "empty".
        page: The proxy whose error page is sent instead of the error envelope: "nginx",
            "cloudflare", "alb" or "envoy".
        content_type: The `Content-Type` header. Default: that of the body.
        truncate: The number of bytes of the body that are sent before the connection is closed.
            Default: all.
    """

    message: str | None
    retry_after: int | None
    as_date: bool
    delay: float
    body: FailBody | None
    page: PageName | None
    content_type: str | None
    truncate: int | None


class Fail(ReplacementFault, frozen=True):
    """An error instead of a reply, made by `fail`.

    Attributes:
        error: The error.
        delay: Seconds before it is sent, from 0 to 3600.
        body: The body that a proxy sends instead of the error envelope: "html" or "empty".
        page: The proxy whose error page is sent instead of the error envelope.
        content_type: The `Content-Type` header. None means that of the body.
        truncate: The number of bytes of the body that are sent. None means all.
    """

    error: ApiError
    delay: float = 0.0
    body: FailBody | None = None
    page: PageName | None = None
    content_type: str | None = None
    truncate: int | None = None

    def __post_init__(self) -> None:
        error: object = self.error
        if not isinstance(error, ApiError):
            form = f"; write fail({echoed(error) if _is_kind(error) else 503})"
            raise TypeError(checks.must_be("Fail.error", "an ApiError", error) + form)
        checks.seconds("delay", self.delay, LONGEST_STALL)
        if self.body is not None:
            checks.choice("body", self.body, BODIES)
        if self.page is not None:
            checks.choice("page", self.page, PAGES)
        if self.body is not None and self.page is not None:
            raise ValueError("give body or page, not both")
        if self.content_type is not None and not _is_header_text(self.content_type):
            what = "printable ASCII text, such as 'text/plain'"
            raise ValueError(checks.must_be("content_type", what, self.content_type))
        checks.optional_whole_number("truncate", self.truncate, 0)
        if self.truncate is not None and self.body == "empty":
            raise ValueError("truncate needs a body, and body='empty' has none")

    @property
    def is_from_proxy(self) -> bool:
        """Whether the body is that of a proxy, and not the error envelope."""
        return self.page is not None or self.body is not None

    @property
    def error_sent(self) -> ApiError:
        """The error as the client gets it: a proxy's page does not have its message."""
        if not self.is_from_proxy:
            return self.error
        return replace(self.error, message="" if self.body == "empty" else title(self.error.status))

    def written(self, write: Callable[[object], str]) -> str:
        own = given_fields(self)
        del own["error"]
        given = [*_options_of(self.error), *own.items()]
        kind = write(_kind_of(self.error))
        return f"fail({', '.join([kind, *(f'{name}={write(value)}' for name, value in given)])})"

    def response(self, request_id: str) -> tuple[Headers, bytes]:
        """Return the headers and the whole body."""
        headers, body = self._page(request_id)
        if self.content_type is None:
            return headers, body
        kind = (b"content-type", self.content_type.encode())
        return tuple(kind if pair[0] == kind[0] else pair for pair in headers), body

    def _page(self, request_id: str) -> tuple[Headers, bytes]:
        status = self.error.status
        if self.page is not None:
            return proxy_page(self.page, status, request_id)
        if self.body is not None:
            body = BODIES[self.body].format(status).encode()
            return render.proxy_headers(body), body
        body = render.error(self.error, request_id)
        return render.json_headers(body, request_id), body


def _is_kind(given: object) -> bool:
    """Return whether this is the status or the name of an error that can be scripted."""
    return type(given) in (int, str) and given in errors.KINDS


def _kind_of(error: ApiError) -> int | str:
    """Return the status of an error, or its name if another error has the status alone."""
    known = errors.BY_STATUS.get(error.status)
    return error.status if known is None or known.name == error.name else error.name


def _options_of(error: ApiError) -> Iterator[tuple[str, object]]:
    """Yield the options that differ from those of the error in the table."""
    known = errors.BY_NAME.get(error.name) or errors.of_proxy(error.status, title(error.status))
    if error.message != known.message:
        yield "message", error.message
    if error.retry_after not in (None, known.retry_after):
        yield "retry_after", error.retry_after
    if error.retry_as_date:
        yield "as_date", True


def _is_header_text(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip()) and text.isascii() and text.isprintable()


class NoAnswer(ReplacementFault, frozen=True):
    """Base of faults that send no byte of an answer.

    Attributes:
        ending: What happens to the connection.
    """

    ending: ClassVar[Ending]


class Reset(NoAnswer, frozen=True):
    """The connection is reset (RST) before the first byte."""

    ending: ClassVar[Ending] = RESET


class Close(NoAnswer, frozen=True):
    """The connection is closed before the first byte."""

    ending: ClassVar[Ending] = CLOSE


class Silence(NoAnswer, frozen=True):
    """Nothing is sent until the client disconnects."""

    ending: ClassVar[Ending] = SILENCE


OF_ELECTRON: Final[Mapping[str, str]] = {
    "times": "electron.fail(503, times=2)",
    "headers": "electron.fail(503, headers={…})",
    "every": "electron.fail(503, every=2)",
    "rate": "electron.fail(503, rate=0.1)",
    "when": "electron.fail(503, when=function)",
}
"""What to write instead of arguments that only the method of `electron` accepts."""


@checked_keywords(advice="Write fail(503).", forms=OF_ELECTRON)
def fail(kind: int | ErrorName, **options: Unpack[FailOptions]) -> Fail:
    """Return an error to answer with.

    Args:
        kind: A status such as 503, or a name such as "concurrency". With `page` or `body`, any
            status from 400 to 599.
        **options: See `FailOptions`.

    Raises:
        TypeError: If there is no such option.
        ValueError: If there is no such error, or an option has a wrong value.

    >>> fail(503, retry_after=2).error.message
    'Upstream model overloaded'
    >>> fail(520, page="cloudflare").error.message
    '520 Web server is returning an unknown error'
    """
    page, body = options.get("page"), options.get("body")
    error = _error(kind, from_proxy=page is not None or body is not None)
    if page is not None:
        error = replace(error, retry_after=None)
    message, retry_after = options.get("message"), options.get("retry_after")
    if message is not None and (page is not None or body is not None):
        replaced_by = "page" if page is not None else "body"
        raise ValueError(
            f"give message or {replaced_by}, not both: message is in the error envelope, which "
            f"{replaced_by} replaces"
        )
    as_date = checks.boolean("as_date", options.get("as_date", False))
    if message is not None:
        error = error.saying(message)
    if retry_after is not None:
        error = error.retry_in(retry_after)
    if as_date and error.retry_after is None:
        raise ValueError("as_date needs retry_after")
    error = replace(error, retry_as_date=as_date)
    return Fail(
        error,
        options.get("delay", 0.0),
        body,
        page,
        options.get("content_type"),
        options.get("truncate"),
    )


def _error(kind: int | str, *, from_proxy: bool) -> ApiError:
    """Return Electron's error, or that of a proxy with a status that Electron does not send."""
    is_status = type(kind) is int and kind in PROXY_STATUSES
    if from_proxy and is_status and kind not in errors.BY_STATUS:
        return errors.of_proxy(int(kind), title(int(kind)))
    if from_proxy and type(kind) is int and not is_status:
        raise ValueError(checks.must_be("kind", "a status from 400 to 599", kind))
    hint = " For the status of a proxy, add a page such as 'nginx'." if is_status else ""
    another = "a status from 400 to 599" if from_proxy else ""
    return errors.find(kind, alternative=another, hint=hint)
