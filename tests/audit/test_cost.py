"""`cost`: replies without a bound, runaway tools, and prompts that grow or repeat what is large."""

from collections.abc import Callable
from typing import Any

import pytest
from audit_traffic import Traffic, result, system, tool, user
from rows import each

from mock_electron import call, reply
from mock_electron.audit import Thresholds

Talk = Callable[[Traffic], object]
FULL: dict[str, Any] = {"max_tokens": 300}
LARGE = "word " * 1200


def rounds(traffic: Traffic, answers: list[Any], *, words_between: bool = False) -> None:
    """A turn in which the replies are these answers, one after another."""
    left = list(answers)
    traffic.lane.respond_with(lambda _: left.pop(0))
    messages: list[Any] = [user("How is the weather?")]
    for _ in answers:
        said = traffic.ask(messages, tools=[tool()], **FULL)
        messages.append(said)
        messages += [result(made["id"]) for made in said.get("tool_calls", ())]
        messages += [user("And now?")] if words_between else []


def paging(traffic: Traffic, results: list[str], *, last: str = "") -> None:
    """A turn in which the same call gets these results, with the time at the end of the prompt."""
    traffic.lane.respond_with(lambda _: weather("Pune"))
    messages: list[Any] = [user("How is the weather?")]
    for number, content in enumerate(results):
        end = [system(f"It is 10:{number:02}.")] if number and last else []
        said = traffic.ask([*messages, *end], tools=[tool()], **FULL)
        messages += [said, result(said["tool_calls"][0]["id"], content)]
    traffic.lane.respond_with(lambda _: "Done.")
    traffic.ask(messages, tools=[tool()], **FULL)


def one_long_turn(traffic: Traffic) -> None:
    """A large result, and more calls before the answer to it."""
    answers = [*(weather(f"City {number}") for number in range(5)), "Done."]
    traffic.lane.respond_with(lambda _: answers.pop(0))
    messages: list[Any] = [user("How is the weather?")]
    while answers:
        said = traffic.ask(messages, tools=[tool()], **FULL)
        messages.append(said)
        messages += [result(made["id"], LARGE) for made in said.get("tool_calls", ())]


def failing(traffic: Traffic) -> None:
    """A large result in a request that is sent again after failures."""
    messages: list[Any] = [user("How is the weather in Pune?")]
    said = traffic.ask(messages, tools=[tool()], **FULL)
    messages += [said, result(said["tool_calls"][0]["id"], LARGE)]
    answer = traffic.ask(messages, tools=[tool()], **FULL)
    for number in range(3):
        faults = "fail=503" if number < 2 else ""
        traffic.ask([*messages, answer, user("And?")], tools=[tool()], faults=faults, **FULL)


def weather(city: str) -> Any:
    return reply(call("get_weather", city=city))


def long_talk(traffic: Traffic, turns: int, *, keep: int = 1000) -> None:
    """A conversation of this many turns, with at most `keep` messages of history."""
    messages: list[Any] = []
    for number in range(turns):
        messages = [*messages, user(f"Number {number}")][-keep:]
        messages = [*messages, traffic.ask([system("Be kind."), *messages], **FULL)]


def large_result(traffic: Traffic, requests: int, size: str = LARGE) -> None:
    """A conversation in which a tool's result is sent this many times."""
    messages: list[Any] = [user("How is the weather in Pune?")]
    said = traffic.ask(messages, tools=[tool()], **FULL)
    messages += [said, result(said["tool_calls"][0]["id"], size)]
    for number in range(requests):
        messages += [traffic.ask(messages, tools=[tool()], **FULL), user(f"And {number}?")]


def long_replies(traffic: Traffic) -> None:
    """Replies that use a considerable part of a high bound."""
    traffic.lane.respond_with(lambda _: "word " * 200)
    for number in range(6):
        traffic.ask(f"Hi {number}", max_tokens=1200)


def retries(traffic: Traffic) -> None:
    """A request with a large result that fails three times."""
    messages: list[Any] = [user("How is the weather in Pune?")]
    said = traffic.ask(messages, tools=[tool()], **FULL)
    messages += [said, result(said["tool_calls"][0]["id"], LARGE)]
    for faults in ("fail=503", "fail=503", "fail=503", ""):
        traffic.ask(messages, tools=[tool()], faults=faults, **FULL)


FOUND: dict[str, tuple[Talk, str, str]] = {
    "no max_tokens": (lambda t: t.ask(), "no-max-tokens", "1 request without max_tokens"),
    "no max_tokens in a stream": (lambda t: t.ask(stream=True), "no-max-tokens", "1 request"),
    "loose": (lambda t: [t.ask(f"Hi {n}", max_tokens=8000) for n in range(5)], "loose", "max_tokens is 8000"),
    "length": (lambda t: t.ask(max_tokens=1), "length", "1 reply ended in the middle"),
    "the same call": (lambda t: rounds(t, [*[weather("Pune")] * 3, "Done."]), "same-call", "was called 3 times"),
    "the same call, the time last": (lambda t: paging(t, ["31"] * 9, last="time"), "same-call", "was called 9 times"),
    "many tool turns": (lambda t: rounds(t, [weather(f"City {n}") for n in range(9)]), "tool-turns", "9 tool turns in a row"),
    "a growing history": (lambda t: long_talk(t, 32), "history", "more than 60 messages"),
    "a large result": (lambda t: large_result(t, 3), "results", "sent again in 2 requests"),
    "a full context": (lambda t: t.ask("word " * 30000, max_tokens=2), "context", "of 32768 tokens"),
    "beyond the context": (lambda t: t.ask("word " * 33000, max_tokens=2), "context", "1 request refused with 400"),
}  # fmt: skip


