"""`/_mock/metrics`: what the lanes have answered, for Prometheus."""

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest
import raw_http
from control_calls import call
from lanes import arrival, ask, stream
from prometheus_client.parser import text_string_to_metric_families

from mock_electron import Electron, MockElectron, Pace, Settings
from mock_electron.control.tallies import LATER_STEPS, MOST_AT_ONCE, MOST_STEPS, Tallies
from mock_electron.engine.lane import Lane
from mock_electron.serve.lanes import Lanes

Samples = dict[tuple[str, ...], float]
HI: Final = {"messages": raw_http.user("Hi")}
REQUESTS: Final = "mock_electron_requests_total"
FIRST_CHUNK: Final = "mock_electron_time_to_first_chunk_seconds"


@pytest.fixture
def electron() -> Iterator[Electron]:
    """A fake with a server of its own."""
    with MockElectron() as electron:
        yield electron


def scrape(electron: Electron) -> Samples:
    """Return all samples, by their name and the values of their labels."""
    response = call(electron.url, "GET", "/metrics")
    assert response.status == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.body.decode())
        for sample in family.samples
    }


def test_a_scrape_counts_what_was_answered(electron: Electron) -> None:
    """Everything before the first scrape is counted too: by status, who answered, and step."""
    electron.reply("Hello!")
    electron.when(says="no").fail(503)
    for words, key in (("Hi", "sk_a"), ("no", "sk_a"), ("Hi", "sk_mock_revoked"), ("Ho", "sk_a")):
        body = {"messages": raw_http.user(words)}
        raw_http.chat(electron, body, Authorization=f"Bearer {key}")
    samples = scrape(electron)
    requests = {key[1:]: value for key, value in samples.items() if key[0] == REQUESTS}
    assert requests == {
        ("pocket model", "200", ""): 1,
        ("step", "200", "1"): 1,
        ("step", "503", "2"): 1,
        ("gateway", "401", ""): 1,
    }
    assert samples["mock_electron_rejections_total", "authentication", "401"] == 1
    assert samples["mock_electron_chunks_total",] == 2
    assert samples["mock_electron_lanes",] == 1


def test_tokens_are_fresh_or_cached(electron: Electron) -> None:
    """The tokens of all prompts are counted, those from the prefix cache apart, and of replies."""
    for _ in range(2):
        raw_http.chat(electron, {"messages": raw_http.user("word " * 100)})
    samples = scrape(electron)
    usages = [exchange.chat_usage for exchange in electron.exchanges]
    cached = sum(usage.cached_tokens for usage in usages)
    assert cached > 0
    assert samples["mock_electron_prompt_tokens_total", "cached"] == cached
    prompts = sum(usage.prompt_tokens for usage in usages)
    assert samples["mock_electron_prompt_tokens_total", "fresh"] == prompts - cached
    completions = sum(usage.completion_tokens for usage in usages)
    assert samples["mock_electron_completion_tokens_total",] == completions


def test_later_requests_are_added(electron: Electron) -> None:
    """A count never decreases: not by a reset, and not when a lane is closed."""
    scrape(electron)
    call(electron.url, "PUT", "/lanes/a", {})
    lane = Electron(Lane(), f"{electron.url}/lanes/a")
    for one in (electron, lane, electron, lane):
        raw_http.chat(one, HI)
    call(electron.url, "POST", "/lanes/default/reset", {})
    call(electron.url, "DELETE", "/lanes/a")
    raw_http.chat(electron, HI)
    assert scrape(electron)[REQUESTS, "pocket model", "200", ""] == 5
    assert scrape(electron)[REQUESTS, "pocket model", "200", ""] == 5


def test_what_was_before_the_first_scrape_is_counted(electron: Electron) -> None:
    """Also in lanes that are closed by then, replaced or reset."""
    for name in ("closed", "replaced", "reset", "untouched"):
        call(electron.url, "PUT", f"/lanes/{name}", {})
        raw_http.chat(Electron(Lane(), f"{electron.url}/lanes/{name}"), HI)
    call(electron.url, "DELETE", "/lanes/closed")
    call(electron.url, "PUT", "/lanes/replaced", {})
    call(electron.url, "POST", "/lanes/reset/reset", {"only": ["cache", "journal"]})
    call(electron.url, "POST", "/lanes/untouched/reset", {"only": ["cache"]})
    assert scrape(electron)[REQUESTS, "pocket model", "200", ""] == 4
    call(electron.url, "DELETE", "/lanes/untouched")
    assert scrape(electron)[REQUESTS, "pocket model", "200", ""] == 4


def test_the_last_answers_of_a_closed_lane_are_counted(electron: Electron) -> None:
    """Those that are in flight when it is closed, before the first scrape."""
    call(electron.url, "PUT", "/lanes/a", {"settings": {"clock": "real", "pace": {"first": 0.3}}})
    lane = Electron(Lane(), f"{electron.url}/lanes/a")
    with raw_http.connect(lane) as client:
        client.sendall(raw_http.request_bytes(lane, HI))
        while not call(electron.url, "GET", "/lanes/a").json["in_flight"]:
            pass
        call(electron.url, "DELETE", "/lanes/a?wait=0")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
    while not (samples := scrape(electron)).get((REQUESTS, "pocket model", "200", "")):
        pass
    assert samples["mock_electron_completion_tokens_total",] > 0


def test_the_help_says_what_is_counted(electron: Electron) -> None:
    """Every count says since when."""
    response = call(electron.url, "GET", "/metrics")
    for family in text_string_to_metric_families(response.body.decode()):
        is_count = family.type in ("counter", "histogram")
        assert ("since the server started" in family.documentation) == is_count


