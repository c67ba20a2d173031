"""Tests of engine/prefix_cache.py and engine/cache_miss.py: cached tokens, and why they are missing."""

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, count, pairwise
from operator import ne
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lanes import arrival, ask, stream
from pocket import tool
from raw_http import user
from rows import each_of

from mock_electron import CacheMiss, Electron, Exchange, Plan, Settings, call, fail, faults, reply
from mock_electron.engine import prefix_cache
from mock_electron.engine.cache_miss import explain
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.prefix_cache import (
    BLOCK,
    SHORT,
    Position,
    PrefixCache,
    PromptReader,
    TokenRun,
    token_run,
)
from mock_electron.engine.script.step import Step
from mock_electron.model.prompt import segments
from mock_electron.model.tokens import split
from mock_electron.strategies import chat_requests
from mock_electron.wire import request as wire_request
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest, freeze

Messages = list[dict[str, Any]]

RULES: Final = (
    "You are the voice of a travel agency. Answer in one sentence, and be kind. "
    "Never promise a seat that is not booked, and never quote a price that you have not looked up."
)
PASSAGES: Final = "\n".join(
    f"Train {n} leaves Mumbai for Pune at {n} o'clock." for n in range(6, 19)
)
TOOL: Final = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city, today and for the three days that follow.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def system(text: str) -> Messages:
    return [{"role": "system", "content": text}]


def assistant(text: str | None) -> Messages:
    return [{"role": "assistant", "content": text}]


def usage(lane: Lane, messages: Messages, **fields: Any) -> tuple[int, int]:
    """Return the prompt tokens of a request, and how many of them were cached."""
    reported = json.loads(ask(lane, messages=messages, **fields).frames[0])["usage"]
    return reported["prompt_tokens"], reported["prompt_tokens_details"]["cached_tokens"]


def cached(lane: Lane, messages: Messages, **fields: Any) -> int:
    return usage(lane, messages, **fields)[1]


OPENING: Final = ["<|start|>", "assistant", "\n"]
"""The last tokens of every prompt."""
MARKS: Final = ["<|start|>", "user", "\n", "<|end|>"]
"""The tokens around a message."""


def sequence(request: ChatRequest) -> list[str]:
    """Return the tokens of the prompt."""
    tokens = [token for part in segments(request) for token in part.tokens()]
    assert tokens[-len(OPENING) :] == OPENING
    return tokens


def generated(received: Reply) -> list[str]:
    """Return the tokens of the reply."""
    calls = [text for made in received.tool_calls for text in (made.name, made.arguments)]
    return [token for text in (received.content or "", *calls) for token in split(text)]


