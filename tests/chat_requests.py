"""Hypothesis strategies for requests that may be invalid in any place."""

from typing import Any, Final

from hypothesis import strategies as st

from mock_electron.strategies import chat_requests
from mock_electron.wire.schema import DOCUMENTED

TEXT = st.text(max_size=40)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
"""Strategy for any JSON value."""


@st.composite
def mutated_requests(draw: st.DrawFn) -> object:
    """Draw a valid request and replace one to three values with any JSON, or remove them."""
    request = draw(chat_requests())
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = request
        while isinstance(holder, dict | list) and holder:
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = draw(st.sampled_from(list(keys)))
            if draw(st.booleans()) or not isinstance(holder[key], dict | list) or not holder[key]:
                if draw(st.booleans()):
                    holder[key] = draw(JSON_VALUES)
                else:
                    del holder[key]
                break
            holder = holder[key]
    return request


PATHS: Final[list[tuple[str | int, ...]]] = [
    *((name,) for name in DOCUMENTED.shape),
    ("stream_options", "include_usage"),
    ("response_format", "type"),
    ("tool_choice", "type"),
    ("tool_choice", "function"),
    ("tool_choice", "function", "name"),
    ("logit_bias", "10"),
    ("tools", 0),
    ("messages", 0),
    *(("messages", 0, name) for name in ("role", "content", "tool_calls", "tool_call_id")),
    ("messages", 0, "tool_calls", 0),
    *(("messages", 0, "tool_calls", 0, name) for name in ("id", "type", "function")),
    *(("messages", 0, "tool_calls", 0, "function", name) for name in ("name", "arguments")),
]
"""The paths that the schema checks."""

NEAR: Final[list[Any]] = [
    *(
        None,
        True,
        False,
        "",
        "x",
        "electron",
        "tool",
        "auto",
        "function",
        "developer",
        "json_schema",
    ),
    *(0, 1, 2, -2, 4, 21, -1, 0.5, 1.5, 2.0, -2.5, 1e-6, 2**64, 1e300),
    *([], [1], ["x"] * 4, ["x"] * 5, [{}] * 64, [{}] * 65, [{}] * 201, {}, {"b": 1, "2": 1}),
    *({"type": "function", "function": {"name": "f"}}, [{"type": "text", "text": "a"}]),
]
"""Values that are valid in one field and invalid in another, or near a limit."""


@st.composite
def near_misses(draw: st.DrawFn) -> object:
    """Generate a minimal request with values of NEAR at one to eight paths."""
    request: object = {"model": "electron", "messages": [{"role": "user"}]}
    for path in draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=8, unique=True)):
        request = put(request, path, draw(st.sampled_from(NEAR)))
    return request


def put(container: Any, path: tuple[str | int, ...], value: object) -> object:
    """Return a container with the value at the path. Missing containers are created."""
    if not path:
        return value
    key, *rest = path
    if key == 0:
        items = container if isinstance(container, list) and container else [None]
        return [put(items[0], tuple(rest), value), *items[1:]]
    members = container if isinstance(container, dict) else {}
    return members | {key: put(members.get(key), tuple(rest), value)}
