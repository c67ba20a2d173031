"""Any journal can be audited: no rule raises, none says one thing twice, and order means nothing.

The journals are made of few kinds of requests, of two accounts, with streams that are left, faults,
retries, tool calls and requests that are not valid.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from audit_traffic import InFlight, Traffic, result, system, tool, user
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_electron.audit import Audit, Finding, audit
from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.audit.safe_text import safe
from mock_electron.audit.savings import spent_by
from mock_electron.control.audit_page import audit_page
from mock_electron.traffic.reading import parse_journal

CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
CALLED = {"role": "assistant", "content": "One moment…", "tool_calls": [CALL]}
USAGE = {"stream": True, "stream_options": {"include_usage": True}}
WEATHER = "How is the weather?"
BODIES: dict[str, Callable[[str], dict[str, Any]]] = {
    "plain": lambda who: {"messages": [user(f"Hi from {who}")]},
    "long": lambda who: {"messages": [system(f"You are {who}. " * 60), user("Hi")]},
    "stream": lambda who: {"messages": [user(f"Hi from {who}")], "stream": True},
    "usage": lambda who: {"messages": [user(f"A story for {who}")], **USAGE, "max_tokens": 9},
    "seed": lambda who: {"messages": [user(f"Hi from {who}")], "seed": 7, "max_tokens": 1},
    "turn 2": lambda who: {
        "messages": [user(f"Hi from {who}"), {"role": "assistant", "content": "Hm."}, user("Why?")]
    },
    "tools": lambda who: {
        "messages": [user(f"{who}: hello")],
        "tools": [tool(description="Return the weather. Call it once. " * 20)],
    },
    "called": lambda who: {
        "messages": [user(f"{who}: {WEATHER}"), CALLED, result("call_1", "31 " * 1500)],
        "tools": [tool()],
    },
    "not called": lambda who: {
        "messages": [user(f"{who}: {WEATHER}"), CALLED, user("And now?")],
        "tools": [],
    },
    "two results": lambda who: {
        "messages": [user(f"{who}: {WEATHER}"), CALLED, result("call_1"), result("call_1")]
    },
    "three replies": lambda who: {"messages": [user(f"Hi from {who}")], "n": 3},
    "an old role": lambda who: {"messages": [{"role": "developer", "content": who}]},
    "no message": lambda who: {"messages": []},
    "not an object": lambda who: {"body": f"[{who!r}".encode()},
}
VALID = ("plain", "long", "stream", "usage", "seed", "turn 2", "called")
FAULTS = ("", "", "", "", "fail=503", "fail=429", "fail=401", "cut=1", "reset")


class Asked(NamedTuple):
    """A request of a generated journal.

    Attributes:
        body: The name of its body.
        pause: Seconds after the one before.
        takes: Seconds until the end of its answer.
        sent: The number of frames that are sent before the client leaves; None for all.
        fault: A fault.
    """

    body: str
    pause: float
    takes: float
    sent: int | None
    fault: str


ASKED = st.builds(
    Asked,
    st.sampled_from([*BODIES]) | st.sampled_from(VALID),
    st.sampled_from([0.0, 0.05, 0.3, 2.0, 40.0]),
    st.sampled_from([0.0, 0.2, 1.5]),
    st.sampled_from([None, None, None, 0, 1, 3]),
    st.sampled_from(FAULTS),
)
TALK = st.lists(ASKED, max_size=6)
WORLDS = st.sampled_from(
    [{"clock": "real"}, {"clock": "frozen"}, {"clock": "real", "plan": "standard"}]
)


class Event(NamedTuple):
    """The beginning or the end of an answer, at a time."""

    at: float
    is_end: bool
    who: str
    place: int
    asked: Asked


def events(who: str, talk: Sequence[Asked]) -> Iterator[Event]:
    """Yield what happens in the requests of an account."""
    now = 0.0
    for index, one in enumerate(talk):
        now += one.pause
        yield Event(now, False, who, index, one)
        yield Event(now + one.takes, True, who, index, one)


class Played(NamedTuple):
    """A journal, and whose request each of its exchanges is."""

    traffic: Traffic
    whose: dict[int, tuple[str, int]]


def play(talks: dict[str, list[Asked]], world: dict[str, Any]) -> Played:
    """Return the journal of several accounts. At one time, those that stand first come first."""
    order = [*talks]
    every = [event for who, talk in talks.items() for event in events(who, talk)]
    every.sort(key=lambda one: (one.at, one.is_end, order.index(one.who), one.place))
    traffic, flights = Traffic(fault_header=True, **world), dict[tuple[str, int], InFlight]()
    whose = dict[int, tuple[str, int]]()
    for event in every:
        place = event.who, event.place
        if event.is_end:
            traffic.at(event.at)
            answer = flights.pop(place).answer
            frames = len(answer.frames)
            sent = frames if event.asked.sent is None else min(event.asked.sent, frames)
            traffic.lane.close(answer, sent)
            continue
        fields = BODIES[event.asked.body](event.who)
        key = f"sk_mock_{event.who}"
        whose[len(whose)] = place
        flights[place] = traffic.start(at=event.at, key=key, faults=event.asked.fault, **fields)
    return Played(traffic, whose)


JOURNALS = st.builds(
    lambda one, other, world: play({"ann": one, "bob": other}, world), TALK, TALK, WORLDS
)
FEW = settings(max_examples=40, deadline=None)


def ids(found: Audit) -> list[str]:
    return [one.id for one in found]


def texts(finding: Finding) -> list[str]:
    repair = finding.repair
    return [finding.reason, finding.subject, *finding.details, repair.words, repair.snippet]


@FEW
@given(JOURNALS)
def test_no_rule_raises_and_none_says_one_thing_twice(played: Played) -> None:
    """A finding has an id of its own, exchanges that exist, in order, and texts that are safe."""
    exchanges = played.traffic.exchanges
    found = audit(exchanges)
    assert len(set(ids(found))) == len(found)
    numbers = {one.number for one in exchanges}
    for finding in found:
        assert list(finding.exchanges) == sorted(set(finding.exchanges))
        assert numbers.issuperset(finding.exchanges)
        assert [safe(text) for text in texts(finding)] == texts(finding)
        assert finding.practice
    for name, verdict in found.verdicts.items():
        assert (verdict.outcome == "fail") == any(one.rule == name for one in found), name
        assert verdict.outcome != "pass" or not verdict.unseen, name
        assert verdict.outcome != "not observable" or verdict.unseen, name
        assert verdict.reason, name


@FEW
@given(JOURNALS)
def test_no_more_is_saved_than_was_spent(played: Played) -> None:
    """The savings of all findings together are parts of what each exchange has used."""
    exchanges = played.traffic.exchanges
    left = spent_by(exchanges)
    for saving in audit(exchanges).bill.savings:
        left[saving.exchange, saving.kind] -= saving.tokens
        assert left[saving.exchange, saving.kind] >= 0


@FEW
@given(JOURNALS)
def test_a_file_gives_the_same_findings(played: Played) -> None:
    """What a rule cannot see in a file, it says."""
    exchanges = played.traffic.exchanges
    if not exchanges:
        return
    here = audit(exchanges)
    there = audit(parse_journal(exchanges.json_lines().encode())["default"])
    for name, verdict in there.verdicts.items():
        found = {one.id: one.exchanges for one in here if one.rule == name}
        read = {one.id: one.exchanges for one in there if one.rule == name}
        assert read.items() <= found.items(), name
        assert read == found or verdict.unseen, name


@FEW
@given(JOURNALS)
def test_every_journal_has_a_page(played: Played) -> None:
    """The page has the exchanges that its findings name."""
    exchanges = played.traffic.exchanges
    if not exchanges:
        return
    read = parse_journal(exchanges.json_lines().encode())["default"]
    page = audit_page([LaneAudit("a.jsonl", "default", read, audit(read))]).decode()
    data = page.partition('id="data">')[2].partition("</script>")[0]
    (lane,) = json.loads(data)["lanes"]
    named = {number for one in lane["audit"]["findings"] for number in one["exchanges"]}
    assert named <= {one["number"] for one in lane["exchanges"]}


CALLED_OFTEN = [Asked("called", 0.0, 0.0, None, "")] * 4
"""Both accounts send the same result of a tool again."""


@FEW
@given(TALK, TALK, WORLDS)
@example(CALLED_OFTEN[:2], CALLED_OFTEN, {"clock": "real"})
def test_the_order_of_unrelated_exchanges_changes_nothing(
    one: list[Asked], other: list[Asked], world: dict[str, Any]
) -> None:
    """Two accounts at the same times: only the numbers depend on who comes first."""
    found = []
    for talks in ({"ann": one, "bob": other}, {"bob": other, "ann": one}):
        played = play(talks, world)
        findings = audit(played.traffic.exchanges)
        found.append(
            {
                each.id: sorted(played.whose[number] for number in each.exchanges)
                for each in findings
            }
        )
    assert found[0] == found[1]
