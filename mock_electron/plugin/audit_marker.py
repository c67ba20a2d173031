"""By what a test is judged: the options of the audit, and the markers of the test."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pytest
from msgspec.structs import replace

from mock_electron.audit.finding import Finding
from mock_electron.audit.report import Audit, Level
from mock_electron.audit.rules import RULES
from mock_electron.audit.run import checked_levels
from mock_electron.audit.thresholds import Thresholds
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import unknown
from mock_electron.inputs.values import FrozenValue
from mock_electron.plugin.option_values import audit_levels, audit_of, audit_thresholds
from mock_electron.plugin.options import AUDIT_MARKER, STRICT

ARGUMENTS: Final = ("ignore", "levels", "thresholds")
REASONS: Final = "a reason for each rule, such as {'seed': 'we compare providers'}"


class Terms(FrozenValue, frozen=True):
    """By what a test is judged.

    Attributes:
        fails: Whether the test fails if something is found: it has a marker, or all tests do.
        levels: What the findings of each rule do.
        thresholds: The figures by which the rules judge.
        ignore: The reasons why findings are accepted, by the name of their rule, or by their id.
        exempt: Why the test is not judged at all, or "".
    """

    fails: bool
    levels: Mapping[str, Level]
    thresholds: Thresholds
    ignore: Mapping[str, str] = {}
    exempt: str = ""

    def failing(self, audit: Audit) -> Sequence[Finding]:
        """Return the findings that are not accepted, of rules whose level is "error"."""
        return audit._failing_except(self.ignore)


def terms_of(item: pytest.Item) -> Terms:
    """Return by what a test is judged. The nearest marker takes precedence.

    Raises:
        ValueError: If a marker is wrong.
        TypeError: If an argument of a marker has the wrong type.
    """
    config, markers = item.config, list(item.iter_markers(AUDIT_MARKER))
    fails = bool(markers) or audit_of(config) == STRICT
    terms = Terms(fails, audit_levels(config), audit_thresholds(config))
    for marker in reversed(markers):
        if marker.args:
            raise TypeError(f"its arguments are given by name only, got {marker.args!r}")
        terms = replace(terms, **dict(_given(terms, marker.kwargs)))
    return terms


def _given(terms: Terms, arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in arguments.items():
        if name == "ignore" and isinstance(value, str) and value.strip():
            yield "exempt", value
        elif name == "ignore":
            yield name, {**terms.ignore, **_checked_reasons(value)}
            yield "exempt", ""
        elif name == "levels":
            yield name, {**terms.levels, **checked_levels(RULES, value)}
        elif name == "thresholds":
            yield name, _checked_thresholds(value)
        else:
            raise TypeError(unknown("argument", name, ARGUMENTS))


def _checked_reasons(given: Any) -> Mapping[str, str]:
    if not isinstance(given, Mapping):
        raise TypeError(must_be("ignore", f"{REASONS}, or one reason for everything", given))
    Audit((), {}, dict.fromkeys(RULES, "error")).assert_clean(ignore=given)
    return given


def _checked_thresholds(given: Any) -> Thresholds:
    if not isinstance(given, Thresholds):
        raise TypeError(must_be("thresholds", "Thresholds, such as Thresholds(…)", given))
    return given
