"""What is different in another world, and what is said about it."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from lanes import arrival, ask
from msgspec.structs import replace
from rows import each
from worlds import Sent, run

from mock_electron import Pace, Plan, fail, faults
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.catalogue import Fault
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.step import Step
from mock_electron.engine.settings import Settings
from mock_electron.model.draft import Draft
from mock_electron.model.scripted import call
from mock_electron.traffic.exchanges import Exchanges, exchanges_of
from mock_electron.traffic.reading import parse_journal

TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
RULES = "Be brief, kind and clear. " * 12


def user(text: str = "Hi") -> dict[str, str]:
    return {"role": "user", "content": text}


def system(text: str) -> dict[str, str]:
    return {"role": "system", "content": text}


def exchanges(lane: Lane) -> Exchanges:
    return exchanges_of(lane.exchanges(), 0, "", lane.settings)


def sent(*bodies: dict[str, Any], **settings: Any) -> Exchanges:
    """Send requests to a lane one after the other."""
    lane = Lane(Settings(**settings))
    for body in bodies:
        ask(lane, **body)
    return exchanges(lane)


def at(found: Sequence[Exchange], *times: tuple[float, float], **settings: Any) -> Exchanges:
    """Return exchanges of a real clock that came and ended at these times."""
    timed = [
        replace(one, arrived_at=came, first_chunk_at=ended, ended_at=ended)
        for one, (came, ended) in zip(found, times, strict=True)
    ]
    return Exchanges(timed, settings=Settings(clock="real", **settings))


# --- limits and times


def test_a_reply_holds_its_slot_until_it_ends_at_the_other_pace() -> None:
    """Recorded one after the other, two requests overlap if a reply takes longer."""
    found = at(sent({"text": "a"}, {"text": "b"}, {"text": "c"}), (0, 0.1), (0.2, 0.3), (9, 9.1))
    slow = Pace(first=1, overhead=1)
    assert found.what_if(plan=Plan(in_flight=1)).after.refused == ()
    result = found.what_if(plan=Plan(in_flight=1), pace=slow)
    assert result.after.refused == (1,)
    assert result.after.ttft_median == 1.1  # the recorded reply took 0.1 s beyond its pace
    assert result.notes[0] == "Failed there; the clients would have retried: #1."


def test_a_request_does_not_come_before_the_reply_that_it_contains() -> None:
    """A later turn waits for the reply to the earlier one, and is not refused."""
    first = {"messages": [user("a")]}
    reply = sent(first).last.text
    second = {"messages": [user("a"), {"role": "assistant", "content": reply}, user("b")]}
    found = at(sent(first, second), (0, 0.1), (0.2, 0.3))
    result = found.what_if(plan=Plan(in_flight=1), pace=Pace(first=1, overhead=1))
    assert result.after.refused == ()
    assert [one.arrived_at for one in result.after.exchanges] == [0, 1.1]
    assert result.notes[0] == "Later there, because they contain a reply that ends later: #1."


def test_a_slot_is_free_at_the_moment_when_a_reply_ends() -> None:
    """A request that comes at the same time is admitted."""
    found = at(sent({"text": "a"}, {"text": "b"}), (0, 1), (1, 2))
    assert found.what_if(plan=Plan(in_flight=1)).after.refused == ()


def test_measured_times_are_kept() -> None:
    """A real clock measures more than the pace. A world into itself has the same times."""
    stream = {"stream": True, "text": "a"}
    paced = sent(stream, stream, {"text": "b"}, pace="174:5")
    found = at(paced, (0, 0.9), (0.5, 1.7), (2, 3.0), pace="174:5")
    result = found.what_if()
    assert result.differences == ()
    for one, other in zip(found, result.after.exchanges, strict=True):
        assert other.first_chunk_at == pytest.approx(one.first_chunk_at)
    assert result.after.exchanges[1].ended_at == pytest.approx(1.7)
    slower = found.what_if(pace="274:5").after.exchanges[0]
    assert slower.ended_at == pytest.approx(0.9 + 0.1 * 19 / 1000)


def test_the_window_slides_by_the_recorded_times() -> None:
    """A request is refused if too many came within the minute before it."""
    found = at(sent(*[{"text": str(n)} for n in range(3)]), (0, 0), (1, 1), (61, 61))
    assert found.what_if(plan=Plan(1, None)).after.refused == (1,)


def test_an_abandoned_stream_is_left_after_as_many_chunks() -> None:
    """It frees its slot then, and the tokens until then count."""
    traffic = [Sent({"model": "electron", "messages": [user("a")], "stream": True}, read=0.4)]
    result = run(Lane(), traffic).what_if(pace=Pace(each=1))
    (before,), (after,) = result.before.exchanges, result.after.exchanges
    assert after.outcome == "client left"
    assert after.chunks_sent == before.chunks_sent > 1
    assert after.usage == before.usage
    assert after.duration == before.chunks_sent - 2  # the role and the first token cost nothing


def test_overlaps_of_a_frozen_clock_are_kept() -> None:
    """Two streams that were open at the same time need two slots, whatever their pace."""
    body = {"model": "electron", "messages": [user("a")], "stream": True}
    found = run(Lane(), [Sent(body, held=1), Sent(body), Sent(body)])
    assert found.what_if(plan=Plan(in_flight=1), pace="p95").after.refused == (1,)


def test_accounts_are_joined() -> None:
    """Requests of two keys share limits and cache if the keys share an account."""
    body = {"model": "electron", "messages": [system(RULES), user("a")]}
    found = run(Lane(), [Sent(body, "sk_a"), Sent(body, "sk_b")])
    assert found.what_if(plan=Plan(1, None)).after.refused == ()
    joined = found.what_if(plan=Plan(1, None), accounts=[("sk_a", "sk_b")])
    assert joined.after.refused == (1,)
    assert found.what_if(accounts=["sk_a:sk_b"]).after.cached_tokens > 0


def test_a_plan_is_that_of_all_keys() -> None:
    """A key that selects a plan keeps it only if no other one is given."""
    body = {"model": "electron", "messages": [user("a")]}
    found = run(Lane(), [Sent(body, "sk_mock_standard")] * 11)
    assert found.what_if().after.refused == found.what_if().before.refused == (10,)
    assert found.what_if(plan="unlimited").after.refused == ()


# --- what the model says, and what fails


def test_a_scripted_reply_is_said_again() -> None:
    """It is not that of the pocket model, and a step keeps its pace unless one is given."""
    lane = Lane()
    lane.add(Step(Draft("From the script, word for word."), pace=Pace(first=2, overhead=2)))
    ask(lane)
    result = exchanges(lane).what_if(plan="standard")
    assert result.after.exchanges.texts == ["From the script, word for word."]
    assert result.after.ttft_median == 2
    assert exchanges(lane).what_if(pace="instant").after.ttft_median == 0


def test_a_refused_request_that_is_admitted_is_answered_by_the_pocket_model() -> None:
    """What the plan refused is decided anew, and the result says who answered."""
    lane = Lane(Settings(plan=Plan(1, None)))
    lane.add(Step(Draft("Only once.")))
    ask(lane)
    ask(lane)
    result = exchanges(lane).what_if(plan="unlimited")
    assert [one.status for one in result.before.exchanges] == [200, 429]
    assert [one.answered_by for one in result.after.exchanges] == ["step 1", "pocket model"]
    (note, _) = result.notes
    assert note == "Answered by the pocket model, because the journal has no reply: #1."
    assert str(result.differences[0]).endswith(": 429 rate_limit -> 200")


FAULTS: dict[str, Fault] = {
    "an error": fail(503),
    "a 429 of a script": fail(429),
    "a reset": faults.Reset(),
    "a cut": faults.Cut(after=2),
    "a stall": faults.Stall(seconds=1, after=1),
    "bad arguments": faults.BadArguments(),
}


@each(FAULTS)
def test_what_a_script_broke_is_broken_again(fault: Fault) -> None:
    """Faults and errors of the recorded world happen in every world, and on no other request."""
    lane = Lane(Settings(clock="frozen"))
    lane.add(Step(Draft("One moment.", (call("get_weather", city="Pune"),)), times=None))
    lane.inject(Injection(fault, times=1))
    for _ in range(2):
        ask(lane, tools=[TOOL], stream=True)
    result = exchanges(lane).what_if(plan="standard", pace="p95")
    assert result.differences == ()
    for one, other in zip(result.before.exchanges, result.after.exchanges, strict=True):
        assert (one.status, one.faults, one.outcome) == (other.status, other.faults, other.outcome)


def test_a_retry_that_is_not_needed_is_named() -> None:
    """It is sent all the same, and the notes say that it would not have been."""
    found = sent({"text": "a"}, {"text": "b"}, {"text": "b"}, plan=Plan(1, None))
    assert found[2].retry_of == 1
    notes = found.what_if(plan="unlimited").notes
    assert "Needless there, because what they retry gets a reply: #2." in notes


# --- changed requests


def test_a_name_at_the_end_lets_the_rest_be_cached() -> None:
    """The moved text follows all system messages, or the whole prompt."""
    asked = [
        {"messages": [system(f"You talk to {name}. {RULES}"), user()]} for name in ("Asha", "Ravi")
    ]
    found = sent(*asked)
    for last in (False, True):
        result = found.what_if(move=re.compile("Asha|Ravi"), last=last)
        assert result.before.cached_tokens == 0
        assert result.after.cached_tokens > 50
        messages = result.after.exchanges[0].chat_request.messages
        assert "Asha" not in (messages[0].content or "").partition("\n")[0]
        assert (messages[-1].content == "Asha") is last


MOVED: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "in a system message": ([system("a X b"), user("X?")], [system("a  b\nX"), user("X?")]),
    "in two": ([system("X"), system("b X"), user()], [system(""), system("b \nX"), user()]),
    "in none": ([user("a X"), user("X")], [user("a "), user("X"), system("X")]),
    "in parts": (
        [{"role": "system", "content": [{"type": "text", "text": "a X"}]}, user()],
        [
            {
                "role": "system",
                "content": [{"type": "text", "text": "a "}, {"type": "text", "text": "\nX"}],
            },
            user(),
        ],
    ),
}


@each(MOVED)
def test_a_text_is_moved(row: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    """It is taken out of the system messages, or else of the first message that has it."""
    messages, expected = row
    result = sent({"messages": messages}).what_if(move="X")
    assert result.after.exchanges.last.to_dict()["request"]["messages"] == expected


def test_a_text_in_a_tool_is_moved() -> None:
    """The tools come first in the prompt, so they matter most. Their names stay."""
    tool = {"type": "function", "function": {"name": "X", "description": "As of X."}}
    result = sent({"messages": [system("a"), user()], "tools": [tool]}).what_if(move="X")
    body = result.after.exchanges.last.to_dict()["request"]
    assert body["tools"][0]["function"] == {"name": "X", "description": "As of ."}
    assert body["messages"][0] == system("a\nX")


def test_a_reply_is_cut_to_the_limit() -> None:
    """A lower limit of a request stays."""
    text = "One two three four five six."
    lane = Lane()
    lane.add(Step(Draft(text), times=None))
    limits: list[dict[str, Any]] = [{}, {"max_tokens": 2}, {"max_completion_tokens": 50}]
    for fields in limits:
        ask(lane, **fields)
    after = exchanges(lane).what_if(max_tokens=3).after.exchanges
    assert after.texts == ["One two three", "One two", "One two three"]
    assert [one.chat_reply.finish_reason for one in after] == ["length"] * 3


def test_tools_and_streams_change() -> None:
    """Without its last tool, a request has no field about tools; a stream can have its usage."""
    choice = {"type": "function", "function": {"name": "get_weather"}}
    found = sent({"tools": [TOOL], "tool_choice": choice})
    result = found.what_if(without_tools="get_weather", stream=True, include_usage=True)
    assert result.after.exchanges.failed == []
    body = result.after.exchanges.last.to_dict()["request"]
    assert not {"tools", "tool_choice"} & set(body)
    assert body["stream_options"] == {"include_usage": True}
    assert result.after.usage.prompt_tokens < result.before.usage.prompt_tokens
    assert not found.what_if(stream=False).after.exchanges.last.chat_request.stream


def test_what_the_model_would_have_said_differently_is_named() -> None:
    """A reply is cut, and a call of a tool that is not offered is made all the same."""
    lane = Lane()
    lane.add(Step(Draft("One two three four."), times=1))
    lane.add(Step(Draft(None, (call("get_weather", city="Pune"),)), times=1))
    for _ in range(2):
        ask(lane, tools=[TOOL])
    notes = exchanges(lane).what_if(max_tokens=4, without_tools=["get_weather"]).notes
    assert "Cut there, so what follows would have been different: #0, #1." in notes
    assert "With a call of a tool that is not offered there: #1." in notes


# --- files, and what is wrong


def test_a_file_gives_the_same_result() -> None:
    """A journal that is read back is the same world, but for the overlaps of a frozen clock."""
    body = {"model": "electron", "messages": [system(RULES), user()], "stream": True}
    requests = [Sent(body), Sent(body, "sk_b", read=0.5), Sent(body, header="cut after=2")]
    found = run(Lane(Settings(pace="electron", plan="standard")), requests * 5)
    file = parse_journal(found.json_lines().encode())["default"]
    for options in ({}, {"plan": "5/2"}, {"max_tokens": 3, "pace": "p95"}):
        one, other = (each.what_if(**options).to_dict() for each in (file, found))
        assert one.pop("notes") != other.pop("notes")
        assert one == other


def test_refusals_prove_overlaps_in_a_file() -> None:
    """A file from a frozen clock does not say when replies ended, but a 429 needs them in flight."""
    body = {"model": "electron", "messages": [user()], "stream": True}
    requests = [Sent(body, held=2), Sent(body, held=1), Sent(body), Sent(body), Sent(body, "sk_b")]
    found = run(Lane(Settings(plan=Plan(None, 2))), requests)
    assert [one.status for one in found] == [200, 200, 429, 200, 200]
    file = parse_journal(found.json_lines().encode())["default"]
    assert file.what_if().differences == ()
    assert file.what_if(plan=Plan(None, 3)).after.refused == ()
    assert file.what_if(plan=Plan(None, 1)).after.refused == (1, 2)


def test_a_tool_that_no_request_offers_is_named() -> None:
    """A wrong name would otherwise look like a tool that makes no difference."""
    journal = sent({"tools": [TOOL]})
    known, unknown = (journal.what_if(without_tools=n).notes for n in ("get_weather", "get_wether"))
    assert not any("No request offers" in note for note in known)
    assert "No request offers the tool 'get_wether'. Did you mean 'get_weather'?" in unknown


def test_a_journal_that_was_edited_is_no_error() -> None:
    """Requests that are not what the journal says, and impossible times, are executed as they are."""
    line = json.loads(sent({"tools": [TOOL]}, pace="electron", clock="real").json_lines())
    edited: list[dict[str, Any]] = [
        {"request": {"messages": 3}},
        {"request": {"messages": [], "tools": [{}]}},
        {"request": None, "body": "{"},
        {"arrived_at": -1e12, "ended_at": -1e13, "outcome": "client left", "chunks_sent": 0},
        {"arrived_at": 1e15, "ended_at": 0, "reply": None},
    ]
    lines = [json.dumps({**line, "number": n, **one}) for n, one in enumerate(edited)]
    file = parse_journal("\n".join(lines).encode())["default"]
    result = file.what_if(max_tokens=3, without_tools="x", stream=True, pace="p95")
    assert [one.status for one in result.after.exchanges] == [400, 400, 400, 200, 200]


def test_a_part_of_a_journal_says_so() -> None:
    """The other world begins with an empty cache, so what is missing is counted."""
    found = sent({"text": "a"}, {"text": "a"}, {"text": "b"})
    assert "The journal lacks 2 requests: the other world begins without them." in (
        found[2:].what_if().notes
    )
    assert not any("lacks" in note for note in found.what_if().notes)


def test_no_requests_are_no_error() -> None:
    """An empty journal is a world, too."""
    result = Exchanges().what_if(plan="standard", move="X")
    assert result.after.ttft_median is None
    assert result.to_dict()["before"]["requests"] == 0
    assert "every answer is the same" in str(result)


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "an unknown option": ({"plam": "x"}, TypeError, "'plam'. Did you mean 'plan'?"),
    "a setting of no world": ({"seed": 1}, TypeError, "unexpected keyword argument 'seed'"),
    "a plan": ({"plan": "50/0"}, ValueError, "requests in flight must be at least 1, got '0'"),
    "a text that is nowhere": ({"move": "X"}, ValueError, "move: no prompt has 'X'"),
    "a pattern that is nowhere": ({"move": re.compile("X+")}, ValueError, "no prompt has regex"),
    "an empty text": ({"move": ""}, ValueError, "move must be a text of the prompt"),
    "last alone": ({"last": True}, ValueError, "last needs move"),
    "a limit": ({"max_tokens": 0}, ValueError, "max_tokens must be an integer of at least 1"),
    "a tool": ({"without_tools": 3}, ValueError, "without_tools must be names of tools, got 3"),
    "a switch": ({"stream": 1}, ValueError, "stream must be True or False, got 1"),
    "rates": ({"rates": "x"}, ValueError, "unknown rates 'x'"),
}


@each(WRONG)
def test_wrong_options_are_named(row: tuple[dict[str, Any], type[Exception], str]) -> None:
    """The message has the option, and the nearest right one."""
    options, error, words = row
    with pytest.raises(error) as caught:
        sent({}).what_if(**options)
    assert words in str(caught.value)


def test_a_lane_without_an_answer_is_not_disturbed() -> None:
    """The recorded lane and its exchanges stay as they are."""
    lane = Lane(Settings(plan=Plan(1, None)))
    lane.close(lane.open(arrival()), 1)
    before = exchanges(lane)
    before.what_if(plan="unlimited", move="Hi", max_tokens=1)
    assert exchanges(lane) == before
