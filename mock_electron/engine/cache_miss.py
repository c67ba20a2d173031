"""Why a prompt, or a part of it, was not in the prefix cache."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.prefix_cache import BLOCK
from mock_electron.model.prompt import (
    REPLY_OPENING,
    Segment,
    continuation,
    of_reply,
    segments,
)

MissReason = Literal["differs", "forgotten"]
DIFFERS: Final = "differs"
FORGOTTEN: Final = "forgotten"
EXCERPT: Final = 30
"""The maximum number of characters that a miss shows of each text."""


class CacheMiss(Struct, frozen=True):
    """The first difference between a prompt and the most similar earlier one.

    Attributes:
        reason: "differs", or "forgotten" if the cache no longer had the common part.
        earlier: The number of the earlier exchange.
        message: The index of the message that differs, from 0. None if the tool definitions differ,
            or if the reason is "forgotten".
        character: The index of the first character that differs in its text, from 0.
        then: The text of the earlier prompt from that position, or the role if the roles differ.
        now: The text of this prompt from that position, or the role if the roles differ.
        lost_tokens: The number of tokens that were read again, although the earlier prompt was at
            least as long.
    """

    reason: MissReason
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
                f"exchange #{self.earlier}, but it was not in the cache"
            )
        # Like steps and chunks, messages and characters are counted from 1 where people read them.
        location = "the tools" if self.message is None else f"message {self.message + 1}"
        return (
            f"{self.lost_tokens} tokens were read again: from exchange #{self.earlier}, {location} "
            f"changed at character {self.character + 1}, from {self.then!r} to {self.now!r}"
        )


class _Sequence(NamedTuple):
    """What the model has read and written for an exchange.

    Attributes:
        number: The number of the exchange.
        parts: The segments of the prompt, and the reply as a segment of a later prompt.
        tokens: The tokens that the model has read or written. The mark that ends the reply is not
            included: the model reads it only as a part of the next prompt.
    """

    number: int
    parts: tuple[Segment, ...]
    tokens: list[str]


def explain(exchanges: Iterable[Exchange], number: int) -> CacheMiss | None:
    """Return why the prompt of an exchange was not fully cached.

    Return None if no cached token was lost: the prompt is the first of its account, or only
    extends an earlier one.

    Args:
        exchanges: The exchanges of a lane.
        number: The number of the exchange.

    Raises:
        ValueError: If the exchange has no reply, or is not in the journal.
    """
    return CacheMisses(exchanges).of(number)


def unknown_number(number: int, known: Collection[int]) -> str:
    """Return the message for the number of an exchange that does not exist."""
    if not known:
        return f"no exchange has the number {number}; there are no exchanges"
    first, last = min(known), max(known)
    those = f"the numbers are {first} to {last}" if first < last else f"the only one is {first}"
    return f"no exchange has the number {number}; {those}"


class CacheMisses:
    """Explains why the prompts of exchanges were not fully cached. Each prompt is read once.

    Args:
        exchanges: The exchanges of a lane, in order.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._all = {one.number: one for one in exchanges}
        self._answered = {n: one for n, one in self._all.items() if one.generated is not None}
        self._accounts: dict[str, list[int]] = {}
        for one in self._answered.values():
            self._accounts.setdefault(one.account, []).append(one.number)
        self._sequences: dict[int, _Sequence] = {}

    def of(self, number: int, latest: int | None = None) -> CacheMiss | None:
        """Return why the prompt of an exchange was not fully cached, or None.

        Args:
            number: The number of the exchange.
            latest: The number of earlier exchanges to compare with. Default: all.

        Raises:
            ValueError: If the exchange has no reply, or is not in the journal.
        """
        if number not in self._answered:
            raise ValueError(self._missing(number))
        exchange = self._answered[number]
        earlier = self._earlier(exchange)
        if not earlier:
            return None
        prompt = _prompt(exchange)
        candidates = map(self._sequence, earlier if latest is None else earlier[-latest:])
        nearest = max(candidates, key=lambda one: (_common(one.parts, prompt), one.number))
        return _compare(exchange, prompt, nearest)

    def explained(self, latest: int | None = None) -> "dict[int, CacheMiss]":
        """Return the misses of all exchanges, by number.

        Args:
            latest: The number of earlier exchanges to compare each one with. Default: all.
        """
        found = {number: self.of(number, latest) for number in self._answered}
        return {number: miss for number, miss in found.items() if miss is not None}

    def _missing(self, number: int) -> str:
        """Return why there is no reply to the exchange with this number."""
        if number in self._all:
            return f"exchange #{number} has no reply: {self._all[number]}"
        return unknown_number(number, self._all)

    def _earlier(self, exchange: Exchange) -> list[int]:
        numbers = self._accounts[exchange.account]
        return numbers[: bisect_left(numbers, exchange.number)]

    def _sequence(self, number: int) -> "_Sequence":
        if number not in self._sequences:
            self._sequences[number] = _sequence(self._answered[number])
        return self._sequences[number]


