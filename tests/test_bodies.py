"""Request bodies as clients send them: compressed, in UTF-16, or with a lone surrogate."""

import gzip
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from raw_http import chat, user

from mock_electron import Electron
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.wire import codec

WORDS = "Grüße, 你好"
DOCUMENT: Any = {"model": "electron", "messages": user(WORDS)}
BODY = json.dumps(DOCUMENT).encode()
TEXT = json.dumps(DOCUMENT, ensure_ascii=False)
JSON = "application/json"


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


GZIPPED, DEFLATED = gzip.compress(BODY, mtime=0), zlib.compress(BODY)
TWO_STREAMS = gzip.compress(BODY[:9], mtime=0) + gzip.compress(BODY[9:], mtime=0)
LE, BE = TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be")
LE_MARK, BE_MARK = b"\xff\xfe", b"\xfe\xff"
Case = tuple[str, bytes, int, str]
"""The value of a header, the body, and the status and a part of the message of the answer."""

ENCODED: list[Case] = [
    ("gzip", GZIPPED, 200, ""),
    ("GZip", GZIPPED, 200, ""),
    (" gzip ", GZIPPED, 200, ""),
    ("gzip", TWO_STREAMS, 200, ""),
    ("deflate", DEFLATED, 200, ""),
    ("deflate", raw_deflate(BODY), 200, ""),
    ("deflate", DEFLATED + b"ignored", 200, ""),
    ("identity", BODY, 200, ""),
    ("Identity", BODY, 200, ""),
    ("", BODY, 200, ""),
    ("br", BODY, 415, "Unsupported content encoding 'br'; expected one of 'identity', 'gzip'"),
    ("x-gzip", GZIPPED, 200, ""),
    ("X-GZip", BODY, 400, "The request body is not valid gzip data"),
    ("x-deflate", DEFLATED, 415, "'x-deflate'"),
    ("zstd", BODY, 415, "'zstd'"),
    ("gzip, gzip", gzip.compress(GZIPPED), 415, "'gzip, gzip'"),
    ("identity, gzip", GZIPPED, 415, "'identity, gzip'"),
    ("x" * 5000, BODY, 415, "Unsupported content encoding 'xxx"),
    ("gzip", BODY, 400, "The request body is not valid gzip data"),
    ("gzip", DEFLATED, 400, "not valid gzip data"),
    ("gzip", GZIPPED[:5], 400, "not complete gzip data: its end is missing"),
    ("gzip", GZIPPED[:-4], 400, "its end is missing"),
    ("gzip", GZIPPED[:-8] + b"\0" * 8, 400, "not valid gzip data"),
    ("gzip", GZIPPED + b"rest", 400, "not valid gzip data"),
    ("gzip", gzip.compress(b"") * 17, 400, "more than 16 gzip streams"),
    ("gzip", b"", 400, "its end is missing"),
    ("gzip", gzip.compress(b""), 400, "Invalid input data"),
    ("gzip", gzip.compress(b"{no"), 400, "Malformed JSON in request body"),
    ("deflate", DEFLATED[:-2], 400, "its end is missing"),
    ("deflate", BODY, 400, "not valid deflate data"),
    ("deflate", b"", 400, "its end is missing"),
    ("br", b"", 415, "'br'"),
]
CHARSETS: list[Case] = [
    ("utf-8", TEXT.encode(), 200, ""),
    ("UTF-8", TEXT.encode(), 200, ""),
    ('"utf-8"', TEXT.encode(), 200, ""),
    ("", TEXT.encode(), 200, ""),
    ("utf-8; boundary=x", TEXT.encode(), 200, ""),
    ("utf-16", LE, 200, ""),
    ("utf-16", BE, 200, ""),
    ("utf-16", LE_MARK + LE, 200, ""),
    ("UTF-16", BE_MARK + BE, 200, ""),
    ("utf-16le", LE, 200, ""),
    ("utf-16-le", LE_MARK + LE, 200, ""),
    ('"UTF-16BE"', BE, 200, ""),
    ("utf-16be", BE_MARK + BE, 200, ""),
    ("utf-16", b"", 400, "Invalid input data"),
    ("utf-16", LE[:-1], 400, "The request body is not valid UTF-16: truncated data at byte"),
    ("utf-16le", '{"a":"'.encode("utf-16-le") + b"\x00\xd8\x22\x00\x7d\x00", 400, "at byte 12"),
    ("utf-16le", BE, 400, ""),
    ("utf8", TEXT.encode(), 415, "Unsupported charset 'utf8'; expected one of 'utf-8', 'utf-16'. Did you mean 'utf-8'?"),
    ("latin1", BODY, 415, "'latin1'"),
    ("us-ascii", BODY, 415, "'us-ascii'"),
    ("utf-32", TEXT.encode("utf-32"), 415, "'utf-32'"),
    ("utf-7", BODY, 415, "'utf-7'"),
    ("latin1", b"", 415, "'latin1'"),
]  # fmt: skip


def wrong(electron: Electron, header: str, form: str, cases: list[Case]) -> list[Any]:
    """Return the cases whose answer is not the expected one."""
    found: list[Any] = []
    for value, body, status, words in cases:
        answer = chat(electron, body, **{header: form.format(value)})
        error = {} if answer.status == 200 else answer.error
        if answer.status != status or words not in error.get("message", ""):
            found.append((value, body[:20], answer.status, error.get("message")))
        if status == 415 and (list(error) != ["message", "type", "request_id"]):
            found.append((value, error))
    return found


def test_bodies_are_inflated(electron: Electron) -> None:
    """Gzip and deflate are inflated; other encodings get 415, and broken data gets 400."""
    assert wrong(electron, "Content-Encoding", "{}", ENCODED) == []


