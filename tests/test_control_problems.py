"""The problems of a request to the control API: all at once, in order, before anything is done."""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from control_calls import paths, problems
from control_client import ControlClient, controlled

from mock_electron.control.routes import ROUTES


@pytest.fixture(scope="module")
def control() -> Iterator[ControlClient]:
    """The control API of a server with the lane `a`."""
    with controlled() as (_, client):
        client.put("/lanes/a", {"keys": ["sk_team"]})
        yield client


WRONG_STEP: Final = {"reply": 1}
SEVERAL: Final[list[tuple[str, Any, list[str]]]] = [
    ("POST /lanes", {"name": "a b", "nme": 1}, ["name", "nme"]),
    ("POST /lanes", {"nme": 1, "name": "a b"}, ["nme", "name"]),
    (
        "POST /lanes",
        {"settings": {"plan": "standrd", "drift": 2}},
        ["settings.plan", "settings.drift"],
    ),
    (
        "POST /lanes",
        {"settings": {"plan": "standrd"}, "steps": [WRONG_STEP]},
        ["settings.plan", "steps[0].reply"],
    ),
    ("POST /lanes", {"keys": ["a\n"], "steps": [WRONG_STEP]}, ["keys[0]", "steps[0].reply"]),
    ("PUT /lanes/b", {"ttl": -1, "steps": [WRONG_STEP]}, ["ttl", "steps[0].reply"]),
    ("PUT /lanes/b", {"ttl": "x", "name": "c"}, ["ttl", "name"]),
    (
        "POST /lanes",
        {"script": "steps:\n- rply: 1\n", "nme": 1, "settings": {"sead": 1}},
        ["script.steps[0].rply", "nme", "settings.sead"],
    ),
    ("POST /lanes", {"steps": [{}], "script": "steps: 5"}, ["", "steps[0]", "script.steps"]),
    (
        "PATCH /lanes/a/settings",
        {"plan": "10-3", "clock": "real", "pace": "elektron", "drift": 7, "seed": "x"},
        ["plan", "clock", "pace", "drift", "seed"],
    ),
    ("POST /lanes/a/reset", {"x": 1, "only": ["a", "clock", "b"]}, ["x", "only[0]", "only[2]"]),
    (
        "POST /lanes/a/steps",
        [{"times": 0, "when": {"says": {"regex": "("}}, "reply": "{{nope}}"}, {"fail": 5}],
        ["steps[0].times", "steps[0].when.says.regex", "steps[0].reply", "steps[1].fail"],
    ),
    (
        "POST /lanes/a/steps",
        [{"when": {"headers": {"x-a": {"regex": "("}, "x-b": {"regex": ")"}}}, "reply": "b"}],
        ["steps[0].when.headers.x-a.regex", "steps[0].when.headers.x-b.regex"],
    ),
    (
        "POST /lanes/a/verify",
        {"called": {"says": {"regex": "("}, "headers": {"x-b": {"regex": ")"}}}},
        ["called.says.regex", "called.headers.x-b.regex"],
    ),
    ("PUT /lanes/a/steps", {"x": 1, "steps": [WRONG_STEP]}, ["x", "steps[0].reply"]),
    ("POST /check", {"steps": [WRONG_STEP], "script": 5}, ["", "steps[0].reply", "script"]),
    (
        "POST /lanes/a/faults",
        {"rate": 2, "when": {"says": ""}, "times": 1.0, "fault": {"cut": {"after": -1}}, "x": 1},
        ["rate", "when.says", "times", "fault.cut.after", "x"],
    ),
    (
        "POST /lanes/a/faults",
        {"fault": {"stall": {"x": 1, "seconds": -1, "after": -1}}},
        ["fault.stall.x", "fault.stall.seconds", "fault.stall.after"],
    ),
    (
        "POST /lanes/a/faults",
        {"fault": {"fail": {"kindd": 1, "kind": 503, "retry_after": 1e300, "delay": -1}}},
        ["fault.fail.kindd", "fault.fail.retry_after", "fault.fail.delay"],
    ),
    (
        "POST /lanes/a/faults",
        {"fault": {"raw": {"frames": ["a", {"base64": "!"}, {"base64": "?"}]}}},
        ["fault.raw.frames[1].base64", "fault.raw.frames[2].base64"],
    ),
    (
        "POST /lanes/a/steps",
        [
            {"fail": {"kind": 999, "delay": -1, "page": "nginx"}, "times": 1e300},
            {
                "reply": "a",
                "inject": [{"stall": {"seconds": -1, "after": -1}}],
                "cut": {"x": 1, "after": -1},
            },
            {"reply": "a", "pace": {"first": -1, "x": 1, "jitter": 5}},
        ],
        [
            "steps[0].fail.kind",
            "steps[0].fail.delay",
            "steps[0].times",
            "steps[1].inject[0].stall.seconds",
            "steps[1].inject[0].stall.after",
            "steps[1].cut.x",
            "steps[1].cut.after",
            "steps[2].pace.first",
            "steps[2].pace.x",
            "steps[2].pace.jitter",
        ],
    ),
    (
        "PATCH /lanes/a/settings",
        {
            "plan": {"in_flight": 1e300, "x": 1, "requests_per_minute": 1e300},
            "pace": {"first": -1, "jitter": 5},
            "allow_hosts": ["a/", "b", "c d"],
        },
        [
            "plan.in_flight",
            "plan.x",
            "plan.requests_per_minute",
            "pace.first",
            "pace.jitter",
            "allow_hosts[0]",
            "allow_hosts[2]",
        ],
    ),
    ("POST /lanes", {"keys": ["a b", "\n", "é", ""]}, ["keys[1]", "keys[2]", "keys[3]"]),
    ("POST /lanes/a/clock/advance", {"x": 1, "seconds": 1e300}, ["x", "seconds"]),
    (
        "POST /lanes/a/verify",
        {"called": {"status": 999, "answered_by": "model"}, "retried": {"kind": "overloadd"}},
        ["called.status", "called.answered_by", "retried.kind"],
    ),
    (
        "POST /lanes/a/verify",
        [{"retried": {"times": -1, "kind": "x"}}, {"calld": True, "called": {"error": "x"}}],
        ["[0].retried.times", "[0].retried.kind", "[1].calld", "[1].called.error"],
    ),
    ("POST /lanes/a/barge-in", {"x": 1, "y": 2}, ["x", "y"]),
]
"""Bodies with several problems, of different kinds, with the paths in the order of the body."""


