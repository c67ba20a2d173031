"""The header `X-Mock-Electron`, sent by real clients to request their own faults."""

import time
from collections.abc import Mapping
from typing import Any, Final

import openai
import pytest
from client_libraries import (
    WEATHER,
    async_openai_client,
    openai_client,
    smallestai_client,
)
from raw_http import TIMEOUT, chat, listen, user

from mock_electron import Electron, call, fail, faults
from mock_electron.engine.faults.directives import DIRECTIVES, KNOWN, OPTIONS
from mock_electron.engine.faults.header import NAME

WHOLE: Any = {"model": "electron", "messages": user("How is the weather?")}
STREAM: Any = WHOLE | {"stream": True, "stream_options": {"include_usage": True}}
TOOLS: Any = WHOLE | {"tools": [WEATHER]}
STREAMED_TOOLS: Any = STREAM | {"tools": [WEATHER]}
PATIENCE: Final = 0.3
"""Seconds to wait if no answer is expected."""

ROWS: Mapping[str, tuple[dict[str, Any], tuple[faults.Fault, ...]]] = {
    "fail=503": (WHOLE, (fail(503),)),
    "fail=concurrency": (STREAM, (fail("concurrency"),)),
    "fail=429; retry-after=2": (WHOLE, (fail(429, retry_after=2),)),
    "fail=429; retry-date=2": (WHOLE, (fail(429, retry_after=2, as_date=True),)),
    "fail=500; delay=0.05": (WHOLE, (fail(500, delay=0.05),)),
    "fail=502; body=html": (WHOLE, (fail(502, body="html"),)),
    "fail=502; body=empty": (STREAM, (fail(502, body="empty"),)),
    "body=html;delay=0.05;retry-after=0;fail=upstream;times=3": (
        WHOLE,
        (fail("upstream", retry_after=0, delay=0.05, body="html"),),
    ),
    "reset": (WHOLE, (faults.Reset(),)),
    "close": (STREAM, (faults.Close(),)),
    "silence": (WHOLE, (faults.Silence(),)),
    "cut=3": (STREAM, (faults.Cut(after=3),)),
    "cut=0": (STREAM, (faults.Cut(after=0),)),
    "cut-inside=3:frame": (STREAM, (faults.Cut(after=3, inside="frame"),)),
    "cut-inside=3:string": (STREAM, (faults.Cut(after=3, inside="string"),)),
    "cut-inside=3:character": (STREAM, (faults.Cut(after=3, inside="character"),)),
    "cut-bytes=100": (WHOLE, (faults.Cut(bytes=100),)),
    "error=3": (STREAM, (faults.ErrorEvent(3),)),
    "error=3:429": (STREAM, (faults.ErrorEvent(3, 429),)),
    "error=3:overloaded": (STREAM, (faults.ErrorEvent(3, "overloaded"),)),
    "stall=0.05": (WHOLE, (faults.Stall(0.05),)),
    "stall=0.05:3": (STREAM, (faults.Stall(0.05, after=3),)),
    "no-done": (STREAM, (faults.NoDone(),)),
    "no-finish": (STREAM, (faults.NoFinish(),)),
    "no-usage": (STREAM, (faults.NoUsage(),)),
    "duplicate=3": (STREAM, (faults.Duplicate(3),)),
    "bad-frame=3": (STREAM, (faults.BadFrame(3),)),
    "comments": (STREAM, (faults.Comments(),)),
    "crlf": (STREAM, (faults.Crlf(),)),
    "fragment=7": (STREAM, (faults.Fragment(7),)),
    "gzip": (WHOLE, (faults.Gzip(),)),
    "wrong-length=5": (WHOLE, (faults.WrongLength(5),)),
    "wrong-length=+5": (WHOLE, (faults.WrongLength(5),)),
    "wrong-length=-5": (WHOLE, (faults.WrongLength(-5),)),
    "bad-arguments": (TOOLS, (faults.BadArguments(),)),
    "unknown-tool": (TOOLS, (faults.UnknownTool(),)),
    "empty-choices": (WHOLE, (faults.EmptyChoices(),)),
    "content-filter": (STREAM, (faults.ContentFilter(),)),
    "fail=504; page=nginx; retry-date=2": (
        WHOLE,
        (fail(504, page="nginx", retry_after=2, as_date=True),),
    ),
    "fail=520; page=cloudflare; truncate=30": (
        STREAM,
        (fail(520, page="cloudflare", truncate=30),),
    ),
    "fail=503; content-type=text/plain; message=Later%2E": (
        WHOLE,
        (fail(503, content_type="text/plain", message="Later."),),
    ),
    "error-body=503": (WHOLE, (faults.ErrorBody(503),)),
    "raw=data%3A%20%7B%7D%0A%0A:%FF": (STREAM, (faults.Raw([b"data: {}\n\n", b"\xff"]),)),
    "no-space": (STREAM, (faults.NoSpace(),)),
    "data-lines": (STREAM, (faults.DataLines(),)),
    "event-fields": (STREAM, (faults.EventFields(),)),
    "event-fields=ping": (STREAM, (faults.EventFields("ping"),)),
    "byte-order-mark": (WHOLE, (faults.ByteOrderMark(),)),
    "bare-cr": (STREAM, (faults.BareCr(),)),
    "repeated-call=id": (STREAMED_TOOLS, (faults.RepeatedCall("id"),)),
    "same-index": (STREAMED_TOOLS, (faults.SameIndex(),)),
    "no-index": (STREAMED_TOOLS, (faults.NoIndex(),)),
    "calls-in-one-chunk": (STREAMED_TOOLS, (faults.CallsInOneChunk(),)),
    "two-finishes": (STREAM, (faults.TwoFinishes(),)),
    "comments; crlf ;fragment = 7; cut=3;": (
        STREAM,
        (faults.Comments(), faults.Crlf(), faults.Fragment(7), faults.Cut(after=3)),
    ),
    "NO-DONE": (STREAM, (faults.NoDone(),)),
    "": (WHOLE, ()),
    " ; ": (WHOLE, ()),
}