def common_prefix(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the common prefix. In C, because a Python loop dominates the run time."""
    return next(compress(count(), map(ne, one, other)), min(len(one), len(other)))


def formula(prompt: Sequence[str], earlier: Iterable[Sequence[str]]) -> int:
    """Return 16 × ⌊min(common prefix, prompt - 1) / 16⌋ over the earlier sequences."""
    common = max((common_prefix(one, prompt) for one in earlier), default=0)
    return 16 * (min(common, len(prompt) - 1) // 16)


# --- the formula


LETTERS: Final = [f"t{index}" for index in range(100)]
SEQUENCES: Final = st.builds(
    lambda shared, own, other: LETTERS[:shared] + [other] * own,
    st.integers(0, 100),
    st.integers(0, 40),
    st.sampled_from("xy"),
).filter(bool)
"""Sequences of tokens with common beginnings and different ends."""


def all_at_once(tokens: Sequence[str]) -> TokenRun:
    return token_run(Position(b"account"), tokens)


@given(st.lists(SEQUENCES, min_size=1, max_size=8))
def test_cached_tokens_of_any_sequences(sequences: list[list[str]]) -> None:
    """Cached tokens follow the formula over all earlier sequences, compared token by token."""
    cache = PrefixCache(1_000_000, 300)
    for number, tokens in enumerate(sequences):
        prompt = all_at_once(tokens)
        assert cache.cached_tokens(prompt, 0) == formula(tokens, sequences[:number])
        cache.store(prompt.blocks, 0)


@given(tokens=SEQUENCES, cuts=st.lists(st.integers(0, 140), max_size=6))
def test_blocks_do_not_depend_on_where_messages_begin(tokens: list[str], cuts: list[int]) -> None:
    """A sequence that is read in parts has the same blocks as one that is read at once."""
    blocks: list[bytes] = []
    position = Position(b"account")
    for start, end in pairwise([0, *sorted(cuts), len(LETTERS) + 40]):
        run = token_run(position, tokens[start:end])
        blocks += run.blocks
        position = run.end
    whole = all_at_once(tokens)
    assert (tuple(blocks), position) == (whole.blocks, whole.end)


@given(st.lists(chat_requests(), min_size=1, max_size=4), st.lists(st.integers(0, 3), max_size=6))
@settings(max_examples=20)
def test_cached_tokens_of_any_requests(bodies: list[Any], order: list[int]) -> None:
    """Cached tokens follow the formula for repeated and growing conversations."""
    requests = [*bodies, *(bodies[position % len(bodies)] for position in order)]
    requests += [grown(body, reply_to(Lane(), body)) for body in requests]
    lane = Lane()
    known: list[list[str]] = []
    for body in requests:
        received = reply_to(lane, body)
        prompt = sequence(freeze(body))
        assert received.usage.prompt_tokens == len(prompt)
        assert received.usage.cached_tokens == formula(prompt, known)
        known.append(prompt + generated(received))


def reply_to(lane: Lane, body: Any) -> Reply:
    """Return the reply to a request from the journal."""
    assert ask(lane, **body).status == 200
    received = lane.journal.read()[-1].reply
    assert received is not None
    return received


def grown(body: Any, received: Reply, result: str = "{}") -> Any:
    """Return the next request of the conversation, with new ids for the calls."""
    calls = [
        {"id": f"call_{n}", "type": "function", "function": {"name": made.name, "arguments": made.arguments}}
        for n, made in enumerate(received.tool_calls)
    ]  # fmt: skip
    message = assistant(received.content)[0] | ({"tool_calls": calls} if calls else {})
    results = [{"role": "tool", "tool_call_id": made["id"], "content": result} for made in calls]
    return body | {"messages": [*body["messages"], message, *results, *user("And then?")]}


@given(chat_requests())
@settings(max_examples=40)
def test_prompt_tokens_do_not_depend_on_the_cache(body: Any) -> None:
    """A lane with a full cache answers like a new lane, except for cached tokens."""
    used = Lane()
    for _ in range(2):
        reply_to(used, body)
    first, again = reply_to(Lane(), body), reply_to(used, body)
    assert again.content == first.content
    assert again.usage.completion_tokens == first.usage.completion_tokens
    prompt_tokens = first.usage.prompt_tokens
    assert again.usage.prompt_tokens == prompt_tokens
    assert first.usage.cached_tokens == 0
    assert again.usage.cached_tokens == (prompt_tokens - 1) // 16 * 16


# --- the patterns of the vendor's best practices


@pytest.mark.parametrize("text", ["Hi", "Hi there", "What is the weather in Mumbai?"])
def test_the_same_short_request_twice(text: str) -> None:
    """Only the second has cached tokens (D), never the whole prompt, streamed or not."""
    lane = Lane()
    assert cached(lane, user(text)) == 0
    prompt_tokens, cached_tokens = usage(lane, user(text))
    assert 0 < cached_tokens < prompt_tokens
    last_chunk = stream(lane, text).frames[-2]
    assert f'"cached_tokens":{cached_tokens}}}'.encode() in last_chunk


def test_a_system_prompt_is_cached_for_all_users() -> None:
    """The system prompt is read once, whatever the users ask."""
    lane = Lane()
    prompt_tokens, first = usage(lane, system(RULES) + user("Hi"))
    rules = prompt_tokens - len([*MARKS, "Hi", *OPENING])
    assert first == 0
    for question in ("Where is my train?", "I am Asha. Book me a seat!", "पुणे कब पहुँचेंगे?"):
        assert cached(lane, system(RULES) + user(question)) == rules // 16 * 16 > 0


def test_a_stable_context_is_cached_for_all_questions() -> None:
    """With the system prompt and the passages first, only the question is read again."""
    lane = Lane()
    stable = system(RULES) + user(PASSAGES)
    cached(lane, stable + user("When does the first train leave?"))
    for question in ("When does the last train leave?", "Is there one at noon?"):
        prompt_tokens, cached_tokens = usage(lane, stable + user(question))
        stable_tokens = prompt_tokens - len([*MARKS, *split(question), *OPENING])
        # The common beginning of the questions, "<|start|>user" and "When", may complete a block.
        assert 128 < stable_tokens // 16 * 16 <= cached_tokens <= stable_tokens + 5


def test_a_context_after_the_question_is_not_cached() -> None:
    """With the question first, the passages are read again each time."""
    lane = Lane()
    for question in ("When does the first train leave?", "Is there one at noon?"):
        cached_tokens = cached(lane, system(RULES) + user(question) + user(PASSAGES))
    assert cached_tokens < len(split(RULES)) + 32


def test_a_growing_history_is_cached() -> None:
    """In every turn, all earlier prompts and replies are cached (I)."""
    lane = Lane()
    body = {"messages": system(RULES) + user("Hi")}
    before = 0
    for turn in range(12):
        lane.add(Step(reply(f"This is reply {turn}, " + "and it goes on " * turn)))
        received = reply_to(lane, body)
        assert received.usage.cached_tokens == before // 16 * 16
        before = received.usage.total_tokens
        body = grown(body, received)


def test_tool_calls_are_cached_in_a_growing_history() -> None:
    """The filler, the names and the arguments are cached; the ids are not in the prompt."""
    lane = Lane()
    calls = [call("get_weather", city=city) for city in ("Pune", "Mumbai")]
    lane.add(Step(reply(*calls, filler="One moment…")))
    body = {"messages": system(RULES) + user("Pune or Mumbai?"), "tools": [TOOL]}
    received = reply_to(lane, body)
    after = reply_to(lane, grown(body, received, '{"sky": "clear"}'))
    assert after.usage.cached_tokens == received.usage.total_tokens // 16 * 16
    assert after.usage.cached_tokens > received.usage.prompt_tokens


def test_a_name_in_the_first_line_prevents_caching() -> None:
    """Only what precedes the name is cached for the next caller (D)."""
    lane = Lane()
    for name in ("Asha", "Ravi", "Meera"):
        assert cached(lane, system(f"The caller is {name}. {RULES}") + user("Hi")) == 0
    for name in ("Asha", "Ravi", "Meera"):
        cached_tokens = cached(lane, system(f"{RULES} The caller is {name}.") + user("Hi"))
    assert cached_tokens >= len(split(RULES)) // 16 * 16 > 0


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        ({"tools": [TOOL]}, {}),
        ({}, {"tools": [TOOL]}),
        ({"tools": [TOOL]}, {"tools": [{"type": "function", "function": {"name": "get_weather"}}]}),
    ],
    ids=["dropped", "added", "changed"],
)
def test_tool_definitions_are_part_of_the_prompt(earlier: Any, now: Any) -> None:
    """They are first in the prompt, so with other tools nothing is cached."""
    lane = Lane()
    messages = system(RULES) + user("Hi")
    with_tools, _ = usage(lane, messages, **earlier)
    without, cached_tokens = usage(lane, messages, **now)
    assert cached_tokens < 32
    assert with_tools != without
    assert cached(lane, messages, **earlier) == (with_tools - 1) // 16 * 16


def test_an_added_tool_keeps_earlier_tools_cached() -> None:
    """Tools before the added tool are cached, and tools after it are not."""
    lane = Lane()
    other = {"type": "function", "function": {"name": "book_seat", "description": RULES}}
    size = len(split(json.dumps(TOOL, separators=(",", ":"))))
    cached(lane, user("Hi"), tools=[TOOL])
    assert cached(lane, user("Hi"), tools=[TOOL, other]) == size // 16 * 16 > 0
    assert cached(Lane(), user("Hi"), tools=[other, TOOL]) == 0


def test_parts_and_parameters_do_not_change_the_prompt() -> None:
    """Text parts are joined, and parameters are not in the prompt."""
    lane = Lane()
    prompt_tokens, _ = usage(lane, user(RULES))
    parts = [{"type": "text", "text": RULES[:50]}, {"type": "text", "text": RULES[50:]}]
    fields = {"temperature": 2, "max_tokens": 3, "seed": 5, "user": "Asha", "logprobs": True}
    assert usage(lane, [{"role": "user", "content": parts}], **fields) == (
        prompt_tokens,
        (prompt_tokens - 1) // 16 * 16,
    )


# --- accounts, and what is cached


def test_accounts_do_not_share_a_cache() -> None:
    """Each key has its own cache (A)."""
    lane = Lane()
    messages = system(RULES) + user("Hi")
    assert cached(lane, messages, key="sk_a") == cached(lane, messages, key="sk_b") == 0
    assert cached(lane, messages, key="sk_a") == cached(lane, messages, key="sk_b") > 0


def inject(fault: Any) -> Callable[[Lane], object]:
    return lambda lane: lane.inject(Injection(fault, times=1))


@each_of(
    [
        (None, {"max_tokens": 32_768}, 400),
        (None, {"temperature": -1}, 400),
        (None, {"tools": []}, 400),
        (None, {"faults": "no-usage"}, 400),
        (None, {"key": ""}, 401),
        (lambda lane: lane.change(plan=Plan(in_flight=1)), {}, 429),
        (lambda lane: lane.add(Step(fail(503))), {}, 503),
        (inject(fail(502)), {}, 502),
        (inject(faults.Reset()), {}, 0),
        (inject(faults.Silence()), {}, 0),
        (None, {"faults": "close"}, 0),
    ]
)
def test_a_request_without_a_reply_caches_nothing(
    prepare: Callable[[Lane], object] | None, fields: dict[str, Any], status: int
) -> None:
    """The model has not read a prompt that was refused or failed."""
    lane = Lane()
    held = lane.open(arrival("in flight"))
    if prepare:
        prepare(lane)
    messages = system(RULES) + user("Hi")
    assert ask(lane, messages=messages, **fields).status == status
    lane.close(held, len(held.frames))
    assert cached(lane, messages) == 0


@pytest.mark.parametrize(
    "fault", [faults.Cut(after=1), faults.NoDone(), faults.BadArguments()], ids=repr
)
def test_a_reply_with_a_fault_is_cached(fault: Any) -> None:
    """The model has read the prompt and written the reply before the fault."""
    lane = Lane()
    lane.inject(Injection(fault))
    messages = system(RULES) + user("Hi")
    stream(lane, messages=messages)
    assert cached(lane, messages) > 0


def test_the_prompt_of_a_client_that_left_is_cached() -> None:
    """The prompt is cached although the client disconnected."""
    lane = Lane()
    answer = lane.open(arrival(messages=system(RULES), stream=True))
    lane.close(answer, 1)
    assert cached(lane, system(RULES)) > 0


# --- size and age


@given(sequences=st.lists(SEQUENCES, max_size=12), size=st.integers(0, 200), order=st.data())
def test_the_least_recently_used_block_is_evicted_first(
    sequences: list[list[str]], size: int, order: st.DataObject
) -> None:
    """A cache of any size behaves like a list of prefixes in order of use."""
    cache = PrefixCache(size, 300)
    kept: list[tuple[str, ...]] = []
    for tokens in sequences:
        prompt = all_at_once(tokens)
        blocks = [tuple(tokens[:end]) for end in range(BLOCK, len(tokens) + 1, BLOCK)]
        known = [block for block in blocks if block in kept and len(block) < len(tokens)]
        assert cache.cached_tokens(prompt, 0) == len(known) * BLOCK
        cache.store(prompt.blocks, 0)
        kept = [block for block in kept if block not in blocks] + blocks[::-1]
        kept = kept[max(len(kept) - size // BLOCK, 0) :]
        assert len(cache) == len(kept) <= size // BLOCK


def test_the_beginning_of_a_prompt_too_large_stays() -> None:
    """The end of the prompt is evicted first, as it is of no use without the beginning."""
    lane = Lane(Settings(prefix_cache_tokens=64))
    prompt_tokens, _ = usage(lane, user(PASSAGES))
    assert prompt_tokens > 64 * 2
    assert cached(lane, user(PASSAGES)) == 64
    assert len(lane._ledger.cache) == 4


def test_use_keeps_a_prompt_in_the_cache() -> None:
    """A prompt that is used stays in the cache, and an unused one is evicted."""
    lane = Lane(Settings(prefix_cache_tokens=320))
    often, once = user(f"Often: {RULES}"), user(f"Once: {RULES}")
    cached(lane, once, max_tokens=1)
    for number in range(40):
        assert (cached(lane, often, max_tokens=1) > 0) is (number > 0)
        cached(lane, user(f"{number}: {RULES}"), max_tokens=1)
    assert cached(lane, once, max_tokens=1) == 0


@pytest.mark.parametrize("size", [0, 1, 15])
def test_a_cache_below_one_block_caches_nothing(size: int) -> None:
    """A size of less than a block is the same as 0, which disables the cache."""
    lane = Lane(Settings(prefix_cache_tokens=size))
    assert {cached(lane, user("Hi")) for _ in range(3)} == {0}
    assert len(lane._ledger.cache) == 0


@pytest.mark.parametrize(
    ("seconds", "kept"), [(0, True), (299, True), (299.75, True), (300, False), (9999, False)]
)
def test_a_prompt_expires_after_five_minutes(seconds: float, kept: bool) -> None:
    """A prompt unused for 300 seconds by the lane's clock is evicted (D: it expires; A: when)."""
    lane = Lane()
    cached(lane, user("Hi"))
    lane.clock.advance(seconds)
    assert (cached(lane, user("Hi")) > 0) is kept


def test_use_renews_the_expiry() -> None:
    """Using the beginning of a prompt keeps the beginning, and not the rest."""
    lane = Lane()
    long, short = user(PASSAGES), user(PASSAGES[: len(PASSAGES) // 2])
    _, _ = usage(lane, long)
    for _ in range(5):
        lane.clock.advance(200)
        assert cached(lane, short) > 64
    prompt_tokens, cached_tokens = usage(lane, long)
    assert 64 < cached_tokens < prompt_tokens / 2 + 16
    lane.clock.advance(300)
    assert cached(lane, short) == 0


def test_the_expiry_is_a_setting() -> None:
    """`prefix_cache_idle` is in seconds, and may have a fraction."""
    lane = Lane(Settings(prefix_cache_idle=1.5))
    cached(lane, user("Hi"))
    lane.clock.advance(1.25)
    assert cached(lane, user("Hi")) > 0
    lane.clock.advance(1.5)
    assert cached(lane, user("Hi")) == 0


def test_expired_blocks_are_removed() -> None:
    """The next request removes them from memory."""
    lane = Lane()
    cached(lane, user(PASSAGES))
    assert len(lane._ledger.cache) > 10
    lane.clock.advance(300)
    cached(lane, user("Hi"))
    assert len(lane._ledger.cache) < 10


# --- reading


def read(
    reader: PromptReader, messages: Messages, account: bytes = b"account", **fields: Any
) -> TokenRun:
    body = {"model": "electron", "messages": messages, **fields}
    return reader.read_prompt(account, wire_request.parse_request(body))


@pytest.fixture
def cut_tokens(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of the segments that were cut into blocks."""
    cut: list[int] = []

    def counting(position: Position, tokens: Sequence[str]) -> TokenRun:
        cut.append(len(tokens))
        return token_run(position, tokens)

    monkeypatch.setattr(prefix_cache, "token_run", counting)
    return cut


def test_a_known_prompt_is_not_cut_again(cut_tokens: list[int]) -> None:
    """Of a repeated prompt no message is cut, and of a growing history only the new part."""
    reader = PromptReader()
    messages = system("so " * 30_000) + user("Hi")
    first = read(reader, messages)
    assert first.tokens > 30_000
    assert sum(cut_tokens) == first.tokens
    cut_tokens.clear()
    assert read(reader, messages) == first
    assert cut_tokens == [3]  # the opening of the reply
    cut_tokens.clear()
    read(reader, messages + assistant("Hello!") + user("And?"))
    assert 0 < sum(cut_tokens) < 30


def test_the_beginning_of_a_short_prompt_is_cut_once(cut_tokens: list[int]) -> None:
    """Of a short prompt whose last message is new, only that message is cut, and not the tools."""
    reader, tools = PromptReader(), [tool("look_up", "Look something up", key="string")]
    history = system("Be kind.") + user("Hi") + assistant("Hello!")
    asked = [read(reader, history + user(f"{number}"), tools=tools) for number in range(3)]
    *first, second, third = cut_tokens
    assert sum(first) == asked[0].tokens
    assert second == third < 15
    for number, run in enumerate(asked):
        assert run == read(PromptReader(), history + user(f"{number}"), tools=tools)


def test_the_beginning_of_a_prompt_is_remembered_by_tools_and_account() -> None:
    """The same messages after other tools or for another account have other blocks."""
    reader, messages = PromptReader(), system("Be kind.") + user("What is the time?")
    offers: list[dict[str, Any]] = [{}, *({"tools": [tool(name)]} for name in ("look_up", "find"))]
    known = [read(reader, messages, **fields) for fields in offers]
    known.append(read(reader, messages, b"another"))
    assert len({run.blocks for run in known}) == 4
    assert read(reader, messages) == read(PromptReader(), messages) == known[0]


def test_remembered_segments_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are bounded in characters, and a reader with a small memory reads the same blocks."""
    monkeypatch.setattr("mock_electron.engine.prefix_cache.REMEMBERED_BYTES", 1_000)
    reader = PromptReader()
    for number in [*range(50), *range(50)]:
        messages = system(RULES) + user(f"{number} " * number)
        assert read(reader, messages) == read(PromptReader(), messages)
        kept = [segment for _, segment in reader._runs]
        assert sum(len("".join(segment.texts)) for segment in kept) <= reader._runs.size <= 1_000
        assert len(kept) <= 10


def test_a_message_too_large_to_remember(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read each time, and not remembered."""
    monkeypatch.setattr("mock_electron.engine.prefix_cache.REMEMBERED_BYTES", 1_000)
    reader = PromptReader()
    assert read(reader, user(PASSAGES * 3)) == read(reader, user(PASSAGES * 3))
    assert list(reader._runs) == []


def test_a_segment_in_use_is_remembered(
    monkeypatch: pytest.MonkeyPatch, cut_tokens: list[int]
) -> None:
    """The least recently read segment is forgotten first, so a shared system prompt is cut once."""
    monkeypatch.setattr("mock_electron.engine.prefix_cache.REMEMBERED_BYTES", 4_000)
    reader = PromptReader()
    for number in range(50):
        read(reader, system(PASSAGES) + user(f"{number}"))
    assert len(PASSAGES) > SHORT  # shorter prompts are not remembered
    assert len(cut_tokens) > 50
    assert sum(size > len(split(PASSAGES)) for size in cut_tokens) == 1


def test_a_message_is_remembered_by_position_and_account() -> None:
    """The same message at another position or for another account has other blocks."""
    reader = PromptReader()
    twice = system(RULES) + user(RULES) + user(RULES)
    for _ in range(2):
        assert read(reader, twice) == read(PromptReader(), twice)
        assert read(reader, user(RULES)) == read(PromptReader(), user(RULES))
        assert read(reader, twice, b"another") == read(PromptReader(), twice, b"another")
    assert not set(read(reader, twice).blocks) & set(read(reader, twice, b"another").blocks)


# --- explanations of misses


def conversation(lane: Lane, *bodies: dict[str, Any]) -> tuple[Exchange, ...]:
    """Ask these requests, and return all exchanges of the lane."""
    for body in bodies:
        lane.add(Step(reply("Hello!")))
        reply_to(lane, body)
    return lane.journal.read()


GREETING: Final = system(RULES) + user("Hi")
GROWN: Final = GREETING + assistant("Hello!") + user("And then?")


def miss(earlier: Any, now: Any) -> CacheMiss | None:
    """Return why the second request is not wholly cached. A list is the messages of a request."""
    bodies = [body if isinstance(body, dict) else {"messages": body} for body in (earlier, now)]
    return explain(conversation(Lane(), *bodies), 1)


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        (GREETING, GREETING),
        (GREETING, GROWN),
        (GROWN, GREETING),
        (GREETING, system(RULES)),
        ({"messages": GREETING, "key": "sk_b"}, user("quite another question")),
        (GREETING, {"messages": GREETING, "seed": 5, "stream": True}),
    ],
    ids=["again", "grown", "shorter", "its beginning", "another account", "other fields"],
)
def test_nothing_to_explain(earlier: Any, now: Any) -> None:
    """The first prompt of an account, a repeated one and a grown one lose nothing."""
    assert miss(earlier, now) is None


def test_a_reply_of_any_length_is_not_a_miss() -> None:
    """The mark after a reply is new to the model in the next prompt, wherever the reply ends."""
    for length in range(40):
        lane = Lane()
        lane.add(Step(reply(" ".join(["word"] * length))))
        received = reply_to(lane, {"messages": GREETING})
        reply_to(lane, grown({"messages": GREETING}, received))
        assert explain(lane.journal.read(), 1) is None, length


OTHER_TOOL: Final = {"type": "function", "function": {"name": "get_rain"}}
RULES_TOKENS: Final = len(split(RULES))


@pytest.mark.parametrize(
    ("earlier", "now", "message", "character", "then_text", "now_text", "lost"),
    [
        (GREETING, system(RULES) + user("Ho"), 1, 1, "i", "o", 2),
        (GREETING, system(RULES) + user("Hi you"), 1, 2, "", " you", 2),
        (GROWN, GREETING + assistant("Hallo!") + user("And then?"), 2, 1, "ello!", "allo!", 10),
        (GREETING, GREETING + assistant("No."), 2, 0, "Hello!", "No.", 2),
        (GREETING, system(RULES + "\n") + user("Hi"), 0, len(RULES), "", "\n", 18),
        (system(f"For Asha. {RULES}"), system(f"For Ravi. {RULES}"), 0, 4, f"Asha. {RULES}"[:30], f"Ravi. {RULES}"[:30], RULES_TOKENS + 14),
    ],
    ids=["a word", "more words", "history", "the reply", "a line feed", "a name"],
)  # fmt: skip
def test_where_a_prompt_differs(
    earlier: Messages,
    now: Messages,
    message: int,
    character: int,
    then_text: str,
    now_text: str,
    lost: int,
) -> None:
    """A miss has the message, the character, both texts, and the lost tokens."""
    expected = CacheMiss("differs", 0, message, character, then_text, now_text, lost)
    assert miss(earlier, now) == expected


@pytest.mark.parametrize(
    ("earlier", "now", "then_text", "now_text"),
    [
        ([TOOL], [OTHER_TOOL], "weather", "rain"),
        ([TOOL], [TOOL, OTHER_TOOL], "", "{"),
        ([TOOL, OTHER_TOOL], [OTHER_TOOL, TOOL], "weather", "rain"),
        ([TOOL], [], '{"type"', ""),
        ([], [TOOL], "", '{"type"'),
    ],
    ids=["another", "one more", "another order", "dropped", "added"],
)
def test_tool_definitions_that_differ(
    earlier: Any, now: Any, then_text: str, now_text: str
) -> None:
    """The message is None if the tool definitions differ."""
    bodies = [
        {"messages": GREETING} | ({"tools": tools} if tools else {}) for tools in (earlier, now)
    ]
    found = miss(*bodies)
    assert found is not None
    assert (found.reason, found.message) == ("differs", None)
    assert found.then.startswith(then_text)
    assert found.now.startswith(now_text)
    assert found.lost_tokens > 30
    assert "from exchange #0, the tools changed at character" in str(found)


def test_another_role_differs() -> None:
    """With the same text, `then` and `now` are the roles."""
    found = miss(system("Be kind.") + user("Hi"), system("Be kind.") + assistant("Hi"))
    assert found is not None
    assert found.message == 1
    assert found.then != found.now


MESSAGES: Final = st.lists(
    st.builds(
        lambda role, content: {"role": role, "content": content},
        st.sampled_from(["system", "user", "assistant"]),
        st.sampled_from(["Hi", "Hi you", "Hello!", "", RULES, f"{RULES} Asha.", f"{RULES} Ravi."]),
    ),
    min_size=1,
    max_size=3,
)
BODIES: Final = st.builds(
    lambda messages, tools: {"messages": messages} | ({"tools": tools} if tools else {}),
    MESSAGES,
    st.sampled_from([[], [], [TOOL], [OTHER_TOOL, TOOL]]),
)


@given(earlier=BODIES, now=BODIES, more=MESSAGES)
@settings(max_examples=60)
def test_explanations_are_right(earlier: Any, now: Any, more: Messages) -> None:
    """For any two prompts, the lost tokens and the position of the difference are right."""
    for later in (now, earlier | {"messages": earlier["messages"] + more}):
        exchanges = conversation(Lane(), earlier, later)
        before = [*sequence(freeze(earlier)), "Hello", "!"]
        after = sequence(freeze(later))[: -len(OPENING)]
        lost = min(len(after), len(before)) - common_prefix(after, before)
        found = explain(exchanges, 1)
        assert (found is not None) is (lost > 0)
        if found is None:
            continue
        assert (found.reason, found.earlier, found.lost_tokens) == ("differs", 0, lost)
        assert (found.message is None) is (earlier.get("tools") != later.get("tools"))
        assert found.then != found.now
        if found.message is not None:
            history = earlier["messages"] + assistant("Hello!")
            check_position(found, history, later["messages"], found.message)


def check_position(found: CacheMiss, before: Messages, after: Messages, position: int) -> None:
    """Check that all is the same up to this message and up to the character in it."""
    assert before[:position] == after[:position]
    then, now, at = before[position], after[position], found.character
    if then["role"] != now["role"]:
        assert (found.then, found.now) == (then["role"], now["role"])
        return
    assert then["content"][:at] == now["content"][:at]
    assert then["content"][at:].startswith(found.then)
    assert now["content"][at:].startswith(found.now)


def forget_by_time() -> tuple[Exchange, ...]:
    lane = Lane()
    conversation(lane, {"messages": GREETING})
    lane.clock.advance(300)
    return conversation(lane, {"messages": GREETING})


def forget_by_size() -> tuple[Exchange, ...]:
    lane = Lane(Settings(prefix_cache_tokens=160))
    return conversation(
        lane, {"messages": GREETING}, {"messages": user(PASSAGES)}, {"messages": GREETING}
    )


def keep_nothing() -> tuple[Exchange, ...]:
    lane = Lane(Settings(prefix_cache_tokens=0))
    return conversation(lane, {"messages": GREETING}, {"messages": GREETING})


def keep_a_part() -> tuple[Exchange, ...]:
    lane = Lane(Settings(prefix_cache_tokens=32))
    return conversation(lane, {"messages": GREETING}, {"messages": GREETING})


@pytest.mark.parametrize(
    ("exchanges", "kept"),
    [(forget_by_time, 0), (forget_by_size, 0), (keep_nothing, 0), (keep_a_part, 32)],
    ids=["expired", "evicted", "no cache", "a small cache"],
)
def test_an_evicted_prompt_is_forgotten(
    exchanges: Callable[[], tuple[Exchange, ...]], kept: int
) -> None:
    """The reason is "forgotten" if the prompt is the same and was no longer in the cache."""
    *_, last = read_again = exchanges()
    assert last.reply is not None
    assert last.reply.usage.cached_tokens == kept
    found = explain(read_again, last.number)
    assert found is not None
    assert (found.reason, found.earlier, found.message) == ("forgotten", 0, None)
    # The prompt up to the opening of the reply, in whole blocks.
    reachable = (last.reply.usage.prompt_tokens - len(OPENING)) // 16 * 16
    assert found.lost_tokens == reachable - kept > 0


def test_the_most_similar_earlier_prompt_is_compared() -> None:
    """It is the one with the longest common beginning, or the latest of several; never a later one."""
    exchanges = conversation(
        Lane(),
        {"messages": system(RULES) + user("Hi you")},
        {"messages": user("Hi")},
        {"messages": system(RULES) + user("Hi there, Asha")},
        {"messages": system(RULES) + user("Hi you")},
        {"messages": system(RULES) + user("Ho")},
        {"messages": system(RULES) + user("Hi there, Ravi")},
        {"messages": system(RULES) + user("Hi there, Ravi")},
    )
    nearest = [found.earlier if (found := explain(exchanges, n)) else None for n in range(7)]
    assert nearest == [None, 0, 0, None, 3, 2, None]


def test_similarity_includes_roles() -> None:
    """The same text in another role is not a common beginning."""
    words = "Hello there, my dear friend of old days and nights in the town of"
    exchanges = conversation(
        Lane(),
        {"messages": system(RULES) + user(f"{words} Mumbai")},
        {"messages": system(RULES) + assistant(f"{words} Pune")},
        {"messages": system(RULES) + user(f"{words} Pune")},
    )
    assert explain(exchanges, 2) == CacheMiss("differs", 0, 1, 66, "Mumbai", "Pune", 2)


def test_a_request_without_a_reply_is_not_compared() -> None:
    """A failed or refused request has cached nothing."""
    lane = Lane()
    lane.add(Step(fail(503)))
    assert ask(lane, messages=GREETING).status == 503
    assert ask(lane, messages=GREETING, n=2).status == 400
    assert explain(conversation(lane, {"messages": system(RULES) + user("Ho")}), 2) is None


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "exchange #0 has no reply: #0 .* 400"),
        (1, "exchange #1 has no reply: #1 .* 503"),
        (3, "exchange #3 has no reply: #3 .* 401"),
        (99, "no exchange has the number 99; the numbers are 0 to 3$"),
        (-1, "number must be an integer of at least 0, got -1"),
    ],
)
def test_an_exchange_that_cannot_be_explained(number: int, words: str) -> None:
    """An exchange that was refused, failed, or does not exist is an error."""
    lane = Lane()
    lane.add(Step(fail(503)))
    requests: list[dict[str, Any]] = [{"n": 2}, {}, {}, {"key": ""}]
    assert [ask(lane, **fields).status for fields in requests] == [400, 503, 200, 401]
    with pytest.raises(ValueError, match=f"^{words}"):
        Electron(lane, "").explain_miss(number)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            CacheMiss("differs", 3, 1, 12, "Asha. Be", "Ravi. Be", 41),
            "41 tokens were read again: from exchange #3, message 2 changed at character 13, from 'Asha. Be' to 'Ravi. Be'",
        ),
        (
            CacheMiss("differs", 3, None, 0, "{", "", 41),
            "41 tokens were read again: from exchange #3, the tools changed at character 1, from '{' to ''",
        ),
        (
            CacheMiss("forgotten", 3, None, 0, "", "", 48),
            "48 tokens were read again: the prompt begins like that of exchange #3, but it was not in the cache",
        ),
    ],
    ids=["message", "tools", "forgotten"],
)
def test_a_miss_as_text(found: CacheMiss, text: str) -> None:
    """`str` of a miss is one sentence."""
    assert str(found) == text


def test_the_fixture_explains_its_exchanges() -> None:
    """`electron.explain_miss` takes the number of an exchange."""
    lane = Lane()
    electron = Electron(lane, "")
    conversation(lane, {"messages": GREETING}, {"messages": system(RULES) + user("Ho")})
    assert electron.explain_miss(0) is None
    found = electron.explain_miss(1)
    assert found is not None
    assert found == explain(electron.exchanges, 1)
