"""Replies as a test scripts them: texts and calls, not yet divided into tokens."""

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from mock_electron.inputs.checks import whole_number
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.model.draft import Call, Draft
from mock_electron.model.scripted import call, reply
from mock_electron.strategies.options import check_switches
from mock_electron.strategies.texts import json_objects, texts, tool_names
from mock_electron.wire.reply import FINISH_REASONS, Usage

LARGEST_COUNT: Final = 32_768
"""The largest number of tokens in a usage."""


@checked_keywords
def replies(
    *, calls: bool | None = None, max_calls: int = 3, max_size: int = 40
) -> st.SearchStrategy[Draft]:
    """Return a strategy for the values of `mock_electron.reply(…)`, for `electron.respond_with`.

    Args:
        calls: Whether the reply calls tools, sometimes after a filler. None draws both kinds.
        max_calls: The largest number of calls, from 1 to 64.
        max_size: The largest number of characters in a text, from 0 to 10,000.

    Raises:
        ValueError: If an option is wrong.

    Example:
        @given(said=replies())
        def test_any_reply(said): ...
    """
    check_switches(calls=calls)
    whole_number("max_calls", max_calls, 1, 64)
    whole_number("max_size", max_size, 0, 10_000)
    spoken = texts(max_size=max_size)
    text_only = spoken.map(lambda text: ([text], None))
    with_calls = st.tuples(st.lists(_calls(), min_size=1, max_size=max_calls), st.none() | spoken)
    contents = {None: text_only | with_calls, True: with_calls, False: text_only}
    return _replies(contents[calls])


@st.composite
def _replies(
    draw: st.DrawFn, contents: st.SearchStrategy[tuple[Sequence[str | Call], str | None]]
) -> Draft:
    said, filler = draw(contents)
    finish_reason, usage, logprobs = draw(ENDINGS)
    return reply(*said, filler=filler, finish_reason=finish_reason, usage=usage, logprobs=logprobs)


@st.composite
def _calls(draw: st.DrawFn) -> Call:
    return call(draw(tool_names()), **draw(json_objects()))


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Draw a usage with at most as many cached tokens as prompt tokens."""
    prompt = draw(st.integers(1, LARGEST_COUNT))
    return Usage(prompt, draw(st.integers(0, LARGEST_COUNT)), draw(st.integers(0, prompt)))


ENDINGS: Final = st.tuples(
    st.none() | st.sampled_from(FINISH_REASONS),
    st.none() | usages(),
    st.none() | st.floats(-20, 0),
)
"""Finish reason, usage and log-probability of a reply."""
