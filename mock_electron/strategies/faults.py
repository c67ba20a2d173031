"""A strategy for faults of every kind, with short delays."""

from typing import Any, Final

from hypothesis import strategies as st

from mock_electron.engine.faults import catalogue as kinds
from mock_electron.engine.faults.calls import REPEATED
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.pages import PAGES
from mock_electron.engine.faults.replacement import BODIES, PROXY_STATUSES
from mock_electron.engine.faults.stream import INSIDE
from mock_electron.inputs.checks import seconds
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.strategies.options import check_switches
from mock_electron.wire.errors import ERRORS
from mock_electron.wire.reply import FINISH_REASONS

Faults = st.SearchStrategy[Fault]

SECONDS_AT_MOST: Final = 0.02
LONGEST: Final = 60.0
CHUNKS: Final = st.integers(0, 6)
BYTES: Final = st.integers(0, 600)
ERROR_NAMES: Final = st.sampled_from([error.name for error in ERRORS])
FRAMES: Final = (
    b": comment\n\n",
    b"event: ping\n\n",
    b"data: {\n\n",
    b"data: [DONE]\n\n",
    b"<html>\n</html>\n",
    b"",
)
"""Frames that a client may not expect. None of them contains valid JSON."""
ANY_REPLY: Final[tuple[Faults, ...]] = (
    st.builds(kinds.Reset),
    st.builds(kinds.Close),
    st.builds(kinds.Silence),
    st.builds(kinds.ContentFilter),
    st.builds(kinds.BadArguments),
    st.builds(kinds.UnknownTool),
    st.builds(kinds.EmptyChoices),
    st.builds(kinds.Gzip),
    st.builds(kinds.Cut, bytes=st.none() | BYTES, reset=st.booleans()),
    st.builds(kinds.Fragment, st.none() | st.integers(1, 40)),
    st.builds(kinds.ErrorBody, ERROR_NAMES),
    st.builds(kinds.Raw, st.lists(st.sampled_from(FRAMES), max_size=4)),
    st.builds(kinds.ByteOrderMark),
)
STREAMED: Final[tuple[Faults, ...]] = (
    st.builds(kinds.NoDone),
    st.builds(kinds.NoFinish),
    st.builds(kinds.NoUsage),
    st.builds(kinds.Comments),
    st.builds(kinds.Crlf),
    st.builds(
        kinds.Cut, after=CHUNKS, inside=st.none() | st.sampled_from([*INSIDE]), reset=st.booleans()
    ),
    st.builds(kinds.ErrorEvent, after=CHUNKS, kind=ERROR_NAMES),
    st.builds(kinds.Duplicate, after=st.integers(1, 6)),
    st.builds(kinds.BadFrame, after=CHUNKS),
    st.builds(kinds.TwoFinishes, st.none() | st.sampled_from(FINISH_REASONS)),
    st.builds(kinds.NoSpace),
    st.builds(kinds.DataLines),
    st.builds(
        kinds.EventFields,
        st.none() | st.sampled_from(["message", "ping"]),
        st.booleans(),
        st.none() | st.integers(0, 10_000),
    ),
    st.builds(kinds.BareCr),
    st.builds(kinds.RepeatedCall, st.sampled_from([*REPEATED])),
    st.builds(kinds.SameIndex),
    st.builds(kinds.NoIndex),
    st.builds(kinds.CallsInOneChunk),
)
IN_ONE_PIECE: Final[tuple[Faults, ...]] = (
    st.builds(kinds.WrongLength, st.integers(1, 40) | st.integers(-40, -1)),
)


@checked_keywords
def faults(
    *, stream: bool | None = None, seconds_at_most: float = SECONDS_AT_MOST
) -> st.SearchStrategy[Fault]:
    """Return a strategy for faults of every kind, for `electron.inject`.

    Args:
        stream: Whether the faults are for streams (True) or for replies in one piece (False). None
            draws both kinds.
        seconds_at_most: The longest stall or delay of an error, in seconds, from 0 to 60.
            `Silence` always lasts until the client gives up.

    Raises:
        ValueError: If an option is wrong.

    Example:
        @given(fault=faults(stream=True))
        def test_any_fault(fault): ...
    """
    check_switches(stream=stream)
    longest = seconds("seconds_at_most", seconds_at_most, LONGEST)
    delays = st.floats(0, longest)
    possible = [*ANY_REPLY, _failures(delays, int(longest)), _stalls(delays, stream)]
    possible += STREAMED if stream is not False else ()
    possible += IN_ONE_PIECE if stream is not True else ()
    return st.one_of(possible)


def _stalls(delays: st.SearchStrategy[float], stream: bool | None) -> Faults:
    """Return a strategy for stalls: before any chunk of a stream, or before the reply."""
    return st.builds(kinds.Stall, delays, after=st.just(0) if stream is False else CHUNKS)


@st.composite
def _failures(draw: st.DrawFn, delays: st.SearchStrategy[float], longest: int) -> Fault:
    """Draw an error of any name or, from a proxy, of any status; sometimes with `Retry-After`."""
    retry_after = draw(RETRY_AFTER)
    page = draw(PAGE)
    body = draw(BODY) if page is None else None
    is_own = page is None and body is None
    kind: Any = draw(ERROR_NAMES) if is_own else draw(STATUSES)
    return kinds.fail(
        kind,
        retry_after=None if retry_after is None else retry_after * longest,
        as_date=retry_after is not None and draw(BOOLEANS),
        delay=draw(delays),
        body=body,
        page=page,
        content_type=draw(CONTENT_TYPE),
        truncate=None if body == "empty" else draw(TRUNCATE),
    )


BOOLEANS: Final = st.booleans()
RETRY_AFTER: Final = st.sampled_from([None, 0, 1])
"""`Retry-After` as a multiple of the longest delay, or None for no header."""
BODY: Final = st.none() | st.sampled_from([*BODIES])
PAGE: Final = st.none() | st.sampled_from([*PAGES])
STATUSES: Final = st.sampled_from(PROXY_STATUSES)
CONTENT_TYPE: Final = st.none() | st.sampled_from(["text/plain", "text/html"])
TRUNCATE: Final = st.none() | st.integers(0, 100)
