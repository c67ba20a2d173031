"""The control API: what `electron` can do, over HTTP."""

import inspect
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from control_client import ControlClient, ask, controlled
from raw_http import chat, connect, raw_request, user

from mock_electron import Electron, MockElectron, Settings
from mock_electron.control import lane_routes, waiting
from mock_electron.control.conditions import shown_conditions
from mock_electron.control.routes import ROUTES
from mock_electron.control.verify import ASSERTIONS
from mock_electron.engine.lane import Lane
from mock_electron.engine.reset import RESETS
from mock_electron.engine.script.match import Match
from mock_electron.scripts.watch import reload
from mock_electron.serve.server import Server

HI: Final[Any] = {"messages": user("Hi")}


@pytest.fixture(scope="module")
def control() -> Iterator[ControlClient]:
    """The control API of a server that the tests of this file share, as test suites do."""
    with controlled() as (server, client):
        client.get("/health")
        control: Any = server.app.control
        client.state = control()._app.state.control
        yield client


@pytest.fixture
def lane(control: ControlClient) -> Iterator[Any]:
    """A lane of its own."""
    opened = control.post("/lanes")
    yield opened
    control.send("DELETE", f"/lanes/{opened['name']}")


# --- lanes


def test_a_lane_is_opened_scripted_asked_and_judged(control: ControlClient) -> None:
    """The life of a lane, as the test of another language lives it."""
    body = {
        "name": "life",
        "settings": {"strict": True, "plan": {"requests_per_minute": 9}},
        "steps": [{"reply": "Hi!"}, {"when": {"says": "weather"}, "reply": "31 °C"}],
    }
    lane = control.post("/lanes", body)
    assert lane["name"] == "life"
    assert lane["base_url"] == f"{control.url}/lanes/life/waves/v1"
    assert lane["env"]["OPENAI_BASE_URL"] == lane["base_url"]
    assert lane["env"]["OPENAI_API_KEY"] == lane["api_key"] == "sk_lane_life"
    assert lane["control"] == f"{control.url}/_mock/lanes/life"
    assert [ask(lane, text).status for text in ("Hello", "The weather?", "What?")] == [
        200,
        200,
        404,
    ]
    state = control.get("/lanes/life")
    assert [(one["used"], one["left"]) for one in state["steps"]] == [(1, 0), (1, None)]
    assert (state["exchanges"], state["in_flight"], state["peak_in_flight"]) == (3, 0, 1)
    assert state["settings"]["plan"] == {"requests_per_minute": 9, "in_flight": None}
    assert len(state["unscripted"]) == 1
    verdict = control.delete("/lanes/life?wait=5")
    assert (verdict["ok"], verdict["steps_left"], verdict["exchanges"]) == (False, [], 3)
    assert len(verdict["not_scripted"]) == 1
    assert ask(lane).status == 410
    assert control.send("GET", "/lanes/life").status == 410


def test_put_is_a_new_start(control: ControlClient) -> None:
    """PUT opens a lane or opens it anew, so that it can stand before each test."""
    statuses = []
    for _ in range(3):
        answer = control.send("PUT", "/lanes/each", {"steps": [{"reply": "one"}]})
        statuses.append(answer.status)
        assert b"one" in ask(answer.json).body
        assert control.get("/lanes/each/exchanges")["selected"] == 1
    assert statuses == [201, 200, 200]
    control.delete("/lanes/each")
    assert control.send("PUT", "/lanes/each", {}).status == 201


def test_lanes_are_listed(control: ControlClient, lane: Any) -> None:
    """The list has the default lane first."""
    names = [one["name"] for one in control.get("/lanes")["lanes"]]
    assert names[0] == "default"
    assert lane["name"] in names


def test_a_lane_has_the_settings_of_the_server_unless_it_has_its_own() -> None:
    """A server with a seed opens lanes with that seed; the script of its lane is not theirs."""
    default = Lane(Settings(seed=7, clock="real"))
    Electron(default, "").reply("only of the default lane")
    with controlled(default) as (_, control):
        opened = control.post("/lanes", {"settings": {"seed": 8}})
        settings = control.get(f"/lanes/{opened['name']}")["settings"]
        assert (settings["seed"], settings["clock"]) == (8, "real")
        assert control.get(f"/lanes/{opened['name']}/steps") == {"steps": []}
        assert len(control.get("/lanes/default/steps")["steps"]) == 1


