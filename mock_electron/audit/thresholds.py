"""`Thresholds`: the figures by which the rules judge. Their defaults are those of the vendor's
pages (D), or a choice (A)."""

from mock_electron.inputs import checks
from mock_electron.inputs.values import CheckedValue


class Thresholds(CheckedValue, frozen=True, kw_only=True):
    """The figures by which the rules of an audit judge.

    Attributes:
        seeded_temperature: The highest temperature at which a seed is not relied upon (D: 0).

    Raises:
        ValueError: If a figure is out of range.

    >>> Thresholds(seeded_temperature=0.1).seeded_temperature
    0.1
    """

    seeded_temperature: float = 0.0

    def __post_init__(self) -> None:
        checks.number("seeded_temperature", self.seeded_temperature, 0)
