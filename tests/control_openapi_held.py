"""Verification of the OpenAPI document of the control API with schemathesis, in a real server.

Schemathesis generates valid and invalid requests for every route, sends them, and checks each
answer against the document. The requests are the same in every run.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http.client import IncompleteRead
from typing import Any, Final
from zlib import crc32

import pytest
import raw_http
import requests
import schemathesis
from control_calls import call
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from mock_electron import Electron, MockElectron
from mock_electron.control.event_log import Events
from mock_electron.control.openapi import document
from mock_electron.control.routes import ROUTES

Case = schemathesis.Case[Any]

REFUSED: Final = [400, 404, 409, 410, 415, 422]
"""What an invalid request may get: whether its lane is open is decided first."""
CONFIG: Final = schemathesis.Config.from_dict(
    {
        "seed": 0,
        "checks": {"negative_data_rejection": {"expected-statuses": REFUSED}},
        # It has thousands of cases for the schema of steps, which take minutes.
        "phases": {"coverage": {"enabled": False}},
    }
)
DOCUMENT: Final = schemathesis.openapi.from_dict(
    json.loads(json.dumps(document(ROUTES))), config=CONFIG
)
NAMES: Final = ("full", "default", "full", "closed", "unknown")
"""The lanes that are asked for, the one with exchanges most often."""
MOST_NUMBERS: Final = 8
"""The numbers of steps, faults and exchanges that are asked for; some of them exist."""
EXCLUDED_CHECKS: Final = [
    positive_data_acceptance,  # a valid body may contradict itself: 422
    unsupported_method,  # a request that changes something is refused before its route is known
]
SESSION: Final = requests.Session()
"""One for all requests: a new session and connection takes longer than an answer."""
SESSION.trust_env = False  # otherwise it looks for proxies at each request
STEPS: Final[Any] = [
    {"when": {"says": {"regex": "hi"}}, "reply": "Hello!"},
    {"fail": 429},
    {"reply": {"calls": [{"get_weather": {"city": "Pune"}}], "filler": "One moment."}},
    {"when": {"says": "never"}, "inject": ["reset"]},
]


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server with lanes, steps, faults and exchanges. Nothing waits, and streams end."""
    monkeypatch.setattr("mock_electron.control.exchanges.LONGEST_WAIT", 0.01)
    monkeypatch.setattr("mock_electron.control.lane_routes.LONGEST_WAIT", 0.01)
    monkeypatch.setattr(Events, "follow", _hello)
    with MockElectron() as electron:
        for name in ("full", "closed"):
            call(electron.url, "PUT", f"/lanes/{name}", {"steps": STEPS, "keys": [f"sk_{name}"]})
        call(electron.url, "DELETE", "/lanes/closed")
        call(electron.url, "POST", "/lanes/full/faults", {"fault": "cut", "when": {"says": "cut"}})
        call(electron.url, "POST", "/lanes/full/faults", {"fault": {"stall": {}}, "rate": 0})
        full = Electron(electron._lane, f"{electron.url}/lanes/full")
        for words in ("hi", "no", "yes", "cut"):
            for streamed in (False, True):
                with suppress(IncompleteRead):  # the cut
                    raw_http.chat(full, {"messages": raw_http.user(words), "stream": streamed})
        raw_http.chat(full, b"\xff")
        raw_http.chat(full, b"{")
        raw_http.send(full.url + "/nowhere", b"")
        yield electron.url


async def _hello(
    _events: Events, _position: int | None, _lane: str | None, **_latest: bool
) -> AsyncIterator[dict[str, Any]]:
    yield {"event": "hello", "id": "0", "data": "{}"}


def _aim(case: Case) -> None:
    """Make a request name lanes and numbers that exist, and some that do not."""
    given: dict[str, Any] = case.path_parameters or {}
    if isinstance(given.get("name"), str):
        given["name"] = NAMES[crc32(repr((given, case.query, case.body)).encode()) % len(NAMES)]
    for name in ("number", "id"):
        if type(given.get(name)) is int and given[name] >= 0:
            given[name] %= MOST_NUMBERS


@pytest.fixture(scope="module")
def statuses() -> Iterator[Counter[int]]:
    """Count answers by status, and check at the end that there are enough of each."""
    counts: Counter[int] = Counter()
    yield counts
    assert counts[200] >= 15
    assert counts[201] >= 1
    assert counts[422] >= 15
    assert {404} <= set(counts) <= {200, 201, 404, 409, 410, 415, 422}


@DOCUMENT.parametrize()
@settings(max_examples=3, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
def test_every_answer_is_as_the_document_describes(
    case: Case, url: str, statuses: Counter[int]
) -> None:
    """Valid and invalid requests get an answer with a described status and body; never a 5xx."""
    _aim(case)
    answer = case.call_and_validate(
        base_url=f"{url}/_mock", excluded_checks=EXCLUDED_CHECKS, session=SESSION
    )
    statuses[answer.status_code] += 1
