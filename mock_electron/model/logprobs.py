"""Log-probabilities for tokens: plausible, ordered, and summing to less than 1."""

from math import log
from typing import Final

from mock_electron.model.dice import Dice
from mock_electron.wire.reply import Alternative, TokenLogprob

COMMON_TOKENS: Final = (
    " the", " a", " and", " to", " of", " in", " is", " it", " that", " for", " you", " with",
    " on", " as", " this", " but", ".", ",", "!", " I", " are", " or",
)  # fmt: skip

CHOSEN_SHARE: Final = (0.55, 0.98)
"""Between these the probability of the chosen token lies: it is always the likeliest."""
LEFT_FOR_OTHERS: Final = 0.2
"""Of what the chosen token leaves, this share stays with tokens that are not listed."""


def logprobs(tokens: tuple[str, ...], top: int, dice: Dice) -> tuple[TokenLogprob, ...]:
    """One entry a token, each with its `top` likeliest tokens (0 to 20), likeliest first.

    Values are natural logarithms, ≤ 0, rounded to 6 places, so that no machine's `log` shows.
    """
    return tuple(_entry(token, top, dice, place) for place, token in enumerate(tokens))


def _entry(token: str, top: int, dice: Dice, place: int) -> TokenLogprob:
    low, high = CHOSEN_SHARE
    chosen = low + (high - low) * dice.share(f"logprob {place} {token}")
    best = Alternative(token, round(log(chosen), 6))
    others = _others(token, top - 1, dice, place, (1 - chosen) * (1 - LEFT_FOR_OTHERS))
    return TokenLogprob(token, best.logprob, (best, *others) if top else ())


def _others(token: str, count: int, dice: Dice, place: int, mass: float) -> tuple[Alternative, ...]:
    """The tokens that were not chosen, each half as likely as the one before it."""
    start = dice.number(f"alternatives {place}") % len(COMMON_TOKENS)
    rotated = COMMON_TOKENS[start:] + COMMON_TOKENS[:start]
    candidates = [candidate for candidate in rotated if candidate != token][: max(count, 0)]
    return tuple(
        Alternative(candidate, round(log(mass / 2 ** (rank + 1)), 6))
        for rank, candidate in enumerate(candidates)
    )
