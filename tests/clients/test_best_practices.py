"""The vendor's best practices as applications follow them, run against the mock.

The applications are written for Electron with the `openai` package. Only their base URL and key
are those of the mock.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from client_libraries import ask, async_openai_client, openai_client
from openai import APIStatusError, AsyncOpenAI, OpenAI, RateLimitError
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.completion_usage import CompletionUsage

from mock_electron import Electron, ErrorName, call

History = list[Any]
"""Messages as dicts and as objects of the SDK, a mix that the types of the SDK do not allow."""

logger = logging.getLogger("application")

PERSONA: Final = "You are the voice of a travel agency. Answer in one sentence, and be kind."
SPEAK_FIRST: Final = f"{PERSONA} Speak a short filler phrase before you use a tool."
CONTEXT: Final = "Our trains leave Mumbai for Pune at 6, 12 and 18 o'clock."
QUESTION: Final = "What is the weather in Mumbai?"

WEATHER: Final[dict[str, Any]] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Its name."}},
            "required": ["city"],
        },
    },
}
LENGTHY: Final[dict[str, Any]] = {
    "type": "function",
    "function": WEATHER["function"]
    | {"description": "Weather in a city. " + "Use it if someone asks about rain. " * 10},
}


def system(text: str) -> dict[str, str]:
    return {"role": "system", "content": text}


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


@pytest.fixture
def client(electron: Electron) -> Iterator[OpenAI]:
    """The client of the application, which has its own retries."""
    with openai_client(electron) as client:
        yield client


def usage_of(completion: ChatCompletion) -> CompletionUsage:
    assert completion.usage is not None
    return completion.usage


def cached_tokens(completion: ChatCompletion) -> int | None:
    details = usage_of(completion).prompt_tokens_details
    return None if details is None else details.cached_tokens


# Stable content first


@pytest.mark.parametrize(
    "opening",
    [
        [system(PERSONA), user(CONTEXT)],
        [system(f"The caller is Asha. {PERSONA}"), user(CONTEXT)],
    ],
    ids=["stable first", "a name first"],
)
def test_usage_reports_cached_tokens(opening: History, client: OpenAI) -> None:
    """Every reply to persona, context and question reports the number of cached tokens."""
    for question in ("When does the first train leave?", "When does the last train leave?"):
        completion = ask(client, [*opening, user(question)])
        cached = cached_tokens(completion)
        assert completion.choices[0].message.content
        assert isinstance(cached, int)
        assert 0 <= cached < usage_of(completion).prompt_tokens


# Usage of streams


def test_a_stream_reports_its_usage(client: OpenAI, electron: Electron) -> None:
    """With `include_usage` the last chunk has the exact usage of the stream."""
    with client.chat.completions.create(
        model="electron",
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
    ) as chunks:
        received = list(chunks)
    recorded = electron.exchanges[0].usage
    assert [chunk.usage for chunk in received[:-1]] == [None] * (len(received) - 1)
    usage = received[-1].usage
    assert usage is not None
    assert recorded is not None
    assert usage.prompt_tokens == recorded.prompt_tokens
    assert usage.completion_tokens == recorded.completion_tokens
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


# A filler is spoken while the tool runs


@dataclass
class StreamedCall:
    """A tool call assembled from a stream."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    def as_message_part(self) -> dict[str, Any]:
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


