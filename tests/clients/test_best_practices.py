"""The vendor's best practices, each as an application would follow it, run against the mock.

The applications below are written for Electron with the `openai` package; nothing but their base
URL and key says that they talk to something else.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from openai import APIStatusError, AsyncOpenAI, OpenAI, RateLimitError
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.completion_usage import CompletionUsage

from mock_electron import Electron, call

History = list[Any]
"""Messages as dicts, and the SDK's own among them, which its types do not know of."""

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
    | {"description": "Weather in a city. " + "Use it where someone asks about rain. " * 10},
}


def system(text: str) -> dict[str, str]:
    return {"role": "system", "content": text}


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


@pytest.fixture
def client(electron: Electron) -> Iterator[OpenAI]:
    """The application's client; it does its retries itself."""
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key, max_retries=0) as client:
        yield client


@asynccontextmanager
async def connect(electron: Electron) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(
        base_url=electron.base_url, api_key=electron.api_key, max_retries=0
    ) as client:
        yield client


def ask(client: OpenAI, messages: History, **options: Any) -> ChatCompletion:
    completion = client.chat.completions.create(model="electron", messages=messages, **options)
    assert isinstance(completion, ChatCompletion)
    return completion


def usage_of(completion: ChatCompletion) -> CompletionUsage:
    assert completion.usage is not None
    return completion.usage


def cached_tokens(completion: ChatCompletion) -> int | None:
    details = usage_of(completion).prompt_tokens_details
    return None if details is None else details.cached_tokens


# What stays the same comes first


@pytest.mark.parametrize(
    "opening",
    [
        [system(PERSONA), user(CONTEXT)],
        [system(f"The caller is Asha. {PERSONA}"), user(CONTEXT)],
    ],
    ids=["stable first", "a name first"],
)
def test_an_ordered_prompt_is_answered_and_its_cached_tokens_are_told(
    opening: History, client: OpenAI
) -> None:
    """Persona, context, question: every reply says how many of these tokens were cached."""
    for question in ("When does the first train leave?", "When does the last train leave?"):
        completion = ask(client, [*opening, user(question)])
        cached = cached_tokens(completion)
        assert completion.choices[0].message.content
        assert isinstance(cached, int)
        assert 0 <= cached < usage_of(completion).prompt_tokens


# Usage, whenever it is streamed


def test_a_streams_cost_is_known(client: OpenAI, electron: Electron) -> None:
    """With `include_usage` the last chunk has the exact account of the stream."""
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


# The filler is spoken while the tool runs


@dataclass
class StreamedCall:
    """A call as it is put together from a stream."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    def as_message_part(self) -> dict[str, Any]:
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


@dataclass
class Caller:
    """The line to a human: speech takes time, and here it takes until `may_end` is set.

    events: what was heard and what was done, in order.
    """

    events: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    speech: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Hear what is said, until None comes."""
        while (piece := await self.speech.get()) is not None:
            self.events.append("heard")
            self.heard.append(piece)
            await self.may_end.wait()
        self.events.append("all heard")


class VoiceAgent:
    """Speaks as the words come, and runs tools while they are being spoken."""

    def __init__(self, client: AsyncOpenAI, caller: Caller, tools: History) -> None:
        self.client = client
        self.caller = caller
        self.tools = tools

    async def answer(self, messages: History) -> str:
        """Speak until there is nothing to look up any more; the last words are returned."""
        while True:
            words, calls = await self._turn(messages)
            if not calls:
                self.caller.speech.put_nowait(None)
                return words
            asked = [a_call.as_message_part() for a_call in calls]
            messages.append({"role": "assistant", "content": words, "tool_calls": asked})
            messages += await asyncio.gather(*map(self._run, calls))

    async def _turn(self, messages: History) -> tuple[str, list[StreamedCall]]:
        words, calls = "", list[StreamedCall]()
        chunks = await self.client.chat.completions.create(
            model="electron",
            messages=messages,
            tools=self.tools,
            stream=True,
            stream_options={"include_usage": True},
        )
        async for chunk in chunks:
            words += await self._speak(chunk)
            collect(chunk, calls)
        return words, calls

    async def _speak(self, chunk: ChatCompletionChunk) -> str:
        piece = (chunk.choices[0].delta.content or "") if chunk.choices else ""
        if piece:
            self.caller.speech.put_nowait(piece)
            await asyncio.sleep(0)  # speech begins now, not when the stream is over
        return piece

    async def _run(self, a_call: StreamedCall) -> dict[str, str]:
        self.caller.events.append(f"running {a_call.name}")
        self.caller.may_end.set()
        city = json.loads(a_call.arguments)["city"]
        weather = {"city": city, "celsius": 31}
        return {"role": "tool", "tool_call_id": a_call.id, "content": json.dumps(weather)}


