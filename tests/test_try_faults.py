"""`electron.try_faults`: scenarios with real clients over real sockets."""

import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from openai import APIConnectionError, AsyncOpenAI, OpenAI
from rows import each
from voice_agents import ANSWER, CAREFUL, CARELESS, Agent, booked_twice, script

from mock_electron import Electron, MockElectron, TrialRun, faults

QUESTION: list[Any] = [{"role": "user", "content": "Hi"}]
SHORT = 1.0
"""Seconds after which a run hangs that hangs for certain."""


def ask(electron: Electron, **options: Any) -> str | None:
    """Ask once, without a stream."""
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key, **options) as client:
        reply = client.chat.completions.create(model="electron", messages=QUESTION)
        return reply.choices[0].message.content


# --- agents


def test_a_careful_agent_has_no_bad_cell(electron: Electron) -> None:
    """Each fault at each place is survived, or reported by an exception."""
    script(electron)
    report = electron.try_faults(CAREFUL.run, booked_twice, budget=60, pairs=10)
    assert [cell.trial for cell in report.bad] == []
    assert report.score == 1
    assert report.tried > 40
    assert {"recovered", "clean failure"} == set(report.outcomes.values())


REPAIRS: list[tuple[dict[str, Any], set[str]]] = [
    ({"timeout": 0.4}, {"silence"}),
    ({"swallows": False}, {"401", "cut", "error event"}),
    ({"needs_finish": True}, {"empty body"}),
    ({"checks_arguments": True}, {"bad arguments"}),
]
"""Repairs of the careless agent, and the faults that it survives from then on."""


def test_each_repair_takes_findings_away(electron: Electron) -> None:
    """Repaired step by step, a careless agent loses all of them."""
    script(electron)
    agent = CARELESS
    names = [name for _, survived in REPAIRS for name in sorted(survived)]
    options: dict[str, Any] = {"faults": names, "budget": 20, "timeout": 1.0, "pairs": 0}
    found = {cell.fault for cell in electron.try_faults(agent.run, **options).bad}
    for repair, faults_survived in REPAIRS:
        agent = replace(agent, **repair)
        left = {cell.fault for cell in electron.try_faults(agent.run, **options).bad}
        assert found - left >= faults_survived, repair
        assert left < found
        found = left
    assert found == set()


def test_a_side_effect_that_happens_twice(electron: Electron) -> None:
    """An agent that begins again after an error books again. The function of the user sees it."""
    script(electron)
    agent = replace(CAREFUL, restarts=True)
    report = electron.try_faults(agent.run, booked_twice, faults=["cut", "503"])
    assert {(cell.fault, cell.request) for cell in report.bad} >= {("cut", 1)}
    assert {cell.outcome for cell in report.bad} == {"side effect twice"}


def test_the_test_of_a_bad_cell_fails_until_the_agent_is_repaired(electron: Electron) -> None:
    """It is ready to paste."""
    script(electron)
    report = electron.try_faults(CARELESS.run, faults=["cut"], pairs=0)
    cell = next(one for one in report.bad if one.request == 1)
    assert "electron.inject(faults.Cut(after=0), every=2, times=1)" in cell.test
    assert cell.script.splitlines()[:3] == ["steps:", "- when:", "    turn: 2"]
    scope: dict[str, Any] = {"run": CARELESS.run}
    exec(cell.test, scope)  # noqa: S102 (what a reader pastes)
    with pytest.raises(AssertionError):
        scope["test_cut_in_1"](electron)


def test_the_script_of_a_bad_cell_shows_it(electron: Electron, tmp_path: Path) -> None:
    """Its steps stand before those of the scenario."""
    script(electron)
    report = electron.try_faults(CARELESS.run, faults=["cut"], pairs=0)
    for cell in report.bad:
        file = tmp_path / "steps.yaml"
        file.write_text(cell.script, encoding="utf-8")
        with MockElectron(script=file) as again:
            script(again)
            assert CARELESS.run(again) != (ANSWER, ['{"city": "Pune"}'])
            assert [one.faults for one in again.exchanges][cell.request] != ()


def patient(electron: Electron) -> tuple[str, list[str]]:
    """Run a careful agent that sends a request again if its stream was cut."""
    return Agent(
        timeout=0.5, needs_finish=True, swallows=False, repeats=True, checks_arguments=True
    ).run(electron)


