"""The faults that are tried, in the order in which they matter.

A usual fault is one that a client can survive or notice. The others are deviations of gateways
that a client cannot be blamed for, such as a chunk that is sent twice; they are tried if asked for.
"""

from collections.abc import Callable, Iterable
from typing import Final, Literal

from msgspec import Struct

from mock_electron.engine.faults import catalogue as faults
from mock_electron.engine.faults.fault import Fault, FaultContext, ReplacementFault
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import unknown

Selection = Literal["usual", "all"]


class Kind(Struct, frozen=True):
    """One fault that is tried.

    Attributes:
        name: Its name in the matrix.
        make: Takes the number of chunks before the fault, and the seconds of a stall.
        by_chunk: Whether it is tried at each chunk of a stream, and not in other replies.
        is_usual: Whether it is tried by default.
        takes_time: Whether a trial takes real time, so that one chunk of a stream has to do.
        for_whole: Whether it is tried for replies in one piece only.
    """

    name: str
    make: Callable[[int, float], Fault]
    by_chunk: bool = False
    is_usual: bool = True
    takes_time: bool = False
    for_whole: bool = False

    def fits(self, context: FaultContext | None, fault: Fault) -> bool:
        """Return whether an answer can have the fault.

        Args:
            context: The request and its reply, or None if it has none.
            fault: What `make` returned.
        """
        if context is None:
            return isinstance(fault, ReplacementFault)
        if context.request.stream and self.for_whole:
            return False
        if self.by_chunk and not context.request.stream:
            return False
        is_changed = type(fault).__name__ not in OF_CALLS or bool(context.reply.tool_calls)
        return is_changed and fault.applies_to(context)


OF_CALLS: Final = (
    *("BadArguments", "UnknownTool", "RepeatedCall", "SameIndex", "NoIndex", "CallsInOneChunk"),
)
"""Faults that change nothing in a reply without tool calls."""


def _same(fault: Fault) -> Callable[[int, float], Fault]:
    return lambda _after, _stall: fault


def _at(kind: Callable[[int], Fault]) -> Callable[[int, float], Fault]:
    return lambda after, _stall: kind(after)


def _usual(name: str, fault: Fault) -> Kind:
    return Kind(name, _same(fault))


def _other(name: str, fault: Fault) -> Kind:
    return Kind(name, _same(fault), is_usual=False)


def _by_chunk(name: str, make: Callable[[int], Fault], *, is_usual: bool = True) -> Kind:
    return Kind(name, _at(make), by_chunk=True, is_usual=is_usual)


KINDS: Final[tuple[Kind, ...]] = (
    _usual("503", faults.fail(503)),
    _usual("reset", faults.Reset()),
    _by_chunk("cut", lambda after: faults.Cut(after=after)),
    Kind("half a reply", _same(faults.Cut()), for_whole=True),
    _usual("429 concurrency", faults.fail("concurrency")),
    _usual("429 Retry-After", faults.fail("rate_limit", retry_after=1)),
    _by_chunk("error event", lambda after: faults.ErrorEvent(after=after)),
    _usual("bad arguments", faults.BadArguments()),
    _usual("502", faults.fail(502)),
    _usual("500", faults.fail(500)),
    _usual("504 page", faults.fail(504, page="nginx")),
    _usual("close", faults.Close()),
    _usual("400", faults.fail(400)),
    _usual("401", faults.fail(401)),
    _usual("403", faults.fail(403)),
    _by_chunk("reset in stream", lambda after: faults.Cut(after=after, reset=True)),
    _by_chunk("cut in frame", lambda after: faults.Cut(after=after, inside="frame")),
    _by_chunk("bad frame", lambda after: faults.BadFrame(after=after)),
    _usual("no done", faults.NoDone()),
    _usual("no finish", faults.NoFinish()),
    _usual("no usage", faults.NoUsage()),
    _usual("empty choices", faults.EmptyChoices()),
    _usual("error body", faults.ErrorBody(503)),
    _usual("empty body", faults.Raw()),
    Kind("wrong length", _same(faults.WrongLength(5)), for_whole=True),
    _usual("fragments", faults.Fragment(7)),
    _usual("comments", faults.Comments()),
    _usual("crlf", faults.Crlf()),
    Kind("silence", _same(faults.Silence()), takes_time=True),
    Kind("stall", lambda after, stall: faults.Stall(stall, after), by_chunk=True, takes_time=True),
    _by_chunk("chunk twice", lambda after: faults.Duplicate(max(after, 1)), is_usual=False),
    _by_chunk("cut in text", lambda after: faults.Cut(after, "string"), is_usual=False),
    _other("two finishes", faults.TwoFinishes()),
    _other("content filter", faults.ContentFilter()),
    _other("unknown tool", faults.UnknownTool()),
    _other("repeated call", faults.RepeatedCall()),
    _other("same index", faults.SameIndex()),
    _other("no index", faults.NoIndex()),
    _other("calls in one chunk", faults.CallsInOneChunk()),
    _other("gzip", faults.Gzip()),
    _other("no space", faults.NoSpace()),
    _other("data lines", faults.DataLines()),
    _other("event fields", faults.EventFields()),
    _other("byte order mark", faults.ByteOrderMark()),
    _other("bare cr", faults.BareCr()),
)
"""All kinds, the most telling ones first."""
PAIRED: Final = ("503", "reset", "cut", "half a reply", "429 concurrency")
"""The kinds that are tried in pairs."""


def chosen_kinds(given: Selection | Iterable[str | Fault]) -> tuple[Kind, ...]:
    """Return the kinds that a user asks for.

    Args:
        given: "usual", "all", or names of kinds and faults of one's own.

    Raises:
        TypeError: If something is neither a name nor a fault.
        ValueError: If a kind does not exist, or none is given.
    """
    if given == "all":
        return KINDS
    if given == "usual":
        return tuple(kind for kind in KINDS if kind.is_usual)
    names = [kind.name for kind in KINDS]
    if isinstance(given, str):
        raise ValueError(f"{unknown('selection of faults', given, ('usual', 'all'))}; {IN_LIST}")
    if isinstance(given, Fault) or not isinstance(given, Iterable):
        raise TypeError(must_be("faults", "'usual', 'all' or a list of faults", given))
    kinds = dict.fromkeys(_kind_of(one, names) for one in given)
    if not kinds:
        raise ValueError("faults must not be empty; leave it out for the usual ones")
    return tuple(kinds)


IN_LIST: Final = "give names in a list, such as ['503', 'cut']"


def _kind_of(given: object, names: list[str]) -> Kind:
    if isinstance(given, Fault):
        return Kind(repr(given), _same(given))
    if not isinstance(given, str):
        raise TypeError(must_be("faults", "names such as '503', or faults", given))
    if given not in names:
        raise ValueError(unknown("fault", given, names))
    return KINDS[names.index(given)]
