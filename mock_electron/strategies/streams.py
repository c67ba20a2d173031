"""Streams: a reply divided into any tokens, and its bytes divided into any writes.

A stream shrinks towards an empty reply in one write. Boundaries between writes are more often than
by chance where readers break: inside a character, a blank line or an escape.
"""

import re
from collections.abc import Iterable, Sized
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

from hypothesis import strategies as st
from msgspec.structs import replace

from mock_electron.inputs.checks import whole_number
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.strategies.options import check_switches
from mock_electron.strategies.replies import usages
from mock_electron.strategies.texts import json_objects, texts, tool_names
from mock_electron.wire import codec
from mock_electron.wire.reply import FinishReason, Reply, ToolCall, Usage
from mock_electron.wire.stream import Stream

MAX_CUTS: Final = 30
LONGEST_TOKEN: Final = 14
"""Characters."""
NO_USAGE: Final = Usage(1, 0)
USAGES: Final = usages()


@checked_keywords
def streams(
    *,
    calls: bool | None = None,
    usage: bool | None = None,
    max_tokens: int = 6,
    max_calls: int = 3,
) -> st.SearchStrategy[Stream]:
    """Return a strategy for streams, divided into the writes that send their bytes.

    A switch that is None draws both kinds.

    Args:
        calls: Whether the reply calls tools.
        usage: Whether the stream has a usage chunk.
        max_tokens: The largest number of pieces of the content, and of the arguments of a call,
            from 1 to 10,000.
        max_calls: The largest number of calls, from 1 to 64.

    Raises:
        ValueError: If an option is wrong.

    Example:
        @given(stream=streams(usage=True))
        def test_any_stream(stream): ...
    """
    check_switches(calls=calls, usage=usage)
    whole_number("max_tokens", max_tokens, 1, 10_000)
    whole_number("max_calls", max_calls, 1, 64)
    costs = {None: st.none() | USAGES, True: USAGES, False: st.none()}
    return _streams(_replies(calls, max_tokens, max_calls), costs[usage])


@st.composite
def _streams(
    draw: st.DrawFn, replies: st.SearchStrategy[Reply], costs: st.SearchStrategy[Usage | None]
) -> Stream:
    said, usage, division = draw(replies), draw(costs), draw(DIVISIONS)
    include_usage = usage is not None
    said = replace(said, usage=usage or NO_USAGE)
    cuts = _cuts(Stream.of(said, include_usage=include_usage), division)
    return Stream.of(said, include_usage=include_usage, cuts=cuts)


# --- the reply and its tokens


def _replies(calls: bool | None, max_tokens: int, max_calls: int) -> st.SearchStrategy[Reply]:
    least, most = (1 if calls else 0), (0 if calls is False else max_calls)
    cut_calls = st.lists(_calls(max_tokens), min_size=least, max_size=most)
    token = texts(min_size=1, max_size=LONGEST_TOKEN)
    return _reply(cut_calls, st.lists(token, max_size=max_tokens))


CUT_REASONS: Final[tuple[FinishReason, ...]] = ("length", "content_filter")
ENDINGS: Final = st.none() | st.sampled_from(CUT_REASONS)
"""A finish reason, or None for the usual one."""
CutCall = tuple[str, tuple[str, ...]]
"""The name of a tool, and the arguments of its call in pieces."""


@st.composite
def _reply(
    draw: st.DrawFn,
    calls: st.SearchStrategy[list[CutCall]],
    content: st.SearchStrategy[list[str]],
) -> Reply:
    cut_calls, tokens, ending = draw(calls), draw(content), draw(ENDINGS)
    return Reply(
        tokens=tuple(tokens) if tokens or not cut_calls else None,
        finish_reason=ending or ("tool_calls" if cut_calls else "stop"),
        usage=NO_USAGE,
        tool_calls=tuple(
            ToolCall(f"chatcmpl-tool-{number:016x}", name, "".join(fragments))
            for number, (name, fragments) in enumerate(cut_calls)
        ),
        call_fragments=tuple(fragments for _, fragments in cut_calls),
    )


@st.composite
def _calls(draw: st.DrawFn, max_tokens: int) -> CutCall:
    name, arguments = draw(tool_names()), codec.encode_arguments(draw(json_objects()))
    cuts = {_inside(arguments, position) for position in draw(_positions(max_tokens - 1))}
    ends = (0, *sorted(cuts), len(arguments))
    return name, tuple(arguments[start:end] for start, end in pairwise(ends))


@cache
def _positions(most: int) -> st.SearchStrategy[list[int]]:
    return st.lists(POSITIONS, max_size=most)


def _inside(whole: Sized, position: int) -> int:
    """Return the index of a boundary inside a sequence, for any non-negative integer."""
    return 1 + position % (len(whole) - 1)


# --- the writes

POSITIONS: Final = st.integers(0, 9_999)
BREAKABLE: Final = tuple(map(re.compile, (rb"[\xc2-\xf4][\x80-\xbf]", rb"\n\n", rb": \{", rb"\\.")))
"""Where readers break: a multi-byte character, a blank line, the space after `data:`, an escape."""

DIVISIONS: Final = st.tuples(
    st.lists(st.tuples(st.booleans(), POSITIONS), max_size=MAX_CUTS), st.booleans()
)
"""A list of cuts, each anywhere or where readers break; and whether every event ends a write."""

Division = tuple[list[tuple[bool, int]], bool]


def _cuts(stream: Stream, division: Division) -> Iterable[int]:
    """Return where writes end, in bytes from the start, ascending."""
    positions, after_events = division
    body = stream.body
    found = (match for pattern in BREAKABLE for match in pattern.finditer(body))
    breakable = [match.start() + 1 for match in found]
    cuts = {
        _inside(body, position) if anywhere else breakable[position % len(breakable)]
        for anywhere, position in positions
    }
    ends = accumulate(map(len, stream.frames[:-1])) if after_events else ()
    return sorted(cuts.union(ends))
