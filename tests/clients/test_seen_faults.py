"""Every fault as real clients see it: the error that a library raises, or the reply that it returns.

`openai` documents (README of 3.54, "Handling errors"): 4xx and 5xx raise a subclass of
`APIStatusError`; a failed connection raises `APIConnectionError`, and a timeout its subclass
`APITimeoutError`, also while a stream is read. Not documented: an error event raises `APIError`;
an event that is not JSON raises `json.JSONDecodeError`; a stream that is complete according to HTTP
is complete, even if parts of it are missing.

Not documented either, and found here: an error whose body is truncated raises `httpx2`'s own
`RemoteProtocolError` if a stream was asked for; an error object with status 200 is an empty stream, or
a completion without choices.

`smallestai` documents `ApiError` and its subclasses for 4xx and 5xx. Not documented: a failed
connection raises errors of httpx. It cannot read streams.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple, get_args

import httpx
import httpx2
import openai
import pytest
from client_libraries import (
    WEATHER,
    async_openai_client,
    async_smallestai_client,
    openai_client,
    smallestai_client,
)
from openai.types.chat import ChatCompletionChunk
from raw_http import user
from smallestai.core.api_error import ApiError
from smallestai.waves import (
    BadGatewayError,
    BadRequestError,
    ForbiddenError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
)

from mock_electron import Electron, ErrorName, call, fail, faults
from mock_electron.engine.faults.replacement import BODIES, FailBody
from mock_electron.engine.faults.stream import INSIDE
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server
from mock_electron.wire.errors import BY_NAME, BY_STATUS

TEXT: Final = "It snows in Zürich, they say."
WHOLE: Any = {"model": "electron", "messages": user("How is the weather?")}
STREAM: Any = WHOLE | {"stream": True, "stream_options": {"include_usage": True}}
PATIENCE: Final = 10.0
"""Seconds."""


class Seen(NamedTuple):
    """What a program sees: the error, the text before it, and the finish reason."""

    error: type[Exception] | None = None
    text: str = TEXT
    finish: str | None = "stop"


def patience_for(seen: Seen) -> float:
    """Return the timeout of a client in seconds: short if it is expected to time out."""
    if seen.error not in (openai.APITimeoutError, httpx.ReadTimeout):
        return PATIENCE
    return 3.0 if seen.text else 1.0


def raised(error: type[Exception]) -> Seen:
    """Return what is seen if only an error is raised."""
    return Seen(error, "", None)


NOTHING: Final = Seen(text="", finish=None)
"""What is seen of an empty reply."""
Client = Callable[[Electron, float], Seen]
"""Asks a question with a timeout in seconds."""
OPENAI_ERRORS: Final = (openai.APIError, json.JSONDecodeError, httpx2.HTTPError)
SMALLESTAI_ERRORS: Final = (ApiError, httpx.HTTPError)


def seen_in(chunks: list[ChatCompletionChunk], error: Exception | None = None) -> Seen:
    choices = [choice for chunk in chunks for choice in chunk.choices]
    text = "".join(choice.delta.content or "" for choice in choices)
    return Seen(
        type(error) if error else None, text, choices[-1].finish_reason if choices else None
    )


def seen_whole(completion: Any) -> Seen:
    if not completion.choices:
        return Seen(text="", finish=None)
    [choice] = completion.choices
    return Seen(text=choice.message.content, finish=choice.finish_reason)


def stream(electron: Electron, patience: float) -> Seen:
    chunks: list[ChatCompletionChunk] = []
    with openai_client(electron, timeout=patience) as client:
        try:
            for chunk in client.chat.completions.create(**STREAM):
                chunks.append(chunk)
        except OPENAI_ERRORS as error:
            return seen_in(chunks, error)
    return seen_in(chunks)


async def stream_async(electron: Electron, patience: float) -> Seen:
    chunks: list[ChatCompletionChunk] = []
    async with async_openai_client(electron, timeout=patience) as client:
        try:
            async for chunk in await client.chat.completions.create(**STREAM):
                chunks.append(chunk)
        except OPENAI_ERRORS as error:
            return seen_in(chunks, error)
    return seen_in(chunks)


def ask(electron: Electron, patience: float) -> Seen:
    with openai_client(electron, timeout=patience) as client:
        try:
            return seen_whole(client.chat.completions.create(**WHOLE))
        except OPENAI_ERRORS as error:
            return raised(type(error))


async def ask_async(electron: Electron, patience: float) -> Seen:
    async with async_openai_client(electron, timeout=patience) as client:
        try:
            return seen_whole(await client.chat.completions.create(**WHOLE))
        except OPENAI_ERRORS as error:
            return raised(type(error))


def ask_smallestai(electron: Electron, patience: float) -> Seen:
    with smallestai_client(electron, timeout=patience) as client:
        try:
            return seen_whole(client.complete(**WHOLE))
        except SMALLESTAI_ERRORS as error:
            return raised(type(error))


async def ask_smallestai_async(electron: Electron, patience: float) -> Seen:
    async with async_smallestai_client(electron, timeout=patience) as client:
        try:
            return seen_whole(await client.complete(**WHOLE))
        except SMALLESTAI_ERRORS as error:
            return raised(type(error))


# Streams

BROKEN: Final = openai.APIConnectionError
LATE: Final = openai.APITimeoutError

IN_STREAMS: Mapping[str, tuple[faults.Fault, Seen]] = {
    "an error": (fail(503), raised(openai.InternalServerError)),
    "a delayed error": (fail(429, delay=0.05), raised(openai.RateLimitError)),
    "an error after the timeout": (fail(503, delay=60), raised(LATE)),
    "a proxy's page": (fail(502, body="html"), raised(openai.InternalServerError)),
    "an empty error": (fail(403, body="empty"), raised(openai.PermissionDeniedError)),
    "a reset": (faults.Reset(), raised(BROKEN)),
    "a close": (faults.Close(), raised(BROKEN)),
    "silence": (faults.Silence(), raised(LATE)),
    # A cut is an error, because the last chunk of the chunked encoding is missing.
    "cut before the first chunk": (faults.Cut(after=0), raised(BROKEN)),
    "cut after three chunks": (faults.Cut(after=3), Seen(BROKEN, "It snows", None)),
    "cut after all chunks": (faults.Cut(after=99), Seen(BROKEN, TEXT, "stop")),
    "cut inside a frame": (faults.Cut(3, inside="frame"), Seen(BROKEN, "It snows", None)),
    "cut inside a string": (faults.Cut(3, inside="string"), Seen(BROKEN, "It snows", None)),
    "cut inside a character": (
        faults.Cut(1, inside="character"),
        Seen(BROKEN, "It snows in", None),
    ),
    "cut before the first byte": (faults.Cut(bytes=0), raised(BROKEN)),
    "cut after a byte": (faults.Cut(bytes=1), raised(BROKEN)),
    "cut in the middle": (faults.Cut(), Seen(BROKEN, "It snows in Zürich", None)),
    "cut by a reset": (faults.Cut(after=3, reset=True), Seen(BROKEN, "It snows", None)),
    "an error event": (faults.ErrorEvent(), raised(openai.APIError)),
    "a later error event": (
        faults.ErrorEvent(3, "concurrency"),
        Seen(openai.APIError, "It snows", None),
    ),
    "an error event at the end": (faults.ErrorEvent(99), Seen(openai.APIError, TEXT, "stop")),
    "a short stall": (faults.Stall(0.05, after=3), Seen()),
    "a stall before the first chunk": (faults.Stall(60), raised(LATE)),
    "a stall": (faults.Stall(60, after=3), Seen(LATE, "It snows", None)),
    # These are not errors: the stream is complete according to HTTP.
    "no [DONE]": (faults.NoDone(), Seen()),
    "no finish reason": (faults.NoFinish(), Seen(finish=None)),
    "no usage": (faults.NoUsage(), Seen()),
    "a chunk twice": (faults.Duplicate(), Seen(text="It" + TEXT)),
    "the last chunk twice": (faults.Duplicate(11), Seen()),
    "not JSON": (faults.BadFrame(after=3), Seen(json.JSONDecodeError, "It snows", None)),
    "not JSON at the end": (faults.BadFrame(99), Seen(json.JSONDecodeError, TEXT, "stop")),
    "comments": (faults.Comments(), Seen()),
    "CR LF": (faults.Crlf(), Seen()),
    "gzip": (faults.Gzip(), Seen()),
    "bytes one by one": (faults.Fragment(1), Seen()),
    "fragments of seven bytes": (faults.Fragment(7), Seen()),
    "fragments of any size": (faults.Fragment(), Seen()),
    "no choices": (faults.EmptyChoices(), Seen(text="", finish=None)),
    "content filter": (faults.ContentFilter(), Seen(finish="content_filter")),
    "a page of nginx": (fail(504, page="nginx"), raised(openai.InternalServerError)),
    "a page of Cloudflare": (fail(520, page="cloudflare"), raised(openai.InternalServerError)),
    "a conflict": (fail(409, page="nginx"), raised(openai.ConflictError)),
    "a status without a class": (fail(499, page="nginx"), raised(openai.APIStatusError)),
    "an error as text": (fail(503, content_type="text/plain"), raised(openai.InternalServerError)),
    "a truncated page": (fail(502, page="alb", truncate=30), raised(httpx2.RemoteProtocolError)),
    # The library reads no event from JSON that is not in events.
    "an error with status 200": (faults.ErrorBody(), NOTHING),
    "an empty body": (faults.Raw(), NOTHING),
    "a page with status 200": (faults.Raw(["<html>\n</html>\n"]), NOTHING),
    "an unfinished event": (
        faults.Raw([b"data: {\n\n"]),
        raised(json.JSONDecodeError),
    ),
    "no space": (faults.NoSpace(), Seen()),
    "several data lines": (faults.DataLines(), Seen()),
    "event, id and retry lines": (faults.EventFields(), Seen()),
    "a byte order mark": (faults.ByteOrderMark(), Seen()),
    "CR": (faults.BareCr(), Seen()),
    "two finish chunks": (faults.TwoFinishes(), Seen()),
    "another finish chunk": (faults.TwoFinishes("length"), Seen(finish="length")),
}


def after(fault: faults.Fault, client: Client, expected: Seen, server: Server) -> tuple[Any, ...]:
    """Return what a client sees of the fault and of the next reply, and the faults of both."""
    lane = Lane()
    electron = Electron(lane, server.open_lane(lane))
    electron.inject(fault)
    electron.respond_with(lambda request: TEXT)
    seen = client(electron, patience_for(expected)), client(electron, PATIENCE)
    met = [exchange.faults for exchange in electron.exchanges]
    server.close_lane(electron.url)
    return (*seen, met)


Row = tuple[faults.Fault, Client, Seen]


def check_all(rows: Mapping[str, Row], server: Server) -> None:
    """Fail with each row that differs. Several rows run at the same time, because some wait."""

    def seen(row: Row) -> tuple[Any, ...]:
        return after(*row, server)

    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(rows, pool.map(seen, rows.values()), strict=True))
    due = {name: (expected, Seen(), [(fault,), ()]) for name, (fault, _, expected) in rows.items()}
    assert found == due


def test_faults_in_streams(electron_server: Server) -> None:
    """`openai` returns the chunks before the fault, and raises its error; the next stream is intact."""
    clients: dict[str, Client] = {
        "sync": stream,
        "async": lambda *given: asyncio.run(stream_async(*given)),
    }
    rows: dict[str, Row] = {
        f"{name}, {kind}": (fault, client, expected)
        for name, (fault, expected) in IN_STREAMS.items()
        for kind, client in clients.items()
    }
    check_all(rows, electron_server)


def test_several_faults_in_one_stream(electron: Electron) -> None:
    """Each fault has the same effect as alone."""
    electron.respond_with(lambda request: TEXT)
    for fault in (faults.Comments(), faults.Duplicate(), faults.Gzip(), faults.ErrorEvent(4)):
        electron.inject(fault)
    electron.fragment(5)
    assert stream(electron, PATIENCE) == Seen(openai.APIError, "ItIt snows in", None)
    assert len(electron.exchanges[0].faults) == 5
    assert stream(electron, PATIENCE) == Seen()


# Replies in one piece

TOO_LATE: Final = httpx.ReadTimeout
CUT_OFF: Final = httpx.RemoteProtocolError
RESET: Final = httpx.ReadError

IN_WHOLE_REPLIES: Mapping[str, tuple[faults.Fault, Seen, Seen]] = {
    "an error": (
        fail(503),
        raised(openai.InternalServerError),
        raised(ServiceUnavailableError),
    ),
    "a delayed error": (
        fail(429, delay=0.05),
        raised(openai.RateLimitError),
        raised(TooManyRequestsError),
    ),
    # `smallestai` selects the class of the error only for JSON.
    "a proxy's page": (
        fail(503, body="html"),
        raised(openai.InternalServerError),
        raised(ApiError),
    ),
    "an empty error": (
        fail(503, body="empty"),
        raised(openai.InternalServerError),
        raised(ApiError),
    ),
    "a reset": (faults.Reset(), raised(BROKEN), raised(RESET)),
    "a close": (faults.Close(), raised(BROKEN), raised(CUT_OFF)),
    "silence": (faults.Silence(), raised(LATE), raised(TOO_LATE)),
    "cut in the middle": (faults.Cut(), raised(BROKEN), raised(CUT_OFF)),
    "cut after ten bytes": (faults.Cut(bytes=10), raised(BROKEN), raised(CUT_OFF)),
    "cut by a reset": (faults.Cut(reset=True), raised(BROKEN), raised(RESET)),
    "a short stall": (faults.Stall(0.05), Seen(), Seen()),
    "a stall": (faults.Stall(60), raised(LATE), raised(TOO_LATE)),
    "a length too large": (faults.WrongLength(5), raised(BROKEN), raised(CUT_OFF)),
    "a length too small": (
        faults.WrongLength(-5),
        raised(json.JSONDecodeError),
        raised(ApiError),
    ),
    "gzip": (faults.Gzip(), Seen(), Seen()),
    "fragments of seven bytes": (faults.Fragment(7), Seen(), Seen()),
    "fragments of any size": (faults.Fragment(), Seen(), Seen()),
    "no choices": (
        faults.EmptyChoices(),
        Seen(text="", finish=None),
        Seen(text="", finish=None),
    ),
    "content filter": (
        faults.ContentFilter(),
        Seen(finish="content_filter"),
        Seen(finish="content_filter"),
    ),
    "a page of Envoy": (
        fail(408, page="envoy"),
        raised(openai.APIStatusError),
        raised(ApiError),
    ),
    "an error as text": (
        fail(503, content_type="text/plain"),
        raised(openai.InternalServerError),
        raised(ServiceUnavailableError),
    ),
    "a truncated page": (fail(502, page="alb", truncate=30), raised(BROKEN), raised(CUT_OFF)),
    "an error with status 200": (faults.ErrorBody(), NOTHING, NOTHING),
    "an empty body": (faults.Raw(), raised(json.JSONDecodeError), raised(ApiError)),
    "a byte order mark": (faults.ByteOrderMark(), Seen(), Seen()),
}


def test_faults_in_whole_replies(electron_server: Server) -> None:
    """Each library raises its error or returns the reply; the next reply is intact."""
    clients: dict[str, tuple[Client, int]] = {
        "openai": (ask, 0),
        "async openai": (lambda *given: asyncio.run(ask_async(*given)), 0),
        "smallestai": (ask_smallestai, 1),
        "async smallestai": (lambda *given: asyncio.run(ask_smallestai_async(*given)), 1),
    }
    rows: dict[str, Row] = {
        f"{name}, {kind}": (fault, client, expected[column])
        for name, (fault, *expected) in IN_WHOLE_REPLIES.items()
        for kind, (client, column) in clients.items()
    }
    check_all(rows, electron_server)


def test_a_fault_waits_for_a_request_that_it_applies_to(electron: Electron) -> None:
    """A fault of a stream does not affect a reply in one piece, and vice versa."""
    electron.respond_with(lambda request: TEXT)
    electron.inject(faults.Cut(after=3))
    assert ask(electron, PATIENCE) == Seen()
    assert stream(electron, PATIENCE) == Seen(BROKEN, "It snows", None)
    electron.inject(faults.WrongLength(5))
    assert stream(electron, PATIENCE) == Seen()
    assert ask(electron, PATIENCE) == raised(BROKEN)


# Errors

OPENAI_TYPES: Mapping[int, type[Exception]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    408: openai.APIStatusError,
    413: openai.APIStatusError,
    415: openai.APIStatusError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
    502: openai.InternalServerError,
    503: openai.InternalServerError,
}
SMALLESTAI_TYPES: Mapping[int, type[Exception]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: ApiError,
    408: ApiError,
    413: ApiError,
    415: ApiError,
    429: TooManyRequestsError,
    500: ApiError,
    502: BadGatewayError,
    503: ServiceUnavailableError,
}


def test_every_error_as_a_fault(electron: Electron) -> None:
    """Each library raises the documented exception for an error by status or by name."""
    found: dict[int | str, tuple[Any, ...]] = {}
    due: dict[int | str, tuple[Any, ...]] = {}
    kinds: list[int | ErrorName] = [*BY_STATUS, *get_args(ErrorName)]
    assert set(kinds) == {*BY_STATUS, *BY_NAME}
    for kind in kinds:
        electron.reset()
        electron.inject(fail(kind), times=3)
        status = fail(kind).error.status
        seen = [client(electron, PATIENCE) for client in (ask, stream, ask_smallestai)]
        found[kind] = (seen, [exchange.status for exchange in electron.exchanges])
        types = (OPENAI_TYPES[status], OPENAI_TYPES[status], SMALLESTAI_TYPES[status])
        due[kind] = ([*map(raised, types)], [status] * 3)
    assert found == due


@pytest.mark.parametrize("body", BODIES)
def test_the_page_of_a_proxy_is_in_the_exception(body: FailBody, electron: Electron) -> None:
    """Without the error envelope, the exceptions have the body and no request id."""
    electron.inject(fail(502, body=body), times=2)
    page = BODIES[body].format(502)
    with (
        openai_client(electron) as client,
        pytest.raises(openai.InternalServerError, match="Error code: 502") as caught,
    ):
        client.chat.completions.create(**WHOLE)
    assert (caught.value.body, caught.value.request_id) == (page.strip(), None)
    with smallestai_client(electron) as smallest, pytest.raises(ApiError) as found:
        smallest.complete(**WHOLE)
    assert (found.value.status_code, found.value.body) == (502, page)


@pytest.mark.parametrize(
    ("as_date", "header"), [(False, "90"), (True, "Wed, 19 Feb 2025 21:21:30 GMT")]
)
def test_an_error_with_retry_after(as_date: bool, header: str, electron: Electron) -> None:
    """`Retry-After` is in seconds or a date by the lane's clock, and the message can be set."""
    electron.inject(fail(429, message="Slow down.", retry_after=90, as_date=as_date))
    with (
        openai_client(electron) as client,
        pytest.raises(openai.RateLimitError, match=r"Slow down\.") as caught,
    ):
        client.chat.completions.create(**WHOLE)
    assert caught.value.response.headers["retry-after"] == header


