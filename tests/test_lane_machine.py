"""A state machine that compares a lane with a simple model: limits, slots, cache, clock, counts."""

import json
from dataclasses import dataclass, field, replace
from itertools import compress, count, takewhile
from operator import ne
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lanes import arrival, header
from raw_http import user

from mock_electron import Call, Plan, call, fail
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.replacement import Fail
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.model.tokens import split
from mock_electron.wire.request import ChatRequest

Messages = list[dict[str, Any]]
Tools = list[dict[str, Any]]
Limit = int | None

RATE: Final = "Rate limit exceeded. Please retry after a short backoff."
CONCURRENCY: Final = "Concurrency limit reached"

KEY_PLANS: Final[dict[str, tuple[Limit, Limit]]] = {
    "sk_mock_standard": (10, 3),
    "sk_mock_enterprise": (200, 20),
}
KEYS: Final = ("sk_a", "sk_b", *KEY_PLANS)
REFUSED_KEYS: Final = {"sk_mock_revoked": 401, "": 401, "sk_mock_forbidden": 403}
PLANS: Final[list[tuple[str | Plan, tuple[Limit, Limit]]]] = [
    ("unlimited", (None, None)),
    ("standard", (10, 3)),
    (Plan(requests_per_minute=1), (1, None)),
    (Plan(requests_per_minute=4), (4, None)),
    (Plan(in_flight=1), (None, 1)),
    (Plan(requests_per_minute=2, in_flight=2), (2, 2)),
]
"""A plan as the lane accepts it, and its two limits."""

RULES: Final = (
    "You are the voice of a travel agency. AnyAnswer in one sentence, and be kind to callers."
)
OPENINGS: Final[list[Messages]] = [
    [],
    [{"role": "system", "content": RULES}],
    [{"role": "system", "content": f"{RULES} The caller is Asha."}],
    [{"role": "system", "content": f"Asha calls. {RULES}"}],
]
"""Openings that share nothing, everything, or a long prefix."""

STORY: Final = (
    "Long ago the caravan went through the night, and in the morning it came to Pune. " * 2
)
REPLIES: Final[dict[str, str | Call | Fail]] = {
    "Hi": "Hello!",
    "Say nothing.": "",
    "Tell me a story of the old road to Pune, please": STORY,
    "How is the weather?": call("get_weather", city="Mumbai", days=[1, 2, 3]),
    "Break": fail(503),
}
EXPLODE: Final = "Explode"
TOOL: Final = {"type": "function", "function": {"name": "get_weather", "description": STORY}}


def respond(request: ChatRequest) -> str | Call | Fail:
    """AnyAnswer with the reply from the table."""
    question = request.last.content or ""
    if question == EXPLODE:
        raise ZeroDivisionError
    return REPLIES[question]


@dataclass(frozen=True)
class Request:
    """A valid request. A stream is requested with usage."""

    key: str
    messages: Messages
    tools: Tools
    stream: bool
    max_tokens: Limit

    @property
    def text(self) -> str:
        return str(self.messages[-1]["content"])

    def arrival(self) -> Arrival:
        body: dict[str, Any] = {"messages": self.messages}
        body |= {"stream": True, "stream_options": {"include_usage": True}} if self.stream else {}
        body |= {"tools": self.tools} if self.tools else {}
        body |= {"max_tokens": self.max_tokens} if self.max_tokens else {}
        return arrival(key=self.key, **body)


# --- the simple model: lists and loops


@dataclass
class Expected:
    """The exchange that the model expects.

    Attributes:
        status: The status.
        error: The message of the error, if any.
        retry_after: `Retry-After` in seconds, if any.
        prompt_tokens: The tokens of the prompt.
        cached_tokens: The cached tokens of the prompt.
        chunks: The number of tokens in each chunk.
        stream: Whether it is a stream.
        holder: The key whose slot it holds, if any.
        frames_sent: The number of frames that were sent.
        outcome: The outcome.
        at: The time in Unix seconds.
    """

    status: int
    error: str | None = None
    retry_after: int | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    chunks: list[int] = field(default_factory=list)
    stream: bool = False
    holder: str | None = None
    frames_sent: int = 0
    outcome: str = "in flight"
    at: float = 0.0

    @property
    def frames(self) -> int:
        return len(self.chunks) + 1 if self.stream else 1

    @property
    def usage(self) -> tuple[int, int, int] | None:
        """The tokens of the prompt, the cached ones, and the generated ones; None for an error."""
        if self.status != 200:
            return None
        left = self.stream and self.outcome == "client left"
        generated = self.chunks[: self.frames_sent] if left else self.chunks
        return (self.prompt_tokens, self.cached_tokens, sum(generated))

    @property
    def chunks_sent(self) -> int:
        return min(self.frames_sent, len(self.chunks))


