"""Faults of every kind, small and quick."""

from typing import Final

from hypothesis import strategies as st

from mock_electron.engine import faults as kinds
from mock_electron.engine.faults import Fault
from mock_electron.engine.faults.replacement import BODIES
from mock_electron.engine.faults.stream import INSIDE
from mock_electron.inputs.numbers import is_number
from mock_electron.inputs.spelling import checked_keywords
from mock_electron.strategies.options import check_switches
from mock_electron.wire.errors import ERRORS

Faults = st.SearchStrategy[Fault]

SECONDS_AT_MOST: Final = 0.02
LONGEST: Final = 60.0
CHUNKS: Final = st.integers(0, 6)
BYTES: Final = st.integers(0, 600)
KINDS: Final = st.sampled_from([error.name for error in ERRORS])
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
    st.builds(kinds.ErrorEvent, after=CHUNKS, kind=KINDS),
    st.builds(kinds.Duplicate, after=st.integers(1, 6)),
    st.builds(kinds.BadFrame, after=CHUNKS),
)
IN_ONE_PIECE: Final[tuple[Faults, ...]] = (
    st.builds(kinds.WrongLength, st.integers(1, 40) | st.integers(-40, -1)),
)


@checked_keywords
def faults(
    *, stream: bool | None = None, seconds_at_most: float = SECONDS_AT_MOST
) -> st.SearchStrategy[Fault]:
    """Faults of every kind, for `electron.inject`.

    stream: only those that are possible in a stream, or in a reply in one piece; None means either.
    seconds_at_most: how long a stall or a delayed error may take, up to 60; `Silence` lasts until
    the client gives up. Raises ValueError.

    @given(fault=faults(stream=True))
    def test_any_fault(fault): ...
    """
    check_switches(stream=stream)
    if not is_number(seconds_at_most, 0, LONGEST):
        raise ValueError(f"seconds_at_most is a time from 0 to 60, not {seconds_at_most!r}")
    seconds = st.floats(0, seconds_at_most)
    possible = [*ANY_REPLY, _failures(seconds, int(seconds_at_most)), _stalls(seconds, stream)]
    possible += STREAMED if stream is not False else ()
    possible += IN_ONE_PIECE if stream is not True else ()
    return st.one_of(possible)


def _stalls(seconds: st.SearchStrategy[float], stream: bool | None) -> Faults:
    """In a stream they may come later than before the first chunk."""
    return st.builds(kinds.Stall, seconds, after=st.just(0) if stream is False else CHUNKS)


@st.composite
def _failures(draw: st.DrawFn, seconds: st.SearchStrategy[float], longest: int) -> Fault:
    """Errors of every name, with a pause that a client may obey, from a proxy perhaps."""
    retry_after = draw(RETRY_AFTER)
    return kinds.fail(
        draw(KINDS),
        retry_after=None if retry_after is None else retry_after * longest,
        as_date=retry_after is not None and draw(BOOLEANS),
        delay=draw(seconds),
        body=draw(BODY),
    )


BOOLEANS: Final = st.booleans()
RETRY_AFTER: Final = st.sampled_from([None, 0, 1])
"""None, at once, or as long as a fault may take."""
BODY: Final = st.none() | st.sampled_from([*BODIES])
