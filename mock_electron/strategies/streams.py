"""Streams: a reply cut into any tokens, and its bytes into any writes.

They shrink towards one write of a reply without words. Borders are where readers break more often
than chance has it: inside a character, a blank line, an escape.
"""

import re
from collections.abc import Iterable, Sized
from dataclasses import replace
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

from hypothesis import strategies as st

from mock_electron.inputs.spelling import checked_keywords
from mock_electron.strategies.options import check_size, check_switches
from mock_electron.strategies.replies import usages
from mock_electron.strategies.texts import json_objects, texts, tool_names
from mock_electron.wire import codec
from mock_electron.wire.reply import Reply, ToolCall, Usage
from mock_electron.wire.stream import Stream

MOST_CUTS: Final = 30
LONGEST_TOKEN: Final = 14
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
    """Streams, down to the writes in which their bytes go out.

    calls: whether tools are called. usage: whether there is a usage chunk. max_tokens: so many
    pieces of the content at most, and of each call's arguments. max_calls: so many calls at most.
    None means either. Raises ValueError.

    @given(stream=streams(usage=True))
    def test_any_stream(stream): ...
    """
    check_switches(calls=calls, usage=usage)
    check_size("max_tokens", max_tokens, 1, 10_000)
    check_size("max_calls", max_calls, 1, 64)
    costs = {None: st.none() | USAGES, True: USAGES, False: st.none()}
    return _streams(_replies(calls, max_tokens, max_calls), costs[usage])


@st.composite
def _streams(
    draw: st.DrawFn, replies: st.SearchStrategy[Reply], costs: st.SearchStrategy[Usage | None]
) -> Stream:
    said, usage, manner = draw(replies), draw(costs), draw(MANNERS)
    counted = usage is not None
    said = replace(said, usage=usage or NO_USAGE)
    cuts = _cuts(Stream.of(said, include_usage=counted), manner)
    return Stream.of(said, include_usage=counted, cuts=cuts)


# --- what is said


def _replies(calls: bool | None, max_tokens: int, max_calls: int) -> st.SearchStrategy[Reply]:
    least, most = (1 if calls else 0), (0 if calls is False else max_calls)
    made = st.lists(_calls(max_tokens), min_size=least, max_size=most)
    token = texts(min_size=1, max_size=LONGEST_TOKEN)
    return _reply(made, st.lists(token, max_size=max_tokens))


ENDINGS: Final = st.none() | st.sampled_from(["length", "content_filter"])
CutCall = tuple[str, tuple[str, ...]]
"""A tool's name, and its arguments in pieces."""


@st.composite
def _reply(
    draw: st.DrawFn,
    calls: st.SearchStrategy[list[CutCall]],
    content: st.SearchStrategy[list[str]],
) -> Reply:
    made, tokens, ending = draw(calls), draw(content), draw(ENDINGS)
    return Reply(
        tokens=tuple(tokens) if tokens or not made else None,
        finish_reason=ending or ("tool_calls" if made else "stop"),
        usage=NO_USAGE,
        tool_calls=tuple(
            ToolCall(f"chatcmpl-tool-{number:016x}", name, "".join(fragments))
            for number, (name, fragments) in enumerate(made)
        ),
        call_fragments=tuple(fragments for _, fragments in made),
    )


@st.composite
def _calls(draw: st.DrawFn, max_tokens: int) -> CutCall:
    name, arguments = draw(tool_names()), codec.encode_arguments(draw(json_objects()))
    borders = {_inside(arguments, place) for place in draw(_places(max_tokens - 1))}
    ends = (0, *sorted(borders), len(arguments))
    return name, tuple(arguments[start:end] for start, end in pairwise(ends))


@cache
def _places(most: int) -> st.SearchStrategy[list[int]]:
    return st.lists(PLACES, max_size=most)


def _inside(whole: Sized, place: int) -> int:
    """A place between two elements, for any number."""
    return 1 + place % (len(whole) - 1)


# --- how it goes out

PLACES: Final = st.integers(0, 9_999)
BREAKABLE: Final = tuple(map(re.compile, (rb"[\xc2-\xf4][\x80-\xbf]", rb"\n\n", rb": \{", rb"\\.")))
"""A character of several bytes, a blank line, what follows `data`, an escape in a string."""

MANNERS: Final = st.tuples(
    st.lists(st.tuples(st.booleans(), PLACES), max_size=MOST_CUTS), st.booleans()
)
"""Borders, each where readers break or anywhere; and whether every event ends a write."""

Manner = tuple[list[tuple[bool, int]], bool]


def _cuts(stream: Stream, manner: Manner) -> Iterable[int]:
    """Where writes end."""
    borders, after_events = manner
    body = stream.body
    found = (match for pattern in BREAKABLE for match in pattern.finditer(body))
    breakable = [match.start() + 1 for match in found]
    cuts = {
        _inside(body, place) if anywhere else breakable[place % len(breakable)]
        for anywhere, place in borders
    }
    ends = accumulate(map(len, stream.frames[:-1])) if after_events else ()
    return sorted(cuts.union(ends))
