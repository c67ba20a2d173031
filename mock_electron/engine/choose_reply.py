"""Choose the reply to a request: by the script, else a user function, else the pocket model."""

from collections import OrderedDict
from datetime import date
from typing import Final

from mock_electron._dataclass import dataclass
from mock_electron.engine import user_functions
from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.responder import Responder, call_responder
from mock_electron.engine.script.script import Script, StepState
from mock_electron.engine.script.words import with_words
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.model.dice import Dice
from mock_electron.model.draft import Draft
from mock_electron.model.speak import speak
from mock_electron.wire.errors import NOT_SCRIPTED, Refusal
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

REMEMBERED_DRAFTS: Final = 1_000
"""The maximum number of the pocket model's drafts in memory; the oldest is dropped first."""

FUNCTION: Final = "function"
POCKET_MODEL: Final = "pocket model"
STEP: Final = "step {}"
"""The origin of a reply from the script; {} is the number of the step."""


@dataclass(frozen=True, slots=True)
class ChosenReply:
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
    def own_draft(self) -> Draft | None:
        """The draft, if it sets the usage, log-probabilities or ids of calls; otherwise None.

        A ready-made stream sets the usage.
        """
        answer = self.answer
        if isinstance(answer, Stream):
            return Draft(None, usage=answer.said.usage)
        if isinstance(answer, Draft) and (
            answer.usage or answer.logprobs is not None or any(call.id for call in answer.calls)
        ):
            return answer
        return None


class ReplyChooser:
    """Chooses the replies of a lane.

    Attributes:
        script: The script of the lane.
        responder: The user function that answers instead of the pocket model, or None.
    """

    def __init__(self) -> None:
        self.script: Script = Script()
        self.responder: Responder | None = None
        self._drafts: OrderedDict[tuple[bytes, int, date], Draft] = OrderedDict()

    def choose(
        self, match_input: MatchInput, dice: Dice, today: date, *, strict: bool
    ) -> ChosenReply:
        """Return the reply to a request, without counting a use of its step.

        Args:
            match_input: The request with its headers and its API key.
            dice: The dice of the pocket model.
            today: The date by the lane's clock.
            strict: Whether the lane is strict: the pocket model does not answer, and the calls of
                a step must fit the tools that the request offers.

        Raises:
            Refusal: If the lane is strict and no step answers, or a call does not fit.
        """
        request = match_input.request
        state = self.script.first(match_input)
        if state is not None:
            answer = self._step_answer(state, match_input, dice, today)
            chosen = ChosenReply(answer, STEP.format(state.number), state)
            if strict:
                _check_calls(state, chosen, request)
            return chosen
        if self.responder is not None:
            return ChosenReply(_respond(self.responder, request), FUNCTION)
        if strict:
            raise Refusal(NOT_SCRIPTED.saying(self.script.explain(match_input)))
        return ChosenReply(self._speak(request, dice, today), POCKET_MODEL)

    def _step_answer(
        self, state: StepState, match_input: MatchInput, dice: Dice, today: date
    ) -> Draft | Stream | ReplacementFault:
        answer = state.step.answer
        if answer is None:
            return self._speak(match_input.request, dice, today)
        if isinstance(answer, Draft):
            return with_words(answer, match_input)
        if isinstance(answer, ReplacementFault):
            return answer
        return _respond(answer, match_input.request)

    def _speak(self, request: ChatRequest, dice: Dice, today: date) -> Draft:
        """Return the pocket model's draft. Drafts are cached: the key determines the draft."""
        key = (dice.key, dice.variation, today)
        draft = self._drafts.get(key)
        if draft is None:
            draft = self._drafts[key] = speak(request, dice, today)
            if len(self._drafts) > REMEMBERED_DRAFTS:
                self._drafts.popitem(last=False)
        return draft


def _respond(function: Responder, request: ChatRequest) -> Draft | Stream | ReplacementFault:
    """Return the answer of a user function."""
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
