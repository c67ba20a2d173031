"""What the control API says about a mistake: the name, the place or the method to use instead."""

from collections.abc import Iterator
from typing import Any

import pytest
from control_client import ControlClient, controlled


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


@pytest.mark.parametrize("path", ["/lanes/a/stepz", "/lanes/a/steps/"])
def test_a_wrong_path_names_the_nearest_route(control: ControlClient, path: str) -> None:
    """A misspelled path is an error, and so is a slash at the end: there is no redirect."""
    answer = control.send("POST", path, {})
    assert answer.status == 404
    assert "Did you mean '/_mock/lanes/{name}/steps'?" in answer.json["error"]["message"]


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