def test_an_error_event_has_the_fields_of_an_error(electron: Electron) -> None:
    """The exception has the message and the type, and the request id in its body."""
    electron.inject(faults.ErrorEvent(2, "concurrency"))
    with (
        openai_client(electron) as client,
        pytest.raises(openai.APIError, match="Concurrency limit reached") as caught,
    ):
        list(client.chat.completions.create(**STREAM))
    [exchange] = electron.exchanges
    assert caught.value.type == "rate_limit_error"
    assert caught.value.body == {
        "message": "Concurrency limit reached",
        "type": "rate_limit_error",
        "request_id": exchange.request_id,
    }
    assert (exchange.outcome, exchange.chunks_sent) == ("cut by a fault", 2)


# Tool calls and parsing helpers

IN_CALLS: Mapping[str, tuple[faults.Fault, str, str]] = {
    "bad arguments": (faults.BadArguments(), "get_weather", '{"city": "Mumbai"'),
    "an unknown tool": (faults.UnknownTool(), "unknown_get_weather", '{"city": "Mumbai"}'),
    "a given tool name": (faults.UnknownTool("sing"), "sing", '{"city": "Mumbai"}'),
}


@pytest.mark.parametrize(("fault", "name", "arguments"), IN_CALLS.values(), ids=IN_CALLS.keys())
def test_a_fault_in_a_call(
    fault: faults.Fault, name: str, arguments: str, electron: Electron
) -> None:
    """Both libraries return the call unchecked, in one piece or streamed."""
    electron.respond_with(lambda request: call("get_weather", city="Mumbai"))
    electron.inject(fault, times=3)
    body = WHOLE | {"tools": [WEATHER]}
    with openai_client(electron) as client, smallestai_client(electron) as smallest:
        for answer in (client.chat.completions.create(**body), smallest.complete(**body)):
            [tool_call] = answer.choices[0].message.tool_calls
            assert (tool_call.function.name, tool_call.function.arguments) == (name, arguments)
        chunks = list(client.chat.completions.create(**body, stream=True))
    pieces = [piece.function for c in chunks for piece in c.choices[0].delta.tool_calls or []]
    assert [piece.name for piece in pieces if piece.name] == [name]
    assert "".join(piece.arguments for piece in pieces) == arguments


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.BadArguments(), json.JSONDecodeError),
        (faults.ContentFilter(), openai.ContentFilterFinishReasonError),
    ],
    ids=["bad arguments", "content filter"],
)
def test_the_parsing_helpers_raise(
    fault: faults.Fault, error: type[Exception], electron: Electron
) -> None:
    """`parse` and the stream helper of `openai` raise if they cannot parse the reply."""
    electron.respond_with(lambda request: call("get_weather", city="Mumbai"))
    electron.inject(fault, times=2)
    with openai_client(electron) as client:
        with pytest.raises(error):
            client.chat.completions.parse(**WHOLE, tools=[WEATHER])
        stream_manager = client.chat.completions.stream(**WHOLE, tools=[WEATHER])
        with stream_manager as events, pytest.raises(error):
            events.until_done()