def _sequence(exchange: Exchange) -> _Sequence:
    assert exchange.generated is not None
    written = _prompt(exchange)
    parts = (*written, of_reply(exchange.generated))
    tokens = _tokens((*written, REPLY_OPENING, continuation(exchange.generated)))
    return _Sequence(exchange.number, parts, tokens)


def _prompt(exchange: Exchange) -> tuple[Segment, ...]:
    """Return the segments of a prompt without the opening of the reply."""
    assert exchange.request is not None  # it has a reply
    *written, _opening = segments(exchange.request)
    return tuple(written)


def _common(one: tuple[Segment, ...], other: tuple[Segment, ...]) -> tuple[int, int]:
    """Return the number of segments that two sequences share, and of characters of the next one."""
    shared = _common_length(one, other)
    if min(len(one), len(other)) == shared or one[shared].role != other[shared].role:
        return shared, 0
    return shared, _common_characters(one[shared].text, other[shared].text)


def _common_length(one: Sequence[object], other: Sequence[object]) -> int:
    """Return the length of the longest common prefix of two sequences."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _common_characters(one: str, other: str) -> int:
    """Return the length of the longest common prefix of two texts."""
    longest = range(min(len(one), len(other)) + 1)
    return bisect_left(longest, True, key=lambda size: one[:size] != other[:size]) - 1


def _compare(
    exchange: Exchange, prompt: tuple[Segment, ...], nearest: _Sequence
) -> CacheMiss | None:
    reply = exchange.generated
    assert reply is not None
    usage = reply.usage
    tokens, earlier_tokens = _tokens(prompt), nearest.tokens
    common = _common_length(tokens, earlier_tokens)
    reachable = min(common, usage.prompt_tokens - 1) // BLOCK * BLOCK
    if usage.cached_tokens < reachable:
        lost = reachable - usage.cached_tokens
        return CacheMiss(FORGOTTEN, nearest.number, None, 0, "", "", lost)
    lost = min(len(tokens), len(earlier_tokens)) - common
    if lost <= 0:
        return None
    index, character = _common(nearest.parts, prompt)
    then, now = _difference(nearest.parts, prompt, index)
    tools = _has_tools(prompt)
    return CacheMiss(
        DIFFERS,
        nearest.number,
        None if index == 0 and (tools or _has_tools(nearest.parts)) else index - tools,
        character,
        then[character : character + EXCERPT],
        now[character : character + EXCERPT],
        lost,
    )


def _difference(then: tuple[Segment, ...], now: tuple[Segment, ...], index: int) -> tuple[str, str]:
    """Return the two roles if they differ, or else the two texts. Missing tools are ""."""
    if index == 0 and _has_tools(then) != _has_tools(now):
        return then[0].text if _has_tools(then) else "", now[0].text if _has_tools(now) else ""
    if then[index].role != now[index].role:
        return then[index].role, now[index].role
    return then[index].text, now[index].text


def _has_tools(parts: tuple[Segment, ...]) -> bool:
    return parts[0].role == ""


def _tokens(parts: tuple[Segment, ...]) -> list[str]:
    return [token for part in parts for token in part.tokens()]
