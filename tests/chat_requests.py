"""Hypothesis strategy for requests that may be invalid in any place."""

from typing import Any

from hypothesis import strategies as st

from mock_electron.strategies import chat_requests

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
