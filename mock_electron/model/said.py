"""`Said`: the part of a message from which the arguments of a call are filled."""

from datetime import date
from typing import Any, Final

from msgspec import Struct, field

from mock_electron.model.language import ENGLISH, Language
from mock_electron.model.work import Work

FROZEN_DAY: Final = date(2025, 2, 19)
"""The day of a frozen clock."""


class Said(Struct, frozen=True):
    """The input for the arguments of a call.

    text: the part of the message that this call is about.
    earlier: earlier user messages and tool results, newest first.
    today: the lane's day, from which "tomorrow" counts.
    language: the language of the text.
    work: the budget of the request, which all readings of its texts share.
    readings: the readings of this and other texts, by text and earlier texts. They are shared by
        all tools, so that each text is read once.
    """

    text: str
    earlier: tuple[str, ...] = ()
    today: date = FROZEN_DAY
    language: Language = ENGLISH
    work: Work = field(default_factory=Work)
    readings: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict)
