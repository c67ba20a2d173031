"""What a test can do with its fake Electron, written as a user would write it."""

from typing import Any

import pytest
from raw_http import chat, user

from mock_electron import Electron, Pace, Plan, fail, faults
from mock_electron.engine.plan import PlanName

STREAM: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}


def ask(electron: Electron, text: str = "Hi!", **fields: Any) -> int:
    return chat(electron, {"messages": user(text), **fields}).status


# --- plans and the clock


@pytest.mark.electron(plan="standard")
def test_a_minute_without_waiting(electron: Electron) -> None:
    """Advancing the clock by a minute opens the window again."""
    assert [ask(electron) for _ in range(11)] == [200] * 10 + [429]
    electron.clock.advance(60)
    assert ask(electron) == 200


@pytest.mark.parametrize(
    ("plan", "limit"),
    [("standard", 10), (Plan(requests_per_minute=2), 2), ("unlimited", 30)],
    ids=["name", "own", "unlimited"],
)
def test_the_plan_can_be_changed(electron: Electron, plan: PlanName | Plan, limit: int) -> None:
    """A new plan, by name or by numbers, applies from the next request on."""
    electron.plan(plan)
    assert [ask(electron) for _ in range(30)].count(200) == limit


def test_a_plan_by_numbers(electron: Electron) -> None:
    """`plan()` without arguments removes the limits again."""
    electron.plan(requests_per_minute=1, in_flight=1)
    assert [ask(electron) for _ in range(2)] == [200, 429]
    electron.plan()
    assert ask(electron) == 200
    assert electron.peak_in_flight == 1


def test_retry_after_is_exact(electron: Electron) -> None:
    """`Retry-After` names the exact second at which the window opens."""
    electron.plan(requests_per_minute=1)
    ask(electron)
    electron.clock.advance(20.5)
    refused = chat(electron, {"messages": user("Hi!")})
    assert refused.error["message"] == "Rate limit exceeded. Please retry after a short backoff."
    assert refused.headers["retry-after"] == "40"
    electron.clock.advance(39)
    assert ask(electron) == 429
    electron.clock.advance(1)
    assert ask(electron) == 200


# --- pace


def test_times_without_waiting(electron: Electron) -> None:
    """A paced reply advances a frozen clock, and the exchange has exact times."""
    electron.pace(first=0.5, each=0.1, overhead=0.5)
    electron.reply("one two three")
    before = electron.clock.now()
    ask(electron, **STREAM)
    [exchange] = electron.exchanges
    assert (exchange.time_to_first_chunk, exchange.duration) == (0.5, 0.7)
    assert electron.clock.now() - before == pytest.approx(0.7)


def test_the_pace_of_one_reply(electron: Electron) -> None:
    """The pace of a reply overrides the pace of the lane."""
    electron.pace("electron")
    electron.reply("slow", pace=Pace(first=2, overhead=2))
    electron.reply("at once", pace="instant")
    for _ in range(3):
        ask(electron, **STREAM)
    slow, instant, usual = (exchange.duration for exchange in electron.exchanges)
    assert (slow, instant) == (2, 0)
    assert usual is not None
    assert 0.01 < usual < 0.5


# --- prefix cache


def test_a_miss_is_explained(electron: Electron) -> None:
    """The explanation names the message, the character and the lost tokens."""
    rules = "Speak plainly. " * 40
    for name in ("Asha", "Ravi"):
        system = {"role": "system", "content": f"You help {name}. {rules}"}
        chat(electron, {"messages": [system, *user("Hi!")]})
    miss = electron.explain_miss(1)
    assert miss is not None
    assert (miss.message, miss.character, miss.earlier) == (0, len("You help "), 0)
    assert miss.lost_tokens > 100
    assert "from exchange #0, message 1 changed at character 10, from 'Asha" in str(miss)
    assert electron.explain_miss(0) is None


# --- faults


def test_faults_for_some_requests(electron: Electron) -> None:
    """A fault affects the next request, every nth, matching ones, or a fraction."""
    electron.inject(fail(502))
    assert [ask(electron) for _ in range(2)] == [502, 200]
    electron.fail(503, every=3)
    assert [ask(electron) for _ in range(3)] == [200, 200, 503]
    electron.clear_faults()
    electron.fail("concurrency", when=lambda request: request.last.content == "Bye!")
    assert [ask(electron, text) for text in ("Hi!", "Bye!")] == [200, 429]
    electron.clear_faults()
    electron.fail(500, rate=1, times=2)
    assert [ask(electron) for _ in range(3)] == [500, 500, 200]