@each(FOUND)
def test_what_costs_too_much_is_found(row: tuple[Talk, str, str]) -> None:
    """The finding has the figures; each kind is found once."""
    talk, kind, words = row
    traffic = Traffic()
    talk(traffic)
    (found,) = [one for one in traffic.verdict("cost").findings if one.kind == kind]
    assert words in found.reason


NOT_FOUND: dict[str, Talk] = {
    "a bound": lambda t: t.ask(**FULL),
    "max_completion_tokens": lambda t: t.ask(max_completion_tokens=300),
    "a high bound for few replies": lambda t: [t.ask(f"Hi {n}", max_tokens=8000) for n in range(4)],
    "a high bound that is used": long_replies,
    "pages": lambda t: paging(t, [f"page {number}" for number in range(8)]),
    "a job that is waited for": lambda t: paging(t, ["pending", "pending", "done", "old"]),
    "large results of one turn": one_long_turn,
    "a large result and failures": failing,
    "two equal calls": lambda t: rounds(t, [*[weather("Pune")] * 2, "Done."]),
    "equal calls after words": lambda t: rounds(t, [weather("Pune")] * 6, words_between=True),
    "some tool turns": lambda t: rounds(t, [weather(f"City {n}") for n in range(8)]),
    "a short talk": lambda t: long_talk(t, 20),
    "a capped history": lambda t: long_talk(t, 40, keep=20),
    "a large result that is sent twice": lambda t: large_result(t, 2),
    "a result that is not large": lambda t: large_result(t, 6, "word " * 300),
    "nothing": lambda t: None,
    "a stream that was left": lambda t: t.ask(stream=True, sent=1, **FULL),
    "a stream that was left before its bound": lambda t: t.ask("Tell me a story", stream=True, sent=2, max_tokens=9),
    "a stream that was cut": lambda t: t.ask("Tell me a story", stream=True, faults="cut=1", max_tokens=9),
    "retries with a large result": retries,
}  # fmt: skip


@each(NOT_FOUND)
def test_nothing_is_found(talk: Talk) -> None:
    """What a careful client does costs no more than it should."""
    traffic = Traffic()
    talk(traffic)
    assert traffic.verdict("cost").findings == ()


def test_a_call_that_is_repeated_saves_the_later_requests() -> None:
    """The savings are all tokens of the requests after the first of them."""
    traffic = Traffic()
    rounds(traffic, [weather("Pune")] * 4)
    (found,) = traffic.verdict("cost").findings
    usages = [one.chat_usage for one in traffic.exchanges[1:4]]
    assert found.saved_tokens == sum(usage.total_tokens for usage in usages)


def test_a_large_result_saves_its_tokens() -> None:
    """They are cached ones if the prompt was cached behind them."""
    traffic = Traffic()
    large_result(traffic, 4)
    (found,) = traffic.verdict("cost").findings
    assert {one.kind for one in found.savings} == {"cached"}
    assert {one.tokens for one in found.savings} == {1201}


def test_the_bill_has_what_was_spent_cached_and_avoidable() -> None:
    """In tokens and, with rates, in money. The cached tokens are part of what was spent."""
    traffic = Traffic()
    rounds(traffic, [weather("Pune")] * 4)
    audited = traffic.audit(rates="1:0.1:10")
    usages = [one.chat_usage for one in traffic.exchanges]
    cached = sum(usage.cached_tokens for usage in usages)
    fresh = sum(usage.prompt_tokens for usage in usages) - cached
    said = sum(usage.completion_tokens for usage in usages)
    again = sum(usage.total_tokens for usage in usages[1:])
    bill = audited.to_dict()
    assert bill["tokens"] == {"spent": fresh + cached + said, "cached": cached, "avoidable": again}
    money = bill["money"]
    assert money["currency"] == "USD"
    assert money["spent"] == pytest.approx((fresh + cached * 0.1 + said * 10) / 1e6)
    assert money["cached"] == pytest.approx(cached * 0.1 / 1e6)
    assert 0 < money["avoidable"] < money["spent"]
    assert f"{money['cached']:.6f} of it for cached tokens" in str(audited)
    assert traffic.audit().to_dict()["money"] is None


def test_the_figures_are_settings() -> None:
    """A threshold decides what is too much."""
    traffic = Traffic()
    rounds(traffic, [*[weather("Pune")] * 2, "Done."])
    strict = Thresholds(cost_same_call=2)
    found = traffic.verdict("cost", thresholds=strict).findings
    assert [one.kind for one in found] == ["same-call"]
    with pytest.raises(ValueError, match="cost_same_call must be an integer of at least 1"):
        Thresholds(cost_same_call=0)
