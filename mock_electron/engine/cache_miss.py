"""Why a prompt, or a part of it, was not in the prefix cache."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.prefix_cache import BLOCK
from mock_electron.model.prompt import (
    REPLY_OPENING,
    Segment,
    continuation,
    of_reply,
    segments,
)

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
        the roles, where they differ.
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
                f"exchange {self.earlier}, but it was not in the cache"
            )
        place = "the tools" if self.message is None else f"message {self.message}"
        return (
            f"{self.lost_tokens} tokens were read again: from exchange {self.earlier}, {place} "
            f"changed at character {self.character}, from {self.then!r} to {self.now!r}"
        )


class _Sequence(NamedTuple):
    """What an exchange had the model read and write.

    parts: the prompt's, and the reply as it comes back in a history. tokens: those that were read
    or written; the mark behind the reply is none of them before it comes back.
    """

    number: int
    parts: tuple[Segment, ...]
    tokens: list[str]


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
        _sequence(one)
        for one in answered.values()
        if one.number < number and one.account == asked.account
    ]
    if not earlier:
        return None
    nearest = max(earlier, key=lambda one: (_common(one.parts, prompt), one.number))
    return _compare(asked, prompt, nearest)


def _sequence(exchange: Exchange) -> _Sequence:
    assert exchange.reply is not None
    written = _prompt(exchange)
    parts = (*written, of_reply(exchange.reply))
    tokens = _tokens((*written, REPLY_OPENING, continuation(exchange.reply)))
    return _Sequence(exchange.number, parts, tokens)


def _prompt(exchange: Exchange) -> tuple[Segment, ...]:
    """The parts of a prompt that the request has written."""
    assert exchange.request is not None  # it has a reply
    *written, _opening = segments(exchange.request)
    return tuple(written)


def _common(one: tuple[Segment, ...], other: tuple[Segment, ...]) -> tuple[int, int]:
    """How many parts two sequences share, and how many characters of the next one."""
    shared = _shared(one, other)
    if min(len(one), len(other)) == shared or one[shared].role != other[shared].role:
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
    mine, theirs = _tokens(prompt), nearest.tokens
    common = _shared(mine, theirs)
    reachable = min(common, usage.prompt_tokens - 1) // BLOCK * BLOCK
    if usage.cached_tokens < reachable:
        lost = reachable - usage.cached_tokens
        return CacheMiss(FORGOTTEN, nearest.number, None, 0, "", "", lost)
    lost = min(len(mine), len(theirs)) - common
    if lost <= 0:
        return None
    place, character = _common(nearest.parts, prompt)
    then, now = _difference(nearest.parts, prompt, place)
    tools = _has_tools(prompt)
    return CacheMiss(
        DIFFERS,
        nearest.number,
        None if place == 0 and (tools or _has_tools(nearest.parts)) else place - tools,
        character,
        then[character : character + EXCERPT],
        now[character : character + EXCERPT],
        lost,
    )


def _difference(then: tuple[Segment, ...], now: tuple[Segment, ...], place: int) -> tuple[str, str]:
    """What stands in this place: the texts; the roles, where they differ; tools, or nothing."""
    if place == 0 and _has_tools(then) != _has_tools(now):
        return then[0].text if _has_tools(then) else "", now[0].text if _has_tools(now) else ""
    if then[place].role != now[place].role:
        return then[place].role, now[place].role
    return then[place].text, now[place].text


def _has_tools(parts: tuple[Segment, ...]) -> bool:
    return parts[0].role == ""


def _tokens(parts: tuple[Segment, ...]) -> list[str]:
    return [token for part in parts for token in part.tokens()]
