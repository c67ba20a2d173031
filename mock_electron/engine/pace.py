"""How fast a reply comes: the pauses before the frames of an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Final, Literal

from mock_electron.inputs.checks import choice
from mock_electron.inputs.numbers import is_number
from mock_electron.model.dice import Dice
from mock_electron.wire.reply import Reply

LONGEST_PAUSE: Final = 3600.0
OVERHEAD: Final = 0.020
"""Seconds that the gateway takes, whatever the prompt (D: about 20 ms)."""
TYPICAL_PROMPT: Final = 1_000
"""Fresh tokens that take `first` seconds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast replies come.

    first: seconds to the first token of a prompt of 1,000 fresh tokens. Each fresh token costs its
        share of it; tokens from the prefix cache cost nothing (D that it is faster).
    each: seconds between two tokens.
    jitter: the share, from 0 to 1, by which every pause may be longer or shorter; what it is, the
        request decides.
    overhead: the part of `first` that no cache saves, at most all of it.

    Raises ValueError for a time below 0 or above an hour, and for a share beyond 0 to 1.

    >>> Pace(first=0.174, each=0.005).to_first_token(fresh_tokens=1000)
    0.174
    """

    first: float = 0.0
    each: float = 0.0
    jitter: float = 0.0
    overhead: float = OVERHEAD

    def __post_init__(self) -> None:
        times = {"first": self.first, "each": self.each, "overhead": self.overhead}
        for name, seconds in times.items():
            if not is_number(seconds, 0, LONGEST_PAUSE):
                raise ValueError(f"{name} is a time from 0 to 3600 seconds, not {seconds!r}")
        if not is_number(self.jitter, 0, 1):
            raise ValueError(f"jitter is a share from 0 to 1, not {self.jitter!r}")

    def to_first_token(self, fresh_tokens: int) -> float:
        """Seconds from the request to the first token, without jitter."""
        overhead = min(self.overhead, self.first)
        return overhead + (self.first - overhead) * fresh_tokens / TYPICAL_PROMPT

    def pauses(self, reply: Reply, frames: int, closing: int, dice: Dice) -> tuple[float, ...]:
        """The seconds before each frame of the answer that carries a reply.

        frames: 1 for a reply in one piece, which is sent when its last token is there. Of a stream
        the role and the first token come together, and its `closing` frames with the last.
        """
        first = self.to_first_token(reply.usage.prompt_tokens - reply.usage.cached_tokens)
        tokens = frames - 1 - closing if frames > 1 else reply.usage.completion_tokens
        between = max(tokens - 1, 0)
        felt = self._jittered([first] + [self.each] * between, dice)
        if frames == 1:
            return (fsum(felt),)
        role, *rest = felt
        return (role, *(0.0,) * min(tokens, 1), *rest) + (0.0,) * closing

    def _jittered(self, pauses: list[float], dice: Dice) -> list[float]:
        if not self.jitter:
            return pauses
        shares = dice.shares("pace", len(pauses))
        return [
            pause * (1 + self.jitter * (2 * share - 1))
            for pause, share in zip(pauses, shares, strict=True)
        ]


INSTANT: Final = "instant"
PaceName = Literal["instant", "electron"]
PACES: Final[Mapping[PaceName, Pace]] = {
    INSTANT: Pace(),
    # The median that was measured, and "a few ms a token" (D); the jitter is A.
    "electron": Pace(first=0.174, each=0.005, jitter=0.2),
}


def pace_of(given: object) -> Pace:
    """A pace, by itself or by its name. Raises ValueError for anything else."""
    return (
        given
        if isinstance(given, Pace)
        else PACES[choice("pace", given, PACES, alternative="a Pace")]
    )
