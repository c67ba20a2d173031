"""The fixtures of the pytest plugin: isolated lanes, real HTTP, errors where a mistake is made."""

import asyncio
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from raw_http import Response, chat, user

from mock_electron import Electron, call, fail, reply

ASK = """
import json, urllib.request

def ask(electron, **fields):
    body = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}], **fields}
    headers = {"Authorization": f"Bearer {electron.api_key}", "Content-Type": "application/json"}
    url = electron.base_url + "/chat/completions"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)["choices"][0]["message"]["content"]
"""


def ask(electron: Electron, **fields: Any) -> Response:
    return chat(electron, {"messages": user("Hi"), **fields})


def content(response: Response) -> Any:
    return response.json["choices"][0]["message"]["content"]


def test_it_answers_without_any_script(electron: Electron) -> None:
    """The pocket model answers, and the exchange is recorded."""
    assert content(ask(electron))
    [exchange] = electron.exchanges
    assert exchange.request is not None
    assert exchange.request.last.content == "Hi"


def test_a_scripted_text(electron: Electron) -> None:
    """It is the next answer, and is used once."""
    electron.reply("Good morning!")
    assert content(ask(electron)) == "Good morning!"
    assert content(ask(electron)) != "Good morning!"


def test_a_scripted_call_with_its_filler(electron: Electron) -> None:
    """The filler is the content of the message that contains the call."""
    electron.reply(call("get_weather", city="Mumbai"), filler="Let me check that…")
    message = ask(electron).json["choices"][0]["message"]
    assert message["content"] == "Let me check that…"
    [made] = message["tool_calls"]
    assert made["function"] == {"name": "get_weather", "arguments": '{"city": "Mumbai"}'}


def test_several_scripted_calls(electron: Electron) -> None:
    """Calls without a filler are one message whose content is null."""
    electron.reply(call("f", x=1), call("g"))
    message = ask(electron).json["choices"][0]["message"]
    assert message["content"] is None
    assert [made["function"]["name"] for made in message["tool_calls"]] == ["f", "g"]


def test_scripted_failures(electron: Electron) -> None:
    """Each fails as often as scripted; then the pocket model answers again."""
    electron.fail(503, times=2)
    electron.fail("concurrency", message="Too many at once", retry_after=7)
    answers = [ask(electron) for _ in range(4)]
    assert [answer.status for answer in answers] == [503, 503, 429, 200]
    assert answers[2].error["message"] == "Too many at once"
    assert answers[2].headers["retry-after"] == "7"


def test_a_reply_for_several_requests(electron: Electron) -> None:
    """`times` is the number of requests that get the reply."""
    electron.reply("again", times=2)
    assert [content(ask(electron)) for _ in range(2)] == ["again", "again"]


@pytest.mark.parametrize(
    "arguments",
    [(), (5,), ("a", "b"), ("a", call("f")), (call("f"), "a"), (None,)],
    ids=repr,
)
def test_a_reply_that_makes_no_sense(electron: Electron, arguments: Any) -> None:
    """TypeError where the reply is written. The message says what a reply is."""
    with pytest.raises(TypeError, match=r"reply\(\) takes one text, or one or more call\(…\)"):
        electron.reply(*arguments)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (lambda e: e.reply("a\ud800"), r"must not contain a lone surrogate, got .*1\)"),
        (lambda e: e.reply(call("f"), filler="\ud800"), "filler must not contain a lone surrogate"),
        (lambda e: e.fail(503, message="\ud800"), "message must not contain a lone surrogate"),
        (lambda e: e.fail(503, message=5), "message must be .*got 5"),
        (lambda e: e.fail(429, retry_after=-5), "retry_after must be an integer .*got -5"),
        (lambda e: e.fail(429, retry_after="soon"), "retry_after must be an integer .*got 'soon'"),
    ],
)
def test_text_that_cannot_be_sent_is_an_error_where_it_is_written(
    electron: Electron, script: Any, words: str
) -> None:
    """The mistake is not found later, by a request."""
    with pytest.raises((TypeError, ValueError), match=words):
        script(electron)


