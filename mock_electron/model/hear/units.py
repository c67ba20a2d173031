"""What numbers count: money, percentages and durations, by the word or sign next to a number; "3rd".

Only whoever asks for all values of a message needs it: arguments are filled from numbers.
"""

from typing import Final

from msgspec.structs import replace

from mock_electron.model.hear.dates import FIGURES_OF
from mock_electron.model.hear.pieces import Line
from mock_electron.model.hear.span import Span
from mock_electron.model.hear.speech import matched

MONEY: Final = frozenset(("INR", "USD", "EUR", "GBP", "cent", "paisa"))
MEASURES: Final = frozenset(("kg", "l"))
"""Units of things, whose numbers are only numbers."""
SIGNS: Final = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "%": "%"}


def with_units(line: Line, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return spans whose numbers have the kinds money, percent or duration, and their units.

    Args:
        line: The line of the text.
        spans: The values of the text.
    """
    places = {piece.start: place for place, piece in enumerate(line.pieces)}
    return tuple([_described(one, line, places) if one.kind == "number" else one for one in spans])


def _described(span: Span, line: Line, places: dict[int, int]) -> Span:
    ending = line.text[span.end : span.end + 2]
    if ending in FIGURES_OF and not line.text[span.end + 2 : span.end + 3].isalpha():
        return Span("ordinal", span.value, span.start, span.end + 2)
    unit = _sign(span, line.text) or _word(span, line, places)
    if not unit:
        return span
    if unit in MEASURES:
        return span
    kind = "money" if unit in MONEY else "percent" if unit == "%" else "duration"
    return replace(span, kind=kind, unit=unit)


def _sign(span: Span, text: str) -> str:
    before = text[max(0, span.start - 1) : span.start]
    after = text[span.end : span.end + 2].strip()[:1]
    return SIGNS.get(before if before != "%" else "", "") or SIGNS.get(after, "")


def _word(span: Span, line: Line, places: dict[int, int]) -> str:
    after = next((at for at in range(span.end, span.end + 3) if at in places), None)
    found = matched(line.speech.units, line.words, places[after]) if after is not None else None
    if found is None and span.start in places:
        place = places[span.start]
        found = matched(line.speech.units, line.words, place - 1) if place else None
        if found is not None and str(found[1]) not in MONEY:  # "rs 500", but not "days 5"
            found = None
    return "" if found is None else str(found[1])
