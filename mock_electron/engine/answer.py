"""What goes out for one request: status, headers, and the frames with the pauses before them."""

from dataclasses import dataclass

from mock_electron.engine.settings import Settings
from mock_electron.wire import render
from mock_electron.wire.errors import NOT_FOUND, UPLOAD_TIMEOUT, ApiError
from mock_electron.wire.render import Headers, Stamp
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, ready to be played.

    exchange: its number in the lane's journal.
    frames: the body; one frame unless it is a stream, and then one for each event.
    pauses: seconds before each frame; empty where nobody waits.
    """

    exchange: int
    status: int
    headers: Headers
    frames: tuple[bytes, ...]
    pauses: tuple[float, ...] = ()


def of_reply(
    exchange: int, reply: Reply, request: ChatRequest, stamp: Stamp, settings: Settings
) -> Answer:
    """The answer that carries a reply, streamed or in one piece as the request asks."""
    pace = settings.pace if settings.clock == "real" else None
    if not request.stream:
        body = render.completion(reply, stamp)
        pauses = pace.single(reply) if pace else ()
        return Answer(exchange, 200, render.json_headers(body, stamp.request_id), (body,), pauses)
    frames = render.stream(reply, stamp, include_usage=request.include_usage)
    closing = 3 if request.include_usage else 2  # finish reason, usage, [DONE]
    pauses = pace.stream(len(frames), closing) if pace else ()
    return Answer(exchange, 200, render.stream_headers(stamp.request_id), frames, pauses)


def of_error(
    exchange: int, error: ApiError, method: str, path: str, stamp: Stamp, settings: Settings
) -> Answer:
    """The answer that carries an error, which is never streamed."""
    if error.name == NOT_FOUND.name and settings.not_found == "html":
        page = render.express_not_found(method, path)
        headers = render.html_headers(page, stamp.request_id)
        return Answer(exchange, error.status, headers, (page,))
    body = render.error(error, stamp.request_id)
    headers = render.json_headers(body, stamp.request_id)
    if error.retry_after is not None:
        headers += ((b"retry-after", b"%d" % error.retry_after),)
    if error.name == UPLOAD_TIMEOUT.name:
        headers += ((b"connection", b"close"),)  # the rest of the body is not waited for
    return Answer(exchange, error.status, headers, (body,))