@dataclass
class Caller:
    """A person who listens to speech. The first piece of speech ends when `may_end` is set.

    Attributes:
        events: What was heard and what was run, in order.
        heard: The pieces of speech that were heard.
        speech: The pieces to speak; None ends the speech.
        may_end: Set when speech may end.
    """

    events: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    speech: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Listen to the pieces of speech until None."""
        while (piece := await self.speech.get()) is not None:
            self.events.append("heard")
            self.heard.append(piece)
            await self.may_end.wait()
        self.events.append("all heard")


class VoiceAgent:
    """Speaks the text as it is streamed, and runs tools while it is spoken."""

    def __init__(self, client: AsyncOpenAI, caller: Caller, tools: History) -> None:
        self.client = client
        self.caller = caller
        self.tools = tools

    async def answer(self, messages: History) -> str:
        """Speak and run tools until the model makes no more calls. Return the last text."""
        while True:
            text, calls = await self._turn(messages)
            if not calls:
                self.caller.speech.put_nowait(None)
                return text
            message_calls = [a_call.as_message_part() for a_call in calls]
            messages.append({"role": "assistant", "content": text, "tool_calls": message_calls})
            messages += await asyncio.gather(*map(self._run, calls))

    async def _turn(self, messages: History) -> tuple[str, list[StreamedCall]]:
        text, calls = "", list[StreamedCall]()
        chunks = await self.client.chat.completions.create(
            model="electron",
            messages=messages,
            tools=self.tools,
            stream=True,
            stream_options={"include_usage": True},
        )
        async for chunk in chunks:
            text += await self._speak(chunk)
            collect(chunk, calls)
        return text, calls

    async def _speak(self, chunk: ChatCompletionChunk) -> str:
        piece = (chunk.choices[0].delta.content or "") if chunk.choices else ""
        if piece:
            self.caller.speech.put_nowait(piece)
            await asyncio.sleep(0)  # let the caller listen while the stream continues
        return piece

    async def _run(self, a_call: StreamedCall) -> dict[str, str]:
        self.caller.events.append(f"running {a_call.name}")
        self.caller.may_end.set()
        city = json.loads(a_call.arguments)["city"]
        weather = {"city": city, "celsius": 31}
        return {"role": "tool", "tool_call_id": a_call.id, "content": json.dumps(weather)}


def collect(chunk: ChatCompletionChunk, calls: list[StreamedCall]) -> None:
    """Add the fragments of a chunk to their calls."""
    for piece in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
        if piece.index == len(calls):
            calls.append(StreamedCall())
        calls[piece.index].id += piece.id or ""
        if piece.function:
            calls[piece.index].name += piece.function.name or ""
            calls[piece.index].arguments += piece.function.arguments or ""


@dataclass(frozen=True)
class PhoneCall:
    """A finished conversation: the last text of the agent, the caller, and the messages."""

    answer: str
    caller: Caller
    messages: History


async def phone(electron: Electron, messages: History) -> PhoneCall:
    caller = Caller()
    async with async_openai_client(electron) as client, asyncio.timeout(10):
        agent = VoiceAgent(client, caller, [WEATHER])
        listening = asyncio.create_task(caller.listen())
        answer = await agent.answer(messages)
        await listening
    return PhoneCall(answer, caller, messages)


@pytest.mark.asyncio
async def test_the_filler_is_heard_while_the_tool_runs(electron: Electron) -> None:
    """The filler is streamed before the call, so that it can be spoken while the tool runs.

    The caller finishes no word before the tool has started, so an agent that waited for the end
    of the filler would never return.
    """
    phone_call = await phone(electron, [system(SPEAK_FIRST), user(QUESTION)])
    turn, answer = (exchange.reply for exchange in electron.exchanges)
    assert turn is not None
    assert answer is not None
    assert turn.content
    assert "".join(phone_call.caller.heard) == turn.content + (answer.content or "")
    assert phone_call.caller.events[:2] == ["heard", "running get_weather"]
    assert phone_call.caller.events[-1] == "all heard"
    assert "31" in phone_call.answer


@pytest.mark.asyncio
async def test_tool_calls_can_be_chained_and_parallel(electron: Electron) -> None:
    """A filler, two calls, a filler, a call and an answer arrive as scripted, and are spoken."""
    electron.reply(
        call("get_weather", city="Mumbai"), call("get_weather", city="Pune"), filler="One moment. "
    )
    electron.reply(call("get_weather", city="Nashik"), filler="And one more. ")
    electron.reply("It is 31 degrees everywhere.")
    phone_call = await phone(electron, [system(SPEAK_FIRST), user("What is the weather?")])
    results = [json.loads(m["content"]) for m in phone_call.messages if m["role"] == "tool"]
    assert phone_call.answer == "It is 31 degrees everywhere."
    assert (
        "".join(phone_call.caller.heard) == "One moment. And one more. It is 31 degrees everywhere."
    )
    assert [result["city"] for result in results] == ["Mumbai", "Pune", "Nashik"]
    assert [exchange.status for exchange in electron.exchanges] == [200, 200, 200]


@pytest.mark.asyncio
async def test_no_filler_without_an_instruction(electron: Electron) -> None:
    """Without an instruction to speak first, the caller hears nothing before the tool runs."""
    phone_call = await phone(electron, [system(PERSONA), user(QUESTION)])
    assert phone_call.caller.events[0] == "running get_weather"
    assert "".join(phone_call.caller.heard) == phone_call.answer


# Concurrency


@pytest.mark.asyncio
async def test_a_semaphore_keeps_to_the_plan(electron: Electron) -> None:
    """Concurrent questions, three at a time, get the same answers as sequential ones."""
    questions = [f"What is special about platform {number}?" for number in range(8)]
    slots, in_flight, most = asyncio.Semaphore(3), 0, 0
    async with async_openai_client(electron) as client:

        async def ask_one(question: str) -> str | None:
            nonlocal in_flight, most
            async with slots:
                in_flight += 1
                most = max(most, in_flight)
                completion = await client.chat.completions.create(
                    model="electron", messages=[{"role": "user", "content": question}]
                )
                in_flight -= 1
            return completion.choices[0].message.content

        together = await asyncio.gather(*map(ask_one, questions))
        assert most == 3
        one_by_one = [await ask_one(question) for question in questions[:2]]
    assert [exchange.status for exchange in electron.exchanges] == [200] * 10
    assert together[:2] == one_by_one
    assert len(set(together)) > 1


def test_too_many_requests_in_flight(client: OpenAI, electron: Electron) -> None:
    """Over the limit, the answer is 429 with the documented message."""
    electron.fail("concurrency")
    with pytest.raises(RateLimitError) as caught:
        ask(client, [user(QUESTION)])
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["message"] == "Concurrency limit reached"


# Retries, and request ids in the log


RETRYABLE: Final = frozenset({429, 502, 503})
FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 8.0
ATTEMPTS: Final = 5


class GivenUpError(Exception):
    """No answer after all attempts. It has the request id for the vendor's support."""

    def __init__(self, error: APIStatusError) -> None:
        super().__init__(f"{error.message} (request {error.request_id})")
        self.status = error.status_code
        self.request_id = error.request_id