class SimpleLane:
    """A simple model of a lane. It keeps everything, and optimises nothing."""

    def __init__(self) -> None:
        self.now = 1_740_000_000.0
        self.limits: tuple[Limit, Limit] = (None, None)
        self.admitted: list[tuple[str, float]] = []
        self.in_flight: list[str] = []
        self.sequences: list[tuple[str, float, list[str]]] = []
        self.peak = 0
        self.exchanges: list[Expected] = []

    def within_a_minute(self, key: str, now: float) -> int:
        return sum(1 for other, at in self.admitted if other == key and now - at < 60)

    def limited(self, key: str) -> Expected | None:
        """Return the 429 for this key, if any: the window is checked first, then the slots."""
        per_minute, at_once = KEY_PLANS.get(key, self.limits)
        if per_minute is not None and self.within_a_minute(key, self.now) >= per_minute:
            later = range(1, 61)
            room = (s for s in later if self.within_a_minute(key, self.now + s) < per_minute)
            return Expected(429, RATE, retry_after=next(room))
        if at_once is not None and self.in_flight.count(key) >= at_once:
            return Expected(429, CONCURRENCY)
        return None

    def admit(self, key: str) -> None:
        self.admitted.append((key, self.now))
        self.in_flight.append(key)
        self.peak = max(self.peak, self.in_flight.count(key))

    def cached_tokens(self, key: str, prompt: list[str]) -> int:
        """Return 16 × ⌊min(common prefix, prompt - 1) / 16⌋ over the last 5 minutes."""
        recent = (tokens for k, at, tokens in self.sequences if k == key and self.now - at < 300)
        longest = max((common_prefix(tokens, prompt) for tokens in recent), default=0)
        return min(longest, len(prompt) - 1) // 16 * 16

    def answer(self, request: Request) -> Expected:
        """Return the expected answer to an admitted request."""
        said = REPLIES[request.text]
        if isinstance(said, Fail):
            return Expected(503, "Upstream model overloaded", holder=request.key)
        prompt = prompt_of(request.messages, request.tools)
        pieces = [[token] for token in split(said)] if isinstance(said, str) else call_chunks(said)
        pieces = pieces[: request.max_tokens]
        generated = [token for piece in pieces for token in piece]
        cached = self.cached_tokens(request.key, prompt)
        self.sequences.append((request.key, self.now, prompt + generated))
        role, finish, usage = 0, 0, 0
        stream = [role, *map(len, pieces), finish, usage]
        return Expected(
            200,
            prompt_tokens=len(prompt),
            cached_tokens=cached,
            chunks=stream if request.stream else [len(generated)],
            stream=request.stream,
            holder=request.key,
        )

    def release(self, expected: Expected) -> None:
        if expected.holder is not None:
            self.in_flight.remove(expected.holder)


def common_prefix(one: list[str], other: list[str]) -> int:
    """Return the length of the common prefix. In C, because a Python loop dominates the run time."""
    return next(compress(count(), map(ne, one, other)), min(len(one), len(other)))


def prompt_of(messages: Messages, tools: Tools) -> list[str]:
    """Return the prompt in the chat template."""
    tokens: list[str] = []
    for tool in tools:
        tokens += split(json.dumps(tool, separators=(",", ":")))
    for index, message in enumerate(messages):
        tokens += ["<|start|>", message["role"], "\n", *split(message["content"] or "")]
        for made in message.get("tool_calls", ()):
            tokens += split(made["function"]["name"]) + split(made["function"]["arguments"])
        tokens += ["<|end|>"]
        if index == 0:
            tokens += [f"<|template {number}|>" for number in range(11)]
    return [*tokens, "<|start|>", "assistant", "\n"]


def call_chunks(made: Call) -> list[list[str]]:
    """Return the chunks of a call: the name in one chunk, the arguments token by token."""
    return [list(split(made.name)), *([token] for token in split(made.arguments))]


