"""Turns: what the user of a voice agent hears, to the millisecond."""

import json
from typing import Any

import pytest
from audit_traffic import Traffic, result, system, tool, user

from mock_electron import Pace, Turn, Turns, call, reply
from mock_electron.traffic.reading import parse_journal
from mock_electron.traffic.turns import turns_of

FILLER = "One moment, let me check."  # 25 characters: 1.667 s at 15 a second
VOICE = system("You are a voice agent. Say a short filler phrase before you use a tool.")
PACE = Pace(first=0.25, each=0.005, overhead=0.25)
STREAM: dict[str, Any] = {"stream": True, "tools": [tool()]}


def found(traffic: Traffic) -> Turns:
    return turns_of(traffic.exchanges, traffic.lane.settings)


def the_turn(traffic: Traffic) -> Turn:
    (turn,) = found(traffic)
    return turn


def paced(**settings: Any) -> Traffic:
    """A lane on a frozen clock, whose replies take time."""
    return Traffic(clock="frozen", pace=PACE, **settings)


def weather(traffic: Traffic, *, wait: float, filler: str | None = FILLER) -> None:
    """A turn with a tool, whose result is sent a while after the stream has ended."""
    answers = [reply(call("get_weather", city="Pune"), filler=filler), reply("It is 31 degrees.")]
    traffic.lane.respond_with(lambda _: answers.pop(0))
    messages = [VOICE, user("How is the weather in Pune?")]
    said = traffic.ask(messages, **STREAM)
    traffic.lane.clock.advance(wait)
    traffic.ask([*messages, said, result(said["tool_calls"][0]["id"])], **STREAM)


def test_a_turn_has_the_moments_that_the_user_hears() -> None:
    """On a frozen clock, all times are exact."""
    traffic = paced()
    weather(traffic, wait=0.3)
    turn = the_turn(traffic)
    assert turn.said == "How is the weather in Pune?"
    assert turn.exchanges == (0, 1)
    assert turn.first_content == 0.25
    (filler,) = turn.fillers
    assert (filler.text, filler.spoken.start) == (FILLER, 0.25)
    assert filler.spoken.end == pytest.approx(0.25 + len(FILLER) / 15, abs=1e-6)
    (run,) = turn.tools
    assert run.name == "get_weather"
    ended = traffic.exchanges[0].duration
    assert ended is not None
    assert run.result == pytest.approx(ended + 0.3, abs=1e-6)
    assert 0.25 < run.called <= ended
    assert turn.answered_at == filler.spoken.end  # the answer came while the filler was spoken
    assert turn.silences[0].duration == 0.25
    assert turn.longest_silence == 0.25


def test_the_figures_of_the_cookbook() -> None:
    """In parallel, the answer begins after about 600 ms; one after the other, after 1,100 ms.

    Content comes at about 250 ms, and the call at about 280 ms (D).
    """
    short = "One sec"  # about half a second
    parallel, serialised = paced(), paced()
    tool_time = 0.07
    weather(parallel, wait=tool_time, filler=short)
    weather(serialised, wait=len(short) / 15 + tool_time, filler=short)
    one, other = the_turn(parallel), the_turn(serialised)
    assert one.first_content == other.first_content == 0.25
    assert one.tools[0].called == pytest.approx(0.28, abs=0.03)
    assert parallel.exchanges[1].time_to_first_chunk == 0.25
    answers = [found(each)[0].answer[0].arrived for each in (parallel, serialised)]
    assert answers[0] == pytest.approx(0.6, abs=0.05)
    assert answers[1] == pytest.approx(1.1, abs=0.05)
    assert one.longest_silence < other.longest_silence


def test_without_a_filler_the_user_hears_nothing() -> None:
    """The silence lasts from the user's last word to the answer."""
    traffic = paced()
    weather(traffic, wait=0.5, filler=None)
    turn = the_turn(traffic)
    assert turn.fillers == ()
    assert [silence.start for silence in turn.silences] == [0.0]
    assert turn.longest_silence == turn.answered_at == turn.first_content


def test_a_tool_that_runs_while_the_filler_is_spoken_overlaps_it() -> None:
    """The overlap is the time that the user did not have to wait."""
    traffic = paced()
    weather(traffic, wait=0.3)
    turn = the_turn(traffic)
    run = turn.tools[0]
    assert run.result is not None
    assert turn.overlap == pytest.approx(run.result - run.called, abs=1e-6)


