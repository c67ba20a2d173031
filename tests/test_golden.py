"""Golden exchanges: every request in `fixtures/wire/` gets the recorded answer, byte for byte."""

from pathlib import Path

import golden
import raw_http
from rows import each_of

from mock_electron.serve.server import Server


@each_of((path,) for path in golden.EXCHANGES)
def test_the_lane_gives_the_golden_answer(path: Path) -> None:
    """The lane's status, headers and body are the recorded ones."""
    exchange = golden.read(path)
    answer = golden.lane(exchange).open(golden.arrival(exchange))
    assert golden.answered(answer) == exchange["answer"]


def test_the_server_sends_the_golden_answer(electron_server: Server) -> None:
    """A real socket receives the recorded answer, apart from `Transfer-Encoding`."""
    each_of((path, electron_server) for path in golden.EXCHANGES)(assert_sent)()


def assert_sent(path: Path, electron_server: Server) -> None:
    exchange = golden.read(path)
    arrival = golden.arrival(exchange)
    url = electron_server.open_lane(golden.lane(exchange))
    headers = {"Authorization": arrival.authorization, "Content-Type": arrival.content_type}
    headers = {name: value for name, value in headers.items() if value}
    response = raw_http.send(url + arrival.path, arrival.body, arrival.method, headers)
    electron_server.close_lane(url)
    expected = exchange["answer"]
    added = {"transfer-encoding": "chunked"} if "content-length" not in expected["headers"] else {}
    assert response.status == expected["status"]
    assert response.headers == expected["headers"] | added
    assert response.body.decode() == expected["body"]


def test_every_golden_exchange_has_a_reason() -> None:
    """Each file states in a sentence what the exchange proves."""
    assert len(golden.EXCHANGES) >= 30
    assert all(golden.read(path)["why"].endswith(".") for path in golden.EXCHANGES)
