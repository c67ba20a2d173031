"""`Rule`: one practice of clients, and how a journal is checked for it."""

from collections.abc import Callable

from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import Verdict
from mock_electron.inputs.values import CheckedValue


class Rule(CheckedValue, frozen=True):
    """One practice of clients, and how a journal is checked for it.

    Attributes:
        name: The name, such as `stream-usage`.
        looks_for: What the rule looks for, in one line.
        practice: The vendor's sentence behind it, or "" for a rule of your own.
        check: Takes the evidence, and returns a verdict.

    Example:
        from mock_electron.audit import Rule, not_applicable

        Rule("short-prompts", "prompts over 100 tokens", "", lambda seen: not_applicable("soon"))
    """

    name: str
    looks_for: str
    practice: str
    check: Callable[[Evidence], Verdict]
