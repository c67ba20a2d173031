"""`Bill`: what the requests of a journal cost, and what a repaired client would have saved."""

from collections.abc import Iterable
from typing import Any

from mock_electron.audit.finding import Finding, Saving
from mock_electron.engine.exchange import Exchange
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.lines import counted
from mock_electron.traffic.rates import PER, Rates, total_usage
from mock_electron.wire.reply import Usage


class Bill(FrozenValue, frozen=True):
    """What the requests of a journal cost, and what a repaired client would have saved.

    Attributes:
        usage: The tokens that were used.
        savings: The tokens that a repaired client would not have spent, or found cached.
        rates: The prices, or None if they were not given.
    """

    usage: Usage = Usage(0, 0, 0)
    savings: tuple[Saving, ...] = ()
    rates: Rates | None = None

    @property
    def avoidable_tokens(self) -> int:
        """The number of tokens in `savings`."""
        return sum(one.tokens for one in self.savings)

    @property
    def spent(self) -> float:
        """The price of all tokens; 0 without rates."""
        return self.rates.cost(self.usage) if self.rates else 0.0

    @property
    def cached(self) -> float:
        """The price of the cached tokens, which is part of `spent`; 0 without rates."""
        return self.rates.cost(_cached(self.usage)) if self.rates else 0.0

    @property
    def avoidable(self) -> float:
        """The money that a repaired client would not have spent; 0 without rates."""
        rates = self.rates
        return sum(_price(one, rates) for one in self.savings) / PER if rates else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the bill as a dict of JSON values."""
        tokens = {
            "spent": self.usage.prompt_tokens + self.usage.completion_tokens,
            "cached": self.usage.cached_tokens,
            "avoidable": self.avoidable_tokens,
        }
        if self.rates is None:
            return {"tokens": tokens, "money": None}
        money = {
            "currency": self.rates.currency,
            "spent": self.spent,
            "cached": self.cached,
            "avoidable": round(self.avoidable, 9),
        }
        return {"tokens": tokens, "money": money}

    def __str__(self) -> str:
        spent = self.usage.prompt_tokens + self.usage.completion_tokens
        words = f"spent {counted(spent, 'token')}, {self.usage.cached_tokens} of them cached"
        words += f"; avoidable: {self.avoidable_tokens}"
        if self.rates is None:
            return words
        money = f"{self.spent:.6f} {self.rates.currency}, {self.cached:.6f} of it for cached tokens"
        money += f"; avoidable: {self.avoidable:.6f}"
        return f"{words}; {money}"


def bill_of(
    exchanges: Iterable[Exchange], findings: Iterable[Finding], rates: Rates | None
) -> Bill:
    """Return the bill for exchanges.

    Args:
        exchanges: The exchanges.
        findings: What an audit has found in them.
        rates: The prices, or None.
    """
    usages = [one.usage for one in exchanges if one.usage is not None]
    savings = [saving for finding in findings for saving in finding.savings]
    return Bill(total_usage(usages), tuple(savings), rates)


def _cached(usage: Usage) -> Usage:
    return Usage(usage.cached_tokens, 0, usage.cached_tokens)


def _price(saving: Saving, rates: Rates) -> float:
    """Return what the tokens of a saving cost, times a million."""
    if saving.kind == "completion":
        return saving.tokens * rates.output
    if saving.kind == "cached":
        return saving.tokens * rates.cached
    return saving.tokens * (rates.input - (rates.cached if saving.becomes_cached else 0.0))