def test_a_scripted_and_an_injected_error(electron: Electron) -> None:
    """A scripted error waits for its turn; an injected one does not."""
    electron.reply("first")
    electron.fail(503)
    electron.fail(429, when=lambda request: request.temperature == 0)
    assert [ask(electron, temperature=0), ask(electron), ask(electron)] == [429, 200, 503]


def test_fragments(electron: Electron) -> None:
    """Fragmented replies have the same bytes."""
    whole = chat(electron, {"messages": user("Hi!"), **STREAM}).body
    electron.fragment(5)
    assert len(chat(electron, {"messages": user("Hi!"), **STREAM}).body) > 0
    electron.clear_faults()
    assert {exchange.faults for exchange in electron.exchanges} == {(), (faults.Fragment(5),)}
    assert whole.endswith(b"data: [DONE]\n\n")


def test_drift(electron: Electron) -> None:
    """With drift 1, every seeded reply differs from the one that the seed yields."""

    def said() -> Any:
        answer = chat(electron, {"messages": user("Name a color"), "seed": 7})
        return answer.json["choices"][0]["message"]["content"]

    before = said()
    electron.drift(1)
    assert said() != before
    electron.drift(0)
    assert said() == before


# --- user functions


def test_callbacks_may_use_their_electron(electron: Electron) -> None:
    """A responder and a predicate can change the script, the pace and the faults."""

    def answer(_: object) -> str:
        electron.fail(503)
        electron.pace("electron")
        return str(len(electron.exchanges))

    def once(_: object) -> bool:
        electron.clear_faults()
        return True

    electron.respond_with(answer)
    electron.inject(fail(502), when=once, times=1)
    assert [ask(electron) for _ in range(4)] == [502, 200, 503, 200]
    assert [one.reply.content for one in electron.exchanges if one.reply] == ["1", "3"]


# --- mistakes


@pytest.mark.parametrize(
    ("method", "arguments", "options", "words"),
    [
        ("plan", ["standart"], {}, "Did you mean 'standard'?"),
        (
            "plan",
            [],
            {"in_flight": 0},
            "in_flight must be an integer of at least 1, or None, got 0",
        ),
        ("plan", ["standard"], {"in_flight": 1}, "accepts either a name or numbers, not both"),
        ("pace", ["electrn"], {}, "Did you mean 'electron'?"),
        ("pace", [], {"first": -1}, "first must be a number of seconds from 0 to 3600, got -1"),
        ("pace", ["electron"], {"each": 1}, "accepts either a name or times, not both"),
        ("drift", [1.5], {}, "drift must be a number from 0 to 1, got 1.5"),
        ("fragment", [0], {}, "size must be an integer of at least 1, or None, got 0"),
        (
            "inject",
            ["reset"],
            {},
            "fault must be a value such as faults.Cut(after=3) or fail(503), got 'reset'",
        ),
        (
            "inject",
            [faults.Reset()],
            {"every": 0},
            "every must be an integer of at least 1, or None, got 0",
        ),
        ("fail", [599], {}, "unknown error 599; expected one of"),
        ("fail", [503], {"rate": 7}, "rate must be a number from 0 to 1, got 7"),
        ("fail", [503], {"times": 0}, "times must be an integer of at least 1, or None, got 0"),
        (
            "reply",
            ["Hi!"],
            {"pace": "fast"},
            "unknown pace 'fast'; expected one of 'instant', 'electron', 'p95', or a Pace, or times such as 174:5 or 174:5:0.2",
        ),
        ("explain_miss", [3], {}, "no exchange has the number 3; there are no exchanges"),
    ],
)
def test_one_clear_message(
    electron: Electron, method: str, arguments: list[Any], options: dict[str, Any], words: str
) -> None:
    """A wrong argument raises at once, with the nearest right value."""
    with pytest.raises((TypeError, ValueError)) as refused:
        getattr(electron, method)(*arguments, **options)
    assert words in str(refused.value)
