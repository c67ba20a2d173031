"""Texts and other JSON that clients stumble over: many scripts, and parts of the stream format.

Strategies are cached: making one takes Hypothesis longer than drawing from it.
"""

from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

PHRASES: Final = (
    "Hi",
    "What is the weather in Mumbai?",
    "मुंबई में मौसम कैसा है?",
    "東京の天気は？",
    "كيف الطقس؟",
    "Ping 👩‍👩‍👧 “quoted” naïve\n\n\ttext",
)
TRICKY: Final = (
    "\n",
    "\n\n",
    "\r\n",
    "data: ",
    "[DONE]",
    "data: [DONE]\n\n",
    '"',
    "\\",
    "\u0085",
    "\u2028",
    "\ufeff",
    "\0",
    "é",
    "👋🏽",
    "🇮🇳",
    "e\u0301",
    '{"error": {}}',
)
LARGEST_INTEGER: Final = 2**53 - 1
"""The largest integer that JavaScript represents exactly."""
NAMES: Final = st.sampled_from(
    ["city", "get_weather", "order-7", "x", "unit", "orderId", "is_open"]
)


@cache
def texts(min_size: int = 0, max_size: int = 20) -> st.SearchStrategy[str]:
    """Return a strategy for any text, phrases, and text that breaks careless stream readers.

    Args:
        min_size: The smallest number of characters.
        max_size: The largest number of characters.
    """
    known = [text for text in (*TRICKY, *PHRASES) if min_size <= len(text) <= max_size]
    anything = st.text(min_size=min_size, max_size=max_size)
    return st.one_of(anything, st.sampled_from(known)) if known else anything


@cache
def tool_names() -> st.SearchStrategy[str]:
    """Return a strategy for names that a tool can have."""
    letters = st.sampled_from("abcxyzABCXYZ0129_-")
    return NAMES | st.text(letters, min_size=1, max_size=64)


@cache
def json_values() -> st.SearchStrategy[Any]:
    """Return a strategy for small JSON values of any type, without integers beyond JavaScript's."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
        | st.floats(allow_nan=False, allow_infinity=False)
        | texts()
    )
    return st.recursive(scalars, _containers, max_leaves=4)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(texts(max_size=8), inner, max_size=3)


@cache
def json_objects() -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for the arguments of a call: small JSON objects."""
    return st.dictionaries(NAMES | texts(max_size=8), json_values(), max_size=3)
