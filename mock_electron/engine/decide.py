"""Decide how a request is answered: a pure function of the request, the facts and the world.

    refusals → faults that replace the reply → script, or user function, or pocket model
             → faults in the reply

The ledger is neither read nor changed. Random choices depend on the seed, the request and its
occurrence, never on the order in which different requests arrive.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.engine.choose_reply import POCKET_MODEL, ChosenReply, Speaker, choose_reply
from mock_electron.engine.clock import utc_date
from mock_electron.engine.decision import Decision, RequestContext
from mock_electron.engine.faults.fault import (
    Fault,
    FaultContext,
    ReplacementFault,
    with_reply_faults,
)
from mock_electron.engine.faults.injection import Injections
from mock_electron.engine.prefix_cache import PromptReader
from mock_electron.engine.script.script import Script
from mock_electron.engine.settings import Settings
from mock_electron.model.completion import CONTEXT_TOKENS, MOST_SPOKEN, complete
from mock_electron.model.dice import Dice
from mock_electron.model.speak import varied
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

if TYPE_CHECKING:
    from mock_electron.engine.script.match_input import MatchInput
    from mock_electron.engine.script.responder import Responder


class World(Struct, frozen=True):
    """What a test or a script file has set up, as the decision sees it.

    Attributes:
        settings: The settings.
        script: The steps and how often each has answered.
        injections: The injected faults.
        responder: The user function that answers instead of the pocket model, or None.
        speaker: The pocket model.
        reader: Cuts prompts into blocks.
    """

    settings: Settings
    script: Script
    injections: Injections
    responder: "Responder | None"
    speaker: Speaker
    reader: PromptReader


def known_before(context: RequestContext, generation: int = 0) -> Decision:
    """Return what is known of the decision before it: the faults of the request's header.

    Args:
        context: The request.
        generation: How often all steps of the script have been replaced.
    """
    parsed, requested = context.parsed, context.parsed.requested
    if requested.times is not None:
        requested = replace(requested, used=context.facts.fault_uses)
    return Decision(
        has_fault_header=parsed.head.has_fault_header,
        requested=requested,
        generation=generation,
    )


def decide(context: RequestContext, world: World) -> Decision:
    """Return how a request is answered.

    Raises:
        UserFunctionError: If a user function raises an exception.
    """
    parsed = context.parsed
    known = known_before(context, world.script.generation)
    refused = parsed.refused or context.facts.limit or parsed.invalid
    if refused is not None:
        return replace(known, result=refused)
    if parsed.arrival.document is not None:
        return replace(known, result=parsed.arrival.document)
    request = parsed.request
    assert request is not None  # otherwise it is refused
    from mock_electron.engine.script.match_input import MatchInput  # a plain request needs none

    asked = MatchInput(request, context.arrival.headers, parsed.head.api_key, context.facts.attempt)
    fault, uses = world.injections.replacement(known.requested, asked, context.dice)
    if uses:
        known = replace(known, uses=uses)
    if fault is not None:
        return replace(known, result=fault, faults=(fault,))
    try:
        return _reply(context, world, asked, known)
    except Refusal as refusal:
        return replace(known, result=refusal.error)


def spoken(context: RequestContext, world: World, variation: int) -> Decision:
    """Return the pocket model's reply to a valid request, if nothing else can answer it.

    It is what `decide` returns in a world without a script, a user function and faults.

    Args:
        context: The request.
        world: The world.
        variation: The variation of the dice for the content of the reply.
    """
    parsed, facts = context.parsed, context.facts
    assert parsed.request is not None  # it is valid
    dice = Dice(parsed.content.key, variation)
    draft = world.speaker.speak(
        parsed.request,
        dice,
        utc_date(facts.moment.lane),
        parsed.content,
        world.settings.missing,
    )
    chosen = ChosenReply(draft, POCKET_MODEL)
    reply = _completed(context, world.settings, parsed.request, chosen, dice)
    return Decision(
        reply,
        chosen,
        faultless=reply,
        blocks=world.reader.blocks_with_reply(parsed.prompt, reply),
    )


def _reply(context: RequestContext, world: World, asked: "MatchInput", known: Decision) -> Decision:
    """Return a reply with its faults.

    Raises:
        Refusal: If the lane is strict and no step answers, or a fault is not possible.
    """
    request = asked.request
    dice = Dice(context.parsed.content.key, variation_of(context, world.settings))
    chosen = _choose(context, world, asked, dice)
    if isinstance(chosen.answer, ReplacementFault):
        return replace(known, result=chosen.answer, faults=(chosen.answer,), chosen=chosen)
    reply = sent = _completed(context, world.settings, request, chosen, dice)
    faults: tuple[Fault, ...] = ()
    uses = known.uses
    if chosen.step is not None or known.requested.faults or world.injections.size:
        fault_context = FaultContext(request, reply, context.arrival.accept_encoding)
        step_faults = _step_faults(chosen, fault_context, strict=world.settings.strict)
        faults, used = world.injections.reply_faults(
            known.requested, fault_context, asked, context.dice
        )
        faults, uses = step_faults + faults, uses + used
        sent = with_reply_faults(reply, faults)
    return Decision(
        result=sent,
        chosen=chosen,
        faults=faults,
        faultless=reply,
        has_fault_header=known.has_fault_header,
        requested=known.requested,
        generation=known.generation,
        uses=uses,
        blocks=world.reader.blocks_with_reply(context.parsed.prompt, sent),
    )


def variation_of(context: RequestContext, settings: Settings) -> int:
    """Return the variation of the dice for the content of the reply to a valid request."""
    request = context.parsed.request
    assert request is not None
    drifted = settings.drift > 0 and context.dice.share("drift") < settings.drift
    return varied(request, settings.sampling, context.facts.occurrence, drifted=drifted)


def _choose(context: RequestContext, world: World, asked: "MatchInput", dice: Dice) -> ChosenReply:
    return choose_reply(
        asked,
        world.script,
        world.responder,
        lambda: world.speaker.speak(
            asked.request,
            dice,
            utc_date(context.now),
            context.parsed.content,
            world.settings.missing,
        ),
        strict=world.settings.strict,
    )


def _completed(
    context: RequestContext,
    settings: Settings,
    request: ChatRequest,
    chosen: ChosenReply,
    dice: Dice,
) -> Reply:
    answer: Any = chosen.answer
    if isinstance(answer, Stream):
        return answer.said
    return complete(
        answer,
        request,
        context.parsed.prompt.tokens,
        dice,
        cached_tokens=context.facts.cached_tokens,
        occurrence=context.facts.occurrence,
        named_tool_finish=settings.named_tool_finish,
        most_tokens=MOST_SPOKEN if chosen.is_spoken else CONTEXT_TOKENS,
    )


def _step_faults(chosen: ChosenReply, context: FaultContext, *, strict: bool) -> tuple[Fault, ...]:
    """Return the faults of the step that are possible.

    Raises:
        Refusal: If the lane is strict and a fault is not possible.
    """
    if chosen.step is None:
        return ()
    faults: Sequence[Fault] = chosen.step.step.faults
    for fault in faults:
        if strict and not fault.applies_to(context):
            raise Refusal(_impossible(chosen.step.name, fault))
    return tuple(fault for fault in faults if fault.applies_to(context))


def _impossible(step: str, fault: Fault) -> ApiError:
    return errors.NOT_SCRIPTED.saying(f"{step}: {fault!r} needs {fault.needs}")
