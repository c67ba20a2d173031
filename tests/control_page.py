"""The reference page of the control API, made from the table of routes.

Run this module to write the page again: `python tests/control_page.py`.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from mock_electron.control.openapi import COMPONENTS
from mock_electron.control.query import Parameter
from mock_electron.control.route_row import (
    ALWAYS,
    JSON,
    REFUSED_READ,
    REFUSED_WRITE,
    RouteRow,
)
from mock_electron.control.routes import ROUTES
from mock_electron.scripts.validation import ONLY_TRUE

PAGE: Final = Path(__file__).parent.parent / "docs" / "control-api-reference.md"
BEGIN: Final = "<!-- routes: begin -->"
END: Final = "<!-- routes: end -->"
ELSEWHERE: Final = {
    "Text": "text or `{regex}`, as in [scripts](scripts.md)",
    "Fault": "[fault](faults.md)",
    "FaultOrFail": "[fault](faults.md), or `{fail: …}`",
    "Step": "[step](scripts.md)",
    "When": "[conditions](scripts.md)",
    "Reply": "[reply](scripts.md)",
    "Fail": "[error](errors.md)",
    "Pace": "[pace](settings.md)",
    "Settings": "[settings](settings.md) by name",
    "ShownSettings": "[settings](settings.md) by name",
}
"""The components that another page describes."""
OF_ALL: Final = (*ALWAYS, *REFUSED_READ, *REFUSED_WRITE)
"""The statuses that the page describes once."""
GROUPS: Final = {
    "": "The server",
    "lanes": "Lanes",
    "verdict": "Lanes",
    "settings": "Settings",
    "reset": "Settings",
    "steps": "Steps",
    "check": "Steps",
    "faults": "Faults",
    "clock": "The clock",
    "exchanges": "Exchanges",
    "audit": "Assertions",
    "verify": "Assertions",
    "barge-in": "Assertions",
    "events": "Events",
}
"""The headings, by the part of the path that a route is about."""


def current(page: str) -> str:
    """Return the page with up-to-date routes between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{_routes()}\n\n{END}{after}"


def _routes() -> str:
    order = list(dict.fromkeys(GROUPS.values()))
    listed = sorted(ROUTES, key=lambda row: order.index(_group(row)))
    parts = []
    for heading, rows in groupby(listed, _group):
        parts += [f"## {heading}", *(text for row in rows for text in _route(row))]
    parts += ["## Objects", *(text for name in COMPONENTS for text in _component(name))]
    return "\n\n".join(parts)


def _group(row: RouteRow) -> str:
    parts = [part for part in row.path.split("/") if part and not part.startswith("{")]
    about = parts[1] if len(parts) > 1 else parts[0]
    return GROUPS.get(about, GROUPS[""])


def _route(row: RouteRow) -> Iterator[str]:
    yield f"### `{row.method} {row.path}`"
    yield f"{row.summary} {row.description}".strip()
    if row.query:
        yield _table(("parameter", "value", "meaning"), map(_parameter, row.query))
    if row.body is not None:
        yield from _body(row.body)
    answers = [
        _words(one) + ("" if kind == JSON else f" (`{kind}`)") for kind, one in row.schemas.items()
    ]
    refused = [f"`{status}`" for status in row.refused if status not in OF_ALL]
    other = f" Or {', '.join(refused)}." if refused else ""
    status = " or ".join(f"`{status}`" for status in row.success)
    yield f"Answer: {status}, {'; or '.join(answers)}.{other}"


def _body(schema: Any) -> Iterator[str]:
    fields = schema.get("properties", {})
    if _is_component(schema) or not fields:
        yield f"Body: {_words(schema)}"
        return
    required = schema.get("required", ())
    yield "Body: an object." if required else "Body: an object, or nothing."
    yield _table(
        ("field", "value", "meaning"),
        [
            (
                f"`{name}`" + (" (required)" if name in required else ""),
                _words(one),
                one.get("description", ""),
            )
            for name, one in fields.items()
        ],
    )


def _is_component(schema: Any) -> bool:
    return any(component is schema for component in COMPONENTS.values())


def _parameter(one: Parameter) -> tuple[str, str, str]:
    place = " (header)" if one.place == "header" else ""
    return f"`{one.name}`{place}", _words(one.schema), one.description


def _component(name: str) -> Iterator[str]:
    if name in ELSEWHERE:
        return
    yield f"### {name}"
    schema = COMPONENTS[name]
    required = schema.get("required", ())
    fields = schema["properties"].items()
    yield _table(
        ("field", "value"),
        [(f"`{n}`" + ("" if n in required else " (optional)"), _words(one)) for n, one in fields],
    )


def _words(schema: Any) -> str:
    """Return a JSON Schema in words."""
    for name, component in COMPONENTS.items():
        if component is schema:
            return ELSEWHERE.get(name, f"[{name}](#{name.lower()})")
    if "$ref" in schema:
        return ELSEWHERE["Text"] if schema["$ref"].endswith("text") else ELSEWHERE["Fault"]
    if "const" in schema:
        return f"`{_json(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{_json(value)}`" for value in schema["enum"])
    if "anyOf" in schema and "properties" not in schema:
        return " or ".join(map(_words, schema["anyOf"]))
    kinds = schema.get("type", "any value")
    if isinstance(kinds, str):
        return _kind(kinds, schema)
    return " or ".join(_kind(kind, schema) for kind in kinds)


def _kind(kind: str, schema: Any) -> str:
    if kind == "array":
        return f"list of {_words(schema['items'])}" if "items" in schema else "list"
    if kind == "object":
        return _object(schema)
    if kind == "boolean" and schema.get("then") == ONLY_TRUE:
        return "`true`"
    if kind in ("integer", "number"):
        limits = {"minimum": "at least", "maximum": "at most"}
        return ", ".join(
            [
                kind,
                *(f"{words} {schema[key]:g}" for key, words in limits.items() if schema.get(key)),
            ]
        )
    return {"string": "text", "boolean": "`true` or `false`", "null": "`null`"}.get(kind, kind)


def _object(schema: Any) -> str:
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        return f"object of {_words(others)}"
    fields = [
        f"`{name}`: {_words(one)}" if one is not True else f"`{name}`"
        for name, one in schema.get("properties", {}).items()
    ]
    return f"{{{'; '.join(fields)}}}" if fields else "`{}`" if others is False else "object"


def _json(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(columns: Sequence[str], rows: Any) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