def test_a_reply_in_one_piece_is_spoken_when_it_is_there() -> None:
    """Its content comes with its last token."""
    traffic = paced()
    traffic.ask("Hi")
    turn = the_turn(traffic)
    assert turn.first_content == traffic.exchanges[0].duration
    assert turn.answered_at == turn.first_content


def test_each_question_is_a_turn_of_its_conversation() -> None:
    """Turns are numbered in their conversation, and conversations in the order of their beginning."""
    traffic = paced()
    for key in ("sk_a", "sk_b"):
        history: list[Any] = [user("Hi")]
        history += [traffic.ask(history, key=key), user("And then?")]
        traffic.ask(history, key=key)
    assert [(turn.conversation, turn.number) for turn in found(traffic)] == [
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
    ]


def test_a_retry_belongs_to_the_turn_and_costs_time() -> None:
    """The user waits for the failed attempt and the pause, too."""
    traffic = paced()
    traffic.ask("Hi", faults="fail=503")
    traffic.lane.clock.advance(0.5)
    traffic.ask("Hi")
    turn = the_turn(traffic)
    assert turn.exchanges == (0, 1)
    assert turn.first_content is not None
    assert turn.first_content >= 0.75


def test_a_client_that_left_fell_silent() -> None:
    """What is spoken ends when the stream was closed."""
    traffic = paced()
    traffic.ask("Tell me a story about a long road.", stream=True, sent=6)
    turn = the_turn(traffic)
    assert turn.answer[-1].spoken.end == traffic.exchanges[0].duration
    assert len(turn.answer[-1].text) > 15 * turn.answer[-1].spoken.duration


def test_two_calls_have_two_runs() -> None:
    """Each runs from its own call to its own result."""
    traffic = paced()
    answers = [
        reply(call("get_weather", city="Pune"), call("get_weather", city="Goa"), filler=FILLER),
        reply("Both are warm."),
    ]
    traffic.lane.respond_with(lambda _: answers.pop(0))
    messages = [VOICE, user("Pune and Goa?")]
    said = traffic.ask(messages, **STREAM)
    results = [result(made["id"]) for made in said["tool_calls"]]
    traffic.ask([*messages, said, *results], **STREAM)
    first, second = the_turn(traffic).tools
    assert first.called < second.called
    assert first.result == second.result


def test_a_turn_without_an_answer_is_silent_to_its_last_event() -> None:
    """A conversation that ends with a tool has no answer."""
    traffic = paced()
    traffic.lane.respond_with(lambda _: reply(call("end_call"), filler="Bye!"))
    traffic.ask([VOICE, user("Bye")], stream=True, tools=[tool("end_call", "End the call.")])
    turn = the_turn(traffic)
    assert turn.answer == ()
    assert turn.answered_at is None
    assert turn.tools[0].result is None


def test_the_rate_of_speech_is_a_setting() -> None:
    """Twice the rate, half the time."""
    traffic = paced(speech_rate=30)
    weather(traffic, wait=0.3)
    (filler,) = the_turn(traffic).fillers
    assert filler.spoken.duration == pytest.approx(len(FILLER) / 30, abs=1e-5)


def test_a_file_has_the_same_turns() -> None:
    """A journal file keeps all that turns need."""
    traffic = paced()
    weather(traffic, wait=0.3)
    exchanges = parse_journal(traffic.exchanges.json_lines().encode())["default"]
    assert list(turns_of(exchanges, exchanges.settings)) == list(found(traffic))


def test_turns_as_text_and_as_json() -> None:
    """The text has a line for each event, the JSON has milliseconds."""
    traffic = paced()
    weather(traffic, wait=0.3)
    text = str(found(traffic))
    assert "conversation 1, turn 1: 'How is the weather in Pune?'; longest silence 250 ms" in text
    assert "250 ms  filler 'One moment, let me check.' until 1917 ms" in text
    document = json.loads(json.dumps(the_turn(traffic).to_dict()))
    assert document["first_content"] == 250.0
    assert document["silences"][0] == {"start": 0.0, "end": 250.0}
    assert repr(found(traffic)) == "<1 turn; longest silence 250 ms>"


def test_replies_without_times_are_told() -> None:
    """On a frozen clock without a pace, silences mean nothing."""
    assert not found(Traffic(clock="frozen")).are_timed
    assert found(paced()).are_timed
    assert found(Traffic()).are_timed