def test_utf_16_is_read(electron: Electron) -> None:
    """UTF-8 and UTF-16 are read, with and without a byte order mark; other charsets get 415."""
    assert wrong(electron, "Content-Type", "application/json; charset={}", CHARSETS) == []


def test_the_journal_has_the_plain_body(electron: Electron) -> None:
    """Compressed, in UTF-16 or plain: the same request, with the same body and the same reply."""
    answers = [
        chat(electron, BODY),
        chat(electron, GZIPPED, **{"Content-Encoding": "gzip"}),
        chat(electron, LE, **{"Content-Type": "application/json; charset=utf-16"}),
    ]
    assert len({answer.json["choices"][0]["message"]["content"] for answer in answers}) == 1
    assert [exchange.occurrence for exchange in electron.exchanges] == [0, 1, 2]
    for exchange in electron.exchanges:
        assert json.loads(exchange.body) == DOCUMENT
        assert exchange.request is not None
        assert exchange.request.last.content == WORDS


def test_a_body_that_is_not_json_is_not_inflated(electron: Electron) -> None:
    """Express does not read a body that is not declared as JSON, so any encoding is accepted."""
    answer = chat(electron, BODY, **{"Content-Type": "text/plain", "Content-Encoding": "br"})
    assert (answer.status, answer.error["message"]) == (400, "Invalid input data")


def test_the_key_is_checked_before_the_encoding(electron: Electron) -> None:
    """Without a key, a body that cannot be read gets 401."""
    answer = chat(electron, BODY, Authorization="", **{"Content-Encoding": "br"})
    assert answer.status == 401


def test_a_compression_bomb_is_refused_at_the_limit() -> None:
    """A body that inflates to more than the limit gets 413, and no more than that is kept."""
    lane = Lane(Settings(body_limit=100_000))
    bombs = {"gzip": gzip.compress(b" " * 50_000_000), "deflate": zlib.compress(b" " * 50_000_000)}
    for coding, bomb in bombs.items():
        headers = ((b"content-encoding", coding.encode()),)
        arrival = Arrival("POST", "/", "Bearer k", JSON, bomb, headers=headers)
        tracemalloc.start()
        answer = lane.open(arrival)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert answer.status == 413
        assert b"Request body larger than 100000 bytes" in answer.frames[0]
        assert peak < 1_000_000


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_body_may_inflate_to_the_limit(coding: str) -> None:
    """A body of exactly the limit is read."""
    body = BODY + b" " * (1000 - len(BODY))
    compress = gzip.compress if coding == "gzip" else zlib.compress
    lane = Lane(Settings(body_limit=1000))
    headers = ((b"content-encoding", coding.encode()),)
    statuses = [
        lane.open(Arrival("POST", "/", "Bearer k", JSON, compress(data), headers=headers)).status
        for data in (body, body + b" ")
    ]
    assert statuses == [200, 413]


LONE = {
    r'{"model": "\ud800"}': r"\ud800 at line 1, column 12, in model",
    '{"messages": [1,\n {"content": "a\\uDfffb"}]}': r"\uDfff at line 2, column 16, in messages[1].content",
    r'["\\\ud83d\ude00", "\ude00\ud83d"]': r"\ude00 at line 1, column 21, in [1]",
    r'{"a": {"\ud800": 1}}': r"\ud800 at line 1, column 9, in a key of a",
    r'"é\ud800\ud800"': r"\ud800 at line 1, column 3",
}  # fmt: skip


def test_a_lone_surrogate_is_named(electron: Electron) -> None:
    """The message names the surrogate, its position and the field; there are no details."""
    for text, words in LONE.items():
        answer = chat(electron, text.encode())
        assert answer.status == 400
        assert list(answer.error) == ["message", "type", "request_id"]
        assert answer.error["message"] == f"The request body contains the lone surrogate {words}"


def test_other_mistakes_are_not_blamed_on_a_surrogate() -> None:
    """A document that is also malformed is reported as malformed; pairs and backslashes are JSON."""
    for text in (r'{"a": "\ud800"', r'["\ud800", NaN]', "[" * 5000 + r'"\ud800"', r'"\ud800\x"'):
        with pytest.raises(codec.MalformedError, match=r"^at line") as caught:
            codec.decode(text.encode())
        assert not isinstance(caught.value, codec.LoneSurrogateError)
    assert codec.decode(rb'["\\ud800", "\ud83d\ude00"]') == [r"\ud800", "😀"]


def test_bytes_that_are_not_utf_8_are_named() -> None:
    """The message names the byte and its index."""
    with pytest.raises(codec.MalformedError, match=r"not UTF-8: byte 0xe9 at index 2$"):
        codec.decode('"aé"'.encode("latin-1"))


def test_a_surrogate_in_raw_bytes_is_named() -> None:
    """JSON text may contain a surrogate as bytes instead of as an escape; a pair is not lone."""
    for raw, name in ((b"\xed\xa0\x80", "d800"), (b"\xed\xb0\x80", "dc00")):
        with pytest.raises(codec.LoneSurrogateError) as caught:
            codec.decode(b'{"a": "' + raw + b'"}')
        assert str(caught.value) == rf"\u{name} at index 7, in bytes that are not UTF-8"
    with pytest.raises(codec.MalformedError, match=r"not UTF-8: byte 0xed at index 1$"):
        codec.decode(b'"\xed\xa0\xbd\xed\xb8\x80"')


def test_utf_16_without_its_charset_is_named(electron: Electron) -> None:
    """With or without a byte order mark."""
    hint = ". It looks like UTF-16; add charset=utf-16 to Content-Type"
    for body in (LE_MARK + LE, BE_MARK + BE, LE, BE):
        assert chat(electron, body).error["message"].endswith(hint)
    assert not chat(electron, b'\xff"').error["message"].endswith(hint)