def test_a_retry_gets_the_reply_of_the_request(electron: Electron) -> None:
    """Also if the step is used up: what is left is for the next turn."""
    script(electron)
    report = electron.try_faults(patient, booked_twice, budget=100)
    assert report.bad == ()
    broken = [name for name in report.outcomes if name.startswith(("Cut(", "Stall("))]
    assert {report.outcomes[name] for name in broken} == {"recovered"}


@pytest.mark.electron(strict=True)
def test_a_strict_lane_knows_the_retries(electron: Electron) -> None:
    """A retry after a cut is no request that nobody has scripted."""
    script(electron)
    report = electron.try_faults(patient, faults=["cut", "reset"])
    assert set(report.outcomes.values()) == {"recovered"}


def test_the_sdk_of_the_vendor(electron: Electron) -> None:
    """It repeats requests that failed, and reports a reset by an exception."""
    smallestai = pytest.importorskip("smallestai")
    electron.reply("Hello!")

    def run(fake: Electron) -> Any:
        url = fake.url
        where = smallestai.SmallestAIEnvironment(atoms=url, waves=url, waves_ws=url, payment=url)
        with httpx.Client(timeout=1) as connections:
            client = smallestai.SmallestAI(
                environment=where, api_key=fake.api_key, httpx_client=connections
            )
            reply = client.waves.electron.complete(model="electron", messages=QUESTION)
            return reply.choices[0].message.content

    report = electron.try_faults(run)
    assert report.bad == ()
    assert report.outcomes["fail(503) in #0"] == "recovered"
    assert report.outcomes["Reset() in #0"] == "clean failure"


# --- isolation


def test_each_trial_begins_in_the_same_state(electron: Electron) -> None:
    """Steps with uses left, the function, settings and the clock."""
    electron.reply("first")
    electron.reply("second").times(2)
    electron.clock.advance(90)
    assert ask(electron) == "first"
    seen: list[Any] = []

    def run(fake: Electron) -> str | None:
        seen.append((fake.clock.now(), len(fake.exchanges_so_far), fake.settings.seed))
        return ask(fake)

    report = electron.try_faults(run, faults=["503", "reset"])
    assert set(report.outcomes.values()) == {"recovered"}
    assert set(seen) == {(1740000090.0, 0, electron.settings.seed)}
    assert [exchange.text for exchange in electron.exchanges] == ["first"]
    assert ask(electron) == "second"


def test_a_scenario_without_an_argument_uses_the_fake_of_the_test(electron: Electron) -> None:
    """Its address does not change, and its script is there again at the end."""
    electron.reply("Hello!")

    def run() -> str | None:
        return ask(electron, timeout=0.5)

    report = electron.try_faults(run, timeout=5)
    assert report.score == 1
    assert "    assert run() ==" not in str(report)
    assert len(electron.exchanges) == 0
    assert ask(electron) == "Hello!"


def test_a_function_answers_in_each_trial(electron: Electron) -> None:
    """Also in fakes of their own."""
    electron.respond_with(lambda request: f"{len(request.messages)} message")
    assert electron.try_faults(ask, faults=["503"]).outcomes == {
        "fail(503) in #0": "recovered",
        "fail(503) in #0, fail(503) in #1": "recovered",
    }


@pytest.mark.electron(strict=True)
def test_a_strict_test_counts_the_steps_of_the_scenario(electron: Electron) -> None:
    """No step is left over at the end of the test."""
    electron.reply("Hello!")
    electron.try_faults(ask, faults=["503", "cut"]).assert_no()


def test_faults_of_the_test_stay(electron: Electron) -> None:
    """They happen in each run, and are no findings."""
    electron.inject(faults.Fragment(7), every=1)
    electron.reply("Hello!")
    seen: list[Any] = []

    def outcome(run: TrialRun) -> None:
        seen.append([exchange.faults for exchange in run.exchanges])

    report = electron.try_faults(ask, outcome, faults=["503"], pairs=0)
    assert report.score == 1
    assert seen == [[(faults.fail(503),), (faults.Fragment(7),)]]


