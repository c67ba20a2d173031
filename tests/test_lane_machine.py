"""A lane against a plain model: limits, slots, prefix cache, clock and counts, in any order."""

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
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults import Fail
from mock_electron.engine.lane import Lane
from mock_electron.model.tokens import split
from mock_electron.wire.request import ChatRequest

Messages = list[dict[str, Any]]
Tools = list[dict[str, Any]]
Limit = int | None

RATE: Final = "Rate limit exceeded. Please retry after a short backoff."
CONCURRENCY: Final = "Concurrency limit reached"

OWN_PLANS: Final[dict[str, tuple[Limit, Limit]]] = {
    "sk_mock_standard": (10, 3),
    "sk_mock_enterprise": (200, 20),
}
KEYS: Final = ("sk_a", "sk_b", *OWN_PLANS)
REFUSED_KEYS: Final = {"sk_mock_revoked": 401, "": 401, "sk_mock_forbidden": 403}
PLANS: Final[list[tuple[str | Plan, tuple[Limit, Limit]]]] = [
    ("unlimited", (None, None)),
    ("standard", (10, 3)),
    (Plan(requests_per_minute=1), (1, None)),
    (Plan(requests_per_minute=4), (4, None)),
    (Plan(in_flight=1), (None, 1)),
    (Plan(requests_per_minute=2, in_flight=2), (2, 2)),
]
"""A plan as the lane takes it, and its two figures."""

RULES: Final = (
    "You are the voice of a travel agency. Answer in one sentence, and be kind to callers."
)
OPENINGS: Final[list[Messages]] = [
    [],
    [{"role": "system", "content": RULES}],
    [{"role": "system", "content": f"{RULES} The caller is Asha."}],
    [{"role": "system", "content": f"Asha calls. {RULES}"}],
]
"""Beginnings that share nothing, all, or much."""

STORY: Final = (
    "Long ago the caravan went through the night, and in the morning it came to Pune. " * 2
)
SAID: Final[dict[str, str | Call | Fail]] = {
    "Hi": "Hello!",
    "Say nothing.": "",
    "Tell me a story of the old road to Pune, please": STORY,
    "How is the weather?": call("get_weather", city="Mumbai", days=[1, 2, 3]),
    "Break": fail(503),
}
EXPLODE: Final = "Explode"
TOOL: Final = {"type": "function", "function": {"name": "get_weather", "description": STORY}}


def respond(request: ChatRequest) -> str | Call | Fail:
    """The words of this lane are known beforehand."""
    question = request.last.content or ""
    if question == EXPLODE:
        raise ZeroDivisionError
    return SAID[question]


@dataclass(frozen=True)
class Asked:
    """A valid request of the machine's; a stream is asked for with its usage."""

    key: str
    messages: Messages
    tools: Tools
    stream: bool
    max_tokens: Limit

    @property
    def question(self) -> str:
        return str(self.messages[-1]["content"])

    def arrival(self) -> Arrival:
        body: dict[str, Any] = {"messages": self.messages}
        body |= {"stream": True, "stream_options": {"include_usage": True}} if self.stream else {}
        body |= {"tools": self.tools} if self.tools else {}
        body |= {"max_tokens": self.max_tokens} if self.max_tokens else {}
        return arrival(key=self.key, **body)


# --- the plain model: lists and loops


