"""Why a prompt, or a part of it, was not in the prefix cache."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mock_electron.engine.journal import Exchange
from mock_electron.engine.prefix_cache import BLOCK
from mock_electron.model.prompt import Segment, of_reply, segments

DIFFERS: Final = "differs"
FORGOTTEN: Final = "forgotten"
EXCERPT: Final = 30


@dataclass(frozen=True, slots=True)
class CacheMiss:
    """Where a prompt leaves the earlier one with which it has most in common.

    reason: "differs", or "forgotten" where the cache no longer had what is the same.
    earlier: the number of the earlier exchange.
    message: the index of the message that differs; None for the tool definitions, or where
        nothing differs.
    character: where in its text, from 0; what stood there then, and what stands there now: or
        the roles, where the text is the same.
    lost_tokens: tokens that had to be read again although the earlier prompt was as long.
    """

    reason: str
    earlier: int
    message: int | None
    character: int
    then: str
    now: str
    lost_tokens: int

    def __str__(self) -> str:
        if self.reason == FORGOTTEN:
            return (
                f"{self.lost_tokens} tokens were read again: the prompt begins like that of "
                f"exchange {self.earlier}, but the cache no longer had it"
            )
        place = "the tools" if self.message is None else f"message {self.message}"
        return (
            f"{self.lost_tokens} tokens were read again: from exchange {self.earlier}, {place} "
            f"changed at character {self.character}, from {self.then!r} to {self.now!r}"
        )


class _Sequence(NamedTuple):
    """What an exchange had the model read and write."""

    number: int
    segments: tuple[Segment, ...]


def explain(exchanges: Iterable[Exchange], number: int) -> CacheMiss | None:
    """Why the prompt of this exchange was not wholly cached.

    None where nothing was lost: it was the first of its account, or it only adds to what was read
    before. Raises ValueError for an exchange that has no reply, or is not in the journal.
    """
    answered = {one.number: one for one in exchanges if one.reply is not None}
    if number not in answered:
        raise ValueError(f"exchange {number} is not in the journal, or has no reply")
    asked = answered[number]
    prompt = _prompt(asked)
    earlier = [
        _Sequence(one.number, (*_prompt(one), of_reply(one.reply)))
        for one in answered.values()
        if one.number < number and one.account == asked.account and one.reply
    ]
    if not earlier:
        return None
    nearest = max(earlier, key=lambda one: (_common(one.segments, prompt), one.number))
    return _compare(asked, prompt, nearest)


def _prompt(exchange: Exchange) -> tuple[Segment, ...]:
    """The parts of a prompt that the request has written."""
    assert exchange.request is not None  # it has a reply
    *written, _opening = segments(exchange.request)
    return tuple(written)


def _common(one: tuple[Segment, ...], other: tuple[Segment, ...]) -> tuple[int, int]:
    """How many parts two sequences share, and how many characters of the next one."""
    shared = _shared(one, other)
    if min(len(one), len(other)) == shared:
        return shared, 0
    return shared, _shared(one[shared].text, other[shared].text)


def _shared(one: Sequence[object], other: Sequence[object]) -> int:
    """How many items two sequences have in common from their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (here, there) in pairs if here != there), min(len(one), len(other)))


def _compare(asked: Exchange, prompt: tuple[Segment, ...], nearest: _Sequence) -> CacheMiss | None:
    reply = asked.reply
    assert reply is not None
    usage = reply.usage
    mine, theirs = _tokens(prompt), _tokens(nearest.segments)
    common = _shared(mine, theirs)
    reachable = min(common, usage.prompt_tokens - 1) // BLOCK * BLOCK
    if usage.cached_tokens < reachable:
        lost = reachable - usage.cached_tokens
        return CacheMiss(FORGOTTEN, nearest.number, None, 0, "", "", lost)
    lost = min(len(mine), len(theirs)) - common
    if lost <= 0:
        return None
    tools, their_tools = _has_tools(prompt), _has_tools(nearest.segments)
    place, character = _common(nearest.segments, prompt)
    if place == 0 and tools != their_tools:
        character = 0
        then, now = (
            parts[0].text if _has_tools(parts) else "" for parts in (nearest.segments, prompt)
        )
    else:
        then, now = (parts[place].text for parts in (nearest.segments, prompt))
    if then == now:
        then, now, character = nearest.segments[place].role, prompt[place].role, 0
    return CacheMiss(
        DIFFERS,
        nearest.number,
        None if place == 0 and (tools or their_tools) else place - tools,
        character,
        then[character : character + EXCERPT],
        now[character : character + EXCERPT],
        lost,
    )


def _has_tools(parts: tuple[Segment, ...]) -> bool:
    return parts[0].role == ""


def _tokens(parts: tuple[Segment, ...]) -> list[str]:
    return [token for part in parts for token in part.tokens()]
