"""The API key of a request: it is in no exchange, export or log, wherever the request repeats it."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from lanes import arrival, body

from mock_electron import Electron, Settings
from mock_electron.engine.lane import Lane
from mock_electron.outputs import redaction
from mock_electron.outputs.redaction import redact, without_key

HEX = "0123456789abcdef0123456789abcdef"
KEYS = (HEX, "p@ss=w:rd/+xyz==", "correcthorsebattery", "Bearer-like.tok~en_9", "a%2Fb c'd\"e\\f12")


def lower(text: str) -> str:
    return quote(text, safe="").lower() if text.islower() else quote(text, safe="/")


def every_byte(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


FORMS: dict[str, Callable[[str], str]] = {
    "alone": str,
    "after a hyphen": "id-{}".format,
    "before a digit": "{}_1".format,
    "within a word": "a{}b".format,
    "twice": lambda key: key + key,
    "encoded": lambda key: f"x{quote(key, safe='')}y",
    "lowercase digits": lambda key: "%" + lower(key),
    "every byte": every_byte,
    "mixed": lambda key: key[:3] + every_byte(key[3:6]).upper() + key[6:],
    "after other escapes": lambda key: f"%zz%41%{quote(key, safe='')}%",
}


def test_a_key_is_redacted_in_every_form() -> None:
    """It is found within a word, percent-encoded, and in either case; the rest of the text stays."""
    wrong = []
    for key in KEYS:
        end = f"…{key[-4:]}"
        for form, write in FORMS.items():
            text = f"before {write(key)} after"
            found = without_key(text, key)
            rest = found.startswith("before ") and found.endswith(" after") and end in found
            if any(part in found for part in (key, quote(key, safe=""), key[:8])) or not rest:
                wrong.append((key, form, found))
    assert wrong == []


def test_other_texts_are_kept() -> None:
    """A short word is not a secret, and other escapes stay as they are."""
    texts = (
        "100%",
        "%41%4a/%zz",
        "a%2Fb",
        "%",
        "%%41",
        "tests and test",
        "/waves/v1%2fchat",
        HEX[:31],
    )
    assert [
        one for one in texts for key in (HEX, "test", "abc", "") if without_key(one, key) != one
    ] == []


def test_the_time_is_proportional_to_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text is split once for each form of the key, whatever it consists of."""
    counts = {"characters": 0}

    class Counted:
        def split(self, text: str) -> list[str]:
            counts["characters"] += len(text)
            return original.split(text)

    original = redaction.ENCODED
    monkeypatch.setattr(redaction, "ENCODED", Counted())
    wrong = {}
    for unit in (
        "%61",
        "a",
        "%",
        "%6",
        "%2561",
        "a%61",
        HEX,
        quote("/"),
        HEX[:-1],
        every_byte(HEX),
    ):
        for key in ("a" * 1_000 + "1", HEX, "%6161616"):
            counts["characters"], text = 0, unit * 2_000
            redact(text, key)
            if counts["characters"] > 4 * len(text):
                wrong[unit, key[:5]] = counts["characters"]
    assert wrong == {}


def places(key: str) -> dict[str, Any]:
    """Return requests that repeat their key."""
    asked = arrival(key=key)

    def headers(**given: str) -> Any:
        found = {name.replace("_", "-"): value for name, value in given.items()}
        pairs = tuple((name.encode(), value.encode()) for name, value in found.items())
        return replace(asked, headers=pairs)

    directive = quote(key, safe="")
    named = replace(asked, headers=((key.encode().lower(), b"1"),))
    return {
        "header": headers(x_custom=f"id-{key}_1"),
        "header name": named,
        "host": headers(host=f"x.{key}.test"),
        "idempotency key": headers(idempotency_key=f"n{key}"),
        "path": replace(asked, path=f"/chat/x{directive.lower() if key == HEX else directive}"),
        "method": replace(asked, method=f"X{key}", path="/x"),
        "directive": replace(asked, fault_header=key),
        "directive value": replace(asked, fault_header=f"cut={key}"),
        "message": replace(asked, fault_header=f"fail=503; message={key}"),
        "message with others": replace(
            asked, fault_header=f"fail=503; message=see {key}x; body=html"
        ),
        "content type": replace(asked, content_type=f"application/json; charset={key}"),
        "content encoding": replace(asked, headers=((b"content-encoding", key.encode()),)),
    }


