"""What a what-if does not imitate: what clients would have done, and what no journal tells."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from mock_electron.engine.exchange import Exchange
from mock_electron.inputs.spelling import did_you_mean
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
    of_requests = {
        "Failed there; the clients would have retried": sorted(now_failed - failed),
        "Needless there, because what they retry gets a reply": [
            one.number for one in before.exchanges if one.retry_of in failed - now_failed
        ],
        "Answered by the pocket model, because the journal has no reply": replayed.spoken,
        "Later there, because they contain a reply that ends later": replayed.waited,
        "Cut there, so what follows would have been different": _cut(before, after),
        "With a call of a tool that is not offered there": _calling(after, without_tools),
    }
    yield from (f"{what}: {_named(numbers)}." for what, numbers in of_requests.items() if numbers)
    yield from _unknown_tools(before, without_tools)
    yield from _on_the_journal(before, others, overlaps_known=replayed.overlaps_known)


def _cut(before: World[Any], after: World[Any]) -> list[int]:
    """Return the numbers of the replies that are cut in the other world only."""
    whole = {one.number for one in before.exchanges if not _is_cut(one)}
    return [one.number for one in after.exchanges if _is_cut(one) and one.number in whole]


def _is_cut(exchange: Exchange) -> bool:
    return exchange.reply is not None and exchange.reply.finish_reason == "length"


def _calling(after: World[Any], tools: Collection[str]) -> list[int]:
    """Return the numbers of the replies that call one of some tools."""
    return [
        one.number
        for one in after.exchanges
        if one.reply and any(call.name in tools for call in one.reply.tool_calls)
    ]


def _unknown_tools(before: World[Any], tools: Collection[str]) -> Iterator[str]:
    """Yield the names of tools that no request offers, with the nearest one that is offered."""
    if tools:
        requests = (one.request for one in before.exchanges)
        offered = {tool.name: None for one in requests if one for tool in one.tools}
        for name in tools:
            if name not in offered:
                yield f"No request offers the tool {name!r}.{did_you_mean(name, offered)}"


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
