"""Telephone numbers in groups of figures: "98220 11456"."""

from typing import Final

from mock_electron.model.hear.pieces import ALWAYS, Line, Written

SHORTEST: Final = 3
"""The number of digits of the shortest group."""
PHONE: Final = (10, 12)
"""How many digits a telephone number has."""


def grouped(line: Line, place: int) -> Written | None:
    """The telephone number at a place."""
    end, digits = place, ""
    while end < len(line.pieces) and _is_group(line, end) and (end == place or line.joined(end)):
        digits += line.pieces[end].text
        end += 1
    return Written(end, digits, ALWAYS) if end > place + 1 and len(digits) in PHONE else None


def _is_group(line: Line, place: int) -> bool:
    text = line.pieces[place].text
    return text.isdecimal() and len(text) >= SHORTEST