def test_every_route_with_a_body_has_several_problems() -> None:
    """A new route needs a row."""
    named = {f"{row.method} {row.path}".replace("{name}", "a") for row in ROUTES if row.body}
    assert named == {route.replace("/lanes/b", "/lanes/a") for route, _, _ in SEVERAL}


@pytest.mark.parametrize(("route", "body", "where"), SEVERAL)
def test_all_problems_of_a_body_are_listed_in_its_order(
    route: str, body: Any, where: list[str], control: ControlClient
) -> None:
    """Whether the schema finds a problem, or the value itself, or a text inside the body."""
    method, path = route.split()
    response = control.send(method, path, body)
    assert (response.status, paths(response)) == (422, where)


def test_a_message_has_all_problems_within_limits(control: ControlClient) -> None:
    """A client that shows the message alone shows up to ten problems, and how many there are."""
    few = control.send("POST", "/lanes/a/barge-in", {"x": 1, "y": 2}).json["error"]["message"]
    assert few == (
        "the body has 2 problems:\n"
        "x: unknown field 'x'; expected none\n"
        "y: unknown field 'y'; expected none"
    )
    many = control.send("POST", "/lanes/a/barge-in", {f"x{n}": n for n in range(30)}).json["error"]
    lines = many["message"].split("\n")
    assert (len(lines), lines[-1], len(many["problems"])) == (12, "… and 20 more", 30)
    long = control.send("POST", "/lanes/a/steps", [{"rply": 1}] * 20).json["error"]["message"]
    assert len(long) < 2_200


