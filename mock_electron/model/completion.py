"""Turn a draft into a reply: tokens, stop strings, token limit, ids, usage, log-probabilities.

Scripted and generated drafts are treated alike, so the request's limits apply to both. The content
of a scripted draft is not changed, even if the request has no tools or asks for JSON.
"""

from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Final

from msgspec.structs import replace

from mock_electron.inputs.values import unchecked
from mock_electron.model import tokens
from mock_electron.model.dice import Dice
from mock_electron.model.draft import MOST_CALLS, Call, Draft
from mock_electron.wire.reply import (
    FinishReason,
    Reply,
    TokenLogprob,
    ToolCall,
    Usage,
    group_sizes,
)
from mock_electron.wire.request import ChatRequest

CONTEXT_TOKENS: Final = 32_768
"""The maximum number of tokens of prompt and reply together (D)."""

MOST_SPOKEN: Final = 4_096
"""The maximum number of tokens of a reply of the pocket model, so that it is sent in time (A)."""


FORCED: Final = ("required", "named")
"""The values of `tool_choice` with which a reply has calls."""


def complete(
    draft: Draft,
    request: ChatRequest,
    prompt_tokens: int,
    dice: Dice,
    *,
    cached_tokens: int = 0,
    occurrence: int = 0,
    named_tool_finish: FinishReason = "tool_calls",
    most_tokens: int = CONTEXT_TOKENS,
) -> Reply:
    """Return the reply for a draft, cut to the request's limits.

    Args:
        draft: The content of the reply.
        request: The request, with its stop strings, token limit and tool_choice.
        prompt_tokens: The size of the prompt in tokens, below CONTEXT_TOKENS.
        dice: The source of call ids and log-probabilities.
        cached_tokens: The number of prompt tokens that were in the prefix cache.
        occurrence: How many times this request was received before. Call ids differ each time.
        named_tool_finish: The finish reason if the request names a tool: `tool_calls` (D), or `stop`
            as in vLLM.
        most_tokens: The maximum number of tokens, whatever the request allows.
    """
    budget = min(request.max_tokens or most_tokens, most_tokens, CONTEXT_TOKENS - prompt_tokens)
    content, generated, ended_by = _content(draft, request.stop, budget)
    calls: tuple[ToolCall, ...] = ()
    fragments: tuple[tuple[str, ...], ...] = ()
    if draft.calls and (
        ended_by is None or (ended_by == "stop" and request.tool_choice in FORCED)
    ):  # a stop string does not cut forced calls
        begun, cost = _calls(draft.calls, budget - generated, dice, occurrence)
        calls = tuple([call for call, _ in begun])
        fragments = tuple([sent for _, sent in begun])
        generated += cost
        is_cut = generated > budget or len(draft.calls) > MOST_CALLS
        ended_by = "length" if is_cut else None if calls else ended_by
    if ended_by is None and calls:
        ended_by = named_tool_finish if request.tool_choice == "named" else "tool_calls"
    return _new_reply(
        None if draft.content is None else content,
        draft.finish_reason or ended_by or "stop",
        draft.usage or _new_usage(prompt_tokens, min(generated, budget), cached_tokens),
        calls,
        fragments,
        _logprobs(draft, content, request, dice) if request.logprobs else None,
    )


_new_reply: Final = unchecked(Reply)
_new_usage: Final = unchecked(Usage)
_new_call: Final = unchecked(ToolCall)


def usage_after(reply: Reply, chunks: int, chunk_tokens: int = 1) -> Usage:
    """Return the usage of a stream that ended after `chunks` chunks: the tokens sent so far (D).

    Args:
        reply: The whole reply.
        chunks: The number of chunks.
        chunk_tokens: The number of tokens in a chunk.
    """
    generated = sum(islice(_generated(reply, chunk_tokens), chunks))
    whole = reply.usage
    return replace(whole, completion_tokens=min(generated, whole.completion_tokens))


