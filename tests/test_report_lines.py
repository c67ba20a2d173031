"""Sentences of reports and messages: each is complete, and says what happened."""

from typing import Any

import pytest
from lanes import ask

from mock_electron import Electron, Settings, call, fail
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.wire.request import freeze

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"required": ["x"]}}}


def electron_with(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def test_two_sentences_have_a_full_stop_between_them() -> None:
    """The advice about braces begins after a full stop or a question mark."""
    for text in ("{{}}", "{{zzzzzz}}", "{{turm}}"):
        with pytest.raises(ValueError, match=r"(\.|\?) Or write '\{\{\{\{' for two braces$"):
            electron_with().reply(text)


@pytest.mark.parametrize("status", [302, 700, 0])
def test_a_page_needs_a_status_in_a_range(status: int) -> None:
    """With the page or the body of a proxy, the message has only the range."""
    options: Any = ({"page": "nginx"}, {"body": "html"}, {"body": "empty"})
    for one in options:
        with pytest.raises(ValueError, match=r"^kind must be a status from 400 to 599, got"):
            fail(status, **one)


def test_a_request_with_a_wrong_step_had_a_step() -> None:
    """The title tells requests without a step from requests whose step does not fit."""
    electron = electron_with(strict=True)
    electron.when(says="tool").reply(call("f", y=1))
    electron.when(says="cut").reply("Hi!").cut(after=3)
    ask(electron._lane, "tool", tools=[TOOL])
    ask(electron._lane, "cut")
    ask(electron._lane, "neither")
    with pytest.raises(AssertionError) as caught:
        electron.assert_scripted()
    message = str(caught.value)
    assert "1 request had no step in the script.\n#2: No step" in message
    assert "2 requests had a step that does not fit the request.\n#0: step 1" in message
    assert "Cut(after=3) needs a stream" in message
    assert "inside=None" not in message


def test_a_line_does_not_announce_a_list() -> None:
    """The line of a request without a step ends with what it was, not with a colon."""
    electron = electron_with(strict=True)
    electron.when(says="x").reply("y")
    ask(electron._lane, "Hi")
    assert "(turn 1, 'Hi').\" (setting strict)" in str(electron.exchanges.last)


def test_only_texts_are_in_quotes() -> None:
    """A parameter that differs is shown as the value that it is."""
    shown = {0.5: "0.5", "a": "'a'", True: "True", None: "None"}
    for value, text in shown.items():
        request = freeze({"messages": [{"role": "user", "content": "Hi"}], "user": value})
        (difference,) = Match.of(parameters={"user": 9}).differences(MatchInput(request, (), ""))
        assert difference == f"user 9, but it is {text}"


@pytest.mark.parametrize("error", [ValueError(), AssertionError(""), KeyError("a")])
def test_an_exception_without_a_message_has_no_colon(error: Exception) -> None:
    """The line has the type, and the message if there is one."""
    electron = electron_with()

    def function(_request: object) -> str:
        raise error

    electron.respond_with(function)
    ask(electron._lane)
    expected = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    assert f" -> {expected} | 500" in str(electron.exchanges.last)
