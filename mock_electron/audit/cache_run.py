"""The prefix cache, run again with other prompts: what would have been cached."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.audit.finding import Saving
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.prefix_cache import PrefixCache, PromptReader
from mock_electron.engine.settings import Settings
from mock_electron.traffic.rates import total_usage
from mock_electron.wire.reply import Usage
from mock_electron.wire.request import ChatRequest, Message

Requests = Sequence[tuple[Exchange, ChatRequest]]


class Comparison(Struct, frozen=True):
    """What requests have used, and would have used if their prompts had been others.

    Attributes:
        before: The tokens that they used.
        after: The tokens that they would have used.
        savings: The tokens that would have been cached.
        measured: The number of requests.
    """

    before: Usage
    after: Usage
    savings: tuple[Saving, ...]
    measured: int

    @property
    def tokens(self) -> int:
        """The tokens of all savings."""
        return sum(one.tokens for one in self.savings)


def compared(changed: Requests, every: Requests, settings: Settings) -> Comparison:
    """Return what exchanges have used, and would have used with other requests.

    Args:
        changed: Exchanges in order of arrival, each with the request that is read instead.
        every: All exchanges with a reply.
        settings: The settings of the lane.
    """
    used = cached_in(in_traffic(changed, every, settings), settings)
    pairs = [(one, one.usage, used[one.number]) for one, _ in changed if one.usage is not None]
    before = total_usage(usage for _, usage, _ in pairs)
    after = total_usage(better for _, _, better in pairs)
    left = max(after.cached_tokens - before.cached_tokens, 0)  # some may be cached less
    savings: list[Saving] = []
    for one, usage, better in pairs:
        gained = min(better.cached_tokens, usage.prompt_tokens) - usage.cached_tokens
        if min(gained, left) > 0:
            savings.append(Saving(one.number, "fresh", min(gained, left), becomes_cached=True))
            left -= savings[-1].tokens
    return Comparison(before, after, tuple(savings), len(pairs))


def in_traffic(changed: Requests, every: Requests, settings: Settings) -> Requests:
    """Return changed requests as the cache must read them.

    Others are among them only if the cache may have evicted blocks to make room.

    Args:
        changed: Exchanges in order of arrival, each with the request that is read instead.
        every: All exchanges with a reply.
        settings: The settings of the lane.
    """
    if not changed or not _is_small(every, settings):
        return changed
    instead = {one.number: request for one, request in changed}
    first, last = changed[0][0].number, changed[-1][0].number
    return [
        (one, instead.get(one.number, request))
        for one, request in every
        if first <= one.number <= last
    ]


def _is_small(every: Requests, settings: Settings) -> bool:
    """Return whether the cache may be too small for what is read within its idle time."""
    held, left = 0, 0
    for one, _ in every:
        held += _fresh(one)
        while every[left][0].arrived_at < one.arrived_at - settings.prefix_cache_idle:
            held -= _fresh(every[left][0])
            left += 1
        if held > settings.prefix_cache_tokens:
            return True
    return False


def _fresh(exchange: Exchange) -> int:
    usage = exchange.chat_usage
    return usage.total_tokens - usage.cached_tokens


def cached_in(
    exchanges: Iterable[tuple[Exchange, ChatRequest]], settings: Settings
) -> Mapping[int, Usage]:
    """Return the usage of each exchange if its prompt had been this one, by its number.

    The requests come at the times of the journal, and the replies are those of the journal.

    Args:
        exchanges: The exchanges in order of arrival, each with the request that is read instead.
        settings: The settings of the lane, with the size of the cache and its idle time.
    """
    reader = PromptReader()
    cache = PrefixCache(settings.prefix_cache_tokens, settings.prefix_cache_idle)
    found: dict[int, Usage] = {}
    for one, request in exchanges:
        reply = one.generated
        if reply is None:
            continue
        prompt = reader.read_prompt(one.account.encode(), request)
        cached = cache.cached_tokens(prompt, one.arrived_at)
        found[one.number] = Usage(prompt.tokens, reply.usage.completion_tokens, cached)
        cache.store(reader.blocks_with_reply(prompt, reply), one.arrived_at)
    return found


def with_part_last(
    request: ChatRequest, place: int, text: str, part: str, *, at_end: bool
) -> ChatRequest:
    """Return a request with a part of one message as a system message after what all share.

    Args:
        request: The request.
        place: The index of the message.
        text: Its text without the part.
        part: The part.
        at_end: Whether the part is the last message. If not, it is before the last message that
            comes before the assistant's first one: right for a part that stays the same in a
            conversation.
    """
    messages = list(request.messages)
    messages[place] = replace(messages[place], content=text)
    spoken = (n for n, message in enumerate(messages) if message.role == "assistant")
    opening = next(spoken, len(messages))
    behind = len(messages) if at_end else max(opening - 1, place + 1)
    messages.insert(behind, Message("system", part))
    return replace(request, messages=tuple(messages))
