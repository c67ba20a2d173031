"""The API key of a request: it is in no exchange, export or log, wherever the request repeats it."""

import base64
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from lanes import arrival, body
from msgspec.structs import replace

import mock_electron
from mock_electron import Electron, Settings
from mock_electron.cli.logs import TextFormatter
from mock_electron.contract.redaction import Redactor
from mock_electron.engine.lane import Lane
from mock_electron.outputs import redaction
from mock_electron.outputs.encodings import encodings
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


def test_a_percent_encoded_key_of_another_account_is_redacted() -> None:
    """Characters that need not be encoded hide neither a key nor the name of a parameter."""
    rows = {
        "/v1?k=%73k_secretZZZZ1": "/v1?k=…ZZZ1",
        "/v1?q=%73%6B%5fsecretZZZZ1&a=%20b": "/v1?q=…ZZZ1&a=%20b",
        "/v1?%6bey=abcdefghijkl": "/v1?key=…ijkl",
        "a %73k%2Dsecret%5AZZZ1 b": "a …ZZZ1 b",
        "/v1?q=%73ome%20text": "/v1?q=%73ome%20text",
        "/v1?q=100%&k=%7": "/v1?q=100%&k=%7",
    }
    assert {text: redact(text) for text in rows} == rows


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


def encoded(text: str) -> dict[str, str]:
    """Return a text in the encodings that clients use, with and without padding."""
    written = {
        "base64": base64.b64encode(text.encode()).decode(),
        "base64url": base64.urlsafe_b64encode(text.encode()).decode(),
        "hex": text.encode().hex(),
        "uppercase hex": text.encode().hex().upper(),
    }
    written |= {f"{name} without padding": value.rstrip("=") for name, value in written.items()}
    return written | {f"percent-encoded {name}": quote(w, safe="") for name, w in written.items()}


AROUND = ("{}", "u:{}", "us:{}", "user:{}", "{}:", "{}:x", "xx{}yy")


def test_an_encoded_key_is_redacted() -> None:
    """Base64 and hex of the key, alone or within a longer text such as `user:key`, are found."""
    wrong = []
    for key in (*KEYS, "sk_live_51H8zQ2eZvKYlo2C", "k3y1", "schlüssel-9"):
        for around in AROUND:
            for name, text in encoded(around.format(key)).items():
                found = without_key(f"before {text} after", key)
                if "…" not in found or any(form in found for form in encodings(key)):
                    wrong.append((key, around, name, found))
    assert wrong == []