def test_no_exchange_or_export_contains_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """Errors that echo a value are sent unchanged, and recorded without the key."""
    caplog.set_level(logging.DEBUG)
    leaks = []
    for key in (*KEYS[:1], "correcthorsebattery", "Tok~en.like_9"):
        for place, asked in places(key).items():
            lane = Lane(Settings())
            answer = lane.open(asked)
            lane.close(answer, len(answer.frames))
            electron = Electron(lane, "http://mock")
            [one] = lane.peek()
            texts = [repr(one), str(one), json.dumps(one.to_dict(), ensure_ascii=False)]
            texts += [repr(one.faults), repr(one.error), repr(one.raw_headers), one.fault_note]
            texts += [repr(one.raw_response_headers), repr(one.frames), one.method, one.path]
            texts += [
                electron.exchanges.har(),
                electron.exchanges.json_lines(),
                repr(answer.exchange),
            ]
            texts += [electron.exchanges.with_others.har(), *caplog.messages]
            forms = (key, key.lower(), quote(key, safe=""))
            leaks += [(key, place, text) for text in texts if any(form in text for form in forms)]
            if place in ("message", "directive"):
                assert key.lower() in body(answer).decode().lower()
    assert leaks == []


def test_the_start_of_a_long_key_is_redacted() -> None:
    """A message that is shortened within the key does not show its start."""
    key = HEX + "z" * 500
    assert without_key(f"unknown directive '{key[:60]}…", key) == "unknown directive '…"
    assert without_key(f"a {HEX}…, {HEX[:5]}…", key) == f"a …, {HEX[:5]}…"
    lane = Lane(Settings())
    for asked in places(key).values():
        answer = lane.open(asked)
        lane.close(answer, len(answer.frames))
    shown = [text for one in lane.peek() for text in (str(one), json.dumps(one.to_dict()))]
    assert [text for text in shown if HEX in text] == []


def test_a_key_that_is_the_name_of_an_error_changes_no_fault() -> None:
    """The fault is recorded with the name, and the request is answered."""
    lane = Lane(Settings())
    for key, header in (("text/plain", "fail=503; body=html"), ("overloaded", "error=3:503")):
        answer = lane.open(arrival(key=key, faults=header, stream=True))
        lane.close(answer, len(answer.frames))
        assert len(lane.peek()[-1].faults) == 1


def test_a_log_of_a_failure_does_not_contain_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """Neither does the record of an exception that a user function raised."""
    lane = Lane(Settings())

    def fail(_request: object) -> str:
        raise ValueError(f"no user for x{HEX}")

    lane.respond_with(fail)
    answer = lane.open(arrival(key=HEX))
    lane.close(answer, len(answer.frames))
    [one] = lane.peek()
    assert "no user for x…cdef" in one.raised
    assert [text for text in (one.raised, str(one), *caplog.messages) if HEX in text] == []
    assert len(caplog.messages) == 1


def test_a_key_that_is_part_of_the_endpoint_changes_no_path() -> None:
    """The exchange is still a chat request."""
    lane = Lane(Settings())
    answer = lane.open(arrival(key="completions"))
    lane.close(answer, len(answer.frames))
    assert lane.peek()[0].is_chat


def test_short_names_of_secrets_are_words() -> None:
    """Names that contain a short word in a longer one keep their values."""
    secret = (
        "X-Sig",
        "sig",
        "x_pwd",
        "X-Pass",
        "X-JWT",
        "X-Hmac-Sha256",
        "sid",
        "X-SessionId",
        "JSESSIONID",
    )
    public = ("X-Design", "Signal", "X-Compass", "X-Bypass", "Passenger", "X-Side", "Residence")
    assert [name for name in (*secret, *public) if redaction.is_secret_name(name)] == [*secret]
    assert redaction.redact("/a?sig=0123456789&page=2") == "/a?sig=…6789&page=2"