def history_after(request: Request) -> Messages:
    """Return the conversation with the reply, and with the result of a call."""
    said = REPLIES[request.text]
    if isinstance(said, Fail):
        return request.messages
    if isinstance(said, str):
        content = "".join(split(said)[: request.max_tokens])
        return [*request.messages, {"role": "assistant", "content": content}]
    function = {"name": said.name, "arguments": said.arguments}
    made = {"id": "call_0", "type": "function", "function": function}
    return [
        *request.messages,
        {"role": "assistant", "content": None, "tool_calls": [made]},
        {"role": "tool", "tool_call_id": "call_0", "content": '{"sky": "clear"}'},
    ]


def usage_in(answer: AnyAnswer) -> tuple[int, int, int]:
    """Return the usage in the body, or in the chunk before `[DONE]`."""
    last = answer.frames[-2] if len(answer.frames) > 1 else answer.frames[0]
    usage = json.loads(last.removeprefix(b"data: "))["usage"]
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    return usage["prompt_tokens"], cached, usage["completion_tokens"]


# --- the machine


@st.composite
def questions(draw: st.DrawFn) -> Messages:
    """A question after filler of any length, so that prompts end anywhere in a block."""
    filler = {"role": "user", "content": "so " * draw(st.integers(0, 15))}
    return [filler, *user(draw(st.sampled_from([*REPLIES])))]


