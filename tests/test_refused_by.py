"""The line of a refused request names the rule that refused it."""

from gzip import compress
from typing import Any

from lanes import arrival, ask
from msgspec.structs import replace
from raw_http import send

from mock_electron import Electron, MockElectron, Plan, Settings
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane

CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{"}}
BROKEN = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "a", "content": "x"},
]
MISSING = "model: Required; messages: Required"


def line(asked: Arrival, *, times: int = 1, **settings: Any) -> str:
    lane = Lane(Settings(**settings))
    for _ in range(times):
        answer = lane.open(asked)
        lane.close(answer, len(answer.frames))
    return str(lane.peek()[-1])


def test_the_line_names_the_rule_that_refused_the_request() -> None:
    """It is a setting only if another value of this setting accepts the request."""
    limited = {"plan": "10:3", "times": 11}
    groups = {"accounts": (("a-key", "sk_mock_standard-2"),)}
    table: list[tuple[Arrival, dict[str, Any], str]] = [
        (arrival(key="sk_mock_revoked"), {}, " (the key sk_mock_revoked always gets 401), A"),
        (arrival(key="sk_mock_forbidden"), {}, " (the key sk_mock_forbidden always gets 403) |"),
        (arrival(key="x"), {"api_keys": ("y",)}, " (setting api_keys), Authorization: Bearer …"),
        (arrival(key=""), {"api_keys": ("y",)}, " (Authorization must be Bearer <key>), A"),
        (arrival(), limited, " (setting plan) | 429"),
        (arrival(key="sk_mock_standard"), limited, " (the key sk_mock_standard selects the plan)"),
        (
            arrival(key="sk_mock_standard-7"),
            limited,
            " (the key sk_mock_standard selects the plan)",
        ),
        (arrival(key="a-key"), limited | groups, " (another key of the account selects the plan)"),
        (arrival(), {"plan": Plan(1, 1), "times": 2}, " (setting plan) | 429"),
        (arrival(), {"strict": True}, " (setting strict) | 404"),
        (
            arrival(messages=BROKEN),
            {"refuse_broken_arguments": True},
            " (setting refuse_broken_arguments) | 400",
        ),
    ]
    for sent, key in (("", "missing"), ("Basic dXNlcjpwYXNz", "Basic …YXNz"), ("sk_a", "…")):
        rule = f" (Authorization must be Bearer <key>), Authorization: {key} | 401"
        table.append((replace(arrival(), authorization=sent), {}, rule))
    found = [(words, line(asked, **options)) for asked, options, words in table]
    assert [one for one in found if one[0] not in one[1]] == []


def test_the_line_says_why_a_body_was_not_read() -> None:
    """The fields are in the body, but a header keeps the gateway from reading it."""
    asked = arrival()
    types = {
        "application/x-www-form-urlencoded": "application/x-www-form-urlencoded",
        "": "missing",
        "text/plain; charset=utf-8": "text/plain",
        "application/problem+json": "application/problem+json",
        "x/sk_live_0123456789abcdef": "x/…cdef",
        "x/" + "y" * 500: "x/yyy",
    }
    expected = {
        replace(asked, content_type=given): f"{MISSING} (the body was not read: Content-Type is {a}"
        for given, a in types.items()
    }
    expected[replace(asked, body=b"")] = f"{MISSING} (the request has no body) | 400"
    expected[replace(asked, body=compress(asked.body))] = "(the body is gzip data, but Content-Enc"
    found = [(words, line(one)) for one, words in expected.items()]
    assert [one for one in found if one[0] not in one[1] or len(one[1]) > 500] == []
    assert line(replace(asked, content_type="text/plain")).count("not application/json) | 400") == 1


def test_a_body_that_was_read_has_no_such_note() -> None:
    """A missing field is missing, and the rule changes neither the error nor its bytes."""
    assert "was not read" not in line(replace(arrival(), body=b"{}"))
    electron = Electron(Lane(Settings()), "http://mock")
    ask(electron._lane, key="sk_mock_revoked")
    error = electron.exchanges[0].error
    assert error is not None
    assert error == replace(error, decided_by="")
    assert "decided_by" not in str(electron.exchanges[0].to_dict())


def test_the_setting_that_would_serve_a_list_of_models_is_named() -> None:
    """Only if it would: not for another path or an unknown model."""
    paths = ("models", "models/electron", "models/x", "models/", "modelsx")
    with MockElectron() as off, MockElectron(list_models=True) as on:
        for path in paths:
            for electron in (off, on):
                key = {"Authorization": "Bearer sk_mock"}
                send(f"{electron.base_url}/{path}", method="GET", headers=key)
        named = [" (setting list_models) | 404" in str(one) for one in off.other_requests]
        assert named == [True, True, False, False, False]
        assert "list_models" not in "".join(map(str, on.other_requests))
        assert [one.status for one in on.other_requests] == [200, 200, 404, 404, 404]
