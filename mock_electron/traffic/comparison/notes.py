"""What a what-if does not imitate: what clients would have done, and what no journal tells."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from mock_electron.engine.exchange import Exchange
from mock_electron.traffic.comparison.totals import World
from mock_electron.traffic.lines import counted
from mock_electron.what_if.replay import Replayed

EXACT: Final = "Exact, except for what the clients would have done differently."
MOST_NAMED: Final = 8
"""The maximum number of requests that a sentence names."""


def notes_on(
    before: World[Any],
    after: World[Any],
    others: int,
    replayed: Replayed,
    without_tools: Collection[str] = (),
) -> Iterator[str]:
    """Yield what is not imitated.

    Args:
        before: The recorded world.
        after: The other world.
        others: The number of requests for other paths, which have numbers too.
        replayed: What the engine found out.
        without_tools: The tools that are not offered.
    """
    failed, now_failed = set(before.failed), set(after.failed)
    lost, helped = sorted(now_failed - failed), sorted(failed - now_failed)
    retries = [
        one.number
        for one in before.exchanges
        if one.retry_of is not None and one.retry_of in failed - now_failed
    ]
    if lost:
        yield f"{_named(lost)} would have been retried, or what follows would have been missing."
    if retries:
        yield f"{_named(retries)} would not have been sent: what it retries gets a reply."
    if replayed.spoken:
        unknown = "got no reply in the journal, so the pocket model replied"
        yield f"{_named(replayed.spoken)} {unknown}{'' if helped else ' again'}."
    if replayed.waited:
        yield f"{_named(replayed.waited)} came later: each contains a reply that ended later."
    yield from _on_the_replies(before, after, without_tools)
    yield from _on_the_journal(before, others, overlaps_known=replayed.overlaps_known)


def _on_the_replies(
    before: World[Any], after: World[Any], without_tools: Collection[str]
) -> Iterator[str]:
    """Yield what the model would have said differently."""
    whole = {one.number for one in before.exchanges if not _is_cut(one)}
    cut = [one.number for one in after.exchanges if _is_cut(one) and one.number in whole]
    if cut:
        yield f"{_named(cut)} was cut there: what follows would have been different."
    calls = [
        one.number
        for one in after.exchanges
        if one.reply and any(call.name in without_tools for call in one.reply.tool_calls)
    ]
    if calls:
        yield f"{_named(calls)} calls a tool that is not offered: the model would not have."


def _is_cut(exchange: Exchange) -> bool:
    return exchange.reply is not None and exchange.reply.finish_reason == "length"


def _on_the_journal(world: World[Any], others: int, *, overlaps_known: bool) -> Iterator[str]:
    """Yield what the journal does not tell about its own world."""
    numbers = [one.number for one in world.exchanges]
    missing = max(numbers, default=-1) + 1 - len(numbers) - others
    if missing > 0:
        lacking = counted(missing, "request")
        yield f"The journal lacks {lacking}: the other world begins without them."
    if not overlaps_known:
        yield "The clock was frozen: replies overlap only if the refusals in the journal prove it."
    elif world.settings.clock == "frozen":
        yield "The clock was frozen: replies overlap as in the journal, whatever the pace."
    else:
        yield "The clock was real: what a reply took beyond its pace, it takes there, too."


def _named(numbers: Iterable[int]) -> str:
    """Return `#1, #2 and 3 more`."""
    listed = list(numbers)
    shown = ", ".join(f"#{number}" for number in listed[:MOST_NAMED])
    return shown + (f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else "")