@pytest.mark.parametrize(
    ("text", "body", "expected"), [(text, *row) for text, row in ROWS.items()], ids=ROWS.keys()
)
def test_a_directive_adds_its_fault(
    text: str, body: dict[str, Any], expected: tuple[faults.Fault, ...], electron: Electron
) -> None:
    """The request with the header has the fault, and the next request without it has none."""
    if "tools" in body:
        electron.reply(call("get_weather", city="Mumbai"))
    headers = {NAME: text, "Accept-Encoding": "gzip"}
    ending = text if text in ("reset", "silence") else "closed"
    patience = PATIENCE if ending == "silence" else TIMEOUT
    assert listen(electron, body, headers, patience).ending == ending
    assert listen(electron, WHOLE).complete
    assert [exchange.faults for exchange in electron.exchanges] == [expected, ()]


def test_every_directive_is_in_the_table() -> None:
    """A new directive needs a row in `ROWS`."""
    used = {item.partition("=")[0].strip().lower() for text in ROWS for item in text.split(";")}
    assert used - {""} == {*DIRECTIVES, *OPTIONS}


# With the client libraries


def test_openai_sends_the_header_with_one_request(electron: Electron) -> None:
    """`extra_headers` affects only its request."""
    with openai_client(electron) as client:
        chunks = client.chat.completions.create(**STREAM, extra_headers={NAME: "cut=3"})
        with pytest.raises(openai.APIConnectionError):
            list(chunks)
        assert client.chat.completions.create(**WHOLE).choices
    assert [exchange.chunks_sent for exchange in electron.exchanges] == [3, 1]


def test_openai_sends_the_header_with_all_requests(electron: Electron) -> None:
    """`default_headers` affects only its client."""
    with openai_client(electron, default_headers={NAME: "fail=503; body=html"}) as client:
        for _ in range(2):
            with pytest.raises(openai.InternalServerError):
                client.chat.completions.create(**WHOLE)
    with openai_client(electron) as client:
        assert client.chat.completions.create(**WHOLE).choices