def test_a_lane_expires_when_it_is_not_used(control: ControlClient) -> None:
    """A test that was killed leaves no lane behind."""
    lane = control.post("/lanes", {"ttl": 0.05})
    waiting = threading.Event()
    for _ in range(200):
        if ask(lane).status == 410:
            break
        waiting.wait(0.1)  # every request is a use
    else:
        pytest.fail("the lane never expired")


def test_the_lane_of_a_test_is_controlled_but_not_closed(electron: Electron) -> None:
    """A Python test can be driven by an agent in another process. It closes its lane itself."""
    url, _, name = electron.url.rpartition("/lanes/")
    control = ControlClient(url)
    control.post(f"/lanes/{name}/steps", {"reply": "from another process"})
    assert "another process" in str(chat(electron, HI).json)
    control.post(f"/lanes/{name}/barge-in")
    assert control.send("DELETE", f"/lanes/{name}").status == 409
    assert control.send("PUT", f"/lanes/{name}", {}).status == 409
    electron.assert_all_used()


def test_mock_electron_has_a_control_api() -> None:
    """`MockElectron` serves it too; its lane is the default lane."""
    with MockElectron() as electron:
        control = ControlClient(electron.url)
        control.post("/lanes/default/steps", {"reply": "over HTTP"})
        assert "over HTTP" in str(chat(electron, HI).json)
        assert control.get("/health")["lanes"] == 1


def test_a_server_without_a_control_api_has_no_such_path() -> None:
    """Its paths are unknown like any other."""
    with Server() as server:
        assert ControlClient(server.url).send("GET", "/health").status == 404


def test_the_url_is_the_one_that_the_client_has_reached(control: ControlClient) -> None:
    """In a container network, the name of the server is that of its service."""
    port = control.url.rpartition(":")[2]
    opened = control.send("POST", "/lanes", {}, Host=f"localhost:{port}").json
    assert opened["url"].startswith(f"http://localhost:{port}/lanes/")


def test_a_reset_of_the_default_lane_keeps_the_script_files(tmp_path: Path) -> None:
    """The steps that the command line loads are the start; a reload of the files moves it."""
    path = tmp_path / "script.yaml"
    lane = Lane()
    for text in ("first", "second"):
        path.write_text(f"steps: [{{reply: {text}}}]", encoding="utf-8")
        reload(str(path), lane, lambda _: None)
        with controlled(lane) as (_, control):
            control.put("/lanes/default/steps", {"reply": "other"})
            control.post("/lanes/default/reset")
            [step] = control.get("/lanes/default/steps")["steps"]
            assert step["summary"] == f"reply {text!r}"


def test_conditions_are_shown_without_keys(control: ControlClient) -> None:
    """Steps, faults and the explanations of an exchange have them as texts for people."""
    key, text = "sk_live_0123456789abcdef", "x" * 1000
    when = {"api_key": key, "headers": {"authorization": "Bearer word", "x-a": "b"}, "turn": 9}
    shown = ["turn=9", 'headers={"authorization":"…","x-a":"b"}', 'api_key="…cdef"']
    lane = control.post("/lanes", {"name": "keys", "steps": [{"when": when, "reply": "Hi"}]})
    control.post("/lanes/keys/steps", {"when": {"says": text}, "reply": "Hi"})
    control.post("/lanes/keys/faults", {"fault": {"fail": 503}, "when": when})
    ask(lane, "Hi!")
    state, exchange = control.get("/lanes/keys"), control.get("/lanes/keys/exchanges/0")
    for conditions in (state["steps"][0], state["faults"][0], exchange["why"][0]):
        assert sorted(conditions["conditions"]) == sorted(shown)
    assert [len(one) for one in state["steps"][1]["conditions"]] == [200]


def test_a_function_is_a_condition_too() -> None:
    """A step or a fault for which a function decides says so."""
    step = Match.of(lambda _: True, says="Hi")
    assert shown_conditions(step) == ['says="Hi"', "a function"]
    assert shown_conditions(None, lambda _: True) == ["a function"]
    assert shown_conditions(None) == []


def test_no_lane_takes_the_key_of_another(control: ControlClient) -> None:
    """`sk_lane_victim` names the lane `victim`, whoever else wants it."""
    answer = control.send("POST", "/lanes", {"keys": ["sk_lane_victim"]})
    assert answer.status == 409
    assert "is only for a lane with the name 'victim'" in answer.json["error"]["message"]
    assert control.send("PUT", "/lanes/victim", {"keys": ["sk_lane_victim"]}).status == 201
    control.delete("/lanes/victim")


