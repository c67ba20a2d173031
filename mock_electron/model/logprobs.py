"""Log-probabilities for tokens: plausible, ordered, and summing to less than 1."""

from collections.abc import Sequence
from math import exp, log
from typing import Final

from mock_electron.model.dice import Dice
from mock_electron.wire.reply import Alternative, TokenLogprob

COMMON_TOKENS: Final = (
    " the", " a", " and", " to", " of", " in", " is", " it", " that", " for", " you", " with",
    " on", " as", " this", " but", ".", ",", "!", " I", " are", " or",
)  # fmt: skip

CHOSEN_SHARE: Final = (0.55, 0.98)
"""Between these the probability of the chosen token lies: it is always the likeliest."""
LEAST_SHARE: Final = 1e-9
"""What is left for the others where the chosen token is scripted to be certain."""
LEFT_FOR_OTHERS: Final = 0.2
"""Of what the chosen token leaves, this share stays with tokens that are not listed."""


def logprobs(
    tokens: tuple[str, ...], scripted: Sequence[float | None], top: int, dice: Dice
) -> tuple[TokenLogprob, ...]:
    """One entry a token, each with its `top` likeliest tokens (0 to 20), likeliest first.

    scripted: the log-probability of each token; None, as the dice have it.
    Values are natural logarithms, ≤ 0, rounded to 6 places, so that no machine's `log` shows.
    """
    given = zip(tokens, scripted, strict=True)
    return tuple(_entry(token, own, top, dice, place) for place, (token, own) in enumerate(given))


def _entry(token: str, own: float | None, top: int, dice: Dice, place: int) -> TokenLogprob:
    low, high = CHOSEN_SHARE
    chosen = (
        low + (high - low) * dice.share(f"logprob {place} {token}") if own is None else exp(own)
    )
    best = Alternative(token, round(log(chosen), 6) if own is None else own)
    others = _others(token, top - 1, dice, place, (1 - chosen) * (1 - LEFT_FOR_OTHERS))
    listed = sorted((best, *others), key=lambda one: -one.logprob) if top else ()
    return TokenLogprob(token, best.logprob, tuple(listed))


def _others(token: str, count: int, dice: Dice, place: int, mass: float) -> tuple[Alternative, ...]:
    """The tokens that were not chosen, each half as likely as the one before it."""
    start = dice.number(f"alternatives {place}") % len(COMMON_TOKENS)
    rotated = COMMON_TOKENS[start:] + COMMON_TOKENS[:start]
    candidates = [candidate for candidate in rotated if candidate != token][: max(count, 0)]
    return tuple(
        Alternative(candidate, round(log(max(mass / 2 ** (rank + 1), LEAST_SHARE)), 6))
        for rank, candidate in enumerate(candidates)
    )
