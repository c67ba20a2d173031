"""The validators give Zod's own issues, byte for byte, as the real library was recorded to.

`fixtures/zod/record.mjs` made the recordings and says how to make them again; where there is Zod,
`test_zod_live.py` asks it itself.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from zod_cases import CASES, ZOD_DIR, expand, issues

from mock_electron.wire import codec, schema


def recordings() -> Iterator[dict[str, Any]]:
    """Each line of the file but the brackets, and its issues as a text too."""
    _, *lines, _ = (ZOD_DIR / "issues.json").read_text(encoding="utf-8").strip().split("\n")
    for line in lines:
        recording = line.removesuffix(",")
        _, _, issues_and_brace = recording.partition(',"issues":')
        yield json.loads(recording) | {"text": issues_and_brace.removesuffix("}")}


RECORDINGS: Final = list(recordings())


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r['case']} ({r['schema']})")
def test_issues_are_those_of_zod(recording: dict[str, Any]) -> None:
    """The same issues in the same order, with the same keys in the same order."""
    body = json.dumps(expand(CASES[recording["case"]]))
    assert codec.encode(issues(recording["schema"], body)).decode() == recording["text"]


def test_recordings_are_of_the_cases_as_they_stand() -> None:
    """No case was added, changed or dropped since the recording, but for JavaScript's numbers."""
    recorded = {recording["case"]: recording["body"] for recording in RECORDINGS}
    assert with_doubles(recorded) == with_doubles(CASES)


VIOLATIONS: Final = {
    "": "invalid_type",
    "model": "invalid_enum_value invalid_type",
    "messages": "too_small too_big invalid_type",
    "messages.role": "invalid_enum_value invalid_type",
    "messages.content": "invalid_type",
    "messages.tool_calls": "invalid_type",
    "messages.tool_calls.id": "invalid_type",
    "messages.tool_calls.type": "invalid_literal",
    "messages.tool_calls.function": "invalid_type",
    "messages.tool_calls.function.name": "invalid_type",
    "messages.tool_calls.function.arguments": "invalid_type",
    "messages.tool_call_id": "custom invalid_type",
    "temperature": "too_small invalid_type",
    "top_p": "too_small too_big invalid_type",
    "max_tokens": "too_small invalid_type",
    "stream": "invalid_type",
    "stream_options": "invalid_type",
    "stream_options.include_usage": "invalid_type",
    "stop": "too_big invalid_union",
    "seed": "invalid_type",
    "response_format": "invalid_type",
    "response_format.type": "invalid_enum_value invalid_type",
    "tools": "too_big invalid_type",
    "tool_choice": "invalid_union",
    "logit_bias": "invalid_type",
    "logit_bias.a": "invalid_type",
    "logprobs": "invalid_type",
    "top_logprobs": "too_small too_big invalid_type",
    "presence_penalty": "too_small too_big invalid_type",
    "frequency_penalty": "too_small too_big invalid_type",
    "user": "invalid_type",
    "n": "custom invalid_type",
    "prompt_logprobs": "custom",
}
"""What Zod can object to in each field, and in the body itself."""


@pytest.mark.parametrize("field", VIOLATIONS)
def test_every_violation_is_recorded(field: str) -> None:
    """Of every rule of the request's schema, in the field that it is for."""
    found = [issue for recording in RECORDINGS for issue in recording["issues"]]
    codes = {issue["code"] for issue in found if field_of(issue) == field}
    assert codes.issuperset(VIOLATIONS[field].split())


def test_every_field_has_its_violations() -> None:
    """No field of the schema is left out of the table above."""
    assert [name for name in schema.DOCUMENTED.shape if name not in VIOLATIONS] == []


def field_of(issue: dict[str, Any]) -> str:
    """The path of an issue without the indexes."""
    return ".".join(key for key in issue["path"] if isinstance(key, str))


def test_every_response_format_is_recorded_with_both_schemas() -> None:
    """The switch of `json_schema` is held against Zod too."""
    formats = {name for name, body in CASES.items() if "response_format" in dict_of(body)}
    switched = {r["case"] for r in RECORDINGS if r["schema"] == "with_json_schema"}
    assert formats
    assert switched == formats


def with_doubles(value: Any) -> Any:
    """The same with every number as JavaScript sees it."""
    return json.loads(json.dumps(value), parse_int=float)


def dict_of(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}
