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

DIFFERENT: Final = {
    "tool_calls: type: a number written as a float": "2.0 comes back as 2.0, not as 2",
    "tool_calls: type: a number beyond 2 ** 53": "comes back exact, not as a double",
    "tool_calls: type: an object with integer keys": "its keys come back in the body's order",
}
"""Where the validators are known to differ from Zod: in `received` of an invalid literal."""


def expand(value: Any) -> Any:
    """The body that a case stands for: `{"repeat": n, "item": item}` is n times the item."""
    if isinstance(value, list):
        return [expand(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "repeat" in value:
        return [expand(value["item"])] * value["repeat"]
    return {key: expand(item) for key, item in value.items()}


def parameter(recording: dict[str, Any]) -> Any:
    case = recording["case"]
    marks = pytest.mark.xfail(reason=DIFFERENT[case]) if case in DIFFERENT else ()
    return pytest.param(recording, id=f"{case} ({recording['schema']})", marks=marks)


@pytest.mark.parametrize("recording", map(parameter, RECORDINGS))
def test_issues_are_those_of_zod(recording: dict[str, Any]) -> None:
    """The same issues in the same order, with the same keys in the same order."""
    expected: Object = SCHEMAS[recording["schema"]]
    body = codec.decode(json.dumps(expand(CASES[recording["case"]])).encode())
    assert codec.encode(validate(expected, body)) == codec.encode(recording["issues"])


def test_recordings_are_of_the_cases_as_they_stand() -> None:
    """No case was added, changed or dropped since the recording."""
    assert {recording["case"]: recording["body"] for recording in RECORDINGS} == CASES


def test_every_response_format_is_recorded_with_both_schemas() -> None:
    """The switch of `json_schema` is held against Zod too."""
    formats = {name for name, body in CASES.items() if "response_format" in dict_of(body)}
    switched = {r["case"] for r in RECORDINGS if r["schema"] == "with_json_schema"}
    assert formats
    assert switched == formats


def dict_of(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}