class LaneMachine(RuleBasedStateMachine):
    """Use a lane as applications do, and compare each answer with the model."""

    requests: Bundle[Request] = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.lane = Lane()
        self.lane.respond_with(respond)
        self.model = SimpleLane()
        self.open: list[tuple[AnyAnswer, Expected]] = []

    # --- requests

    @rule(
        target=requests,
        opening=st.sampled_from(OPENINGS),
        question=questions(),
        key=st.sampled_from(KEYS),
        tools=st.sampled_from([[], [TOOL]]),
        stream=st.booleans(),
        max_tokens=st.sampled_from([None, 1, 20]),
    )
    def begin(
        self,
        opening: Messages,
        question: Messages,
        key: str,
        tools: Tools,
        stream: bool,
        max_tokens: Limit,
    ) -> Request:
        """Start a conversation with one of the openings."""
        request = Request(key, opening + question, tools, stream, max_tokens)
        if isinstance(REPLIES[request.text], Call):
            request = replace(request, max_tokens=None)  # a truncated call is not a valid message
        self._ask(request)
        return request

    @rule(target=requests, earlier=requests, question=questions(), stream=st.booleans())
    def go_on(self, earlier: Request, question: Messages, stream: bool) -> Request:
        """Continue a conversation with the reply and another question."""
        messages = history_after(earlier) + question
        request = replace(earlier, messages=messages, stream=stream, max_tokens=None)
        self._ask(request)
        return request

    @rule(request=requests)
    def again(self, request: Request) -> None:
        """Repeat a request."""
        self._ask(request)

    @rule(request=requests, count=st.integers(2, 25), held=st.booleans())
    def burst(self, request: Request, count: int, held: bool) -> None:
        """Repeat a request many times, concurrently or sequentially."""
        for _ in range(count):
            self._ask(request)
            if not held:
                self._close(len(self.open) - 1, None)

    @rule(request=requests)
    def obey(self, request: Request) -> None:
        """Retry one second before `Retry-After`, and then at `Retry-After`."""
        retry_after = self._ask(request).retry_after
        if retry_after is not None:
            self.advance(retry_after - 1)
            assert self._ask(request).error == RATE
            self.advance(1)
            assert self._ask(request).error != RATE

    @rule(request=requests)
    def explode(self, request: Request) -> None:
        """Ask a question for which the user function raises: the 500 holds a slot until it is sent."""
        arrived = replace(request, messages=user(EXPLODE)).arrival()
        expected = self.model.limited(request.key)
        if expected is None:
            self.model.admit(request.key)
            expected = Expected(500, holder=request.key)
        self._open(arrived, expected)

    @rule(
        request=requests,
        fields=st.sampled_from([{"messages": []}, {"n": 2}, {"max_tokens": 32_768}, {"stop": 5}]),
    )
    def invalid(self, request: Request, fields: dict[str, Any]) -> None:
        """Send an invalid body: it passes the limits, and the 400 holds a slot until it is sent."""
        expected = self.model.limited(request.key)
        if expected is None:
            self.model.admit(request.key)
            expected = Expected(400, holder=request.key)
        self._open(arrival(key=request.key, **fields), expected)

    @rule(key=st.sampled_from(sorted(REFUSED_KEYS)))
    def wrong_key(self, key: str) -> None:
        """Send a refused key: it has no account."""
        self._open(arrival(key=key), Expected(REFUSED_KEYS[key]))

    # --- endings

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 30))
    def end(self, which: int) -> None:
        """Send all of an answer."""
        self._close(which % len(self.open), None)

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 30), frames=st.integers(0, 50))
    def leave(self, which: int, frames: int) -> None:
        """Disconnect before the end of an answer."""
        index = which % len(self.open)
        self._close(index, frames % self.open[index][1].frames)

    # --- time and plans

    @rule(seconds=st.sampled_from([0.25, 1, 10.5, 20, 30, 59.75, 60, 240, 299.75, 300]))
    def advance(self, seconds: float) -> None:
        """Advance the clock. These fractions are exact in binary."""
        self.lane.clock.advance(seconds)
        self.model.now += seconds

    @rule(plan=st.sampled_from(PLANS))
    def change(self, plan: tuple[str | Plan, tuple[Limit, Limit]]) -> None:
        """Change the plan of the lane."""
        given, self.model.limits = plan
        self.lane.change(plan=given)

    # --- invariants

    @invariant()
    def counts_are_equal(self) -> None:
        """Every exchange is counted once."""
        assert self.lane.journal.opened == len(self.model.exchanges)
        assert self.lane.peak_in_flight == self.model.peak

    def teardown(self) -> None:
        """End all answers, and compare the journal with the model. No slot is lost."""
        while self.open:
            self._close(0, None)
        for exchange, expected in zip(
            self.lane.journal.read(timeout=0), self.model.exchanges, strict=True
        ):
            usage = exchange.usage
            cost = usage and (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens)
            assert exchange.status == expected.status
            assert exchange.outcome == expected.outcome
            assert exchange.arrived_at == exchange.ended_at == expected.at
            assert exchange.chunks_sent == expected.chunks_sent
            assert exchange.chunks_left == len(expected.chunks) - expected.chunks_sent
            assert cost == expected.usage
        self.change((Plan(in_flight=2), (None, 2)))
        self.advance(60)
        for key in KEYS:
            assert self._free_slots(key) == KEY_PLANS.get(key, (None, 2))[1]

    def _free_slots(self, key: str) -> int:
        """Return how many requests are admitted before one is refused."""
        statuses = (self.lane.open(arrival(key=key)).status for _ in range(100))
        return len(list(takewhile(lambda status: status == 200, statuses)))

    # --- lane and model together

    def _ask(self, request: Request) -> Expected:
        expected = self.model.limited(request.key)
        if expected is None:
            self.model.admit(request.key)
            expected = self.model.answer(request)
        self._open(request.arrival(), expected)
        return expected

    def _open(self, arrived: Arrival, expected: Expected) -> None:
        expected.at = self.model.now
        answer = self.lane.open(arrived)
        self.open.append((answer, expected))
        self.model.exchanges.append(expected)
        retry_after = header(answer, "retry-after")
        assert answer.status == expected.status
        assert retry_after == (expected.retry_after and str(expected.retry_after))
        assert len(answer.frames) == expected.frames
        if expected.error is not None:
            assert json.loads(answer.frames[0])["error"]["message"] == expected.error
        if expected.usage is not None:
            assert usage_in(answer) == expected.usage

    def _close(self, index: int, frames: int | None) -> None:
        answer, expected = self.open.pop(index)
        self.model.release(expected)
        expected.frames_sent = expected.frames if frames is None else frames
        whole = "complete" if expected.status == 200 else "refused"
        expected.outcome = whole if frames is None else "client left"
        self.lane.close(answer, expected.frames_sent)


def test_a_lane_behaves_like_the_simple_model() -> None:
    """Limits, slots, 429s, cached tokens and counts are equal after any sequence of actions."""
    run_state_machine_as_test(
        LaneMachine, settings=settings(max_examples=40, stateful_step_count=40)
    )
