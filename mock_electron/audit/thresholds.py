"""`Thresholds`: the figures by which the rules judge. Their defaults are those of the vendor's
pages (D), or a choice (A)."""

from typing import Final

from mock_electron.inputs import checks
from mock_electron.inputs.values import CheckedValue

SECONDS: Final = (
    "filler_silence",
    "concurrency_reply_time",
    "connection_timeout",
    "retry_first_pause",
    "retry_longest_pause",
    "retry_after_most",
    "retry_within",
    "retry_awaited",
)
"""The figures that are seconds."""
COUNTS: Final = (
    "cache_lost_tokens",
    "cost_loose_tokens",
    "cost_loose_replies",
    "cost_same_call",
    "cost_tool_turns",
    "cost_history_messages",
    "cost_result_tokens",
    "cost_result_times",
    "retry_attempts",
    "tools_tokens",
    "tools_offered",
)
"""The figures that are whole numbers of at least 1."""


class Thresholds(CheckedValue, frozen=True, kw_only=True):
    """The figures by which the rules of an audit judge.

    Attributes:
        cache_lost_tokens: Fewer lost tokens than this are no finding: four blocks of the cache
            (A: 64).
        concurrency_reply_time: The mean time of replies from which requests overlap as with
            Electron, in seconds (A: 0.02).
        connection_requests: The number of requests from which a client should reuse a connection
            (A: 10).
        connection_timeout: A time-out from this on is none, in seconds (A: 600, the default of
            `openai`).
        cost_loose_tokens: A `max_tokens` up to this is not too high (A: 500).
        cost_loose_ratio: A higher one is, if it is this many times the longest reply (A: 8).
        cost_loose_replies: The number of replies that tell this (A: 5).
        cost_same_call: The same call this many times in a row is too often (A: 3).
        cost_tool_turns: The highest number of tool turns in a row (A: 8).
        cost_history_messages: The longest history that is never shortened, in messages (A: 60).
        cost_result_tokens: The largest result of a tool that may be sent again (D: 1,000).
        cost_result_times: A larger one is sent too often this many times (A: 3).
        cost_context_share: The largest fraction of the context that may be used (A: 0.9).
        filler_silence: A tool that waits for the filler costs less than this, in seconds (A: 0.1).
        retry_attempts: The highest number of attempts (D: about 5).
        retry_first_pause: The first pause, in seconds (D: about 250 ms).
        retry_jitter: The fraction by which jitter may shorten a pause (A: 0.5).
        retry_growth: By how much the longest of three pauses or more is longer than the shortest,
            at least (A: 1.25).
        retry_longest_pause: Pauses need not grow beyond this, in seconds (D: about 8 s).
        retry_after_most: The longest pause for which an answer can ask, in seconds; the window of
            the limits is 60 s (A: 60).
        retry_within: An equal request after more seconds is a new call: twice the vendor's longest
            pause (A: 60).
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

    cache_lost_tokens: int = 64
    concurrency_reply_time: float = 0.02
    connection_requests: int = 10
    connection_timeout: float = 600.0
    cost_loose_tokens: int = 500
    cost_loose_ratio: float = 8.0
    cost_loose_replies: int = 5
    cost_same_call: int = 3
    cost_tool_turns: int = 8
    cost_history_messages: int = 60
    cost_result_tokens: int = 1000
    cost_result_times: int = 3
    cost_context_share: float = 0.9
    filler_silence: float = 0.1
    retry_attempts: int = 5
    retry_first_pause: float = 0.25
    retry_jitter: float = 0.5
    retry_growth: float = 1.25
    retry_longest_pause: float = 8.0
    retry_after_most: float = 60.0
    retry_within: float = 60.0
    retry_awaited: float = 5.0
    tools_tokens: int = 200
    tools_offered: int = 20
    seeded_temperature: float = 0.0

    def __post_init__(self) -> None:
        checks.whole_number("connection_requests", self.connection_requests, 2)
        for name in COUNTS:
            checks.whole_number(name, getattr(self, name), 1)
        checks.number("cost_loose_ratio", self.cost_loose_ratio, 1)
        checks.number("cost_context_share", self.cost_context_share, 0, 1)
        checks.number("retry_jitter", self.retry_jitter, 0, 1)
        checks.number("retry_growth", self.retry_growth, 1)
        for name in SECONDS:
            checks.number(name, getattr(self, name), 0)
        checks.number("seeded_temperature", self.seeded_temperature, 0)
