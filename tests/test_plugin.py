"""The pytest plugin, tested with pytester: isolated lanes, real HTTP, helpful errors."""

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


@pytest.fixture
def pytester(pytester: pytest.Pytester) -> pytest.Pytester:
    """pytester, with the one option whose absence pytest-asyncio warns of."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester


def ask(electron: Electron, **fields: Any) -> Response:
    return chat(electron, {"messages": user("Hi"), **fields})


def content(response: Response) -> Any:
    return response.json["choices"][0]["message"]["content"]


def test_it_answers_without_any_script(electron: Electron) -> None:
    """Nothing to configure."""
    assert content(ask(electron))
    [exchange] = electron.exchanges
    assert exchange.request is not None
    assert exchange.request.last.content == "Hi"


def test_a_scripted_text(electron: Electron) -> None:
    """The next answer, once."""
    electron.reply("Good morning!")
    assert content(ask(electron)) == "Good morning!"
    assert content(ask(electron)) != "Good morning!"


def test_a_scripted_call_with_its_filler(electron: Electron) -> None:
    """The filler stands beside the call."""
    electron.reply(call("get_weather", city="Mumbai"), filler="Let me check that…")
    message = ask(electron).json["choices"][0]["message"]
    assert message["content"] == "Let me check that…"
    [made] = message["tool_calls"]
    assert made["function"] == {"name": "get_weather", "arguments": '{"city": "Mumbai"}'}


def test_several_scripted_calls(electron: Electron) -> None:
    """In one turn, without filler: content is null."""
    electron.reply(call("f", x=1), call("g"))
    message = ask(electron).json["choices"][0]["message"]
    assert message["content"] is None
    assert [made["function"]["name"] for made in message["tool_calls"]] == ["f", "g"]


def test_scripted_failures(electron: Electron) -> None:
    """As often as asked for, then the pocket model again."""
    electron.fail(503, times=2)
    electron.fail("concurrency", message="Too many at once", retry_after=7)
    answers = [ask(electron) for _ in range(4)]
    assert [answer.status for answer in answers] == [503, 503, 429, 200]
    assert answers[2].error["message"] == "Too many at once"
    assert answers[2].headers["retry-after"] == "7"


def test_a_reply_for_several_requests(electron: Electron) -> None:
    """times counts requests."""
    electron.reply("again", times=2)
    assert [content(ask(electron)) for _ in range(2)] == ["again", "again"]


@pytest.mark.parametrize(
    "arguments",
    [(), (5,), ("a", "b"), ("a", call("f")), (call("f"), "a"), (None,)],
    ids=repr,
)
def test_a_reply_that_makes_no_sense(electron: Electron, arguments: Any) -> None:
    """An error where it is written, which says what a reply is."""
    with pytest.raises(TypeError, match=r"reply\(\) takes one text, or one or more call\(…\)"):
        electron.reply(*arguments)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (lambda e: e.reply("a\ud800"), "a reply has a lone surrogate at 1"),
        (lambda e: e.reply(call("f"), filler="\ud800"), "a filler has a lone surrogate"),
        (lambda e: e.fail(503, message="\ud800"), "message has a lone surrogate"),
        (lambda e: e.fail(503, message=5), "message is a text, not 5"),
        (lambda e: e.fail(429, retry_after=-5), "retry_after is a whole number of seconds, not -5"),
        (lambda e: e.fail(429, retry_after="soon"), "retry_after is a whole number"),
    ],
)
def test_what_cannot_travel_is_refused_where_it_is_written(
    electron: Electron, script: Any, words: str
) -> None:
    """Not at the request, where nobody looks for it."""
    with pytest.raises((TypeError, ValueError), match=words):
        script(electron)


def test_a_filler_without_a_call(electron: Electron) -> None:
    """A filler is spoken before a call; a text alone has none."""
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
def test_a_function_in_the_place_of_the_pocket_model(
    electron: Electron, answer: Any, status: int, words: Any
) -> None:
    """It takes the request, and returns a text, calls, a reply or an error."""
    seen = []

    def answering(request: Any) -> Any:
        seen.append(request.last.content)
        return answer

    electron.respond_with(answering)
    response = ask(electron)
    assert response.status == status
    assert seen == ["Hi"]
    if status == 200:
        assert content(response) == words


def test_the_script_comes_before_the_function(electron: Electron) -> None:
    """Step by step."""
    electron.respond_with(lambda request: "from the function")
    electron.reply("from the script")
    assert [content(ask(electron)) for _ in range(2)] == ["from the script", "from the function"]


@pytest.mark.parametrize("answer", [5, None, [], ["a", "b"]], ids=repr)
def test_a_function_that_returns_something_else(
    electron: Electron, caplog: pytest.LogCaptureFixture, answer: Any
) -> None:
    """500, and the log says what it may return."""
    electron.respond_with(lambda request: answer)
    assert ask(electron).status == 500
    assert "the function given to respond_with() returned" in caplog.text


def test_a_failure_that_electron_does_not_have(electron: Electron) -> None:
    """An error where it is written, with the nearest name."""
    with pytest.raises(ValueError, match="Did you mean 'overloaded'"):
        electron.fail("overload")


@pytest.mark.electron(seed=7, sampling="varied")
def test_a_marker_sets_the_lane(electron: Electron) -> None:
    """Settings by name."""
    assert content(ask(electron)) != content(ask(electron))


def test_the_environment_leads_a_subprocess_here(electron: Electron) -> None:
    """SMALLEST_API_KEY, OPENAI_BASE_URL and OPENAI_API_KEY are all that a client needs."""
    electron.reply("from a subprocess")
    program = (
        "from openai import OpenAI; "
        "reply = OpenAI().chat.completions.create(model='electron', "
        "messages=[{'role': 'user', 'content': 'Hi'}]); "
        "print(reply.choices[0].message.content)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | electron.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "from a subprocess\n"
    assert set(electron.env) == {"SMALLEST_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_KEY"}


def test_threads_of_one_test_share_its_lane(electron: Electron) -> None:
    """Every request is written down, each occurrence once."""
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
    """pytest-asyncio: the server has a loop of its own, so nothing is blocked."""
    electron.reply("async", times=3)
    assert await asyncio.gather(*(_ask_async(electron) for _ in range(3))) == ["async"] * 3
    assert len(electron.exchanges) == 3


@pytest.mark.anyio
async def test_in_an_anyio_test(electron: Electron, anyio_backend_name: str) -> None:
    """anyio, on asyncio and on trio."""
    electron.reply(anyio_backend_name)
    assert await _ask_async(electron) == anyio_backend_name


def test_tests_do_not_meet(pytester: pytest.Pytester) -> None:
    """Scripts, exchanges and leftovers of one test are not seen by the next; xdist changes nothing."""
    pytester.makepyfile(
        ASK
        + """
