"""`connection`: connections that are not reused, voice turns in one piece, no time-out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from audit_traffic import Traffic, system, tool, user
from rows import each

from mock_electron import Electron, read_journal
from mock_electron.audit import Thresholds, audit
from mock_electron.audit.rules.connection import is_for_voice

Talk = Callable[[Traffic], object]
VOICE = "You are a voice agent. Say a short filler phrase before you use a tool."
VERSION = "x-stainless-package-version"
SOON: dict[str, str] = {"x-stainless-read-timeout": "10"}


def each_its_own(number: int, every: float = 0.5, **fields: Any) -> Talk:
    """Return a client that opens a connection for each request."""

    def talk(traffic: Traffic) -> None:
        for n in range(number):
            traffic.ask(f"Q{n}", at=n * every, connection=n, headers=SOON, **fields)

    return talk


def shared(number: int, connections: int = 1, **fields: Any) -> Talk:
    def talk(traffic: Traffic) -> None:
        for n in range(number):
            one = n % connections
            traffic.ask(f"Q{n}", at=n * 0.5, connection=one, headers=SOON, **fields)

    return talk


def burst(number: int) -> Talk:
    def talk(traffic: Traffic) -> None:
        flights = [traffic.start(f"Q{n}", at=0, connection=n, headers=SOON) for n in range(number)]
        for flight in flights:
            flight.end(1.0)

    return talk


def clients(number: int) -> Talk:
    """Return many clients, told apart by their key."""

    def talk(traffic: Traffic) -> None:
        for n in range(number):
            for m in range(3):
                traffic.ask(f"Q{n}", at=n * 2 + m * 0.5, connection=n, key=f"sk_{n}", headers=SOON)

    return talk


def said(prompt: str, **fields: Any) -> Talk:
    return lambda t: t.ask([system(prompt), user("Hi")], headers=SOON, **fields)


def waits(seconds: str) -> Talk:
    return lambda t: t.ask(headers={"X-Stainless-Read-Timeout": seconds})


FOUND: dict[str, tuple[Talk, list[str]]] = {
    "ten requests": (each_its_own(10), ["not-reused"]),
    "streams": (each_its_own(12, stream=True), ["not-reused"]),
    "failures": (each_its_own(12, faults="fail=500"), ["not-reused"]),
    "not valid": (each_its_own(12, n=2), ["not-reused"]),
    "two accounts, one is wasteful": (
        lambda t: (each_its_own(10)(t), t.ask(key="sk_b", connection=99, headers=SOON)),
        ["not-reused"],
    ),
    "a voice agent": (said(VOICE), ["not-streamed"]),
    "stream: false": (said(VOICE, stream=False), ["not-streamed"]),
    "a filler": (said("Say something short before you use a tool."), ["not-streamed"]),
    "TTS": (said("Be brief. Your replies are sent to a TTS engine."), ["not-streamed"]),
    "with tools": (said(VOICE, tools=[tool()]), ["not-streamed"]),
    "the default of openai": (waits("600"), ["no-time-out"]),
    "as a float": (waits("600.0"), ["no-time-out"]),
    "an hour": (waits("3600"), ["no-time-out"]),
    "none at all": (
        lambda t: t.ask(headers={"x-stainless-lang": "python", VERSION: "3.57.0"}),
        ["no-time-out"],
    ),
    "all": (
        lambda t: (
            each_its_own(10)(t),
            said(VOICE)(t),
            waits("600")(t),
        ),
        ["no-time-out", "not-reused", "not-streamed"],
    ),
}


@each(FOUND)
def test_a_mistake_is_found(row: tuple[Talk, list[str]]) -> None:
    """In memory and in a file."""
    talk, kinds = row
    traffic = Traffic()
    talk(traffic)
    assert kinds_of(traffic.audit()) == kinds


def test_a_file_has_the_same_findings(tmp_path: Path) -> None:
    """A line has the number of the connection and the headers."""
    for name, (talk, _) in FOUND.items():
        traffic = Traffic()
        talk(traffic)
        traffic.exchanges.save(tmp_path / "journal.jsonl")
        read = audit(read_journal(tmp_path / "journal.jsonl")["default"])
        assert read.verdicts["connection"] == traffic.verdict("connection"), name


NOT_FOUND: dict[str, tuple[Talk, str]] = {
    "nothing": (lambda t: None, "not applicable"),
    "one request": (each_its_own(1), "pass"),
    "a few": (each_its_own(9), "pass"),
    "one connection": (shared(20), "pass"),
    "two connections": (shared(20, 2), "pass"),
    "each twice": (shared(20, 10), "pass"),
    "in parallel": (burst(20), "pass"),
    "turns of a slow talk": (each_its_own(12, every=10), "pass"),
    "many clients": (clients(12), "pass"),
    "closed by the server": (each_its_own(12, faults="reset"), "pass"),
    "left by the client": (each_its_own(12, stream=True, sent=1), "pass"),
    "no numbers": (
        lambda t: [t.ask(f"Q{n}", headers=SOON) for n in range(12)],
        "not observable",
    ),
    "a voice agent that streams": (said(VOICE, stream=True), "pass"),
    "no voice": (said("You are a helpful assistant."), "pass"),
    "about voice": (said("You write scripts for voice agents. Summarise this call."), "pass"),
    "about TTS": (said("Explain how text-to-speech works."), "pass"),
    "JSON for a voice agent": (said(VOICE, response_format={"type": "json_object"}), "pass"),
    "a short time-out": (waits("10"), "pass"),
    "a long time-out": (waits("120"), "pass"),
    "no header": (lambda t: t.ask(), "not observable"),
    "an old client": (
        lambda t: t.ask(headers={"x-stainless-lang": "python", VERSION: "1.40.0"}),
        "not observable",
    ),
    "another language": (
        lambda t: t.ask(headers={"x-stainless-lang": "js", VERSION: "6.1.0"}),
        "not observable",
    ),
    "no number": (waits("soon"), "not observable"),
}


@each(NOT_FOUND)
def test_nothing_is_found(row: tuple[Talk, str]) -> None:
    """What cannot be seen is no pass."""
    talk, outcome = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("connection")
    assert (kinds_of(traffic.audit()), verdict.outcome) == ([], outcome)


def test_a_file_of_a_frozen_clock_hides_idle_connections(tmp_path: Path) -> None:
    """In memory the monotonic clock shows them."""
    traffic = Traffic(clock="frozen")
    for n in range(12):
        traffic.ask(f"Q{n}", connection=n, headers=SOON)
    assert kinds_of(traffic.audit()) == ["not-reused"]
    traffic.exchanges.save(tmp_path / "journal.jsonl")
    verdict = audit(read_journal(tmp_path / "journal.jsonl")["default"]).verdicts["connection"]
    assert verdict.outcome == "not observable"


FIGURES: list[tuple[dict[str, Any], Talk, list[str]]] = [
    ({"connection_requests": 3}, each_its_own(3), ["not-reused"]),
    ({"connection_timeout": 30.0}, waits("60"), ["no-time-out"]),
    ({"connection_timeout": 1000.0}, waits("600"), []),
]


@pytest.mark.parametrize(("figures", "talk", "kinds"), FIGURES)
def test_figures_are_settings(figures: dict[str, Any], talk: Talk, kinds: list[str]) -> None:
    """Each threshold decides."""
    traffic = Traffic()
    talk(traffic)
    assert kinds_of(traffic.audit(thresholds=Thresholds(**figures))) == kinds


PROMPTS: dict[str, tuple[str, bool]] = {
    "voice agent": ("You're a friendly voice assistant for a bank.", True),
    "filler": ("Before calling a tool, say a filler phrase.", True),
    "aloud": ("Everything you say is read aloud.", True),
    "tts": ("Your output goes to a TTS engine, so write no lists.", True),
    "plain": ("You are a helpful assistant.", False),
    "a call": ("Summarise the phone call in two sentences.", False),
    "classifier": ("Decide whether the caller of the voice bot is angry.", False),
    "product": ("You answer questions about our voice products.", False),
    "a name": ("You are Asha, a voice agent of Acme.", True),
    "short answers": ("Keep your answers short: they are passed to TTS.", True),
    "speech": ("What you say is converted to speech", True),
    "a task": ("You are a voice bot for bookings.", True),
    "a reviewer": ("You are reviewing transcripts of a voice assistant.", False),
    "a judge": ("You are an evaluator for a voice bot.", False),
    "a developer": ("You are a voice agent developer.", False),
    "none": ("You are not a voice assistant.", False),
    "a vendor of TTS": ("Help your users with text-to-speech.", False),
    "answers about TTS": ("Keep your answers about TTS short.", False),
    "code": ("You write text-to-speech code.", False),
    "readers": ("Help your readers to have articles read aloud.", False),
    "not about replies": ("The app has a text-to-speech button.", False),
}


@each(PROMPTS)
def test_prompts_for_voice(row: tuple[str, bool]) -> None:
    """Only a prompt that makes replies spoken counts."""
    prompt, expected = row
    assert is_for_voice(prompt) is expected


def test_connections_are_counted_for_each_lane(electron: Electron) -> None:
    """Of a real client, reused connections have the same number, and others the next."""
    body = {"model": "electron", "messages": [user("Hi")]}
    url = f"{electron.base_url}/chat/completions"
    headers = {"Authorization": f"Bearer {electron.api_key}"}
    with httpx.Client() as first, httpx.Client() as second:
        for one in (first, first, second, first, second):
            assert one.post(url, json=body, headers=headers).status_code == 200
        stream = body | {"stream": True}
        assert second.post(url, json=stream, headers=headers).status_code == 200
    assert [one.connection for one in electron.exchanges] == [0, 0, 1, 0, 1, 1]


def test_a_real_client_without_keep_alive_is_found(electron: Electron) -> None:
    """A function that posts without a client opens a connection each time."""
    body = {"model": "electron", "messages": [user("Hi")]}
    url = f"{electron.base_url}/chat/completions"
    headers = {"Authorization": f"Bearer {electron.api_key}"}
    for _ in range(10):
        httpx.post(url, json=body, headers=headers)
    assert kinds_of(electron.audit()) == ["not-reused"]


def kinds_of(found: Any) -> list[str]:
    return sorted(one.kind for one in found.verdicts["connection"].findings)