def test_no_exchange_or_export_contains_an_encoded_key(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the scheme of the `Authorization` header is, and without any such header."""
    caplog.set_level(logging.DEBUG)
    key = "sk_live_51H8zQ2eZvKYlo2C"
    basic = [base64.b64encode(text.encode()).decode() for text in (f"user:{key}", f"{key}:")]
    credentials = ("", f"Bearer {key}", *(f"Basic {text}" for text in basic), f"Token {key}", key)
    leaks = []
    for given in credentials:
        for name, text in {**encoded(key), **encoded(f"user:{key}")}.items():
            if not given and not text.startswith(("c2tf", "736")):
                continue  # without the key, only its start shows what it is
            headers = ((b"authorization", given.encode()), (b"x-trace", text.encode()))
            asked = replace(
                arrival(), authorization=given, headers=headers, path=f"/chat/x?session={text}"
            )
            for one_asked in (asked, replace(asked, path="/x", fault_header=f"cut={text}")):
                lane = Lane(Settings())
                answer = lane.open(one_asked)
                lane.close(answer, len(answer.frames))
                electron = Electron(lane, "http://mock")
                [one] = lane.peek()
                texts = [repr(one), str(one), json.dumps(one.to_dict(), ensure_ascii=False)]
                texts += [electron.exchanges.with_others.har(), *caplog.messages]
                middle = encodings(key[3:-4])
                leaks += [
                    (given, name, part, shown)
                    for shown in texts
                    for part in middle
                    if part in shown
                ]
    assert leaks == []


def test_a_report_of_the_contract_contains_no_encoded_key() -> None:
    """Not even if an endpoint repeats the key in base64 or hex, within a longer text."""
    wrong = []
    for key in (*KEYS, "sk_live_51H8zQ2eZvKYlo2C"):
        redactor = Redactor([key])
        for around in AROUND:
            for name, text in encoded(around.format(key)).items():
                if "<key>" not in redactor.text(f"before {text} after"):
                    wrong.append((key, around, name))
    assert wrong == []


def test_the_encodings_of_a_key_are_found_once() -> None:
    """A request with the same key again does not encode it again."""
    key = "sk_live_never_seen_before_1"
    encodings(key)
    assert encodings(key) is encodings(key)


SENTENCES = (
    "KeyError: 'city'",
    "KeyError: 'address_line_1'",
    "KeyError: 'line2address'",
    "TokenError: 5 tokens too many",
    "AuthenticationError: bad",
    "SecretsException: 'getWeatherForTheUser' failed",
    "ValueError: unknown key: 'city'",
    "ValueError: unknown key: 'address1'",
    "ValueError: max_tokens=512 is too small",
    "ValueError: Bearer of bad news, and a basic misunderstanding",
    'AssertionError: {"token": "city", "key": 5, "author": null}',
    "LookupError: no such token: tomorrow at 10:30 on 2026-01-05",
    "TypeError: f() got an unexpected keyword argument 'sort_key=name2'",
    "ValueError: the signature=(a, b) of f",
)
SECRETS = (
    "KeyError: 'sk_live_0123456789'",
    "ValueError: token=a1b2c3d4e5",
    "ValueError: password=hunter2",
    "ValueError: api_key: '0123456789abcdef'",
    'ValueError: {"token": "a1b2c3d4e5"}',
    "ValueError: Bearer a1b2c3d4e5",
    "ValueError: Basic dXNlcjpwYXNzd29yZA==",
    "ValueError: bearer correcthorsebatterystaple",
    "ConnectError: https://a.test/?api_key=city&token=tomorrow",
    "ConnectError: https://user:city@a.test/",
    "KeyError: 'AKIA0123456789'",
)


def test_a_sentence_is_kept_and_a_key_in_it_is_redacted() -> None:
    """A user function's exception is shown as it is, unless a part of it looks like a key."""
    changed = []
    for text in SENTENCES:
        kind, _, message = text.partition(": ")
        lane = Lane(Settings())
        error = type(kind, (Exception,), {"__str__": lambda _, message=message: message})

        def fail(_request: object, error: type[Exception] = error) -> str:
            raise error

        lane.respond_with(fail)
        answer = lane.open(arrival())
        lane.close(answer, len(answer.frames))
        [one] = lane.peek()
        texts = (one.raised, one.to_dict()["raised"], str(one).replace('\\"', '"'))
        changed += [(text, found) for found in texts if text not in found]
    assert changed == []
    parts = ("0123456789", "a1b2c3", "hunter2", "dXNlcjpw", "correcthorse", "city", "tomorrow")
    shown = [redaction.redact_message(text) for text in SECRETS]
    assert [text for text in shown if "…" not in text or any(part in text for part in parts)] == []


def test_a_message_of_an_error_is_kept() -> None:
    """A message is a sentence in the line, in the values of an export, and in a note of a fault."""
    lane = Lane(Settings())
    sentence = "the key: max_tokens=512 is too small; basic misunderstanding"
    lane.respond_with(lambda _: mock_electron.fail(400, message=sentence))
    answer = lane.open(arrival(faults=f"key:{'x' * 5}=city"))
    lane.close(answer, len(answer.frames))
    [one] = lane.peek()
    assert "key:xxxxx" in str(one)
    answer = lane.open(arrival())
    lane.close(answer, len(answer.frames))
    assert lane.peek()[-1].to_dict()["error"]["message"] == sentence


def test_the_log_keeps_sentences_and_redacts_lines_of_requests() -> None:
    """The log of the package has sentences, that of uvicorn has paths with queries."""
    shown = TextFormatter("%(message)s")
    record = logging.LogRecord("mock_electron", 40, "", 1, "KeyError: 'city'", (), None)
    assert shown.format(record) == "KeyError: 'city'"
    record = logging.LogRecord("uvicorn.access", 20, "", 1, "GET /x?token=city", (), None)
    assert shown.format(record) == "GET /x?token=…"


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
