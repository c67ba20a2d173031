"""Who says what: the script, else a function of the user's, else the pocket model."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Final

from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.responder import Responder, responded
from mock_electron.engine.script.script import Script, Use
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
class Spoken:
    """What is answered, and by whom.

    by: "step 2", "function" or "pocket model". step: of the script, with its number and uses.
    """

    answer: Draft | Stream | ReplacementFault
    by: str
    step: Use | None = None


class Speaker:
    """The words of a lane.

    script: its steps. responder: the function that answers in the pocket model's place, if any.
    """

    def __init__(self) -> None:
        self.script: Script = Script()
        self.responder: Responder | None = None
        self._spoken: OrderedDict[tuple[bytes, int, date], Draft] = OrderedDict()

    def next(self, asked: MatchInput, dice: Dice, today: date, *, strict: bool) -> Spoken:
        """What is answered to a request; it is not used up by that.

        today: the lane's day. strict: whether only the script and the function may answer.
        Raises Refusal where they do not.
        """
        step = self.script.first(asked)
        if step is not None:
            spoken = self._scripted(step, asked, dice, today)
            if strict:
                _check_tools(spoken, asked)
            return spoken
        if self.responder is not None:
            return Spoken(responded(self.responder, asked.request), FUNCTION)
        if strict:
            raise Refusal(NOT_SCRIPTED.saying(self.script.explain(asked)))
        return Spoken(self._speak(asked.request, dice, today), POCKET_MODEL)

    def _scripted(self, use: Use, asked: MatchInput, dice: Dice, today: date) -> Spoken:
        return Spoken(self._said(use, asked, dice, today), f"step {use.number}", use)

    def _said(
        self, use: Use, asked: MatchInput, dice: Dice, today: date
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
        draft = self._spoken.get(key)
        if draft is None:
            draft = self._spoken[key] = speak(request, dice, today)
            if len(self._spoken) > REMEMBERED_DRAFTS:
                self._spoken.popitem(last=False)
        return draft


def _check_tools(spoken: Spoken, asked: MatchInput) -> None:
    """Raise Refusal where a step calls a tool that the request does not offer."""
    calls = spoken.answer.calls if isinstance(spoken.answer, Draft) else ()
    offered = [tool.name for tool in asked.request.tools]
    for call in calls:
        if call.name not in offered:
            assert spoken.step is not None  # only steps are checked
            raise Refusal(
                NOT_SCRIPTED.saying(
                    f"{spoken.step.name} calls {call.name!r}, which is not on offer."
                    f"{did_you_mean(call.name, offered)} On offer: {', '.join(offered) or 'none'}."
                )
            )