@dataclass
class Expected:
    """What the model says of one exchange.

    chunks: the tokens in each of its chunks. holder: the key whose slot it has, if any.
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
        """Tokens of the prompt, cached of them, and of the completion as far as it got."""
        if self.status != 200:
            return None
        left = self.stream and self.outcome == "client left"
        generated = self.chunks[: self.frames_sent] if left else self.chunks
        return (self.prompt_tokens, self.cached_tokens, sum(generated))

    @property
    def chunks_sent(self) -> int:
        return min(self.frames_sent, len(self.chunks))


class PlainLane:
    """What a lane promises, as plainly as it can be said. Nothing is ever forgotten or reused."""

    def __init__(self) -> None:
        self.now = 1_740_000_000.0
        self.limits: tuple[Limit, Limit] = (None, None)
        self.admitted: list[tuple[str, float]] = []
        self.in_flight: list[str] = []
        self.sequences: list[tuple[str, float, list[str]]] = []
        self.peak = 0
        self.exchanges: list[Expected] = []

    def within_a_minute(self, key: str, now: float) -> int:
        return sum(1 for who, at in self.admitted if who == key and now - at < 60)

    def limited(self, key: str) -> Expected | None:
        """The 429 that this key gets now, if any: by the window first, then by the slots."""
        per_minute, at_once = OWN_PLANS.get(key, self.limits)
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
        """16 × ⌊min(common prefix, prompt - 1) / 16⌋, of what was used in the last 5 minutes."""
        fresh = (said for who, at, said in self.sequences if who == key and self.now - at < 300)
        longest = max((common_prefix(said, prompt) for said in fresh), default=0)
        return min(longest, len(prompt) - 1) // 16 * 16

    def answer(self, asked: Asked) -> Expected:
        """What an admitted request gets."""
        said = SAID[asked.question]
        if isinstance(said, Fail):
            return Expected(503, "Upstream model overloaded", holder=asked.key)
        prompt = prompt_of(asked.messages, asked.tools)
        pieces = [[token] for token in split(said)] if isinstance(said, str) else call_chunks(said)
        pieces = pieces[: asked.max_tokens]
        generated = [token for piece in pieces for token in piece]
        cached = self.cached_tokens(asked.key, prompt)
        self.sequences.append((asked.key, self.now, prompt + generated))
        role, finish, usage = 0, 0, 0
        stream = [role, *map(len, pieces), finish, usage]
        return Expected(
            200,
            prompt_tokens=len(prompt),
            cached_tokens=cached,
            chunks=stream if asked.stream else [len(generated)],
            stream=asked.stream,
            holder=asked.key,
        )

    def release(self, expected: Expected) -> None:
        if expected.holder is not None:
            self.in_flight.remove(expected.holder)


def common_prefix(one: list[str], other: list[str]) -> int:
    """All in C: a loop in Python is most of what these tests take."""
    return next(compress(count(), map(ne, one, other)), min(len(one), len(other)))


def prompt_of(messages: Messages, tools: Tools) -> list[str]:
    """The prompt as the chat template has it."""
    tokens: list[str] = []
    for tool in tools:
        tokens += split(json.dumps(tool, separators=(",", ":")))
    for place, message in enumerate(messages):
        tokens += ["<|start|>", message["role"], "\n", *split(message["content"] or "")]
        for made in message.get("tool_calls", ()):
            tokens += split(made["function"]["name"]) + split(made["function"]["arguments"])
        tokens += ["<|end|>"]
        if place == 0:
            tokens += [f"<|template {number}|>" for number in range(11)]
    return [*tokens, "<|start|>", "assistant", "\n"]


def call_chunks(made: Call) -> list[list[str]]:
    """The name comes in one chunk, the arguments token by token."""
    return [list(split(made.name)), *([token] for token in split(made.arguments))]


def history_after(asked: Asked) -> Messages:
    """The conversation with the reply in it, and with the result of a call."""
    said = SAID[asked.question]
    if isinstance(said, Fail):
        return asked.messages
    if isinstance(said, str):
        content = "".join(split(said)[: asked.max_tokens])
        return [*asked.messages, {"role": "assistant", "content": content}]
    function = {"name": said.name, "arguments": said.arguments}
    made = {"id": "call_0", "type": "function", "function": function}
    return [
        *asked.messages,
        {"role": "assistant", "content": None, "tool_calls": [made]},
        {"role": "tool", "tool_call_id": "call_0", "content": '{"sky": "clear"}'},
    ]


def usage_told(answer: Answer) -> tuple[int, int, int]:
    """What the answer says that it costs: in its body, or in the chunk before `[DONE]`."""
    last = answer.frames[-2] if len(answer.frames) > 1 else answer.frames[0]
    usage = json.loads(last.removeprefix(b"data: "))["usage"]
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    return usage["prompt_tokens"], cached, usage["completion_tokens"]


# --- the machine


@st.composite
def questions(draw: st.DrawFn) -> Messages:
    """A question, after words of any length, so that prompts end anywhere in a block."""
    filler = {"role": "user", "content": "so " * draw(st.integers(0, 15))}
    return [filler, *user(draw(st.sampled_from([*SAID])))]


class LaneMachine(RuleBasedStateMachine):
    """Does to a lane what applications do, and asks the model each time."""

    requests: Bundle[Asked] = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.lane = Lane()
        self.lane.respond_with(respond)
        self.model = PlainLane()
        self.open: list[tuple[Answer, Expected]] = []

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
    ) -> Asked:
        """A conversation begins in one of a few ways."""
        asked = Asked(key, opening + question, tools, stream, max_tokens)
        if isinstance(SAID[asked.question], Call):
            asked = replace(asked, max_tokens=None)  # what remains of it would fit no history
        self._ask(asked)
        return asked

    @rule(target=requests, earlier=requests, question=questions(), stream=st.booleans())
    def go_on(self, earlier: Asked, question: Messages, stream: bool) -> Asked:
        """A conversation grows by the reply and by another question."""
        messages = history_after(earlier) + question
        asked = replace(earlier, messages=messages, stream=stream, max_tokens=None)
        self._ask(asked)
        return asked

    @rule(asked=requests)
    def again(self, asked: Asked) -> None:
        """The same request once more."""
        self._ask(asked)

    @rule(asked=requests, count=st.integers(2, 25), held=st.booleans())
    def burst(self, asked: Asked, count: int, held: bool) -> None:
        """The same request many times, at once or one after the other."""
        for _ in range(count):
            self._ask(asked)
            if not held:
                self._close(len(self.open) - 1, None)

    @rule(asked=requests)
    def obey(self, asked: Asked) -> None:
        """A client that is told when to retry waits a second less, and then that second."""
        retry_after = self._ask(asked).retry_after
        if retry_after is not None:
            self.advance(retry_after - 1)
            assert self._ask(asked).error == RATE
            self.advance(1)
            assert self._ask(asked).error != RATE

    @rule(asked=requests)
    def explode(self, asked: Asked) -> None:
        """What answers raises: the request gets a 500, which holds a slot until it is sent."""
        arrived = replace(asked, messages=user(EXPLODE)).arrival()
        expected = self.model.limited(asked.key)
        if expected is None:
            self.model.admit(asked.key)
            expected = Expected(500, holder=asked.key)
        self._open(arrived, expected)

    @rule(
        asked=requests,
        fields=st.sampled_from([{"messages": []}, {"n": 2}, {"max_tokens": 32_768}, {"stop": 5}]),
    )
    def invalid(self, asked: Asked, fields: dict[str, Any]) -> None:
        """A body that is refused has passed the limits, and holds a slot until that is said."""
        expected = self.model.limited(asked.key)
        if expected is None:
            self.model.admit(asked.key)
            expected = Expected(400, holder=asked.key)
        self._open(arrival(key=asked.key, **fields), expected)

    @rule(key=st.sampled_from(sorted(REFUSED_KEYS)))
    def wrong_key(self, key: str) -> None:
        """A key that is refused has no account."""
        self._open(arrival(key=key), Expected(REFUSED_KEYS[key]))

    # --- their ends

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 30))
    def end(self, which: int) -> None:
        """All of an answer has been sent."""
        self._close(which % len(self.open), None)

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 30), frames=st.integers(0, 50))
    def leave(self, which: int, frames: int) -> None:
        """The client has left before the end."""
        index = which % len(self.open)
        self._close(index, frames % self.open[index][1].frames)

    # --- time and plans

    @rule(seconds=st.sampled_from([0.25, 1, 10.5, 20, 30, 59.75, 60, 240, 299.75, 300]))
    def advance(self, seconds: float) -> None:
        """Time goes by; these fractions are exact."""
        self.lane.clock.advance(seconds)
        self.model.now += seconds

    @rule(plan=st.sampled_from(PLANS))
    def change(self, plan: tuple[str | Plan, tuple[Limit, Limit]]) -> None:
        """Another plan for the keys that have none of their own."""
        given, self.model.limits = plan
        self.lane.change(plan=given)

    # --- what must hold

    @invariant()
    def the_counts_are_right(self) -> None:
        """Nothing is counted twice, or not at all."""
        assert self.lane.journal.opened == len(self.model.exchanges)
        assert self.lane.peak_in_flight == self.model.peak

    def teardown(self) -> None:
        """Everything ends; the journal is as the model has it; no slot is lost."""
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
            assert self._free_slots(key) == OWN_PLANS.get(key, (None, 2))[1]

    def _free_slots(self, key: str) -> int:
        """How many requests are admitted until one is not."""
        statuses = (self.lane.open(arrival(key=key)).status for _ in range(100))
        return len(list(takewhile(lambda status: status == 200, statuses)))

    # --- both at once

    def _ask(self, asked: Asked) -> Expected:
        expected = self.model.limited(asked.key)
        if expected is None:
            self.model.admit(asked.key)
            expected = self.model.answer(asked)
        self._open(asked.arrival(), expected)
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
            assert usage_told(answer) == expected.usage

    def _close(self, index: int, frames: int | None) -> None:
        answer, expected = self.open.pop(index)
        self.model.release(expected)
        expected.frames_sent = expected.frames if frames is None else frames
        whole = "complete" if expected.status == 200 else "refused"
        expected.outcome = whole if frames is None else "client left"
        self.lane.close(answer, expected.frames_sent)


def test_a_lane_is_what_a_plain_model_says() -> None:
    """Never more in flight than allowed, never a slot lost; 429, cached tokens and counts right."""
    run_state_machine_as_test(
        LaneMachine, settings=settings(max_examples=200, stateful_step_count=40)
    )