def test_a_fault_that_did_not_happen_has_no_outcome(electron: Electron) -> None:
    """The scenario took another way. Nothing that was not seen counts as passed."""
    electron.reply("Hello!").times(None)
    count = [0]

    def run(fake: Electron) -> str | None:
        count[0] += 1
        if count[0] <= 2:
            ask(fake)
        return ask(fake)

    report = electron.try_faults(run, faults=["503"], pairs=0)
    assert report.outcomes == {"fail(503) in #0": "recovered"}
    assert report.unreached == ("fail(503) in #1",)
    assert "503  recovered  -" in str(report)
    assert "1 trial whose faults did not happen" in str(report)


def test_pauses_take_no_time(electron: Electron) -> None:
    """Sleeps of the scenario advance the clock of its trial."""
    electron.reply("Hello!")

    def run(fake: Electron) -> str | None:
        time.sleep(500)
        assert fake.clock.now() >= 1740000500
        return ask(fake)

    assert electron.try_faults(run, timeout=20, faults=["503"]).score == 1


@pytest.mark.parametrize(("travel", "is_real"), [(True, False), (False, True)])
def test_sleeps_are_real_without_travel(electron: Electron, travel: bool, is_real: bool) -> None:
    """Code whose own clock must go on."""
    electron.reply("Hello!")
    real, seen = time.sleep, set[bool]()

    def run(fake: Electron) -> str | None:
        seen.add(time.sleep is real)
        return ask(fake)

    electron.try_faults(run, travel=travel, faults=["503"])
    assert seen == {is_real}
    assert time.sleep is real


# --- hanging


def test_a_run_that_hangs_does_not_stop_the_search(electron: Electron) -> None:
    """The other trials run, and its thread ends."""
    electron.reply("Hello!").times(None)

    def run(fake: Electron) -> str | None:
        try:
            return ask(fake, max_retries=0)
        except APIConnectionError:
            threading.current_thread().name = "endless"
            while True:
                time.sleep(1)

    report = electron.try_faults(run, faults=["reset", "503", "close"], timeout=SHORT)
    assert report.outcomes == {
        "Reset() in #0": "hung",
        "fail(503) in #0": "clean failure",
        "Close() in #0": "hung",
    }
    assert "endless" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("takes_fake", [True, False])
def test_silence_hangs_a_client_without_a_timeout(electron: Electron, takes_fake: bool) -> None:
    """Requests of the run that hangs do not reach later trials."""
    electron.reply("Hello!")

    def own(fake: Electron) -> str | None:
        return ask(fake)

    def shared() -> str | None:
        return ask(electron)

    run: Any = own if takes_fake else shared
    report = electron.try_faults(run, faults=["silence", "503", "close"], timeout=SHORT, pairs=0)
    assert list(report.outcomes.values()) == ["hung", "recovered", "recovered"]
    assert report.bad[0].reason == "no end after 1 s"
    assert report.notes == ()


def test_a_scenario_that_never_ends_is_an_error(electron: Electron) -> None:
    """There is no answer to compare with."""
    with pytest.raises(TimeoutError, match=r"did not end within 0\.2 s without a fault"):
        electron.try_faults(lambda: threading.Event().wait(1), timeout=0.2)


# --- async


@pytest.mark.anyio
async def test_an_async_scenario(electron: Electron) -> None:
    """It runs in the loop of the test, and one that hangs is cancelled."""
    electron.reply("Hello!")

    async def run(fake: Electron) -> str | None:
        async with AsyncOpenAI(base_url=fake.base_url, api_key="sk") as client:
            reply = await client.chat.completions.create(model="electron", messages=QUESTION)
            return reply.choices[0].message.content

    report = await electron.try_faults_async(run, faults=["503", "silence"], timeout=SHORT, pairs=0)
    assert list(report.outcomes.values()) == ["recovered", "hung"]


@pytest.mark.anyio
async def test_an_async_scenario_in_a_loop_needs_the_async_method(electron: Electron) -> None:
    """And a plain one needs the plain method."""

    async def run() -> None: ...

    with pytest.raises(TypeError, match=r"write `await electron.try_faults_async\(run\)`"):
        electron.try_faults(run)
    with pytest.raises(TypeError, match="must be an async function"):
        await electron.try_faults_async(lambda: None)