def test_a_body_with_too_many_problems_says_so_last(control: ControlClient) -> None:
    """At most 100 are listed, and then that there are more."""
    many = {f"x{number}": 1 for number in range(101)}
    for body in (many, {"steps": [{"rply": 1}] * 200}, {"script": "steps: [" + "{}, " * 200 + "]"}):
        listed = problems(control.send("POST", "/lanes", body))
        assert len(listed) == 101
        assert listed[-1] == {"path": "", "message": "more problems are not listed"}


@pytest.mark.parametrize(
    ("route", "body", "words"),
    [
        (
            "POST /lanes",
            {"settings": "strict"},
            "settings must be an object, got 'strict'; write {\"strict\": true}",
        ),
        ("POST /lanes", {"settings": "fast"}, "settings must be an object, got 'fast'"),
        ("POST /lanes", {"settings": "seed"}, "settings must be an object, got 'seed'"),
        (
            "POST /lanes/a/steps",
            [{"when": {"status": 200}, "reply": "a"}],
            "unknown condition 'status': it is about an answer, and only exchanges are selected by "
            "it; when selects requests before they are answered",
        ),
        (
            "POST /lanes",
            {"steps": [], "script": "steps: []"},
            "the body must have either steps or script, not both",
        ),
    ],
)
def test_advice_is_right_or_not_given(
    route: str, body: Any, words: str, control: ControlClient
) -> None:
    """Nobody is told to write something that means something else."""
    method, path = route.split()
    [problem] = problems(control.send(method, path, body))
    assert problem["message"] == words
    assert "did_you_mean" not in problem


@pytest.mark.parametrize(
    "where", [{"status": "200"}, {"turn": "1"}, {"too_early": "yes"}, {"too_early": ""}]
)
def test_the_parameter_where_takes_json_values(where: Any, control: ControlClient) -> None:
    """It is as strict as a body. A parameter of its own is a text, whatever it stands for."""
    refused = control.send("GET", f"/lanes/a/exchanges?where={quote(json.dumps(where))}")
    assert (refused.status, paths(refused)) == (422, [f"where.{next(iter(where))}"])
    [(name, value)] = where.items()
    assert control.send("GET", f"/lanes/a/exchanges?{name}={value}").status == 200


def test_a_number_in_quotation_marks_is_told_to_be_a_number(control: ControlClient) -> None:
    """What `did_you_mean` has can replace the value as it is."""
    [problem] = problems(control.send("POST", "/lanes/a/steps", {"fail": {"kind": "503"}}))
    assert problem["did_you_mean"] == 503


MANY: Final = {f"x{number}": number for number in range(120)}
UNREAD: Final[list[tuple[str, Any]]] = [
    ("PATCH /lanes/a/settings", MANY),
    ("PATCH /lanes/a/settings", {"tools": [1] * 120, "zz": 1}),
    ("POST /lanes", {"settings": MANY, "script": 5}),
    ("PUT /lanes/b", {"keys": [5] * 120, "script": 5}),
    ("POST /lanes/a/faults", {"when": MANY, "fault": {"zz": {}}}),
    ("POST /lanes/a/faults", {"fault": {"fail": MANY}, "when": {"zz": 1}}),
    ("POST /lanes/a/verify", {"called": MANY, "zz": 1}),
    ("POST /lanes/a/steps", [MANY, {"when": 5}]),
    ("POST /lanes/a/reset", MANY | {"only": 5}),
]
"""Bodies with more problems than are listed, and values that their schema check does not reach."""


@pytest.mark.parametrize(("route", "body"), UNREAD)
def test_what_was_not_checked_is_not_read(route: str, body: Any, control: ControlClient) -> None:
    """A body with very many problems is refused like any other."""
    method, path = route.split()
    response = control.send(method, path, body)
    assert (response.status, len(problems(response))) == (422, 101)


