"""How fast a reply is sent: the pauses before the frames of an answer."""

from collections.abc import Mapping
from math import fsum
from typing import Final, Literal

from mock_electron.inputs import checks
from mock_electron.inputs.spelling import unknown, wrong_part
from mock_electron.inputs.values import CheckedValue
from mock_electron.model.dice import Dice
from mock_electron.wire.reply import Reply

LONGEST_PAUSE: Final = 3600.0
"""The maximum of each time of a pace, in seconds."""
OVERHEAD: Final = 0.020
"""The time that the gateway takes for any prompt, in seconds (D: about 20 ms)."""
TYPICAL_PROMPT: Final = 1_000
"""The number of fresh (uncached) tokens that take `first` seconds."""


class Pace(CheckedValue, frozen=True):
    """How fast replies are sent.

    Times are in seconds, from 0 to 3600.

    Attributes:
        first: The time to the first token of a prompt of 1,000 fresh tokens. Except for
            `overhead`, it is proportional to the number of fresh tokens. Tokens from the prefix
            cache take no time (documented only as faster: D).
        each: The time between two tokens.
        jitter: The fraction, from 0 to 1, by which each pause may be longer or shorter. The
            request decides by how much.
        overhead: The part of `first` that does not depend on the prompt. Above `first`, it is
            reduced to `first`.

    Raises:
        ValueError: If a time or the jitter is out of range.

    >>> Pace(first=0.174, each=0.005).to_first_token(fresh_tokens=1000)
    0.174
    """

    first: float = 0.0
    each: float = 0.0
    jitter: float = 0.0
    overhead: float = OVERHEAD

    def __post_init__(self) -> None:
        for name in ("first", "each", "overhead"):
            checks.seconds(name, getattr(self, name), LONGEST_PAUSE)
        checks.number("jitter", self.jitter, 0, 1)

    @property
    def is_instant(self) -> bool:
        """Whether there are no pauses."""
        return not (self.first or self.each)

    def to_first_token(self, fresh_tokens: int) -> float:
        """Return the time from the request to the first token in seconds, without jitter."""
        overhead = min(self.overhead, self.first)
        return overhead + (self.first - overhead) * fresh_tokens / TYPICAL_PROMPT

    def pauses(self, reply: Reply, frames: int, closing: int, dice: Dice) -> tuple[float, ...]:
        """Return the pauses before each frame of an answer, in seconds.

        A reply in one piece is sent when its last token is ready. In a stream, the role is sent
        with the first token, and the closing frames with the last.

        Args:
            reply: The reply.
            frames: The number of frames; 1 for a reply in one piece.
            closing: The number of frames of a stream after the last token.
            dice: The dice for the jitter.
        """
        first = self.to_first_token(reply.usage.prompt_tokens - reply.usage.cached_tokens)
        tokens = frames - 1 - closing if frames > 1 else reply.usage.completion_tokens
        between = max(tokens - 1, 0)
        pauses = self._jittered([first] + [self.each] * between, dice)
        if frames == 1:
            return (fsum(pauses),)
        role, *rest = pauses
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
PaceName = Literal["instant", "electron", "p95"]
PACES: Final[Mapping[PaceName, Pace]] = {
    INSTANT: Pace(),
    # The documented median and "a few ms a token" (D); the jitter is (A).
    "electron": Pace(first=0.174, each=0.005, jitter=0.2),
    # "Typically under 300 ms" (D), read as the 95th percentile (A): every reply is as slow.
    "p95": Pace(first=0.300, each=0.005),
}


PACE_AS_TEXT: Final = (
    "times such as 174:5 or 174:5:0.2: milliseconds to the first token, milliseconds between "
    "tokens, and a jitter from 0 to 1"
)
PARTS: Final = (
    ("the milliseconds to the first token", 0, int(LONGEST_PAUSE * 1000)),
    ("the milliseconds between tokens", 0, int(LONGEST_PAUSE * 1000)),
    ("the jitter", 0, 1),
)
"""The parts of a pace as text: what they are, and their bounds."""
PACE_OR_TEXT: Final = f"a Pace, or {PACE_AS_TEXT}"


def pace_of(given: object) -> Pace:
    """Return a pace that is given as a Pace, by name, or as text such as "174:5".

    Raises:
        ValueError: If it is anything else.
    """
    if isinstance(given, Pace):
        return given
    if isinstance(given, str) and ":" in given:
        return parse_pace(given, alternative=PACE_OR_TEXT)
    return PACES[checks.choice("pace", given, PACES, alternative=PACE_OR_TEXT)]


def parse_pace(text: str, *, alternative: str = PACE_AS_TEXT) -> Pace:
    """Return the pace that a text gives by name or by times.

    Args:
        text: The text.
        alternative: What the message says is accepted besides a name.

    Raises:
        ValueError: If it gives no pace.
    """
    for name, pace in PACES.items():
        if text == name:
            return pace
    try:
        times = [float(part) for part in text.split(":")]
        first, each, jitter = times if len(times) == 3 else (*times, 0.0)
        return Pace(first / 1000, each / 1000, jitter)
    except ValueError:
        words = unknown("pace", text, PACES, alternative=alternative)
        parts = text.split(":")
        wrong = wrong_part(parts, PARTS) if len(parts) in (2, 3) else ""
        raise ValueError(words + wrong) from None