def collect(chunk: ChatCompletionChunk, calls: list[StreamedCall]) -> None:
    """Add a chunk's pieces to the calls that they belong to."""
    for piece in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
        if piece.index == len(calls):
            calls.append(StreamedCall())
        calls[piece.index].id += piece.id or ""
        if piece.function:
            calls[piece.index].name += piece.function.name or ""
            calls[piece.index].arguments += piece.function.arguments or ""


@dataclass(frozen=True)
class Spoken:
    """What became of a call: the agent's last words, and what its caller went through."""

    answer: str
    caller: Caller
    messages: History


async def phone(electron: Electron, messages: History) -> Spoken:
    caller = Caller()
    async with connect(electron) as client, asyncio.timeout(10):
        agent = VoiceAgent(client, caller, [WEATHER])
        listening = asyncio.create_task(caller.listen())
        answer = await agent.answer(messages)
        await listening
    return Spoken(answer, caller, messages)


@pytest.mark.asyncio
async def test_the_filler_is_heard_while_the_tool_runs(electron: Electron) -> None:
    """The filler comes in words before the call, so that speaking and looking up run in parallel.

    No word is heard to its end before the tool has started: an agent that waited for the
    filler to be spoken would wait for ever.
    """
    spoken = await phone(electron, [system(SPEAK_FIRST), user(QUESTION)])
    turn, answer = (exchange.reply for exchange in electron.exchanges)
    assert turn is not None
    assert answer is not None
    assert turn.content
    assert "".join(spoken.caller.heard) == turn.content + (answer.content or "")
    assert spoken.caller.events[:2] == ["heard", "running get_weather"]
    assert spoken.caller.events[-1] == "all heard"
    assert "31" in spoken.answer


@pytest.mark.asyncio
async def test_tools_may_be_chained_and_run_together(electron: Electron) -> None:
    """Filler, two calls at once, filler, another call, answer: as scripted, and each is spoken."""
    electron.reply(
        call("get_weather", city="Mumbai"), call("get_weather", city="Pune"), filler="One moment. "
    )
    electron.reply(call("get_weather", city="Nashik"), filler="And one more. ")
    electron.reply("It is 31 degrees everywhere.")
    spoken = await phone(electron, [system(SPEAK_FIRST), user("What is the weather?")])
    results = [json.loads(m["content"]) for m in spoken.messages if m["role"] == "tool"]
    assert spoken.answer == "It is 31 degrees everywhere."
    assert "".join(spoken.caller.heard) == "One moment. And one more. It is 31 degrees everywhere."
    assert [result["city"] for result in results] == ["Mumbai", "Pune", "Nashik"]
    assert [exchange.status for exchange in electron.exchanges] == [200, 200, 200]


@pytest.mark.asyncio
async def test_no_filler_is_spoken_unasked(electron: Electron) -> None:
    """Without an instruction to speak first, the caller hears nothing until the tool has run."""
    spoken = await phone(electron, [system(PERSONA), user(QUESTION)])
    assert spoken.caller.events[0] == "running get_weather"
    assert "".join(spoken.caller.heard) == spoken.answer


# Concurrency