import pytest, threading

seen = []

def test_one(electron):
    electron.reply("never asked for")
    seen.append(electron)

def test_two(electron):
    assert ask(electron) != "never asked for"
    assert len(electron.exchanges) == 1

@pytest.mark.parametrize("n", range(20))
def test_many(electron, n):
    electron.reply(str(n))
    assert ask(electron) == str(n)
"""
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=22)
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=22)


def test_the_server_is_one_a_process_and_lazy(pytester: pytest.Pytester) -> None:
    """Two tests have one server; a run without the fixture has none."""
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


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("sead=1", "there is no setting 'sead'. Did you mean 'seed'?"),
        ("sampling='wild'", "sampling is 'steady' or 'varied', not 'wild'."),
        ("7", "takes settings by name"),
    ],
)
def test_a_wrong_marker_is_one_clear_message(
    pytester: pytest.Pytester, marker: str, words: str
) -> None:
    """The test errors in its set-up, and the message has no traceback around it."""
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.electron({marker})\ndef test_x(electron): pass\n"
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*@pytest.mark.electron*{words.replace('[', '[[]')}*"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*Traceback*")


def test_markers_add_up_and_the_nearest_wins(pytester: pytest.Pytester) -> None:
    """Class and function together."""
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
    """`pytest --fixtures` and `pytest --markers`."""
    fixtures = pytester.runpytest_inprocess("--fixtures")
    fixtures.stdout.fnmatch_lines(["electron --*", "*A fake Electron for this test alone.*"])
    markers = pytester.runpytest_inprocess("--markers")
    markers.stdout.fnmatch_lines(["@pytest.mark.electron(**settings)*"])


def test_the_public_names() -> None:
    """Each is there, and a name that is not is an error as in any module."""
    import mock_electron

    assert all(getattr(mock_electron, name) for name in mock_electron.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Elektron'"):
        mock_electron.Elektron  # noqa: B018 (the access itself is under test)