def assemble(electron: Electron, fault: faults.Fault, *cities: str) -> Any:
    """Return the completion that the stream helper of `openai` makes of a stream with calls."""
    calls = [call("get_weather", city=city) for city in cities or ("Mumbai",)]
    electron.reply(*calls)
    electron.inject(fault)
    usage: Any = {"stream_options": {"include_usage": True}}
    with (
        openai_client(electron) as client,
        client.chat.completions.stream(**WHOLE, **usage, tools=[WEATHER]) as events,
    ):
        return events.get_final_completion()


def test_faults_that_the_stream_helper_does_not_notice(electron: Electron) -> None:
    """The helper adds repeated chunks twice, and leaves missing parts None, without an error."""
    twice = assemble(electron, faults.Duplicate(1))
    assert twice.choices[0].message.role == "assistantassistant"
    [doubled] = assemble(electron, faults.Duplicate(2)).choices[0].message.tool_calls
    assert doubled.function.name == "get_weatherget_weather"
    [unknown] = assemble(electron, faults.UnknownTool()).choices[0].message.tool_calls
    assert unknown.function.parsed_arguments is None
    assert assemble(electron, faults.NoFinish()).choices[0].finish_reason is None
    assert assemble(electron, faults.NoUsage()).usage is None
    assert assemble(electron, faults.NoDone()).choices[0].finish_reason == "tool_calls"
    assert assemble(electron, faults.EmptyChoices()).choices == []


