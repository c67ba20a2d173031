"""Savings of several findings never add up to more than was spent.

Findings can save the same tokens: a shorter tool definition and a better prefix both do. A finding
gets what those before it have left.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from mock_electron.audit.finding import Finding, Saving, TokenKind
from mock_electron.engine.exchange import Exchange

Spent = dict[tuple[int, TokenKind], int]
"""Tokens by the number of their exchange and their kind."""


def spent_by(exchanges: Iterable[Exchange]) -> Spent:
    """Return the tokens that exchanges have used."""
    spent: Spent = {}
    for one in exchanges:
        usage = one.usage
        if usage is not None:
            spent[one.number, "fresh"] = usage.prompt_tokens - usage.cached_tokens
            spent[one.number, "cached"] = usage.cached_tokens
            spent[one.number, "completion"] = usage.completion_tokens
    return spent


def allotted(findings: Iterable[Finding], spent: Spent) -> list[Finding]:
    """Return the findings with the savings that are left for each.

    Args:
        findings: The findings, the weightiest first.
        spent: The tokens that were used.
    """
    left = dict(spent)
    return [_allotted(finding, left) for finding in findings]


def _allotted(finding: Finding, left: Spent) -> Finding:
    savings: list[Saving] = []
    for saving in finding.savings:
        place = (saving.exchange, saving.kind)
        tokens = min(saving.tokens, left.get(place, 0))
        if tokens > 0:
            left[place] -= tokens
            savings.append(replace(saving, tokens=tokens))
    return replace(finding, savings=tuple(savings))
