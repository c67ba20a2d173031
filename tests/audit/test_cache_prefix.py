"""`cache-prefix`: a part that differs early in the prompt, so that nothing after it is cached."""

from collections.abc import Callable
from typing import Any

import pytest
from audit_traffic import Traffic, result, system, tool, user
from hypothesis import given
from hypothesis import strategies as st
from rows import each

from mock_electron.audit.cache_run import cached_in
from mock_electron.audit.early_parts import common
from mock_electron.engine.settings import Settings

Talk = Callable[[Traffic], object]
LONG = "Answer in one short sentence. Never guess. If you do not know, say so and offer help. " * 8
DOCS = "The shop opens at nine and closes at six. Parcels take two days, letters take one. " * 8


def asks(traffic: Traffic, prompts: list[str], question: str = "Where is my parcel?") -> None:
    """One request for each system prompt, a second apart."""
    for second, prompt in enumerate(prompts):
        traffic.ask([system(prompt), user(f"{question} {second}")], at=float(second))


def talks(traffic: Traffic, prompt: Callable[[int], str], turns: int = 3) -> None:
    """A conversation whose system prompt is written anew on every turn."""
    history: list[Any] = []
    for turn in range(turns):
        history = [*history, user(f"Question {turn}")]
        history = [*history, traffic.ask([system(prompt(turn)), *history], at=float(turn))]


def offers(traffic: Traffic, *lists: list[Any]) -> None:
    """A conversation with these tools on its turns."""
    history: list[Any] = []
    for turn, tools in enumerate(lists):
        history = [*history, user(f"Question {turn}. {LONG}")]
        history = [*history, traffic.ask(history, tools=tools, at=float(turn))]


A, B = tool("get_weather"), tool("play_music", "Play a song.")
FOUND: dict[str, tuple[Talk, str, str]] = {
    "a name": (lambda t: asks(t, [f"You are helping {n}. {LONG}" for n in ("Asha", "Ravi")]), "name", "'Asha.' and 'Ravi.'"),
    "a name in front": (lambda t: asks(t, [f"{n} is calling. {LONG}" for n in ("Asha", "Ravi")]), "name", "from character 1 on"),
    "the time": (lambda t: talks(t, lambda n: f"It is 10:0{n}. {LONG}"), "time", "'10:00.' and '10:01.', 3 in all"),
    "a date": (lambda t: asks(t, [f"Today is 2025-02-{n}. {LONG}" for n in (19, 20)]), "date", "message 1 (system)"),
    "an id": (lambda t: asks(t, [f"Session {n}9f3-b. {LONG}" for n in "abc"]), "id", "3 in all"),
    "a number": (lambda t: asks(t, [f"You have {n} minutes. {LONG}" for n in (3, 5)]), "number", "'3' and '5'"),
    "words": (lambda t: asks(t, [f"Be {n}. {LONG}" for n in ("kind", "brief", "formal")]), "text", "'kind.' and 'brief.'"),
    "before documents": (
        lambda t: [t.ask([system("Be kind."), user(f"I am {n}. {DOCS}"), user("When?")]) for n in ("Asha", "Ravi")],
        "name",
        "message 2 (user)",
    ),
    "in a message of its own": (
        lambda t: [t.ask([system(f"Caller: {n}"), user(DOCS), user("When?")]) for n in ("Asha", "Ravi")],
        "name",
        "message 1 (system)",
    ),
    "a stream": (
        lambda t: [t.ask([system(f"Hi {n}. {LONG}"), user("Why?")], stream=True) for n in ("Asha", "Ravi")],
        "name",
        "tokens lost",
    ),
    "the time of a log": (lambda t: asks(t, [f"Now: 2025-02-19T10:00:0{n}Z. {LONG}" for n in (1, 2)]), "time", "10:00:01Z"),
    "an address": (lambda t: asks(t, [f"Caller: {n}@x.in. {LONG}" for n in ("asha", "ravi")]), "id", "message 1"),
    "the order of tools": (lambda t: offers(t, [A, B], [B, A]), "tools-order", "in 2 orders"),
    "other tools": (lambda t: offers(t, [A], [A, B]), "tools", "within 1 conversation"),
}  # fmt: skip


@each(FOUND)
def test_a_part_that_differs_early_is_found(row: tuple[Talk, str, str]) -> None:
    """The finding has the message, the character, two of the parts, and what was lost."""
    talk, kind, words = row
    traffic = Traffic()
    talk(traffic)
    (found,) = traffic.verdict("cache-prefix").findings
    assert found.kind == kind
    assert words in found.reason
    assert found.saved_tokens >= 64
    assert f"{found.saved_tokens} tokens lost" in found.reason


def later(traffic: Traffic) -> None:
    """The same user comes back when the cache has forgotten the prompt."""
    for n, name in enumerate(("Asha", "Ravi")):
        traffic.ask([system(f"You are helping {name}. {LONG}"), user("Hi")], at=400.0 * n)


def crowded(traffic: Traffic) -> None:
    """Other requests fill a small cache in between."""
    for n, name in enumerate(("Asha", "Ravi", "Meera")):
        traffic.ask([system(f"You are helping {name}. {LONG}"), user("Hi")], at=2.0 * n)
        traffic.ask(f"{n} other " * 150, at=2.0 * n + 1)


