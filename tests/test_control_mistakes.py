"""What the control API says about a mistake: the name, the place or the method to use instead."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import raw_http
from control_calls import paths, problems
from control_client import ControlClient, controlled

from mock_electron.control.routes import ROUTES


@pytest.fixture(scope="module")
def control() -> Iterator[ControlClient]:
    """The control API of a server with the lane `a`."""
    with controlled() as (_, client):
        client.put("/lanes/a")
        yield client


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/lanes", "GET, HEAD, POST"),
        ("POST", "/lanes/a", "DELETE, GET, HEAD, PUT"),
        ("GET", "/lanes/a/reset", "POST"),
        ("PATCH", "/lanes/a/steps/1", "DELETE, GET, HEAD"),
    ],
)
def test_a_wrong_method_names_all_methods_of_the_path(
    control: ControlClient, method: str, path: str, allowed: str
) -> None:
    """The message and the header `Allow` list the methods of all routes of the path."""
    answer = control.send(method, path, {})
    assert answer.status == 405
    assert answer.headers["allow"] == allowed
    words = f"/_mock{path} does not accept {method}; it accepts {allowed}"
    assert answer.json["error"]["message"] == words


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/lanes/a/stepz", "/lanes/{name}/steps"),
        ("/lanes/a-long-name-of-a-lane/step/1", "/lanes/{name}/steps/{number}"),
        ("/lane/a", "/lanes/{name}"),
        ("/lane", "/lanes"),
    ],
)
def test_a_wrong_path_names_the_nearest_route(
    control: ControlClient, path: str, route: str
) -> None:
    """The names in the path are no mistakes."""
    answer = control.send("POST", path, {})
    assert answer.status == 404
    assert f"Did you mean '/_mock{route}'?" in answer.json["error"]["message"]


@pytest.mark.parametrize("path", ["/lanes", "/lanes/a", "/lanes/a/steps", "/health"])
def test_a_slash_at_the_end_changes_nothing(control: ControlClient, path: str) -> None:
    """A client may join the address of a lane and an empty path. There is no redirect."""
    assert control.send("GET", f"{path}/").status == control.send("GET", path).status == 200
    assert control.send("PATCH", f"{path}/", {}).status == 405


def test_a_slash_in_the_name_of_a_lane_is_named(control: ControlClient) -> None:
    """The path has it as %2F, which is a slash for every server."""
    answer = control.send("PUT", "/lanes/a%2Fb", {})
    assert answer.status == 404
    words = "no route PUT '/_mock/lanes/a/b'; it has %2F, a slash, and the name of a lane has only "
    assert answer.json["error"]["message"].startswith(words)


def test_an_unknown_lane_names_those_that_there_are() -> None:
    """If no name is near, a few of them are listed."""
    with controlled() as (_, client):
        words = client.send("GET", "/lanes/nope").json["error"]["message"]
        assert words == "no lane 'nope'; only 'default' is open"
        for name in "abcdef":
            client.put(f"/lanes/{name}", {})
        words = client.send("GET", "/lanes/nope").json["error"]["message"]
        listed = "'default', 'a', 'b', 'c', 'd', 'e' and 1 more"
        assert words == f"no lane 'nope'; the open lanes are {listed}"


def test_a_name_with_a_line_break_is_refused_with_the_rule(control: ControlClient) -> None:
    """The message shows it. Without it, the path would look like one that exists."""
    answer = control.send("GET", "/lanes/a%0A/steps")
    words = "no route GET '/_mock/lanes/a\\n/steps'; the name of a lane has only "
    assert (answer.status, answer.json["error"]["message"][: len(words)]) == (404, words)


def test_the_control_api_is_not_below_a_lane(control: ControlClient) -> None:
    """The message says where it is; the server has one."""
    answer = raw_http.send(f"{control.url}/lanes/a/_mock/lanes", b"", method="GET")
    words = "Cannot GET /_mock/lanes. The control API is at /_mock; no lane is named before it"
    assert (answer.status, answer.json["error"]["message"]) == (404, words)


def test_a_key_of_another_lane_is_named_by_its_place(control: ControlClient) -> None:
    """All such keys are listed, each with its place, and no key is shown."""
    control.put("/lanes/k1", {"keys": ["sk_team", "sk_other"]})
    given = ["sk_other", "sk_new", "sk_lane_shop", "sk_team"]
    answer = control.send("POST", "/lanes", {"keys": given})
    assert (answer.status, paths(answer)) == (409, ["keys[0]", "keys[2]", "keys[3]"])
    assert "names the lane 'k1' already" in problems(answer)[0]["message"]
    assert "sk_other" not in answer.body.decode()
    opened = control.send("POST", "/lanes", {"name": "a"})
    assert (opened.status, paths(opened)) == (409, ["name"])


NEEDED: Final = [
    *(f"{method} /lanes/a/steps" for method in ("POST", "PUT")),
    *("POST /check", "POST /lanes/a/faults", "POST /lanes/a/clock/advance", "POST /lanes/a/verify"),
]
"""The routes that need a body."""


def test_an_empty_body_is_named(control: ControlClient) -> None:
    """A route that needs a body says that there is none; the others do without."""
    for row in ROUTES:
        route = f"{row.method} {row.path}".replace("{name}", "a")
        if row.body is None or route == "PUT /lanes/a":
            continue
        method, path = route.split()
        answer = control.send(method, path, b"")
        if route in NEEDED:
            error = answer.json["error"]
            assert (answer.status, error["message"]) == (422, "the body is empty"), route
            assert error["problems"] == [{"path": "", "message": "the body is empty"}]
        else:
            assert answer.status in (200, 201), route


def test_an_unknown_number_names_those_that_there_are(control: ControlClient) -> None:
    """The first and the last one, or the nearest ones if some are missing."""
    control.put("/lanes/n", {"steps": [{"reply": "a"}] * 4})

    def said(method: str, path: str) -> str:
        words: str = control.send(method, f"/lanes/n{path}").json["error"]["message"]
        return words

    assert said("GET", "/steps/7") == "no step 7; there are steps from 1 to 4"
    assert said("DELETE", "/steps/0") == "no step 0; there are steps from 1 to 4"
    assert said("GET", "/exchanges/0") == "no exchange 0; there are none"
    assert said("DELETE", "/faults/9") == "no fault 9; there are none"
    control.post("/lanes/n/faults", {"fault": "cut"})
    assert said("DELETE", "/faults/9") == "no fault 9; there is only fault 0"
    assert (
        said("DELETE", "/faults/x")
        == "no fault 'x'; id must be an integer from 0 to 999999999999999"
    )
    for number in (2, 3):
        control.delete(f"/lanes/n/steps/{number}")
    assert said("GET", "/steps/3") == "no step 3; the nearest are 1 and 4"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a", "the lane 'a' is open already; PUT replaces it"),
        ("default", "the default lane is always open; POST …/reset returns it to its start"),
    ],
)
def test_a_lane_that_is_open_cannot_be_opened(
    control: ControlClient, name: str, words: str
) -> None:
    """The message names what to do instead."""
    answer = control.send("POST", "/lanes", {"name": name})
    assert (answer.status, answer.json["error"]["message"]) == (409, words)


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/lanes", {"name": "a b"}, "the name of a lane must be 1 to 100 letters, digits,"),
        ("/lanes/a/reset", {"only": ["scripts"]}, "unknown part 'scripts'"),
        ("/lanes/a/faults", {"fail": 503}, "unknown field 'fail'. It goes inside fault."),
        ("/lanes/a/faults", {"cut": {}}, "unknown field 'cut'. It goes inside fault."),
        ("/lanes/a/faults", {"fualt": 1}, "Did you mean 'fault'?"),
    ],
)
def test_a_wrong_body_is_named(control: ControlClient, path: str, body: Any, words: str) -> None:
    """The message says what the value must be, or where the field belongs."""
    answer = control.send("POST", path, body)
    assert answer.status == 422
    assert words in answer.json["error"]["message"]


def test_a_short_key_that_is_taken_is_named_by_its_place(control: ControlClient) -> None:
    """A message does not show such a key; a bare ellipsis says nothing."""
    control.put("/lanes/k2", {"keys": ["sk_a"]})
    answer = control.send("PUT", "/lanes/k3", {"keys": ["sk_long_enough", "sk_a"]})
    [problem] = problems(answer)
    assert (answer.status, problem["path"]) == (409, "keys[1]")
    assert problem["message"] == "this key names the lane 'k2' already"


def test_a_missing_file_of_the_page_suggests_no_lane(control: ControlClient) -> None:
    """Its path looks like that of a lane."""
    message = control.send("GET", "/page/mian.js").json["error"]["message"]
    assert message == "no route GET '/_mock/page/mian.js'."
