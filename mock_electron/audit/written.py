"""Levels and thresholds as people write them in commands and files: `NAME=VALUE`."""

from collections.abc import Iterable, Iterator
from typing import Final, get_args

from mock_electron.audit.report import Level
from mock_electron.audit.rules import RULES
from mock_electron.audit.thresholds import Thresholds
from mock_electron.inputs.checks import choice, must_be
from mock_electron.inputs.spelling import unknown

LEVELS: Final[tuple[Level, ...]] = get_args(Level)


def levels_of(texts: Iterable[str]) -> dict[str, Level]:
    """Return the levels of rules that texts give, such as `seed=off`.

    Raises:
        ValueError: If a text is wrong, or two give one rule different levels.

    >>> levels_of(["seed=off", "stream-usage=warn"])
    {'seed': 'off', 'stream-usage': 'warn'}
    """
    found: dict[str, Level] = {}
    for name, text in _pairs(texts, "a rule and its level, such as seed=off"):
        if name not in RULES:
            raise ValueError(unknown("rule", name, RULES))
        level = choice(f"level of {name}", text, LEVELS)
        if name in found and found[name] != level:
            raise ValueError(f"{name} has two levels: {found[name]} and {level}")
        found[name] = level
    return found


def thresholds_of(texts: Iterable[str]) -> Thresholds:
    """Return thresholds with the figures that texts give, such as `seeded_temperature=0.1`.

    A name may be written with hyphens.

    Raises:
        ValueError: If a text is wrong, or two give one threshold different figures.

    >>> thresholds_of(["seeded-temperature=0.1"]).seeded_temperature
    0.1
    """
    found: dict[str, int | float | str] = {}
    for written, text in _pairs(texts, "a threshold and its figure, such as seeded_temperature=0"):
        name, figure = written.replace("-", "_"), _figure(text)
        if name not in Thresholds.__struct_fields__:
            raise ValueError(unknown("threshold", written, Thresholds.__struct_fields__))
        if name in found and found[name] != figure:
            raise ValueError(f"{name} has two figures: {found[name]} and {text}")
        found[name] = figure
    return Thresholds(**found)  # type: ignore[arg-type]  # it checks the figures


def _pairs(texts: Iterable[str], what: str) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise ValueError(must_be("each", what, text))
        yield name.strip(), value.strip()


def _figure(text: str) -> int | float | str:
    """Return the number that a text stands for; the text itself if it stands for none."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