def test_the_verdict_waits_for_answers_in_flight(control: ControlClient) -> None:
    """A lane that is closed too early would have a verdict on half of its requests."""
    lane = control.put("/lanes/waits", {"settings": {"clock": "real", "pace": {"first": 0.05}}})
    asking = threading.Thread(target=ask, args=(lane,), kwargs={"stream": True})
    asking.start()
    while not control.get("/lanes/waits")["in_flight"] and asking.is_alive():
        pass
    assert control.delete("/lanes/waits")["exchanges"] == 1
    asking.join()


def test_put_accepts_the_name_of_its_path(control: ControlClient) -> None:
    """A helper that always sends the name may do so; another name is a mistake."""
    assert control.send("PUT", "/lanes/same", {"name": "same"}).status == 201
    answer = control.send("PUT", "/lanes/same", {"name": "other"})
    assert answer.status == 422
    assert "name must be that of the path, 'same'" in answer.json["error"]["message"]
    control.delete("/lanes/same")


# --- steps


def test_steps_are_added_replaced_and_removed(control: ControlClient, lane: Any) -> None:
    """Each answer comes once the change is in force."""
    path = f"/lanes/{lane['name']}/steps"
    added = control.post(path, [{"reply": "one"}, {"reply": "two", "times": 2}])
    assert [one["number"] for one in added["steps"]] == [1, 2]
    assert b"one" in ask(lane).body
    assert [one["left"] for one in control.get(path)["steps"]] == [0, 2]
    assert control.get(f"{path}/2")["step"] == {"reply": "two", "times": 2}
    assert [one["number"] for one in control.delete(f"{path}/1")["steps"]] == [2]
    control.put(path, {"steps": [{"reply": "three"}]})
    assert b"three" in ask(lane).body
    assert control.delete(path) == {"steps": []}
    assert control.send("DELETE", f"{path}/1").status == 404


def test_a_script_can_be_a_text(control: ControlClient, lane: Any) -> None:
    """A script file is sent as it is, in YAML or JSON, and its places name its lines."""
    text = "steps:\n- reply: from YAML\n- reply: second\n"
    added = control.put(f"/lanes/{lane['name']}/steps", {"script": text})
    assert [one["location"] for one in added["steps"]] == ["script:2", "script:3"]
    assert b"from YAML" in ask(lane).body


def test_a_step_that_never_answers_is_reported(control: ControlClient, lane: Any) -> None:
    """The warning that a Python test gets is in the answer."""
    path = f"/lanes/{lane['name']}/steps"
    control.post(path, {"when": {"says": "a"}, "reply": "first"})
    warnings = control.post(path, {"when": {"says": "ab"}, "reply": "never"})["warnings"]
    assert len(warnings) == 1
    assert "never answers" in warnings[0]


def test_no_step_is_added_if_one_is_wrong(control: ControlClient, lane: Any) -> None:
    """A body is carried out completely or not at all, and all its problems are listed."""
    path = f"/lanes/{lane['name']}/steps"
    wrong = [{"reply": "fine"}, {"when": {"sayz": "x"}, "reply": "y"}, {"rply": "z"}]
    answer = control.send("POST", path, wrong)
    assert answer.status == 422
    problems = answer.json["error"]["problems"]
    assert [(one["path"], one.get("did_you_mean")) for one in problems] == [
        ("steps[1].when.sayz", "says"),
        ("steps[2].rply", "reply"),
    ]
    assert control.get(path) == {"steps": []}


def test_a_script_is_checked_without_a_lane(control: ControlClient) -> None:
    """A dry run returns the steps, or all problems."""
    assert control.post("/check", {"steps": [{"reply": "x"}]})["steps"][0]["summary"] == "reply 'x'"
    answer = control.send("POST", "/check", {"script": "steps:\n- rply: x\n"})
    assert answer.status == 422
    [problem] = answer.json["error"]["problems"]
    assert problem["path"] == "script.steps[0].rply"
    assert problem["message"].startswith("line 2: unknown step field 'rply'")


# --- faults