@pytest.mark.asyncio
async def test_asynchronous_openai_sends_the_header(electron: Electron) -> None:
    """Several harmless directives together leave the stream complete."""
    electron.reply("Hi!")
    headers = {NAME: "comments; crlf; fragment=3; gzip; no-usage"}
    async with async_openai_client(electron) as client:
        chunks = await client.chat.completions.create(**STREAM, extra_headers=headers)
        received = [chunk async for chunk in chunks]
    assert "".join(c.choices[0].delta.content or "" for c in received) == "Hi!"
    assert len(electron.exchanges[0].faults) == 5


def test_smallestai_sends_the_header(electron: Electron) -> None:
    """`additional_headers` of the request options affects the request."""
    options = {"additional_headers": {NAME: "content-filter"}}
    with smallestai_client(electron) as client:
        completion = client.complete(**WHOLE, request_options=options)
    assert completion.choices[0].finish_reason == "content_filter"


@pytest.mark.parametrize("library", ["openai", "smallestai"])
def test_a_retry_recovers(
    library: str, electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`times=2` affects two requests, so a client with two retries gets a reply."""
    monkeypatch.setattr(time, "sleep", electron.clock.advance)
    headers = {NAME: "fail=502; retry-after=5; times=2"}
    if library == "openai":
        with openai_client(electron, max_retries=2) as client:
            completion = client.chat.completions.create(**WHOLE, extra_headers=headers)
    else:
        with smallestai_client(electron, max_retries=2) as smallest:
            options = {"additional_headers": headers}
            completion = smallest.complete(**WHOLE, request_options=options)
    assert completion.choices[0].message.content
    assert [exchange.status for exchange in electron.exchanges] == [502, 502, 200]
    began = electron.exchanges[0].arrived_at
    assert [exchange.arrived_at - began for exchange in electron.exchanges] == [0.0, 5.0, 10.0]


def test_a_retry_test_sees_the_same_in_every_run(electron: Electron) -> None:
    """After two faults and a reply the count starts anew, for each key and each header."""
    headers = {NAME: "fail=503; times=2"}
    keys = ({"Authorization": "Bearer sk_a"}, {"Authorization": "Bearer sk_b"})
    seen = [[chat(electron, WHOLE, **headers, **key).status for key in keys] for _ in range(6)]
    assert seen == [[503, 503], [503, 503], [200, 200]] * 2
    assert chat(electron, WHOLE).status == 200


def test_a_response_says_why_a_fault_did_not_apply(electron: Electron) -> None:
    """The header of the response has the reason, and so does the exchange."""
    refused = chat(electron, WHOLE, **{NAME: "cut=3"})
    assert refused.headers["x-mock-electron-fault"] == "cut not applied: cut needs a stream"
    assert electron.exchanges.last.fault_note == "cut not applied: cut needs a stream"
    assert "x-mock-electron-fault" not in chat(electron, WHOLE).headers


# Wrong headers

REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "cuts=3": (WHOLE, "unknown directive 'cuts'; expected one of fail=503, "),
    "fial=503": (WHOLE, "Did you mean 'fail'?"),
    "cut": (STREAM, "cut needs a value; write it like cut=3"),
    "cut=3:4": (STREAM, "cut takes 1 value, got 2; write it like cut=3"),
    "crlf=1": (STREAM, "crlf takes no value"),
    "cut:3": (STREAM, "unknown directive 'cut:3'; write cut=3"),
    "stall:1:2": (STREAM, "unknown directive 'stall:1:2'; write stall=1:2"),
    "fail:503": (WHOLE, "unknown directive 'fail:503'; write fail=503"),
    "cuts:3": (STREAM, "unknown directive 'cuts:3'; expected one of"),
    "fail=503; message=Später".encode().decode("latin-1"): (
        WHOLE,
        "message must be percent-encoded, such as Sp%C3%A4ter; write it like message=Slow%20down.",
    ),
    "fail=503; message=Später": (WHOLE, "must be percent-encoded, such as Sp%C3%A4ter"),
    "fail=503; content-type=text/ä": (WHOLE, "content-type must be percent-encoded, such as"),
    "cut=three": (STREAM, "cut must be an integer, got 'three'; write it like cut=3"),
    "cut=-1": (STREAM, "cut must be an integer of at least 0, got -1; write it like cut=3"),
    "cut-inside=3:word": (
        STREAM,
        "unknown cut-inside 'word'; expected one of 'frame', 'string', 'character'",
    ),
    "wrong-length=0": (WHOLE, "wrong-length must be an integer other than 0, got 0"),
    "fail=418": (WHOLE, "unknown error 418; expected one of"),
    f"fail={'5' * 54_000}": (WHOLE, "unknown error '5555"),
    "error=3:418": (STREAM, "unknown error 418; expected one of"),
    "fail=503; body=xml": (WHOLE, "unknown body 'xml'; expected one of 'html', 'empty'"),
    "fail=503; delay=-1": (
        WHOLE,
        "delay must be a number of at least 0, got '-1'; write it like delay=0.5",
    ),
    "retry-after=2": (WHOLE, "retry-after cannot be used without fail; add fail=503"),
    "fail=503; retry-after=2; retry-date=2": (WHOLE, "not both"),
    "times=2": (WHOLE, "times needs a fault; add one, such as fail=503"),
    "cut=3; times=0": (
        STREAM,
        "times must be an integer of at least 1, got '0'; write it like times=2",
    ),
    "reset; cut=3": (STREAM, "fail, reset, close and silence cannot be combined with other faults"),
    "cut=3; cut=4": (STREAM, "duplicate directive 'cut'"),
    "cut=3": (WHOLE, "cut needs a stream"),
    "crlf": (WHOLE, "crlf needs a stream"),
    "stall=1:3": (WHOLE, "stall needs a stream"),
    "no-usage": (WHOLE | {"stream": True}, "no-usage needs a stream with include_usage"),
    "wrong-length=5": (STREAM, "wrong-length needs a reply in one piece"),
    "bad-arguments": (WHOLE, "bad-arguments needs a reply with tool calls"),
    "unknown-tool": (STREAM, "unknown-tool needs a reply with tool calls"),
    "gzip": (WHOLE, "gzip needs a client that accepts gzip"),
}


@pytest.mark.parametrize(
    ("text", "body", "message"),
    [(text, *row) for text, row in REFUSED.items()],
    ids=[text[:60] for text in REFUSED],
)
def test_a_wrong_header_is_refused(
    text: str, body: dict[str, Any], message: str, electron: Electron
) -> None:
    """The answer is a 400 that says what is wrong, and no scripted reply is used."""
    electron.reply("Hi!")
    response = chat(electron, body, **{NAME: text})
    assert response.status == 400
    assert response.error["type"] == "invalid_request_error"
    assert response.error["message"].startswith(f"{NAME}: ")
    assert message in response.error["message"]
    assert "details" not in response.error
    assert len(response.error["message"]) < 1_200
    assert chat(electron, WHOLE).json["choices"][0]["message"]["content"] == "Hi!"


def test_the_error_for_an_unknown_directive_lists_all(electron: Electron) -> None:
    """The error that `openai` raises names all directives and the nearest one."""
    with (
        openai_client(electron, default_headers={NAME: "dupliacte=3"}) as client,
        pytest.raises(openai.BadRequestError) as caught,
    ):
        client.chat.completions.create(**STREAM)
    assert "Did you mean 'duplicate'?" in caught.value.message
    for example in KNOWN:
        assert example in caught.value.message
    assert len(electron.exchanges) == 1


@pytest.mark.electron(fault_header=False)
@pytest.mark.parametrize("text", ["fail=503", "cut=3", "nonsense"])
def test_the_header_can_be_disabled(text: str, electron: Electron) -> None:
    """With `fault_header=False` the header is ignored."""
    seen = listen(electron, STREAM, {NAME: text})
    assert seen.complete
    assert seen.body.endswith(b"data: [DONE]\n\n")
    assert electron.exchanges[0].faults == ()