NOT_FOUND: dict[str, Talk] = {
    "the same prompt": lambda t: asks(t, [LONG, LONG, LONG]),
    "a name at the end": lambda t: asks(t, [f"{LONG} You are helping {n}." for n in ("Asha", "Ravi")]),
    "a growing conversation": lambda t: talks(t, lambda n: LONG),
    "two agents": lambda t: asks(t, [f"You sell shoes. {LONG}", f"You repair bikes. {DOCS}"]),
    "two agents with common rules": lambda t: asks(t, [f"You sell shoes. {LONG}", f"You repair bikes. {LONG}"]),
    "three agents": lambda t: asks(t, [f"You are the {n} agent. {LONG}" for n in ("booking", "refund", "billing")] * 4),
    "other questions": lambda t: [t.ask([system(LONG), user(f"What about {n}?")]) for n in ("Asha", "Ravi")],
    "short prompts": lambda t: asks(t, [f"You are helping {n}. Be kind." for n in ("Asha", "Ravi")]),
    "a cache that forgot": later,
    "two accounts": lambda t: [
        t.ask([system(f"You are helping {n}. {LONG}"), user("Hi")], key=f"sk_{n}") for n in ("Asha", "Ravi")
    ],
    "one request": lambda t: asks(t, [LONG]),
    "nothing": lambda t: None,
    "refused": lambda t: [t.ask([system(f"I am {n}. {LONG}"), user("Hi")], faults="fail=503") for n in "AB"],
    "the same tools": lambda t: offers(t, [A, B], [A, B]),
    "two catalogues": lambda t: [t.ask(f"Hi. {LONG}", tools=[A]), t.ask(f"Hi. {LONG}", tools=[B])],
}  # fmt: skip


@each(NOT_FOUND)
def test_nothing_is_found(talk: Talk) -> None:
    """What was not lost by the order of the prompt is no finding."""
    traffic = Traffic()
    talk(traffic)
    assert traffic.verdict("cache-prefix").findings == ()


def test_the_repair_gives_the_hit_rate_of_the_finding() -> None:
    """The rate is that of the repaired client, who really asks again."""
    broken, repaired = Traffic(), Traffic()
    for second, name in enumerate(("Asha", "Ravi", "Meera")):
        question = user(f"Question {second}")
        at = float(second)
        broken.ask([system(f"You are helping {name}. {LONG}"), question], at=at)
        rest = system(f"You are helping {LONG}")
        repaired.ask([rest, system(f"{name}."), question], at=at)
    (found,) = broken.verdict("cache-prefix").findings
    usages = [one.chat_usage for one in repaired.exchanges]
    cached, prompt = sum(u.cached_tokens for u in usages), sum(u.prompt_tokens for u in usages)
    assert f"with this part last {cached / prompt:.0%}" in found.reason
    assert "hit rate 0%" in found.reason


def test_a_part_costs_nothing_in_a_cache_that_is_too_small() -> None:
    """Other requests take the place of the prompt, wherever the part is."""
    traffic, small = Traffic(), Traffic(prefix_cache_tokens=320)
    crowded(traffic)
    crowded(small)
    assert [one.kind for one in traffic.verdict("cache-prefix").findings] == ["name"]
    assert small.verdict("cache-prefix").findings == ()


def test_a_disabled_cache_shows_nothing() -> None:
    """Without a cache, nothing can be measured."""
    traffic = Traffic(prefix_cache_tokens=0)
    asks(traffic, [f"You are helping {n}. {LONG}" for n in ("Asha", "Ravi")])
    assert traffic.verdict("cache-prefix").outcome == "not observable"


def test_the_cache_runs_again_as_it_was() -> None:
    """With the same prompts, it gives the usage of the journal."""
    traffic = Traffic()
    messages: list[Any] = [system(LONG), user("How is the weather in Pune?")]
    said = traffic.ask(messages, tools=[tool()])
    messages += [said, result(said["tool_calls"][0]["id"])]
    traffic.ask(messages, tools=[tool()], at=10.0)
    traffic.ask([system(LONG), user("Hi")], at=500.0)
    requests = [(one, one.chat_request) for one in traffic.exchanges]
    usages = {one.number: one.usage for one in traffic.exchanges}
    assert cached_in(requests, Settings()) == usages


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_common_beginning_is_the_longest(one: str, other: str) -> None:
    """Everything before it is equal, and the next characters differ."""
    size = common(one, other)
    assert one[:size] == other[:size]
    assert size in (len(one), len(other)) or one[size] != other[size]


@pytest.mark.parametrize("secret", ["sk_live_4f9a81c2d3e6b7a05f1c"])
def test_a_key_in_a_prompt_is_not_repeated(secret: str) -> None:
    """A part that looks like a key is redacted."""
    traffic = Traffic()
    asks(traffic, [f"Key {secret}{n}. {LONG}" for n in (1, 2)])
    (found,) = traffic.verdict("cache-prefix").findings
    assert secret not in str(traffic.audit())
    assert "differs from" in found.reason


def test_the_repair_depends_on_how_often_the_part_changes() -> None:
    """A name stays in its conversation; the time changes on every turn, so it goes to the end."""
    names, times = Traffic(), Traffic()
    for second, name in enumerate(("Asha", "Ravi")):
        first = [system(f"You are helping {name}. {LONG}"), user("Hi")]
        said = names.ask(first, at=float(second))
        names.ask([*first, said, user("And then?")], at=second + 0.5)
    talks(times, lambda turn: f"It is 10:0{turn}. {LONG}")
    (name_found,) = names.verdict("cache-prefix").findings
    (time_found,) = times.verdict("cache-prefix").findings
    assert "behind the system prompt" in name_found.repair.words
    assert "at the end of the prompt" in time_found.repair.words