def test_a_filler_without_a_call(electron: Electron) -> None:
    """TypeError: a filler is spoken before a call, and a text has no call."""
    with pytest.raises(TypeError, match="filler='x'"):
        electron.reply("text", filler="x")


ANSWERS: list[tuple[Any, int, Any]] = [
    ("a text", 200, "a text"),
    (call("f", x=1), 200, None),
    ([call("f"), call("g")], 200, None),
    (reply(call("f"), filler="One moment…"), 200, "One moment…"),
    (fail(503), 503, None),
]


@pytest.mark.parametrize(("answer", "status", "words"), ANSWERS, ids=repr)
def test_a_function_answers_instead_of_the_pocket_model(
    electron: Electron, answer: Any, status: int, words: Any
) -> None:
    """It receives the request, and returns a text, calls, a reply or an error."""
    seen = []

    def respond(request: Any) -> Any:
        seen.append(request.last.content)
        return answer

    electron.respond_with(respond)
    response = ask(electron)
    assert response.status == status
    assert seen == ["Hi"]
    if status == 200:
        assert content(response) == words


def test_the_script_comes_before_the_function(electron: Electron) -> None:
    """Scripted steps are used up first."""
    electron.respond_with(lambda request: "from the function")
    electron.reply("from the script")
    assert [content(ask(electron)) for _ in range(2)] == ["from the script", "from the function"]


@pytest.mark.parametrize("answer", [5, None, [], ["a", "b"]], ids=repr)
def test_a_function_that_returns_something_else(
    electron: Electron, caplog: pytest.LogCaptureFixture, answer: Any
) -> None:
    """The answer is 500, and the log says what the function may return."""
    electron.respond_with(lambda request: answer)
    assert ask(electron).status == 500
    assert "the function given to respond_with() returned" in caplog.text


def test_a_failure_that_electron_does_not_have(electron: Electron) -> None:
    """ValueError where it is written, with the nearest name."""
    with pytest.raises(ValueError, match="Did you mean 'overloaded'"):
        electron.fail("overload")  # type: ignore[call-overload]  # wrong on purpose


@pytest.mark.electron(seed=7, sampling="varied")
def test_a_marker_sets_the_lane(electron: Electron) -> None:
    """The marker accepts settings by name."""
    assert content(ask(electron)) != content(ask(electron))


PROGRAM = """
import json, os, urllib.request

body = {"model": "electron", "messages": [{"role": "user", "content": "Hi"}]}
request = urllib.request.Request(
    os.environ["OPENAI_BASE_URL"] + "/chat/completions",
    json.dumps(body).encode(),
    {
        "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["choices"][0]["message"]["content"])
"""


def test_the_environment_points_a_subprocess_at_the_fake(electron: Electron) -> None:
    """The variables that OpenAI's client reads are set, and SMALLEST_API_KEY."""
    electron.reply("from a subprocess")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | electron.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "from a subprocess\n"
    keys = {"SMALLEST_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_KEY"}
    control = {"MOCK_ELECTRON_URL", "MOCK_ELECTRON_CONTROL_URL", "MOCK_ELECTRON_LANE"}
    assert set(electron.env) == keys | control | {"NO_PROXY", "no_proxy"}


def test_threads_of_one_test_share_its_lane(electron: Electron) -> None:
    """Every request is recorded, and each occurrence is counted once."""
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: ask(electron).status, range(40)))
    assert statuses == [200] * 40
    assert sorted(exchange.occurrence for exchange in electron.exchanges) == list(range(40))


async def _ask_async(electron: Electron) -> Any:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{electron.base_url}/chat/completions",
            json={"model": "electron", "messages": user("Hi")},
            headers={"Authorization": f"Bearer {electron.api_key}"},
        )
    return answer.json()["choices"][0]["message"]["content"]


@pytest.mark.asyncio
async def test_in_an_asyncio_test(electron: Electron) -> None:
    """With pytest-asyncio: the server runs in its own loop, so the test does not block it."""
    electron.reply("async", times=3)
    assert await asyncio.gather(*(_ask_async(electron) for _ in range(3))) == ["async"] * 3
    assert len(electron.exchanges) == 3


