"""`Thresholds`: the figures by which the rules judge. Their defaults are those of the vendor's
pages (D), or a choice (A)."""

from typing import Final

from mock_electron.inputs import checks
from mock_electron.inputs.values import CheckedValue

SECONDS: Final = (
    "concurrency_reply_time",
    "connection_timeout",
    "retry_first_pause",
    "retry_longest_pause",
    "retry_after_most",
    "retry_within",
    "retry_awaited",
)
"""The figures that are seconds."""


class Thresholds(CheckedValue, frozen=True, kw_only=True):
    """The figures by which the rules of an audit judge.

    Attributes:
        concurrency_reply_time: The mean time of replies from which requests overlap as with
            Electron, in seconds (A: 0.02).
        connection_requests: The number of requests from which a client should reuse a connection
            (A: 10).
        connection_timeout: A time-out from this on is none, in seconds (A: 600, the default of
            `openai`).
        retry_attempts: The highest number of attempts (D: about 5).
        retry_first_pause: The first pause, in seconds (D: about 250 ms).
        retry_jitter: The fraction by which jitter may shorten a pause (A: 0.5).
        retry_growth: By how much the longest of three pauses or more is longer than the shortest,
            at least (A: 1.25).
        retry_longest_pause: Pauses need not grow beyond this, in seconds (D: about 8 s).
        retry_after_most: The longest pause for which an answer can ask, in seconds; the window of
            the limits is 60 s (A: 60).
        retry_within: An equal request after more seconds is a new call (A: 300).
        retry_awaited: A retry has not come if the client has sent other requests after this
            number of seconds (A: 5).
        tools_tokens: The largest catalogue of tools, in tokens (D: 200).
        tools_offered: A tool is unused if it was offered in this number of requests (A: 20).
        seeded_temperature: The highest temperature at which a seed is not relied upon (D: 0).

    Raises:
        ValueError: If a figure is out of range.

    >>> Thresholds(seeded_temperature=0.1).seeded_temperature
    0.1
    """

    concurrency_reply_time: float = 0.02
    connection_requests: int = 10
    connection_timeout: float = 600.0
    retry_attempts: int = 5
    retry_first_pause: float = 0.25
    retry_jitter: float = 0.5
    retry_growth: float = 1.25
    retry_longest_pause: float = 8.0
    retry_after_most: float = 60.0
    retry_within: float = 300.0
    retry_awaited: float = 5.0
    tools_tokens: int = 200
    tools_offered: int = 20
    seeded_temperature: float = 0.0

    def __post_init__(self) -> None:
        checks.whole_number("connection_requests", self.connection_requests, 2)
        checks.whole_number("retry_attempts", self.retry_attempts, 1)
        checks.whole_number("tools_tokens", self.tools_tokens, 0)
        checks.whole_number("tools_offered", self.tools_offered, 1)
        checks.number("retry_jitter", self.retry_jitter, 0, 1)
        checks.number("retry_growth", self.retry_growth, 1)
        for name in SECONDS:
            checks.number(name, getattr(self, name), 0)
        checks.number("seeded_temperature", self.seeded_temperature, 0)
