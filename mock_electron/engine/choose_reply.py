"""Who says what: the script, else a function of the user's, else the pocket model."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Final

from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.responder import Responder, responded
from mock_electron.engine.script.script import Script, StepState
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.model.dice import Dice
from mock_electron.model.draft import Draft
from mock_electron.model.speak import speak
from mock_electron.wire.errors import NOT_SCRIPTED, Refusal
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

REMEMBERED_DRAFTS: Final = 1_000
"""So many drafts of the pocket model are remembered; the oldest is forgotten first."""


FUNCTION: Final = "function"
POCKET_MODEL: Final = "pocket model"


@dataclass(frozen=True, slots=True)
class ChosenReply:
    """What is answered, and by whom.

    by: "step 2", "function" or "pocket model". step: of the script, with its number and uses.
    """

    answer: Draft | Stream | ReplacementFault
    by: str
    step: StepState | None = None


class ReplyChooser:
    """The words of a lane.

    script: its steps. responder: the function that answers in the pocket model's place, if any.
    """

    def __init__(self) -> None:
        self.script: Script = Script()
        self.responder: Responder | None = None
        self._drafts: OrderedDict[tuple[bytes, int, date], Draft] = OrderedDict()

    def choose(self, asked: MatchInput, dice: Dice, today: date, *, strict: bool) -> ChosenReply:
        """What is answered to a request; it is not used up by that.

        today: the lane's day. strict: whether only the script and the function may answer.
        Raises Refusal where they do not.
        """
        step = self.script.first(asked)
        if step is not None:
            chosen = self._scripted(step, asked, dice, today)
            if strict:
                _check_tools(chosen, asked)
            return chosen
        if self.responder is not None:
            return ChosenReply(responded(self.responder, asked.request), FUNCTION)
        if strict:
            raise Refusal(NOT_SCRIPTED.saying(self.script.explain(asked)))
        return ChosenReply(self._speak(asked.request, dice, today), POCKET_MODEL)

    def _scripted(self, use: StepState, asked: MatchInput, dice: Dice, today: date) -> ChosenReply:
        return ChosenReply(self._said(use, asked, dice, today), f"step {use.number}", use)

    def _said(
        self, use: StepState, asked: MatchInput, dice: Dice, today: date
    ) -> Draft | Stream | ReplacementFault:
        answer = use.step.answer
        if answer is None:
            return self._speak(asked.request, dice, today)
        return (
            answer
            if isinstance(answer, Draft | ReplacementFault)
            else responded(answer, asked.request)
        )

    def _speak(self, request: ChatRequest, dice: Dice, today: date) -> Draft:
        """What the pocket model says. It is a pure function, so what it said last is remembered."""
        key = (dice.key, dice.variation, today)
        draft = self._drafts.get(key)
        if draft is None:
            draft = self._drafts[key] = speak(request, dice, today)
            if len(self._drafts) > REMEMBERED_DRAFTS:
                self._drafts.popitem(last=False)
        return draft


def _check_tools(chosen: ChosenReply, asked: MatchInput) -> None:
    """Raise Refusal where a step calls a tool that the request does not offer."""
    calls = chosen.answer.calls if isinstance(chosen.answer, Draft) else ()
    offered = [tool.name for tool in asked.request.tools]
    for call in calls:
        if call.name not in offered:
            assert chosen.step is not None  # only steps are checked
            raise Refusal(
                NOT_SCRIPTED.saying(
                    f"{chosen.step.name} calls {call.name!r}, which is not on offer."
                    f"{did_you_mean(call.name, offered)} On offer: {', '.join(offered) or 'none'}."
                )
            )