# Drift


def test_drift_changes_what_a_seed_chooses(electron: Electron) -> None:
    """A fraction of seeded replies changes, and scripted replies do not."""
    with openai_client(electron) as client:

        def say() -> list[str]:
            replies = [client.chat.completions.create(**WHOLE, seed=seed) for seed in range(40)]
            return [completion.choices[0].message.content for completion in replies]

        steady = say()
        assert say() == steady
        electron.drift(0.1)
        changed = sum(one != other for one, other in zip(steady, say(), strict=True))
        assert 0 < changed < 12
        electron.drift(1)
        electron.reply(TEXT, times=40)
        assert say() == [TEXT] * 40
        electron.drift(0)
        assert say() == steady


# Completeness of the tables


def test_every_fault_is_in_a_table() -> None:
    """A new fault, or a new choice of a fault, needs a row in a table."""
    tables: list[Mapping[str, tuple[Any, ...]]] = [
        IN_STREAMS,
        IN_WHOLE_REPLIES,
        IN_CALLS,
        IN_DELTAS,
    ]
    seen = {row[0] for table in tables for row in table.values()}
    public = {value for value in vars(faults).values() if isinstance(value, type)}
    assert {type(fault) for fault in seen} == public - {faults.Fault}
    assert {fault.inside for fault in seen if isinstance(fault, faults.Cut)} == {None, *INSIDE}
    assert {fault.body for fault in seen if isinstance(fault, faults.Fail)} == {None, *BODIES}


