"""The validators give Zod's own issues, byte for byte, as the real library was recorded to.

`fixtures/zod/record.mjs` made the recordings and says how to make them again.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from mock_electron.wire import codec, schema
from mock_electron.wire.zod import Object, validate

RECORDINGS_DIR: Final = Path(__file__).parent.parent / "fixtures" / "zod"
SCHEMAS: Final = {"documented": schema.DOCUMENTED, "with_json_schema": schema.WITH_JSON_SCHEMA}


def load(name: str) -> Any:
    return json.loads((RECORDINGS_DIR / name).read_text(encoding="utf-8"))


# A body is taken from the cases, for JavaScript writes 2.0 as 2 into the recordings.
CASES: Final[dict[str, Any]] = load("cases.json")
RECORDINGS: Final[list[dict[str, Any]]] = load("issues.json")


def expand(value: Any) -> Any:
    """The body that a case stands for: `{"repeat": n, "item": item}` is n times the item."""
    if isinstance(value, list):
        return [expand(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "repeat" in value:
        return [expand(value["item"])] * value["repeat"]
    return {key: expand(item) for key, item in value.items()}


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r['case']} ({r['schema']})")
def test_issues_are_those_of_zod(recording: dict[str, Any]) -> None:
    """The same issues in the same order, with the same keys in the same order."""
    expected: Object = SCHEMAS[recording["schema"]]
    body = codec.decode(json.dumps(expand(CASES[recording["case"]])).encode())
    assert codec.encode(validate(expected, body)) == codec.encode(recording["issues"])


def test_recordings_are_of_the_cases_as_they_stand() -> None:
    """No case was added, changed or dropped since the recording, but for JavaScript's numbers."""
    recorded = {recording["case"]: recording["body"] for recording in RECORDINGS}
    assert with_doubles(recorded) == with_doubles(CASES)


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
