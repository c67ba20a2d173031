"""`GET /lanes/{name}/what-if`: the requests of a lane in another world, over HTTP."""

from control_client import controlled
from lanes import ask
from rows import each_of

from mock_electron.engine.lane import Lane
from mock_electron.traffic.exchanges import exchanges_of


def test_another_world_over_http() -> None:
    """The answer is what `to_dict` gives in Python, with the same options."""
    lane, path = Lane(), "/lanes/default/what-if"
    for number in range(12):
        ask(lane, f"Question {number} for Asha")
    same = exchanges_of(lane.exchanges(), 0, "", lane.settings).what_if()
    query = "plan=10/3&pace=p95&move=Asha&last=true&max_tokens=4&rates=1:0.5:2&without_tools=a,b"
    query += "&prefix_cache_tokens=0&stream=true&include_usage=true"
    with controlled(lane) as (_, client):
        assert client.get(path) == same.to_dict()
        found = client.get(f"{path}?{query}")
    assert found["after"]["refused"] == [10, 11]
    assert found["after"]["cached_tokens"] == 0
    assert found["after"]["cost"] > 0
    assert [one["number"] for one in found["differences"]] == [*range(12)]


@each_of(
    [
        ("plan=50/x", "unknown plan '50/x'"),
        ("pace=p59", "unknown pace 'p59'"),
        ("move=Nobody", "no prompt has 'Nobody'"),
        ("last=true", "last needs move"),
        ("max_tokens=0", "max_tokens must be an integer from 1"),
        ("rates=/etc/passwd", "rates must be example, or three prices"),
        ("plans=x", "unknown parameter 'plans'"),
        ("move=", "move must be a non-empty text"),
    ]
)
def test_wrong_parameters_are_named(query: str, words: str) -> None:
    """The status is 422, and the message names the parameter."""
    lane = Lane()
    ask(lane)
    with controlled(lane) as (_, client):
        response = client.send("GET", f"/lanes/default/what-if?{query}")
    assert response.status == 422
    assert words in response.body.decode()