RIGHT: Final = [("get_weather", '{"city": "Pune"}'), ("get_weather", '{"city": "Delhi"}')]
MERGED: Final = [("get_weatherget_weather", '{"city": "Pune"}{"city": "Delhi"}')]
LONG_NAMES: Final = [("get_weather" * 10, arguments) for _, arguments in RIGHT]
IN_DELTAS: Mapping[str, tuple[faults.Fault, list[tuple[str, str]] | type[Exception]]] = {
    "the id in each delta": (faults.RepeatedCall("id"), RIGHT),
    "the name in each delta": (faults.RepeatedCall("name"), LONG_NAMES),
    "id and name in each delta": (faults.RepeatedCall(), LONG_NAMES),
    "one index for two calls": (faults.SameIndex(), MERGED),
    "no index": (faults.NoIndex(), TypeError),
    "all calls in one chunk": (faults.CallsInOneChunk(), RIGHT),
    "two finish chunks": (faults.TwoFinishes("stop"), RIGHT),
}


def test_what_the_stream_helper_makes_of_other_deltas(electron: Electron) -> None:
    """A repeated name or one index for two calls gives wrong calls; a missing index raises."""

    def calls(fault: faults.Fault) -> list[tuple[str, str]] | type[Exception]:
        try:
            [choice] = assemble(electron, fault, "Pune", "Delhi").choices
        except TypeError:
            return TypeError
        made = [tool_call.function for tool_call in choice.message.tool_calls]
        return [(function.name, function.arguments) for function in made]

    seen = {name: calls(fault) for name, (fault, _) in IN_DELTAS.items()}
    assert seen == {name: expected for name, (_, expected) in IN_DELTAS.items()}
