"""The bodies of `fixtures/zod/cases.json`, and the validators that are compared with Zod."""

import json
from pathlib import Path
from typing import Any, Final

from mock_electron.wire import codec, schema
from mock_electron.wire.zod import validate

ZOD_DIR: Final = Path(__file__).parent.parent / "fixtures" / "zod"
SCHEMAS: Final = {"documented": schema.DOCUMENTED, "with_json_schema": schema.WITH_JSON_SCHEMA}

# Bodies come from the cases, not from the recordings, where JavaScript has written 2.0 as 2.
CASES: Final[dict[str, Any]] = json.loads((ZOD_DIR / "cases.json").read_text(encoding="utf-8"))


def expand(value: Any) -> Any:
    """Return the body of a case: `{"repeat": n, "item": item}` becomes a list of n times the item."""
    if isinstance(value, list):
        return [expand(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "repeat" in value:
        return [expand(value["item"])] * value["repeat"]
    return {key: expand(item) for key, item in value.items()}


def issues(schema_name: str, body: str) -> list[dict[str, object]]:
    """Return the issues that the validators report for a JSON body."""
    return validate(SCHEMAS[schema_name], codec.decode(body.encode()))
