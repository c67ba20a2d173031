"""Numbers with a fraction before them: "saadhe teen sau" is 350, "sawa do lakh" 225,000."""

from typing import Final

from mock_electron.model.hear.cardinals import value_of, whole
from mock_electron.model.hear.pieces import Line, Written
from mock_electron.model.hear.speech import SCALES, matched

HOUR: Final = 60


def fraction(line: Line, place: int) -> Written | None:
    """The number at a place. Without a scale or a unit behind it, "saadhe teen" is a time."""
    minutes = line.speech.shifts.get(line.word(place))
    value = value_of(line, place + 1) if line.joined(place + 1) else None
    if minutes is None or value is None:
        return None
    scale = value_of(line, place + 2) if line.joined(place + 2) else None
    if value in SCALES:  # "sawa lakh"
        return Written(place + 2, str(whole((1 + minutes / HOUR) * value)))
    if scale in SCALES:
        return Written(place + 3, str(whole((value + minutes / HOUR) * (scale or 1))))
    unit = matched(line.speech.units, line.words, place + 2) if line.joined(place + 2) else None
    return None if unit is None else Written(place + 2, str(whole(value + minutes / HOUR)))