@pytest.mark.parametrize(
    ("route", "body", "path"),
    [
        ("PATCH /lanes/a/settings", {"accounts": [["a", "b"]] * 1001}, "accounts"),
        ("PATCH /lanes/a/settings", {"accounts": [["a"] * 1001]}, "accounts[0]"),
        ("PATCH /lanes/a/settings", {"tools": ["a"] * 1001}, "tools"),
        ("POST /lanes/a/reset", {"only": ["clock"] * 1001}, "only"),
    ],
)
def test_lists_of_settings_are_bounded(
    route: str, body: Any, path: str, control: ControlClient
) -> None:
    """Each request would be compared with all members, while all others wait."""
    method, at = route.split()
    assert paths(control.send(method, at, body)) == [path]


OTHER_FAULTS: Final[list[tuple[Any, str]]] = [
    (429, 'fault must be a string or an object, got 429; write {"fail": 429}'),
    ("429", "unknown fault '429'; write {\"fail\": 429}"),
    ({"429": {}}, "unknown fault '429'; write {\"fail\": 429}"),
    ("concurrency", 'unknown fault \'concurrency\'; write {"fail": "concurrency"}'),
    ("rate-limited", "unknown fault 'rate-limited'; write {\"fail\": 429}"),
    ({"error": {"status": 503}}, "unknown fault 'error'; write {\"fail\": 503}"),
    ("timeout", "unknown fault 'timeout'; write silence or stall"),
    ({"disconnect": {}}, "unknown fault 'disconnect'; write cut, close or reset"),
    ({}, "fault must have exactly one key, a name with its fields below it, got none"),
    (
        {"cut": {}, "gzip": {}},
        "fault must have exactly one key, a name with its fields below it, got 'cut', 'gzip'",
    ),
]
"""What users write who know other fakes, or only Python, and the messages."""


@pytest.mark.parametrize(("fault", "words"), OTHER_FAULTS)
def test_an_error_or_a_fault_by_another_name_is_answered_with_the_right_one(
    fault: Any, words: str, control: ControlClient
) -> None:
    """The list of all faults would not help."""
    [problem] = problems(control.send("POST", "/lanes/a/faults", {"fault": fault}))
    assert problem["message"] == words


@pytest.mark.parametrize("inject", [429, "429", {"429": {}}])
def test_a_step_that_injects_an_error_is_told_to_fail(inject: Any, control: ControlClient) -> None:
    """In a step, an error is no fault: it stands in the place of the reply."""
    [problem] = problems(control.send("POST", "/lanes/a/steps", [{"inject": inject}]))
    assert problem["message"].endswith("; write fail: 429 instead")


QUERIES: Final = [
    (row.method, row.path.format_map({"name": "typo", "number": 0, "id": 0})) for row in ROUTES
]


@pytest.mark.parametrize(("method", "path"), QUERIES)
def test_every_route_refuses_unknown_parameters(
    method: str, path: str, control: ControlClient
) -> None:
    """It names them, and does nothing."""
    control.send("PUT", "/lanes/typo", {"steps": [{"reply": "a"}]})
    opened = control.get("/lanes/typo")
    refused = control.send(method, f"{path}?wiat=1&wiat=2&x=1", {})
    assert (refused.status, paths(refused)) == (422, ["wiat", "x"])
    assert control.get("/lanes/typo") == opened


@pytest.mark.parametrize(
    ("method", "path", "near"),
    [
        ("DELETE", "/lanes/a?wiat=1", "wait"),
        ("GET", "/lanes/a/verdict?wiat=1", "wait"),
        ("GET", "/lanes/a/events?latst=true", "latest"),
        ("GET", "/events?last_event=1", "last_event_id"),
        ("GET", "/lanes/a/exchanges?lst=1", "last"),
    ],
)
def test_a_misspelled_parameter_has_a_suggestion(
    method: str, path: str, near: str, control: ControlClient
) -> None:
    """As a misspelled field of a body has."""
    [problem] = problems(control.send(method, path))
    assert problem["did_you_mean"] == near


