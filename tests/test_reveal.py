"""`reveal` and `cors`: headers that tell a client, or let a web page read, what answered it."""

from typing import Any, Final

import pytest
import raw_http
from raw_http import chat, user

from mock_electron import Electron, fail, faults
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.serve.server import Server

HI: Final[Any] = {"messages": user("Hi")}
EXCHANGE: Final = "x-mock-electron-exchange"
STEP: Final = "x-mock-electron-step"
FAULT: Final = "x-mock-electron-fault"
PAGE: Final = "http://localhost:3000"


def revealed(response: raw_http.Response) -> tuple[str | None, str | None, str | None]:
    """Return what the three headers say."""
    exchange, step, fault = (response.headers.get(name) for name in (EXCHANGE, STEP, FAULT))
    return exchange, step, fault


@pytest.mark.electron(reveal=True)
def test_every_answer_reveals_its_exchange(electron: Electron) -> None:
    """The number leads to the exchange, whoever answered, and the journal has the header too."""
    electron.reply("scripted")
    electron.fail(503)
    answers = [chat(electron, HI) for _ in range(3)]
    assert [revealed(one) for one in answers] == [
        ("0", "1", None),
        ("1", "2", "fail applied"),
        ("2", None, None),
    ]
    assert revealed(chat(electron, b"{}"))[0] == "3"
    electron.reset("exchanges")
    assert revealed(chat(electron, HI))[0] == "0"
    assert electron.exchanges.last.response_headers[EXCHANGE] == "0"


@pytest.mark.electron(reveal=True)
def test_faults_are_revealed_whether_they_applied_or_not(electron: Electron) -> None:
    """A fault that was asked for and did not apply is as visible as one that did."""
    electron.inject(faults.Fragment(9))
    electron.inject(faults.Crlf(), every=1)
    applied = chat(electron, HI | {"stream": True})
    assert revealed(applied)[2] == "fragment, crlf applied"
    electron.fail(429)
    missed = chat(electron, HI, **{"X-Mock-Electron": "crlf"})
    assert revealed(missed)[2] == (
        "fail applied; crlf not applied: another fault replaced the reply"
    )


def test_nothing_is_revealed_by_default(electron: Electron) -> None:
    """Electron has no such headers."""
    electron.inject(fail(503))
    assert revealed(chat(electron, HI)) == (None, None, None)


@pytest.mark.electron(reveal=True)
def test_the_body_is_the_same(electron_lane: Any) -> None:
    """Only headers are added."""
    hidden = chat(electron_lane(reveal=False), HI)
    shown = chat(electron_lane(), HI)
    assert hidden.body == shown.body
    assert shown.headers.keys() - hidden.headers.keys() == {EXCHANGE}


@pytest.mark.electron(cors=PAGE, reveal=True)
def test_a_page_of_an_allowed_origin_may_read_answers(electron: Electron) -> None:
    """The preflight request is answered, and so is the request, with the headers of CORS."""
    url = f"{electron.base_url}/chat/completions"
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    preflight = raw_http.send(url, method="OPTIONS", headers=asked)
    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == PAGE
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answer = chat(electron, HI, Origin=PAGE)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert EXCHANGE in answer.headers["access-control-expose-headers"]
    assert len(electron.exchanges) == 1


@pytest.mark.parametrize(("name", "status"), [("gone", 410), ("never", 404), ("open", 200)])
def test_a_page_may_read_that_its_lane_is_not_open(name: str, status: int) -> None:
    """The origins are those of the server. The preflight request leaves nothing in the journal."""
    with Server(Lane(Settings(cors=(PAGE,)))) as server:
        server.open_lane(Lane(Settings(cors=(PAGE,))), "open")
        server.close_lane(server.open_lane(Lane(), "gone"))
        lane = Electron(Lane(), f"{server.url}/lanes/{name}")
        asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
        url = f"{lane.base_url}/chat/completions"
        preflight = raw_http.send(url, method="OPTIONS", headers=asked)
        assert preflight.status == 200
        assert preflight.headers["access-control-allow-origin"] == PAGE
        assert server.app.lanes.default.journal.opened == 0
        answer = chat(lane, HI, Origin=PAGE)
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, PAGE)
        foreign = chat(lane, HI, Origin="http://localhost:4000")
        assert "access-control-allow-origin" not in foreign.headers


@pytest.mark.parametrize("origins", [(), (PAGE,)])
def test_other_pages_may_not(electron_lane: Any, origins: tuple[str, ...]) -> None:
    """Without the setting, and for another origin, there is no header that lets a page read."""
    answer = chat(electron_lane(cors=origins), HI, Origin="http://localhost:4000")
    assert "access-control-allow-origin" not in answer.headers


def test_revealing_ends_the_answers_at_once() -> None:
    """The ready answers have no such headers, so a lane that reveals does not use them."""
    assert Lane(Settings()).is_plain
    assert not Lane(Settings(reveal=True)).is_plain