@pytest.mark.asyncio
async def test_a_semaphore_keeps_to_the_plan(electron: Electron) -> None:
    """Many questions, three at a time: all are answered, as if they had been asked one by one."""
    questions = [f"What is special about platform {number}?" for number in range(8)]
    slots, in_flight, most = asyncio.Semaphore(3), 0, 0
    async with connect(electron) as client:

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


def test_too_much_at_once_is_told(client: OpenAI, electron: Electron) -> None:
    """Over the plan's limit the answer is 429, in the words that the vendor documents."""
    electron.fail("concurrency")
    with pytest.raises(RateLimitError) as caught:
        ask(client, [user(QUESTION)])
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["message"] == "Concurrency limit reached"


# Retries, and the request id in every line of the log


WORTH_ANOTHER_ATTEMPT: Final = frozenset({429, 502, 503})
FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 8.0
ATTEMPTS: Final = 5


class GivenUpError(Exception):
    """No answer; the request id is what the vendor's support will ask for."""

    def __init__(self, error: APIStatusError) -> None:
        super().__init__(f"{error.message} (request {error.request_id})")
        self.status = error.status_code
        self.request_id = error.request_id


def ask_patiently(
    client: OpenAI, messages: History, pause: Callable[[float], None]
) -> ChatCompletion:
    """Ask until there is an answer, pausing for longer and longer, if that may help at all."""
    next_pause = FIRST_PAUSE
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            raw = client.chat.completions.with_raw_response.create(
                model="electron", messages=messages
            )
        except APIStatusError as error:
            log(error.response.headers["x-request-id"], error.status_code)
            if error.status_code not in WORTH_ANOTHER_ATTEMPT or not attempts_left:
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
    """Request id and status of each line that the application has logged."""
    lines = [vars(record) for record in caplog.records if record.name == logger.name]
    return [(line["request_id"], line["status"]) for line in lines]


