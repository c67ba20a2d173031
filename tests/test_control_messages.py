"""The messages of the control API about wrong bodies: where the problem is, in the words of JSON."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from control_client import ControlClient, ask, controlled

from mock_electron.control.routes import ROUTES

PYTHON: Final = re.compile(
    r"\b(None|True|False|dict|tuple|nothing|mapping|Plan|Pace)\b"
    r"|\w\(\)|\b[A-Z]\w+\.\w|[\[{(]'\w|\{\w+: "
)
"""Words of Python and YAML, and reprs of lists and objects."""
DOUBLED: Final = re.compile(r"\b(\w+): \1 ")
"""A position, and a message that begins with the same name."""
WRONG: Final[dict[str, list[tuple[Any, str]]]] = {
    "POST /lanes": [
        ({"name": 5}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": None}, "name"),
        ({"nam": "a"}, "nam"),
        ([], ""),
        ([{}], ""),
        ("x", ""),
        ({"settings": []}, "settings"),
        ({"settings": {"plan": "cheap"}}, "settings.plan"),
        ({"settings": {"plan": 5}}, "settings.plan"),
        ({"settings": {"plan": True}}, "settings.plan"),
        ({"settings": {"plan": {"requests_per_minute": 0}}}, "settings.plan.requests_per_minute"),
        ({"settings": {"plan": {"rpm": 1}}}, "settings.plan.rpm"),
        ({"settings": {"pace": "fast"}}, "settings.pace"),
        ({"settings": {"pace": {"first": -1}}}, "settings.pace.first"),
        ({"settings": {"pace": {"first": "x"}}}, "settings.pace.first"),
        ({"settings": {"seed": "x"}}, "settings.seed"),
        ({"settings": {"seed": 1.5}}, "settings.seed"),
        ({"settings": {"strict": 1}}, "settings.strict"),
        ({"settings": {"strict": "yes"}}, "settings.strict"),
        ({"settings": {"strict": None}}, "settings.strict"),
        ({"settings": {"drift": 2}}, "settings.drift"),
        ({"settings": {"drift": "a lot"}}, "settings.drift"),
        ({"settings": {"clock": "fast"}}, "settings.clock"),
        ({"settings": {"sampling": "x"}}, "settings.sampling"),
        ({"settings": {"api_keys": [" a"]}}, "settings.api_keys[0]"),
        ({"settings": {"api_keys": ["a", ""]}}, "settings.api_keys[1]"),
        ({"settings": {"api_keys": ["a", "k" * 1001]}}, "settings.api_keys[1]"),
        ({"settings": {"api_keys": [None]}}, "settings.api_keys[0]"),
        ({"settings": {"api_keys": 5}}, "settings.api_keys"),
        ({"settings": {"accounts": ["a:b", "b:c"]}}, "settings.accounts"),
        ({"settings": {"accounts": "a"}}, "settings.accounts"),
        ({"settings": {"tools": [5]}}, "settings.tools[0]"),
        ({"settings": {"tools": ["a b"]}}, "settings.tools[0]"),
        ({"settings": {"tools": ["a", {"x": 1}]}}, "settings.tools[1]"),
        ({"settings": {"cors": ["x y"]}}, "settings.cors[0]"),
        ({"settings": {"cors": "x y"}}, "settings.cors"),
        ({"settings": {"allow_hosts": ["a", "a:1/"]}}, "settings.allow_hosts[1]"),
        ({"settings": {"accounts": [["a", "k" * 1001]]}}, "settings.accounts"),
        ({"settings": {"fragment": 0}}, "settings.fragment"),
        ({"settings": {"chunk_tokens": 0}}, "settings.chunk_tokens"),
        ({"settings": {"prefix_cache_idle": -1}}, "settings.prefix_cache_idle"),
        ({"settings": {"prefix_cache_tokens": "x"}}, "settings.prefix_cache_tokens"),
        ({"settings": {"upload_timeout": 0}}, "settings.upload_timeout"),
        ({"settings": {"body_limit": -1}}, "settings.body_limit"),
        ({"settings": {"script": "x"}}, "settings.script"),
        ({"settings": {"strct": True}}, "settings.strct"),
        ({"keys": 5}, "keys"),
        ({"keys": [5]}, "keys[0]"),
        ({"keys": [""]}, "keys[0]"),
        ({"keys": ["a", "sk_mock_revoked"]}, "keys[1]"),
        ({"keys": "k" * 1001}, "keys"),
        ({"keys": ["k" * 1001]}, "keys[0]"),
        ({"keys": [None]}, "keys[0]"),
        ({"keys": ["a\n"]}, "keys[0]"),
        ({"ttl": -1}, "ttl"),
        ({"ttl": "5"}, "ttl"),
        ({"ttl": True}, "ttl"),
        ({"steps": {}}, "steps"),
        ({"script": 5}, "script"),
        ({"script": "steps: 5"}, "script.steps"),
        ({"steps": [], "script": "steps: []"}, ""),
        ({"script": "steps:\n- reply: [a]"}, "script.steps[0].reply"),
    ],
    "PUT /lanes/a": [
        ({"name": "b"}, "name"),
        ({"name": None}, "name"),
    ],
    "PATCH /lanes/default/settings": [
        ({"strict": "x"}, "strict"),
        ({"clock": "real"}, "clock"),
        ({"plan": None}, "plan"),
        ({"pace": None}, "pace"),
        ({"pace": True}, "pace"),
        ({"plan": "10"}, "plan"),
        ({"plan": "x:y"}, "plan"),
        ({"pace": "1:"}, "pace"),
        ({"nope": 1}, "nope"),
        (5, ""),
    ],
    "POST /lanes/default/reset": [
        ({"only": "script"}, "only"),
        ({"only": ["scrip"]}, "only[0]"),
        ({"only": [None]}, "only[0]"),
        ({"only": [["a"]]}, "only[0]"),
        ({"onyl": []}, "onyl"),
        (True, ""),
    ],
    "POST /lanes/default/steps": [
        ({}, "steps[0]"),
        ({"rply": "x"}, "steps[0].rply"),
        ({"reply": "x", "times": 1e300}, "steps[0].times"),
        ({"fail": {"kind": 503, "retry_after": 1e300}}, "steps[0].fail.retry_after"),
        ({"fail": {"kind": 520}}, "steps[0].fail.kind"),
        (
            {"reply": "x", "inject": {"error_event": {"kind": 999}}},
            "steps[0].inject.error_event.kind",
        ),
        ([5], "steps[0]"),
        ([None], "steps[0]"),
        ("reply", "steps[0]"),
        ({"reply": None}, "steps[0].reply"),
        ({"reply": True}, "steps[0].reply"),
        ({"reply": 5}, "steps[0].reply"),
        ({"reply": {}}, "steps[0].reply"),
        ({"reply": {"calls": {}}}, "steps[0].reply.calls"),
        ({"reply": {"calls": [{"name": "f", "arguments": "{}"}]}}, "steps[0].reply.calls[0]"),
        ({"reply": {"calls": [5]}}, "steps[0].reply.calls[0]"),
        ({"reply": {"calls": [{"f": None}]}}, "steps[0].reply.calls[0].f"),
        ({"reply": {"text": "a", "finish_reason": "x"}}, "steps[0].reply.finish_reason"),
        ({"fail": "x"}, "steps[0].fail"),
        ({"fail": 200}, "steps[0].fail"),
        ({"fail": True}, "steps[0].fail"),
        ({"fail": None}, "steps[0].fail"),
        ({"fail": {"kind": 503, "retry_after": -1}}, "steps[0].fail.retry_after"),
        ({"fail": {"kind": 503, "retry_after": "x"}}, "steps[0].fail.retry_after"),
        ({"fail": {"status": 503}}, "steps[0].fail.status"),
        ({"fail": {"kind": 503, "body": "x"}}, "steps[0].fail.body"),
        ({"reply": "a", "times": 0}, "steps[0].times"),
        ({"reply": "a", "times": "x"}, "steps[0].times"),
        ({"reply": "a", "times": True}, "steps[0].times"),
        ({"reply": "a", "times": 1.5}, "steps[0].times"),
        ({"reply": "a", "when": {"says": 5}}, "steps[0].when.says"),
        ({"reply": "a", "when": {"says": {"regex": "("}}}, "steps[0].when.says.regex"),
        ({"reply": "a", "when": {"says": ""}}, "steps[0].when.says"),
        ({"reply": "a", "when": {"turn": 0}}, "steps[0].when.turn"),
        ({"reply": "a", "when": {"turn": True}}, "steps[0].when.turn"),
        ({"reply": "a", "when": {"stream": 1}}, "steps[0].when.stream"),
        ({"reply": "a", "when": {"stream": None}}, "steps[0].when.stream"),
        ({"reply": "a", "when": {"headers": "x"}}, "steps[0].when.headers"),
        ({"reply": "a", "when": {"headers": {"x": 5}}}, "steps[0].when.headers.x"),
        (
            {"reply": "a", "when": {"parameters": {"temprature": 1}}},
            "steps[0].when.parameters.temprature",
        ),
        ({"reply": "a", "when": {"api_key": 5}}, "steps[0].when.api_key"),
        ({"reply": "a", "when": {"api_key": ""}}, "steps[0].when.api_key"),
        ({"reply": "a", "pace": {"first": -1}}, "steps[0].pace.first"),
        ({"reply": "a", "pace": "x"}, "steps[0].pace"),
        ({"reply": "a", "headers": {"a": 5}}, "steps[0].headers.a"),
        ({"reply": "a", "headers": {"a b": "x"}}, "steps[0].headers"),
        ({"reply": "a", "headers": {"a": "\n"}}, "steps[0].headers"),
        ({"reply": "a", "cut": {"after": -1}}, "steps[0].cut.after"),
        ({"reply": "a", "inject": {"stall": {"seconds": -1}}}, "steps[0].inject.stall.seconds"),
        ({"reply": "a", "inject": {"stall": {}}}, "steps[0].inject.stall"),
        ({"reply": "a", "inject": "nope"}, "steps[0].inject"),
        ({"reply": "a", "inject": "stall"}, "steps[0].inject.stall"),
        ({"reply": "a", "inject": ["reset"]}, "steps[0].inject"),
        ({"reply": "a", "fail": 503}, "steps[0]"),
        ({"reply": "{{nope}}"}, "steps[0].reply"),
        ({"steps": 5}, "steps"),
        ({"steps": [5]}, "steps[0]"),
        ({"steps": None}, "steps"),
        ({"script": None}, "script"),
        ({"script": "a: ["}, "script"),
        ({"steps": [], "x": 1}, "x"),
    ],
    "POST /lanes/default/faults": [
        ({}, ""),
        ({"fault": None}, "fault"),
        ({"fault": "nope"}, "fault"),
        ({"fault": 5}, "fault"),
        ({"fault": {"cut": {"after": -1}}}, "fault.cut.after"),
        ({"fault": {"cut": {"after": True}}}, "fault.cut.after"),
        ({"fault": {"cut": {"after": "x"}}}, "fault.cut.after"),
        ({"fault": {"cut": None}}, "fault.cut"),
        ({"fault": {"cut": 5}}, "fault.cut"),
        ({"fault": {"stall": {}}}, "fault.stall"),
        ({"fault": {"stall": {"seconds": None}}}, "fault.stall.seconds"),
        ({"fault": "stall"}, "fault.stall"),
        ({"fault": {"raw": {"frames": [5]}}}, "fault.raw.frames[0]"),
        ({"fault": {"raw": {"frames": [{"base64": "!"}]}}}, "fault.raw.frames[0].base64"),
        ({"fault": {"error_event": {"kind": 999}}}, "fault.error_event.kind"),
        ({"fault": {"fail": "x"}}, "fault.fail"),
        ({"fault": {"fail": {"kind": 503, "retry_after": 1e300}}}, "fault.fail.retry_after"),
        ({"fault": {"fail": {"kind": None}}}, "fault.fail.kind"),
        ({"fault": {"fail": {}}}, "fault.fail"),
        ({"fault": "cut", "times": 0}, "times"),
        ({"fault": "cut", "times": 1.0}, "times"),
        ({"fault": "cut", "times": True}, "times"),
        ({"fault": "cut", "every": 0}, "every"),
        ({"fault": "cut", "rate": 2}, "rate"),
        ({"fault": "cut", "rate": "x"}, "rate"),
        ({"fault": "cut", "when": {"says": ""}}, "when.says"),
        ({"fault": "cut", "when": 5}, "when"),
        ({"fault": "cut", "after": 3}, "after"),
        ({"cut": {"after": 3}}, "cut"),
        ({"fail": 503}, "fail"),
        ({"fault": {"cut": {}, "stall": {}}}, "fault"),
        ({"fault": {"slow": {"seconds": 1}}}, "fault.slow"),
        ([], ""),
    ],
    "POST /lanes/default/clock/advance": [
        ({}, ""),
        ({"seconds": -1}, "seconds"),
        ({"seconds": "1"}, "seconds"),
        ({"seconds": None}, "seconds"),
        ({"seconds": 1e300}, "seconds"),
        ({"second": 1}, "second"),
        (5, ""),
    ],
    "POST /lanes/default/verify": [
        ({}, ""),
        ([], ""),
        (5, ""),
        ([5], "[0]"),
        ([[]], "[0]"),
        ({"retried": 503}, "retried"),
        ({"retried": "reset"}, "retried"),
        ({"retried": True}, "retried"),
        ({"retried": {}}, "retried"),
        ({"retried": {"kind": "x"}}, "retried.kind"),
        ({"retried": {"kind": 200}}, "retried.kind"),
        ({"retried": {"kind": None}}, "retried.kind"),
        ({"retried": {"kind": 503, "times": -1}}, "retried.times"),
        ({"retried": {"kind": 503, "min_pause": -1}}, "retried.min_pause"),
        ({"retried": {"kind": 503, "min_pause": "x"}}, "retried.min_pause"),
        ({"retried": {"kind": 503, "min_pause": 1e300}}, "retried.min_pause"),
        ({"called": False}, "called"),
        ({"called": 5}, "called"),
        ({"called": None}, "called"),
        ({"called": "weather"}, "called"),
        ({"called": {"times": 1.0}}, "called.times"),
        ({"called": {"times": -1}}, "called.times"),
        ({"called": {"says": 5}}, "called.says"),
        ({"called": {"tool": ""}}, "called.tool"),
        ({"called": {"status": "x"}}, "called.status"),
        ({"called": {"outcome": "x"}}, "called.outcome"),
        ({"called": {"step": 0}}, "called.step"),
        ({"called": {"answered_by": ""}}, "called.answered_by"),
        ({"called": {"error": "x"}}, "called.error"),
        ({"called": {"text": {"regex": "("}}}, "called.text.regex"),
        ({"peak_in_flight": 3}, "peak_in_flight"),
        ({"peak_in_flight": True}, "peak_in_flight"),
        ({"peak_in_flight": {"at_most": -1}}, "peak_in_flight.at_most"),
        ({"peak_in_flight": {"at_most": 1.0}}, "peak_in_flight.at_most"),
        ({"cache_hit_rate": 0.8}, "cache_hit_rate"),
        ({"cache_hit_rate": {"at_least": 2}}, "cache_hit_rate.at_least"),
        ({"cache_hit_rate": {"at_least": None}}, "cache_hit_rate.at_least"),
        ({"cancelled": {"within_chunks": -1}}, "cancelled.within_chunks"),
        ({"cancelled": {"within_chunks": True}}, "cancelled.within_chunks"),
        ({"tool_results_answered": {"except_for": 5}}, "tool_results_answered.except_for"),
        ({"tool_results_answered": "x"}, "tool_results_answered"),
        ({"all_used": {"x": 1}}, "all_used.x"),
        ({"scripted": False}, "scripted"),
        ({"calld": True}, "calld"),
        ({"assert_called": True}, "assert_called"),
    ],
    "POST /lanes/default/barge-in": [
        ({"x": 1}, "x"),
        (5, ""),
    ],
    "POST /check": [
        ({"reply": 5}, "steps[0].reply"),
        ([{"when": {"sayz": "Hi"}, "reply": "a"}], "steps[0].when.sayz"),
        (5, "steps[0]"),
    ],
}
"""Wrong bodies of each route, with the path of their problem."""
WRONG["PUT /lanes/default/steps"] = WRONG["POST /lanes/default/steps"]


@pytest.fixture(scope="module")
def control() -> Iterator[ControlClient]:
    """The control API of a server with the lane `a`."""
    with controlled() as (_, client):
        client.put("/lanes/a")
        yield client


def test_every_route_with_a_body_has_wrong_bodies() -> None:
    """A new route needs a row."""
    named = {f"{row.method} {row.path}".replace("{name}", "default") for row in ROUTES if row.body}
    assert named == {route.replace("/lanes/a", "/lanes/default") for route in WRONG}


@pytest.mark.parametrize("route", WRONG)
def test_a_wrong_body_is_explained_in_the_words_of_json(route: str, control: ControlClient) -> None:
    """The path is that of the value, the message names it once, and has no words of Python."""
    method, path = route.split()
    for body, where in WRONG[route]:
        response = control.send(method, path, json.dumps(body).encode())
        error = response.json["error"]
        [problem] = error["problems"]
        assert (response.status, problem["path"]) == (422, where), body
        assert where in error["message"]
        assert not DOUBLED.search(error["message"]), error["message"]
        if not where.startswith("script"):
            assert not PYTHON.search(problem["message"]), problem["message"]


RIGHT_FORMS: Final = [
    ({"retried": 503}, '{"kind": 503}'),
    ({"retried": "reset"}, '{"kind": "reset"}'),
    ({"called": "weather"}, '{"says": "weather"}'),
    ({"peak_in_flight": 3}, '{"at_most": 3}'),
    ({"cache_hit_rate": 0.8}, '{"at_least": 0.8}'),
    ({"tool_results_answered": "f"}, '{"except_for": "f"}'),
]
"""Assertions that are nearly right, and the arguments to write."""


@pytest.mark.parametrize(("body", "form"), RIGHT_FORMS)
def test_a_form_that_is_nearly_right_has_a_hint(
    body: Any, form: str, control: ControlClient
) -> None:
    """The hint is the right form, which is accepted."""
    response = control.send("POST", "/lanes/a/verify", body)
    [problem] = response.json["error"]["problems"]
    assert problem["message"].endswith(f"; write {form}")
    [name] = body
    assert control.send("POST", "/lanes/a/verify", {name: json.loads(form)}).status == 200


def test_a_list_of_assertions_has_the_index_of_the_wrong_one(control: ControlClient) -> None:
    """Whether the schema refuses it or the assertion itself."""
    for wrong, where in (({"kind": "x"}, "kind"), ({"kind": 503, "times": -1}, "times")):
        body = [{"all_used": True}, {"retried": wrong}]
        response = control.send("POST", "/lanes/a/verify", body)
        assert [one["path"] for one in response.json["error"]["problems"]] == [
            f"[1].retried.{where}"
        ]


def test_a_failure_about_pauses_names_the_retries(control: ControlClient) -> None:
    """So does one about their number."""
    lane = control.put("/lanes/b", {"steps": [{"fail": 503}]})
    for _ in range(2):
        ask(lane)
    for wrong in ({"min_pause": 60}, {"times": 2}):
        asserted = {"retried": {"kind": 503, **wrong}}
        [failure] = control.post("/lanes/b/verify", asserted)["failures"]
        assert failure["exchanges"] == [1]


QUERIES: Final = {
    "error=x": "error",
    "step=0": "step",
    'where={"headers":{"a":5}}': "where.headers.a",
    'where={"text":{"regex":"("}}': "where.text.regex",
    'where={"says":null}': "where.says",
    'where={"sayz":1}': "where.sayz",
    "where=5": "where",
    "since=x": "since",
    "nope=1": "nope",
}


@pytest.mark.parametrize(("query", "where"), QUERIES.items())
def test_a_wrong_query_is_explained_in_the_same_way(
    query: str, where: str, control: ControlClient
) -> None:
    """The path is the parameter, or the place in it."""
    response = control.send("GET", f"/lanes/a/exchanges?{quote(query, safe='=')}")
    [problem] = response.json["error"]["problems"]
    assert problem["path"] == where
    assert not PYTHON.search(problem["message"])
    assert not DOUBLED.search(response.json["error"]["message"])


def test_a_failed_assertion_shows_conditions_as_json(control: ControlClient) -> None:
    """A pattern, a switch and a text are shown as they were given."""
    control.put("/lanes/shown")
    conditions = {"says": {"regex": "^Hällo"}, "stream": True, "text": "it's"}
    verdict = control.post("/lanes/shown/verify", {"called": conditions})
    [failure] = verdict["failures"]
    assert 'says={"regex": "^Hällo"}, stream=true, text="it\'s"' in failure["message"]


def test_an_object_without_an_assertion_is_a_problem(control: ControlClient) -> None:
    """It would hold, although nothing is checked."""
    for body, path in (({}, ""), ([], ""), ([{}], "[0]"), ([{"scripted": True}, {}], "[1]")):
        response = control.send("POST", "/lanes/default/verify", json.dumps(body).encode())
        assert response.status == 422
        assert [one["path"] for one in response.json["error"]["problems"]] == [path]
