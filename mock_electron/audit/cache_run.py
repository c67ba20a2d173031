"""The prefix cache, run again with other prompts: what would have been cached."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.prefix_cache import PrefixCache, PromptReader
from mock_electron.engine.settings import Settings
from mock_electron.wire.reply import Usage
from mock_electron.wire.request import ChatRequest, Message


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