@pytest.mark.parametrize(
    "kind", ["rate_limit", "concurrency", "upstream", "overloaded", "disabled"]
)
def test_what_passes_is_waited_for(
    kind: str, client: OpenAI, electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """429, 502 and 503 go away by themselves; each attempt is logged under its own request id."""
    caplog.set_level(logging.INFO, logger.name)
    electron.fail(kind, times=3)
    electron.reply("At last.")
    pauses: list[float] = []
    completion = ask_patiently(client, [user(QUESTION)], pauses.append)
    assert completion.choices[0].message.content == "At last."
    assert pauses == [0.25, 0.5, 1.0]
    assert logged(caplog) == [(e.request_id, e.status) for e in electron.exchanges]
    assert len(set(logged(caplog))) == 4


def test_patience_ends(client: OpenAI, electron: Electron) -> None:
    """After five attempts the application gives up, with the last attempt's request id in hand."""
    electron.fail(503, times=9)
    pauses: list[float] = []
    with pytest.raises(GivenUpError, match="Upstream model overloaded") as caught:
        ask_patiently(client, [user(QUESTION)], pauses.append)
    assert len(electron.exchanges) == ATTEMPTS
    assert pauses == [0.25, 0.5, 1.0, 2.0]
    assert caught.value.request_id == electron.exchanges[-1].request_id
    assert str(caught.value).endswith(f"(request {electron.exchanges[-1].request_id})")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_what_stays_is_not_asked_again(
    status: int, client: OpenAI, electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """A bad request, a bad key and a missing plan cost one attempt, no pause, and one log line."""
    caplog.set_level(logging.INFO, logger.name)
    electron.fail(status, times=2)
    pauses: list[float] = []
    with pytest.raises(GivenUpError) as caught:
        ask_patiently(client, [user(QUESTION)], pauses.append)
    [exchange] = electron.exchanges
    assert pauses == []
    assert caught.value.status == status
    assert logged(caplog) == [(exchange.request_id, status)]
    assert caught.value.request_id == exchange.request_id


def test_the_request_id_is_in_the_envelope_too(client: OpenAI, electron: Electron) -> None:
    """Header and error envelope carry the same id, so either may be logged."""
    electron.fail(502)
    with pytest.raises(APIStatusError) as caught:
        ask(client, [user(QUESTION)])
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["request_id"] == caught.value.response.headers["x-request-id"]
    assert caught.value.body["request_id"] == electron.exchanges[0].request_id


def test_the_raw_response_of_the_whole_client_has_the_request_id(
    client: OpenAI, electron: Electron
) -> None:
    """`client.with_raw_response.chat…` reaches the header through `http_response`."""
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
    """Where replies vary, a seed or temperature 0 makes them come again."""
    varied = [ask(client, [user(QUESTION)]).choices[0].message.content for _ in range(4)]
    steady = [ask(client, [user(QUESTION)], **options).choices[0].message.content for _ in range(4)]
    assert len(set(varied)) > 1
    assert len(set(steady)) == 1


# Cost


def test_short_tool_descriptions_are_cheaper(client: OpenAI) -> None:
    """Every word of a tool's description is billed with the prompt, on every turn."""
    costs = [
        usage_of(ask(client, [user("Hello!")], tools=tools)).prompt_tokens
        for tools in ([WEATHER], [LENGTHY])
    ]
    without = usage_of(ask(client, [user("Hello!")])).prompt_tokens
    assert without < costs[0] < costs[1]


def test_max_tokens_caps_the_cost(client: OpenAI, electron: Electron) -> None:
    """A reply that is too long for its limit costs the limit, and says that it was cut."""
    electron.reply("one two three four five six seven eight")
    completion = ask(client, [user(QUESTION)], max_tokens=4)
    assert completion.choices[0].message.content == "one two three four"
    assert completion.choices[0].finish_reason == "length"
    assert usage_of(completion).completion_tokens == 4


def test_max_tokens_leaves_a_short_reply_alone(client: OpenAI, electron: Electron) -> None:
    """A limit that suffices changes nothing: the reply ends of itself."""
    electron.reply("It is sunny.", times=2)
    free, capped = ask(client, [user(QUESTION)]), ask(client, [user(QUESTION)], max_tokens=50)
    assert capped.choices[0].finish_reason == "stop"
    assert capped.choices[0].message == free.choices[0].message
    assert usage_of(capped).completion_tokens == usage_of(free).completion_tokens < 50


def test_a_stop_sequence_ends_generation_early(client: OpenAI, electron: Electron) -> None:
    """What comes after a known terminator is neither sent nor paid for."""
    text = "Book the train.\n###\nAnd here is a long explanation that nobody has asked for."
    electron.reply(text, times=2)
    whole = ask(client, [user(QUESTION)])
    cut = ask(client, [user(QUESTION)], stop=["\n###"])
    assert whole.choices[0].message.content == text
    assert cut.choices[0].message.content == "Book the train."
    assert cut.choices[0].finish_reason == "stop"
    assert usage_of(cut).completion_tokens < usage_of(whole).completion_tokens


def run_bounded(client: OpenAI, messages: History, most_turns: int) -> str | None:
    """Run tools for at most so many turns; None where the model still wants one then."""
    for _ in range(most_turns):
        message = ask(client, messages, tools=[WEATHER]).choices[0].message
        if not message.tool_calls:
            return message.content
        messages.append(message)
        for tool_call in message.tool_calls:
            messages.append({"role": "tool", "tool_call_id": tool_call.id, "content": "31"})
    return None


@pytest.mark.parametrize(("wanted", "asked"), [(9, 3), (1, 2)], ids=["runaway", "well-behaved"])
def test_a_chain_of_calls_can_be_bounded(
    wanted: int, asked: int, client: OpenAI, electron: Electron
) -> None:
    """A model that wants one more call each time is stopped; one that ends of itself is not."""
    electron.reply(call("get_weather", city="Mumbai"), times=wanted)
    answer = run_bounded(client, [user(QUESTION)], most_turns=3)
    assert len(electron.exchanges) == asked
    assert (answer is None) == (wanted > asked)


def test_cached_tokens_are_there_to_be_watched(client: OpenAI, electron: Electron) -> None:
    """Streamed or not, usage counts the cached tokens: a whole number, 0 where nothing was."""
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