def test_a_request_in_flight_is_counted_once_it_has_ended(electron: Electron) -> None:
    """Until then, only `in_flight` shows it."""
    answer = electron._lane.open(arrival(stream=True))
    during = scrape(electron)
    electron._lane.close(answer, 1)
    after = scrape(electron)
    assert during["mock_electron_in_flight",] == 1
    assert not any(key[0] == REQUESTS for key in during)
    assert after["mock_electron_in_flight",] == 0
    assert after[REQUESTS, "pocket model", "200", ""] == 1
    assert after["mock_electron_chunks_total",] == 1


@pytest.mark.parametrize("is_scraped", [True, False])
@pytest.mark.parametrize("only", ["all", "exchanges", "journal"])
def test_a_request_in_flight_at_a_reset_is_counted(
    is_scraped: bool, only: str, electron: Electron
) -> None:
    """The journal forgets it, but the answer is sent to its end. It is counted once."""
    if is_scraped:
        scrape(electron)
    ended, *both = (electron._lane.open(arrival(stream=True)) for _ in range(3))
    electron._lane.close(ended, 1)
    for _ in range(2):
        body = {} if only == "all" else {"only": [only]}
        assert call(electron.url, "POST", "/lanes/default/reset", body).status == 200
        electron._lane.close(both.pop(), 1)
    samples = scrape(electron)
    assert samples[REQUESTS, "pocket model", "200", ""] == 3
    assert samples["mock_electron_chunks_total",] == 3
    assert not electron._lane.journal._cleared


def test_the_time_to_the_first_chunk_is_that_of_the_lane(electron: Electron) -> None:
    """On a frozen clock it is that of the pace, although no time passes."""
    electron.pace(Pace(first=3, each=0.005))
    raw_http.chat(electron, HI | {"stream": True})
    samples = scrape(electron)
    [wait] = [exchange.time_to_first_chunk for exchange in electron.exchanges]
    assert wait
    assert samples[f"{FIRST_CHUNK}_sum",] == wait
    assert samples[f"{FIRST_CHUNK}_count",] == 1
    bounds = {float(key[1]): n for key, n in samples.items() if key[0] == f"{FIRST_CHUNK}_bucket"}
    assert bounds == {bound: float(bound >= wait) for bound in bounds}
    assert len(bounds) == 12


def test_without_the_extra_the_error_names_it(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is 501 with the command that installs the package."""
    monkeypatch.setattr("mock_electron.inputs.extras.find_spec", lambda _: None)
    response = call(electron.url, "GET", "/metrics")
    assert response.status == 501
    assert response.json["error"]["message"] == (
        "/_mock/metrics needs prometheus_client: install it with "
        'pip install "mock-electron[metrics]"'
    )


def test_nothing_is_counted_before_the_first_scrape() -> None:
    """Until then, the journal has no observer."""
    lane = Lane()
    tallies = Tallies(Lanes(lane))
    ask(lane)
    assert not tallies._noted
    assert not lane.journal._observers


def test_exchanges_are_counted_soon_and_some_at_a_time() -> None:
    """The loop counts them without a scrape, so that they need no memory until the next one."""

    async def count() -> list[int]:
        lane = Lane()
        tallies = Tallies(Lanes(lane))
        for _ in range(MOST_AT_ONCE + 1):
            stream(lane)
        tallies.begin()
        tallies.begin()
        noted = [len(tallies._noted)]
        for _ in range(2):
            tallies._count_soon()
            noted.append(len(tallies._noted))
        ask(lane)
        noted.append(len(tallies._noted))
        tallies._count_soon()
        return [*noted, tallies.requests.total()]

    assert asyncio.run(count()) == [MOST_AT_ONCE + 1, 1, 0, 1, MOST_AT_ONCE + 2]


def test_the_loop_counts_without_a_scrape(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exchange that has ended is counted by the event loop of the server, from any thread."""
    monkeypatch.setattr("mock_electron.control.tallies.DELAY", 0)

    async def count() -> int:
        lane = Lane()
        tallies = Tallies(Lanes(lane))
        tallies.begin()
        for _ in range(2):
            await asyncio.to_thread(ask, lane)
            while tallies._noted:
                await asyncio.sleep(0)
        return tallies.requests.total()

    assert asyncio.run(count()) == 2


def test_exchanges_that_the_journal_does_not_keep_are_counted() -> None:
    """A journal without room drops an exchange at once, even before its answer has ended."""

    async def count() -> int:
        lane = Lane(Settings(journal_exchanges=0))
        tallies = Tallies(Lanes(lane))
        tallies.begin()
        for _ in range(3):
            ask(lane)
        tallies.count()
        return tallies.requests.total()

    assert asyncio.run(count()) == 3


def test_the_number_of_labels_is_bounded() -> None:
    """Steps with large numbers share one label."""

    async def count() -> set[str]:
        lane = Lane()
        tallies = Tallies(Lanes(lane))
        electron = Electron(lane, "")
        for number in range(MOST_STEPS + 3):
            electron.reply(f"Hello {number}!")
        for _ in range(MOST_STEPS + 3):
            ask(lane)
        tallies.begin()
        tallies.count()
        assert tallies.requests[200, "step", LATER_STEPS] == 3
        return {step for _, _, step in tallies.requests}

    assert asyncio.run(count()) == {*map(str, range(1, MOST_STEPS + 1)), LATER_STEPS}
