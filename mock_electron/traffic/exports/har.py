"""Exchanges as an HTTP Archive 1.2, as the network panels of browsers read it.

Bodies are as they travelled, compressed ones too. What the archive has no field for stands in
fields that begin with an underscore. Sizes and names that are not known are -1 and "".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from mock_electron._version import __version__
from mock_electron.engine.answer import NO_STATUS
from mock_electron.engine.exchange import IN_FLIGHT, Exchange
from mock_electron.traffic.exports.bodies import base64_of, text_of
from mock_electron.wire import codec
from mock_electron.wire.headers import Headers

EPOCH: Final = datetime(1970, 1, 1)
HTTP: Final = "HTTP/1.1"
UNKNOWN: Final = -1
UNKNOWN_TYPE: Final = "x-unknown"
"""What Chrome writes where there is no Content-Type."""
IN_A_PATH: Final = "/:@!$&'()*+,;="
"""What stands in a path without being escaped, beside letters and digits."""


def har(exchanges: Iterable[Exchange], url: str) -> str:
    """An HTTP Archive of the exchanges, in order. url: where the lane answered."""
    log = {
        "version": "1.2",
        "creator": {"name": "mock-electron", "version": __version__},
        "pages": [],  # Firefox reads no archive without them
        "entries": [_entry(exchange, url) for exchange in exchanges],
    }
    return codec.encode({"log": log}).decode()


def _entry(exchange: Exchange, url: str) -> dict[str, Any]:
    timings = _timings(exchange)
    return {
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
    }


def _timings(exchange: Exchange) -> dict[str, float]:
    """Milliseconds by the lane's clock: until the first chunk, and from there on."""
    whole = exchange.duration or 0.0
    wait = whole if exchange.time_to_first_chunk is None else exchange.time_to_first_chunk
    # Somebody may put a real clock back meanwhile; an archive knows no times below 0.
    wait, receive = max(wait, 0.0), max(whole - wait, 0.0)
    return {"send": 0.0, "wait": round(wait * 1000, 3), "receive": round(receive * 1000, 3)}


def _request(exchange: Exchange, url: str) -> dict[str, Any]:
    request = {
        "method": exchange.method,
        "url": url + quote(exchange.path, safe=IN_A_PATH),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _headers(exchange.raw_headers),
        "queryString": [],
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN if _unread(exchange) else len(exchange.body),
    }
    return request | {"postData": _post_data(exchange)} if exchange.body else request


def _unread(exchange: Exchange) -> bool:
    """Whether a body was on its way, and was refused before it was there."""
    headers = exchange.headers
    pending = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return pending and not exchange.body


def _post_data(exchange: Exchange) -> dict[str, str]:
    """The body as text. Where it is none, its bytes in the field from which haralyzer reads them:
    HAR has none for that."""
    data = {"mimeType": exchange.headers.get("content-type", "")}
    text = text_of(exchange.body)
    if text is not None:
        return data | {"text": text}
    readable = exchange.body.decode(errors="replace")
    return data | {"text": readable, "_textBase64": base64_of(exchange.body)}


def _response(exchange: Exchange) -> dict[str, Any]:
    """The answer; where none began, status 0 and no words, as browsers write it."""
    status, body = exchange.status, exchange.response_body
    none = status == NO_STATUS
    return {
        "status": status,
        "statusText": "" if none else HTTPStatus(status).phrase,
        "httpVersion": "" if none else HTTP,
        "cookies": [],
        "headers": _headers(exchange.raw_response_headers),
        "content": _content(body, exchange.response_headers.get("content-type", UNKNOWN_TYPE)),
        "redirectURL": "",
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN if none or exchange.outcome == IN_FLIGHT else len(body),
    }


def _content(body: bytes, media_type: str) -> dict[str, Any]:
    content = {"size": len(body), "mimeType": media_type}
    text = text_of(body)
    if text is None:
        return content | {"text": base64_of(body), "encoding": "base64"}
    return content | {"text": text}


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [
        {"name": name.decode("latin-1"), "value": text.decode("latin-1")} for name, text in headers
    ]


def _iso(seconds: float) -> str:
    """Unix seconds as a date and time in UTC, to the millisecond."""
    return (EPOCH + timedelta(seconds=seconds)).isoformat(timespec="milliseconds") + "Z"