def generated_so_far(reply: Reply, chunk_tokens: int = 1) -> tuple[int, ...]:
    """Return the number of completion tokens after each chunk of a stream.

    The last number is the one after the chunk with the finish reason (I).
    """
    whole = reply.usage.completion_tokens
    counts = accumulate(_generated(reply, chunk_tokens))
    return (*[count if count < whole else whole for count in counts], whole)


def _generated(reply: Reply, chunk_tokens: int) -> Iterator[int]:
    """Yield the number of tokens in each chunk of a stream, without the finish reason."""
    yield 0  # the role
    yield from group_sizes(len(reply.tokens or ()), chunk_tokens)
    for call, fragments in zip(reply.tool_calls, reply.call_fragments, strict=True):
        yield tokens.count(call.name)
        yield from group_sizes(len(fragments), chunk_tokens)


def _content(
    draft: Draft, stops: tuple[str, ...], budget: int
) -> tuple[tuple[str, ...], int, FinishReason | None]:
    """Apply the stop strings and the token limit to the content.

    Return the tokens to send, the number of tokens generated, including those of a stop string, and
    "stop" or "length" if the content was cut, else None.
    """
    text, pieces = draft.content or "", _pieces(draft, budget + 1)
    ended_by: FinishReason | None = None
    kept, generated = pieces, len(pieces)
    found = [(text.find(stop), stop) for stop in stops if stop in text] if stops else []
    if found:
        start, stop = min(found)
        ends = accumulate(map(len, pieces))
        needed = (number for number, end in enumerate(ends, 1) if end >= start + len(stop))
        generated = next(needed, budget + 1)
        kept, ended_by = _pieces(draft, budget + 1, start), "stop"
    if generated > budget:
        kept, generated, ended_by = pieces[:budget], budget, "length"
    return kept, generated, ended_by


def _pieces(draft: Draft, most: int, end: int | None = None) -> tuple[str, ...]:
    """Return at most `most` tokens of the content, up to character `end`."""
    if not isinstance(draft.logprobs, tuple):
        return tokens.split((draft.content or "")[:end], most)
    pieces = [token for token, _ in draft.logprobs[:most]]
    if end is None:
        return tuple(pieces)
    starts = accumulate(map(len, pieces), initial=0)
    return tuple(
        piece[: end - start] for piece, start in zip(pieces, starts, strict=False) if start < end
    )


def _logprobs(
    draft: Draft, sent: tuple[str, ...], request: ChatRequest, dice: Dice
) -> tuple[TokenLogprob, ...]:
    from mock_electron.model.logprobs import logprobs  # few requests ask for them

    given = draft.logprobs
    if isinstance(given, tuple):
        own: tuple[float | None, ...] = tuple(value for _, value in given[: len(sent)])
    else:
        own = (given,) * len(sent)
    return logprobs(sent, own, request.top_logprobs, dice)


def id_of_call(dice: Dice, occurrence: int, number: int) -> str:
    """Return the id of a call.

    Args:
        dice: The dice of the content.
        occurrence: How many times the request was received before.
        number: The index of the call.
    """
    return "chatcmpl-tool-" + dice.hex(f"tool call {occurrence}.{number}")


def _calls(
    calls: tuple[Call, ...], budget: int, dice: Dice, occurrence: int
) -> tuple[list[tuple[ToolCall, tuple[str, ...]]], int]:
    """Return the calls that fit into the budget with their fragments, and the tokens of all calls.

    A call whose name does not fit is left out. A call whose arguments do not fit is cut. There are
    at most MOST_CALLS calls.
    """
    begun: list[tuple[ToolCall, tuple[str, ...]]] = []
    cost = 0
    counts: dict[str, int] = {}  # most calls have the same few names
    for number, call in enumerate(calls[:MOST_CALLS]):
        name = call.name
        if name not in counts:
            counts[name] = tokens.count(name)
        cost += counts[name]
        if cost > budget:
            return begun, cost
        fragments = tokens.split(call.arguments, budget - cost + 1)
        kept = fragments[: budget - cost]
        call_id = call.id or id_of_call(dice, occurrence, number)
        begun.append((_new_call(str(call_id), str(name), "".join(kept)), kept))
        cost += len(fragments)
    return begun, cost