def test_a_condition_in_where_is_compared_with_conditions(control: ControlClient) -> None:
    """A parameter that is no condition is not suggested, and the path begins with `where`."""
    where = quote('{"format": "rows", "last": 1, "sayz": 1, "says": 5}')
    response = control.send("GET", f"/lanes/a/exchanges?where={where}&since=x&lst=1")
    found = {one["path"]: one["message"] for one in problems(response)}
    assert [*found] == [
        *("where.format", "where.last", "where.sayz", "where.says"),
        *("since", "lst"),
    ]
    assert "'since'" not in found["where.format"]
    assert found["where.sayz"].startswith("unknown condition 'sayz'; expected one of 'says', ")
    assert found["where.sayz"].endswith("Did you mean 'says'?")


def test_a_number_to_wait_for_needs_a_time(control: ControlClient) -> None:
    """Without the parameter `wait` it would be ignored."""
    response = control.send("GET", "/lanes/a/exchanges?count=2")
    [problem] = problems(response)
    assert (response.status, problem["path"]) == (422, "count")
    assert problem["message"].startswith("count needs wait, the number of seconds")
    assert control.send("GET", "/lanes/a/exchanges?count=2&wait=0").status == 200


def test_a_parameter_and_a_condition_of_the_same_name_are_one_too_many(
    control: ControlClient,
) -> None:
    """A condition is given as a parameter or in `where`; otherwise one would be ignored."""
    where = quote('{"says": "a"}')
    response = control.send("GET", f"/lanes/a/exchanges?where={where}&says=b")
    [problem] = problems(response)
    assert (problem["path"], problem["message"]) == (
        "says",
        "says is given twice: in the parameter where, and on its own",
    )


SUGGESTIONS: Final[list[tuple[str, Any, Any]]] = [
    ("/lanes/a/clock/advance", {"secnds": 1}, "seconds"),
    ("/lanes/a/reset", {"onli": []}, "only"),
    ("/lanes/a/verify", {"peak_in_flight": {"at_mos": 3}}, "at_most"),
    ("/lanes/a/steps", {"when": {"says": {"regx": "a"}}, "reply": "b"}, "regex"),
    ("/lanes/a/steps", {"when": {"says": {"pattern": "a"}}, "reply": "b"}, "regex"),
    ("/lanes/a/steps", {"fail": {"status": 503}}, "kind"),
    ("/lanes/a/steps", {"fail": 5033}, 503),
    ("/lanes/a/steps", {"reply": {"calls": [{"f": {}, "idd": "x"}]}}, "id"),
    ("/lanes/a/steps", {"reply": {"calls": [{"f": {}, "call_id": "x"}]}}, "id"),
    ("/lanes/a/verify", {"retried": {"kind": "overloadd"}}, "overloaded"),
    ("/lanes/a/clock/advance", {"x": 1}, None),
    ("/lanes/a/barge-in", {"x": 1}, None),
    ("/lanes/a/faults", {"fail": 503}, None),
    ("/lanes/a/verify", {"retried": 503}, None),
]
"""Wrong names and values, and what is suggested instead."""


@pytest.mark.parametrize(("path", "body", "near"), SUGGESTIONS)
def test_a_wrong_name_has_the_right_one_as_a_value(
    path: str, body: Any, near: Any, control: ControlClient
) -> None:
    """`did_you_mean` has what the message suggests, a number as a number."""
    [problem] = problems(control.send("POST", path, body))
    assert problem.get("did_you_mean") == near


def test_a_name_of_no_tool_has_the_path_of_its_argument(control: ControlClient) -> None:
    """Also where the message names the argument before a colon."""
    body = {"tool_results_answered": {"except_for": ""}}
    refused = control.send("POST", "/lanes/default/verify", body)
    assert paths(refused) == ["tool_results_answered.except_for"]


def test_a_condition_that_is_given_twice_is_a_problem(control: ControlClient) -> None:
    """As a field of a body that is given twice."""
    twice = quote('{"says": "a", "says": "b"}')
    refused = control.send("GET", f"/lanes/default/exchanges?where={twice}")
    assert (refused.status, paths(refused)) == (422, ["where"])
    assert "'says'" in problems(refused)[0]["message"]
