"""Log-probabilities for tokens: plausible, ordered, and with probabilities below 1 in total."""

from collections.abc import Sequence
from itertools import islice
from math import exp, log
from typing import Final

from mock_electron.inputs.values import unchecked
from mock_electron.model.dice import Dice
from mock_electron.wire.reply import Alternative, TokenLogprob

COMMON_TOKENS: Final = (
    " the", " a", " and", " to", " of", " in", " is", " it", " that", " for", " you", " with",
    " on", " as", " this", " but", ".", ",", "!", " I", " are", " or",
)  # fmt: skip

CHOSEN_SHARE: Final = (0.55, 0.98)
"""The bounds of the probability of the chosen token, which is always the most likely."""
LEAST_SHARE: Final = 1e-9
"""The least probability of another token, if the chosen one is scripted as certain."""
MOST_ALTERNATIVES: Final = 4_000
"""The maximum number of alternatives of one reply. The tokens after them have none."""
CHOSEN: Final = 3
"""The work for a chosen token, as a number of alternatives."""
HALVES: Final = tuple(2.0 ** (rank + 1) for rank in range(len(COMMON_TOKENS)))
LEFT_FOR_OTHERS: Final = 0.2
"""The fraction of the remaining probability that is left for tokens that are not listed."""


def logprobs(
    tokens: tuple[str, ...], scripted: Sequence[float | None], top: int, dice: Dice
) -> tuple[TokenLogprob, ...]:
    """Return an entry for each token, with the `top` most likely tokens at its position.

    Values are natural logarithms of at most 0, rounded to 6 decimal places so that they do not
    depend on the machine.

    The work is limited: after the first MOST_ALTERNATIVES alternatives, a token lists only itself,
    and all generated values are equal (A).

    Args:
        tokens: The tokens of the content.
        scripted: The log-probability of each token, or None to generate it.
        top: The number of most likely tokens, from 0 to 20, most likely first.
        dice: The source of generated values.
    """
    given = zip(tokens, scripted, strict=True)
    entries = [
        _entry(token, own, top, dice, place)
        for place, (token, own) in enumerate(islice(given, MOST_ALTERNATIVES // (top + CHOSEN)))
    ]
    rest = list(given)
    low, high = CHOSEN_SHARE
    value = round(log(low + (high - low) * dice.share("logprob of the rest")), 6)
    distinct = {each: _alone(*each, top, value) for each in dict.fromkeys(rest)}
    return (*entries, *map(distinct.__getitem__, rest))


_new_alternative: Final = unchecked(Alternative)
_new_entry: Final = unchecked(TokenLogprob)


def _alone(token: str, own: float | None, top: int, value: float) -> TokenLogprob:
    """Return the entry of a token after the first MOST_ALTERNATIVES alternatives."""
    best = _new_alternative(token, value if own is None else own)
    return _new_entry(token, best.logprob, (best,) if top else ())


def _entry(token: str, own: float | None, top: int, dice: Dice, place: int) -> TokenLogprob:
    low, high = CHOSEN_SHARE
    chosen = (
        low + (high - low) * dice.share(f"logprob {place} {token}") if own is None else exp(own)
    )
    best = _new_alternative(token, round(log(chosen), 6) if own is None else own)
    if not top:
        return _new_entry(token, best.logprob, ())
    listed = (best, *_others(token, top - 1, dice, place, (1 - chosen) * (1 - LEFT_FOR_OTHERS)))
    if own is not None:  # else the chosen token is the most likely
        listed = tuple(sorted(listed, key=lambda one: -one.logprob))
    return _new_entry(token, best.logprob, listed)


def _others(token: str, count: int, dice: Dice, place: int, mass: float) -> tuple[Alternative, ...]:
    """Return the other tokens, each half as likely as the one before it."""
    start = dice.number(f"alternatives {place}") % len(COMMON_TOKENS)
    rotated = COMMON_TOKENS[start:] + COMMON_TOKENS[:start]
    candidates = [candidate for candidate in rotated if candidate != token]
    shares = [mass / half for half in HALVES[:count]]
    values = [round(log(share if share > LEAST_SHARE else LEAST_SHARE), 6) for share in shares]
    return tuple(map(_new_alternative, candidates, values))
