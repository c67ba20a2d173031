"""Who says what: the script, else a function of the user's, else the pocket model."""

from collections import OrderedDict
from datetime import date
from typing import Final

from mock_electron.engine.responder import Responder, responded
from mock_electron.engine.script import Script, Step
from mock_electron.model.dice import Dice
from mock_electron.model.draft import Draft
from mock_electron.model.speak import speak
from mock_electron.wire.request import ChatRequest

REMEMBERED_DRAFTS: Final = 1_000
"""So many drafts of the pocket model are remembered; the oldest is forgotten first."""


class Speaker:
    """The words of a lane.

    script: its steps. responder: the function that answers in the pocket model's place, if any.
    """

    def __init__(self) -> None:
        self.script = Script()
        self.responder: Responder | None = None
        self._spoken: OrderedDict[tuple[bytes, int, date], Draft] = OrderedDict()

    def next(self, request: ChatRequest, dice: Dice, today: date) -> Step:
        """What is answered to a request; it is not used up by that.

        today: the lane's day.
        """
        step = self.script.first()
        if step is not None:
            return step
        if self.responder is not None:
            return Step(responded(self.responder, request))
        return Step(self._speak(request, dice, today))

    def use(self, step: Step) -> None:
        """Use the step, if it is one of the script's."""
        if step is self.script.first():
            self.script.use_first()

    def _speak(self, request: ChatRequest, dice: Dice, today: date) -> Draft:
        """What the pocket model says. It is a pure function, so what it said last is remembered."""
        key = (dice.key, dice.variation, today)
        draft = self._spoken.get(key)
        if draft is None:
            draft = self._spoken[key] = speak(request, dice, today)
            if len(self._spoken) > REMEMBERED_DRAFTS:
                self._spoken.popitem(last=False)
        return draft
