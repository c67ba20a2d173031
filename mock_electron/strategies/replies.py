"""Replies as a test scripts them: texts and calls, before they are cut into tokens."""

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from mock_electron.inputs.spelling import checked_keywords
from mock_electron.model.draft import Call, Draft, call, reply
from mock_electron.strategies.options import check_size, check_switches
from mock_electron.strategies.texts import json_objects, texts, tool_names
from mock_electron.wire.reply import FINISH_REASONS, Usage

LARGEST_COUNT: Final = 32_768


@checked_keywords
def replies(
    *, calls: bool | None = None, max_calls: int = 3, max_size: int = 40
) -> st.SearchStrategy[Draft]:
    """Replies, as `mock_electron.reply(…)` makes them, for `electron.respond_with`.

    calls: whether tools are called, perhaps after a filler; None means either. max_calls: so many
    at most. max_size: characters of a text. Raises ValueError.

    @given(said=replies())
    def test_any_reply(said): ...
    """
    check_switches(calls=calls)
    check_size("max_calls", max_calls, 1, 64)
    check_size("max_size", max_size, 0, 10_000)
    spoken = texts(max_size=max_size)
    texts_alone = spoken.map(lambda text: ([text], None))
    with_calls = st.tuples(st.lists(_calls(), min_size=1, max_size=max_calls), st.none() | spoken)
    what = {None: texts_alone | with_calls, True: with_calls, False: texts_alone}
    return _replies(what[calls])


@st.composite
def _replies(
    draw: st.DrawFn, what: st.SearchStrategy[tuple[Sequence[str | Call], str | None]]
) -> Draft:
    said, filler = draw(what)
    finish_reason, usage, logprobs = draw(ENDINGS)
    return reply(*said, filler=filler, finish_reason=finish_reason, usage=usage, logprobs=logprobs)


@st.composite
def _calls(draw: st.DrawFn) -> Call:
    return call(draw(tool_names()), **draw(json_objects()))


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """What a reply may have cost; no more is cached than was in the prompt."""
    prompt = draw(st.integers(1, LARGEST_COUNT))
    return Usage(prompt, draw(st.integers(0, LARGEST_COUNT)), draw(st.integers(0, prompt)))


ENDINGS: Final = st.tuples(
    st.none() | st.sampled_from(FINISH_REASONS),
    st.none() | usages(),
    st.none() | st.floats(-20, 0),
)
"""Finish reason, usage, log-probability."""
