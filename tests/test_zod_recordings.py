"""The validators report the same issues as recordings of the real Zod, byte for byte.

`fixtures/zod/record.mjs` explains how to update the recordings. `test_zod_live.py` compares with
Zod itself if it is installed.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from rows import each
from zod_cases import CASES, ZOD_DIR, expand, issues

from mock_electron.wire import codec, schema


def recordings() -> Iterator[dict[str, Any]]:
    """Yield each recording of the file, with its issues also as text."""
    _, *lines, _ = (ZOD_DIR / "issues.json").read_text(encoding="utf-8").strip().split("\n")
    for line in lines:
        recording = line.removesuffix(",")
        _, _, issues_and_brace = recording.partition(',"issues":')
        yield json.loads(recording) | {"text": issues_and_brace.removesuffix("}")}


RECORDINGS: Final = list(recordings())


@each({f"{row['case']} ({row['schema']})": row for row in RECORDINGS})
def test_issues_are_those_of_zod(recording: dict[str, Any]) -> None:
    """The same issues in the same order, with the same keys in the same order."""
    body = json.dumps(expand(CASES[recording["case"]]))
    assert codec.encode(issues(recording["schema"], body)).decode() == recording["text"]


def test_the_recordings_are_up_to_date() -> None:
    """The recorded bodies are those of the cases, apart from the notation of numbers."""
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
"""The codes of the issues that Zod can report for each field, and for the body itself ("")."""


@each({field: field for field in VIOLATIONS})
def test_every_violation_is_recorded(field: str) -> None:
    """The recordings contain every code of every field."""
    found = [issue for recording in RECORDINGS for issue in recording["issues"]]
    codes = {issue["code"] for issue in found if field_of(issue) == field}
    assert codes.issuperset(VIOLATIONS[field].split())


def test_every_field_has_violations() -> None:
    """VIOLATIONS contains every field of the schema."""
    assert [name for name in schema.DOCUMENTED.shape if name not in VIOLATIONS] == []


def field_of(issue: dict[str, Any]) -> str:
    """Return the path of an issue without array indexes."""
    return ".".join(key for key in issue["path"] if isinstance(key, str))


def test_every_response_format_is_recorded_with_both_schemas() -> None:
    """Bodies with a `response_format` are recorded with and without `json_schema`."""
    formats = {name for name, body in CASES.items() if "response_format" in dict_of(body)}
    switched = {r["case"] for r in RECORDINGS if r["schema"] == "with_json_schema"}
    assert formats
    assert switched == formats


def with_doubles(value: Any) -> Any:
    """Return the value with all numbers as floats, as in JavaScript."""
    return json.loads(json.dumps(value), parse_int=float)


def dict_of(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}