def ask_with_retries(
    client: OpenAI, messages: History, pause: Callable[[float], None]
) -> ChatCompletion:
    """Ask, and retry retryable errors with exponential back-off."""
    next_pause = FIRST_PAUSE
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            raw = client.chat.completions.with_raw_response.create(
                model="electron", messages=messages
            )
        except APIStatusError as error:
            log(error.response.headers["x-request-id"], error.status_code)
            if error.status_code not in RETRYABLE or not attempts_left:
                raise GivenUpError(error) from error
            pause(next_pause)
            next_pause = min(2 * next_pause, LONGEST_PAUSE)
        else:
            log(raw.headers["x-request-id"], raw.http_response.status_code)
            return raw.parse()
    raise AssertionError("the last attempt either returns or raises")


def log(request_id: str, status: int) -> None:
    logger.info("chat completion", extra={"request_id": request_id, "status": status})


def logged(caplog: pytest.LogCaptureFixture) -> list[tuple[Any, Any]]:
    """Return the request id and status of each line in the log of the application."""
    lines = [vars(record) for record in caplog.records if record.name == logger.name]
    return [(line["request_id"], line["status"]) for line in lines]


@pytest.mark.parametrize(
    "kind", ["rate_limit", "concurrency", "upstream", "overloaded", "disabled"]
)
def test_temporary_errors_are_retried(
    kind: ErrorName, client: OpenAI, electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """429, 502 and 503 are retried, and each attempt is logged with its own request id."""
    caplog.set_level(logging.INFO, logger.name)
    electron.fail(kind, times=3)
    electron.reply("At last.")
    pauses: list[float] = []
    completion = ask_with_retries(client, [user(QUESTION)], pauses.append)
    assert completion.choices[0].message.content == "At last."
    assert pauses == [0.25, 0.5, 1.0]
    assert logged(caplog) == [(e.request_id, e.status) for e in electron.exchanges]
    assert len(set(logged(caplog))) == 4


def test_retries_end(client: OpenAI, electron: Electron) -> None:
    """After five attempts the application gives up, with the request id of the last one."""
    electron.fail(503, times=9)
    pauses: list[float] = []
    with pytest.raises(GivenUpError, match="Upstream model overloaded") as caught:
        ask_with_retries(client, [user(QUESTION)], pauses.append)
    assert len(electron.exchanges) == ATTEMPTS
    assert pauses == [0.25, 0.5, 1.0, 2.0]
    assert caught.value.request_id == electron.exchanges[-1].request_id
    assert str(caught.value).endswith(f"(request {electron.exchanges[-1].request_id})")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_permanent_errors_are_not_retried(
    status: int, client: OpenAI, electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """400, 401 and 403 take one attempt without a pause, and give one line in the log."""
    caplog.set_level(logging.INFO, logger.name)
    electron.fail(status, times=2)
    pauses: list[float] = []
    with pytest.raises(GivenUpError) as caught:
        ask_with_retries(client, [user(QUESTION)], pauses.append)
    [exchange] = electron.exchanges
    assert pauses == []
    assert caught.value.status == status
    assert logged(caplog) == [(exchange.request_id, status)]
    assert caught.value.request_id == exchange.request_id


def test_the_request_id_is_in_the_error_envelope(client: OpenAI, electron: Electron) -> None:
    """The header and the error envelope have the same request id."""
    electron.fail(502)
    with pytest.raises(APIStatusError) as caught:
        ask(client, [user(QUESTION)])
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["request_id"] == caught.value.response.headers["x-request-id"]
    assert caught.value.body["request_id"] == electron.exchanges[0].request_id


def test_the_raw_response_has_the_request_id(client: OpenAI, electron: Electron) -> None:
    """`client.with_raw_response.chat…` gives access to the header through `http_response`."""
    raw = client.with_raw_response.chat.completions.create(
        model="electron", messages=[{"role": "user", "content": QUESTION}]
    )
    assert raw.http_response.headers["x-request-id"] == electron.exchanges[0].request_id


# Reproducibility


@pytest.mark.electron(sampling="varied")
@pytest.mark.parametrize(
    "options", [{"seed": 7}, {"temperature": 0}], ids=["seed", "temperature 0"]
)
def test_a_reply_can_be_reproduced(options: dict[str, Any], client: OpenAI) -> None:
    """With varied sampling, a seed or temperature 0 gives the same reply each time."""
    varied = [ask(client, [user(QUESTION)]).choices[0].message.content for _ in range(4)]
    steady = [ask(client, [user(QUESTION)], **options).choices[0].message.content for _ in range(4)]
    assert len(set(varied)) > 1
    assert len(set(steady)) == 1


# Cost


def test_short_tool_descriptions_are_cheaper(client: OpenAI) -> None:
    """The tokens of tool descriptions are part of the prompt in every turn."""
    costs = [
        usage_of(ask(client, [user("Hello!")], tools=tools)).prompt_tokens
        for tools in ([WEATHER], [LENGTHY])
    ]
    without = usage_of(ask(client, [user("Hello!")])).prompt_tokens
    assert without < costs[0] < costs[1]


def test_max_tokens_limits_the_cost(client: OpenAI, electron: Electron) -> None:
    """A reply that is too long costs the limit, and has the finish reason `length`."""
    electron.reply("one two three four five six seven eight")
    completion = ask(client, [user(QUESTION)], max_tokens=4)
    assert completion.choices[0].message.content == "one two three four"
    assert completion.choices[0].finish_reason == "length"
    assert usage_of(completion).completion_tokens == 4


def test_max_tokens_does_not_change_a_short_reply(client: OpenAI, electron: Electron) -> None:
    """A sufficient limit changes nothing."""
    electron.reply("It is sunny.", times=2)
    free, capped = ask(client, [user(QUESTION)]), ask(client, [user(QUESTION)], max_tokens=50)
    assert capped.choices[0].finish_reason == "stop"
    assert capped.choices[0].message == free.choices[0].message
    assert usage_of(capped).completion_tokens == usage_of(free).completion_tokens < 50


def test_a_stop_sequence_ends_generation_early(client: OpenAI, electron: Electron) -> None:
    """The text after a stop sequence is neither sent nor counted."""
    text = "Book the train.\n###\nAnd here is a long explanation that nobody has asked for."
    electron.reply(text, times=2)
    whole = ask(client, [user(QUESTION)])
    cut = ask(client, [user(QUESTION)], stop=["\n###"])
    assert whole.choices[0].message.content == text
    assert cut.choices[0].message.content == "Book the train."
    assert cut.choices[0].finish_reason == "stop"
    assert usage_of(cut).completion_tokens < usage_of(whole).completion_tokens


def run_bounded(client: OpenAI, messages: History, most_turns: int) -> str | None:
    """Run tools for at most `most_turns` turns. Return None if the model still makes calls."""
    for _ in range(most_turns):
        message = ask(client, messages, tools=[WEATHER]).choices[0].message
        if not message.tool_calls:
            return message.content
        messages.append(message)
        for tool_call in message.tool_calls:
            messages.append({"role": "tool", "tool_call_id": tool_call.id, "content": "31"})
    return None


@pytest.mark.parametrize(("calls", "requests"), [(9, 3), (1, 2)], ids=["runaway", "well-behaved"])
def test_a_chain_of_calls_can_be_limited(
    calls: int, requests: int, client: OpenAI, electron: Electron
) -> None:
    """A limit stops a model that calls tools forever, and not one that answers earlier."""
    electron.reply(call("get_weather", city="Mumbai"), times=calls)
    answer = run_bounded(client, [user(QUESTION)], most_turns=3)
    assert len(electron.exchanges) == requests
    assert (answer is None) == (calls > requests)


def test_cached_tokens_are_always_reported(client: OpenAI, electron: Electron) -> None:
    """Usage has the cached tokens as an integer, 0 if there are none, streamed or not."""
    with client.chat.completions.create(
        model="electron",
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
    ) as chunks:
        usage = list(chunks)[-1].usage
    assert usage is not None
    assert usage.prompt_tokens_details is not None
    for cached in (
        usage.prompt_tokens_details.cached_tokens,
        cached_tokens(ask(client, [user(QUESTION)])),
    ):
        assert type(cached) is int
        assert cached >= 0
