"""Answers in one piece that carry no completion: errors, documents, and no answer at all."""

from math import ceil

from mock_electron.engine.answer import CUT, NO_STATUS, REFUSED, Answer
from mock_electron.engine.clock import http_date
from mock_electron.engine.faults.delivery import CLOSE, COMPLETE, SILENCE
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.replacement import Fail, NoAnswer
from mock_electron.wire import render
from mock_electron.wire.errors import NOT_FOUND, UPLOAD_TIMEOUT, ApiError
from mock_electron.wire.headers import Headers
from mock_electron.wire.template import Stamp


def no_answer(exchange: int, fault: NoAnswer) -> Answer:
    """Return an answer with no bytes at all. Silence has an empty frame that is never sent."""
    frames = (b"",) if fault.ending == SILENCE else ()
    chunks = (0,) * len(frames)
    return Answer(exchange, NO_STATUS, (), frames, chunks, outcome=CUT, ending=fault.ending)


def failure_answer(
    exchange: int, failure: Fail, stamp: Stamp, now: float, *, frozen: bool
) -> Answer:
    """Return the answer that carries a scripted error, in the error envelope or a proxy's page."""
    error = failure.error
    headers, body = failure.response(stamp.request_id)
    cut = failure.truncate is not None
    unmet: tuple[tuple[Fault, str], ...] = ()
    if failure.truncate is not None:
        if failure.truncate >= len(body):
            why = f"the body has only {len(body)} bytes"
            unmet = ((failure, f"with truncate={failure.truncate} applied at the end: {why}"),)
        body = body[: min(failure.truncate, len(body) - 1)]
    pauses = (failure.delay,) if failure.delay else ()
    return Answer(
        exchange,
        error.status,
        headers + _retry_after(error, now),
        (body,),
        pauses=pauses,
        schedule=pauses if frozen else (),
        outcome=CUT if cut else REFUSED,
        ending=CLOSE if cut else COMPLETE,
        unmet=unmet,
    )


def error_answer(exchange: int, error: ApiError, stamp: Stamp, now: float) -> Answer:
    """Return the answer that carries an error. Errors are never streamed."""
    body = render.error(error, stamp.request_id)
    headers = render.json_headers(body, stamp.request_id) + _retry_after(error, now)
    if error.name == UPLOAD_TIMEOUT.name:
        headers += ((b"connection", b"close"),)  # the rest of the body is not read
    return Answer(exchange, error.status, headers, (body,), outcome=REFUSED)


def document_answer(exchange: int, document: bytes, stamp: Stamp) -> Answer:
    """Return the answer that carries a JSON document which is not a completion."""
    headers = render.json_headers(document, stamp.request_id)
    return Answer(exchange, 200, headers, (document,))


def unknown_path_answer(exchange: int, method: str, path: str, stamp: Stamp) -> Answer:
    """Return the page that Express sends for an unknown path (I)."""
    page = render.express_not_found(method, path)
    headers = render.html_headers(page, stamp.request_id)
    return Answer(exchange, NOT_FOUND.status, headers, (page,), outcome=REFUSED)


def _retry_after(error: ApiError, now: float) -> Headers:
    if error.retry_after is None:
        return ()
    value = (
        http_date(ceil(now) + error.retry_after) if error.retry_as_date else str(error.retry_after)
    )
    return ((b"retry-after", value.encode()),)