@pytest.mark.anyio
async def test_in_an_anyio_test(electron: Electron, anyio_backend_name: str) -> None:
    """With anyio, on asyncio and on trio."""
    electron.reply(anyio_backend_name)
    assert await _ask_async(electron) == anyio_backend_name


def test_tests_are_isolated(pytester: pytest.Pytester) -> None:
    """A test sees neither the script nor the exchanges of another one."""
    pytester.makepyfile(
        ASK
        + """
import pytest

def test_one(electron):
    electron.reply("left over")

def test_two(electron):
    assert ask(electron) != "left over"
    assert len(electron.exchanges) == 1

@pytest.mark.parametrize("n", range(20))
def test_many(electron, n):
    electron.reply(str(n))
    assert ask(electron) == str(n)
"""
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=22)


def test_one_server_per_process_starts_when_it_is_needed(pytester: pytest.Pytester) -> None:
    """Tests share one server, and there is none before the first test that needs it."""
    pytester.makepyfile(
        """
import threading

def servers():
    return [thread for thread in threading.enumerate() if thread.name == "mock-electron"]

def test_none_yet():
    assert len(servers()) == BEFORE

def test_one(electron, electron_server):
    assert electron.url.startswith(electron_server.url + "/lanes/")
    assert len(servers()) == BEFORE + 1

def test_still_one(electron):
    assert len(servers()) == BEFORE + 1
""".replace("BEFORE", str(len([t for t in threading.enumerate() if t.name == "mock-electron"])))
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=3)


WRONG_MARKERS = {
    "sead=1": "*'sead'*Did you mean 'seed'?*",
    "sampling='wild'": "*sampling *'wild'*",
    "7": "* settings by name*",
}
"""Arguments of the marker, and the message."""


def test_a_wrong_marker_is_one_clear_message(pytester: pytest.Pytester) -> None:
    """The test errors in its set-up, without a traceback of the plugin."""
    tests = [
        f"@pytest.mark.electron({arguments})\ndef test_{number}(electron): pass\n"
        for number, arguments in enumerate(WRONG_MARKERS)
    ]
    pytester.makepyfile("import pytest\n" + "".join(tests))
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=len(WRONG_MARKERS))
    for number, message in enumerate(WRONG_MARKERS.values()):
        title = f"*_ ERROR at setup of test_{number} _*"
        result.stdout.fnmatch_lines([title, f"@pytest.mark.electron{message}"], consecutive=True)
    result.stdout.no_fnmatch_line("*lanes.py*")


def test_markers_add_up_and_the_nearest_wins(pytester: pytest.Pytester) -> None:
    """A function's marker adds to that of its class, and overrides it."""
    pytester.makepyfile(
        """
import pytest

@pytest.mark.electron(seed=1, api_keys=("sk_a",))
class TestMarkers:
    @pytest.mark.electron(seed=2)
    def test_both(self, electron):
        assert electron._lane.settings.seed == 2
        assert electron.api_key == "sk_a"
"""
    )
    pytester.runpytest_inprocess("--strict-markers").assert_outcomes(passed=1)


def test_the_fixtures_and_the_marker_explain_themselves(pytester: pytest.Pytester) -> None:
    """`pytest --fixtures` and `pytest --markers` describe them."""
    fixtures = pytester.runpytest_inprocess("--fixtures")
    fixtures.stdout.fnmatch_lines(["electron --*", "*A fake Electron for this test alone.*"])
    markers = pytester.runpytest_inprocess("--markers")
    markers.stdout.fnmatch_lines(["@pytest.mark.electron(**settings)*"])


def test_the_public_names() -> None:
    """Every name in `__all__` exists, and any other name is an AttributeError."""
    import mock_electron

    assert all(getattr(mock_electron, name) for name in mock_electron.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Elektron'"):
        mock_electron.Elektron  # noqa: B018 (the access itself is under test)