def test_a_fault_is_injected_listed_and_removed(control: ControlClient, lane: Any) -> None:
    """The list says how often each fault applied, and why one did not."""
    path = f"/lanes/{lane['name']}/faults"
    once = control.post(path, {"fault": {"fail": {"kind": 503, "retry_after": 2}}})["id"]
    some = control.post(path, {"fault": "reset", "when": {"says": "weather"}})["id"]
    answers = [ask(lane), ask(lane)]
    assert [answer.status for answer in answers] == [503, 200]
    assert answers[0].headers["retry-after"] == "2"
    listed = control.get(path)["faults"]
    assert [(one["id"], one["applied"]) for one in listed] == [(once, 1), (some, 0)]
    assert listed[0]["fault"] == {"fail": {"kind": 503, "retry_after": 2}}
    assert listed[1]["when"] == {"says": "weather"}
    assert "no request met its conditions" in listed[1]["note"]
    assert [one["id"] for one in control.delete(f"{path}/{some}")["faults"]] == [once]
    assert control.delete(path) == {"faults": []}
    assert control.send("DELETE", f"{path}/{some}").status == 404


@pytest.mark.parametrize(
    "fault",
    ["crlf", {"stall": {"seconds": 0.01, "after": 1}}, {"cut": {"after": 2}}, {"fragment": {}}],
)
def test_every_form_of_a_fault_comes_back(control: ControlClient, lane: Any, fault: Any) -> None:
    """A fault is shown in the form in which a script file has it."""
    path = f"/lanes/{lane['name']}/faults"
    control.post(path, {"fault": fault, "every": 2, "times": 3})
    [one] = control.get(path)["faults"]
    name = fault if isinstance(fault, str) else next(iter(fault))
    assert one["fault"] in (fault, name)
    assert (one["every"], one["times"], one["rate"]) == (2, 3, None)


# --- the world


def test_settings_change_for_later_requests(control: ControlClient, lane: Any) -> None:
    """A plan set over HTTP limits the next requests."""
    path = f"/lanes/{lane['name']}/settings"
    changed = control.patch(path, {"plan": "10:1", "chunk_tokens": 3})
    assert changed["plan"] == {"requests_per_minute": 10, "in_flight": 1}
    assert [ask(lane).status for _ in range(11)] == [200] * 10 + [429]
    assert control.get(path)["chunk_tokens"] == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"clock": "real"}, "clock is fixed when a lane is opened; recreate the lane with PUT"),
        ({"plan": "standart"}, "Did you mean 'standard'?"),
        ({"pace": {"frist": 1}}, "unknown pace field 'frist'"),
        ({"drift": 2}, "drift must be at most 1, got 2"),
        ({"sede": 1}, "Did you mean 'seed'?"),
        ({"api_keys": ["sk_mock_revoked"]}, "always get 401"),
    ],
)
def test_a_wrong_setting_changes_nothing(
    control: ControlClient, lane: Any, given: dict[str, Any], words: str
) -> None:
    """The message names the setting and what is wrong."""
    path = f"/lanes/{lane['name']}/settings"
    before = control.get(path)
    answer = control.send("PATCH", path, {"seed": 5} | given)
    assert answer.status == 422
    assert words in answer.json["error"]["message"]
    assert control.get(path) == before


def test_the_clock_is_advanced(control: ControlClient, lane: Any) -> None:
    """A minute passes without waiting."""
    path = f"/lanes/{lane['name']}/clock"
    assert control.get(path) == {"mode": "frozen", "now": 1_740_000_000.0}
    assert control.post(f"{path}/advance", {"seconds": 60})["now"] == 1_740_000_060.0
    assert control.send("POST", f"{path}/advance", {"seconds": -1}).status == 422
    assert control.send("POST", f"{path}/advance", {}).status == 422
    assert control.get(path)["now"] == 1_740_000_060.0


@pytest.mark.parametrize("part", [None, *RESETS])
def test_a_reset_is_the_reset_of_python(control: ControlClient, part: str | None) -> None:
    """`reset` means the same over HTTP: the same parts, and everything without `only`."""
    lane = control.put("/lanes/reset", {"steps": [{"reply": "start"}]})
    control.post("/lanes/reset/steps", {"reply": "later"})
    control.post("/lanes/reset/faults", {"fault": "reset", "when": {"says": "never"}})
    control.patch("/lanes/reset/settings", {"plan": "standard"})
    ask(lane, "a word and another " * 20)
    control.post("/lanes/reset/clock/advance", {"seconds": 5})
    state = control.post("/lanes/reset/reset", {"only": [part]} if part else {})
    is_reset = {
        "script": [(one["used"], one["summary"]) for one in state["steps"]]
        == [(0, "reply 'start'")],
        "faults": state["faults"] == [],
        "settings": state["settings"]["plan"] == "unlimited",
        "clock": state["clock"]["now"] == 1_740_000_000.0,
        "limits": state["peak_in_flight"] == 0,
        "journal": state["exchanges"] == 0,
    }
    chosen = {"exchanges": {"journal"}, None: set(is_reset)}.get(part, {part} & set(is_reset))
    assert {name for name, value in is_reset.items() if value} == chosen


