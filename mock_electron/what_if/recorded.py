"""What the model says in another world: what it said in the journal.

1. A reply is said again, cut to the token limit of the request. Its prompt and its cached tokens
   are counted anew.
2. A failure that a script, a fault or a user function gave happens again, and so do its faults.
3. What the plan or the gateway's checks refused is decided anew.
"""

from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from mock_electron.engine.answer import CUT
from mock_electron.engine.choose_reply import POCKET_MODEL, ChosenReply
from mock_electron.engine.decision import GATEWAY, Decision, RequestContext
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.faults.requested import NAME
from mock_electron.engine.prefix_cache import PromptReader
from mock_electron.engine.script.script import StepState
from mock_electron.engine.script.step import Step
from mock_electron.model import tokens
from mock_electron.model.completion import complete
from mock_electron.model.draft import Call, Draft
from mock_electron.wire import errors
from mock_electron.wire.errors import Refusal
from mock_electron.wire.reply import Reply, Usage
from mock_electron.wire.request import ChatRequest

FAULT_HEADER: Final = NAME.lower()
BY_THE_PLAN: Final = (errors.RATE_LIMIT.name, errors.CONCURRENCY.name)
BY_THE_BODY: Final = (
    errors.INVALID_INPUT.name,
    errors.INVALID_REQUEST.name,
    errors.MALFORMED_JSON.name,
    errors.UNSUPPORTED_MEDIA_TYPE.name,
)
EMPTY: Final = Draft(None)


def is_by_the_plan(exchange: Exchange) -> bool:
    """Return whether the plan refused a request, and no script or fault did."""
    error = exchange.error
    by_gateway = exchange.answered_by == GATEWAY
    return error is not None and by_gateway and error.name in BY_THE_PLAN


def is_plain(exchange: Exchange) -> bool:
    """Return whether the pocket model replied in words, without faults."""
    reply = exchange.generated
    has_words = reply is not None and not reply.tool_calls
    return has_words and exchange.answered_by == POCKET_MODEL and not exchange.faults


def is_early(exchange: Exchange) -> bool:
    """Return whether a request was refused before its limits and its body were checked."""
    error = exchange.error
    if error is None or exchange.understood or exchange.answered_by != GATEWAY:
        return False
    if error.name in BY_THE_PLAN:
        return False
    return error.name not in BY_THE_BODY or _has_wrong_header(exchange)


def _has_wrong_header(exchange: Exchange) -> bool:
    """Return whether a request asks for faults in a way that no lane understands."""
    asked = exchange.headers.get(FAULT_HEADER, "")
    if not asked:
        return False
    from mock_electron.engine.faults.header import parse_header  # for such requests only

    try:
        parse_header(asked)
    except Refusal:
        return True
    return False


def _is_anew(exchange: Exchange) -> bool:
    """Return whether another world decides anew about a request that got no reply."""
    error = exchange.error
    if error is None or exchange.answered_by != GATEWAY:
        return False
    is_impossible = exchange.understood and FAULT_HEADER in exchange.headers  # the fault is
    return error.name in BY_THE_PLAN or (error.name in BY_THE_BODY and not is_impossible)


def decision_of(
    exchange: Exchange, context: RequestContext, reader: PromptReader, *, own_pace: bool
) -> Decision | None:
    """Return what the model says to an admitted request, or None if the journal does not know.

    Args:
        exchange: The exchange in the journal.
        context: The request in the other world.
        reader: Cuts prompts into blocks.
        own_pace: Whether a step keeps the pace that is its own.
    """
    request = context.parsed.request
    assert request is not None  # it is valid
    chosen = origin_of(exchange, own_pace=own_pace)
    if exchange.generated is not None:
        reply = _said(exchange, exchange.generated, request, context)
        blocks = reader.blocks_with_reply(context.parsed.prompt, reply)
        return Decision(reply, chosen, exchange.faults, reply, blocks=blocks)
    for fault in exchange.faults:
        if isinstance(fault, ReplacementFault):
            return Decision(fault, chosen if chosen.step else None, (fault,))
    if exchange.error is None or _is_anew(exchange):
        return None
    is_refusal = exchange.answered_by == GATEWAY
    return Decision(exchange.error, None if is_refusal else chosen, exchange.faults)


def origin_of(exchange: Exchange, *, own_pace: bool) -> ChosenReply:
    """Return the origin of a reply. A step may have a pace of its own."""
    step, state = exchange.scripted, None
    if step is not None and exchange.step is not None:
        state = StepState(exchange.step, step if own_pace else _without_pace(step), 0)
    return ChosenReply(exchange.draft or EMPTY, exchange.answered_by, state)


@lru_cache(maxsize=64)
def _without_pace(step: Step) -> Step:
    return step if step.pace is None else replace(step, pace=None)


def _said(exchange: Exchange, reply: Reply, request: ChatRequest, context: RequestContext) -> Reply:
    """Return the recorded reply with the usage of the other world."""
    prompt, cached = context.parsed.prompt.tokens, context.facts.cached_tokens
    if exchange.draft is not None and exchange.draft.usage is not None:
        return reply
    generated = _generated(exchange, reply)
    if request.max_tokens is None or generated <= request.max_tokens:
        return replace(reply, usage=Usage(prompt, generated, cached))
    calls = tuple(Call(call.name, call.arguments, call.id) for call in reply.tool_calls)
    draft = Draft(reply.content, calls)
    cut = complete(draft, request, prompt, context.dice, cached_tokens=cached)
    if reply.logprobs is None:
        return cut
    return replace(cut, logprobs=reply.logprobs[: len(cut.tokens or ())])


def _generated(exchange: Exchange, reply: Reply) -> int:
    """Return the number of tokens of a whole reply. A file has those that were sent only."""
    known = reply.usage.completion_tokens
    if exchange.outcome not in (CLIENT_LEFT, CUT):
        return known
    fragments = sum(map(len, reply.call_fragments))
    names = sum(tokens.count(call.name) for call in reply.tool_calls)
    return max(known, len(reply.tokens or ()) + fragments + names)
