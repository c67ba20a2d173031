"""The input of argument filling: the text, earlier texts, the lane's day and the language."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from mock_electron.model.language import ENGLISH, Language

FROZEN_DAY: Final = date(2025, 2, 19)
"""The day of a frozen clock."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a call's arguments are taken from.

    text: the part of the message that this call is about.
    earlier: earlier user messages and tool results, newest first.
    today: the lane's day, which "tomorrow" counts from; never the wall clock's.
    language: the language of the text.
    """

    text: str
    earlier: tuple[str, ...] = ()
    today: date = FROZEN_DAY
    language: Language = ENGLISH
