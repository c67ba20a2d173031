"""The day that a prompt or a message names: "Today is Monday, 24 April 2023"."""

import re
from datetime import date
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hear import days
from mock_electron.model.hints import mentions

HINTS: Final = ("today", "current date", "date is", "the date", "current day")
STATED: Final = regex(
    r"\b(?:today(?:'s|’s)?(?: date| day)?|(?:the )?(?:current|present) (?:date|day)|(?:the )?date(?: today)?)"
    r"(?: and time)?\s*(?:is|:|=|are)\s*(?P<rest>[^\n]{4,60})",
    re.IGNORECASE,
)
DATE: Final = regex(days.DATE)
YEAR: Final = regex(r"\b(?:19|20)\d\d\b")


def stated_day(text: str, hints: str) -> date | None:
    """Return the day that a text says today is, or None.

    Args:
        text: The text.
        hints: The text in lowercase.
    """
    if not mentions(hints, HINTS):
        return None
    for found in STATED.finditer(text):
        rest = found["rest"]
        if YEAR.search(rest) is None:
            continue
        for match in DATE.finditer(rest):
            if YEAR.search(match[0]) is not None:
                day = days.read_date(match[0], date(2000, 1, 1))
                if day is not None:
                    return day
    return None
