"""`filler`: a turn with calls comes back whole, and its tool runs while the filler is spoken."""

from collections.abc import Callable
from typing import Any

import pytest
from audit_traffic import Traffic, result, system, tool, user
from rows import each

from mock_electron import Pace, call, reply
from mock_electron.audit import audit
from mock_electron.traffic.reading import parse_journal

FILLER = "One moment, let me check."
VOICE = system("You are a voice agent. Say a short filler phrase before you use a tool.")
STREAM: dict[str, Any] = {"stream": True, "tools": [tool()]}
PACE = Pace(first=0.25, each=0.005, overhead=0.25)
History = list[dict[str, Any]]
Change = Callable[[dict[str, Any]], History]


def talk(
    traffic: Traffic, change: Change, *, cities: tuple[str, ...] = ("Pune",), wait: float = 0.1
) -> None:
    """A turn with calls, whose reply and results are sent back as a function changes them."""
    made = [call("get_weather", city=city) for city in cities]
    answers = [reply(*made, filler=FILLER), reply("It is 31 degrees."), reply("You are welcome.")]
    traffic.lane.respond_with(lambda _: answers.pop(0))
    messages: History = [VOICE, user("How is the weather?")]
    said = traffic.ask(messages, **STREAM)
    traffic.lane.clock.advance(wait)
    answer = traffic.ask([*messages, *change(said)], **STREAM)
    traffic.ask([*messages, *change(said), answer, user("Thanks.")], **STREAM)


def whole(said: dict[str, Any]) -> History:
    return [said, *[result(made["id"]) for made in said["tool_calls"]]]


def parted(said: dict[str, Any]) -> History:
    """The filler in a message of its own, as some clients keep it."""
    spoken = {"role": "assistant", "content": said["content"]}
    return [spoken, *whole({**said, "content": None})]


def with_arguments(arguments: str) -> Change:
    def change(said: dict[str, Any]) -> History:
        made = {**said["tool_calls"][0]}
        made["function"] = {"name": "get_weather", "arguments": arguments}
        return whole({**said, "tool_calls": [made]})

    return change


def paced() -> Traffic:
    return Traffic(clock="frozen", pace=PACE)


TWO = ("Pune", "Goa")
FOUND: dict[str, tuple[Callable[[Traffic], object], str, str]] = {
    "no filler": (lambda t: talk(t, lambda s: whole({**s, "content": None})), "lost-filler", "without the filler"),
    "an empty filler": (lambda t: talk(t, lambda s: whole({**s, "content": ""})), "lost-filler", "without the filler"),
    "another filler": (lambda t: talk(t, lambda s: whole({**s, "content": "Hm."})), "altered-filler", "another filler"),
    "no call": (lambda t: talk(t, lambda s: [{"role": "assistant", "content": s["content"]}]), "lost-call", "without the calls"),
    "no result": (lambda t: talk(t, lambda s: [s]), "unanswered", "#0 called get_weather, and #1 came back without a result"),
    "one of two results": (lambda t: talk(t, lambda s: whole(s)[:2], cities=TWO), "unanswered", "without a result"),
    "two results": (lambda t: talk(t, lambda s: [*whole(s), *whole(s)[1:]]), "twice", "two results"),
    "another order": (lambda t: talk(t, lambda s: [s, *whole(s)[:0:-1]], cities=TWO), "order", "another order"),
    "other arguments": (lambda t: talk(t, with_arguments('{"city":"Goa"}')), "altered-call", "came back changed"),
    "broken arguments": (lambda t: talk(t, with_arguments('{"city"')), "arguments", "that are not JSON"),
    "a tool that waits": (lambda t: talk(t, whole, wait=2.0), "serialised", "after the filler of #0 was spoken"),
}  # fmt: skip


@each(FOUND)
def test_a_changed_turn_is_found(row: tuple[Callable[[Traffic], object], str, str]) -> None:
    """Each kind is found once, although later requests have the same history."""
    make, kind, words = row
    traffic = paced()
    make(traffic)
    (found,) = [one for one in traffic.verdict("filler").findings if one.kind == kind]
    assert words in found.reason


NOT_FOUND: dict[str, Callable[[Traffic], object]] = {
    "as it came": lambda t: talk(t, whole),
    "two calls": lambda t: talk(t, whole, cities=TWO),
    "a filler of its own": lambda t: talk(t, parted),
    "other white space": lambda t: talk(t, with_arguments('{ "city" : "Pune" }')),
    "a fast tool": lambda t: talk(t, whole, wait=0.0),
    "a tool that ends with the filler": lambda t: talk(t, whole, wait=1.5),
    "the end of a call": lambda t: t.ask([VOICE, user("Bye")], **STREAM),
    "no tools": lambda t: t.ask("Hi"),
    "nothing": lambda t: None,
    "calls that were cut": lambda t: t.ask([VOICE, user("Weather in Pune?")], sent=3, **STREAM),
}


@each(NOT_FOUND)
def test_nothing_is_found(make: Callable[[Traffic], object]) -> None:
    """A client that returns everything, and runs its tool meanwhile, is fine."""
    traffic = paced()
    make(traffic)
    assert traffic.verdict("filler").findings == ()


@each({"the same account": ["sk_a", "sk_a"], "two accounts": ["sk_a", "sk_b"]})
def test_ids_may_come_again(keys: list[str]) -> None:
    """A script may give a call the same id in each conversation, and in each turn of one."""
    traffic = paced()
    made = reply(call("get_weather", city="Pune").with_id("call_1"), filler=FILLER)
    answers: list[Any] = [made, "It is 31.", made, "Still 31."] * 2
    traffic.lane.respond_with(lambda _: answers.pop(0))
    for number, key in enumerate(keys):
        messages: History = [VOICE, user(f"How is the weather, number {number}?")]
        for _ in range(2):
            said = traffic.ask(messages, key=key, **STREAM)
            messages += whole(said)
            messages += [traffic.ask(messages, key=key, **STREAM), user("And now?")]
    assert traffic.verdict("filler").findings == ()


def test_the_silence_is_what_a_parallel_tool_would_have_saved() -> None:
    """The tool took 0.3 s after the filler; in parallel, it would have been over before."""
    traffic = paced()
    talk(traffic, whole, wait=len(FILLER) / 15 + 0.2)
    (found,) = traffic.verdict("filler").findings
    exchanges = traffic.exchanges
    result_at = exchanges[1].arrived_at - exchanges[0].arrived_at
    filler_end = 0.25 + len(FILLER) / 15
    assert found.seconds == pytest.approx(result_at - filler_end, abs=1e-5)
    assert found.exchanges == (0, 1)


def test_without_times_a_waiting_tool_is_not_seen() -> None:
    """Replies that take no time do not show when the filler is spoken."""
    traffic = Traffic(clock="frozen")
    talk(traffic, whole, wait=5.0)
    verdict = traffic.verdict("filler")
    assert (verdict.outcome, verdict.findings) == ("not observable", ())
    assert verdict.unseen == ("whether tools wait for the filler: replies take no time",)


def test_a_file_shows_the_same() -> None:
    """A journal file has all that the rule needs."""
    traffic = paced()
    talk(traffic, lambda said: whole({**said, "content": None}), wait=2.0)
    exchanges = parse_journal(traffic.exchanges.json_lines().encode())["default"]
    assert audit(exchanges).verdicts["filler"] == traffic.verdict("filler")
