"""Hints about missing requests fit the case: the fixture, what arrived, and how the test failed."""

import httpx
import pytest

from mock_electron import Electron, MockElectron

TEST = """
import httpx

BODY = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}]}

def ask(electron):
    headers = {"Authorization": f"Bearer {electron.api_key}"}
    url = electron.base_url + "/chat/completions"
    return httpx.post(url, json=BODY, headers=headers, trust_env=False)

def test_models(electron):
    httpx.get(electron.base_url + "/models", trust_env=False)
    electron.assert_called()

def test_mistake(electron):
    electron.reply("x", tims=2)

def test_wrong_value(electron):
    electron.fail(302)

def test_name(electron):
    undefined

def test_reset(electron):
    ask(electron)
    electron.reset("exchanges")
    electron.assert_called()

def test_nothing(electron):
    electron.assert_called()

def test_plain(electron):
    assert len(electron.exchanges) == 1

def test_session(electron_session):
    assert len(electron_session.exchanges) == 1
"""


def reports(pytester: pytest.Pytester) -> dict[str, str]:
    """Run the tests, and return the report of each."""
    pytester.makepyfile(TEST)
    output = pytester.runpytest_inprocess("-p", "no:cacheprovider").stdout.str()
    parts = output.partition("short test summary")[0].split("\n_____")[1:]
    return {part.partition(" _")[0].strip("_ ").removeprefix("test_"): part for part in parts}


def test_the_hints_fit_the_case(pytester: pytest.Pytester) -> None:
    """The base URL is doubted only if it may be wrong, under the name of the fixture."""
    found = reports(pytester)
    doubt = "is the base_url of the client "
    doubted = {name for name, text in found.items() if doubt in text}
    assert doubted == {"nothing", "plain", "session"}
    assert "GET /waves/v1/models arrived, but no POST" in found["models"]
    assert "1 request arrived before electron.reset()" in found["reset"]
    assert f"{doubt}electron_session.base_url, " in found["session"]
    assert [name for name, text in found.items() if text.count("Replay: pytest") != 1] == []
    assert [name for name, text in found.items() if text.count("no requests") > 1] == []


def test_a_failure_without_requests_lists_none() -> None:
    """The message says once that there is no request."""
    with (
        MockElectron() as electron,
        pytest.raises(AssertionError, match="but no request was received") as caught,
    ):
        electron.assert_called()
    assert "no requests" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "is_right"),
    [
        ("/waves/v1/responses", True),
        ("/waves/v1/waves/v1/chat/completions", False),
        ("/v1/chat/completions", False),
    ],
)
def test_other_paths_show_whether_the_base_url_is_right(path: str, is_right: bool) -> None:
    """A path inside the base URL shows that it is right."""
    with MockElectron() as electron:
        httpx.post(electron.url + path, json={}, trust_env=False)
        message = failure(electron)
    assert "no request for the chat endpoint was received" in message
    assert ("the base_url of the client is right" in message) == is_right
    assert ("is the base_url of the client electron.base_url" in message) != is_right


def failure(electron: Electron) -> str:
    with pytest.raises(AssertionError) as caught:
        electron.assert_called()
    return str(caught.value)