# --- exchanges


def test_exchanges_are_filtered_in_the_words_of_where(control: ControlClient, lane: Any) -> None:
    """Each condition of `where` is a parameter; those that are no texts are in `where`."""
    for text in ("The weather?", "The news?", "weather again"):
        ask(lane, text, temperature=float("news" in text))
    control.post(f"/lanes/{lane['name']}/faults", {"fault": {"fail": 503}})
    ask(lane, "broken")
    path = f"/lanes/{lane['name']}/exchanges"

    def numbers(query: str) -> list[int]:
        return [one["number"] for one in control.get(f"{path}?{query}")["exchanges"]]

    assert numbers("") == [0, 1, 2, 3]
    assert numbers("says=weather") == [0, 2]
    assert numbers("says=weather&last=1") == [2]
    assert numbers("status=503") == [3]
    assert numbers("outcome=complete&since=0") == [1, 2]
    assert numbers("answered_by=pocket%20model&turn=1") == [0, 1, 2]
    assert numbers('where={"says":{"regex":"^weather"}}') == [2]
    assert numbers('where={"parameters":{"temperature":0}}&stream=false&status=200') == [0, 2]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sayz=x", "Did you mean 'says'?"),
        ("status=abc", "status must be"),
        ("turn=0", "turn must be at least 1, got 0"),
        ("last=-1", "last must be an integer from 1 to 999999999999999"),
        ("wait=999", "wait must be a number of seconds from 0 to 60"),
        ("format=xml", "unknown format 'xml'"),
        ("where=[]", "where must be a JSON object of conditions"),
        ("stream=perhaps", "stream must be true or false"),
        ("says=a&says=b", "says is given twice"),
    ],
)
def test_a_wrong_query_is_refused(
    control: ControlClient, lane: Any, query: str, words: str
) -> None:
    """The message names the parameter, and the nearest right one."""
    answer = control.send("GET", f"/lanes/{lane['name']}/exchanges?{query}")
    assert answer.status == 422
    assert words in answer.json["error"]["message"]


def test_a_long_poll_ends_when_there_are_enough(control: ControlClient, lane: Any) -> None:
    """A test waits for what its agent does, without polling."""
    found: list[Any] = []
    path = f"/lanes/{lane['name']}/exchanges?says=second&wait=20"
    waiting = threading.Thread(target=lambda: found.append(control.get(path)))
    waiting.start()
    ask(lane, "first")
    ask(lane, "second")
    waiting.join()
    assert [one["number"] for one in found[0]["exchanges"]] == [1]
    assert control.get(f"{path[:-2]}0.01&count=9")["selected"] == 1


@pytest.mark.parametrize("change", ["DELETE", "PUT"])
def test_a_long_poll_ends_with_its_lane(control: ControlClient, change: str) -> None:
    """It does not wait for a lane that is gone, nor follow another one of the same name."""
    control.put("/lanes/poll")
    found: list[int] = []
    path = "/lanes/poll/exchanges?wait=20&count=9"
    waiting = threading.Thread(target=lambda: found.append(control.send("GET", path).status))
    waiting.start()
    while not _waits(control):
        pass
    assert control.send(change, "/lanes/poll", {}).status == 200
    waiting.join()
    assert found == [410]
    assert not _waits(control)


def _waits(control: ControlClient) -> bool:
    return bool(control.state.waiting)


def test_an_abandoned_long_poll_ends(control: ControlClient, lane: Any) -> None:
    """A client that leaves costs nothing from then on."""
    electron = Electron(Lane(), control.url)
    with connect(electron) as connection:
        path = f"/_mock/lanes/{lane['name']}/exchanges?wait=60&count=9"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        while not _waits(control):
            pass
    while _waits(control):
        pass