def test_an_async_scenario_in_a_plain_test(electron: Electron) -> None:
    """Each run has its own event loop."""
    electron.reply("Hello!")

    async def run(fake: Electron) -> str | None:
        async with AsyncOpenAI(base_url=fake.base_url, api_key="sk") as client:
            reply = await client.chat.completions.create(model="electron", messages=QUESTION)
            return reply.choices[0].message.content

    report = electron.try_faults(run, faults=["503", "silence"], timeout=SHORT, pairs=0)
    assert list(report.outcomes.values()) == ["recovered", "hung"]


# --- the user's functions


def test_the_function_gets_the_run(electron: Electron) -> None:
    """What it returned or raised, and the exchanges."""
    electron.reply("Hello!")
    runs: list[TrialRun] = []
    electron.try_faults(ask, runs.append, faults=["503", "401"], pairs=0)
    first, second = runs
    assert (first.trial, first.returned, first.expected) == ("fail(503) in #0", "Hello!", "Hello!")
    assert [exchange.status for exchange in first.exchanges] == [503, 200]
    assert type(second.raised).__name__ == "AuthenticationError"
    assert second.faults == second.exchanges[0].faults


def raising(error: BaseException) -> Any:
    def run(fake: Electron) -> None:
        ask(fake)
        raise error

    return run


ERRORS: dict[str, tuple[Any, type[BaseException], str]] = {
    "no request": (lambda: None, ValueError, "sent no valid request"),
    "an exception": (raising(KeyError("x")), KeyError, "x"),
    "a skip": (raising(pytest.skip.Exception("later")), pytest.skip.Exception, "later"),
    "a text": ("run", TypeError, "run must be a function"),
    "two arguments": (lambda one, two: None, TypeError, "run must be a function"),
    "a keyword": (lambda *, one: None, TypeError, "run must be a function"),
}


@each(ERRORS)
def test_a_scenario_that_cannot_be_searched(row: tuple[Any, type[BaseException], str]) -> None:
    """The error is about the scenario itself."""
    run, kind, words = row
    with MockElectron() as electron, pytest.raises(kind, match=words):
        electron.try_faults(run)


def test_an_error_of_the_scenario_says_when_it_was_raised(electron: Electron) -> None:
    """Otherwise it would look like an error of a trial."""
    with pytest.raises(KeyError) as caught:
        electron.try_faults(raising(KeyError("x")))
    assert caught.value.__notes__ == ["try_faults: in the run without a fault"]


def test_an_error_of_the_function_says_in_which_trial(electron: Electron) -> None:
    """Otherwise nobody could see why it was raised."""
    electron.reply("Hello!")
    with pytest.raises(ZeroDivisionError) as caught:
        electron.try_faults(ask, lambda run: 1 // 0, faults=["503"])  # type: ignore[arg-type, return-value]  # a mistake
    assert caught.value.__notes__ == ["try_faults: in the run with fail(503) in #0"]


def test_a_scenario_that_returns_nothing(electron: Electron) -> None:
    """What cannot be seen is said. A failed assertion is a wrong answer."""
    electron.reply("Hello!")

    def run(fake: Electron) -> None:
        try:
            said = ask(fake, max_retries=0)
        except APIConnectionError:
            said = "Good-bye!"
        assert said == "Hello!"

    report = electron.try_faults(run, faults=["reset", "503"], pairs=0)
    assert list(report.outcomes.values()) == ["wrong answer", "clean failure"]
    assert "the scenario returns nothing" in str(report)
    assert "    run(electron)" in report.bad[0].test


def test_results_that_change_are_refused(electron: Electron) -> None:
    """A recovery could not be told from a wrong answer."""
    electron.reply("Hello!")
    with pytest.raises(ValueError, match="two runs without a fault returned different results"):
        electron.try_faults(lambda fake: (ask(fake), object()), faults=["503"])


def test_an_interrupted_search_goes_on(electron: Electron, tmp_path: Path) -> None:
    """The results before Ctrl-C are in the file."""
    electron.reply("Hello!")
    file, count = tmp_path / "faults.jsonl", [0]

    def run(fake: Electron) -> str | None:
        count[0] += 1
        if count[0] == 5:
            raise KeyboardInterrupt
        return ask(fake)

    with pytest.raises(KeyboardInterrupt):
        electron.try_faults(run, resume=file, pairs=0, faults=["503", "502", "500", "close"])
    report = electron.try_faults(run, resume=file, pairs=0, faults=["503", "502", "500", "close"])
    assert (report.tried, count[0]) == (4, 5 + 2 + 2)
