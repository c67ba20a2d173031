"""Choose the reply to a request: by the script, else a user function, else the pocket model."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from mock_electron.engine import user_functions
from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.script.script import Script, StepState
from mock_electron.engine.setting_table import Missing
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.model.dice import Dice
from mock_electron.model.draft import MOST_CALLS, Draft
from mock_electron.model.speak import Content, speak
from mock_electron.wire.errors import NOT_SCRIPTED, Refusal
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

if TYPE_CHECKING:
    from mock_electron.engine.script.match_input import MatchInput
    from mock_electron.engine.script.responder import Responder

REMEMBERED_DRAFTS: Final = 1_000
"""The maximum number of the pocket model's drafts in memory; the oldest is dropped first."""

FUNCTION: Final = "function"
POCKET_MODEL: Final = "pocket model"
STEP: Final = "step {}"
"""The origin of a reply from the script; {} is the number of the step."""


class ChosenReply(Struct, frozen=True):
    """The reply to a request, before it is completed, and its origin.

    Attributes:
        answer: The draft of the reply, a ready-made stream, or a fault instead of a reply.
        by: The origin, as the journal names it: "step 2", "function" or "pocket model".
        step: The step of the script, or None if the origin is not the script.
    """

    answer: Draft | Stream | ReplacementFault
    by: str
    step: StepState | None = None

    @property
    def is_spoken(self) -> bool:
        """Whether the pocket model made the reply, for a step without an answer or without any."""
        return self.by == POCKET_MODEL or (self.step is not None and self.step.step.answer is None)

    @property
    def own_draft(self) -> Draft | None:
        """The draft, if it sets the usage, log-probabilities or ids of calls; otherwise None.

        A ready-made stream sets the usage.
        """
        answer = self.answer
        if isinstance(answer, Draft):
            has_ids = answer.calls and any(call.id for call in answer.calls[:MOST_CALLS])
            return answer if answer.usage or answer.logprobs is not None or has_ids else None
        return Draft(None, usage=answer.said.usage) if isinstance(answer, Stream) else None


class Speaker:
    """The pocket model, which keeps its latest drafts: the dice and the day determine a draft."""

    def __init__(self) -> None:
        self._drafts: OrderedDict[tuple[bytes, int, date, Missing], Draft] = OrderedDict()

    def speak(
        self, request: ChatRequest, dice: Dice, today: date, content: Content, missing: Missing
    ) -> Draft:
        """Return the pocket model's draft.

        Args:
            request: The request.
            dice: The dice of its content.
            today: The date by the lane's clock.
            content: What the request says.
            missing: What happens if a value is missing that a tool requires.
        """
        key = (dice.key, dice.variation, today, missing)
        draft = self._drafts.get(key)
        if draft is None:
            draft = self._drafts[key] = speak(request, dice, today, content, missing=missing)
            if len(self._drafts) > REMEMBERED_DRAFTS:
                self._drafts.popitem(last=False)
        return draft


def choose_reply(
    match_input: "MatchInput",
    script: Script,
    responder: "Responder | None",
    speak: Callable[[], Draft],
    *,
    strict: bool,
) -> ChosenReply:
    """Return the reply to a request.

    Args:
        match_input: The request with its headers and its API key.
        script: The steps and how often each has answered.
        responder: The user function that answers instead of the pocket model, or None.
        speak: Returns the draft of the pocket model.
        strict: Whether the lane is strict: the pocket model does not answer, and the calls of
            a step must fit the tools that the request offers.

    Raises:
        Refusal: If the lane is strict and no step answers, or a call does not fit.
    """
    state = script.first(match_input)
    if state is not None:
        answer = _step_answer(state, match_input, speak)
        chosen = ChosenReply(answer, STEP.format(state.number), state)
        if strict:
            _check_calls(state, chosen, match_input.request)
        return chosen
    if responder is not None:
        return ChosenReply(_respond(responder, match_input.request), FUNCTION)
    if strict:
        raise Refusal(NOT_SCRIPTED.saying(script.explain(match_input)))
    return ChosenReply(speak(), POCKET_MODEL)


def _step_answer(
    state: StepState, match_input: "MatchInput", speak: Callable[[], Draft]
) -> Draft | Stream | ReplacementFault:
    answer = state.step.answer
    if answer is None:
        return speak()
    if isinstance(answer, Draft):
        from mock_electron.engine.script.words import with_words  # for scripts only

        return with_words(answer, match_input)
    if isinstance(answer, ReplacementFault):
        return answer
    return _respond(answer, match_input.request)


def _respond(function: "Responder", request: ChatRequest) -> Draft | Stream | ReplacementFault:
    """Return the answer of a user function."""
    from mock_electron.engine.script.responder import call_responder  # for these functions only

    name = "the function given to respond_with()"
    return user_functions.call(name, call_responder, function, request)


def _check_calls(state: StepState, chosen: ChosenReply, request: ChatRequest) -> None:
    """Raise Refusal if a call of a step does not fit the tools that the request offers."""
    calls = chosen.answer.calls if isinstance(chosen.answer, Draft) else ()
    offered = {tool.name: tool for tool in request.tools}
    for call in calls:
        if call.name not in offered:
            message = f"{state.name} calls {call.name!r}, which the request does not offer."
            hint = did_you_mean(call.name, offered)
            raise Refusal(
                NOT_SCRIPTED.saying(f"{message}{hint} Offered: {', '.join(offered) or 'none'}.")
            )
        from mock_electron.engine.script.arguments import argument_problems

        problems = argument_problems(call, offered[call.name])
        if problems:
            message = f"{state.name} calls {call.name!r} with wrong arguments: {problems}"
            raise Refusal(NOT_SCRIPTED.saying(message))
