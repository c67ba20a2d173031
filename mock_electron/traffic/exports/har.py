"""Exchanges as an HTTP Archive 1.2, which the network panels of browsers can import.

Bodies have the bytes that were sent, even if they are compressed. Facts without a field in the
format are in fields that begin with an underscore; `_chunks` has the milliseconds from the request
to each chunk. Unknown sizes are -1, unknown names "".
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from mock_electron._version import __version__
from mock_electron.engine import record
from mock_electron.engine.answer import NO_STATUS
from mock_electron.engine.exchange import IN_FLIGHT, Exchange
from mock_electron.engine.keys import redact_response_headers
from mock_electron.wire import codec
from mock_electron.wire.headers import Headers

EPOCH: Final = datetime(1970, 1, 1)
HTTP: Final = "HTTP/1.1"
UNKNOWN_SIZE: Final = -1
UNKNOWN_TYPE: Final = "x-unknown"
"""What Chrome writes if there is no Content-Type."""
SAFE_IN_PATHS: Final = "/:@!$&'()*+,;="
"""Characters that are not escaped in a path, in addition to letters and digits."""


def har(exchanges: Iterable[Exchange], url: str) -> str:
    """Return an HTTP Archive of the exchanges, in order.

    Args:
        exchanges: The exchanges.
        url: The URL of the lane.
    """
    return "".join(har_parts(exchanges, url))


def har_parts(exchanges: Iterable[Exchange], url: str) -> Iterator[str]:
    """Yield the text of `har` in parts."""
    listed = list(exchanges)
    creator = {"name": "mock-electron", "version": __version__}
    yield f'{{"log":{{"version":"1.2","creator":{_json(creator)},"pages":['
    yield from _members(listed, _page)
    yield '],"entries":['
    yield from _members(listed, lambda exchange: _entry(exchange, url))
    yield "]}}"


def _json(document: dict[str, Any]) -> str:
    return codec.encode(document).decode()


def _members(
    exchanges: Iterable[Exchange], describe: Callable[[Exchange], dict[str, Any]]
) -> Iterator[str]:
    """Yield the members of a list with one object for each exchange."""
    for index, exchange in enumerate(exchanges):
        yield f"{',' if index else ''}{_json(describe(exchange))}"


def _page(exchange: Exchange) -> dict[str, Any]:
    """Return a page for one exchange. Viewers group entries under the titles of their pages."""
    return {
        "startedDateTime": _iso(exchange.arrived_at),
        "id": _page_id(exchange),
        "title": record.text(exchange.title),
        "pageTimings": {},
    }


def _page_id(exchange: Exchange) -> str:
    return f"exchange_{exchange.number}"


def _entry(exchange: Exchange, url: str) -> dict[str, Any]:
    timings = _timings(exchange)
    return {
        "pageref": _page_id(exchange),
        "startedDateTime": _iso(exchange.arrived_at),
        "time": round(sum(timings.values()), 3),
        "request": _request(exchange, url),
        "response": _response(exchange),
        "cache": {},
        "timings": timings,
        "_outcome": exchange.outcome,
        "_answered_by": exchange.answered_by,
        "_attempt": exchange.attempt,
        "_request_id": exchange.request_id,
        "_pause": exchange.clock_pause,
        "_faults": [repr(fault) for fault in exchange.faults],
        "_chunks": [round(offset * 1000, 3) for offset in exchange.chunk_offsets],
    }


def _timings(exchange: Exchange) -> dict[str, float]:
    """Return the milliseconds before and after the first chunk, by the lane's clock."""
    duration = exchange.duration or 0.0
    wait = duration if exchange.time_to_first_chunk is None else exchange.time_to_first_chunk
    # A real clock may be set back during an exchange. The format has no negative times.
    wait, receive = max(wait, 0.0), max(duration - wait, 0.0)
    return {"send": 0.0, "wait": round(wait * 1000, 3), "receive": round(receive * 1000, 3)}


def _request(exchange: Exchange, url: str) -> dict[str, Any]:
    request = {
        "method": exchange.method,
        "url": url + quote(exchange.path, safe=SAFE_IN_PATHS),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _headers(exchange.raw_headers),
        "queryString": [],
        "headersSize": UNKNOWN_SIZE,
        "bodySize": UNKNOWN_SIZE if _is_unread(exchange) else len(exchange.body),
    }
    return request | {"postData": _post_data(exchange)} if exchange.body else request


PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}
"""The text after the status. It is empty for the statuses that only proxies send, such as 520."""


def _is_unread(exchange: Exchange) -> bool:
    """Return whether the request had a body that was refused before it was read."""
    headers = exchange.headers
    announced = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return announced and not exchange.body


def _post_data(exchange: Exchange) -> dict[str, str]:
    """Return the body as text. If it is not UTF-8, add its bytes in a field that haralyzer reads.

    HAR has no field for the bytes of a request.
    """
    data = {"mimeType": exchange.headers.get("content-type", "")}
    text = record.text_of(exchange.body)
    if text is not None:
        return data | {"text": text}
    readable = exchange.body.decode(errors="replace")
    return data | {"text": readable, "_textBase64": record.base64_of(exchange.body)}


def _response(exchange: Exchange) -> dict[str, Any]:
    """Return the answer. If there is none, the status is 0, as browsers write it."""
    status, body = exchange.status, exchange.response_body
    unanswered = status == NO_STATUS
    is_size_known = not unanswered and exchange.outcome != IN_FLIGHT
    return {
        "status": status,
        "statusText": PHRASES.get(status, ""),
        "httpVersion": "" if unanswered else HTTP,
        "cookies": [],
        "headers": _headers(redact_response_headers(exchange.raw_response_headers)),
        "content": _content(body, exchange.response_headers.get("content-type", UNKNOWN_TYPE)),
        "redirectURL": "",
        "headersSize": UNKNOWN_SIZE,
        "bodySize": len(body) if is_size_known else UNKNOWN_SIZE,
    }


def _content(body: bytes, media_type: str) -> dict[str, Any]:
    content = {"size": len(body), "mimeType": media_type}
    text = record.text_of(body)
    if text is None:
        return content | {"text": record.base64_of(body), "encoding": "base64"}
    return content | {"text": text}


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [
        {"name": name.decode("latin-1"), "value": text.decode("latin-1")} for name, text in headers
    ]


def _iso(seconds: float) -> str:
    """Return Unix seconds as a date and time in UTC, to the millisecond."""
    return (EPOCH + timedelta(seconds=seconds)).isoformat(timespec="milliseconds") + "Z"