def test_the_verdict_is_on_the_lane_that_was_closed(
    control: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever replaces a lane while it is being closed changes nothing in its verdict."""
    begun = threading.Event()

    async def settled(*given: Any) -> bool:
        begun.set()
        return await waiting.settled(*given)

    monkeypatch.setattr(lane_routes, "settled", settled)
    lane = control.put("/lanes/old", {"settings": {"clock": "real"}})
    control.post("/lanes/old/faults", {"fault": {"stall": {"seconds": 30, "after": 1}}})
    verdicts: list[Any] = []
    with _stream(lane):
        closing = threading.Thread(
            target=lambda: verdicts.append(control.delete("/lanes/old?wait=20"))
        )
        closing.start()
        assert begun.wait(60)
        control.put("/lanes/old")
    closing.join()
    assert verdicts[0]["exchanges"] == 1


def test_the_keys_of_a_closed_lane_stay_closed(control: ControlClient) -> None:
    """A late request with such a key is late, and not one for the default lane."""
    lane = control.put("/lanes/keyed", {"keys": ["sk_keyed"]})
    fixed = lane | {"base_url": f"{control.url}/waves/v1"}
    assert ask(fixed).status == 200
    control.delete("/lanes/keyed")
    assert ask(fixed).status == 410
    other = control.put("/lanes/other", {"keys": ["sk_keyed"]})
    assert ask(fixed).status == 200
    assert control.get(f"/lanes/{other['name']}")["exchanges"] == 1
    control.delete("/lanes/other")


def test_an_exchange_in_flight_is_waited_for_or_shown(control: ControlClient) -> None:
    """The journal is settled before it is read, unless the caller wants it as it is."""
    lane = control.put("/lanes/flight", {"settings": {"clock": "real"}})
    control.post("/lanes/flight/faults", {"fault": {"stall": {"seconds": 30, "after": 1}}})
    with _stream(lane):
        [one] = control.get("/lanes/flight/exchanges?in_flight=true")["exchanges"]
        assert one["outcome"] == "in flight"
        assert control.get("/lanes/flight")["in_flight"] == 1
        assert control.post("/lanes/flight/barge-in")["in_flight"] == [0]
    [one] = control.get("/lanes/flight/exchanges")["exchanges"]
    assert one["outcome"] == "client left"
    verified = control.post("/lanes/flight/verify", {"cancelled": {"within_chunks": 2}})
    assert verified == {"ok": True, "failures": [], "dropped": 0}


@contextmanager
def _stream(lane: Any) -> Iterator[None]:
    """Read a stream up to its first chunk, and close it at the end of the block."""
    electron = Electron(Lane(), lane["url"])
    body = json.dumps(HI | {"model": "electron", "stream": True}).encode()
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, f"Content-Length: {len(body)}", body=body))
        received = b""
        while b"data: " not in received:
            received += connection.recv(10_000)
        yield


@pytest.mark.parametrize("form", ["jsonl", "har", "script", "rows"])
def test_exchanges_have_several_formats(control: ControlClient, lane: Any, form: str) -> None:
    """The exports of `exchanges.save`, and short rows."""
    ask(lane, "Hello")
    answer = control.send("GET", f"/lanes/{lane['name']}/exchanges?format={form}")
    expected = {
        "jsonl": b'"number":0',
        "har": b'"log"',
        "script": b"says: Hello",
        "rows": b'"said"',
    }
    assert answer.status == 200
    assert expected[form] in answer.body


def test_everything_about_one_exchange(control: ControlClient, lane: Any) -> None:
    """Raw and parsed, the explained cache miss, the attempt, and why each step did not match."""
    path = f"/lanes/{lane['name']}"
    control.post(f"{path}/steps", {"when": {"says": "news"}, "reply": "News."})
    first = "You are Asha. " + "Be short and kind. " * 20
    for system in (first, first.replace("Asha", "Ravi")):
        messages = [{"role": "system", "content": system}, *user("The weather?")]
        ask(lane, messages=messages)
    control.post(f"{path}/faults", {"fault": {"fail": {"kind": 503, "retry_after": 60}}})
    ask(lane, "again")
    ask(lane, "again")
    miss = control.get(f"{path}/exchanges/1")
    assert (miss["cache_miss"]["message"], miss["cache_miss"]["character"]) == (0, 8)
    assert (miss["cache_miss"]["then"][:4], miss["cache_miss"]["now"][:4]) == ("Asha", "Ravi")
    assert miss["cached_prefix"] == {"messages": 0, "characters": 0}
    assert miss["request"]["messages"][1]["content"] == "The weather?"
    assert json.loads(miss["raw_request"]["text"])["model"] == "electron"
    assert json.loads(miss["raw_response"]["text"])["object"] == "chat.completion"
    [why] = miss["why"]
    assert why["step"] == 1
    assert why["differences"] == ["says 'news', but the user said 'The weather?'"]
    retry = control.get(f"{path}/exchanges/3")
    assert (retry["attempt"], retry["retry_of"]) == (2, 2)
    assert (retry["asked_pause"], retry["too_early"]) == (60, True)
    early = control.get(f"{path}/exchanges?too_early=true&format=rows")
    assert [(one["number"], one["asked_pause"]) for one in early["rows"]] == [(3, 60)]
    assert control.send("GET", f"{path}/exchanges/4").status == 404


def test_the_cached_part_of_a_prompt_is_shown(control: ControlClient, lane: Any) -> None:
    """The page shades what was cached: whole messages, and the beginning of the next one."""
    system = {"role": "system", "content": "Be short and kind. " * 20}
    for text in ("one", "two"):
        ask(lane, messages=[system, *user(text)])
    found = control.get(f"/lanes/{lane['name']}/exchanges/1")
    assert found["usage"]["cached_tokens"] > 0
    assert found["cached_prefix"]["messages"] == 0
    assert 0 < found["cached_prefix"]["characters"] <= len(system["content"])


# --- assertions


def test_every_assertion_has_a_name() -> None:
    """Whatever a Python test asserts, a test in another language can verify."""
    methods = {name for name in dir(Electron) if name.startswith("assert_")}
    assert set(ASSERTIONS.values()) == methods


def test_failures_say_what_is_wrong(control: ControlClient, lane: Any) -> None:
    """Each failure has the assertion, the message, and the exchanges that were checked."""
    ask(lane, "The weather?")
    ask(lane, "The news?")
    path = f"/lanes/{lane['name']}/verify"
    assert control.post(path, {"called": {"says": "weather", "times": 1}, "all_used": True})["ok"]
    wrong = [{"called": {"says": "weather", "times": 2}}, {"called": {"text": "nothing"}}]
    verified = control.post(path, wrong)
    assert verified["ok"] is False
    assert [(one["assertion"], one["exchanges"]) for one in verified["failures"]] == [
        ("called", [0]),
        ("called", []),
    ]
    message = "expected 2 requests with times=…"
    assert verified["failures"][0]["message"] != message
    assert "got 1 request" in verified["failures"][0]["message"]


def test_failures_have_the_exchanges_that_they_name(control: ControlClient) -> None:
    """So do those about results, about the requests in flight, and about the script."""
    function = {"type": "function", "function": {"name": "f"}}
    lane = control.post("/lanes", {"steps": [{"reply": {"calls": [{"f": {}}]}, "times": 2}]})
    for text in ("a", "b"):
        ask(lane, text, tools=[function])
    ask(lane, messages=[{"role": "tool", "tool_call_id": "z", "content": "31"}])
    asserted = [{"tool_results_answered": True}, {"peak_in_flight": {"at_most": 0}}]
    verified = control.post(f"/lanes/{lane['name']}/verify", asserted)
    assert [one["exchanges"] for one in verified["failures"]] == [[0, 1, 2], [0]]
    strict = control.post("/lanes", {"settings": {"strict": True}, "steps": [{"reply": "Hi!"}]})
    for text in ("a", "b"):
        ask(strict, text)
    verified = control.post(
        f"/lanes/{strict['name']}/verify", [{"scripted": True}, {"strict": True}]
    )
    assert [one["exchanges"] for one in verified["failures"]] == [[1], [1]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"caled": {}}, "Did you mean 'called'?"),
        ({"called": {"sayz": "x"}}, "Did you mean 'says'?"),
        ({"called": 3}, 'called must be an object or true, got 3; write {"times": 3}'),
        ({"retried": {"kind": 299}}, "unknown failure 299"),
        ({"cache_hit_rate": True}, "at_least"),
        ([], "the body must be an object such as"),
        ("called", "the body must be an object such as"),
    ],
)
def test_a_wrong_assertion_is_refused(
    control: ControlClient, lane: Any, body: Any, words: str
) -> None:
    """A misspelled assertion never passes by accident."""
    ask(lane)
    answer = control.send("POST", f"/lanes/{lane['name']}/verify", body)
    assert answer.status == 422
    assert words in answer.json["error"]["message"]


# --- the whole


WITHOUT_ROUTE: Final = {
    "respond_with": "a function of the test, which HTTP cannot carry",
    "load": "POST /lanes/{name}/steps with script, the text of the file",
    "try_faults": "a function of the test, which HTTP cannot carry",
    "try_faults_async": "a function of the test, which HTTP cannot carry",
    "settled": "every route that reads exchanges waits",
}
"""The public methods of `electron` that have no route of their own, with the reason."""
ROUTE_OF: Final = {
    "when": "POST /lanes/{name}/steps",
    "reply": "POST /lanes/{name}/steps",
    "fail": "POST /lanes/{name}/steps",
    "inject": "POST /lanes/{name}/faults",
    "fragment": "POST /lanes/{name}/faults",
    "clear_faults": "DELETE /lanes/{name}/faults",
    "drift": "PATCH /lanes/{name}/settings",
    "pace": "PATCH /lanes/{name}/settings",
    "plan": "PATCH /lanes/{name}/settings",
    "settings": "GET /lanes/{name}/settings",
    "clock": "POST /lanes/{name}/clock/advance",
    "reset": "POST /lanes/{name}/reset",
    "barge_in": "POST /lanes/{name}/barge-in",
    "exchanges": "GET /lanes/{name}/exchanges",
    "exchanges_so_far": "GET /lanes/{name}/exchanges",
    "other_requests": "GET /lanes/{name}/exchanges",
    "audit": "GET /lanes/{name}/audit",
    "turns": "GET /lanes/{name}/turns",
    "explain": "GET /lanes/{name}/exchanges/{number}",
    "explain_miss": "GET /lanes/{name}/exchanges/{number}",
    "peak_in_flight": "GET /lanes/{name}",
    "url": "GET /lanes/{name}",
    "base_url": "GET /lanes/{name}",
    "api_key": "POST /lanes",
    "env": "POST /lanes",
    **dict.fromkeys(ASSERTIONS.values(), "POST /lanes/{name}/verify"),
}
"""The route that does what a public method of `electron` does."""


def test_everything_that_electron_can_do_has_a_route() -> None:
    """Each public name of `electron` is in one of the two tables, and each route exists."""
    public = {name for name, _ in inspect.getmembers(Electron) if not name.startswith("_")}
    assert public == ROUTE_OF.keys() | WITHOUT_ROUTE.keys()
    known = {f"{row.method} {row.path}" for row in ROUTES}
    assert set(ROUTE_OF.values()) <= known


def test_the_health_of_the_server(control: ControlClient) -> None:
    """Health and readiness say what the server is."""
    health = control.get("/health")
    assert (health["status"], health["settings"]["seed"]) == ("ok", 0)
    assert health["pid"] > 0
    assert control.get("/ready").keys() == health.keys()


def test_the_start_is_that_of_the_server() -> None:
    """And not the first use of the control API."""
    before = time.time()
    with controlled() as (server, control):
        after = time.time()
        assert before <= server.started_at <= after
        assert control.get("/health")["started_at"] == server.started_at


# --- a full journal


def test_nothing_is_good_because_the_journal_dropped_something(control: ControlClient) -> None:
    """The verdict and `verify` count what was dropped, and fail where that could be the reason."""
    lane = control.put("/lanes/full", {"settings": {"strict": True, "journal_exchanges": 2}})
    control.post("/lanes/full/steps", {"when": {"says": "Hello"}, "reply": "Hi!", "times": None})
    for text in ("Bye", "Hello", "Hello", "Hello"):
        ask(lane, text)
    asked = {
        "called": {"times": 2},
        "scripted": True,
        "strict": True,
        "cache_hit_rate": {"at_least": 0},
        "peak_in_flight": {"at_most": 1},
        "all_used": True,
    }
    verified = control.post("/lanes/full/verify", asked)
    assert (verified["ok"], verified["dropped"]) == (False, 2)
    names = ["called", "scripted", "strict", "cache_hit_rate"]
    assert [one["assertion"] for one in verified["failures"]] == names
    dropped = "the journal has dropped 2 older exchanges; see journal_exchanges and journal_bytes"
    assert verified["failures"][0]["message"] == f"expected 2 requests, but {dropped}"
    [failure] = control.post("/lanes/full/verify", {"called": {"times": 4}})["failures"]
    assert failure["message"] == f"expected 4 requests, got 2 requests; {dropped}"

    refused = ["1 older request, which the journal has dropped"]
    state, verdict = control.get("/lanes/full"), control.delete("/lanes/full")
    assert verdict == {
        "ok": False,
        "not_scripted": refused,
        "steps_left": [],
        "raised": [],
        "exchanges": 2,
        "dropped": 2,
    }
    assert (state["verdict"], state["unscripted"]) == (verdict, refused)
